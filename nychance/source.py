"""Where figures come from."""

from dataclasses import dataclass

from nychance.catalogue import tr
from nychance.language import Text


@dataclass(frozen=True)
class Source:
    """The source line of a figure; `persons` tells that it counts persons and so needs disclosure control."""

    line: Text
    persons: bool = False
    synthetic: bool = False


SYNTHETIC = Source(
    tr("Source: synthetic persons in invented municipalities (demonstration)"),
    persons=True,
    synthetic=True,
)
EXTRACT = Source(tr("Source: DREAM extract, own calculations"), persons=True)
