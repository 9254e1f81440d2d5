#!/usr/bin/env python3
"""Asks the policies of a rendered fleet who may do what, and compares with what was meant.

    questions.py TREE FLEET

TREE is examples/consortium, rendered; FLEET is its directory, for the recorded outputs. The documents are read from the
rendered HCL by hcl.py and answered by evaluator.py, which both know nothing of csoc. Each question names the rule of
docs/terraform-policy.md it belongs to. Prints the wrong answers and counts. Exit status 0 if all are right, else 1.
"""

import collections
import pathlib
import re
import sys

import estate as estates
from evaluator import Evaluator, Request

HUB, RESEARCH, CLINICAL = "111122223333", "444455556666", "777788889999"
ORGANIZATION = "o-a1b2c3d4e5"
EXTERNAL_ID = "an-external-id-of-this-test"
STATE = "arn:aws:s3:::consortium-terraform-state"
STATE_KEY = f"arn:aws:kms:us-east-1:{HUB}:key/1a2b3c4d-0001-4000-8000-000000000001"
CONTROLLER = f"arn:aws:iam::{HUB}:role/gen3/csoc-controller"
BREAKGLASS, DEPLOY, PLAN = (
    f"arn:aws:iam::{RESEARCH}:role/gen3/csoc-{name}" for name in ("breakglass", "deploy", "plan")
)
WORKLOADS = f"arn:aws:iam::{RESEARCH}:policy/gen3/csoc-workload-boundary"
BOUNDARY = f"arn:aws:iam::{RESEARCH}:policy/gen3/csoc-boundary"
NEW_ROLE = f"arn:aws:iam::{RESEARCH}:role/gen3/atlasprod/new"
BOUND, UNBOUND = {"iam:PermissionsBoundary": WORKLOADS}, {}
ISSUER_OF = {RESEARCH: "research", HUB: "csoc"}


class Table:
    """The questions, and the names that they use."""

    def __init__(self, estate, outputs):
        self.estate = estate
        self.outputs = outputs
        self.questions = []

    def yes(self, what, *request, extra=()):
        self.questions.append((what, Request(*request), True, extra))

    def no(self, what, *request, extra=()):
        self.questions.append((what, Request(*request), False, extra))

    def role(self, environment, service, account=RESEARCH):
        return self.estate.role(account, f"/gen3/{environment}/{ISSUER_OF[account]}--{environment}-helm--{service}")

    def output(self, stack, name):
        return estates.recorded(self.outputs, stack)[name]["value"]

    def key(self, name, account=RESEARCH, region="us-east-1"):
        return self.output(f"v1/{account}/{region}/foundation/account", f"{name}_key_arn")


def via(service, region="us-east-1"):
    return {"kms:ViaService": f"{service}.{region}.amazonaws.com"}


def secret(name, account=RESEARCH, region="us-east-1"):
    return f"arn:aws:secretsmanager:{region}:{account}:secret:{name}-AbCdEf"


def bucket(name, account=RESEARCH):
    return f"arn:aws:s3:::{name.replace('/', f'-{account}-', 1)}"


