"""Framework conditions (rammevilkår) of the real municipalities: clusters and neighbours.

Real names and public figures only; nothing here is about persons.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import pdist, squareform

from evalbook.errors import DataError
from evalbook.models.method import NO_INTERVAL, method
from evalbook.paths import public_directory
from evalbook.plan import Checkpoint
from nychance import MUNICIPALITIES, tr
from nychance.columns import MUNICIPALITY
from nychance.public_data import tables as public

# Key figures that a municipality cannot choose, those of a skewed distribution as logarithms.
CONDITIONS: Final = (
    "unemployed_per_100",
    "nonwestern_citizens_per_10000",
    "higher_education_pct",
    "owner_occupied_pct",
    "urban_share_pct",
    "socioeconomic_index",
    "density",
    "population",
)
LOGARITHMS: Final = ("nonwestern_citizens_per_10000", "density", "population")
GROUPS: Final = "framework-groups"


@dataclass(frozen=True)
class Agreement:
    """How far clusters and neighbours agree with others' groups, and what chance would give.

    Attributes
    ----------
    municipalities : int
        Municipalities that stand in exactly one of the groups; the others are left out.
    pairs : int
        Pairs of them in the same group.
    rand : float
        Adjusted Rand index of the clusters: 1 is complete agreement, 0 what chance gives.
    same_cluster, same_cluster_by_chance : float
        Share of the pairs that stand in the same cluster, and its mean when groups are dealt out
        at random.
    neighbours, neighbours_by_chance : float
        The same for pairs of which one is among the other's nearest neighbours.
    p_rand, p_same_cluster, p_neighbours : float
        Share of random groups of the same sizes that agree at least as well (with one added on
        either side).
    """

    municipalities: int
    pairs: int
    rand: float
    p_rand: float
    same_cluster: float
    same_cluster_by_chance: float
    p_same_cluster: float
    neighbours: float
    neighbours_by_chance: float
    p_neighbours: float


@method(
    tr("Public framework conditions"),
    formula=tr("the latest known value of each condition, by municipality"),
    unit=MUNICIPALITIES,
    interval=NO_INTERVAL,
    source=tr("Statistics Denmark and noegletal.dk"),
)
def framework_conditions(checkpoint: Checkpoint, directory: Path | None = None) -> pd.DataFrame:
    """Read the conditions as a checkpoint could have seen them.

    Parameters
    ----------
    checkpoint : Checkpoint
        The newest figure on or before its cut-off is taken.
    directory : Path, optional
        Where the public figures are; default `data/public`.

    Returns
    -------
    pd.DataFrame
        98 rows by municipality, a column per condition of `CONDITIONS` for which all of them have
        a figure by then, in the figure's own unit or, for those of `LOGARITHMS`, its natural
        logarithm.

    Raises
    ------
    DataError
        If the table is missing or broken, or no condition is known of all.
    """
    figures = public.read("key-figures", checkpoint, directory)
    everywhere, columns = figures[MUNICIPALITY].nunique(), {}
    for variable in CONDITIONS:
        values = public.latest(figures, variable)["value"]
        if len(values) == everywhere:
            columns[variable] = np.log(values) if variable in LOGARITHMS else values
    if not columns:
        raise DataError(
            "no framework condition is known of all municipalities",
            remedy="Restore data/public/key-figures.csv",
        )
    return pd.DataFrame(columns).sort_index()


@method(
    tr("Groups of municipalities with similar conditions"),
    formula=tr("Ward's method on the standardised conditions"),
    unit=MUNICIPALITIES,
    interval=NO_INTERVAL,
    source="Ward (1963)",
)
def clusters(conditions: pd.DataFrame, number: int) -> "pd.Series[int]":
    """Join municipalities with similar conditions until so many clusters are left.

    Parameters
    ----------
    conditions : pd.DataFrame, shape (municipalities, conditions)
        In any unit; each counts the same.
    number : int
        How many clusters.

    Returns
    -------
    pd.Series
        The cluster of each municipality, from 1, the largest first.

    Notes
    -----
    Ward (1963), Journal of the American Statistical Association 58:236-244, on standardised
    conditions.
    """
    if not 1 <= number <= len(conditions):
        raise DataError(f"{number} clusters cannot be", remedy=f"Ask for 1 to {len(conditions)}")
    ordered = _standardised(conditions.sort_index())
    found = pd.Series(fcluster(linkage(ordered, "ward"), number, "maxclust"), index=ordered.index)
    # Of equally large clusters, that of the lowest code comes first.
    sizes = found.map(found.value_counts())
    order = (
        pd.DataFrame({"cluster": found, "size": -sizes})
        .reset_index(drop=True)
        .groupby("cluster")["size"]
        .first()
    )
    first = found.drop_duplicates().reset_index(drop=True)
    ranked = sorted(first, key=lambda cluster: (order[cluster], list(first).index(cluster)))
    return (
        found.map({cluster: place for place, cluster in enumerate(ranked, 1)})
        .reindex(conditions.index)
        .rename("cluster")
    )


def nearest(conditions: pd.DataFrame, municipality: int, count: int = 7) -> "pd.Series[float]":
    """Find the municipalities whose conditions are most like another's.

    Parameters
    ----------
    conditions : pd.DataFrame, shape (municipalities, conditions)
        In any unit; each counts the same.
    municipality : int
        Code.
    count : int
        How many.

    Returns
    -------
    pd.Series
        Distance by municipality, the nearest first: Euclidean, in standard deviations of the
        conditions.

    Raises
    ------
    DataError
        If there is no such municipality.
    """
    if municipality not in conditions.index:
        raise DataError(
            f"there is no municipality {municipality}", remedy="Give the code of one of the 98"
        )
    scaled = _standardised(conditions.sort_index())
    squares = ((scaled - scaled.loc[municipality]) ** 2).sum(axis=1)
    distance: pd.Series[float] = squares.drop(municipality) ** 0.5
    return distance.sort_values(kind="stable").head(count).rename("distance")


def described(
    conditions: pd.DataFrame, cluster: "pd.Series[int]", names: "pd.Series[str]"
) -> pd.DataFrame:
    """Return each cluster's members and mean conditions.

    Parameters
    ----------
    conditions : pd.DataFrame, shape (municipalities, conditions)
        As `framework_conditions` gives them.
    cluster : Series
        As `clusters` gives it.
    names : Series
        The municipalities' names by code.

    Returns
    -------
    pd.DataFrame
        By cluster: `members` (names in alphabetical order), `size`, and the mean of each
        condition, of `LOGARITHMS` the geometric mean in the figure's own unit.
    """
    means = conditions.groupby(cluster).mean()
    logarithms = [name for name in LOGARITHMS if name in means]
    means[logarithms] = np.exp(means[logarithms])
    members = names.loc[cluster.index].sort_values()
    by_cluster = members.groupby(cluster.loc[members.index])
    means.insert(0, "members", by_cluster.agg(", ".join))
    means.insert(1, "size", by_cluster.size())
    return means


def published_groups(directory: Path | None = None) -> pd.DataFrame:
    """Read which municipalities a results audit of 2007 called alike.

    Incomplete, see its provenance.

    Returns
    -------
    pd.DataFrame
        `group` and `municipality` (code). A municipality may stand in several groups.

    Raises
    ------
    DataError
        If the file is missing or names no municipality.
    """
    path = (directory or public_directory()) / f"{GROUPS}.csv"
    try:
        frame = pd.read_csv(path)
    except FileNotFoundError as error:
        raise DataError(
            "the file does not exist", where=path, remedy="Restore it from the repository"
        ) from error
    known = public.municipalities(directory).index
    wrong = frame[~frame[MUNICIPALITY].isin(known)]
    if len(wrong):
        code = wrong[MUNICIPALITY].iloc[0]
        raise DataError(
            f"row {wrong.index[0] + 2}: there is no municipality {code}",
            where=path,
            remedy="Correct the code",
        )
    return frame


@method(
    tr("Agreement with the published groups"),
    formula=tr(
        "pairs of the published list that are neighbours here, against groups assigned at random"
    ),
    unit=MUNICIPALITIES,
    interval=tr("permutation test"),
    source="Hubert and Arabie (1985)",
)
def agreement(
    conditions: pd.DataFrame,
    groups: pd.DataFrame,
    *,
    number: int = 10,
    count: int = 7,
    draws: int = 9999,
    seed: int = 0,
) -> Agreement:
    """Compare clusters and neighbours with groups that others made.

    Parameters
    ----------
    conditions : pd.DataFrame, shape (municipalities, conditions)
        As `framework_conditions` gives them.
    groups : pd.DataFrame
        `group` and `municipality`.
    number, count : int
        How many clusters, and how many nearest neighbours.
    draws, seed : int
        Of the random groups: the same municipalities, dealt out anew to groups of the same sizes.

    Notes
    -----
    Adjusted Rand index: Hubert & Arabie (1985), Journal of Classification 2:193-218.
    """
    once = groups[~groups[MUNICIPALITY].duplicated(keep=False)].sort_values(MUNICIPALITY)
    listed = once[MUNICIPALITY].to_numpy()
    if absent := sorted(set(listed) - set(conditions.index)):
        raise DataError(
            f"there are no conditions of municipality {absent[0]}",
            remedy="Leave it out of the groups",
        )
    group: NDArray[np.int64] = pd.factorize(once["group"], sort=True)[0].astype(np.int64)
    cluster = np.asarray(clusters(conditions, number).loc[listed], dtype=np.int64)
    near = _neighbours(conditions, count).loc[listed, listed].to_numpy()
    together = cluster[:, None] == cluster
    random = np.random.default_rng(seed)
    dealt: list[NDArray[np.int64]] = [group, *(random.permutation(group) for _ in range(draws))]
    rand = np.array([adjusted_rand(deal, cluster) for deal in dealt])
    pairs = np.triu(np.ones_like(together), 1).astype(bool)
    same = np.array([together[pairs & (one[:, None] == one)].mean() for one in dealt])
    close = np.array([(near | near.T)[pairs & (one[:, None] == one)].mean() for one in dealt])
    return Agreement(
        municipalities=len(listed),
        pairs=int((pairs & (group[:, None] == group)).sum()),
        rand=float(rand[0]),
        p_rand=_p(rand),
        same_cluster=float(same[0]),
        same_cluster_by_chance=float(same[1:].mean()),
        p_same_cluster=_p(same),
        neighbours=float(close[0]),
        neighbours_by_chance=float(close[1:].mean()),
        p_neighbours=_p(close),
    )


def adjusted_rand(one: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    """Return the adjusted Rand index of two partitions, whole numbers from 0.

    1 if equal, about 0 by chance (Hubert & Arabie 1985).
    """
    height, width = int(one.max()) + 1, int(other.max()) + 1
    table = np.bincount(one * width + other, minlength=height * width).reshape(height, width)

    def pairs(counts: NDArray[np.int64]) -> float:
        return float((counts * (counts - 1) / 2).sum())

    both, rows, columns = pairs(table), pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    expected = rows * columns / pairs(table.sum(keepdims=True))
    highest = (rows + columns) / 2
    return 1.0 if highest == expected else (both - expected) / (highest - expected)


def _standardised(conditions: pd.DataFrame) -> pd.DataFrame:
    if conditions.isna().any(axis=None):
        raise DataError(
            "a condition is missing in a municipality",
            remedy="Leave the condition or the municipality out",
        )
    spread = conditions.std()
    flat = spread.index[spread == 0]
    if len(flat):
        raise DataError(f"the condition {flat[0]!r} is the same everywhere", remedy="Leave it out")
    return (conditions - conditions.mean()) / spread


def _neighbours(conditions: pd.DataFrame, count: int) -> pd.DataFrame:
    """Return which municipalities (columns) are among the nearest of each (rows)."""
    scaled = _standardised(conditions.sort_index())
    distance = squareform(pdist(scaled))
    np.fill_diagonal(distance, np.inf)
    near = distance.argsort(axis=1, kind="stable").argsort(axis=1, kind="stable") < count
    return pd.DataFrame(near, index=scaled.index, columns=scaled.index)


def _p(values: NDArray[np.float64]) -> float:
    """Count the draws, which follow the observed value, that are at least as large."""
    return float((1 + (values[1:] >= values[0] - 1e-12).sum()) / len(values))
