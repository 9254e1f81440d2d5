"""Plans in a file: written by one, looked at, and applied by another."""

import sys
from pathlib import Path
from typing import Any

import practice
import pytest

import gen3_csoc as csoc

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the pretended Terraform is a script")


@pytest.fixture
def options(tmp_path: Path) -> dict[str, Any]:
    return {"rendered": practice.tree(tmp_path), "terraform": practice.pretended(tmp_path)}


def test_plans_are_carried_in_a_file(
    fleet: csoc.Fleet, options: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run = fleet.plan(out="plans.tar", **options)
    page = run.wait()
    file = tmp_path / "plans.tar"
    assert file.stat().st_mode & 0o777 == 0o600
    assert "planted-secret" not in f"{page.to_dict()}{run!r}"
    with pytest.raises(csoc.OperateError, match="there already") as caught:
        fleet.plan(out=file, **options)
    assert "not there" in caught.value.__notes__[0]
    other = options | {"home": tmp_path / "elsewhere"}
    for plans in (file, [str(file)]):
        with pytest.raises(csoc.OperateError, match="without the digest that was shown"):
            fleet.apply(plans, **other)
        with pytest.raises(csoc.OperateError, match="are not the plans of the digest"):
            fleet.apply(plans, digest="0123456789ab", **other)
    table = fleet.apply(file, digest=page.digest[:12], **other).wait()
    assert table.headline == "2 stacks: 2 applied"
    assert run.id in {row["run"] for row in fleet.runs(home=tmp_path / "elsewhere")}
    with pytest.raises(csoc.OperateError, match="applied before"):
        fleet.apply(file, digest=page.digest, **other)
    gone = fleet.plan(out="gone.tar", destroy=True, select="id = *", **options).wait()
    with pytest.raises(csoc.OperateError, match="2 refused"):
        fleet.apply(Path("gone.tar"), digest=gone.digest, **other).wait()
    assert fleet.destroy(Path("gone.tar"), digest=gone.digest, **other).wait().headline == "2 stacks: 2 applied"


def test_what_is_no_file_of_plans_is_said(fleet: csoc.Fleet, options: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "plans.tar").write_text("planted-secret")
    with pytest.raises(csoc.OperateError, match=r"plans\.tar") as caught:
        fleet.apply(tmp_path / "plans.tar", digest="0" * 64, **options)
    assert "planted-secret" not in str(caught.value)
    with pytest.raises(csoc.OperateError, match=r"nowhere\.tar"):
        fleet.apply(tmp_path / "nowhere.tar", **options)
    run = fleet.plan(out=tmp_path / "no" / "plans.tar", **options)
    with pytest.raises(csoc.OperateError, match=r"plans\.tar") as caught:
        run.wait()
    assert run.id in caught.value.__notes__[0]
    assert fleet.runs(rendered=options["rendered"])[0]["planned"] == 2
