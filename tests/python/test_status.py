"""What runs in clusters, against APIs of our own on 127.0.0.1 that answer as clusters do."""

import asyncio
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from practice_cluster import TOKEN, PracticeCluster, kubeconfig

import gen3_csoc as csoc

ROOT = Path(__file__).parents[2]


def is_built() -> bool:
    """Whether this csoc asks clusters."""
    try:
        csoc.Fleet.load(ROOT / "examples" / "quickstart").status(kubeconfig="/nowhere")
    except csoc.OperateError as error:
        return "built without Kubernetes" not in str(error)
    return True


BUILT = is_built()
if not BUILT:
    print("skipped: asking clusters (this csoc was built without the feature `kubernetes`)")
needs_clusters = pytest.mark.skipif(not BUILT, reason="this csoc asks no clusters")


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[PracticeCluster]:
    with PracticeCluster("demo", tmp_path) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def tree(fleet: csoc.Fleet) -> csoc.Tree:
    return fleet.compile(backends=["argocd"])


def repository(directory: Path, clusters: list[str]) -> Path:
    """A GitOps repository with one Application a cluster."""
    for cluster in clusters:
        at = directory / "repository" / cluster / f"{cluster}.example.org" / "templates"
        at.mkdir(parents=True)
        source = "{chart: gen3, repoURL: https://helm.gen3.org, targetRevision: 0.3.90}"
        text = (
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\n"
            f"metadata: {{name: gen3-{cluster}, namespace: argocd}}\n"
            f"spec:\n  sources: [{source}]\n"
            f"  destination: {{server: https://kubernetes.default.svc, namespace: {cluster}}}\n"
        )
        (at / "app.yaml").write_text(text)
    return directory / "repository"


def test_without_the_feature_it_says_so(fleet: csoc.Fleet) -> None:
    if BUILT:
        pytest.skip("this csoc asks clusters")
    with pytest.raises(csoc.OperateError, match="built without Kubernetes") as caught:
        fleet.status()
    assert "feature `kubernetes`" in caught.value.__notes__[0]


@needs_clusters
def test_a_page_says_what_is_not_as_it_is_rendered(
    fleet: csoc.Fleet, tree: csoc.Tree, cluster: PracticeCluster
) -> None:
    page = fleet.status(kubeconfig=cluster.kubeconfig)
    assert page.ok
    assert not page.well
    assert page.tally["missing"] == 3
    assert {problem["kind"] for problem in page.problems} == {"missing"}
    cluster.sync(tree)
    page = fleet.status(kubeconfig=cluster.kubeconfig)
    assert (page.ok, page.well) == (True, True), page.to_text()
    assert page.headline == "1 cluster; 3 applications, 3 as rendered and well"
    assert [row["sync"] for row in page] == ["Synced"] * len(page)
    assert page[-1] == list(page)[-1]
    with pytest.raises(IndexError):
        page[len(page)]
    app = next(it for it in cluster.applications if it["metadata"]["name"] == "gen3-demodev")
    app["status"] = {"sync": {"status": "OutOfSync"}, "health": {"status": "Degraded", "message": "<b>no room</b>"}}
    page = fleet.status(kubeconfig=cluster.kubeconfig, select="environment = dev")
    assert [(row["object"], row["health"], row["problems"]) for row in page.to_records()] == [
        ("commons.demo.environments.dev", "Degraded", 2)
    ]
    assert [problem["kind"] for problem in page.problems] == ["degraded", "out-of-sync"]
    assert "no <b>room</b>" not in page._repr_html_()
    assert "&lt;b&gt;no room" in page._repr_html_()
    assert "gen3-demodev" in page.to_text()


