//! Values of the fleets in `tests/fleets`.

mod midrcprod;

use std::collections::{BTreeMap, BTreeSet};

use super::Helm;
use crate::backend::Backend;
use crate::backend::argocd::ArgoCd;
use crate::backend::fixture::{compile, sources, write, yaml};
use crate::graph::{Fact, Target};
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
    let child = yaml(&tree, "gitops/demo/child.hub.example.org/values/values.yaml");
    let text = |path: &[&str]| child.path(path).and_then(Node::text);
    assert_eq!(text(&["global", "fenceURL"]), Some("https://hub.example.org/user"));
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
    assert_eq!(indices[0].get("index").and_then(Node::text), Some("explorerdev_case"));
    let config = values.path(&["guppy", "configIndex"]);
    assert_eq!(config.and_then(Node::text), Some("explorerdev_array-config"));
}

/// What the values and the Application of an environment show is what its contract says.
#[test]
fn observed_identities_and_secrets_are_those_of_the_contracts() {
    for fleet in ["profiles", "midrcprod"] {
        let context = crate::Context::default();
        let fleet = crate::Fleet::from_sources(sources(fleet), &context).unwrap();
        let (tree, _) = fleet
            .compile(&crate::CompileOptions::default(), &context)
            .unwrap();
        let mut facts = Vec::new();
        for file in tree.iter() {
            match file.backend() {
                BackendName::Helm => Backend::observe(&Helm, file, &mut facts),
                BackendName::Argocd => Backend::observe(&ArgoCd, file, &mut facts),
                BackendName::Terraform => {}
            }
        }
        let scopes: BTreeMap<String, String> = facts
            .iter()
            .filter_map(|fact| match fact {
                Fact::Scope { file, scope } => Some((format!("@{file}"), scope.to_string())),
                _ => None,
            })
            .collect();
        let edges: BTreeSet<String> = facts
            .iter()
            .filter_map(|fact| match fact {
                Fact::Edge(edge) => match &edge.to {
                    Target::Exact(to) => {
                        let mut from = edge.from.clone();
                        if let Some(scope) = scopes.get(&*from.scope) {
                            from.scope = scope.as_str().into();
                        }
                        Some(format!("{from} {:?} {to}", edge.relation))
                    }
                    _ => None,
                },
                _ => None,
            })
            .collect();
        for contract in fleet.contracts().environments.values() {
            let place = format!("{}/{}", contract.cluster, contract.namespace);
            let region = format!("{}/{}", contract.account_id, contract.region);
            let identities = contract.identities.iter().map(|identity| {
                let (account, role) = identity.role_arn[13..].split_once(":role/").unwrap();
                format!(
                    "service-account:{place}/{} RunsAs role:{account}/{role}",
                    identity.service_account
                )
            });
            let secrets = contract.secrets.iter().map(|secret| {
                format!(
                    "kubernetes-secret:{place}/{} SyncedFrom secret:{region}/{}",
                    secret.kubernetes, secret.name
                )
            });
            let application = format!(
                "application:{}/{} DeploysTo namespace:{place}",
                contract.application.instance, contract.application.name
            );
            let missing: Vec<String> = identities
                .chain(secrets)
                .chain([application])
                .filter(|edge| !edges.contains(edge))
                // The mistake that staging's `omit` keeps.
                .filter(|edge| {
                    !edge.starts_with("service-account:midrcprod/midrcstaging-helm/hatchery")
                })
                .collect();
            assert!(missing.is_empty(), "{}: {missing:#?}", contract.at);
        }
    }
}
