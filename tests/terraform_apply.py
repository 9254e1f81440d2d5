#!/usr/bin/env python3
"""Takes a fleet from empty accounts to applied roots and back, with the real provider, against a pretended AWS.

    terraform_apply.py CSOC FLEET --cli-config terraform.rc [--workers 4] [--keep DIR] [--only TEXT] [--pause]

Runs the commands of docs/from-empty-account.md with roots as they are rendered: `bootstrap` and `access` with the
account's bootstrap role, all else with the role `csoc-deploy` that this made, assumed across accounts; outputs are
recorded into a copy of FLEET and it is rendered again until nothing is pending. Then a second plan of each root, by
`csoc-plan`, must be empty; a plan with the other account's credentials, a second writer, and a destruction of what is
protected must be refused; an environment and a cluster whose state is lost are adopted (terraform_adopt.py). In the end
all is destroyed: for that, and only in the copies, `destroy_override.tf` lifts `prevent_destroy` and deletion protections.

Needs terraform, a mirror of the real provider (--cli-config) and moto[server]; what is missing is said as `skipped: …`.
What moto cannot do is in terraform_exceptions.py. Prints a line a root and a layer. Exit status 0 if all of that held,
else 1. With --only, for whoever works on a layer, roots whose stack has TEXT in its name and all that they need, and what
concerns the whole fleet or the page is left out; --pause leaves the pretended AWS running at a failure, until Enter.
"""

import argparse
import concurrent.futures
import contextlib
import functools
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import moto_aws
import terraform_adopt
import terraform_exceptions as exceptions
import terraform_page
import terraform_report
import terraform_root
from terraform_fleet import TERRAFORM, FailedError, Fleet, Root

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
    parser.add_argument("--only", help="roots whose stack has this in its name, and what they need")
    parser.add_argument("--pause", action="store_true", help="wait for Enter after a failure")
    return parser.parse_args()


