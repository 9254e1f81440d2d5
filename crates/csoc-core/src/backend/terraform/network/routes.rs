//! Gateways and routes: public subnets to the internet, private ones through whatever the fleet says.

use super::{Network, id, resource, vpc_id};
use crate::backend::terraform::policy::lines;
use crate::backend::terraform::root::depends_on;
use crate::hcl::{Body, Expression};
use crate::model::cluster::{Egress, Nat};
use crate::network::SubnetRole;

/// Everywhere.
const INTERNET: &str = "0.0.0.0/0";

impl Network {
    pub(super) fn routes(&self, body: Body) -> Body {
        let mut body = body
            .comment("Ways out of public subnets.")
            .blank()
            .block(
                resource("aws_route_table", "public")
                    .attribute("vpc_id", vpc_id())
                    .attribute("tags", self.tags("public", [])),
            )
            .block(
                resource("aws_route", "public")
                    .attribute("route_table_id", id("aws_route_table", "public"))
                    .attribute("destination_cidr_block", INTERNET)
                    .attribute("gateway_id", id("aws_internet_gateway", "cluster")),
            );
        for label in self.labels(SubnetRole::Public) {
            body = association(body, &label, "public");
        }
        body = self.gateways(body);
        body = body
            .comment("Ways out of private subnets: a table a zone, whoever they lead through.")
            .blank();
        for (zone, label) in self.labels(SubnetRole::Private).enumerate() {
            body = body.block(
                resource("aws_route_table", label.clone())
                    .attribute("vpc_id", vpc_id())
                    .attribute("tags", self.tags(&label.replace('_', "-"), [])),
            );
            body = association(body, &label, &label);
            body = self.way_out(body, zone, &label);
        }
        body
    }

    fn way_out(&self, body: Body, zone: usize, label: &str) -> Body {
        let route = resource("aws_route", label)
            .attribute("route_table_id", id("aws_route_table", label))
            .attribute("destination_cidr_block", INTERNET);
        if let (Egress::Firewall, Some(gateway)) = (&self.egress, self.gateway_id()) {
            return body.block(depends_on(
                route.attribute("transit_gateway_id", gateway),
                "aws_ec2_transit_gateway_vpc_attachment.cluster",
            ));
        }
        let nats = self.nat_labels();
        match nats.get(zone).or_else(|| nats.first()) {
            Some(nat) => body.block(route.attribute("nat_gateway_id", id("aws_nat_gateway", nat))),
            None => body,
        }
    }

    fn gateways(&self, body: Body) -> Body {
        let nats = self.nat_labels();
        let publics: Vec<String> = self.labels(SubnetRole::Public).collect();
        nats.iter().zip(&publics).fold(body, |body, (nat, public)| {
            let name = format!("nat-{}", nat.replace('_', "-"));
            let address = resource("aws_eip", nat.clone())
                .attribute("domain", "vpc")
                .attribute("tags", self.tags(&name, []));
            let gateway = resource("aws_nat_gateway", nat.clone())
                .attribute("allocation_id", id("aws_eip", nat))
                .attribute("subnet_id", id("aws_subnet", public))
                .attribute("tags", self.tags(&name, []));
            body.block(depends_on(address, "aws_internet_gateway.cluster"))
                .block(depends_on(gateway, "aws_internet_gateway.cluster"))
        })
    }

    /// The labels of the NAT gateways: the letters of their zones.
    fn nat_labels(&self) -> Vec<String> {
        let count = match self.plan.nat {
            Nat::Single => 1,
            Nat::PerZone => self.plan.zones.len(),
            Nat::None => 0,
        };
        let zones = self.plan.zones.iter().take(count);
        zones.map(|zone| self.zone_label(zone)).collect()
    }

    /// The addresses of the NAT gateways.
    pub(super) fn nat_addresses(&self) -> Expression {
        let address = |nat: &String| Expression::reference(&format!("aws_eip.{nat}.public_ip"));
        lines(self.nat_labels().iter().map(address).collect())
    }
}

/// The block that puts a subnet onto a table.
fn association(body: Body, subnet: &str, table: &str) -> Body {
    body.block(
        resource("aws_route_table_association", subnet)
            .attribute("subnet_id", id("aws_subnet", subnet))
            .attribute("route_table_id", id("aws_route_table", table)),
    )
}
