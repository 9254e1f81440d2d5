//! What csoc renders itself, against the charts that it renders for.

use crate::backend::fixture::{compile, repository};
use crate::catalog::Catalogs;
use crate::diagnostic::Severity;
use crate::tree::BackendName;
use crate::{Limits, read_directory};

#[test]
fn our_own_values_have_no_errors_and_no_keys_that_the_charts_do_not_know() {
    let mut count = 0;
    // The fleet that copies production holds what is wrong there, and stays out.
    for name in [
        "tests/fleets/profiles",
        "tests/fleets/blue-green",
        "examples/quickstart",
        "examples/consortium",
    ] {
        let set = read_directory(&repository().join(name), Limits::default()).unwrap();
        let (tree, _) = compile(set);
        for file in tree.iter() {
            let chart = match file.backend() {
                BackendName::Helm if file.path().as_str().contains("/values/") => "gen3",
                _ if file.path().file_name() == Some("cluster-values.yaml") => {
                    "cluster-level-resources"
                }
                _ => continue,
            };
            if file.path().extension() != Some("yaml") {
                continue;
            }
            let bytes = file.bytes();
            let text = std::str::from_utf8(&bytes).unwrap();
            let files = [(file.path(), text)];
            let report = Catalogs::embedded().check_values(chart, files).unwrap();
            count += 1;
            for found in report.diagnostics() {
                println!(
                    "{} {} {} {}",
                    file.path(),
                    found.severity,
                    found.code,
                    found.message
                );
            }
            let bad = report.diagnostics().iter().find(|found| {
                found.severity == Severity::Error || found.code.as_str() == "values-key-unknown"
            });
            assert!(bad.is_none(), "{bad:?}");
        }
    }
    assert!(count > 0);
}
