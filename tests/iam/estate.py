"""The policies of a rendered tree: which roles there are, what is attached to them, who may use what."""

import dataclasses
import json

import hcl

ADMINISTRATOR = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


@dataclasses.dataclass
class Role:
    """A role, with its policies by name."""

    arn: str
    trust: dict
    boundary: str | None
    policies: dict = dataclasses.field(default_factory=dict)
    attached: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Estate:
    """All of a fleet: roles and managed policies by ARN, and policies of resources by the resource's ARN."""

    organization: str | None
    roles: dict = dataclasses.field(default_factory=dict)
    managed: dict = dataclasses.field(default_factory=dict)
    resources: dict = dataclasses.field(default_factory=dict)
    # By cluster and principal, what an entry lets it do there and where: AWS's policy, and namespaces or `None` for all.
    entries: dict = dataclasses.field(default_factory=dict)

    def reaches(self, principal, cluster, namespace):
        """The policies of EKS that somebody has in a namespace of a cluster."""
        found = self.entries.get((cluster, principal), [])
        return [policy for policy, namespaces in found if namespaces is None or namespace in namespaces]

    def role(self, account, name):
        """The only role of this account whose name ends like that."""
        found = [arn for arn in self.roles if f"::{account}:role/" in arn and arn.endswith(name)]
        if len(found) != 1:
            message = f"roles that end in {name}: {found}"
            raise LookupError(message)
        return found[0]

    def key(self, account, region, label):
        """The only key of that label in a region of an account."""
        found = [arn for arn in self.resources if arn.startswith(f"arn:aws:kms:{region}:{account}:key/")]
        found = [arn for arn in found if arn.endswith(f"/{label}")]
        if len(found) != 1:
            message = f"keys called {label}: {found}"
            raise LookupError(message)
        return found[0]

    def documents(self):
        """Every document with a name for people."""
        for arn, role in self.roles.items():
            yield f"trust of {arn}", role.trust
            for name, document in role.policies.items():
                yield f"{name} of {arn}", document
        yield from self.managed.items()
        yield from self.resources.items()


def listed(value):
    return value if isinstance(value, list) else [value]


def canonical(value):
    """A document without what makes no difference: order, and a list of one."""
    if isinstance(value, dict):
        return {key: canonical(entry) for key, entry in sorted(value.items())}
    if isinstance(value, list) and len(value) == 1:
        return canonical(value[0])
    if isinstance(value, list):
        return sorted((canonical(entry) for entry in value), key=json.dumps)
    return str(value)


def document(block, evaluate):
    """What the provider makes of `data "aws_iam_policy_document"`."""
    statements = []
    for given in block.all("statement"):
        values = {name: evaluate(value) for name, value in given.attributes.items()}
        statement = {"Effect": values.get("effect", "Allow")}
        names = {"sid": "Sid", "actions": "Action", "not_actions": "NotAction"}
        names |= {"resources": "Resource", "not_resources": "NotResource"}
        statement |= {names[name]: value for name, value in values.items() if name in names}
        for kind in ("principals", "not_principals"):
            for principals in given.all(kind):
                key = "Principal" if kind == "principals" else "NotPrincipal"
                of_type = evaluate(principals.attributes["type"])
                found = listed(evaluate(principals.attributes["identifiers"]))
                statement.setdefault(key, {}).setdefault(of_type, []).extend(found)
        for condition in given.all("condition"):
            test, variable, values = (evaluate(condition.attributes[name]) for name in ("test", "variable", "values"))
            statement.setdefault("Condition", {}).setdefault(test, {}).setdefault(variable, []).extend(listed(values))
        statements.append(statement)
    return {"Version": "2012-10-17", "Statement": statements}


