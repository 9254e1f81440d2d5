//! What an account's own layers need to know.

use std::collections::BTreeSet;

use crate::model::cloud::{Arn, OrganizationId, Region};
use crate::model::name::ObjectName;
use crate::model::{Account, Mode};

/// An account, its regions and whom it trusts.
#[derive(Debug, Clone)]
pub(crate) struct AccountContract {
    pub(crate) name: ObjectName,
    pub(crate) spec: Account,
    /// `aws`, `aws-us-gov`…
    pub(crate) partition: &'static str,
    /// The regions that its clusters are in, and its own.
    pub(crate) regions: BTreeSet<Region>,
    /// The only role that may assume its deploy and plan roles; none where the fleet has no hub.
    pub(crate) controller: Option<Arn>,
    /// The AWS organization that callers must be of.
    pub(crate) organization: Option<OrganizationId>,
    /// Who owns its Terraform.
    pub(crate) mode: Mode,
}

impl AccountContract {
    /// The ARN of the policy that bounds every role of a service.
    pub(crate) fn workload_boundary(&self) -> String {
        format!(
            "arn:{}:iam::{}:policy/gen3/csoc-workload-boundary",
            self.partition, self.spec.id
        )
    }
}
