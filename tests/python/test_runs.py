"""Runs: plans as pages, applies by digest, events, cancelling, drift, outputs, and nothing secret in any of them."""

import asyncio
import inspect
import json
import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import practice
import pytest
from practice_cluster import PracticeCluster

import gen3_csoc as csoc

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the pretended Terraform is a script")


@pytest.fixture
def terraform(tmp_path: Path) -> Path:
    return practice.pretended(tmp_path)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return practice.tree(tmp_path)


Plan = Callable[..., csoc.Run[csoc.PlanPage]]


@pytest.fixture
def plan(fleet: csoc.Fleet, tree: Path, terraform: Path) -> Plan:
    def begin(**options: Any) -> csoc.Run[csoc.PlanPage]:
        return fleet.plan(rendered=tree, terraform=terraform, **options)

    return begin


def slow(directory: Path, word: str) -> Path:
    return practice.tree(directory, network=f"# {word}\n{practice.VPC}")


def wait_for_event(run: csoc.Run[Any], kind: str) -> None:
    for event in run.events():
        if event.kind == kind:
            return
    pytest.fail(f"there was no {kind}")


def test_a_plan_is_a_page(plan: Plan) -> None:
    run = plan(parallel=1)
    page = run.wait(timeout=60)
    assert run.done
    assert run.state == "done"
    assert [row["standing"] for row in run.to_records()] == ["done", "done"]
    assert page.run == run.id
    assert page.headline == "2 stacks: 2 would change"
    assert page.ok
    assert [row["stack"] for row in page] == [practice.NETWORK, practice.WAF]
    assert page[0]["changes"] == [{"address": "terraform_data.vpc", "of": "terraform_data", "action": "create"}]
    assert page[-1] == list(page)[1]
    assert [(record["outcome"], record["create"], record["tier"]) for record in page.to_records()] == [
        ("+1", 1, "dev"),
        ("+1", 1, "dev"),
    ]
    assert len(page.bundles) == len(page) == 2
    assert page.to_text().splitlines()[-1] == page.headline
    assert page.digest[:12] in page._repr_html_()
    assert page.digest[:12] in repr(page)
    assert page.to_markdown() == page._repr_markdown_()
    assert page.to_dict()["run"] == run.id
    assert page
    with pytest.raises(IndexError):
        page[2]


def test_results_compare_pickle_and_are_told_in_a_line(fleet: csoc.Fleet, plan: Plan) -> None:
    run = plan()
    page = run.wait()
    table = fleet.apply(run, digest=page.digest).wait()
    events = list(run.events())
    for value in (page, table, events[0], events[-1]):
        again = pickle.loads(pickle.dumps(value))
        assert again == value
        assert hash(again) == hash(value)
        assert repr(again) == repr(value)
        assert "\n" not in repr(value)
        assert value._repr_mimebundle_()["text/html"] == value._repr_html_()
    assert "\n" not in repr(run)
    assert plan().wait() != page
    error = csoc.OperateError("part of it", table)
    assert pickle.loads(pickle.dumps(error)).table == table
    with pytest.raises(TypeError):
        pickle.dumps(run)


def test_events_are_typed_and_kept_for_who_asks_late(plan: Plan) -> None:
    run = plan(select="layer = network")
    run.wait()
    events = list(run.events())
    assert [event.kind for event in events] == ["begun", "version", "planned", "ended"]
    planned = events[2]
    assert (planned.stack, planned.address, planned.action) == (practice.NETWORK, "terraform_data.vpc", "create")
    assert planned.to_dict()["kind"] == "planned"
    assert events[0].at <= events[-1].at
    assert events[-1].seconds is not None
    assert events[-1].message is None
    assert list(run.events()) == events


