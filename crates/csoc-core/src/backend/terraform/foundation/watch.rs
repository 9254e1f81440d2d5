//! What watches a region of an account, and where its logs go.

use super::RegionFoundation;
use crate::backend::terraform::root::depends_on;
use crate::backend::terraform::storage::of;
use crate::backend::terraform::variables::Variable;
use crate::hcl::{Block, Body, Expression};
use crate::model::account::AuditService;
use crate::model::stack::OutputKind;

/// What `GuardDuty` looks at besides flow logs, names and the trail.
const GUARDDUTY_FEATURES: [(&str, &str); 4] = [
    ("eks", "EKS_AUDIT_LOGS"),
    ("malware", "EBS_MALWARE_PROTECTION"),
    ("rds", "RDS_LOGIN_EVENTS"),
    ("s3", "S3_DATA_EVENTS"),
];
/// The standards that Security Hub compares with.
const STANDARDS: [(&str, &str); 2] = [
    ("aws", "aws-foundational-security-best-practices/v/1.0.0"),
    ("cis", "cis-aws-foundations-benchmark/v/3.0.0"),
];
/// The log group of the archive's own stream: its logs would come back to it.
const OWN_LOGS: &str = "/aws/kinesisfirehose/gen3-logs";

impl RegionFoundation {
    /// What watches this region, as far as the account says so.
    pub(super) fn watch(&self, body: Body) -> Body {
        if self.audit.services.is_empty() {
            return body;
        }
        let mut body = body.comment("What watches this region.").blank();
        if self.audit.has(AuditService::Config) {
            body = self.recorder(body);
        }
        if self.audit.has(AuditService::GuardDuty) {
            body = guard_duty(body);
        }
        if self.audit.has(AuditService::SecurityHub) {
            body = self.security_hub(body);
        }
        if self.audit.has(AuditService::Inspector) {
            body.push(
                Block::new("resource", ["aws_inspector2_enabler", "region"])
                    .attribute(
                        "account_ids",
                        Expression::list([self.place.account.as_str()]),
                    )
                    .attribute("resource_types", Expression::list(["EC2", "ECR"])),
            );
        }
        body
    }

    /// Config's own role is the account's, which its other root makes.
    fn recorder(&self, body: Body) -> Body {
        let resource = |kind: &'static str| Block::new("resource", [kind, "region"]);
        let group = Block::unlabelled("recording_group")
            .attribute("all_supported", true)
            .attribute("include_global_resource_types", self.is_home);
        let body = body.block(
            resource("aws_config_configuration_recorder")
                .attribute("name", "gen3")
                .attribute(
                    "role_arn",
                    self.place
                        .iam("role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"),
                )
                .block(group),
        );
        let body = match &self.audit_bucket {
            Some(bucket) => body.block(depends_on(
                resource("aws_config_delivery_channel")
                    .attribute("name", "gen3")
                    .attribute("s3_bucket_name", bucket.as_str()),
                "aws_config_configuration_recorder.region",
            )),
            None => body,
        };
        body.block(depends_on(
            resource("aws_config_configuration_recorder_status")
                .attribute(
                    "name",
                    of("aws_config_configuration_recorder", "region", "name"),
                )
                .attribute("is_enabled", true),
            "aws_config_delivery_channel.region",
        ))
    }

    fn security_hub(&self, body: Body) -> Body {
        let body = body.block(
            Block::new("resource", ["aws_securityhub_account", "region"])
                .attribute("enable_default_standards", false)
                .attribute("auto_enable_controls", true),
        );
        body.blocks(STANDARDS.iter().map(|(label, standard)| {
            depends_on(
                Block::new(
                    "resource",
                    ["aws_securityhub_standards_subscription", *label],
                )
                .attribute(
                    "standards_arn",
                    format!(
                        "arn:{}:securityhub:{}::standards/{standard}",
                        self.place.partition, self.place.region
                    ),
                ),
                "aws_securityhub_account.region",
            )
        }))
    }

    /// All log groups of the region go to the destination that the hub gave.
    pub(super) fn forward(&self, body: Body) -> Body {
        if !self.forwards {
            return body;
        }
        let document = Expression::call(
            "jsonencode",
            [Expression::object([
                (
                    "DestinationArn",
                    Variable::reference(OutputKind::LogDestinationArn.as_str()),
                ),
                ("FilterPattern", Expression::from("")),
                ("Distribution", Expression::from("Random")),
            ])],
        );
        body.comment("All logs of this region, the archive's own besides, go to the hub.")
            .blank()
            .block(
                Block::new("resource", ["aws_cloudwatch_log_account_policy", "hub"])
                    .attribute("policy_name", "gen3-logs")
                    .attribute("policy_type", "SUBSCRIPTION_FILTER_POLICY")
                    .attribute("scope", "ALL")
                    .attribute(
                        "selection_criteria",
                        format!("LogGroupName NOT IN [\"{OWN_LOGS}\"]"),
                    )
                    .attribute("policy_document", document),
            )
    }
}

fn guard_duty(body: Body) -> Body {
    let body = body.block(
        Block::new("resource", ["aws_guardduty_detector", "region"])
            .attribute("enable", true)
            .attribute("finding_publishing_frequency", "FIFTEEN_MINUTES"),
    );
    body.blocks(GUARDDUTY_FEATURES.iter().map(|(label, feature)| {
        Block::new("resource", ["aws_guardduty_detector_feature", *label])
            .attribute("detector_id", of("aws_guardduty_detector", "region", "id"))
            .attribute("name", *feature)
            .attribute("status", "ENABLED")
    }))
}
