//! Subnets, with the tags by which load balancers and Karpenter find them.

use super::{Network, resource, vpc_id};
use crate::hcl::Body;
use crate::network::SubnetRole;

impl Network {
    pub(super) fn subnets(&self, body: Body) -> Body {
        SubnetRole::ALL.into_iter().fold(body, |body, role| {
            let what = match role {
                SubnetRole::Private => "Nodes and pods.",
                SubnetRole::Database => "Databases and search: no way out.",
                SubnetRole::Public => {
                    "Load balancers and gateways: nothing gets a public address by itself."
                }
            };
            self.plan.of(role).zip(self.labels(role)).fold(
                body.comment(what).blank(),
                |body, (subnet, label)| {
                    let zone = self.plan.zones.get(subnet.zone);
                    let name = label.replace('_', "-");
                    let tags = match role {
                        SubnetRole::Private => self.tags(
                            &name,
                            [
                                ("karpenter.sh/discovery", self.vpc.as_str()),
                                ("kubernetes.io/role/internal-elb", "1"),
                            ],
                        ),
                        SubnetRole::Public => self.tags(&name, [("kubernetes.io/role/elb", "1")]),
                        SubnetRole::Database => self.tags(&name, []),
                    };
                    body.block(
                        resource("aws_subnet", label)
                            .attribute("vpc_id", vpc_id())
                            .attribute("cidr_block", subnet.cidr.to_string())
                            .attribute("availability_zone", zone.map_or("", |zone| zone.as_str()))
                            .attribute("tags", tags),
                    )
                },
            )
        })
    }
}
