"""Models: what the measures cannot say without an assumption."""

from nychance.models.change import ChangeContrast, contrast_changes
from nychance.models.cross_section import CrossSection, cross_section
from nychance.models.transitions import MarginalTest, TransitionMatrix, bowker, stuart_maxwell, transition_matrix

__all__ = [
    "ChangeContrast",
    "CrossSection",
    "MarginalTest",
    "TransitionMatrix",
    "bowker",
    "contrast_changes",
    "cross_section",
    "stuart_maxwell",
    "transition_matrix",
]
