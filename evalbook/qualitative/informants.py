"""What is published of a group rests on enough interviews, at and between checkpoints."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from evalbook.models.method import WILSON, method
from evalbook.plan import Checkpoint
from evalbook.qualitative.codebook import codebook
from evalbook.qualitative.codings import Material
from evalbook.qualitative.csv_tables import first_seen
from evalbook.qualitative.records import unit_column
from evalbook.sdc import MINIMUM, Persons
from evalbook.sdc.about import SOURCE
from evalbook.text.catalogue import tr


@method(
    tr("Interviews that mention a theme"),
    formula=tr("n(interviews with a passage on the theme) ÷ n(interviews)"),
    unit=tr("interviews"),
    interval=WILSON,
    source=tr("Own definition"),
)
def mentions(
    material: Material,
    what: str,
    values: Sequence[str] | Mapping[str, str] = (),
    checkpoints: Sequence[Checkpoint] = (),
) -> Persons:
    """Return of each interview whether it mentions each theme or code, to either coder.

    Interviews are persons, so that what few of them mention is protected.

    Parameters
    ----------
    what : str
        `theme` or `code`.
    values : sequence or mapping of str
        The themes or codes, in order; a mapping names what they are called in the table. Default
        all codes of the codebook.
    checkpoints : sequence of Checkpoint, optional
        All up to the one that is reported.

    Returns
    -------
    Persons
        A row an interview and value: the value in the column `what`, the interview's `role`, unit
        and, of those given, `checkpoint`, the first that could know of it (all of them categories,
        in order of appearance), and `counted`, 1 if it is mentioned, out of `out_of`, 1.
    """
    named = values or list(codebook().theme_of)
    called = dict(named) if isinstance(named, Mapping) else {value: value for value in named}
    talks = _interviews(material, checkpoints)
    said = material.codings[["talk", what]].drop_duplicates().assign(counted=1)
    every = talks.merge(pd.DataFrame({what: list(called)}), how="cross")
    found = every.merge(said, how="left", on=["talk", what]).fillna({"counted": 0})
    found = found.assign(out_of=1, **{what: found[what].map(called)})
    groups = [column for column in ("checkpoint", "role", unit_column(), what) if column in found]
    kept = {column: pd.Categorical(found[column], _values(found[column])) for column in groups}
    people = Persons(found.assign(**kept).drop(columns="talk"))
    people.attrs[SOURCE] = material.source
    return people


def _interviews(material: Material, checkpoints: Sequence[Checkpoint]) -> pd.DataFrame:
    """Return who was interviewed, each with a number that stays the same, in order of time."""
    columns = [each for each in ("talk", "role", unit_column()) if each in material.talks]
    numbers = pd.util.hash_array(material.talks["talk"].to_numpy(dtype=object)) >> np.uint64(1)
    talks = material.talks[columns].assign(person=numbers.astype(np.int64))
    if not checkpoints:
        return talks
    keys = {checkpoint.month: checkpoint.key for checkpoint in checkpoints}
    seen = first_seen(material.talks["date"], checkpoints).map(keys)
    return talks.assign(checkpoint=seen).sort_values("checkpoint", kind="stable")


def _values(column: "pd.Series[str]") -> list[str]:
    return [value for value in dict.fromkeys(column) if value]


def released(
    material: Material, by: Sequence[str], checkpoints: Sequence[Checkpoint], minimum: int = MINIMUM
) -> Material:
    """Keep the talks that may be published by group.

    A group's talks are published from the checkpoint on at which it has enough of them. Later ones
    join when there are enough new ones: otherwise the difference between two checkpoints' reports
    would show the few.

    Parameters
    ----------
    by : sequence of str
        The columns that make the groups, such as the unit, or the unit and `role`.
        Every combination that is shown must be named together.
    checkpoints : sequence of Checkpoint
        All up to the one that is reported, in order.
    minimum : int
        The least number of talks.
    """
    talks = material.talks
    groups = [talks[column].astype(str) for column in by]
    kept = pd.Series(data=False, index=talks.index)
    for _, group in talks.groupby(groups, sort=False):
        waiting = group
        for checkpoint in checkpoints:
            new = waiting[waiting["date"] <= pd.Timestamp(checkpoint.cutoff)]
            if len(new) >= minimum:
                kept[new.index] = True
                waiting = waiting.drop(new.index)
    return material.only(talks[kept])


def publishable_columns(
    talks: pd.DataFrame, talk: str, order: Sequence[str], minimum: int = MINIMUM
) -> tuple[str, ...]:
    """Choose what may be published of a speaker: what enough interviews have in common.

    Parameters
    ----------
    order : sequence of str
        Columns, the most welcome first, such as `activity`, `role`, the unit.

    Returns
    -------
    tuple of str
        The columns that may be published together; each is added only if enough talks share all of
        them and the date's month.
    """
    dated = talks.assign(month=talks["date"].dt.strftime("%Y-%m"))
    mine = dated[dated["talk"] == talk].iloc[0]
    alike = dated[dated["month"] == mine["month"]]
    chosen: list[str] = []
    for column in order:
        narrower = alike[alike[column] == mine[column]]
        if len(narrower) >= minimum:
            alike = narrower
            chosen.append(column)
    return tuple(chosen)
