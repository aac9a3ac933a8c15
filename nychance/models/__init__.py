"""Models: what the measures cannot say without an assumption."""

from nychance.models.change import ChangeContrast, contrast_changes
from nychance.models.cross_section import CrossSection, cross_section

__all__ = ["ChangeContrast", "CrossSection", "contrast_changes", "cross_section"]
