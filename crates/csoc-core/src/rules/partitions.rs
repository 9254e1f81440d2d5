//! The rule that what one object takes from another is of one partition: accounts, roles and ARNs of one do not exist in another.

use super::context::{FleetContext, is_rendered};
use super::pushing::{hub, pushed};
use crate::catalog::Regions;
use crate::contract::Login;
use crate::diagnostic::Diagnostics;
use crate::model::cloud::{Arn, Region};
use crate::model::cluster::Peering;
use crate::model::name::ObjectName;
use crate::model::{Account, Provider};
use crate::resolve::{EnvironmentRef, ResolvedFleet};
use crate::span::Span;
use crate::value::{Kind, Node};

/// Fields below which people write what they like: values of charts and variables of modules.
const FREE: [&str; 2] = ["values", "variables"];

/// What an object must be of, and what says so.
#[derive(Clone)]
struct Home<'a> {
    partition: &'static str,
    /// Where that is written.
    path: Vec<&'a str>,
    /// Whose it is, as people say it.
    whose: String,
}

/// Something that an object names or is in.
struct Taken<'a> {
    /// The field.
    path: Vec<&'a str>,
    /// The environment that has the field, where it is one's.
    of: Option<&'a EnvironmentRef>,
    /// Where it stands, where that is not the field's own place.
    span: Option<Span>,
    /// As it is written.
    text: &'a str,
    partition: &'static str,
    help: &'static str,
}

const REGION: &str =
    "an account has regions of one partition only: name another region or another account";
const STATE: &str = "name a region and a bucket of that partition: neither Terraform's roles nor `bootstrap` reach another";
const MEMBER: &str = "no role of one partition is trusted in another: keep a fleet for each partition, with a hub of its own";
const ARN: &str = "name one of that partition";

/// Whatever one object takes from another is of the same partition.
pub(crate) fn partition_mismatch(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let mut compare = |taken: Taken<'_>, home: &Home<'_>| {
        if taken.partition == home.partition {
            return;
        }
        let message = format!(
            "`{}` is of the partition `{}`, but {} is of `{}`",
            taken.text, taken.partition, home.whose, home.partition
        );
        let (finding, place) = match taken.of {
            Some(at) => (
                context.environment_finding(at, &taken.path, message),
                context.environment_place(at, &taken.path),
            ),
            None => (
                context.finding(&taken.path, message),
                context.place(&taken.path),
            ),
        };
        found.push(
            finding
                .help(taken.help)
                .label(taken.span.or(place), format!("of `{}`", taken.partition))
                .label(
                    context.place(&home.path),
                    format!("{}, of `{}`", home.whose, home.partition),
                ),
        );
    };
    accounts(context, &mut compare);
    clusters(context, &mut compare);
    shared(context, &mut compare);
    for (at, environment) in context.environments() {
        let home = cluster_home(context.fleet, &environment.spec.cluster);
        if let Some(home) = home {
            let root = &environment.layers.merged;
            each_arn(root, &mut Vec::new(), &mut |path, node, text| {
                compare(arn(path, node, text, Some(at)), &home);
            });
        }
    }
}

/// Accounts against the one that the fleet is run from, and what they name against them.
fn accounts<'a>(context: &FleetContext<'a>, compare: &mut impl FnMut(Taken<'_>, &Home<'a>)) {
    let fleet = context.fleet;
    let state = fleet.spec.terraform.state.as_ref();
    let center = center(context);
    if let (Some(state), Some(center)) = (state, &center) {
        compare(
            region(vec!["terraform", "state", "region"], &state.region, STATE),
            center,
        );
    }
    // Without one to be run from, state is what all accounts have in common.
    let common = center.or_else(|| {
        let state = state?;
        Some(Home {
            partition: ResolvedFleet::partition(&state.region),
            path: vec!["terraform", "state", "region"],
            whose: "Terraform's state".to_owned(),
        })
    });
    for (name, account) in ours(fleet) {
        if let Some(common) = &common {
            let path = vec!["accounts", name.as_str(), "region"];
            compare(region(path, &account.region, MEMBER), common);
        }
    }
    for (name, _) in all(fleet) {
        if let Some(home) = account_home(fleet, name) {
            below(fleet, vec!["accounts", name.as_str()], &home, compare);
        }
    }
}

/// Clusters against their accounts, and what they name and what is told to speak to them against themselves.
fn clusters<'a>(context: &FleetContext<'a>, compare: &mut impl FnMut(Taken<'_>, &Home<'a>)) {
    let fleet = context.fleet;
    for (named, cluster) in &fleet.clusters {
        let name = named.as_str();
        if let (Some(own), Some(home)) = (
            &cluster.spec.region,
            account_home(fleet, &cluster.spec.account),
        ) {
            compare(region(vec!["clusters", name, "region"], own, REGION), &home);
        }
        let Some(home) = cluster_home(fleet, named) else {
            continue;
        };
        below(fleet, vec!["clusters", name], &home, compare);
        for (peer, peering) in &cluster.spec.network.peerings {
            if let Peering::Vpc(other) = peering
                && let Some(there) = &other.region
            {
                let path = vec!["clusters", name, "network", "peerings", peer.as_str()];
                let help = "networks of two partitions cannot be joined by a peering: leave it out";
                compare(region(path, there, help), &home);
            }
        }
    }
    // Whoever pushes becomes a role of the cluster.
    let Some((_, pusher)) = hub(context) else {
        return;
    };
    let Some(pusher) = &pusher.region else {
        return;
    };
    let from = Home {
        partition: ResolvedFleet::partition(pusher),
        path: vec!["hub", "cluster"],
        whose: "the hub's cluster".to_owned(),
    };
    for (name, cluster) in pushed(context) {
        // What is of an account that is ours is compared with the hub's account.
        let account = fleet.account(cluster.spec.account.as_str());
        let is_compared = account.is_some_and(|account| is_rendered(account.management.terraform));
        let is_role = matches!(context.contracts.login(name), Some(Login::Role(_)));
        if let (Some(own), true, false) = (&cluster.region, is_role, is_compared) {
            let path = vec!["clusters", name.as_str(), "delivery"];
            let help = "no role of one partition is trusted in another: let the cluster pull (delivery: spoke-pull)";
            compare(region(path, own, help), &from);
        }
    }
}

