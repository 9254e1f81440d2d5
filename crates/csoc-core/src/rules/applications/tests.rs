//! What is found in a fleet is what is found in what it compiles to.

use crate::backend::fixture::{compile, load, repository};
use crate::source::SourceSet;
use crate::{Context, Limits, Report, VerifyOptions, read_directory, verify_gitops};

/// What is found of Applications, by code.
fn of_applications(report: &Report) -> Vec<String> {
    let all = report.diagnostics().iter();
    let codes = all.map(|found| found.code.to_string());
    codes
        .filter(|code| code.starts_with("application-"))
        .collect()
}

/// The example whose hub pushes, with more said of an environment.
fn example(more: &str) -> SourceSet {
    let place = repository().join("examples/hub-push");
    let read = read_directory(&place, Limits::default()).unwrap();
    let prod = "hostname: rivers.water.example.org, tier: prod";
    let files = read.iter().map(|(path, bytes)| {
        let text = String::from_utf8_lossy(bytes);
        let text = text.replacen(prod, &format!("{prod}{more}"), 1);
        (path.to_owned(), text.into_bytes())
    });
    let files: Vec<_> = files.collect();
    assert!(more.is_empty() || files.iter().any(|(_, text)| says(text, more)));
    let files = files.iter();
    files
        .map(|(path, text)| (path.as_path(), text.as_slice()))
        .collect()
}

fn says(text: &[u8], part: &str) -> bool {
    String::from_utf8_lossy(text).contains(part)
}

/// The codes that a check of the fleet finds, and those that are found in what it compiles to.
fn found(more: &str) -> (Vec<String>, Vec<String>) {
    let checked = load(example(more)).check(&Context::default()).unwrap();
    let (tree, _) = compile(example(more));
    let rendered: Vec<_> = tree
        .iter()
        .filter_map(|file| Some((file.path().strip_prefix("gitops").ok()?, file.bytes())))
        .collect();
    let set: SourceSet = rendered
        .iter()
        .map(|(path, bytes)| (*path, &bytes[..]))
        .collect();
    let verified = verify_gitops(&set, &VerifyOptions::default(), &Context::default()).unwrap();
    (of_applications(&checked), of_applications(&verified))
}

#[test]
fn what_the_fleet_makes_by_itself_goes_where_it_may() {
    assert_eq!(found(""), (Vec::new(), Vec::new()));
    let labels = ", application: { fields: { metadata: { labels: { team: imaging } } } }";
    assert_eq!(found(labels), (Vec::new(), Vec::new()));
}

#[test]
fn a_check_finds_what_a_tree_shows() {
    let fields = |fields: &str| format!(", application: {{ fields: {fields} }}");
    for (more, code) in [
        (
            fields("{ spec: { destination: { name: csoc } } }"),
            "application-cluster-differs",
        ),
        (
            fields("{ spec: { destination: { name: nowhere } } }"),
            "application-cluster-unknown",
        ),
        (
            fields("{ spec: { destination: { server: 'https://kubernetes.default.svc' } } }"),
            "application-destination-twice",
        ),
        (
            fields("{ spec: { destination: { namespace: kube-system } } }"),
            "application-project-refuses",
        ),
        (
            ", application: { project: lakes }".to_owned(),
            "application-project-refuses",
        ),
        (
            fields("{ spec: { project: lakes } }"),
            "application-project-refuses",
        ),
    ] {
        let (checked, verified) = found(&more);
        assert_eq!(checked, [code], "{more}");
        assert!(
            verified.iter().any(|found| found == code),
            "{more}: {verified:?}"
        );
    }
}
