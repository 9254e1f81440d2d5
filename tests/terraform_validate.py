#!/usr/bin/env python3
"""Validate every Terraform root below a rendered directory, with real and recorded provider schemas.

    terraform_validate.py DIR --cli-config terraform.rc
    terraform_validate.py DIR --replay replay_provider.py --python venv/bin/python
    terraform_validate.py DIR --cli-config terraform.rc --replay replay_provider.py

A root is a directory with a main.tf or a main.tf.json. Each is validated in a copy, so that no
.terraform lies in the rendered tree, with `terraform init -backend=false` and
`terraform validate`. --cli-config names a Terraform CLI configuration whose
mirror holds the real provider; --replay names replay_provider.py, which serves
recorded schemas (it needs grpcio and tfplugin-proto-all in the interpreter
given by --python) under the version constraint --replay-version. Recorded
schemas know no ephemeral resources, so roots that have some are validated with
the real provider only. Roots that install something in a cluster have the
provider helm recorded, beside the real aws provider, where the mirror lacks it.

Prints one line a failed root, and counts. What cannot run says `skipped: …`.
Exit status: 0 if every root that was validated is valid, else 1.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import needed
import recorded_helm


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--cli-config", type=pathlib.Path, help="TF_CLI_CONFIG_FILE with a mirror of the real provider")
    parser.add_argument("--replay", type=pathlib.Path, help="replay_provider.py")
    parser.add_argument("--replay-version", default="~> 6.25", help="version constraint during replay")
    parser.add_argument("--python", default=sys.executable, help="interpreter of replay_provider.py")
    parser.add_argument("--only", default="", help="only roots whose path holds this text")
    return parser.parse_args()


def roots(directory, only):
    files = [*directory.rglob("main.tf"), *directory.rglob("main.tf.json")]
    found = sorted(path.parent for path in files if ".terraform" not in path.parts)
    return [root for root in found if only in str(root)]


def has_ephemeral(root):
    """Whether a root has ephemeral resources, such as the password of a database."""
    files = [*root.glob("*.tf"), *root.glob("*.tf.json")]
    return any(re.search(r'^(ephemeral "|  "ephemeral":)', file.read_text(), flags=re.MULTILINE) for file in files)


def ask_for(version, root):
    """Changes the versions of the provider that a root asks for."""
    settings = root / "terraform.tf"
    if settings.is_file():
        text = re.sub(r'(version += )"[^"]*"(\s*\n\s*}\s*\n\s*})', rf'\1"{version}"\2', settings.read_text(), count=1)
        settings.write_text(text)
        return
    settings = root / "terraform.tf.json"
    document = json.loads(settings.read_text())
    document["terraform"]["required_providers"]["aws"]["version"] = version
    settings.write_text(json.dumps(document))


def validate(root, environment, prefix=(), version=None):
    """The errors and warnings of one root, from a copy of its files."""
    with tempfile.TemporaryDirectory(prefix="csoc-validate-") as scratch:
        for file in root.iterdir():
            if file.is_file():
                shutil.copy(file, scratch)
        if version:
            ask_for(version, pathlib.Path(scratch))
        script = "terraform init -backend=false -input=false -no-color > init.log 2>&1 || { cat init.log >&2; exit 1; }; terraform validate -json -no-color"
        run = subprocess.run(
            [*prefix, "sh", "-c", script], cwd=scratch, env=environment, capture_output=True, text=True, check=False
        )
    try:
        answer = json.loads(run.stdout)
    except ValueError:
        return ["init: " + run.stderr.strip()[-2000:]], []
    entries = [(entry["severity"], describe(entry)) for entry in answer["diagnostics"]]
    errors = [text for severity, text in entries if severity == "error"]
    warnings = [text for severity, text in entries if severity != "error"]
    if not answer["valid"] and not errors:
        errors = ["not valid"]
    return errors, warnings


def describe(entry):
    place = entry.get("range")
    where = f"{place['filename']}:{place['start']['line']}: " if place else ""
    return f"{where}{entry['summary']}: {entry.get('detail', '')}".strip()


def every_root(name, found, environment, **how):
    """Validates roots, each with what its commands are put behind; says what is wrong, and gives how many are."""
    started = time.monotonic()
    invalid = warned = 0
    found = list(found)
    for root, prefix in found:
        errors, warnings = validate(root, environment, prefix=prefix, **how)
        invalid += bool(errors)
        warned += bool(warnings)
        for text in errors + warnings:
            print(f"{name}: {root}: {text}", flush=True)
    seconds = time.monotonic() - started
    print(
        f"{name}: {len(found) - invalid} of {len(found)} roots valid, {warned} with warnings, {seconds:.1f} s",
        flush=True,
    )
    return invalid


def main():
    options = arguments()
    if (status := needed.without_terraform()) is not None:
        return status
    found = roots(options.directory, options.only)
    if not found:
        print(f"no roots below {options.directory}")
        return 1
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
    invalid = 0
    if options.cli_config and options.cli_config.is_file():
        real = {**environment, "TF_CLI_CONFIG_FILE": str(options.cli_config.resolve())}
        with tempfile.TemporaryDirectory(prefix="csoc-helm-") as scratch:
            able = recorded_helm.prefixes(found, options.cli_config, options.replay, options.python, scratch)
            invalid += every_root("real provider", able, real)
    else:
        print("skipped: the real provider, no --cli-config with a mirror of it")
    if options.replay and options.replay.is_file():
        prefix = (options.python, str(options.replay.resolve()), "--")
        needs = subprocess.run([options.python, "-c", "import grpc, tfplugin_proto"], capture_output=True, check=False)
        if needs.returncode == 0:
            replayed = [root for root in found if not has_ephemeral(root)]
            for root in found:
                if root not in replayed:
                    print(
                        f"skipped: {root} has ephemeral resources, which recorded schemas lack: the real provider only"
                    )
            replayed = [(root, prefix) for root in replayed]
            invalid += every_root("recorded schema", replayed, environment, version=options.replay_version)
        else:
            print(f"skipped: the recorded schema, {options.python} has no grpcio and tfplugin-proto-all")
    else:
        print("skipped: the recorded schema, no --replay")
    return 1 if invalid else 0


if __name__ == "__main__":
    sys.exit(main())
