"""Figures, tables, numbers and sentences for readers, in each language of the plan."""

from evalbook.report.report import Report

__all__ = ["Report"]
