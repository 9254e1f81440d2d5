//! Whether anybody comes from the networks of an allow-list that stands before the internet.

use ipnet::IpNet;

use super::allow_lists::{list_field, networks};
use super::context::FleetContext;
use super::{argocd_hosts, hub_services};
use crate::contract::LoadBalancerContract;
use crate::diagnostic::Diagnostics;
use crate::model::cluster::Scheme;
use crate::model::network::Cidr;
use crate::network::is_public;

/// How to mend it.
const HELP: &str = "list the addresses that people come from as the internet sees them (those of the office, or of the VPN's gateway), or put it behind an internal load balancer";

/// Why nobody comes in by a list; none where somebody does, or where it leaves nobody out.
fn why(list: impl Iterator<Item = IpNet>, takes_ipv6: bool) -> Option<&'static str> {
    let list: Vec<IpNet> = list.collect();
    let public = || list.iter().filter(|network| is_public(**network));
    if list.is_empty() || public().any(|network| takes_ipv6 || matches!(network, IpNet::V4(_))) {
        return None;
    }
    Some(if public().next().is_some() {
        "the load balancer speaks IPv4 alone, and the list holds no public network of that"
    } else {
        "it holds private networks alone, and from those nobody comes over the internet"
    })
}

/// Whether the internet reaches a load balancer.
fn is_public_balancer(balancer: &LoadBalancerContract) -> bool {
    balancer.scheme == Scheme::InternetFacing
}

/// An allow-list before the internet lets somebody in.
pub(crate) fn allow_list_unreached(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let mut say = |path: &[&str], whose: &str, why: &str| {
        found.push(
            context
                .finding(
                    path,
                    format!("nobody comes in by the allow-list of {whose}: {why}"),
                )
                .help(HELP)
                .label(context.place(path), "lets nobody in"),
        );
    };
    if let Some((hub, services)) = hub_services::running(context)
        && hub_services::balancer(context, &services).is_some_and(is_public_balancer)
    {
        for service in &services.services {
            let list = service.kind.allow_list(hub);
            if let Some(why) = why(networks(list), false) {
                say(&list_field(service.kind), service.kind.title(), why);
            }
        }
        if let Some(why) = why(networks(&hub.operators), false) {
            say(&["hub", "operators"], "those who run the fleet", why);
        }
    }
    for (cluster, list) in argocd_hosts::public_lists(context) {
        if let Some(why) = why(networks(list), false) {
            let path = ["clusters", cluster.as_str(), "argocd", "allowList"];
            say(&path, &format!("the Argo CD of `{cluster}`"), why);
        }
    }
    environments(context, found);
}

/// The lists of environments.
fn environments(context: &FleetContext<'_>, found: &mut Diagnostics) {
    const IP: [&str; 5] = [
        "values",
        "revproxy",
        "ingress",
        "annotations",
        "alb.ingress.kubernetes.io/ip-address-type",
    ];
    let field = ["exposure", "allowList"];
    for (at, environment) in context.linked() {
        if environment.endpoint.scheme != Scheme::InternetFacing {
            continue;
        }
        let layers = context.fleet.environments.get(at).map(|it| &it.layers);
        let addresses = layers.and_then(|it| it.merged.path(&IP)?.text());
        let takes_ipv6 = addresses.is_some_and(|said| said.starts_with("dualstack"));
        let list = environment.spec.exposure.allow_list.iter();
        let Some(why) = why(list.map(Cidr::network), takes_ipv6) else {
            continue;
        };
        found.push(
            context
                .environment_finding(
                    at,
                    &field,
                    format!("nobody comes in by the allow-list: {why}"),
                )
                .help(HELP)
                .label(context.environment_place(at, &field), "lets nobody in"),
        );
    }
}
