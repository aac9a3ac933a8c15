"""The evaluation's plan, its programme, and the results that its notebooks leave."""

from evalbook.plan.evaluation import (
    Checkpoint,
    Dated,
    Named,
    Plan,
    Protection,
    Record,
    Theme,
    Units,
    check_said,
    load,
    unknown,
    unsaid,
)
from evalbook.plan.programme import Programme, Vintage

__all__ = [
    "Checkpoint",
    "Dated",
    "Named",
    "Plan",
    "Programme",
    "Protection",
    "Record",
    "Theme",
    "Units",
    "Vintage",
    "check_said",
    "load",
    "unknown",
    "unsaid",
]
