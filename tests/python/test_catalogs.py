"""Catalogs of a fleet, and trees of anyone verified with them."""

import os
import pickle
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import gen3_csoc as csoc

QUICKSTART = Path(__file__).parents[2] / "examples" / "quickstart"
SCHEMA = """{"format_version":"1.0","provider_schemas":{"registry.terraform.io/example/demo":{
  "provider":{"block":{}},
  "resource_schemas":{"demo_thing":{"block":{"attributes":{"name":{"type":"string","required":true}}}}}}}}"""
ROOT = """terraform {
  required_providers {
    demo = { source = "example/demo" }
  }
}

resource "demo_thing" "x" {
  nam = "x"
}
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    shutil.copytree(QUICKSTART, tmp_path / "fleet")
    (tmp_path / "demo.json").write_text(SCHEMA)
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "main.tf").write_text(ROOT)
    return tmp_path


def codes(report: csoc.Report) -> set[str]:
    return {found.code for found in report}


def test_catalogs_are_a_table() -> None:
    catalogs = csoc.Catalogs.embedded()
    records = catalogs.to_records()
    assert len(catalogs) == len(records) > 10
    assert list(catalogs) == records
    assert {"kind", "name", "version", "digest", "source", "pinned"} == set(records[0])
    assert repr(catalogs) == f"Catalogs(catalogs={len(records)}, pinned=0)"
    assert "hashicorp/aws" in catalogs._repr_html_()
    assert catalogs == pickle.loads(pickle.dumps(catalogs))
    shown = catalogs.show("provider", "hashicorp/aws", version="5.100.0", path="resources.aws_sqs_queue")
    assert shown["counts"]["resources"] == 1526
    assert "attributes" in shown["value"]
    with pytest.raises(LookupError, match="no provider catalog"):
        catalogs.show("provider", "hashicorp/aws", version="1.0.0")
    with pytest.raises(LookupError, match="nothing at"):
        catalogs.show("provider", "hashicorp/aws", path="nothing.here")


def test_a_fleet_uses_what_it_pins(place: Path) -> None:
    fleet = csoc.Fleet.load(place / "fleet")
    assert fleet.catalogs == csoc.Catalogs.embedded()
    assert "lock-missing" in codes(fleet.check(locked=True))
    assert "lock-missing" not in codes(fleet.check())
    with pytest.raises(csoc.FleetError) as caught:
        fleet.render(place / "build", locked=True)
    assert caught.value.diagnostics[0].code == "lock-missing"

    update = csoc.Catalogs.update(place / "fleet")
    assert {moved["to"]["name"] for moved in update["moved"]} >= {"gen3", "hashicorp/aws"}
    fleet = csoc.Fleet.load(place / "fleet" / "fleet.yaml")
    assert fleet.catalogs == csoc.Catalogs.load(place / "fleet")
    assert any(record["pinned"] for record in fleet.catalogs)
    assert not codes(fleet.check(locked=True)) & {"lock-missing", "lock-outdated"}
    fleet.render(place / "build", locked=True, allow_pending=True)
    again = pickle.loads(pickle.dumps(fleet))
    assert again == fleet
    assert again.catalogs == fleet.catalogs == pickle.loads(pickle.dumps(fleet.catalogs))


def test_values_are_checked_against_the_chart_that_is_pinned(place: Path) -> None:
    text = (place / "fleet" / "fleet.yaml").read_text()
    text = text.replace('        release: "2026.07"\n', '        release: "2026.07"\n        values: { onlyHere: 1 }\n')
    (place / "fleet" / "fleet.yaml").write_text(text)
    assert "values-key-unknown" in codes(csoc.Fleet.load(place / "fleet").check())
    chart = place / "gen3"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("name: gen3\nversion: 0.3.90\n")
    (chart / "values.yaml").write_text("onlyHere: 2\nglobal: {}\n")
    (chart / "templates" / "a.yaml").write_text("{{ .Values.onlyHere }}{{ .Values.global | toYaml }}\n")
    csoc.Catalogs.add(place / "fleet", "chart", chart)
    fleet = csoc.Fleet.load(place / "fleet")
    assert "values-key-unknown" not in codes(fleet.check())
    assert "values-key-unknown" not in codes(fleet.compile().report)
    assert "values-key-unknown" not in codes(pickle.loads(pickle.dumps(fleet)).check())


def test_terraform_of_anyone_is_verified(place: Path) -> None:
    plain = codes(csoc.verify(place / "root"))
    assert "provider-catalog-missing" in plain
    assert "argument-unknown" not in plain
    added = csoc.Catalogs.add(place / "fleet", "provider", place / "demo.json", version="1.0.0")
    assert (added["name"], added["version"], added["pinned"]) == ("example/demo", "1.0.0", True)
    fleet = csoc.Fleet.load(place / "fleet")
    for facts in (fleet, fleet.catalogs, place / "fleet", str(place / "fleet" / "fleet.yaml")):
        report = csoc.verify(place / "root", fleet=facts)
        assert {"argument-missing", "argument-unknown"} <= codes(report)
        assert len(report.errors) == 2
        assert report.errors[0].labels[0].root == "tree"


def test_what_csoc_rendered_is_verified(place: Path, fleet: csoc.Fleet) -> None:
    fleet.render(place / "build")
    assert not csoc.verify(place / "build").errors
    written = next((place / "build" / "gitops").rglob("values.yaml"))
    written.write_text(written.read_text() + "another: 1\n")
    assert "file-edited" in codes(csoc.verify(place / "build"))


def test_a_baseline_covers_what_is_known(place: Path) -> None:
    csoc.Catalogs.add(place / "fleet", "provider", place / "demo.json", version="1.0.0")
    baseline = place / "baseline.yaml"
    baseline.write_text("format: 1\nfindings:\n  - { code: argument-unknown, object: ., path: demo_thing.x }\n")
    plain = csoc.verify(place / "root", fleet=place / "fleet")
    covered = csoc.verify(place / "root", fleet=place / "fleet", baseline=baseline)
    assert len(plain.errors) == 2
    assert covered.summary["baselined"] + covered.summary["errors"] == 2


def test_what_cannot_be_verified_is_an_exception(place: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        csoc.verify(tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError):
        csoc.verify(place / "root", baseline=tmp_path / "nowhere")
    with pytest.raises(csoc.CsocError, match="holds no tree"):
        csoc.verify(QUICKSTART.parent / "notebooks")
    with pytest.raises(ValueError, match="day"):
        csoc.verify(place / "root", as_of="yesterday")
    with pytest.raises(TypeError):
        csoc.verify(place / "root", fleet=7)  # type: ignore[arg-type]


def test_a_lock_that_is_wrong_is_an_exception_with_findings(place: Path) -> None:
    fleet = place / "fleet"
    csoc.Catalogs.update(fleet)
    lock = fleet / "csoc.lock"
    whole = lock.read_text()
    lock.write_text(whole[: len(whole) // 2])
    for call in (csoc.Catalogs.load, lambda path: csoc.verify(place / "root", fleet=path)):
        with pytest.raises(csoc.FleetError) as caught:
            call(fleet)
        assert caught.value.diagnostics[0].code == "lock-invalid"
        assert caught.value.diagnostics[0].labels[0].file == "csoc.lock"
    with pytest.raises(csoc.CsocError):
        csoc.Catalogs.update(fleet)
    lock.write_text(whole)
    next(fleet.glob("catalogs/chart/gen3/*")).unlink()
    with pytest.raises(csoc.FleetError) as caught:
        csoc.Catalogs.load(fleet)
    assert [found.code for found in caught.value.diagnostics] == ["catalog-missing"]
    assert "catalog-missing" in codes(csoc.Fleet.load(fleet).check())
    lock.write_text('{"format": 2, "csoc": "3.4.5"}')
    for load in (csoc.Fleet.load, csoc.Catalogs.load):
        with pytest.raises(csoc.CsocError, match=r"csoc 3\.4\.5 reads") as later:
            load(fleet)
        assert "3.4.5" in later.value.__notes__[0]


def test_what_cannot_be_added_is_an_exception(place: Path) -> None:
    fleet = place / "fleet"
    with pytest.raises(ValueError, match="version"):
        csoc.Catalogs.add(fleet, "provider", place / "demo.json")
    with pytest.raises(ValueError, match="kind"):
        csoc.Catalogs.add(fleet, "planet", place / "demo.json")  # type: ignore[arg-type]
    with pytest.raises(FileNotFoundError):
        csoc.Catalogs.add(fleet, "provider", place / "nowhere.json", version="1")
    with pytest.raises(FileNotFoundError):
        csoc.Catalogs.add(place, "provider", place / "demo.json", version="1")
    with pytest.raises(csoc.CsocError, match="is not"):
        csoc.Catalogs.add(fleet, "crd", place / "demo.json", version="1")
    with pytest.raises(LookupError, match="carries no"):
        csoc.Catalogs.update(fleet, [("provider", "example/none")])
    assert not (fleet / "csoc.lock").exists()


def test_other_threads_go_on_while_a_tree_is_verified(place: Path, fleet: csoc.Fleet) -> None:
    fleet.render(place / "build")
    done = threading.Event()
    ticks = 0

    def tick() -> None:
        nonlocal ticks
        while not done.wait(0.0005):
            ticks += 1

    thread = threading.Thread(target=tick)
    thread.start()
    for _ in range(3):
        csoc.verify(place / "build")
    done.set()
    thread.join()
    assert ticks > 0


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to send")
def test_control_c_stops_a_verification(place: Path, fleet: csoc.Fleet) -> None:
    fleet.render(place / "build")
    # A parent that runs in the background of a shell hands down that SIGINT is ignored.
    code = """
import signal, sys
import gen3_csoc as csoc
signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    print("ready", flush=True)
    while True:
        csoc.verify(sys.argv[1])
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""
    with subprocess.Popen(
        [sys.executable, "-c", code, str(place / "build")], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        os.kill(child.pid, signal.SIGINT)
        out, _ = child.communicate(timeout=60)
        assert out == "interrupted\n"
        assert child.returncode == 0
