"""A fleet that is applied by a test, and its roots: what terraform_apply.py works on."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import time

import terraform_exceptions as exceptions
import terraform_root

TERRAFORM = shutil.which("terraform")


class FailedError(Exception):
    """Something that had to hold did not."""


class Fleet:
    """A copy of the fleet, which gets the outputs, and what was rendered of it."""

    def __init__(self, csoc, source, scratch, *, outputs=False):
        self.csoc = csoc.absolute()
        self.place = scratch / "fleet"
        self.tree = scratch / "tree"
        shutil.copytree(source, self.place, ignore=shutil.ignore_patterns(*([] if outputs else ["outputs"])))
        self.stacks = {}
        # Layers whose roots are not applied, each with how many it has.
        self.beyond = {}

    @property
    def environment(self):
        """What commands of the page find besides what Terraform needs."""
        path = f"{self.csoc.parent}{os.pathsep}{os.environ['PATH']}"
        return {"PATH": path, "FLEET": str(self.place), "BUILD": str(self.tree)}

    def run(self, *words):
        run = subprocess.run([self.csoc, *map(str, words)], capture_output=True, text=True, check=False)
        if run.returncode:
            message = f"csoc {' '.join(map(str, words))}: {run.stdout}{run.stderr}"
            raise FailedError(message)
        return run.stdout

    def render(self):
        self.run("render", self.place, "--out", self.tree)
        self.read()

    def read(self):
        """What is rendered now, of the layers that this AWS can have."""
        found = json.loads((self.tree / "terraform/stacks.json").read_text())["stacks"]
        self.stacks = {stack["id"]: stack for stack in found if stack["kind"] not in exceptions.LAYERS}
        beyond = [stack["kind"] for stack in found if stack["kind"] in exceptions.LAYERS]
        self.beyond = {kind: beyond.count(kind) for kind in dict.fromkeys(beyond)}

    def stand_in(self):
        """Records what a layer would give that is not applied; says how many outputs those were."""
        entries = json.loads(self.run("outputs", "list", self.place, "--format", "json"))["outputs"]
        missing = [entry for entry in entries if entry["value"] is None and entry["stack"] not in self.stacks]
        for entry in missing:
            _, account, region, _, scope = entry["stack"].split("/", 4)
            stack = {"account": account, "region": None if region == "global" else region, "scope": scope}
            name = entry["output"].partition(".")[0]
            file = self.place / "outputs" / f"{entry['stack']}.json"
            file.parent.mkdir(parents=True, exist_ok=True)
            known = json.loads(file.read_text()) if file.is_file() else {}
            known[name] = output_of(exceptions.stand_in(name, stack))
            file.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n")
        return len(missing)


def output_of(value):
    """What `terraform output -json` says of such a value."""
    kind = {str: "string", list: ["list", "string"], dict: ["map", "string"]}[type(value)]
    return {"sensitive": False, "type": kind, "value": value}


class Root:
    """A copy of one root, and what was seen of it."""

    def __init__(self, stack, fleet, scratch, page, environment):
        self.stack = stack
        self.source = fleet.tree / "terraform" / stack["path"]
        self.place = scratch / "roots" / stack["path"]
        self.page = page
        self.environment = environment | fleet.environment | {"STACK": stack["id"]}
        self.left_out = []
        self.resources = 0
        self.drifts = []
        self.seconds = {}

    def refresh(self):
        terraform_root.copy(self.source, self.place)
        self.left_out = terraform_root.without(
            self.place, exceptions.LEFT_OUT, lambda name: exceptions.stand_in(name, self.stack)
        )

    def run(self, *words, check=True, environment=None):
        run = subprocess.run(
            [TERRAFORM, words[0], "-no-color", *words[1:]],
            cwd=self.place,
            env=environment or self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        if check and run.returncode:
            message = f"{self.stack['path']}: terraform {' '.join(words)}\n{(run.stdout + run.stderr)[-4000:]}"
            raise FailedError(message)
        return run

    @contextlib.contextmanager
    def timed(self, what):
        started = time.monotonic()
        yield
        self.seconds[what] = time.monotonic() - started

    def state(self, place):
        """Takes the state to the local disk, or to the bucket: of what makes the bucket it begins, and ends, on disk."""
        local = self.place / "first_override.tf"
        if place == "local":
            local.write_text('terraform {\n  backend "local" {}\n}\n')
        else:
            local.unlink(missing_ok=True)
        self.run("init", "-input=false", "-migrate-state", "-force-copy")

    def script(self, name, *, good=(0,), environment=None):
        """Runs a script of the page here."""
        path = {"PATH": self.environment["PATH"]}
        run = self.page.run(name, self.place, self.environment | (environment or {}) | path)
        if run.returncode not in good:
            message = f"{self.stack['path']}: the script `{name}` of the page\n{(run.stdout + run.stderr)[-4000:]}"
            raise FailedError(message)
        return run

    def apply(self):
        with self.timed("apply"):
            run = self.script("bootstrap" if self.stack["kind"] == "bootstrap" else "root")
            self.resources = int(re.search(r"Apply complete! Resources: (\d+) added", run.stdout)[1])

    def record(self):
        """Records what it gave; only one may do so at a time, since that renders."""
        self.script("record")

    def plan(self, environment):
        """A second plan, by who may only plan: what it would change must be among the known drifts."""
        with self.timed("plan"):
            if self.script("plan", good=(0, 2), environment=environment).returncode:
                self.drifts = list(dict.fromkeys([*self.drifts, *self.changes()]))

    def changes(self):
        """What the plan in the file `plan` would change: (type, attribute)."""
        plan = json.loads(self.run("show", "-json", "plan").stdout)
        for change in plan.get("resource_changes", []):
            yield from changed(change)
        for name, change in plan.get("output_changes", {}).items():
            if change["actions"] != ["no-op"]:
                yield ("output", name)

    def destroy(self):
        with self.timed("destroy"):
            if self.stack["kind"] == "bootstrap":
                self.state("local")
            if terraform_root.release(self.place):
                self.run("apply", "-input=false", "-auto-approve")
            self.run("destroy", "-input=false", "-auto-approve")

    def told(self, s3, bucket):
        """ARNs that only the cloud knows, each with what stands for it where a policy is read from text alone."""
        state = json.load(s3.get_object(Bucket=bucket, Key=terraform_root.backend(self.place)["key"])["Body"])
        for resource in state["resources"]:
            kind, name = resource["type"], resource["name"]
            for instance in resource["instances"] if resource["mode"] == "managed" else ():
                arn = instance["attributes"].get("arn") or ""
                if kind == "aws_kms_key":
                    yield arn, f"{arn.partition('/')[0]}/{name}"
                elif kind == "aws_kinesis_firehose_delivery_stream":
                    yield arn, f"{kind}.{name}.arn"

    @property
    def share(self):
        return self.resources / max(1, self.resources + len(self.left_out))


def changed(change):
    """Which attributes of which type a plan would change."""
    actions = change["change"]["actions"]
    if actions in (["no-op"], ["read"]):
        return
    if actions != ["update"]:
        yield change["type"], "/".join(actions)
        return
    before, after = change["change"]["before"], change["change"]["after"]
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name) or unknown(change["change"]["after_unknown"].get(name)):
            yield change["type"], name


def unknown(value):
    """Whether something in it is known only afterwards."""
    if isinstance(value, dict):
        return any(map(unknown, value.values()))
    return any(map(unknown, value)) if isinstance(value, list) else bool(value)
