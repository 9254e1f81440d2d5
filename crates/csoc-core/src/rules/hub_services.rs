//! Rules about the services that a fleet is run with: whether they can be reached, by whom, and how people sign in.

use super::allow_lists::{is_written_empty, item_place, list_field, networks};
use super::context::{FleetContext, is_rendered};
use crate::contract::{HubServiceKind, HubServices, LoadBalancerContract, asked_services, choose};
use crate::contract::{hub_cluster, hub_services};
use crate::diagnostic::Diagnostics;
use crate::model::Mode;
use crate::model::cluster::Scheme;
use crate::model::hub::{AdminUser, Hub};
use crate::model::name::ObjectName;
use crate::network::covers;
use crate::resolve::ResolvedCluster;

/// Something asked for, and the key below `hub` that asks.
fn field(kind: HubServiceKind) -> [&'static str; 2] {
    ["hub", kind.as_str()]
}

/// The hub with its services, where they can run.
pub(super) fn running<'a>(context: &FleetContext<'a>) -> Option<(&'a Hub, HubServices)> {
    let hub = context.fleet.spec.hub.as_ref()?;
    Some((hub, hub_services(context.fleet)?))
}

/// The load balancer that the services are behind.
pub(super) fn balancer<'a>(
    context: &FleetContext<'a>,
    services: &HubServices,
) -> Option<&'a LoadBalancerContract> {
    let balancers = &context
        .contracts
        .clusters
        .get(&services.cluster)?
        .load_balancers;
    let names: Vec<&ObjectName> = balancers.iter().map(|it| &it.name).collect();
    let chosen = choose(services.load_balancer.as_ref(), &names, "public")?;
    balancers.iter().find(|it| it.name == *chosen)
}

/// Services run in the hub's cluster, at hosts below its domain.
pub(crate) fn hub_services_unreachable(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let Some(hub) = &context.fleet.spec.hub else {
        return;
    };
    let asked = asked_services(hub);
    let Some((first, _)) = asked.first() else {
        return;
    };
    let services = hub_services(context.fleet);
    let cluster = services
        .as_ref()
        .and_then(|it| context.fleet.cluster(it.cluster.as_str()));
    let is_foreign =
        |cluster: &ResolvedCluster| cluster.spec.management.applications == Mode::External;
    if services.is_some() && !cluster.is_some_and(is_foreign) {
        return;
    }
    let (why, help) = if services.is_some() {
        (
            "applications of the hub's cluster are somebody else's",
            "let them be ours (management: { applications: managed } of the cluster), or take the services out",
        )
    } else if hub.domain.is_none() {
        (
            "the hub has no domain",
            "name the domain that their hosts are below: hub: { domain: csoc.example.org }",
        )
    } else if hub.cluster.is_none() {
        (
            "the hub has no cluster",
            "name the cluster that runs them: hub: { cluster: NAME }",
        )
    } else if hub_cluster(context.fleet).is_none() {
        (
            "the hub's cluster is not one of the hub's account on EKS whose Terraform is ours",
            "let the hub's cluster be one of its own account, or take the services out",
        )
    } else {
        (
            "the hub's cluster is in another region than its account, where their certificate is",
            "say the cluster's region for the hub's account, too",
        )
    };
    let path = field(*first);
    found.push(
        context
            .finding(
                &path,
                format!("the hub's services cannot be reached: {why}"),
            )
            .help(help)
            .label(context.place(&path), "nothing is made for it")
            .label(context.place(&["hub"]), "the hub"),
    );
}

/// Hosts are proved in the hub's zone, and are nobody else's.
pub(crate) fn hub_host_unfitting(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let Some((hub, services)) = running(context) else {
        return;
    };
    let Some(domain) = &hub.domain else {
        return;
    };
    for (at, service) in services.services.iter().enumerate() {
        let path = field(service.kind);
        let host = &service.host;
        let delegated = context.fleet.accounts.iter().find_map(|(name, account)| {
            let other = account.domain.as_ref()?;
            let is_apart = is_rendered(account.management.terraform) && other != domain;
            (is_apart && other.is_within(domain) && host.is_within(other)).then_some((name, other))
        });
        let twin = services.services.iter().take(at);
        let twin = twin.into_iter().find(|other| other.host == *host);
        let environment = context.environment_of(host);
        let (message, help) = if !host.is_within(domain) {
            (
                format!(
                    "`{host}` is not below the hub's domain `{domain}`, so that no certificate can be proved for it"
                ),
                format!("name a host such as `{}.{domain}`", service.kind.as_str()),
            )
        } else if let Some((account, other)) = delegated {
            (
                format!(
                    "`{host}` is in `{other}`, whose zone the account `{account}` holds: the hub can prove no certificate there"
                ),
                "name a host that is directly below the hub's domain".to_owned(),
            )
        } else if let Some(twin) = twin {
            (
                format!(
                    "`{host}` is the host of two services, {} and {}",
                    twin.kind.title(),
                    service.kind.title()
                ),
                "give each service a host of its own".to_owned(),
            )
        } else if let Some(at) = environment {
            (
                format!(
                    "`{host}` is the host of {} and of the environment `{at}`",
                    service.kind.title()
                ),
                "give the service another host".to_owned(),
            )
        } else {
            continue;
        };
        let place = context.place(&[path[0], path[1], "host"]);
        found.push(
            context
                .finding(&path, message)
                .help(help)
                .label(place, "this host")
                .label(context.place(&["hub", "domain"]), "the hub's domain"),
        );
    }
}

