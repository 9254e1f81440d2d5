//! Which folder of the core may use which: a stage sees the results of the stages before it, and nothing else.

#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Each folder or file with what it may use. What a row leads to need not be named again in it.
const MAY_USE: &[(&str, &str)] = &[
    ("span", ""),
    ("listing", ""),
    ("diagnostic", "span"),
    ("value", "diagnostic"),
    ("hcl", "value"),
    ("source", "value context"),
    ("model", "value"),
    ("context", "catalog"),
    ("catalog", "model hcl listing"),
    ("tree", "hcl model"),
    ("naming", "model"),
    ("resolve", "source naming catalog"),
    ("network", "resolve"),
    ("graph", "model pattern"),
    ("contract", "graph network"),
    ("gitops", "source catalog tree pattern"),
    ("rules", "contract context gitops network"),
    ("backend", "contract network tree gitops"),
    ("write", "tree"),
    ("verify", "rules backend write"),
    ("fleet", "rules"),
    ("pattern", ""),
    ("render", "fleet verify pattern"),
    ("explain", "render"),
    ("delivery", "render"),
    ("diff", "explain"),
    ("allocate", "fleet write"),
    ("init", "fleet"),
    ("import", "render"),
    ("adopt", "render init"),
    ("inventory", "explain"),
    ("picture", "render"),
    ("fuzzing", "fleet verify"),
    ("recording", "fleet write"),
    ("report", "inventory"),
    (
        "lib",
        "inventory delivery allocate init picture import diff adopt recording report fuzzing",
    ),
];

/// Everything that a row leads to.
fn reach<'a>(from: &'a str, rows: &BTreeMap<&'a str, &'a str>, seen: &mut BTreeSet<&'a str>) {
    for to in rows
        .get(from)
        .copied()
        .unwrap_or_default()
        .split_whitespace()
    {
        if seen.insert(to) {
            reach(to, rows, seen);
        }
    }
}

fn sources(directory: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if name.contains("test") || name == "fixture.rs" {
            continue;
        }
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn no_stage_uses_a_later_one() {
    let rows: BTreeMap<&str, &str> = MAY_USE.iter().copied().collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 100);
    let mut wrong = Vec::new();
    for file in files {
        let relative = file.strip_prefix(&root).unwrap().to_str().unwrap();
        let from = relative.split('/').next().unwrap().trim_end_matches(".rs");
        assert!(
            rows.contains_key(from),
            "`{from}` has no row: say what it may use"
        );
        let mut allowed = BTreeSet::from([from]);
        reach(from, &rows, &mut allowed);
        let text = std::fs::read_to_string(&file).unwrap();
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        for used in text.split("crate::").skip(1) {
            let name: String = used.chars().take_while(char::is_ascii_lowercase).collect();
            if rows.contains_key(name.as_str()) && !allowed.contains(name.as_str()) {
                wrong.push(format!("{relative} uses `{name}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_rows_have_no_cycle() {
    let rows: BTreeMap<&str, &str> = MAY_USE.iter().copied().collect();
    for (from, _) in MAY_USE {
        let mut seen = BTreeSet::new();
        reach(from, &rows, &mut seen);
        assert!(!seen.contains(from), "`{from}` leads to itself");
    }
}
