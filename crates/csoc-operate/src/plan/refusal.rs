//! Which plans are not applied, whoever asks.

use std::collections::BTreeSet;
use std::fmt;

use super::{Action, PlanSummary, PlannedChange};

/// Types that hold what cannot be made again: data, keys, and names that others rely on.
const STATEFUL: [&str; 36] = [
    "aws_backup_vault",
    "aws_cloudtrail",
    "aws_cloudwatch_log_group",
    "aws_cognito_user_pool",
    "aws_db_cluster_snapshot",
    "aws_db_instance",
    "aws_docdb_cluster",
    "aws_dynamodb_table",
    "aws_ebs_volume",
    "aws_ecr_repository",
    "aws_efs_file_system",
    "aws_eks_cluster",
    "aws_elasticache_replication_group",
    "aws_elasticsearch_domain",
    "aws_fsx_lustre_file_system",
    "aws_iam_openid_connect_provider",
    "aws_kinesis_stream",
    "aws_kms_key",
    "aws_kms_replica_key",
    "aws_opensearch_domain",
    "aws_organizations_account",
    "aws_organizations_organization",
    "aws_rds_cluster",
    "aws_rds_cluster_instance",
    "aws_redshift_cluster",
    "aws_route53_zone",
    "aws_s3_bucket",
    "aws_s3_object",
    "aws_secretsmanager_secret",
    "aws_secretsmanager_secret_version",
    "aws_sqs_queue",
    "aws_ssm_parameter",
    "aws_subnet",
    "aws_vpc",
    "random_password",
    "tls_private_key",
];

/// Whether resources of a type hold what cannot be made again.
pub(super) fn is_stateful(of: &str) -> bool {
    STATEFUL.binary_search(&of).is_ok()
}

/// Why a plan is not applied.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// Something failed while planning, or was put off.
    Incomplete,
    /// What cannot be made again would be destroyed, and nobody allowed it.
    Destroys(PlannedChange),
    /// What is being taken over would be made, replaced or destroyed.
    Adopting(PlannedChange),
    /// What was allowed to be destroyed is not in the plan: it was meant for another one.
    NotPlanned(Box<str>),
}

impl PlanSummary {
    /// Why it is not applied, all reasons; none where it may be. `allowed` are the addresses that may be destroyed.
    pub fn refusals(&self, allowed: &BTreeSet<&str>) -> Vec<Refusal> {
        let incomplete = (!self.is_complete).then_some(Refusal::Incomplete);
        let destroyed = self.changes.iter().filter(|change| {
            change.action.destroys() && change.is_stateful() && !allowed.contains(&*change.address)
        });
        let not_planned = allowed.iter().filter(|address| !self.destroys(address));
        incomplete
            .into_iter()
            .chain(destroyed.cloned().map(Refusal::Destroys))
            .chain(not_planned.map(|address| Refusal::NotPlanned((*address).into())))
            .collect()
    }

    /// Why it is not applied to a stack whose resources are being taken over: that changes none of them but in place.
    pub fn refusals_of_adoption(&self) -> Vec<Refusal> {
        let incomplete = (!self.is_complete).then_some(Refusal::Incomplete);
        let changed = self
            .changes
            .iter()
            .filter(|change| change.action == Action::Create || change.action.destroys());
        incomplete
            .into_iter()
            .chain(changed.cloned().map(Refusal::Adopting))
            .collect()
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Incomplete => {
                f.write_str("the plan is not whole; mend what failed, and plan again")
            }
            Self::Destroys(change) => write!(
                f,
                "the plan would {} `{}`, which cannot be made again; if that is meant, say `--allow-destroy {}`",
                change.action, change.address, change.address
            ),
            Self::Adopting(change) => write!(
                f,
                "the plan would {} `{}`; a stack that is being taken over takes what there is: add an import of it",
                change.action, change.address
            ),
            Self::NotPlanned(address) => write!(
                f,
                "`--allow-destroy {address}` allows what the plan does not destroy; take it out, or look at which plan this is"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::STATEFUL;

    #[test]
    fn the_types_are_sorted() {
        assert!(STATEFUL.is_sorted());
    }
}
