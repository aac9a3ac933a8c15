"""Method against comparison municipalities, from the register to tables that `nychance.models` takes.

The design stands here once, for notebooks, tests and benchmarks.
"""

from nychance.benchmarking.comparability import CONDITIONS, FAR, Balance, alike, balance, conditions, specifications
from nychance.benchmarking.effects import by_period, drift, effect_table, effects, p_value
from nychance.benchmarking.municipalities import against_expectation, changes, shares_by_municipality, standing
from nychance.benchmarking.panel import Period, course, panel

__all__ = [
    "CONDITIONS",
    "FAR",
    "Balance",
    "Period",
    "against_expectation",
    "alike",
    "balance",
    "by_period",
    "changes",
    "conditions",
    "course",
    "drift",
    "effect_table",
    "effects",
    "p_value",
    "panel",
    "shares_by_municipality",
    "specifications",
    "standing",
]
