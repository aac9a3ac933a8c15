"""The nearest public figures to the brief's measures, for the 98 municipalities."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from evalbook.models.method import NO_INTERVAL, method
from evalbook.plan import Checkpoint
from evalbook.text.language import Text, day, join
from evalbook.text.source import Source
from nychance import MUNICIPALITIES, tr
from nychance.public_data import tables as public
from nychance.public_data.ranges import Range, range_over

NOTHING = Text.same("")


@dataclass(frozen=True)
class Indicator:
    """A public figure: its table and variable, its name, and its unit in per cent.

    With `of`, another variable of the table, the figure is a share of that. `whom` says whom it
    counts, and `caveat` what is to be said wherever it stands in for the brief's own measure.
    """

    table: str
    variable: str
    name: Text
    scale: float = 1.0
    of: str = ""
    whom: Text = NOTHING
    caveat: Text = NOTHING


# The brief's own measures; their tables come with `nychance fetch`.
MINORITY_16_64 = Indicator(
    "population-origin",
    "persons_16_64_nonwestern",
    tr("Non-western immigrants and descendants, % of persons aged 16\N{EN DASH}64"),
    scale=100,
    of="persons_16_64",
    whom=tr("non-western immigrants and descendants among persons aged 16\N{EN DASH}64"),
)
EMPLOYMENT_MINORITY = Indicator(
    "employment-rate",
    "employment_rate_nonwestern_immigrants_pct",
    tr("Employment rate, non-western immigrants, %"),
)
# The nearest that is public without them: citizens of non-western countries, of all ages.
MINORITY = Indicator(
    "key-figures",
    "nonwestern_citizens_per_10000",
    tr("Citizens of non-western countries, % of population"),
    scale=0.01,
    whom=tr("citizens of non-western countries in the whole population"),
    caveat=tr(
        "This is the closest published number to the share of ethnic minorities aged "
        "16\N{EN DASH}64, which is not published by municipality."
    ),
)
UNEMPLOYMENT = Indicator(
    "key-figures",
    "unemployed_per_100",
    tr("Full-time unemployed per 100 of working age"),
)
EMPLOYMENT = Indicator(
    "employment-rate",
    "employment_rate_pct",
    tr("Employment rate, all origins, %"),
)
INHABITANTS = Indicator("key-figures", "population", tr("Inhabitants"))
# Of each, the first that a checkpoint has figures for is taken.
INDICATORS: dict[str, tuple[Indicator, ...]] = {
    "minority": (MINORITY_16_64, MINORITY),
    "unemployment": (UNEMPLOYMENT,),
    "employment": (EMPLOYMENT_MINORITY, EMPLOYMENT),
    "inhabitants": (INHABITANTS,),
}


@dataclass(frozen=True)
class Figures:
    """An indicator's newest figures by municipality; `values` is empty if there are none."""

    indicator: Indicator
    values: "pd.Series[float]"
    reference: date | None

    @property
    def when(self) -> Text:
        """The date that the figures refer to, in words; a dash if there are none."""
        return Text.each(day, self.reference) if self.reference else Text.same("\N{EN DASH}")

    @property
    def title(self) -> Text:
        """The measure and its date."""
        return join(", ", [self.indicator.name, self.when])

    @property
    def source(self) -> Source:
        """Where the figures come from."""
        return Source(public.provenance(self.indicator.table).source_line)

    @property
    def begins(self) -> date:
        """The first date that the indicator has a figure for, whatever the checkpoint."""
        return public.first_reference(self.indicator.table, self.indicator.variable)


def figures(key: str, checkpoint: Checkpoint) -> Figures:
    """Read an indicator as a checkpoint could have seen it.

    The brief's own measure where it is there, else the nearest.

    Parameters
    ----------
    key : str
        A key of `INDICATORS`.
    """
    found = (
        _figures(indicator, checkpoint) for indicator in INDICATORS[key] if _is_there(indicator)
    )
    listed = list(found)
    return next((each for each in listed if len(each.values)), listed[-1])


def _is_there(indicator: Indicator) -> bool:
    return indicator.table not in public.FETCHED or public.is_there(indicator.table)


def _figures(indicator: Indicator, checkpoint: Checkpoint) -> Figures:
    table = public.read(indicator.table, checkpoint)
    newest = public.latest(table, indicator.variable)
    values = newest["value"] * indicator.scale
    if indicator.of:
        values = (values / public.latest(table, indicator.of)["value"]).dropna()
    return Figures(indicator, values, newest["reference"].iloc[0].date() if len(newest) else None)


def sources(listed: list[Figures]) -> Source:
    """Name the sources of several indicators in one line, each once."""
    tables = dict.fromkeys(f.indicator.table for f in listed if len(f.values))
    return Source(
        tr("Source: {sources}").format(
            sources=join("; ", (public.provenance(table).cited for table in tables))
        )
    )


@method(
    tr("Range across the 98 municipalities"),
    formula=tr("lowest, median and highest value"),
    unit=MUNICIPALITIES,
    interval=NO_INTERVAL,
    source=tr("Statistics Denmark and noegletal.dk"),
)
def ranges(listed: list[Figures]) -> pd.DataFrame:
    """Find each indicator's range over the 98 municipalities, with the municipality at each end.

    Returns
    -------
    DataFrame
        One row per indicator that has figures: `name`, `when`, `lowest`, `lowest_at`, `median`,
        `highest`, `highest_at`.
    """
    names = public.municipalities()["name"]
    rows = [(f, range_over(f.values, names)) for f in listed if len(f.values)]
    return pd.DataFrame([_range_row(f, found) for f, found in rows])


def _range_row(f: Figures, found: Range) -> dict[str, object]:
    return {
        "name": f.indicator.name,
        "when": f.when,
        "lowest": found.lowest,
        "lowest_at": ", ".join(found.lowest_at),
        "median": found.median,
        "highest": found.highest,
        "highest_at": ", ".join(found.highest_at),
    }
