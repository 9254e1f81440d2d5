"""A program that answers as Terraform does, for tests where there is none, or where one must be slow, deaf or fail.

It knows resources as blocks without nesting, and a local backend. What a block says is its value; what it gives
is said by `outputs.json` beside it. A comment in a root makes it behave: `# fails`, `# slow` (its apply waits to be asked to stop),
`# deaf` (the same, and it does not listen for some seconds).
"""

import hashlib
import json
import re
import signal
import sys
import time
from pathlib import Path
from typing import Any

VERSION = "1.11.4"
RESOURCE = re.compile(r'^resource "(\w+)" "(\w+)" \{(.*?)\}$', re.MULTILINE | re.DOTALL)
BACKEND = re.compile(r'backend "local" \{\s*path = "(.*?)"', re.DOTALL)
PLAN = Path("plan.tfplan")


def text() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(Path().glob("*.tf")))


def state_path() -> Path:
    found = BACKEND.search(text())
    return Path(found.group(1) if found else "terraform.tfstate")


def state() -> dict[str, Any]:
    path = state_path()
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def wanted() -> dict[str, str]:
    return {f"{kind}.{name}": body.strip() for kind, name, body in RESOURCE.findall(text())}


def say(kind: str, **fields: object) -> None:
    line = {"@level": "info", "@message": kind, "@module": "terraform.ui", "type": kind, **fields}
    print(json.dumps(line), flush=True)


def resource(address: str) -> dict[str, str]:
    kind, _, name = address.partition(".")
    return {"addr": address, "resource_type": kind, "resource_name": name}


def changes(*, destroy: bool) -> dict[str, str]:
    old, new = state().get("resources", {}), {} if destroy else wanted()
    actions = {address: "update" for address in new if address in old and old[address] != new[address]}
    actions |= {address: "create" for address in new if address not in old}
    actions |= {address: "delete" for address in old if address not in new}
    return dict(sorted(actions.items()))


def init() -> int:
    """Note where the state is, as Terraform does: a backend that is not local is one of a kind of its own."""
    found = BACKEND.search(text())
    backend = {"type": "local", "config": {"path": found.group(1)}} if found else {"type": "pretended", "config": {}}
    noted = Path(".terraform/terraform.tfstate")
    noted.parent.mkdir(exist_ok=True)
    noted.write_text(json.dumps({"version": 3, "backend": backend}), encoding="utf-8")
    say("init_output", message_code="done")
    return 0


def plan(arguments: list[str]) -> int:
    say("version", terraform=VERSION, ui="1.2")
    if "-refresh-only" in arguments:
        moved = state().get("drifted", [])
        for address in moved:
            say("resource_drift", change={"resource": resource(address), "action": "update"})
        return 2 if moved else 0
    actions = changes(destroy="-destroy" in arguments)
    # What moved would be put back.
    actions |= dict.fromkeys(state().get("drifted", []), "update")
    for address, action in actions.items():
        say("planned_change", change={"resource": resource(address), "action": action})
    print("planted-secret, as a provider prints it", flush=True)
    if "-out=plan.tfplan" in arguments:
        digest = hashlib.sha256(text().encode()).hexdigest()
        PLAN.write_text(json.dumps({"actions": actions, "resources": wanted(), "of": digest}), encoding="utf-8")
    return 2 if actions else 0


def show() -> int:
    words = {"create": ["create"], "update": ["update"], "delete": ["delete"]}
    planned = json.loads(PLAN.read_text(encoding="utf-8"))
    listed = [
        {
            "address": address,
            "mode": "managed",
            "type": address.partition(".")[0],
            "change": {"actions": words[action], "after": {"input": planned["resources"].get(address)}},
        }
        for address, action in planned["actions"].items()
    ]
    print(json.dumps({"format_version": "1.2", "terraform_version": VERSION, "resource_changes": listed}))
    return 0


def shown() -> dict[str, Any]:
    """The state as Terraform tells it."""
    addresses = [address.partition(".") for address in state()["resources"]]
    listed = [{"mode": "managed", "type": of, "name": name, "instances": [{}]} for of, _, name in addresses]
    return {"version": 4, "lineage": state()["lineage"], "serial": state()["serial"], "resources": listed}


def apply(plan_file: Path) -> int:
    say("version", terraform=VERSION, ui="1.2")
    planned, current, asked = json.loads(plan_file.read_text(encoding="utf-8")), state(), []
    signal.signal(signal.SIGINT, lambda *_: asked.append(True))
    resources = dict(current.get("resources", {}))
    for address, action in planned["actions"].items():
        say("apply_start", hook={"resource": resource(address), "action": action})
        lasts = 3.0 if "# deaf" in text() else 60.0 if "# slow" in text() else 0.0
        until = time.monotonic() + lasts
        while time.monotonic() < until and not (asked and "# deaf" not in text()):
            time.sleep(0.02)
        if "# fails" in text():
            say("diagnostic", diagnostic={"severity": "error", "summary": "no <b>room</b>", "address": address})
            return 1
        if action == "delete":
            resources.pop(address)
        else:
            resources[address] = planned["resources"][address]
        say("apply_complete", hook={"resource": resource(address), "action": action, "elapsed_seconds": 0})
    made = {
        "lineage": current.get("lineage", "0b5f"),
        "serial": current.get("serial", 0) + 1,
        "resources": resources,
    }
    state_path().write_text(json.dumps(made), encoding="utf-8")
    count = list(planned["actions"].values()).count
    totals = {"add": count("create"), "change": count("update"), "remove": count("delete"), "operation": "apply"}
    say("change_summary", changes=totals)
    return 1 if asked else 0


def main(arguments: list[str]) -> int:
    match arguments:
        case ["version", *_]:
            print(json.dumps({"terraform_version": VERSION}))
        case ["init", *_]:
            return init()
        case ["plan", *rest]:
            return plan(rest)
        case ["show", *_]:
            return show()
        case ["state", "pull", *_]:
            print(json.dumps(shown()) if state() else "")
        case ["output", *_]:
            given = Path(sys.argv[0]).with_name("outputs.json")
            outputs = json.loads(given.read_text(encoding="utf-8")) if given.exists() else {}
            print(json.dumps({name: {"value": value, "type": "string"} for name, value in outputs.items()}))
        case ["apply", *rest]:
            return apply(Path(rest[-1]))
        case _:
            print(f"unknown: {arguments}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
