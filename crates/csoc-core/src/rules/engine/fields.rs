//! What the model can ask for and gen3-terraform cannot make: said, so that nobody relies on it.

use super::{Subject, subjects};
use crate::diagnostic::Diagnostics;
use crate::model::Mode;
use crate::model::cluster::{Delivery, Egress, Nat, Platform};
use crate::model::control_plane::{EksAddons, EndpointAccess};
use crate::model::data_store::{BackupMode, is_elasticsearch};
use crate::model::nodes::Provisioner;
use crate::rules::context::FleetContext;

/// The pools that the module has groups for.
const POOLS: [&str; 3] = ["default", "jupyter", "workflow"];
/// The major version of the provider `aws` that the module is written for.
const PROVIDER: &str = "5";

/// A field, what it asks for, and what to do instead.
struct Asked {
    path: Vec<String>,
    what: String,
    help: &'static str,
}

/// What is asked for, field by field.
#[derive(Default)]
struct All(Vec<Asked>);

impl All {
    fn add(&mut self, is_asked: bool, path: &[&str], what: &str, help: &'static str) {
        if is_asked {
            self.0.push(Asked {
                path: path.iter().map(|key| (*key).to_owned()).collect(),
                what: what.to_owned(),
                help,
            });
        }
    }
}

/// The module can make what the cluster asks for.
pub(super) fn unfitting(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in subjects(context) {
        let mut all = All::default();
        network(&subject, &mut all);
        cluster(&subject, &mut all);
        stores(&subject, &mut all);
        for asked in all.0 {
            let path: Vec<&str> = ["clusters", subject.name]
                .into_iter()
                .chain(asked.path.iter().map(String::as_str))
                .collect();
            found.push(
                context
                    .finding(
                        &path,
                        format!(
                            "gen3-terraform makes the cluster `{}`, and cannot give it {}",
                            subject.name, asked.what
                        ),
                    )
                    .help(asked.help)
                    .label(context.place(&path), "asked for here"),
            );
        }
    }
    provider(context, found);
}

/// The provider is of the major version that the module is written for.
fn provider(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let versions = context.fleet.spec.terraform.aws_versions();
    let first = versions.trim_start_matches(|first: char| !first.is_ascii_digit());
    let major = first.split('.').next().unwrap_or_default();
    if major == PROVIDER || subjects(context).next().is_none() {
        return;
    }
    let path = ["terraform", "providers", "aws"];
    found.push(
        context
            .finding(
                &path,
                format!("gen3-terraform is written for the provider `aws` {PROVIDER}, and the fleet asks for `{versions}`"),
            )
            .help("write \"~> 5.100\", or let csoc make the cluster")
            .label(context.place(&path), "these versions"),
    );
}

fn network(subject: &Subject<'_>, all: &mut All) {
    let network = &subject.cluster.spec.network;
    let take_out = "take it out, or let csoc make the cluster";
    all.add(
        network.egress != Egress::Nat,
        &["network", "egress"],
        "another way out than its own proxy",
        "take `egress` out",
    );
    all.add(
        matches!(network.nat, Some(Nat::PerZone | Nat::None)),
        &["network", "nat"],
        "any but one gateway, behind its proxy",
        "take `nat` out, or write single",
    );
    all.add(
        !network.peerings.is_empty(),
        &["network", "peerings"],
        "peerings of the model",
        "take them out; `csoc_managed` of its own variables asks for one with the hub",
    );
    let gateway = ["network", "transitGateway"];
    all.add(
        network.transit_gateway.is_some(),
        &gateway,
        "a transit gateway",
        take_out,
    );
    let subnets = ["network", "databaseSubnets"];
    let cut = "take it out: they are the first two parts of thirty-two of the network";
    all.add(
        !network.database_subnets.is_empty(),
        &subnets,
        "subnets of databases elsewhere",
        cut,
    );
}

