"""Findings, and the exceptions that carry them."""

import pickle
import traceback
from datetime import date
from pathlib import Path

import pytest

import gen3_csoc as csoc


def test_a_broken_fleet_raises_with_every_finding(broken: csoc.FleetError) -> None:
    assert isinstance(broken, csoc.CsocError)
    assert len(broken.diagnostics) >= 2
    assert str(len(broken.diagnostics)) in str(broken)
    for diagnostic in broken.diagnostics:
        assert diagnostic.severity == "error"
        assert diagnostic.is_failure
        assert diagnostic.labels[0].file == "fleet.yaml"
        assert diagnostic.labels[0].line > 1
        assert diagnostic.labels[0].excerpt
    assert any("tier" in (diagnostic.help or "") for diagnostic in broken.diagnostics)


def test_the_traceback_shows_the_findings(broken: csoc.FleetError) -> None:
    text = "".join(traceback.format_exception(broken))
    assert "gen3_csoc.errors.FleetError: the fleet has" in text
    for diagnostic in broken.diagnostics:
        assert diagnostic.message in text


def test_exceptions_pickle(broken: csoc.FleetError) -> None:
    again = pickle.loads(pickle.dumps(broken))
    assert str(again) == str(broken)
    assert again.diagnostics == broken.diagnostics
    assert csoc.FleetError("no findings").diagnostics == ()


def test_a_report_is_a_sequence_of_findings(report: csoc.Report) -> None:
    assert len(report) == len(list(report)) == len(report.diagnostics)
    assert report.errors
    assert report[0] in report.errors
    assert report[-1] == report.diagnostics[-1]
    assert report.summary["errors"] == len(report.errors)
    assert report.summary["warnings"] == len(report.warnings)
    with pytest.raises(IndexError):
        report[len(report)]


def test_a_report_is_a_table(report: csoc.Report) -> None:
    records = report.to_records()
    assert len(records) == len(report)
    assert list(records[0]) == [
        "severity",
        "code",
        "message",
        "help",
        "object",
        "path",
        "file",
        "line",
        "column",
        "status",
        "docs",
    ]
    assert records[0]["file"] == "fleet.yaml"
    assert records[0]["line"] == report[0].labels[0].line


def test_a_report_is_the_json_of_the_command(report: csoc.Report) -> None:
    data = report.to_dict()
    assert data["summary"] == report.summary
    assert data["diagnostics"][0] == report[0].to_dict()
    assert {"code", "severity", "message", "help", "labels", "object", "docs", "status"} <= set(data["diagnostics"][0])
    assert set(data["diagnostics"][0]["labels"][0]) == {
        "file",
        "line",
        "column",
        "end_line",
        "end_column",
        "root",
        "message",
    }


def test_reports_pickle_and_compare(report: csoc.Report) -> None:
    for value in (report, report[0], report[0].labels[0]):
        again = pickle.loads(pickle.dumps(value))
        assert again == value
        assert hash(again) == hash(value)
        assert repr(again) == repr(value)
        assert "\n" not in repr(value)
    assert report[0] != report
    assert pickle.loads(pickle.dumps(report)).to_text() == report.to_text()


def test_a_day_is_a_date_or_its_text(fleet: csoc.Fleet) -> None:
    assert fleet.check(as_of=date(2026, 11, 1)) == fleet.check(as_of="2026-11-01")
    assert fleet.check(threads=1) == fleet.check(threads=2)


def test_a_report_says_what_text_does_not_decide(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        'variable "trust" {}\nresource "aws_iam_role" "it" {\n  assume_role_policy = var.trust\n}\n'
    )
    report = csoc.verify(tmp_path)
    assert report.undecided == {"the account or region of a provider is not known": 1}
    assert report.to_dict()["undecided"] == report.undecided
    assert pickle.loads(pickle.dumps(report)).undecided == report.undecided
    assert csoc.Report((), (0, 0, 0, 0, 0), "").undecided == {}
