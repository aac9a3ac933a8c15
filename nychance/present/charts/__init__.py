"""The report's figures; each function takes tidy values and a language and returns a figure."""

from nychance.present.charts.alluvial import alluvial
from nychance.present.charts.axes import ORIGIN_NAMES, ROLE_NAMES
from nychance.present.charts.bars import grouped_bars, ranked_bars, stacked_bars
from nychance.present.charts.benchmarking import Side, before_and_after, by_municipality, course_of_shares
from nychance.present.charts.comparability import love_plot, specification_chart
from nychance.present.charts.dissemination import approaches, timeline
from nychance.present.charts.interventions import ratios, use_by_group
from nychance.present.charts.lines import curves, share_over_time
from nychance.present.charts.maps import choropleth, scatter_with_fit
from nychance.present.charts.matrix import code_matrix, pairs
from nychance.present.charts.multiples import municipality_multiples, stacked_panels
from nychance.present.charts.network import coupling_over_time, network_circle
from nychance.present.charts.panels import dots_in_panels
from nychance.present.charts.profiles import profile_dots
from nychance.present.charts.saturation import saturation_curve
from nychance.present.charts.staircase import staircase
from nychance.present.charts.targets import Bullet, municipality_bullets, target_bullets
from nychance.present.style import GROUP_COLOURS, ORIGIN_COLOURS

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
