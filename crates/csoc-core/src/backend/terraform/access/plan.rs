//! What the role that plans may do, and what it shares with the one that deploys.

use super::Access;
use crate::backend::terraform::policy::Statement;
use crate::contract::STATE_KEY;
use crate::model::fleet::State;

/// Descriptions of everything that our layers make.
pub(super) fn read() -> Statement {
    Statement::allow("ReadDescriptions")
        .actions([
            "access-analyzer:Get*",
            "access-analyzer:List*",
            "acm:Describe*",
            "acm:Get*",
            "acm:List*",
            "autoscaling:Describe*",
            "backup:Describe*",
            "backup:Get*",
            "backup:List*",
            "budgets:Describe*",
            "budgets:List*",
            "budgets:ViewBudget",
            "ce:GetAnomaly*",
            "ce:ListTagsForResource",
            "cloudtrail:Describe*",
            "cloudtrail:Get*",
            "cloudtrail:List*",
            "cloudwatch:Describe*",
            "cloudwatch:List*",
            "config:Describe*",
            "config:Get*",
            "config:List*",
            "ec2:Describe*",
            "ec2:GetEbs*",
            "ec2:GetImageBlockPublicAccessState",
            "ec2:GetInstanceMetadataDefaults",
            "ec2:GetSnapshotBlockPublicAccessState",
            "eks:Describe*",
            "eks:List*",
            "elasticloadbalancing:Describe*",
            "es:Describe*",
            "es:Get*",
            "es:List*",
            "events:Describe*",
            "events:List*",
            "firehose:Describe*",
            "firehose:List*",
            "guardduty:Get*",
            "guardduty:List*",
            "iam:Get*",
            "iam:List*",
            "inspector2:BatchGetAccountStatus",
            "inspector2:List*",
            "kms:Describe*",
            "kms:GetKeyPolicy",
            "kms:GetKeyRotationStatus",
            "kms:List*",
            "logs:Describe*",
            "logs:List*",
            "network-firewall:Describe*",
            "network-firewall:List*",
            "organizations:Describe*",
            "organizations:List*",
            "ram:Get*",
            "ram:List*",
            "rds:Describe*",
            "rds:List*",
            "route53:Get*",
            "route53:List*",
            "s3:GetAccelerateConfiguration",
            "s3:GetAccountPublicAccessBlock",
            "s3:GetBucket*",
            "s3:GetEncryptionConfiguration",
            "s3:GetLifecycleConfiguration",
            "s3:GetReplicationConfiguration",
            "s3:ListAllMyBuckets",
            "secretsmanager:DescribeSecret",
            "secretsmanager:GetRandomPassword",
            "secretsmanager:GetResourcePolicy",
            "secretsmanager:ListSecretVersionIds",
            "securityhub:Describe*",
            "securityhub:Get*",
            "securityhub:List*",
            "sns:Get*",
            "sns:List*",
            "sqs:GetQueueAttributes",
            "sqs:GetQueueUrl",
            "sqs:List*",
            "sts:GetCallerIdentity",
            "tag:Get*",
            "wafv2:Describe*",
            "wafv2:Get*",
            "wafv2:List*",
        ])
        .anywhere()
}

impl Access {
    /// Whether a bucket is there: S3 asks for the right to list it, so the keys of objects are no secret to both roles.
    pub(super) fn see_buckets(&self) -> Statement {
        Statement::allow("SeeBuckets")
            .actions(["s3:ListBucket"])
            .on([self.buckets()])
    }

    /// No object data, secret values, logs or messages.
    pub(super) fn no_data(&self) -> Vec<Statement> {
        let objects = Statement::deny("DenyObjectsOutsideState")
            .actions(["s3:GetObject", "s3:GetObjectVersion"]);
        let objects = match &self.state {
            Some(state) => objects.not_on([self.state_objects(state, "*")]),
            None => objects.anywhere(),
        };
        let contents = Statement::deny("DenyContents")
            .actions([
                "dynamodb:BatchGetItem",
                "dynamodb:GetItem",
                "dynamodb:Query",
                "dynamodb:Scan",
                "ec2:GetConsoleOutput",
                "ec2:GetPasswordData",
                "es:ESHttp*",
                "logs:FilterLogEvents",
                "logs:GetLogEvents",
                "logs:GetQueryResults",
                "logs:StartQuery",
                "logs:Unmask",
                "rds:DownloadDBLogFilePortion",
                "rds-data:*",
                "rds-db:connect",
                "sqs:ReceiveMessage",
                "ssm:GetParameter",
                "ssm:GetParameters",
                "ssm:GetParametersByPath",
            ])
            .anywhere();
        // The provider reads what deploy wrote; of plan, neither its own policies nor the secret's let it.
        let secrets = Statement::deny("DenySecretValues").actions([
            "secretsmanager:BatchGetSecretValue",
            "secretsmanager:GetSecretValue",
        ]);
        let written = self.master_secrets();
        let secrets = if written.is_empty() {
            secrets.anywhere()
        } else {
            secrets.not_on(written)
        };
        vec![objects, contents, secrets]
    }

    /// Reading state, and holding its lock.
    pub(super) fn plan_state(&self) -> Vec<Statement> {
        let Some(state) = &self.state else {
            return Vec::new();
        };
        let mut statements = vec![
            self.list_state(state),
            Statement::allow("ReadState")
                .actions(["s3:GetObject"])
                .on([self.state_objects(state, "*")]),
            Statement::allow("HoldLock")
                .actions(["s3:DeleteObject", "s3:PutObject"])
                .on([self.state_objects(state, "*.tflock")]),
        ];
        statements.extend(self.use_state_key(state));
        statements.extend(self.deny_other_keys(state));
        statements
    }

    /// Use of the key that encrypts state: by its ARN where the fleet says it, else by the alias that `bootstrap` gives it.
    pub(super) fn use_state_key(&self, state: &State) -> Option<Statement> {
        let statement =
            Statement::allow("UseStateKey").actions(["kms:Decrypt", "kms:GenerateDataKey"]);
        if let Some(key) = &state.kms_key {
            return Some(statement.on([key.as_str()]));
        }
        let account = self.state_account.as_ref()?;
        let keys = format!(
            "arn:{}:kms:{}:{account}:key/*",
            self.place.partition, state.region
        );
        Some(statement.on([keys]).when(
            "ForAnyValue:StringEquals",
            "kms:ResourceAliases",
            [state_alias()],
        ))
    }

    /// A condition on all aliases also holds for a key that has none.
    fn deny_other_keys(&self, state: &State) -> Option<Statement> {
        let statement =
            Statement::deny("DenyOtherKeys").actions(["kms:Decrypt", "kms:ReEncryptFrom"]);
        if let Some(key) = &state.kms_key {
            return Some(statement.not_on([key.as_str()]));
        }
        self.state_account.as_ref()?;
        Some(statement.anywhere().when(
            "ForAllValues:StringNotEquals",
            "kms:ResourceAliases",
            [state_alias()],
        ))
    }
}

fn state_alias() -> String {
    format!("alias/{STATE_KEY}")
}
