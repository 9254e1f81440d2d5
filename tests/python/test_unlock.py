"""Locks of states: who holds one, and taking it away only by its name."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import practice
import pytest

import gen3_csoc as csoc

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the pretended Terraform is a script")

LOCK = {
    "ID": "7baa147a-c670-3a8d-a5df-3885ae66763c",
    "Operation": "OperationTypeApply",
    "Who": "ann@elsewhere",
    "Version": "1.11.4",
    "Created": "2026-11-26T12:00:00Z",
    "Path": "network.tfstate",
}


HOLDING = """
import fcntl, sys
state = open(sys.argv[1], "a+")
fcntl.lockf(state, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held_by_somebody(state: Path) -> Iterator[None]:
    """As a Terraform of another process holds a state in a file."""
    state.with_name(f".{state.name}.lock.info").write_text(json.dumps(LOCK))
    arguments = [sys.executable, "-c", HOLDING, str(state)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield
        process.stdin.close()


def test_who_holds_a_lock_is_said_and_only_its_name_takes_it_away(fleet: csoc.Fleet, tmp_path: Path) -> None:
    options: dict[str, Any] = {"rendered": practice.tree(tmp_path), "terraform": practice.pretended(tmp_path)}
    run = fleet.unlock(practice.NETWORK, **options)
    table = run.wait(timeout=60)
    assert run.what == table.kind == "unlock"
    assert (table.ok, table[0]["outcome"], table[0]["lock"]) == (True, "free", None)
    with held_by_somebody(tmp_path / "network.tfstate"):
        held = fleet.unlock(practice.NETWORK, **options).wait(timeout=60)
        assert held.ok
        row = held[0]
        assert (row["outcome"], row["lock"], row["holder"]) == ("held", LOCK["ID"], LOCK["Who"])
        assert "`lock_id` takes it away" in row["remark"]
        other = fleet.unlock(practice.NETWORK, lock_id="another", **options).wait(timeout=60)
        assert (other.ok, other[0]["outcome"]) == (False, "held")
        # That of a state in a file is a running process's own, and goes with it.
        with pytest.raises(csoc.OperateError, match="ann@elsewhere"):
            fleet.unlock(practice.NETWORK, lock_id=row["lock"], **options).wait(timeout=60)
    with pytest.raises(csoc.OperateError, match="there is no stack `v1/nothing`"):
        fleet.unlock("v1/nothing", **options)
