#!/usr/bin/env python3
"""Renders a large fleet, and looks at the Terraform of it: format, findings, sizes, and a root of each layer in earnest.

    fleet_of_fifty.py CSOC FLEET [--cli-config terraform.rc]

FLEET is what `cargo run -p csoc-bench -- generate 50 FLEET` writes. Renders it and verifies the tree, with times; runs
`terraform fmt -check` over all of it; counts roots and resources of each layer; validates the longest root of each layer
with the real provider (--cli-config). What cannot run says `skipped: …`. Exit status: 0 if nothing was found, else 1.
"""

import argparse
import collections
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import recorded_helm
import terraform_root
import terraform_validate


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("csoc", type=pathlib.Path)
    parser.add_argument("fleet", type=pathlib.Path)
    parser.add_argument("--cli-config", type=pathlib.Path, help="TF_CLI_CONFIG_FILE with a mirror of the real provider")
    return parser.parse_args()


def timed(what, *words):
    """Runs a program; says how long it took, and whether it found nothing."""
    started = time.monotonic()
    run = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    seconds = time.monotonic() - started
    print(f"{what}: {seconds:.2f} s", flush=True)
    if run.returncode:
        print((run.stdout + run.stderr)[-3000:])
    return run.returncode == 0


def roots_by_kind(terraform):
    found = collections.defaultdict(list)
    for stack in json.loads((terraform / "stacks.json").read_text())["stacks"]:
        root = terraform / stack["path"]
        resources = sum(block.kind == "resource" for block in terraform_root.root_blocks(root))
        found[stack["kind"]].append((resources, str(root)))
    return {kind: sorted(roots) for kind, roots in found.items()}


def main():
    options = arguments()
    environments = sum(1 for _ in options.fleet.glob("commons/*/environments/*.yaml"))
    print(f"{environments} environments")
    good = True
    with tempfile.TemporaryDirectory(prefix="csoc-fifty-") as scratch:
        tree = pathlib.Path(scratch, "tree")
        good &= timed("render", options.csoc, "render", options.fleet, "--out", tree)
        good &= timed("render again", options.csoc, "render", options.fleet, "--out", tree)
        good &= timed("verify", options.csoc, "verify", tree)
        terraform = tree / "terraform"
        found = roots_by_kind(terraform)
        print(f"{'layer':14} {'roots':>6} {'median':>7} {'most':>5}  resources declared in a root")
        for kind, roots in found.items():
            sizes = [size for size, _ in roots]
            print(f"{kind:14} {len(roots):6} {statistics.median(sizes):7.0f} {max(sizes):5}")
        print(
            f"{sum(map(len, found.values()))} roots, {sum(size for roots in found.values() for size, _ in roots)} resources"
        )
        if shutil.which("terraform") is None:
            print("skipped: terraform is not on PATH")
            return 0 if good else 1
        good &= timed("terraform fmt", "terraform", "fmt", "-check", "-recursive", "-list=true", terraform)
        if options.cli_config and options.cli_config.is_file():
            environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
            environment["TF_CLI_CONFIG_FILE"] = str(options.cli_config.resolve())
            sample = [pathlib.Path(roots[-1][1]) for roots in found.values()]
            sample = recorded_helm.prefixes(sample, options.cli_config, None, None, scratch)
            good &= not terraform_validate.every_root("real provider, a root of each layer", sample, environment)
        else:
            print("skipped: the real provider, no --cli-config with a mirror of it")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
