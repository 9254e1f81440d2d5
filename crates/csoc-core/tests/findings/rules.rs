//! Every code has a failing fixture, a passing one and a page, and none is left over.

use std::collections::BTreeSet;
use std::path::Path;

use crate::fixture::{
    DAY, assert_file, base, fixtures, overlaid, rendered_report, report, repository,
    repository_report, terraform_report, updates,
};
use csoc_core::{CodeFacts, Context, Report, TextStyle, codes};

/// Codes without fixtures here, and where they are tested.
const ELSEWHERE: &[(&str, &str)] = &[
    ("rendering-ignores-value", "tests/gitops.rs"),
    ("rendering-failed", "tests/gitops.rs"),
    ("import-live-invalid", "src/import/tests/refused.rs"),
    ("import-mapping-invalid", "src/import/tests/refused.rs"),
    ("link-leaves-tree", "tests/gitops.rs"),
    ("tree-kind-unread", "tests/gitops.rs"),
    ("account-id-unquoted", "src/verify/values/tests/findings.rs"),
    ("chart-cycle", "src/catalog/chart/tests/archive.rs"),
    (
        "chart-dependency-missing",
        "tests/fixtures/charts/expected-keys.txt",
    ),
    ("chart-file-refused", "src/catalog/chart/tests/archive.rs"),
    ("chart-invalid", "src/catalog/chart/tests/archive.rs"),
    (
        "chart-template-faulty",
        "tests/fixtures/charts/expected-keys.txt",
    ),
    ("chart-too-large", "src/catalog/chart/tests/archive.rs"),
    (
        "embedded-text-invalid",
        "src/verify/values/tests/findings.rs",
    ),
    ("etl-index-twice", "src/verify/values/tests/findings.rs"),
    (
        "fence-option-unknown",
        "src/verify/values/tests/findings.rs",
    ),
    ("image-tag-unquoted", "src/verify/values/tests/findings.rs"),
    ("sower-action-twice", "src/verify/values/tests/findings.rs"),
    (
        "user-reference-unknown",
        "src/verify/values/tests/findings.rs",
    ),
    (
        "values-boolean-quoted",
        "src/verify/values/tests/findings.rs",
    ),
    (
        "values-default-deleted",
        "src/verify/values/tests/findings.rs",
    ),
    ("values-key-gated", "src/verify/values/tests/findings.rs"),
    ("values-key-unknown", "src/verify/values/tests/findings.rs"),
    ("values-key-unread", "src/verify/values/tests/findings.rs"),
    ("values-number-text", "src/verify/values/tests/findings.rs"),
    ("values-set-twice", "src/verify/values/tests/findings.rs"),
    ("values-text-boolean", "src/verify/values/tests/findings.rs"),
    (
        "values-type-mismatch",
        "src/verify/values/tests/findings.rs",
    ),
    ("certificate-host-uncovered", "src/verify/closing/tests.rs"),
    ("key-unusable", "src/verify/closing/tests.rs"),
    ("policy-account-foreign", "src/verify/closing/tests.rs"),
    ("producer-refused", "src/verify/closing/tests.rs"),
    (
        "queue-producer-missing",
        "src/verify/closing/tests/queues.rs",
    ),
    ("queue-unusable", "src/verify/closing/tests/queues.rs"),
    ("secret-grant-shared", "src/verify/closing/tests/sharing.rs"),
    ("role-trust-stale", "src/verify/tests.rs"),
    ("role-trust-missing", "src/verify/tests.rs"),
    ("secret-unreadable", "src/verify/tests.rs"),
    ("file-edited", "src/verify/tests.rs"),
    ("file-missing", "src/verify/tests.rs"),
    ("file-unformatted", "src/verify/tests.rs"),
    ("file-unlisted", "src/verify/tests.rs"),
    ("text-reads-differently", "src/verify/tests.rs"),
    ("file-too-large", "tests/findings/bad_input.rs"),
    ("lock-missing", "tests/findings/lock.rs"),
    ("object-vanished", "src/render/tests.rs"),
    ("stack-leaving", "src/render/tests.rs"),
    ("terraform-syntax", "src/hcl/tests/reading.rs"),
    ("value-pending", "src/verify/tests.rs"),
    ("waits-for-later", "src/verify/waits/tests.rs"),
    (
        "waf-capacity-exceeded",
        "src/backend/terraform/tests/documents.rs",
    ),
];

