"""What can go wrong: one base class, and one class for each reason to act differently.

Files that cannot be read are the `OSError` that Python has for it, as with `open`.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gen3_csoc._native import Diagnostic, Report, RunTable

__all__ = ["CsocError", "FleetError", "OperateError", "WriteError"]


class CsocError(Exception):
    """Anything that csoc refuses or fails to do."""


class FleetError(CsocError):
    """The content of a fleet is wrong.

    Attributes:
        message: What it means for the call, in one line.
        report: Everything that was found, if that is why.
    """

    message: str
    report: "Report | None"

    def __init__(self, message: str, report: "Report | None" = None) -> None:
        super().__init__(message, report)
        self.message = message
        self.report = report

    def __str__(self) -> str:
        return self.message

    @property
    def diagnostics(self) -> "tuple[Diagnostic, ...]":
        """Everything that was found, each with its place and its fix."""
        return () if self.report is None else self.report.diagnostics


class WriteError(CsocError):
    """The output cannot be written; what was there is whole.

    An `OSError` that led to it is its cause.
    """


class OperateError(CsocError):
    """An operation on real infrastructure is refused, or failed part-way.

    Attributes:
        message: What it is, in one line.
        table: What became of each stack, where some of them were begun.
    """

    message: str
    table: "RunTable | None"

    def __init__(self, message: str, table: "RunTable | None" = None) -> None:
        super().__init__(message, table)
        self.message = message
        self.table = table

    def __str__(self) -> str:
        return self.message
