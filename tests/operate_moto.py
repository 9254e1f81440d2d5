#!/usr/bin/env python3
"""Takes a fleet of two accounts from nothing to running and back by csoc alone, with real Terraform, against moto.

    operate_moto.py CSOC FLEET --cli-config terraform.rc [--pages] [--keep DIR] [--only EXPR] [--pause]

What `terraform_apply.py` shows of the roots, this shows of the commands that run them: `csoc accounts`, `plan`, `apply` by
the run that was looked at, `apply --advance` for all that this unblocks, `outputs check`, `render`, `drift` before and after
somebody changed three things through the API, `destroy` with what it refuses, and `runs verify`. The roles are taken by
csoc (`--as roles`) but for `bootstrap`, which makes the bucket of states by hand as docs/from-empty-account.md says, and
`access`, which people apply in each account. The exit status of each command is checked, and what it says.

Prints a table of what was seen. With --pages, the page of the first plan, and what was on the terminal while it was
applied, are docs/fleet-plan.md, docs/fleet-plan.html and docs/session.md: they are compared but for names of runs, digests
and times; `CSOC_UPDATE=1` writes them. Exit status 0 if all of that held, else 1. With --only, for whoever works on a
step, all behind the first wave is of these stacks only, which must hold what they need, and `access` stays.
"""

import argparse
import contextlib
import importlib.util
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import moto_aws
import operate_drift
import operate_pages
import operate_release
import terraform_apply
import terraform_exceptions as exceptions
import terraform_page
import terraform_root
from terraform_fleet import TERRAFORM, FailedError, Fleet, Root

HERE = pathlib.Path(__file__).parent
BY_PEOPLE = ("bootstrap", "access")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("csoc", type=pathlib.Path)
    parser.add_argument("fleet", type=pathlib.Path)
    parser.add_argument("--cli-config", type=pathlib.Path, help="TF_CLI_CONFIG_FILE with a mirror of the real provider")
    parser.add_argument("--pages", action="store_true", help="compare the pages in docs/ with what is seen")
    parser.add_argument("--keep", type=pathlib.Path, help="work here, and leave it")
    parser.add_argument("--only", help="a selection: only these stacks behind the first wave")
    parser.add_argument("--pause", action="store_true", help="wait for Enter after a failure")
    parser.add_argument("--parallel", default="4", help="how many stacks at a time")
    return parser.parse_args()


def check(holds, why):
    if not holds:
        raise FailedError(why)


class Answer:
    """What a command said, and how long it took."""

    def __init__(self, exit_status, out, err, seconds):
        self.exit = exit_status
        self.out = out
        self.err = err
        self.seconds = seconds

    @property
    def lines(self):
        return [json.loads(line) for line in self.out.splitlines()]

    def last(self, kind):
        found = [line for line in self.lines if line["kind"] == kind]
        check(found, f"no line of kind {kind}: {self.out[-2000:]}{self.err[-2000:]}")
        return found[-1]

    @property
    def run(self):
        found = re.search(r"--run ([^\s`]+)", self.err)
        check(found, f"no run is named: {self.out}{self.err}")
        return found[1]


