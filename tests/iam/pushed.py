#!/usr/bin/env python3
"""Asks what the hub's Argo CD may do in a cluster that it pushes to, and what two accounts share.

    pushed.py TREE FLEET

TREE is tests/fleets/pushed, rendered; FLEET is its directory. As questions.py, and besides by the entries of EKS: AWS's
policy for a principal in a cluster or in namespaces. Exit status 0 if all answers are right, else 1.
"""

import pathlib
import sys

import estate as estates
from questions import EXTERNAL_ID, ORGANIZATION, Table, answer

HUB, MEMBER = "111122223333", "444455556666"
ARGO, SPOKE = (
    f"arn:aws:iam::{HUB}:role/gen3/csoc/csoc--argocd-hub",
    f"arn:aws:iam::{MEMBER}:role/gen3/member/member--argocd",
)
NAMESPACE = "demostaging-helm"
OURS = {"aws:PrincipalOrgID": ORGANIZATION}


# One question a line.
# fmt: off
def delivery(ask):
    """Whom Argo CD of the hub becomes."""
    administrator = [estates.ADMINISTRATOR]
    ask.yes("Argo CD of the hub becomes what it is in the cluster", ARGO, "sts:AssumeRole", SPOKE, OURS)
    ask.no("IAM-002 not from outside of the organization", ARGO, "sts:AssumeRole", SPOKE, {"aws:PrincipalOrgID": "o-zzzzzzzzzz"})
    ask.no("IAM-002 no other role of the hub does", f"arn:aws:iam::{HUB}:role/gen3/other", "sts:AssumeRole", SPOKE, OURS, extra=administrator)
    ask.no("IAM-003 no service does", "ec2.amazonaws.com", "sts:AssumeRole", SPOKE, OURS)
    for role in ("deploy", "plan", "breakglass"):
        ask.no("IAM-001 Argo CD does not become who deploys", ARGO, "sts:AssumeRole", f"arn:aws:iam::{MEMBER}:role/gen3/csoc-{role}", OURS | {"sts:ExternalId": EXTERNAL_ID}, extra=administrator)
    ask.no("Argo CD reads no secrets of the hub", ARGO, "secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:us-east-1:{HUB}:secret:x-AbCdEf")
    ask.no("nor of the account", SPOKE, "secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:us-east-1:{MEMBER}:secret:x-AbCdEf")
    ask.no("Argo CD makes no entries for itself", SPOKE, "eks:CreateAccessEntry", f"arn:aws:eks:us-east-1:{MEMBER}:cluster/member")
    ask.no("IAM-012 nor roles, whatever is attached", SPOKE, "iam:CreateRole", f"arn:aws:iam::{MEMBER}:role/gen3/x", extra=administrator)


def shares(ask):
    """The transit gateway that two accounts share."""
    here = {"aws:RequestedRegion": "us-east-1"}
    deploy, other = (f"arn:aws:iam::{account}:role/gen3/csoc-deploy" for account in (HUB, MEMBER))
    plan = deploy.replace("-deploy", "-plan")
    share = f"arn:aws:ram:us-east-1:{HUB}:resource-share/a"
    ask.yes("csoc-deploy of the hub makes a share", deploy, "ram:CreateResourceShare", "*", here)
    for action in ("ram:AssociateResourceShare", "ram:UpdateResourceShare", "ram:DisassociateResourceShare", "ram:DeleteResourceShare"):
        ask.yes("and looks after it", deploy, action, share, here)
    ask.no("not after those of others", deploy, "ram:AssociateResourceShare", f"arn:aws:ram:us-east-1:{MEMBER}:resource-share/a", here)
    ask.no("nor in other regions", deploy, "ram:CreateResourceShare", "*", {"aws:RequestedRegion": "eu-west-1"})
    ask.no("it does not open shares to all", deploy, "ram:EnableSharingWithAwsOrganization", "*", here)
    ask.yes("csoc-plan looks at shares", plan, "ram:GetResourceShares", "*", here)
    ask.no("csoc-plan makes none", plan, "ram:CreateResourceShare", "*", here)
    gateway = f"arn:aws:ec2:us-east-1:{HUB}:transit-gateway/tgw-1"
    # What RAM lets the accounts of a share do.
    attach = {"Effect": "Allow", "Principal": {"AWS": [f"arn:aws:iam::{MEMBER}:root"]}, "Action": ["ec2:*TransitGatewayVpcAttachment"], "Resource": ["*"]}
    ask.estate.resources[gateway] = {"Statement": [attach]}
    ask.yes("csoc-deploy of the member attaches to the hub's gateway", other, "ec2:CreateTransitGatewayVpcAttachment", gateway, here)
    ask.no("and does nothing else with it", other, "ec2:DeleteTransitGateway", gateway, here)
    ask.no("nor with those of others", other, "ec2:CreateTransitGatewayVpcAttachment", gateway.replace(HUB, "999988887777"), here)


