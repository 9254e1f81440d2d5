#!/usr/bin/env python3
"""Roots with one defect each: what `terraform validate` finds, and what `csoc verify` finds.

    mutate.py TREE… --csoc csoc --cli-config terraform.rc [--write DIR] [--reuse results.json]

TREE is a directory that `csoc render` wrote. Of each layer of it one root is
copied and initialized once, with the real provider of the mirror that
--cli-config names; then one defect at a time is put into its files, both are
run, and the files are put back. Defects are chosen by a fixed seed, so every
run makes the same ones of the same tree.

Prints a table and what only one of the two finds. --write puts results.json and
README.md into DIR; --reuse takes over what Terraform said of the same files before, which is nearly all of the time. Exit status: 0 if csoc finds everything that Terraform finds,
but for what the table EXPLAINED lists; else 1. What cannot run says `skipped: …`.
"""

import argparse
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

SEED = 20261124
#: How many defects of each kind are made, at the most.
EACH = 8

#: What Terraform finds and csoc cannot, and why: kinds of defects that only the provider's own code knows.
EXPLAINED = {
    "provider: value not allowed": "which values a string may have is checked by code of the provider and is not in its schema",
    "provider: arguments exclude each other": "which arguments exclude each other is checked by code of the provider and is not in its schema",
    "provider: text is not JSON": "that a string must hold JSON is checked by code of the provider and is not in its schema",
    "provider: text is not an ARN": "that a string must be an ARN is checked by code of the provider and is not in its schema",
}


class Root:
    """The files of one root, and where things are in their text."""

    def __init__(self, path):
        self.path = path
        self.files = {file.name: file.read_text() for file in sorted(path.iterdir()) if file.is_file()}

    def blocks(self, kind):
        """(file, start, end, labels, text) of every outermost block of a kind; the printer closes them in column 1."""
        for name, text in self.files.items():
            if not name.endswith(".tf"):
                continue
            for match in re.finditer(rf'^{kind}((?: "[^"]*")*) \{{\n.*?^\}}\n', text, re.MULTILINE | re.DOTALL):
                yield name, match.start(), match.end(), re.findall(r'"([^"]*)"', match[1]), match[0]


def swapped(word):
    """The word with two letters in the middle exchanged, or one doubled where that changes nothing."""
    at = len(word) // 2
    changed = word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :] if at else word + word
    return changed if changed != word else word[:at] + word[at] + word[at:]


def replaced(root, name, start, end, text):
    return {**root.files, name: root.files[name][:start] + text + root.files[name][end:]}


def resources(root):
    yield from root.blocks("resource")
    yield from root.blocks("data")


def schema_of(schemas, name, start, root, labels):
    part = "data_source_schemas" if root.files[name].startswith("data", start) else "resource_schemas"
    for provider in schemas["provider_schemas"].values():
        if labels and labels[0] in provider.get(part, {}):
            return provider[part][labels[0]]["block"]
    return {}


def arguments(block):
    """Each one-line argument right in a block: (start, end, name, value)."""
    for match in re.finditer(r"^  ([a-z_0-9]+) += (.*)\n", block, re.MULTILINE):
        if not re.search(r"[\[{(]$", match[2]) and "<<" not in match[2]:
            yield match.start(), match.end(), match[1], match[2]


def nested(block):
    """Each nested block right in a block: (start, end, name, text)."""
    for match in re.finditer(r"^  ([a-z_0-9]+) \{\n.*?^  \}\n", block, re.MULTILINE | re.DOTALL):
        yield match.start(), match.end(), match[1], match[0]


OWN = {"count", "for_each", "provider", "depends_on", "lifecycle"}


def in_blocks(root, schemas, kind, make):
    """Candidates made of the arguments of each resource: make(schema, block, labels) yields (start, end, text, what)."""
    for name, start, _end, labels, block in resources(root):
        schema = schema_of(schemas, name, start, root, labels)
        for inner_start, inner_end, text, what in make(schema, block, labels):
            files = replaced(root, name, start + inner_start, start + inner_end, text)
            yield kind, f"{'.'.join(labels)}: {what}", files


