//! The report: every stack once, in an order in which each has what it needs, and the commands of the page that is run.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{BootstrapOptions, BootstrapReport, ReportError, ReportStep, ScriptKind, StepKind};
use crate::contract::{Leads, hosts};
use crate::model::environment::Records;
use crate::source::SourceSet;
use crate::{Context, Fleet};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn fleet(name: &str) -> Fleet {
    let path = repository().join("examples").join(name);
    Fleet::load(path, &Context::default()).unwrap()
}

/// Every fleet that the repository has.
fn fleets() -> Vec<(String, Fleet)> {
    let directories = ["examples", "tests/fleets"].map(|directory| repository().join(directory));
    let paths = directories.iter().flat_map(|directory| {
        let entries = fs_err::read_dir(directory).unwrap();
        entries.map(|entry| entry.unwrap().path())
    });
    let mut all: Vec<(String, Fleet)> = paths
        .filter(|path| path.join("fleet.yaml").exists())
        .map(|path| {
            let fleet = Fleet::load(&path, &Context::default()).unwrap();
            (path.display().to_string(), fleet)
        })
        .collect();
    all.sort_by(|(one, _), (other, _)| one.cmp(other));
    assert!(all.len() > 6, "{}", all.len());
    all
}

/// A fleet of an example after its text was changed.
fn edited(name: &str, edits: &[(&str, &str)]) -> Fleet {
    let path = repository().join(name).join("fleet.yaml");
    let mut text = fs_err::read_to_string(path).unwrap();
    for (from, to) in edits {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    let set: SourceSet = [("fleet.yaml", text.as_bytes())].into_iter().collect();
    Fleet::from_sources(set, &Context::default()).unwrap()
}

/// All steps of all tracks.
fn steps(report: &BootstrapReport) -> Vec<&ReportStep> {
    let tracks = report.tracks.iter();
    tracks.flat_map(|track| &track.steps).collect()
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

/// What somebody or csoc fills before the first sync is filled in one step, whoever reads it, and stands before what reads it.
#[test]
fn every_secret_that_a_track_needs_is_in_one_step() {
    for (name, fleet) in fleets() {
        let hub = fleet.resolved().spec.hub.as_ref();
        let center = hub.and_then(|hub| hub.cluster.as_ref());
        for (at, environment) in &fleet.resolved().environments {
            let report = report(&fleet, Some(&at.to_string()));
            let steps = steps(&report);
            let mut objects = vec![
                at.to_string(),
                format!("clusters.{}", environment.spec.cluster),
            ];
            objects.extend(hub.map(|_| "hub".to_owned()));
            objects.extend(center.map(|cluster| format!("clusters.{cluster}")));
            let secrets = fleet.secrets().into_iter();
            let needed = secrets.filter(|secret| objects.contains(&secret.object));
            for secret in needed {
                let facts = steps.iter().flat_map(|step| &step.facts);
                let named = facts.filter(|fact| fact.name == secret.name).count();
                let line = format!("csoc secrets seed {} \"$FLEET\"", secret.object);
                let scripts = steps.iter().flat_map(|step| &step.scripts);
                let seeded = scripts
                    .flat_map(|script| script.text.lines())
                    .filter(|text| text.starts_with(&line))
                    .count();
                let expected = match secret.seeder {
                    "asked" => (1, 1),
                    "assembled" | "generated" => (0, 1),
                    // Terraform or something that runs puts it there.
                    _ => (0, seeded),
                };
                assert_eq!((named, seeded), expected, "{name} {at}: {}", secret.name);
            }
        }
    }
}

#[test]
fn a_cluster_that_the_hub_pushes_to_has_its_password_for_what_it_sends() {
    let report = report(&fleet("hub-push"), Some("rivers/dev"));
    let steps = steps(&report);
    let fill = steps
        .iter()
        .rposition(|step| step.facts.iter().any(|fact| fact.name == "water-telemetry"));
    let push = steps
        .iter()
        .rposition(|step| step.title == "Commit what Argo CD reads");
    assert!(fill.unwrap() < push.unwrap());
}

#[test]
fn every_host_is_pointed_once_to_where_it_leads() {
    for (name, fleet) in fleets() {
        let all = hosts(fleet.resolved(), fleet.contracts());
        for at in fleet.resolved().environments.keys() {
            let options = BootstrapOptions {
                environment: Some(at.to_string()),
            };
            let Ok(report) = fleet.bootstrap_report(&options, &Context::default()) else {
                continue;
            };
            let steps = steps(&report);
            let facts: Vec<_> = steps
                .iter()
                .filter(|step| step.title == "Point the hosts")
                .flat_map(|step| &step.facts)
                .collect();
            for host in all.iter().filter(|host| host.object == at.to_string()) {
                let said = facts.iter().filter(|fact| fact.name == host.host);
                let said: Vec<_> = said.map(|fact| fact.text.contains("alias")).collect();
                let is_balancer = matches!(host.leads, Leads::Balancer(_));
                assert_eq!(said, [is_balancer], "{name} {at}: {}", host.host);
            }
        }
    }
    let names = |fleet: &Fleet, environment: &str| {
        let report = report(fleet, Some(environment));
        let steps = steps(&report);
        let steps = steps.iter().filter(|step| step.title == "Point the hosts");
        let facts = steps.flat_map(|step| &step.facts);
        facts.map(|fact| fact.name.clone()).collect::<Vec<_>>()
    };
    let telemetry = "telemetry-csoc.csoc.example.org".to_owned();
    assert!(names(&fleet("hub-push"), "rivers/dev").contains(&telemetry));
    assert!(names(&fleet("consortium"), "atlas/staging").contains(&telemetry));
}

/// Outside of EKS a controller leads requests in, and nothing of AWS has an alias.
#[test]
fn a_controller_is_no_load_balancer() {
    let fleet = edited(
        "tests/fleets/pushed",
        &[
            (
                "clusters:\n",
                "clusters:\n  lab: { account: member, platform: k3s, delivery: hub-push, management: { terraform: external } }\n",
            ),
            (
                "    environments:\n",
                "    environments:\n      lab: { cluster: lab, hostname: lab.example.org, tier: dev, certificate: byo }\n",
            ),
        ],
    );
    let report = report(&fleet, Some("demo/lab"));
    let steps = steps(&report);
    let mut facts = steps.iter().flat_map(|step| &step.facts);
    let host = facts.find(|fact| fact.name == "lab.example.org").unwrap();
    assert!(host.text.contains("get ingress"), "{}", host.text);
    let mut facts = steps.iter().flat_map(|step| &step.facts);
    assert!(facts.any(|fact| fact.name == "hub/argocd-cluster-lab"));
}

/// What a page says that a person makes is what the report says.
#[test]
fn the_tree_lists_the_same_records_as_the_report() {
    for (name, fleet) in fleets() {
        let (tree, _) = fleet
            .compile(&crate::CompileOptions::default(), &Context::default())
            .unwrap();
        let Some(page) = tree.get("gitops/README.md") else {
            continue;
        };
        let page = page.text();
        let page = String::from_utf8_lossy(&page);
        for host in hosts(fleet.resolved(), fleet.contracts()) {
            let row = format!(
                "| `{}` | `{}` | `{}` |",
                host.host, host.cluster, host.namespace
            );
            let is_manual = host.records == Records::Manual;
            assert_eq!(page.contains(&row), is_manual, "{name}: {}", host.host);
        }
    }
}

#[test]
fn a_fleet_without_hub_and_commons_has_a_track() {
    let text = fs_err::read_to_string(repository().join("examples/quickstart/fleet.yaml")).unwrap();
    let bare: String = text.split("\ncommons:").next().unwrap().to_owned();
    let set: SourceSet = [("fleet.yaml", bare.as_bytes())].into_iter().collect();
    let fleet = Fleet::from_sources(set, &Context::default()).unwrap();
    let report = report(&fleet, None);
    let paths = stacks(&report);
    assert!(paths.iter().any(|path| path.ends_with("cluster/demo")));
    assert!(!report.to_text().is_empty());
}

#[test]
fn nothing_is_built_of_what_is_retired() {
    let fleet = edited(
        "examples/quickstart",
        &[("tier: dev", "tier: dev\n        lifecycle: retired")],
    );
    let options = BootstrapOptions {
        environment: Some("demo/dev".to_owned()),
    };
    let error = fleet.bootstrap_report(&options, &Context::default());
    assert!(
        matches!(error, Err(ReportError::RetiredEnvironment { .. })),
        "{error:?}"
    );
    let report = report(&fleet, None);
    assert!(!stacks(&report).iter().any(|path| path.contains("demo/dev")));
}

#[test]
fn a_child_says_which_parent_must_be_there() {
    let report = report(&fleet("hub-push"), Some("lakes/staging"));
    let steps = steps(&report);
    let parent = steps
        .iter()
        .find(|step| step.title.starts_with("Have the commons"));
    assert!(parent.unwrap().text.contains("rivers/staging"));
}

#[test]
fn what_is_only_observed_is_pushed_by_nobody() {
    let is_pushed = |fleet: &Fleet| {
        let report = report(fleet, None);
        let steps = steps(&report);
        steps
            .iter()
            .any(|step| step.title == "Commit what Argo CD reads")
    };
    assert!(is_pushed(&fleet("quickstart")));
    let observed = "management: { values: observed, applications: observed }";
    let fleet = edited(
        "examples/quickstart",
        &[
            ("tier: dev", &format!("tier: dev\n        {observed}")),
            (
                "    account: demo\n",
                &format!("    account: demo\n    {observed}\n"),
            ),
        ],
    );
    assert!(!is_pushed(&fleet));
}

#[test]
fn a_hub_in_another_account_than_its_cluster_installs_argo_cd_all_the_same() {
    let fleet = edited(
        "tests/fleets/pushed",
        &[(
            "hub: { account: hub, cluster: csoc",
            "hub: { account: member, cluster: csoc",
        )],
    );
    let report = report(&fleet, None);
    let center = &report.tracks[0];
    let has = |path: &str| center.steps.iter().any(|step| step.title.contains(path));
    assert!(has("us-east-1/delivery/csoc"), "{:?}", stacks(&report));
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
