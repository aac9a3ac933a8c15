"""What is evaluated: checkpoints, themes, activities and targets, typed and checked."""

import calendar
import difflib
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, Self, cast

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    field_validator,
    model_validator,
)

from evalbook.errors import DataError, UsageError
from evalbook.files import file_state
from evalbook.paths import carried_directory, plan_directory
from evalbook.plan import programme
from evalbook.plan.entries import part, question, used
from evalbook.text.catalogue import tr
from evalbook.text.language import PACKAGED, Language, Text, locale, month


class Record(BaseModel):
    """A part of the plan: what it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Checkpoint(Record):
    """An evaluation checkpoint (evalueringsnedslag)."""

    number: int
    month: str
    activities: tuple[str, ...]
    # The day its edition came out, if it did.
    published: date | None = None

    @field_validator("month")
    @classmethod
    def _is_month(cls, value: str) -> str:
        date.fromisoformat(f"{value}-01")
        return value

    @property
    def key(self) -> str:
        """What tables and figures hold: `checkpoint-3`."""
        return f"checkpoint-{self.number}"

    @property
    def name(self) -> Text:
        """Its number in words."""
        return tr("Checkpoint {n}").format(n=str(self.number))

    @property
    def cutoff(self) -> date:
        """The last day that the checkpoint knows of: the last day of its month."""
        year, month = map(int, self.month.split("-"))
        return date(year, month, calendar.monthrange(year, month)[1])

    @property
    def when(self) -> Text:
        """The month in words."""
        return Text.each(month, self.cutoff)

    @property
    def last_week(self) -> date:
        """The Monday of the last whole ISO week on or before the cut-off."""
        return self.cutoff - timedelta(days=(self.cutoff.weekday() + 1) % 7 + 6)


class Theme(Record):
    """An analysis theme; its stem names the notebook and the chapter."""

    stem: str
    name: Text


class Dated(Record):
    """A part of the plan that may change from a checkpoint on.

    In the plan's files, `from` maps a checkpoint's month to the fields that are other from then
    on.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    changes: dict[str, dict[str, Any]] = Field(default_factory=dict, alias="from")

    @model_validator(mode="after")
    def _changes_hold(self) -> Self:
        for changed in self.changes:
            try:
                date.fromisoformat(f"{changed}-01")
                self.at(changed)
            except ValidationError as error:
                raise ValueError(f"from {changed}: {_first(error.errors())}") from error
        return self

    def at(self, checkpoint_month: str) -> Self:
        """Return it as it is at a checkpoint, without the changes."""
        if not self.changes:
            return self
        fields = {name: getattr(self, name) for name in type(self).model_fields} | {"changes": {}}
        for since in sorted(self.changes):
            if since <= checkpoint_month:
                fields |= self.changes[since]
        return type(self).model_validate(fields)


class Units(Record):
    """What readers get a page of each of, such as places.

    Attributes
    ----------
    column : str
        The group by which published tables tell units apart.
    folder : str
        Where the pages are; a table named as another and the folder, `targets-places`
        beside `targets`, says of each unit what the other says of all.
    name : Text
        What the units are called together.
    """

    column: str
    folder: str = Field(default="units", pattern=r"^[a-z][a-z-]*$")
    name: Text


class Protection(Record):
    """What protects persons: the smallest count, rows hidden by name, or counts rounded."""

    # A count of one or two is never published. Rows are named as messages about disclosure do.
    minimum_count: int = Field(default=5, ge=3)
    hidden_cells: tuple[str, ...] = ()
    # Counts are rounded to this before shares, rates and intervals are made of them; 0: they are
    # hidden where they are small instead.
    rounding: int = Field(default=0, ge=0)


