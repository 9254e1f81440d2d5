//! Who shares a load balancer of AWS, and what each says of it.

use super::setting::{ANNOTATIONS, Place, WEB_ACL, WEB_ACL_ON};
use crate::contract::{EnvironmentContract, Ingress, LoadBalancerContract, telemetry_group};
use crate::diagnostic::Finding;
use crate::model::cluster::Scheme;
use crate::model::name::ObjectName;
use crate::resolve::EnvironmentRef;
use crate::rules::context::FleetContext;
use crate::span::Span;
use crate::value::{Kind, Node, Origin};

/// The group that an environment's ingress is of.
const GROUP: [&str; 4] = ["revproxy", "ingress", "aws", "group"];
/// The versions of TLS that a load balancer speaks.
const TLS: &str = "alb.ingress.kubernetes.io/ssl-policy";
/// Those of a load balancer that no environment is behind.
const OUR_TLS: &str = "ELBSecurityPolicy-TLS13-1-2-2021-06";

/// Whose ingress it is.
#[derive(Debug, Clone, Copy)]
enum Owner<'a> {
    Environment(&'a EnvironmentRef),
    /// Services of the hub, a cluster's own Argo CD, or what others send telemetry to: the first host of these.
    Service(&'a str),
}

/// Somebody behind a load balancer of AWS, with what its ingress says of that.
pub(super) struct Member<'a> {
    owner: Owner<'a>,
    pub(super) cluster: &'a str,
    /// The load balancer that the fleet calls so; none where it is nobody's to name.
    balancer: Option<&'a str>,
    /// What the model makes, as the chart takes it.
    made: Node,
    /// What the fleet writes over it.
    raw: Option<&'a Node>,
}

/// All of a fleet: what is no environment's comes first.
pub(super) fn members<'a>(context: &FleetContext<'a>) -> Vec<Member<'a>> {
    let contracts = context.contracts;
    let clusters = contracts.clusters.iter();
    let services = clusters.flat_map(|(name, cluster)| {
        let balancers = cluster.load_balancers.iter();
        let entrances = balancers.filter_map(|balancer| of_services(name, balancer));
        entrances.chain(of_telemetry(context, name))
    });
    let environments = context.linked().filter(|(_, environment)| {
        environment.endpoint.ingress == Ingress::Balancer && environment.runs("revproxy")
    });
    let environments = environments.map(|(at, contract)| of_environment(context, at, contract));
    services.chain(environments).collect()
}

/// What all say of a group, a scheme and a web ACL.
fn made(group: &str, scheme: Scheme, web_acl: Option<Node>) -> Node {
    let mut made = Node::map();
    made.set(&GROUP, group.into());
    if scheme == Scheme::Internal {
        made.set(&["global", "aws", "scheme"], "internal".into());
    }
    if let Some(arn) = web_acl {
        made.set(&WEB_ACL_ON, true.into());
        made.set(&WEB_ACL, arn);
    }
    made
}

/// An annotation, as the values of a chart say it.
fn annotate(made: &mut Node, annotation: &str, value: Node) {
    let [one, two, three] = ANNOTATIONS;
    made.set(&[one, two, three, annotation], value);
}

/// The services of the hub, or the cluster's own Argo CD, behind one of the cluster's load balancers.
fn of_services<'a>(
    cluster: &'a ObjectName,
    balancer: &'a LoadBalancerContract,
) -> Option<Member<'a>> {
    let host = balancer.hub_hosts.first()?;
    let web_acl = balancer.web_acl.as_ref();
    let web_acl = web_acl.map(|it| it.arn.clone().into());
    let mut made = made(&balancer.group, balancer.scheme, web_acl);
    let tls = if balancer.hosts.is_empty() {
        OUR_TLS.into()
    } else {
        // Environments say it for all.
        Node {
            kind: Kind::Pending([].into()),
            origin: Origin::default(),
        }
    };
    annotate(&mut made, TLS, tls);
    Some(Member {
        owner: Owner::Service(host.as_str()),
        cluster: cluster.as_str(),
        balancer: Some(balancer.name.as_str()),
        made,
        raw: None,
    })
}

/// What other clusters send telemetry to: a load balancer that nobody else is meant to be behind.
fn of_telemetry<'a>(context: &FleetContext<'a>, cluster: &'a ObjectName) -> Option<Member<'a>> {
    let watch = &context.contracts.watch;
    watch.senders_to(cluster).next()?;
    let host = watch.host(cluster)?;
    let mut made = made(&telemetry_group(cluster), Scheme::InternetFacing, None);
    annotate(&mut made, TLS, OUR_TLS.into());
    Some(Member {
        owner: Owner::Service(host),
        cluster: cluster.as_str(),
        balancer: None,
        made,
        raw: None,
    })
}

fn of_environment<'a>(
    context: &FleetContext<'a>,
    at: &'a EnvironmentRef,
    of: &'a EnvironmentContract,
) -> Member<'a> {
    let endpoint = &of.endpoint;
    let web_acl = endpoint.web_acl.as_ref().map(|arn| arn.clone().into());
    let resolved = context.fleet.environments.get(at);
    Member {
        owner: Owner::Environment(at),
        cluster: of.cluster.as_str(),
        balancer: Some(&endpoint.load_balancer),
        made: made(&endpoint.group, endpoint.scheme, web_acl),
        raw: resolved.and_then(|it| it.layers.merged.get("values")),
    }
}

impl Member<'_> {
    /// What its values say there, as far as the chart takes any.
    pub(super) fn value(&self, path: &[&str]) -> Option<&Node> {
        let raw = self.raw.and_then(|raw| raw.path(path));
        let value = raw.or_else(|| self.made.path(path));
        value.filter(|node| !node.is_null())
    }

    /// How messages call it.
    pub(super) fn name(&self) -> String {
        match self.owner {
            Owner::Environment(at) => format!("`{at}`"),
            Owner::Service(host) => format!("`{host}`"),
        }
    }

    /// Where the fleet says what it says.
    pub(super) fn place(&self, context: &FleetContext<'_>, path: &Place) -> Option<Span> {
        if let Owner::Environment(at) = self.owner
            && self.raw.is_some_and(|raw| raw.path(path).is_some())
        {
            let below: Vec<&str> = ["values"].into_iter().chain(path.iter().copied()).collect();
            return context.environment_place(at, &below);
        }
        let Some(balancer) = self.balancer else {
            return context.place(&["clusters", self.cluster]);
        };
        let mut of_balancer = vec!["clusters", self.cluster, "loadBalancers", balancer];
        match path.last() {
            Some(&"scheme") => of_balancer.push("scheme"),
            _ if path.starts_with(&WEB_ACL[..3]) => of_balancer.push("webAcl"),
            // Where the chart says it, nothing of the fleet does.
            _ => {
                if let Owner::Environment(at) = self.owner {
                    return context.environment_place(at, &["loadBalancer"]);
                }
            }
        }
        context.place(&of_balancer)
    }

    /// A finding about it.
    pub(super) fn finding(&self, context: &FleetContext<'_>, message: String) -> Finding {
        match (self.owner, self.balancer) {
            (Owner::Environment(at), _) => {
                context.environment_finding(at, &["loadBalancer"], message)
            }
            (Owner::Service(_), Some(balancer)) => {
                let path = ["clusters", self.cluster, "loadBalancers", balancer];
                context.finding(&path, message)
            }
            (Owner::Service(_), None) => context.finding(&["clusters", self.cluster], message),
        }
    }
}
