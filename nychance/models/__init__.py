"""Models: what the measures cannot say without an assumption."""

from nychance.models.change import ChangeContrast, contrast_changes
from nychance.models.competing_risks import CumulativeIncidence, aalen_johansen
from nychance.models.cox import CoxModel, cox
from nychance.models.cross_section import CrossSection, cross_section
from nychance.models.difference_in_differences import difference_in_differences
from nychance.models.estimate import Estimate
from nychance.models.event_study import EventStudy, event_study
from nychance.models.group_time import GroupTimeATT, group_time_att
from nychance.models.randomisation import Randomisation, randomisation_test
from nychance.models.survival import LogRank, SurvivalCurve, SurvivalCurves, kaplan_meier, log_rank
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
    "LogRank",
    "MarginalTest",
    "Randomisation",
    "SurvivalCurve",
    "SurvivalCurves",
    "TransitionMatrix",
    "WildBootstrap",
    "aalen_johansen",
    "bowker",
    "contrast_changes",
    "cox",
    "cross_section",
    "difference_in_differences",
    "event_study",
    "group_time_att",
    "kaplan_meier",
    "log_rank",
    "randomisation_test",
    "stuart_maxwell",
    "transition_matrix",
    "wild_cluster_bootstrap",
]
