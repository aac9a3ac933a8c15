"""Several outcomes at once: p-values that keep the chance of any false finding down."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from statsmodels.stats.multitest import multipletests

from nychance.errors import DataError
from nychance.models.change import contrast_changes, reassigned_t
from nychance.models.person_input import Floats