def misspelt_argument(schema, block, labels):
    for start, end, name, value in arguments(block):
        if name not in OWN and len(name) > 2:
            yield start, end, f"  {swapped(name)} = {value}\n", f"`{name}` misspelt"


def missing_argument(schema, block, labels):
    for start, end, name, _ in arguments(block):
        if schema.get("attributes", {}).get(name, {}).get("required"):
            yield start, end, "", f"required `{name}` taken out"


def null_argument(schema, block, labels):
    for start, end, name, _ in arguments(block):
        if schema.get("attributes", {}).get(name, {}).get("required"):
            yield start, end, f"  {name} = null\n", f"required `{name}` set to null"


def wrong_type(schema, block, labels):
    for start, end, name, _value in arguments(block):
        of = schema.get("attributes", {}).get(name, {}).get("type")
        other = {"string": '["a", "b"]', "number": '"many"', "bool": '"maybe"'}.get(of if isinstance(of, str) else "")
        if isinstance(of, list):
            other = '"one"'
        if other:
            yield start, end, f"  {name} = {other}\n", f"`{name}` is {other}"


def list_for_map(schema, block, labels):
    if "tags" in schema.get("attributes", {}) and "\n  tags" not in block:
        yield block.index("\n") + 1, block.index("\n") + 1, '  tags = ["a"]\n', "`tags` is a list"


def computed_set(schema, block, labels):
    at = block.index("\n") + 1
    for name, facts in schema.get("attributes", {}).items():
        if facts.get("computed") and not facts.get("optional") and facts.get("type") == "string":
            yield at, at, f'  {name} = "x"\n', f"computed `{name}` set"
            break


def identity_set(schema, block, labels):
    if block.startswith("resource"):
        at = block.index("\n") + 1
        yield at, at, '  id = "x"\n', "`id` set"


def misspelt_block(schema, block, labels):
    for start, end, name, text in nested(block):
        if name in schema.get("block_types", {}):
            yield start, end, text.replace(name, swapped(name), 1), f"block `{name}` misspelt"


def missing_block(schema, block, labels):
    for start, end, name, _ in nested(block):
        if schema.get("block_types", {}).get(name, {}).get("min_items"):
            yield start, end, "", f"required block `{name}` taken out"


def block_twice(schema, block, labels):
    for _start, end, name, text in nested(block):
        if schema.get("block_types", {}).get(name, {}).get("max_items") == 1:
            yield end, end, text, f"block `{name}` twice"


def block_as_argument(schema, block, labels):
    for start, end, name, text in nested(block):
        if name in schema.get("block_types", {}):
            yield start, end, text.replace(f"{name} {{", f"{name} = {{", 1), f"block `{name}` as an argument"


def argument_as_block(schema, block, labels):
    for start, end, name, value in arguments(block):
        of = schema.get("attributes", {}).get(name, {}).get("type")
        if of == "string" and name not in OWN:
            yield start, end, f"  {name} {{\n    value = {value}\n  }}\n", f"argument `{name}` as a block"


def argument_in_nested(schema, block, labels):
    for start, end, name, text in nested(block):
        match = re.search(r"^    ([a-z_]{3,}) += ", text, re.MULTILINE)
        if match and name in schema.get("block_types", {}):
            changed = text.replace(match[1], swapped(match[1]), 1) if match[1] != name else text
            if changed != text:
                yield start, end, changed, f"`{match[1]}` in `{name}` misspelt"


def argument_twice(schema, block, labels):
    for _start, end, name, value in arguments(block):
        yield end, end, f"  {name} = {value}\n", f"`{name}` twice"


def unknown_lifecycle(schema, block, labels):
    at = block.index("\n") + 1
    if "lifecycle" not in block and block.startswith("resource"):
        yield at, at, "  lifecycle {\n    prevent_destruction = true\n  }\n", "`lifecycle` with an unknown argument"