def test_an_apply_needs_the_digest_that_was_shown(fleet: csoc.Fleet, plan: Plan, tree: Path, terraform: Path) -> None:
    run = plan()
    page = run.wait()
    options: dict[str, Any] = {"rendered": tree, "terraform": terraform}
    for plans in (run, page, run.id):
        with pytest.raises(csoc.OperateError, match="without the digest that was shown") as caught:
            fleet.apply(plans, **options)
        assert "digest=" in caught.value.__notes__[0]
        for digest in ("0123456789ab", page.digest[:11], ""):
            with pytest.raises(csoc.OperateError, match="these are not the plans of the digest"):
                fleet.apply(plans, digest=digest, **options)
    table = fleet.apply(run.id, digest=page.digest[:12], **options).wait()
    assert table.kind == "apply"
    assert table.headline == "2 stacks: 2 applied"
    assert table.to_records()[0] == {
        "stack": practice.NETWORK,
        "outcome": "applied",
        "remark": "1 added, 0 changed, 0 destroyed",
    }
    assert table[1]["stack"] == practice.WAF
    for plans in (run, page, run.id):
        with pytest.raises(csoc.OperateError, match="all of these plans were applied before"):
            fleet.apply(plans, digest=page.digest, **options)
    again = fleet.apply(page.bundles, **options)
    with pytest.raises(csoc.OperateError, match="2 stacks: 1 refused, 1 not begun") as used:
        again.wait()
    assert used.value.table is not None
    assert "somebody began to apply it already" in used.value.table[0]["remark"]
    assert not used.value.table.ok
    clean = plan().wait()
    assert clean.headline == "2 stacks: 2 clean"
    assert not clean
    assert clean.expires is None
    assert fleet.apply(clean, **options).wait().headline == "0 stacks"
    runs = fleet.runs(rendered=tree)
    # That a plan was approved and refused is one, too.
    assert runs.headline == "4 runs"
    assert runs.to_records()[-1] | {"began": "", "by": ""} == {
        "run": run.id,
        "began": "",
        "by": "",
        "planned": 2,
        "applied": 0,
        "not_done": 0,
    }


