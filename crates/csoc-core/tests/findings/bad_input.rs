//! Input that is wrong in every way that files can be wrong: each is told with place and fix, and nothing panics.

use std::fmt::Write;
use std::path::Path;

use crate::fixture::{base, fixtures, report};
use csoc_core::{
    Context, Diagnostic, Fleet, FleetError, Limits, ReadError, Report, SourceSet, TextStyle,
    read_directory,
};

const DEV: &str = "commons/demo/environments/dev.yaml";

/// The report of the base fleet with one file replaced.
fn with(path: &str, bytes: impl AsRef<[u8]>) -> Report {
    let mut set = base();
    set.insert(path, bytes.as_ref());
    report(set, &Context::default())
}

/// The file of the development environment with more lines.
fn dev(more: &str) -> String {
    let text = base().get(DEV.into()).unwrap().to_vec();
    String::from_utf8(text).unwrap() + more
}

/// The only finding of a code, which must say where it is and how to mend it.
#[track_caller]
fn only<'r>(report: &'r Report, code: &str, file: &str, line: u32) -> &'r Diagnostic {
    let text = report.to_text(TextStyle::plain());
    let mut all = report
        .diagnostics()
        .iter()
        .filter(|one| one.code.as_str() == code);
    let first = all.next().unwrap_or_else(|| panic!("no {code} in\n{text}"));
    assert!(all.next().is_none(), "more than one {code} in\n{text}");
    let label = first
        .labels
        .first()
        .unwrap_or_else(|| panic!("no place\n{text}"));
    assert_eq!((label.file.as_str(), label.line), (file, line), "{text}");
    assert!(first.help.is_some(), "no help\n{text}");
    assert!(first.is_failure(), "{text}");
    first
}

#[test]
fn an_empty_file() {
    only(&with(DEV, ""), "file-empty", DEV, 1);
}

#[test]
fn a_tab_as_indentation() {
    only(
        &with(DEV, dev("exposure:\n\tpublicData: true\n")),
        "yaml-tab",
        DEV,
        6,
    );
}

#[test]
fn a_duplicate_key() {
    only(&with(DEV, dev("tier: dev\n")), "duplicate-key", DEV, 5);
}

#[test]
fn a_wrong_type() {
    only(&with(DEV, dev("replicas: many\n")), "wrong-type", DEV, 5);
}

#[test]
fn settings_of_services_that_no_pod_can_have() {
    for (code, setting) in [
        ("wrong-type", "env: { GEN3_DEBUG: 1 }"),
        ("invalid-value", "env: { 1_DEBUG: \"1\" }"),
        (
            "unknown-key",
            "env: { TOKEN: { vault: { name: a, key: b } } }",
        ),
        ("missing-field", "env: { TOKEN: { secret: { name: a } } }"),
        ("invalid-value", "podAnnotations: { a/b/c: \"true\" }"),
        (
            "wrong-type",
            "podAnnotations: { prometheus.io/scrape: true }",
        ),
        ("invalid-value", "serviceAccount: { name: Fence_SA }"),
        ("unknown-value", "database: { setup: maybe }"),
    ] {
        let text = dev(&format!("services:\n  fence:\n    {setting}\n"));
        only(&with(DEV, text), code, DEV, 7);
    }
}

#[test]
fn settings_of_an_environment_that_mean_nothing() {
    for (code, setting) in [
        ("invalid-value", "discovery: { schedule: every day }"),
        (
            "invalid-value",
            "manifestGlobal: { fence_url: 'https://example.org' }",
        ),
        ("wrong-type", "manifestGlobal: { google_enabled: true }"),
        ("invalid-value", "workflows: { taskImages: ['two words'] }"),
        ("unknown-key", "discovery: { scedule: '@daily' }"),
        (
            "missing-field",
            "frontendSource: { repository: 'https://git.example.org/a.git' }",
        ),
        ("unknown-value", "explorer: { restore: all }"),
        ("invalid-value", "explorer: { restore: { bucket: A_B } }"),
    ] {
        only(&with(DEV, dev(&format!("{setting}\n"))), code, DEV, 5);
    }
}

#[test]
fn an_unknown_key_with_what_was_meant() {
    let report = with(DEV, dev("replcas: 2\n"));
    let found = only(&report, "unknown-key", DEV, 5);
    assert!(found.help.as_deref().unwrap().contains("`replicas`"));
}

#[test]
fn an_unknown_reference_with_what_was_meant() {
    let report = with(DEV, dev("").replace("cluster: demo", "cluster: dmeo"));
    let found = only(&report, "reference-unknown", DEV, 2);
    assert!(found.help.as_deref().unwrap().contains("`demo`"));
}

