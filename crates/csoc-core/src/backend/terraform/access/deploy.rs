//! What the role that deploys may do.

use super::Access;
use crate::backend::terraform::policy::Statement;
use crate::model::cloud::Region;
use crate::model::fleet::State;

/// So many regions are named one by one in ARNs; more would not fit into the policies of a role.
const NAMED_REGIONS: usize = 2;

impl Access {
    /// ARNs in each region of the account.
    pub(super) fn regional(&self, service: &str, resource: &str) -> Vec<String> {
        let arn = |region: &str, account: &str| {
            format!(
                "arn:{}:{service}:{region}:{account}:{resource}",
                self.place.partition
            )
        };
        // Images and snapshots of others have no account.
        let account = if resource.starts_with("image/") || resource.starts_with("snapshot/") {
            ""
        } else {
            self.place.account.as_str()
        };
        if self.regions.len() > NAMED_REGIONS {
            return vec![arn("*", account)];
        }
        self.regions
            .iter()
            .map(|region| arn(region.as_str(), account))
            .collect()
    }

    pub(super) fn regional_services(&self, services: &[&str]) -> Vec<String> {
        let mut arns: Vec<String> = services
            .iter()
            .flat_map(|service| self.regional(service, "*"))
            .collect();
        arns.sort();
        arns
    }

    pub(super) fn only_here(&self, statement: Statement) -> Statement {
        statement.when(
            "StringEquals",
            "aws:RequestedRegion",
            self.regions.iter().map(Region::as_str),
        )
    }

    /// Everything of the layers that is not identity.
    pub(super) fn services(&self) -> Vec<Statement> {
        let services = [
            "access-analyzer",
            "backup",
            "cloudwatch",
            "ec2",
            "eks",
            "elasticloadbalancing",
            "events",
            "logs",
            "rds",
            "wafv2",
        ];
        let all: Vec<String> = services
            .iter()
            .map(|service| format!("{service}:*"))
            .collect();
        let mut by_arn = self.regional_services(&services);
        by_arn.extend(self.regional("ec2", "image/*"));
        by_arn.extend(self.regional("ec2", "snapshot/*"));
        by_arn.sort();
        let mut keys = self.regional("kms", "alias/gen3/*");
        keys.extend(self.regional("kms", "key/*"));
        let mut via: Vec<String> = Vec::new();
        for service in ["backup", "rds", "secretsmanager"] {
            for region in &self.regions {
                let place = super::Place {
                    region: region.clone(),
                    ..self.place.clone()
                };
                via.push(place.service(service));
            }
        }
        let mut statements = vec![
            Statement::allow("ManageByArn")
                .actions(all.iter().map(String::as_str))
                .on(by_arn),
            Statement::allow("ManageBuckets")
                .actions([
                    "s3:CreateBucket",
                    "s3:DeleteBucket",
                    "s3:DeleteBucketPolicy",
                    "s3:PutBucket*",
                    "s3:PutEncryptionConfiguration",
                    "s3:PutLifecycleConfiguration",
                    "s3:PutReplicationConfiguration",
                ])
                .on([self.buckets()]),
            Statement::allow("ManageQueuesAndTopics")
                .actions([
                    "sns:CreateTopic",
                    "sns:DeleteTopic",
                    "sns:SetSubscriptionAttributes",
                    "sns:SetTopicAttributes",
                    "sns:Subscribe",
                    "sns:TagResource",
                    "sns:Unsubscribe",
                    "sns:UntagResource",
                    "sqs:CreateQueue",
                    "sqs:DeleteQueue",
                    "sqs:SetQueueAttributes",
                    "sqs:TagQueue",
                    "sqs:UntagQueue",
                ])
                .on(self.regional_services(&["sns", "sqs"])),
            Statement::allow("ManageSecretContainers")
                .actions([
                    "secretsmanager:CreateSecret",
                    "secretsmanager:DeleteResourcePolicy",
                    "secretsmanager:DeleteSecret",
                    "secretsmanager:PutResourcePolicy",
                    "secretsmanager:RestoreSecret",
                    "secretsmanager:RotateSecret",
                    "secretsmanager:TagResource",
                    "secretsmanager:UntagResource",
                    "secretsmanager:UpdateSecret",
                ])
                .on(self.regional("secretsmanager", "secret:*")),
            Statement::allow("ManageSearchDomains")
                .actions([
                    "es:AddTags",
                    "es:CreateDomain",
                    "es:DeleteDomain",
                    "es:RemoveTags",
                    "es:UpdateDomainConfig",
                    "es:UpgradeDomain",
                ])
                .on(self.regional("es", "domain/*")),
            Statement::allow("ManageKeys")
                .actions([
                    "kms:CancelKeyDeletion",
                    "kms:CreateAlias",
                    "kms:DeleteAlias",
                    "kms:DisableKeyRotation",
                    "kms:EnableKeyRotation",
                    "kms:PutKeyPolicy",
                    "kms:ScheduleKeyDeletion",
                    "kms:TagResource",
                    "kms:UntagResource",
                    "kms:UpdateAlias",
                    "kms:UpdateKeyDescription",
                ])
                .on(keys),
            Statement::allow("LetServicesUseKeys")
                .actions(["kms:CreateGrant"])
                .on(self.regional("kms", "key/*"))
                .when("Bool", "kms:GrantIsForAWSResource", ["true"]),
            Statement::allow("UseKeysThroughServices")
                .actions(["kms:Decrypt", "kms:GenerateDataKey"])
                .on(self.regional("kms", "key/*"))
                .when("StringEquals", "kms:ViaService", via),
            Statement::allow("ManageCertificates")
                .actions([
                    "acm:AddTagsToCertificate",
                    "acm:DeleteCertificate",
                    "acm:RemoveTagsFromCertificate",
                    "acm:UpdateCertificateOptions",
                ])
                .on(self.regional("acm", "certificate/*")),
            Statement::allow("ManageZones")
                .actions([
                    "route53:AssociateVPCWithHostedZone",
                    "route53:ChangeResourceRecordSets",
                    "route53:ChangeTagsForResource",
                    "route53:DeleteHostedZone",
                    "route53:UpdateHostedZoneComment",
                ])
                .on([format!(
                    "arn:{}:route53:::hostedzone/*",
                    self.place.partition
                )]),
            self.only_here(
                Statement::allow("RegionalWithoutArn")
                    .actions([
                        "acm:RequestCertificate",
                        "backup-storage:MountCapsule",
                        "ec2:DisableEbsEncryptionByDefault",
                        "ec2:DisableImageBlockPublicAccess",
                        "ec2:DisableSnapshotBlockPublicAccess",
                        "ec2:EnableEbsEncryptionByDefault",
                        "ec2:EnableImageBlockPublicAccess",
                        "ec2:EnableSnapshotBlockPublicAccess",
                        "ec2:ModifyEbsDefaultKmsKeyId",
                        "ec2:ModifyInstanceMetadataDefaults",
                        "ec2:ResetEbsDefaultKmsKeyId",
                        "kms:CreateKey",
                        "logs:CreateLogDelivery",
                        "logs:DeleteLogDelivery",
                        "logs:DeleteResourcePolicy",
                        "logs:PutResourcePolicy",
                        "logs:UpdateLogDelivery",
                    ])
                    .anywhere(),
            ),
            Statement::allow("GlobalWithoutArn")
                .actions([
                    "iam:CreateAccountAlias",
                    "iam:DeleteAccountAlias",
                    "iam:DeleteAccountPasswordPolicy",
                    "iam:UpdateAccountPasswordPolicy",
                    "route53:CreateHostedZone",
                    "s3:PutAccountPublicAccessBlock",
                ])
                .anywhere(),
        ];
        statements.extend(self.master_credentials());
        statements
    }