def test_a_reader_that_leaves_stops_no_apply(plan: Plan, tree: Path, terraform: Path, tmp_path: Path) -> None:
    run = plan()
    run.wait(timeout=60)
    command = Path(sys.executable).with_name("csoc")
    arguments: list[str | Path] = [
        "apply",
        "--rendered",
        tree,
        "--terraform",
        terraform,
        "--run",
        run.id,
        "--format",
        "json",
    ]
    process = subprocess.Popen([command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=60) == 141
    assert "csoc runs show" in said
    for layer in ("network", "waf"):
        state = json.loads((tmp_path / f"{layer}.tfstate").read_text(encoding="utf-8"))
        assert len(state["resources"]) == 1


def test_single_plans_are_applied_by_their_own_digests(
    fleet: csoc.Fleet, plan: Plan, tree: Path, terraform: Path
) -> None:
    page = plan().wait()
    first = page.bundles[0][:12]
    applied = fleet.apply([first], rendered=tree, terraform=terraform).wait()
    assert [row["stack"] for row in applied] == [practice.NETWORK]
    for wrong in (["0123456789ab"], "20260101T000000Z-000000"):
        with pytest.raises(csoc.OperateError, match=r"bundles in|no plan of a run"):
            fleet.apply(wrong, rendered=tree, terraform=terraform)
    with pytest.raises(csoc.OperateError, match="are not the plans of the digest"):
        fleet.apply([page.bundles[1]], digest=page.digest, rendered=tree, terraform=terraform)


def test_what_is_left_of_a_run_goes_on(fleet: csoc.Fleet, plan: Plan, tree: Path, terraform: Path) -> None:
    run = plan()
    page = run.wait()
    fleet.apply([page.bundles[0]], rendered=tree, terraform=terraform).wait()
    rest = fleet.apply(run, digest=page.digest).wait()
    assert [(row["stack"], row["outcome"]) for row in rest] == [(practice.WAF, "applied")]


def test_stacks_are_destroyed_as_they_are_planned_and_applied(fleet: csoc.Fleet, plan: Plan) -> None:
    with pytest.raises(csoc.OperateError, match="nothing says which stacks"):
        plan(destroy=True)
    made = plan()
    assert made.wait().aim == "change"
    fleet.apply(made, digest=made.wait().digest).wait()
    run = plan(destroy=True, select="id = *")
    page = run.wait()
    assert page.aim == "destroy"
    assert [record["destroy"] for record in page.to_records()] == [1, 1]
    assert "fleet.destroy" in page._repr_html_()
    with pytest.raises(csoc.OperateError, match="without the digest"):
        fleet.destroy(run)
    with pytest.raises(csoc.OperateError, match="2 stacks: 2 refused"):
        fleet.apply(run, digest=page.digest).wait()
    gone = fleet.destroy(run, digest=page.digest)
    table = gone.wait()
    assert gone.what == table.kind == "destroy"
    assert [row["stack"] for row in table] == [practice.WAF, practice.NETWORK]
    assert table[0]["remark"] == "0 added, 0 changed, 1 destroyed"
    assert plan(destroy=True, select="id = *").wait().headline == "2 stacks: 2 clean"


def test_what_cannot_be_made_again_is_destroyed_only_by_its_address(
    fleet: csoc.Fleet, tmp_path: Path, terraform: Path
) -> None:
    bucket = 'resource "aws_s3_bucket" "data" {\n  bucket = "b"\n}\n'
    tree = practice.tree(tmp_path, network=bucket)
    options: dict[str, Any] = {"rendered": tree, "terraform": terraform, "select": "layer = network"}
    made = fleet.plan(**options).wait()
    fleet.apply(made, digest=made.digest, **options).wait()
    practice.tree(tmp_path, network="")
    page = fleet.plan(**options).wait()
    assert "cannot be made again" in page._repr_html_()
    with pytest.raises(csoc.OperateError, match="1 refused"):
        fleet.apply(page, digest=page.digest, **options).wait()
    with pytest.raises(csoc.OperateError, match="allows what no plan destroys"):
        fleet.apply(page, digest=page.digest, allow_destroy=["aws_s3_bucket.other"], **options).wait()
    allowed = fleet.apply(page, digest=page.digest, allow_destroy=["aws_s3_bucket.data"], **options).wait()
    assert allowed[0]["remark"] == "0 added, 0 changed, 1 destroyed"


def test_an_apply_that_fails_raises_with_what_became_of_each_stack(
    fleet: csoc.Fleet, tmp_path: Path, terraform: Path
) -> None:
    tree = slow(tmp_path, "fails")
    run = fleet.plan(rendered=tree, terraform=terraform)
    apply = fleet.apply(run, digest=run.wait().digest)
    with pytest.raises(csoc.OperateError, match="not all of it was applied") as caught:
        apply.wait()
    table = caught.value.table
    assert table is not None
    assert [row["outcome"] for row in table] == ["failed", "not begun"]
    assert "no <b>room</b>" in table[0]["remark"]
    for shown in (table._repr_html_(), apply._repr_html_()):
        assert "no &lt;b&gt;room&lt;/b&gt;" in shown
        assert "<b>" not in shown
    found = [event for event in apply.events() if event.kind == "diagnostic"]
    assert [event.message for event in found] == ["no <b>room</b>"]
    assert "no &lt;b&gt;" in found[0]._repr_html_()
    assert [row["standing"] for row in apply.to_records()] == ["failed", "waiting"]


def test_a_run_is_asked_to_stop(fleet: csoc.Fleet, tmp_path: Path, terraform: Path) -> None:
    tree = slow(tmp_path, "slow")
    run = fleet.plan(rendered=tree, terraform=terraform)
    page = run.wait()
    apply = fleet.apply(run, digest=page.digest)
    with pytest.raises(TimeoutError, match="still runs"):
        apply.wait(timeout=0.1)
    wait_for_event(apply, "started")
    assert apply.state == "running"
    assert apply.to_records()[0]["remark"] == "create terraform_data.vpc"
    with pytest.raises(csoc.OperateError, match="has not come to its end"):
        fleet.apply(fleet.plan(rendered=tree, terraform=terraform, select="layer = waf"), digest=page.digest)
    apply.cancel()
    with pytest.raises(csoc.OperateError, match="1 stopped, 1 not begun"):
        apply.wait(timeout=60)
    with pytest.raises(ValueError, match="has no plans"):
        fleet.apply(apply, digest=page.digest)  # type: ignore[arg-type]


def test_asked_twice_a_run_is_left_to_itself(fleet: csoc.Fleet, tmp_path: Path, terraform: Path) -> None:
    tree = slow(tmp_path, "deaf")
    options: dict[str, Any] = {"rendered": tree, "terraform": terraform, "select": "layer = network"}
    run = fleet.plan(**options)
    apply = fleet.apply(run, digest=run.wait().digest)
    wait_for_event(apply, "started")
    apply.cancel()
    assert apply.state == "stopping"
    apply.cancel()
    with pytest.raises(csoc.OperateError) as caught:
        apply.wait(timeout=2)
    assert caught.value.table is not None
    assert caught.value.table[0]["outcome"] == "goes on"
    held = fleet.plan(**options).wait()
    assert "another run on this machine" in held[0]["message"]
    attached = fleet.attach(run.id, rendered=tree)
    assert attached.what == "attach"
    assert attached.wait(timeout=60).headline == "1 stack: 1 applied"
    assert "completed" in {event.kind for event in attached.events()}
    assert (tmp_path / "network.tfstate").exists()
    with pytest.raises(csoc.OperateError, match="is without an end"):
        fleet.attach(apply.id, rendered=tree)


def test_drift_is_a_table(fleet: csoc.Fleet, plan: Plan, tree: Path, terraform: Path, tmp_path: Path) -> None:
    run = plan()
    fleet.apply(run, digest=run.wait().digest).wait()
    state = tmp_path / "network.tfstate"
    moved = json.loads(state.read_text()) | {"drifted": ["terraform_data.vpc"]}
    state.write_text(json.dumps(moved))
    practice.tree(tmp_path, waf=practice.ACL.replace('"acl"\n}', '"other"\n}'))
    table = fleet.drift(rendered=tree, terraform=terraform).wait()
    assert table.ok
    assert [(row["outcome"], row["drifted"], row["planned"]) for row in table] == [
        ("drifted", ["terraform_data.vpc"], ["terraform_data.vpc"]),
        ("config changed", [], ["terraform_data.acl"]),
    ]
    assert table[0]["applied"] is not None
    assert table.to_dict()["kind"] == "drift"
    assert "terraform_data.acl" in table.to_text()


def test_outputs_are_pulled_into_the_fleet(tmp_path: Path, terraform: Path, quickstart: str) -> None:
    directory = tmp_path / "fleet"
    shutil.copytree(Path(__file__).parents[2] / "examples" / "quickstart", directory)
    fleet = csoc.Fleet.load(directory)
    file = directory / "outputs/v1/111122223333/us-east-1/dns/environment/demo/dev.json"
    arn = "arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-4000-8000-000000000000"
    given = {"certificate_arn": arn, "password": "planted-secret"}
    (tmp_path / "outputs.json").write_text(json.dumps(given))
    for outcome, loaded in (("recorded", fleet), ("as recorded", csoc.Fleet.load(directory))):
        run = loaded.pull_outputs(select="layer = dns", terraform=terraform)
        table = run.wait()
        assert run.what == table.kind == "pull"
        assert table.ok
        assert [(row["outcome"], row["remark"]) for row in table] == [(outcome, "certificate_arn")]
        assert "planted-secret" not in f"{table.to_dict()}{run!r}{list(run.events())}"
    assert arn in file.read_text()
    assert "planted-secret" not in file.read_text()
    assert (directory / ".csoc" / ".gitignore").read_text() == "*\n"
    (tmp_path / "outputs.json").write_text(json.dumps({"certificate_arn": arn.replace("1111", "9999")}))
    wrong = csoc.Fleet.load(directory).pull_outputs(select="layer = dns", terraform=terraform).wait()
    assert (wrong[0]["outcome"], wrong.ok) == ("wrong", False)
    with pytest.raises(csoc.OperateError, match="has no directory"):
        csoc.Fleet.from_files({"fleet.yaml": quickstart}).pull_outputs(terraform=terraform)


def test_what_cannot_be_run_is_said(fleet: csoc.Fleet, tree: Path, terraform: Path, quickstart: str) -> None:
    with pytest.raises(csoc.OperateError, match="cannot be started") as caught:
        fleet.plan(rendered=tree, terraform="/nowhere/terraform")
    assert "terraform=" in caught.value.__notes__[0]
    with pytest.raises(csoc.OperateError, match="no stack has the layer `nothing`") as caught:
        fleet.plan(rendered=tree, terraform=terraform, select="layer = nothing")
    assert caught.value.__notes__ == ["layer is one of network, waf"]
    with pytest.raises(csoc.OperateError, match="nothing says which plans to apply"):
        fleet.apply([], rendered=tree, terraform=terraform)
    with pytest.raises(ValueError, match="is no selection"):
        fleet.plan(rendered=tree, terraform=terraform, select=["layer ="])
    with pytest.raises(ValueError, match="`surroundings` or `roles`"):
        fleet.plan(rendered=tree, terraform=terraform, as_="root")  # type: ignore[arg-type]
    with pytest.raises(csoc.OperateError, match="cannot be read"):
        fleet.plan(rendered=tree / "terraform" / "demo", terraform=terraform)
    loose = csoc.Fleet.from_files({"fleet.yaml": quickstart})
    with pytest.raises(csoc.OperateError, match="not loaded from a directory"):
        loose.plan(terraform=terraform)
    with pytest.raises(csoc.OperateError, match="not loaded from a directory"):
        loose.runs()
    assert loose.runs(rendered=tree).to_records() == []


def test_a_fleet_is_rendered_by_itself(tmp_path: Path, terraform: Path, quickstart: str) -> None:
    directory = tmp_path / "fleet"
    directory.mkdir()
    (directory / "fleet.yaml").write_text(quickstart, encoding="utf-8")
    fleet = csoc.Fleet.load(directory / "fleet.yaml")
    page = fleet.plan(select="layer = cluster", terraform=terraform).wait()
    assert page.headline == "1 stack: 1 blocked"
    assert page.ok
    assert fleet.runs().to_records() == []
    assert pickle.loads(pickle.dumps(fleet)) == fleet
    page = fleet.plan(select="layer = cluster", terraform=terraform, home=tmp_path / "home").wait()
    assert (tmp_path / "home" / "bundles").is_dir()
    broken = quickstart.replace(
        "    network: { cidr: 10.20.0.0/16 }",
        "    network: { cidr: 10.20.0.0/16 }\n  twin:\n    account: demo\n    network: { cidr: 10.20.0.0/16 }",
    )
    with pytest.raises(csoc.FleetError, match="nothing is run") as caught:
        csoc.Fleet.from_files({"fleet.yaml": broken}).plan(terraform=terraform, home=tmp_path / "other")
    assert caught.value.diagnostics


def test_part_of_a_fleet_that_is_wrong_is_said_and_stops_nobody_else(
    tmp_path: Path, terraform: Path, quickstart: str
) -> None:
    directory = tmp_path / "fleet"
    directory.mkdir()
    environments = "    environments:\n"
    added = "      next: { tier: staging, cluster: demo, hostname: next.example.org, release: '2026.08' }\n"
    options: dict[str, Any] = {"select": "layer = cluster", "terraform": terraform}
    (directory / "fleet.yaml").write_text(quickstart.replace(environments, environments + added), encoding="utf-8")
    assert csoc.Fleet.load(directory).plan(**options).wait(timeout=60).headline == "1 stack: 1 blocked"
    (directory / "fleet.yaml").write_text(quickstart, encoding="utf-8")
    fleet = csoc.Fleet.load(directory)
    with pytest.warns(RuntimeWarning, match=r"(?s)part of the fleet is wrong.*error\[object-vanished\]"):
        run = fleet.plan(**options)
    assert run.wait(timeout=60).headline == "1 stack: 1 blocked"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(csoc.FleetError) as caught:
            fleet.plan(**options)
    assert "object-vanished" in {found.code for found in caught.value.diagnostics}


def test_nothing_secret_is_shown(fleet: csoc.Fleet, tmp_path: Path, plan: Plan) -> None:
    run = plan()
    page = run.wait()
    bundles = tmp_path / "tree" / ".csoc" / "runs" / "bundles"
    planted = [path for path in bundles.glob("*/plan.tfplan") if b"planted-secret" in path.read_bytes()]
    assert planted, "it is in a plan"
    apply = fleet.apply(run, digest=page.digest)
    table = apply.wait()
    assert not list(bundles.glob("*/plan.tfplan")), "what was applied is kept no longer"
    shown: list[object] = [page.to_dict(), page.to_records(), list(page), table.to_dict()]
    values: list[Any] = [run, page, apply, table, *run.events(), *apply.events()]
    for one in values:
        shown += [repr(one), one._repr_html_()]
    shown += [event.to_dict() for event in (*run.events(), *apply.events())]
    shown += [page.to_markdown(), page.to_text(), table.to_text(), pickle.dumps(page), pickle.dumps(table)]
    shown += [run.to_records(), apply.to_records(), fleet.runs(rendered=tmp_path / "tree").to_dict()]
    for value in shown:
        assert "planted-secret" not in str(value)


def test_runs_are_awaited_and_iterated_beside_other_work(fleet: csoc.Fleet, plan: Plan) -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0.01)

    async def work() -> tuple[csoc.PlanPage, list[Any], csoc.RunTable]:
        ticking = asyncio.ensure_future(tick())
        run = plan(select="layer = network")
        kinds = [event.kind async for event in run.aevents()]
        page = await run
        table = await fleet.apply(run, digest=page.digest)
        ticking.cancel()
        return page, kinds, table

    page, kinds, table = asyncio.run(work())
    assert page.headline == "1 stack: 1 would change"
    assert (kinds[0], kinds[-1]) == ("begun", "ended")
    assert table.headline == "1 stack: 1 applied"
    assert ticks > 5


