//! Values of the fleets in `tests/fleets`.

mod ingress;
mod midrcprod;
mod settings;

use std::collections::BTreeSet;

use super::Helm;
use crate::backend::Backend;
use crate::backend::argocd::ArgoCd;
use crate::backend::fixture::{compile, sources, write, yaml};
use crate::graph::{Relation, close};
use crate::tree::{BackendName, File};
use crate::value::Node;

#[test]
fn every_profile_renders_and_nothing_is_pending() {
    let (tree, report) = compile(sources("profiles"));
    let errors: Vec<_> = report
        .diagnostics()
        .iter()
        .filter(|found| found.severity == crate::Severity::Error)
        .map(|found| format!("{} {}", found.code, found.message))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let pending: Vec<_> = tree
        .pending()
        .filter(|file| file.path().starts_with("gitops"))
        .map(File::path)
        .collect();
    assert!(pending.is_empty(), "{pending:?}");
    write(&tree, "profiles");
}

#[test]
fn a_child_signs_in_to_its_hub() {
    let (tree, _) = compile(sources("profiles"));
    let child = yaml(
        &tree,
        "gitops/demo/child.hub.example.org/values/values.yaml",
    );
    let text = |path: &[&str]| child.path(path).and_then(Node::text);
    assert_eq!(
        text(&["global", "fenceURL"]),
        Some("https://hub.example.org/user")
    );
    let manifest = |key| text(&["global", "manifestGlobalExtraValues", key]);
    assert_eq!(manifest("cookie_domain"), Some("hub.example.org"));
    assert_eq!(
        manifest("arborist_url"),
        Some("http://arborist-service.hubdev-helm.svc.cluster.local")
    );
    let hub = yaml(&tree, "gitops/demo/hub.example.org/values/values.yaml");
    let origins = hub.path(&["global", "origins_allow_credentials"]).unwrap();
    assert_eq!(
        origins,
        &Node::list(["https://child.hub.example.org".into()])
    );
}

#[test]
fn indices_follow_the_mapping() {
    let (tree, _) = compile(sources("profiles"));
    let values = yaml(&tree, "gitops/demo/explorer.example.org/values/values.yaml");
    let indices = values.path(&["guppy", "indices"]).unwrap().items();
    assert_eq!(indices.len(), 2);
    assert_eq!(
        indices[0].get("index").and_then(Node::text),
        Some("explorerdev_case")
    );
    let config = values.path(&["guppy", "configIndex"]);
    assert_eq!(
        config.and_then(Node::text),
        Some("explorerdev_array-config")
    );
}

/// What values and Applications show of these relations is what the contracts say of them, and nothing else.
#[test]
fn observed_facts_are_those_of_the_contracts() {
    const SHOWN: [Relation; 6] = [
        Relation::RunsAs,
        Relation::SyncedFrom,
        Relation::ServedBy,
        Relation::CertifiedBy,
        Relation::GuardedBy,
        Relation::DeploysTo,
    ];
    // Staging's `omit` takes hatchery's role away, as production's values do.
    const OMITTED: &str = "service-account:midrcprod/midrcstaging-helm/hatchery-service-account";
    for name in ["profiles", "midrcprod"] {
        let context = crate::Context::default();
        let fleet = crate::Fleet::from_sources(sources(name), &context).unwrap();
        let (tree, _) = fleet
            .compile(&crate::CompileOptions::default(), &context)
            .unwrap();
        let mut facts = Vec::new();
        for file in tree.iter() {
            match file.backend() {
                BackendName::Helm => Backend::observe(&Helm, file, &mut facts),
                BackendName::Argocd => Backend::observe(&ArgoCd, file, &mut facts),
                BackendName::Terraform | BackendName::Kro => {}
            }
        }
        let edges = |facts| -> BTreeSet<String> {
            close(facts)
                .edges
                .into_keys()
                .filter(|(_, relation, _)| SHOWN.contains(relation))
                .map(|(from, relation, to)| format!("{from} {relation:?} {to:?}"))
                .collect()
        };
        let observed = edges(facts);
        let linked = edges(crate::contract::facts(fleet.contracts()));
        let missing: Vec<&String> = linked
            .difference(&observed)
            .filter(|edge| !edge.starts_with(OMITTED))
            .collect();
        let surplus: Vec<&String> = observed.difference(&linked).collect();
        assert!(
            missing.is_empty() && surplus.is_empty(),
            "{name}: missing {missing:#?}, surplus {surplus:#?}"
        );
        println!("{name}: {} edges observed as linked", observed.len());
    }
}
