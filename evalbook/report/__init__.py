"""Figures, tables, numbers and sentences for readers, in each language of the plan."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalbook.report.report import Report

__all__ = ["Report"]


def __getattr__(name: str) -> object:
    """Import `Report` when it is asked for: its models are slow to import, and pages need none."""
    if name == "Report":
        from evalbook.report.report import Report

        return Report
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
