"""Coded material of any software as two tables: who was asked, and what was coded."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final, Self

import pandas as pd

from evalbook.errors import DataError
from evalbook.plan import Checkpoint, Plan
from evalbook.qualitative.codebook import NAME, Codebook, codebook
from evalbook.qualitative.records import folder, unit_column
from evalbook.qualitative.refi import Project, read_project
from evalbook.qualitative.refi.model import Case, Coding, SourceText
from evalbook.qualitative.source_lines import EXAMPLE, MATERIAL
from evalbook.qualitative.texts import document_text
from evalbook.text.source import Source

CODING_COLUMNS: Final = ("talk", "coder", "code", "start", "end", "text")
EXAMPLES: Final = "-example.csv"
LARGEST_TABLE: Final = 256 * 2**20


def talk_columns() -> tuple[str, ...]:
    """Return the columns of the table of talks."""
    return ("talk", unit_column(), "role", "activity", "date")


@dataclass(frozen=True)
class Material:
    """Coded material up to a date.

    Attributes
    ----------
    talks : DataFrame
        One row per interview, group or meeting: `talk` (unique), the unit, `role` (key of
        the codebook's roles), `activity` (key of the plan's activities), `date`. All that was
        coded, with or without a code: the denominator.
    codings : DataFrame
        One row per passage, coder and code: `talk`, `coder`, `code` (key of the codebook; empty
        where a passage was read and got no code), `theme`, `start`, `end`, `text`.
    source : Source
        Where it comes from.
    unmapped : tuple of str
        Codes that were given in projects but that the codebook does not know, and so are not
        counted.
    faults : tuple of str
        What could not be understood, for the user to see.
    """

    talks: pd.DataFrame
    codings: pd.DataFrame
    source: Source = MATERIAL
    unmapped: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()

    def until(self, last: date) -> Self:
        """Keep what was said up to a day."""
        talks = self.talks[self.talks["date"] <= pd.Timestamp(last)].reset_index(drop=True)
        return self.only(talks)

    def only(self, talks: pd.DataFrame) -> Self:
        """Keep some of the talks and their codings."""
        codings = self.codings[self.codings["talk"].isin(talks["talk"])].reset_index(drop=True)
        return replace(self, talks=talks.reset_index(drop=True), codings=codings)


def read_material(checkpoint: Checkpoint, plan: Plan, directory: Path | None = None) -> Material:
    """Read all coded material that a checkpoint could know of.

    Parameters
    ----------
    directory : Path, optional
        A folder with `material.yml`, which names the files: projects (`*.qdpx`) and plain tables
        (`talks*.csv` with `codings*.csv`); default `data/qualitative/material`.

    Raises
    ------
    DataError
        If a file is unsafe, broken or breaks a rule; the message names the file and the row or
        element.
    """
    directory = directory or folder() / "material"
    book = codebook(directory / NAME)
    if not book.files:
        raise DataError(
            "no files are named",
            where=directory / NAME,
            remedy="Name a project (.qdpx) or a table of talks (.csv)",
        )
    found = [_read(directory / name, book, plan) for name in book.files]
    example = any(name.endswith(EXAMPLES) for name in book.files)
    return replace(_together(found), source=EXAMPLE if example else MATERIAL).until(
        checkpoint.cutoff
    )


def _read(path: Path, book: Codebook, plan: Plan) -> Material:
    return (
        of_project(read_project(path), book, plan)
        if path.suffix == ".qdpx"
        else read_tables(path, book, plan)
    )


def of_project(project: Project, book: Codebook, plan: Plan) -> Material:
    """Take the talks and the codings out of a project.

    A talk is a source. What is known of it comes from the source's own variables, else from those
    of a case that names it or one of its passages. Without a date of its own a talk is dated by
    its entry into the project, which is never too early; without either it is never counted.
    """
    coders = {user.guid: user.name for user in project.users}
    cases = _cases(project)
    keys = {guid: book.code(path) for guid, path in project.paths.items()}
    talks, rows, faults = [], [], list(project.faults)
    for source in project.sources:
        values = _values(cases, source)
        talk = {
            "talk": f"{source.name} [{source.guid}]",
            unit_column(): book.variable(values, unit_column()),
        }
        role, activity = book.variable(values, "role"), book.variable(values, "activity")
        talk |= {"role": book.role(role), "activity": _activity(plan, activity)}
        said = book.variable(values, "date")
        talk["date"] = said or source.made[:10]
        if not said:
            counts = (
                f"it counts from {talk['date']}, when it was entered"
                if talk["date"]
                else "it is never counted"
            )
            faults.append(f"source {source.name!r} has no date; {counts}")
        unknown = [f"role {role!r}"] if role and not talk["role"] else []
        unknown += [f"activity {activity!r}"] if activity and not talk["activity"] else []
        faults += [f"source {source.name!r}: {what} is not known" for what in unknown]
        talks.append(talk)
        for selection, coding in _codings(source):
            rows.append(
                (
                    talk["talk"],
                    coders.get(coding.coder, coding.coder),
                    keys.get(coding.code, ""),
                    *selection,
                )
            )
    frame = pd.DataFrame(talks, columns=list(talk_columns()))
    where = project.archive.path if project.archive else Path(project.name)
    codings = pd.DataFrame(rows, columns=list(CODING_COLUMNS))
    used = {coding.code for source in project.sources for _, coding in _codings(source)}
    unmapped = sorted(
        " > ".join(project.paths[guid]) for guid, key in keys.items() if not key and guid in used
    )
    known = codings[codings["code"] != ""]
    return Material(
        _dated(frame, where), _themed(known, book), unmapped=tuple(unmapped), faults=tuple(faults)
    )


def read_tables(talks_path: Path, book: Codebook, plan: Plan) -> Material:
    """Read the plain form: `talks*.csv` and, with the same ending, `codings*.csv`.

    A passage without `text` is looked up in the talk's document (`documents/TALK.txt`, `.pdf`,
    `.vtt` or `.srt`), if there is one.

    Raises
    ------
    DataError
        If a table is missing, is not UTF-8, lacks a column, or a row names an unknown code, role,
        activity or talk.
    """
    codings_path = talks_path.with_name(talks_path.name.replace("talks", "codings", 1))
    talks, codings = _table(talks_path, talk_columns()), _table(codings_path, CODING_COLUMNS)
    _known(talks, "role", [role.key for role in book.roles], talks_path)
    _known(talks, "activity", list(plan.activities), talks_path)
    _known(codings, "code", ["", *book.theme_of], codings_path)
    _known(codings, "talk", list(talks["talk"]), codings_path)
    twice = talks[talks["talk"].duplicated()]
    if len(twice):
        raise DataError(
            f"row {twice.index[0] + 2}: talk {twice['talk'].iloc[0]!r} stands twice",
            where=talks_path,
            remedy="Remove one",
        )
    _known(talks.assign(date=talks["date"] != ""), "date", [True], talks_path)
    for column in ("start", "end"):
        codings[column] = pd.to_numeric(codings[column], errors="coerce").astype("Int64")
    _known(
        codings.assign(start=codings["start"].isna() | codings["end"].isna()),
        "start",
        [False],
        codings_path,
    )
    texts = {
        path.stem: document_text(path)
        for path in sorted((talks_path.parent / "documents").glob("*.*"))
    }
    passages = zip(codings["talk"], codings["start"], codings["end"], codings["text"], strict=True)
    codings["text"] = [
        text or texts.get(talk, "")[start:end] for talk, start, end, text in passages
    ]
    return Material(_dated(talks, talks_path), _themed(codings, book))


def _table(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    try:
        if path.stat().st_size > LARGEST_TABLE:
            raise DataError("the table is too large", where=path, remedy="Split it")
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise DataError(
            f"cannot be read ({error})", where=path, remedy="Save it as CSV with commas, in UTF-8"
        ) from error
    missing = [column for column in columns if column not in frame]
    if missing:
        raise DataError(
            f"column {missing[0]!r} is missing",
            where=path,
            remedy=f"Give it the columns {', '.join(columns)}",
        )
    return frame[list(columns)]


def _known(frame: pd.DataFrame, column: str, known: Sequence[object], path: Path) -> None:
    strange = frame[~frame[column].isin(known)]
    if len(strange):
        value = strange[column].iloc[0]
        raise DataError(
            f"row {strange.index[0] + 2}, column {column!r}: {value!r} is not known",
            where=path,
            remedy="Mend it, or add it to material.yml",
        )


def _dated(talks: pd.DataFrame, path: Path) -> pd.DataFrame:
    dates = pd.to_datetime(
        talks["date"].where(talks["date"] != ""), format="%Y-%m-%d", errors="coerce"
    )
    broken = talks[dates.isna() & (talks["date"] != "")]
    if len(broken):
        talk, value = broken["talk"].iloc[0], broken["date"].iloc[0]
        raise DataError(
            f"talk {talk!r}, date: {value!r} is no date",
            where=path,
            remedy="Write it as YYYY-MM-DD",
        )
    return talks.assign(date=dates)


def _themed(codings: pd.DataFrame, book: Codebook) -> pd.DataFrame:
    return codings.assign(theme=codings["code"].map(book.theme_of).fillna(""))


def _together(found: list[Material]) -> Material:
    talks = pd.concat([material.talks for material in found], ignore_index=True)
    twice = talks.loc[talks["talk"].duplicated(), "talk"]
    if len(twice):
        raise DataError(
            f"talk {twice.iloc[0]!r} is in two files",
            where=folder() / "material",
            remedy="Remove one of the files",
        )
    return Material(
        talks,
        pd.concat([material.codings for material in found], ignore_index=True),
        unmapped=tuple(dict.fromkeys(name for material in found for name in material.unmapped)),
        faults=tuple(fault for material in found for fault in material.faults),
    )


def _cases(project: Project) -> dict[str, dict[int, Case]]:
    """Return the cases, by their places, that name each source and each passage."""
    found: defaultdict[str, dict[int, Case]] = defaultdict(dict)
    for place, case in enumerate(project.cases):
        for guid in (*case.sources, *case.selections):
            found[guid][place] = case
    return found


def _values(cases: Mapping[str, Mapping[int, Case]], source: SourceText) -> dict[str, str]:
    """Return what is known of a source: of what cases say, the last counts."""
    named: dict[int, Case] = {}
    for guid in (source.guid, *(selection.guid for selection in source.selections)):
        named |= cases.get(guid, {})
    values: dict[str, str] = {}
    for place in sorted(named):
        values |= named[place].values
    return values | source.values


def _activity(plan: Plan, name: str) -> str:
    known = {
        text.casefold(): key
        for key, names in plan.activities.items()
        for text in (key, *names.words.values())
    }
    return known.get(name.casefold(), "")


def _codings(source: SourceText) -> Iterator[tuple[tuple[int, int, str], Coding]]:
    """Give each coding with its passage.

    A coding of a whole source has the whole as its passage.
    """
    for coding in source.codings:
        yield (0, len(source.text), ""), coding
    for selection in source.selections:
        for coding in selection.codings:
            yield (selection.start or 0, selection.end or 0, selection.text), coding
