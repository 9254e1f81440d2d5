"""What `terraform_apply.py` cannot do, or lets pass, because the AWS it talks to is a pretended one; with reasons."""

# Types of resources that moto 5.2 cannot make. What refers to them goes with them. At most ten.
LEFT_OUT = {
    "aws_backup_vault_policy": "moto has vaults without policies",
    "aws_backup_selection": "moto has plans that select nothing",
    "aws_opensearch_domain": "a domain of moto is being made for ever, as the provider sees it",
}

# Layers that are not applied at all: what they would give stands in.
LAYERS = {
    "delivery": "it speaks to the API of a cluster, and a cluster of moto has none",
    "organization": "moto itself numbers the accounts of an organization, so that ours are in none",
}

# Clusters that have more databases and indices than `main`.
MORE_STORES = {"research": ("oceans",)}

# Changes that a second plan shows though nothing changed: (type, attribute), with the reason. At most five.
DRIFTS = {}

# Why a plan of an import sets what the cloud has no notion of.
OWN = "Terraform's own, for when it makes or destroys one"

# Changes that the plan of an import shows, of what the cloud does not tell and no import can know: (type, attribute).
IMPORTED = {
    ("aws_acm_certificate_validation", "create"): "it only waits, and makes nothing",
    ("aws_backup_vault", "force_destroy"): OWN,
    ("aws_eks_addon", "resolve_conflicts_on_create"): OWN,
    ("aws_eks_addon", "resolve_conflicts_on_update"): OWN,
    ("aws_launch_template", "default_version"): "the newest is the default, as before",
    ("aws_launch_template", "update_default_version"): OWN,
    ("aws_rds_cluster", "enable_global_write_forwarding"): "off is told as nothing",
    ("aws_rds_cluster", "enable_local_write_forwarding"): "off is told as nothing",
    ("aws_rds_cluster", "final_snapshot_identifier"): OWN,
    ("aws_rds_cluster", "master_password_wo_version"): "nobody can read the password: a new one is set",
    ("aws_rds_cluster", "skip_final_snapshot"): OWN,
    ("aws_rds_cluster_instance", "force_destroy"): OWN,
    ("aws_secretsmanager_secret", "force_overwrite_replica_secret"): OWN,
    ("aws_secretsmanager_secret", "recovery_window_in_days"): OWN,
    (
        "aws_secretsmanager_secret_version",
        "create",
    ): "a version with the new password; importing the old shows its value",
    ("aws_sns_topic_subscription", "confirmation_timeout_in_minutes"): OWN,
    ("aws_sns_topic_subscription", "endpoint_auto_confirms"): OWN,
}

# Layers that csoc-plan plans without looking at what there is, and csoc-deploy with it; with the reason.
UNREAD = {"data": "the provider, before 6.26, reads the value of a secret's version even where it keeps none"}

# Calls that csoc-deploy makes here and may not make, since only a destruction needs them, and a person does that: of a
# bucket with what is in it, and of what watches the account.
BEYOND = {
    "access-analyzer:DeleteAnalyzer",
    "cloudtrail:DeleteTrail",
    "config:DeleteConfigurationRecorder",
    "config:DeleteDeliveryChannel",
    "config:StopConfigurationRecorder",
    "guardduty:DeleteDetector",
    "inspector2:Disable",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:ListBucketVersions",
    "securityhub:DisableSecurityHub",
}

# Layers that apply whole, whatever is left out of others, and the share of resources that others reach.
WHOLE = {"access", "foundation", "storage", "secrets", "identity", "waf"}
SHARE = 0.7


def stand_in(output, stack):
    """A value for an output that nothing gives here: of a layer that is not rendered, or of what was left out."""
    account, region, scope = stack["account"], stack["region"] or "us-east-1", stack["scope"].rpartition("/")[2]
    issuer = f"oidc.eks.{region}.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF"
    stores = ("main", *MORE_STORES.get(scope, ()))
    values = {
        "nat_addresses": ["203.0.113.10"],
        "oidc_issuer": issuer,
        "oidc_provider_arn": f"arn:aws:iam::{account}:oidc-provider/{issuer}",
        "cluster_endpoint": f"https://{scope}.gr7.{region}.eks.amazonaws.com",
        "cluster_certificate_authority": "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==",
        "search_endpoints": {store: f"vpc-{scope}-{store}.{region}.es.amazonaws.com" for store in stores},
        "search_domain_arns": {store: f"arn:aws:es:{region}:{account}:domain/{scope}-{store}" for store in stores},
        "database_endpoints": {store: f"{scope}-{store}.cluster-x.{region}.rds.amazonaws.com" for store in stores},
        "database_reader_endpoints": {
            store: f"{scope}-{store}.cluster-ro-x.{region}.rds.amazonaws.com" for store in stores
        },
    }
    return values[output]
