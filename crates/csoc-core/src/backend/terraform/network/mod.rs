//! The layer `network`: the VPC of a cluster, its subnets, ways out, joins, and the record of who spoke to whom.
//!
//! The main route table and the default security group are adopted and left empty: what nobody thought of reaches
//! nothing. Subnets of databases stay on that main table; they have no way out.

mod endpoints;
mod joins;
mod logs;
mod routes;
mod subnets;

use super::place::{Place, label};
use super::root::Content;
use crate::hcl::{Block, Body, Expression};
use crate::model::Tier;
use crate::model::cloud::Zone;
use crate::model::cluster::{Egress, FlowLogs};
use crate::model::name::ObjectName;
use crate::model::stack::OutputKind;
use crate::network::{Gateway, GatewaySource, NetworkPlan, Peer, SubnetRole};

/// What a cluster's network is made of.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Network {
    pub(super) place: Place,
    pub(super) cluster: ObjectName,
    /// `{vpc}` in names.
    pub(super) vpc: String,
    pub(super) plan: NetworkPlan,
    pub(super) egress: Egress,
    pub(super) flow_logs: FlowLogs,
    pub(super) boundary: String,
    /// The ARN of the role of its flow logs.
    pub(super) flow_logs_role: String,
    pub(super) peers: Vec<Peer>,
    pub(super) gateway: Option<Gateway>,
    /// Whether shares may leave the organization: there is none.
    pub(super) shares_outside: bool,
}

impl Network {
    /// The layer's content.
    pub(super) fn content(&self) -> Content {
        let mut body = self.vpc();
        body = self.subnets(body);
        body = self.routes(body);
        body = self.endpoints(body);
        body = self.joins(body);
        body = self.logs(body);
        Content {
            main: body,
            outputs: self.outputs(),
        }
    }

    fn vpc(&self) -> Body {
        let tier = self.plan.tier.map_or("none", Tier::as_str);
        let mut vpc = resource("aws_vpc", "cluster")
            .attribute("cidr_block", self.plan.cidr.to_string())
            .attribute("enable_dns_hostnames", true)
            .attribute("enable_dns_support", true)
            .attribute("tags", self.tags("", []));
        if self.plan.tier == Some(Tier::Prod) {
            vpc = vpc.block(Block::unlabelled("lifecycle").attribute("prevent_destroy", true));
        }
        Body::new()
            .comment(format!(
                "Network of cluster {}, whose environments are of tier {tier} at most.",
                self.cluster
            ))
            .blank()
            .block(vpc)
            .block(
                resource("aws_default_security_group", "cluster")
                    .attribute("vpc_id", vpc_id())
                    .attribute("tags", self.tags("closed", [])),
            )
            .block(
                resource("aws_default_route_table", "cluster")
                    .attribute(
                        "default_route_table_id",
                        Expression::reference("aws_vpc.cluster.default_route_table_id"),
                    )
                    .attribute("route", Expression::list::<Expression>([]))
                    .attribute("tags", self.tags("closed", [])),
            )
            .block(
                resource("aws_internet_gateway", "cluster")
                    .attribute("vpc_id", vpc_id())
                    .attribute("tags", self.tags("", [])),
            )
    }

    fn outputs(&self) -> Vec<(OutputKind, Expression)> {
        let ids = |role| {
            let ids = self.labels(role).map(|label| id("aws_subnet", &label));
            super::policy::lines(ids.collect())
        };
        let tables = self
            .labels(SubnetRole::Private)
            .map(|label| id("aws_route_table", &label));
        let mut outputs = vec![
            (OutputKind::VpcId, vpc_id()),
            (OutputKind::PrivateSubnetIds, ids(SubnetRole::Private)),
            (OutputKind::PublicSubnetIds, ids(SubnetRole::Public)),
            (OutputKind::DatabaseSubnetIds, ids(SubnetRole::Database)),
            (OutputKind::NatAddresses, self.nat_addresses()),
            (
                OutputKind::PrivateRouteTableIds,
                super::policy::lines(tables.collect()),
            ),
        ];
        if self.owns_gateway() {
            outputs.push((
                OutputKind::TransitGatewayId,
                Expression::reference("aws_ec2_transit_gateway.cluster.id"),
            ));
        }
        if let Egress::Proxy(proxy) = &self.egress {
            outputs.push((OutputKind::ProxyAddress, endpoints::address(proxy)));
        }
        outputs
    }

    fn owns_gateway(&self) -> bool {
        let source = self.gateway.as_ref().map(|gateway| &gateway.source);
        matches!(source, Some(GatewaySource::Own(_)))
    }

    /// The letter of a zone, or all of its name where it is of another region.
    fn zone_label(&self, zone: &Zone) -> String {
        let letter = zone.as_str().strip_prefix(self.place.region.as_str());
        label(letter.unwrap_or(zone.as_str()))
    }

    /// The labels of the subnets of a role: `private_a`.
    fn labels(&self, role: SubnetRole) -> impl Iterator<Item = String> {
        let zones = self.plan.zones.iter();
        zones.map(move |zone| format!("{}_{}", role.as_str(), self.zone_label(zone)))
    }

    /// Tags with the name of the network, and behind it what this is.
    fn tags<const N: usize>(&self, what: &str, more: [(&str, &str); N]) -> Expression {
        let name = if what.is_empty() {
            self.vpc.clone()
        } else {
            format!("{}-{what}", self.vpc)
        };
        let more = more
            .into_iter()
            .map(|(key, value)| (key.to_owned(), Expression::from(value)));
        Expression::object(
            [("Name".to_owned(), Expression::from(name))]
                .into_iter()
                .chain(more),
        )
    }
}

/// A resource of that type and label.
fn resource(kind: &'static str, label: impl Into<String>) -> Block {
    Block::new("resource", [kind.to_owned(), label.into()])
}

/// The identifier of a resource of that type and label.
fn id(kind: &str, label: &str) -> Expression {
    Expression::reference(&format!("{kind}.{label}.id"))
}

fn vpc_id() -> Expression {
    Expression::reference("aws_vpc.cluster.id")
}
