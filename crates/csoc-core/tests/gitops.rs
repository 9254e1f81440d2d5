//! Repositories on disk: one of production, measured against what is known to be wrong in it, and broken ones.

#![expect(clippy::unwrap_used, reason = "a test fails by it")]
#![expect(clippy::print_stdout, reason = "a measurement is read by people")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Instant;

use csoc_core::{
    Context, Diagnostic, DiffOptions, DiffSide, Fleet, GitRefs, HelmRendering, RenderOptions,
    Severity, VerifyError, VerifyOptions, diff, helm_releases, verify_directory,
    verify_directory_with, verify_rendered,
};

/// What the list of known defects calls a kind, and the codes that we have for it.
const KINDS: &[(&str, &str)] = &[
    ("account-missing", "account-missing"),
    ("app-dest-dup", "application-release-not-unique"),
    ("app-name-dup", "application-name-not-unique"),
    ("app-revision-gone", "application-revision-gone"),
    ("app-valuefile-foreign", "values-file-foreign"),
    ("argo-random-secret", "secret-random-each-sync"),
    ("arn-account", "arn-account-mismatch"),
    ("arn-account-data", "arn-account-foreign"),
    ("cluster-config-orphan", "addon-file-ignored"),
    ("cluster-name-vs-dir", "cluster-directory-differs"),
    ("cluster-no-certmanager", "cert-manager-uninstalled"),
    ("cluster-no-eso", "external-secrets-uninstalled"),
    ("dashboard-prefix", "dashboard-prefix-differs"),
    ("empty-file", "values-file-empty"),
    ("empty-role", "role-name-missing"),
    ("environment-unset", "environment-name-missing"),
    ("hostname-vs-dir", "hostname-directory-differs"),
    ("image-tag-branch", "image-tag-mutable"),
    ("image-tag-inconsistent", "image-release-differs"),
    ("image-tag-mutable", "image-tag-mutable"),
    ("image-tag-unset", "image-tag-missing"),
    ("pdb-single-replica", "disruption-budget-ineffective"),
    ("pushsecret-host", "push-secret-host-missing"),
    ("role-namespace", "role-namespace-differs"),
    ("shared-secret", "secret-shared-in-account"),
    ("values-file-unreferenced", "values-file-unlisted"),
];
/// The same for kinds that are only remarks.
const REMARKS: [(&str, &str); 2] = [
    ("secret-prefix", "secret-prefix-differs"),
    ("two-frontends", "frontends-both-on"),
];
/// Kinds that the keys of a chart decide, each with our code.
const OF_CHARTS: &[(&str, &str)] = &[
    ("account-unquoted", "account-id-unquoted"),
    ("bool-as-string", "values-boolean-quoted"),
    ("declared-but-never-read", "values-key-unread"),
    ("gated-key", "values-key-gated"),
    ("image-tag-not-string", "image-tag-unquoted"),
    ("null-override", "values-default-deleted"),
    ("num-vs-string", "values-number-text"),
    ("set-in-two-files", "values-set-twice"),
    ("type-mismatch", "values-type-mismatch"),
    ("unknown-key", "values-key-unknown"),
];
/// Kinds that only a rendered chart shows.
const OF_RENDERING: [&str; 10] = [
    "dangling-ref",
    "nondeterministic",
    "render-fail",
    "render-warning",
    "smell-arn-no-account",
    "smell-arn-no-role",
    "smell-dummy-arn",
    "smell-go-map",
    "smell-nil",
    "smell-sci-number",
];

include!("gitops/explained.rs");

/// The branches and tags at the day of the snapshot, of those that its Applications name.
const REFS: &str = "https://github.com/uc-cdis/gen3-helm master
https://github.com/uc-cdis/gen3-gitops master
https://github.com/uc-cdis/gen3-gitops feat/ai-commons
";

