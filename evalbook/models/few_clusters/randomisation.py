"""Randomisation inference: how often chance would have given as much, had others been treated."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from evalbook.errors import DataError
from evalbook.models.base.formula import matrices
from evalbook.models.base.outcome import Fit, tidy_table
from evalbook.models.base.panel import refuse_draws
from evalbook.models.base.person_input import Floats, require, zero_one
from evalbook.models.base.regression import Regression, partial_out, refuse_dependent
from evalbook.models.few_clusters.assignments import Labels, assignments, count_assignments
from evalbook.models.few_clusters.null_distribution import NullDistribution

# So many numbers at a time stay in the processor's cache.
_CHUNK = 200_000

Statistic = Callable[[pd.DataFrame], float]


@dataclass(frozen=True, eq=False)
class Design:
    """What was assigned to whom.

    Attributes
    ----------
    labels : array of int, shape (assigned,)
        Which course of treatment each of those who were assigned got: a row of `courses`.
    owner : array of int, shape (rows,)
        To whom each row belongs.
    courses : array, shape (courses, rows)
        What the treatment would be in each row under each course.
    strata : array of int, shape (assigned,), optional
        Courses change hands only within these.
    """

    labels: Labels
    owner: Labels
    courses: Floats = field(repr=False)
    strata: Labels | None = None

    def treatment(self, labels: Labels) -> Floats:
        """Return the treatment of each assignment, shape (assignments, rows)."""
        if len(self.courses) == 2:  # by far the most frequent: some are treated, the others not
            laid_out: Floats = self.courses[0] + labels[:, self.owner] * (
                self.courses[1] - self.courses[0]
            )
        else:
            laid_out = self.courses[labels[:, self.owner], np.arange(self.courses.shape[1])]
        return laid_out


class _Test(NamedTuple):
    value: float
    p: float


class Randomisation(_Test, Fit):
    """What `randomisation_test` found: unpacks into the observed value and p.

    Attributes
    ----------
    value : float
        The statistic as observed: t, the coefficient, or what the function gave.
    p : float
        Two-sided.
    n_treated : int
        Treated units, or clusters of assignment.
    assignments, possible : int
        Assignments used, and how many different ones there are.
    seed : int
        Of the draws.
    term : str
        What the treatment is called.
    """

    n_treated: int
    assignments: int
    possible: int
    seed: int
    term: str

    def tidy(self) -> pd.DataFrame:
        """Return a row: the statistic as `estimate`, with its `p`."""
        return tidy_table([self.term], self.value, np.nan, p=self.p, n_treated=self.n_treated)

    def summary(self) -> str:
        """Return the result in a line of text."""
        return (
            f"{self.value:.4g}, p = {self.p:.4f}; {self.n_treated} treated, "
            f"{self.assignments} of {self.possible:.4g} assignments, seed {self.seed}"
        )

    def to_frame(self) -> pd.DataFrame:
        """Return a table of one row."""
        return pd.DataFrame([{"value": self.value, "p": self.p} | vars(self)])


def randomisation_test(
    statistic: str | Statistic,
    data: pd.DataFrame,
    treated: str,
    *,
    strata: str | None = None,
    cluster: str | None = None,
    time: str | None = None,
    on: Literal["t", "coefficient"] = "t",
    draws: int = 9999,
    seed: int = 0,
) -> Randomisation:
    """Test whether the treatment had any effect on anybody, by assigning it to others.

    Parameters
    ----------
    statistic : str or callable
        A formula whose term `treated` is tested, such as `"y ~ treated + x"`; or a function of the
        table that gives a number, called with the column `treated` reassigned.
    data : pd.DataFrame
        The rows.
    treated : str
        Column: 1 under treatment, else 0.
    strata : str, optional
        Column: treatment is reassigned within these only.
    cluster : str, optional
        Column: treatment was assigned to these, and rows of one of them may depend on each other.
        Without, to each row.
    time : str, optional
        Column: with it, treatment may begin within a cluster, and clusters change places with
        their whole course over time.
    on : {"t", "coefficient"}
        What of a formula is compared: t by CRV1 (by HC1 without clusters), which keeps its size
        where the treated vary more or less than the others, or the coefficient.
    draws : int
        The most assignments: all of them are taken if there are no more, else so many are drawn.
        At least 19.
    seed : int
        Seed of the draws. The result does not depend on the order of the rows.

    Returns
    -------
    Randomisation
        Unpacks into the observed value and p.

    Raises
    ------
    DataError
        If a column is absent or has a missing value, nobody or everybody is treated, treatment
        varies within a cluster and `time` is not given, a cluster lies in two strata, clusters are
        seen at different times, or the formula makes more of the treatment than one term.

    Notes
    -----
    MacKinnon & Webb (2020), Journal of Econometrics 218:435-450. Two-sided by absolute value;
    equal values count as extreme. p is the share of all assignments, the observed one among them,
    or (1 + extreme) / (1 + draws) for random ones (Phipson & Smyth 2010). It cannot be smaller
    than one over the number of assignments.
    """
    refuse_draws(draws, seed)
    if on not in ("t", "coefficient"):
        raise DataError(f"there is no test on {on!r}", remedy="Use t or coefficient")
    keys = [name for name in (cluster, strata, time) if name]
    require(data, [treated, *keys])
    zero_one(data[treated], treated)
    data = _sorted(data, [*keys, treated])
    design = _design_of(data, treated, cluster, strata, time)
    labels, exhaustive = assignments(design.labels, design.strata, draws, seed)
    if callable(statistic):
        value, p = _by_function(statistic, data, treated, design, labels, exhaustive)
    else:
        value, p = _by_formula(statistic, data, treated, cluster, design, labels, exhaustive, on)
    found = Randomisation(value, p)
    found.term = treated
    found.n_treated = len(np.unique(design.owner[data[treated].to_numpy() == 1]))
    found.assignments, found.seed = len(labels), seed
    found.possible = count_assignments(design.labels, design.strata)
    return found


def reassign(
    regression: Regression, design: Design, labels: Labels, exhaustive: bool, *, nulls: bool = True
) -> NullDistribution:
    """Compute t for every assignment and, with `nulls`, for every null.

    Parameters
    ----------
    regression : Regression
        As observed. Its other terms stay with their rows.
    design : Design
        Courses free of what lies within clusters, as the regression is, and scaled alike.
    labels : array of int, shape (assignments, assigned)
        The assignments.
    exhaustive : bool
        Whether they are all.
    nulls : bool
        Whether other nulls than 0 will be asked for.
    """
    values = [regression.outcome, *([regression.treatment] if nulls else [])]
    parts = [
        _chunk(regression, design.treatment(part), values)
        for part in _chunks(labels, len(regression.outcome))
    ]
    numerator, square = (
        np.concatenate([part[place] for part in parts], axis=1) for place in (0, 1)
    )
    return NullDistribution(numerator, square * regression.factor, exhaustive)


def _chunks(labels: Labels, rows: int) -> list[Labels]:
    return np.array_split(labels, max(1, len(labels) * rows // _CHUNK))


def _chunk(
    regression: Regression, treatment: Floats, values: list[Floats]
) -> tuple[Floats, Floats]:
    """Regress each value on each assignment's treatment: slopes, and products of cluster scores."""
    basis = regression.basis
    length = np.einsum("ij,ij->i", treatment, treatment)
    treatment = treatment - (treatment @ basis) @ basis.T
    own = np.add.reduceat(treatment**2, regression.starts, axis=1)
    information = own.sum(axis=1)
    # An assignment that the other terms leave nothing of has no t.
    none = information <= 1e-18 * length.max()
    information = np.where(none, 1.0, information)
    slopes, scores = [], []
    for value in values:
        along = np.add.reduceat(treatment * value, regression.starts, axis=1)
        slope = np.where(none, 0.0, along.sum(axis=1) / information)
        slopes.append(slope)
        scores.append((along - slope[:, None] * own) / information[:, None])
    if len(values) == 1:
        slopes, scores = [*slopes, np.zeros_like(slopes[0])], [*scores, np.zeros_like(scores[0])]
    one, other = scores
    products = [(one * one).sum(axis=1), (one * other).sum(axis=1), (other * other).sum(axis=1)]
    return np.array(slopes), np.array(products)


