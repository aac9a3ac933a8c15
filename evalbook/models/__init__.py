"""Models: what the measures cannot say without an assumption."""

from evalbook.models.balance.entropy_balance import balance_table, effective_number, entropy_balance
from evalbook.models.base.estimate import Estimate
from evalbook.models.base.outcome import tidy
from evalbook.models.did.detectable import DetectableEffect, minimum_detectable_effect
from evalbook.models.did.did_formula import did
from evalbook.models.did.difference_in_differences import difference_in_differences
from evalbook.models.did.event_study import EventStudy, event_study
from evalbook.models.did.group_time import GroupTimeATT, group_time_att
from evalbook.models.did.honest_bounds import HonestBounds, honest_bounds
from evalbook.models.did.pretrend_power import PretrendPower, pretrend_power
from evalbook.models.did.specification import SpecificationCurve, leave_one_out, specification_curve
from evalbook.models.did.synthetic_control import SyntheticControl, synthetic_control
from evalbook.models.did.synthetic_did import SyntheticDiD, synthetic_did
from evalbook.models.few_clusters.change import ChangeContrast, contrast_changes
from evalbook.models.few_clusters.clustered import Clustered, clustered
from evalbook.models.few_clusters.contrast import Contrast, adjust_contrasts, contrast
from evalbook.models.few_clusters.multiplicity import family_wise, holm
from evalbook.models.few_clusters.randomisation import Randomisation, randomisation_test
from evalbook.models.few_clusters.wild_bootstrap import WildBootstrap, wild_cluster_bootstrap
from evalbook.models.shares.clustered_share import ClusteredShare, clustered_share
from evalbook.models.shares.cross_section import CrossSection, cross_section
from evalbook.models.shares.funnel import Funnel, funnel
from evalbook.models.shares.observed_minus_expected import observed_minus_expected
from evalbook.models.shares.random_effects import RandomEffects, random_effects
from evalbook.models.shares.transitions import (
    MarginalTest,
    TransitionMatrix,
    bowker,
    stuart_maxwell,
    transition_matrix,
)
from evalbook.models.survival.competing_risks import CumulativeIncidence, aalen_johansen
from evalbook.models.survival.cox import CoxModel, cox
from evalbook.models.survival.curves import SurvivalCurve, SurvivalCurves
from evalbook.models.survival.gray import GrayTest, gray_test
from evalbook.models.survival.hazard import HazardModel, discrete_time_hazard
from evalbook.models.survival.kaplan_meier import kaplan_meier
from evalbook.models.survival.log_rank import LogRank, log_rank
from evalbook.models.survival.multi_state import MultiState, multi_state

__all__ = [
    "ChangeContrast",
    "Clustered",
    "ClusteredShare",
    "Contrast",
    "CoxModel",
    "CrossSection",
    "CumulativeIncidence",
    "DetectableEffect",
    "Estimate",
    "EventStudy",
    "Funnel",
    "GrayTest",
    "GroupTimeATT",
    "HazardModel",
    "HonestBounds",
    "LogRank",
    "MarginalTest",
    "MultiState",
    "PretrendPower",
    "RandomEffects",
    "Randomisation",
    "SpecificationCurve",
    "SurvivalCurve",
    "SurvivalCurves",
    "SyntheticControl",
    "SyntheticDiD",
    "TransitionMatrix",
    "WildBootstrap",
    "aalen_johansen",
    "adjust_contrasts",
    "balance_table",
    "bowker",
    "clustered",
    "clustered_share",
    "contrast",
    "contrast_changes",
    "cox",
    "cross_section",
    "did",
    "difference_in_differences",
    "discrete_time_hazard",
    "effective_number",
    "entropy_balance",
    "event_study",
    "family_wise",
    "funnel",
    "gray_test",
    "group_time_att",
    "holm",
    "honest_bounds",
    "kaplan_meier",
    "leave_one_out",
    "log_rank",
    "minimum_detectable_effect",
    "multi_state",
    "observed_minus_expected",
    "pretrend_power",
    "random_effects",
    "randomisation_test",
    "specification_curve",
    "stuart_maxwell",
    "synthetic_control",
    "synthetic_did",
    "tidy",
    "transition_matrix",
    "wild_cluster_bootstrap",
]
