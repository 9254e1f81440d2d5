"""What operate_moto.py keeps for people to read: the page of a fleet's plan, and what was on a terminal during an apply."""

import fcntl
import os
import pathlib
import pty
import re
import struct
import subprocess
import termios
import time

DOCS = pathlib.Path(__file__).parent.parent / "docs"
COLUMNS, ROWS = 118, 60

# What of a page is another the next time: names of runs, digests, times.
OTHERS = [
    (re.compile(r"\b\d{8}T\d{6}Z-[0-9a-f]{6}\b"), "RUN"),
    (re.compile(r"\b[0-9a-f]{12}\b"), "DIGEST"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC"), "TIME"),
]

SESSION = """\
# A run, as one sees it

What was on the terminal while `csoc apply` applied the first plan of a fleet with
[two accounts](../tests/fleets/two-accounts/fleet.yaml), at three moments: a line for each stack that runs, with the
resource that Terraform works on, and the sum below. Stacks that came to their end stand above, and stay. The
[page of that plan](fleet-plan.md) is what somebody looked at before.

`make operate` runs it against a pretended AWS, in which everything is made at once: with a real one a cluster alone takes a
quarter of an hour. In a pipeline there is a line when a stack begins and one when it ends, and with `--format json` a line
of JSON for each thing that happens.
"""


class Screen:
    """As much of a terminal as lines that change need: writing, going up and down, clearing."""

    def __init__(self):
        self.rows = [[]]
        self.row = self.column = 0

    def feed(self, text):
        for part in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b.|[^\x1b]", text, re.DOTALL):
            if part.startswith("\x1b["):
                self.control(part[2:-1], part[-1])
            elif part == "\r":
                self.column = 0
            elif part == "\n":
                self.down(1)
            elif not part.startswith("\x1b"):
                self.put(part)

    def put(self, character):
        if self.column >= COLUMNS:
            self.column = 0
            self.down(1)
        line = self.rows[self.row]
        line.extend(" " * (self.column - len(line) + 1))
        line[self.column] = character
        self.column += 1

    def down(self, count):
        self.row += count
        while len(self.rows) <= self.row:
            self.rows.append([])

    def control(self, numbers, what):
        count = int(numbers) if numbers.isdigit() else 1
        if what == "A":
            self.row = max(0, self.row - count)
        elif what == "B":
            self.down(count)
        elif what == "C":
            self.column += count
        elif what == "D":
            self.column = max(0, self.column - count)
        elif what == "G":
            self.column = count - 1
        elif what == "K":
            kept = self.rows[self.row][: self.column] if numbers in ("", "0") else []
            self.rows[self.row] = kept
        elif what == "J":
            self.rows[self.row] = self.rows[self.row][: self.column]
            del self.rows[self.row + 1 :]

    def text(self):
        lines = ["".join(line).rstrip() for line in self.rows]
        return "\n".join(lines).strip("\n")


class Recording:
    """A command on a terminal of its own, to its end, and what was on that at each moment."""

    def __init__(self, words, environment):
        ours, its = pty.openpty()
        fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        environment = {**environment, "TERM": "xterm", "COLUMNS": str(COLUMNS), "NO_COLOR": "1"}
        self.screen = Screen()
        self.moments = []
        begun = time.monotonic()
        with subprocess.Popen(
            words, stdin=its, stdout=its, stderr=its, env=environment, start_new_session=True
        ) as process:
            os.close(its)
            left = b""
            while True:
                try:
                    left += os.read(ours, 65536)
                except OSError:
                    break
                if not left:
                    break
                text, left = decoded(left)
                self.screen.feed(text)
                self.moments.append((time.monotonic() - begun, self.text()))
            self.exit = process.wait()
        os.close(ours)
        self.seconds = time.monotonic() - begun

    def text(self):
        return self.screen.text()

    def at(self, share):
        """The fullest of the moments around a share of the time."""
        near = [one for one in self.moments if abs(one[0] / self.seconds - share) < 0.08] or self.moments
        return max(near, key=lambda one: one[1].count("\n"))


def decoded(given):
    """As much as is whole: a character or a control code may come in two pieces."""
    end = given.rfind(b"\x1b")
    whole = given if end < 0 or re.match(rb"\x1b(\[[0-9;?]*[A-Za-z]|[^\[])", given[end:]) else given[:end]
    for cut in range(len(whole), max(-1, len(whole) - 4), -1):
        try:
            return whole[:cut].decode(), given[cut:]
        except UnicodeDecodeError:
            continue
    return whole.decode(errors="replace"), given[len(whole) :]


def session(recording):
    """The page of the session: three moments of it."""
    text = SESSION
    moments = [recording.at(0.15), recording.at(0.6), (recording.seconds, recording.text())]
    for seconds, shown in moments:
        text += f"\n## After {seconds:.0f} s\n\n```text\n{shown}\n```\n"
    return text


def wrong(scratch, recording):
    """Writes the pages, or says which of them are not what this run gives."""
    pages = {
        "fleet-plan.md": (scratch / "plan.md").read_text(),
        "fleet-plan.html": (scratch / "plan.html").read_text(),
        "session.md": session(recording),
    }
    if os.environ.get("CSOC_UPDATE"):
        for name, text in pages.items():
            (DOCS / name).write_text(text)
        return []
    # Where a stack was at a moment is another thing each time: of the session there must be one.
    found = []
    for name, text in pages.items():
        known = (DOCS / name).read_text() if (DOCS / name).is_file() else ""
        is_same = bool(known) if name == "session.md" else plain(known) == plain(text)
        if not is_same:
            found.append(f"docs/{name} is another page now: CSOC_UPDATE=1 writes it")
    return found


def plain(text):
    for pattern, word in OTHERS:
        text = pattern.sub(word, text)
    return text