# One question a line.
# fmt: off
def workloads(ask):
    """What services of an environment may do, and what not."""
    fence, hatchery = ask.role("atlasprod", "audit-sqs-sender"), ask.role("atlasprod", "hatchery-sa")
    manifests, audit = ask.role("atlasprod", "manifest-service-sa"), ask.role("atlasprod", "audit-sqs-receiver")
    dispatcher, job = ask.role("oceansprod", "ssj"), ask.role("oceansprod", "ssj-job")
    data = ask.key("data")

    ask.yes("fence signs what users upload", fence, "s3:PutObject", bucket("atlasprod/upload") + "/a/b")
    ask.yes("fence signs what users download", fence, "s3:GetObject", bucket("atlasprod/upload") + "/a/b")
    ask.yes("fence lists its bucket", fence, "s3:ListBucket", bucket("atlasprod/upload"))
    ask.yes("fence uses the key of its bucket", fence, "kms:GenerateDataKey", data, via("s3"))
    ask.yes("fence uses the key of its queue", fence, "kms:Decrypt", data, via("sqs"))
    ask.yes("fence sends audit events", fence, "sqs:SendMessage", f"arn:aws:sqs:us-east-1:{RESEARCH}:atlasprod-audit")
    ask.no("fence reads no audit events", fence, "sqs:ReceiveMessage", f"arn:aws:sqs:us-east-1:{RESEARCH}:atlasprod-audit")
    ask.yes("audit reads them", audit, "sqs:ReceiveMessage", f"arn:aws:sqs:us-east-1:{RESEARCH}:atlasprod-audit")
    ask.no("audit of another environment does not", ask.role("atlasstaging", "audit-sqs-receiver"), "sqs:ReceiveMessage", f"arn:aws:sqs:us-east-1:{RESEARCH}:atlasprod-audit")
    ask.no("fence does not use the key by itself", fence, "kms:Decrypt", data)
    ask.no("fence does not use the key of databases", fence, "kms:Decrypt", ask.key("database"), via("s3"))
    ask.no("fence opens no plain connection", fence, "s3:GetObject", bucket("atlasprod/upload") + "/a", {"aws:SecureTransport": "false"})
    ask.no("IAM-010 fence writes into no other environment", fence, "s3:PutObject", bucket("atlasstaging/upload") + "/a")
    ask.no("IAM-010 fence writes into no other bucket", fence, "s3:PutObject", bucket("atlasprod/manifest") + "/a")
    ask.no("IAM-010 fence writes into no bucket of others", fence, "s3:PutObject", "arn:aws:s3:::somebody-elses/a")
    ask.no("fence does not change its bucket", fence, "s3:PutBucketPolicy", bucket("atlasprod/upload"))
    ask.no("fence does not read state", fence, "s3:GetObject", f"{STATE}/v1/{RESEARCH}/global/access/account/terraform.tfstate")
    ask.yes("manifestservice keeps manifests", manifests, "s3:PutObject", bucket("atlasprod/manifest") + "/u/m.json")
    ask.no("manifestservice does not touch uploads", manifests, "s3:GetObject", bucket("atlasprod/upload") + "/a")
    ask.yes("ssjdispatcher hears of uploads", dispatcher, "sqs:ReceiveMessage", f"arn:aws:sqs:us-east-1:{RESEARCH}:oceansprod-upload")
    ask.yes("its jobs read uploads", job, "s3:GetObject", bucket("oceansprod/upload") + "/a")
    ask.no("its jobs read no uploads of others", job, "s3:GetObject", bucket("atlasprod/upload") + "/a")
    ask.yes("es-proxy searches its domain", ask.role("atlasprod", "es-access"), "es:ESHttpPost", f"arn:aws:es:us-east-1:{RESEARCH}:domain/research-main/_search")
    ask.no("es-proxy searches no other domain", ask.role("atlasprod", "es-access"), "es:ESHttpPost", f"arn:aws:es:us-east-1:{RESEARCH}:domain/research-oceans/_search")
    ask.no("es-proxy changes no domain", ask.role("atlasprod", "es-access"), "es:UpdateDomainConfig", f"arn:aws:es:us-east-1:{RESEARCH}:domain/research-main")

    administrator = [estates.ADMINISTRATOR]
    for name in (DEPLOY, PLAN, BREAKGLASS, f"arn:aws:iam::{HUB}:role/gen3/csoc-deploy", CONTROLLER):
        ask.no("IAM-001 hatchery does not become who deploys", hatchery, "sts:AssumeRole", name, {"sts:ExternalId": EXTERNAL_ID})
        ask.no("IAM-001 nor with all rights of its own", hatchery, "sts:AssumeRole", name, {"sts:ExternalId": EXTERNAL_ID}, extra=administrator)
    ask.no("IAM-001 hatchery becomes no role of elsewhere", hatchery, "sts:AssumeRole", f"arn:aws:iam::{CLINICAL}:role/OrganizationAccountAccessRole")
    ask.no("IAM-006 hatchery runs no machines", hatchery, "ec2:RunInstances", "*")
    ask.no("IAM-012 a workload makes no roles, whatever is attached", fence, "iam:CreateRole", NEW_ROLE, BOUND, extra=administrator)
    ask.no("IAM-012 nor users", fence, "iam:CreateUser", f"arn:aws:iam::{RESEARCH}:user/x", extra=administrator)
    ask.no("IAM-012 nor loses its boundary", fence, "iam:DeleteRolePermissionsBoundary", fence, extra=administrator)
    karpenter, node = ask.estate.role(RESEARCH, "/research-karpenter-sa"), ask.estate.role(RESEARCH, "/eks_research_workers_role")
    to_ec2 = {"iam:PassedToService": "ec2.amazonaws.com"}
    ask.yes("IAM-008 Karpenter passes the role of nodes to machines", karpenter, "iam:PassRole", node, to_ec2)
    ask.no("IAM-008 and no other", karpenter, "iam:PassRole", BREAKGLASS, to_ec2)
    ask.no("IAM-008 and to nobody else", karpenter, "iam:PassRole", node, {"iam:PassedToService": "lambda.amazonaws.com"})
    ask.no("IAM-013 a node reads no secrets", node, "secretsmanager:GetSecretValue", secret("atlasprod-fence-config"))
    ask.no("IAM-013 a node reads no objects", node, "s3:GetObject", bucket("atlasprod/upload") + "/a")
    ask.yes("a machine becomes a node", "ec2.amazonaws.com", "sts:AssumeRole", node)
    ask.no("IAM-003 a pod does not", ask.output(f"v1/{RESEARCH}/us-east-1/cluster/cluster/research", "oidc_provider_arn"), "sts:AssumeRoleWithWebIdentity", node)
    ask.no("a workload leaves no organization", fence, "organizations:LeaveOrganization", "*", extra=administrator)


