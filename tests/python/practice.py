"""A rendered tree to practise on: stacks whose resources need no provider and no cloud."""

import json
import shutil
import stat
import sys
from pathlib import Path

NETWORK = "v1/111122223333/us-east-1/network/cluster/main"
WAF = "v1/111122223333/us-east-1/waf/cluster/main"
VPC = 'resource "terraform_data" "vpc" {\n  input = "planted-secret"\n}\n'
ACL = 'resource "terraform_data" "acl" {\n  input = "acl"\n}\n'


def tree(directory: Path, network: str = VPC, waf: str = ACL) -> Path:
    """Two stacks, the second of which needs the first; their states are beside the tree."""
    root = directory / "tree" / "terraform"
    stacks = []
    for layer, main, needs in (("network", network, []), ("waf", waf, [NETWORK])):
        of_layer = root / "demo" / layer
        of_layer.mkdir(parents=True, exist_ok=True)
        state = (directory / f"{layer}.tfstate").as_posix()
        backend = f'terraform {{\n  backend "local" {{\n    path = "{state}"\n  }}\n}}\n'
        (of_layer / "terraform.tf").write_text(backend, encoding="utf-8")
        (of_layer / "main.tf").write_text(main, encoding="utf-8")
        stack = {
            "id": f"v1/111122223333/us-east-1/{layer}/cluster/main",
            "path": f"demo/{layer}",
            "object": "clusters.main",
            "kind": layer,
            "account": "111122223333",
            "region": "us-east-1",
            "tier": "dev",
            "depends_on": needs,
            "inputs": [],
            "status": "ready",
        }
        stacks.append(stack)
    (root / "stacks.json").write_text(json.dumps({"format": 1, "stacks": stacks}), encoding="utf-8")
    return root.parent


def pretended(directory: Path) -> Path:
    """The pretended Terraform as a program."""
    source = Path(__file__).with_name("pretended_terraform.py").read_text(encoding="utf-8")
    program = directory / "terraform"
    program.write_text(f"#!{sys.executable} -IS\n{source}", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


def real() -> str | None:
    """Terraform, where it is at hand."""
    found = shutil.which("terraform")
    if found is None:
        print("skipped: runs with a real Terraform (there is none on the PATH)")
    return found
