#!/usr/bin/env python3
"""Takes a fleet from empty accounts to applied roots and back, with the real provider, against a pretended AWS.

    terraform_apply.py CSOC FLEET --cli-config terraform.rc [--workers 4] [--keep DIR]

Does what the rendered README says, with roots as they are rendered: `access` with the account's bootstrap role, all else
with the role `csoc-deploy` that this made, assumed across accounts; outputs are recorded into a copy of FLEET and it is
rendered again until nothing is pending. Then a second plan of each root, by `csoc-plan`, must be empty; a plan with the
other account's credentials, a second writer, and a destruction of what is protected must be refused. In the end all is
destroyed: for that, and only in the copies, `destroy_override.tf` lifts `prevent_destroy` and deletion protections.

Needs terraform, a mirror of the real provider (--cli-config) and moto[server]; what is missing is said as `skipped: …`.
What moto cannot do is in terraform_exceptions.py. Prints a line a root. Exit status 0 if all of that held, else 1.
"""

import argparse
import concurrent.futures
import contextlib
import functools
import importlib.util
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import moto_aws
import terraform_exceptions as exceptions
import terraform_root

sys.path.append(str(pathlib.Path(__file__).parent / "iam"))
import calls
import estate as estates

EXTERNAL_ID = "an-external-id-of-this-test"

# Layers that are applied before the account has roles of ours, or that these may not touch.
BY_BOOTSTRAP = {"access", "bootstrap", "organization"}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("csoc", type=pathlib.Path)
    parser.add_argument("fleet", type=pathlib.Path)
    parser.add_argument("--cli-config", type=pathlib.Path, help="TF_CLI_CONFIG_FILE with a mirror of the real provider")
    parser.add_argument("--workers", type=int, default=4, help="how many roots at a time")
    parser.add_argument("--keep", type=pathlib.Path, help="work here, and leave it")
    return parser.parse_args()


class Failed(Exception):
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
            raise Failed(message)
        return run.stdout

    def render(self):
        self.run("render", self.place, "--out", self.tree)
        found = json.loads((self.tree / "terraform/stacks.json").read_text())["stacks"]
        self.stacks = {stack["id"]: stack for stack in found}

    def record(self, stack, outputs):
        file = self.place / "outputs" / f"{stack}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        known = json.loads(file.read_text()) if file.is_file() else {}
        file.write_text(json.dumps(known | outputs, indent=2, sort_keys=True) + "\n")

    def stand_in(self):
        """Records what a layer would give that is not rendered; says how many outputs those were."""
        entries = json.loads(self.run("outputs", "list", self.place, "--format", "json"))["outputs"]
        missing = [entry for entry in entries if entry["value"] is None and entry["stack"] not in self.stacks]
        for entry in missing:
            _, account, region, _, scope = entry["stack"].split("/", 4)
            stack = {"account": account, "region": None if region == "global" else region, "scope": scope}
            name = entry["output"].partition(".")[0]
            value = exceptions.stand_in(name, stack)
            self.record(entry["stack"], {name: output_of(value)})
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
            ["terraform", words[0], "-no-color", *words[1:]],
            cwd=self.place,
            env=environment or self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        if check and run.returncode:
            message = f"{self.stack['path']}: terraform {' '.join(words)}\n{(run.stdout + run.stderr)[-4000:]}"
            raise Failed(message)
        return run

    @contextlib.contextmanager
    def timed(self, what):
        started = time.monotonic()
        yield
        self.seconds[what] = time.monotonic() - started

    def apply(self):
        with self.timed("apply"):
            self.run("init", "-input=false")
            run = self.run("apply", "-input=false", "-auto-approve")
            self.resources = int(re.search(r"Apply complete! Resources: (\d+) added", run.stdout)[1])
            outputs = json.loads(self.run("output", "-json").stdout)
        return outputs

    def plan(self, environment):
        """A second plan, by who may only plan: what it would change must be among the known drifts."""
        words = ("plan", "-input=false", "-detailed-exitcode", "-out", "second.plan")
        with self.timed("plan"):
            run = self.run(*words, check=False, environment=environment)
            if run.returncode not in (0, 2):
                message = f"{self.stack['path']}: second plan\n{(run.stdout + run.stderr)[-4000:]}"
                raise Failed(message)
            if run.returncode == 2:
                plan = json.loads(self.run("show", "-json", "second.plan").stdout)
                for change in plan.get("resource_changes", []):
                    self.drifts += list(changed(change))
                for name, change in plan.get("output_changes", {}).items():
                    if change["actions"] != ["no-op"]:
                        self.drifts.append(("output", name))

    def destroy(self):
        with self.timed("destroy"):
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