#[test]
fn a_number_where_an_account_id_belongs() {
    let text = "demo: { provider: aws, id: 111122223333, region: us-east-1 }\n";
    let report = with("accounts.yaml", text);
    let found = only(&report, "wrong-type", "accounts.yaml", 1);
    assert!(found.help.as_deref().unwrap().contains("\"111122223333\""));
}

#[test]
fn bytes_that_are_not_utf8() {
    only(
        &with(DEV, b"tier: dev\n# caf\xe9\n"),
        "file-not-utf8",
        DEV,
        2,
    );
}

#[test]
fn a_byte_order_mark_and_crlf_are_accepted() {
    let text = format!("\u{feff}{}", dev("").replace('\n', "\r\n"));
    let report = with(DEV, text);
    assert_eq!(report.to_text(TextStyle::plain()), "");
}

#[test]
fn an_alias_bomb() {
    let mut bomb = "values:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let items = vec![format!("*a{}", level - 1); 10].join(", ");
        writeln!(bomb, "  a{level}: &a{level} [{items}]").unwrap();
    }
    let report = with(DEV, dev(&bomb));
    let found = report
        .diagnostics()
        .iter()
        .find(|one| one.code.as_str() == "yaml-budget");
    let found = found.expect("the bomb is found");
    assert!(found.help.is_some() && found.labels[0].file == DEV);
}

#[test]
fn two_hundred_levels() {
    let deep = format!("values: {}{}\n", "[".repeat(200), "]".repeat(200));
    only(&with(DEV, dev(&deep)), "yaml-depth", DEV, 5);
}

#[test]
fn a_missing_directory() {
    let error = Fleet::load("no/such/fleet", &Context::default()).unwrap_err();
    assert!(matches!(error, FleetError::Read(ReadError::Missing { .. })));
    assert!(error.to_string().contains("no/such/fleet"));
}

#[test]
fn a_directory_without_a_fleet() {
    let report = report(SourceSet::new(), &Context::default());
    let found = &report.diagnostics()[0];
    assert_eq!(found.code.as_str(), "fleet-missing");
    assert!(found.help.is_some());
}

#[test]
fn nothing_panics_on_half_a_file() {
    for (path, bytes) in base().iter() {
        for end in (0..bytes.len()).step_by(7) {
            let report = with(path.as_str(), &bytes[..end]);
            let _ = report.to_text(TextStyle::coloured());
        }
    }
}

/// A fleet on disk: the base, for what is about files.
fn on_disk() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (path, bytes) in base().iter() {
        let path = directory.path().join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, bytes).unwrap();
    }
    directory
}

fn load(directory: &Path, limits: Limits) -> Report {
    report(
        read_directory(directory, limits).unwrap(),
        &Context::default(),
    )
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt;

    let directory = on_disk();
    let path = directory.path().join(DEV);
    fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if fs_err::read(&path).is_ok() {
        eprintln!("skipped: this user reads everything");
        return;
    }
    only(
        &load(directory.path(), Limits::default()),
        "file-unreadable",
        DEV,
        1,
    );
}

#[cfg(unix)]
#[test]
fn a_broken_link() {
    let directory = on_disk();
    std::os::unix::fs::symlink("nowhere", directory.path().join("notes.yaml")).unwrap();
    only(
        &load(directory.path(), Limits::default()),
        "file-unreadable",
        "notes.yaml",
        1,
    );
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_out() {
    let directory = on_disk();
    let outside = fixtures().join("base/fleet.yaml");
    std::os::unix::fs::symlink(outside, directory.path().join("network.yaml")).unwrap();
    only(
        &load(directory.path(), Limits::default()),
        "link-leaves-fleet",
        "network.yaml",
        1,
    );
}

#[test]
fn a_file_that_is_too_large() {
    let directory = on_disk();
    let large = vec![b'#'; (4 << 20) + 1];
    fs_err::write(directory.path().join("network.yaml"), large).unwrap();
    only(
        &load(directory.path(), Limits::default()),
        "file-too-large",
        "network.yaml",
        1,
    );
}

#[test]
fn twelve_defects_in_four_files_are_twelve_findings() {
    let report = load(&fixtures().join("twelve-defects"), Limits::default());
    let text = report.to_text(TextStyle::plain());
    crate::fixture::assert_file(&fixtures().join("twelve-defects/.expected.txt"), &text);
    assert_eq!(report.diagnostics().len(), 12, "{text}");
    assert!(
        report.diagnostics().iter().all(|one| one.help.is_some()),
        "{text}"
    );
}
