"""The report's figures; each function draws values in a language and returns a figure."""

from nychance.charts.alluvial import alluvial
from nychance.charts.axes import ORIGIN_NAMES, ROLE_NAMES
from nychance.charts.bars import grouped_bars, ranked_bars, stacked_bars
from nychance.charts.benchmarking import Side, before_and_after, by_municipality, course_of_shares
from nychance.charts.colours import GROUP_COLOURS, ORIGIN_COLOURS
from nychance.charts.covariate_balance import love_plot, specification_chart
from nychance.charts.dissemination import approaches, timeline
from nychance.charts.interventions import ratios, use_by_group
from nychance.charts.lines import curves, share_over_time
from nychance.charts.maps import choropleth, scatter_with_fit
from nychance.charts.matrix import code_matrix, pairs
from nychance.charts.multiples import municipality_multiples, stacked_panels
from nychance.charts.network import coupling_over_time, network_circle
from nychance.charts.panels import dots_in_panels
from nychance.charts.profiles import profile_dots
from nychance.charts.saturation import saturation_curve
from nychance.charts.staircase import staircase
from nychance.charts.targets import Bullet, municipality_bullets, target_bullets

__all__ = [
    "GROUP_COLOURS",
    "ORIGIN_COLOURS",
    "ORIGIN_NAMES",
    "ROLE_NAMES",
    "Bullet",
    "Side",
    "alluvial",
    "approaches",
    "before_and_after",
    "by_municipality",
    "choropleth",
    "code_matrix",
    "coupling_over_time",
    "course_of_shares",
    "curves",
    "dots_in_panels",
    "grouped_bars",
    "love_plot",
    "municipality_bullets",
    "municipality_multiples",
    "network_circle",
    "pairs",
    "profile_dots",
    "ranked_bars",
    "ratios",
    "saturation_curve",
    "scatter_with_fit",
    "share_over_time",
    "specification_chart",
    "stacked_bars",
    "stacked_panels",
    "staircase",
    "target_bullets",
    "timeline",
    "use_by_group",
]
