"""Where figures come from."""

from dataclasses import dataclass

from evalbook.text.language import Text


@dataclass(frozen=True)
class Source:
    """The source line of a figure; `persons` marks results that need disclosure control."""

    line: Text
    persons: bool = False
    synthetic: bool = False
