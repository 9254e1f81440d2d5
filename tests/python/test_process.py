"""What a process sees: imports, threads, Ctrl-C, the command."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import gen3_csoc as csoc

# A parent that runs in the background of a shell hands down that SIGINT is ignored.
LARGE = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
text = open(sys.argv[1], encoding="utf-8").read()
environment = text[text.index("      dev:"):]
text += "".join(
    environment.replace("dev:", f"dev{n}:", 1).replace("demo.example", f"demo{n}.example")
    for n in range(int(sys.argv[2]))
)
import gen3_csoc as csoc
try:
    print("ready", flush=True)
    while True:
        csoc.Fleet.from_files({"fleet.yaml": text}).check()
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""
QUICKSTART = Path(__file__).parents[2] / "examples" / "quickstart" / "fleet.yaml"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, timeout=60, check=False)


def test_importing_brings_nothing_heavy() -> None:
    code = "import sys, gen3_csoc; print(*sys.modules)"
    before = set(run("-c", "import sys, collections.abc; print(*sys.modules)").stdout.split())
    modules = set(run("-c", code).stdout.split()) - before
    assert {name.partition(".")[0] for name in modules} == {"gen3_csoc"}


def test_pandas_is_never_imported(report: csoc.Report) -> None:
    report.to_records()
    assert "pandas" not in sys.modules


def test_everything_is_exported() -> None:
    for name in csoc.__all__:
        assert hasattr(csoc, name)
    for name in ("Fleet", "Report", "Tree", "Diagnostic"):
        assert getattr(csoc, name).__module__ == "gen3_csoc"


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to send")
def test_control_c_stops_a_long_call() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", LARGE, str(QUICKSTART), "400"], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.3)
        pressed = time.monotonic()
        os.kill(process.pid, signal.SIGINT)
        out, _ = process.communicate(timeout=60)
        assert out == "interrupted\n"
        assert process.returncode == 0
        assert time.monotonic() - pressed < 20


def test_other_threads_run_meanwhile(quickstart: str) -> None:
    environment = quickstart[quickstart.index("      dev:") :]
    text = quickstart + "".join(
        environment.replace("dev:", f"dev{number}:", 1).replace("demo.example", f"demo{number}.example")
        for number in range(400)
    )
    ticks = 0
    done = threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not done.is_set():
            ticks += 1
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    started = time.monotonic()
    csoc.Fleet.from_files({"fleet.yaml": text}).check()
    taken = time.monotonic() - started
    done.set()
    thread.join()
    assert ticks > taken * 20, f"{ticks} ticks in {taken:.2f} s"


def test_calls_may_come_from_many_threads(fleet: csoc.Fleet) -> None:
    reports: list[csoc.Report] = []
    threads = [threading.Thread(target=lambda: reports.append(fleet.check(threads=1))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert reports == [fleet.check()] * 8


def test_the_command_is_installed() -> None:
    command = Path(sys.executable).with_name("csoc")
    assert command.exists()
    by_name = subprocess.run([command, "--version"], capture_output=True, check=False)
    by_module = run("-m", "gen3_csoc", "--version")
    assert by_name.returncode == by_module.returncode
    assert by_name.stdout.decode() == by_module.stdout