def secrets(ask):
    """Who reads which secret."""
    reader, other = ask.role("atlasprod", "external-secrets-sa"), ask.role("genomesprod", "external-secrets-sa")
    own, key = secret("atlasprod-fence-config"), ask.key("secrets")
    read = "secretsmanager:GetSecretValue"
    ask.yes("IAM-009 External Secrets reads its environment's", reader, read, own)
    ask.yes("IAM-009 and the database's that they share", reader, read, secret("research-main-database"))
    ask.yes("External Secrets decrypts them", reader, "kms:Decrypt", key, via("secretsmanager"))
    ask.no("External Secrets decrypts nothing else", reader, "kms:Decrypt", key, via("s3"))
    ask.no("IAM-009 not those of another environment", other, read, own)
    ask.no("IAM-009 nor the same of another tier", ask.role("atlasstaging", "external-secrets-sa"), read, own)
    ask.no("IAM-009 nor of another account", reader, read, secret("atlasdev-fence-config", HUB))
    ask.no("IAM-009 nor what only begins alike", reader, read, secret("atlasprod-fence-config-old"))
    ask.no("IAM-009 it lists none", reader, "secretsmanager:ListSecrets", "*")
    ask.no("IAM-009 it reads none in bulk", reader, "secretsmanager:BatchGetSecretValue", "*")
    ask.no("External Secrets writes none", reader, "secretsmanager:PutSecretValue", own)
    ask.no("fence reads none itself", ask.role("atlasprod", "audit-sqs-sender"), read, own)
    ask.no("a secret opens for nobody else, whatever is attached", ask.role("atlasprod", "audit-sqs-sender"), read, own, extra=[estates.ADMINISTRATOR])
    ask.no("nor for an administrator of the account", f"arn:aws:iam::{RESEARCH}:role/somebody", read, own, extra=[estates.ADMINISTRATOR])
    ask.yes("it opens in an emergency", BREAKGLASS, read, own)
    for role in (DEPLOY, PLAN):
        ask.no("csoc-deploy and csoc-plan read none", role, read, own)
        ask.no("nor with all rights", role, read, own, extra=[estates.ADMINISTRATOR])
        ask.no("nor those that have no policy of ours", role, read, secret("somebody-elses"), extra=[estates.ADMINISTRATOR])
    ask.yes("csoc-deploy makes containers", DEPLOY, "secretsmanager:CreateSecret", own)
    master = secret("research-main-database")
    ask.yes("csoc-deploy writes the master credentials of a database", DEPLOY, "secretsmanager:PutSecretValue", master)
    ask.no("csoc-plan does not read them", PLAN, read, master)
    ask.no("nor does csoc-deploy write those of services", DEPLOY, "secretsmanager:PutSecretValue", own)
    ask.yes("csoc-plan describes them", PLAN, "secretsmanager:DescribeSecret", own)


def trust(ask):
    """Who becomes whom."""
    known = {"sts:ExternalId": EXTERNAL_ID}
    for role in (DEPLOY, PLAN):
        ask.yes("IAM-002 the controller becomes it, with the external id", CONTROLLER, "sts:AssumeRole", role, known)
        ask.no("IAM-002 not without", CONTROLLER, "sts:AssumeRole", role)
        ask.no("IAM-002 not with another", CONTROLLER, "sts:AssumeRole", role, {"sts:ExternalId": "another"})
        ask.no("IAM-002 not from outside of the organization", CONTROLLER, "sts:AssumeRole", role, known | {"aws:PrincipalOrgID": "o-zzzzzzzzzz"})
        ask.no("IAM-002 no other role of the hub", f"arn:aws:iam::{HUB}:role/gen3/other", "sts:AssumeRole", role, known)
        ask.no("IAM-002 no role of that name elsewhere", f"arn:aws:iam::{CLINICAL}:role/gen3/csoc-controller", "sts:AssumeRole", role, known)
        ask.no("IAM-003 no service", "ec2.amazonaws.com", "sts:AssumeRole", role, known)
    person, glass = f"arn:aws:iam::{HUB}:role/somebody", BREAKGLASS.replace(RESEARCH, HUB)
    token = known | {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "60"}
    administrator = [estates.ADMINISTRATOR]
    ask.yes("a person with a second factor breaks the hub's glass", person, "sts:AssumeRole", glass, token, extra=administrator)
    ask.no("not without one", person, "sts:AssumeRole", glass, known, extra=administrator)
    ask.no("not with an old one", person, "sts:AssumeRole", glass, token | {"aws:MultiFactorAuthAge": "7200"}, extra=administrator)
    ask.no("not from another account", BREAKGLASS, "sts:AssumeRole", glass, token)
    # Sessions of roles say nothing of a second factor.
    ask.yes("and from there that of a member", glass, "sts:AssumeRole", BREAKGLASS, known)
    ask.no("nobody else does", person, "sts:AssumeRole", BREAKGLASS, token, extra=administrator)
    ask.no("not the controller", CONTROLLER, "sts:AssumeRole", BREAKGLASS, token)

    fence, reader = ask.role("atlasprod", "audit-sqs-sender"), ask.role("atlasprod", "external-secrets-sa")
    issuer = ask.output(f"v1/{RESEARCH}/us-east-1/cluster/cluster/research", "oidc_issuer")
    provider = ask.output(f"v1/{RESEARCH}/us-east-1/cluster/cluster/research", "oidc_provider_arn")
    other = ask.output(f"v1/{HUB}/us-east-1/cluster/cluster/csoc", "oidc_provider_arn")
    become = "sts:AssumeRoleWithWebIdentity"

    def account(name, namespace="atlasprod-helm", audience="sts.amazonaws.com"):
        claims = {f"{issuer}:sub": f"system:serviceaccount:{namespace}:{name}", f"{issuer}:aud": audience}
        return {name: value for name, value in claims.items() if value}

    ask.yes("IAM-005 fence's service account becomes fence", provider, become, fence, account("fence-sa"))
    ask.no("IAM-005 not one of another name", provider, become, fence, account("hatchery-service-account"))
    ask.no("IAM-005 not one of another namespace", provider, become, fence, account("fence-sa", "genomesprod-helm"))
    ask.no("IAM-005 not for another audience", provider, become, fence, account("fence-sa", audience="somebody"))
    ask.no("IAM-005 not without audience", provider, become, fence, account("fence-sa", audience=None))
    ask.no("IAM-005 not of another cluster", other, become, fence, account("fence-sa"))
    ask.no("IAM-005 not without any claims", provider, become, fence)
    ask.no("IAM-004 no test passes for want of a claim", provider, become, reader)
    ask.no("IAM-003 no machine becomes fence", "ec2.amazonaws.com", "sts:AssumeRole", fence)
    ask.no("fence does not become another service", fence, "sts:AssumeRole", reader)


