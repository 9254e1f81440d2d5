"""Who we are in every account: against an STS of our own, in builds that ask AWS."""

import pickle
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import practice
import pytest

import gen3_csoc as csoc

XML = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"'


class Sts(BaseHTTPRequestHandler):
    """Gives a session of each role that is not refused, and knows everybody by their key."""

    refuses: ClassVar[str] = ""

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        role = next((role for role in ("csoc-plan", "csoc-deploy") if role in text), None)
        if role is not None and role == self.refuses:
            error = "<Error><Type>Sender</Type><Code>AccessDenied</Code><Message>it is said so</Message></Error>"
            self.answer(403, f"<ErrorResponse {XML}>{error}<RequestId>r</RequestId></ErrorResponse>")
        elif "Action=AssumeRole" in text:
            given = (
                f"<AccessKeyId>ASIA-{role}</AccessKeyId><SecretAccessKey>planted-secret</SecretAccessKey>"
                "<SessionToken>planted-token</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>"
            )
            result = f"<AssumeRoleResult><Credentials>{given}</Credentials></AssumeRoleResult>"
            self.answer(200, f"<AssumeRoleResponse {XML}>{result}</AssumeRoleResponse>")
        else:
            found = re.search(r"ASIA-([\w-]+)/", self.headers["Authorization"])
            account = "111122223333" if found else "999988887777"
            arn = f"arn:aws:sts::{account}:assumed-role/{found[1]}/csoc" if found else f"arn:aws:iam::{account}:user/us"
            known = f"<Arn>{arn}</Arn><UserId>A:b</UserId><Account>{account}</Account>"
            result = f"<GetCallerIdentityResult>{known}</GetCallerIdentityResult>"
            self.answer(200, f"<GetCallerIdentityResponse {XML}>{result}</GetCallerIdentityResponse>")

    def answer(self, status: int, body: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - so it is called
        """Nothing is said."""


@pytest.fixture(autouse=True)
def sts(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Sts]]:
    monkeypatch.setattr(Sts, "refuses", "")
    with ThreadingHTTPServer(("127.0.0.1", 0), Sts) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        given = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}",
            "AWS_ACCESS_KEY_ID": "AKIA-BASE",
            "AWS_SECRET_ACCESS_KEY": "planted-base",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_REGION": "us-east-1",
        }
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
            monkeypatch.delenv(name, raising=False)
        yield Sts
        server.shutdown()


def asked(fleet: csoc.Fleet, tree: Path) -> csoc.RunTable:
    run = fleet.identities(rendered=tree)
    assert run.what == "accounts"
    try:
        table = run.wait(timeout=60)
    except csoc.OperateError as error:
        assert "built without AWS" in str(error)  # noqa: PT017 - in most builds nothing is raised
        assert "feature `aws`" in error.__notes__[0]  # noqa: PT017
        pytest.skip("this csoc was built without AWS")
    assert pickle.loads(pickle.dumps(table)) == table
    assert "planted" not in f"{run!r}{table.to_dict()}{table._repr_html_()}{table.to_text()}"
    return table


def test_who_plans_and_applies_is_said_of_each_account(fleet: csoc.Fleet, tmp_path: Path) -> None:
    table = asked(fleet, practice.tree(tmp_path))
    of = "arn:aws:sts::111122223333:assumed-role"
    assert table.ok
    assert (table.kind, table.headline) == ("accounts", "1 account")
    assert table.to_records() == [
        {
            "account": "demo",
            "number": "111122223333",
            "here": "arn:aws:iam::999988887777:user/us",
            "plans_as": f"{of}/csoc-plan/csoc",
            "applies_as": f"{of}/csoc-deploy/csoc",
            "errors": [],
        }
    ]


def test_what_cannot_be_taken_says_why_and_what_to_do(
    fleet: csoc.Fleet, tmp_path: Path, sts: type[Sts], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sts, "refuses", "csoc-deploy")
    table = asked(fleet, practice.tree(tmp_path))
    assert not table.ok
    assert table[0]["plans_as"] is not None
    assert table[0]["applies_as"] is None
    assert "AccessDenied" in table[0]["errors"][0]
    assert "the layer `access` of the account makes the role" in table[0]["errors"][0]
