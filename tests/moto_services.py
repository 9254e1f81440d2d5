"""Services, or actions of services, that moto 5.2 lacks altogether: applications that stand before it.

Each is chosen by the name in the signature, gets a request and says what the action is called and what it answers; with
`None` for the action it leaves the request to moto, with `None` for the answer there is no such thing. All of it is kept
by account and region, and nothing checks what real AWS would check.
"""

import collections
import contextlib
import dataclasses
import datetime as dt
import io
import json
import re
import urllib.parse

KEPT = collections.defaultdict(dict)


@dataclasses.dataclass(frozen=True)
class Request:
    """What is asked, by which account and where."""

    method: str
    path: str
    target: str
    body: dict
    account: str
    region: str

    def kept(self, what):
        return KEPT[self.account, self.region].setdefault(what, {})


def now():
    return dt.datetime.now(dt.UTC).isoformat()


def access_analyzer(request):
    """IAM Access Analyzer."""
    analyzers = request.kept("analyzers")
    name = request.path.rpartition("/")[2]
    if request.path == "/analyzer" and request.method == "PUT":
        name = request.body["analyzerName"]
        arn = f"arn:aws:access-analyzer:{request.region}:{request.account}:analyzer/{name}"
        made = {"arn": arn, "name": name, "type": request.body["type"], "status": "ACTIVE", "createdAt": now()}
        analyzers[name] = made | {"tags": request.body.get("tags", {})}
        return "CreateAnalyzer", {"arn": arn}
    if request.path.startswith("/tags/"):
        tags = analyzers[urllib.parse.unquote(request.path).rpartition("/")[2]]["tags"]
        tags.update(request.body.get("tags", {}))
        return ("ListTagsForResource" if request.method == "GET" else "TagResource"), {"tags": tags}
    if request.method == "GET":
        return "GetAnalyzer", ({"analyzer": analyzers[name]} if name in analyzers else None)
    return "DeleteAnalyzer", (None if analyzers.pop(name, None) is None else {})


def cost_explorer(request):
    """Anomaly monitors and subscriptions of Cost Explorer; all else is moto's."""
    action = request.target.rpartition(".")[2]
    kind = re.fullmatch(r"(Create|Get|Update|Delete)Anomaly(Monitor|Subscription)s?", action)
    if kind is None:
        if action != "ListTagsForResource":
            return None, None
        tags = request.kept("cost-tags").get(request.body["ResourceArn"], [])
        return action, {"ResourceTags": tags}
    verb, noun = kind.groups()
    things, key = request.kept(noun), f"{noun}Arn"
    if verb == "Create":
        given = request.body[f"Anomaly{noun}"]
        arn = f"arn:aws:ce::{request.account}:anomaly{noun.lower()}/{len(things):08}-0000-4000-8000-000000000000"
        things[arn] = given | {key: arn, "CreationDate": now(), "AccountId": request.account}
        request.kept("cost-tags")[arn] = request.body.get("ResourceTags", [])
        return action, {key: arn}
    if verb == "Get":
        wanted = request.body.get(f"{key}List") or list(things)
        return action, {f"Anomaly{noun}s": [things[arn] for arn in wanted if arn in things]}
    arn = request.body[key]
    if verb == "Update":
        things[arn].update({name: value for name, value in request.body.items() if name != key})
        return action, {key: arn}
    return action, (None if things.pop(arn, None) is None else {})


def security_hub(request):
    """Security Hub: the hub of an account and its standards."""
    hub, standards = request.kept("hub"), request.kept("standards")
    arn = f"arn:aws:securityhub:{request.region}:{request.account}:hub/default"
    if request.path == "/accounts":
        if request.method == "GET":
            return "DescribeHub", (hub or None)
        if request.method == "DELETE":
            hub.clear()
            return "DisableSecurityHub", {}
        settings = {"AutoEnableControls": True, "ControlFindingGenerator": "SECURITY_CONTROL"} | hub | request.body
        hub.update(settings | {"HubArn": arn, "SubscribedAt": now()})
        return {"POST": "EnableSecurityHub", "PATCH": "UpdateSecurityHubConfiguration"}[request.method], {}
    action = {"/standards/register": "BatchEnableStandards", "/standards/get": "GetEnabledStandards"}.get(request.path)
    if request.path == "/standards/deregister":
        gone = [
            standards.pop(one) | {"StandardsStatus": "DELETING"} for one in request.body["StandardsSubscriptionArns"]
        ]
        return "BatchDisableStandards", {"StandardsSubscriptions": gone}
    wanted = request.body.get("StandardsSubscriptionArns") or list(standards)
    if action == "BatchEnableStandards":
        wanted = []
        for given in request.body["StandardsSubscriptionRequests"]:
            name = re.sub(r"^.*?(standards|ruleset)/", "", given["StandardsArn"])
            one = arn.replace("hub/default", f"subscription/{name}")
            made = {"StandardsSubscriptionArn": one, "StandardsStatus": "READY", "StandardsInput": {}}
            standards[one] = made | {"StandardsArn": given["StandardsArn"]}
            wanted.append(one)
    return action, {"StandardsSubscriptions": [standards[one] for one in wanted if one in standards]}


