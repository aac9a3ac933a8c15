"""Models: what the measures cannot say without an assumption."""

from nychance.models.change import ChangeContrast, contrast_changes
from nychance.models.competing_risks import CumulativeIncidence, aalen_johansen
from nychance.models.cox import CoxModel, cox
from nychance.models.cross_section import CrossSection, cross_section
from nychance.models.entropy_balance import balance_table, effective_number, entropy_balance
from nychance.models.hazard import HazardModel, discrete_time_hazard
from nychance.models.survival import LogRank, SurvivalCurve, SurvivalCurves, kaplan_meier, log_rank
from nychance.models.synthetic_control import SyntheticControl, synthetic_control
from nychance.models.transitions import MarginalTest, TransitionMatrix, bowker, stuart_maxwell, transition_matrix

__all__ = [
    "ChangeContrast",
    "CoxModel",
    "CrossSection",
    "CumulativeIncidence",
    "HazardModel",
    "LogRank",
    "MarginalTest",
    "SurvivalCurve",
    "SurvivalCurves",
    "SyntheticControl",
    "TransitionMatrix",
    "aalen_johansen",
    "balance_table",
    "bowker",
    "contrast_changes",
    "cox",
    "cross_section",
    "discrete_time_hazard",
    "effective_number",
    "entropy_balance",
    "kaplan_meier",
    "log_rank",
    "stuart_maxwell",
    "synthetic_control",
    "transition_matrix",
]
