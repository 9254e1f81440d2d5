#!/usr/bin/env python3
"""docs/from-empty-account.md as what it is: the commands that the proof runs, and what it found.

    terraform_page.py CSOC

A block of the page that begins with "sh" and a name holds commands; blocks of one name are one script, and
terraform_apply.py runs it as it stands. The table near the page's end is of that run; `CSOC_UPDATE=1` writes it.

By itself it runs, in an empty directory, what needs neither cloud nor Terraform. Exit status 0 if that works, else 1.
"""

import collections
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading

PAGE = pathlib.Path(__file__).parent.parent / "docs/from-empty-account.md"
BLOCK = re.compile(r"^```sh([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TABLE = re.compile(r"(<!-- what the run made: [^\n]*-->\n)(.*?)(<!-- end -->\n)", re.DOTALL)

# What the page does before there is a root: by itself enough for a fleet and all that is rendered of it.
ALONE = ("fleet", "secrets")

# Beyond this a command of the page is taken for one that waits for an answer.
SECONDS = 900


class Page:
    """The scripts of the page by their names, and how often each was run."""

    def __init__(self):
        self.text = PAGE.read_text()
        self.scripts = collections.defaultdict(str)
        self.unnamed = []
        for match in BLOCK.finditer(self.text):
            name, script = match[1].strip(), match[2]
            if name:
                self.scripts[name] += script
            elif not script.startswith("# by hand"):
                self.unnamed.append(script)
        self.runs = collections.Counter()
        self.lock = threading.Lock()

    def run(self, name, place, environment):
        """Runs a script of the page in a directory; the caller looks at the exit status."""
        with self.lock:
            self.runs[name] += 1
        return subprocess.run(
            ["/bin/sh", "-eu", "-c", self.scripts[name]],
            cwd=place,
            env={**environment, "TF_CLI_ARGS": "-no-color"},
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=SECONDS,
        )

    def commands(self):
        """How many commands the page has that are run, a command with its continued lines once."""
        lines = "".join(self.scripts.values()).replace("\\\n", "").splitlines()
        return len([line for line in lines if line.strip()])

    def wrong(self, table):
        """What the page says otherwise than the run: scripts that nobody ran, a table of another run."""
        found = [f"nothing ran its script `{name}`" for name in self.scripts if not self.runs[name]]
        found += [f"nothing runs, and nothing says so: {script.splitlines()[0]}" for script in self.unnamed]
        stands = TABLE.search(self.text)
        if stands is None:
            return [*found, "it has no place for the table of the run"]
        if stands[2] != table:
            if os.environ.get("CSOC_UPDATE"):
                # As it stands now: a run is long, and somebody may have written.
                PAGE.write_text(TABLE.sub(lambda place: place[1] + table + place[3], PAGE.read_text()))
            else:
                found.append("its table is of another run: CSOC_UPDATE=1 writes it")
        return found


def begin(page, csoc, place, environment):
    """Runs what the page does before there is a root, in an empty directory; says what failed."""
    path = f"{csoc.absolute().parent}{os.pathsep}{environment['PATH']}"
    found = {**environment, "PATH": path, "FLEET": str(place / "fleet"), "BUILD": str(place / "build")}
    runs = {name: page.run(name, place, found) for name in ALONE}
    return [f"the script `{name}`: {run.stdout}{run.stderr}" for name, run in runs.items() if run.returncode]


def main():
    page = Page()
    with tempfile.TemporaryDirectory(prefix="csoc-page-") as place:
        failed = begin(page, pathlib.Path(sys.argv[1]), pathlib.Path(place), dict(os.environ))
    for one in failed:
        print(f"{PAGE.name}: {one}")
    print(f"{PAGE.name}: {len(ALONE) - len(failed)} of {len(page.scripts)} scripts run; the others need `make apply`")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