def certificates(ask):
    """What cert-manager becomes to prove a name by a record."""
    role = ask.estate.roles[f"arn:aws:iam::{MEMBER}:role/gen3/member/member--cert-manager"]
    statements = [statement for policy in role.policies.values() for statement in policy["Statement"]]
    zone = next(one["Resource"] for one in statements if one.get("Sid") == "ProveNames")[0]
    names, types = (f"route53:ChangeResourceRecordSets{what}" for what in ("NormalizedRecordNames", "RecordTypes"))
    change, own = "route53:ChangeResourceRecordSets", "_acme-challenge.test.member.example.org"
    ask.yes("it proves the environment's name", role.arn, change, zone, {names: [own], types: ["TXT"]})
    ask.no("no other record of the host", role.arn, change, zone, {names: ["test.member.example.org"], types: ["TXT"]})
    ask.no("nor another beside it", role.arn, change, zone, {names: [own, "test.member.example.org"], types: ["TXT"]})
    ask.no("nor of another kind", role.arn, change, zone, {names: [own], types: ["CNAME"]})
    ask.no("nor another host's", role.arn, change, zone, {names: ["_acme-challenge.staging.member.example.org"], types: ["TXT"]})
    ask.no("nor where the request does not say which", role.arn, change, zone)
    ask.no("nor in another zone", role.arn, change, "arn:aws:route53:::hostedzone/ZOTHER", {names: [own], types: ["TXT"]})
    ask.yes("it sees when the record is there", role.arn, "route53:GetChange", "arn:aws:route53:::change/C1")
    ask.no("it makes no zones", role.arn, "route53:CreateHostedZone", "*")
    subjects = [value for one in role.trust["Statement"] for key, value in one["Condition"]["StringEquals"].items() if key.endswith(":sub")]
    if subjects != [["system:serviceaccount:cert-manager:acme-dns01"]]:
        raise AssertionError(subjects)


# fmt: on


def entries(estate):
    """What the entries of EKS let the hub's Argo CD do that they must not, and the other way round."""
    everything = "AmazonEKSClusterAdminPolicy"
    # It installs what the cluster has: kinds, cluster roles, namespaces of their own. Its projects bound what each commons reaches.
    table = [
        (SPOKE, "member", NAMESPACE, [everything]),
        (SPOKE, "member", "kube-system", [everything]),
        (SPOKE, "csoc", NAMESPACE, []),
        (ARGO, "member", NAMESPACE, []),
        (ARGO, "csoc", "kube-system", []),
        (f"arn:aws:iam::{MEMBER}:role/gen3/csoc-deploy", "member", "kube-system", [everything]),
        (f"arn:aws:iam::{MEMBER}:role/gen3/csoc-plan", "member", "kube-system", ["AmazonEKSViewPolicy"]),
        (f"arn:aws:iam::{HUB}:role/gen3/csoc-deploy", "member", "kube-system", []),
    ]
    wrong = [row for row in table if estate.reaches(*row[:3]) != row[3]]
    for principal, cluster, namespace, policies in wrong:
        found = estate.reaches(principal, cluster, namespace)
        print(f"EKS-005 {principal} in {namespace} of {cluster}: must have {policies}, has {found}")
    for (cluster, principal), found in estate.entries.items():
        is_it = (principal, cluster) == (SPOKE, "member")
        if "argocd" in principal and not is_it and any(namespaces is None for _, namespaces in found):
            wrong.append((principal, cluster))
            print(f"EKS-005 {principal} is somebody in all of {cluster}")
    return len(table), len(wrong)


def main():
    tree, fleet = (pathlib.Path(word) for word in sys.argv[1:3])
    table = Table(estates.load(tree, fleet, ORGANIZATION, {"external_id": EXTERNAL_ID}), fleet)
    for ask in (delivery, shares, certificates):
        ask(table)
    wrong, _ = answer(table)
    asked, wrong_entries = entries(table.estate)
    total = len(table.questions) + asked
    print(f"{total} questions of a cluster that the hub pushes to, {wrong + wrong_entries} answered otherwise")
    return 1 if wrong or wrong_entries else 0


if __name__ == "__main__":
    sys.exit(main())
