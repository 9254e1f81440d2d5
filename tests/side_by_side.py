#!/usr/bin/env python3
"""Times csoc beside the tools that find the same mistakes: helm on values, terraform on a root.

    side_by_side.py CSOC FLEET [--helm HELM --checkout GEN3_HELM] [--cli-config terraform.rc] [--rounds N]

FLEET is rendered into a scratch directory. Then `csoc verify` of the rendered GitOps tree stands beside `helm template`
of each environment in it, and `csoc verify` of the longest Terraform root beside `terraform validate` of the same root,
which needs `terraform init` once before, timed on its own. Prints a Markdown table of medians, processes and all.
What cannot run says `skipped: …`. Exit status 1 only where csoc itself fails or finds something.
"""

import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import helm_template


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("csoc", type=pathlib.Path)
    parser.add_argument("fleet", type=pathlib.Path)
    parser.add_argument("--helm", type=pathlib.Path, help="the helm binary")
    parser.add_argument("--checkout", type=pathlib.Path, help="a checkout of uc-cdis/gen3-helm")
    parser.add_argument("--cli-config", type=pathlib.Path, help="TF_CLI_CONFIG_FILE with a mirror of the real provider")
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


def timed(rounds, *commands, **how):
    """The median of how long the commands take, one after the other, in milliseconds."""

    def once():
        started = time.perf_counter()
        for command in commands:
            words = [str(word) for word in command]
            subprocess.run(words, check=True, capture_output=True, text=True, **how)
        return (time.perf_counter() - started) * 1000

    return statistics.median(once() for _ in range(rounds))


def size(files):
    return f"{sum(file.stat().st_size for file in files) / 1024:.0f} KB"


def helm_rows(options, gitops, scratch):
    values = sorted(gitops.glob("*/*/values/values.yaml"))
    what = f"values of {len(values)} environments, {size(values)}"
    yield what, "`csoc verify`", timed(options.rounds, (options.csoc, "verify", gitops))
    if not (options.helm and options.helm.is_file() and options.checkout and options.checkout.is_dir()):
        print("skipped: helm, which needs the binary and a checkout of the charts")
        return
    chart = helm_template.prepare(options.checkout, "gen3", scratch)
    commands = [(options.helm, "template", "gen3", chart, "--values", file) for file in values]
    yield what, "`helm template`", timed(options.rounds, *commands)


def terraform_rows(options, terraform, scratch):
    roots = {path.parent for path in terraform.rglob("main.tf")}
    root = max(sorted(roots), key=lambda root: sum(file.stat().st_size for file in root.iterdir()))
    copy = scratch / "root"
    shutil.copytree(root, copy)
    what = f"root `{root.relative_to(terraform)}`, {size(copy.glob('*.tf'))}"
    yield what, "`csoc verify`", timed(options.rounds, (options.csoc, "verify", copy))
    if shutil.which("terraform") is None or not (options.cli_config and options.cli_config.is_file()):
        print("skipped: terraform, which needs the binary and a mirror of the real provider")
        return
    config = str(options.cli_config.resolve())
    how = {"cwd": copy, "env": {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": config}}
    init = ("terraform", "init", "-backend=false", "-input=false")
    yield what, "`terraform init`, once", timed(1, init, **how)
    yield what, "`terraform validate`", timed(options.rounds, ("terraform", "validate"), **how)


def main():
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="csoc-side-by-side-") as directory:
        scratch = pathlib.Path(directory)
        tree = scratch / "tree"
        subprocess.run([options.csoc, "render", options.fleet, "--out", tree], check=True, capture_output=True)
        rows = [
            *helm_rows(options, tree / "gitops", scratch),
            *terraform_rows(options, tree / "terraform", scratch),
        ]
    print("| what | tool | ms |\n|---|---|---:|")
    for what, tool, milliseconds in rows:
        print(f"| {what} | {tool} | {milliseconds:.0f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