/// Codes of which the good fixture is one without a date.
const WITHOUT_DATE: &str = "date-rules-skipped";

fn context(code: &str) -> Context {
    if code == WITHOUT_DATE {
        Context::default()
    } else {
        Context::default().as_of(DAY.parse().unwrap())
    }
}

fn with_fixtures() -> impl Iterator<Item = &'static CodeFacts> {
    let of_terraform = names(&fixtures().join("terraform"));
    codes().iter().filter(move |facts| {
        if of_terraform.contains(facts.code.as_str()) {
            return false;
        }
        !ELSEWHERE
            .iter()
            .any(|(code, _)| *code == facts.code.as_str())
    })
}

/// What a fixture is laid over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FixtureKind {
    /// A fleet.
    Fleet,
    /// A GitOps repository.
    Gitops,
    /// What Helm made of a deployment.
    Rendered,
    /// A directory of Terraform.
    Terraform,
}

impl FixtureKind {
    /// All of them, in the order in which a page prefers them.
    const ALL: [Self; 4] = [Self::Fleet, Self::Gitops, Self::Rendered, Self::Terraform];

    /// What the names of its parts start with.
    const fn prefix(self) -> &'static str {
        match self {
            Self::Fleet => "",
            Self::Gitops => "gitops-",
            Self::Rendered => "rendered-",
            Self::Terraform => "terraform-",
        }
    }

    /// The findings of a part.
    fn report(self, directory: &Path, code: &str) -> Report {
        match self {
            Self::Fleet => report(overlaid(directory), &context(code)),
            Self::Gitops => repository_report(directory, &context(code)),
            Self::Rendered => rendered_report(directory, &context(code)),
            Self::Terraform => terraform_report(directory, &context(code)),
        }
    }
}

/// What a code has fixtures for.
fn kinds(code: &str) -> impl Iterator<Item = FixtureKind> {
    let there = names(&fixtures().join("rules").join(code));
    let has = move |kind: &FixtureKind| {
        let prefix = kind.prefix();
        there.contains(&format!("{prefix}bad")) || there.contains(&format!("{prefix}good"))
    };
    FixtureKind::ALL.into_iter().filter(has)
}

