"""The source lines of figures that count the extract's persons."""

from typing import Final

from evalbook.text.source import Source
from nychance import tr

SYNTHETIC: Final = Source(
    tr("Source: synthetic persons in invented municipalities (demonstration)"),
    persons=True,
    synthetic=True,
)
EXTRACT: Final = Source(tr("Source: DREAM extract, own calculations"), persons=True)