class Root:
    """One root, with its variables and what its resources are called."""

    def __init__(self, place, stack, outputs):
        self.account = stack["account"]
        self.blocks = [block for file in sorted(place.glob("*.tf")) for block in hcl.read(file.read_text()).blocks]
        self.values = json.loads((place / "terraform.tfvars.json").read_text())
        self.recorded = outputs
        self.index = {}
        for block in self.blocks:
            if block.kind in ("resource", "data"):
                prefix = "data." if block.kind == "data" else ""
                self.index[prefix + ".".join(block.labels)] = block
        provider = next(block for block in self.blocks if block.kind == "provider" and "alias" not in block.attributes)
        self.region = self.evaluate(provider.attributes["region"])
        # What the cloud gave to a resource stands in the recorded outputs, if an output says it.
        self.given = {}
        for block in self.blocks:
            value = block.attributes.get("value")
            if block.kind == "output" and isinstance(value, hcl.Reference) and block.labels[0] in outputs:
                self.given[value.path] = outputs[block.labels[0]]["value"]

    def evaluate(self, value):
        return hcl.evaluate(value, self.look_up)

    def look_up(self, path):
        if path in self.given:
            return self.given[path]
        if path.startswith("var."):
            return self.values.get(path.removeprefix("var."))
        if path.startswith("local."):
            local = [block for block in self.blocks if block.kind == "locals" and path[6:] in block.attributes]
            return self.evaluate(local[0].attributes[path[6:]]) if local else None
        address, _, attribute = path.rpartition(".")
        block = self.index.get(address)
        return None if block is None else self.attribute(block, attribute)

    def attribute(self, block, attribute):
        """What a resource or a document gives to others."""
        if block.labels[0] == "aws_iam_policy_document" and attribute == "json":
            return document(block, self.evaluate)
        if attribute in ("arn", "id"):
            return self.arn(block) if attribute == "arn" else self.id(block)
        return self.evaluate(block.attributes[attribute]) if attribute in block.attributes else None

    def name(self, block, attribute="name"):
        return self.evaluate(block.attributes[attribute])

    def id(self, block):
        kind = block.labels[0]
        if kind == "aws_s3_bucket":
            return self.name(block, "bucket")
        return self.name(block) if kind == "aws_iam_role" else self.arn(block)

    def arn(self, block):
        """The ARN that a resource will have, where its name says it."""
        kind, label, account, region = *block.labels, self.account, self.region
        path = self.evaluate(block.attributes.get("path", "/"))
        known = {
            "aws_iam_role": lambda: f"arn:aws:iam::{account}:role{path}{self.name(block)}",
            "aws_iam_policy": lambda: f"arn:aws:iam::{account}:policy{path}{self.name(block)}",
            "aws_s3_bucket": lambda: f"arn:aws:s3:::{self.name(block, 'bucket')}",
            "aws_sqs_queue": lambda: f"arn:aws:sqs:{region}:{account}:{self.name(block)}",
            "aws_sns_topic": lambda: f"arn:aws:sns:{region}:{account}:{self.name(block)}",
            # Six characters that the cloud appends.
            "aws_secretsmanager_secret": lambda: (
                f"arn:aws:secretsmanager:{region}:{account}:secret:{self.name(block)}-AbCdEf"
            ),
            "aws_kms_key": lambda: self.given.get(f"{kind}.{label}.arn", f"arn:aws:kms:{region}:{account}:key/{label}"),
        }
        return known[kind]() if kind in known else hcl.Hole(f"{kind}.{label}.arn")

    def add_to(self, estate):
        for block in self.blocks:
            add = ADDERS.get(block.labels[0]) if block.kind == "resource" else None
            if add:
                add(self, estate, block, {name: self.evaluate(value) for name, value in block.attributes.items()})


def add_role(root, estate, block, values):
    boundary = values.get("permissions_boundary")
    estate.roles[root.arn(block)] = Role(root.arn(block), values["assume_role_policy"], boundary)


def role_of(root, estate, values):
    return next(
        role
        for role in estate.roles.values()
        if role.arn.endswith("/" + values["role"]) and f"::{root.account}:" in role.arn
    )


def add_inline(root, estate, _, values):
    role_of(root, estate, values).policies[values["name"]] = values["policy"]


def add_attachment(root, estate, _, values):
    role_of(root, estate, values).attached.append(values["policy_arn"])


def add_managed(root, estate, block, values):
    estate.managed[root.arn(block)] = values["policy"]


def add_own(root, estate, block, values):
    if "policy" in values:
        estate.resources[root.arn(block)] = values["policy"]


def add_to_bucket(_, estate, __, values):
    estate.resources[f"arn:aws:s3:::{values['bucket']}"] = values["policy"]


def add_to_queue(_, estate, __, values):
    estate.resources[values["queue_url"]] = values["policy"]


def add_to_topic(_, estate, __, values):
    estate.resources[values["arn"]] = values["policy"]


def add_entry(root, estate, block, values):
    scope = block.all("access_scope")[0]
    namespaces = root.evaluate(scope.attributes["namespaces"]) if "namespaces" in scope.attributes else None
    key = values["cluster_name"], values["principal_arn"]
    estate.entries.setdefault(key, []).append((values["policy_arn"].rpartition("/")[2], namespaces))


ADDERS = {
    "aws_eks_access_policy_association": add_entry,
    "aws_iam_role": add_role,
    "aws_iam_policy": add_managed,
    "aws_iam_role_policy": add_inline,
    "aws_iam_role_policy_attachment": add_attachment,
    "aws_kms_key": add_own,
    "aws_secretsmanager_secret": add_own,
    "aws_s3_bucket_policy": add_to_bucket,
    "aws_sns_topic": add_own,
    "aws_sqs_queue": add_own,
    "aws_sqs_queue_policy": add_to_queue,
    "aws_sns_topic_policy": add_to_topic,
}


def recorded(fleet, stack):
    """The outputs that a fleet recorded of a stack."""
    file = fleet / "outputs" / f"{stack}.json"
    return json.loads(file.read_text()) if file.is_file() else {}


def load(tree, fleet, organization, extra=None):
    """The estate of a rendered tree, with the outputs that the fleet recorded and values for other variables."""
    estate = Estate(organization, managed={"arn:aws:iam::aws:policy/AdministratorAccess": ADMINISTRATOR})
    for stack in json.loads((tree / "terraform/stacks.json").read_text())["stacks"]:
        root = Root(tree / "terraform" / stack["path"], stack, recorded(fleet, stack["id"]))
        root.values = (extra or {}) | root.values
        root.add_to(estate)
    return estate
