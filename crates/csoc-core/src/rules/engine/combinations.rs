//! Rules about ways to call gen3-terraform that were tried and fail, each with a code of its own.

use super::subjects;
use crate::diagnostic::Diagnostics;
use crate::network::{MODULE_PREFIX, ipv4, zones};
use crate::rules::context::FleetContext;

/// How many zones the module has room for, and needs.
const ZONES: usize = 3;

/// There is a proxy that the cluster looks up.
pub(super) fn proxy_missing(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in subjects(context) {
        if subject.is("deploy_ha_squid", "false") {
            let message = "without the proxy of `deploy_ha_squid` nothing makes the machines that the cluster looks up, and the apply fails on an index";
            let help = "take it out: it is true";
            subject.say(context, "deploy_ha_squid", message.to_owned(), help, found);
        }
    }
}

/// There is a cluster, and its identity provider.
pub(super) fn cluster_off(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in subjects(context) {
        for variable in ["deploy_eks", "iam-serviceaccount"] {
            if subject.is(variable, "false") {
                let message = format!(
                    "`{variable}` is false, and outputs of the module read what it turns off: no plan gets through"
                );
                subject.say(context, variable, message, "take it out: it is true", found);
            }
        }
    }
}

/// The module does not deploy Gen3.
pub(super) fn gen3_inside(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in subjects(context) {
        if subject.is("deploy_gen3", "true") {
            let message = "`deploy_gen3` makes the module read a file whose path is an address, and a template that is given nothing: no plan gets through";
            let help = "take it out: Argo CD deploys what is rendered in `gitops/`";
            subject.say(context, "deploy_gen3", message.to_owned(), help, found);
        }
    }
}

/// The database's password is kept by the secret manager.
pub(super) fn password_filed(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in subjects(context) {
        if subject.is("secrets_manager_enabled", "false") {
            let message = "without `secrets_manager_enabled` the master password of the database is written to a file beside the root, and to no secret";
            let help = "take it out: it is true, and services find the secret by its name";
            subject.say(
                context,
                "secrets_manager_enabled",
                message.to_owned(),
                help,
                found,
            );
        }
    }
}

/// Subnets of nodes leave room for the others.
pub(super) fn subnets_overlap(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in subjects(context) {
        let is_narrow = subject.is("network_expansion", "false");
        if is_narrow && subject.is("workers_subnet_size", "22") {
            let message = "subnets of nodes of the size 22 overlap with the public ones without `network_expansion`: the plan shows nothing, the apply fails";
            let help = "take `network_expansion` out: it is true";
            subject.say(
                context,
                "network_expansion",
                message.to_owned(),
                help,
                found,
            );
        }
    }
}

/// A network of the size that the module cuts, in as many zones.
pub(super) fn network_unfitting(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in subjects(context) {
        let mut say = |field: &str, message: String, help: String| {
            let path = ["clusters", subject.name, "network", field];
            let finding = context.finding(&path, message).help(help);
            found.push(finding.label(context.place(&path), "this network"));
        };
        let network = &subject.cluster.spec.network;
        let cidr = network.cidr.as_ref();
        let length = cidr.and_then(ipv4).map(|cidr| cidr.prefix_len());
        if let (Some(cidr), Some(length)) = (cidr, length)
            && length != MODULE_PREFIX
        {
            say(
                "cidr",
                format!(
                    "gen3-terraform cuts a network of the length {MODULE_PREFIX} into subnets; `{cidr}` has {length}"
                ),
                format!(
                    "give it a /{MODULE_PREFIX}, or let `csoc network allocate` take one from the pool"
                ),
            );
        }
        let zones = zones(context.fleet, subject.cluster).len();
        if zones != ZONES && subject.cluster.region.is_some() {
            say(
                "zones",
                format!(
                    "gen3-terraform spreads a cluster over {ZONES} zones, and the cluster `{}` has {zones}: with more, its subnets overlap; with fewer, it looks for one that is not there",
                    subject.name
                ),
                format!("name {ZONES} zones"),
            );
        }
    }
}

/// The hub is not somebody else's.
pub(super) fn hub_foreign(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in subjects(context) {
        if subject.is("csoc_peering", "true") {
            let message = "`csoc_peering` changes the network of another account, and this root has no provider for it";
            let help =
                "take it out; accept the peering in the hub's account, and add its route there";
            subject.say(context, "csoc_peering", message.to_owned(), help, found);
        }
        if subject.is("csoc_managed", "true") && subject.module.value("peering_vpc_id").is_none() {
            let message = "`csoc_managed` asks for a peering, and the module's own `peering_vpc_id` is a network of its authors";
            let help = "set `peering_vpc_id` to the network of the hub's cluster, or take `csoc_managed` out";
            subject.say(context, "csoc_managed", message.to_owned(), help, found);
        }
    }
}

/// The version of the database gives the family of its parameters.
pub(super) fn database_family_wrong(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in subjects(context) {
        let version = subject.module.value("cluster_engine_version");
        let Some(version) = version.and_then(crate::value::Node::text) else {
            continue;
        };
        let minor = version.split('.').nth(1).unwrap_or_default();
        if minor.len() < 2 {
            continue;
        }
        let name = subject
            .module
            .database
            .as_ref()
            .map_or("main", |used| used.name.as_str());
        let path = ["clusters", subject.name, "databases", name, "version"];
        let major = version.split('.').next().unwrap_or(version);
        // It takes one digit off behind each dot.
        let wrong = format!("{major}{}", minor.get(1..).unwrap_or_default());
        found.push(
            context
                .finding(
                    &path,
                    format!("gen3-terraform takes the version `{version}` for the family `{wrong}` of parameters, which there is not; its minor must be of one digit"),
                )
                .help(format!("write \"{major}\", which is its newest minor when the database is made, or one such as \"{major}.6\""))
                .label(context.place(&path), "this version"),
        );
    }
}
