//! The layer `access`: who may change an account, and the limits of all roles that are made in it.
//!
//! `csoc-deploy` applies, `csoc-plan` plans, `csoc-breakglass` is for people in
//! an emergency, `csoc-secrets` for people who seed, check and rotate secrets.
//! These are limited by one boundary, every role that deploy
//! makes by another; with one for both, a role of its own making could again
//! be an administrator.

mod account;
mod boundary;
mod deploy;
mod plan;
mod secrets;

use std::collections::BTreeSet;

use super::place::Place;
use super::policy::{Statement, document, json};
use super::root::Content;
use super::variables::Variable;
use crate::contract::{AccountContract, BootstrapContract, ClusterRolePurpose, Contracts};
use crate::hcl::{Block, Body, Expression};
use crate::model::cloud::{AccountId, Region};
use crate::model::fleet::State;
use crate::model::stack::OutputKind;

/// The variable with the external id.
pub(super) const EXTERNAL_ID: &str = "external_id";

/// What an account's access is made of.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Access {
    pub(super) place: Place,
    /// The regions that deploy works in.
    pub(super) regions: Vec<Region>,
    /// Who may assume the role that deploys.
    pub(super) operator: String,
    /// Who may assume the role that plans.
    pub(super) planners: Vec<String>,
    /// Who may assume the role for emergencies.
    pub(super) emergency: String,
    /// Who may assume the role for secrets.
    pub(super) seeder: String,
    /// Whether they must present the external id.
    pub(super) asks_external_id: bool,
    /// The organization that they must be of.
    pub(super) organization: Option<String>,
    pub(super) state: Option<State>,
    /// Roles of clusters that are not below a path of ours, by path and name.
    pub(super) cluster_roles: Vec<String>,
    /// Those of them that machines have.
    pub(super) node_roles: Vec<String>,
    /// The secrets with master credentials of databases, with their region.
    pub(super) master_secrets: Vec<(Region, String)>,
    /// The secrets of environments, clusters and the hub, as patterns of ARNs.
    pub(super) secrets: BTreeSet<String>,
    /// The roles for secrets of members, where this is the hub's account.
    pub(super) members: Vec<String>,
    /// The account that state lies in, where its layer is ours.
    pub(super) state_account: Option<AccountId>,
    /// What only the bootstrap role may touch, where it is in this account.
    pub(super) bootstrap: Option<Box<BootstrapContract>>,
    /// The hub's account, where logs go.
    pub(super) hub: Option<AccountId>,
    /// Whether the organization says what no one may do.
    pub(super) has_guardrails: bool,
}

impl Access {
    /// The access of an account.
    pub(super) fn new(
        account: &AccountContract,
        contracts: &Contracts,
        place: Place,
        state: Option<State>,
    ) -> Self {
        let mut cluster_roles = Vec::new();
        let mut node_roles = Vec::new();
        let mut master_secrets = Vec::new();
        let clusters = contracts.clusters.values();
        for cluster in clusters.filter(|cluster| cluster.account == account.name) {
            let Some(eks) = &cluster.eks else {
                continue;
            };
            for role in &eks.roles {
                if role.role.starts_with("gen3/") {
                    continue;
                }
                cluster_roles.push(role.role.clone());
                if role.purpose == ClusterRolePurpose::Nodes {
                    node_roles.push(role.role.clone());
                }
            }
            let databases = cluster.databases.iter();
            let ours = databases
                .filter(|database| eks.databases.iter().any(|used| used.name == database.name));
            master_secrets.extend(
                ours.map(|database| (cluster.region.clone(), database.master_secret.clone())),
            );
        }
        let bootstrap = contracts.bootstrap.as_ref();
        let mut regions = account.regions.clone();
        // The hub's account has something in each region that the fleet uses.
        if let Some(hub) = contracts
            .hub
            .as_ref()
            .filter(|hub| hub.account == account.name)
        {
            regions.extend(hub.regions());
        }
        Self {
            secrets: secrets::of(account, contracts, &place),
            members: secrets::members(account, contracts),
            cluster_roles,
            node_roles,
            master_secrets,
            regions: regions.into_iter().collect(),
            planners: account.planners(),
            state_account: bootstrap.map(|bootstrap| bootstrap.account_id.clone()),
            bootstrap: bootstrap
                .filter(|bootstrap| bootstrap.account == account.name)
                .map(|bootstrap| Box::new(bootstrap.clone())),
            hub: account.hub.clone(),
            has_guardrails: account.has_guardrails,
            place,
            operator: account.operator(),
            emergency: account.emergency(),
            seeder: account.seeder(),
            asks_external_id: account.asks_external_id(),
            organization: account.organization.as_ref().map(ToString::to_string),
            state,
        }
    }

