//! Karpenter: the queue that tells it of machines that go, what its nodes are, and what it may do.

use super::{Cluster, of_cluster, resource};
use crate::backend::terraform::policy::{Statement, deny_plain_http, document, json};
use crate::contract::{ClusterRolePurpose, EksContract};
use crate::hcl::{Body, Expression};

/// The tag that Karpenter finds subnets and security groups by.
const DISCOVERY: &str = "karpenter.sh/discovery";

impl Cluster {
    pub(super) fn karpenter(&self, body: Body) -> Body {
        let Some(queue) = &self.eks.queue else {
            return body;
        };
        let rule = self.place.arn("events", &format!("rule/{queue}"));
        let arn = self.place.arn("sqs", queue);
        let sends = Statement::allow("Events")
            .actions(["sqs:SendMessage"])
            .on([arn.as_str()])
            .principals("Service", ["events.amazonaws.com"])
            .when(
                "StringEquals",
                "aws:SourceAccount",
                [self.place.account.as_str()],
            )
            .when("ArnEquals", "aws:SourceArn", [rule]);
        let pattern = Expression::object([
            ("source", Expression::list(["aws.ec2", "aws.health"])),
            (
                "detail-type",
                super::super::policy::lines(
                    [
                        "AWS Health Event",
                        "EC2 Instance Rebalance Recommendation",
                        "EC2 Instance State-change Notification",
                        "EC2 Spot Instance Interruption Warning",
                    ]
                    .map(Into::into)
                    .to_vec(),
                ),
            ),
        ]);
        let queue_of = |attribute: &str| {
            Expression::reference(&format!("aws_sqs_queue.karpenter.{attribute}"))
        };
        let body = body
            .comment("Karpenter, which Argo CD installs: its chart knows the roles by these names.")
            .blank()
            .block(
                resource("aws_ec2_tag", "karpenter_discovery")
                    .attribute(
                        "resource_id",
                        of_cluster("vpc_config[0].cluster_security_group_id"),
                    )
                    .attribute("key", DISCOVERY)
                    .attribute("value", self.vpc.as_str()),
            )
            .block(
                resource("aws_iam_instance_profile", "nodes")
                    .attribute("name", EksContract::node_profile(&self.name))
                    .attribute("path", "/gen3/")
                    .attribute("role", Expression::reference("aws_iam_role.nodes.name")),
            )
            .comment("Machines that are about to go.")
            .blank()
            .block(
                resource("aws_sqs_queue", "karpenter")
                    .attribute("name", queue.as_str())
                    .attribute("sqs_managed_sse_enabled", true)
                    .attribute("message_retention_seconds", 300),
            )
            .block(document(
                "queue_karpenter",
                [sends, deny_plain_http("sqs:*", [arn])],
            ))
            .block(
                resource("aws_sqs_queue_policy", "karpenter")
                    .attribute("queue_url", queue_of("id"))
                    .attribute("policy", json("queue_karpenter")),
            )
            .block(
                resource("aws_cloudwatch_event_rule", "karpenter")
                    .attribute("name", queue.as_str())
                    .attribute(
                        "description",
                        "Machines that are about to go, for Karpenter",
                    )
                    .attribute("event_pattern", Expression::call("jsonencode", [pattern])),
            )
            .block(
                resource("aws_cloudwatch_event_target", "karpenter")
                    .attribute(
                        "rule",
                        Expression::reference("aws_cloudwatch_event_rule.karpenter.name"),
                    )
                    .attribute("target_id", "karpenter")
                    .attribute("arn", queue_of("arn")),
            );
        let purpose = ClusterRolePurpose::Karpenter;
        self.pod_role(body, purpose, self.controller(purpose))
    }