fn fleet() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/gen3-gitops");
    if !path.join("expected-findings.md").exists() {
        println!("skipped: there is no {}", path.display());
        return None;
    }
    Some(path)
}

/// A line of the list of known defects.
#[derive(Debug)]
struct Known {
    severity: String,
    kind: String,
    file: String,
    line: u32,
    path: String,
}

fn known(text: &str) -> Vec<Known> {
    text.lines()
        .filter_map(|line| {
            let mut cells = line.trim_matches('|').split(" | ").map(str::trim);
            let (severity, kind, place, path) =
                (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
            let (file, line) = place.rsplit_once(':')?;
            Some(Known {
                severity: severity.to_owned(),
                kind: kind.to_owned(),
                file: file.to_owned(),
                line: line.parse().ok()?,
                path: path.trim_matches('`').to_owned(),
            })
        })
        .collect()
}

/// Whether a finding is the known defect. Where that has no line, its directory decides.
fn is_same(found: &Diagnostic, known: &Known) -> bool {
    let label = &found.labels[0];
    if known.kind == "shared-secret" {
        return found.message.contains(&format!("`{}`", known.path))
            && found.message.contains(&format!("`{}`", known.file));
    }
    if known.line == 0 {
        let directory = known.file.trim_end_matches("/values");
        return label.file.starts_with(directory);
    }
    (label.file.as_str(), label.line) == (known.file.as_str(), known.line)
}

/// Whether the place of a known defect is in the part of the fleet that is at hand.
fn is_there(root: &camino::Utf8Path, file: &str) -> bool {
    let path = root.join(file);
    path.is_file() || path.join("values").is_dir() || path.ends_with("values") && path.is_dir()
}

#[test]
fn known_defects_of_production_are_found_at_their_place() {
    let Some(root) = fleet() else { return };
    let root = camino::Utf8PathBuf::from_path_buf(root).unwrap();
    let options = VerifyOptions::default().git_refs(GitRefs::parse(REFS).unwrap());
    let start = Instant::now();
    let report = verify_directory_with(&root, &options, &Context::default()).unwrap();
    let took = start.elapsed();
    let list = known(&fs_err::read_to_string(root.join("expected-findings.md")).unwrap());
    let mut matched: BTreeSet<usize> = BTreeSet::new();
    let mut wrong = Vec::new();
    println!(
        "{:28} {:32} expected absent found matched explained",
        "kind", "code"
    );
    let (mut expected, mut hits) = (0, 0);
    for &(kind, code) in KINDS.iter().chain(OF_CHARTS).chain(&REMARKS) {
        let found: Vec<(usize, &Diagnostic)> = report
            .diagnostics()
            .iter()
            .enumerate()
            .filter(|(_, found)| found.code.as_str() == code)
            .collect();
        let (mut same, mut absent, mut explained) = (0, 0, 0);
        let of_kind: Vec<&Known> = list.iter().filter(|known| known.kind == kind).collect();
        for known in &of_kind {
            let hit = found
                .iter()
                .find(|(at, found)| !matched.contains(at) && is_same(found, known));
            let place = format!("{}:{}", known.file, known.line);
            if let Some((at, found)) = hit {
                matched.insert(*at);
                same += 1;
                let severity = known.severity.replace("warn", "warning");
                if found.severity.to_string() != severity {
                    wrong.push(format!(
                        "{kind} {place} is {}, and known as {severity}",
                        found.severity
                    ));
                }
            } else if !is_there(&root, &known.file) {
                absent += 1;
            } else if MISSED
                .iter()
                .any(|(missed, at, _)| (*missed, *at) == (kind, &*place))
            {
                explained += 1;
            } else {
                wrong.push(format!("missed: {kind} {place} {}", known.path));
            }
        }
        expected += of_kind.len() - absent;
        hits += same;
        println!(
            "{kind:28} {code:32} {:8} {absent:6} {:5} {same:7} {explained:9}",
            of_kind.len(),
            found.len()
        );
    }
    println!("{hits} of {expected} whose file is there are found at the same file and line");
    for known in &list {
        let kind = &*known.kind;
        let is_known = KINDS
            .iter()
            .chain(OF_CHARTS)
            .chain(&REMARKS)
            .any(|(known, _)| *known == kind)
            || OF_RENDERING.contains(&kind);
        if !is_known {
            wrong.push(format!("nobody knows the kind {kind}"));
        }
    }
    let mut more: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, found) in report.diagnostics().iter().enumerate() {
        if matched.contains(&at) {
            continue;
        }
        *more.entry(found.code.as_str()).or_default() += 1;
        let place = format!("{}:{}", found.labels[0].file, found.labels[0].line);
        let is_explained = FURTHER
            .iter()
            .any(|(code, at, _)| *code == found.code.as_str() && (*at == "*" || *at == place));
        if found.severity == Severity::Error && !is_explained {
            wrong.push(format!("further: {} {place} {}", found.code, found.message));
        }
    }
    println!("beside them: {more:?}");
    println!("{took:?} in this profile for {}", root.file_name().unwrap());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // At least 98 of 100, whatever is explained.
    assert!(hits * 100 >= expected * 98, "{hits} of {expected}");
}

