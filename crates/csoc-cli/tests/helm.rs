//! Production rendered with the real chart, measured against what is known to be wrong in what comes out.
//!
//! Needs `HELM`, a Helm, and `GEN3_HELM`, a checkout of uc-cdis/gen3-helm; takes a minute.

#![expect(clippy::print_stdout, reason = "a measurement is read by people")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// What the list of known defects calls a kind, and our code.
const KINDS: [(&str, &str); 9] = [
    ("dangling-ref", "rendered-reference-dangling"),
    ("nondeterministic", "rendering-not-repeatable"),
    ("render-fail", "rendering-failed"),
    ("render-warning", "rendering-ignores-value"),
    ("smell-arn-no-account", "rendered-arn-incomplete"),
    ("smell-arn-no-role", "rendered-arn-incomplete"),
    ("smell-dummy-arn", "rendered-example-value"),
    ("smell-go-map", "rendered-map-printed"),
    ("smell-nil", "rendered-nothing-printed"),
];

fn tools() -> Option<(PathBuf, PathBuf, PathBuf)> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let fleet = shared.join("data/gen3-gitops");
    let helm = std::env::var_os("HELM").map(PathBuf::from);
    let charts =
        std::env::var_os("GEN3_HELM").map_or_else(|| shared.join("gen3-helm"), PathBuf::from);
    let chart = charts.join("helm/gen3");
    let Some(helm) = helm.filter(|helm| helm.exists()) else {
        println!("skipped: HELM names no Helm");
        return None;
    };
    for path in [&fleet, &chart] {
        if !path.is_dir() {
            println!("skipped: there is no {}", path.display());
            return None;
        }
    }
    Some((fleet, helm, chart))
}

#[test]
fn what_helm_makes_of_production_is_known() {
    let Some((fleet, helm, chart)) = tools() else {
        return;
    };
    let output = Command::new(env!("CARGO_BIN_EXE_csoc"))
        .arg("verify")
        .arg(&fleet)
        .args(["--render", "--format", "json", "--helm"])
        .arg(helm)
        .arg("--chart")
        .arg(chart)
        .output()
        .unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let found = report["diagnostics"].as_array().unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let list = fs_err::read_to_string(fleet.join("expected-findings.md")).unwrap();
    let (mut all, mut hits) = (0, 0);
    println!("{:22} {:30} expected absent matched", "kind", "code");
    for (kind, code) in KINDS {
        let (mut expected, mut absent, mut matched) = (0, 0, 0);
        for line in list.lines() {
            let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
            let [_, known, place, path, ..] = cells[..] else {
                continue;
            };
            if known != kind {
                continue;
            }
            expected += 1;
            let directory = place.trim_end_matches(":0");
            if !fleet.join(directory).join("values").is_dir() {
                absent += 1;
                continue;
            }
            let path = path.trim_matches('`').replace(".*", "[]");
            let asked = line.split('\'').nth(1).unwrap_or_default();
            let is_same = |found: &&serde_json::Value| {
                let message = text(&found["message"]).replace('"', "");
                let is_at = match kind {
                    "dangling-ref" => {
                        message.starts_with(&format!("`{path}` asks for"))
                            && message.contains(&format!("`{asked}`"))
                    }
                    "render-fail" | "render-warning" => true,
                    _ => message.starts_with(&format!("`{}`", path.replace('"', ""))),
                };
                text(&found["code"]) == code && text(&found["object"]) == directory && is_at
            };
            match found.iter().find(is_same) {
                Some(_) => matched += 1,
                None => println!("missed: {kind} {directory} {path} {asked}"),
            }
        }
        println!("{kind:22} {code:30} {expected:8} {absent:6} {matched:7}");
        all += expected - absent;
        hits += matched;
    }
    println!("{hits} of {all} whose values are there are found");
    assert!(hits * 100 >= all * 98);
}
