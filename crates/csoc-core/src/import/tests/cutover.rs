//! Environments with one host name: what each takes is read where values tell, and asked for where they do not.

use super::{import_files, text};
use crate::backend::fixture::{compile, sources};
use crate::{ImportOptions, NoteKind};

#[test]
fn what_csoc_renders_comes_back() {
    let (tree, _) = compile(sources("blue-green"));
    let files: Vec<(String, String)> = tree
        .iter()
        .filter_map(|file| {
            let path = file.path().strip_prefix("gitops").ok()?;
            let text = String::from_utf8(file.bytes().to_vec()).ok()?;
            Some((path.to_string(), text))
        })
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let imported = import_files(&files, &ImportOptions::default()).unwrap();
    let report = imported.report();
    assert_eq!(report.values.equal, report.values.total);
    assert!(
        !report.findings.contains_key("hostname-not-unique"),
        "{:?}",
        report.findings
    );
    let environments: Vec<String> = imported
        .sources()
        .iter()
        .filter(|(path, _)| path.as_str().contains("/environments/"))
        .map(|(path, _)| text(&imported, path.as_str()))
        .collect();
    let says = |what: &str| {
        let mut all = environments.iter();
        all.any(|file| file.replace('\n', " ").contains(what))
    };
    for what in [
        "state: active",
        "state: standby",
        "weight: 90",
        "weight: 10",
        "previewHostname: green.lakes.example.org",
    ] {
        assert!(says(what), "{what}: {environments:#?}");
    }
}

#[test]
fn who_takes_the_requests_is_asked_for_where_nothing_tells() {
    let values = |extra: &str| {
        format!(
            "global: {{ environment: one, hostname: one.example.org, dictionaryUrl: 'https://d.example.org/one/v1/schema.json' }}\n{extra}"
        )
    };
    let standby = "revproxy: { hostname: green.one.example.org }\n";
    let imported = |green: &str| {
        let (blue, green) = (values(""), values(green));
        import_files(
            &[
                ("a/one.example.org/values/values.yaml", &*blue),
                ("a/one.example.org-green/values/values.yaml", &*green),
            ],
            &ImportOptions::default(),
        )
        .unwrap()
    };
    let unknown = imported("");
    let mut notes = unknown.report().notes.iter();
    assert!(notes.any(|note| {
        note.kind == NoteKind::Guessed && note.message.contains("cutover: { state: active }")
    }));
    assert!(
        unknown
            .report()
            .findings
            .contains_key("hostname-not-unique")
    );
    // Whose ingress claims another host in its place stands by.
    let known = imported(standby);
    let all: String = known
        .sources()
        .iter()
        .filter(|(path, _)| path.as_str().contains("/environments/"))
        .map(|(path, _)| text(&known, path.as_str()))
        .collect();
    assert!(
        all.contains("state: active") && all.contains("state: standby"),
        "{all}"
    );
    assert!(
        all.contains("previewHostname: green.one.example.org"),
        "{all}"
    );
}
