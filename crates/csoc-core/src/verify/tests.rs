//! Trees that read back, and trees that someone touched.

use camino::{Utf8Path, Utf8PathBuf};

use super::*;
use crate::fleet::Fleet;
use crate::render::{CompileOptions, RenderOptions};
use crate::source::SourceSet;
use crate::tree::{BackendName, Document};
use crate::value::Node;

const FLEET: &str = include_str!("../../../../examples/quickstart/fleet.yaml");

fn fleet() -> Fleet {
    let set: SourceSet = [("fleet.yaml", FLEET.as_bytes())].into_iter().collect();
    Fleet::from_sources(set, &Context::default()).unwrap()
}

fn codes(report: &Report) -> Vec<String> {
    report
        .diagnostics()
        .iter()
        .map(|found| format!("{} {}", found.code, found.path.as_deref().unwrap_or("-")))
        .collect()
}

struct Rendered {
    _directory: tempfile::TempDir,
    out: Utf8PathBuf,
}

fn rendered(allow_pending: bool) -> Rendered {
    let directory = tempfile::tempdir().unwrap();
    let out = Utf8PathBuf::from_path_buf(directory.path().join("out")).unwrap();
    let mut options = RenderOptions::into_directory(&out);
    options.compile.allow_pending = allow_pending;
    let rendering = fleet().render(&options, &Context::default()).unwrap();
    assert!(rendering.written, "{:?}", rendering.report);
    Rendered {
        _directory: directory,
        out,
    }
}

fn verify(path: &Utf8Path) -> Vec<String> {
    codes(&verify_directory(path, &dated()).unwrap())
}

#[test]
fn compiled_trees_read_back() {
    let (tree, _) = fleet()
        .compile(&CompileOptions::default(), &Context::default())
        .unwrap();
    assert!(tree.len() > 10);
    for file in tree.iter() {
        assert_eq!(document::reads_back(file), Ok(()), "{}", file.path());
    }
    let report = tree.verify(&dated()).unwrap();
    assert!(
        codes(&report)
            .iter()
            .all(|code| code.starts_with("value-pending "))
    );
}

#[test]
fn what_reads_differently_is_named() {
    let file = |node| File::new("a.yaml", "fleet", BackendName::Helm, Document::Yaml(node));
    let mut node = Node::map();
    node.insert("a", Node::list([Node::integer(1)]));
    assert!(verify_file(&file(node.clone())).is_empty());
    // A key twice, with two values: whoever reads the text takes one of them.
    if let crate::value::Kind::Map(entries) = &mut node.kind {
        entries.insert(0, entries[0].clone());
        entries[0].node = Node::integer(2);
    }
    let found = verify_file(&file(node));
    assert_eq!(found[0].code.as_str(), "text-reads-differently");
}

#[test]
fn untouched_trees_are_clean() {
    let tree = rendered(false);
    assert_eq!(verify(&tree.out), Vec::<String>::new());
    assert_eq!(verify(&tree.out.join("terraform")), Vec::<String>::new());
}

#[test]
fn touched_files_are_found() {
    let tree = rendered(false);
    let root = tree.out.join("terraform");
    let edit = |path: &str, change: fn(String) -> String| {
        let path = root.join(path);
        let text = fs_err::read_to_string(&path).unwrap();
        fs_err::write(&path, change(text)).unwrap();
    };
    edit("demo/global/access/main.tf", |text| {
        format!("{text}\nx=1\n")
    });
    edit("demo/global/access/outputs.tf", |text| {
        format!("{text}\n}}")
    });
    edit("stacks.json", |text| text.replacen(':', "", 1));
    fs_err::remove_file(root.join("README.md")).unwrap();
    fs_err::write(root.join("demo/notes.txt"), "mine").unwrap();
    fs_err::create_dir(root.join("demo/.terraform")).unwrap();
    fs_err::write(root.join("demo/.terraform/x"), "theirs").unwrap();
    let mut found = verify(&tree.out);
    found.sort();
    assert_eq!(
        found,
        [
            "argument-unknown x",
            "file-edited terraform/demo/global/access/main.tf",
            "file-edited terraform/demo/global/access/outputs.tf",
            "file-edited terraform/stacks.json",
            "file-missing terraform/README.md",
            "file-unformatted terraform/demo/global/access/main.tf",
            "file-unlisted terraform/demo/notes.txt",
            "json-syntax terraform/stacks.json",
            "terraform-syntax terraform/demo/global/access/outputs.tf",
        ]
    );
}

#[test]
fn markers_are_errors() {
    let tree = rendered(true);
    let report = verify_directory(&tree.out, &dated()).unwrap();
    assert!(report.has_failures());
    let found = report.failures().next().unwrap();
    assert_eq!(found.code.as_str(), "value-pending");
    assert!(found.labels[0].excerpt.contains("<pending: "));
}

#[test]
fn what_is_no_tree_is_said_to_be_none() {
    let directory = tempfile::tempdir().unwrap();
    let path = Utf8Path::from_path(directory.path()).unwrap();
    let error = |path: &Utf8Path| verify_directory(path, &Context::default()).unwrap_err();
    assert!(matches!(error(path), VerifyError::NotATree { .. }));
    assert!(matches!(
        error(&path.join("x")),
        VerifyError::Missing { .. }
    ));
    fs_err::write(path.join("manifest.json"), "{").unwrap();
    assert!(matches!(error(path), VerifyError::Manifest { .. }));
}

