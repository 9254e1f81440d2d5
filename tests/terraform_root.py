"""A rendered root as the tests need it: its blocks, what is left out of a copy, and what lets a copy be destroyed.

What we render is formatted, so a block of the top level begins and ends at the first column, and nothing else does.
"""

import dataclasses
import json
import re
import shutil

BLOCK = re.compile(r'^(\w+)((?: "[^"]+")*) \{\n(.*?)^\}\n', re.MULTILINE | re.DOTALL)

# What keeps somebody from destroying a thing by mistake, and its value in a copy that is to be destroyed.
GUARDS = {
    "force_destroy": "true",
    "deletion_protection": "false",
    "skip_final_snapshot": "true",
    "deletion_protection_enabled": "false",
    "termination_protection": "false",
}


@dataclasses.dataclass(frozen=True)
class Block:
    """One block of the top level of a file."""

    kind: str
    labels: tuple
    body: str
    text: str

    @property
    def address(self):
        """How other blocks refer to it."""
        prefix = {"resource": "", "data": "data.", "output": "output.", "ephemeral": "ephemeral."}.get(self.kind)
        return None if prefix is None else prefix + ".".join(self.labels)

    def refers_to(self, address):
        return re.search(rf"(?<![\w.]){re.escape(address)}(?![\w-])", self.body) is not None


def blocks(text):
    return [
        Block(match[1], tuple(re.findall(r'"([^"]+)"', match[2])), match[3], match[0]) for match in BLOCK.finditer(text)
    ]


def root_blocks(root):
    return [block for file in sorted(root.glob("*.tf")) for block in blocks(file.read_text())]


def without(root, types, stand_in):
    """Takes resources of these types out of a copy, with what refers to them; outputs get a stand-in.

    Gives the addresses of the resources that were taken out.
    """
    every = root_blocks(root)
    gone = {block.address for block in every if block.kind in ("resource", "ephemeral") and block.labels[0] in types}
    size = -1
    while gone and size != len(gone):
        size = len(gone)
        for block in every:
            if block.kind in ("resource", "data", "ephemeral") and any(block.refers_to(address) for address in gone):
                gone.add(block.address)
    if not gone:
        return []
    for file in root.glob("*.tf"):
        text = file.read_text()
        for block in blocks(text):
            if block.address in gone:
                text = text.replace(block.text, "")
            elif block.kind == "output" and any(block.refers_to(address) for address in gone):
                literal = json.dumps(stand_in(block.labels[0]))
                text = text.replace(block.text, f'output "{block.labels[0]}" {{\n  value = {literal}\n}}\n')
        file.write_text(text)
    return sorted(address for address in gone if not address.startswith("data."))


def release(root):
    """Writes an override that lets a copy be destroyed, and says whether that must be applied first.

    `prevent_destroy` is Terraform's own, and ends with the override. The rest is kept by the cloud.
    """
    overrides, applied = [], False
    for block in root_blocks(root):
        if block.kind != "resource":
            continue
        lines = []
        for name, value in GUARDS.items():
            if re.search(rf"^  {name} += (?!{value}$)", block.body, re.MULTILINE):
                lines.append(f"  {name} = {value}\n")
                applied = True
        if re.search(r"^    prevent_destroy += true$", block.body, re.MULTILINE):
            lines.append("  lifecycle {\n    prevent_destroy = false\n  }\n")
        if lines:
            overrides.append(f'resource "{block.labels[0]}" "{block.labels[1]}" {{\n{"".join(lines)}}}\n')
    if overrides:
        (root / "destroy_override.tf").write_text("\n".join(overrides))
    return applied


def copy(root, target):
    """A fresh copy of the files of a root; what Terraform put beside them stays."""
    target.mkdir(parents=True, exist_ok=True)
    for old in [*target.glob("*.tf"), *target.glob("*.tfvars.json")]:
        old.unlink()
    for file in root.iterdir():
        if file.is_file():
            shutil.copy(file, target)


def guarded(root):
    """Whether Terraform itself would refuse to destroy something here."""
    return any(re.search(r"^    prevent_destroy += true$", block.body, re.MULTILINE) for block in root_blocks(root))


def backend(root):
    """The settings of the S3 backend of a root."""
    text = (root / "terraform.tf").read_text()
    return dict(re.findall(r'^    (\w+) += "([^"]*)"$', text.partition('backend "s3"')[2], re.MULTILINE))
