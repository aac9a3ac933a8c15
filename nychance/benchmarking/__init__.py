"""Method against comparison municipalities, from the register to input for `evalbook.models`.

The design is defined here once, for notebooks, tests and benchmarks.
"""

from nychance.benchmarking.comparability import (
    CONDITIONS,
    FAR,
    Balance,
    balance,
    conditions,
    nearest_half,
    specifications,
)
from nychance.benchmarking.effects import (
    effect_table,
    effects,
    event_studies,
    levels,
    p_value,
    pre_trend,
)
from nychance.benchmarking.outcome_panel import Period, course, panel
from nychance.benchmarking.ranking import (
    changes,
    ranking_table,
    shares_by_municipality,
    standardised_difference,
)

__all__ = [
    "CONDITIONS",
    "FAR",
    "Balance",
    "Period",
    "balance",
    "changes",
    "conditions",
    "course",
    "effect_table",
    "effects",
    "event_studies",
    "levels",
    "nearest_half",
    "p_value",
    "panel",
    "pre_trend",
    "ranking_table",
    "shares_by_municipality",
    "specifications",
    "standardised_difference",
]
