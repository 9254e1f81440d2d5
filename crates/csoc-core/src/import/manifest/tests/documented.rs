//! The reports of two real commons that the documentation shows.

use camino::Utf8PathBuf;

use crate::backend::fixture::{repository, shared};
use crate::import::ledger_text::page;
use crate::{Context, ImportKind, ImportOptions, import_directory};

#[test]
fn the_documentation_shows_the_reports_of_two_real_commons() {
    let Some(place) = shared("data/cdis-manifest") else {
        println!("skipped: no ../shared/data/cdis-manifest");
        return;
    };
    let import = import_directory(
        ImportKind::CdisManifest,
        &Utf8PathBuf::from_path_buf(place).unwrap(),
        &ImportOptions::default(),
        &Context::default(),
    )
    .unwrap();
    let place = repository().join("docs/migrating.md");
    let shown = std::fs::read_to_string(&place).unwrap();
    let mut text = shown.clone();
    for host in ["healdata.org", "staging.midrc.org"] {
        let unit = import
            .report()
            .moved
            .iter()
            .find(|unit| unit.source == host)
            .unwrap();
        let (start, end) = (
            format!("<!-- {host} -->\n"),
            format!("<!-- end {host} -->\n"),
        );
        let (before, rest) = text.split_once(&start).unwrap();
        let (_, after) = rest.split_once(&end).unwrap();
        text = format!("{before}{start}\n{}\n{end}{after}", page(unit));
    }
    if std::env::var_os("CSOC_UPDATE").is_some() {
        std::fs::write(&place, &text).unwrap();
        return;
    }
    assert_eq!(text, shown, "run with CSOC_UPDATE=1 to renew the page");
}