def eks(request):
    """What stands below a cluster: who may enter, what is added, which pod is which role; clusters are moto's."""
    match = re.fullmatch(
        r"/clusters/([^/]+)/(access-entries|addons|pod-identity-associations)(?:/([^/]+))?(.*)", request.path
    )
    if match is None:
        if request.method == "POST" and request.path.endswith(("/clusters", "/node-groups")):
            name = request.body.get("name") or request.body["nodegroupName"]
            request.kept("told")[name] = request.body
        return None, None
    cluster, what, name, rest = match[1], match[2], urllib.parse.unquote(match[3] or ""), match[4]
    one, key = {"access-entries": ("accessEntry", "principalArn"), "addons": ("addon", "addonName")}.get(
        what, ("association", "associationId")
    )
    things = request.kept(f"{cluster} {what}")
    action = one[0].upper() + one[1:]
    if request.method == "POST" and not name:
        name = request.body.get(key) or f"a-{len(things):017}"
        arn = f"arn:aws:eks:{request.region}:{request.account}:{one.lower()}/{cluster}/{len(things)}"
        times = {"createdAt": 0, "modifiedAt": 0}
        things[name] = request.body | times | {key: name, "clusterName": cluster, f"{one}Arn": arn, "status": "ACTIVE"}
        things[name].pop("clientRequestToken", None)
        if one == "accessEntry":
            things[name].setdefault("username", name)
        return f"Create{action}", {one: things[name]}
    if name not in things:
        return f"Describe{action}", None
    if rest.startswith("/access-policies"):
        return access_policies(request, things[name].setdefault("policies", {}), urllib.parse.unquote(rest[17:]))
    verb = {"DELETE": "Delete", "POST": "Update"}.get(request.method, "Describe")
    found = things.pop(name) if verb == "Delete" else things[name]
    if verb == "Update":
        found.update(request.body)
    return f"{verb}{action}", {one: found, "update": {"id": "u", "status": "Successful"}}


def access_policies(request, policies, name):
    if request.method == "POST":
        policies[request.body["policyArn"]] = request.body | {"associatedAt": 0, "modifiedAt": 0}
        return "AssociateAccessPolicy", {"associatedAccessPolicy": policies[request.body["policyArn"]]}
    if request.method == "DELETE":
        policies.pop(name, None)
        return "DisassociateAccessPolicy", {}
    return "ListAssociatedAccessPolicies", {"associatedAccessPolicies": list(policies.values())}


def remember(request, answer):
    """Puts back what moto forgets of a cluster or of machines, and takes away what it invents."""
    for kind, key, names in (
        ("cluster", "name", ("accessConfig", "upgradePolicy", "deletionProtection")),
        ("nodegroup", "nodegroupName", ("updateConfig", "remoteAccess", "taints", "labels")),
    ):
        thing = answer.get(kind)
        told = request.kept("told").get(thing[key], {}) if thing else {}
        for name in names if thing else ():
            thing.pop(name, None)
            if name in told:
                thing[name] = told[name]


# What a service calls it when it does not know something, if not like most.
UNKNOWN = {"ce": "UnknownMonitorException"}

# By the name in the signature.
SERVICES = {"access-analyzer": access_analyzer, "ce": cost_explorer, "securityhub": security_hub, "eks": eks}


class More:
    """A WSGI application: the services here, and moto for all others."""

    def __init__(self, moto, account_of, record):
        self.moto = moto
        self.account_of = account_of
        self.record = record

    def __call__(self, environ, start):
        signed = re.search(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/", environ.get("HTTP_AUTHORIZATION", ""))
        service = SERVICES.get(signed[3]) if signed else None
        if service is None:
            return self.moto(environ, start)
        text = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        request = Request(
            environ["REQUEST_METHOD"],
            urllib.parse.urlsplit(environ.get("RAW_URI", environ["PATH_INFO"])).path,
            environ.get("HTTP_X_AMZ_TARGET", ""),
            json.loads(text or b"{}"),
            self.account_of(signed[1]),
            signed[2],
        )
        action, answer = service(request)
        if action is None:
            environ["wsgi.input"] = io.BytesIO(text)
            return self.asked(environ, start, request) if signed[3] == "eks" else self.moto(environ, start)
        self.record(request.account, signed[1], f"{signed[3]}:{action}", "*", request.region)
        headers = [("Content-Type", "application/json")]
        if answer is None:
            kind = UNKNOWN.get(signed[3], "ResourceNotFoundException")
            start("404 Not Found", [*headers, ("x-amzn-ErrorType", kind)])
            return [json.dumps({"message": "there is none", "__type": kind}).encode()]
        start("200 OK", headers)
        return [json.dumps(answer).encode()]

    def asked(self, environ, start, request):
        """What moto answers, with what it forgot."""
        begun = []
        text = b"".join(self.moto(environ, lambda *words: begun.extend(words[:2])))
        with contextlib.suppress(ValueError):
            answer = json.loads(text)
            remember(request, answer)
            text = json.dumps(answer).encode()
        headers = [(name, value) for name, value in begun[1] if name.lower() != "content-length"]
        start(begun[0], [*headers, ("Content-Length", str(len(text)))])
        return [text]
