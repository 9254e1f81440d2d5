//! The differences that the documentation shows are those that csoc prints; `CSOC_UPDATE=1` writes them again.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]
#![expect(clippy::print_stdout, reason = "a test that is skipped says so")]

use std::path::{Path, PathBuf};

use camino::{Utf8Path, Utf8PathBuf};
use csoc_core::{
    Context, Fleet, ImportKind, ImportOptions, Limits, PromoteOptions, SourceSet, TextStyle,
    import_directory, read_directory,
};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn sources(path: &str) -> SourceSet {
    read_directory(&repository().join(path), Limits::default()).unwrap()
}

fn fleet(set: SourceSet) -> Fleet {
    Fleet::from_sources(set, &Context::default()).unwrap()
}

fn edited(mut set: SourceSet, path: &str, from: &str, to: &str) -> SourceSet {
    let path = Utf8Path::new(path);
    let text = String::from_utf8(set.get(path).unwrap().to_vec()).unwrap();
    assert!(text.contains(from), "{from} is not in {path}");
    set.insert(path, text.replacen(from, to, 1).into_bytes());
    set
}

/// The page says what is between its two marks; with `CSOC_UPDATE` it is made to.
fn assert_section(name: &str, expected: &str) {
    let path = repository().join("docs/diffing.md");
    let page = fs_err::read_to_string(&path).unwrap();
    let (start, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let from = page.find(&start).unwrap() + start.len();
    let to = page.find(&end).unwrap();
    let expected = format!("\n{}\n\n", expected.trim_end());
    if std::env::var_os("CSOC_UPDATE").is_some() {
        fs_err::write(&path, [&page[..from], &expected, &page[to..]].concat()).unwrap();
    } else {
        assert_eq!(
            &page[from..to],
            expected,
            "docs/diffing.md: {name}; CSOC_UPDATE=1 writes it again"
        );
    }
}

fn releases() {
    let old = sources("examples/consortium");
    let new = edited(old.clone(), "fleet.yaml", "\"2026.08\"", "\"2026.09\"");
    let found = fleet(new).diff(&fleet(old), &Context::default()).unwrap();
    assert_section("releases", &found.named("2026.08", "2026.09").to_markdown());
}

/// The imaging commons as it is imported from the repository that runs it.
fn imported() -> Option<Fleet> {
    let place = repository().join("../shared/data/gen3-gitops");
    if !place.is_dir() {
        println!("skipped: no ../shared/data/gen3-gitops");
        return None;
    }
    let import = import_directory(
        ImportKind::Gen3Gitops,
        &Utf8PathBuf::from_path_buf(place).unwrap(),
        &ImportOptions::default(),
        &Context::default(),
    )
    .unwrap();
    Some(fleet(import.sources().clone()))
}

fn environments(fleet: &Fleet) {
    let found = fleet
        .diff_environments("midrc/staging", "midrc/data", &Context::default())
        .unwrap();
    assert_section("environments", &found.to_markdown());
}

fn promotion(fleet: &Fleet) {
    let options = PromoteOptions::new(vec!["dictionary".to_owned()]);
    let promotion = fleet
        .promote("midrc", "staging", "data", &options, &Context::default())
        .unwrap();
    assert_eq!(promotion.files.len(), 1);
    assert_eq!(
        promotion.patch.lines().count(),
        5,
        "two lines of names, one of places, one gone and one come: {}",
        promotion.patch
    );
    let text = format!(
        "```console\n$ csoc promote midrc fleet --from staging --to data --field dictionary --dry-run\n{}\n{}```",
        promotion.patch,
        promotion.diff.to_text(TextStyle::plain())
    );
    assert_section("promote", &text);
}

/// One test for all sections: each writes the page, and two at once would lose one.
#[test]
fn the_documentation_shows_what_is_printed() {
    releases();
    if let Some(fleet) = imported() {
        environments(&fleet);
        promotion(&fleet);
    }
}

/// What the command does by itself: the release, with the comment behind it kept.
#[test]
fn a_release_is_carried_and_its_comment_stays() {
    let context = Context::default();
    // Staging runs what production is to run next.
    let set = edited(
        sources("tests/fleets/midrcprod"),
        "commons/midrc/environments/staging.yaml",
        "dictionary:",
        "release: \"2026.08\"\ndictionary:",
    );
    let set = edited(
        set,
        "commons/midrc/environments/data.yaml",
        "dictionary:",
        "release: \"2026.07\"   # approved in July\ndictionary:",
    );
    let promotion = fleet(set)
        .promote(
            "midrc",
            "staging",
            "data",
            &PromoteOptions::default(),
            &context,
        )
        .unwrap();
    assert_eq!(promotion.files.len(), 1);
    let lines: Vec<&str> = promotion.patch.lines().skip(3).collect();
    assert_eq!(
        lines,
        [
            "-release: \"2026.07\"   # approved in July",
            "+release: \"2026.08\"   # approved in July"
        ]
    );
    let change = &promotion.diff.changes[0];
    assert_eq!(
        (change.kind.as_str(), promotion.diff.changes.len()),
        ("release", 1)
    );
    assert!(
        change
            .sources()
            .contains("commons/midrc/environments/data.yaml:4")
    );
}
