//! What the account that a fleet is run from holds for all others.

use std::collections::BTreeSet;

use super::account::CONTROLLER_ROLE;
use super::hub_services::{HubSecret, HubServices};
use crate::model::cloud::{AccountId, Arn, BucketName, OrganizationId, Region};
use crate::model::fleet::State;
use crate::model::hub::Hub;
use crate::model::name::ObjectName;
use crate::model::network::{Email, Hostname};
use crate::model::organization::Guardrails;

/// An account that the fleet looks after: its Terraform is ours.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Member {
    pub(crate) name: ObjectName,
    pub(crate) id: AccountId,
    /// Its own region.
    pub(crate) home: Region,
    /// The regions that it is used in.
    pub(crate) regions: BTreeSet<Region>,
    /// The domain whose zone it holds.
    pub(crate) domain: Option<Hostname>,
    /// The role that applies its `access`.
    pub(crate) bootstrap_role: Option<Arn>,
}

/// Where state lies, and who runs Terraform: what is there before anything else.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct BootstrapContract {
    /// The account that holds it: the hub's, or the only one.
    pub(crate) account: ObjectName,
    pub(crate) account_id: AccountId,
    pub(crate) partition: &'static str,
    pub(crate) state: State,
    pub(crate) organization: Option<OrganizationId>,
    /// Where the fleet is run from; none where one account is all there is.
    pub(crate) hub: Option<Hub>,
    pub(crate) members: Vec<Member>,
    /// Who is told of alarms.
    pub(crate) contacts: Vec<Email>,
}

/// The alias of the key that encrypts state. Whoever deploys may write aliases below `gen3/` only.
pub(crate) const STATE_KEY: &str = "csoc-terraform-state";
/// The alias of the key of the topic for alarms.
pub(crate) const ALERTS_KEY: &str = "csoc-alerts";
/// The topic that alarms of all accounts go to.
pub(crate) const ALERTS_TOPIC: &str = "gen3-alerts";

impl BootstrapContract {
    /// The bucket with who read and wrote state. Its name lets nobody in who may write the account's other buckets.
    pub(crate) fn log_bucket(&self) -> String {
        format!("csoc-state-logs-{}", self.account_id)
    }

    /// The bucket with state.
    pub(crate) fn state_bucket(&self) -> &BucketName {
        &self.state.bucket
    }

    /// Whether the role that runs Terraform is made here.
    pub(crate) fn makes_controller(&self) -> bool {
        self.hub
            .as_ref()
            .is_some_and(|hub| hub.controller_role.is_none())
    }

    /// The role of pipelines that only plan, by its path and name.
    pub(crate) fn has_planner(&self) -> bool {
        self.makes_controller() && self.hub.as_ref().is_some_and(Hub::plans_apart)
    }

    /// Another account than this.
    pub(crate) fn others(&self) -> impl Iterator<Item = &Member> {
        self.members
            .iter()
            .filter(|member| member.id != self.account_id)
    }
}

impl Hub {
    /// Whether some pipelines only plan.
    pub(crate) fn plans_apart(&self) -> bool {
        self.ci.as_ref().is_some_and(|ci| !ci.plans.is_empty())
    }
}

/// The hub, whose account is ours.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct HubContract {
    pub(crate) account: ObjectName,
    pub(crate) account_id: AccountId,
    pub(crate) partition: &'static str,
    /// The account's own region.
    pub(crate) region: Region,
    pub(crate) spec: Hub,
    /// The hub's cluster, where Terraform makes it.
    pub(crate) cluster: Option<ObjectName>,
    /// The domain that the hub's account holds besides.
    pub(crate) account_domain: Option<Hostname>,
    pub(crate) organization: Option<OrganizationId>,
    pub(crate) members: Vec<Member>,
    /// What runs in its cluster for people, where anything does.
    pub(crate) services: Option<HubServices>,
    /// The clusters that it pushes to and speaks to with a token, since no role of theirs is ours.
    pub(crate) tokens: Vec<ObjectName>,
}

/// Who holds the zone that accounts' domains are delegated from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ParentZone {
    /// The layer `hub`.
    Hub,
    /// The hub account's own `foundation`, since the two domains are one.
    Foundation,
}