def _sorted(data: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Sort rows into an order that does not depend on theirs.

    Rows that are alike in all columns may change places.
    """
    rest = sorted(str(column) for column in data if column not in keys)
    return data.sort_values([*keys, *rest], kind="stable", ignore_index=True)


def _design_of(
    data: pd.DataFrame, treated: str, cluster: str | None, strata: str | None, time: str | None
) -> Design:
    value = data[treated].to_numpy(dtype=np.int64)
    owner = np.arange(len(data)) if cluster is None else pd.factorize(data[cluster], sort=True)[0]
    count = int(owner.max()) + 1
    first = np.unique(owner, return_index=True)[1]
    parts = None if strata is None else pd.factorize(data[strata], sort=True)[0]
    if parts is not None and (parts != parts[first][owner]).any():
        raise DataError(
            f"a {cluster!r} lies in more than one {strata!r}",
            remedy="Give strata of whole clusters",
        )
    if time is None or cluster is None:
        labels = value[first]
        if (value != labels[owner]).any():
            raise DataError(
                f"{treated!r} varies within a {cluster!r}",
                remedy="Name the column of times as `time`",
            )
        courses = np.array([np.zeros(len(data)), np.ones(len(data))])
    else:
        labels, courses = _courses(data, value, owner, count, time)
    if len(np.unique(labels)) < 2:
        raise DataError(
            f"{treated!r} is the same for all",
            remedy="Mark the treated with 1 and the others with 0",
        )
    return Design(labels, owner, courses, None if parts is None else parts[first])


def _courses(
    data: pd.DataFrame, value: Labels, owner: Labels, count: int, time: str
) -> tuple[Labels, Floats]:
    """Find each cluster's course over time, and lay all courses out over the rows."""
    when, times = pd.factorize(data[time], sort=True)
    table = np.full((count, len(times)), -1)
    table[owner, when] = value
    if (table < 0).any() or (table[owner, when] != value).any():
        raise DataError(
            "not all clusters are seen at all times, or treatment differs within one",
            remedy="Fill or drop times",
        )
    kinds, labels = np.unique(table, axis=0, return_inverse=True)
    return labels.ravel(), kinds[:, when].astype(float)


def _by_function(
    statistic: Statistic,
    data: pd.DataFrame,
    treated: str,
    design: Design,
    labels: Labels,
    exhaustive: bool,
) -> tuple[float, float]:
    def value(one: Labels) -> float:
        found = float(
            statistic(data.assign(**{treated: design.treatment(one[None])[0].astype(np.int64)}))
        )
        if not np.isfinite(found):
            raise DataError(
                "the statistic is missing or infinite for an assignment",
                remedy="Give one that is always a number",
            )
        return found

    observed = value(design.labels)
    drawn = np.array([value(one) for one in labels])
    null = NullDistribution(
        np.array([drawn, drawn]),
        np.array([np.ones(len(drawn)), *np.zeros((2, len(drawn)))]),
        exhaustive,
    )
    return observed, null.p(observed)


def _by_formula(
    formula: str,
    data: pd.DataFrame,
    treated: str,
    cluster: str | None,
    design: Design,
    labels: Labels,
    exhaustive: bool,
    on: str,
) -> tuple[float, float]:
    outcome, terms = matrices(formula, data)
    if treated not in terms or any(treated in str(term) for term in terms if term != treated):
        raise DataError(
            f"{treated!r} is not one plain term of {formula!r}",
            remedy="Let it stand once by itself, or give a function instead",
        )
    others = terms.drop(columns=treated)
    refuse_dependent([*map(str, others), treated], np.column_stack([others, terms[treated]]))
    members = design.owner if cluster else np.arange(len(data))
    regression = partial_out(
        outcome,
        terms[treated].to_numpy(),
        others.to_numpy(),
        members,
        term=treated,
        parameters=terms.shape[1],
    )
    null = reassign(regression, design, labels, exhaustive, nulls=False)
    if on == "t":
        return regression.t(), null.p(regression.t())
    plain = NullDistribution(
        null.numerator, np.array([np.ones(len(labels)), *np.zeros((2, len(labels)))]), exhaustive
    )
    return regression.estimate, plain.p(regression.estimate)
