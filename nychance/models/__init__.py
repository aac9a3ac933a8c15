"""Models: what the measures cannot say without an assumption."""

from nychance.models.change import ChangeContrast, contrast_changes
from nychance.models.competing_risks import CumulativeIncidence, aalen_johansen
from nychance.models.cox import CoxModel, cox
from nychance.models.cross_section import CrossSection, cross_section
from nychance.models.difference_in_differences import difference_in_differences
from nychance.models.entropy_balance import balance_table, effective_number, entropy_balance
from nychance.models.estimate import Estimate
from nychance.models.event_study import EventStudy, event_study
from nychance.models.group_time import GroupTimeATT, group_time_att
from nychance.models.hazard import HazardModel, discrete_time_hazard
from nychance.models.multiplicity import family_wise, holm
from nychance.models.observed_minus_expected import observed_minus_expected
from nychance.models.randomisation import Randomisation, randomisation_test
from nychance.models.specification import SpecificationCurve, leave_one_out, specification_curve
from nychance.models.survival import LogRank, SurvivalCurve, SurvivalCurves, kaplan_meier, log_rank
from nychance.models.synthetic_control import SyntheticControl, synthetic_control
from nychance.models.transitions import MarginalTest, TransitionMatrix, bowker, stuart_maxwell, transition_matrix
from nychance.models.wild_bootstrap import WildBootstrap, wild_cluster_bootstrap

__all__ = [
    "ChangeContrast",
    "CoxModel",
    "CrossSection",
    "CumulativeIncidence",
    "Estimate",
    "EventStudy",
    "GroupTimeATT",
    "HazardModel",
    "LogRank",
    "MarginalTest",
    "Randomisation",
    "SpecificationCurve",
    "SurvivalCurve",
    "SurvivalCurves",
    "SyntheticControl",
    "TransitionMatrix",
    "WildBootstrap",
    "aalen_johansen",
    "balance_table",
    "bowker",
    "contrast_changes",
    "cox",
    "cross_section",
    "difference_in_differences",
    "discrete_time_hazard",
    "effective_number",
    "entropy_balance",
    "event_study",
    "family_wise",
    "group_time_att",
    "holm",
    "kaplan_meier",
    "leave_one_out",
    "log_rank",
    "observed_minus_expected",
    "randomisation_test",
    "specification_curve",
    "stuart_maxwell",
    "synthetic_control",
    "transition_matrix",
    "wild_cluster_bootstrap",
]