    /// The layer's content.
    pub(super) fn content(&self) -> Content {
        let mut main = Body::new()
            .comment(
                "The limit of the csoc roles: what they may never do, whatever their policies say.",
            )
            .blank()
            .block(document("boundary", self.boundary()))
            .block(policy(
                "boundary",
                "csoc-boundary",
                "Limit of the csoc roles",
            ))
            .comment("The limit of every role that csoc-deploy creates.")
            .blank()
            .block(document("workload_boundary", self.workload_boundary()))
            .block(policy(
                "workload_boundary",
                "csoc-workload-boundary",
                "Limit of every role that csoc-deploy creates",
            ))
            .comment("What csoc-deploy and csoc-plan share: descriptions, and no contents.")
            .blank()
            .block(document("read", [plan::read(), self.see_buckets()]))
            .block(policy("read", "csoc-read", "Descriptions of resources"))
            .block(document("no_data", self.no_data()))
            .block(policy(
                "no_data",
                "csoc-no-data",
                "No object data, secret values, logs or messages",
            ));
        main = self.deploy(main);
        main = self.role(
            main.comment("csoc-plan plans and looks for drift.").blank(),
            "plan",
            "Plans the stacks of this account and detects drift",
            &self.planners,
            false,
        );
        main = role_policy(main, "plan", "state", self.plan_state());
        main = main
            .block(attach("plan", "read"))
            .block(attach("plan", "no_data"));
        main = self.role(
            main.comment("csoc-breakglass is for people, with a second factor, in an emergency.")
                .blank(),
            "breakglass",
            "Emergency access for people, with a second factor",
            std::slice::from_ref(&self.emergency),
            // AWS tells of no second factor of who is a role already: the hub's own role asked for it.
            self.emergency.ends_with(":root"),
        );
        // All that its limit lets it do, and no more than that is written anywhere.
        main.push(attach("breakglass", "boundary"));
        main = self.secrets(main);
        Content {
            main,
            outputs: vec![
                (
                    OutputKind::DeployRoleArn,
                    Expression::reference("aws_iam_role.deploy.arn"),
                ),
                (
                    OutputKind::PlanRoleArn,
                    Expression::reference("aws_iam_role.plan.arn"),
                ),
                (
                    OutputKind::BoundaryArn,
                    Expression::reference("aws_iam_policy.workload_boundary.arn"),
                ),
            ],
        }
    }

    /// The role that applies.
    fn deploy(&self, body: Body) -> Body {
        let mut main = self.role(
            body.comment("csoc-deploy applies.").blank(),
            "deploy",
            "Applies the stacks of this account, except access",
            std::slice::from_ref(&self.operator),
            false,
        );
        main = role_policy(main, "deploy", "services", self.services());
        main = role_policy(main, "deploy", "identity", self.identity());
        main = role_policy(main, "deploy", "state", self.deploy_state());
        main.block(document("account_services", self.account_services()))
            .block(policy(
                "account_services",
                "csoc-deploy-account",
                "What csoc-deploy may do with what watches the account, and the hub's own services",
            ))
            .block(attach("deploy", "account_services"))
            .block(attach("deploy", "read"))
            .block(attach("deploy", "no_data"))
    }