/// The findings of one code in a report, as text.
fn text_of(code: &str, report: &Report) -> String {
    report
        .diagnostics()
        .iter()
        .filter(|diagnostic| diagnostic.code.as_str() == code)
        .map(|diagnostic| diagnostic.to_text(TextStyle::plain()))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn the_base_has_no_findings() {
    let report = report(base(), &context(""));
    assert_eq!(report.to_text(TextStyle::plain()), "");
    let nothing = fixtures().join("nothing");
    let report = repository_report(&nothing, &context(""));
    assert_eq!(report.to_text(TextStyle::plain()), "");
}

#[test]
fn bad_fixtures_are_found_and_good_ones_are_not() {
    let mut wrong = Vec::new();
    let fixtures = with_fixtures().flat_map(|facts| {
        let code = facts.code.as_str();
        kinds(code).map(move |kind| (code, kind))
    });
    for (code, kind) in fixtures {
        let directory = crate::fixture::fixtures().join("rules").join(code);
        let prefix = kind.prefix();
        let bad = kind.report(&directory.join(format!("{prefix}bad")), code);
        let text = text_of(code, &bad);
        if text.is_empty() {
            wrong.push(format!(
                "{code}: the bad fixture yields only\n{}",
                bad.to_text(TextStyle::plain())
            ));
            continue;
        }
        for diagnostic in bad.diagnostics() {
            if diagnostic.code.as_str() == code && diagnostic.help.is_none() {
                wrong.push(format!("{code}: no help"));
            }
        }
        let expected = directory.join(format!("{prefix}expected.txt"));
        if updates() {
            assert_file(&expected, &text);
        } else if fs_err::read_to_string(&expected).unwrap_or_default() != text {
            wrong.push(format!("{code}: {prefix}expected.txt differs from\n{text}"));
        }
        let good = kind.report(&directory.join(format!("{prefix}good")), code);
        let text = text_of(code, &good);
        if !text.is_empty() {
            wrong.push(format!("{code}: the good fixture yields\n{text}"));
        }
        if good.has_failures() {
            let text = good.to_text(TextStyle::plain());
            wrong.push(format!("{code}: the good fixture fails\n{text}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn no_fixture_is_left_over_or_missing() {
    let expected: BTreeSet<String> = with_fixtures()
        .map(|facts| facts.code.to_string())
        .collect();
    assert_eq!(names(&fixtures().join("rules")), expected);
    for code in &expected {
        let there = names(&fixtures().join("rules").join(code));
        assert!(kinds(code).count() > 0, "{code} has no fixture");
        for kind in kinds(code) {
            for part in ["bad", "expected.txt", "good"] {
                let part = format!("{}{part}", kind.prefix());
                assert!(there.contains(&part), "{code} lacks {part}");
            }
        }
    }
    for (code, place) in ELSEWHERE {
        assert!(codes().iter().any(|facts| facts.code.as_str() == *code));
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(place);
        let text = fs_err::read_to_string(&path).unwrap_or_default();
        assert!(text.contains(code), "{place} does not test {code}");
        assert!(place.contains("test"), "{place} is no test");
    }
}

#[test]
fn every_code_has_a_page_and_the_index_lists_it() {
    if updates() {
        // Pages show what fixtures yield.
        bad_fixtures_are_found_and_good_ones_are_not();
        crate::terraform::bad_roots_are_found_and_good_ones_are_not();
    }
    let pages = repository().join("docs/rules");
    let there: BTreeSet<String> = names(&pages);
    let mut expected: BTreeSet<String> = codes()
        .iter()
        .map(|facts| format!("{}.md", facts.code))
        .collect();
    expected.insert("README.md".to_owned());
    if !updates() {
        assert_eq!(there, expected);
    }
    for facts in codes() {
        let path = pages.join(format!("{}.md", facts.code));
        let text = fs_err::read_to_string(&path).unwrap();
        assert_file(&path, &page(facts, &text));
    }
    assert_file(&pages.join("README.md"), &index());
}

/// A page as it must be: what the registry says, what a person wrote, what the fixture yields.
fn page(facts: &CodeFacts, text: &str) -> String {
    const WHY: &str = "## Why it matters\n";
    const FIX: &str = "## How to mend it\n";
    const EXAMPLE: &str = "## What it looks like\n";
    let start = text.find(WHY).expect("a page says why");
    let end = text.find(EXAMPLE).expect("a page has an example");
    let written = &text[start..end];
    assert!(written.contains(FIX), "{} lacks `{FIX}`", facts.code);
    let directory = fixtures().join("rules").join(facts.code.as_str());
    let of_rule = FixtureKind::ALL
        .into_iter()
        .map(|kind| directory.join(format!("{}expected.txt", kind.prefix())));
    let of_terraform = fixtures()
        .join("terraform")
        .join(facts.code.as_str())
        .join("expected.txt");
    let example = of_rule.chain([of_terraform]).find(|path| path.exists());
    let example = match example.map(fs_err::read_to_string) {
        Some(Ok(all)) => {
            let first = all
                .split(
                    "

",
                )
                .next()
                .unwrap_or_default()
                .trim_end();
            format!(
                "
```text
{first}
```
"
            )
        }
        _ => text[end + EXAMPLE.len()..].to_owned(),
    };
    let mut controls = String::new();
    for control in facts.controls {
        controls = format!("{controls} · {control}");
    }
    format!(
        "# {}\n\n{}\n\n*{} · since {}{controls}*\n\n{written}{EXAMPLE}{example}",
        facts.code, facts.summary, facts.severity, facts.since
    )
}

fn index() -> String {
    let mut text = "# Findings\n\nEvery finding of csoc has a code that is never renamed. The page of each says why it matters and how to\nmend it. A fleet sets other severities in `policy.severities`, accepts findings for good in\n`policy.waivers`, and those that were there before in `baseline.yaml`.\n\n<!-- Generated: CSOC_UPDATE=1 cargo test -p csoc-core --test findings -->\n\n| code | severity | what it says |\n|---|---|---|\n".to_owned();
    for facts in codes() {
        let row = format!(
            "| [{0}]({0}.md) | {1} | {2} |\n",
            facts.code, facts.severity, facts.summary
        );
        text.push_str(&row);
    }
    text
}

fn names(directory: &Path) -> BTreeSet<String> {
    fs_err::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}
