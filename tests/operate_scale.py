#!/usr/bin/env python3
"""How much csoc adds to Terraform over many stacks, and how much memory it takes, whatever a provider prints.

    operate_scale.py CSOC [--stacks 200] [--parallel 8] [--gigabytes 1] [--keep DIR]

Terraform is a pretended one that sleeps for as long as it is told and writes down from when to when: what is left of the
time is csoc's own. The rendered tree is that of a fleet: accounts with a foundation, on it a network, on that a cluster,
and what stands on those. Of `csoc plan` and of `csoc apply` of all stacks it prints

- how long the run took, and Terraform on its critical path: from the end backwards, always the stack that had to end last
  before the next one began; and what is between. A machine that is busy lets every process wait before it runs, so that
  a loop which does nothing but start the same programs, as many at once, is measured beside it: what csoc takes more than
  that is what it adds, and may be 2 %: to begin, between the steps of a stack, between stacks, to end;
- the most memory that csoc had, with a provider that prints nothing and with one that prints a gigabyte: at most 16 MiB more.

Exit status 0 if both held, else 1.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

# What a step of the pretended Terraform takes, in seconds: half of what the real one takes for a root with its provider.
SECONDS = {"init": 1.0, "plan": 3.4, "show": 0.4, "state": 0.2, "apply": 4.4}

TERRAFORM = r"""#!/bin/sh
begun=$(date +%s%N)
case $1 in
version) echo '{"terraform_version": "1.11.4"}'; exit ;;
init)
  # Where the state is, as Terraform notes it; what csoc keeps lies beside that.
  state=$STATES/${PWD##*/work/}
  mkdir -p .terraform "${state%/*}"
  echo '{"version": 3, "backend": {"type": "local", "config": {"path": "'"$state"'"}}}' > .terraform/terraform.tfstate
  sleep INIT ;;
plan)
  echo '{"@level":"info","@message":"Terraform 1.11.4","type":"version","terraform":"1.11.4","ui":"1.2"}'
  sleep PLAN; echo plan > plan.tfplan; code=2 ;;
show)
  sleep SHOW
  echo '{"format_version":"1.2","terraform_version":"1.11.4","complete":true,"resource_changes":[{"address":"terraform_data.it","mode":"managed","type":"terraform_data","change":{"actions":["create"]}}]}' ;;
state) sleep STATE ;;
apply)
  test -n "$PRINTS" && yes "$LINE" | head -c "$PRINTS"
  sleep APPLY
  echo '{"@level":"info","@message":"done","type":"change_summary","changes":{"add":1,"change":0,"remove":0,"operation":"apply"}}' ;;
