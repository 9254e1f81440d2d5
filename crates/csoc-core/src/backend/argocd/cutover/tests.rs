//! Environments that share a host name, rendered whole: `tests/fleets/blue-green`.

use camino::Utf8Path;
use rstest::rstest;

use crate::backend::fixture::{compile, load, sources, write, yaml};
use crate::diagnostic::{Severity, TextStyle};
use crate::tree::File;
use crate::value::Node;
use crate::{Context, SourceSet, Tree};

const FLEET: &str = "fleet.yaml";

fn tree() -> Tree {
    compile(sources("blue-green")).0
}

/// The fleet with a text in place of another.
fn edited(from: &str, to: &str) -> SourceSet {
    let mut set = sources("blue-green");
    let path = Utf8Path::new(FLEET);
    let text = String::from_utf8(set.get(path).unwrap().to_vec()).unwrap();
    assert!(text.contains(from), "`{from}` is not there");
    set.insert(path, text.replacen(from, to, 1).into_bytes());
    set
}

fn text(tree: &Tree, path: &str) -> String {
    let bytes = tree.get(path).map(File::bytes);
    String::from_utf8(bytes.unwrap_or_else(|| panic!("no {path}")).to_vec()).unwrap()
}

/// What the ingress of an environment is given.
fn ingress(tree: &Tree, directory: &str) -> Vec<(String, String)> {
    let values = yaml(tree, &format!("gitops/{directory}/values/values.yaml"));
    let host = values.path(&["revproxy", "hostname"]).and_then(Node::text);
    let mut all: Vec<(String, String)> = host
        .map(|host| ("hostname".to_owned(), host.to_owned()))
        .into_iter()
        .collect();
    let annotations = values.path(&["revproxy", "ingress", "annotations"]);
    for entry in annotations.map(Node::entries).unwrap_or_default() {
        let key = entry.key.as_str();
        let text = entry.node.text().unwrap_or_default();
        all.push((key.to_owned(), text.to_owned()));
    }
    all
}

#[test]
fn the_fleet_is_clean() {
    let context = Context::default();
    let report = load(sources("blue-green")).check(&context).unwrap();
    let bad: Vec<String> = report
        .diagnostics()
        .iter()
        .filter(|found| found.severity == Severity::Error || found.code.as_str().contains("host"))
        .map(|found| found.to_text(TextStyle::plain()))
        .collect();
    assert!(bad.is_empty(), "{}", bad.join("\n"));
    write(&tree(), "blue-green");
}

#[rstest]
#[case::active_behind_one_balancer("east/lakes.example.org-blue")]
#[case::standby_behind_one_balancer("east/lakes.example.org-green")]
#[case::weight_by_terraform("east/rivers.example.org")]
#[case::little_weight_by_terraform("north/rivers.example.org")]
#[case::active_by_external_dns("east/springs.example.org")]
#[case::standby_by_external_dns("north/springs.example.org")]
#[case::by_hand("west/wells.example.org")]
fn an_ingress_claims_what_its_environment_takes(#[case] directory: &str) {
    let name = directory.replace(['/', '.'], "-");
    let lines: Vec<String> = ingress(&tree(), directory)
        .iter()
        .map(|(key, text)| format!("{key}: {text}"))
        .collect();
    insta::assert_snapshot!(format!("ingress-{name}"), lines.join("\n"));
}

#[rstest]
#[case("first/us-east-1/dns/rivers/blue")]
#[case("first/us-east-1/dns/rivers/green")]
#[case("first/us-east-1/dns/lakes/green")]
#[case("first/us-east-1/dns/wells/blue")]
fn records_and_certificates_have_one_owner(#[case] root: &str) {
    let tree = tree();
    let name = root.replace('/', "-");
    insta::assert_snapshot!(
        format!("dns-{name}"),
        text(&tree, &format!("terraform/{root}/main.tf"))
    );
}

#[rstest]
#[case("east/lakes.example.org-green")]
#[case("north/rivers.example.org")]
#[case("west/wells.example.org")]
fn the_steps_are_written_beside_the_values(#[case] directory: &str) {
    let name = directory.replace(['/', '.'], "-");
    insta::assert_snapshot!(
        format!("runbook-{name}"),
        text(&tree(), &format!("gitops/{directory}/CUTOVER.md"))
    );
}

#[test]
fn a_move_touches_weights_and_hosts_only() {
    let before = tree();
    let (after, _) = compile(edited(
        "blue: { cluster: east, tier: prod, cutover: { state: active } }\n      green:\n",
        "blue: { cluster: east, tier: prod, cutover: { state: standby }, previewHostname: blue.lakes.example.org }\n      green:\n",
    ));
    // Who stands by gives up the host, and keeps its directory.
    let blue = ingress(&after, "east/lakes.example.org-blue");
    assert!(blue.contains(&("hostname".to_owned(), "blue.lakes.example.org".to_owned())));
    assert!(
        ingress(&before, "east/lakes.example.org-blue")
            .iter()
            .all(|(key, _)| key != "hostname")
    );
}

#[test]
fn allow_lists_guard_the_hosts_that_lead_there() {
    let waf = |cluster: &str| {
        text(
            &tree(),
            &format!("terraform/first/us-east-1/waf/{cluster}/main.tf"),
        )
    };
    // Behind one load balancer the list of who stands by is not that of the host that users know.
    let east = waf("east");
    assert!(
        east.contains("search_string         = \"green.lakes.example.org\""),
        "{east}"
    );
    assert!(!east.contains("\"lakes.example.org\""), "{east}");
    // Behind one of its own it is that of both.
    let north = waf("north");
    assert!(north.contains("\"rivers.example.org\""), "{north}");
    assert!(north.contains("\"green.rivers.example.org\""), "{north}");
}

#[test]
fn an_environment_alone_is_as_it_was() {
    let (tree, _) = compile(edited(
        "      blue: { cluster: east, tier: prod, cutover: { state: active } }\n      green: { cluster: north, tier: prod, cutover: { state: standby }, previewHostname: green.springs.example.org }\n",
        "      blue: { cluster: east, tier: prod }\n",
    ));
    assert!(ingress(&tree, "east/springs.example.org").is_empty());
    assert!(
        tree.get("gitops/east/springs.example.org/CUTOVER.md")
            .is_none()
    );
}

#[test]
fn what_is_derived_for_two_is_explained_by_their_share() {
    let fleet = load(sources("blue-green"));
    let context = Context::default();
    let named = fleet
        .explain("commons.lakes.environments.green.names.directory", &context)
        .unwrap();
    let rule = named.rule.unwrap();
    assert_eq!(rule.pattern.as_deref(), Some("{hostname}-{environment}"));
    assert!(rule.place.is_some_and(|place| place.file == FLEET));
    let weight = "gitops/north/springs.example.org/values/values.yaml#/revproxy/ingress/annotations/external-dns.alpha.kubernetes.io~1aws-weight";
    let weight = fleet.explain(weight, &context).unwrap();
    let inputs = weight.rule.unwrap().inputs;
    let causes: Vec<&str> = inputs.iter().map(|input| input.name.as_str()).collect();
    assert_eq!(causes, ["commons.springs.environments.green.cutover"]);
}