@needs_clusters
def test_clusters_out_of_reach_are_rows(fleet: csoc.Fleet, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        refused = f"http://127.0.0.1:{gone.getsockname()[1]}"
    with PracticeCluster("up", tmp_path) as up, PracticeCluster("unknown", tmp_path) as unknown:
        unknown.status = 401
        file = tmp_path / "kubeconfig"
        file.write_text(kubeconfig({"up": up.address, "down": refused, "unknown": unknown.address}))
        tree = repository(tmp_path, ["down", "far", "unknown", "up"])
        page = fleet.status(rendered=tree, kubeconfig=file)
    assert not page.ok
    reasons = {row["cluster"]: row.get("reason") for row in page.clusters}
    assert reasons == {"down": "refused", "far": "no-context", "unknown": "unauthorized", "up": None}
    rows = {row["cluster"]: row for row in page.to_records()}
    assert rows["down"]["unread"] == "connection refused"
    assert rows["down"]["sync"] is None
    assert rows["up"]["unread"] is None
    assert page.tally["unread"] == 3
    shown = f"{page!r}{page.to_text()}{page._repr_html_()}{page.to_dict()}{page.to_records()}"
    assert TOKEN not in shown
    assert "no context of the kubeconfig leads to it" in page.to_text()


@needs_clusters
def test_a_page_compares_pickles_and_is_told_in_a_line(fleet: csoc.Fleet, cluster: PracticeCluster) -> None:
    page = fleet.status(kubeconfig=cluster.kubeconfig, contexts={"demo": "demo"}, parallel=1, commit="0123456789ab")
    again = pickle.loads(pickle.dumps(page))
    assert again == page
    assert hash(again) == hash(page)
    assert "\n" not in repr(page)
    assert repr(page).startswith("StatusPage(at='2")
    bundle = page._repr_mimebundle_()
    assert bundle["text/html"] == page._repr_html_()
    assert bundle["text/plain"].endswith(page.headline)
    assert page.to_dict()["tally"] == page.tally


@needs_clusters
def test_what_cannot_be_asked_is_said(fleet: csoc.Fleet, cluster: PracticeCluster, tmp_path: Path) -> None:
    file = cluster.kubeconfig
    with pytest.raises(csoc.OperateError, match="cannot be read") as caught:
        fleet.status(kubeconfig=tmp_path / "none")
    assert "kubeconfig=" in caught.value.__notes__[0]
    with pytest.raises(csoc.OperateError, match="no cluster `other` is rendered") as caught:
        fleet.status(kubeconfig=file, contexts={"other": "demo"})
    assert caught.value.__notes__ == ["there are demo"]
    with pytest.raises(csoc.OperateError, match="no environment and no cluster is selected"):
        fleet.status(kubeconfig=file, select="tier = prod")
    with pytest.raises(csoc.OperateError, match="no Application is rendered"):
        fleet.status(kubeconfig=file, rendered=tmp_path)
    with pytest.raises(FileNotFoundError):
        fleet.status(kubeconfig=file, rendered=tmp_path / "none")
    for wrong in ({"select": "tier"}, {"commit": "main"}, {"timeout": 0}):
        with pytest.raises(ValueError, match=r"."):
            fleet.status(kubeconfig=file, **wrong)
    with pytest.raises(TypeError, match="unexpected keyword"):
        fleet.status(kubeconfg=file)  # type: ignore[call-arg]
    with pytest.warns(RuntimeWarning, match="clusters of the hub `nowhere`: the kubeconfig has no context"):
        fleet.status(kubeconfig=file, hub="nowhere")


@needs_clusters
def test_a_watch_gives_a_page_for_what_is_new(fleet: csoc.Fleet, tree: csoc.Tree, cluster: PracticeCluster) -> None:
    watch = fleet.watch_status(every=1, kubeconfig=cluster.kubeconfig)
    assert (watch.every, watch.clusters) == (1, ["demo"])
    assert repr(watch) == "StatusWatch(clusters=1, applications=3, every=1)"
    pages = iter(watch)
    assert next(pages).tally["missing"] == 3
    threading.Timer(1.5, cluster.sync, [tree]).start()
    began = time.monotonic()
    assert next(pages).well
    assert time.monotonic() - began > 1


@needs_clusters
def test_a_loop_goes_on_meanwhile(fleet: csoc.Fleet, tree: csoc.Tree, cluster: PracticeCluster) -> None:
    async def beside() -> None:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0.01)

        ticking = asyncio.create_task(tick())
        page = await fleet.astatus(kubeconfig=cluster.kubeconfig)
        assert page.tally["missing"] == 3
        assert ticks
        watch = fleet.watch_status(every=1, kubeconfig=cluster.kubeconfig)
        seen = 0
        async for page in watch:
            seen += 1
            if page.well:
                break
            # Giving up to wait takes nothing from the watch.
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(anext(watch), 0.2)
            cluster.sync(tree)
        assert seen == 2
        ticking.cancel()

    asyncio.run(asyncio.wait_for(beside(), 60))


@needs_clusters
def test_who_cancels_does_not_wait(fleet: csoc.Fleet, cluster: PracticeCluster) -> None:
    cluster.answers.clear()

    async def impatient() -> None:
        asking = asyncio.create_task(fleet.astatus(kubeconfig=cluster.kubeconfig, timeout=60))
        await asyncio.to_thread(cluster.asked.wait, 20)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

    began = time.monotonic()
    asyncio.run(asyncio.wait_for(impatient(), 60))
    assert time.monotonic() - began < 20


@needs_clusters
def test_other_threads_run_meanwhile(fleet: csoc.Fleet, cluster: PracticeCluster) -> None:
    cluster.answers.clear()
    ticks = 0
    done = threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not done.is_set():
            ticks += 1
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    page = fleet.status(kubeconfig=cluster.kubeconfig, timeout=1)
    done.set()
    thread.join()
    assert page.clusters[0]["message"] == "no answer within 1 s"
    assert ticks > 20


SILENT = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
import gen3_csoc as csoc
fleet = csoc.Fleet.load(sys.argv[1])
print("ready", flush=True)
try:
    fleet.status(kubeconfig=sys.argv[2], timeout=600)
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


@needs_clusters
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to send")
def test_control_c_stops_a_look(cluster: PracticeCluster) -> None:
    cluster.answers.clear()
    command = [sys.executable, "-c", SILENT, str(ROOT / "examples" / "quickstart"), str(cluster.kubeconfig)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        assert cluster.asked.wait(30)
        pressed = time.monotonic()
        os.kill(process.pid, signal.SIGINT)
        out, _ = process.communicate(timeout=60)
        assert out == "interrupted\n"
        assert process.returncode == 0
        assert time.monotonic() - pressed < 20