class Named(Record):
    """A key with its name, a field for each language: as a plan lists them."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, str]
    key: str

    @property
    def name(self) -> Text:
        """The name."""
        return Text(**self.__pydantic_extra__)


class Plan(Record):
    """The plan of an evaluation, as far as the engine knows it; a programme's own has more."""

    # Files beside these that a programme adds are in its own `Plan`.
    files: ClassVar[tuple[str, ...]] = ("checkpoints.yml", "themes.yml", "protection.yml")

    title: Text
    programme: str = ""
    languages: tuple[Language, ...] = PACKAGED
    checkpoints: tuple[Checkpoint, ...]
    activities: dict[str, Text]
    themes: tuple[Theme, ...]
    units: Units | None = None
    # Whom readers can ask, as a sentence.
    contact: Text | None = None
    protection: Protection = Protection()
    _places: dict[str, str] = PrivateAttr(default_factory=dict)
    _seen_from: Checkpoint | None = PrivateAttr(default=None)

    def __getattribute__(self, name: str) -> Any:
        if not name.startswith("_") and name in type(self).model_fields:
            if self._seen_from:
                used("entry", name, self._seen_from)
            else:
                used(name)
        return super().__getattribute__(name)

    def at(self, checkpoint: Checkpoint) -> Self:
        """Return the plan as it is at a checkpoint: what is changed later is as it was."""
        with part():
            fields = {name: getattr(self, name) for name in type(self).model_fields}
            dated = {name: _at(value, checkpoint.month) for name, value in fields.items()}
            found = self.model_copy(update=dated)
            found._seen_from = checkpoint
        return found

    @question
    def entry(self, name: str, checkpoint: Checkpoint) -> Any:
        """Return a field as it is at a checkpoint."""
        return getattr(self.at(checkpoint), name)

    @property
    def places(self) -> dict[str, str]:
        """The file of the plan that each of its fields is in."""
        return self._places

    @property
    def command(self) -> str:
        """The command that makes its report."""
        return self.programme or "evalbook"

    @field_validator("languages")
    @classmethod
    def _are_known(cls, value: tuple[Language, ...]) -> tuple[Language, ...]:
        for language in set(value).difference(PACKAGED):
            try:
                locale(language)
            except DataError as error:
                raise ValueError(error.problem) from error
        return value

    @question
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

    @question
    def theme(self, stem: str) -> Theme:
        """Find a theme by its stem; raises `UsageError` if there is none."""
        for theme in self.themes:
            if theme.stem == stem:
                return theme
        raise unknown("theme", stem, [t.stem for t in self.themes])

    @question
    def before(self, checkpoint: Checkpoint) -> Checkpoint | None:
        """Find the checkpoint before a given one; None for the first."""
        earlier = [c for c in self.checkpoints if c.number < checkpoint.number]
        return earlier[-1] if earlier else None

    @question
    def after(self, checkpoint: Checkpoint) -> Checkpoint | None:
        """Find the checkpoint after a given one; None for the last."""
        return next((c for c in self.checkpoints if c.number > checkpoint.number), None)

    @question
    def first_with(self, activity: str, after: Checkpoint | None = None) -> Checkpoint | None:
        """Find the first checkpoint, after a given one if any, whose plan has the activity."""
        later = (c for c in self.checkpoints if after is None or c.number > after.number)
        return next((c for c in later if activity in c.activities), None)

    @question
    def begins(self, checkpoint: Checkpoint, activity: str) -> Text:
        """Return when an activity that is not on a checkpoint's plan comes next, if it does."""
        name = self.activities[activity]
        following = self.first_with(activity, after=checkpoint)
        if following is None:
            return tr("Not part of this or any later checkpoint: {name}.").format(name=name)
        return tr(
            "Not part of this checkpoint: {name}. Next time: checkpoint {number} ({when})."
        ).format(name=name, number=str(following.number), when=following.when)

    @question
    def name_of(self, key: str) -> Text | None:
        """Find the name of an entry by its key, of whatever kind; None if there is none."""
        for field in type(self).model_fields:
            entries = getattr(self, field)
            if isinstance(entries, dict) and isinstance(entries.get(key), Text):
                return cast("Text", entries[key])
            for entry in entries if isinstance(entries, tuple) else ():
                if key in (getattr(entry, "key", None), getattr(entry, "stem", None)):
                    return cast("Text", entry.name)
        return None

    @question
    def until(self, checkpoint: Checkpoint) -> tuple[Checkpoint, ...]:
        """List the checkpoints up to and including a given one."""
        return tuple(c for c in self.checkpoints if c.number <= checkpoint.number)


