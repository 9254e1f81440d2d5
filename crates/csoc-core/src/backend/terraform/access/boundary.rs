//! The boundaries: what the csoc roles, and the roles that deploy makes, may never do.

use super::Access;
use crate::backend::terraform::policy::Statement;

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
                    .on([self.state_objects(state, "global/access/*")]),
            );
        }
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