/// What the fleet as a whole names: its hub, its state, its organization.
fn shared<'a>(context: &FleetContext<'a>, compare: &mut impl FnMut(Taken<'_>, &Home<'a>)) {
    let fleet = context.fleet;
    if let Some(hub) = &fleet.spec.hub
        && let Some(home) = account_home(fleet, &hub.account)
    {
        below(fleet, vec!["hub"], &home, compare);
        let cluster = hub.cluster.as_ref();
        let cluster = cluster.and_then(|name| fleet.clusters.get(name)?.region.as_ref());
        if let Some(there) = cluster {
            let help = "name a cluster of that partition, or another account";
            compare(region(vec!["hub", "cluster"], there, help), &home);
        }
    }
    if let Some(home) = center(context) {
        below(fleet, vec!["terraform", "state"], &home, compare);
    }
    let organization = fleet.spec.organization.as_ref();
    let guardrails = organization.and_then(|organization| organization.guardrails.as_ref());
    if let Some(guardrails) = guardrails
        && let Some(home) = account_home(fleet, &guardrails.account)
    {
        for there in &guardrails.regions {
            let path = vec!["organization", "guardrails", "regions"];
            let help = "leave it out: an organization is of one partition";
            compare(region(path, there, help), &home);
        }
    }
}

/// The accounts of AWS.
fn all(fleet: &ResolvedFleet) -> impl Iterator<Item = (&ObjectName, &Account)> {
    let accounts = fleet.accounts.iter();
    accounts.filter(|(_, account)| account.provider == Provider::Aws)
}

/// Those whose Terraform is ours.
fn ours(fleet: &ResolvedFleet) -> impl Iterator<Item = (&ObjectName, &Account)> {
    all(fleet).filter(|(_, account)| is_rendered(account.management.terraform))
}

/// What the fleet is run from: the hub's account, or the only one.
fn center<'a>(context: &FleetContext<'a>) -> Option<Home<'a>> {
    let fleet = context.fleet;
    if let Some(hub) = &fleet.spec.hub {
        let home = account_home(fleet, &hub.account)?;
        return Some(Home {
            whose: "the hub's account".to_owned(),
            ..home
        });
    }
    let mut ours = ours(fleet);
    let (name, _) = ours.next()?;
    ours.next()
        .is_none()
        .then(|| account_home(fleet, name))
        .flatten()
}

fn account_home<'a>(fleet: &'a ResolvedFleet, name: &'a ObjectName) -> Option<Home<'a>> {
    let account = fleet.accounts.get(name)?;
    (account.provider == Provider::Aws).then(|| Home {
        partition: ResolvedFleet::partition(&account.region),
        path: vec!["accounts", name.as_str(), "region"],
        whose: "the account".to_owned(),
    })
}

fn cluster_home<'a>(fleet: &'a ResolvedFleet, name: &ObjectName) -> Option<Home<'a>> {
    let (name, cluster) = fleet.clusters.get_key_value(name)?;
    let account = account_home(fleet, &cluster.spec.account)?;
    let own = cluster.spec.region.as_ref();
    Some(match own {
        Some(region) => Home {
            partition: ResolvedFleet::partition(region),
            path: vec!["clusters", name.as_str(), "region"],
            whose: "the cluster".to_owned(),
        },
        None => account,
    })
}

fn region<'t>(path: Vec<&'t str>, region: &'t Region, help: &'static str) -> Taken<'t> {
    Taken {
        path,
        of: None,
        span: None,
        text: region.as_str(),
        partition: ResolvedFleet::partition(region),
        help,
    }
}

fn arn<'t>(
    path: &[&'t str],
    node: &Node,
    text: &'t str,
    of: Option<&'t EnvironmentRef>,
) -> Taken<'t> {
    Taken {
        path: path.to_vec(),
        of,
        span: node.span(),
        text,
        partition: Regions::partition_of(text),
        help: ARN,
    }
}

/// Every ARN below an object, against what the object is of.
fn below<'a>(
    fleet: &'a ResolvedFleet,
    mut path: Vec<&'a str>,
    home: &Home<'a>,
    compare: &mut impl FnMut(Taken<'_>, &Home<'a>),
) {
    if let Some(root) = fleet.root.path(&path) {
        each_arn(root, &mut path, &mut |path, node, text| {
            compare(arn(path, node, text, None), home);
        });
    }
}

/// Every ARN below a value, with the keys that lead to it; one in a list has those of the list.
fn each_arn<'n>(
    node: &'n Node,
    path: &mut Vec<&'n str>,
    say: &mut impl FnMut(&[&'n str], &'n Node, &'n str),
) {
    match &node.kind {
        Kind::Map(_) => {
            for entry in node.entries() {
                if FREE.contains(&entry.key.as_str()) {
                    continue;
                }
                path.push(entry.key.as_str());
                each_arn(&entry.node, path, say);
                path.pop();
            }
        }
        Kind::List(items) => {
            for item in items {
                each_arn(item, path, say);
            }
        }
        Kind::Scalar(_) | Kind::Pending(_) => {
            if let Some(text) = node.text()
                && text.starts_with("arn:")
                && Arn::check(text).is_ok()
            {
                say(path, node, text);
            }
        }
    }
}
