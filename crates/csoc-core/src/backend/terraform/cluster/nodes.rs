//! Nodes: their role, and the groups that EKS keeps.

use super::{Cluster, after, of_cluster, resource, role_arn, roles};
use crate::backend::terraform::place::label;
use crate::backend::terraform::policy::lines;
use crate::backend::terraform::variables::Variable;
use crate::contract::{ClusterRolePurpose, Pool};
use crate::hcl::{Block, Body, Expression};
use crate::model::nodes::{Capacity, Provisioner, TaintEffect};
use crate::model::stack::OutputKind;

impl Cluster {
    pub(super) fn nodes(&self, body: Body) -> Body {
        let body = body
            .comment(match self.provisioner() {
                Provisioner::Managed => "Nodes: groups that EKS keeps.",
                Provisioner::Karpenter => {
                    "Nodes: a small group that Karpenter runs on; it makes the others."
                }
                Provisioner::Auto => "Nodes: EKS makes them.",
            })
            .blank();
        let mut body = self.service_role(body, ClusterRolePurpose::Nodes);
        for pool in &self.groups {
            body = body
                .block(self.launch_template(pool))
                .block(self.group(pool));
        }
        body
    }

    /// The version of each group.
    pub(super) fn node_versions(&self) -> Expression {
        Expression::object(self.groups.iter().map(|pool| {
            let group = format!("aws_eks_node_group.{}.version", label(&pool.name));
            (pool.name.clone(), Expression::reference(&group))
        }))
    }

    /// What each machine of a group is: no session without a token, and an encrypted volume.
    fn launch_template(&self, pool: &Pool) -> Block {
        let name = label(&pool.name);
        let tags = |kind: &'static str| {
            Block::unlabelled("tag_specifications")
                .attribute("resource_type", kind)
                .attribute(
                    "tags",
                    Expression::object([
                        (
                            "Name",
                            Expression::from(format!("{}-{}", self.name, pool.name)),
                        ),
                        ("gen3-cluster", Expression::from(self.name.as_str())),
                    ]),
                )
        };
        resource("aws_launch_template", name)
            .attribute("name", format!("{}-{}", self.name, pool.name))
            .attribute("update_default_version", true)
            .block(
                Block::unlabelled("block_device_mappings")
                    .attribute("device_name", "/dev/xvda")
                    .block(
                        Block::unlabelled("ebs")
                            .comment("The key is the region's default: that of the account's foundation.")
                            .attribute("encrypted", true)
                            .attribute("volume_type", "gp3")
                            .attribute("volume_size", u32::from(pool.volume_gib))
                            .attribute("delete_on_termination", true),
                    ),
            )
            .block(
                Block::unlabelled("metadata_options")
                    .attribute("http_endpoint", "enabled")
                    .attribute("http_tokens", "required")
                    .attribute("http_put_response_hop_limit", 1)
                    .attribute("instance_metadata_tags", "disabled"),
            )
            .block(Block::unlabelled("monitoring").attribute("enabled", true))
            .block(tags("instance"))
            .block(tags("volume"))
    }

    fn group(&self, pool: &Pool) -> Block {
        let name = label(&pool.name);
        let template = |attribute: &str| {
            Expression::reference(&format!("aws_launch_template.{name}.{attribute}"))
        };
        let image = self
            .spec()
            .nodes
            .as_ref()
            .and_then(|nodes| nodes.image.as_ref());
        let capacity = match pool.capacity {
            Capacity::OnDemand => "ON_DEMAND",
            Capacity::Spot | Capacity::Mixed => "SPOT",
        };
        let labels = pool
            .labels
            .iter()
            .map(|(key, value)| (key.clone(), Expression::from(value.as_str())));
        let mut block = resource("aws_eks_node_group", name.as_str())
            .attribute("cluster_name", of_cluster("name"))
            .attribute("node_group_name", pool.name.as_str())
            .attribute("node_role_arn", role_arn(ClusterRolePurpose::Nodes))
            .attribute(
                "subnet_ids",
                Variable::reference(OutputKind::PrivateSubnetIds.as_str()),
            )
            .attribute("version", of_cluster("version"))
            .attribute("ami_type", pool.image())
            .optional("release_version", image.map(ToString::to_string))
            .attribute("capacity_type", capacity)
            .attribute(
                "instance_types",
                lines(pool.machines().into_iter().map(Into::into).collect()),
            )
            .attribute("labels", Expression::object(labels))
            .block(
                Block::unlabelled("scaling_config")
                    .attribute("min_size", u32::from(pool.minimum))
                    .attribute("desired_size", u32::from(pool.minimum))
                    .attribute("max_size", u32::from(pool.maximum)),
            )
            .block(Block::unlabelled("update_config").attribute("max_unavailable", 1))
            .block(
                Block::unlabelled("launch_template")
                    .attribute("id", template("id"))
                    .attribute("version", template("latest_version")),
            );
        for taint in &pool.taints {
            let effect = match taint.effect {
                TaintEffect::NoSchedule => "NO_SCHEDULE",
                TaintEffect::PreferNoSchedule => "PREFER_NO_SCHEDULE",
                TaintEffect::NoExecute => "NO_EXECUTE",
            };
            block = block.block(
                Block::unlabelled("taint")
                    .attribute("key", taint.key.as_str())
                    .optional("value", taint.value.as_ref().map(ToString::to_string))
                    .attribute("effect", effect),
            );
        }
        block = block.block(
            Block::unlabelled("lifecycle")
                .comment("Whatever makes groups grow sets this.")
                .attribute(
                    "ignore_changes",
                    Expression::list([Expression::reference("scaling_config[0].desired_size")]),
                ),
        );
        let mut needs: Vec<String> =
            roles::managed_policies(ClusterRolePurpose::Nodes, self.provisioner())
                .iter()
                .map(|policy| {
                    let label = roles::attachment_label(ClusterRolePurpose::Nodes, policy);
                    format!("aws_iam_role_policy_attachment.{label}")
                })
                .collect();
        // Nodes are ready only with the network of pods, which needs no node itself.
        needs.extend(
            self.addons_before_nodes()
                .map(|addon| format!("aws_eks_addon.{addon}")),
        );
        after(block, &needs)
    }
}
