//! Services that are reached without leaving the network, and the proxy of another account.

use super::{Network, id, resource, vpc_id};
use crate::backend::terraform::policy::lines;
use crate::hcl::{Block, Body, Expression, Part};
use crate::model::cluster::{Egress, Proxy};
use crate::network::SubnetRole;

impl Network {
    pub(super) fn endpoints(&self, body: Body) -> Body {
        let tables = self
            .labels(SubnetRole::Private)
            .map(|label| id("aws_route_table", &label));
        let mut body = body
            .comment("Services that are reached without leaving the network. S3 costs nothing so.")
            .blank()
            .block(
                resource("aws_vpc_endpoint", "s3")
                    .attribute("vpc_id", vpc_id())
                    .attribute("vpc_endpoint_type", "Gateway")
                    .attribute("service_name", self.service("s3"))
                    .attribute("route_table_ids", lines(tables.collect()))
                    .attribute("tags", self.tags("s3", [])),
            );
        if !self.plan.endpoints.is_empty() {
            body = self.group(body, "endpoints", "Endpoints of services of the cloud", 443);
        }
        for endpoint in &self.plan.endpoints {
            let name = endpoint.as_str().replace('.', "-");
            body = body.block(self.interface(
                &super::label(&name),
                &name,
                self.service(endpoint.as_str()),
                "endpoints",
                true,
            ));
        }
        if let Egress::Proxy(proxy) = &self.egress {
            body = self.group(
                body.comment("The only way to the internet.").blank(),
                "proxy",
                "Proxy to the internet",
                proxy.port,
            );
            let service = proxy.service.to_string();
            body = body.block(self.interface("proxy", "proxy", service, "proxy", false));
        }
        body
    }

    fn interface(
        &self,
        label: &str,
        name: &str,
        service: String,
        group: &str,
        takes_name: bool,
    ) -> Block {
        let subnets = self
            .labels(SubnetRole::Private)
            .map(|label| id("aws_subnet", &label));
        resource("aws_vpc_endpoint", label)
            .attribute("vpc_id", vpc_id())
            .attribute("vpc_endpoint_type", "Interface")
            .attribute("service_name", service)
            .attribute("private_dns_enabled", takes_name)
            .attribute("subnet_ids", lines(subnets.collect()))
            .attribute(
                "security_group_ids",
                Expression::list([id("aws_security_group", group)]),
            )
            .attribute("tags", self.tags(name, []))
    }

    /// A security group that lets the network in at one port.
    fn group(&self, body: Body, label: &str, description: &str, port: u16) -> Body {
        body.block(
            resource("aws_security_group", label)
                .attribute("name", format!("{}-{label}", self.vpc))
                .attribute("description", description)
                .attribute("vpc_id", vpc_id())
                .attribute("tags", self.tags(label, [])),
        )
        .block(
            resource("aws_vpc_security_group_ingress_rule", label)
                .attribute("security_group_id", id("aws_security_group", label))
                .attribute("description", "From the network")
                .attribute("ip_protocol", "tcp")
                .attribute("from_port", port)
                .attribute("to_port", port)
                .attribute("cidr_ipv4", self.plan.cidr.to_string()),
        )
    }

    /// The name of a service of the region's own.
    fn service(&self, service: &str) -> String {
        let prefix = match self.place.partition {
            // China's endpoints have the domain turned around, but for storage and a few more.
            "aws-cn" if service != "s3" => "cn.com.amazonaws",
            "aws-eusc" => "eu.amazonaws",
            _ => "com.amazonaws",
        };
        format!("{prefix}.{}.{service}", self.place.region)
    }
}

/// Where a proxy answers.
pub(super) fn address(proxy: &Proxy) -> Expression {
    let host = Expression::reference("aws_vpc_endpoint.proxy.dns_entry[0].dns_name");
    Expression::template([Part::from(host), Part::from(format!(":{}", proxy.port))])
}
