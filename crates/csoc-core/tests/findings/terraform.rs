//! Every code of Terraform's verification has a root that yields it and one that does not.

use std::path::Path;

use camino::Utf8Path;
use csoc_core::{Context, TextStyle, verify_directory};

use crate::fixture::{DAY, assert_file, fixtures, updates};

fn context() -> Context {
    Context::default().as_of(DAY.parse().unwrap())
}

/// All findings of a root, and those of one code as text.
fn findings(root: &Path, code: &str) -> (String, Vec<String>) {
    let root = Utf8Path::from_path(root).unwrap();
    let report = verify_directory(root, &context()).unwrap();
    let of_code = report
        .diagnostics()
        .iter()
        .filter(|diagnostic| diagnostic.code.as_str() == code);
    let texts = of_code.map(|diagnostic| {
        assert!(diagnostic.help.is_some(), "{code}: no help");
        assert!(!diagnostic.labels.is_empty(), "{code}: no place");
        diagnostic.to_text(TextStyle::plain())
    });
    (report.to_text(TextStyle::plain()), texts.collect())
}

/// What is found in a root, without the rules about what it makes.
fn language_findings(root: &Path) -> String {
    let root = Utf8Path::from_path(root).unwrap();
    let report = verify_directory(root, &context()).unwrap();
    let rules = fixtures().join("rules");
    let is_rule = |code: &str| rules.join(code).join("terraform-bad").is_dir();
    report
        .diagnostics()
        .iter()
        .filter(|diagnostic| !is_rule(diagnostic.code.as_str()))
        .map(|diagnostic| diagnostic.to_text(TextStyle::plain()))
        .collect()
}

#[test]
pub(crate) fn bad_roots_are_found_and_good_ones_are_not() {
    let mut wrong = Vec::new();
    for entry in fs_err::read_dir(fixtures().join("terraform")).unwrap() {
        let directory = entry.unwrap().path();
        let code = directory.file_name().unwrap().to_str().unwrap();
        let known = csoc_core::codes();
        assert!(
            known.iter().any(|known| known.code.as_str() == code),
            "{code}"
        );
        let (all, found) = findings(&directory.join("bad"), code);
        if found.is_empty() {
            wrong.push(format!("{code}: the bad root yields only\n{all}"));
            continue;
        }
        let text = found.join("\n");
        let expected = directory.join("expected.txt");
        if updates() {
            assert_file(&expected, &text);
        } else if fs_err::read_to_string(&expected).unwrap_or_default() != text {
            wrong.push(format!("{code}: expected.txt differs from\n{text}"));
        }
        // A good root is right in every respect that Terraform itself minds.
        let all = language_findings(&directory.join("good"));
        if !all.is_empty() {
            wrong.push(format!("{code}: the good root yields\n{all}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
