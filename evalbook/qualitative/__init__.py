"""What people said and what was recommended, as a checkpoint could have seen it.

Heavier parts stay in modules of their own, for those who need them: `codings` (coded material),
`refi` (exchange with other software), `pseudonyms`, `counts`, `agreement` and `joint`.
"""

from evalbook.qualitative.quotations import Quotation, quotations
from evalbook.qualitative.recommendations import (
    STATUS_NAMES,
    Recommendation,
    Status,
    recommendations,
)
from evalbook.qualitative.source_lines import EVALUATION, EXAMPLE, MATERIAL

__all__ = [
    "EVALUATION",
    "EXAMPLE",
    "MATERIAL",
    "STATUS_NAMES",
    "Quotation",
    "Recommendation",
    "Status",
    "quotations",
    "recommendations",
]
