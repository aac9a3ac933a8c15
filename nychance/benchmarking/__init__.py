"""Method against comparison municipalities, from the register to tables that `evalbook.models` takes.

The design stands here once, for notebooks, tests and benchmarks.
"""

from nychance.benchmarking.comparability import (
    CONDITIONS,
    FAR,
    Balance,
    alike,
    balance,
    conditions,
    specifications,
)
from nychance.benchmarking.effects import (
    by_period,
    drift,
    effect_table,
    effects,
    levels,
    p_value,
)
from nychance.benchmarking.outcome_panel import Period, course, panel
from nychance.benchmarking.ranking import (
    changes,
    shares_by_municipality,
    standardised_difference,
    standing,
)

__all__ = [
    "CONDITIONS",
    "FAR",
    "Balance",
    "Period",
    "alike",
    "balance",
    "by_period",
    "changes",
    "conditions",
    "course",
    "drift",
    "effect_table",
    "effects",
    "levels",
    "p_value",
    "panel",
    "shares_by_municipality",
    "specifications",
    "standardised_difference",
    "standing",
]
