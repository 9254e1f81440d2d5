"""What is different between fleets, trees and directories."""

import json
import pickle
from pathlib import Path

import pytest

import gen3_csoc as csoc


@pytest.fixture(scope="module")
def newer(quickstart: str) -> csoc.Fleet:
    return csoc.Fleet.from_files({"fleet.yaml": quickstart.replace('release: "2026.07"', 'release: "2026.08"')})


@pytest.fixture(scope="module")
def older(quickstart: str) -> csoc.Fleet:
    return csoc.Fleet.from_files({"fleet.yaml": quickstart})


def test_two_fleets(older: csoc.Fleet, newer: csoc.Fleet) -> None:
    diff = newer.diff(older)
    assert diff
    assert len(diff) == len(diff.changes) == len(diff.to_records()) == 1
    change = diff[0]
    assert list(diff) == diff.changes
    assert (change["kind"], change["old"], change["new"]) == ("release", "2026.07", "2026.08")
    assert change["danger"] == diff.worst == "harmless"
    assert diff.dangers == {"harmless": 1}
    assert len(change["places"]) == diff.to_records()[0]["places"] > 10
    assert [source.split(":")[0] for source in diff.to_records()[0]["sources"]] == ["fleet.yaml"]
    assert repr(diff) == "Diff(old='demo', new='demo', changes=1, worst='harmless')"
    assert (diff.old, diff.new) == ("demo", "demo")
    assert newer.diff(older, threads=1) == diff
    with pytest.raises(IndexError):
        diff[1]


def test_the_same_is_no_difference(older: csoc.Fleet) -> None:
    diff = older.diff(older)
    assert not diff
    assert len(diff) == 0
    assert diff.worst is None
    assert diff.dangers == {}
    assert diff.to_text() == "no differences\n"


def test_trees_and_directories(older: csoc.Fleet, newer: csoc.Fleet, tmp_path: Path) -> None:
    assert [change["kind"] for change in newer.compile().diff(older.compile())] == ["release"]
    older.render(tmp_path / "build", allow_pending=True)
    assert not older.diff(tmp_path / "build")
    assert [change["kind"] for change in newer.diff(str(tmp_path / "build"))] == ["release"]
    assert not newer.diff(tmp_path / "build", only=["accounts.*"])
    with pytest.raises(FileNotFoundError):
        newer.diff(tmp_path / "nothing")
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(csoc.CsocError, match="neither a fleet nor a rendered tree"):
        newer.diff(other)
    (other / "fleet.yaml").write_text("commons: [\n")
    with pytest.raises(csoc.FleetError) as caught:
        newer.diff(other)
    assert caught.value.diagnostics
    with pytest.raises(TypeError):
        newer.diff(7)  # type: ignore[arg-type]


def test_it_is_shown(older: csoc.Fleet, newer: csoc.Fleet) -> None:
    diff = newer.diff(older)
    bundle = diff._repr_mimebundle_()
    assert bundle["text/plain"] == repr(diff)
    html = bundle["text/html"]
    assert html == diff.to_html() == diff._repr_html_()
    assert "2026.07 → 2026.08" in html
    assert "<script" not in html
    assert diff.to_markdown().startswith("### `demo` → `demo`")
    assert json.loads(diff.to_json())["changes"] == diff.changes == diff.to_dict()["changes"]
    assert "release: 2026.07 → 2026.08" in diff.to_text()


def test_html_is_escaped(quickstart: str) -> None:
    old = csoc.Fleet.from_files({"fleet.yaml": quickstart})
    new = csoc.Fleet.from_files({"fleet.yaml": quickstart.replace("Demo Commons", "'<script>alert(1)</script>'")})
    html = new.diff(old).to_html()
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_it_pickles(older: csoc.Fleet, newer: csoc.Fleet) -> None:
    diff = newer.diff(older)
    again = pickle.loads(pickle.dumps(diff))
    assert again == diff
    assert hash(again) == hash(diff)


def test_environments(quickstart: str) -> None:
    text = quickstart.replace(
        "    environments:\n",
        "    environments:\n"
        "      next: { tier: staging, cluster: demo, hostname: next.example.org, release: '2026.08' }\n",
    )
    fleet = csoc.Fleet.from_files({"fleet.yaml": text})
    kinds = {change["kind"] for change in fleet.diff_environments("demo/dev", "demo/next")}
    assert {"release", "host", "tier"} <= kinds
    assert not fleet.diff_environments("demo/dev", "demo/dev")
    with pytest.raises(LookupError) as caught:
        fleet.diff_environments("demo/dev", "demo/nxt")
    assert "did you mean `demo/next`?" in caught.value.__notes__


TWO = (
    "    environments:\n"
    "      next: { tier: staging, cluster: demo, hostname: next.example.org, release: '2026.08', replicas: 2 }\n"
)


def test_a_promotion(quickstart: str, tmp_path: Path) -> None:
    text = quickstart.replace("    environments:\n", TWO)
    (tmp_path / "fleet.yaml").write_text(text)
    fleet = csoc.Fleet.load(tmp_path)
    promotion = fleet.promote("demo", source="next", target="dev")
    assert promotion
    assert [change["kind"] for change in promotion.diff] == ["release"]
    assert promotion.diff[0]["new"] == "2026.08"
    assert promotion.patch.startswith("--- fleet.yaml\n+++ fleet.yaml\n")
    assert list(promotion.files) == ["fleet.yaml"]
    assert repr(promotion) == "Promotion(files=['fleet.yaml'], changes=1)"
    assert "2026.07 → 2026.08" in promotion._repr_html_()
    assert promotion._repr_mimebundle_()["text/plain"] == repr(promotion)
    assert promotion == fleet.promote("demo", source="next", target="dev", threads=1)
    assert hash(promotion) == hash(fleet.promote("demo", source="next", target="dev"))
    assert (tmp_path / "fleet.yaml").read_text() == text, "nothing is written until it is asked for"
    promotion.write(tmp_path)
    assert (tmp_path / "fleet.yaml").read_text() == promotion.files["fleet.yaml"]
    with pytest.raises(csoc.WriteError, match="changed by somebody else"):
        promotion.write(tmp_path)
    again = csoc.Fleet.load(tmp_path)
    assert again.commons["demo"].environments["dev"].release == "2026.08"
    assert not again.promote("demo", source="next", target="dev")
    both = again.promote("demo", source="next", target="dev", fields=["release", "replicas"])
    assert {change["kind"] for change in both.diff} == {"replicas"}


def test_what_is_not_promoted(quickstart: str) -> None:
    fleet = csoc.Fleet.from_files({"fleet.yaml": quickstart.replace("    environments:\n", TWO)})
    with pytest.raises(LookupError) as caught:
        fleet.promote("demo", source="nxt", target="dev")
    assert "did you mean `demo/next`?" in caught.value.__notes__
    with pytest.raises(LookupError, match="does not set"):
        fleet.promote("demo", source="next", target="dev", fields=["size.x"])
    for field in ["hostname", "", "a[0]"]:
        with pytest.raises(ValueError, match=r"own|no field|path|`"):
            fleet.promote("demo", source="next", target="dev", fields=[field])
    with pytest.raises(ValueError, match="itself"):
        fleet.promote("demo", source="dev", target="dev")
