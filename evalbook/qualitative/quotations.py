"""What people said, word for word, with translations, selected by theme or by code."""

from collections.abc import Iterable

from pydantic import ConfigDict, Field

from evalbook.plan import Checkpoint
from evalbook.qualitative.records import Record, listed
from evalbook.text.language import Text


class Quotation(Record):
    """What somebody said, in Danish, with our renderings in other languages, a field for each.

    Attributes
    ----------
    theme : str
        Stem of the theme under which it is shown.
    checkpoint : str
        Month of the checkpoint at which it was said.
    source : str
        The activity that it comes from, a key of the plan's activities.
    codes : tuple of str
        Keys of `material/material.yml`; they may belong to several themes.
    da : str
        The words themselves.
    emended : dict
        Slips of typing in the Danish, and how they are mended in print.
    """

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, str]
    theme: str
    checkpoint: str
    source: str
    codes: tuple[str, ...]
    da: str
    emended: dict[str, str] = Field(default_factory=dict)

    @property
    def printed(self) -> str:
        """The Danish as it is printed."""
        text = self.da
        for slip, mended in self.emended.items():
            text = text.replace(slip, mended)
        return text

    @property
    def text(self) -> Text:
        """What is printed in each language."""
        return Text(self.printed, **self.__pydantic_extra__)


def by_code(listed: Iterable[Quotation], theme: str) -> dict[str, Quotation]:
    """Choose one quotation for each code: the first, one shown under the theme before others."""
    chosen: dict[str, Quotation] = {}
    for quotation in sorted(listed, key=lambda q: q.theme != theme):
        for code in quotation.codes:
            chosen.setdefault(code, quotation)
    return chosen


def quotations(
    theme: str | None, checkpoint: Checkpoint, code: str | None = None
) -> list[Quotation]:
    """Read the quotations known at a checkpoint.

    Parameters
    ----------
    theme : str or None
        Stem of the theme under which they are shown; None for all.
    code : str, optional
        Only those with this code, whatever their theme if `theme` is None.

    Raises
    ------
    DataError
        If the file is missing or broken.
    """
    known = [
        q
        for q in listed(Quotation, "quotations.yml", "quotations")
        if q.checkpoint <= checkpoint.month
    ]
    return [q for q in known if theme in (None, q.theme) and (code is None or code in q.codes)]