impl HubContract {
    /// The role of the hub's External Secrets, by its path and name. That of its Argo CD is a role of its cluster.
    pub(crate) const SECRETS_ROLE: &'static str = "gen3/hub/external-secrets";
    /// The namespace of the hub's Argo CD, where its secrets are.
    pub(crate) const NAMESPACE: &'static str = super::delivery::ARGO_CD;
    /// The service account that the hub's secrets are read as.
    pub(crate) const SECRETS_ACCOUNT: &'static str = "hub-secret-store";
    /// The alias of the key of an archive of logs.
    pub(crate) const ARCHIVE_KEY: &'static str = "gen3/log-archive";
    /// Whom the logs of a region pass: who hands them over, and who writes them.
    pub(crate) const LOG_ROLES: [&'static str; 2] = ["destination", "stream"];

    /// Whether the layer `hub` makes the role that reads its secrets: it trusts service accounts of the hub's cluster.
    pub(crate) fn has_readers(&self) -> bool {
        self.cluster.is_some()
    }

    /// The ARN of that role.
    pub(crate) fn secrets_role(&self) -> String {
        let (partition, account) = (self.partition, &self.account_id);
        format!("arn:{partition}:iam::{account}:role/{}", Self::SECRETS_ROLE)
    }

    /// Who holds the zone of the hub's domain.
    pub(crate) fn parent_zone(&self) -> Option<ParentZone> {
        let domain = self.spec.domain.as_ref()?;
        Some(if self.account_domain.as_ref() == Some(domain) {
            ParentZone::Foundation
        } else {
            ParentZone::Hub
        })
    }

    /// The domain of a member that is delegated from the hub's zone.
    pub(crate) fn delegated<'a>(&self, member: &'a Member) -> Option<&'a Hostname> {
        let parent = self.spec.domain.as_ref()?;
        let domain = member.domain.as_ref()?;
        (domain != parent && domain.is_within(parent)).then_some(domain)
    }

    /// The secrets that somebody fills: of its services, and of the clusters that it speaks to with a token.
    pub(crate) fn secrets(&self) -> Vec<HubSecret> {
        let services = self.services.iter();
        let of_services = services.flat_map(|services| services.secrets(&self.spec));
        let of_clusters = self.tokens.iter().map(HubSecret::token);
        of_services.chain(of_clusters).collect()
    }

    /// Whether backups are copied: AWS does it only within an organization.
    pub(crate) fn has_vaults(&self) -> bool {
        self.organization.is_some()
    }

    /// The vault of an account's copies, in each of its regions.
    pub(crate) fn vault(member: &ObjectName) -> String {
        format!("gen3-{member}")
    }

    /// The alias of the key of a vault, without `gen3/`.
    pub(crate) fn vault_key(member: &ObjectName) -> String {
        format!("backup-{member}")
    }

    /// The bucket of a region's logs.
    pub(crate) fn log_archive(&self, region: &Region) -> String {
        format!("gen3-{}-logs-{region}", self.account_id)
    }

    /// The regions of all members.
    pub(crate) fn regions(&self) -> BTreeSet<Region> {
        let regions = self.members.iter().flat_map(|member| &member.regions);
        regions.cloned().collect()
    }

    /// The role of the logs of a region, by its path and name: the account has one in each.
    pub(crate) fn log_role(label: &str, region: &Region) -> String {
        format!("gen3/logging/{label}-{region}")
    }
}

/// Policies of the organization for the fleet's accounts.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct GuardrailContract {
    /// The account that applies them.
    pub(crate) account: ObjectName,
    pub(crate) organization: Option<OrganizationId>,
    pub(crate) spec: Guardrails,
    pub(crate) members: Vec<Member>,
    pub(crate) partition: &'static str,
}

impl GuardrailContract {
    /// The regions that may be used.
    pub(crate) fn regions(&self) -> BTreeSet<Region> {
        let used = self.members.iter().flat_map(|member| &member.regions);
        used.chain(&self.spec.regions).cloned().collect()
    }
}

/// The ARN of the role that runs Terraform, in the hub's account.
pub(crate) fn controller_arn(partition: &str, account: &AccountId) -> String {
    format!("arn:{partition}:iam::{account}:role/{CONTROLLER_ROLE}")
}
