#!/usr/bin/env python3
"""A pretended AWS of many accounts on one port of this machine, and who calls what in it.

    moto_aws.py PORT CALLS

Serves moto (PyPI moto[server]) as a plain HTTP proxy of the addresses that AWS has, so that Terraform needs no patched
root: `AWS_ENDPOINT_URL` says http instead of https, `HTTP_PROXY` says where. Appends to CALLS a line for each call that
was made: account, role, action, resource, as JSON. moto evaluates no policies; `iam_calls.py` asks ours afterwards.
"""

import contextlib
import json
import os
import pathlib
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import moto_more
import moto_services

# Read by moto when it is imported, in the process that serves.
SETTINGS = {
    "MOTO_ACM_VALIDATION_WAIT": "1",
    "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
}


class Aws:
    """The server, from this side: sessions of roles, clients of services, the environment of a Terraform."""

    def __init__(self, calls):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.calls = calls
        self.process = None

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, __file__, str(self.port), str(self.calls)],
            env={**os.environ, **SETTINGS},
            stdout=subprocess.DEVNULL,
            stderr=self.calls.with_suffix(".log").open("w"),
        )
        for _ in range(300):
            with contextlib.suppress(urllib.error.URLError, ConnectionError):
                urllib.request.urlopen(self.url + "/moto-api/data.json", timeout=5).close()  # noqa: S310 - our own
                return self
            time.sleep(0.1)
        message = "moto did not start: " + self.calls.with_suffix(".log").read_text()[-2000:]
        raise RuntimeError(message)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def client(self, service, session=None, region="us-east-1"):
        """What boto3 calls a client, with the credentials of a session or with some that nobody gave."""
        import boto3  # noqa: PLC0415 - where it is missing, the caller says so

        session = session or {"AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "nobody"}
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.url,
            aws_access_key_id=session["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=session["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=session.get("AWS_SESSION_TOKEN"),
        )

    def assume(self, role, by=None, external_id=None):
        """The environment variables of a session of this role, in its account."""
        extra = {"ExternalId": external_id} if external_id else {}
        answer = self.client("sts", by).assume_role(RoleArn=role, RoleSessionName="proof", **extra)["Credentials"]
        return {
            "AWS_ACCESS_KEY_ID": answer["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": answer["SecretAccessKey"],
            "AWS_SESSION_TOKEN": answer["SessionToken"],
        }

    def environment(self, cli_config):
        """What Terraform finds: this AWS, and nothing of the one that runs it."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))}
        for name in ("NO_PROXY", "no_proxy", "http_proxy", "https_proxy", "HTTPS_PROXY"):
            kept.pop(name, None)
        return kept | {
            "AWS_ENDPOINT_URL": "http://amazonaws.com",
            "AWS_ENDPOINT_URL_S3": "http://s3.amazonaws.com",
            "AWS_MAX_ATTEMPTS": "4",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "CHECKPOINT_DISABLE": "1",
            "HTTP_PROXY": self.url,
            "TF_CLI_CONFIG_FILE": str(cli_config.resolve()),
            "TF_IN_AUTOMATION": "1",
        }


def serve(port, calls):
    from moto.core.authorization import ActionAuthenticatorMixin  # noqa: PLC0415
    from moto.iam.models import get_account_id_from  # noqa: PLC0415
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app  # noqa: PLC0415
    from moto.sts.models import sts_backends  # noqa: PLC0415
    from werkzeug.serving import run_simple  # noqa: PLC0415

    file = pathlib.Path(calls).open("a", buffering=1)  # noqa: SIM115 - as long as the process lives

    def record(account, access_key, action, resource, region):
        session = sts_backends[account]["aws"].get_assumed_role_from_access_key(access_key)
        role = session.role_arn if session else None
        entry = {"account": account, "role": role, "action": action, "resource": resource, "region": region}
        file.write(json.dumps(entry) + "\n")

    # The place where moto would authorize.
    ask = ActionAuthenticatorMixin._authenticate_and_authorize_action  # noqa: SLF001

    def asked(self, kind, resource="*"):
        action = self._get_action() or self.data.get("Action")
        action = f"{self.service_name}:{action[0] if isinstance(action, list) else action}"
        record(self.current_account, self.access_key, action, resource, self.region)
        return ask(self, kind, resource)

    ActionAuthenticatorMixin._authenticate_and_authorize_action = asked  # noqa: SLF001
    moto_more.add()
    application = moto_services.More(DomainDispatcherApplication(create_backend_app), get_account_id_from, record)
    run_simple("127.0.0.1", int(port), application, threaded=True)


if __name__ == "__main__":
    serve(*sys.argv[1:3])
