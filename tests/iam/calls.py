"""Asks of calls that Terraform really made whether the policies of who made them allow them.

The calls are those that moto_aws.py wrote down. moto names an action as the API does, and knows the resource of some
only; so a call is allowed here if a statement allows the action, on that resource where it is known, and none denies it
whatever the circumstances. Conditions are not looked at.
"""

import json

from evaluator import like, listed

# Operations whose permission is called otherwise.
PERMISSIONS = {
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:DeleteBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:DeleteBucketLifecycle": "s3:PutLifecycleConfiguration",
    "s3:DeleteBucketTagging": "s3:PutBucketTagging",
    "s3:DeleteBucketCORS": "s3:PutBucketCORS",
    "s3:DeleteBucketOwnershipControls": "s3:PutBucketOwnershipControls",
    "s3:DeletePublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:ListObjects": "s3:ListBucket",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3control:GetPublicAccessBlock": "s3:GetAccountPublicAccessBlock",
    "s3control:PutPublicAccessBlock": "s3:PutAccountPublicAccessBlock",
    "s3control:DeletePublicAccessBlock": "s3:PutAccountPublicAccessBlock",
    "budgets:CreateBudget": "budgets:ModifyBudget",
    "budgets:CreateNotification": "budgets:ModifyBudget",
    "budgets:DeleteBudget": "budgets:ModifyBudget",
    "budgets:DescribeBudget": "budgets:ViewBudget",
    "budgets:DescribeNotificationsForBudget": "budgets:ViewBudget",
    "budgets:DescribeSubscribersForNotification": "budgets:ViewBudget",
}
SERVICES = {"elbv2": "elasticloadbalancing", "opensearch": "es", "s3control": "s3", "cloudwatchlogs": "logs"}


def permission(action):
    if action in PERMISSIONS:
        return PERMISSIONS[action]
    service, _, name = action.partition(":")
    return f"{SERVICES.get(service, service)}:{name}"


def fits(statement, action, resource, *, unconditional=False):
    """Whether a statement is about this call, as far as the call is known."""
    if unconditional and "Condition" in statement:
        return False
    for name, wanted, fold in (("Action", action, True), ("Resource", resource, False)):
        if wanted == "*" and name == "Resource":
            # Unknown: a deny of some does not count, an allowance of some does.
            if unconditional and statement.get("Resource") not in ("*", ["*"]):
                return False
            continue
        if name in statement and not any(like(one, wanted, fold=fold) for one in listed(statement[name])):
            return False
        if "Not" + name in statement and any(like(one, wanted, fold=fold) for one in listed(statement["Not" + name])):
            return False
    return True


def refused(estate, calls, roles):
    """Calls by these roles that their policies do not allow: role, permission, resource."""
    asked = set()
    for line in calls.read_text().splitlines():
        call = json.loads(line)
        if call["role"] and call["role"].rpartition("/")[2] in roles:
            asked.add((call["role"], permission(call["action"]), call["resource"]))
    wrong = set()
    for arn, action, resource in asked:
        role = estate.roles[arn]
        identity = [*role.policies.values(), *(estate.managed[policy] for policy in role.attached)]
        limits = [estate.managed[role.boundary]] if role.boundary else []

        def any_of(documents, effect, action=action, resource=resource):
            return any(
                statement["Effect"] == effect and fits(statement, action, resource, unconditional=effect == "Deny")
                for document in documents
                for statement in document["Statement"]
            )

        if (
            any_of([*identity, *limits], "Deny")
            or not any_of(identity, "Allow")
            or (limits and not any_of(limits, "Allow"))
        ):
            wrong.add((arn, action, resource))
    return len(asked), sorted(wrong)
