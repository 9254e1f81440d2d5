"""Evaluates policies as AWS documents it: an explicit deny wins, a boundary limits, two accounts must both agree.

Written from the documentation of IAM alone. What it does not know of a condition (an operator)
is an error and never an answer.
"""

import dataclasses
import ipaddress
import re

import hcl


@dataclasses.dataclass(frozen=True)
class Request:
    """Who wants to do what on what, and what is known of it besides."""

    principal: str
    action: str
    resource: str
    context: dict = dataclasses.field(default_factory=dict)

    def account(self):
        return self.principal.split(":")[4] if self.principal.startswith("arn:") else None


# What is not read here of a policy of AWS's own, which questions do not turn on.
NOTHING = {"Statement": []}


def listed(value):
    return value if isinstance(value, list) else [value]


def like(pattern, value, *, fold=False):
    """Whether a pattern with `*` and `?` fits."""
    if isinstance(pattern, hcl.Hole):
        return pattern == value
    text = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
    return re.fullmatch(text, value, re.IGNORECASE | re.DOTALL if fold else re.DOTALL) is not None


def arn_like(pattern, value):
    """As `like`, but a `*` does not reach over the six parts of an ARN."""
    patterns, parts = pattern.split(":", 5), value.split(":", 5)
    return len(patterns) == len(parts) and all(like(one, part) for one, part in zip(patterns, parts, strict=True))


def in_network(network, address):
    return ipaddress.ip_address(address) in ipaddress.ip_network(network)


# By operator: whether one value of the policy fits one of the request.
OPERATORS = {
    "StringEquals": lambda given, value: given == value,
    "StringEqualsIgnoreCase": lambda given, value: given.lower() == value.lower(),
    "StringLike": like,
    "ArnEquals": arn_like,
    "ArnLike": arn_like,
    "Bool": lambda given, value: given.lower() == value.lower(),
    "NumericEquals": lambda given, value: float(value) == float(given),
    "NumericLessThan": lambda given, value: float(value) < float(given),
    "NumericLessThanEquals": lambda given, value: float(value) <= float(given),
    "NumericGreaterThan": lambda given, value: float(value) > float(given),
    "IpAddress": in_network,
}
NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NumericNotEquals": "NumericEquals",
    "NotIpAddress": "IpAddress",
}


VARIABLE = re.compile(r"\$\{([^}]+)\}")


def filled(text, known):
    """A text of a condition with its policy variables. One without a value is kept, and fits nothing."""
    if isinstance(text, hcl.Hole):
        return text
    return VARIABLE.sub(lambda match: str(known.get(match[1].lower(), match[0])), text)


def holds(operator, key, given, context):
    """Whether one line of a condition holds."""
    known = {name.lower(): value for name, value in context.items()}
    values = known.get(key.lower())
    given = [str(one).lower() if isinstance(one, bool) else filled(one, known) for one in listed(given)]
    if operator == "Null":
        return (values is None) == (given == ["true"])
    quantifier, _, operator = operator.rpartition(":")
    if operator.endswith("IfExists"):
        if values is None:
            return True
        operator = operator.removesuffix("IfExists")
    negated = operator in NEGATED
    test = OPERATORS[NEGATED.get(operator, operator)]
    if values is None:
        # A missing key fits nothing: so it is unlike everything, and "for all" of none holds.
        return quantifier == "ForAllValues" or (negated and quantifier != "ForAnyValue")
    fits = [any(test(one, str(value)) for one in given) != negated for value in listed(values)]
    return any(fits) if quantifier == "ForAnyValue" else all(fits)


def names(principals, request):
    """Whether a principal element names who asks; and whether it does so by account only."""
    if principals == "*":
        return "exact"
    for kind, given in principals.items():
        for one in listed(given):
            if one == "*" and kind == "AWS" and request.principal.startswith("arn:aws:iam:"):
                return "exact"
            if one == request.principal:
                return "exact"
            if kind == "AWS" and one in (f"arn:aws:iam::{request.account()}:root", request.account()):
                return "account"
    return None


