"""What is evaluated: checkpoints, themes, activities and targets, typed and checked."""

import calendar
import difflib
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from nychance.catalogue import tr
from nychance.errors import DataError, UsageError
from nychance.language import LANGUAGES, Language, Text, month
from nychance.paths import plan_directory


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Checkpoint(_Record):
    """An evaluation checkpoint (evalueringsnedslag)."""

    number: int
    month: str
    activities: tuple[str, ...]

    @field_validator("month")
    @classmethod
    def _is_month(cls, value: str) -> str:
        date.fromisoformat(f"{value}-01")
        return value

    @property
    def cutoff(self) -> date:
        """The last day that the checkpoint knows of: the last day of its month."""
        year, month = map(int, self.month.split("-"))
        return date(year, month, calendar.monthrange(year, month)[1])

    @property
    def when(self) -> Text:
        """The month in words."""
        return Text(month(self.cutoff, "da"), month(self.cutoff, "en"))

    @property
    def last_week(self) -> date:
        """The Monday of the last whole ISO week on or before the cut-off."""
        return self.cutoff - timedelta(days=(self.cutoff.weekday() + 1) % 7 + 6)


class Theme(_Record):
    """An analysis theme; its stem names the notebook and the chapter."""

    stem: str
    name: Text


class Target(_Record):
    """A target of the brief: a share of persons or of time, and the least it should be."""

    key: str
    threshold: float
    unit: Literal["persons", "time"]
    name: Text


class FirstResult(_Record):
    """A range over the method municipalities that the evaluation's first results told: shares from `low` to `high`."""

    key: str
    low: float
    high: float
    name: Text


class Definitions(_Record):
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
    # Statistics Denmark's floor is three persons. Cells are named as messages about disclosure name them.
    minimum_count: int = Field(default=5, ge=3)
    hidden_cells: tuple[str, ...] = ()


class Population(_Record):
    """Groups of persons, named as notebooks name them to the gate, that add up to another; `{word}` stands for any words."""

    whole: str
    parts: tuple[str, ...] = Field(min_length=2)


class Named(_Record):
    """A key with its name in both languages: a step of the staircase or a kind of intervention."""

    key: str
    da: str
    en: str

    @property
    def name(self) -> Text:
        """The name in both languages."""
        return Text(self.da, self.en)


class Plan(_Record):
    """The whole plan of the evaluation."""

    title: Text
    languages: tuple[Language, ...] = LANGUAGES
    checkpoints: tuple[Checkpoint, ...]
    activities: dict[str, Text]
    themes: tuple[Theme, ...]
    targets: tuple[Target, ...]
    definitions: Definitions
    staircase: tuple[Named, ...]
    interventions: tuple[Named, ...]
    sectors: tuple[Text, ...] = ()
    first_results: tuple[FirstResult, ...] = ()
    populations: tuple[Population, ...] = ()

    def checkpoint(self, name: str | int) -> Checkpoint:
        """Find a checkpoint by month (`2008-03`) or number (`3`).

        Raises
        ------
        UsageError
            If there is none; the message lists those there are.
        """
        for checkpoint in self.checkpoints:
            if str(name) in (checkpoint.month, str(checkpoint.number)):
                return checkpoint
        raise unknown("checkpoint", str(name), [c.month for c in self.checkpoints])

    def theme(self, stem: str) -> Theme:
        """Find a theme by its stem; raises `UsageError` if there is none."""
        for theme in self.themes:
            if theme.stem == stem:
                return theme
        raise unknown("theme", stem, [t.stem for t in self.themes])

    def before(self, checkpoint: Checkpoint) -> Checkpoint | None:
        """Find the checkpoint before a given one; None for the first."""
        earlier = [c for c in self.checkpoints if c.number < checkpoint.number]
        return earlier[-1] if earlier else None

    def after(self, checkpoint: Checkpoint) -> Checkpoint | None:
        """Find the checkpoint after a given one; None for the last."""
        return next((c for c in self.checkpoints if c.number > checkpoint.number), None)

    def sector(self, name: str) -> Text:
        """Name a sector in both languages; one that the plan does not list keeps the extract's own name."""
        return next((sector for sector in self.sectors if sector.da == name), Text(name, name))

    def first_with(self, activity: str, after: Checkpoint | None = None) -> Checkpoint | None:
        """Find the first checkpoint, after a given one if any, whose plan has the activity."""
        later = (c for c in self.checkpoints if after is None or c.number > after.number)
        return next((c for c in later if activity in c.activities), None)

    def begins(self, checkpoint: Checkpoint, activity: str) -> Text:
        """Say when an activity that is not on a checkpoint's plan comes next, or that it does not."""
        what = self.activities[activity]
        name = Text(what.da[:1].upper() + what.da[1:], what.en)
        following = self.first_with(activity, after=checkpoint)
        if following is None:
            never = tr("This checkpoint does not include {name}, nor does any later one.")
            return never.format(name=name)
        said = tr("This checkpoint does not include {name}; next time is checkpoint {number} ({when}).")
        return said.format(name=name, number=str(following.number), when=following.when)

    def until(self, checkpoint: Checkpoint) -> tuple[Checkpoint, ...]:
        """List the checkpoints up to and including a given one."""
        return tuple(c for c in self.checkpoints if c.number <= checkpoint.number)


def unknown(kind: str, name: str, known: Sequence[str]) -> UsageError:
    """Make the error for a name that is not known, with the nearest known one."""
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    guess = f"Did you mean {close[0]!r}? " if close else ""
    return UsageError(f"unknown {kind} {name!r}", remedy=f"{guess}Known: {', '.join(known)}")


def load(directory: Path | None = None) -> Plan:
    """Read the plan.

    Parameters
    ----------
    directory : Path, optional
        The folder with `checkpoints.yml`, `themes.yml` and `targets.yml`; default `data/plan`.

    Raises
    ------
    DataError
        If a file is missing or broken; the message names the file and the field.
    """
    return _load(directory or plan_directory())


def forget() -> None:
    """Read the plan anew the next time, for its files may have changed."""
    _load.cache_clear()


@cache
def _load(directory: Path) -> Plan:
    parts: dict[str, Any] = {}
    for name in ("checkpoints.yml", "themes.yml", "targets.yml"):
        parts |= _read(directory / name)
    try:
        return Plan.model_validate(parts)
    except ValidationError as error:
        raise DataError(
            f"the plan is broken: {_first(error.errors())}", where=directory, remedy="Mend the field named"
        ) from error


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    except FileNotFoundError as error:
        raise DataError("the file does not exist", where=path, remedy="Restore it from the repository") from error
    except yaml.YAMLError as error:
        raise DataError(f"not valid YAML ({error})", where=path, remedy="Mend the line named") from error
    if not isinstance(content, dict):
        raise DataError("no mapping of keys", where=path, remedy="Restore it from the repository")
    return content


def _first(errors: Iterable[Any]) -> str:
    error = next(iter(errors))
    return f"{'.'.join(map(str, error['loc']))}: {error['msg']}"
