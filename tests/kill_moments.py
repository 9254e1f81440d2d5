"""The moments at which kill_trials.py kills, whom it kills then, and what of that was really killed.

A moment is seen by looking at the home of csoc every few 100 µs. Killed is a csoc whose status says so, and a Terraform
that lived when it was sent the signal: whoever had ended before is no victim.
"""

import contextlib
import enum
import os
import pathlib
import random
import signal
import subprocess
import time
import typing

# Between two looks at a home, in seconds.
PAUSE = 0.0002
# The longest that a moment is waited for, in seconds; what ends before ends the waiting.
PATIENCE = 30


class Moment(enum.Enum):
    """When somebody is killed."""

    RANDOM = "after a random time"
    WORKING = "while Terraform plans or applies"
    STAGED = "as the directory of a staged plan appears"
    JOURNAL = "as the journal grows"
    MARK = "as the mark of a used plan appears"


class Work(enum.Enum):
    """What csoc does when it is killed."""

    PLAN = "plan"
    APPLY = "apply"
    PLAN_DESTROY = "plan of a destruction"
    DESTROY = "destroy"

    @property
    def is_planning(self) -> bool:
        """Whether it makes plans and applies none."""
        return self in (Work.PLAN, Work.PLAN_DESTROY)

    @property
    def moments(self) -> dict[Moment, float]:
        """The moments that there are in it, and how often each is aimed at."""
        aimed = {Moment.STAGED: 3, Moment.JOURNAL: 2} if self.is_planning else {Moment.JOURNAL: 2, Moment.MARK: 2}
        return {Moment.RANDOM: 1, Moment.WORKING: 1} | aimed


class Doing(typing.NamedTuple):
    """A csoc at work, and where its traces are."""

    process: subprocess.Popen
    home: pathlib.Path
    # Where a mark may appear: files, or directories in which there is one more.
    marks: list[pathlib.Path]


class Watch:
    """What one csoc leaves where it works, seen while it does."""

    def __init__(self, doing: Doing, nth: int):
        self.doing, self.nth = doing, nth
        self.staged = set(staged(doing.home))
        self.journal = changed(doing.home / "journal.jsonl")
        self.marks = [changed(path) for path in doing.marks]

    def is_there(self, moment: Moment) -> bool:
        """Whether the moment is now; of a journal it is the nth time that it grows."""
        if moment is Moment.STAGED:
            return any(name not in self.staged for name in staged(self.doing.home))
        if moment is Moment.MARK:
            return any(changed(path) != before for path, before in zip(self.doing.marks, self.marks, strict=True))
        now = changed(self.doing.home / "journal.jsonl")
        if now != self.journal:
            self.journal, self.nth = now, self.nth - 1
        return self.nth <= 0

    def wait(self, moment: Moment):
        """Until the moment is there, or nobody is who could bring it."""
        deadline = time.monotonic() + PATIENCE
        while not self.is_there(moment) and self.doing.process.poll() is None and time.monotonic() < deadline:
            time.sleep(PAUSE)


def staged(home: pathlib.Path) -> list[str]:
    """The directories in which plans are being written, or were when somebody was killed."""
    with contextlib.suppress(FileNotFoundError), os.scandir(home / "bundles") as entries:
        return [entry.name for entry in entries if entry.name.startswith(".") and entry.is_dir()]
    return []


def changed(path: pathlib.Path) -> tuple[int, int] | None:
    """What is another one once something was written there."""
    with contextlib.suppress(FileNotFoundError):
        seen = path.stat()
        return seen.st_size, seen.st_mtime_ns
    return None


def lives(process: int) -> bool:
    """Whether a process is there and no zombie."""
    with contextlib.suppress(OSError):
        return pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


def children(process: int) -> list[int]:
    """The Terraforms that a process started."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        with contextlib.suppress(OSError, IndexError):
            if entry.name.isdigit():
                name, rest = (entry / "stat").read_text().rsplit(")", 1)
                state, parent = rest.split()[:2]
                if int(parent) == process and state != "Z" and "terraform" in name:
                    found.append(int(entry.name))
    return found


def is_at_it(process: int) -> bool:
    """Whether a Terraform plans or applies."""
    with contextlib.suppress(OSError):
        words = pathlib.Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
        return words[1:2] in ([b"plan"], [b"apply"])
    return False


class Kill:
    """One of several csocs, its Terraforms or all of that, killed at a moment."""

    def __init__(self, chosen: random.Random, work: Work, most: float):
        moments = work.moments
        self.moment = chosen.choices(list(moments), list(moments.values()))[0]
        is_of_csoc = self.moment in (Moment.STAGED, Moment.JOURNAL, Moment.MARK)
        self.whom = chosen.choice(["csoc", "both", "all"] if is_of_csoc else ["csoc", "terraform", "both", "all"])
        self.nth = chosen.randint(1, 5)
        # Half of them at once, the others a little later: between two writes that follow each other.
        self.after = {
            Moment.RANDOM: chosen.uniform(0.0, most),
            Moment.WORKING: chosen.uniform(0.0, 0.35),
        }.get(self.moment, chosen.choice([0.0, chosen.uniform(0.0, 0.004)]))
        self.one = chosen.random()
        self.terraforms = 0

    def wait(self, doing: Doing):
        """Until it is time."""
        if self.moment is Moment.WORKING:
            deadline = time.monotonic() + PATIENCE
            while not any(is_at_it(child) for child in children(doing.process.pid)):
                if time.monotonic() > deadline or doing.process.poll() is not None:
                    break
                time.sleep(0.005)
        elif self.moment is not Moment.RANDOM:
            Watch(doing, self.nth).wait(self.moment)
        if self.after:
            time.sleep(self.after)

    def __call__(self, doings: list[Doing]):
        """Kills, where there is still somebody."""
        chosen = doings[int(self.one * len(doings))]
        self.wait(chosen)
        processes = [one.process for one in (doings if self.whom == "all" else [chosen])]
        processes = [process for process in processes if process.poll() is None]
        if self.whom == "csoc":
            end([process.pid for process in processes])
            return
        if self.whom != "terraform":
            # They stay where they are for as long as it takes to find what they started.
            for process in processes:
                process.send_signal(signal.SIGSTOP)
        terraforms = [child for process in processes for child in children(process.pid)]
        if self.whom != "terraform":
            end([process.pid for process in processes])
        self.terraforms = len(end([child for child in terraforms if lives(child)]))

    def victims(self, doings: list[Doing]) -> str:
        """What was killed, once all have ended; an empty text where that is nothing."""
        csocs = sum(one.process.returncode == -signal.SIGKILL for one in doings)
        names = ["", "csoc", "both csocs"][csocs], "Terraform" if self.terraforms else ""
        return " and ".join(name for name in names if name)


def end(processes: list[int]) -> list[int]:
    """Kills these, and gives those that were there."""
    found = []
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
            found.append(process)
    return found
