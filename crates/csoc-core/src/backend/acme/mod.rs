//! Who issues certificates in clusters whose ingress is a controller of their own: Let's Encrypt, by way of cert-manager.

mod records;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use super::FleetView;
use crate::contract::{EnvironmentContract, Ingress};
use crate::model::environment::{Certificate, Tier};
use crate::value::{Key, Node};
use records::Records;

/// An issuer: its name, and where it is asked.
pub(super) struct Issuer {
    pub(super) name: &'static str,
    server: &'static str,
}

/// Whose certificates everyone trusts. Few a week are given out for one domain.
const TRUSTED: Issuer = Issuer {
    name: "letsencrypt",
    server: "https://acme-v02.api.letsencrypt.org/directory",
};
/// For trying out: nobody trusts what it signs, and it may be asked as often as one likes.
const STAGING: Issuer = Issuer {
    name: "letsencrypt-staging",
    server: "https://acme-staging-v02.api.letsencrypt.org/directory",
};

/// The issuer of a tier.
pub(super) const fn issuer(tier: Tier) -> Issuer {
    match tier {
        Tier::Dev => STAGING,
        _ => TRUSTED,
    }
}

/// How names of one issuer are proved.
struct Solvers<'a> {
    /// The classes of ingresses that serve the files, for names that are proved by one.
    classes: BTreeSet<&'a str>,
    /// The hosts whose names are proved by records.
    hosts: BTreeSet<&'a str>,
}

/// The issuers that the environments of a cluster ask, and what writes records for them, as objects, each with the name of its file.
pub(super) fn issuers(view: &FleetView<'_>, cluster: &str) -> Vec<(String, Node)> {
    let environments = view.contracts.environments_on(cluster);
    let asking: Vec<(&EnvironmentContract, &str)> = environments
        .filter_map(|it| match &it.endpoint.ingress {
            Ingress::Class(class) => Some((it, class.as_str())),
            Ingress::Balancer => None,
        })
        .collect();
    let contact = view.fleet.cluster(cluster).and_then(|cluster| {
        let account = view.fleet.account(cluster.spec.account.as_str())?;
        account.contacts.first().map(ToString::to_string)
    });
    let records = Records::of(view, cluster);
    let mut objects: Vec<(String, Node)> = [TRUSTED, STAGING]
        .iter()
        .filter_map(|one| {
            let mine = asking
                .iter()
                .filter(|(it, _)| issuer(it.spec.tier).name == one.name);
            let by = |wanted: Certificate| {
                let mine = mine.clone();
                mine.filter(move |(it, _)| it.spec.certificate == wanted)
            };
            let proved = by(Certificate::LeDns01).map(|(it, _)| it.endpoint.hostname.as_str());
            let solvers = Solvers {
                classes: by(Certificate::LeHttp01).map(|(_, class)| *class).collect(),
                hosts: proved
                    .filter(|host| records.as_ref().is_some_and(|it| it.proves(host)))
                    .collect(),
            };
            let is_asked = !solvers.classes.is_empty() || !solvers.hosts.is_empty();
            let object = || object(one, contact.as_deref(), &solvers, records.as_ref());
            is_asked.then(|| (format!("issuer-{}", one.name), object()))
        })
        .collect();
    if records.is_some() {
        objects.extend(records::objects());
    }
    objects
}

fn map<const N: usize>(entries: [(&'static str, Node); N]) -> Node {
    let mut node = Node::map();
    for (key, value) in entries {
        node.insert(Key::fixed(key), value);
    }
    node
}

fn object(
    issuer: &Issuer,
    contact: Option<&str>,
    wanted: &Solvers<'_>,
    records: Option<&Records<'_>>,
) -> Node {
    let by_record = records
        .filter(|_| !wanted.hosts.is_empty())
        .map(|records| records.solver(&wanted.hosts));
    let by_file = wanted.classes.iter().map(|class| {
        let ingress = map([("ingressClassName", (*class).into())]);
        map([("http01", map([("ingress", ingress)]))])
    });
    // Of those that fit a name, cert-manager takes the one that says it exactly.
    let solvers = by_record.into_iter().chain(by_file);
    let mut acme = map([("server", issuer.server.into())]);
    if let Some(contact) = contact {
        acme.insert("email", contact.into());
    }
    let key = map([("name", format!("{}-account", issuer.name).into())]);
    acme.insert("privateKeySecretRef", key);
    acme.insert("solvers", Node::list(solvers));
    // Until cert-manager has run, the cluster does not know the kind.
    let annotations = map([(
        "argocd.argoproj.io/sync-options",
        "SkipDryRunOnMissingResource=true".into(),
    )]);
    map([
        ("apiVersion", "cert-manager.io/v1".into()),
        ("kind", "ClusterIssuer".into()),
        (
            "metadata",
            map([("name", issuer.name.into()), ("annotations", annotations)]),
        ),
        ("spec", map([("acme", acme)])),
    ])
}
