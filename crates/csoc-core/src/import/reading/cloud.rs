//! What environments of a cluster share, and what only the cloud can give: endpoints, certificates, web ACLs.

use std::collections::BTreeMap;

use super::subject::{boolean, string};
use crate::import::draft::Draft;
use crate::import::foreign::{Foreign, ForeignEnvironment};
use crate::import::group::{Place, text};
use crate::import::names::{free_name, object_name};
use crate::model::cloud::SecretName;
use crate::model::name::{KubernetesName, ObjectName};
use crate::model::network::{Cidr, Hostname};
use crate::value::Node;

/// An environment on a cluster, with its place.
type Member<'a> = (&'a ForeignEnvironment, &'a Place);

/// Fills clusters, the references of environments to what they share, and recorded outputs.
pub(super) fn read(draft: &mut Draft, foreign: &Foreign, places: &[Place]) {
    let names: Vec<ObjectName> = draft.clusters.keys().cloned().collect();
    for name in names {
        let members: Vec<Member<'_>> = foreign
            .environments
            .iter()
            .zip(places)
            .filter(|(environment, _)| environment.cluster == name.as_str())
            .filter(|(environment, _)| environment.values.is_some())
            .collect();
        let Some(home) = Home::of(draft, &name) else {
            continue;
        };
        endpoint(draft, foreign, &name, &home);
        search(draft, &name, &members);
        databases(draft, &name, &members);
        balancers(draft, &name, &home, &members);
        subnets(draft, &name, &members);
        for (environment, place) in members {
            certificate(draft, &home, environment, place);
        }
    }
}

/// Where a cluster's stacks are.
struct Home {
    account: String,
    region: String,
}

impl Home {
    fn of(draft: &Draft, cluster: &ObjectName) -> Option<Self> {
        let node = draft.clusters.get(cluster)?;
        let account = draft.accounts.get(text(node, &["account"])?)?;
        let region = text(node, &["region"]).or_else(|| text(account, &["region"]))?;
        Some(Self {
            account: text(account, &["id"])?.to_owned(),
            region: region.to_owned(),
        })
    }

    /// The text of a stack's identifier.
    fn stack(&self, kind: &str, scope: &str) -> String {
        format!("v1/{}/{}/{kind}/{scope}", self.account, self.region)
    }
}

/// Records an output of a stack.
fn record(draft: &mut Draft, stack: String, output: &str, kind: Node, value: Node) {
    let mut node = Node::map();
    node.insert("sensitive", false.into());
    node.insert("type", kind);
    node.insert("value", value);
    draft
        .outputs
        .entry(stack)
        .or_insert_with(Node::map)
        .insert(output, node);
}

/// The endpoint of the cluster itself.
fn endpoint(draft: &mut Draft, foreign: &Foreign, cluster: &ObjectName, home: &Home) {
    let own = foreign
        .clusters
        .iter()
        .find(|known| known.directory == cluster.as_str());
    let url = own
        .and_then(|cluster| cluster.values.as_ref())
        .and_then(|values| string(values.get("eksClusterEndpoint")));
    if let Some(url) = url {
        let stack = home.stack("cluster", &format!("cluster/{cluster}"));
        record(
            draft,
            stack,
            "cluster_endpoint",
            "string".into(),
            url.into(),
        );
    }
}

/// Distinct values with who has each: the most frequent first.
fn shared<'a, T: Ord + Clone>(
    members: &[Member<'a>],
    of: impl Fn(&ForeignEnvironment) -> Option<T>,
) -> Vec<(T, Vec<&'a Place>)> {
    let mut by: BTreeMap<T, Vec<&Place>> = BTreeMap::new();
    for (environment, place) in members {
        if let Some(value) = of(environment) {
            by.entry(value).or_default().push(place);
        }
    }
    let mut all: Vec<_> = by.into_iter().collect();
    all.sort_by_key(|(_, places)| std::cmp::Reverse(places.len()));
    all
}

/// Names shared things: the usual name for the most frequent, one of their own for all others.
struct Naming {
    usual: &'static str,
    taken: Vec<ObjectName>,
}

impl Naming {
    fn next(&mut self, own: &str) -> ObjectName {
        let wanted = if self.taken.is_empty() {
            object_name(self.usual)
        } else {
            object_name(own)
        };
        let name = free_name(&wanted, |name| self.taken.contains(name));
        self.taken.push(name.clone());
        name
    }
}

/// Lets environments say which of several they use; the usual one needs no word.
fn refer(draft: &mut Draft, field: &str, naming: &Naming, name: &ObjectName, places: &[&Place]) {
    if name.as_str() == naming.usual {
        return;
    }
    for place in places {
        if let Some(node) = draft.environments.get_mut(&place.at) {
            node.set(&[field], name.as_str().into());
        }
    }
}

