"""What a run did, line by line, and what is left of it."""

import pickle
import sys
from pathlib import Path
from typing import Any

import practice
import pytest

import gen3_csoc as csoc

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the pretended Terraform is a script")


def test_a_run_is_shown_with_what_is_left_of_it(fleet: csoc.Fleet, tmp_path: Path) -> None:
    tree = practice.tree(tmp_path, network=f"# fails\n{practice.VPC}")
    options: dict[str, Any] = {"rendered": tree, "terraform": practice.pretended(tmp_path)}
    run = fleet.plan(**options)
    page = run.wait()
    planned = fleet.show_run(run.id, rendered=tree)
    assert (planned.kind, planned.run, planned.ok) == ("run", run.id, False)
    assert planned.headline == "4 lines"
    last = {row["stack"]: row for row in planned}
    assert [last[stack]["what"] for stack in (practice.NETWORK, practice.WAF)] == ["planned", "planned"]
    assert {row["left"] for row in planned if row["what"] == "planned"} == {"not begun"}
    assert {row["left"] for row in planned if row["what"] == "plan begins"} == {""}
    apply = fleet.apply(run, digest=page.digest)
    with pytest.raises(csoc.OperateError):
        apply.wait()
    shown = fleet.show_run(apply.id, rendered=tree)
    ended = [row for row in shown if row["stack"] == practice.NETWORK][-1]
    assert (ended["what"], ended["left"]) == ("failed part-way", "did not come to a good end")
    assert ended["half_built"] == ["terraform_data.vpc"]
    assert {row["by"] for row in shown} == {ended["by"]}
    assert not shown.ok
    assert pickle.loads(pickle.dumps(shown)) == shown
    assert "planted-secret" not in f"{shown.to_dict()}{shown.to_text()}{shown._repr_html_()}"
    with pytest.raises(csoc.OperateError, match="no run `nothing` is in the journal") as caught:
        fleet.show_run("nothing", rendered=tree)
    assert "fleet.runs()" in caught.value.__notes__[0]


def test_of_a_run_that_was_done_nothing_is_left(fleet: csoc.Fleet, tmp_path: Path) -> None:
    options: dict[str, Any] = {"rendered": practice.tree(tmp_path), "terraform": practice.pretended(tmp_path)}
    run = fleet.plan(**options)
    apply = fleet.apply(run, digest=run.wait().digest)
    apply.wait()
    shown = fleet.show_run(apply.id, rendered=options["rendered"])
    assert shown.ok
    assert [row["what"] for row in shown if row["stack"] == practice.WAF] == ["approved", "apply begins", "applied"]
    assert {row["left"] for row in shown} == {""}
