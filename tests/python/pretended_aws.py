"""As much of AWS as csoc asks: who somebody is, roles, and a secret manager whose values never leave it but to be read."""

import json
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

XML = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"'


class Aws(ThreadingHTTPServer):
    """Everybody gets every role but those that are refused. Secrets are versions, by their ids."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.refused: set[str] = set()
        self.secrets: dict[str, dict[str, dict[str, Any]]] = {}

    def surroundings(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Ask only here, as somebody."""
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            monkeypatch.delenv(name)
        given = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.server_port}",
            "AWS_ACCESS_KEY_ID": "AKIA-BASE",
            "AWS_SECRET_ACCESS_KEY": "planted-base",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_REGION": "us-east-1",
        }
        for name, value in given.items():
            monkeypatch.setenv(name, value)

    def value(self, name: str, stage: str = "AWSCURRENT") -> str:
        versions = self.secrets[name].values()
        return next(str(version["value"]) for version in versions if stage in version["stages"])


def move(versions: dict[str, dict[str, Any]], stage: str, old: str | None, new: str | None) -> None:
    """Take a stage from a version and give it to another; the one that was current is the one before then."""
    if old is not None:
        versions[old]["stages"].remove(stage)
        if stage == "AWSCURRENT":
            versions[old]["stages"].append("AWSPREVIOUS")
    if new is not None:
        versions[new]["stages"].append(stage)


class Answers(BaseHTTPRequestHandler):
    server: Aws

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        target = self.headers.get("X-Amz-Target")
        if target is None:
            self.sts(text)
        else:
            self.secret(target.partition(".")[2], json.loads(text))

    def sts(self, text: str) -> None:
        role = re.search(r"iam%3A%3A(\d+)%3Arole%2Fgen3%2F([\w-]+)", text)
        if role is not None and role[2] in self.server.refused:
            error = "<Error><Type>Sender</Type><Code>AccessDenied</Code><Message>it is said so</Message></Error>"
            self.answer(403, f"<ErrorResponse {XML}>{error}<RequestId>r</RequestId></ErrorResponse>")
        elif role is not None:
            given = (
                f"<AccessKeyId>ASIA-{role[1]}-{role[2]}</AccessKeyId><SecretAccessKey>planted-secret</SecretAccessKey>"
                "<SessionToken>planted-token</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>"
            )
            result = f"<AssumeRoleResult><Credentials>{given}</Credentials></AssumeRoleResult>"
            self.answer(200, f"<AssumeRoleResponse {XML}>{result}</AssumeRoleResponse>")
        else:
            key = re.search(r"ASIA-(\d+)-([\w-]+)/", self.headers["Authorization"])
            account = key[1] if key else "999988887777"
            arn = f"arn:aws:sts::{account}:assumed-role/{key[2]}/csoc" if key else f"arn:aws:iam::{account}:user/us"
            known = f"<Arn>{arn}</Arn><UserId>A:b</UserId><Account>{account}</Account>"
            result = f"<GetCallerIdentityResult>{known}</GetCallerIdentityResult>"
            self.answer(200, f"<GetCallerIdentityResponse {XML}>{result}</GetCallerIdentityResponse>")

    def secret(self, action: str, asked: dict[str, Any]) -> None:
        name = asked.get("SecretId") or asked["Name"]
        if action == "CreateSecret":
            self.server.secrets.setdefault(name, {})
        versions = self.server.secrets.get(name)
        stage = asked.get("VersionStage", "AWSCURRENT")
        told: dict[str, Any] | None = {"Name": name}
        refused = "ResourceNotFoundException"
        if versions is None:
            told = None
        elif action == "ListSecretVersionIds":
            listed = [{"VersionId": key, "VersionStages": one["stages"]} for key, one in versions.items()]
            told = {"Name": name, "Versions": [one for one in listed if one["VersionStages"]]}
        elif action == "GetSecretValue":
            found = [one["value"] for one in versions.values() if stage in one["stages"]]
            told = {"Name": name, "SecretString": found[0]} if found else None
        elif action in {"CreateSecret", "PutSecretValue"}:
            token, refused = asked["ClientRequestToken"], "ResourceExistsException"
            told = None if token in versions else told
            stages = asked.get("VersionStages", ["AWSCURRENT"])
            versions.setdefault(token, {"stages": list(stages), "value": asked["SecretString"]})
        elif action == "UpdateSecretVersionStage":
            move(versions, stage, asked.get("RemoveFromVersionId"), asked.get("MoveToVersionId"))
        if told is None:
            self.answer(400, json.dumps({"__type": refused, "message": "it is said so"}))
        else:
            self.answer(200, json.dumps(told))

    def answer(self, status: int, body: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/xml" if body.startswith("<") else "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - so it is called
        """Nothing is said."""


@contextmanager
def pretended() -> Iterator[Aws]:
    with Aws() as aws:
        threading.Thread(target=aws.serve_forever, daemon=True).start()
        yield aws
        aws.shutdown()
