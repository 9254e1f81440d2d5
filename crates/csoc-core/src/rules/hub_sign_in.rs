//! Rules about how people come in to the services that a fleet is run with: whether who vouches for them can be reached.

use std::collections::{BTreeMap, BTreeSet};

use ipnet::IpNet;

use super::allow_lists::{item_place, list_field, networks};
use super::context::FleetContext;
use crate::contract::{Guarded, HubServiceKind, argocd_clients, hub_services, sign_in};
use crate::diagnostic::Diagnostics;
use crate::model::hub::AllowedNetwork;
use crate::model::name::ObjectName;
use crate::network::covers;

/// Whoever reaches a service reaches what vouches for them, too.
///
/// A cluster's own Argo CD asks for that itself, from the addresses that its cluster reaches out from: these are looked at as soon
/// as they are known. The hub's own are in the list already.
pub(crate) fn hub_sign_in_unreachable(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let (Some(hub), Some(services)) = (&context.fleet.spec.hub, hub_services(context.fleet)) else {
        return;
    };
    let list = &hub.allow_lists.keycloak;
    let is_own = services
        .sign_in
        .as_ref()
        .is_some_and(|sign_in| sign_in.spec.issuer.is_none());
    if list.is_empty() || !is_own {
        return;
    }
    let own = services.services.iter().filter(|it| it.kind.signs_in());
    let mut lists: Vec<(Vec<&str>, String, &[AllowedNetwork])> = own
        .map(|it| {
            let title = it.kind.title().to_owned();
            (list_field(it.kind).to_vec(), title, it.kind.allow_list(hub))
        })
        .collect();
    let clients = argocd_clients(context.fleet);
    for (name, cluster) in &context.fleet.clusters {
        let argocd = cluster.spec.argocd.as_ref();
        if let Some(argocd) = argocd.filter(|_| clients.iter().any(|it| it.cluster == *name)) {
            let path = vec!["clusters", name.as_str(), "argocd", "allowList"];
            let title = format!("the Argo CD of the cluster `{name}`");
            lists.push((path, title, argocd.allow_list.as_slice()));
        }
    }
    let field = list_field(HubServiceKind::Keycloak);
    let mut said = BTreeSet::new();
    for (path, title, entries) in lists {
        for (at, entry) in entries.iter().enumerate() {
            let network = entry.cidr.network();
            if covers(networks(list), network) || !said.insert(network) {
                continue;
            }
            found.push(
                context
                    .finding(
                        &field,
                        format!(
                            "the allow-list of Keycloak leaves out `{network}`, from where people reach {title}: they cannot sign in"
                        ),
                    )
                    .help("add the network to `hub.allowLists.keycloak`; its administration stays with `hub.operators`")
                    .label(context.place(&field), "does not hold it")
                    .label(item_place(context, &path, at, "cidr"), "let in here"),
            );
        }
    }
    for client in &clients {
        for address in outward(context, &client.cluster) {
            if covers(networks(list), address) || !said.insert(address) {
                continue;
            }
            found.push(
                context
                    .finding(
                        &field,
                        format!(
                            "the allow-list of Keycloak leaves out `{address}`, from where the Argo CD of the cluster `{}` asks who signs in",
                            client.cluster
                        ),
                    )
                    .help("add the addresses that the cluster reaches out from to `hub.allowLists.keycloak`")
                    .label(context.place(&field), "does not hold it"),
            );
        }
    }
}

/// The addresses that a cluster with an Argo CD of its own reaches out from, as far as they are known.
fn outward(context: &FleetContext<'_>, cluster: &ObjectName) -> Vec<IpNet> {
    let contract = context.contracts.clusters.get(cluster);
    let balancers = contract.iter().flat_map(|it| &it.load_balancers);
    let mut lists = balancers
        .filter_map(|balancer| balancer.web_acl.as_ref())
        .flat_map(|web_acl| &web_acl.allow_lists);
    let own = lists.find(|list| matches!(&list.guarded, Guarded::ArgoCd(name) if name == cluster));
    let addresses = own.and_then(|list| list.nat.value());
    let addresses = addresses.into_iter().flatten();
    addresses.filter_map(|text| text.parse().ok()).collect()
}

