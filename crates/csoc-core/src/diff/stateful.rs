//! Resources that hold something, and arguments that cannot be changed in place.
//!
//! A provider's schema does not say which arguments force a new resource, so
//! this table is our own: what Gen3's modules and ours make, from the
//! providers' documentation. A type that is not in it is updated in place as
//! far as is known.

/// What is known of a type of resource.
#[derive(Debug, Clone, Copy)]
pub(super) struct ResourceFacts {
    /// The type.
    pub(super) kind: &'static str,
    /// What is gone with it; none where it holds nothing.
    pub(super) holds: Option<&'static str>,
    /// Arguments that force a new one; the first is its name.
    pub(super) forces_new: &'static [&'static str],
}

const fn holds(
    kind: &'static str,
    holds: &'static str,
    forces_new: &'static [&'static str],
) -> ResourceFacts {
    ResourceFacts {
        kind,
        holds: Some(holds),
        forces_new,
    }
}

const fn empty(kind: &'static str, forces_new: &'static [&'static str]) -> ResourceFacts {
    ResourceFacts {
        kind,
        holds: None,
        forces_new,
    }
}

/// The table, sorted by type.
pub(super) const RESOURCES: &[ResourceFacts] = &[
    empty(
        "aws_acm_certificate",
        &[
            "domain_name",
            "validation_method",
            "subject_alternative_names",
            "key_algorithm",
        ],
    ),
    holds(
        "aws_backup_vault",
        "its recovery points",
        &["name", "kms_key_arn"],
    ),
    empty("aws_cloudfront_distribution", &[]),
    holds(
        "aws_cloudwatch_log_group",
        "its log",
        &["name", "name_prefix"],
    ),
    holds(
        "aws_cognito_user_pool",
        "its users",
        &["name", "alias_attributes", "username_attributes"],
    ),
    holds(
        "aws_db_instance",
        "its databases",
        &[
            "identifier",
            "identifier_prefix",
            "engine",
            "db_name",
            "username",
            "storage_encrypted",
            "kms_key_id",
            "availability_zone",
            "snapshot_identifier",
            "character_set_name",
        ],
    ),
    empty("aws_db_subnet_group", &["name", "name_prefix"]),
    holds(
        "aws_docdb_cluster",
        "its databases",
        &[
            "cluster_identifier",
            "engine",
            "storage_encrypted",
            "kms_key_id",
        ],
    ),
    holds(
        "aws_dynamodb_table",
        "its items",
        &["name", "hash_key", "range_key"],
    ),
    holds(
        "aws_ebs_volume",
        "its files",
        &[
            "availability_zone",
            "encrypted",
            "kms_key_id",
            "snapshot_id",
        ],
    ),
    holds(
        "aws_ecr_repository",
        "its images",
        &["name", "encryption_configuration"],
    ),
    holds(
        "aws_efs_file_system",
        "its files",
        &[
            "creation_token",
            "encrypted",
            "kms_key_id",
            "performance_mode",
            "availability_zone_name",
        ],
    ),
    empty("aws_eip", &["domain"]),
    holds(
        "aws_eks_cluster",
        "everything that runs in it",
        &[
            "name",
            "role_arn",
            "kubernetes_network_config",
            "bootstrap_self_managed_addons",
            "vpc_config.subnet_ids",
        ],
    ),
    empty(
        "aws_eks_node_group",
        &[
            "node_group_name",
            "cluster_name",
            "node_role_arn",
            "subnet_ids",
            "instance_types",
            "ami_type",
            "capacity_type",
            "disk_size",
        ],
    ),
    holds(
        "aws_elasticache_replication_group",
        "what it caches",
        &[
            "replication_group_id",
            "at_rest_encryption_enabled",
            "kms_key_id",
        ],
    ),
    holds(
        "aws_elasticsearch_domain",
        "its indices",
        &["domain_name", "encrypt_at_rest", "vpc_options.subnet_ids"],
    ),
    empty("aws_iam_instance_profile", &["name", "name_prefix", "path"]),
    empty("aws_iam_openid_connect_provider", &["url"]),
    empty("aws_iam_policy", &["name", "name_prefix", "path"]),
    empty("aws_iam_role", &["name", "name_prefix", "path"]),
    empty("aws_iam_role_policy", &["name", "role"]),
    empty("aws_iam_user", &[]),
    empty("aws_kms_alias", &["name", "name_prefix"]),
    holds(
        "aws_kms_key",
        "all that it encrypted",
        &[
            "customer_master_key_spec",
            "key_usage",
            "multi_region",
            "custom_key_store_id",
        ],
    ),
    empty("aws_lb", &["name", "internal", "load_balancer_type"]),
    empty("aws_nat_gateway", &["subnet_id", "connectivity_type"]),
    holds(
        "aws_opensearch_domain",
        "its indices",
        &["domain_name", "encrypt_at_rest", "vpc_options.subnet_ids"],
    ),
    holds(
        "aws_rds_cluster",
        "its databases",
        &[
            "cluster_identifier",
            "cluster_identifier_prefix",
            "engine",
            "database_name",
            "master_username",
            "storage_encrypted",
            "kms_key_id",
            "db_subnet_group_name",
            "snapshot_identifier",
        ],
    ),
    empty(
        "aws_rds_cluster_instance",
        &[
            "identifier",
            "identifier_prefix",
            "cluster_identifier",
            "engine",
        ],
    ),
    holds(
        "aws_redshift_cluster",
        "its databases",
        &["cluster_identifier", "database_name", "master_username"],
    ),
    empty(
        "aws_route53_record",
        &["name", "type", "zone_id", "set_identifier"],
    ),
    holds(
        "aws_route53_zone",
        "its records",
        &["name", "vpc", "delegation_set_id"],
    ),
    holds(
        "aws_s3_bucket",
        "its objects",
        &["bucket", "bucket_prefix", "object_lock_enabled"],
    ),
    holds(
        "aws_secretsmanager_secret",
        "its value",
        &["name", "name_prefix"],
    ),
    empty("aws_sns_topic", &["name", "name_prefix", "fifo_topic"]),
    holds(
        "aws_sqs_queue",
        "its messages",
        &["name", "name_prefix", "fifo_queue"],
    ),
    holds("aws_ssm_parameter", "its value", &["name"]),
    empty("aws_subnet", &["cidr_block", "availability_zone", "vpc_id"]),
    holds(
        "aws_vpc",
        "everything that is in it",
        &["cidr_block", "instance_tenancy"],
    ),
    empty("aws_wafv2_ip_set", &["name", "scope", "ip_address_version"]),
    empty("aws_wafv2_web_acl", &["name", "scope"]),
    holds(
        "azurerm_key_vault",
        "its secrets",
        &["name", "location", "resource_group_name"],
    ),
    holds(
        "azurerm_kubernetes_cluster",
        "everything that runs in it",
        &["name", "location", "resource_group_name", "dns_prefix"],
    ),
    holds(
        "azurerm_postgresql_flexible_server",
        "its databases",
        &["name", "location", "resource_group_name"],
    ),
    holds(
        "azurerm_storage_account",
        "its objects",
        &["name", "location", "resource_group_name", "account_kind"],
    ),
    holds(
        "google_container_cluster",
        "everything that runs in it",
        &["name", "location", "network", "subnetwork"],
    ),
    holds(
        "google_kms_crypto_key",
        "all that it encrypted",
        &["name", "key_ring", "purpose"],
    ),
    holds(
        "google_secret_manager_secret",
        "its value",
        &["secret_id", "replication"],
    ),
    holds(
        "google_sql_database_instance",
        "its databases",
        &["name", "region", "database_version", "encryption_key_name"],
    ),
    holds(
        "google_storage_bucket",
        "its objects",
        &["name", "location"],
    ),
];

impl ResourceFacts {
    /// What is known of a type.
    pub(super) fn of(kind: &str) -> Option<&'static Self> {
        let at = RESOURCES
            .binary_search_by(|facts| facts.kind.cmp(kind))
            .ok()?;
        RESOURCES.get(at)
    }

    /// Whether the argument at a path cannot be changed in place.
    pub(super) fn is_forced_by(&self, path: &str) -> bool {
        self.forces_new.iter().any(|argument| {
            path.strip_prefix(argument)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(RESOURCES.is_sorted_by_key(|facts| facts.kind));
    }

    #[test]
    fn arguments_are_found_by_their_paths() {
        let domain = ResourceFacts::of("aws_opensearch_domain").unwrap();
        assert!(domain.is_forced_by("vpc_options.subnet_ids"));
        assert!(domain.is_forced_by("encrypt_at_rest.enabled"));
        assert!(!domain.is_forced_by("vpc_options.security_group_ids"));
        assert!(ResourceFacts::of("aws_unknown").is_none());
    }
}
