//! Rules about how people come in to the services that a fleet is run with: whether who vouches for them can be reached.

use std::collections::BTreeSet;

use ipnet::IpNet;

use super::allow_lists::{item_place, list_field, networks};
use super::context::FleetContext;
use super::release::moves;
use crate::contract::{Guarded, HubServiceKind, argocd_clients, hub_services};
use crate::diagnostic::Diagnostics;
use crate::model::hub::AllowedNetwork;
use crate::model::name::ObjectName;
use crate::network::covers;

/// Whoever reaches a service reaches what vouches for them, too.
///
/// A cluster's own Argo CD asks for that itself, from the addresses that its cluster reaches out from: these are looked at as soon
/// as they are known. The hub's own are in the list already.
pub(crate) fn hub_sign_in_locked_out(context: &FleetContext<'_>, found: &mut Diagnostics) {
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

/// The portal runs what was reviewed.
pub(crate) fn portal_image_moves(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let hub = context.fleet.spec.hub.as_ref();
    let Some(portal) = hub.and_then(|hub| hub.portal.as_ref()) else {
        return;
    };
    let runs = hub_services(context.fleet).is_some_and(|it| it.runs(HubServiceKind::Portal));
    let tag = portal.tag.as_ref();
    if !runs || tag.is_some_and(|tag| !moves(tag)) {
        return;
    }
    let digests = &portal.digests;
    let missing: Vec<&str> = [("api", &digests.api), ("frontend", &digests.frontend)]
        .into_iter()
        .filter(|(_, digest)| digest.is_none())
        .map(|(name, _)| name)
        .collect();
    if missing.is_empty() {
        return;
    }
    let path = match tag {
        Some(_) => &["hub", "portal", "tag"][..],
        None => &["hub", "portal"],
    };
    let (are, tag) = (
        missing.join("` and `"),
        tag.map_or("master", |tag| tag.as_str()),
    );
    found.push(
        context
            .finding(
                path,
                format!("the portal's images of `{are}` are those that `{tag}` means on the day they are pulled"),
            )
            .help("name what was reviewed: portal: { digests: { api: sha256:…, frontend: sha256:… } }, as `docker buildx imagetools inspect quay.io/cdis/csoc-api:master` and the same for csoc-frontend print them; gen3-admin publishes no releases")
            .label(context.place(path), "no digest"),
    );
}