def deploy(ask):
    """What the role that applies may do, and that it cannot widen itself."""
    administrator = [estates.ADMINISTRATOR]
    ask.yes("IAM-016 csoc-deploy makes roles in the boundary", DEPLOY, "iam:CreateRole", NEW_ROLE, BOUND)
    ask.no("IAM-016 none without", DEPLOY, "iam:CreateRole", NEW_ROLE, UNBOUND)
    ask.no("IAM-016 none in another", DEPLOY, "iam:CreateRole", NEW_ROLE, {"iam:PermissionsBoundary": BOUNDARY})
    ask.no("IAM-016 none outside of /gen3/", DEPLOY, "iam:CreateRole", f"arn:aws:iam::{RESEARCH}:role/new", BOUND)
    ask.yes("csoc-deploy gives a role its policy", DEPLOY, "iam:PutRolePolicy", NEW_ROLE, BOUND)
    ask.no("IAM-012 a role without boundary gets none", DEPLOY, "iam:AttachRolePolicy", NEW_ROLE, UNBOUND)
    for action in ("iam:DeleteRolePermissionsBoundary", "iam:PutRolePermissionsBoundary", "iam:UpdateAssumeRolePolicy", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:DeleteRole"):
        for role in (DEPLOY, PLAN, BREAKGLASS):
            ask.no("csoc-deploy does not change the access roles", DEPLOY, action, role, BOUND, extra=administrator)
    for policy in (BOUNDARY, WORKLOADS, f"arn:aws:iam::{RESEARCH}:policy/gen3/csoc-read"):
        ask.no("nor the boundaries", DEPLOY, "iam:CreatePolicyVersion", policy, extra=administrator)
        ask.no("nor removes them", DEPLOY, "iam:DeletePolicy", policy, extra=administrator)
    ask.no("nor takes a boundary away", DEPLOY, "iam:DeleteRolePermissionsBoundary", NEW_ROLE, extra=administrator)
    for action in ("iam:CreateUser", "iam:CreateAccessKey", "iam:CreateLoginProfile"):
        ask.no("IAM-011 csoc-deploy makes no users or keys", DEPLOY, action, f"arn:aws:iam::{RESEARCH}:user/x", extra=administrator)
    ask.no("csoc-deploy leaves no organization", DEPLOY, "organizations:LeaveOrganization", "*", extra=administrator)
    to_ec2 = {"iam:PassedToService": "ec2.amazonaws.com"}
    ask.yes("IAM-008 csoc-deploy passes roles of the fleet to nodes", DEPLOY, "iam:PassRole", f"arn:aws:iam::{RESEARCH}:role/gen3/research/node", to_ec2)
    ask.no("IAM-008 not to functions", DEPLOY, "iam:PassRole", f"arn:aws:iam::{RESEARCH}:role/gen3/research/node", {"iam:PassedToService": "lambda.amazonaws.com"})
    ask.no("IAM-008 not to just anything", DEPLOY, "iam:PassRole", f"arn:aws:iam::{RESEARCH}:role/gen3/research/node")
    ask.no("IAM-008 not those of others", DEPLOY, "iam:PassRole", f"arn:aws:iam::{RESEARCH}:role/somebody", to_ec2)
    ask.no("IAM-008 not the access roles", DEPLOY, "iam:PassRole", BREAKGLASS, to_ec2, extra=administrator)
    ask.no("IAM-001 csoc-deploy does not break the glass", DEPLOY, "sts:AssumeRole", BREAKGLASS, {"sts:ExternalId": EXTERNAL_ID})
    linked = f"arn:aws:iam::{RESEARCH}:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot"
    ask.yes("csoc-deploy makes roles that services own", DEPLOY, "iam:CreateServiceLinkedRole", linked, {"iam:AWSServiceName": "spot.amazonaws.com"})
    ask.yes("and tags them", DEPLOY, "iam:TagRole", linked)
    ask.no("and does not widen them", DEPLOY, "iam:PutRolePolicy", linked, BOUND)
    ask.yes("csoc-deploy makes buckets of the account", DEPLOY, "s3:CreateBucket", bucket("atlasprod/upload"))
    ask.yes("csoc-deploy asks for buckets it made", DEPLOY, "s3:ListBucket", bucket("atlasprod/upload"))
    ask.no("csoc-deploy does not touch the state's bucket", DEPLOY, "s3:PutBucketPolicy", STATE)
    ask.no("csoc-deploy reads no objects", DEPLOY, "s3:GetObject", bucket("atlasprod/upload") + "/a", extra=administrator)
    ask.no("IAM-006 csoc-deploy does nothing in other regions", DEPLOY, "ec2:RunInstances", f"arn:aws:ec2:eu-west-1:{RESEARCH}:instance/*")
    ask.no("IAM-006 nor with what has no ARN", DEPLOY, "kms:CreateKey", "*", {"aws:RequestedRegion": "eu-west-1"})
    ask.yes("csoc-deploy makes keys", DEPLOY, "kms:CreateKey", "*", {"aws:RequestedRegion": "us-east-1"})
    ask.no("csoc-deploy decrypts nothing itself", DEPLOY, "kms:Decrypt", ask.key("data"))
    ask.yes("csoc-deploy lets services use keys", DEPLOY, "kms:CreateGrant", ask.key("database"), {"kms:GrantIsForAWSResource": "true"})
    ask.no("csoc-deploy grants keys to nobody else", DEPLOY, "kms:CreateGrant", ask.key("database"))


def state(ask):
    """Whose state who reads and writes."""
    own, other = f"{STATE}/v1/{RESEARCH}", f"{STATE}/v1/{CLINICAL}"
    file, lock = "/us-east-1/storage/environment/atlas/prod/terraform.tfstate", "/us-east-1/x/terraform.tfstate.tflock"
    for role in (DEPLOY, PLAN):
        ask.yes("both read states of their account", role, "s3:GetObject", own + file)
        ask.no("none of others", role, "s3:GetObject", other + file)
        ask.yes("both hold and release locks", role, "s3:PutObject", own + lock)
        ask.yes("both hold and release locks", role, "s3:DeleteObject", own + lock)
        ask.no("none of others", role, "s3:PutObject", other + lock)
        ask.no("neither removes a state", role, "s3:DeleteObject", own + file)
        ask.yes("both list their prefix", role, "s3:ListBucket", STATE, {"s3:prefix": f"v1/{RESEARCH}/"})
        ask.no("not that of others", role, "s3:ListBucket", STATE, {"s3:prefix": f"v1/{CLINICAL}/"})
    mark, head, once = file + ".csoc/used/a.json", file + ".csoc/head.json", {"s3:if-none-match": "*"}
    ask.yes("csoc-deploy marks a plan as used beside its state", DEPLOY, "s3:PutObject", own + mark, once)
    ask.no("but writes over no mark", DEPLOY, "s3:PutObject", own + mark, extra=[estates.ADMINISTRATOR])
    ask.no("nor does anybody in an emergency", BREAKGLASS, "s3:PutObject", own + mark)
    ask.no("and takes none away", DEPLOY, "s3:DeleteObject", own + mark)
    ask.no("nor marks anything of others", DEPLOY, "s3:PutObject", other + mark, once)
    ask.yes("csoc-deploy says beside a state what it did last", DEPLOY, "s3:PutObject", own + head)
    for beside in (mark, head):
        ask.no("csoc-plan writes nothing of that", PLAN, "s3:PutObject", own + beside, once)
        ask.yes("csoc-plan reads it", PLAN, "s3:GetObject", own + beside)
        ask.yes("csoc-plan sees whether it is there", PLAN, "s3:ListBucket", STATE, {"s3:prefix": f"v1/{RESEARCH}{beside}"})
    ask.yes("csoc-deploy writes states", DEPLOY, "s3:PutObject", own + file)
    ask.no("csoc-plan does not", PLAN, "s3:PutObject", own + file)
    ask.no("csoc-deploy does not write the state of access", DEPLOY, "s3:PutObject", own + "/global/access/account/terraform.tfstate", extra=[estates.ADMINISTRATOR])


def plan(ask):
    """The role that plans reads descriptions, its state and lock, and no data."""
    administrator = [estates.ADMINISTRATOR]
    ask.yes("csoc-plan describes networks", PLAN, "ec2:DescribeVpcs", "*")
    ask.yes("csoc-plan describes roles", PLAN, "iam:GetRole", DEPLOY)
    ask.yes("csoc-plan describes buckets", PLAN, "s3:GetBucketPolicy", bucket("atlasprod/upload"))
    ask.yes("csoc-plan describes keys", PLAN, "kms:DescribeKey", ask.key("data"))
    ask.no("csoc-plan reads no objects", PLAN, "s3:GetObject", bucket("atlasprod/upload") + "/a")
    ask.no("nor with all rights", PLAN, "s3:GetObject", bucket("atlasprod/upload") + "/a", extra=administrator)
    ask.no("csoc-plan decrypts nothing", PLAN, "kms:Decrypt", ask.key("data"), via("s3"))
    ask.no("nor with all rights", PLAN, "kms:Decrypt", ask.key("secrets"), via("secretsmanager"), extra=administrator)
    ask.no("csoc-plan reads no queues", PLAN, "sqs:ReceiveMessage", f"arn:aws:sqs:us-east-1:{RESEARCH}:atlasprod-audit", extra=administrator)
    ask.no("csoc-plan reads no logs", PLAN, "logs:GetLogEvents", f"arn:aws:logs:us-east-1:{RESEARCH}:log-group:x:*", extra=administrator)
    ask.no("csoc-plan reads no parameters", PLAN, "ssm:GetParameter", f"arn:aws:ssm:us-east-1:{RESEARCH}:parameter/x", extra=administrator)
    ask.no("csoc-plan connects to no database", PLAN, "rds-db:connect", "*", extra=administrator)
    ask.no("csoc-plan makes nothing", PLAN, "ec2:RunInstances", "*")
    ask.no("csoc-plan makes no roles", PLAN, "iam:CreateRole", NEW_ROLE, BOUND)
    ask.no("csoc-plan becomes nobody", PLAN, "sts:AssumeRole", DEPLOY, {"sts:ExternalId": EXTERNAL_ID})


def observed(ask):
    """What keeps logs of all accounts writes its own bucket, and alarms reach the topic of their account."""
    loki = ask.estate.role(HUB, "/gen3/csoc/csoc--loki")
    own, other = (f"arn:aws:s3:::gen3-{HUB}-{name}-us-east-1" for name in ("loki", "mimir"))
    issuer = ask.output(f"v1/{HUB}/us-east-1/cluster/cluster/csoc", "oidc_issuer")
    provider = ask.output(f"v1/{HUB}/us-east-1/cluster/cluster/csoc", "oidc_provider_arn")
    subject = {f"{issuer}:sub": "system:serviceaccount:monitoring:loki", f"{issuer}:aud": "sts.amazonaws.com"}
    ask.yes("IAM-005 Loki's service account becomes Loki", provider, "sts:AssumeRoleWithWebIdentity", loki, subject)
    ask.no("IAM-005 not that of a commons", provider, "sts:AssumeRoleWithWebIdentity", loki, subject | {f"{issuer}:sub": "system:serviceaccount:atlasdev-helm:loki"})
    ask.yes("Loki writes logs", loki, "s3:PutObject", own + "/consortium/chunk")
    ask.yes("Loki lets go what is old", loki, "s3:DeleteObject", own + "/consortium/chunk")
    ask.no("Loki opens no plain connection", loki, "s3:PutObject", own + "/consortium/chunk", {"aws:SecureTransport": "false"})
    ask.no("IAM-010 Loki does not touch metrics", loki, "s3:GetObject", other + "/blocks/a")
    ask.no("Loki does not change its bucket", loki, "s3:PutLifecycleConfiguration", own)
    topic = f"arn:aws:sns:us-east-1:{RESEARCH}:gen3-alarms"
    ask.yes("alarms of the account reach its topic", "cloudwatch.amazonaws.com", "sns:Publish", topic, {"aws:SourceAccount": RESEARCH})
    ask.no("IAM-014 alarms of another account do not", "cloudwatch.amazonaws.com", "sns:Publish", topic, {"aws:SourceAccount": CLINICAL})
    alerts = f"arn:aws:sns:us-east-1:{HUB}:gen3-alerts"
    ask.yes("alarms of a member reach the hub's topic", "cloudwatch.amazonaws.com", "sns:Publish", alerts, {"aws:SourceAccount": RESEARCH})


def resources(ask):
    """What keys, buckets, topics and queues let in."""
    data, logs = ask.key("data"), ask.key("logs")
    root, other = f"arn:aws:iam::{RESEARCH}:role/somebody", f"arn:aws:iam::{CLINICAL}:role/somebody"
    ask.yes("IAM-007 the account administers its keys", root, "kms:PutKeyPolicy", data, extra=[estates.ADMINISTRATOR])
    ask.no("IAM-007 no other account does", other, "kms:PutKeyPolicy", data, extra=[estates.ADMINISTRATOR])
    ask.no("IAM-007 no other account decrypts", other, "kms:Decrypt", data, extra=[estates.ADMINISTRATOR])
    ask.no("IAM-007 a workload does not remove its key", ask.role("atlasprod", "audit-sqs-sender"), "kms:ScheduleKeyDeletion", data)
    group = {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:us-east-1:{RESEARCH}:log-group:aws-waf-logs-x"}
    ask.yes("CloudWatch encrypts this account's logs", "logs.us-east-1.amazonaws.com", "kms:Encrypt", logs, group)
    ask.no("IAM-014 and none of others", "logs.us-east-1.amazonaws.com", "kms:Encrypt", logs, {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:us-east-1:{CLINICAL}:log-group:x"})
    here = {"aws:SourceAccount": RESEARCH, "aws:SourceArn": bucket("oceansprod/upload")}
    topic, queue = f"arn:aws:sns:us-east-1:{RESEARCH}:oceansprod-upload", f"arn:aws:sqs:us-east-1:{RESEARCH}:oceansprod-upload"
    ask.yes("IAM-015 the bucket tells its topic", "s3.amazonaws.com", "sns:Publish", topic, here)
    ask.no("IAM-015 no bucket of another account", "s3.amazonaws.com", "sns:Publish", topic, here | {"aws:SourceAccount": CLINICAL})
    ask.no("IAM-015 no other bucket", "s3.amazonaws.com", "sns:Publish", topic, here | {"aws:SourceArn": "arn:aws:s3:::x"})
    ask.yes("IAM-015 the topic tells its queue", "sns.amazonaws.com", "sqs:SendMessage", queue, {"aws:SourceArn": topic, "aws:SourceAccount": RESEARCH})
    ask.no("IAM-015 no other topic", "sns.amazonaws.com", "sqs:SendMessage", queue, {"aws:SourceArn": topic + "x", "aws:SourceAccount": RESEARCH})
    ask.no("IAM-015 nobody else", root, "sqs:SendMessage", queue)
    logs_here = {"aws:SourceAccount": RESEARCH, "aws:SourceArn": bucket("atlasprod/upload")}
    target = f"arn:aws:s3:::gen3-{RESEARCH}-access-logs-us-east-1/x"
    ask.yes("IAM-014 S3 delivers access logs", "logging.s3.amazonaws.com", "s3:PutObject", target, logs_here)
    ask.no("IAM-014 it reads none", "logging.s3.amazonaws.com", "s3:GetObject", target, logs_here)
    ask.no("IAM-014 none of the buckets of an environment take any", "logging.s3.amazonaws.com", "s3:PutObject", bucket("atlasprod/upload") + "/x", logs_here)
    for service in ("audit-sqs-sender", "external-secrets-sa"):
        ask.no("no workload reads access logs", ask.role("atlasprod", service), "s3:GetObject", target)
    ask.no("IAM-014 none of other accounts", "logging.s3.amazonaws.com", "s3:PutObject", target, logs_here | {"aws:SourceAccount": CLINICAL})
    observed(ask)
    ask.no("nobody reads a bucket anonymously", "anonymous", "s3:GetObject", bucket("atlasprod/upload") + "/a")


def account(ask):
    """What watches an account, what people may do in an emergency, and what stays in the account."""
    administrator = [estates.ADMINISTRATOR]
    trail, key = f"arn:aws:cloudtrail:us-east-1:{RESEARCH}:trail/gen3", ask.estate.key(RESEARCH, "us-east-1", "audit")
    topic, here = f"arn:aws:sns:us-east-1:{RESEARCH}:gen3-trail", {"aws:SourceArn": trail}
    writer = ask.estate.role(RESEARCH, "/gen3/audit/trail")
    group = f"arn:aws:logs:us-east-1:{RESEARCH}:log-group"
    ask.yes("IAM-014 the trail becomes its writer", "cloudtrail.amazonaws.com", "sts:AssumeRole", writer, here)
    ask.no("IAM-014 no other trail does", "cloudtrail.amazonaws.com", "sts:AssumeRole", writer, {"aws:SourceArn": trail + "x"})
    ask.yes("it writes the log of the trail", writer, "logs:PutLogEvents", f"{group}:/gen3/trail:log-stream:a")
    ask.no("and no other log", writer, "logs:PutLogEvents", f"{group}:/gen3/other:log-stream:a")
    ask.yes("IAM-014 the trail tells of new files", "cloudtrail.amazonaws.com", "sns:Publish", topic, here)
    ask.no("IAM-014 no other trail does", "cloudtrail.amazonaws.com", "sns:Publish", topic, {"aws:SourceArn": trail + "x"})
    ask.yes("IAM-014 it uses the key of the trail", "cloudtrail.amazonaws.com", "kms:GenerateDataKey", key, {"aws:SourceAccount": RESEARCH})
    ask.no("IAM-014 for no other account", "cloudtrail.amazonaws.com", "kms:GenerateDataKey", key, {"aws:SourceAccount": CLINICAL})
    ask.yes("IAM-008 csoc-deploy passes it to trails", DEPLOY, "iam:PassRole", writer, {"iam:PassedToService": "cloudtrail.amazonaws.com"})
    ask.no("csoc-deploy stops no trail", DEPLOY, "cloudtrail:StopLogging", trail)
    monitor = ask.estate.role(RESEARCH, "/research--monitoring")
    ask.yes("RDS writes down how machines fare", "monitoring.rds.amazonaws.com", "sts:AssumeRole", monitor, {"aws:SourceAccount": RESEARCH})
    ask.no("IAM-014 for no other account", "monitoring.rds.amazonaws.com", "sts:AssumeRole", monitor, {"aws:SourceAccount": CLINICAL})

    ask.yes("an emergency is anything", BREAKGLASS, "eks:UpdateClusterConfig", f"arn:aws:eks:us-east-1:{RESEARCH}:cluster/research")
    ask.yes("an emergency reads objects", BREAKGLASS, "s3:GetObject", bucket("atlasprod/upload") + "/a")
    ask.yes("an emergency removes a leaked key", BREAKGLASS, "iam:DeleteAccessKey", f"arn:aws:iam::{RESEARCH}:user/x")
    ask.no("IAM-011 an emergency makes no user", BREAKGLASS, "iam:CreateUser", f"arn:aws:iam::{RESEARCH}:user/x", extra=administrator)
    ask.no("an emergency does not widen its own role", BREAKGLASS, "iam:PutRolePolicy", BREAKGLASS, BOUND, extra=administrator)
    ask.no("nor opens the secrets of another account", BREAKGLASS, "secretsmanager:GetSecretValue", secret("atlasdev-fence-config", HUB), extra=administrator)

    fence = ask.role("atlasprod", "audit-sqs-sender")
    ask.no("IAM-009 no workload reads secrets of another account, whatever is attached", fence, "secretsmanager:GetSecretValue", secret("x", HUB), extra=administrator)
    ask.no("nor parameters", fence, "ssm:GetParameter", f"arn:aws:ssm:us-east-1:{HUB}:parameter/x", extra=administrator)
    ask.yes("it may read parameters that AWS publishes, where a policy lets it", fence, "ssm:GetParameter", "arn:aws:ssm:us-east-1::parameter/aws/service/x", extra=administrator)
    for action in ("lambda:UpdateFunctionCode", "glue:UpdateDevEndpoint", "lightsail:GetInstanceAccessDetails", "sts:GetFederationToken", "codepipeline:PollForJobs"):
        ask.no("IAM-001 no workload gets the rights of others by it", fence, action, "*", extra=administrator)


# fmt: on


def sweeping(actions):
    """Actions that are too much for everything."""
    wide = [action for action in actions if action.endswith(":*")]
    named = {"secretsmanager:GetSecretValue", "sts:AssumeRole", "iam:PassRole", "s3:PutObject"} & set(actions)
    return wide, sorted(named)


def everywhere(estate):
    """What holds of each document, not only of those that somebody thought of."""
    for name, document in estate.documents():
        for statement in document["Statement"]:
            sid = f"{name}: {statement.get('Sid')}"
            actions = estates.listed(statement.get("Action", []))
            operators = statement.get("Condition", {})
            if any(operator.startswith("ForAllValues") for operator in operators):
                yield f"IAM-004 {sid}"
            if statement["Effect"] != "Allow":
                continue
            if "NotPrincipal" in statement:
                yield f"an allowance for all but some: {sid}"
            everything = "*" in estates.listed(statement.get("Resource", [])) and "Principal" not in statement
            wide, named = sweeping(actions) if everything else ([], [])
            if wide:
                yield f"IAM-006 {sid}: {wide}"
            if named and "boundary" not in name:
                yield f"IAM-001/008/009/010 {sid}: {named}"
    yield from unbounded(estate)


# Roles that charts know only by a name without a path of ours.
BY_NAME = re.compile(r":role/(eks_\w+_workers_role|gen3_service/[\w-]+--default--ingress|[\w-]+-karpenter-sa)$")
# What a machine that joins a cluster needs.
OF_NODES = {"AmazonEC2ContainerRegistryPullOnly", "AmazonEKSWorkerNodePolicy"}


def unbounded(estate):
    for arn, role in estate.roles.items():
        services = [estates.listed(one.get("Principal", {}).get("Service", [])) for one in role.trust["Statement"]]
        attached = {policy.rpartition("/")[2] for policy in role.attached}
        if any("ec2.amazonaws.com" in one for one in services) and (role.policies or attached - OF_NODES):
            yield f"IAM-013 {arn} does more than join"
        if role.boundary is None:
            yield f"IAM-016 {arn} has no boundary"
        if not arn.split(":role")[1].startswith("/gen3/") and not BY_NAME.search(arn):
            yield f"IAM-016 {arn} is not below /gen3/"


def answer(table):
    """How many were answered otherwise, which are printed; and how many questions belong to each rule."""
    evaluator, wrong, rules = Evaluator(table.estate), 0, collections.Counter()
    for what, request, allowed, extra in table.questions:
        answer = evaluator.ask(request, extra=extra)
        rules[what.split()[0] if what.startswith("IAM-") else "others"] += 1
        if answer.allowed != allowed:
            wrong += 1
            print(f"{what}: {request.principal} {request.action} {request.resource} {request.context}")
            print(f"  must be {'allowed' if allowed else 'denied'}, but: {answer.why}")
    return wrong, rules


def main():
    tree, fleet = (pathlib.Path(word) for word in sys.argv[1:3])
    estate = estates.load(tree, fleet, ORGANIZATION, {"external_id": EXTERNAL_ID})
    table = Table(estate, fleet)
    for ask in (workloads, secrets, trust, deploy, state, plan, resources, account):
        ask(table)
    wrong, rules = answer(table)
    findings = list(everywhere(estate))
    for finding in findings:
        print(finding)
    allowed = sum(question[2] for question in table.questions)
    documents = sum(1 for _ in estate.documents())
    print(
        f"{len(table.questions)} questions ({allowed} to be allowed), {wrong} answered otherwise; {documents} documents of {len(estate.roles)} roles, {len(findings)} findings"
    )
    print(", ".join(f"{rule} {count}" for rule, count in sorted(rules.items())))
    return 1 if wrong or findings else 0


if __name__ == "__main__":
    sys.exit(main())
