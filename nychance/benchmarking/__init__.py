"""Method against comparison municipalities, from the register to input for `evalbook.models`.

The design is defined here once, for notebooks, tests and benchmarks.
"""

from nychance.benchmarking.cohort import (
    OUTCOMES,
    cohort,
    cohort_panel,
    composition,
    entrants,
    renewed,
)
from nychance.benchmarking.comparability import (
    CONDITIONS,
    FAR,
    Balance,
    balance,
    conditions,
    conditions_before,
    nearest_half,
    specifications,
)
from nychance.benchmarking.effect import (
    OPINIONS,
    Drift,
    Effect,
    detectable,
    drift,
    effect,
    effects_adjusted,
    effects_table,
    study_table,
)
from nychance.benchmarking.effects import (
    effect_table,
    effects,
    event_studies,
    levels,
    p_value,
    pre_trend,
)
from nychance.benchmarking.flows import (
    compared,
    flow_by_role,
    returns_since,
    states_since,
    stretches,
    time_in_state,
)
from nychance.benchmarking.outcome_panel import Period, begins, course, panel
from nychance.benchmarking.ranking import (
    funnel_of,
    ranking_table,
    standardised_difference,
)
from nychance.benchmarking.study import (
    Study,
    changes,
    contrast_of,
    contrast_table,
    contrasts,
    in_points,
    leave_one_out,
    study,
)

__all__ = [
    "CONDITIONS",
    "FAR",
    "OPINIONS",
    "OUTCOMES",
    "Balance",
    "Drift",
    "Effect",
    "Period",
    "Study",
    "balance",
    "begins",
    "changes",
    "cohort",
    "cohort_panel",
    "compared",
    "composition",
    "conditions",
    "conditions_before",
    "contrast_of",
    "contrast_table",
    "contrasts",
    "course",
    "detectable",
    "drift",
    "effect",
    "effect_table",
    "effects",
    "effects_adjusted",
    "effects_table",
    "entrants",
    "event_studies",
    "flow_by_role",
    "funnel_of",
    "in_points",
    "leave_one_out",
    "levels",
    "nearest_half",
    "p_value",
    "panel",
    "pre_trend",
    "ranking_table",
    "renewed",
    "returns_since",
    "specifications",
    "standardised_difference",
    "states_since",
    "stretches",
    "study",
    "study_table",
    "time_in_state",
]
