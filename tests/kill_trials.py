#!/usr/bin/env python3
"""Kills csoc and Terraform at chosen and random moments on two machines that share states, and checks what is left.

    kill_trials.py CSOC [--trials 500] [--seed 1] [--workers 2]

A fleet has two stacks of what is built into Terraform: one with its state in a file, one with it in a bucket of a
pretended S3 (moto[server], where this Python has it). Two homes stand for two machines: they share nothing but the
states. A trial renders another generation of the roots, plans, copies the plans to the other machine, and lets one of
them or both apply them; or it destroys all of the last generation in the same way; or it only plans one or the other.
Meanwhile csoc, Terraform or both get SIGKILL: after a random time, while a Terraform works, or as soon as the directory
of a staged plan, another line of the journal or the mark of a used plan is there. Every resource writes a line into a
ledger when it is made and when it goes, which is what "the cloud" knows. Then, whatever happened:

- `csoc runs verify` says on both machines that the journal is whole;
- the same plans are applied again by name on both: the ledger must not have a line twice for one plan;
- a lock is not taken from a Terraform that runs, nor by a wrong name, and what a killed one left is taken away by its own;
- no stack is said to be clean whose state does not have what its root says, and none to have nothing that has something;
- the next plan and apply, on either machine, bring every stack to what its root says.

A trial in which nobody was killed, since all had ended, is looked at in the same way and not counted: it goes on until so
many have killed somebody. Exit status 0 if all of that held, else 1 with the trials that failed; `skipped: …` for what
is missing.
"""

import argparse
import collections
import concurrent.futures
import contextlib
import importlib.util
import itertools
import json
import os
import pathlib
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import typing
import urllib.error
import urllib.request

import needed
from kill_moments import Doing, Kill, Work, lives, staged

