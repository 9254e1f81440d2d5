//! The four forms of a report.

use std::collections::BTreeSet;

use crate::fixture::{DAY, assert_file, fixtures, overlaid, report};
use csoc_core::{Context, Report, ReportFormat, Status, TextStyle};
use serde_json::Value;

/// A report with new, waived and baselined findings of every severity.
fn mixed() -> Report {
    let context = Context::default().as_of(DAY.parse().unwrap());
    report(overlaid(&fixtures().join("printers/fleet")), &context)
}

#[test]
fn text_json_and_github_are_as_recorded() {
    for (format, file) in [
        (ReportFormat::Text, "text.txt"),
        (ReportFormat::Json, "json.json"),
        (ReportFormat::Github, "github.txt"),
    ] {
        let text = mixed().render(format, TextStyle::plain().width(100));
        assert_file(&fixtures().join("printers").join(file), &text);
    }
}

#[test]
fn json_has_the_promised_keys() {
    let value: Value = serde_json::from_str(&mixed().to_json()).unwrap();
    let keys = |value: &Value| {
        value
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(keys(&value), ["diagnostics", "summary"]);
    assert_eq!(
        keys(&value["diagnostics"][0]),
        [
            "code", "severity", "message", "help", "labels", "object", "docs", "status"
        ]
    );
    assert_eq!(
        keys(&value["diagnostics"][0]["labels"][0]),
        [
            "file",
            "line",
            "column",
            "end_line",
            "end_column",
            "root",
            "message"
        ]
    );
    assert_eq!(
        keys(&value["summary"]),
        ["errors", "warnings", "infos", "baselined", "waived"]
    );
}

#[test]
fn sarif_names_a_rule_for_every_result_and_fingerprints_differ() {
    let report = mixed();
    let value: Value = serde_json::from_str(&report.to_sarif()).unwrap();
    assert_eq!(value["version"], "2.1.0");
    let run = &value["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), report.diagnostics().len());
    let mut prints = BTreeSet::new();
    for (result, diagnostic) in results.iter().zip(report.diagnostics()) {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(prints.insert(result["partialFingerprints"]["csoc/v1"].to_string()));
        let suppressed = !result["suppressions"].as_array().unwrap().is_empty();
        assert_eq!(suppressed, diagnostic.status != Status::New);
    }
}

#[test]
fn fingerprints_do_not_depend_on_lines() {
    let context = Context::default().as_of(DAY.parse().unwrap());
    let mut set = overlaid(&fixtures().join("printers/fleet"));
    let moved = [
        b"# one more line\n".as_slice(),
        set.get("clusters.yaml".into()).unwrap(),
    ]
    .concat();
    set.insert("clusters.yaml", moved);
    let prints = |report: &Report| -> BTreeSet<String> {
        let value: Value = serde_json::from_str(&report.to_sarif()).unwrap();
        let results = value["runs"][0]["results"].as_array().unwrap();
        results
            .iter()
            .map(|result| result["partialFingerprints"].to_string())
            .collect()
    };
    assert_eq!(prints(&mixed()), prints(&report(set, &context)));
}

#[test]
fn colour_is_asked_for() {
    assert!(mixed().to_text(TextStyle::coloured()).contains('\u{1b}'));
    assert!(!mixed().to_text(TextStyle::plain()).contains('\u{1b}'));
}

#[test]
fn a_baseline_of_a_report_leaves_nothing_that_fails() {
    let context = Context::default().as_of(DAY.parse().unwrap());
    let mut set = overlaid(&fixtures().join("printers/fleet"));
    let first = report(set.clone(), &context);
    assert!(first.has_failures());
    set.insert("baseline.yaml", first.baseline().into_bytes());
    let second = report(set.clone(), &context);
    assert!(!second.has_failures());
    assert_eq!(second.summary().warnings, 0);
    assert_eq!(first.baseline(), second.baseline());
}
