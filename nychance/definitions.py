"""The programme's part of the plan: targets, definitions, the staircase, interventions."""

from datetime import date
from typing import ClassVar, Literal, cast

from pydantic import Field

from evalbook import plan
from evalbook.plan import Dated, Named, Plan, Record
from evalbook.text.language import Text


class Target(Dated):
    """A target of the brief: a share of persons or of time, and the least it should be.

    A target that can be read in several ways is listed once for each; `reading_of` names it.
    """

    key: str
    threshold: float
    unit: Literal["persons", "time"]
    name: Text
    reading_of: Text | None = None


class FirstResult(Record):
    """A range over the method municipalities in the first results: shares from `low` to `high`."""

    key: str
    low: float
    high: float
    name: Text


class Definitions(Dated):
    """The definitions that measures use, all of them configuration."""

    window_weeks: int
    exit_weeks: int
    revolving_door_weeks: tuple[int, ...]
    match_categories: tuple[int, ...]
    job_ready_matches: tuple[int, ...]
    match_model_ends: date
    education_is_self_support: bool
    age_bands: tuple[int, ...]
    programme_start: date
    method_start: date
    # So many weeks before a checkpoint an extract may end.
    weeks_lacking: int = Field(default=4, ge=0)


class Evaluation(Plan):
    """The whole plan of an evaluation of this programme."""

    files: ClassVar[tuple[str, ...]] = (*Plan.files, "targets.yml")

    targets: tuple[Target, ...]
    definitions: Definitions
    staircase: tuple[Named, ...]
    interventions: tuple[Named, ...]
    sectors: tuple[Text, ...] = ()
    first_results: tuple[FirstResult, ...] = ()

    def sector(self, name: str) -> Text:
        """Return a sector's name; one that the plan does not list keeps the extract's own name."""
        return next(
            (sector for sector in self.sectors if name in sector.words.values()), Text.same(name)
        )


def load() -> Evaluation:
    """Read the project's plan; raises `DataError` as `evalbook.plan.load` does."""
    return cast("Evaluation", plan.load())
