//! Joins to other networks: peerings, and the transit gateway.

use super::{Network, id, resource, vpc_id};
use crate::backend::terraform::policy::lines;
use crate::backend::terraform::root::depends_on;
use crate::backend::terraform::variables::Variable;
use crate::hcl::{Block, Body, Expression};
use crate::model::cloud::AccountId;
use crate::model::stack::OutputKind;
use crate::network::{GatewaySource, Peer, PeerTarget, SubnetRole};

/// The attachment that everything through the transit gateway needs.
const ATTACHMENT: &str = "aws_ec2_transit_gateway_vpc_attachment.cluster";

impl Network {
    pub(super) fn joins(&self, body: Body) -> Body {
        let body = self
            .peers
            .iter()
            .fold(body, |body, peer| self.peer(body, peer));
        self.transit(body)
    }

    fn peer(&self, body: Body, peer: &Peer) -> Body {
        let label = super::label(peer.name.as_str());
        let connection = Expression::reference(&format!("aws_vpc_peering_connection.{label}.id"));
        let request =
            resource("aws_vpc_peering_connection", label.clone()).attribute("vpc_id", vpc_id());
        let name = format!("to-{}", peer.name);
        let (comment, request) = match &peer.target {
            PeerTarget::Fleet(_) => (
                format!("Joined to {}: routes on both sides.", peer.name),
                request
                    .attribute(
                        "peer_vpc_id",
                        Variable::reference(&peer_variable(peer, OutputKind::VpcId)),
                    )
                    .attribute("auto_accept", true)
                    .attribute("tags", self.tags(&name, []))
                    .block(resolves("accepter"))
                    .block(resolves("requester")),
            ),
            PeerTarget::Foreign {
                vpc,
                account,
                region,
            } => (
                format!(
                    "Joined to {}, once its owner has accepted and made the routes back.",
                    peer.name
                ),
                request
                    .attribute("peer_vpc_id", vpc.as_str())
                    .attribute("peer_owner_id", account.as_str())
                    .attribute("peer_region", region.as_str())
                    .attribute("tags", self.tags(&name, [])),
            ),
        };
        let mut body = body.comment(comment).blank().block(request);
        let cidrs: Vec<String> = peer.cidrs.iter().map(ToString::to_string).collect();
        for table in self.labels(SubnetRole::Private) {
            let route = several(&format!("{table}_{label}"), &cidrs);
            body = body.block(
                route
                    .attribute("route_table_id", id("aws_route_table", &table))
                    .attribute("destination_cidr_block", each())
                    .attribute("vpc_peering_connection_id", connection.clone()),
            );
        }
        if let PeerTarget::Fleet(_) = peer.target {
            let tables =
                Variable::reference(&peer_variable(peer, OutputKind::PrivateRouteTableIds));
            let back = for_each(
                resource("aws_route", format!("{label}_back")),
                Expression::call("toset", [tables]),
            );
            body = body.block(
                back.attribute("route_table_id", each())
                    .attribute("destination_cidr_block", self.plan.cidr.to_string())
                    .attribute("vpc_peering_connection_id", connection),
            );
        }
        body
    }

    fn transit(&self, body: Body) -> Body {
        let (Some(gateway), Some(gateway_id)) = (&self.gateway, self.gateway_id()) else {
            return body;
        };
        let mut body = body
            .comment("The transit gateway, and what is behind it.")
            .blank();
        if let GatewaySource::Own(accounts) = &gateway.source {
            body = self.own(body, accounts);
        }
        let subnets = self
            .labels(SubnetRole::Private)
            .map(|label| id("aws_subnet", &label));
        body = body.block(
            resource("aws_ec2_transit_gateway_vpc_attachment", "cluster")
                .attribute("transit_gateway_id", gateway_id.clone())
                .attribute("vpc_id", vpc_id())
                .attribute("subnet_ids", lines(subnets.collect()))
                .attribute("tags", self.tags("", [])),
        );
        let cidrs: Vec<String> = gateway.routes.iter().map(ToString::to_string).collect();
        if cidrs.is_empty() {
            return body;
        }
        for table in self.labels(SubnetRole::Private) {
            let route = several(&format!("{table}_transit"), &cidrs)
                .attribute("route_table_id", id("aws_route_table", &table))
                .attribute("destination_cidr_block", each())
                .attribute("transit_gateway_id", gateway_id.clone());
            body = body.block(depends_on(route, ATTACHMENT));
        }
        body
    }

    /// A transit gateway of one's own, shared with exactly the accounts that use it.
    fn own(&self, body: Body, accounts: &[AccountId]) -> Body {
        let mut body = body.block(
            resource("aws_ec2_transit_gateway", "cluster")
                .attribute("description", format!("Joins networks to {}", self.vpc))
                // Only the accounts that it is shared with can attach anything.
                .attribute("auto_accept_shared_attachments", "enable")
                .attribute("tags", self.tags("", [])),
        );
        if accounts.is_empty() {
            return body;
        }
        let share = Expression::reference("aws_ram_resource_share.transit.arn");
        body = body
            .block(
                resource("aws_ram_resource_share", "transit")
                    .attribute("name", format!("{}-transit", self.vpc))
                    .attribute("allow_external_principals", self.shares_outside)
                    .attribute("tags", self.tags("transit", [])),
            )
            .block(
                resource("aws_ram_resource_association", "transit")
                    .attribute(
                        "resource_arn",
                        Expression::reference("aws_ec2_transit_gateway.cluster.arn"),
                    )
                    .attribute("resource_share_arn", share.clone()),
            );
        let accounts = Expression::list(accounts.iter().map(AccountId::as_str));
        body.block(
            for_each(
                resource("aws_ram_principal_association", "transit"),
                Expression::call("toset", [accounts]),
            )
            .attribute("principal", each())
            .attribute("resource_share_arn", share),
        )
    }

    /// The identifier of the transit gateway.
    pub(super) fn gateway_id(&self) -> Option<Expression> {
        Some(match &self.gateway.as_ref()?.source {
            GatewaySource::Own(_) => Expression::reference("aws_ec2_transit_gateway.cluster.id"),
            GatewaySource::Output(_) => Variable::reference(OutputKind::TransitGatewayId.as_str()),
            GatewaySource::Id(id) => id.as_str().into(),
        })
    }
}

/// A route for each of several networks.
fn several(label: &str, cidrs: &[String]) -> Block {
    let cidrs = Expression::list(cidrs.iter().map(String::as_str));
    for_each(
        resource("aws_route", label),
        Expression::call("toset", [cidrs]),
    )
}

/// The variable of a root that holds an output of the stack of a peer.
pub(crate) fn peer_variable(peer: &Peer, kind: OutputKind) -> String {
    format!("{}_{}", super::label(peer.name.as_str()), kind.as_str())
}

fn for_each(mut block: Block, values: Expression) -> Block {
    block = block.attribute("for_each", values);
    block.body.push(crate::hcl::Item::Blank);
    block
}

fn each() -> Expression {
    Expression::reference("each.value")
}

/// Names of one side are resolved to private addresses on the other.
fn resolves(side: &'static str) -> Block {
    Block::unlabelled(side).attribute("allow_remote_vpc_dns_resolution", true)
}
