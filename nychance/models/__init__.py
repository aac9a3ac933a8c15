"""The models of `evalbook`, for those who work with this programme alone."""

from evalbook.models import *  # noqa: F403
from evalbook.models import __all__ as __all__