/// The load balancer that the fleet names for the hub's services is one of its cluster.
pub(crate) fn hub_load_balancer_unknown(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let Some((_, services)) = running(context) else {
        return;
    };
    let Some(cluster) = context.contracts.clusters.get(&services.cluster) else {
        return;
    };
    if balancer(context, &services).is_some() {
        return;
    }
    let names: Vec<&str> = cluster
        .load_balancers
        .iter()
        .map(|it| it.name.as_str())
        .collect();
    let path = ["hub", "loadBalancer"];
    let message = match &services.load_balancer {
        Some(name) => format!("the hub's cluster has no load balancer `{name}`"),
        None => {
            "the hub's services may be behind several load balancers, and none is called `public`"
                .to_owned()
        }
    };
    found.push(
        context
            .finding(&path, message)
            .help(format!("name one of `{}`", names.join("`, `")))
            .label(context.place(&path), "which load balancer?"),
    );
}

/// What runs a fleet is for those who run it.
pub(crate) fn hub_allow_list_empty(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let Some((hub, services)) = running(context) else {
        return;
    };
    let is_public = balancer(context, &services)
        .is_some_and(|balancer| balancer.scheme == Scheme::InternetFacing);
    for service in &services.services {
        let path = list_field(service.kind);
        let is_open = service.kind.signs_in() && service.kind.allow_list(hub).is_empty();
        if !is_public || !is_open || is_written_empty(context, &path) {
            continue;
        }
        found.push(
            context
                .finding(
                    &path,
                    format!("the whole internet reaches `{}`: the allow-list of {} is empty", service.host, service.kind.title()),
                )
                .help("list the networks of those who use it, with who answers for each: { cidr: 198.51.100.0/24, owner: who@example.org, expires: 2027-03-31 }, or put it behind an internal load balancer")
                .label(context.place(&field(service.kind)), "reached by everyone")
                .label(context.place(&path), "no entry"),
        );
    }
    if let Some(host) = services.host(HubServiceKind::Keycloak)
        && is_public
        && hub.operators.is_empty()
    {
        let path = ["hub", "operators"];
        found.push(
            context
                .finding(
                    &path,
                    format!("the whole internet reaches the administration of Keycloak at `{host}`: the hub names no operators"),
                )
                .help("name the networks of those who run the fleet: hub: { operators: [{ cidr: 198.51.100.0/26, owner: who@example.org, expires: 2027-03-31 }] }")
                .label(context.place(&field(HubServiceKind::Keycloak)), "administered by whoever has the password")
                .label(context.place(&path), "no entry"),
        );
    }
}

/// An allow-list is enforced by a web ACL.
pub(crate) fn hub_allow_list_unenforced(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let Some((hub, services)) = running(context) else {
        return;
    };
    let Some(balancer) = balancer(context, &services).filter(|it| it.web_acl.is_none()) else {
        return;
    };
    let listed = services.services.iter();
    // Those who run the fleet are the list of Keycloak's administration, where the internet would reach it.
    let is_public = balancer.scheme == Scheme::InternetFacing;
    let Some(path) = listed.into_iter().find_map(|service| {
        if !service.kind.allow_list(hub).is_empty() {
            return Some(list_field(service.kind).to_vec());
        }
        let is_guarded = service.kind == HubServiceKind::Keycloak && is_public;
        (is_guarded && !hub.operators.is_empty()).then(|| vec!["hub", "operators"])
    }) else {
        return;
    };
    let place = [
        "clusters",
        services.cluster.as_str(),
        "loadBalancers",
        balancer.name.as_str(),
        "webAcl",
    ];
    found.push(
        context
            .finding(
                &path,
                format!(
                    "nothing enforces the hub's allow-lists: the load balancer `{}` has no web ACL",
                    balancer.name
                ),
            )
            .help("give the load balancer one (webAcl: managed), or name another: hub: { loadBalancer: NAME }")
            .label(context.place(&path), "has no effect")
            .label(context.place(&place), "no web ACL"),
    );
}

