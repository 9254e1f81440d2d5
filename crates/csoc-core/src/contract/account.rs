//! What an account's own layers need to know.

use std::collections::BTreeSet;

use crate::model::account::{AuditService, Trail};
use crate::model::cloud::{AccountId, Arn, OrganizationId, Region};
use crate::model::name::ObjectName;
use crate::model::{Account, Mode};

/// An account, its regions and whom it trusts.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct AccountContract {
    pub(crate) name: ObjectName,
    pub(crate) spec: Account,
    /// `aws`, `aws-us-gov`…
    pub(crate) partition: &'static str,
    /// The regions that its clusters are in, and its own.
    pub(crate) regions: BTreeSet<Region>,
    /// The only role that may assume its deploy and plan roles; none where the fleet has no hub.
    pub(crate) controller: Option<Arn>,
    /// The role of pipelines that only plan, which the plan role trusts besides.
    pub(crate) planner: Option<String>,
    /// The hub's account, where logs and copies of backups go and which is ours, too.
    pub(crate) hub: Option<AccountId>,
    /// Whether the organization's policies say what no one may do here.
    pub(crate) has_guardrails: bool,
    /// The AWS organization that callers must be of.
    pub(crate) organization: Option<OrganizationId>,
    /// Who owns its Terraform.
    pub(crate) mode: Mode,
}

/// The role that applies, by its path and name.
pub(crate) const DEPLOY_ROLE: &str = "gen3/csoc-deploy";
/// The role that plans.
pub(crate) const PLAN_ROLE: &str = "gen3/csoc-plan";
/// The role for emergencies, by its path and name.
pub(crate) const BREAKGLASS_ROLE: &str = "gen3/csoc-breakglass";
/// The role that seeds, checks and rotates secrets, by its path and name.
pub(crate) const SEEDER_ROLE: &str = "gen3/csoc-secrets";
/// The role that runs Terraform, in the hub's account.
pub(crate) const CONTROLLER_ROLE: &str = "gen3/csoc-controller";
/// The role of pipelines that only plan, in the hub's account.
pub(crate) const PLANNER_ROLE: &str = "gen3/csoc-planner";
/// The roles of every account, by their path and name: who applies, who plans, who helps in an emergency.
pub(crate) const ACCESS_ROLES: [&str; 3] = [DEPLOY_ROLE, PLAN_ROLE, BREAKGLASS_ROLE];
/// What the key for volumes is called in its alias. No other stack asks for it, so it is no `KeyPurpose`.
pub(crate) const VOLUME_KEY: &str = "ebs";
/// What the key of an account's trail is called in its alias.
pub(crate) const AUDIT_KEY: &str = "audit";
/// The role of an account's trail.
pub(crate) const TRAIL_ROLE: &str = "gen3/audit/trail";

/// The bucket that takes the access logs of all buckets of environments in a region of an account.
pub(crate) fn access_log_bucket(account: &AccountId, region: &Region) -> String {
    format!("gen3-{account}-access-logs-{region}")
}

/// Whether an account whose Terraform is owned so has such buckets: only where the layer that makes them is ours.
pub(crate) const fn keeps_access_logs(mode: Mode) -> bool {
    matches!(mode, Mode::Managed | Mode::Adopt)
}

impl AccountContract {
    /// Who may assume the roles that deploy and plan: the controller, or without a hub the account's own identities.
    pub(crate) fn operator(&self) -> String {
        match &self.controller {
            Some(controller) => controller.to_string(),
            None => self.root(),
        }
    }

    /// Who may assume the role for emergencies: the hub's own, or in the hub's account the account's identities.
    pub(crate) fn emergency(&self) -> String {
        self.own_of_hub(BREAKGLASS_ROLE)
    }

    /// Who may assume the role for secrets: the hub's own, or in the hub's account the account's identities.
    pub(crate) fn seeder(&self) -> String {
        self.own_of_hub(SEEDER_ROLE)
    }

    fn own_of_hub(&self, role: &str) -> String {
        match self.foreign_hub() {
            Some(hub) => format!("arn:{}:iam::{hub}:role/{role}", self.partition),
            None => self.root(),
        }
    }

    /// Whether they must present an external id: always where they come from another account.
    pub(crate) fn asks_external_id(&self) -> bool {
        self.spec.external_id.is_some() || self.foreign_hub().is_some()
    }

    /// Who may assume the role that plans.
    pub(crate) fn planners(&self) -> Vec<String> {
        [self.operator()]
            .into_iter()
            .chain(self.planner.clone())
            .collect()
    }

    /// The bucket of its trail, and of what its resources looked like.
    pub(crate) fn audit_bucket(&self) -> String {
        format!("gen3-{}-audit", self.spec.id)
    }

    /// Whether it keeps such a bucket.
    pub(crate) fn keeps_audit(&self) -> bool {
        let audit = &self.spec.audit;
        audit.trail == Trail::Account || audit.has(AuditService::Config)
    }

    /// Whether it keeps a trail of its own.
    pub(crate) fn keeps_trail(&self) -> bool {
        self.spec.audit.trail == Trail::Account
    }

    fn foreign_hub(&self) -> Option<AccountId> {
        let hub = self.controller.as_ref()?.account()?;
        (hub != self.spec.id).then_some(hub)
    }

    fn root(&self) -> String {
        format!("arn:{}:iam::{}:root", self.partition, self.spec.id)
    }

    /// The ARN of the policy that bounds every role of a service.
    pub(crate) fn workload_boundary(&self) -> String {
        format!(
            "arn:{}:iam::{}:policy/gen3/csoc-workload-boundary",
            self.partition, self.spec.id
        )
    }
}