def test_cancelling_what_is_awaited_asks_the_run_to_stop(fleet: csoc.Fleet, tmp_path: Path, terraform: Path) -> None:
    tree = slow(tmp_path, "slow")

    async def work() -> csoc.Run[csoc.RunTable]:
        run = fleet.plan(rendered=tree, terraform=terraform)
        page = await run
        apply = fleet.apply(run, digest=page.digest)
        async for event in apply.aevents():
            if event.kind == "started":
                break
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(apply), 0.1)
        assert apply.state == "running"
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(apply, 0.1)
        assert apply.done
        return apply

    apply = asyncio.run(work())
    assert apply.to_records()[0]["standing"] == "failed"


WAITING = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
import gen3_csoc as csoc
fleet = csoc.Fleet.load(sys.argv[1])
run = fleet.plan(rendered=sys.argv[2], terraform=sys.argv[3], select="layer = network")
apply = fleet.apply(run, digest=run.wait().digest)
if sys.argv[4] == "events":
    waiting = lambda: [print(event.kind, flush=True) for event in apply.events()]
else:
    for event in apply.events():
        if event.kind == "started":
            break
    print("started", flush=True)
    waiting = apply.wait
try:
    waiting()
except KeyboardInterrupt:
    print("interrupted", apply.state, apply.to_records()[0]["standing"], flush=True)
