"""Figures, tables and numbers for readers, in two languages."""

from nychance.present import charts, statements
from nychance.present.findings import Column, Findings

__all__ = ["Column", "Findings", "charts", "statements"]
