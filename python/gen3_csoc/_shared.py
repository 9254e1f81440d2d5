"""Methods that classes of the extension share: written once, and given to each of them at import.

An extension's class cannot inherit from one of Python, so they are set on it.
"""

from collections.abc import Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["display", "mapping"]


def _repr_mimebundle_(
    self: "Any",  # noqa: ANN401 - any of the classes
    include: object = None,  # noqa: ARG001 - what notebooks pass
    exclude: object = None,  # noqa: ARG001
) -> dict[str, str]:
    """The same as text and as HTML."""
    text = self.to_text() if hasattr(self, "to_text") else ""
    return {"text/plain": f"{self!r}\n{text}".rstrip(), "text/html": self._repr_html_()}


def display(*classes: type) -> None:
    """Let notebooks show what the classes tell as text and as HTML."""
    for each in classes:
        each._repr_mimebundle_ = _repr_mimebundle_  # type: ignore[attr-defined]


def mapping(*classes: type) -> None:
    """Make mappings of classes that can be asked for keys, and give them the methods that follow from it."""
    for each in classes:
        Mapping.register(each)
        for name in ("get", "items", "keys", "values"):
            setattr(each, name, getattr(Mapping, name))
