"""Adoption, as a step of terraform_apply.py: objects that exist and that no state knows are taken over.

The state of an object's roots is forgotten. In a copy of the fleet somebody else owns the object; `csoc adopt` is given
what exists and records what of it the roots make, the render writes that as `import` blocks, and the plan of each root
must import all of it and make, replace and destroy nothing. Once that is applied, the object becomes `managed`: the blocks
are gone, and a plan must be what it was before.
"""

import concurrent.futures
import dataclasses
import json
import shutil
import time

import terraform_exceptions as exceptions
import terraform_root
from terraform_fleet import FailedError, Fleet, Root, changed


@dataclasses.dataclass(frozen=True)
class Thing:
    """What is taken over: its path in the model, the end of its stacks' names, and the line of the fleet that it begins with."""

    path: str
    scope: str
    line: str
    # Whether what exists is told as a state tells it, or as a list without the addresses that its resources had.
    state: bool


OBJECTS = (
    Thing("commons.demo.environments.prod", "environment/demo/prod", "      prod:\n", state=False),
    Thing("clusters.member", "cluster/member", "  member:\n    account: member\n", state=True),
)

# Kinds that no name tells apart: a list of what exists must say which is which.
UNNAMED = {"aws_sns_topic_subscription", "aws_route53_record"}


def address(resource, index=None):
    """What a list says of where a resource of a kind without a name belongs."""
    if resource["type"] not in UNNAMED:
        return {}
    key = "" if index is None else f"[{json.dumps(index)}]"
    return {"address": f"{resource['type']}.{resource['name']}{key}"}


class Adoption:
    """One object, from forgotten to managed."""

    def __init__(self, proof, thing):
        self.proof = proof
        self.thing = thing
        self.added = []
        # What the bucket had, by key.
        self.forgotten = {}
        self.roots = [root for stack, root in proof.roots.items() if stack.endswith(f"/{thing.scope}")]

    def run(self):
        """Says what went wrong, if anything did; the roots then have the states that they had."""
        if not self.roots:
            return []
        try:
            self.take_over()
        except FailedError as failed:
            for key, state in self.forgotten.items():
                self.proof.s3.put_object(Bucket=self.proof.state_bucket, Key=key, Body=state)
            for root in self.roots:
                root.refresh()
                root.run("init", "-input=false", "-reconfigure")
            return [f"adopting {self.thing.path}: {failed}"]
        return []

    def take_over(self):
        begun = time.monotonic()
        scratch = self.proof.scratch / "adopt" / self.thing.path
        scratch.mkdir(parents=True)
        known = scratch / "known.json"
        known.write_text(json.dumps(self.forget()))
        self.fleet = Fleet(self.proof.options.csoc, self.proof.fleet.place, scratch, outputs=True)
        self.give_away()
        words = ("adopt", self.thing.path, self.fleet.place, "--aspect", "terraform")
        adopted = self.fleet.run(*words, "--resources", known, "--format", "json")
        (scratch / "adopted.json").write_text(adopted)
        imported = self.take("adopt", self.imports)
        self.fleet.run(*words, "--to", "managed")
        self.take("managed", self.nothing)
        added = f"{len(self.added)} to add ({', '.join(sorted(set(self.added)))})" if self.added else "0 to add"
        print(
            f"adopted: {self.thing.path}, {imported} to import in {len(self.roots)} roots, {added}, 0 to replace, "
            f"0 to destroy, in {time.monotonic() - begun:.0f} s"
        )

    def forget(self):
        """Takes the state of the roots away, and says what was in it."""
        s3, bucket = self.proof.s3, self.proof.state_bucket
        resources = []
        for root in self.roots:
            key = terraform_root.backend(root.place)["key"]
            self.forgotten[key] = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
            s3.delete_object(Bucket=bucket, Key=key)
            resources += json.loads(self.forgotten[key])["resources"]
        if self.thing.state:
            return {"version": 4, "resources": resources}
        return [
            {**instance["attributes"], "type": resource["type"], **address(resource, instance.get("index_key"))}
            for resource in resources
            for instance in resource["instances"]
            if resource["mode"] == "managed"
        ]

    def give_away(self):
        """Says in the copy of the fleet that somebody else owns the object."""
        file = self.fleet.place / "fleet.yaml"
        before, line, after = file.read_text().partition(self.thing.line)
        if not line:
            message = f"{self.thing.path} is not where terraform_adopt.py thinks"
            raise FailedError(message)
        indent = " " * (len(line.splitlines()[0]) - len(line.splitlines()[0].lstrip()) + 2)
        file.write_text(f"{before}{line}{indent}management: {{ terraform: external }}\n{after}")

    def take(self, mode, look):
        """Renders, plans each root, looks at the plan, and applies it; says how much was imported."""
        self.fleet.render()
        with concurrent.futures.ThreadPoolExecutor(self.proof.options.workers) as pool:
            seen = list(pool.map(lambda old: self.root(self.fleet.stacks[old.stack["id"]], mode, look), self.roots))
        wrong = [one for _, found in seen for one in found]
        if wrong:
            message = "\n".join([f"{self.thing.path}, {mode}:", *wrong])
            raise FailedError(message)
        changes = [change for found, _ in seen for change in found]
        self.added += [change["type"] for change in changes if change["change"]["actions"] == ["create"]]
        return len([change for change in changes if "importing" in change["change"]])

    def root(self, stack, mode, look):
        """One root, from its files to what its plan did: the changes, and what is wrong with them."""
        root = Root(stack, self.fleet, self.proof.scratch, self.proof.page, self.proof.session(stack))
        root.refresh()
        shutil.rmtree(root.place / ".terraform", ignore_errors=True)
        root.run("init", "-input=false")
        root.run("plan", "-input=false", "-out", "plan")
        changes = json.loads(root.run("show", "-json", "plan").stdout).get("resource_changes", [])
        wrong = [f"{stack['path']}: {one}" for one in look(root, changes)]
        if mode == "adopt" and not wrong:
            root.run("apply", "-input=false", "plan")
        return changes, wrong

    @staticmethod
    def imports(_, changes):
        """What is wrong with the plan of a root that is adopted: all is imported, and changes in what was foreseen."""
        foreseen = exceptions.DRIFTS | exceptions.IMPORTED
        for change in changes:
            kind, actions = change["type"], change["change"]["actions"]
            if actions == ["read"] or (kind, "/".join(actions)) in foreseen:
                continue
            if "importing" not in change["change"]:
                yield f"{change['address']} is not imported"
            yield from (
                f"{change['address']}: {name} would change"
                for _, name in changed(change)
                if (kind, name) not in foreseen
            )

    @staticmethod
    def nothing(root, changes):
        """What is wrong with the plan of a root that is managed again: there are no import blocks, and it is empty."""
        if (root.place / "imports.tf").exists():
            yield "imports.tf is still there"
        for change in changes:
            yield from (
                f"{change['address']}: {one[1]} would change" for one in changed(change) if one not in exceptions.DRIFTS
            )