def ignored_unknown(schema, block, labels):
    at = block.index("\n") + 1
    if "lifecycle" not in block and block.startswith("resource"):
        yield at, at, "  lifecycle {\n    ignore_changes = [nonsense]\n  }\n", "`ignore_changes` of an unknown argument"


def depends_on_nothing(schema, block, labels):
    at = block.index("\n") + 1
    if "depends_on" not in block:
        yield at, at, "  depends_on = [aws_sqs_queue.nobody]\n", "`depends_on` of what is not declared"


def depends_on_text(schema, block, labels):
    at = block.index("\n") + 1
    if "depends_on" not in block:
        yield at, at, '  depends_on = "aws_sqs_queue.nobody"\n', "`depends_on` is text"


def unknown_alias(schema, block, labels):
    at = block.index("\n") + 1
    if "\n  provider " not in block:
        yield at, at, "  provider = aws.elsewhere\n", "`provider` with an unknown alias"


def each_without(schema, block, labels):
    for start, end, name, _value in arguments(block):
        of = schema.get("attributes", {}).get(name, {}).get("type")
        if of == "string" and "for_each" not in block:
            yield start, end, f"  {name} = each.key\n", f"`{name}` is `each.key` without `for_each`"


def count_and_each(schema, block, labels):
    at = block.index("\n") + 1
    if "for_each" not in block and "count" not in block:
        yield at, at, '  count    = 1\n  for_each = toset(["a"])\n', "`count` and `for_each`"


def count_text(schema, block, labels):
    at = block.index("\n") + 1
    if "for_each" not in block and "count" not in block:
        yield at, at, '  count = "many"\n', "`count` is text"


def each_list(schema, block, labels):
    at = block.index("\n") + 1
    if "for_each" not in block and "count" not in block:
        yield at, at, '  for_each = ["a", "b"]\n', "`for_each` is a list"


def unknown_type(schema, block, labels):
    yield 0, len(block), block.replace(labels[0], swapped(labels[0]), 1), "type misspelt"


def label_missing(schema, block, labels):
    yield 0, len(block), block.replace(f' "{labels[1]}"', "", 1), "no name"


def dynamic_without_content(schema, block, labels):
    for start, end, name, text in nested(block):
        if name in schema.get("block_types", {}):
            lines = text.replace(f"  {name} {{", f'  dynamic "{name}" {{\n    for_each = [1]', 1)
            yield start, end, lines, f"`dynamic` of `{name}` without `content`"


def references(block):
    return re.finditer(r"\b(?<![\"./:-])((?:data\.)?aws_[a-z0-9_]+)\.([a-z0-9_]+)\.([a-z_]+)\b", block)


def dangling_reference(schema, block, labels):
    for match in references(block):
        yield match.start(2), match.end(2), match[2] + "_gone", f"`{match[0]}` to what is not declared"


def unknown_attribute(schema, block, labels):
    for match in references(block):
        yield match.start(3), match.end(3), match[3] + "_x", f"`{match[0]}` with an unknown attribute"


def index_of_one(schema, block, labels):
    for match in references(block):
        yield match.end(2), match.end(2), "[0]", f"`{match[0]}` with an index"


def provider_value(schema, block, labels):
    for value, wrong in (
        ("aws:kms", "aws:kmz"),
        ("ENCRYPT_DECRYPT", "ENCRYPT_NOTHING"),
        ("REGIONAL", "LOCAL"),
        ("DNS", "MAIL"),
    ):
        at = block.find(f'"{value}"')
        if at >= 0:
            yield at, at + len(value) + 2, f'"{wrong}"', f'"{wrong}" for "{value}"'


def provider_conflict(schema, block, labels):
    for _start, end, name, _value in arguments(block):
        if name == "name" and "name_prefix" in schema.get("attributes", {}):
            yield end, end, '  name_prefix = "x"\n', "`name` and `name_prefix`"


