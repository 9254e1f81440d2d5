//! Networks: what lets whom in.

use super::context::{Said, TerraformContext};
use super::module::{Resource, TerraformModule};
use super::values::{blocks, number, reference_name, texts, word};
use crate::diagnostic::Diagnostics;
use crate::network::is_everyone;
use crate::value::Node;

/// A way into a network.
struct Ingress<'m> {
    resource: &'m Resource<'m>,
    /// The map with its ports.
    values: &'m Node,
    /// Whom it lets in, with places.
    cidrs: Vec<(&'m str, &'m Node)>,
}

/// Which ports a way in has.
#[derive(Clone, Copy)]
enum Ports {
    /// All of all protocols.
    All,
    /// A range.
    Range(i64, i64),
    /// Not decided.
    Unknown,
}

impl Ingress<'_> {
    fn ports(&self) -> Ports {
        let protocol = ["protocol", "ip_protocol"]
            .into_iter()
            .find_map(|name| self.values.get(name));
        let protocol = protocol.and_then(word);
        if matches!(protocol, Some("-1" | "all")) {
            return Ports::All;
        }
        match (
            number(self.values, "from_port"),
            number(self.values, "to_port"),
            protocol,
        ) {
            (_, _, None | Some("icmp" | "icmpv6" | "1" | "58")) => Ports::Unknown,
            (Some(from), Some(to), _) => Ports::Range(from, to),
            _ => Ports::Unknown,
        }
    }

    fn has(&self, port: i64) -> bool {
        match self.ports() {
            Ports::All => true,
            Ports::Range(from, to) => (from..=to).contains(&port),
            Ports::Unknown => false,
        }
    }

    /// Where it lets everyone in.
    fn world(&self) -> Option<&Node> {
        let whole = |it: &&(&str, &Node)| is_everyone([it.0]);
        let (_, at) = match self.cidrs.iter().find(whole) {
            Some(one) => one,
            // Halves that make the whole.
            None if is_everyone(self.cidrs.iter().map(|(cidr, _)| *cidr)) => self.cidrs.first()?,
            None => return None,
        };
        Some(*at)
    }
}

/// All ways in, however they are written.
fn ingresses<'m>(module: &'m TerraformModule<'_>) -> Vec<Ingress<'m>> {
    let mut all = Vec::new();
    let lists = |values: &'m Node| {
        ["cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6"]
            .into_iter()
            .flat_map(move |name| texts(values.get(name)))
            .collect()
    };
    for resource in module.of_any(&["aws_security_group", "aws_default_security_group"]) {
        for values in blocks(&resource.values, "ingress") {
            all.push(Ingress {
                resource,
                values,
                cidrs: lists(values),
            });
        }
    }
    for resource in module.of("aws_security_group_rule") {
        if resource.text("type") == Some("ingress") {
            all.push(Ingress {
                resource,
                values: &resource.values,
                cidrs: lists(&resource.values),
            });
        }
    }
    for resource in module.of("aws_vpc_security_group_ingress_rule") {
        all.push(Ingress {
            resource,
            values: &resource.values,
            cidrs: lists(&resource.values),
        });
    }
    all
}

/// Nobody logs in from the internet.
pub(super) fn ssh_open_world(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for ingress in ingresses(context.module) {
        if let (true, Some(at)) = (ingress.has(22), ingress.world()) {
            context.resource(
                found,
                ingress.resource,
                Some(at),
                Said {
                    message: format!(
                        "`{}` lets the whole internet log in over SSH; it must not",
                        ingress.resource.address()
                    ),
                    label: "everyone",
                    help: "use Session Manager, or name the networks of administrators",
                },
            );
        }
    }
}

