//! The policies: three that limit what accounts may do, one that limits who may use their resources.

use super::{Organization, Target};
use crate::backend::terraform::guardrail;
use crate::backend::terraform::policy::{Statement, document};
use crate::contract::{BREAKGLASS_ROLE, DEPLOY_ROLE};
use crate::hcl::{Block, Body, Expression};
use crate::model::cloud::Region;

/// A policy of the organization.
pub(super) struct Policy {
    label: &'static str,
    kind: &'static str,
    description: &'static str,
    statements: Vec<Statement>,
}

impl Policy {
    /// The policy, attached to those targets.
    pub(super) fn blocks(self, body: Body, targets: &[Target]) -> Body {
        let name = format!("gen3-{}", self.label.replace('_', "-"));
        let body = body
            .comment(self.description)
            .blank()
            .block(document(self.label, self.statements))
            .block(
                Block::new("resource", ["aws_organizations_policy", self.label])
                    .attribute("name", name)
                    .attribute("description", self.description)
                    .attribute("type", self.kind)
                    // White space counts against its length.
                    .attribute(
                        "content",
                        Expression::reference(&format!(
                            "data.aws_iam_policy_document.{}.minified_json",
                            self.label
                        )),
                    ),
            );
        body.blocks(targets.iter().map(|(target, id)| {
            Block::new(
                "resource",
                [
                    "aws_organizations_policy_attachment".to_owned(),
                    format!("{}_{target}", self.label),
                ],
            )
            .attribute(
                "policy_id",
                Expression::reference(&format!("aws_organizations_policy.{}.id", self.label)),
            )
            .attribute("target_id", id.clone())
        }))
    }
}

impl Organization {
    /// All policies.
    pub(super) fn policies(&self) -> Vec<Policy> {
        let control = |label, description, statements| Policy {
            label,
            kind: "SERVICE_CONTROL_POLICY",
            description,
            statements,
        };
        let mut data: Vec<Statement> = guardrail::encrypt().into();
        data.extend(guardrail::keep_private());
        data.push(guardrail::require_tokens(self.contract.partition));
        let regions = self.contract.regions();
        let mut policies = vec![
            control(
                "identity",
                "Accounts stay in the organization, are watched, and keep the roles of access",
                self.identity(),
            ),
            control("data", "What is made is encrypted and private", data),
            control(
                "regions",
                "Only regions that the fleet uses",
                vec![guardrail::only_regions(regions.iter().map(Region::as_str))],
            ),
        ];
        if let Some(organization) = &self.contract.organization {
            policies.push(Policy {
                label: "perimeter",
                kind: "RESOURCE_CONTROL_POLICY",
                description: "Resources are used from within the organization",
                statements: vec![
                    Statement::deny("OnlyThisOrganization")
                        .actions([
                            "kms:*",
                            "s3:*",
                            "secretsmanager:*",
                            "sqs:*",
                            "sts:AssumeRole",
                        ])
                        .anywhere()
                        .everyone()
                        .when(
                            "StringNotEqualsIfExists",
                            "aws:PrincipalOrgID",
                            [organization.as_str()],
                        )
                        .when("BoolIfExists", "aws:PrincipalIsAWSService", ["false"]),
                ],
            });
        }
        policies
    }

    fn any_role(&self, name: &str) -> String {
        format!("arn:{}:iam::*:role/{name}", self.contract.partition)
    }

    fn identity(&self) -> Vec<Statement> {
        let partition = self.contract.partition;
        let bootstrap: Vec<String> = self
            .contract
            .members
            .iter()
            .filter_map(|member| member.bootstrap_role.as_ref())
            .map(ToString::to_string)
            .collect();
        let mut statements = vec![
            Statement::deny("StayInOrganization")
                .actions(["account:CloseAccount", "organizations:LeaveOrganization"])
                .anywhere(),
            guardrail::keep_audit(),
            Statement::deny("NoRootUser")
                .actions(["*"])
                .anywhere()
                .when(
                    "ArnLike",
                    "aws:PrincipalArn",
                    [format!("arn:{partition}:iam::*:root")],
                ),
            Statement::deny("NoUsersAndKeys")
                .actions([
                    "iam:CreateAccessKey",
                    "iam:CreateLoginProfile",
                    "iam:CreateUser",
                ])
                .anywhere()
                .when(
                    "ArnNotLike",
                    "aws:PrincipalArn",
                    [self.any_role(BREAKGLASS_ROLE)],
                ),
            Statement::deny("KeepAccountPrivate")
                .actions(["s3:PutAccountPublicAccessBlock"])
                .anywhere()
                .when(
                    "ArnNotLike",
                    "aws:PrincipalArn",
                    [self.any_role(DEPLOY_ROLE)],
                ),
        ];
        // Where an account does not say who applies its access, nobody is left out.
        if bootstrap.len() == self.contract.members.len() {
            let write = Statement::deny("KeepRolesOfAccess")
                .actions([
                    "iam:Attach*",
                    "iam:Create*",
                    "iam:Delete*",
                    "iam:Detach*",
                    "iam:Put*",
                    "iam:SetDefaultPolicyVersion",
                    "iam:Update*",
                ])
                .on([
                    format!("arn:{partition}:iam::*:policy/gen3/csoc-*"),
                    self.any_role("gen3/csoc-*"),
                ])
                .when(
                    "ArnNotLike",
                    "aws:PrincipalArn",
                    bootstrap.iter().map(String::as_str),
                );
            let boundary = Statement::deny("KeepBoundaries")
                .actions(["iam:DeleteRolePermissionsBoundary"])
                .on([self.any_role("gen3/*")])
                .when(
                    "ArnNotLike",
                    "aws:PrincipalArn",
                    bootstrap.iter().map(String::as_str),
                );
            statements.extend([write, boundary]);
        }
        statements
    }
}