def provider_json(schema, block, labels):
    for start, end, name, _value in arguments(block):
        if name in ("policy", "assume_role_policy"):
            yield start, end, f'  {name} = "no JSON"\n', f"`{name}` is no JSON"


def provider_arn(schema, block, labels):
    for start, end, name, _value in arguments(block):
        if name in ("policy_arn", "resource_arn", "permissions_boundary"):
            yield start, end, f'  {name} = "no-arn"\n', f"`{name}` is no ARN"


IN_BLOCKS = {
    "argument misspelt": misspelt_argument,
    "argument misspelt in a nested block": argument_in_nested,
    "required argument missing": missing_argument,
    "required argument null": null_argument,
    "value of a wrong type": wrong_type,
    "list for a map": list_for_map,
    "computed attribute set": computed_set,
    "id set": identity_set,
    "block misspelt": misspelt_block,
    "required block missing": missing_block,
    "single block twice": block_twice,
    "block as an argument": block_as_argument,
    "argument as a block": argument_as_block,
    "argument twice": argument_twice,
    "lifecycle argument unknown": unknown_lifecycle,
    "ignore_changes unknown": ignored_unknown,
    "depends_on undeclared": depends_on_nothing,
    "depends_on is text": depends_on_text,
    "provider alias unknown": unknown_alias,
    "each without for_each": each_without,
    "count and for_each": count_and_each,
    "count is text": count_text,
    "for_each is a list": each_list,
    "resource type unknown": unknown_type,
    "label missing": label_missing,
    "dynamic without content": dynamic_without_content,
    "reference to nothing": dangling_reference,
    "attribute unknown": unknown_attribute,
    "index of a single resource": index_of_one,
    "provider: value not allowed": provider_value,
    "provider: arguments exclude each other": provider_conflict,
    "provider: text is not JSON": provider_json,
    "provider: text is not an ARN": provider_arn,
}


