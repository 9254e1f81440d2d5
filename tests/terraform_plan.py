#!/usr/bin/env python3
"""Plans one root of each layer with `terraform test` and mocked providers: no cloud, no credentials.

    terraform_plan.py DIR --cli-config terraform.rc [--replay replay_provider.py --python venv/bin/python]
        [--page docs/stacks.md]

DIR is a rendered tree. Of each kind of stack the longest root is copied, and beside it stands a `plan.tftest.hcl` with
a provider that answers by itself. The plan must succeed (so no index, no function and no condition fails), create every
resource that the text declares, and none without what is asserted here of its layer. Prints a line a root with its
resources and seconds, and writes them into a page if one is named. Where the mirror lacks the provider helm, --replay
serves a recorded one. What cannot run says `skipped: …`. Exit status: 0 if all plans are as they must be, else 1.
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
import terraform_root

TERRAFORM = shutil.which("terraform")

# What a mocked provider would answer with random text where text of a certain form is needed.
MOCKS = """
mock_provider "aws" {
  override_during = plan
  mock_data "aws_iam_policy_document" {
    defaults = {
      json          = "{}"
      minified_json = "{}"
    }
  }
  mock_resource "aws_iam_policy" {
    defaults = { arn = "arn:aws:iam::111122223333:policy/mocked" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::111122223333:role/mocked" }
  }
  mock_resource "aws_acm_certificate" {
    defaults = {
      domain_validation_options = [{
        domain_name           = "mocked.example.org"
        resource_record_name  = "_mocked.example.org"
        resource_record_type  = "CNAME"
        resource_record_value = "mocked.acm-validations.aws"
      }]
    }
  }
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:us-east-1:111122223333:key/mocked" }
  }
}
"""

# Between which lines of a page the plans stand.
BEGIN, END = "<!-- planned by tests/terraform_plan.py -->", "<!-- end of what was planned -->"

# By type, what a plan must say of each of its resources, in Terraform's own words.
ASSERTIONS = {
    "aws_iam_role": ('{}.permissions_boundary != ""', "a role has a boundary"),
    "aws_s3_bucket": ("{}.force_destroy == false", "a bucket with objects stays"),
    "aws_s3_bucket_public_access_block": (
        "{0}.block_public_policy && {0}.restrict_public_buckets",
        "no bucket is public",
    ),
    "aws_kms_key": ("{0}.enable_key_rotation && {0}.deletion_window_in_days >= 14", "a key rotates and can be saved"),
    "aws_cloudwatch_log_group": ("{}.retention_in_days > 0", "logs are kept for a time"),
    "aws_secretsmanager_secret": ("{}.recovery_window_in_days >= 7", "a secret can be saved"),
    "aws_rds_cluster": (
        "{0}.storage_encrypted && {0}.backup_retention_period >= 7",
        "a database is encrypted and kept",
    ),
    "aws_eks_cluster": ("length({}.enabled_cluster_log_types) >= 3", "a control plane logs"),
    "aws_wafv2_web_acl": ("length({}.rule) > 0", "a web ACL has rules"),
    "aws_subnet": ("{}.map_public_ip_on_launch != true", "no machine gets a public address by itself"),
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--cli-config", type=pathlib.Path, help="TF_CLI_CONFIG_FILE with a mirror of the real provider")
    parser.add_argument("--page", type=pathlib.Path, help="a page with a table of these plans, which is written again")
    parser.add_argument("--replay", type=pathlib.Path, help="replay_provider.py, for the provider helm")
    parser.add_argument("--python", default=sys.executable, help="interpreter of replay_provider.py")
    return parser.parse_args()


def chosen(directory):
    """By kind the longest root."""
    place = next(iter(sorted(directory.rglob("stacks.json"))))
    longest = {}
    for stack in json.loads(place.read_text())["stacks"]:
        root = place.parent / stack["path"]
        blocks = [block for block in terraform_root.root_blocks(root) if block.kind == "resource"]
        if len(blocks) > len(longest.get(stack["kind"], (None, []))[1]):
            longest[stack["kind"]] = root, blocks
    return longest


def variables(root):
    """Values for variables that the recorded outputs do not have."""
    known = json.loads((root / "terraform.tfvars.json").read_text())
    lines = []
    for block in terraform_root.root_blocks(root):
        if block.kind == "variable" and block.labels[0] not in known and "default" not in block.body:
            name = block.labels[0]
            value = (
                "arn:aws:kms:us-east-1:111122223333:key/mocked" if name.endswith("_arn") else "mocked-value-of-a-test"
            )
            text = json.dumps([value, value + "2"] if "list(" in block.body else {} if "map(" in block.body else value)
            lines.append(f"    {name} = {text}\n")
    return f"  variables {{\n{''.join(lines)}  }}\n" if lines else ""


def without_ephemeral(copy):
    """Terraform mocks no ephemeral resources: what they would give becomes a text."""
    for file in copy.glob("*.tf"):
        text = file.read_text()
        for block in terraform_root.blocks(text):
            if block.kind == "ephemeral":
                text = text.replace(block.text, "")
        file.write_text(re.sub(r"\bephemeral\.\w+\.\w+\.\w+", '"mocked"', text))


def test_file(root, blocks):
    asserts = []
    for block in blocks:
        repeated = any(line.startswith(("  count ", "  for_each ")) for line in block.body.splitlines())
        if block.labels[0] in ASSERTIONS and not repeated:
            condition, message = ASSERTIONS[block.labels[0]]
            text = f'"{message}: {block.address}"'
            asserts.append(
                f"  assert {{\n    condition     = {condition.format(block.address)}\n    error_message = {text}\n  }}\n"
            )
    mocks = MOCKS + ('mock_provider "helm" {}\n' if recorded_helm.uses_helm(root) else "")
    return f'{mocks}\nrun "plan" {{\n  command = plan\n{variables(root)}{"".join(asserts)}}}\n', len(asserts)


def plan(root, blocks, environment, prefix):
    """What is wrong with the plan of a root, the resources it creates, what was asserted and how long it took."""
    text, asserted = test_file(root, blocks)
    with tempfile.TemporaryDirectory(prefix="csoc-plan-") as scratch:
        copy = pathlib.Path(scratch)
        for file in root.iterdir():
            if file.is_file():
                shutil.copy(file, copy)
        without_ephemeral(copy)
        (copy / "plan.tftest.hcl").write_text(text)

        def terraform(*words):
            words, how = [*prefix, TERRAFORM, *words], {"cwd": copy, "env": environment}
            return subprocess.run(words, capture_output=True, text=True, check=False, **how)

        run = terraform("init", "-backend=false", "-input=false", "-no-color")
        if run.returncode:
            return ["init: " + run.stderr[-2000:]], 0, asserted, 0
        started = time.monotonic()
        run = terraform("test", "-json", "-verbose")
        seconds = time.monotonic() - started
    wrong, created = [], {}
    for line in run.stdout.splitlines():
        message = json.loads(line)
        if message["type"] == "diagnostic" and message["diagnostic"]["severity"] == "error":
            wrong.append(f"{message['diagnostic']['summary']}: {message['diagnostic']['detail']}".strip())
        for change in message.get("test_plan", {}).get("resource_changes", []):
            if change["change"]["actions"] == ["create"] and change["mode"] == "managed":
                created.setdefault(f"{change['type']}.{change['name']}", []).append(change["address"])
    # Ephemeral resources and such without instances are in no plan.
    missing = [
        block.address
        for block in blocks
        if block.address not in created
        and not any(line.startswith(("  count ", "  for_each ")) for line in block.body.splitlines())
    ]
    if not wrong and (run.returncode or missing):
        wrong.append(f"not planned: {', '.join(missing)}" if missing else run.stdout[-2000:] + run.stderr[-2000:])
    return wrong, sum(map(len, created.values())), asserted, seconds


def write(page, rows):
    """Puts the rows of this run into the page."""
    before, _, rest = page.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    head = ["| layer | root | resources | conditions | seconds |", "|---|---|---:|---:|---:|"]
    page.write_text("\n".join([f"{before}{BEGIN}", "", *head, *rows, "", f"{END}{after}"]))


def main():
    options = arguments()
    if (status := needed.without_terraform()) is not None:
        return status
    if not (options.cli_config and options.cli_config.is_file()):
        print("skipped: the real provider, no --cli-config with a mirror of it")
        return 0
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
    environment["TF_CLI_CONFIG_FILE"] = str(options.cli_config.resolve())
    failed, total, rows = 0, 0, []
    longest = {root: (kind, blocks) for kind, (root, blocks) in chosen(options.directory).items()}
    with tempfile.TemporaryDirectory(prefix="csoc-helm-") as scratch:
        able = recorded_helm.prefixes(longest, options.cli_config, options.replay, options.python, scratch)
        for root, prefix in able:
            kind, blocks = longest[root]
            wrong, created, asserted, seconds = plan(root, blocks, environment, prefix)
            failed += bool(wrong)
            total += seconds
            name = root.relative_to(options.directory)
            print(f"{kind:13} {name!s:60} {created:4} resources {asserted:3} assertions {seconds:6.1f} s", flush=True)
            for text in wrong:
                print(f"  {text}")
            rows.append(f"| `{kind}` | `{name.relative_to('terraform')}` | {created} | {asserted} | {seconds:.1f} |")
    if options.page:
        write(options.page, [*rows, f"| all | | | | {total:.0f} |"])
    print(f"{failed} layers with wrong plans, {total:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
