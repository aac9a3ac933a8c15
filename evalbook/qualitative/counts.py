"""How often what is said: shares of interviews, passages by group, overlap, saturation."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import gammaln

from evalbook.models.method import NO_INTERVAL, WILSON, method
from evalbook.models.shares.proportions import Share, share
from evalbook.plan import Checkpoint
from evalbook.qualitative.codings import Material
from evalbook.qualitative.csv_tables import first_seen
from evalbook.qualitative.records import unit_column
from evalbook.sdc import MINIMUM
from evalbook.sdc.about import SOURCE
from evalbook.text.catalogue import tr

PASSAGE: Final = ["talk", "start", "end"]


def mentions(
    material: Material, what: str, values: Sequence[str], by: str | None = None
) -> dict[str, dict[str, Share]]:
    """Take the share of talks in which something is mentioned at all, by either coder.

    Parameters
    ----------
    what : str
        `theme` or `code`.
    values : sequence of str
        The themes or codes.
    by : str, optional
        A column of the talks whose groups are told apart; by default all talks are one group,
        `all`.

    Returns
    -------
    dict
        `[value][group]`, with the group's talks as the denominator.
    """
    group = (
        material.talks.set_index("talk")[by]
        if by
        else pd.Series("all", index=material.talks["talk"])
    )
    sizes = group.value_counts()
    said = material.codings[["talk", what]].drop_duplicates()
    counts = said.assign(group=said["talk"].map(group)).groupby([what, "group"]).size().to_dict()
    return {
        value: {
            str(key): share(int(counts.get((value, key), 0)), int(n)) for key, n in sizes.items()
        }
        for value in values
    }


@method(
    tr("Interviews that mention a theme"),
    formula=tr("n(interviews with a passage on the theme) ÷ n(interviews)"),
    unit=tr("interviews"),
    interval=WILSON,
    source=tr("Own definition"),
)
def by_checkpoint(
    material: Material, what: str, values: Sequence[str], checkpoints: Sequence[Checkpoint]
) -> tuple["pd.Series[int]", pd.DataFrame, pd.DataFrame]:
    """Count each checkpoint's own talks, those in which what is mentioned, and the passages.

    Parameters
    ----------
    what : str
        `theme` or `code`.
    values : sequence of str
        The themes or codes.
    checkpoints : sequence of Checkpoint
        All up to the one that is reported; a talk belongs to the first that could know of it.

    Returns
    -------
    Series
        Talks by month of the checkpoint, the denominator; checkpoints without any are left out.
    DataFrame
        Of these, the talks in which either coder marked it: a row per month, a column per value.
    DataFrame
        Passages, likewise; one that both coders marked counts once.
    """
    month = first_seen(material.talks.set_index("talk")["date"], checkpoints)
    sizes = month.value_counts()
    talks = sizes.reindex(
        [checkpoint.month for checkpoint in checkpoints if checkpoint.month in sizes]
    )
    marked = material.codings[[*PASSAGE, what]].drop_duplicates()
    marked = marked.assign(month=marked["talk"].map(month))

    def counted(rows: pd.DataFrame) -> pd.DataFrame:
        return pd.crosstab(rows["month"], rows[what]).reindex(
            index=talks.index, columns=list(values), fill_value=0
        )

    return talks, counted(marked.drop_duplicates(["talk", what])), counted(marked)


def passages(
    material: Material,
    what: str,
    values: Sequence[str] | Mapping[str, str],
    checkpoints: Sequence[Checkpoint],
) -> pd.DataFrame:
    """List the passages on themes or codes; one that both coders marked stands once.

    Parameters
    ----------
    what : str
        `theme` or `code`.
    values : sequence or mapping of str
        The themes or codes, in order; a mapping names what they are called in the table.
    checkpoints : sequence of Checkpoint
        All up to the one that is reported.

    Returns
    -------
    DataFrame
        A row a passage and value: the value in the column `what` (a category), the unit where it
        was said, and the `checkpoint` that could first know of it.
    """
    called = dict(values) if isinstance(values, Mapping) else {value: value for value in values}
    keys = {checkpoint.month: checkpoint.key for checkpoint in checkpoints}
    seen = first_seen(material.talks["date"], checkpoints).map(keys)
    talks = material.talks[["talk", unit_column()]].assign(checkpoint=seen)
    marked = material.codings[[*PASSAGE, what]].drop_duplicates()
    found = marked[marked[what].isin(list(called))].merge(talks, on="talk")
    names = pd.Categorical(found[what].map(called), list(called.values()))
    return found.assign(**{what: names})[["checkpoint", unit_column(), what]]


def matrix(
    material: Material, row: str, rows: Sequence[str], themes: Sequence[str], minimum: int = MINIMUM
) -> pd.DataFrame:
    """Count passages by group and theme.

    Returns
    -------
    DataFrame
        Indexed by `rows`, one column per theme and `talks`, the denominator. A row that rests on
        fewer than `minimum` talks is missing (NaN) throughout.
    """
    where = material.talks.set_index("talk")[row]
    passages = material.codings[[*PASSAGE, "theme"]].drop_duplicates()
    counts = pd.crosstab(passages["talk"].map(where), passages["theme"]).reindex(
        index=list(rows), columns=list(themes), fill_value=0
    )
    talks = where.value_counts().reindex(list(rows), fill_value=0)
    return (
        counts.astype(float)
        .where(talks >= minimum)
        .assign(talks=talks.astype(float).where(talks >= minimum))
    )


@method(
    tr("Codes that overlap"),
    formula=tr("passages with both codes ÷ passages with at least one of them (Jaccard)"),
    unit=tr("passages"),
    interval=NO_INTERVAL,
    source="Jaccard (1912)",
)
def cooccurrence(material: Material, codes: Sequence[str]) -> pd.DataFrame:
    """Count how often passages of two codes overlap; on the diagonal each code's passages.

    Only codes of one coder meet: where two coders see different things in a passage they disagree.

    Returns
    -------
    DataFrame
        Symmetric, indexed by `codes`; how often two codes' passages overlap.
    """
    names = list(codes)
    given = material.codings.loc[
        material.codings["code"] != "", [*PASSAGE, "code", "coder"]
    ].drop_duplicates()
    pairs = given.merge(given, on=["talk", "coder"], suffixes=("", "_other"))
    meet = (
        (pairs["start"] < pairs["end_other"])
        & (pairs["start_other"] < pairs["end"])
        & (pairs["code"] < pairs["code_other"])
    )
    met = pairs[meet].drop(columns="coder").drop_duplicates()
    above = pd.crosstab(met["code"], met["code_other"]).reindex(
        index=names, columns=names, fill_value=0
    )
    own = (
        given.drop(columns="coder")
        .drop_duplicates()["code"]
        .value_counts()
        .reindex(names, fill_value=0)
    )
    counts = above + above.T + pd.DataFrame(np.diag(own), index=names, columns=names)
    counts.attrs[SOURCE] = material.source
    return counts.rename_axis(index="code")


def strength(counts: pd.DataFrame) -> pd.DataFrame:
    """Compute Jaccard's coefficient of codes: passages with both over those with either."""
    own = np.diag(counts.to_numpy()).astype(float)
    either = own[:, None] + own[None, :] - counts.to_numpy()
    with np.errstate(invalid="ignore", divide="ignore"):
        values = np.where(either > 0, counts.to_numpy() / either, 0.0)
    np.fill_diagonal(values, 1.0)
    found = pd.DataFrame(values, index=counts.index, columns=counts.columns)
    found.attrs.update(counts.attrs)
    return found


