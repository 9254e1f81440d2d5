#!/usr/bin/env python3
"""Seeds, checks and rotates the secrets of environments in two accounts of a pretended AWS.

    secrets_moto.py CSOC FLEET

FLEET is examples/consortium. Containers are made as its Terraform would make them; then `csoc secrets` is run as people
run it, by the role `gen3/csoc-secrets` of each account. What must hold: a value that is there is never replaced, two who
seed at once make one value, what services read can be read as they read it, a rotation has an overlap, and no value of
any secret stands in what csoc prints, in its journal, or anywhere else in the fleet's directory.

Needs moto[server], which is said as `skipped: …` where it is missing. Exit status 0 if all of that held, else 1.
"""

import base64
import importlib.util
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

CLIENT = "pl4nted-client-s3cret"
OTHER = 'pl4nted-other-"quoted"-s3cret'
ENVIRONMENTS = ("atlas/dev", "cardio/prod")


class Walk:
    """A fleet, a pretended AWS, and all that csoc said."""

    def __init__(self, csoc, fleet, aws):
        self.csoc, self.fleet, self.aws = csoc, fleet, aws
        self.said, self.wrong = [], []
        # It is before anything was made: what stands there is no secret.
        self.known = self.run("list", fmt=True).stdout
        self.secrets = json.loads(self.known)["secrets"]
        self.said.clear()

    def run(self, *words, given=None, fmt=False, account=None, pass_fds=()):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CSOC_"))}
        session = (
            self.session(account) if account else {"AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "nobody"}
        )
        environment = (
            kept
            | session
            | {
                "AWS_ENDPOINT_URL": self.aws.url if self.aws else "http://127.0.0.1:9",
                "AWS_EC2_METADATA_DISABLED": "true",
                "AWS_CONFIG_FILE": os.devnull,
                "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            }
        )
        command = [self.csoc, "secrets", *words, *(["--format", "json"] if fmt else [])]
        source = {"stdin": subprocess.DEVNULL} if given is None else {"input": given}
        done = subprocess.run(
            command,
            cwd=self.fleet,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            pass_fds=pass_fds,
            **source,
        )
        self.said.append((" ".join(words), done.stdout + done.stderr))
        return done

    def session(self, account):
        return self.aws.assume(f"arn:aws:iam::{account}:role/somebody")

    def expect(self, what, holds, told=""):
        print(f"{'ok' if holds else 'WRONG'}  {what}")
        if not holds:
            self.wrong.append(what)
            print(told)

    def of(self, environment):
        commons, name = environment.split("/")
        return [one for one in self.secrets if one["object"] == f"commons.{commons}.environments.{name}"]

    def client(self, secret):
        return self.aws.client("secretsmanager", self.session(secret["account"]), secret["region"])

    def value(self, secret, stage="AWSCURRENT"):
        return self.client(secret).get_secret_value(SecretId=secret["name"], VersionStage=stage).get("SecretString", "")

    def values(self):
        """Every value of every version that there is, by parts."""
        found = set()
        for secret in {(one["account"], one["region"], one["name"]): one for one in self.secrets}.values():
            client = self.client(secret)
            try:
                client.describe_secret(SecretId=secret["name"])
            except client.exceptions.ResourceNotFoundException:
                continue
            for version in client.list_secret_version_ids(SecretId=secret["name"])["Versions"]:
                text = client.get_secret_value(SecretId=secret["name"], VersionId=version["VersionId"]).get(
                    "SecretString", ""
                )
                found |= {part for part in parts(text) if part not in self.known}
        return found


def parts(text):
    """What of a value is secret: random words, lines of keys, what was given."""
    for word in text.replace("\\n", "\n").replace("\\", "").replace('"', " ").replace(":", " ").split():
        if "pl4nted" in word or (len(word) >= 32 and not word.startswith(("http", "s3", "arn"))):
            yield word.strip(",{}[]")


def containers(walk, environment):
    """What Terraform makes: containers without a value."""
    for secret in walk.of(environment):
        if secret["stack"]:
            walk.client(secret).create_secret(Name=secret["name"], Description="a container")


def first(walk, environment):
    """From empty containers to all that is needed, and once more."""
    secrets = walk.of(environment)
    account = secrets[0]["account"]
    by = {"account": "999999999999"}
    done = walk.run("check", environment, "--as", "roles", **by)
    walk.expect(f"{environment}: a check without containers fails", done.returncode == 1, done.stdout + done.stderr)
    done = walk.run("seed", environment, "--as", "roles", "--dry-run", **by)
    walk.expect(
        f"{environment}: containers are Terraform's",
        "/secrets/environment/" in done.stdout and done.returncode == 1,
        done.stdout,
    )
    containers(walk, environment)
    done = walk.run("seed", environment, "--as", "roles", "--dry-run", **by)
    walk.expect(
        f"{environment}: a dry run makes nothing", not walk.values() or environment != ENVIRONMENTS[0], done.stdout
    )
    asked = [one for one in secrets if one["seeder"] == "asked" and not one["stack"]]
    for index, secret in enumerate(asked):
        if index == 0:
            done = walk.run(
                "seed",
                environment,
                "--as",
                "roles",
                "--only",
                secret["name"],
                "--from-file",
                "-",
                given=CLIENT + "\n",
                **by,
            )
        else:
            reading, writing = os.pipe()
            os.write(writing, json.dumps({secret["keys"][0]["name"]: OTHER}).encode())
            os.close(writing)
            words = ("seed", environment, "--as", "roles", "--only", secret["name"], "--from-fd", str(reading))
            done = walk.run(*words, pass_fds=(reading,), **by)
            os.close(reading)
        walk.expect(f"{environment}: {secret['name']} is given", done.returncode == 0, done.stdout + done.stderr)
    for secret in secrets:
        if secret["seeder"] == "asked" and secret["stack"]:
            keys = {key["name"]: CLIENT for key in secret["keys"]}
            given = json.dumps(keys) if keys else CLIENT
            words = ("seed", environment, "--as", "roles", "--only", secret["name"], "--from-file", "-")
            done = walk.run(*words, given=given, **by)
            walk.expect(f"{environment}: {secret['name']} is given", done.returncode == 0, done.stdout + done.stderr)
    done = walk.run("seed", environment, "--as", "roles", fmt=True, **by)
    walk.expect(f"{environment}: all else is made", done.returncode == 0, done.stdout + done.stderr)
    before = {one["name"]: walk.value(one) for one in secrets if one["seeder"] in ("generated", "assembled")}
    done = walk.run("seed", environment, "--as", "roles", fmt=True, **by)
    outcomes = {row["outcome"] for row in json.loads(done.stdout)["secrets"]}
    after = {one["name"]: walk.value(one) for one in secrets if one["name"] in before}
    walk.expect(
        f"{environment}: seeding again changes nothing",
        outcomes <= {"was there", "comes later"} and before == after,
        done.stdout,
    )
    done = walk.run("check", environment, "--as", "roles", **by)
    walk.expect(f"{environment}: a check is clean", done.returncode == 0, done.stdout + done.stderr)
    walk.expect(f"{environment}: values are in its account alone", account in {one["account"] for one in secrets})


def forms(walk, environment):
    """What services read is as they read it."""
    import yaml  # noqa: PLC0415 - it comes with moto

    of = {one["purpose"]: one for one in walk.of(environment)}
    creds = json.loads(walk.value(of["fence-creds"]))
    whole = sorted(creds) == ["database", "dbcreated", "host", "password", "port", "username"]
    walk.expect("credentials of a database are whole", whole and len(creds["password"]) == 32, sorted(creds))
    config = yaml.safe_load(walk.value(of["fence-config"]))
    walk.expect("fence's key is one of Fernet", len(base64.urlsafe_b64decode(config["ENCRYPTION_KEY"])) == 32)
    google, ras = (config["OPENID_CONNECT"][name] for name in ("google", "ras"))
    walk.expect("fence knows its clients", google["client_secret"] == CLIENT and ras["client_secret"] == OTHER)
    walk.expect(
        "fence knows who to show", config["LOGIN_OPTIONS"][0] == {"idp": "google", "name": "Sign in with Google"}
    )
    metadata = json.loads(walk.value(of["metadata-g3auto"]))
    user, _, password = base64.b64decode(metadata["base64Authz.txt"]).decode().partition(":")
    lines = dict(line.split("=", 1) for line in metadata["metadata.env"].splitlines())
    same = lines["ADMIN_LOGINS"] == f"gateway:{password}" and user == "gateway" and password == metadata["gateway"]
    own = json.loads(walk.value(of["metadata-creds"]))["password"] == lines["DB_PASSWORD"]
    walk.expect("metadata's three forms say one thing", same and own)
    workspace = json.loads(json.loads(walk.value(of["wts-g3auto"]))["appcreds.json"])
    walk.expect("wts has a key", len(base64.urlsafe_b64decode(workspace["encryption_key"])) == 32)
    key = walk.value(of["fence-jwt"])
    if openssl := shutil.which("openssl"):
        done = subprocess.run(
            [openssl, "rsa", "-check", "-noout"], input=key, capture_output=True, text=True, check=False
        )
        walk.expect("OpenSSL takes the RSA key", done.returncode == 0, done.stderr)
    walk.expect("the key is in PEM", key.startswith("-----BEGIN PRIVATE KEY-----\n") and key.endswith("-----\n"))


def rotations(walk, environment):
    """A new value, an overlap, an end."""
    of = {one["purpose"]: one for one in walk.of(environment)}
    by = {"account": "999999999999"}
    one = of["indexd-service-creds"]
    before = walk.value(one)
    done = walk.run("rotate", environment, "indexd-service-creds", "--as", "roles", **by)
    walk.expect(
        "a rotation says whom to restart",
        "rollout restart deployment/indexd-deployment" in done.stdout,
        done.stdout + done.stderr,
    )
    walk.expect("readers get the new one", walk.value(one) != before and walk.value(one, "AWSPREVIOUS") == before)
    done = walk.run("rotate", environment, "indexd-service-creds", "--finish", "--as", "roles", **by)
    walk.expect("the overlap is kept", done.returncode == 1 and "until" in done.stderr, done.stdout + done.stderr)
    done = walk.run("check", environment, "--as", "roles", **by)
    walk.expect("a check is clean in between", done.returncode == 0, done.stdout + done.stderr)
    done = walk.run("rotate", environment, "indexd-service-creds", "--finish", "--overlap", "0s", "--as", "roles", **by)
    walk.expect(
        "the one before is retired", done.returncode == 0 and "retired" in done.stdout, done.stdout + done.stderr
    )

    one = of["fence-creds"]
    before = walk.value(one)
    done = walk.run("rotate", environment, "fence-creds", "--as", "roles", **by)
    staged = walk.value(one) == before and walk.value(one, "AWSPENDING") != before
    walk.expect("a database is told first", staged and "alter role" in done.stdout, done.stdout + done.stderr)
    done = walk.run("rotate", environment, "fence-creds", "--promote", "--as", "roles", **by)
    walk.expect("then its readers", done.returncode == 0 and walk.value(one) != before, done.stdout + done.stderr)
    done = walk.run("rotate", environment, "wts-g3auto", "--as", "roles", **by)
    walk.expect("what encrypts is never rotated", done.returncode == 1 and "would be lost" in done.stderr, done.stderr)
    done = walk.run("rotate", environment, "fence-config", "--as", "roles", **by)
    walk.expect("what would be the same stays", "would be the same" in done.stdout, done.stdout + done.stderr)


def refusals(walk, environment):
    """What is wrong is said, and nothing is done."""
    secret = next(one for one in walk.of(environment) if one["seeder"] == "asked" and not one["stack"])
    done = walk.run("check", environment, account="999999999999")
    walk.expect("another account is refused", done.returncode == 2 and "999999999999" in done.stderr, done.stderr)
    done = walk.run("seed", environment, "--from-file", "-", given=CLIENT, account="999999999999")
    walk.expect("one value is for one secret", done.returncode == 2 and "--only" in done.stderr, done.stderr)
    done = walk.run("check", "atlas/nowhere")
    walk.expect("an environment that is not there", done.returncode == 2, done.stderr)
    client = walk.client(secret)
    client.put_secret_value(SecretId=secret["name"], SecretBinary=b"\xff\x00pl4nted")
    done = walk.run("check", environment, "--only", secret["name"], "--as", "roles", account="999999999999")
    walk.expect("a binary secret is told", done.returncode == 1 and "binary" in done.stdout, done.stdout + done.stderr)
    client.put_secret_value(SecretId=secret["name"], SecretString='{"other": "pl4nted"}')
    done = walk.run("check", environment, "--only", secret["name"], "--as", "roles", account="999999999999")
    walk.expect(
        "a key that lacks is told", done.returncode == 1 and "client_secret" in done.stdout, done.stdout + done.stderr
    )
    keys = {key["name"]: CLIENT for key in secret["keys"]}
    client.put_secret_value(SecretId=secret["name"], SecretString=json.dumps(keys))


def race(walk, environment):
    """Two who seed at once."""
    containers(walk, environment)
    words = [walk.csoc, "secrets", "seed", environment, "--as", "roles", "--format", "json"]
    session = walk.session("999999999999")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CSOC_"))}
    both = [
        subprocess.Popen(
            [*words, "--home", str(walk.fleet / f"home-{index}")],
            cwd=walk.fleet, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env=kept | session | {"AWS_ENDPOINT_URL": walk.aws.url, "AWS_EC2_METADATA_DISABLED": "true"},
        )
        for index in range(2)
    ]  # fmt: skip
    for process in both:
        walk.said.append(("race", process.communicate()[0]))
    generated = [one for one in walk.of(environment) if one["seeder"] == "generated"]
    counts = {}
    for one in generated:
        versions = walk.client(one).list_secret_version_ids(SecretId=one["name"])["Versions"]
        counts[one["name"]] = [version["VersionStages"] for version in versions]
    whole = all(stages == [["AWSCURRENT"]] for stages in counts.values())
    walk.expect(f"two who seed {environment} at once make one value each ({len(counts)} secrets)", whole, counts)


def main():
    if importlib.util.find_spec("moto") is None:
        print("skipped: secrets in a pretended AWS (moto is not installed)")
        return 0
    import moto_aws  # noqa: PLC0415

    csoc, example = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="csoc-secrets-") as scratch:
        fleet = pathlib.Path(scratch) / "fleet"
        shutil.copytree(example, fleet, ignore=shutil.ignore_patterns(".csoc"))
        with moto_aws.Aws(pathlib.Path(scratch) / "calls.jsonl") as aws:
            walk = Walk(str(csoc), fleet, aws)
            for environment in ENVIRONMENTS:
                first(walk, environment)
            accounts = {walk.of(environment)[0]["account"] for environment in ENVIRONMENTS}
            walk.expect(f"they are of two accounts: {', '.join(sorted(accounts))}", len(accounts) == 2)
            forms(walk, ENVIRONMENTS[0])
            rotations(walk, ENVIRONMENTS[0])
            values = walk.values()
            refusals(walk, ENVIRONMENTS[1])
            race(walk, "atlas/staging")
            values |= walk.values()
        done = subprocess.run([csoc, "runs", "verify"], cwd=fleet, capture_output=True, text=True, check=False)
        walk.expect("the journal is whole", done.returncode == 0, done.stdout + done.stderr)
        texts = [(what, text) for what, text in walk.said]
        kept = [path for place in (".csoc", "home-0", "home-1") for path in sorted((fleet / place).rglob("*"))]
        texts += [(str(path), path.read_text(errors="replace")) for path in kept if path.is_file()]
        leaks = [what for what, text in texts if any(value in text for value in values)]
        size = sum(len(text) for _, text in texts)
        walk.expect(
            f"none of {len(values)} parts of values stands in {len(texts)} texts of {size} bytes",
            not leaks and len(values) > 20,
            leaks,
        )
    print(f"{len(walk.wrong)} wrong, {time.monotonic() - start:.0f} s")
    return 1 if walk.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
