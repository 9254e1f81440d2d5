"""What somebody does to a pretended AWS behind Terraform's back, for operate_moto.py: and what is left in its states."""

import json


def states(proof):
    """Every state in the bucket, by its stack."""
    found = {}
    pages = proof.s3.get_paginator("list_objects_v2").paginate(Bucket=proof.bucket)
    for entry in (entry for page in pages for entry in page.get("Contents", ())):
        stack, _, name = entry["Key"].rpartition("/")
        if name == "terraform.tfstate":
            found[stack] = json.load(proof.s3.get_object(Bucket=proof.bucket, Key=entry["Key"])["Body"])
    return found


def instances(state, kind=None):
    """Each resource that a state has: its address, and its attributes."""
    for resource in state["resources"]:
        if resource["mode"] != "managed" or kind not in (None, resource["type"]):
            continue
        for instance in resource["instances"]:
            key = instance.get("index_key")
            index = "" if key is None else f"[{json.dumps(key)}]"
            yield f"{resource['type']}.{resource['name']}{index}", instance["attributes"]


def resources(proof):
    """How many resources each state has."""
    return {stack: len(list(instances(state))) for stack, state in states(proof).items()}


def client(proof, service, stack):
    """A client of a service where a stack works, as the role that applies there."""
    _, account, region, *_ = stack.split("/")
    session = proof.aws.assume(f"arn:aws:iam::{account}:role/gen3/csoc-deploy", proof.controller)
    return proof.aws.client(service, session, "us-east-1" if region == "global" else region)


def change(proof, stacks):
    """Changes a thing of each kind that these stacks have through the API; the address and a word for each, by its stack."""
    every = {stack: state for stack, state in states(proof).items() if stack in stacks}
    changed = {}
    for kind, layer, act, what in (
        ("aws_s3_bucket", "/storage/", tag, "a tag that somebody added"),
        ("aws_iam_role_policy", "/identity/", delete, "a policy that somebody deleted"),
        ("aws_vpc_security_group_ingress_rule", "/data/", revoke, "a rule that somebody took out of a security group"),
    ):
        having = [one for one in every if one not in changed and list(instances(every[one], kind))]
        if having:
            stack = min(having, key=lambda one: layer not in one)
            address, has = next(instances(every[stack], kind))
            act(proof, stack, has)
            changed[stack] = (address, what)
    return changed


def tag(proof, stack, bucket):
    s3 = client(proof, "s3", stack)
    tags = s3.get_bucket_tagging(Bucket=bucket["bucket"])["TagSet"]
    s3.put_bucket_tagging(
        Bucket=bucket["bucket"], Tagging={"TagSet": [*tags, {"Key": "somebody", "Value": "was here"}]}
    )


def delete(proof, stack, policy):
    client(proof, "iam", stack).delete_role_policy(RoleName=policy["role"], PolicyName=policy["name"])


def revoke(proof, stack, rule):
    client(proof, "ec2", stack).revoke_security_group_ingress(
        GroupId=rule["security_group_id"], SecurityGroupRuleIds=[rule["security_group_rule_id"]]
    )


def empty(proof):
    """Empties buckets, which nothing of ours does: only a bucket with nothing in it goes away.

    Access to the others is not logged any more first: that would write into those that are empty.
    """
    for stack, state in states(proof).items():
        for _, bucket in instances(state, "aws_s3_bucket"):
            client(proof, "s3", stack).put_bucket_logging(Bucket=bucket["bucket"], BucketLoggingStatus={})
    for stack, state in states(proof).items():
        if "/bootstrap/" in stack:
            continue
        for _, bucket in instances(state, "aws_s3_bucket"):
            s3 = client(proof, "s3", stack)
            for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket["bucket"]):
                for one in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                    s3.delete_object(Bucket=bucket["bucket"], Key=one["Key"], VersionId=one["VersionId"])
