//! What somebody else owns and only is observed, against the rules about GitOps repositories.
//!
//! What the fleet makes by itself holds to them by construction; what was
//! imported is whatever it was before.

use std::collections::BTreeSet;

use crate::diagnostic::Finding;
use crate::fleet::Fleet;
use crate::gitops::{Parsed, Repository};
use crate::model::Mode;
use crate::rules;
use crate::tree::{BackendName, Tree};

/// The findings about the files of observed objects.
pub(super) fn check(fleet: &Fleet, tree: &Tree) -> Vec<Finding> {
    let observed = observed(fleet);
    if observed.is_empty() {
        return Vec::new();
    }
    let resolved = fleet.resolved();
    let parsed = tree
        .iter()
        .filter(|file| file.backend() != BackendName::Terraform)
        .filter(|file| observed.contains(file.object()))
        .map(|file| {
            let below = file.path().strip_prefix("gitops").unwrap_or(file.path());
            // What is said of a whole file is shown at the object that it comes from.
            let object: Vec<&str> = file.object().split('.').collect();
            let text = resolved.place(&object).map(|span| span.file);
            Parsed::of_ours(below, file, text)
        });
    rules::check_gitops(&Repository::new(parsed).partial(), None).into_vec()
}

/// Whether anything of a fleet is only observed.
pub(super) fn is_any(fleet: &Fleet) -> bool {
    !unseen(fleet).is_empty()
}

/// The objects of which a backend renders nothing unless observed objects are asked for, with the backend.
///
/// What commons and the whole fleet share is made of what their environments and clusters are: where one of those is only
/// observed, so may be what was rendered of it there.
pub(super) fn unseen(fleet: &Fleet) -> BTreeSet<(String, &'static str)> {
    let resolved = fleet.resolved();
    let accounts = resolved.accounts.iter();
    let accounts = accounts.map(|(name, spec)| (format!("accounts.{name}"), None, spec.management));
    let clusters = resolved.clusters.iter().map(|(name, cluster)| {
        let object = format!("clusters.{name}");
        (object, None, cluster.spec.management)
    });
    let environments = resolved.environments.iter().map(|(at, environment)| {
        let commons = format!("commons.{}", at.commons);
        (at.to_string(), Some(commons), environment.spec.management)
    });
    let mut unseen = BTreeSet::new();
    for (object, commons, management) in accounts.chain(clusters).chain(environments) {
        let aspects = [
            (management.terraform, &[BackendName::Terraform][..]),
            // Values of a cluster's add-ons are beside its Applications.
            (
                management.values,
                &[BackendName::Helm, BackendName::Kro, BackendName::Argocd],
            ),
            (management.applications, &[BackendName::Argocd]),
        ];
        for (mode, backends) in aspects {
            if mode != Mode::Observed {
                continue;
            }
            for backend in backends {
                unseen.insert((object.clone(), backend.as_str()));
                unseen.insert(("fleet".to_owned(), backend.as_str()));
                unseen.extend(commons.clone().map(|commons| (commons, backend.as_str())));
            }
        }
    }
    unseen
}

/// The objects whose values or Applications are only observed.
fn observed(fleet: &Fleet) -> BTreeSet<String> {
    let resolved = fleet.resolved();
    let clusters = resolved
        .clusters
        .iter()
        .map(|(name, cluster)| (format!("clusters.{name}"), cluster.spec.management));
    let environments = resolved
        .environments
        .iter()
        .map(|(at, environment)| (at.to_string(), environment.spec.management));
    clusters
        .chain(environments)
        .filter(|(_, management)| {
            management.values == Mode::Observed || management.applications == Mode::Observed
        })
        .map(|(object, _)| object)
        .collect()
}