struct Place {
    directory: tempfile::TempDir,
}

impl Place {
    /// The base repository of the fixtures, on disk.
    fn new() -> Self {
        let place = Self {
            directory: tempfile::tempdir().unwrap(),
        };
        let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/gitops-base");
        let mut pending = vec![base.clone()];
        while let Some(directory) = pending.pop() {
            for entry in fs_err::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    pending.push(path);
                } else {
                    let below = path.strip_prefix(&base).unwrap().to_str().unwrap();
                    place.write(below, &fs_err::read(&path).unwrap());
                }
            }
        }
        place
    }

    fn path(&self, below: &str) -> camino::Utf8PathBuf {
        let root = camino::Utf8Path::from_path(self.directory.path()).unwrap();
        root.join(below)
    }

    fn write(&self, below: &str, bytes: &[u8]) {
        let path = self.path(below);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, bytes).unwrap();
    }

    fn verify(&self) -> Vec<String> {
        let report = verify_directory(self.path(""), &Context::default()).unwrap();
        let show = |found: &Diagnostic| {
            let file = found.labels.first().map_or("-", |label| &*label.file);
            format!("{} {file}", found.code)
        };
        report.diagnostics().iter().map(show).collect()
    }
}

const VALUES: &str = "main/demo.example.org/values/change.yaml";

#[test]
fn a_repository_on_disk_is_clean_until_it_is_touched() {
    let place = Place::new();
    assert_eq!(place.verify(), Vec::<String>::new());
    place.write(VALUES, b"global:\n  hostname: x.example.org\n");
    assert!(
        place
            .verify()
            .contains(&format!("hostname-directory-differs {VALUES}"))
    );
}

#[test]
fn files_that_cannot_be_read_are_findings() {
    for (bytes, code) in [
        (&b"a: [\n"[..], "yaml-syntax"),
        (b"a: b\n\tc: d\n", "yaml-tab"),
        (b"\xff\xfe\x00", "file-not-utf8"),
        (b"\0\0\0", "yaml-syntax"),
        (b"a: *b\n", "yaml-alias"),
        (b"a: 1\n---\nb: 2\n", "yaml-documents"),
        (b"a: 1\na: 2\n", "duplicate-key"),
        (b"", "values-file-empty"),
        (b"# nothing\n---\n", "values-file-empty"),
    ] {
        let place = Place::new();
        place.write(VALUES, bytes);
        let found = place.verify();
        assert!(
            found.contains(&format!("{code} {VALUES}")),
            "{code} in {found:?}"
        );
    }
    let place = Place::new();
    for path in [
        "main/cluster-values/cluster-values.yaml",
        "main/demo.example.org/templates/app.yaml",
    ] {
        place.write(path, b"- [a, {b: c}]\n- {{ x }}\n");
    }
    place.verify();
    fs_err::remove_file(place.path(VALUES)).unwrap();
    place.verify();
}

