#!/usr/bin/env python3
"""Every kind of bad input gets a diagnostic with a place and a fix, the promised exit status, and writes nothing.

    bad_input.py CSOC        CSOC: the command to test

Prints a line a case; exit status 1 if one does not hold. Standard library only.
"""

import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

FLEET = """\
apiVersion: csoc.gen3.org/v1beta1
kind: Fleet
edition: "2026.11"
name: demo
accounts:
  demo: { provider: aws, id: "111122223333", region: us-east-1 }
clusters:
  demo: { account: demo, network: { cidr: 10.20.0.0/16 } }
commons:
  demo:
    dictionary: https://example.org/dictionary/v1/schema.json
    indexd: { prefix: dg.DEMO }
    users: { administrators: [admin@example.org] }
    environments:
      dev: { cluster: demo, hostname: demo.example.org, tier: dev, release: "2026.07" }
"""

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
)


def run(command, *arguments, timeout=60, **options):
    return subprocess.run(
        [*command, *arguments], capture_output=True, text=True, timeout=timeout, check=False, **options
    )


def written(directory):
    """The files that a render left, without the writer's own."""
    return [path for path in directory.rglob("*") if path.is_file() and ".csoc" not in path.parts]


class Cases:
    def __init__(self, command):
        self.command = command
        self.failures = 0
        self.count = 0

    def verdict(self, name, holds, status, said):
        self.count += 1
        self.failures += not holds
        first = said.strip().splitlines()[0] if said.strip() else "(nothing)"
        print(f"{'ok  ' if holds else 'FAIL'}  exit {status}  {name:34}  {first[:110]}")

    def fleet(self, name, files, code, status=1, options=()):
        """A fleet whose check must find `code`, and whose render must write nothing."""
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for path, content in files.items():
                target = root / "fleet" / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content if isinstance(content, bytes) else content.encode())
            (root / "fleet").mkdir(exist_ok=True)
            check = run(self.command, "check", str(root / "fleet"), "--format", "json")
            render = run(self.command, "render", str(root / "fleet"), "--out", str(root / "out"), *options)
            try:
                found = json.loads(check.stdout)["diagnostics"]
            except (ValueError, KeyError):
                self.verdict(name, False, check.returncode, check.stderr or check.stdout)
                return
            hits = [one for one in found if one["code"] == code]
            placed = all(one["labels"] and one["help"] for one in hits) if code != "fleet-missing" else True
            nothing = not (root / "out").exists() or not written(root / "out")
            holds = check.returncode == status and render.returncode == status and bool(hits) and placed and nothing
            said = str(sorted({one["code"] for one in found}))
            if hits:
                place = "{file}:{line}".format(**hits[0]["labels"][0]) if hits[0]["labels"] else "the fleet"
                said = f"{code} at {place}: {hits[0]['message']}"
            self.verdict(name, holds, check.returncode, said)

    def accepted(self, name, content):
        """A fleet that must check clean of errors."""
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "fleet.yaml").write_bytes(content)
            check = run(self.command, "check", str(root), "--format", "json")
            self.verdict(
                name, check.returncode == 0, check.returncode, "accepted" if check.returncode == 0 else check.stdout
            )