class Proof:
    """All of it, in order."""

    def __init__(self, options, aws, scratch):
        self.options = options
        self.aws = aws
        self.scratch = scratch
        self.fleet = Fleet(options.csoc, options.fleet, scratch)
        self.page = terraform_page.Page()
        self.roots = {}
        self.sessions = {}
        self.wrong = []

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

    def begin(self):
        """What the page does before there is a root, in an empty directory and of the page's own fleet."""
        place = self.scratch / "page"
        place.mkdir()
        failed = terraform_page.begin(
            self.page, self.options.csoc, place, self.aws.environment(self.options.cli_config)
        )
        if failed:
            raise FailedError("\n".join(failed))

    def prepare(self):
        self.begin()
        self.fleet.render()
        first = next(iter(self.fleet.stacks.values()))
        backend = terraform_root.backend(self.fleet.tree / "terraform" / first["path"])
        self.state_bucket = backend["bucket"]
        self.bootstrap = {name: value for name, value in self.session(first).items() if name.startswith("AWS_")}
        self.s3 = self.aws.client("s3", self.bootstrap, backend["region"])
        if all(stack["kind"] != "bootstrap" for stack in self.fleet.stacks.values()):
            self.s3.create_bucket(Bucket=self.state_bucket)

    def before(self, stack):
        """The stacks that must have been applied: those it names, its account's `access`, and before all what holds state."""
        implied = [
            other["id"]
            for other in self.fleet.stacks.values()
            if other["kind"] == "bootstrap" or (other["kind"] == "access" and other["account"] == stack["account"])
        ]
        if stack["kind"] in BY_BOOTSTRAP:
            implied = [other for other in implied if self.fleet.stacks[other]["kind"] == "bootstrap"]
        named = (one for one in stack["depends_on"] if one in self.fleet.stacks)
        return {*named, *implied} - {stack["id"]}

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
                        raise FailedError(message)
                    done, _ = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
                    for one in done:
                        after(running.pop(one), one.result())
            finally:
                pool.shutdown(cancel_futures=True)

    def chosen(self):
        """The stacks that --only names, with all that they need; else all."""
        every, found = self.fleet.stacks, set()
        left = [stack for stack in every if self.options.only is None or self.options.only in stack]
        while left:
            stack = left.pop()
            if stack not in found:
                found.add(stack)
                left += self.before(every[stack])
        return [stack for stack in every if stack in found]

    def apply(self):
        applied = set()

        def ready(stack):
            entry = self.fleet.stacks[stack]
            return entry["status"] == "ready" and self.before(entry) <= applied

        def work(stack):
            entry = self.fleet.stacks[stack]
            self.roots[stack] = Root(entry, self.fleet, self.scratch, self.page, self.session(entry))
            self.roots[stack].refresh()
            return self.roots[stack].apply

        def after(stack, _):
            found = 0
            if stack is None:
                found = self.fleet.stand_in()
                self.fleet.render()
            else:
                root = self.roots[stack]
                print(f"applied: {root.stack['path']}, {root.resources} in {root.seconds['apply']:.0f} s")
                applied.add(stack)
                root.record()
                self.fleet.read()
            return found

        self.in_parallel(self.chosen(), ready, work, after)
        self.fleet.stand_in()
        self.fleet.render()

    def values(self):
        """Nothing is pending, the tree is in order, and what the cloud gave stands where charts read it."""
        run = self.page.run("complete", self.scratch, self.fleet.environment)
        if run.returncode:
            message = f"the script `complete` of the page: {run.stdout}{run.stderr}"
            raise FailedError(message)
        texts = "".join(file.read_text() for file in (self.fleet.tree / "gitops").rglob("*.yaml"))
        seen = 0
        for stack in self.roots.values():
            recorded = estates.recorded(self.fleet.place, stack.stack["id"])
            for name in {"certificate_arn", "web_acl_arns"} & recorded.keys():
                value = recorded[name]["value"]
                for one in value.values() if isinstance(value, dict) else [value]:
                    seen += 1
                    if one not in texts:
                        message = f"{stack.stack['id']}#{name}: {one} is in no values"
                        raise FailedError(message)
        print(f"values: {seen} ARNs of certificates and web ACLs stand where charts read them")

    def plan(self):
        """A second plan of each root, by the role that may only plan, where that may read what there is."""

        def work(stack):
            root, entry = self.roots[stack], self.fleet.stacks[stack]
            root.stack = entry
            root.refresh()
            session = self.session(entry, "plan")
            if entry["kind"] not in exceptions.UNREAD:
                return functools.partial(root.plan, session)
            unread = functools.partial(root.plan, session | {"TF_CLI_ARGS_plan": "-refresh=false"})
            return lambda: (unread(), root.plan(self.session(entry)))

        self.in_parallel(list(self.roots), lambda _: True, work)

    def refusals(self):
        """Another account's credentials, a second writer, and a destruction of what is protected."""
        root = min(self.roots.values(), key=lambda root: (root.stack["kind"] != "waf", root.resources))
        other = next(one for one in self.roots.values() if one.stack["account"] != root.stack["account"])
        run = root.run("plan", "-input=false", check=False, environment=self.session(other.stack))
        self.refused("another account's credentials", run, "AWS account ID not allowed")

        key = terraform_root.backend(root.place)["key"] + ".tflock"
        words = [TERRAFORM, "destroy", "-no-color"]
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
            raise FailedError(message)
        print(f"refused: {what} ({why})")

    def estate(self):
        return estates.load(self.fleet.tree, self.fleet.place, None, {"external_id": EXTERNAL_ID})

    def policies(self):
        """The policies that the cloud has are those that tests/iam read from text."""
        estate, seen, wrong = self.estate(), 0, []
        told = {arn: text for root in self.roots.values() for arn, text in root.told(self.s3, self.state_bucket)}

        def plain(document):
            text = json.dumps(document)
            for arn, stands in told.items():
                text = text.replace(arn, stands)
            return estates.canonical(json.loads(text))

        for role in estate.roles.values():
            account, name = role.arn.split(":")[4], role.arn.rpartition("/")[2]
            iam = self.aws.client("iam", self.sessions[account, "deploy"])
            found = {"trust": iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]}
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
                found[policy] = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            read = {"trust": role.trust, **role.policies}
            for policy in found.keys() | read.keys():
                seen += 1
                if plain(found.get(policy)) != plain(read.get(policy)):
                    wrong.append(f"{role.arn}, {policy}: {found.get(policy)} is not {read.get(policy)}")
        self.wrong += wrong
        print(f"policies: {seen} documents of {len(estate.roles)} roles, {len(wrong)} not as read from text")

    def permissions(self):
        """What Terraform called, from the first plan to the last destruction, the policies of its role allow."""
        estate = self.estate()
        asked, wrong = calls.refused(estate, self.aws.calls, {"csoc-deploy", "csoc-plan"})
        wrong = [call for call in wrong if call[1] not in exceptions.BEYOND]
        self.wrong += [f"{role} called {action} on {resource}, and may not" for role, action, resource in wrong]
        print(
            f"permissions: {asked} kinds of calls by csoc-deploy and csoc-plan, {len(wrong)} not allowed by their policies"
        )

    def adopt(self):
        """Objects whose state is lost are adopted, and their roots then do what they did before."""
        for thing in terraform_adopt.OBJECTS:
            self.wrong += terraform_adopt.Adoption(self, thing).run()

    def destroy(self):
        left = set(self.roots)

        def ready(stack):
            return not any(stack in self.before(self.fleet.stacks[other]) for other in left)

        def after(stack, _):
            left.discard(stack)
            if stack is None:
                return
            key = terraform_root.backend(self.roots[stack].place)["key"]
            if self.roots[stack].stack["kind"] != "bootstrap":
                state = json.load(self.s3.get_object(Bucket=self.state_bucket, Key=key)["Body"])
                if state["resources"]:
                    message = f"{stack}: {len(state['resources'])} resources are left"
                    raise FailedError(message)

        self.in_parallel(list(reversed(self.roots)), ready, lambda stack: self.roots[stack].destroy, after)

    def report(self):
        """What was made, root by root and layer by layer, and whether that is enough and is what the page says."""
        roots = [self.roots[stack] for stack in self.fleet.stacks if stack in self.roots]
        terraform_report.roots(roots)
        terraform_report.layers(roots)
        wrong = self.wrong + terraform_report.wrong(roots)
        if self.options.only is None:
            table = terraform_report.table(roots, self.fleet.beyond)
            wrong += [f"docs/from-empty-account.md: {one}" for one in self.page.wrong(table)]
            print(f"page: {self.page.commands()} commands in {len(self.page.scripts)} scripts were run as they stand")
        for one in wrong:
            print(f"wrong: {one}")
        return not wrong

    def run(self):
        started = time.monotonic()
        self.prepare()
        steps = [self.apply, self.plan, self.adopt, self.destroy]
        if self.options.only is None:
            steps = [self.apply, self.values, self.plan, self.refusals, self.policies, self.adopt, self.destroy]
            steps.append(self.permissions)
        for step in steps:
            begun = time.monotonic()
            step()
            print(f"{step.__name__}: {time.monotonic() - begun:.0f} s")
        good = self.report()
        print(
            f"from nothing to all and back: {time.monotonic() - started:.0f} s, load {os.getloadavg()[1]:.1f} at its end"
        )
        return good


def main():
    options = arguments()
    sys.stdout.reconfigure(line_buffering=True)
    if TERRAFORM is None:
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
        proof = Proof(options, aws, scratch)
        try:
            return 0 if proof.run() else 1
        except FailedError as failed:
            for one in [*proof.wrong, f"failed: {failed}"]:
                print(one)
            if options.pause:
                input(f"the pretended AWS is at {aws.url}; Enter ends it ")
            return 1


if __name__ == "__main__":
    sys.exit(main())
