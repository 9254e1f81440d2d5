//! The differences that the documentation shows are those that csoc prints; `CSOC_UPDATE=1` writes them again.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::path::{Path, PathBuf};

use camino::Utf8Path;
use csoc_core::{Context, Fleet, Limits, PromoteOptions, SourceSet, TextStyle, read_directory};

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

#[test]
fn the_documentation_shows_what_is_printed() {
    let context = Context::default();
    let midrc = fleet(sources("tests/fleets/midrcprod"));
    let found = midrc
        .diff_environments("midrc/staging", "midrc/data", &context)
        .unwrap();
    assert_section("environments", &found.to_markdown());

    let old = sources("examples/consortium");
    let new = edited(old.clone(), "fleet.yaml", "\"2026.08\"", "\"2026.09\"");
    let found = fleet(new).diff(&fleet(old), &context).unwrap();
    assert_section("releases", &found.named("2026.08", "2026.09").to_markdown());

    // Staging runs what production is to run next.
    let staging = "commons/midrc/environments/staging.yaml";
    let data = "commons/midrc/environments/data.yaml";
    let set = edited(
        sources("tests/fleets/midrcprod"),
        staging,
        "dictionary:",
        "release: \"2026.08\"\ndictionary:",
    );
    let set = edited(
        set,
        data,
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
    assert_eq!(
        promotion.patch.lines().count(),
        5,
        "two lines of names, one of places, one gone and one come: {}",
        promotion.patch
    );
    let text = format!(
        "```diff\n{}```\n\n```text\n{}```",
        promotion.patch,
        promotion.diff.to_text(TextStyle::plain())
    );
    assert_section("promote", &text);
}
