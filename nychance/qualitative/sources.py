"""Where qualitative material comes from."""

from nychance.catalogue import tr
from nychance.source import Source

EVALUATION = Source(tr("Source: the evaluation's first results"))
MATERIAL = Source(tr("Source: the evaluation's interviews, own counts"))
EXAMPLE = Source(
    tr("Source: invented example (demonstration)"),
    synthetic=True,
)
