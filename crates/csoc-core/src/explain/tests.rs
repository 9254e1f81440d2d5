//! Explanations of a small fleet that says things at several layers.

use super::*;
use crate::source::SourceSet;

const FLEET: &str = include_str!("../../../../examples/quickstart/fleet.yaml");

const MORE: &str = "
defaults: { replicas: 2, size: medium }
tiers:
  dev: { replicas: 3, values: { fence: { enabled: null } } }
";

fn fleet() -> Fleet {
    let text = format!("{FLEET}{MORE}").replace(
        "        tier: dev\n",
        "        tier: dev\n        size: null\n        naming: { secret: \"{commons}/{service}\" }\n",
    );
    let set: SourceSet = [("fleet.yaml", text.into_bytes())].into_iter().collect();
    Fleet::from_sources(set, &Context::default()).unwrap()
}

fn explain(path: &str) -> Result<Explanation, ExplainError> {
    let path = path.replace("ENV", "commons.demo.environments.dev");
    fleet().explain(&path, &Context::default())
}

fn history(explanation: &Explanation) -> Vec<String> {
    explanation
        .layers
        .iter()
        .map(|layer| {
            format!(
                "{}: {} {:?}",
                layer.layer,
                layer.value().replace('\n', " "),
                layer.effect
            )
        })
        .collect()
}

#[test]
fn layers_say_what_they_set_and_what_was_overridden() {
    let replicas = explain("ENV.replicas").unwrap();
    assert_eq!(replicas.value().as_deref(), Some("3"));
    assert_eq!(replicas.place.as_ref().unwrap().file, "fleet.yaml");
    assert_eq!(
        history(&replicas),
        [
            "product default: 1 Overridden",
            "fleet defaults: 2 Overridden",
            "fleet tier: 3 Sets"
        ]
    );
    assert!(
        replicas.layers[0]
            .place
            .as_ref()
            .unwrap()
            .to_string()
            .starts_with("edition 2026.11:")
    );
}

#[test]
fn null_takes_back_what_lower_layers_say() {
    let size = explain("ENV.size").unwrap();
    assert_eq!(size.value().as_deref(), Some("small"));
    assert_eq!(
        history(&size),
        [
            "product default: small Overridden",
            "fleet defaults: medium Overridden",
            "environment: null Resets"
        ]
    );
    assert!(size.notes[0].contains("default of the model"));
}

#[test]
fn null_in_values_is_data() {
    let value = explain("ENV.values.fence.enabled").unwrap();
    assert_eq!(value.value().as_deref(), Some("null"));
    assert_eq!(history(&value), ["fleet tier: null Sets"]);
}

#[test]
fn names_say_their_rule_and_its_inputs() {
    let secret = explain("ENV.names.secret.fence-jwt").unwrap();
    assert_eq!(secret.value().as_deref(), Some("demo/fence-jwt"));
    let rule = secret.rule.unwrap();
    assert_eq!(rule.pattern.as_deref(), Some("{commons}/{service}"));
    assert_eq!(rule.place.unwrap().file, "fleet.yaml");
    let inputs: Vec<_> = rule
        .inputs
        .iter()
        .map(|input| (input.name.as_str(), input.value.as_deref().unwrap()))
        .collect();
    assert_eq!(inputs, [("commons", "demo"), ("service", "fence-jwt")]);

    let derived = explain("ENV.identity.namespace").unwrap();
    assert_eq!(derived.value().as_deref(), Some("demodev-helm"));
    assert_eq!(derived.rule.unwrap().name, "namespace");
    assert!(explain("ENV.names").unwrap().is_map());
    assert!(
        explain("clusters.demo.names.web-acl.public")
            .unwrap()
            .rule
            .is_some()
    );
}

#[test]
fn fields_outside_of_environments_are_where_they_are_written() {
    let id = explain("accounts.demo.id").unwrap();
    assert_eq!(id.value().as_deref(), Some("'111122223333'"));
    assert_eq!(explain("fleet.name").unwrap(), explain("name").unwrap());
    let region = explain("clusters.demo.region").unwrap();
    assert_eq!(region.value().as_deref(), Some("us-east-1"));
    assert_eq!(region.place, explain("accounts.demo.region").unwrap().place);
    assert_eq!(explain("clusters.demo.version").unwrap().value(), None);
}

#[test]
fn rendered_values_say_which_field_they_come_from() {
    let (tree, _) = fleet()
        .compile(&crate::CompileOptions::default(), &Context::default())
        .unwrap();
    let path = tree
        .files
        .keys()
        .find(|path| path.as_str().ends_with("values/values.yaml"))
        .unwrap();
    let hostname = explain(&format!("{path}#/global/hostname")).unwrap();
    assert_eq!(hostname.value().as_deref(), Some("demo.example.org"));
    let rule = hostname.rule.unwrap();
    assert_eq!(rule.inputs[0].value.as_deref(), Some("demo.example.org"));
    assert_eq!(rule.inputs[0].place.as_ref().unwrap().file, "fleet.yaml");
    let error = explain(&format!("{path}#/global/hostnam")).unwrap_err();
    assert_eq!(
        error.help().unwrap(),
        format!("did you mean `{path}#/global/hostname`?")
    );
}

