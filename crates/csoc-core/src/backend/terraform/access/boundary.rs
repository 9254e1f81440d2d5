//! The boundaries: what the csoc roles, and the roles that deploy makes, may never do.

use super::Access;
use crate::backend::terraform::guardrail;
use crate::backend::terraform::policy::Statement;
use crate::model::cloud::Region;

/// What no role of ours needs and none may do: it gives credentials of other services, or runs code as somebody else.
///
/// Services that Gen3 does not know are named whole: a policy that is attached has a limit of length.
const NEVER: [&str; 23] = [
    "airflow:*",
    "appsync:*",
    "chime:*",
    "cloud9:*",
    "codeartifact:*",
    "codepipeline:*",
    "cognito-identity:*",
    "cognito-idp:GetSigningCertificate",
    "connect:*",
    "ec2:GetPasswordData",
    "ecr-public:GetAuthorizationToken",
    "emr-containers:*",
    "finspace-api:*",
    "gamelift:*",
    "glue:UpdateDevEndpoint",
    "grafana:CreateWorkspaceApiKey",
    "lambda:UpdateFunctionCode",
    "license-manager:*",
    "lightsail:*",
    "mediapackage:*",
    "redshift-serverless:*",
    "redshift:GetCluster*",
    "sso:GetRole*",
];
/// What gives contents: allowed only on what the account has itself, and on objects.
const CONTENTS: [&str; 4] = [
    "rds-db:connect",
    "s3:GetObject",
    "secretsmanager:GetSecretValue",
    "ssm:GetParameter*",
];
/// What an account has of identities, as ARNs name it.
const IDENTITIES: [&str; 6] = [
    "instance-profile",
    "oidc-provider",
    "policy",
    "role",
    "server-certificate",
    "user",
];

impl Access {
    /// Contents of this account, objects of buckets that let a role in, and parameters that AWS publishes.
    fn contents(&self) -> Statement {
        let partition = self.place.partition;
        let account = &self.place.account;
        Statement::allow("AllowContents").actions(CONTENTS).on([
            format!("arn:{partition}:rds-db:*:{account}:dbuser:*"),
            format!("arn:{partition}:s3:::*"),
            format!("arn:{partition}:secretsmanager:*:{account}:secret:*"),
            format!("arn:{partition}:ssm:*::parameter/aws/*"),
            format!("arn:{partition}:ssm:*:{account}:parameter/*"),
        ])
    }

    /// Becoming roles, as far as they let.
    fn sessions(&self) -> [Statement; 2] {
        [
            Statement::allow("AllowSessions")
                .actions(["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"])
                .on([format!("arn:{}:iam::*:role/*", self.place.partition)]),
            Statement::allow("AllowWhoAmI")
                .actions(["sts:GetCallerIdentity"])
                .anywhere(),
        ]
    }

    /// The limit of the csoc roles.
    pub(super) fn boundary(&self) -> Vec<Statement> {
        let own = [
            self.place.iam("policy/gen3/csoc-*"),
            self.place.iam("role/gen3/csoc-*"),
        ];
        let [become_roles, who_am_i] = self.sessions();
        let mut statements = vec![
            Statement::allow("AllowServices")
                .not_actions(["iam:*", "sts:*"].into_iter().chain(NEVER).chain(CONTENTS))
                .anywhere(),
            self.contents(),
            Statement::allow("AllowIdentitiesOfAccount")
                .not_actions(["sts:*"])
                .on(IDENTITIES.map(|kind| self.place.iam(&format!("{kind}/*")))),
            Statement::allow("AllowIdentityReads")
                .actions(["iam:*Account*", "iam:Generate*", "iam:Get*", "iam:List*"])
                .anywhere(),
            become_roles,
            who_am_i,
            Statement::deny("ProtectAccess")
                .actions([
                    "iam:Attach*",
                    "iam:Create*",
                    "iam:Delete*",
                    "iam:Detach*",
                    "iam:PassRole",
                    "iam:Put*",
                    "iam:Set*",
                    "iam:Tag*",
                    "iam:Untag*",
                    "iam:Update*",
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
                    "kms:*Alias",
                    "kms:CreateGrant",
                    "kms:Disable*",
                    "kms:PutKeyPolicy",
                    "kms:ScheduleKeyDeletion",
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
        let others = ["account:*", "iam:*", "organizations:*", "sts:*"];
        let [become_roles, who_am_i] = self.sessions();
        vec![
            Statement::allow("AllowServices")
                .not_actions(others.into_iter().chain(NEVER).chain(CONTENTS))
                .anywhere(),
            self.contents(),
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
            become_roles,
            who_am_i,
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
