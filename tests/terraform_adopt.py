"""Adoption, as a step of terraform_apply.py: objects that exist and that no state knows are taken over.

The state of an object's roots is forgotten. In a copy of the fleet somebody else owns the object; `csoc adopt` is given
what exists and records what of it the roots make, the render writes that as `import` blocks, and the plan of each root
must import all of it and make, replace and destroy nothing. Once that is applied, the object becomes `managed`: the blocks
are gone, and a plan must be what it was before.
"""

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


class Adoption:
    """One object, from forgotten to managed."""

    def __init__(self, proof, thing):
        self.proof = proof
        self.thing = thing
        self.roots = [root for stack, root in proof.roots.items() if stack.endswith(f"/{thing.scope}")]

    def run(self):
        if not self.roots:
            return
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
        print(
            f"adopted: {self.thing.path}, {imported} to import in {len(self.roots)} roots, 0 to add, 0 to replace, "
            f"0 to destroy, in {time.monotonic() - begun:.0f} s"
        )

    def forget(self):
        """Takes the state of the roots away, and says what was in it."""
        s3, bucket = self.proof.s3, self.proof.state_bucket
        resources, version = [], 4
        for root in self.roots:
            key = terraform_root.backend(root.place)["key"]
            state = json.load(s3.get_object(Bucket=bucket, Key=key)["Body"])
            s3.delete_object(Bucket=bucket, Key=key)
            resources += state["resources"]
        if self.thing.state:
            return {"version": version, "resources": resources}
        return [
            {**instance["attributes"], "type": resource["type"]}
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
        """Renders, plans each root, looks at the plan, and applies it; says what the looks found together."""
        self.fleet.render()
        found = 0
        for old in self.roots:
            stack = self.fleet.stacks[old.stack["id"]]
            root = Root(stack, self.fleet, self.proof.scratch, self.proof.page, self.proof.session(stack))
            root.refresh()
            shutil.rmtree(root.place / ".terraform", ignore_errors=True)
            root.run("init", "-input=false")
            root.run("plan", "-input=false", "-out", "plan")
            plan = json.loads(root.run("show", "-json", "plan").stdout)
            found += look(root, plan.get("resource_changes", []))
            if mode == "adopt":
                root.run("apply", "-input=false", "plan")
        return found

    def imports(self, root, changes):
        """Of a root that is adopted: all that it makes is imported, and nothing else happens to it but what was foreseen."""
        wrong, count = [], 0
        for change in changes:
            if change["change"]["actions"] == ["read"]:
                continue
            if "importing" in change["change"]:
                count += 1
            else:
                wrong.append(f"{change['address']} is not imported")
            for kind, name in changed(change):
                if (kind, name) not in exceptions.DRIFTS | exceptions.IMPORTED:
                    wrong.append(f"{change['address']}: {name} would change")
        if wrong:
            message = "\n".join([f"{root.stack['path']}: adopted, its plan says", *wrong])
            raise FailedError(message)
        return count

    def nothing(self, root, changes):
        """Of a root that is managed again: it has no import block, and its plan is empty."""
        wrong = [one for change in changes for one in changed(change) if one not in exceptions.DRIFTS]
        if wrong or (root.place / "imports.tf").exists():
            message = f"{root.stack['path']}: adopted and applied, its plan would change {wrong}"
            raise FailedError(message)
        return 0
