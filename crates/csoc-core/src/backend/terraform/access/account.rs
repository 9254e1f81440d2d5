//! What the role that deploys may do besides: the services that watch an account, money, and the hub's own.

use super::Access;
use crate::backend::terraform::policy::Statement;

impl Access {
    /// A policy of its own, since those that stand in a role share one limit of length.
    ///
    /// What watches the account may be switched on and changed, and not off.
    pub(super) fn account_services(&self) -> Vec<Statement> {
        let partition = self.place.partition;
        let account = &self.place.account;
        let mut statements = vec![
            Statement::allow("ManageTrail")
                .actions([
                    "cloudtrail:AddTags",
                    "cloudtrail:CreateTrail",
                    "cloudtrail:PutEventSelectors",
                    "cloudtrail:RemoveTags",
                    "cloudtrail:StartLogging",
                    "cloudtrail:UpdateTrail",
                ])
                .on(self.regional("cloudtrail", "trail/gen3")),
            Statement::allow("ManageWatchers")
                .actions([
                    "guardduty:TagResource",
                    "guardduty:UntagResource",
                    "guardduty:UpdateDetector",
                    "securityhub:BatchDisableStandards",
                    "securityhub:BatchEnableStandards",
                    "securityhub:EnableSecurityHub",
                    "securityhub:TagResource",
                    "securityhub:UpdateSecurityHubConfiguration",
                ])
                .on(self.regional_services(&["guardduty", "securityhub"])),
            self.only_here(
                Statement::allow("WatchersWithoutArn")
                    .actions([
                        "config:PutConfigurationRecorder",
                        "config:PutDeliveryChannel",
                        "config:StartConfigurationRecorder",
                        "config:TagResource",
                        "config:UntagResource",
                        "guardduty:CreateDetector",
                        "inspector2:Enable",
                        "ram:CreateResourceShare",
                    ])
                    .anywhere(),
            ),
            Statement::allow("ManageShares")
                .actions([
                    "ram:AssociateResourceShare",
                    "ram:DeleteResourceShare",
                    "ram:DisassociateResourceShare",
                    "ram:TagResource",
                    "ram:UntagResource",
                    "ram:UpdateResourceShare",
                ])
                .on(self.regional("ram", "resource-share/*")),
            Statement::allow("ManageAlarms")
                .actions([
                    "cloudwatch:DeleteAlarms",
                    "cloudwatch:PutMetricAlarm",
                    "cloudwatch:TagResource",
                    "cloudwatch:UntagResource",
                ])
                .on(self.regional("cloudwatch", "alarm:*")),
            Statement::allow("ManageBudget")
                .actions([
                    "budgets:ModifyBudget",
                    "budgets:TagResource",
                    "budgets:UntagResource",
                ])
                .on([format!("arn:{partition}:budgets::{account}:budget/gen3-*")]),
            Statement::allow("ManageAnomalies")
                .actions([
                    "ce:DeleteAnomalyMonitor",
                    "ce:DeleteAnomalySubscription",
                    "ce:TagResource",
                    "ce:UntagResource",
                    "ce:UpdateAnomalyMonitor",
                    "ce:UpdateAnomalySubscription",
                ])
                .on([
                    format!("arn:{partition}:ce::{account}:anomalymonitor/*"),
                    format!("arn:{partition}:ce::{account}:anomalysubscription/*"),
                ]),
            Statement::allow("AnomaliesWithoutArn")
                .actions(["ce:CreateAnomalyMonitor", "ce:CreateAnomalySubscription"])
                .anywhere(),
            Statement::allow("PassRecorderRole")
                .actions(["iam:PassRole"])
                .on([self
                    .place
                    .iam("role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig")])
                .when(
                    "StringEquals",
                    "iam:PassedToService",
                    ["config.amazonaws.com"],
                ),
        ];
        if let Some(hub) = &self.hub {
            let destinations = self
                .regions
                .iter()
                .map(|region| format!("arn:{partition}:logs:{region}:{hub}:destination:gen3-logs"));
            if *hub == self.place.account {
                statements.push(
                    Statement::allow("ManageArchiveStream")
                        .actions([
                            "firehose:CreateDeliveryStream",
                            "firehose:DeleteDeliveryStream",
                            "firehose:StartDeliveryStreamEncryption",
                            "firehose:StopDeliveryStreamEncryption",
                            "firehose:TagDeliveryStream",
                            "firehose:UntagDeliveryStream",
                            "firehose:UpdateDestination",
                        ])
                        .on(self.regional("firehose", "deliverystream/gen3-*")),
                );
            } else {
                statements.push(
                    Statement::allow("SendLogsToHub")
                        .actions(["logs:PutAccountPolicy", "logs:PutSubscriptionFilter"])
                        .on(destinations),
                );
                let gateways = self
                    .regions
                    .iter()
                    .map(|region| format!("arn:{partition}:ec2:{region}:{hub}:transit-gateway/*"));
                statements.push(
                    Statement::allow("AttachToHub")
                        .actions(["ec2:CreateTransitGatewayVpcAttachment"])
                        .on(gateways),
                );
            }
        }
        statements
    }
}
