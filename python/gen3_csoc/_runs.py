"""What a run can do in Python's own way: iterate, await, show itself in place.

An extension's class cannot have coroutines of Python's, so they are set on it.
Nothing here imports asyncio or IPython before somebody who has it needs it.
"""

import sys
from collections.abc import Awaitable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Generator, Iterator
    from typing import Any

    from gen3_csoc._native import Run, RunEvent

__all__ = ["give", "live"]

# How long a thread of asyncio's waits at a time: it must let the process end.
GLANCE = 0.25


def _show(run: "Run[Any]") -> dict[str, str]:
    """A run as text and as HTML."""
    return {"text/plain": repr(run), "text/html": run._repr_html_()}


def live(run: "Run[Any]") -> "Callable[[], object] | None":
    """Show a run in a notebook; give what shows it anew in the same place, or nothing where there is no notebook."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    if ipython is None or getattr(shell, "kernel", None) is None:
        return None
    shown = ipython.display.display(_show(run), raw=True, display_id=True)
    if shown is None:
        return None
    return lambda: shown.update(_show(run), raw=True)


def _ipython_display_(self: "Run[Any]") -> None:
    """Show a run, and go on showing how it goes until it ends; the cell does not wait for it."""
    show = live(self)
    if show is None:
        print(repr(self))  # noqa: T201 - what a terminal shows of a value
        return
    if self.done:
        return
    import threading  # noqa: PLC0415 - only in a notebook

    def follow() -> None:
        while not self._pause(GLANCE):
            show()
        show()

    threading.Thread(target=follow, name=f"csoc shows {self.id}", daemon=True).start()


def events(self: "Run[Any]") -> "Iterator[RunEvent]":
    """What happens, as it happens."""
    number, interrupt = 0, None
    batch: list[RunEvent] = []
    is_last = False
    while not is_last or batch:
        try:
            if not batch:
                self._ask()
                batch, number, is_last = self._events_from(number, GLANCE)
                batch.reverse()
            # One interrupt later the rest of them is still there.
            while batch:
                yield batch.pop()
        except KeyboardInterrupt as pressed:
            self.cancel()
            if interrupt is not None:
                raise
            interrupt = pressed
    if interrupt is not None:
        raise interrupt


async def aevents(self: "Run[Any]") -> "AsyncIterator[RunEvent]":
    """What happens, as it happens, beside whatever else the loop does."""
    import asyncio  # noqa: PLC0415 - only where it runs already

    loop, number = asyncio.get_running_loop(), 0
    while True:
        await _settle(self)
        batch, number, is_last = await loop.run_in_executor(None, self._events_from, number, GLANCE)
        for event in batch:
            yield event
        if is_last and not batch:
            return


async def _settle(self: "Run[Any]") -> None:
    """Ask where the run has a question; what answers it may itself have to be awaited."""
    asked = self._question()
    if asked is None:
        return
    try:
        said = self._call(asked)
        if isinstance(said, Awaitable):
            said = await said
        self._answer(asked, said)
    except Exception:
        self._answer(asked, None)
        self.cancel()
        raise
    except BaseException:
        # Whatever keeps it from an answer: who is cancelled says so to the run.
        self._answer(asked, None)
        raise


async def _end(run: "Run[Any]") -> "Any":  # noqa: ANN401 - a page or a table
    """Wait for the end of a run; who cancels that asks it to stop, and the second time leaves it to itself."""
    import asyncio  # noqa: PLC0415 - only where it runs already

    loop, cancelled = asyncio.get_running_loop(), None
    show = None if run.done else live(run)
    while not run.done:
        waiting = loop.run_in_executor(None, run._pause, GLANCE)  # noqa: SLF001 - it is there for this
        try:
            await asyncio.shield(waiting)
            await _settle(run)
        except asyncio.CancelledError as asked:
            run.cancel()
            if cancelled is not None:
                raise
            cancelled = asked
        if show is not None:
            show()
    if cancelled is not None:
        raise cancelled
    return run.wait()


def __await__(self: "Run[Any]") -> "Generator[Any, Any, Any]":  # noqa: N807 - it becomes the class's
    """Wait for the end beside whatever else the loop does."""
    return _end(self).__await__()


def give(run: type) -> None:
    """Give the class of runs what is written here."""
    for method in (_ipython_display_, events, aevents, __await__):
        setattr(run, method.__name__, method)
