"""The qualitative half: what people said, what was recommended and what was made known, as a checkpoint could have seen it.

Heavier parts stay in modules of their own, for those who need them: `codings` (coded material),
`refi` (exchange with other software), `pseudonyms`, `counts`, `agreement`, `networks` and `joint`.
"""

from evalbook.qualitative.dissemination_log import CHANNELS, dissemination
from evalbook.qualitative.quotations import Quotation, quotations
from evalbook.qualitative.recommendations import (
    STATUS_NAMES,
    Recommendation,
    Status,
    recommendations,
)
from evalbook.qualitative.source_lines import EVALUATION, EXAMPLE, MATERIAL

__all__ = [
    "CHANNELS",
    "EVALUATION",
    "EXAMPLE",
    "MATERIAL",
    "STATUS_NAMES",
    "Quotation",
    "Recommendation",
    "Status",
    "dissemination",
    "quotations",
    "recommendations",
]
