//! What can be compared, and what cannot.

use camino::{Utf8Path, Utf8PathBuf};

use super::fleet;
use crate::context::Context;
use crate::diff::{DiffError, DiffOptions, DiffSide, diff};
use crate::render::RenderOptions;

const PROFILES: &str = "tests/fleets/profiles";

fn place() -> (tempfile::TempDir, Utf8PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = Utf8PathBuf::from_path_buf(directory.path().to_owned()).unwrap();
    (directory, path)
}

fn render(path: &Utf8Path, edits: &[super::Edit]) {
    let rendering = fleet(PROFILES, edits)
        .render(&RenderOptions::into_directory(path), &Context::default())
        .unwrap();
    assert!(rendering.written, "{:?}", rendering.report);
}

fn open(path: &Utf8Path) -> DiffSide {
    DiffSide::open(path, &Context::default()).unwrap()
}

fn compare(old: &DiffSide, new: &DiffSide) -> crate::diff::Diff {
    diff(old, new, &DiffOptions::default(), &Context::default()).unwrap()
}

#[test]
fn a_rendered_tree_is_compared_with_its_fleet_and_with_another() {
    let (_directory, path) = place();
    render(&path.join("one"), &[]);
    render(
        &path.join("two"),
        &[("fleet.yaml", "release: \"2026.07\"", "release: \"2026.08\"")],
    );
    let (one, two) = (open(&path.join("one")), open(&path.join("two")));
    assert!(compare(&one, &DiffSide::Fleet(fleet(PROFILES, &[]))).is_empty());
    let found = compare(&one, &two);
    assert_eq!(
        found.changes.len(),
        8,
        "{}",
        found.to_text(crate::diagnostic::TextStyle::plain())
    );
    assert!(
        found
            .changes
            .iter()
            .all(|change| change.kind.as_str() == "release")
    );
    // One root of it is a tree, too, and the other root is not missed.
    let gitops = (
        open(&path.join("one/gitops")),
        open(&path.join("two/gitops")),
    );
    assert_eq!(compare(&gitops.0, &gitops.1).changes.len(), 8);
    let only = DiffOptions::default().only(vec!["commons.core.*".to_owned()]);
    assert_eq!(
        diff(&one, &two, &only, &Context::default())
            .unwrap()
            .changes
            .len(),
        1
    );
}

#[test]
fn an_edit_by_hand_is_a_difference() {
    let (_directory, path) = place();
    render(&path, &[]);
    let file = path.join("gitops/demo/core.example.org/values/values.yaml");
    let text = fs_err::read_to_string(&file).unwrap();
    fs_err::write(
        &file,
        text.replacen("publicDataSets: false", "publicDataSets: true", 1),
    )
    .unwrap();
    let found = compare(&DiffSide::Fleet(fleet(PROFILES, &[])), &open(&path));
    assert_eq!(found.changes.len(), 1, "{found:#?}");
    assert_eq!(
        (
            found.changes[0].kind.as_str(),
            found.changes[0].danger.as_str()
        ),
        ("public-data", "exposure")
    );
}

#[test]
fn a_repository_without_a_manifest_is_compared_by_its_layout() {
    let (_directory, path) = place();
    render(&path, &[]);
    for root in ["gitops", "terraform"] {
        fs_err::remove_file(path.join(root).join("manifest.json")).unwrap();
    }
    let found = compare(
        &open(&path.join("gitops")),
        &DiffSide::Tree(
            fleet(PROFILES, &[])
                .compile(
                    &crate::render::CompileOptions::default(),
                    &Context::default(),
                )
                .unwrap()
                .0,
        ),
    );
    let gitops: Vec<_> = found
        .changes
        .iter()
        .filter(|change| change.object.contains("environments") || change.object.contains('/'))
        .filter(|change| !change.kind.as_str().starts_with("terraform"))
        .collect();
    assert!(gitops.is_empty(), "{gitops:#?}");
}

#[test]
fn what_is_neither_is_refused() {
    let (_directory, path) = place();
    let refused = |path: &Utf8Path| DiffSide::open(path, &Context::default()).unwrap_err();
    assert!(matches!(
        refused(&path.join("nothing")),
        DiffError::Missing { .. }
    ));
    assert!(matches!(refused(&path), DiffError::Neither { .. }));
    fs_err::write(path.join("notes.txt"), "x").unwrap();
    assert!(matches!(refused(&path), DiffError::Neither { .. }));
    fs_err::create_dir(path.join("fleet")).unwrap();
    fs_err::write(path.join("fleet/fleet.yaml"), "a: [").unwrap();
    let DiffError::Fleet { source, .. } = refused(&path.join("fleet")) else {
        panic!("a broken fleet is a fleet")
    };
    assert!(source.to_string().contains("error"));
}

#[test]
fn a_manifest_of_a_newer_format_is_refused() {
    let (_directory, path) = place();
    fs_err::create_dir(path.join("gitops")).unwrap();
    fs_err::write(
        path.join("gitops/manifest.json"),
        r#"{"format":2,"versions":{"csoc":"9.9.9"}}"#,
    )
    .unwrap();
    let error = DiffSide::open(&path, &Context::default()).unwrap_err();
    let DiffError::Manifest { source } = error else {
        panic!("{error}")
    };
    assert!(source.to_string().contains("csoc 9.9.9 reads"), "{source}");
}

