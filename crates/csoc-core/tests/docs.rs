//! What the documentation shows must load, and the examples must be clean.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::path::{Path, PathBuf};

use csoc_core::{CompileOptions, Context, Fleet, FleetError, Severity, SourceSet};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The blocks of a page whose first line starts so, each with the rest of that line.
fn blocks<'a>(page: &'a str, kind: &str) -> Vec<(&'a str, String)> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(rest) = line
            .strip_prefix("```")
            .and_then(|line| line.strip_prefix(kind))
        else {
            continue;
        };
        let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        blocks.push((rest, text.join("\n") + "\n"));
    }
    blocks
}

fn pages() -> Vec<(PathBuf, String)> {
    let mut pages: Vec<_> = fs_err::read_dir(repository().join("docs"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .map(|path| (path.clone(), fs_err::read_to_string(path).unwrap()))
        .collect();
    pages.sort();
    pages
}

fn load(set: SourceSet, what: &str) -> Fleet {
    match Fleet::from_sources(set, &Context::default()) {
        Ok(fleet) => fleet,
        Err(FleetError::Invalid(report)) => panic!("{what}: {report:#?}"),
        Err(error) => panic!("{what}: {error}"),
    }
}

#[test]
fn fleets_in_the_documentation_load() {
    let mut count = 0;
    for (path, page) in pages() {
        for (_, text) in blocks(&page, "yaml fleet") {
            let set = SourceSet::from_iter([("fleet.yaml", text.as_bytes())]);
            load(set, &path.display().to_string());
            count += 1;
        }
    }
    assert!(count > 0, "no page shows a fleet");
}

#[test]
fn files_in_the_documentation_load_beside_the_quickstart() {
    let quickstart = fs_err::read(repository().join("examples/quickstart/fleet.yaml")).unwrap();
    for (path, page) in pages() {
        for (file, text) in blocks(&page, "yaml file=") {
            let set = SourceSet::from_iter([
                ("fleet.yaml", quickstart.as_slice()),
                (file, text.as_bytes()),
            ]);
            load(set, &format!("{}: {file}", path.display()));
        }
    }
}

#[test]
fn the_examples_are_clean_and_wait_for_nothing() {
    for name in ["quickstart", "consortium", "hub-push"] {
        let fleet = Fleet::load(
            repository().join("examples").join(name),
            &Context::default(),
        )
        .unwrap_or_else(|error| panic!("{name}: {error:#?}"));
        let (tree, report) = fleet
            .compile(&CompileOptions::default(), &Context::default())
            .unwrap();
        let found: Vec<_> = report
            .diagnostics()
            .iter()
            .filter(|diagnostic| diagnostic.severity != Severity::Info)
            .collect();
        assert!(found.is_empty(), "{name}: {found:#?}");
        let pending: Vec<_> = tree
            .pending()
            .map(|file| (file.path(), file.pending_outputs()))
            .collect();
        assert!(pending.is_empty(), "{name}: {pending:#?}");
        assert!(!tree.is_empty(), "{name} renders nothing");
    }
}

/// The picture of one environment in the documentation; `CSOC_UPDATE=1` draws it again.
#[test]
fn the_picture_of_contracts_is_of_the_example() {
    let fleet = Fleet::load(
        repository().join("examples/consortium"),
        &Context::default(),
    )
    .unwrap();
    let graph = fleet
        .graph()
        .focus("commons.cardio.environments.prod")
        .unwrap();
    let path = repository().join("docs/graph.svg");
    let drawn = graph.to_svg().unwrap();
    if std::env::var_os("CSOC_UPDATE").is_some() {
        fs_err::write(&path, &drawn).unwrap();
    }
    assert_eq!(fs_err::read_to_string(path).unwrap(), drawn);
}

/// Every statement has a row, and every row names findings that there are.
#[test]
fn every_invariant_has_a_row_and_its_findings_exist() {
    let page = fs_err::read_to_string(repository().join("docs/invariants.md")).unwrap();
    let rows: Vec<&str> = page
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| # "))
        .collect();
    for (at, row) in rows.iter().enumerate() {
        assert!(row.starts_with(&format!("| {} |", at + 1)), "{row}");
        for link in row.split("](rules/").skip(1) {
            let code = link.split(".md)").next().unwrap();
            assert!(
                csoc_core::codes()
                    .iter()
                    .any(|known| known.code.as_str() == code),
                "{code}"
            );
        }
        assert!(
            row.contains("](rules/") || row.contains("| none | not checked: "),
            "{row}"
        );
    }
    assert_eq!(rows.len(), 70);
}

/// Every check has a row, every row names findings that there are, and every rule about Terraform has a row.
#[test]
fn every_check_of_terraform_has_a_row_and_its_findings_exist() {
    let page = fs_err::read_to_string(repository().join("docs/terraform-policy.md")).unwrap();
    let rows: Vec<&str> = page
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| id "))
        .collect();
    let mut named = std::collections::BTreeSet::new();
    for row in &rows {
        for link in row.split("](rules/").skip(1) {
            let code = link.split(".md)").next().unwrap();
            let known = csoc_core::codes();
            assert!(
                known.iter().any(|known| known.code.as_str() == code),
                "{code}"
            );
            named.insert(code);
        }
        assert!(
            row.contains("](rules/") || row.contains("| none | not checked: "),
            "{row}"
        );
    }
    assert_eq!(rows.len(), 75);
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/rules");
    for known in csoc_core::codes() {
        let code = known.code.as_str();
        if fixtures.join(code).join("terraform-bad").is_dir() {
            assert!(named.contains(code), "{code} has no row");
        }
    }
}
