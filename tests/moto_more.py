"""What moto 5.2 lacks of the AWS that our roots need, as far as a resource is made, read, changed and removed with it.

Two ways in. An action that a service of moto lacks becomes a method of that service's responses; botocore writes the
answer. A service that moto lacks altogether is an application of its own, which stands before moto and is chosen by the
name in the signature. All of it is kept by account and region, and nothing checks what real AWS would check.
"""

import collections
import datetime as dt
import json
import re
import urllib.parse

SETTINGS = collections.defaultdict(dict)


def settings(self):
    """What is set in this account and region."""
    return SETTINGS[self.current_account, self.region]


def param(self, name, default=None):
    return self.querystring.get(name, [default])[0]


def switch(answer, name, off, *, key):
    """Three actions for one value of a region: set it, unset it, read it."""

    def enable(self):
        settings(self)[name] = param(self, key)
        return answer({key: settings(self)[name]})

    def disable(self):
        settings(self)[name] = off
        return answer({key: off})

    def get(self):
        return answer({key: settings(self).get(name, off)})

    return enable, disable, get


def volume_key(answer):
    """The key for volumes that name none."""

    def get(self):
        aws = f"arn:aws:kms:{self.region}:{self.current_account}:alias/aws/ebs"
        return answer({"KmsKeyId": settings(self).get("ebs-key", aws)})

    def modify(self):
        settings(self)["ebs-key"] = param(self, "KmsKeyId")
        return get(self)

    def reset(self):
        settings(self).pop("ebs-key", None)
        return get(self)

    return get, modify, reset


def metadata_defaults(answer):
    """What the metadata service of new machines is like."""
    names = ("HttpEndpoint", "HttpTokens", "HttpPutResponseHopLimit", "InstanceMetadataTags")

    def modify(self):
        defaults = settings(self).setdefault("metadata", {})
        for name in names:
            value = param(self, name, defaults.get(name))
            if value in (None, "no-preference", "-1"):
                defaults.pop(name, None)
            else:
                defaults[name] = value
        return answer({"Return": True})

    def get(self):
        level = dict(settings(self).get("metadata", {}))
        if "HttpPutResponseHopLimit" in level:
            level["HttpPutResponseHopLimit"] = int(level["HttpPutResponseHopLimit"])
        return answer({"AccountLevel": level})

    return modify, get


def ec2_actions(answer):
    """Defaults of a region, by the name of the action."""
    snapshots = switch(answer, "snapshots", "unblocked", key="State")
    images = switch(answer, "images", "unblocked", key="ImageBlockPublicAccessState")
    get_key, modify_key, reset_key = volume_key(answer)
    modify_metadata, get_metadata = metadata_defaults(answer)
    return {
        "enable_snapshot_block_public_access": snapshots[0],
        "disable_snapshot_block_public_access": snapshots[1],
        "get_snapshot_block_public_access_state": snapshots[2],
        "enable_image_block_public_access": images[0],
        "disable_image_block_public_access": images[1],
        "get_image_block_public_access_state": images[2],
        "get_ebs_default_kms_key_id": get_key,
        "modify_ebs_default_kms_key_id": modify_key,
        "reset_ebs_default_kms_key_id": reset_key,
        "modify_instance_metadata_defaults": modify_metadata,
        "get_instance_metadata_defaults": get_metadata,
    }


def access_analyzer(method, path, body, place):
    """IAM Access Analyzer: the action, and what it answers."""
    account, region = place
    analyzers = SETTINGS[place].setdefault("analyzers", {})
    name = path.rpartition("/")[2]
    if path == "/analyzer" and method == "PUT":
        arn = f"arn:aws:access-analyzer:{region}:{account}:analyzer/{body['analyzerName']}"
        analyzers[body["analyzerName"]] = {
            "arn": arn,
            "name": body["analyzerName"],
            "type": body["type"],
            "status": "ACTIVE",
            "createdAt": dt.datetime.now(dt.UTC).isoformat(),
            "tags": body.get("tags", {}),
        }
        return "CreateAnalyzer", {"arn": arn}
    if path.startswith("/tags/"):
        arn = urllib.parse.unquote(path.removeprefix("/tags/"))
        tags = analyzers[arn.rpartition("/")[2]]["tags"]
        if method == "POST":
            tags.update(body["tags"])
        return {"GET": "ListTagsForResource", "POST": "TagResource"}[method], {"tags": tags}
    if method == "GET":
        found = analyzers.get(name)
        return "GetAnalyzer", {"analyzer": found} if found else None
    return "DeleteAnalyzer", {} if analyzers.pop(name, None) else None


# By the name in the signature.
SERVICES = {"access-analyzer": access_analyzer}


class More:
    """A WSGI application: the services here, and moto for all others."""

    def __init__(self, moto, account_of, record):
        self.moto = moto
        self.account_of = account_of
        self.record = record

    def __call__(self, environ, start):
        found = re.search(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/", environ.get("HTTP_AUTHORIZATION", ""))
        service = SERVICES.get(found[3]) if found else None
        if service is None:
            return self.moto(environ, start)
        text = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        place = (self.account_of(found[1]), found[2])
        path = urllib.parse.urlsplit(environ.get("RAW_URI", environ["PATH_INFO"])).path
        action, answer = service(environ["REQUEST_METHOD"], path, json.loads(text or b"{}"), place)
        self.record(place[0], found[1], f"{found[3]}:{action}", "*", place[1])
        status = "200 OK" if answer is not None else "404 Not Found"
        headers = [("Content-Type", "application/json")]
        if answer is None:
            headers.append(("x-amzn-ErrorType", "ResourceNotFoundException"))
            answer = {"message": "there is none"}
        start(status, headers)
        return [json.dumps(answer).encode()]


def queue_attributes(queue):
    """A queue's attributes, with who may use it as their dead-letter queue; setting others leaves its policy alone."""
    attributes, set_attributes = queue.attributes.fget, queue._set_attributes  # noqa: SLF001

    def read(self):
        return {name: value for name, value in attributes(self).items() if value is not None}

    def write(self, given, now=None):
        policy = getattr(self, "policy", None)
        set_attributes(self, given, now)
        if "Policy" not in given:
            self.policy = policy

    queue.BASE_ATTRIBUTES = [*queue.BASE_ATTRIBUTES, "RedriveAllowPolicy"]
    queue.redrive_allow_policy = None
    queue.attributes = property(read)
    queue._set_attributes = write  # noqa: SLF001


def add():
    """Adds this to the services that moto has."""
    from moto.core.responses import ActionResult  # noqa: PLC0415 - only the process that serves has moto loaded
    from moto.ec2.responses import EC2Response  # noqa: PLC0415
    from moto.sqs.models import Queue  # noqa: PLC0415

    for name, action in ec2_actions(ActionResult).items():
        setattr(EC2Response, name, action)
    queue_attributes(Queue)
