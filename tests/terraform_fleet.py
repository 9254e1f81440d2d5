"""A fleet that is applied by a test, and its roots: what terraform_apply.py works on."""

import contextlib
import json
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

    def __init__(self, csoc, source, scratch):
        self.csoc = csoc
        self.place = scratch / "fleet"
        self.tree = scratch / "tree"
        shutil.copytree(source, self.place, ignore=shutil.ignore_patterns("outputs"))
        self.stacks = {}
        self.pending = 0

    def run(self, *words):
        run = subprocess.run([self.csoc, *map(str, words)], capture_output=True, text=True, check=False)
        if run.returncode:
            message = f"csoc {' '.join(map(str, words))}: {run.stdout}{run.stderr}"
            raise FailedError(message)
        return run.stdout

    def render(self):
        self.run("render", self.place, "--out", self.tree)
        found = json.loads((self.tree / "terraform/stacks.json").read_text())["stacks"]
        self.stacks = {stack["id"]: stack for stack in found if stack["kind"] not in exceptions.NOT_APPLIED}

    def record(self, stack, outputs):
        """Records what a stack gave, as the rendered README says."""
        if outputs:
            file = self.place.parent / "outputs.json"
            file.write_text(json.dumps(outputs))
            self.run("outputs", "record", stack, self.place, "--from", file)

    def stand_in(self):
        """Records what a layer would give that is not rendered; says how many outputs those were."""
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

    def __init__(self, stack, fleet, scratch, environment):
        self.stack = stack
        self.source = fleet.tree / "terraform" / stack["path"]
        self.place = scratch / "roots" / stack["path"]
        self.environment = environment
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

    def apply(self):
        with self.timed("apply"):
            if self.stack["kind"] == "bootstrap":
                self.state("local")
            else:
                self.run("init", "-input=false")
            run = self.run("apply", "-input=false", "-auto-approve")
            self.resources = int(re.search(r"Apply complete! Resources: (\d+) added", run.stdout)[1])
            if self.stack["kind"] == "bootstrap":
                self.state("s3")
            return json.loads(self.run("output", "-json").stdout)

    def plan(self, environment):
        """A second plan, by who may only plan: what it would change must be among the known drifts."""
        words = ("plan", "-input=false", "-detailed-exitcode", "-out", "second.plan")
        with self.timed("plan"):
            run = self.run(*words, check=False, environment=environment)
            if run.returncode not in (0, 2):
                message = f"{self.stack['path']}: second plan\n{(run.stdout + run.stderr)[-4000:]}"
                raise FailedError(message)
            if run.returncode == 2:
                plan = json.loads(self.run("show", "-json", "second.plan").stdout)
                for change in plan.get("resource_changes", []):
                    self.drifts += list(changed(change))
                for name, change in plan.get("output_changes", {}).items():
                    if change["actions"] != ["no-op"]:
                        self.drifts.append(("output", name))

    def destroy(self):
        with self.timed("destroy"):
            if self.stack["kind"] == "bootstrap":
                self.state("local")
            if terraform_root.release(self.place):
                self.run("apply", "-input=false", "-auto-approve")
            self.run("destroy", "-input=false", "-auto-approve")

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
        if before.get(name) != after.get(name) or change["change"]["after_unknown"].get(name):
            yield change["type"], name
