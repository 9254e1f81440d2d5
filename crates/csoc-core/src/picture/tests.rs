//! What the graph of the smallest fleet says.

use super::{ContractGraph, FocusError, Reached};
use crate::context::Context;
use crate::fleet::Fleet;
use crate::source::SourceSet;

const FLEET: &str = include_str!("../../../../examples/quickstart/fleet.yaml");
const ENVIRONMENT: &str = "commons.demo.environments.dev";
const KEY: &str = "key:111122223333/us-east-1/gen3/secrets";

/// More environments than a picture can show.
const MORE: &str = "
      test: { cluster: demo, hostname: test.example.org, tier: test, release: \"2026.07\" }
      qa: { cluster: demo, hostname: qa.example.org, tier: test, release: \"2026.07\" }
";

fn graph() -> ContractGraph {
    graph_of(FLEET)
}

fn graph_of(fleet: &str) -> ContractGraph {
    let set: SourceSet = [("fleet.yaml", fleet.as_bytes())].into_iter().collect();
    Fleet::from_sources(set, &Context::default())
        .unwrap()
        .graph()
}

fn names(reached: &[Reached]) -> Vec<String> {
    reached
        .iter()
        .map(|one| format!("{} {} {}", one.distance, one.relation, one.node))
        .collect()
}

#[test]
fn nodes_and_links_are_sorted_and_each_once_and_no_link_leads_nowhere() {
    let graph = graph();
    assert!(graph.nodes.is_sorted_by(|one, other| one.id < other.id));
    assert!(graph.links.is_sorted_by(|one, other| one < other));
    assert_eq!(graph.pairs().count(), graph.links.len());
    assert!(graph.links.len() > 50);
}

#[test]
fn without_its_key_every_secret_goes_and_the_environment_with_them() {
    let graph = graph().focus(KEY).unwrap();
    let focus = graph.focus.as_ref().unwrap();
    assert_eq!(names(&focus.needs), [""; 0]);
    let breaks = names(&focus.breaks);
    assert!(
        breaks.contains(
            &"1 encrypted-by secret:111122223333/us-east-1/demodev-fence-creds".to_owned()
        ),
        "{breaks:#?}"
    );
    assert!(
        breaks.contains(
            &"2 synced-from kubernetes-secret:demo/demodev-helm/fence-dbcreds".to_owned()
        ),
        "{breaks:#?}"
    );
    assert!(
        breaks
            .iter()
            .any(|line| line.ends_with(" environment:demo/dev")),
        "{breaks:#?}"
    );
    // A trust lets in and is no need: the role's trust does not tie it to those it trusts.
    assert!(!breaks.iter().any(|line| line.contains("trusts")));
}

#[test]
fn an_environment_needs_all_that_it_is_made_of() {
    let graph = graph();
    let focused = graph.focus(ENVIRONMENT).unwrap();
    assert_eq!(focused, graph.focus("environment:demo/dev").unwrap());
    let focus = focused.focus.as_ref().unwrap();
    assert!(focus.breaks.is_empty());
    let needs = names(&focus.needs).join("\n");
    for kind in [
        "uses service-account:",
        "runs-as role:",
        "allows secret:",
        "uses kubernetes-secret:",
        "served-by load-balancer:",
        "guarded-by web-acl:",
        "certified-by certificate:",
        "uses database:",
        "deploys-to namespace:",
    ] {
        assert!(needs.contains(kind), "{kind} is not in\n{needs}");
    }
    let own: Vec<_> = graph
        .nodes
        .iter()
        .filter(|node| node.object.as_deref() == Some(ENVIRONMENT))
        .collect();
    assert!(own.len() > 20);
    for node in own {
        assert!(
            focused.node(&node.id).is_some(),
            "{} is not reached",
            node.id
        );
    }
}

#[test]
fn a_node_that_is_not_there_or_not_the_only_one_is_said() {
    let graph = graph();
    let unknown = graph.focus("enviroment:demo/dev").unwrap_err();
    assert_eq!(
        unknown.help().unwrap(),
        "did you mean `environment:demo/dev`?"
    );
    let name = "demo.example.org";
    let FocusError::Ambiguous { among, .. } = graph.focus(name).unwrap_err() else {
        panic!("{name} is a host and a certificate");
    };
    assert_eq!(
        among,
        [
            "certificate:111122223333/us-east-1/demo.example.org",
            "hostname:world/demo.example.org"
        ]
    );
}

#[test]
fn pictures_are_small_or_of_a_focus() {
    let graph = graph_of(&format!("{}{MORE}", FLEET.trim_end()));
    assert!(graph.nodes.len() > 60);
    assert!(matches!(graph.to_svg(), Err(FocusError::TooLarge { .. })));
    let svg = graph.focus(KEY).unwrap().to_svg().unwrap();
    assert_eq!(svg.matches("<rect").count(), 61);
    assert!(svg.contains("farther nodes</text>"));
    let small = graph.focus("hostname:world/demo.example.org").unwrap();
    insta::assert_snapshot!("svg", small.to_svg().unwrap());
    insta::assert_snapshot!("mermaid", small.to_mermaid());
    insta::assert_snapshot!("dot", small.to_dot());
}

#[test]
fn texts_are_escaped() {
    let mut graph = graph().focus("hostname:world/demo.example.org").unwrap();
    graph.nodes[0].name = "a\"<b>&;`#\u{7}".to_owned();
    let svg = graph.to_svg().unwrap();
    assert!(svg.contains("a\"&lt;b&gt;&amp;;`# </text>"), "{svg}");
    assert!(
        graph
            .to_mermaid()
            .contains("a#34;#60;b#62;#38;#59;#96;#35; ")
    );
    assert!(graph.to_dot().contains("a\\\"<b>&;`# "));
}
