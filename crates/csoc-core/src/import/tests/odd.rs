//! Repositories with something wrong in them: what can be imported is, and the rest is said with its place.

use camino::Utf8Path;

use super::{import, import_files, text};
use crate::{ImportOptions, NoteKind};

const VALUES: &str =
    "global: { environment: one, hostname: one.example.org }\nfence: { enabled: true }\n";

fn app(directory: &str, extra: &str) -> String {
    format!(
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{ name: one, namespace: argocd }}\nspec:\n  project: default\n  sources:\n  - path: helm/gen3\n    repoURL: https://github.com/example/gen3-helm\n    targetRevision: v1\n    helm: {{ releaseName: one, valueFiles: [$values/{directory}/values/values.yaml{extra}] }}\n  - {{ repoURL: 'https://github.com/example/gitops', targetRevision: main, ref: values }}\n  destination: {{ server: 'https://kubernetes.default.svc', namespace: one }}\n"
    )
}

#[test]
fn a_broken_file_keeps_only_its_own_environment_out() {
    let good = app("a/one.example.org", "");
    let bad = app("a/two.example.org", "");
    let imported = import_files(
        &[
            (
                "a/cluster-values/cluster-values.yaml",
                "accountNumber: \"111122223333\"\n",
            ),
            ("a/one.example.org/values/values.yaml", VALUES),
            ("a/one.example.org/templates/app.yaml", &good),
            (
                "a/two.example.org/values/values.yaml",
                "global:\n  hostname: [x\n",
            ),
            ("a/two.example.org/templates/app.yaml", &bad),
        ],
        &ImportOptions::default(),
    )
    .unwrap();
    let report = imported.report();
    assert_eq!(report.values.total, 1);
    let note = report
        .notes
        .iter()
        .find(|note| note.kind == NoteKind::Unreadable && note.line > 0)
        .unwrap();
    assert_eq!(note.file, "a/two.example.org/values/values.yaml");
    assert!(note.line >= 2 && note.column > 0);
}

#[test]
fn keys_written_twice_are_read_as_helm_reads_them() {
    let good = app("a/one.example.org", "");
    let imported = import_files(
        &[
            (
                "a/one.example.org/values/values.yaml",
                "fence: { enabled: false }\nfence: { enabled: true }\n",
            ),
            ("a/one.example.org/templates/app.yaml", &good),
        ],
        &ImportOptions::default(),
    )
    .unwrap();
    let report = imported.report();
    assert_eq!(report.values.equal, 1);
    assert!(
        report
            .notes
            .iter()
            .any(|note| note.line == 1 && note.message.contains("written again"))
    );
    // Nothing says which account it is in.
    assert!(
        report
            .notes
            .iter()
            .any(|note| note.kind == NoteKind::Guessed && note.message.contains("000000000000"))
    );
}

#[test]
fn applications_that_cannot_be_kept_are_said() {
    let first = app("a/one.example.org", "");
    let templated = first.replace("name: one,", "name: \"{{ .Values.x }}\",");
    let imported = import_files(
        &[
            ("a/one.example.org/values/values.yaml", VALUES),
            ("a/one.example.org/templates/app.yaml", &first),
            ("a/one.example.org/templates/second.yaml", &first),
            ("a/two.example.org/values/values.yaml", VALUES),
            ("a/two.example.org/templates/app.yaml", &templated),
        ],
        &ImportOptions::default(),
    )
    .unwrap();
    let report = imported.report();
    assert_eq!((report.values.equal, report.values.total), (2, 2));
    assert_eq!(
        (report.applications.equal, report.applications.total),
        (1, 1)
    );
    let said = |text: &str| report.notes.iter().any(|note| note.message.contains(text));
    assert!(said("a second Application"));
    assert!(said("only Helm can read"));
}

#[test]
fn names_that_no_cluster_can_have_are_said() {
    let imported = import_files(
        &[
            ("A_b/one.example.org/values/values.yaml", VALUES),
            ("c/one.example.org/values/values.yaml", VALUES),
        ],
        &ImportOptions::default(),
    )
    .unwrap();
    let report = imported.report();
    assert!(
        report
            .notes
            .iter()
            .any(|note| note.file == "A_b" && note.kind == NoteKind::Unreadable)
    );
    assert_eq!(report.clusters.total, 0);
    assert_eq!(report.values.equal, report.values.total);
}

#[test]
fn a_mapping_says_what_the_guess_does_not_know() {
    let options = ImportOptions {
        mapping: Some((
        "mapping.yaml".to_owned(),
        "c/one.example.org: { commons: mine, environment: live, tier: staging }\nnot/there: {}\n"
            .to_owned(),
    )),
        ..ImportOptions::default()
    };
    let imported = import_files(
        &[("c/one.example.org/values/values.yaml", VALUES)],
        &options,
    )
    .unwrap();
    let file = text(&imported, "commons/mine/environments/live.yaml");
    assert!(file.contains("tier: staging"));
    assert!(
        imported
            .report()
            .notes
            .iter()
            .any(|note| note.file == "not/there")
    );
}

#[cfg(unix)]
#[test]
fn links_that_lead_out_are_not_followed() {
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("secret.yaml"), "password: x\n").unwrap();
    let directory = tempfile::tempdir().unwrap();
    let values = directory.path().join("c/one.example.org/values");
    std::fs::create_dir_all(&values).unwrap();
    std::fs::write(values.join("values.yaml"), VALUES).unwrap();
    std::os::unix::fs::symlink(outside.path().join("secret.yaml"), values.join("link.yaml"))
        .unwrap();
    let imported = import(
        Utf8Path::from_path(directory.path()).unwrap(),
        &ImportOptions::default(),
    )
    .unwrap();
    assert!(
        imported
            .report()
            .notes
            .iter()
            .any(|note| note.file.as_str().ends_with("link.yaml")
                && note.kind == NoteKind::Unreadable)
    );
    for (_, bytes) in imported.sources().iter() {
        assert!(!String::from_utf8_lossy(bytes).contains("password"));
    }
}