fn cluster(subject: &Subject<'_>, all: &mut All) {
    let spec = &subject.cluster.spec;
    let take_out = "take it out, or let csoc make the cluster";
    all.add(
        spec.management.terraform == Mode::Adopt,
        &["management", "terraform"],
        "imports of what exists, which would be of the module's inside",
        "move the state into the new root, and say managed",
    );
    all.add(
        spec.platform != Platform::Eks,
        &["platform"],
        "any Kubernetes but EKS",
        "let csoc make the cluster",
    );
    all.add(
        spec.endpoint.access == EndpointAccess::Public,
        &["endpoint"],
        "a public API for some networks only: it opens it to everyone",
        "say access: private, and reach the API from the network or through a tunnel",
    );
    let has_access = !(spec.access.administrators.is_empty() && spec.access.viewers.is_empty());
    all.add(has_access, &["access"], "access by role", take_out);
    all.add(
        spec.eks_addons != EksAddons::default(),
        &["eksAddons"],
        "builds of add-ons",
        take_out,
    );
    all.add(
        spec.deletion_protection == Some(true),
        &["deletionProtection"],
        "protection from being destroyed",
        take_out,
    );
    all.add(
        spec.delivery == Delivery::HubPush,
        &["delivery"],
        "the role that the hub's Argo CD would push as",
        "say spoke-pull: an Argo CD of its own pulls",
    );
    let Some(nodes) = &spec.nodes else {
        return;
    };
    all.add(
        nodes.provisioner == Provisioner::Auto,
        &["nodes", "provisioner"],
        "Auto Mode",
        "say managed or karpenter",
    );
    all.add(
        nodes.image.is_some(),
        &["nodes", "image"],
        "a release of the nodes' image",
        take_out,
    );
    for (name, pool) in &nodes.pools {
        let path = ["nodes", "pools", name.as_str()];
        let is_group = POOLS.contains(&name.as_str());
        all.add(
            !is_group || nodes.provisioner == Provisioner::Karpenter,
            &path,
            "that pool",
            "name `default`, `jupyter` or `workflow` of managed nodes; pools of Karpenter are raw values of its chart: `nodes.values`",
        );
        let is_more = !pool.labels.is_empty() || pool.taints.is_some();
        all.add(
            is_group && is_more,
            &path,
            "labels and taints of nodes",
            "take them out: its groups have their own",
        );
        let is_sized =
            name.as_str() == "default" && (pool.minimum.is_some() || pool.maximum.is_some());
        all.add(
            is_sized,
            &path,
            "numbers of nodes of its first group",
            "take `minimum` and `maximum` out: they are in the module",
        );
    }
}

fn stores(subject: &Subject<'_>, all: &mut All) {
    let spec = &subject.cluster.spec;
    all.add(
        spec.databases.len() > 1,
        &["databases"],
        "more than one database cluster",
        "keep one",
    );
    let secret = format!("{}-aurora-master-password", subject.contract.vpc);
    for (name, database) in &spec.databases {
        let name = name.as_str();
        let take_out = "take it out, or let csoc make the cluster";
        let is_named = database.master_secret.as_ref();
        all.add(
            is_named.is_some_and(|named| named.as_str() != secret),
            &["databases", name, "masterSecret"],
            &format!("another name of the master secret than `{secret}`"),
            "take it out",
        );
        let is_more = database.instances.is_some_and(|count| count > 1);
        all.add(
            is_more,
            &["databases", name, "instances"],
            "a second instance",
            take_out,
        );
        let is_kept = database.deletion_protection == Some(true);
        let path = ["databases", name, "deletionProtection"];
        all.add(is_kept, &path, "protection from being deleted", take_out);
        let path = ["databases", name, "passwordVersion"];
        all.add(
            database.password_version.is_some(),
            &path,
            "a new password by number",
            take_out,
        );
    }
    if let Some(contract) = subject.contract.databases.first() {
        let prefix = format!("{}-", subject.contract.vpc);
        all.add(
            !contract.identifier.starts_with(&prefix),
            &["naming"],
            &format!("a database whose name does not begin with `{prefix}`"),
            "let the rule `database-cluster` begin with \"{vpc}-\"",
        );
    }
    all.add(
        spec.backup.mode == Some(BackupMode::Daily),
        &["backup"],
        "backups in a vault",
        "take it out, or let csoc make the cluster",
    );
    all.add(
        spec.search.len() > 1,
        &["search"],
        "more than one search domain",
        "keep one",
    );
    for (name, search) in &spec.search {
        let version = search.version.as_ref();
        let is_open = version.is_some_and(|version| !is_elasticsearch(version.as_str()));
        all.add(
            is_open,
            &["search", name.as_str(), "version"],
            "OpenSearch: it knows Elasticsearch up to 7.10",
            "write \"7.10\"",
        );
    }
}
