"""Who works with whom: the networks of partnership and of knowledge sharing, from named ties."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal

import networkx as nx
import pandas as pd

from nychance.catalogue import tr
from nychance.errors import DataError
from nychance.plan import Checkpoint
from nychance.qualitative.codebook import NAME, codebook
from nychance.qualitative.records import folder
from nychance.qualitative.sources import EXAMPLE, MATERIAL
from nychance.source import Source

KINDS: Final = {
    "partnership": tr("Partnership"),
    "knowledge-sharing": tr("Knowledge sharing"),
}
Graph = nx.Graph


@dataclass(frozen=True)
class Shape:
    """A network in four numbers.

    Attributes
    ----------
    members, ties : int
    density : float
        Ties over possible ties.
    centralisation : float
        How far it hangs on one member, from 0 (all alike) to 1 (a star): Freeman's degree centralisation.
    """

    members: int
    ties: int
    density: float
    centralisation: float


def ties(checkpoint: Checkpoint, path: Path | None = None) -> tuple[pd.DataFrame, Source]:
    """Read the ties known at a checkpoint.

    Parameters
    ----------
    path : Path, optional
        A table with `date` (first told), `ended` (empty: still there), `one`, `other` (organisations or municipalities, never
        persons) and `kind`; default the file that `material.yml` names.

    Raises
    ------
    DataError
        If the table is missing or lacks a column, or a row has no date, an unknown kind or a tie to itself.
    """
    path = path or folder() / "material" / codebook(folder() / "material" / NAME).ties
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")[
            ["date", "ended", "one", "other", "kind"]
        ]
    except (OSError, ValueError, KeyError) as error:
        raise DataError(
            f"cannot be read ({error})", where=path, remedy="Give it date, ended, one, other and kind, in UTF-8"
        ) from error
    begun = pd.to_datetime(table["date"], format="%Y-%m-%d", errors="coerce")
    ended = pd.to_datetime(table["ended"].where(table["ended"] != ""), format="%Y-%m-%d", errors="coerce")
    faults = {
        "date": begun.isna(),
        "ended": ended.isna() & (table["ended"] != ""),
        "kind": ~table["kind"].isin(KINDS),
        "other": (table["one"] == table["other"]) | (table["one"] == "") | (table["other"] == ""),
    }
    for column, fault in faults.items():
        if fault.any():
            row = int(fault.to_numpy().argmax())
            value = table[column].iloc[row]
            raise DataError(f"row {row + 2}, column {column!r}: {value!r} does not fit", where=path, remedy="Mend the row")
    known = table.assign(date=begun, ended=ended)[begun <= pd.Timestamp(checkpoint.cutoff)].reset_index(drop=True)
    return known, EXAMPLE if path.name.endswith("-example.csv") else MATERIAL


def network(known: pd.DataFrame, kind: str | None, day: date, members: list[str] | None = None) -> "Graph[str]":
    """Draw up the network of a day.

    Parameters
    ----------
    known : DataFrame
        As given by `ties`.
    kind : str or None
        `partnership` or `knowledge-sharing`; None for both.
    members : list of str, optional
        Who belongs to it even without a tie; ties of others are left out. Default: whoever has a tie.
    """
    now = pd.Timestamp(day)
    there = known[(known["date"] <= now) & ~(known["ended"] <= now) & (known["kind"].eq(kind) if kind else True)]
    graph: Graph[str] = nx.Graph()
    graph.add_nodes_from(members or [])
    pairs = zip(there["one"], there["other"], strict=True)
    graph.add_edges_from(pair for pair in pairs if members is None or set(pair) <= set(members))
    return graph


def shape(graph: "Graph[str]") -> Shape:
    """Measure a network; with fewer than three members its centralisation is 0."""
    return Shape(graph.number_of_nodes(), graph.number_of_edges(), nx.density(graph), centralisation(graph))


def centralisation(graph: "Graph[str]", of: Literal["degree", "betweenness"] = "degree") -> float:
    """Measure how far a network hangs on its most central member.

    Parameters
    ----------
    of : str
        `degree` (how many ties) or `betweenness` (how many shortest paths pass through).

    Notes
    -----
    Freeman (1979), Social Networks 1:215-239: the differences to the most central member, summed and related to those of a star.
    """
    n = graph.number_of_nodes()
    if n < 3:
        return 0.0
    central = nx.degree_centrality(graph) if of == "degree" else nx.betweenness_centrality(graph)
    top = max(central.values())
    # In a star all but one differ from the centre: by (n-2)/(n-1) in degree, by 1 in betweenness.
    most = (n - 2) if of == "degree" else (n - 1)
    return float(sum(top - value for value in central.values()) / most)
