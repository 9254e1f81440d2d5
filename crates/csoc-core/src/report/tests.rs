//! The report: every stack once, in an order in which each has what it needs, and the commands of the page that is run.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{BootstrapOptions, BootstrapReport, ReportError, ScriptKind, StepKind};
use crate::{Context, Fleet};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn fleet(name: &str) -> Fleet {
    let path = repository().join("examples").join(name);
    Fleet::load(path, &Context::default()).unwrap()
}

fn report(fleet: &Fleet, environment: Option<&str>) -> BootstrapReport {
    let options = BootstrapOptions {
        environment: environment.map(str::to_owned),
    };
    fleet
        .bootstrap_report(&options, &Context::default())
        .unwrap()
}

/// The directories of the stacks, in the order of their steps.
fn stacks(report: &BootstrapReport) -> Vec<String> {
    let steps = report.tracks.iter().flat_map(|track| &track.steps);
    let stacks = steps.filter(|step| step.kind == StepKind::Stack);
    let titles = stacks.map(|step| step.title.trim_start_matches("Apply `"));
    titles
        .map(|title| title.trim_end_matches('`').to_owned())
        .collect()
}

#[test]
fn a_stack_comes_once_and_behind_what_it_needs() {
    let report = report(&fleet("consortium"), Some("cardio/prod"));
    let mut done = BTreeSet::new();
    for step in report.tracks.iter().flat_map(|track| &track.steps) {
        for need in step
            .needs
            .iter()
            .filter(|need| need.text.starts_with("from"))
        {
            let path = need.text.trim_start_matches("from `").trim_end_matches('`');
            assert!(done.contains(path), "{} before {path}", step.title);
        }
        if step.kind == StepKind::Stack {
            let path = step
                .title
                .trim_start_matches("Apply `")
                .trim_end_matches('`');
            assert!(done.insert(path.to_owned()), "{path} twice");
        }
    }
    let commons = stacks(&report);
    assert!(commons.contains(&"clinical/us-west-2/identity/cardio/prod".to_owned()));
    assert!(commons.contains(&"shared/us-west-2/attach/777788889999".to_owned()));
    assert!(!commons.iter().any(|path| path.contains("atlas")));
}

#[test]
fn one_account_is_one_way() {
    let report = report(&fleet("quickstart"), None);
    assert_eq!(report.tracks.len(), 1);
    assert!(
        report.tracks[0]
            .title
            .starts_with("From nothing to a first commons")
    );
    let last = report.tracks[0].steps.last().unwrap();
    assert!(
        last.scripts[0].text.contains("csoc verify"),
        "all is applied"
    );
}

#[test]
fn an_environment_that_is_none_is_said() {
    let options = BootstrapOptions {
        environment: Some("atlas/prd".to_owned()),
    };
    let error = fleet("consortium").bootstrap_report(&options, &Context::default());
    let Err(ReportError::UnknownEnvironment { suggestion, .. }) = error else {
        panic!("{error:?}");
    };
    assert_eq!(suggestion.as_deref(), Some("atlas/prod"));
}

/// `make apply` runs the blocks of that page, so that commands which are the same were run.
#[test]
fn commands_are_those_of_the_page_that_is_run() {
    let page = fs_err::read_to_string(repository().join("docs/from-empty-account.md")).unwrap();
    for (name, script) in [
        ("bootstrap", include_str!("scripts/bootstrap.sh")),
        ("root", include_str!("scripts/plan.sh")),
        ("root", include_str!("scripts/apply.sh")),
        ("record", include_str!("scripts/record.sh")),
        ("complete", include_str!("scripts/complete.sh")),
    ] {
        let block = format!("```sh {name}\n{script}```\n");
        assert!(page.contains(&block), "the page lacks\n{block}");
    }
}

#[test]
fn secrets_are_named_and_never_asked_on_a_command_line() {
    let report = report(&fleet("consortium"), Some("atlas/staging"));
    let steps: Vec<_> = report
        .tracks
        .iter()
        .flat_map(|track| &track.steps)
        .collect();
    let secrets = steps.iter().filter(|step| step.title == "Fill the secrets");
    let names: Vec<&str> = secrets
        .flat_map(|step| &step.facts)
        .map(|fact| fact.name.as_str())
        .collect();
    assert!(names.contains(&"hub/keycloak"), "{names:?}");
    assert!(names.contains(&"hub/sign-in-argocd"), "{names:?}");
    for script in steps.iter().flat_map(|step| &step.scripts) {
        let writes = script.text.contains("secret-string");
        assert!(!writes || script.text.contains("file:///dev/stdin"));
        assert!(!writes || script.kind == ScriptKind::Hand);
    }
}

/// The consortium's report is a page of the documentation.
#[test]
fn the_page_is_the_report() {
    let text = report(&fleet("consortium"), Some("atlas/staging")).to_markdown();
    let page = repository().join("docs/bootstrap.md");
    if std::env::var_os("CSOC_UPDATE").is_some() {
        fs_err::write(&page, &text).unwrap();
    }
    let there = fs_err::read_to_string(&page).unwrap_or_default();
    assert!(
        there == text,
        "docs/bootstrap.md is not the report: CSOC_UPDATE=1 writes it"
    );
}
