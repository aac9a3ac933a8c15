"""Figures from tidy tables, and helpers for those that a cell draws with seaborn itself.

Texts are keys of the plan or English; the report says them in each language when it saves a figure.
A table has its groups as index and the columns `estimate`, `lower`, `upper`, `n`, `unit` and
`status`; what is hidden is written in words in its place and never drawn.
"""

from nychance.plots.axes import (
    date_axis,
    events,
    intervals,
    key,
    label_ends,
    percent_axis,
    thresholds,
    unit_axis,
)
from nychance.plots.bars import bars, stacked
from nychance.plots.dots import by_unit, dots, forest, small_multiples
from nychance.plots.lines import event_study, lines, saturation, survival
from nychance.plots.maps import choropleth
from nychance.plots.matrix import heatmap
from nychance.plots.models import fitted, funnel, love, specification_curve
from nychance.plots.networks import network
from nychance.plots.staircase import alluvial, staircase
from nychance.plots.tidy import COLUMN_NAMES, ORIGIN_PALETTE, ROLE_PALETTE, hyphenated

__all__ = [
    "COLUMN_NAMES",
    "ORIGIN_PALETTE",
    "ROLE_PALETTE",
    "alluvial",
    "bars",
    "by_unit",
    "choropleth",
    "date_axis",
    "dots",
    "event_study",
    "events",
    "fitted",
    "forest",
    "funnel",
    "heatmap",
    "hyphenated",
    "intervals",
    "key",
    "label_ends",
    "lines",
    "love",
    "network",
    "percent_axis",
    "saturation",
    "small_multiples",
    "specification_curve",
    "stacked",
    "staircase",
    "survival",
    "thresholds",
    "unit_axis",
]
