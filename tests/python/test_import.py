"""Imports of foreign layouts."""

import pickle
from pathlib import Path

import pytest

import gen3_csoc as csoc

REPOSITORY = Path(__file__).parents[1] / "repositories" / "two-clusters"


def test_a_repository_becomes_a_fleet(tmp_path: Path) -> None:
    out = tmp_path / "fleet"
    report = csoc.import_fleet("gen3-gitops", REPOSITORY, out, as_of="2026-11-26")
    fleet = csoc.Fleet.load(out)
    assert sorted(fleet.clusters) == ["alpha", "beta"]
    assert not fleet.check(as_of="2026-11-26").errors
    records = report.to_records()
    assert all(record["equal"] for record in records)
    assert {record["document"] for record in records} == {"application", "cluster", "values"}
    assert 0 < report.share <= report.live_share <= 100
    assert "alpha/data.example.org/values/orphan.yaml" in [note["file"] for note in report.notes]
    assert pickle.loads(pickle.dumps(report)) == report
    assert "commons.example.environments.data" in report._repr_html_()
    assert (out / "import-report.md").read_text() == report.to_markdown()


def test_what_cannot_be_imported_is_said(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="one of gen3-gitops"):
        csoc.import_fleet("other", REPOSITORY, tmp_path / "a")  # type: ignore[arg-type]
    with pytest.raises(FileNotFoundError):
        csoc.import_fleet("gen3-gitops", tmp_path / "nowhere", tmp_path / "a")
    with pytest.raises(ValueError, match="is not laid out"):
        csoc.import_fleet("gen3-gitops", tmp_path, tmp_path / "a")
    with pytest.raises(ValueError, match="cannot be fixed"):
        csoc.import_fleet("gen3-gitops", REPOSITORY, tmp_path / "a", fix=["web-acl-missing"])
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    with pytest.raises(csoc.WriteError, match="is not empty"):
        csoc.import_fleet("gen3-gitops", REPOSITORY, tmp_path / "full")
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text("alpha/data.example.org: { tier: production }\n")
    with pytest.raises(csoc.FleetError) as raised:
        csoc.import_fleet("gen3-gitops", REPOSITORY, tmp_path / "a", mapping=mapping)
    report = raised.value.report
    assert report is not None
    assert [found.code for found in report] == ["import-mapping-invalid"]
    assert not (tmp_path / "a").exists()