/// Only what is meant for everyone is open to everyone.
pub(super) fn ingress_open_world(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for ingress in ingresses(context.module) {
        let is_public = match ingress.ports() {
            Ports::Range(from, to) => from == to && [80, 443].contains(&from),
            Ports::All => false,
            Ports::Unknown => true,
        };
        if let (false, false, Some(at)) = (is_public, ingress.has(22), ingress.world()) {
            context.resource(
                found,
                ingress.resource,
                Some(at),
                Said {
                    message: format!(
                        "`{}` is open to the whole internet; only ports 80 and 443 must be",
                        ingress.resource.address()
                    ),
                    label: "everyone",
                    help: "name the networks that need it, or put a load balancer before it",
                },
            );
        }
    }
}

/// A network lets in what is used.
pub(super) fn ingress_all_protocols(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for ingress in ingresses(context.module) {
        let first = ingress.cidrs.first();
        if let (Ports::All, Some((cidr, at)), None) = (ingress.ports(), first, ingress.world()) {
            context.resource(
                found,
                ingress.resource,
                Some(at),
                Said {
                    message: format!(
                        "`{}` lets `{cidr}` in with every protocol; it must name ports",
                        ingress.resource.address()
                    ),
                    label: "all protocols",
                    help: "name the port that is used, and let a security group in and no network",
                },
            );
        }
    }
}

/// A range of ports is one that something listens on.
pub(super) fn port_range_wide(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    /// How many ports a range of one service has at most.
    const MOST: i64 = 1000;
    for ingress in ingresses(context.module) {
        if let (Ports::Range(from, to), false) = (ingress.ports(), ingress.cidrs.is_empty())
            && to - from >= MOST
        {
            context.resource(found, ingress.resource, ingress.values.get("to_port"), Said {
                message: format!("`{}` opens ports {from} to {to}; a range must be no wider than what listens", ingress.resource.address()),
                label: "ports that nothing listens on",
                help: "name the ports that are used",
            });
        }
    }
}

/// A network keeps who spoke to whom.
pub(super) fn flow_logs_missing(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for vpc in context.module.of("aws_vpc") {
        let logs = context.module.of("aws_flow_log").iter();
        let is_logged = logs
            .filter_map(|log| log.block.body.get("vpc_id"))
            .any(|of| reference_name("aws_vpc", of) == Some(vpc.name));
        if !is_logged {
            context.resource(
                found,
                vpc,
                None,
                Said {
                    message: format!("`{}` has no flow logs; it must have them", vpc.address()),
                    label: "nobody can tell who spoke to whom",
                    help: "add `aws_flow_log` with its `vpc_id`",
                },
            );
        }
    }
}

/// The group that everything falls into lets nothing in.
pub(super) fn default_group_open(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for vpc in context.module.of("aws_vpc") {
        let groups = context.module.of("aws_default_security_group").iter();
        let closed = groups
            .filter_map(|group| group.block.body.get("vpc_id"))
            .any(|of| reference_name("aws_vpc", of) == Some(vpc.name));
        if !closed {
            context.resource(
                found,
                vpc,
                None,
                Said {
                    message: format!(
                        "the default security group of `{}` is left open; it must let nothing in",
                        vpc.address()
                    ),
                    label: "its default group lets its members talk",
                    help: "add `aws_default_security_group` without rules",
                },
            );
        }
    }
}

/// A zone of one's own has a name of one's own.
pub(super) fn private_zone_shadows(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for zone in context.module.of("aws_route53_zone") {
        let Some(at) = zone.get("name") else { continue };
        let name = at.text().unwrap_or_default().trim_end_matches('.');
        let is_private = blocks(&zone.values, "vpc").next().is_some();
        // Only a name of two parts is nobody's subdomain, and so likely somebody else's.
        let is_public = matches!(name.split('.').collect::<Vec<_>>()[..], [first, "io" | "com" | "org" | "net" | "dev"] if !first.contains('$'));
        if is_private && is_public {
            context.resource(found, zone, Some(at), Said {
                message: format!("the private zone `{name}` hides a public domain; it must be below a domain of one's own"),
                label: "somebody else's domain",
                help: "use a subdomain of your own, or one below `internal`",
            });
        }
    }
}