esac
echo "${PWD##*/work/} $1 $begun $(date +%s%N)" >> "$LEDGER"
exit ${code:-0}
"""

# A line as providers print them, and one of Terraform.
LINES = (
    "[DEBUG] provider: response: " + "x" * 400,
    json.dumps(
        {"@level": "info", "@message": "x" * 300, "type": "apply_progress", "hook": {"resource": {"addr": "a.b"}}}
    ),
)

# How many stacks each of as many as run at once is started with nothing between.
BARE = 3

LAYERS = ["foundation", "network", "cluster", "data", "storage", "secrets", "dns", "waf", "identity", "observability"]
NEEDS = {
    "foundation": [],
    "network": ["foundation"],
    "cluster": ["network"],
    "data": ["cluster"],
    "identity": ["cluster"],
    "observability": ["cluster"],
    "waf": ["network"],
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("csoc", type=pathlib.Path)
    parser.add_argument("--stacks", type=int, default=200)
    parser.add_argument("--parallel", type=int, default=8)
    parser.add_argument("--gigabytes", type=float, default=1)
    parser.add_argument("--keep", type=pathlib.Path, help="work here, and leave it")
    return parser.parse_args()


def tree(place, count):
    """A rendered tree of so many stacks, layer by layer as csoc renders them."""
    accounts = [f"{111122220000 + number}" for number in range(-(-count // len(LAYERS)))]
    stacks = []
    for layer in LAYERS:
        for account in accounts:
            place_of = f"v1/{account}/us-east-1"
            path = f"a{account}/us-east-1/{layer}/main"
            stacks.append(
                {
                    "id": f"{place_of}/{layer}/cluster/main",
                    "path": path,
                    "object": "clusters.main",
                    "kind": layer,
                    "account": account,
                    "region": "us-east-1",
                    "depends_on": [f"{place_of}/{other}/cluster/main" for other in NEEDS.get(layer, ["foundation"])],
                    "inputs": [],
                    "status": "ready",
                }
            )
            root = place / "terraform" / path
            root.mkdir(parents=True)
            (root / "main.tf").write_text('resource "terraform_data" "it" {}\n' * 50)
    (place / "terraform/stacks.json").write_text(json.dumps({"format": 1, "stacks": stacks[:count]}))
    return stacks[:count]


class Runs:
    """Runs of csoc with a pretended Terraform."""

    def __init__(self, options, place):
        self.options = options
        self.place = place
        self.ledger = place / "ledger"
        self.program = place / "terraform"
        text = TERRAFORM
        for step, seconds in SECONDS.items():
            text = text.replace(f"sleep {step.upper()}", f"sleep {seconds}")
        self.program.write_text(text)
        self.program.chmod(0o755)

    def csoc(self, *words, **more):
        """Runs csoc: from when to when, the most memory it had in MiB, and what it said."""
        self.ledger.write_text("")
        said = self.place / "said"
        limits = ["--parallel", str(self.options.parallel), "--per-account", "4", "--terraform", str(self.program)]
        words = [str(word) for word in (self.options.csoc.absolute(), *words, *limits)]
        environment = {**os.environ, "LEDGER": str(self.ledger), "STATES": str(self.place / "states"), **more}
        actions = [
            (os.POSIX_SPAWN_OPEN, number, said, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) for number in (1, 2)
        ]
        said.write_text("")
        begun = time.time_ns()
        process = os.posix_spawn(words[0], words, environment, file_actions=actions)
        _, status, usage = os.wait4(process, 0)
        ended = time.time_ns()
        text = said.read_text()
        if status:
            sys.exit(f"{' '.join(words)}: status {os.waitstatus_to_exitcode(status)}\n{text[-2000:]}")
        return begun, ended, usage.ru_maxrss / 1024, text


def bare(runs, steps, options):
    """The seconds between the programs of a stack where nothing is done there but to start the next one."""
    runs.ledger.write_text("")
    environment = {**os.environ, "LEDGER": str(runs.ledger), "STATES": str(runs.place / "states")}

    def work(worker):
        place = runs.place / "work" / str(worker)
        place.mkdir(parents=True, exist_ok=True)
        begun = time.time_ns()
        for _ in range(BARE):
            for step in steps:
                subprocess.run([runs.program, step], cwd=place, env=environment, stdout=subprocess.DEVNULL, check=False)
        return time.time_ns() - begun

    with concurrent.futures.ThreadPoolExecutor(options.parallel) as pool:
        whole = sum(pool.map(work, range(options.parallel)))
    lines = [line.split() for line in runs.ledger.read_text().splitlines()]
    worked = sum(int(end) - int(start) for *_, start, end in lines)
    return (whole - worked) / 1e9 / (options.parallel * BARE)


def on_disk(place):
    """The milliseconds until something is on disk: the median of some, and the worst but for a tenth."""
    took = []
    for _ in range(40):
        with (place / "written").open("wb") as file:
            file.write(b"x" * 1000)
            file.flush()
            begun = time.monotonic()
            os.fsync(file.fileno())
            took.append(1000 * (time.monotonic() - begun))
    took.sort()
    return took[20], took[36]


def critical(ledger, begun, ended):
    """The seconds of Terraform on the critical path, and the seconds between."""
    runs = collections.defaultdict(list)
    for line in ledger.read_text().splitlines():
        stack, _, start, end = line.split()
        runs[stack].append((int(start), int(end)))
    stacks = [
        (min(run)[0], max(end for _, end in run), sum(end - start for start, end in run)) for run in runs.values()
    ]
    at, worked, count = ended, 0, 0
    while True:
        before = [stack for stack in stacks if stack[1] <= at]
        if not before:
            break
        start, _, sum_of = max(before, key=lambda stack: stack[1])
        worked, at, count = worked + sum_of, start, count + 1
    return worked / 1e9, (ended - begun - worked) / 1e9, count


def main():
    options = arguments()
    sys.stdout.reconfigure(line_buffering=True)
    wrong = []
    with tempfile.TemporaryDirectory(prefix="csoc-scale-") as temporary:
        place = options.keep.resolve() if options.keep else pathlib.Path(temporary)
        place.mkdir(parents=True, exist_ok=True)
        runs = Runs(options, place)
        rendered = place / "rendered"
        stacks = tree(rendered, options.stacks)
        print(f"{len(stacks)} stacks of {len({one['account'] for one in stacks})} accounts, {options.parallel} at once")
        print(
            "until something is on disk: {:.1f} ms, {:.1f} ms of one in ten; an apply waits for that ten times".format(
                *on_disk(place)
            )
        )
        named = ""
        both = ((["plan"], ["init", "plan", "show", "state"]), (["apply", "--run", ""], ["init", "state", "apply"]))
        for command, steps in both:
            words = [word or named for word in command]
            begun, ended, memory, said = runs.csoc(*words, "--rendered", rendered)
            named = named or re.search(r"--run ([^\s`]+)", said)[1]
            worked, own, count = critical(runs.ledger, begun, ended)
            beside = bare(runs, steps, options) * count
            share = max(0, own - beside) / worked
            print(
                f"{command[0]:6} {(ended - begun) / 1e9:6.1f} s; critical path of {count} stacks: Terraform {worked:.1f} s, "
                f"between {own:.2f} s, of which starting programs {beside:.2f} s: csoc adds {share:.2%}; {memory:.0f} MiB; "
                f"load {os.getloadavg()[0]:.1f}"
            )
            if share > 0.02:
                wrong.append(f"{command[0]}: csoc adds {share:.2%} to the critical path, and may add 2 %")
        wrong += prints(runs, options)
    for one in wrong:
        print(f"wrong: {one}")
    return 1 if wrong else 0


def prints(runs, options):
    """The most memory of an apply, by what the provider prints."""
    rendered = runs.place / "one"
    tree(rendered, 1)
    size = int(options.gigabytes * 1e9)
    most = {}
    for what, line, prints in (("nothing", "", ""), ("text", LINES[0], size), ("JSON", LINES[1], size)):
        _, _, _, said = runs.csoc("plan", "--rendered", rendered)
        named = re.search(r"--run ([^\s`]+)", said)[1]
        begun, ended, most[what], _ = runs.csoc(
            "apply", "--run", named, "--rendered", rendered, PRINTS=str(prints), LINE=line
        )
        log = rendered / ".csoc/runs/logs/v1/111122220000/us-east-1/foundation/cluster/main/apply.jsonl"
        print(
            f"a provider that prints {what}: {log.stat().st_size / 1e9:.1f} GB in its log, {(ended - begun) / 1e9:.1f} s, "
            f"{most[what]:.0f} MiB"
        )
    return [
        f"{most[what]:.0f} MiB with a provider that prints {what}, and {most['nothing']:.0f} without"
        for what in ("text", "JSON")
        if most[what] > most["nothing"] + 16
    ]


if __name__ == "__main__":
    sys.exit(main())