/// People are known as themselves, each with what they may do.
pub(crate) fn sign_in_missing(context: &FleetContext<'_>, found: &mut Diagnostics) {
    const HELP: &str = "name the issuer and its groups: hub: { signIn: { issuer: https://…, groups: { admins: […] } } }, or let the hub run Keycloak";
    let mut push = |path: &[&str], message: String, help: &'static str| {
        found.push(
            context
                .finding(path, message)
                .help(help)
                .label(context.place(path), "one user for everybody"),
        );
    };
    let services = hub_services(context.fleet);
    let vouched = sign_in(context.fleet);
    for service in services.iter().flat_map(|it| &it.services) {
        let path = ["hub", service.kind.as_str()];
        let (host, title) = (&service.host, service.kind.title());
        let has_user = matches!(
            service.kind,
            HubServiceKind::ArgoCd | HubServiceKind::Grafana
        );
        match &vouched {
            None if has_user => push(
                &path,
                format!(
                    "everybody who uses {title} at `{host}` is `admin`, by one password: the hub says no `signIn`"
                ),
                HELP,
            ),
            Some(sign_in)
                if service.kind == HubServiceKind::Grafana && sign_in.keycloak().is_none() =>
            {
                push(
                    &path,
                    format!(
                        "everybody who uses Grafana at `{host}` is `admin`, by one password: it knows no other issuer than a realm of Keycloak"
                    ),
                    "name a realm, whose address ends in `/realms/NAME`, or take Grafana's host out",
                );
            }
            _ => {}
        }
    }
    for client in argocd_clients(context.fleet) {
        if vouched.is_none() {
            let path = ["clusters", client.cluster.as_str(), "argocd", "host"];
            push(
                &path,
                format!(
                    "everybody who uses Argo CD at `{}` is `admin`, by one password: nobody vouches for people",
                    client.host
                ),
                HELP,
            );
        }
    }
}

/// The hub's realm knows a name once: it is not made at all where two clients or two groups share one.
pub(crate) fn hub_sign_in_ambiguous(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let Some(sign_in) = sign_in(context.fleet).filter(|it| it.spec.issuer.is_none()) else {
        return;
    };
    let (spec, services) = (&sign_in.spec, hub_services(context.fleet));
    let of_hub = services
        .iter()
        .flat_map(|it| &it.services)
        .filter_map(|it| {
            let path = vec!["hub", "signIn", "clients", it.kind.as_str()];
            Some((it.kind.client(&spec.clients)?.to_owned(), path))
        });
    let clusters = argocd_clients(context.fleet);
    let of_clusters = clusters.iter().map(|it| {
        let path = vec!["clusters", it.cluster.as_str(), "argocd", "client"];
        (it.client.clone(), path)
    });
    let clients: Vec<_> = of_hub.chain(of_clusters).collect();
    let groups = [
        ("admins", &spec.groups.admins),
        ("operators", &spec.groups.operators),
        ("readers", &spec.groups.readers),
    ];
    let groups = groups.into_iter().flat_map(|(kind, names)| {
        let names = names.iter();
        names.map(move |name| (name.to_string(), vec!["hub", "signIn", "groups", kind]))
    });
    let groups: Vec<_> = groups.collect();
    for (what, names, help) in [
        ("client", clients, "give each service a name of its own"),
        (
            "group",
            groups,
            "name it once, where its members may do most",
        ),
    ] {
        let mut first: BTreeMap<&str, &[&str]> = BTreeMap::new();
        for (name, path) in &names {
            let Some(earlier) = first.insert(name, path) else {
                continue;
            };
            found.push(
                context
                    .finding(
                        path,
                        format!("the hub's realm would have two {what}s called `{name}`"),
                    )
                    .help(help)
                    .label(context.place(path), "named here")
                    .label(context.place(earlier), "and here"),
            );
        }
    }
}

/// The realm of the hub is not the one that Keycloak itself is administered in.
pub(crate) fn keycloak_realm_reserved(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let hub = context.fleet.spec.hub.as_ref();
    let keycloak = hub.and_then(|hub| hub.keycloak.as_ref());
    if keycloak.is_none_or(|keycloak| keycloak.realm() != "master") {
        return;
    }
    let path = ["hub", "keycloak", "realm"];
    found.push(
        context
            .finding(
                &path,
                "the realm `master` is there before ours is made, and is that of Keycloak's own administrators",
            )
            .help("name another, or none: it is `csoc` then")
            .label(context.place(&path), "never made, and open to sign in from anywhere"),
    );
}