#[cfg(unix)]
#[test]
fn links_that_lead_out_or_nowhere_are_findings() {
    use std::os::unix::fs::symlink;
    let place = Place::new();
    let outside = tempfile::NamedTempFile::new().unwrap();
    for (target, code) in [
        (outside.path(), "link-leaves-tree"),
        (Path::new("nowhere.yaml"), "file-unreadable"),
    ] {
        fs_err::remove_file(place.path(VALUES)).unwrap();
        symlink(target, place.path(VALUES)).unwrap();
        let found = place.verify();
        assert!(found.contains(&format!("{code} {VALUES}")), "{found:?}");
    }
    fs_err::remove_file(place.path(VALUES)).unwrap();
    symlink("values.yaml", place.path(VALUES)).unwrap();
    symlink(".", place.path("main/again")).unwrap();
    let found = place.verify();
    assert!(
        !found.iter().any(|found| found.starts_with("file-")),
        "{found:?}"
    );
}

#[test]
fn kinds_are_told_from_the_layout() {
    let place = Place::new();
    place.write("stacks/main.tf", b"resource \"nothing\" \"a\" {}\n");
    place.write("argocd/bootstrap/x-rg.yaml", b"");
    assert_eq!(
        place.verify(),
        ["provider-catalog-missing -", "tree-kind-unread -"]
    );
    let empty = tempfile::tempdir().unwrap();
    let path = camino::Utf8Path::from_path(empty.path()).unwrap();
    let error = || verify_directory(path, &Context::default()).unwrap_err();
    assert!(matches!(error(), VerifyError::NotATree { .. }));
    fs_err::create_dir_all(path.join("argocd/charts/resource-groups")).unwrap();
    assert!(error().to_string().contains("a kro repository"));
}