/// A day, so that versions are looked at.
fn dated() -> Context {
    Context::default().as_of("2026-11-26".parse().unwrap())
}

/// The quickstart's tree with another text in one file.
fn with_edit(path: &str, from: &str, to: &str) -> Vec<String> {
    codes(&with_edit_report(path, from, to))
}

/// The same with everything that a finding says.
fn with_edit_report(path: &str, from: &str, to: &str) -> Report {
    let files: Vec<(String, Vec<u8>)> = [(
        "fleet.yaml",
        include_bytes!("../../../../examples/quickstart/fleet.yaml").to_vec(),
    )]
    .into_iter()
    .map(|(path, bytes)| (path.to_owned(), bytes))
    .chain(recorded())
    .collect();
    let set: SourceSet = files.into_iter().collect();
    let fleet = Fleet::from_sources(set, &Context::default()).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let out = Utf8PathBuf::from_path_buf(directory.path().join("out")).unwrap();
    let options = RenderOptions::into_directory(&out);
    let rendering = fleet.render(&options, &Context::default()).unwrap();
    assert!(
        rendering.written && rendering.pending.is_empty(),
        "{rendering:?}"
    );
    assert_eq!(verify(&out), Vec::<String>::new());
    let file = out.join(path);
    let text = fs_err::read_to_string(&file).unwrap();
    assert!(text.contains(from), "{from} in {text}");
    fs_err::write(&file, text.replace(from, to)).unwrap();
    verify_directory(&out, &dated()).unwrap()
}

/// The recorded outputs of the quickstart.
fn recorded() -> Vec<(String, Vec<u8>)> {
    fn below(
        directory: &std::path::Path,
        root: &std::path::Path,
        files: &mut Vec<(String, Vec<u8>)>,
    ) {
        for entry in fs_err::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                below(&path, root, files);
            } else {
                let name = path
                    .strip_prefix(root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned();
                files.push((name, fs_err::read(&path).unwrap()));
            }
        }
    }
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/quickstart");
    let mut files = Vec::new();
    below(&root.join("outputs"), &root, &mut files);
    files
}

#[test]
fn a_role_that_trusts_somebody_else_is_found() {
    let found = with_edit(
        "terraform/demo/us-east-1/identity/demo/dev/main.tf",
        "system:serviceaccount:demodev-helm:fence-sa",
        "system:serviceaccount:default:fence-sa",
    );
    assert!(
        found.contains(&"role-trust-missing service-account:demo/demodev-helm/fence-sa".to_owned()),
        "{found:?}"
    );
}

#[test]
fn a_role_that_trusts_only_who_is_not_there_is_found() {
    let found = with_edit(
        "gitops/demo/demo.example.org/values/values.yaml",
        "eks.amazonaws.com/role-arn",
        "eks.amazonaws.com/role-name",
    );
    assert!(
        found
            .iter()
            .any(|found| found.starts_with("role-trust-stale role:111122223333/")),
        "{found:?}"
    );
}

#[test]
fn edges_that_do_not_close_have_both_places() {
    let report = with_edit_report(
        "terraform/demo/us-east-1/identity/demo/dev/main.tf",
        "system:serviceaccount:demodev-helm:fence-sa",
        "system:serviceaccount:default:fence-sa",
    );
    let found = report
        .diagnostics()
        .iter()
        .find(|found| found.code.as_str() == "role-trust-missing")
        .unwrap();
    let files: Vec<&str> = found.labels.iter().map(|label| &*label.file).collect();
    assert_eq!(
        files,
        [
            "gitops/demo/demo.example.org/values/values.yaml",
            "terraform/demo/us-east-1/identity/demo/dev/main.tf",
        ]
    );
}

#[test]
fn a_secret_that_nobody_may_read_is_found() {
    let found = with_edit(
        "gitops/demo/demo.example.org/values/values.yaml",
        "fenceConfig: demodev-fence-config",
        "fenceConfig: demodev-other",
    );
    assert!(
        found.contains(
            &"secret-unreadable kubernetes-secret:demo/demodev-helm/fence-config".to_owned()
        ),
        "{found:?}"
    );
}

#[test]
fn a_key_that_is_written_twice_is_found() {
    let found = with_edit(
        "gitops/demo/demo.example.org/values/values.yaml",
        "  environment: demodev",
        "  environment: demodev\n  environment: demo",
    );
    assert!(
        found
            .iter()
            .any(|found| found.starts_with("duplicate-key ")),
        "{found:?}"
    );
}

#[test]
fn what_an_application_set_makes_is_held_to_the_schema() {
    let set = "apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: set, namespace: argocd}
spec:
  goTemplate: true
  goTemplateOptions: [missingkey=error]
  generators:
  - list: {elements: [{name: one, application: {spec: {destination: {cluster: one}}}}]}
  template:
    metadata: {name: '{{.name}}'}
    spec: {project: default}
  templatePatch: '{{ toJson .application }}'
";
    let files: SourceSet = [("hub/set.yaml", set.as_bytes())].into_iter().collect();
    let report = verify_gitops(&files, &VerifyOptions::default(), &Context::default()).unwrap();
    let said: Vec<&str> = report
        .diagnostics()
        .iter()
        .map(|diagnostic| diagnostic.message.as_str())
        .collect();
    assert!(
        said.iter().any(|message| message.contains("`cluster`")),
        "{said:#?}"
    );
}