#[test]
fn environments_are_compared_with_each_other() {
    let fleet = fleet("tests/fleets/midrcprod", &[]);
    let found = fleet
        .diff_environments("midrc/staging", "midrc/data", &Context::default())
        .unwrap();
    let change = super::only(&found, "service", "orthanc");
    assert_eq!(
        (change.old.as_deref(), change.new.as_deref()),
        (Some("on"), Some("off"))
    );
    // What each has of its own is no danger.
    assert_eq!(
        super::only(&found, "name", "namespace").danger.as_str(),
        "harmless"
    );
    assert!(
        fleet
            .diff_environments("midrc/data", "midrc/data", &Context::default())
            .unwrap()
            .is_empty()
    );
    let error = fleet
        .diff_environments("midrc/data", "midrc/stagin", &Context::default())
        .unwrap_err();
    assert!(
        matches!(error, DiffError::NoEnvironment { suggestion: Some(ref meant), .. } if meant == "midrc/staging")
    );
}

/// What is different between the values files of one deployment.
fn values(old: &[(&str, &str)], new: &[(&str, &str)]) -> Vec<String> {
    found(old, new, None)
}

fn found(
    old: &[(&str, &str)],
    new: &[(&str, &str)],
    chart: Option<crate::catalog::chart::ChartCatalog<'_>>,
) -> Vec<String> {
    use std::sync::Arc;

    use super::super::documents;
    use crate::tree::BackendName;

    let side = |files: &[(&str, &str)]| {
        let files = files.iter().map(|(name, text)| {
            let path = format!("gitops/cluster/host/{name}");
            let bytes: Arc<[u8]> = text.as_bytes().into();
            Arc::new(crate::verify::read_file(
                path.as_str().into(),
                "cluster/host",
                BackendName::Helm,
                &bytes,
            ))
        });
        documents::by_object(files)
            .remove("cluster/host")
            .unwrap_or_default()
    };
    let mut raws = Vec::new();
    documents::compare("cluster/host", &side(old), &side(new), chart, &mut raws);
    raws.into_iter()
        .map(|raw| format!("{}: {:?} {:?}", raw.place.at, raw.place.old, raw.place.new))
        .collect()
}

#[test]
fn values_count_as_helm_merges_them() {
    let (etl, all) = ("values/etl.yaml", "values/values.yaml");
    let same = "etl:\n  a: 1\n";
    // The later file wins, whatever the other says.
    assert!(
        values(
            &[(etl, "etl:\n  a: 2\n"), (all, same)],
            &[(etl, "etl:\n  a: 3\n"), (all, same)]
        )
        .is_empty()
    );
    assert!(
        values(
            &[(etl, "etl:\n  a: 1\n"), (all, "b: 1\n")],
            &[(all, "etl:\n  a: 1\nb: 1\n")]
        )
        .is_empty()
    );
    assert_eq!(
        values(
            &[(etl, "etl:\n  a: 2\n"), (all, "b: 1\n")],
            &[(etl, "etl:\n  a: 3\n"), (all, "b: 1\n")]
        )
        .len(),
        1
    );
    // Nothing is nothing, however it is written.
    assert!(
        values(
            &[
                (all, same),
                ("values.yaml", ""),
                ("values/more.yaml", "# later\n")
            ],
            &[(all, same)]
        )
        .is_empty()
    );
    // What the Application does not list nobody reads.
    let application = (
        "templates/app.yaml",
        "kind: Application\nspec:\n  source:\n    helm:\n      valueFiles: [$values/cluster/host/values/values.yaml]\n",
    );
    assert!(
        values(
            &[application, (all, same), (etl, "etl:\n  b: 2\n")],
            &[application, (all, same)]
        )
        .is_empty()
    );
}

#[rstest::rstest]
#[case::said_as_it_is("ambassador: { enabled: true }", "ambassador: {}", None)]
#[case::of_the_whole_commons("global: { tierAccessLimit: 1000 }", "{}", None)]
#[case::a_service_that_the_chart_runs(
    "fence: { enabled: false }",
    "fence: {}",
    Some("values/values.yaml#/fence/enabled: Some(\"off\") Some(\"on\")")
)]
#[case::another_limit(
    "global: { tierAccessLimit: 50 }",
    "{}",
    Some("values/values.yaml#/global/tierAccessLimit: Some(\"50\") Some(\"1000\")")
)]
#[case::what_the_chart_does_not_know(
    "fence: { xyz: 1 }",
    "{}",
    Some("values/values.yaml#/fence/xyz: Some(\"1\") None")
)]
fn what_the_chart_does_by_itself_needs_no_value(
    #[case] old: &str,
    #[case] new: &str,
    #[case] wanted: Option<&str>,
) {
    let catalogs = crate::catalog::Catalogs::embedded();
    let chart = catalogs.chart("gen3", None);
    let file = "values/values.yaml";
    let all = found(&[(file, old)], &[(file, new)], chart);
    assert_eq!(all, wanted.into_iter().collect::<Vec<_>>());
    // The other file says it, whatever the chart does.
    let other = ("values/a.yaml", old);
    let all = found(&[other, (file, old)], &[other, (file, new)], chart);
    assert!(all.is_empty(), "{all:?}");
}