def of_files(root):
    """Candidates that concern whole files and blocks of Terraform's own."""
    first = "main.tf"
    main = root.files[first]
    for name, start, end, labels, block in resources(root):
        yield "resource declared twice", ".".join(labels), replaced(root, name, end, end, "\n" + block)
        close = end - 2
        yield "brace missing", ".".join(labels), replaced(root, name, close, close + 1, "")
        quote = root.files[name].index('"', start)
        yield "quote missing", ".".join(labels), replaced(root, name, quote, quote + 1, "")
    for name, start, end, labels, block in root.blocks("output"):
        yield "output declared twice", labels[0], replaced(root, name, end, end, "\n" + block)
        at = start + block.index("\n") + 1
        value = re.search(r"^  value .*\n", block, re.MULTILINE)
        if value and not value[0].rstrip().endswith(("{", "[", "(")):
            yield (
                "output without a value",
                labels[0],
                replaced(root, name, start + value.start(), start + value.end(), ""),
            )
        yield "output argument unknown", labels[0], replaced(root, name, at, at, "  secret = true\n")
    for name, start, end, labels, block in root.blocks("variable"):
        yield "variable declared twice", labels[0], replaced(root, name, end, end, "\n" + block)
        yield "variable not declared", labels[0], replaced(root, name, start, end, "")
        at = start + block.index("\n") + 1
        yield (
            "variable type unknown",
            labels[0],
            replaced(root, name, start, end, re.sub(r"^  type .*\n", "  type = strng\n", block, flags=re.MULTILINE)),
        )
        yield (
            "variable default of a wrong type",
            labels[0],
            replaced(
                root,
                name,
                start,
                end,
                re.sub(r"^  type .*\n", '  type = list(string)\n  default = "x"\n', block, flags=re.MULTILINE),
            ),
        )
        yield "variable argument unknown", labels[0], replaced(root, name, at, at, "  secret = true\n")
    end = len(main)
    for kind, text in [
        ("local value refers to itself", "\nlocals {\n  circle = local.circle\n}\n"),
        ("local values in a circle", "\nlocals {\n  one = local.two\n  two = local.one\n}\n"),
        ("local value undeclared", '\noutput "x" {\n  value = local.nobody\n}\n'),
        ("variable undeclared", '\noutput "x" {\n  value = var.nobody\n}\n'),
        ("module undeclared", '\noutput "x" {\n  value = module.nobody.x\n}\n'),
        ("data source undeclared", '\noutput "x" {\n  value = data.aws_region.nobody.name\n}\n'),
        ("function unknown", '\noutput "x" {\n  value = jsonencod({})\n}\n'),
        ("function with too few arguments", '\noutput "x" {\n  value = cidrsubnet("10.0.0.0/16", 8)\n}\n'),
        ("function with too many arguments", '\noutput "x" {\n  value = lower("A", "B")\n}\n'),
        ("outermost block unknown", '\nresorce "aws_sqs_queue" "x" {\n  name = "x"\n}\n'),
        ("argument outside of blocks", '\nzone = "a"\n'),
        ("module not there", '\nmodule "x" {\n  source = "./nowhere"\n}\n'),
        ("module without a source", '\nmodule "x" {\n}\n'),
        (
            "count is missing an index",
            '\nresource "aws_sqs_queue" "x" {\n  count = 2\n  name  = "x"\n}\n\noutput "x" {\n  value = aws_sqs_queue.x.arn\n}\n',
        ),
        (
            "for_each is missing a key",
            '\nresource "aws_sqs_queue" "x" {\n  for_each = toset(["a"])\n  name     = each.key\n}\n\noutput "x" {\n  value = aws_sqs_queue.x.arn\n}\n',
        ),
        (
            "attribute of a list",
            '\ndata "aws_subnets" "x" {\n}\n\noutput "x" {\n  value = data.aws_subnets.x.ids.first\n}\n',
        ),
        (
            "attribute of text",
            '\ndata "aws_region" "x" {\n}\n\noutput "x" {\n  value = data.aws_region.x.name.first\n}\n',
        ),
        ("object lacks a field", '\nlocals {\n  it = { a = 1 }\n}\n\noutput "x" {\n  value = local.it.b\n}\n'),
        ("name is none", '\nresource "aws_sqs_queue" "1 x" {\n  name = "x"\n}\n'),
        ("self outside of a resource", '\noutput "x" {\n  value = self.arn\n}\n'),
        ("path of nothing", '\noutput "x" {\n  value = path.nowhere\n}\n'),
        ("bare word", '\noutput "x" {\n  value = nothing\n}\n'),
        ("resource refers to itself", '\nresource "aws_sqs_queue" "x" {\n  name = aws_sqs_queue.x.arn\n}\n'),
        (
            "resources in a circle",
            '\nresource "aws_sqs_queue" "x" {\n  name = aws_sqs_queue.y.arn\n}\n\nresource "aws_sqs_queue" "y" {\n  name = aws_sqs_queue.x.arn\n}\n',
        ),
        (
            "list where text must be",
            '\ndata "aws_subnets" "x" {\n}\n\nresource "aws_sqs_queue" "x" {\n  name = data.aws_subnets.x.ids\n}\n',
        ),
        (
            "text where a list must be",
            '\ndata "aws_region" "x" {\n}\n\nresource "aws_lb" "x" {\n  name    = "x"\n  subnets = data.aws_region.x.name\n}\n',
        ),
        (
            "sensitive value in an output",
            '\nresource "aws_iam_access_key" "x" {\n  user = "x"\n}\n\noutput "x" {\n  value = aws_iam_access_key.x.secret\n}\n',
        ),
        ("check without a message", '\ncheck "x" {\n  assert {\n    condition = true\n  }\n}\n'),
        ("moved without a target", "\nmoved {\n  from = aws_sqs_queue.old\n}\n"),
    ]:
        yield kind, root.path.name, replaced(root, first, end, end, text)
    settings = root.files.get("terraform.tf", "")
    for kind, pattern, text in [
        ("required_version does not read", r'required_version = "[^"]*"', 'required_version = "=> 1"'),
        ("provider's version does not read", r'version = "~> [^"]*"', 'version = "newest"'),
        ("provider argument misspelt", r"^  region  ", "  regoin  "),
        ("provider block unknown", r"^  default_tags \{", "  default_tag {"),
        ("settings argument unknown", r"^  required_version ", "  requird_version "),
        ("settings block unknown", r"^  required_providers \{", "  required_provider {"),
    ]:
        changed = re.sub(pattern, text, settings, count=1, flags=re.MULTILINE)
        if changed != settings:
            yield kind, root.path.name, {**root.files, "terraform.tf": changed}
    values = root.files.get("terraform.tfvars.json")
    if values:
        loaded = json.loads(values)
        yield (
            "variable set and not declared",
            root.path.name,
            {
                **root.files,
                "terraform.tfvars.json": json.dumps({**loaded, "nobody": 1}, indent=2),
            },
        )


