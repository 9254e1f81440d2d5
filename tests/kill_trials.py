#!/usr/bin/env python3
"""Kills csoc and Terraform at random moments of plans and applies, and checks what is left.

    kill_trials.py CSOC [--trials 500] [--seed 1] [--workers 2]

Each trial has a rendered tree of three stacks of what is built into Terraform, with states in files. A run of `csoc plan`
or `csoc apply` gets SIGKILL after a random time: csoc alone, Terraform alone, or both. Every resource writes a line into
a ledger when it is made, which is what "the cloud" knows. Then, whatever happened:

- `csoc runs verify` says that the journal is whole;
- the same bundles are applied again by name: the ledger must not have a line twice for one plan;
- no stack is said to be clean whose state does not have what its root says;
- the next plan and apply bring every stack to what its root says, without anybody's help.

Exit status 0 if all of that held, else 1 with the trials that failed; `skipped: …` where there is no terraform.
"""

import argparse
import collections
import concurrent.futures
import contextlib
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import typing

LAYERS = ["network", "cluster", "waf"]


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


class Trial:
    """One tree, one kill, and what must hold afterwards."""

    def __init__(self, csoc: pathlib.Path, number: int, seed: int, place: pathlib.Path):
        self.csoc = csoc
        self.random = random.Random(f"{seed}/{number}")  # noqa: S311 (it chooses moments, no secrets)
        self.place = place
        self.generation = 0
        ids = {layer: f"v1/111122223333/us-east-1/{layer}/cluster/main" for layer in LAYERS}
        stacks = [
            {
                "id": ids[layer],
                "path": f"a/{layer}",
                "object": "clusters.main",
                "kind": layer,
                "account": "111122223333",
                "region": "us-east-1",
                "depends_on": [ids[LAYERS[0]]] if layer != LAYERS[0] else [],
                "inputs": [],
                "status": "ready",
            }
            for layer in LAYERS
        ]
        (place / "terraform").mkdir(parents=True)
        (place / "terraform" / "stacks.json").write_text(json.dumps({"format": 1, "stacks": stacks}))
        self.render()

    def render(self):
        """Another generation of every root, so that there is something to do."""
        self.generation += 1
        for layer in LAYERS:
            root = self.place / "terraform" / "a" / layer
            root.mkdir(parents=True, exist_ok=True)
            resources = []
            for name in ("one", "two"):
                line = f"{layer}.{name}.{self.generation}"
                command = f"sleep 0.05; echo {line} >> {self.place}/ledger"
                resources.append(
                    f'resource "terraform_data" "{name}" {{\n  triggers_replace = "{self.generation}"\n'
                    f'  provisioner "local-exec" {{\n    command = "{command}"\n  }}\n}}\n'
                )
            backend = f'terraform {{\n  backend "local" {{\n    path = "{self.place}/{layer}.tfstate"\n  }}\n}}\n'
            (root / "main.tf").write_text(backend + "\n".join(resources))

    def run(self, *options: str) -> subprocess.CompletedProcess:
        return subprocess.run(self.command(*options), capture_output=True, text=True, timeout=120, check=False)

    def command(self, *options: str) -> list[str]:
        return [str(self.csoc), *options, "--rendered", str(self.place)]

    def plan(self) -> tuple[str, dict[str, str]]:
        """The run of a plan, and what it says of each stack; plans until nobody holds a stack any more."""
        deadline = time.monotonic() + 60
        while True:
            done = self.run("plan", "--format", "json")
            page = json.loads(done.stdout.splitlines()[-1])["page"]
            rows = {row["layer"]: row for row in page["rows"]}
            held = [row for row in rows.values() if "another run on this machine" in row.get("message", "")]
            if not held:
                return page["run"], {layer: row["state"] for layer, row in rows.items()}
            if time.monotonic() > deadline:
                fail(f"a stack is held for a minute: {held}")
            time.sleep(0.1)

    def kill(self, *options: str):
        """Starts csoc, and kills it, or Terraform, or both, after a while."""
        whom = self.random.choice(["csoc", "terraform", "both"])
        process = subprocess.Popen(self.command(*options), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(self.random.uniform(0.0, 1.6))
        victims = [] if whom == "csoc" else children(process.pid)
        if whom != "terraform":
            victims.insert(0, process.pid)
        for victim in victims:
            with contextlib.suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)
        process.wait(timeout=120)

    def ledger(self) -> collections.Counter:
        path = self.place / "ledger"
        return collections.Counter(path.read_text().split() if path.exists() else [])

    def resources(self, layer: str) -> int:
        """How many whole resources of this generation the state has."""
        path = self.place / f"{layer}.tfstate"
        if not path.exists() or not path.read_text().strip():
            return 0
        instances = [
            instance for resource in json.loads(path.read_text())["resources"] for instance in resource["instances"]
        ]
        whole = [
            it for it in instances if it["attributes"]["triggers_replace"] is not None and it.get("status") != "tainted"
        ]
        return sum(it["attributes"]["triggers_replace"]["value"] == str(self.generation) for it in whole)

    def check(self):
        verified = self.run("runs", "verify")
        if verified.returncode != 0:
            fail(f"the journal: {verified.stderr}")

    def settle(self):
        """After the kill: what is said is true, and the next plan and apply mend it."""
        self.check()
        run, states = self.plan()
        for layer, state in states.items():
            if state == "clean" and self.resources(layer) != 2:
                fail(f"{layer} is said to be clean, and its state has {self.resources(layer)} of 2")
            if state not in ("clean", "changes"):
                fail(f"{layer} is {state}")
        if "changes" in states.values():
            done = self.run("apply", "--run", run)
            if done.returncode != 0:
                fail(f"it does not come to an end: {done.stdout}{done.stderr}")
        _, states = self.plan()
        if set(states.values()) != {"clean"} or any(self.resources(layer) != 2 for layer in LAYERS):
            fail(f"not clean in the end: {states}")
        self.check()

    def work(self):
        for _ in range(self.random.choice([0, 1])):
            self.settle()
            self.render()
        if self.random.random() < 0.3:
            self.kill("plan")
        else:
            run, _ = self.plan()
            self.kill("apply", "--run", run)
            self.plan()
            before = self.ledger()
            self.run("apply", "--run", run)
            again = self.ledger() - before
            twice = {line for line in again if before[line]}
            if twice:
                fail(f"a bundle was applied twice: {sorted(twice)}")
        self.settle()


def children(parent: int) -> list[int]:
    """Processes named terraform that a process started."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            name, rest = (entry / "stat").read_text().rsplit(")", 1)
        except OSError:
            continue
        if int(rest.split()[1]) == parent and "terraform" in name:
            found.append(int(entry.name))
    return found


def trial(csoc: pathlib.Path, number: int, seed: int) -> str | None:
    with tempfile.TemporaryDirectory(prefix="kill-") as place:
        try:
            Trial(csoc, number, seed, pathlib.Path(place)).work()
        except (BrokenError, subprocess.TimeoutExpired, ValueError, KeyError, IndexError) as error:
            return f"trial {number}: {type(error).__name__}: {error}"
    return None


def main() -> int:
    asked = arguments()
    if not shutil.which("terraform"):
        print("skipped: there is no terraform")
        return 0
    start = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(asked.workers) as pool:
        results = list(pool.map(lambda number: trial(asked.csoc.resolve(), number, asked.seed), range(asked.trials)))
    broken = [result for result in results if result]
    print("\n".join(broken))
    print(f"{asked.trials} trials, {len(broken)} broken, {time.monotonic() - start:.0f} s, seed {asked.seed}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
