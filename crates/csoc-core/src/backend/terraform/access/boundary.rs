//! The boundaries: what the csoc roles, and the roles that deploy makes, may never do.

use super::Access;
use crate::backend::terraform::guardrail;
use crate::backend::terraform::policy::Statement;
use crate::model::cloud::Region;

impl Access {
    /// The limit of the csoc roles.
    pub(super) fn boundary(&self) -> Vec<Statement> {
        let own = [
            self.place.iam("policy/gen3/csoc-*"),
            self.place.iam("role/gen3/csoc-*"),
        ];
        let mut statements = vec![
            Statement::allow("AllowWhatRolePoliciesAllow")
                .actions(["*"])
                .anywhere(),
            Statement::deny("ProtectAccess")
                .actions([
                    "iam:AttachRolePolicy",
                    "iam:CreatePolicy",
                    "iam:CreatePolicyVersion",
                    "iam:CreateRole",
                    "iam:DeletePolicy",
                    "iam:DeletePolicyVersion",
                    "iam:DeleteRole",
                    "iam:DeleteRolePermissionsBoundary",
                    "iam:DeleteRolePolicy",
                    "iam:DetachRolePolicy",
                    "iam:PassRole",
                    "iam:PutRolePermissionsBoundary",
                    "iam:PutRolePolicy",
                    "iam:SetDefaultPolicyVersion",
                    "iam:TagPolicy",
                    "iam:TagRole",
                    "iam:UntagPolicy",
                    "iam:UntagRole",
                    "iam:UpdateAssumeRolePolicy",
                    "iam:UpdateRole",
                    "iam:UpdateRoleDescription",
                ])
                .on(own),
        ];
        if let Some(state) = &self.state {
            statements.push(
                Statement::deny("ProtectAccessState")
                    .actions(["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject"])
                    .on([
                        self.state_objects(state, "*/bootstrap/*"),
                        self.state_objects(state, "global/access/*"),
                        self.state_objects(state, "global/organization/*"),
                    ]),
            );
        }
        statements.extend(self.protect_bootstrap());
        statements.extend([
            Statement::deny("RequireWorkloadBoundary")
                .actions([
                    "iam:AttachRolePolicy",
                    "iam:CreateRole",
                    "iam:PutRolePermissionsBoundary",
                    "iam:PutRolePolicy",
                ])
                .anywhere()
                .when(
                    "StringNotEquals",
                    "iam:PermissionsBoundary",
                    [self.workload_boundary_arn()],
                ),
            Statement::deny("DenyBoundaryRemovalAndUsers")
                .actions([
                    "iam:AddUserToGroup",
                    "iam:AttachGroupPolicy",
                    "iam:AttachUserPolicy",
                    "iam:CreateAccessKey",
                    "iam:CreateGroup",
                    "iam:CreateLoginProfile",
                    "iam:CreateUser",
                    "iam:DeleteRolePermissionsBoundary",
                    "iam:DeleteUserPermissionsBoundary",
                    "iam:PutGroupPolicy",
                    "iam:PutUserPolicy",
                    "iam:UpdateLoginProfile",
                ])
                .anywhere(),
            Statement::deny("DenyAccountExit")
                .actions(["account:CloseAccount", "organizations:LeaveOrganization"])
                .anywhere(),
        ]);
        if !self.has_guardrails {
            statements.extend(self.guardrails());
        }
        statements
    }

    /// What the organization's policies would say.
    fn guardrails(&self) -> Vec<Statement> {
        let mut statements = vec![guardrail::keep_audit()];
        statements.extend(guardrail::encrypt());
        statements.extend(guardrail::keep_private());
        statements.push(guardrail::require_tokens(self.place.partition));
        statements.push(guardrail::only_regions(
            self.regions.iter().map(Region::as_str),
        ));
        statements
    }