def layers(trees):
    """One root of each layer of each tree, the largest."""
    found = {}
    for tree in trees:
        for file in sorted(tree.rglob("main.tf")):
            parts = file.relative_to(tree).parts
            layer = (tree.name, parts[3])
            if layer not in found or file.stat().st_size > found[layer].stat().st_size:
                found[layer] = file
    return [Root(file.parent) for _, file in sorted(found.items())]


def schemas_of(root, environment, directory):
    """What the provider of a root takes, asked for without the root's backend."""
    settings = re.sub(
        r'^  backend "[^"]*" \{\n.*?^  \}\n', "", root.files["terraform.tf"], flags=re.MULTILINE | re.DOTALL
    )
    scratch = Scratch(Root(root.path), environment, directory, {"terraform.tf": settings})
    return json.loads(scratch.terraform("providers", "schema", "-json").stdout)


class Scratch:
    """A copy of a root that is initialized once."""

    def __init__(self, root, environment, directory, files=None):
        self.root, self.environment, self.directory = root, environment, directory
        directory.mkdir()
        self.put(files or root.files)
        self.terraform("init", "-backend=false", "-input=false", "-no-color")

    def terraform(self, *arguments):
        return subprocess.run(
            ["terraform", *arguments],
            cwd=self.directory,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def put(self, files):
        for name, text in files.items():
            path = self.directory / name
            if not path.exists() or path.read_text() != text:
                path.write_text(text)

    def found_by_terraform(self):
        answer = self.terraform("validate", "-json", "-no-color")
        try:
            return sorted({entry["summary"] for entry in json.loads(answer.stdout)["diagnostics"]})
        except (ValueError, KeyError):
            return [answer.stderr.strip()[:200]]

    def found_by_csoc(self, csoc):
        answer = subprocess.run(
            [csoc, "verify", str(self.directory), "--format", "json"], capture_output=True, text=True, check=False
        )
        try:
            return sorted({entry["code"] for entry in json.loads(answer.stdout)["diagnostics"]})
        except (ValueError, KeyError):
            return ["failed: " + answer.stderr.strip()[:200]]


def chosen(roots, schemas, only):
    """At most EACH defects of each kind, spread over the roots by a fixed seed."""
    by_kind = {}
    for number, root in enumerate(roots):
        for kind, make in IN_BLOCKS.items():
            for _, what, files in in_blocks(root, schemas, kind, make):
                by_kind.setdefault(kind, []).append((number, what, files))
        for kind, what, files in of_files(root):
            by_kind.setdefault(kind, []).append((number, what, files))
    for kind in sorted(by_kind):
        if only in kind:
            candidates = by_kind[kind]
            few = EACH if kind in IN_BLOCKS or len(candidates) > 3 * len(roots) else 2
            for candidate in random.Random(f"{SEED} {kind}").sample(candidates, min(few, len(candidates))):
                yield kind, *candidate


def report(results):
    kinds = {}
    for result in results:
        row = kinds.setdefault(result["kind"], [0, 0, 0, 0])
        terraform, csoc = bool(result["terraform"]), bool(result["csoc"])
        row[0] += 1
        row[1] += terraform
        row[2] += csoc
        row[3] += terraform and csoc
    lines = ["| defect | made | terraform validate | csoc verify | both |", "|---|--:|--:|--:|--:|"]
    lines += [f"| {kind} | {' | '.join(map(str, row))} |" for kind, row in sorted(kinds.items())]
    lines.append(
        f"| **together** | {' | '.join(f'**{sum(column)}**' for column in zip(*kinds.values(), strict=True))} |"
    )
    missed = [result for result in results if result["terraform"] and not result["csoc"]]
    text = "\n".join(lines) + "\n\n## What Terraform finds and csoc does not\n\n"
    for kind in sorted({result["kind"] for result in missed}):
        text += f"- **{kind}**: {EXPLAINED.get(kind, 'not explained')}.\n"
    text += "\n## What csoc finds and Terraform does not\n\n"
    more = [result for result in results if result["csoc"] and not result["terraform"]]
    for result in more:
        text += f"- {result['kind']}, {result['what']}: {', '.join(result['csoc'])}\n"
    return text, [result for result in missed if result["kind"] not in EXPLAINED]


README = """# One defect each

Made by `mutate.py` of the rendered examples: see its first lines. `results.json` holds every defect with what each
side said of it. A defect that changes nothing for either side (an argument that may be left out) is counted as made.

"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("trees", nargs="+", type=pathlib.Path)
    parser.add_argument("--csoc", default="csoc")
    parser.add_argument("--cli-config", type=pathlib.Path)
    parser.add_argument("--write", type=pathlib.Path)
    parser.add_argument("--only", default="", help="only kinds of defects whose name holds this text")
    parser.add_argument("--reuse", type=pathlib.Path, help="a results.json whose answers of Terraform are taken over")
    options = parser.parse_args()
    if shutil.which("terraform") is None or not (options.cli_config and options.cli_config.is_file()):
        print("skipped: terraform with a mirror of the real provider is not at hand")
        return 0
    environment = {
        **os.environ,
        "CHECKPOINT_DISABLE": "1",
        "TF_IN_AUTOMATION": "1",
        "TF_CLI_CONFIG_FILE": str(options.cli_config.resolve()),
    }
    roots = layers(options.trees)
    known = {}
    if options.reuse:
        known = {result["files"]: result["terraform"] for result in json.loads(options.reuse.read_text())}
    with tempfile.TemporaryDirectory(prefix="csoc-mutations-") as scratch:
        scratches = []
        for number, root in enumerate(roots):
            place = Scratch(root, environment, pathlib.Path(scratch, str(number)))
            scratches.append(place)
            found = place.found_by_csoc(options.csoc)
            if found or (not known and (found := place.found_by_terraform())):
                print(f"{root.path} has findings without a defect: {found}")
                return 1
        schemas = schemas_of(roots[0], environment, pathlib.Path(scratch, "schemas"))
        results = []
        for kind, number, what, files in chosen(roots, schemas, options.only):
            place = scratches[number]
            place.put(files)
            digest = hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()[:16]
            results.append(
                {
                    "kind": kind,
                    "root": "/".join(place.root.path.parts[-4:]),
                    "what": what,
                    "files": digest,
                    "terraform": known[digest] if digest in known else place.found_by_terraform(),
                    "csoc": place.found_by_csoc(options.csoc),
                }
            )
            place.put(place.root.files)
            if options.write:
                options.write.mkdir(parents=True, exist_ok=True)
                options.write.joinpath("results.json").write_text(json.dumps(results, indent=1) + "\n")
    text, unexplained = report(results)
    print(text)
    if options.write:
        options.write.joinpath("README.md").write_text(README + text)
    for result in unexplained:
        print(f"only terraform: {result['kind']}, {result['root']}, {result['what']}: {result['terraform']}")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
