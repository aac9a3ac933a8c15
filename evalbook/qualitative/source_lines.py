"""Where qualitative material comes from."""

from evalbook.text.catalogue import tr
from evalbook.text.source import Source

EVALUATION = Source(tr("Source: the evaluation's first results"))
MATERIAL = Source(tr("Source: the evaluation's interviews, own counts"))
EXAMPLE = Source(
    tr("Source: invented example (demonstration)"),
    synthetic=True,
)
