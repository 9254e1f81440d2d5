"""The provider `helm` for roots that install something in a cluster: of the mirror, or recorded beside the real aws provider.

A recorded one knows names, types and what is required; it installs nothing, and its own checks of values are missing.
"""

import pathlib
import re
import subprocess

SOURCE = "hashicorp/helm"


def uses_helm(root):
    """Whether a root asks for the provider."""
    return any(f'"{SOURCE}"' in file.read_text() for file in sorted(root.glob("*.tf")))


def in_mirror(cli_config):
    """Whether a mirror that the Terraform configuration names holds the provider."""
    paths = re.findall(r'path\s*=\s*"([^"]+)"', pathlib.Path(cli_config).read_text()) if cli_config else []
    return any(pathlib.Path(path, "registry.terraform.io", SOURCE).is_dir() for path in paths)


def recorded(replay, python, scratch):
    """What a command is put behind so that it has the recorded provider, and no other recorded one; none where there is none."""
    if not (replay and replay.is_file()):
        return None
    schemas = replay.resolve().parent.parent / "data" / "provider-schemas" / "helm.json.gz"
    needs = subprocess.run([python, "-c", "import grpc, tfplugin_proto"], capture_output=True, check=False)
    if needs.returncode or not schemas.is_file():
        return None
    alone = pathlib.Path(scratch, "helm-schemas")
    alone.mkdir(exist_ok=True)
    link = alone / schemas.name
    if not link.exists():
        link.symlink_to(schemas)
    return (str(python), str(replay.resolve()), "--schemas", str(alone), "--")


def prefixes(roots, cli_config, replay, python, scratch):
    """Each root that can run with the real aws provider, with what its commands are put behind; says which cannot."""
    there = in_mirror(cli_config)
    behind = None if there else recorded(replay, python, scratch)
    for root in roots:
        if there or not uses_helm(root):
            yield root, ()
        elif behind:
            yield root, behind
        else:
            print(f"skipped: {root} needs the provider helm, which neither the mirror nor a recorded schema has")
