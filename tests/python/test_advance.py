"""A way through a fleet wave by wave: what is asked, what a yes is, and what becomes of each stack."""

import asyncio
import json
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import practice
import pytest
from conftest import QUICKSTART

import gen3_csoc as csoc

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the pretended Terraform is a script")

CLUSTER = "v1/111122223333/us-east-1/cluster/cluster/demo"
DATA = "v1/111122223333/us-east-1/data/cluster/demo"
GIVEN = {"cluster_security_group_id": "sg-0123456789abcdef0", "password": "planted-secret"}

Advance = Callable[..., csoc.Run[csoc.RunTable]]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    shutil.copytree(QUICKSTART, tmp_path / "fleet")
    (tmp_path / "outputs.json").write_text(json.dumps(GIVEN))
    return tmp_path / "fleet"


@pytest.fixture
def advance(directory: Path, tmp_path: Path) -> Advance:
    terraform = practice.pretended(tmp_path)

    def begin(**options: Any) -> csoc.Run[csoc.RunTable]:
        select = options.pop("select", "layer in (cluster, data)")
        return csoc.Fleet.load(directory).advance(select=select, terraform=terraform, **options)

    return begin


def outcomes(table: csoc.RunTable) -> list[tuple[str, int | None, str]]:
    return [(row["stack"], row["wave"], row["outcome"]) for row in table]


def test_a_fleet_is_brought_there_wave_by_wave(advance: Advance, directory: Path) -> None:
    pages: list[csoc.PlanPage] = []

    def approve(page: csoc.PlanPage) -> str:
        pages.append(page)
        return page.digest[:12]

    run = advance(approve=approve)
    table = run.wait(timeout=120)
    # What the first wave gave is what the second needs.
    assert [[row["stack"] for row in page] for page in pages] == [[CLUSTER], [DATA]]
    assert outcomes(table) == [(CLUSTER, 1, "applied"), (DATA, 2, "applied")]
    assert table.ok
    assert run.what == table.kind == "advance"
    assert [row["run"] for row in table] == [page.run for page in pages]
    assert run.id == table.run == pages[0].run
    assert [row["run"] for row in csoc.Fleet.load(directory).runs()] == [page.run for page in reversed(pages)]
    assert [row["standing"] for row in run.to_records()] == ["done", "done"]
    file = directory / "outputs" / f"{CLUSTER}.json"
    assert GIVEN["cluster_security_group_id"] in file.read_text()
    shown = f"{table.to_dict()}{table.to_text()}{run!r}{[event.to_dict() for event in run.events()]}{file.read_text()}"
    assert "planted-secret" not in shown
    assert csoc.Fleet.load(directory).plan(select="layer = data", terraform=directory.parent / "terraform").wait().ok


def test_what_is_not_approved_is_not_applied_and_no_error(advance: Advance) -> None:
    for no in (None, ""):
        run = advance(approve=lambda _, no=no: no)
        table = run.wait(timeout=60)
        assert outcomes(table) == [(CLUSTER, 1, "not approved"), (DATA, None, "not begun")]
        assert not table.ok
    # Where nobody can be asked, the first plan that must be approved is the end of it.
    assert [row["outcome"] for row in advance().wait(timeout=60)] == ["not approved", "not begun"]


def test_only_the_digest_that_was_shown_is_a_yes(advance: Advance) -> None:
    def angry(_: csoc.PlanPage) -> str:
        raise LookupError

    wrong: list[tuple[Any, type[Exception], str]] = [
        (lambda _: "0123456789ab", csoc.OperateError, "not the plans of the digest `0123456789ab`"),
        (lambda page: page.digest[:11], csoc.OperateError, "not the plans of the digest"),
        (lambda _: True, TypeError, "the digest of the page, or None, and gave bool"),
        (angry, LookupError, "^$"),
    ]
    for approve, kind, message in wrong:
        run = advance(approve=approve)
        with pytest.raises(kind, match=message):
            run.wait(timeout=60)
        assert run.done
        assert [row["outcome"] for row in run.wait()] == ["not approved", "not begun"]


def test_what_needs_nobodys_yes(advance: Advance, directory: Path) -> None:
    asked: list[csoc.PlanPage] = []
    table = advance(approve=asked.append, unasked="creates", select="layer = cluster").wait(timeout=60)
    assert (asked, table.ok, table[0]["outcome"]) == ([], True, "applied")
    assert "data" not in table.to_text()
    journal = (directory / ".csoc" / "runs" / "journal.jsonl").read_text()
    assert '"how":"creates"' in journal


