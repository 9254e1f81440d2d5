//! How a cluster is delivered to and an environment observed, where the fleet does not say it.

use super::explanation::Explanation;
use crate::contract::{hub_cluster, profile, unobservable};
use crate::fleet::Fleet;
use crate::resolve::ResolvedEnvironment;
use crate::value::Node;
use crate::value::path::ModelPath;

/// A field of a cluster's Argo CD that is not written, where it has one.
pub(super) fn argocd(
    fleet: &Fleet,
    path: &ModelPath,
    cluster: &str,
    field: &str,
) -> Option<Explanation> {
    let contract = fleet.contracts().clusters.get(cluster)?;
    let eks = contract.eks.as_ref()?;
    let delivery = eks.delivery.as_ref()?;
    let (value, why) = match field {
        "chart" => (
            Node::string(delivery.chart.as_str()),
            "the default of the product".to_owned(),
        ),
        "replicas" => {
            let tier = eks.tier.map_or_else(
                || "it has no environment".to_owned(),
                |tier| {
                    format!(
                        "its environment that matters most is of the tier {}",
                        tier.as_str()
                    )
                },
            );
            (
                Node::integer(i64::from(delivery.replicas)),
                format!("derived: {tier}; with one of staging or prod there are 2"),
            )
        }
        _ => return None,
    };
    Some(Explanation::new(path, Some(value)).note(why))
}

/// Who observes an environment that does not say it.
pub(super) fn observed(
    fleet: &Fleet,
    path: &ModelPath,
    environment: &ResolvedEnvironment,
) -> Explanation {
    let resolved = fleet.resolved();
    let value = profile(resolved, environment);
    let name = &environment.spec.cluster;
    let cluster = resolved.clusters.get(name);
    let unobservable = cluster.and_then(|cluster| unobservable(resolved, cluster));
    let why = match (unobservable, hub_cluster(resolved)) {
        (Some(why), _) => {
            format!("derived: nothing of ours can collect in the cluster `{name}`: {why}")
        }
        (None, Some(hub)) => {
            format!("derived: the hub's cluster `{hub}` keeps what all accounts have")
        }
        (None, None) => format!(
            "derived: there is no cluster of the hub, and the tier is {}; the account keeps what staging and prod have",
            environment.spec.tier.as_str()
        ),
    };
    Explanation::new(path, Some(Node::string(value.as_str()))).note(why)
}

/// Who is told of an account's alarms, where it names nobody of its own.
pub(super) fn receivers(fleet: &Fleet, path: &ModelPath, account: &str) -> Option<Explanation> {
    let account = fleet.resolved().account(account)?;
    let contacts = account.contacts.iter();
    let contacts = Node::list(contacts.map(|contact| Node::string(contact.as_str())));
    Some(Explanation::new(path, Some(contacts)).note("derived: the account's contacts"))
}