# Of whom moto says that everybody is.
ACCOUNT = "123456789012"
BUCKET = "kill-trials"
# What reads as a secret in no output, journal or bundle's description.
PLANTED = "planted-secret-key"
# How often each is killed.
SHARES = {Work.PLAN: 4, Work.APPLY: 8, Work.PLAN_DESTROY: 3, Work.DESTROY: 5}
# How many trials are begun at most for each that is to kill somebody.
TRIES = 4
# Roots do not change where their state is: they are initialised once, and not for each of ten thousand runs.
ONCE = '#!/bin/sh\n[ "$1" = init ] && [ -f .terraform/terraform.tfstate ] && exit 0\nexec terraform "$@"\n'


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("csoc", type=pathlib.Path)
    parser.add_argument("--trials", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    return parser.parse_args()


class BrokenError(Exception):
    """Something does not hold."""


def fail(why: str) -> typing.NoReturn:
    """Says what does not hold."""
    raise BrokenError(why)


class Bucket:
    """A pretended S3, in a process of its own; each request is answered before the next one is looked at."""

    def __init__(self, scratch: pathlib.Path):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        log = (scratch / "moto.log").open("w")
        self.process = subprocess.Popen([sys.executable, __file__, "--serve", str(port)], stdout=log, stderr=log)
        for _ in range(600):
            with contextlib.suppress(urllib.error.URLError, ConnectionError):
                self.ask("", "PUT")
                return
            time.sleep(0.1)
        fail("moto did not start: " + (scratch / "moto.log").read_text()[-2000:])

    def read(self, key: str) -> bytes | None:
        try:
            return self.ask(f"/{key}", "GET")
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
            return None

    def ask(self, path: str, method: str) -> bytes:
        # It looks at no signature, but wants one.
        signed = {"Authorization": "AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/s3/aws4_request, Signature=x"}
        request = urllib.request.Request(f"{self.url}/{BUCKET}{path}", method=method, headers=signed)  # noqa: S310
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return answer.read()

    def end(self):
        self.process.terminate()
        self.process.wait()


def serve(port: int):
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app  # noqa: PLC0415
    from werkzeug.serving import run_simple  # noqa: PLC0415

    inner = DomainDispatcherApplication(create_backend_app)
    turn = threading.Lock()

    def application(environment, start):
        # A condition and its write are one step, as they are in S3.
        with turn:
            return list(inner(environment, start))

    run_simple("127.0.0.1", port, application, threaded=True)


class Machine:
    """A home of runs, and csoc in it."""

    def __init__(self, fleet: "Fleet", name: str):
        self.fleet = fleet
        self.name = name
        self.home = fleet.place / name

    def command(self, *options: str) -> list[str]:
        return [str(self.fleet.csoc), *options, "--rendered", str(self.fleet.place), "--home", str(self.home)]

    def runs(self, *options: str) -> list[str]:
        return [*self.command(*options), "--terraform", str(self.fleet.place / "once"), "--lock-timeout", "0"]

    def run(self, words: list[str]) -> subprocess.CompletedProcess:
        done = subprocess.run(
            words, capture_output=True, text=True, timeout=120, check=False, env=self.fleet.environment
        )
        if PLANTED in done.stdout + done.stderr:
            fail(f"a secret is said: {words}")
        return done

    def start(self, words: list[str]) -> subprocess.Popen:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.Popen(words, env=self.fleet.environment, **quiet)

    def planning(self, work: Work) -> list[str]:
        """The words that plan, or plan a destruction."""
        words = ["plan"] if work in (Work.PLAN, Work.APPLY) else ["destroy", "--select", "id = *"]
        return self.runs(*words, "--format", "json")

    def plan(self, work: Work = Work.PLAN) -> tuple[str, dict[str, dict]]:
        """The run of a plan, and its row for each stack."""
        done = self.run(self.planning(work))
        try:
            page = next(one for one in map(json.loads, done.stdout.splitlines()) if one["kind"] == "page")["page"]
        except (StopIteration, ValueError):
            fail(f"no plan: {done.stdout[-500:]}{done.stderr[-500:]}")
        return page["run"], {row["layer"]: row for row in page["rows"]}

    def apply(self, work: Work, run: str, bundles: list[str]) -> list[str]:
        """The words that apply these plans: by the run where they were made, by name where they were brought to."""
        if (self.home / "bundles").exists() and self.fleet.planner is self:
            return self.runs(work.value, "--run", run)
        return self.runs(work.value, *itertools.chain.from_iterable(("--bundle", bundle) for bundle in bundles))

    def verify(self):
        done = self.run(self.command("runs", "verify"))
        if done.returncode != 0:
            fail(f"the journal of {self.name}: {done.stderr}")
        for file in [self.home / "journal.jsonl", *self.home.glob("bundles/*/bundle.json")]:
            if file.exists() and PLANTED in file.read_text(errors="replace"):
                fail(f"a secret is in {file}")

    def unlock(self, stack: str, *options: str) -> subprocess.CompletedProcess:
        return self.run(self.runs("unlock", stack, "--format", "json", *options))


class Fleet:
    """Two stacks, two machines, and what must hold whatever is killed."""

    def __init__(self, csoc: pathlib.Path, place: pathlib.Path, bucket: Bucket | None, counts: collections.Counter):
        self.csoc, self.place, self.bucket, self.counts = csoc, place, bucket, counts
        self.generation = 0
        self.random = random.Random(0)  # noqa: S311 (it chooses moments, no secrets)
        self.layers = ["network"] if bucket is None else ["network", "waf"]
        self.machines = [Machine(self, "here"), Machine(self, "there")]
        self.planner = self.machines[0]
        self.took = {"plan": 1.0, "apply": 1.0}
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_", "CSOC_"))}
        # With a bucket there is somebody who says who we are; without, there is nobody to be.
        known = bucket and {
            "AWS_ACCESS_KEY_ID": "AKIAKILLTRIALS",
            "AWS_SECRET_ACCESS_KEY": PLANTED,
            "AWS_ENDPOINT_URL_STS": bucket.url,
        }
        self.environment = (
            kept
            | (known or {})
            | {
                "AWS_EC2_METADATA_DISABLED": "true",
                "AWS_CONFIG_FILE": os.devnull,
                "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
                "CHECKPOINT_DISABLE": "1",
                "NO_PROXY": "127.0.0.1",
            }
        )
        stacks = [
            {
                "id": self.stack(layer),
                "path": f"a/{layer}",
                "object": "clusters.main",
                "kind": layer,
                "account": ACCOUNT,
                "region": "us-east-1",
                "depends_on": [],
                "inputs": [],
                "status": "ready",
            }
            for layer in self.layers
        ]
        (place / "terraform").mkdir(parents=True)
        (place / "terraform" / "stacks.json").write_text(json.dumps({"format": 1, "stacks": stacks}))
        (place / "once").write_text(ONCE)
        (place / "once").chmod(0o755)
        self.render()
        for machine in self.machines:
            machine.plan()

    @staticmethod
    def stack(layer: str) -> str:
        return f"v1/{ACCOUNT}/us-east-1/{layer}/cluster/main"

    def key(self, layer: str) -> str:
        return f"{self.place.name}/{layer}/terraform.tfstate"

    def backend(self, layer: str) -> str:
        if layer == "network":
            return f'backend "local" {{\n    path = "{self.place}/{layer}.tfstate"\n  }}'
        skipped = "".join(
            f"    skip_{what} = true\n"
            for what in ("credentials_validation", "metadata_api_check", "region_validation", "requesting_account_id")
        )
        return (
            f'backend "s3" {{\n    bucket = "{BUCKET}"\n    key = "{self.key(layer)}"\n    region = "us-east-1"\n'
            f"    use_lockfile = true\n    use_path_style = true\n{skipped}"
            f'    endpoints = {{ s3 = "{self.bucket.url}" }}\n  }}'
        )

    def render(self):
        """Another generation of every root, so that there is something to do."""
        self.generation += 1
        for layer in self.layers:
            root = self.place / "terraform" / "a" / layer
            root.mkdir(parents=True, exist_ok=True)
            made = f"sleep 0.2; echo {layer}.{self.generation} >> {self.place}/ledger"
            gone = f"sleep 0.1; echo {layer}.gone.${{self.triggers_replace}} >> {self.place}/ledger"
            resource = (
                f'resource "terraform_data" "one" {{\n  triggers_replace = "{self.generation}"\n'
                f'  provisioner "local-exec" {{\n    command = "{made}"\n  }}\n'
                f'  provisioner "local-exec" {{\n    when    = destroy\n    command = "{gone}"\n  }}\n}}\n'
            )
            (root / "main.tf").write_text(f"terraform {{\n  {self.backend(layer)}\n}}\n{resource}")

    def ledger(self) -> collections.Counter:
        path = self.place / "ledger"
        return collections.Counter(path.read_text().split() if path.exists() else [])

    def instances(self, layer: str) -> list[dict]:
        """What the state of a stack has."""
        if layer == "network":
            path = self.place / f"{layer}.tfstate"
            text = path.read_bytes() if path.exists() else b""
        else:
            text = self.bucket.read(self.key(layer)) or b""
        resources = json.loads(text)["resources"] if text.strip() else []
        return [it for resource in resources for it in resource["instances"]]

    def is_made(self, layer: str) -> bool:
        """Whether the state has a whole resource of this generation."""
        instances = self.instances(layer)
        whole = [it for it in instances if it["attributes"]["triggers_replace"] and it.get("status") != "tainted"]
        return [it["attributes"]["triggers_replace"]["value"] for it in whole] == [str(self.generation)]

    def processes(self) -> list[int]:
        """All that work in this fleet."""
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                is_here = entry.name.isdigit() and str((entry / "cwd").readlink()).startswith(str(self.place))
                if is_here and lives(int(entry.name)):
                    found.append(int(entry.name))
        return found

    def lock_is_safe(self):
        """While a Terraform of ours works on a stack, its lock is taken by nobody on this machine, whatever is said."""
        for machine in self.machines:
            for layer in self.layers:
                seen = machine.unlock(self.stack(layer))
                if seen.returncode == 1 and "works on it" in seen.stderr:
                    self.counts["unlock refused: it is worked on"] += 1

    def wait(self):
        """Until nothing works in this fleet any more."""
        deadline = time.monotonic() + 60
        while self.processes():
            if time.monotonic() > deadline:
                fail("something works for a minute")
            time.sleep(0.02)

    def unlock(self, machine: Machine, layer: str):
        """Takes away what a killed Terraform left, by its own name and by no other."""
        stack = self.stack(layer)
        wrong = machine.unlock(stack, "--lock-id", "00000000-0000-0000-0000-000000000000")
        if wrong.returncode != 1:
            fail(f"a lock is taken away by a wrong name: {wrong.stdout}{wrong.stderr}")
        holder = json.loads(wrong.stdout)["holder"]
        done = machine.unlock(stack, "--lock-id", holder["ID"])
        if done.returncode != 0:
            fail(f"a lock is not taken away: {done.stdout}{done.stderr}")
        self.counts["locks taken away"] += 1

    def planned(self, machine: Machine, work: Work = Work.PLAN) -> tuple[str, dict[str, dict]]:
        """A plan of all stacks, once what was left is out of its way; what it says of them is true."""
        for _ in range(4):
            self.wait()
            run, rows = machine.plan(work)
            locked = [layer for layer, row in rows.items() if "csoc unlock" in row.get("message", "")]
            for layer in locked:
                self.unlock(machine, layer)
            if not locked:
                break
        is_destruction = work in (Work.PLAN_DESTROY, Work.DESTROY)
        for layer, row in rows.items():
            if row["state"] == "clean" and is_destruction and self.instances(layer):
                fail(f"{layer} is said to have nothing, and its state has something")
            if row["state"] == "clean" and not is_destruction and not self.is_made(layer):
                fail(f"{layer} is said to be clean, and its state does not have it")
            if row["state"] not in ("clean", "changes"):
                fail(f"{layer} is {row['state']}: {row.get('message')}")
        if secret := left_over(machine.home):
            fail(f"plans are left that nobody applies: {secret}")
        return run, rows

    def settle(self):
        """What is said is true, and the next plan and apply mend it, on either machine."""
        machine = self.random.choice(self.machines)
        run, rows = self.planned(machine)
        if any(row["state"] == "changes" for row in rows.values()):
            began = time.monotonic()
            done = machine.run(machine.runs("apply", "--run", run))
            self.took["apply"] = time.monotonic() - began
            if done.returncode != 0:
                fail(f"it does not come to an end on {machine.name}: {done.stdout}{done.stderr}")
        wrong = [layer for layer in self.layers if not self.is_made(layer)]
        if wrong:
            fail(f"not made in the end: {wrong}")
        if self.random.random() < 0.2:
            _, rows = self.planned(self.random.choice(self.machines))
            if {row["state"] for row in rows.values()} != {"clean"}:
                fail(f"not clean in the end: {rows}")
        for one in self.machines:
            one.verify()

    def bring(self, bundles: list[str]):
        """Copies plans from who made them to the other machine."""
        for machine in self.machines:
            for bundle in bundles:
                to = machine.home / "bundles" / bundle
                if not to.exists():
                    shutil.copytree(self.planner.home / "bundles" / bundle, to)

    def kill(self, work: Work, doings: list[Doing], took: float) -> bool:
        """Kills at some moment of this work, and waits until all have ended; whether somebody was killed."""
        kill = Kill(self.random, work, took * 1.1)
        kill(doings)
        if not work.is_planning and self.random.random() < 0.2:
            self.lock_is_safe()
        for one in doings:
            one.process.wait(timeout=120)
        self.wait()
        if victims := kill.victims(doings):
            self.counts[f"moment: {kill.moment.value}"] += 1
            self.counts[f"work: {work.value}"] += 1
            self.counts[f"killed: {victims}"] += 1
        return bool(victims)

    def work(self) -> bool:
        """One trial; whether somebody was killed in it."""
        work = self.random.choices(list(SHARES), list(SHARES.values()))[0]
        if work in (Work.PLAN, Work.APPLY):
            self.render()
        self.planner = self.random.choice(self.machines)
        killed = self.plans(work) if work.is_planning else self.applies(work)
        self.settle()
        return killed

    def plans(self, work: Work) -> bool:
        """Kills who plans."""
        home = self.planner.home
        before = set(staged(home))
        doing = Doing(self.planner.start(self.planner.planning(work)), home, [])
        killed = self.kill(work, [doing], self.took["plan"])
        self.counts["left: half a staged plan"] += len(set(staged(home)) - before)
        return killed

    def applies(self, work: Work) -> bool:
        """Kills who applies plans; on whichever machine they are named then, each is applied once."""
        began = time.monotonic()
        run, rows = self.planned(self.planner, work)
        self.took["plan"] = time.monotonic() - began
        bundles = [row["bundle"] for row in rows.values() if row["state"] == "changes"]
        self.bring(bundles)
        before = self.ledger()
        words = {machine.name: machine.apply(work, run, bundles) for machine in self.machines}
        order = self.random.sample(self.machines, 2)
        both = self.random.random() < 0.6
        doings = [self.doing(order[0], words, bundles)]
        if both:
            time.sleep(self.random.choice([0.0, self.random.uniform(0.0, self.took["apply"])]))
            doings.append(self.doing(order[1], words, bundles))
        killed = self.kill(work, doings, self.took["apply"])
        if killed:
            self.counts["machines: both apply" if both else "machines: one applies"] += 1
        # Whoever is asked now, what was applied is not applied again.
        for machine in self.random.sample(self.machines, 2):
            again = machine.run(words[machine.name])
            for reason in ("began to apply it at", "somebody began to apply it", "applied before", "was applied at"):
                self.counts[f"again: {reason}"] += (again.stdout + again.stderr).count(reason)
        self.wait()
        twice = [line for line, count in (self.ledger() - before).items() if count > 1]
        if twice:
            fail(f"a plan was applied twice: {twice}")
        if work is Work.DESTROY and self.random.random() < 0.5:
            self.finish_destroying()
        return killed

    def doing(self, machine: Machine, words: dict[str, list[str]], bundles: list[str]) -> Doing:
        """Starts to apply plans."""
        marks = [machine.home / "bundles" / bundle / "used" for bundle in bundles]
        marks.append(self.place / "network.tfstate.csoc" / "used")
        return Doing(machine.start(words[machine.name]), machine.home, marks)

    def finish_destroying(self):
        """The next plan of a destruction takes away what is left, on either machine."""
        machine = self.random.choice(self.machines)
        run, rows = self.planned(machine, Work.DESTROY)
        if any(row["state"] == "changes" for row in rows.values()):
            done = machine.run(machine.runs("destroy", "--run", run))
            if done.returncode != 0:
                fail(f"it is not destroyed on {machine.name}: {done.stdout}{done.stderr}")
        left = [layer for layer in self.layers if self.instances(layer)]
        if left:
            fail(f"not destroyed in the end: {left}")


def left_over(home: pathlib.Path) -> list[str]:
    """What holds values in the clear although nobody applies it any more: nothing of it outlives the next plan."""
    used = [path for path in home.glob("bundles/*/plan.tfplan") if path.with_name("used").exists()]
    copies = home.glob("work/**/plan.tfplan")
    return [*staged(home), *(str(path.relative_to(home)) for path in [*used, *copies])]


class Trials:
    """Trials of several workers, until enough of them have killed somebody."""

    def __init__(self, asked, scratch: pathlib.Path, bucket: Bucket | None):
        self.asked, self.scratch, self.bucket = asked, scratch, bucket
        self.counts = collections.Counter()
        self.broken: list[str] = []
        self.begun = self.killed = 0
        self.turn = threading.Lock()

    def next(self) -> int | None:
        """The number of the next trial; none once there were enough."""
        with self.turn:
            # What others are at may count, or not: there may be one trial more for each.
            if self.killed >= self.asked.trials or self.begun >= TRIES * self.asked.trials:
                return None
            self.begun += 1
            return self.begun

    def work(self):
        """Trials in one fleet, one after the other; after one that failed, in a new one."""
        fleet = None
        while (number := self.next()) is not None:
            try:
                if fleet is None:
                    place = pathlib.Path(tempfile.mkdtemp(prefix="kill-", dir=self.scratch))
                    fleet = Fleet(self.asked.csoc.resolve(), place, self.bucket, self.counts)
                fleet.random = random.Random(f"{self.asked.seed}/{number}")  # noqa: S311
                killed = fleet.work()
                with self.turn:
                    self.killed += killed
            except (BrokenError, subprocess.TimeoutExpired, ValueError, KeyError, IndexError, OSError) as error:
                why = f"trial {number} in {fleet and fleet.place}: {type(error).__name__}: {error}"
                print(why, flush=True)
                with self.turn:
                    self.broken.append(why)
                fleet = None

    def tell(self):
        """Prints how many there were of what."""
        groups = collections.defaultdict(list)
        for what, count in sorted(self.counts.items()):
            group, _, name = what.partition(": ")
            if count:
                groups[group].append(f"{name} {count}" if name else str(count))
        for group, counts in sorted(groups.items()):
            print(f"{group}: {', '.join(counts)}")


def main() -> int:
    if sys.argv[1:2] == ["--serve"]:
        serve(int(sys.argv[2]))
    asked = arguments()
    if (status := needed.without_terraform()) is not None:
        return status
    print(f"{asked.trials} trials that kill somebody, seed {asked.seed}", flush=True)
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kills-") as name:
        scratch, bucket = pathlib.Path(name), None
        if importlib.util.find_spec("moto") is None:
            print(f"skipped: states in a bucket ({sys.executable} has no moto[server])")
        else:
            bucket = Bucket(scratch)
        trials = Trials(asked, scratch, bucket)
        try:
            with concurrent.futures.ThreadPoolExecutor(asked.workers) as pool:
                for worker in [pool.submit(trials.work) for _ in range(asked.workers)]:
                    worker.result()
        finally:
            if bucket is not None:
                bucket.end()
    trials.tell()
    print(
        f"{trials.killed} trials killed somebody, of {trials.begun} begun; {len(trials.broken)} broken,"
        f" {time.monotonic() - start:.0f} s, seed {asked.seed}"
    )
    if trials.killed < asked.trials:
        print(f"{asked.trials} were to kill somebody")
        return 1
    return 1 if trials.broken else 0


if __name__ == "__main__":
    sys.exit(main())