    fn role(
        &self,
        body: Body,
        name: &'static str,
        description: &'static str,
        principals: &[String],
        second_factor: bool,
    ) -> Body {
        let trust = format!("{name}_trust");
        body.block(document(
            trust.clone(),
            self.trust(principals, second_factor),
        ))
        .block(
            Block::new("resource", ["aws_iam_role", name])
                .attribute("name", format!("csoc-{name}"))
                .attribute("path", "/gen3/")
                .attribute("description", description)
                .attribute("assume_role_policy", json(&trust))
                .attribute("max_session_duration", 3600)
                .attribute(
                    "permissions_boundary",
                    Expression::reference("aws_iam_policy.boundary.arn"),
                ),
        )
    }

    /// Labels of sessions are a statement of their own: the external id is not certain to be in their context.
    fn trust(&self, principals: &[String], second_factor: bool) -> [Statement; 2] {
        let of_organization = |statement: Statement| match &self.organization {
            Some(organization) => statement.when(
                "StringEquals",
                "aws:PrincipalOrgID",
                [organization.as_str()],
            ),
            None => statement,
        };
        // Without a hub, whoever the account's own policies let assume roles.
        let sid = if principals
            .iter()
            .any(|principal| principal.ends_with(":root"))
        {
            "AssumeWithinAccount"
        } else {
            "AssumeFromHub"
        };
        let mut assume = Statement::allow(sid)
            .actions(["sts:AssumeRole"])
            .principals("AWS", principals.iter().map(String::as_str));
        if self.asks_external_id {
            assume = assume.when(
                "StringEquals",
                "sts:ExternalId",
                [Variable::reference(EXTERNAL_ID)],
            );
        }
        assume = of_organization(assume);
        if second_factor {
            assume = assume
                .when("Bool", "aws:MultiFactorAuthPresent", ["true"])
                .when("NumericLessThan", "aws:MultiFactorAuthAge", ["3600"]);
        }
        let label = Statement::allow("LabelSession")
            .actions(["sts:SetSourceIdentity", "sts:TagSession"])
            .principals("AWS", principals.iter().map(String::as_str));
        [assume, of_organization(label)]
    }

    /// The account's buckets: their names hold its number.
    fn buckets(&self) -> String {
        self.place.s3(&format!("*-{}-*", self.place.account))
    }

    /// The ARNs of secrets with master credentials, without the characters that the cloud appends.
    fn master_secrets(&self) -> Vec<String> {
        let arn = |(region, name): &(Region, String)| {
            let place = Place {
                region: region.clone(),
                ..self.place.clone()
            };
            place.arn("secretsmanager", &format!("secret:{name}-??????"))
        };
        self.master_secrets.iter().map(arn).collect()
    }

    /// The account's part of the state bucket.
    fn state_objects(&self, state: &State, pattern: &str) -> String {
        self.place.s3(&format!(
            "{}/v1/{}/{pattern}",
            state.bucket, self.place.account
        ))
    }
}

fn policy(label: &'static str, name: &'static str, description: &'static str) -> Block {
    Block::new("resource", ["aws_iam_policy", label])
        .attribute("name", name)
        .attribute("path", "/gen3/")
        .attribute("description", description)
        .attribute("policy", json(label))
}

/// A policy of a role; none where nothing is in it.
fn role_policy(body: Body, role: &str, name: &'static str, statements: Vec<Statement>) -> Body {
    if statements.is_empty() {
        return body;
    }
    let label = format!("{role}_{name}");
    body.block(document(label.clone(), statements)).block(
        Block::new(
            "resource",
            ["aws_iam_role_policy".to_owned(), label.clone()],
        )
        .attribute("name", name)
        .attribute(
            "role",
            Expression::reference(&format!("aws_iam_role.{role}.name")),
        )
        .attribute("policy", json(&label)),
    )
}

fn attach(role: &str, policy: &str) -> Block {
    Block::new(
        "resource",
        [
            "aws_iam_role_policy_attachment".to_owned(),
            format!("{role}_{policy}"),
        ],
    )
    .attribute(
        "role",
        Expression::reference(&format!("aws_iam_role.{role}.name")),
    )
    .attribute(
        "policy_arn",
        Expression::reference(&format!("aws_iam_policy.{policy}.arn")),
    )
}