class Proof:
    """All of it, in order."""

    def __init__(self, options, aws, scratch):
        self.options = options
        self.aws = aws
        self.scratch = scratch
        self.fleet = Fleet(options.csoc, options.fleet, scratch)
        self.roots = {}
        self.sessions = {}
        self.good = True

    def session(self, stack, role="deploy"):
        """The session in which a root is applied: `access` comes before there are roles of ours."""
        account = stack["account"]
        role = "bootstrap" if stack["kind"] in BY_BOOTSTRAP else role
        if (account, role) not in self.sessions:
            if role == "bootstrap":
                arn = f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole"
                self.sessions[account, role] = self.aws.assume(arn)
            else:
                hub = next(iter(self.fleet.stacks.values()))["account"]
                controller = self.aws.assume(f"arn:aws:iam::{hub}:role/gen3/csoc-controller")
                arn = f"arn:aws:iam::{account}:role/gen3/csoc-{role}"
                self.sessions[account, role] = self.aws.assume(arn, controller, EXTERNAL_ID)
        session = self.sessions[account, role]
        base = self.aws.environment(self.options.cli_config)
        return base | session | {"TF_VAR_external_id": EXTERNAL_ID}

    def prepare(self):
        self.fleet.render()
        first = next(iter(self.fleet.stacks.values()))
        backend = terraform_root.backend(self.fleet.tree / "terraform" / first["path"])
        self.state_bucket = backend["bucket"]
        self.bootstrap = {name: value for name, value in self.session(first).items() if name.startswith("AWS_")}
        self.s3 = self.aws.client("s3", self.bootstrap, backend["region"])
        self.s3.create_bucket(Bucket=self.state_bucket)

    def before(self, stack):
        """The stacks that must have been applied: those it names, and its account's `access`."""
        access = [
            other["id"]
            for other in self.fleet.stacks.values()
            if other["kind"] == "access" and other["account"] == stack["account"] and other["id"] != stack["id"]
        ]
        return {*(one for one in stack["depends_on"] if one in self.fleet.stacks), *access}

    def in_parallel(self, waiting, ready, work, after=lambda *_: None):
        """Works on each of these stacks as soon as it is ready, some at a time."""
        running = {}
        with concurrent.futures.ThreadPoolExecutor(self.options.workers) as pool:
            try:
                while waiting or running:
                    for stack in [stack for stack in waiting if ready(stack)]:
                        waiting.remove(stack)
                        running[pool.submit(work(stack))] = stack
                    if not running:
                        if after(None, None):
                            continue
                        message = f"nothing is ready: {', '.join(waiting)}"
                        raise Failed(message)
                    done, _ = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
                    for one in done:
                        after(running.pop(one), one.result())
            finally:
                pool.shutdown(cancel_futures=True)

    def apply(self):
        applied = set()

        def ready(stack):
            entry = self.fleet.stacks[stack]
            return entry["status"] == "ready" and self.before(entry) <= applied

        def work(stack):
            entry = self.fleet.stacks[stack]
            self.roots[stack] = Root(entry, self.fleet, self.scratch, self.session(entry))
            self.roots[stack].refresh()
            return self.roots[stack].apply

        def after(stack, outputs):
            found = 0
            if stack is None:
                found = self.fleet.stand_in()
            else:
                applied.add(stack)
                self.fleet.record(stack, outputs)
            self.fleet.render()
            return found

        self.in_parallel(list(self.fleet.stacks), ready, work, after)
        self.fleet.stand_in()
        self.fleet.render()

    def values(self):
        """Nothing is pending, the tree is in order, and what the cloud gave stands where charts read it."""
        self.fleet.run("outputs", "check", self.fleet.place)
        self.fleet.run("verify", self.fleet.tree)
        texts = "".join(file.read_text() for file in (self.fleet.tree / "gitops").rglob("*.yaml"))
        seen = 0
        for stack in self.roots.values():
            recorded = json.loads((self.fleet.place / "outputs" / f"{stack.stack['id']}.json").read_text())
            for name in {"certificate_arn", "web_acl_arns"} & recorded.keys():
                value = recorded[name]["value"]
                for one in value.values() if isinstance(value, dict) else [value]:
                    seen += 1
                    if one not in texts:
                        message = f"{stack.stack['id']}#{name}: {one} is in no values"
                        raise Failed(message)
        print(f"values: {seen} ARNs of certificates and web ACLs stand where charts read them")

    def plan(self):
        def work(stack):
            self.roots[stack].stack = self.fleet.stacks[stack]
            self.roots[stack].refresh()
            return functools.partial(self.roots[stack].plan, self.session(self.fleet.stacks[stack], "plan"))

        self.in_parallel(list(self.roots), lambda _: True, work)

    def refusals(self):
        """Another account's credentials, a second writer, and a destruction of what is protected."""
        root = min(self.roots.values(), key=lambda root: (root.stack["kind"] != "waf", root.resources))
        other = next(one for one in self.roots.values() if one.stack["account"] != root.stack["account"])
        run = root.run("plan", "-input=false", check=False, environment=self.session(other.stack))
        self.refused("another account's credentials", run, "AWS account ID not allowed")

        key = terraform_root.backend(root.place)["key"] + ".tflock"
        words = ["terraform", "destroy", "-no-color"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        with subprocess.Popen(words, cwd=root.place, env=root.environment, text=True, **pipes) as first:
            for _ in range(300):
                if self.s3.list_objects_v2(Bucket=self.state_bucket, Prefix=key)["KeyCount"]:
                    break
                time.sleep(0.1)
            run = root.run("apply", "-input=false", "-auto-approve", check=False)
            first.communicate("no\n")
        self.refused("a second writer while the first waits for an answer", run, "Error acquiring the state lock")

        guarded = next(root for root in self.roots.values() if terraform_root.guarded(root.place))
        run = guarded.run("destroy", "-input=false", "-auto-approve", check=False)
        self.refused("destruction of what is protected", run, "Instance cannot be destroyed")

    @staticmethod
    def refused(what, run, why):
        if run.returncode == 0 or why not in run.stdout + run.stderr:
            message = f"{what}: not refused\n{run.stdout}{run.stderr}"
            raise Failed(message)
        print(f"refused: {what} ({why})")

    def estate(self):
        return estates.load(self.fleet.tree, self.fleet.place, None, {"external_id": EXTERNAL_ID})

    def policies(self):
        """The policies that the cloud has are those that tests/iam read from text."""
        estate, seen = self.estate(), 0
        for role in estate.roles.values():
            account, name = role.arn.split(":")[4], role.arn.rpartition("/")[2]
            iam = self.aws.client("iam", self.sessions[account, "deploy"])
            found = {"trust": iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]}
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
                found[policy] = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            read = {"trust": role.trust, **role.policies}
            for policy in found.keys() | read.keys():
                seen += 1
                if estates.canonical(found.get(policy)) != estates.canonical(read.get(policy)):
                    message = f"{role.arn}, {policy}: {found.get(policy)} is not {read.get(policy)}"
                    raise Failed(message)
        print(f"policies: {seen} documents of {len(estate.roles)} roles are as read from text")

    def permissions(self):
        """What Terraform called, from the first plan to the last destruction, the policies of its role allow."""
        estate = self.estate()
        asked, wrong = calls.refused(estate, self.aws.calls, {"csoc-deploy", "csoc-plan"})
        for role, action, resource in wrong:
            print(f"{role} called {action} on {resource}, and may not")
        print(f"permissions: {asked} kinds of calls by csoc-deploy and csoc-plan, {len(wrong)} not allowed by their policies")
        self.good &= not wrong

    def destroy(self):
        left = set(self.roots)

        def ready(stack):
            return not any(stack in self.before(self.fleet.stacks[other]) for other in left)

        def after(stack, _):
            left.discard(stack)

        self.in_parallel(list(reversed(self.roots)), ready, lambda stack: self.roots[stack].destroy, after)
        for root in self.roots.values():
            key = terraform_root.backend(root.place)["key"]
            state = json.load(self.s3.get_object(Bucket=self.state_bucket, Key=key)["Body"])
            if state["resources"]:
                message = f"{root.stack['id']}: {len(state['resources'])} resources are left"
                raise Failed(message)

    def report(self):
        print(f"{'root':52} {'made':>5} {'out':>4} {'apply':>7} {'plan':>7} {'destroy':>7}")
        for root in self.roots.values():
            times = " ".join(f"{root.seconds.get(what, 0):5.1f} s" for what in ("apply", "plan", "destroy"))
            print(f"{root.stack['path']:52} {root.resources:5} {len(root.left_out):4} {times}")
            for drift in root.drifts:
                reason = exceptions.DRIFTS.get(drift)
                print(f"  drift of {drift[0]}.{drift[1]}: {reason or 'UNEXPECTED'}")
        made = sum(root.resources for root in self.roots.values())
        out = sum(len(root.left_out) for root in self.roots.values())
        print(f"{len(self.roots)} roots, {made} resources made, {out} left out")
        wrong = [root for root in self.roots.values() if set(root.drifts) - exceptions.DRIFTS.keys()]
        for kind in sorted({root.stack["kind"] for root in self.roots.values()}):
            of_kind = [root for root in self.roots.values() if root.stack["kind"] == kind]
            share = min(root.share for root in of_kind)
            if share < (1 if kind in exceptions.WHOLE else exceptions.SHARE):
                print(f"{kind}: only {share:.0%} of its resources were made")
                wrong += of_kind
        return self.good and not wrong

    def run(self):
        started = time.monotonic()
        self.prepare()
        steps = (self.apply, self.values, self.plan, self.refusals, self.policies, self.destroy, self.permissions)
        for step in steps:
            begun = time.monotonic()
            step()
            print(f"{step.__name__}: {time.monotonic() - begun:.0f} s", flush=True)
        good = self.report()
        print(f"from nothing to all and back: {time.monotonic() - started:.0f} s")
        return good


def main():
    options = arguments()
    if shutil.which("terraform") is None:
        print("skipped: terraform is not on PATH")
        return 0
    if not (options.cli_config and options.cli_config.is_file()):
        print("skipped: the real provider, no --cli-config with a mirror of it")
        return 0
    if any(importlib.util.find_spec(name) is None for name in ("moto", "boto3", "flask")):
        print(f"skipped: a pretended AWS, {sys.executable} has no moto[server]")
        return 0
    with contextlib.ExitStack() as stack:
        if options.keep:
            scratch = options.keep.resolve()
            scratch.mkdir(parents=True)
        else:
            scratch = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="csoc-apply-")))
        aws = stack.enter_context(moto_aws.Aws(scratch / "calls.jsonl"))
        try:
            return 0 if Proof(options, aws, scratch).run() else 1
        except Failed as failed:
            print(f"failed: {failed}")
            return 1


if __name__ == "__main__":
    sys.exit(main())