"""


def interrupted(tree: Path, terraform: Path, how: str, presses: int) -> tuple[list[str], str, float]:
    """What a process says that waits for a slow apply and is sent as many SIGINTs, and how long it takes then."""
    quickstart = Path(__file__).parents[2] / "examples" / "quickstart"
    arguments = [sys.executable, "-c", WAITING, str(quickstart), str(tree), str(terraform), how]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while process.stdout.readline() not in ("started\n", ""):
            pass
        for _ in range(presses):
            time.sleep(0.3)
            os.kill(process.pid, signal.SIGINT)
        pressed = time.monotonic()
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        return out.splitlines(), err, time.monotonic() - pressed


def test_the_first_interrupt_asks_to_stop_and_waits(tmp_path: Path, terraform: Path) -> None:
    out, err, _ = interrupted(slow(tmp_path, "slow"), terraform, "wait", 1)
    assert out == ["interrupted done failed"]
    assert "asked to stop" in err
    assert "left to itself" not in err


def test_the_second_interrupt_leaves_it_to_itself(tmp_path: Path, terraform: Path) -> None:
    out, err, taken = interrupted(slow(tmp_path, "deaf"), terraform, "wait", 2)
    assert out[0].startswith("interrupted")
    assert "left to itself" in err
    assert taken < 2
    until = time.monotonic() + 30
    while time.monotonic() < until and not (tmp_path / "network.tfstate").exists():
        time.sleep(0.1)
    assert (tmp_path / "network.tfstate").exists(), "it goes on to its end"


def test_who_iterates_is_interrupted_the_same_way(tmp_path: Path, terraform: Path) -> None:
    out, _, _ = interrupted(slow(tmp_path, "slow"), terraform, "events", 1)
    assert out[-2:] == ["ended", "interrupted done failed"]


LEAVING = """
import sys
import gen3_csoc as csoc
run = csoc.Fleet.load(sys.argv[1]).plan(rendered=sys.argv[2], terraform=sys.argv[3], select="layer = network")
apply = csoc.Fleet.load(sys.argv[1]).apply(run, digest=run.wait().digest)
for event in apply.events():
    if event.kind == "started":
        break
