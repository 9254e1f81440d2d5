"""What checkov finds in what we render and is no defect, each with the reason. At most fifteen.

A skip names its checks, the place (a pattern of `/path/main.tf:resource`) and why it is right there. Who renders another
layer adds to a skip only what its reason holds for.
"""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Skip:
    """Checks that may fail in a place."""

    checks: frozenset
    place: str
    reason: str


def skip(checks, place, reason):
    return Skip(frozenset(checks.split()), place, reason)


UNLIMITED = "CKV_AWS_109 CKV_AWS_111 CKV_AWS_356"

SKIPS = [
    skip(
        f"{UNLIMITED} CKV_AWS_1 CKV_AWS_49 CKV_AWS_107 CKV_AWS_108 CKV_AWS_110 CKV2_AWS_40",
        r"/access/main.tf:aws_iam_policy_document\.(workload_)?boundary$",
        "a boundary grants nothing: it limits what policies of roles grant, and tests/iam asks that it does",
    ),
    skip(
        UNLIMITED,
        r":aws_iam_policy_document\.kms_\w+$",
        "the policy of a key: `*` is that key, and the account administers it through IAM",
    ),
    skip(
        "CKV_AWS_356",
        r"/access/main.tf:aws_iam_policy_document\.read$",
        "descriptions, most of which know no ARN; contents are denied",
    ),
    skip(
        "CKV_AWS_274",
        r"/access/main.tf:aws_iam_role_policy_attachment\.breakglass_administrator$",
        "the role for emergencies, within the boundary, for people with a second factor",
    ),
    skip(
        "CKV2_AWS_57",
        r"/(delivery|secrets)/.*:aws_secretsmanager_secret\.",
        "containers: their values come from people, applications and providers that know no function that rotates them",
    ),
    skip(
        "CKV_AWS_144",
        r":aws_s3_bucket\.",
        "in which region a second copy of patients' data may lie is no default; versions and backups are",
    ),
    skip(
        "CKV2_AWS_62",
        r":aws_s3_bucket\.",
        "events go where something listens: only uploads are indexed",
    ),
    skip(
        "CKV_AWS_145",
        r":aws_s3_bucket\.\w*access_logs$",
        "S3 delivers access logs only to buckets with keys of S3",
    ),
    skip(
        "CKV2_AWS_38 CKV2_AWS_39",
        r"/foundation/main.tf:aws_route53_zone\.",
        "signing and logging of queries begin with the parent zone, which is not the fleet's",
    ),
]