class Proof:
    """All of it, in order."""

    def __init__(self, options, aws, scratch):
        self.options = options
        self.aws = aws
        self.scratch = scratch
        self.fleet = Fleet(options.csoc, options.fleet, scratch)
        self.home = self.fleet.place / ".csoc/runs"
        self.seen = []
        self.every = f"not layer in ({', '.join((*BY_PEOPLE, *exceptions.LAYERS))})"
        self.rest = f"{self.every} and {options.only}" if options.only else self.every

    # Who calls, and how.

    def environment(self, session):
        kept = self.aws.environment(self.options.cli_config)
        for name in ("HTTP_PROXY", "AWS_ENDPOINT_URL_S3"):
            kept.pop(name)
        own = {
            "AWS_ENDPOINT_URL": self.aws.url,
            "AWS_REGION": "us-east-1",
            "MOTO": self.aws.url,
            "CSOC_TERRAFORM": str(HERE / "moto_terraform.py"),
            "CSOC_EXTERNAL_ID": terraform_apply.EXTERNAL_ID,
            "PATH": f"{pathlib.Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }
        return kept | own | session

    def by_bootstrap(self, account):
        return self.aws.assume(f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole")

    def words(self, command, select=None, *more, roles=True):
        words = [self.options.csoc.absolute(), *command.split(), self.fleet.place]
        if select:
            words += ["--select", select]
        if command.split()[0] in ("plan", "apply", "drift", "destroy") or command == "outputs pull":
            words += ["--parallel", self.options.parallel, "--per-account", self.options.parallel]
            words += ["--as", "roles" if roles else "surroundings"]
        return [str(word) for word in (*words, *more)]

    def csoc(self, command, *more, select=None, good=0, session=None, seen=None):
        """Runs a command; what it gives is checked, and goes into the table."""
        words = self.words(command, select, *more, roles=session is None)
        begun = time.monotonic()
        run = subprocess.run(
            words,
            env=self.environment(session or self.controller),
            capture_output=True,
            text=True,
            check=False,
            timeout=3600,
        )
        answer = Answer(run.returncode, run.stdout, run.stderr, time.monotonic() - begun)
        (self.scratch / "commands.log").open("a").write(
            f"$ csoc {command} {select} {more}\n{answer.out}{answer.err}exit {answer.exit}\n\n"
        )
        check(
            answer.exit == good,
            f"csoc {command} {select or ''} {' '.join(map(str, more))[:300]}: exit {answer.exit} and not {good}\n"
            f"{answer.out[-3000:]}{answer.err[-3000:]}",
        )
        self.note(command, answer.exit, seen(answer) if seen else "", answer.seconds)
        return answer

    def note(self, command, exit_status, what, seconds):
        self.seen.append((command, exit_status, what, seconds))
        print(f"{command:34} exit {exit_status}  {seconds:6.0f} s  {what}", flush=True)

    # The steps.

    def by_people(self):
        """The bucket of states, by hand; then `access` of each account, by csoc and by whoever may do all there."""
        self.fleet.render()
        self.accounts = sorted({stack["account"] for stack in self.fleet.stacks.values()})
        first = next(stack for stack in self.fleet.stacks.values() if stack["kind"] == "bootstrap")
        self.hub = first["account"]
        session = self.by_bootstrap(self.hub)
        environment = self.aws.environment(self.options.cli_config) | session
        root = Root(first, self.fleet, self.scratch, terraform_page.Page(), environment)
        root.refresh()
        begun = time.monotonic()
        root.apply()
        self.note("bootstrap, by hand", 0, f"{root.resources} resources", time.monotonic() - begun)
        self.bucket = terraform_root.backend(root.place)["bucket"]
        self.s3 = self.aws.client("s3", session)
        for account in self.accounts:
            session = self.by_bootstrap(account)
            select = f"layer = access and account = {account}"
            plan = self.csoc("plan", select=select, session=session, seen=headline)
            self.csoc("apply", "--run", plan.run, session=session, seen=applied)
        hub = self.by_bootstrap(self.hub)
        self.controller = self.aws.assume(f"arn:aws:iam::{self.hub}:role/gen3/csoc-controller", hub)
        answer = self.csoc(
            "accounts", "--format", "json", seen=lambda it: f"{len(json.loads(it.out)['accounts'])} accounts"
        )
        for account in json.loads(answer.out)["accounts"]:
            role = f"arn:aws:sts::{account['number']}:assumed-role/csoc-"
            check(account["plans_as"].startswith(role + "plan/"), f"it plans as {account['plans_as']}")
            check(account["applies_as"].startswith(role + "deploy/"), f"it applies as {account['applies_as']}")

    def first_wave(self):
        """Everything that can be planned, as one page, and exactly that applied."""
        pages = ("--markdown", self.scratch / "plan.md", "--html", self.scratch / "plan.html")
        plan = self.csoc("plan", "--exit-code", *pages, select=self.every, good=3, seen=headline)
        words = self.words("apply", None, "--run", plan.run)
        begun = time.monotonic()
        self.recording = operate_pages.Recording(words, self.environment(self.controller))
        (self.scratch / "session.md").write_text(operate_pages.session(self.recording))
        check(self.recording.exit == 0, f"csoc apply: exit {self.recording.exit}\n{self.recording.text()[-3000:]}")
        self.note("apply --run, on a terminal", 0, f"{len(self.recording.moments)} moments", time.monotonic() - begun)
        self.csoc("apply", "--run", plan.run, seen=lambda it: last_line_with(it.err, "applied before"))

    def advance(self):
        """What that unblocked, wave by wave, until only what is left out by name waits."""
        self.csoc(
            "apply", "--advance", "--approve", "creates", select=self.rest,
            seen=lambda it: f"{len(re.findall('^wave', it.err, re.MULTILINE))} waves, {it.err.strip().splitlines()[-1]}",
        )  # fmt: skip

    def values(self):
        """Nothing is pending, and what the cloud gave stands in the values of environments."""
        stood_in = self.fleet.stand_in()
        if not self.options.only:
            said = f"{stood_in} of {', '.join(exceptions.LAYERS)} stood in"
            self.csoc("outputs check", seen=lambda it: f"{it.err.strip()}, {said}")
        answer = self.csoc(
            "render", "--out", self.fleet.tree, seen=lambda it: last_line_with(it.err, "pending", "added")
        )
        check(" pending" not in answer.err or " 0 pending" in answer.err or self.options.only, answer.err)
        texts = "".join(file.read_text() for file in (self.fleet.tree / "gitops").rglob("*.yaml"))
        arns = set()
        for file in (self.fleet.place / "outputs").rglob("*.json"):
            known = json.loads(file.read_text())
            for name in {"certificate_arn", "web_acl_arns"} & known.keys():
                value = known[name]["value"]
                arns |= set(value.values() if isinstance(value, dict) else [value])
        missing = [arn for arn in arns if arn not in texts]
        check(arns and not missing, f"in no values: {missing} of {len(arns)}")
        self.note("values", 0, f"{len(arns)} ARNs of certificates and web ACLs stand where charts read them", 0)

    def drift(self):
        """Clean; then three things changed by somebody, found, put back, and clean again."""
        clean = self.csoc("drift", "--exit-code", "--format", "json", select=self.rest, seen=outcomes)
        changed = operate_drift.change(self, {row["stack"] for row in clean.last("drift")["stacks"]})
        check(len(changed) == 3 or self.options.only, f"changed: {changed}")
        answer = self.csoc("drift", "--exit-code", "--format", "json", select=self.rest, good=3, seen=outcomes)
        found = {row["stack"]: row for row in answer.last("drift")["stacks"] if row["outcome"] != "clean"}
        check(found.keys() == changed.keys(), f"changed: {sorted(changed)}\nfound: {json.dumps(found, indent=1)}")
        for stack, (address, what) in changed.items():
            row = found[stack]
            check(row["outcome"] == "drifted" and row["remark"] == address, f"{what}: {row}")
            self.note("  drifted", 3, f"{what}: `{address}`", 0)
        these = f"id in ({', '.join(changed)})"
        plan = self.csoc("plan", "--exit-code", select=these, good=3, seen=headline)
        self.csoc("apply", "--run", plan.run, seen=applied)
        self.csoc("drift", "--exit-code", "--format", "json", select=these, seen=outcomes)

    def refusals(self):
        """What others need, and what the fleet keeps, is not even planned away."""
        answer = self.csoc("destroy", "--format", "json", select=f"{self.rest} and layer = network", good=1, seen=kept)
        needed = [row["message"] for row in answer.last("page")["page"]["rows"]]
        check(all("needs it, and still has resources" in one for one in needed), str(needed))
        answer = self.csoc("destroy", "--format", "json", select=f"{self.rest} and layer = data", good=1, seen=kept)
        for row in answer.last("page")["page"]["rows"]:
            field = f"clusters.{row['stack'].rpartition('/')[2]}.databases.main.deletionProtection: false"
            check(field in row["message"] and "`deletion_protection`" in row["message"], row["message"])
        self.csoc("destroy", good=2, seen=lambda it: it.err.splitlines()[0])
        session = self.by_bootstrap(self.hub)
        self.csoc("destroy", select="layer = bootstrap", good=1, session=session, seen=kept)

    def release(self):
        """What the fleet keeps it lets go of, with a waiver; that is applied as every change is."""
        operate_release.release(self.fleet.place)
        these = f"{self.rest} and layer in (data, cluster)"
        plan = self.csoc("plan", "--exit-code", select=these, good=3, seen=headline)
        self.csoc("apply", "--run", plan.run, seen=applied)

    def destroy(self):
        """Everything, in the reverse order; what cannot be made again by its address alone."""
        pages = ("--format", "json", "--markdown", self.scratch / "destroy.md")
        plan = self.csoc("destroy", *pages, select=self.rest, seen=lambda it: tally(it.last("page")["page"]))
        page = plan.last("page")["page"]
        check(page["aim"] == "destroy", page["aim"])
        stateful = self.stateful(plan)
        self.csoc(
            "apply",
            "--run",
            page["run"],
            good=1,
            seen=lambda it: f"{it.out.count('`csoc destroy` applies such')} refused, by apply",
        )
        self.csoc(
            "destroy",
            "--run",
            page["run"],
            good=1,
            seen=lambda it: f"{it.err.count('--allow-destroy')} addresses refused",
        )
        operate_drift.empty(self)
        allowed = [word for address in stateful for word in ("--allow-destroy", address)]
        self.csoc("destroy", "--run", page["run"], *allowed, seen=applied)
        for account in () if self.options.only else self.accounts:
            session = self.by_bootstrap(account)
            select = f"layer = access and account = {account}"
            plan = self.csoc("destroy", select=select, session=session, seen=headline)
            allowed = [
                word
                for address in re.findall(r"--allow-destroy '(.*)'", plan.err)
                for word in ("--allow-destroy", address)
            ]
            self.csoc("destroy", "--run", plan.run, *allowed, session=session, seen=applied)
        gone = {row["stack"] for row in page["rows"]}
        left = {stack: count for stack, count in operate_drift.resources(self).items() if count and stack in gone}
        check(not left, f"resources are left: {left}")

    def stateful(self, plan):
        """What `csoc destroy` says must be allowed."""
        found = re.findall(r"--allow-destroy '(.*)'", plan.err)
        check(found, plan.err[-2000:])
        return found

    def journal(self):
        self.csoc("runs verify", seen=lambda it: it.out.strip())
        runs = json.loads(self.csoc("runs list", "--format", "json").out)["runs"]
        check(all(run["not_done"] == 0 for run in runs), str(runs))
        said = [(self.scratch / "commands.log").read_text(), (self.home / "journal.jsonl").read_text()]
        planted = (
            terraform_apply.EXTERNAL_ID,
            self.controller["AWS_SECRET_ACCESS_KEY"],
            self.controller["AWS_SESSION_TOKEN"],
        )
        check(not any(secret in text for secret in planted for text in said), "a secret was said")

    def pages(self):
        return operate_pages.wrong(self.scratch, self.recording)

    def all(self):
        steps = [self.by_people, self.first_wave, self.advance, self.values, self.drift, self.refusals, self.release]
        steps += [self.destroy, self.journal]
        begun = time.monotonic()
        for step in steps:
            step()
        wrong = self.pages() if self.options.pages else []
        for one in wrong:
            print(f"wrong: {one}")
        print(f"all of it: {time.monotonic() - begun:.0f} s, {len(self.seen)} commands, load {os.getloadavg()[1]:.1f}")
        return not wrong


def headline(answer):
    return last_line_with(answer.err, "stacks:", "stack:")


def last_line_with(text, *words):
    found = [line for line in text.splitlines() if any(word in line for word in words)]
    return found[-1] if found else ""


def applied(answer):
    counts = [int(count) for count in re.findall(r"(\d+) (?:added|changed|destroyed)", answer.out)]
    sums = [sum(counts[at::3]) for at in range(3)]
    return f"{len(counts) // 3} stacks: {sums[0]} added, {sums[1]} changed, {sums[2]} destroyed"


def outcomes(answer):
    rows = [row["outcome"] for row in answer.last("drift")["stacks"]]
    return ", ".join(f"{rows.count(outcome)} {outcome}" for outcome in sorted(set(rows)))


def tally(page):
    states = [row["state"] for row in page["rows"]]
    gone = sum(len(row.get("changes", ())) for row in page["rows"])
    return ", ".join(f"{states.count(state)} {state}" for state in sorted(set(states))) + f", {gone} resources"


def kept(answer):
    return f"{(answer.out + answer.err).count('it is not destroyed')} refused"


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
            scratch = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="csoc-operate-")))
        aws = stack.enter_context(moto_aws.Aws(scratch / "calls.jsonl"))
        proof = Proof(options, aws, scratch)
        try:
            return 0 if proof.all() else 1
        except FailedError as failed:
            print(f"failed: {failed}")
            if options.pause:
                input(f"the pretended AWS is at {aws.url}; Enter ends it ")
            return 1


if __name__ == "__main__":
    sys.exit(main())
