//! Flow logs: an encrypted log group, and the role that writes into it and into nothing else.

use super::{Network, resource, vpc_id};
use crate::backend::terraform::policy::{Statement, document, json};
use crate::backend::terraform::variables::Variable;
use crate::hcl::{Body, Expression};
use crate::model::cluster::Traffic;
use crate::model::stack::OutputKind;

impl Network {
    pub(super) fn logs(&self, body: Body) -> Body {
        let group = format!("/gen3/{}/flow-logs", self.vpc);
        let streams = self.place.arn("logs", &format!("log-group:{group}:*"));
        let trust = Statement::allow("FlowLogs")
            .actions(["sts:AssumeRole"])
            .principals("Service", ["vpc-flow-logs.amazonaws.com"])
            .when(
                "StringEquals",
                "aws:SourceAccount",
                [self.place.account.as_str()],
            )
            .when(
                "ArnLike",
                "aws:SourceArn",
                [self.place.arn("ec2", "vpc-flow-log/*")],
            );
        let write = Statement::allow("Write")
            .actions([
                "logs:CreateLogStream",
                "logs:DescribeLogStreams",
                "logs:PutLogEvents",
            ])
            .on([streams]);
        let (_, role) = self.flow_logs_role.split_once(":role").unwrap_or_default();
        let (path, name) = role.split_at(role.rfind('/').map_or(0, |at| at + 1));
        let traffic = match self.flow_logs.traffic {
            Traffic::Accepted => "ACCEPT",
            Traffic::Rejected => "REJECT",
            _ => "ALL",
        };
        body.comment("Who spoke to whom.")
            .blank()
            .block(
                resource("aws_cloudwatch_log_group", "flow_logs")
                    .attribute("name", group)
                    .attribute("retention_in_days", self.flow_logs.retention_days)
                    .attribute(
                        "kms_key_id",
                        Variable::reference(OutputKind::LogsKeyArn.as_str()),
                    ),
            )
            .block(document("flow_logs_trust", [trust]))
            .block(
                resource("aws_iam_role", "flow_logs")
                    .attribute("name", name)
                    .attribute("path", path)
                    .attribute("description", format!("Flow logs of {}", self.vpc))
                    .attribute("assume_role_policy", json("flow_logs_trust"))
                    .attribute("permissions_boundary", self.boundary.as_str()),
            )
            .block(document("flow_logs", [write]))
            .block(
                resource("aws_iam_role_policy", "flow_logs")
                    .attribute("name", "flow-logs")
                    .attribute("role", Expression::reference("aws_iam_role.flow_logs.name"))
                    .attribute("policy", json("flow_logs")),
            )
            .block(
                resource("aws_flow_log", "cluster")
                    .attribute("vpc_id", vpc_id())
                    .attribute("traffic_type", traffic)
                    .attribute("log_destination_type", "cloud-watch-logs")
                    .attribute(
                        "log_destination",
                        Expression::reference("aws_cloudwatch_log_group.flow_logs.arn"),
                    )
                    .attribute(
                        "iam_role_arn",
                        Expression::reference("aws_iam_role.flow_logs.arn"),
                    )
                    .attribute("tags", self.tags("", [])),
            )
    }
}