def applies(statement, request, context):
    """Whether a statement is about this request; for a policy of a resource, how it names who asks."""
    named = "exact"
    if "Principal" in statement:
        named = names(statement["Principal"], request)
    elif "NotPrincipal" in statement:
        named = None if names(statement["NotPrincipal"], request) else "exact"
    if named is None:
        return None
    for name, wanted, fold in (("Action", request.action, True), ("Resource", request.resource, False)):
        if name in statement and not any(like(one, wanted, fold=fold) for one in listed(statement[name])):
            return None
        if "Not" + name in statement and any(like(one, wanted, fold=fold) for one in listed(statement["Not" + name])):
            return None
    for operator, lines in statement.get("Condition", {}).items():
        if not all(holds(operator, key, given, context) for key, given in lines.items()):
            return None
    return named


@dataclasses.dataclass(frozen=True)
class Answer:
    """Whether it is allowed, and what decided that."""

    allowed: bool
    why: str


class Evaluator:
    """Answers requests about an estate."""

    def __init__(self, estate):
        self.estate = estate

    def context(self, request):
        """What AWS itself adds to a request."""
        known = {"aws:SecureTransport": "true"}
        if request.principal.startswith("arn:aws:iam:"):
            known |= {"aws:PrincipalArn": request.principal, "aws:PrincipalAccount": request.account()}
            known["kms:CallerAccount"] = request.account()
            if self.estate.organization:
                known["aws:PrincipalOrgID"] = self.estate.organization
        return {name: value for name, value in (known | request.context).items() if value is not None}

    def resource_policy(self, request):
        """The policy of the resource, and of which account it is."""
        arn = request.resource
        if arn in self.estate.roles:
            # A trust is about becoming the role, and about nothing that is done to it.
            trust = self.estate.roles[arn].trust if request.action.startswith("sts:") else None
            return trust, arn.split(":")[4]
        place = arn.split("/")[0] if arn.startswith("arn:aws:s3:::") else arn
        if arn == "*":
            return None, request.account()
        account = arn.split(":")[4] or next(iter(re.findall(r"-(\d{12})-", place)), None)
        # The account itself has resources without a name: a bucket of another name is taken as its own.
        return self.estate.resources.get(place), account or request.account()

    def ask(self, request, *, extra=()):
        """The answer; `extra` are documents that somebody attaches to the role on top of ours."""
        role = self.estate.roles.get(request.principal)
        identity, boundary = list(extra), []
        if role is not None:
            identity += [*role.policies.values(), *(self.estate.managed.get(arn, NOTHING) for arn in role.attached)]
            boundary = [self.estate.managed[role.boundary]] if role.boundary else []
        document, owner = self.resource_policy(request)
        resource = [document] if document else []

        context = self.context(request)
        denied, sid = first([*identity, *boundary, *resource], "Deny", request, context)
        if denied:
            return Answer(False, f"denied by {sid}")
        by_identity, by_resource = (first(documents, "Allow", request, context) for documents in (identity, resource))
        if not request.principal.startswith("arn:aws:iam:") or ":role/" not in request.principal:
            # A service or somebody with a token of elsewhere: only the resource can let it in.
            return answer(by_resource, "nothing lets it in")
        if boundary and not first(boundary, "Allow", request, context)[0]:
            return Answer(False, "outside of the boundary")
        if request.account() != owner:
            stranger = role is None and not extra
            # What a stranger's own account allows is not known here, and taken as allowed.
            return answer(by_resource if by_identity[0] or stranger else by_identity, "one account does not allow it")
        return within_account(request, by_identity, by_resource, has_policy=bool(resource))


def within_account(request, by_identity, by_resource, *, has_policy):
    """One account: either side suffices, but keys and roles are only for whom their own policy lets in."""
    if by_resource[0] == "exact":
        return answer(by_resource, "")
    if request.action.startswith(("kms:", "sts:Assume")) and has_policy and not by_resource[0]:
        return Answer(False, "the policy of the resource does not let it in")
    return answer(by_identity, "nothing allows it")


def first(documents, effect, request, context):
    """How the first statement of this effect that applies names who asks, and what it is called."""
    for document in documents:
        for statement in document["Statement"]:
            named = applies(statement, request, context) if statement["Effect"] == effect else None
            if named:
                return named, statement.get("Sid", "a statement")
    return None, None


def answer(found, otherwise):
    named, sid = found
    return Answer(bool(named), f"allowed by {sid}" if named else otherwise)
