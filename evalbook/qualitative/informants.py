"""What is published of a group rests on enough interviews, at and between checkpoints."""

from collections.abc import Sequence

import pandas as pd

from evalbook.plan import Checkpoint
from evalbook.qualitative.codings import Material
from evalbook.sdc import MINIMUM


def released(
    material: Material, by: Sequence[str], checkpoints: Sequence[Checkpoint], minimum: int = MINIMUM
) -> Material:
    """Keep the talks that may be told of by group.

    A group's talks are told from the checkpoint on at which it has enough of them. Later ones join
    when there are enough new ones: otherwise the difference between two checkpoints' reports would
    show the few.

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


def told_of(
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
        The columns that may be told together; each is added only if enough talks share all of them
        and the date's month.
    """
    dated = talks.assign(month=talks["date"].dt.strftime("%Y-%m"))
    mine = dated[dated["talk"] == talk].iloc[0]
    alike = dated[dated["month"] == mine["month"]]
    told: list[str] = []
    for column in order:
        narrower = alike[alike[column] == mine[column]]
        if len(narrower) >= minimum:
            alike = narrower
            told.append(column)
    return tuple(told)