def test_a_yes_may_have_to_be_awaited(advance: Advance) -> None:
    ticks = 0

    async def approve(page: csoc.PlanPage) -> str:
        nonlocal ticks
        await asyncio.sleep(0.01)
        ticks += 1
        return page.digest

    async def work() -> csoc.RunTable:
        run = advance(approve=approve)
        assert {event.kind async for event in run.aevents()} >= {"begun", "completed", "ended"}
        return await run

    assert asyncio.run(work()).ok
    assert ticks == 2
    run = advance(approve=approve, select="layer = dns")
    with pytest.raises(TypeError, match="await the run"):
        run.wait(timeout=60)


def test_cancelling_what_is_awaited_ends_a_question(advance: Advance) -> None:
    async def never(_: csoc.PlanPage) -> str:
        await asyncio.sleep(3600)
        return ""

    async def work() -> csoc.Run[csoc.RunTable]:
        run = advance(approve=never)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(run, 5)
        return run

    run = asyncio.run(work())
    assert run.done
    assert [row["outcome"] for row in run.wait()] == ["not approved", "not begun"]


def test_who_goes_through_events_is_asked_too(advance: Advance) -> None:
    run = advance(approve=lambda page: page.digest)
    kinds = [event.kind for event in run.events()]
    # Each stack is planned, applied and asked for outputs.
    assert kinds.count("ended") == 6
    assert run.wait().ok


def test_a_question_waits_until_somebody_does(advance: Advance) -> None:
    run = advance(approve=lambda page: page.digest)
    until = time.monotonic() + 60
    while run.state == "running" and time.monotonic() < until:
        time.sleep(0.02)
    assert run.state == "asks"
    run.cancel()
    assert run.wait(timeout=10)[0]["outcome"] == "not approved"

    def interrupted(_: csoc.PlanPage) -> str:
        raise KeyboardInterrupt

    asked = advance(approve=interrupted)
    with pytest.raises(KeyboardInterrupt):
        asked.wait(timeout=60)
    assert asked.wait(timeout=10)[0]["outcome"] == "not approved"


def test_the_first_failure_ends_it(advance: Advance, tmp_path: Path) -> None:
    elsewhere = "arn:aws:acm:us-east-1:999999999999:certificate/00000000-0000-4000-8000-000000000000"
    (tmp_path / "outputs.json").write_text(json.dumps({"certificate_arn": elsewhere}))
    with pytest.raises(csoc.OperateError, match="not all of it was applied: 1 stack: 1 wrong") as caught:
        advance(unasked="creates", select="layer = dns").wait(timeout=60)
    assert caught.value.table is not None
    assert "its outputs:" in caught.value.table[0]["remark"]
    (tmp_path / "terraform").write_text((tmp_path / "terraform").read_text().replace('"# fails" in text()', "True"))
    with pytest.raises(csoc.OperateError, match="1 failed, 1 not begun") as caught:
        advance(unasked="creates").wait(timeout=60)
    assert caught.value.table is not None
    assert "no <b>room</b>" in caught.value.table[0]["remark"]


def test_a_fleet_that_is_wrong_by_now_is_not_gone_through(advance: Advance, directory: Path) -> None:
    def spoil(page: csoc.PlanPage) -> str:
        text = (directory / "fleet.yaml").read_text(encoding="utf-8")
        (directory / "fleet.yaml").write_text(text.replace("tier: dev", "tire: dev"), encoding="utf-8")
        return page.digest

    run = advance(approve=spoil)
    with pytest.raises(csoc.FleetError) as caught:
        run.wait(timeout=60)
    assert caught.value.diagnostics
    assert (directory / "outputs" / f"{CLUSTER}.json").exists()


def test_what_cannot_be_gone_through_is_said(advance: Advance, quickstart: str) -> None:
    with pytest.raises(TypeError, match="str cannot be"):
        advance(approve="yes")
    with pytest.raises(ValueError, match="`all` must be `creates` or `changes`"):
        advance(unasked="all")
    with pytest.raises(csoc.OperateError, match="no stack has the layer"):
        advance(select="layer = nothing")
    with pytest.raises(csoc.OperateError, match="has no directory"):
        csoc.Fleet.from_files({"fleet.yaml": quickstart}).advance()