def _at(value: Any, checkpoint_month: str) -> Any:
    if isinstance(value, tuple):
        return tuple(_at(each, checkpoint_month) for each in value)
    return value.at(checkpoint_month) if isinstance(value, Dated) else value


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
        The folder with the plan's files; default the one that the notebook carries which runs
        here, else `data/plan`.

    Raises
    ------
    DataError
        If a file is missing or broken; the message names the file and the field.
    """
    folder = directory or carried_directory() or plan_directory()
    model = _model(folder, _states(folder, Plan.files))
    return _load(folder, model, _states(folder, model.files))


def unsaid(
    content: object, languages: Collection[Language], field: str = ""
) -> Iterator[tuple[str, Language]]:
    """Find what a file's content says in some languages, but not in all of these.

    Gives the field and the language lacking.
    """
    if isinstance(content, dict):
        if not {*PACKAGED, *languages}.isdisjoint(content):
            yield from ((field, language) for language in languages if not content.get(language))
        for key, part in content.items():
            yield from unsaid(part, languages, f"{field}.{key}" if field else str(key))
    elif isinstance(content, list):
        for place, part in enumerate(content):
            yield from unsaid(part, languages, f"{field}.{place}" if field else str(place))


def check_said(content: object, where: Path, languages: Collection[Language] | None = None) -> None:
    """Check that a file says all in each language of the plan.

    Raises `DataError` that names the first field that does not.
    """
    for field, language in unsaid(content, languages or load().languages):
        raise DataError(
            f"{field} is not said in {language!r}",
            where=where,
            remedy=f"Add `{language}: …` there, "
            f"or take {language} out of `languages` in data/plan/themes.yml",
        )


# What was read is good as long as the files are as they were.
States = tuple[tuple[int, ...] | None, ...]


def _states(directory: Path, names: Iterable[str]) -> States:
    return tuple(file_state(directory / name) for name in names)


@lru_cache(maxsize=8)
def _model(directory: Path, _states: States) -> type[Plan]:
    """Return the plan of the programme that the plan's files name."""
    named = _parts(directory, Plan.files).get("programme", "")
    return programme.named(str(named)).plan or Plan


@lru_cache(maxsize=8)
def _load(directory: Path, model: type[Plan], _states: States) -> Plan:
    parts = _parts(directory, model.files)
    try:
        the_plan = model.model_validate(parts)
    except ValidationError as error:
        raise DataError(
            f"the plan is broken: {_first(error.errors())}",
            where=directory,
            remedy="Mend the field named",
        ) from error
    for name in model.files:
        if (directory / name).is_file():
            content = _read(directory / name)
            check_said(content, directory / name, the_plan.languages)
            the_plan.places.update(dict.fromkeys(content, name))
    return the_plan


def _parts(directory: Path, names: Iterable[str]) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    for name in names:
        if name != "protection.yml" or (directory / name).is_file():
            parts |= _read(directory / name)
    return parts


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    except FileNotFoundError as error:
        raise DataError(
            "the file does not exist", where=path, remedy="Restore it from the repository"
        ) from error
    except yaml.YAMLError as error:
        raise DataError(
            f"not valid YAML ({error})", where=path, remedy="Mend the line named"
        ) from error
    if not isinstance(content, dict):
        raise DataError("no mapping of keys", where=path, remedy="Restore it from the repository")
    return content


def _first(errors: Iterable[Any]) -> str:
    error = next(iter(errors))
    return f"{'.'.join(map(str, error['loc']))}: {error['msg']}"
