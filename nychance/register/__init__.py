"""The register as a checkpoint could have seen it: persons, weeks, states and interventions."""

from nychance.register.histories import at
from nychance.register.reader import chunks, read_register
from nychance.register.register import Register
from nychance.register.states import (
    BENEFIT,
    MINORITY,
    ORIGINS,
    SELF_SUPPORT,
    STATES,
    UNKNOWN,
    Situations,
)
from nychance.register.weeks import WEEK_COLUMN, week_start

__all__ = [
    "BENEFIT",
    "MINORITY",
    "ORIGINS",
    "SELF_SUPPORT",
    "STATES",
    "UNKNOWN",
    "WEEK_COLUMN",
    "Register",
    "Situations",
    "at",
    "chunks",
    "read_register",
    "week_start",
]
