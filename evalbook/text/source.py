"""Where figures come from."""

from dataclasses import dataclass
from typing import Self

from evalbook.text.language import Text


@dataclass(frozen=True)
class Source:
    """The source line of a figure; `persons` marks results that need disclosure control."""

    line: Text
    persons: bool = False
    synthetic: bool = False

    # pandas copies what a table carries with each operation.
    def __deepcopy__(self, memo: object) -> Self:
        return self