def output_cases(cases):
    """Outputs that cannot be written: exit 2, the reason on stderr, what was there is whole."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "fleet").mkdir()
        (root / "fleet/fleet.yaml").write_text(FLEET)
        fleet = str(root / "fleet")

        out = root / "file"
        out.write_text("mine")
        result = run(cases.command, "render", fleet, "--out", str(out))
        cases.verdict(
            "output is a file", result.returncode == 2 and out.read_text() == "mine", result.returncode, result.stderr
        )

        result = run(cases.command, "render", str(root / "nowhere"), "--out", str(root / "out"))
        cases.verdict(
            "missing directory", result.returncode == 2 and "nowhere" in result.stderr, result.returncode, result.stderr
        )

        permissions(cases, root, fleet)

        out = root / "two"
        both = [
            subprocess.Popen(
                [*cases.command, "render", fleet, "--out", str(out)],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(2)
        ]
        said = [process.communicate(timeout=60)[1] for process in both]
        statuses = sorted(process.returncode for process in both)
        alone = root / "alone"
        run(cases.command, "render", fleet, "--out", str(alone))
        same = {path.relative_to(out): path.read_bytes() for path in written(out)} == {
            path.relative_to(alone): path.read_bytes() for path in written(alone)
        }
        cases.verdict(
            "two renders at once",
            statuses in ([0, 0], [0, 2]) and same,
            statuses,
            " / ".join(filter(None, said)) or "both right",
        )

        disk_full(cases, root, fleet)


def permissions(cases, root, fleet):
    """A file that may not be read, an output that may not be written. Root may do both, so it becomes nobody."""
    nobody = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
    for path in [root, *root.rglob("*")]:
        path.chmod(0o755)
    try:
        works = run(cases.command, "--version", **nobody).returncode == 0
    except OSError:
        works = False
    if not works:
        print("skipped: unreadable file and read-only output (nobody may not run the command here)")
        return
    secret = root / "fleet/clusters"
    secret.mkdir()
    (secret / "b.yaml").write_text("account: demo\n")
    (secret / "b.yaml").chmod(0)
    result = run(cases.command, "check", fleet, **nobody)
    holds = result.returncode == 1 and "file-unreadable" in result.stdout and "b.yaml" in result.stdout
    cases.verdict("unreadable file", holds, result.returncode, result.stdout)
    shutil.rmtree(secret)
    locked = root / "locked"
    locked.mkdir()
    locked.chmod(0o555)
    result = run(cases.command, "render", fleet, "--out", str(locked), **nobody)
    holds = result.returncode == 2 and "locked" in result.stderr and not any(locked.iterdir())
    cases.verdict("read-only output", holds, result.returncode, result.stderr)


def disk_full(cases, root, fleet):
    """A file system of a few kilobytes: the first render fits, the second does not."""
    mount = root / "small"
    mount.mkdir()
    mounted = run(["mount"], "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(mount))
    if mounted.returncode:
        print("skipped: disk full (no small file system can be mounted here)")
        return
    try:
        first = run(cases.command, "render", fleet, "--out", str(mount / "out"))
        before = {path: path.read_bytes() for path in written(mount / "out")}
        filler = mount / "filler"
        handle = os.open(filler, os.O_CREAT | os.O_WRONLY)
        with contextlib.suppress(OSError):
            while True:
                os.write(handle, b"x" * 4096)
        os.close(handle)
        changed = pathlib.Path(fleet) / "fleet.yaml"
        text = changed.read_text()
        changed.write_text(text.replace("2026.07", "2026.06").replace("demo.example.org", "other.example.org"))
        second = run(cases.command, "render", fleet, "--out", str(mount / "out"))
        changed.write_text(text)
        whole = {path: path.read_bytes() for path in written(mount / "out")} == before
        holds = first.returncode == 0 and second.returncode == 2 and bool(before) and whole
        cases.verdict("disk full half-way", holds, second.returncode, second.stderr)
    finally:
        run(["umount"], str(mount))


def main():
    command = sys.argv[1:] or ["csoc"]
    cases = Cases(command)
    start = time.monotonic()
    broken = FLEET.replace
    cases.fleet("empty file", {"fleet.yaml": ""}, "file-empty")
    cases.fleet("tab indentation", {"fleet.yaml": broken("  demo: { provider", "\tdemo: { provider")}, "yaml-tab")
    cases.fleet("duplicate key", {"fleet.yaml": broken("name: demo\n", "name: demo\nname: other\n")}, "duplicate-key")
    cases.fleet("wrong type", {"fleet.yaml": broken("name: demo\n", "name: [demo]\n")}, "wrong-type")
    cases.fleet("unknown key", {"fleet.yaml": broken("region: us-east-1", "regoin: us-east-1")}, "unknown-key")
    cases.fleet("unknown reference", {"fleet.yaml": broken("{ account: demo", "{ account: dmeo")}, "reference-unknown")
    cases.fleet("number for an account id", {"fleet.yaml": broken('"111122223333"', "111122223333")}, "wrong-type")
    cases.fleet("not UTF-8", {"fleet.yaml": FLEET.encode() + b"# \xff\xfe\n"}, "file-not-utf8")
    cases.fleet("binary", {"fleet.yaml": bytes(range(256)) * 40}, "file-not-utf8")
    cases.accepted("byte order mark", b"\xef\xbb\xbf" + FLEET.encode())
    cases.accepted("CRLF", FLEET.replace("\n", "\r\n").encode())
    cases.fleet("alias bomb", {"fleet.yaml": FLEET, "clusters/bomb.yaml": BOMB}, "yaml-budget")
    cases.fleet("alias inside itself", {"fleet.yaml": FLEET, "clusters/cycle.yaml": "account: &a [*a]\n"}, "yaml-alias")
    cases.fleet(
        "200 levels of nesting", {"fleet.yaml": FLEET, "clusters/deep.yaml": "[" * 200 + "]" * 200}, "yaml-depth"
    )
    cases.fleet("10 MB file", {"fleet.yaml": FLEET, "clusters/large.yaml": "# " + "x" * (10 << 20)}, "file-too-large")
    cases.fleet("no fleet.yaml", {"clusters/a.yaml": "account: demo\n"}, "fleet-missing")
    output_cases(cases)
    print(f"{cases.count} cases, {cases.failures} failures, {time.monotonic() - start:.1f} s")
    return 1 if cases.failures else 0


if __name__ == "__main__":
    sys.exit(main())