    /// Roles that deploy makes: below a path of ours, and where charts know a role of a cluster only by its name.
    fn roles(&self) -> Vec<String> {
        let mut roles = vec!["gen3/*".to_owned()];
        roles.extend(self.cluster_roles.iter().cloned());
        roles.sort();
        roles
            .iter()
            .map(|role| self.place.iam(&format!("role/{role}")))
            .collect()
    }

    /// The master credentials of databases: written in one run with their password, and read again by the provider.
    fn master_credentials(&self) -> Option<Statement> {
        let names = self.master_secrets();
        (!names.is_empty()).then(|| {
            Statement::allow("WriteMasterCredentials")
                .actions([
                    "secretsmanager:GetSecretValue",
                    "secretsmanager:PutSecretValue",
                ])
                .on(names)
        })
    }

    /// Roles within the boundary, and what goes with them.
    pub(super) fn identity(&self) -> Vec<Statement> {
        let roles = self.roles();
        let suffix = self.place.suffix();
        let issuers = if self.regions.len() > NAMED_REGIONS {
            vec![
                self.place
                    .iam(&format!("oidc-provider/oidc.eks.*.{suffix}/*")),
            ]
        } else {
            self.regions
                .iter()
                .map(|region| {
                    self.place
                        .iam(&format!("oidc-provider/oidc.eks.{region}.{suffix}/*"))
                })
                .collect()
        };
        vec![
            Statement::allow("WriteBoundedRoles")
                .actions([
                    "iam:AttachRolePolicy",
                    "iam:CreateRole",
                    "iam:DeleteRolePolicy",
                    "iam:DetachRolePolicy",
                    "iam:PutRolePermissionsBoundary",
                    "iam:PutRolePolicy",
                ])
                .on(roles.iter().map(String::as_str))
                .when(
                    "StringEquals",
                    "iam:PermissionsBoundary",
                    [self.workload_boundary_arn()],
                ),
            Statement::allow("MaintainRoles")
                .actions([
                    "iam:DeleteRole",
                    "iam:TagRole",
                    "iam:UntagRole",
                    "iam:UpdateAssumeRolePolicy",
                    "iam:UpdateRole",
                    "iam:UpdateRoleDescription",
                ])
                .on(roles.iter().map(String::as_str)),
            Statement::allow("PassRolesToServices")
                .actions(["iam:PassRole"])
                .on(roles.iter().map(String::as_str))
                .when(
                    "StringEquals",
                    "iam:PassedToService",
                    [
                        "backup.amazonaws.com",
                        "cloudtrail.amazonaws.com",
                        "ec2.amazonaws.com",
                        "eks.amazonaws.com",
                        "firehose.amazonaws.com",
                        "logs.amazonaws.com",
                        "monitoring.rds.amazonaws.com",
                        "pods.eks.amazonaws.com",
                        "vpc-flow-logs.amazonaws.com",
                    ],
                ),
            Statement::allow("WritePolicies")
                .actions([
                    "iam:CreatePolicy",
                    "iam:CreatePolicyVersion",
                    "iam:DeletePolicy",
                    "iam:DeletePolicyVersion",
                    "iam:SetDefaultPolicyVersion",
                    "iam:TagPolicy",
                    "iam:UntagPolicy",
                ])
                .on([self.place.iam("policy/gen3/*")]),
            Statement::allow("WriteInstanceProfiles")
                .actions([
                    "iam:AddRoleToInstanceProfile",
                    "iam:CreateInstanceProfile",
                    "iam:DeleteInstanceProfile",
                    "iam:RemoveRoleFromInstanceProfile",
                    "iam:TagInstanceProfile",
                    "iam:UntagInstanceProfile",
                ])
                .on([self.place.iam("instance-profile/gen3/*")]),
            Statement::allow("WriteClusterIssuers")
                .actions([
                    "iam:CreateOpenIDConnectProvider",
                    "iam:DeleteOpenIDConnectProvider",
                    "iam:TagOpenIDConnectProvider",
                    "iam:UntagOpenIDConnectProvider",
                    "iam:UpdateOpenIDConnectProviderThumbprint",
                ])
                .on(issuers),
            Statement::allow("CreateServiceLinkedRoles")
                .actions(["iam:CreateServiceLinkedRole", "iam:DeleteServiceLinkedRole"])
                .on([self.place.iam("role/aws-service-role/*")])
                .when(
                    "StringEquals",
                    "iam:AWSServiceName",
                    [
                        "access-analyzer.amazonaws.com",
                        "agentless.inspector2.amazonaws.com",
                        "autoscaling.amazonaws.com",
                        "backup.amazonaws.com",
                        "config.amazonaws.com",
                        "eks-nodegroup.amazonaws.com",
                        "eks.amazonaws.com",
                        "elasticloadbalancing.amazonaws.com",
                        "guardduty.amazonaws.com",
                        "inspector2.amazonaws.com",
                        "malware-protection.guardduty.amazonaws.com",
                        "opensearchservice.amazonaws.com",
                        "rds.amazonaws.com",
                        "securityhub.amazonaws.com",
                        "spot.amazonaws.com",
                        "wafv2.amazonaws.com",
                    ],
                ),
            // Tags of the provider's `default_tags` go onto them in a call of its own.
            Statement::allow("TagServiceLinkedRoles")
                .actions(["iam:TagRole", "iam:UntagRole"])
                .on([self.place.iam("role/aws-service-role/*")]),
        ]
    }

    /// Listing the account's part of the state bucket.
    pub(super) fn list_state(&self, state: &State) -> Statement {
        Statement::allow("ListState")
            .actions(["s3:ListBucket"])
            .on([self.place.s3(state.bucket.as_str())])
            .when(
                "StringLike",
                "s3:prefix",
                [format!("v1/{}/*", self.place.account)],
            )
    }

    /// State of the account's stacks and their locks.
    pub(super) fn deploy_state(&self) -> Vec<Statement> {
        let Some(state) = &self.state else {
            return Vec::new();
        };
        let mut statements = vec![
            self.list_state(state),
            Statement::allow("ReadWriteState")
                .actions(["s3:GetObject", "s3:PutObject"])
                .on([self.state_objects(state, "*")]),
            Statement::allow("ReleaseLock")
                .actions(["s3:DeleteObject"])
                .on([self.state_objects(state, "*.tflock")]),
        ];
        statements.extend(self.use_state_key(state));
        statements
    }
}