    /// Machines with the tags of this cluster, and nothing else.
    pub(super) fn karpenter_policy(&self) -> Vec<Statement> {
        let name = self.name.as_str();
        let owned = format!("kubernetes.io/cluster/{name}");
        let (requested, tagged) = (
            format!("aws:RequestTag/{owned}"),
            format!("aws:ResourceTag/{owned}"),
        );
        let ec2 = |kinds: &[&str]| -> Vec<String> {
            kinds
                .iter()
                .map(|kind| self.place.arn("ec2", &format!("{kind}/*")))
                .collect()
        };
        let unowned = |kind: &str| {
            format!(
                "arn:{}:ec2:{}::{kind}/*",
                self.place.partition, self.place.region
            )
        };
        let made = [
            "fleet",
            "instance",
            "launch-template",
            "network-interface",
            "spot-instances-request",
            "volume",
        ];
        let mut sources = vec![unowned("image"), unowned("snapshot")];
        sources.extend(ec2(&["security-group", "subnet"]));
        let creating = [
            "ec2:CreateFleet",
            "ec2:CreateLaunchTemplate",
            "ec2:RunInstances",
        ];
        let mut statements = vec![
            Statement::allow("UseImagesAndNetworks")
                .actions(["ec2:CreateFleet", "ec2:RunInstances"])
                .on(sources),
            Statement::allow("UseOwnLaunchTemplates")
                .actions(["ec2:CreateFleet", "ec2:RunInstances"])
                .on(ec2(&["launch-template"]))
                .when("StringEquals", tagged.as_str(), ["owned"]),
            Statement::allow("MakeMachines")
                .actions(creating)
                .on(ec2(&made))
                .when("StringEquals", requested.as_str(), ["owned"])
                .when("StringLike", "aws:RequestTag/karpenter.sh/nodepool", ["*"]),
            Statement::allow("TagNewMachines")
                .actions(["ec2:CreateTags"])
                .on(ec2(&made))
                .when(
                    "StringEquals",
                    "ec2:CreateAction",
                    ["CreateFleet", "CreateLaunchTemplate", "RunInstances"],
                )
                .when("StringEquals", requested.as_str(), ["owned"]),
            Statement::allow("TagMachines")
                .actions(["ec2:CreateTags"])
                .on(ec2(&["instance"]))
                .when("StringEquals", tagged.as_str(), ["owned"])
                .when("StringLike", "aws:ResourceTag/karpenter.sh/nodepool", ["*"]),
            Statement::allow("RemoveMachines")
                .actions(["ec2:DeleteLaunchTemplate", "ec2:TerminateInstances"])
                .on(ec2(&["instance", "launch-template"]))
                .when("StringEquals", tagged.as_str(), ["owned"])
                .when("StringLike", "aws:ResourceTag/karpenter.sh/nodepool", ["*"]),
            Statement::allow("ReadMachines")
                .actions([
                    "ec2:DescribeAvailabilityZones",
                    "ec2:DescribeCapacityReservations",
                    "ec2:DescribeImages",
                    "ec2:DescribeInstanceStatus",
                    "ec2:DescribeInstanceTypeOfferings",
                    "ec2:DescribeInstanceTypes",
                    "ec2:DescribeInstances",
                    "ec2:DescribeLaunchTemplates",
                    "ec2:DescribePlacementGroups",
                    "ec2:DescribeSecurityGroups",
                    "ec2:DescribeSpotPriceHistory",
                    "ec2:DescribeSubnets",
                ])
                .anywhere()
                .when(
                    "StringEquals",
                    "aws:RequestedRegion",
                    [self.place.region.as_str()],
                ),
            Statement::allow("ReadImagesOfEks")
                .actions(["ssm:GetParameter"])
                .on([format!(
                    "arn:{}:ssm:{}::parameter/aws/service/*",
                    self.place.partition, self.place.region
                )]),
            Statement::allow("ReadPrices")
                .actions(["pricing:GetProducts"])
                .anywhere(),
            Statement::allow("ReadCluster")
                .actions(["eks:DescribeCluster"])
                .on([self.place.arn("eks", &format!("cluster/{name}"))]),
        ];
        if let Some(queue) = &self.eks.queue {
            statements.push(
                Statement::allow("HearOfInterruptions")
                    .actions(["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"])
                    .on([self.place.arn("sqs", queue)]),
            );
        }
        if let Some(nodes) = self.role(ClusterRolePurpose::Nodes) {
            statements.push(
                Statement::allow("GiveNodesTheirRole")
                    .actions(["iam:PassRole"])
                    .on([nodes.arn.as_str()])
                    .when("StringEquals", "iam:PassedToService", ["ec2.amazonaws.com"]),
            );
        }
        statements.push(
            Statement::allow("ReadInstanceProfiles")
                .actions(["iam:GetInstanceProfile", "iam:ListInstanceProfiles"])
                .on([self.place.iam("instance-profile/*")]),
        );
        if self.eks.has_chart_pools() {
            // Its node classes name a role, of which Karpenter itself makes profiles.
            let profiles = self.place.iam("instance-profile/*");
            statements.push(
                Statement::allow("MakeInstanceProfiles")
                    .actions(["iam:CreateInstanceProfile", "iam:TagInstanceProfile"])
                    .on([profiles.as_str()])
                    .when("StringEquals", requested.as_str(), ["owned"]),
            );
            statements.push(
                Statement::allow("KeepInstanceProfiles")
                    .actions([
                        "iam:AddRoleToInstanceProfile",
                        "iam:DeleteInstanceProfile",
                        "iam:RemoveRoleFromInstanceProfile",
                    ])
                    .on([profiles.as_str()])
                    .when("StringEquals", tagged.as_str(), ["owned"]),
            );
        }
        statements
    }
}
