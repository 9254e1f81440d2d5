//! What is found in a part of a production fleet, against what is known to be wrong in it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use camino::Utf8Path;

use crate::backend::fixture::shared;
use crate::catalog::Catalogs;
use crate::diagnostic::{Diagnostic, Severity};

/// Kinds of the list of what is wrong, each with our code.
const KINDS: [(&str, &str); 10] = [
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

fn listed(directory: &Path, extension: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs_err::read_dir(directory) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| {
        extension.is_empty() || path.extension().is_some_and(|found| found == extension)
    });
    paths.sort();
    paths
}

/// The values files that an Application names, in its order.
fn order(commons: &Path, root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for file in listed(&commons.join("templates"), "yaml") {
        let text = fs_err::read_to_string(file).unwrap();
        for line in text.lines() {
            if let Some((_, path)) = line.split_once("$values/") {
                let path = root.join(path.trim_end_matches(['"', '\'', ' ']));
                if path.starts_with(commons) && path.exists() {
                    found.push(path);
                }
            }
        }
    }
    found
}

fn check_release(chart: &str, root: &Path, paths: &[PathBuf], found: &mut Vec<Diagnostic>) {
    let texts: Vec<(&Utf8Path, String)> = paths
        .iter()
        .map(|path| {
            let relative = path.strip_prefix(root).unwrap();
            let text = fs_err::read_to_string(path).unwrap();
            (Utf8Path::from_path(relative).unwrap(), text)
        })
        .collect();
    let files = texts.iter().map(|(path, text)| (path, text.as_str()));
    let report = Catalogs::embedded().check_values(chart, files).unwrap();
    found.extend(report.diagnostics().iter().cloned());
}

/// Everything that is found in the recorded part of the fleet.
fn findings(root: &Path) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for cluster in listed(root, "") {
        for commons in listed(&cluster, "") {
            let all = listed(&commons.join("values"), "yaml");
            let mut ordered = order(&commons, root);
            if ordered.is_empty() {
                ordered.clone_from(&all);
            }
            check_release("gen3", root, &ordered, &mut found);
            for path in all.iter().filter(|path| !ordered.contains(path)) {
                check_release("gen3", root, std::slice::from_ref(path), &mut found);
            }
        }
        for name in ["cluster-values", "cluster-level-resources"] {
            let path = cluster.join(name).join("cluster-values.yaml");
            if path.exists() {
                check_release("cluster-level-resources", root, &[path], &mut found);
            }
        }
    }
    found
}

fn place(diagnostic: &Diagnostic) -> String {
    let label = &diagnostic.labels[0];
    format!("{}:{}", label.file, label.line)
}

#[test]
fn what_is_wrong_in_production_is_found_and_nothing_else_is_called_an_error() {
    let Some(root) = shared("data/gen3-gitops") else {
        println!("skipped: no ../shared/data/gen3-gitops");
        return;
    };
    let start = std::time::Instant::now();
    let found = findings(&root);
    println!("checked in {:?}", start.elapsed());
    let known = fs_err::read_to_string(root.join("expected-findings.md")).unwrap();
    let mut expected: BTreeMap<&str, BTreeSet<(String, bool)>> = BTreeMap::new();
    let mut absent = BTreeSet::new();
    for line in known.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        if let [_, severity, kind, place, ..] = cells.as_slice()
            && let Some((_, code)) = KINDS.iter().find(|(name, _)| name == kind)
        {
            let file = place.split(':').next().unwrap();
            if !root.join(file).exists() {
                absent.insert(file.to_owned());
                continue;
            }
            expected
                .entry(code)
                .or_default()
                .insert(((*place).to_owned(), *severity == "error"));
        }
    }
    println!("not in the recorded part: {absent:?}");
    println!(
        "{:24} {:>8} {:>6} {:>8}",
        "code", "expected", "found", "matched"
    );
    let (mut all, mut matched) = (0, 0);
    let mut missed = Vec::new();
    let codes: BTreeSet<&str> = found
        .iter()
        .map(|found| found.code.as_str())
        .chain(KINDS.iter().map(|(_, code)| *code))
        .collect();
    for code in codes {
        let here: BTreeSet<String> = found
            .iter()
            .filter(|diagnostic| diagnostic.code.as_str() == code)
            .map(place)
            .collect();
        let known = expected.get(code).cloned().unwrap_or_default();
        let lost = known.iter().filter(|(place, _)| !here.contains(place));
        missed.extend(lost.map(|(place, _)| format!("{code} {place}")));
        let met = known
            .iter()
            .filter(|(place, _)| here.contains(place))
            .count();
        println!("{code:24} {:>8} {:>6} {met:>8}", known.len(), here.len());
        all += known.len();
        matched += met;
    }
    println!("missed: {missed:#?}");
    assert!(matched * 100 >= all * 98, "{matched} of {all}");
    let errors: Vec<String> = found
        .iter()
        .filter(|found| found.severity == Severity::Error)
        .filter(|found| {
            let known = expected.get(found.code.as_str());
            !known.is_some_and(|known| known.contains(&(place(found), true)))
        })
        .map(|found| format!("{} {}: {}", place(found), found.code, found.message))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}
