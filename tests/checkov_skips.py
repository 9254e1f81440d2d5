"""What checkov finds in what we render and is no defect: at most fifteen of its checks, each with the reason.

A skip names one check, the places it may fail in (a pattern of `/path/main.tf:resource`; everywhere where it has none) and
why it is right there. Whoever renders another layer widens a place only as far as the reason holds.
"""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Skip:
    """One check that may fail in a place."""

    check: str
    reason: str
    place: str = ""


# A boundary grants nothing: it limits what policies of roles grant, and tests/iam asks that it does. In the policy of a key
# `*` is that key, and its account administers it through IAM.
LIMITS = r":aws_iam_policy_document\.((workload_)?boundary|kms_\w+)$"

SKIPS = [
    Skip("CKV_AWS_109", "boundaries grant nothing, and a key's policy speaks of that key alone", LIMITS),
    Skip("CKV_AWS_111", "boundaries grant nothing, and a key's policy speaks of that key alone", LIMITS),
    Skip(
        "CKV_AWS_356",
        "the same; and descriptions, most of which know no ARN: contents are denied",
        rf"{LIMITS}|/access/main.tf:aws_iam_policy_document\.read$|/cluster/.*:aws_iam_policy_document\.\w+$",
    ),
    Skip(
        "CKV2_AWS_57",
        "containers: their values come from people, applications and providers that know no function that rotates them; "
        "a database's credentials move with passwordVersion",
        r":aws_secretsmanager_secret\.",
    ),
    Skip(
        "CKV_AWS_18",
        "a bucket of access logs that logs access to itself never ends",
        r"/foundation/main.tf:aws_s3_bucket\.access_logs$",
    ),
    Skip(
        "CKV_AWS_144",
        "in which region a second copy of patients' data may lie is no default; versions and backups are",
        r":aws_s3_bucket\.",
    ),
    Skip(
        "CKV2_AWS_62",
        "events go where something listens: only uploads are indexed",
        r":aws_s3_bucket\.",
    ),
    Skip(
        "CKV_AWS_145",
        "S3 delivers access logs to no bucket with a key of the account",
        r":aws_s3_bucket\.(\w*access_logs|state_logs)$",
    ),
    Skip(
        "CKV_AWS_226",
        "minor versions of databases move in the fleet: Terraform could not go back to the one it knows",
        r"/data/.*:aws_rds_cluster_instance\.",
    ),
    Skip(
        "CKV_AWS_317",
        "OpenSearch writes audit logs only with roles inside of the domain",
        r"/data/.*:aws_opensearch_domain\.",
    ),
    Skip(
        "CKV2_AWS_52",
        "roles inside of a domain are set by its own API, which is reached only from the cluster: the domain's policy names "
        "the exact roles that sign requests, and denies everybody else",
        r"/data/.*:aws_opensearch_domain\.",
    ),
    Skip(
        "CKV2_AWS_38",
        "signing begins with the parent zone, which is not the fleet's: a half-signed domain is one that nobody reaches",
        r":aws_route53_zone\.",
    ),
    Skip(
        "CKV2_AWS_39",
        "queries are logged in us-east-1 alone, wherever the account works; who reaches a commons is in the log of its web ACL",
        r":aws_route53_zone\.",
    ),
    Skip(
        "CKV2_AWS_3",
        "only the organization's administrator of GuardDuty has a configuration of all accounts: each switches on its own",
        r"/foundation/main.tf:aws_guardduty_detector\.region$",
    ),
]
