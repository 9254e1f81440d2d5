//! Who runs Terraform: the pipeline's identity, and the roles that it takes in the hub's account.

use super::Bootstrap;
use crate::backend::terraform::policy::{Statement, document, json};
use crate::contract::{CONTROLLER_ROLE, DEPLOY_ROLE, PLAN_ROLE, PLANNER_ROLE};
use crate::hcl::{Block, Body, Expression};
use crate::model::hub::{Ci, CiSubject};

/// The audience of the pipeline's tokens.
const AUDIENCE: &str = "sts.amazonaws.com";
/// So many accounts' roles fit into one policy.
const ACCOUNTS_A_POLICY: usize = 40;

impl Bootstrap {
    /// The roles that run Terraform, and who may be them.
    pub(super) fn controllers(&self, body: Body) -> Body {
        let ci = self.contract.hub.as_ref().and_then(|hub| hub.ci.as_ref());
        let mut body = body;
        if let Some(ci) = ci {
            body = body
                .comment("The pipeline, known by the tokens that its provider signs.")
                .blank()
                .block(
                    Block::new("resource", ["aws_iam_openid_connect_provider", "ci"])
                        .attribute("url", ci.issuer())
                        .attribute("client_id_list", Expression::list([AUDIENCE])),
                );
        }
        let limit = Statement::allow("AssumeRolesOfAccess")
            .actions(["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"])
            .on([self.any_role(DEPLOY_ROLE), self.any_role(PLAN_ROLE)]);
        let body = body
            .comment("The limit of the roles that run Terraform: they become roles of access, and do nothing themselves.")
            .blank()
            .block(document("controller_boundary", [limit]))
            .block(
                Block::new("resource", ["aws_iam_policy", "controller_boundary"])
                    .attribute("name", "csoc-controller-boundary")
                    .attribute("path", "/gen3/")
                    .attribute("description", "Limit of the roles that run Terraform")
                    .attribute("policy", json("controller_boundary")),
            );
        let body = self.role(
            body.comment("Who applies."),
            CONTROLLER_ROLE,
            "Runs Terraform in all accounts",
            ci.map(|ci| (ci, ci.applies.as_slice())),
            &[DEPLOY_ROLE, PLAN_ROLE],
        );
        match ci.filter(|_| self.contract.has_planner()) {
            Some(ci) => self.role(
                body.comment("Who only plans."),
                PLANNER_ROLE,
                "Plans Terraform in all accounts",
                Some((ci, ci.plans.as_slice())),
                &[PLAN_ROLE],
            ),
            None => body,
        }
    }

    fn role(
        &self,
        body: Body,
        role: &str,
        description: &str,
        ci: Option<(&Ci, &[CiSubject])>,
        assumes: &[&str],
    ) -> Body {
        let name = role.rsplit('/').next().unwrap_or(role);
        let label = name.strip_prefix("csoc-").unwrap_or(name);
        let trust = format!("{label}_trust");
        let reference =
            |attribute: &str| Expression::reference(&format!("aws_iam_role.{label}.{attribute}"));
        let mut body = body
            .blank()
            .block(document(trust.clone(), [self.trust(ci)]))
            .block(
                Block::new("resource", ["aws_iam_role", label].map(ToOwned::to_owned))
                    .attribute("name", name)
                    .attribute("path", "/gen3/")
                    .attribute("description", description)
                    .attribute("assume_role_policy", json(&trust))
                    .attribute("max_session_duration", 3600)
                    .attribute(
                        "permissions_boundary",
                        Expression::reference("aws_iam_policy.controller_boundary.arn"),
                    ),
            );
        let chunks = self.contract.members.chunks(ACCOUNTS_A_POLICY);
        let many = chunks.len() > 1;
        for (number, accounts) in chunks.enumerate() {
            let suffix = if many {
                format!("_{}", number + 1)
            } else {
                String::new()
            };
            let policy = format!("{label}{suffix}");
            let roles = accounts.iter().flat_map(|account| {
                assumes.iter().map(|role| {
                    format!(
                        "arn:{}:iam::{}:role/{role}",
                        self.place.partition, account.id
                    )
                })
            });
            let statement = Statement::allow("AssumeRolesOfAccounts")
                .actions(["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"])
                .on(roles);
            body = body
                .block(document(policy.clone(), [statement]))
                .block(
                    Block::new("resource", ["aws_iam_policy".to_owned(), policy.clone()])
                        .attribute("name", format!("{name}{}", suffix.replace('_', "-")))
                        .attribute("path", "/gen3/")
                        .attribute("description", "Exactly the roles of this fleet's accounts")
                        .attribute("policy", json(&policy)),
                )
                .block(
                    Block::new(
                        "resource",
                        ["aws_iam_role_policy_attachment".to_owned(), policy.clone()],
                    )
                    .attribute("role", reference("name"))
                    .attribute(
                        "policy_arn",
                        Expression::reference(&format!("aws_iam_policy.{policy}.arn")),
                    ),
                );
        }
        body
    }

    /// The pipeline by its subjects; without one, whoever the account's own policies let assume roles.
    fn trust(&self, ci: Option<(&Ci, &[CiSubject])>) -> Statement {
        let Some((ci, subjects)) = ci.filter(|(_, subjects)| !subjects.is_empty()) else {
            return Statement::allow("AssumeWithinAccount")
                .actions(["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"])
                .principals("AWS", [self.place.iam("root")]);
        };
        let issuer = ci.issuer();
        let issuer = issuer.strip_prefix("https://").unwrap_or(issuer);
        Statement::allow("Pipeline")
            .actions(["sts:AssumeRoleWithWebIdentity"])
            .principals(
                "Federated",
                [Expression::reference(
                    "aws_iam_openid_connect_provider.ci.arn",
                )],
            )
            .when("StringEquals", format!("{issuer}:aud"), [AUDIENCE])
            .when(
                "StringEquals",
                format!("{issuer}:sub"),
                subjects.iter().map(CiSubject::as_str),
            )
    }
}
