"""Figures, tables, numbers and sentences for readers, in each language of the plan."""

from evalbook.report.findings import Column, Findings
from evalbook.report.report import Report

__all__ = ["Column", "Findings", "Report"]