def strongest(strengths: pd.DataFrame) -> tuple[Hashable, Hashable, float]:
    """Find the two codes that go together most, of equal ones the first, and how strongly."""
    values = np.tril(strengths.to_numpy(), k=-1)
    row, column = divmod(int(values.argmax()), len(values))
    return strengths.index[row], strengths.columns[column], float(values[row, column])


@method(
    tr("New codes in the latest interviews"),
    formula=tr("codes heard for the first time"),
    unit=tr("interviews"),
    interval=NO_INTERVAL,
    source="Guest, Bunce and Johnson (2006)",
)
def saturation(material: Material) -> pd.DataFrame:
    """Follow how many different codes have been heard after each talk.

    Returns
    -------
    DataFrame
        Indexed by the number of talks from 0: `observed` in the order of the talks' dates, and
        `expected` had the talks come in any order.

    Notes
    -----
    Expected is the mean over all orders, the rarefaction curve of Hurlbert (1971), Ecology
    52:577-586: of N talks of which K mention a code, n drawn at random miss it with probability
    C(N - K, n) / C(N, n).
    """
    order = material.talks.sort_values(["date", "talk"])["talk"].tolist()
    said = material.codings.loc[material.codings["code"] != "", ["talk", "code"]].drop_duplicates()
    firsts = (
        said.assign(place=said["talk"].map({talk: i for i, talk in enumerate(order, 1)}))
        .groupby("code")["place"]
        .min()
    )
    drawn = np.arange(len(order) + 1)
    observed = (firsts.to_numpy()[None, :] <= drawn[:, None]).sum(axis=1)
    missed = [_missed(len(order), int(count), drawn) for count in said.groupby("code").size()]
    expected = np.sum([1 - chance for chance in missed], axis=0) if missed else np.zeros(len(drawn))
    return pd.DataFrame(
        {"observed": observed, "expected": expected}, index=pd.Index(drawn, name="talks")
    )


def new_in_last(curve: pd.DataFrame, talks: int) -> int:
    """Count the codes first heard in the last interviews (Guest, Namey & Chen, 2020)."""
    return int(curve["observed"].iloc[-1] - curve["observed"].iloc[max(len(curve) - 1 - talks, 0)])


def largest(mentioned: Mapping[str, Share | None]) -> str:
    """Give what most talks mention, the first of equals; what is hidden (None) comes last."""
    return max(
        mentioned, key=lambda value: -1.0 if (found := mentioned[value]) is None else found.value
    )


def _missed(n: int, with_code: int, drawn: NDArray[np.int64]) -> NDArray[np.float64]:
    without = n - with_code
    possible = drawn <= without
    k = np.where(possible, drawn, 0)
    log = gammaln(without + 1) - gammaln(without - k + 1) - gammaln(n + 1) + gammaln(n - k + 1)
    missed: NDArray[np.float64] = np.where(possible, np.exp(log), 0.0)
    return missed
