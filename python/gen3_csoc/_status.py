"""What asking clusters can do in Python's own way: beside whatever else a loop does.

An extension's class cannot have coroutines of Python's, so they are set on it.
Nothing here imports asyncio before somebody who has it needs it.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gen3_csoc._native import Fleet, StatusPage, StatusWatch

__all__ = ["give"]


def __aiter__(self: "StatusWatch") -> "StatusWatch":  # noqa: N807 - it becomes the class's
    """Look again and again, beside whatever else the loop does."""
    return self


async def __anext__(self: "StatusWatch") -> "StatusPage":  # noqa: N807 - it becomes the class's
    """Wait for the next page; who cancels that goes on with the same one the next time."""
    import asyncio  # noqa: PLC0415 - only where it runs already

    wait = self._begin()
    looking = asyncio.get_running_loop().run_in_executor(None, self._wait, wait)
    try:
        page = await asyncio.shield(looking)
    except asyncio.CancelledError:
        # Its thread ends within a moment, and keeps no process from ending.
        self._give_up(wait)
        raise
    if page is None:
        raise StopAsyncIteration
    return page


async def astatus(self: "Fleet", **options: "Any") -> "StatusPage":  # noqa: ANN401 - those of `status`
    """Ask clusters once, beside whatever else the loop does."""
    import asyncio  # noqa: PLC0415 - only where it runs already

    loop = asyncio.get_running_loop()
    watch = await loop.run_in_executor(None, lambda: self.watch_status(**options))
    return await anext(watch)


def give(fleet: type, watch: type) -> None:
    """Give the classes of fleets and of watches what is written here."""
    fleet.astatus = astatus  # type: ignore[attr-defined]
    for method in (__aiter__, __anext__):
        setattr(watch, method.__name__, method)
