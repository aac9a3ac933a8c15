"""Models: what the measures cannot say without an assumption."""

from nychance.models.cross_section import CrossSection, cross_section

__all__ = ["CrossSection", "cross_section"]
