"""Who we are in every account: against an AWS of our own, in builds that ask AWS."""

import pickle
from collections.abc import Iterator
from pathlib import Path

import practice
import pretended_aws
import pytest

import gen3_csoc as csoc


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[pretended_aws.Aws]:
    with pretended_aws.pretended() as aws:
        aws.surroundings(monkeypatch)
        yield aws


def asked(fleet: csoc.Fleet, tree: Path) -> csoc.RunTable:
    run = fleet.identities(rendered=tree)
    assert run.what == "accounts"
    try:
        table = run.wait(timeout=60)
    except csoc.OperateError as error:
        assert "built without AWS" in str(error)  # noqa: PT017 - in most builds nothing is raised
        assert "feature `aws`" in error.__notes__[0]  # noqa: PT017
        pytest.skip("this csoc was built without AWS")
    assert pickle.loads(pickle.dumps(table)) == table
    assert "planted" not in f"{run!r}{table.to_dict()}{table._repr_html_()}{table.to_text()}"
    return table


def test_who_plans_and_applies_is_said_of_each_account(fleet: csoc.Fleet, tmp_path: Path) -> None:
    table = asked(fleet, practice.tree(tmp_path))
    of = "arn:aws:sts::111122223333:assumed-role"
    assert table.ok
    assert (table.kind, table.headline) == ("accounts", "1 account")
    assert table.to_records() == [
        {
            "account": "demo",
            "number": "111122223333",
            "here": "arn:aws:iam::999988887777:user/us",
            "plans_as": f"{of}/csoc-plan/csoc",
            "applies_as": f"{of}/csoc-deploy/csoc",
            "errors": [],
        }
    ]


def test_what_cannot_be_taken_says_why_and_what_to_do(
    fleet: csoc.Fleet, tmp_path: Path, aws: pretended_aws.Aws
) -> None:
    aws.refused.add("csoc-deploy")
    table = asked(fleet, practice.tree(tmp_path))
    assert not table.ok
    assert table[0]["plans_as"] is not None
    assert table[0]["applies_as"] is None
    assert "AccessDenied" in table[0]["errors"][0]
    assert "the layer `access` of the account makes the role" in table[0]["errors"][0]