    /// State, its key and who runs Terraform are made by `bootstrap`, and changed by nobody else.
    fn protect_bootstrap(&self) -> Vec<Statement> {
        let Some(bootstrap) = &self.bootstrap else {
            return Vec::new();
        };
        let buckets = [bootstrap.state_bucket().as_str(), &bootstrap.log_bucket()]
            .map(|name| self.place.s3(name));
        let mut statements = vec![
            Statement::deny("ProtectStateBucket")
                .actions([
                    "s3:DeleteBucket*",
                    "s3:PutBucket*",
                    "s3:PutEncryptionConfiguration",
                    "s3:PutLifecycleConfiguration",
                    "s3:PutReplicationConfiguration",
                ])
                .on(buckets),
            Statement::deny("ProtectStateKey")
                .actions([
                    "kms:CreateAlias",
                    "kms:CreateGrant",
                    "kms:DeleteAlias",
                    "kms:Disable*",
                    "kms:PutKeyPolicy",
                    "kms:ScheduleKeyDeletion",
                    "kms:UpdateAlias",
                ])
                .anywhere()
                .when(
                    "ForAnyValue:StringLike",
                    "kms:ResourceAliases",
                    ["alias/csoc-*"],
                ),
        ];
        let ci = bootstrap.hub.as_ref().and_then(|hub| hub.ci.as_ref());
        if let Some(ci) = ci {
            let issuer = ci.issuer();
            let issuer = issuer.strip_prefix("https://").unwrap_or(issuer);
            statements.push(
                Statement::deny("ProtectPipelineIdentity")
                    .actions([
                        "iam:AddClientIDToOpenIDConnectProvider",
                        "iam:DeleteOpenIDConnectProvider",
                        "iam:RemoveClientIDFromOpenIDConnectProvider",
                        "iam:UpdateOpenIDConnectProviderThumbprint",
                    ])
                    .on([self.place.iam(&format!("oidc-provider/{issuer}"))]),
            );
        }
        statements
    }

    /// The limit of every role that deploy makes.
    pub(super) fn workload_boundary(&self) -> Vec<Statement> {
        let ec2 = "ec2.amazonaws.com";
        vec![
            Statement::allow("AllowServices")
                .not_actions(["account:*", "iam:*", "organizations:*", "sts:*"])
                .anywhere(),
            Statement::allow("AllowIamReads")
                .actions([
                    "iam:GetInstanceProfile",
                    "iam:GetRole",
                    "iam:GetServerCertificate",
                    "iam:ListAttachedRolePolicies",
                    "iam:ListInstanceProfiles",
                    "iam:ListServerCertificates",
                ])
                .anywhere(),
            Statement::allow("AllowInstanceProfiles")
                .actions([
                    "iam:AddRoleToInstanceProfile",
                    "iam:CreateInstanceProfile",
                    "iam:DeleteInstanceProfile",
                    "iam:RemoveRoleFromInstanceProfile",
                    "iam:TagInstanceProfile",
                ])
                .on([self.place.iam("instance-profile/*")]),
            Statement::allow("AllowPassNodeRoles")
                .actions(["iam:PassRole"])
                .on(["gen3/*"]
                    .into_iter()
                    .chain(self.node_roles.iter().map(String::as_str))
                    .map(|role| self.place.iam(&format!("role/{role}"))))
                .when("StringEquals", "iam:PassedToService", [ec2]),
            Statement::allow("AllowServiceLinkedRoles")
                .actions(["iam:CreateServiceLinkedRole"])
                .on([self.place.iam("role/aws-service-role/*")]),
            Statement::allow("AllowSessions")
                .actions(["sts:AssumeRole", "sts:GetCallerIdentity", "sts:TagSession"])
                .anywhere(),
            Statement::deny("DenyAccessRoles")
                .actions(["sts:AssumeRole"])
                .on([format!(
                    "arn:{}:iam::*:role/gen3/csoc-*",
                    self.place.partition
                )]),
        ]
    }

    /// The ARN of that limit.
    pub(super) fn workload_boundary_arn(&self) -> String {
        self.place.iam("policy/gen3/csoc-workload-boundary")
    }
}