#[test]
fn applicationsets_alone_are_a_repository() {
    let directory = tempfile::tempdir().unwrap();
    let root = camino::Utf8Path::from_path(directory.path()).unwrap();
    let set = |side: &str, clusters: &str| {
        let place = root.join(side);
        fs_err::create_dir_all(place.join("sets")).unwrap();
        let text = format!(
            "apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {{name: demo, namespace: argocd}}
spec:
  goTemplate: true
  goTemplateOptions: [missingkey=error]
  generators:
    - list: {{elements: [{clusters}]}}
  template:
    metadata: {{name: 'gen3-{{{{.name}}}}'}}
    spec:
      project: demo
      source: {{repoURL: https://helm.gen3.org, chart: gen3, targetRevision: 0.3.90}}
      destination: {{name: '{{{{.name}}}}', namespace: demo}}
"
        );
        fs_err::write(place.join("sets/demo.yaml"), &text).unwrap();
        fs_err::write(
            place.join("demo.yaml"),
            text.replace("name: demo,", "name: other,")
                .replace("'gen3-", "'other-")
                .replace("namespace: demo", "namespace: other"),
        )
        .unwrap();
        place
    };
    let (old, new) = (
        set("old", "{name: east}"),
        set("new", "{name: east}, {name: east}"),
    );
    let verified = |place: &camino::Utf8Path| {
        let report = verify_directory(place, &Context::default()).unwrap();
        let codes = report.diagnostics().iter().map(|found| found.code.as_str());
        codes.map(str::to_owned).collect::<BTreeSet<String>>()
    };
    assert!(verified(&old).is_empty(), "{:?}", verified(&old));
    // An element that is there twice makes one Application twice.
    let found = verified(&new);
    assert!(found.contains("applicationset-name-twice"), "{found:?}");
    let open = |place: &camino::Utf8Path| DiffSide::open(place, &Context::default()).unwrap();
    let options = DiffOptions::default();
    let found = diff(&open(&old), &open(&new), &options, &Context::default()).unwrap();
    assert_eq!(found.changes.len(), 2, "{}", found.summary());
}

#[test]
fn what_helm_cannot_render_is_a_finding() {
    let failed = HelmRendering::new("main/a", Err("Error: no host\n".to_owned()), None);
    let odd = "kind: A\nmetadata: {name: b}\nx: ['%!é', '%!', '%!d(x)', 'e+', '1.5e+06', 'arn:aws:iam:', 'arn:aws:iam::1:role/']\n";
    let odd = HelmRendering::new("main/d", Ok(odd.to_owned()), Some(odd.to_owned()));
    let report = verify_rendered(&[odd], &Context::default()).unwrap();
    assert_eq!(report.diagnostics().len(), 3, "{report:#?}");
    let broken = HelmRendering::new(
        "main/b",
        Ok("a: [\n".to_owned()),
        Some("kind: x".to_owned()),
    );
    let ignored = HelmRendering::new("main/c", Ok(String::new()), None)
        .said("coalesce.go:298: warning: cannot overwrite table with non table for a (map[])\n");
    let report = verify_rendered(&[failed, broken, ignored], &Context::default()).unwrap();
    let codes: Vec<&str> = report
        .diagnostics()
        .iter()
        .map(|found| found.code.as_str())
        .collect();
    assert!(codes.contains(&"rendering-ignores-value"), "{codes:?}");
    assert!(
        codes.contains(&"rendering-failed") && codes.contains(&"yaml-syntax"),
        "{codes:?}"
    );
    let releases = helm_releases(Place::new().path(""), &Context::default()).unwrap();
    assert_eq!(releases.len(), 2);
    assert_eq!(
        (
            &*releases[0].release,
            &*releases[0].namespace,
            releases[0].values.len()
        ),
        ("gen3-demo", "demo-helm", 2)
    );
}

#[test]
fn what_we_render_ourselves_is_clean() {
    for name in ["quickstart", "consortium", "hub-push"] {
        let example = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../examples")
            .join(name);
        let fleet = Fleet::load(example, &Context::default()).unwrap();
        let directory = tempfile::tempdir().unwrap();
        let out = camino::Utf8PathBuf::from_path_buf(directory.path().join("out")).unwrap();
        let rendering = fleet
            .render(&RenderOptions::into_directory(&out), &Context::default())
            .unwrap();
        assert!(rendering.written);
        for below in ["", "gitops"] {
            let dated = Context::default().as_of("2026-11-26".parse().unwrap());
            let report = verify_directory(out.join(below), &dated).unwrap();
            assert!(
                report.diagnostics().is_empty(),
                "{name}/{below}: {:#?}",
                report.diagnostics()
            );
        }
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..proptest::prelude::ProptestConfig::default()
    })]

    /// Whatever the bytes are, there are findings and no panic.
    #[test]
    fn broken_bytes_are_findings(
        file in 0..6usize,
        edits in proptest::collection::vec((proptest::prelude::any::<u16>(), proptest::prelude::any::<u8>()), 1..6),
    ) {
        let place = Place::new();
        let paths = [
            VALUES,
            "main/demo.example.org/values/values.yaml",
            "main/other.example.org/values/values.yaml",
            "main/cluster-values/cluster-values.yaml",
            "main/demo.example.org/templates/app.yaml",
            "main/other.example.org/templates/app.yaml",
        ];
        let mut bytes = fs_err::read(place.path(paths[file])).unwrap();
        for (at, byte) in edits {
            let at = usize::from(at) % bytes.len();
            bytes[at] = [b'\n', b':', b'{', b'-', b' ', b'"', b'~', byte][usize::from(byte % 8)];
        }
        place.write(paths[file], &bytes);
        place.verify();
    }
}