/// No list leaves out those who run the fleet: who applies it could not take it back.
pub(crate) fn hub_operators_locked_out(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let Some((hub, services)) = running(context) else {
        return;
    };
    for service in &services.services {
        let list = service.kind.allow_list(hub);
        if list.is_empty() {
            continue;
        }
        let path = list_field(service.kind);
        for (at, operator) in hub.operators.iter().enumerate() {
            if covers(networks(list), operator.cidr.network()) {
                continue;
            }
            let place = item_place(context, &["hub", "operators"], at, "cidr");
            found.push(
                context
                    .finding(
                        &path,
                        format!(
                            "the allow-list of {} leaves out `{}`, from where {} runs the fleet",
                            service.kind.title(),
                            operator.cidr,
                            operator.owner
                        ),
                    )
                    .help("add the network to the list, or take it out of `operators`")
                    .label(context.place(&path), "does not hold it")
                    .label(place, "an operator's network"),
            );
        }
        if hub.operators.is_empty() {
            found.push(
                context
                    .finding(
                        &path,
                        format!("nothing says whom the allow-list of {} must never leave out", service.kind.title()),
                    )
                    .help("name the networks of those who run the fleet: hub: { operators: [{ cidr: 198.51.100.0/26, owner: who@example.org, expires: 2027-03-31 }] }")
                    .label(context.place(&path), "this list"),
            );
            return;
        }
    }
}

/// Somebody vouches for people.
pub(crate) fn hub_sign_in_missing(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let Some((hub, services)) = running(context) else {
        return;
    };
    let portal = hub.portal.is_some();
    let (path, message, help): (&[&str], _, _) = match (&hub.sign_in, &services.sign_in) {
        (Some(_), None) => (
            &["hub", "signIn"],
            "nobody vouches for people: `signIn` names no issuer, and the hub runs no Keycloak",
            "name the organization's issuer: signIn: { issuer: https://… }, or let the hub run one: keycloak: {}",
        ),
        (_, Some(sign_in)) if portal && sign_in.keycloak().is_none() => (
            &["hub", "signIn", "issuer"],
            "the portal knows no other issuer than a realm of Keycloak, whose address ends in `/realms/NAME`",
            "name a realm, or let the hub run Keycloak, or take the portal out",
        ),
        (None, _) if portal => (
            &["hub", "portal"],
            "nobody signs in to the portal: the hub says no `signIn`",
            "add `signIn`, with `keycloak: {}` where the organization has no Keycloak",
        ),
        _ => return,
    };
    found.push(
        context
            .finding(path, message)
            .help(help)
            .label(context.place(path), "nobody can sign in"),
    );
}

/// Whoever is to be told is named.
pub(crate) fn hub_notifications_unaddressed(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let hub = context.fleet.spec.hub.as_ref();
    let argocd = hub.and_then(|hub| hub.argocd.as_ref());
    let Some(told) = argocd.and_then(|argocd| argocd.notifications.as_ref()) else {
        return;
    };
    let mail = told.email.as_ref();
    let path: &[&str] = match mail {
        Some(mail) if mail.to.is_empty() => &["hub", "argocd", "notifications", "email", "to"],
        None if told.slack.is_empty() => &["hub", "argocd", "notifications"],
        _ => return,
    };
    found.push(
        context
            .finding(path, "messages of the hub's Argo CD go to nobody")
            .help("name a channel or an address: notifications: { slack: [fleet-alerts] }, or take it out")
            .label(context.place(path), "nobody is named"),
    );
}

/// Somebody can change Argo CD.
pub(crate) fn hub_admin_missing(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let Some(hub) = &context.fleet.spec.hub else {
        return;
    };
    let Some(argocd) = &hub.argocd else {
        return;
    };
    let groups = hub.sign_in.as_ref().map(|sign_in| &sign_in.groups);
    let has_admins = groups.is_some_and(|groups| !groups.admins.is_empty());
    if argocd.admin_user == AdminUser::Enabled || has_admins {
        return;
    }
    let path = ["hub", "argocd", "adminUser"];
    found.push(
        context
            .finding(
                &path,
                "nobody can change Argo CD: its user `admin` is disabled, and no group is one of admins",
            )
            .help("name a group: signIn: { groups: { admins: [platform] } }, sign in as one of it, and disable the user then")
            .label(context.place(&path), "disabled")
            .label(context.place(&["hub", "signIn"]), "no `groups.admins`"),
    );
}