fn search(draft: &mut Draft, cluster: &ObjectName, members: &[Member<'_>]) {
    let endpoint = |environment: &ForeignEnvironment| {
        string(environment.get(&["aws-sigv4-proxy", "esEndpoint"]))
            .filter(|host| Hostname::check(host).is_ok())
            .map(str::to_owned)
    };
    let mut naming = Naming {
        usual: "main",
        taken: Vec::new(),
    };
    for (endpoint, places) in shared(members, endpoint) {
        let label = endpoint.split('.').next().unwrap_or_default();
        let own = label
            .trim_start_matches("vpc-")
            .rsplit_once('-')
            .map_or(label, |(name, _)| name);
        let name = naming.next(own);
        if let Some(node) = draft.clusters.get_mut(cluster) {
            node.set(&["search", name.as_str(), "endpoint"], endpoint.into());
        }
        refer(draft, "search", &naming, &name, &places);
    }
}

fn databases(draft: &mut Draft, cluster: &ObjectName, members: &[Member<'_>]) {
    let secret = |environment: &ForeignEnvironment| {
        string(environment.get(&["global", "postgres", "externalSecret"]))
            .filter(|name| SecretName::check(name).is_ok())
            .map(str::to_owned)
    };
    let mut naming = Naming {
        usual: "main",
        taken: Vec::new(),
    };
    for (secret, places) in shared(members, secret) {
        let name = naming.next(&secret);
        if let Some(node) = draft.clusters.get_mut(cluster) {
            node.set(&["databases", name.as_str(), "masterSecret"], secret.into());
        }
        refer(draft, "database", &naming, &name, &places);
    }
}

/// A load balancer as values show it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Balancer {
    group: Option<String>,
    internal: bool,
    web_acl: Option<String>,
}

impl Balancer {
    fn of(environment: &ForeignEnvironment) -> Self {
        let guarded = boolean(environment.get(&["global", "aws", "wafv2", "enabled"]));
        Self {
            group: string(environment.get(&["revproxy", "ingress", "aws", "group"]))
                .filter(|group| KubernetesName::check(group).is_ok())
                .map(str::to_owned),
            internal: string(environment.get(&["global", "aws", "scheme"])) == Some("internal"),
            web_acl: string(environment.get(&["global", "aws", "wafv2", "wafAclArn"]))
                .filter(|_| guarded == Some(true))
                .map(str::to_owned),
        }
    }
}

fn balancers(draft: &mut Draft, cluster: &ObjectName, home: &Home, members: &[Member<'_>]) {
    let mut naming = Naming {
        usual: "public",
        taken: Vec::new(),
    };
    let mut acls = Node::map();
    for (balancer, places) in shared(members, |environment| Some(Balancer::of(environment))) {
        let own = balancer.group.as_deref().unwrap_or("other");
        let name = naming.next(own);
        let Some(node) = draft.clusters.get_mut(cluster) else {
            return;
        };
        let mut settings = Node::map();
        if let Some(group) = &balancer.group {
            settings.insert("group", group.as_str().into());
        }
        if balancer.internal {
            settings.insert("scheme", "internal".into());
        }
        match &balancer.web_acl {
            Some(arn) => {
                if balancer.internal {
                    settings.insert("webAcl", "managed".into());
                }
                acls.insert(name.as_str(), arn.as_str().into());
            }
            None => {
                settings.insert("webAcl", "none".into());
            }
        }
        node.set(&["loadBalancers", name.as_str()], settings);
        refer(draft, "loadBalancer", &naming, &name, &places);
    }
    if !acls.entries().is_empty() {
        let kind = Node::list(["map".into(), "string".into()]);
        let stack = home.stack("waf", &format!("cluster/{cluster}"));
        record(draft, stack, "web_acl_arns", kind, acls);
    }
}

/// The subnets of databases, which network policies name.
fn subnets(draft: &mut Draft, cluster: &ObjectName, members: &[Member<'_>]) {
    let listed = members.iter().find_map(|(environment, _)| {
        let list = environment.get(&["global", "netPolicy", "dbSubnets"])?;
        let holds = |item: &Node| string(Some(item)).is_some_and(|text| Cidr::check(text).is_ok());
        (!list.items().is_empty() && list.items().iter().all(holds)).then_some(list)
    });
    if let (Some(list), Some(node)) = (listed, draft.clusters.get_mut(cluster)) {
        node.set(&["network", "databaseSubnets"], list.clone());
    }
}

fn certificate(draft: &mut Draft, home: &Home, environment: &ForeignEnvironment, place: &Place) {
    let arn = string(environment.get(&["global", "revproxyArn"]));
    match arn {
        Some(arn) => {
            let scope = format!("environment/{}/{}", place.at.commons, place.at.environment);
            let stack = home.stack("dns", &scope);
            record(draft, stack, "certificate_arn", "string".into(), arn.into());
        }
        None => {
            if let Some(node) = draft.environments.get_mut(&place.at) {
                node.set(&["certificate"], "byo".into());
            }
        }
    }
}