"""


def test_what_was_begun_goes_on_without_python(tmp_path: Path, terraform: Path, fleet: csoc.Fleet) -> None:
    tree = slow(tmp_path, "deaf")
    quickstart = Path(__file__).parents[2] / "examples" / "quickstart"
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", LEAVING, quickstart, tree, terraform], check=True, timeout=60)
    assert not (tmp_path / "network.tfstate").exists(), f"it was waited for, {time.monotonic() - began:.1f} s"
    until = time.monotonic() + 30
    while time.monotonic() < until and not (tmp_path / "network.tfstate").exists():
        time.sleep(0.1)
    time.sleep(0.5)
    page = fleet.plan(rendered=tree, terraform=terraform, select="layer = network").wait()
    assert page.headline == "1 stack: 1 clean"
    assert [row["not_done"] for row in fleet.runs(rendered=tree)] == [1, 0, 0], "nobody saw its end"


def test_with_a_real_terraform(fleet: csoc.Fleet, tree: Path) -> None:
    terraform = practice.real()
    if terraform is None:
        pytest.skip("there is no terraform")
    run = fleet.plan(rendered=tree, terraform=terraform)
    page = run.wait(timeout=120)
    assert page.headline == "2 stacks: 2 would change"
    apply = fleet.apply(run, digest=page.digest)
    assert apply.wait(timeout=120).headline == "2 stacks: 2 applied"
    assert {"started", "completed"} <= {event.kind for event in apply.events()}
    assert fleet.drift(rendered=tree, terraform=terraform).wait(timeout=120).headline == "2 stacks: 2 clean"
    values: list[Any] = [*run.events(), *apply.events(), page, apply]
    for value in values:
        assert "planted-secret" not in f"{value!r}{value._repr_html_()}"


def test_what_the_documentation_shows_works(
    tmp_path: Path, terraform: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = Path(__file__).parents[2]
    shutil.copytree(root / "examples" / "quickstart", tmp_path / "fleet")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CSOC_TERRAFORM", str(terraform))
    names: dict[str, Any] = {"input": lambda _: names["page"].digest[:12]}
    blocks = re.findall(r"^```python\n(.*?)^```$", (root / "docs" / "python.md").read_text(), re.MULTILINE | re.DOTALL)
    assert len(blocks) == 6
    with PracticeCluster("demo", tmp_path) as cluster:
        monkeypatch.setenv("KUBECONFIG", str(cluster.kubeconfig))
        for block in blocks:
            try:
                exec(block, names)  # noqa: S102 - of our own page
            except csoc.OperateError as error:
                # There are builds that ask no clusters.
                assert "built without Kubernetes" in str(error)  # noqa: PT017 - in most builds nothing is raised
    assert "status" not in names or names["status"].tally["missing"] == 3
    assert names["table"].headline == "1 stack: 1 applied"
    # The pretended program has no bucket to keep a state in.
    assert "1 stack: 1 config changed" in capsys.readouterr().out


def test_the_steps_from_nothing(fleet: csoc.Fleet) -> None:
    report = fleet.bootstrap_report()
    assert report.fleet == fleet.name
    records = report.to_records()
    assert len(records) == len(report) > 3
    assert records[0]["number"] == 1
    assert "# Bootstrap of the fleet demo" in report.to_markdown()
    assert pickle.loads(pickle.dumps(report)) == report
    assert fleet.bootstrap_report("demo/dev") == report
    assert len(report.to_dict()["tracks"][0]["steps"]) <= len(report)
    with pytest.raises(LookupError):
        fleet.bootstrap_report("demo/nowhere")


def test_how_stacks_are_run_is_an_argument(
    fleet: csoc.Fleet, tree: Path, terraform: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("plan", "apply", "destroy", "drift", "advance")
    signatures = [inspect.signature(getattr(csoc.Fleet, name)) for name in names]
    # Only where outputs are recorded, in the files of the fleet, is no tree taken as it is.
    shared = set(signatures[0].parameters) - {"destroy", "out", "rendered"}
    assert {"lock_timeout", "runner", "image", "docker"} < shared
    assert all(shared <= set(signature.parameters) for signature in signatures)
    calls = tmp_path / "calls"
    spy = tmp_path / "spy"
    spy.write_text(f'#!/bin/sh\necho "$@" >> {calls}\nexec {terraform} "$@"\n', encoding="utf-8")
    spy.chmod(0o755)
    fleet.plan(rendered=tree, terraform=spy, lock_timeout=7).wait()
    assert "-lock-timeout=7s" in calls.read_text(encoding="utf-8")
    image = f"hashicorp/terraform@sha256:{'0a' * 32}"
    for wrong in ({"runner": "podman"}, {"image": "hashicorp/terraform:1.11"}, {"lock_timeout": -1}):
        with pytest.raises((ValueError, OverflowError)):
            fleet.plan(rendered=tree, **wrong)
    for name in ("AWS_ACCESS_KEY_ID", "CSOC_IMAGE", "CSOC_RUNNER"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(csoc.OperateError, match="which image the containers are of") as caught:
        fleet.plan(rendered=tree, runner="docker")
    assert "image=" in caught.value.__notes__[0]
    with pytest.raises(csoc.OperateError, match="a container sees no profile") as caught:
        fleet.plan(rendered=tree, runner="docker", image=image)
    assert "as_=" in caught.value.__notes__[0]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "somebody")
    monkeypatch.setenv("CSOC_RUNNER", "docker")
    monkeypatch.setenv("CSOC_IMAGE", image)
    with pytest.raises(csoc.OperateError, match="docker") as caught:
        fleet.plan(rendered=tree, docker=tmp_path / "docker")
    assert "docker=" in caught.value.__notes__[0]
    monkeypatch.setenv("CSOC_RUNNER", "elsewhere")
    with pytest.raises(csoc.OperateError, match="`CSOC_RUNNER`: `elsewhere` must be `local` or `docker`"):
        fleet.plan(rendered=tree)