#[rstest::rstest]
#[case(
    "ENV.hostnme",
    "did you mean `commons.demo.environments.dev.hostname`?"
)]
#[case(
    "commons.dmo.environments.dev.tier",
    "did you mean `commons.demo.environments.dev.tier`?"
)]
#[case("commons.demo.environments.prd", "there are: dev")]
#[case(
    "ENV.names.secret.fence-jwtt",
    "did you mean `commons.demo.environments.dev.names.secret.fence-jwt`?"
)]
#[case("cluster.demo", "did you mean `clusters.demo`?")]
#[case("accounts.demo.regoin", "did you mean `accounts.demo.region`?")]
#[case(
    "terraform/demo/global/acces/main.tf",
    "did you mean `terraform/demo/global/access/main.tf`?"
)]
fn what_is_not_there_is_suggested(#[case] path: &str, #[case] help: &str) {
    assert_eq!(explain(path).unwrap_err().help().as_deref(), Some(help));
}

#[test]
fn a_network_says_what_follows_and_shows_the_arithmetic() {
    let network = explain("clusters.demo.network").unwrap();
    for note in [
        "its environments are of tier dev at most · NAT single · zones us-east-1a, us-east-1b, us-east-1c",
        "private us-east-1b 10.20.64.0/18: 16384 addresses",
        "a node of 110 pods takes 7 prefixes of 16 addresses, holds 1 ready, and has 2 addresses of its own: 130 in all",
        "10.20.0.0/18: (1024 prefixes - the first and the last) × 16 ÷ 130 = 125 nodes",
    ] {
        assert!(
            network.notes.iter().any(|line| line == note),
            "{network:#?}"
        );
    }
    let nat = explain("clusters.demo.network.nat").unwrap();
    assert_eq!(nat.value().as_deref(), Some("single"));
    let subnets = explain("clusters.demo.network.databaseSubnets").unwrap();
    let expected = "- 10.20.224.0/24\n- 10.20.228.0/24\n- 10.20.232.0/24";
    assert_eq!(subnets.value().as_deref(), Some(expected));
    let tier = explain("clusters.demo.tier").unwrap();
    assert_eq!(tier.value().as_deref(), Some("dev"));
    assert!(explain("clusters.demo.network.nut").is_err());
}

#[test]
fn what_a_tier_relaxes_is_said_at_the_field_and_at_the_tier() {
    let nat = explain("clusters.demo.network.nat").unwrap();
    assert_eq!(nat.value().as_deref(), Some("single"));
    assert!(
        nat.notes.last().unwrap().ends_with("this relaxes NET-005"),
        "{:?}",
        nat.notes
    );
    let instances = explain("clusters.demo.databases.main.instances").unwrap();
    assert_eq!(instances.value().as_deref(), Some("1"));
    assert_eq!(
        instances.notes[1],
        "in production it would be 2; this relaxes RDS-007"
    );
    let masters = explain("clusters.demo.search.main.dedicatedMasters").unwrap();
    assert_eq!(masters.value().as_deref(), Some("none"));
    let tier = explain("clusters.demo.tier").unwrap();
    for field in [
        "network.nat is single",
        "databases.main.backupRetentionDays is 7",
        "search.main.nodes is 1",
        "backup.mode is none",
    ] {
        assert!(
            tier.notes.iter().any(|note| note.starts_with(field)),
            "{field}: {:?}",
            tier.notes
        );
    }
    let tier = explain("ENV.tier").unwrap();
    assert!(tier.notes.iter().any(|note| note.contains("SEC-002")));
}

#[test]
fn production_relaxes_nothing() {
    let text = FLEET.replace("tier: dev", "tier: prod");
    let set: SourceSet = [("fleet.yaml", text.into_bytes())].into_iter().collect();
    let fleet = Fleet::from_sources(set, &Context::default()).unwrap();
    for path in ["clusters.demo.tier", "commons.demo.environments.dev.tier"] {
        let explanation = fleet.explain(path, &Context::default()).unwrap();
        let relaxed = explanation
            .notes
            .iter()
            .any(|note| note.contains("in production"));
        assert!(!relaxed, "{:?}", explanation.notes);
    }
    let masters = "clusters.demo.search.main.dedicatedMasters";
    let explanation = fleet.explain(masters, &Context::default()).unwrap();
    assert_eq!(explanation.value().as_deref(), Some("three"));
}

#[test]
fn what_observes_and_delivers_says_why() {
    let replicas = explain("clusters.demo.argocd.replicas").unwrap();
    assert_eq!(replicas.value().as_deref(), Some("1"));
    assert!(
        replicas.notes[0].contains("of the tier dev"),
        "{replicas:?}"
    );
    let chart = explain("clusters.demo.argocd.chart").unwrap();
    assert_eq!(chart.value().as_deref(), Some("10.1.1"));
    let profile = explain("ENV.observability.profile").unwrap();
    assert_eq!(profile.value().as_deref(), Some("none"));
    assert!(profile.notes[0].contains("no cluster of the hub"));
    let receivers = explain("accounts.demo.observability.receivers").unwrap();
    assert_eq!(receivers.value().as_deref(), Some("[]"));
}

#[test]
fn nobody_observes_where_nothing_of_ours_can_collect() {
    let text = FLEET.replace("tier: dev", "tier: prod").replace(
        "\n  demo:\n    account: demo\n",
        "\n  demo:\n    account: demo\n    management: { terraform: external }\n",
    );
    let set: SourceSet = [("fleet.yaml", text.into_bytes())].into_iter().collect();
    let fleet = Fleet::from_sources(set, &Context::default()).unwrap();
    let path = "commons.demo.environments.dev.observability.profile";
    let profile = fleet.explain(path, &Context::default()).unwrap();
    assert_eq!(profile.value().as_deref(), Some("none"));
    assert!(
        profile.notes[0].ends_with("its Terraform is somebody else's"),
        "{profile:?}"
    );
}
