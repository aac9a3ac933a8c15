"""The networks of partnership and of knowledge sharing, from named ties."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, product
from pathlib import Path
from typing import Final, Literal

import networkx as nx
import pandas as pd

from evalbook.models.method import NO_INTERVAL, method
from evalbook.plan import Checkpoint
from evalbook.qualitative import csv_tables as tables
from evalbook.qualitative.codebook import NAME, Side, codebook
from evalbook.qualitative.records import folder
from evalbook.qualitative.source_lines import EXAMPLE, MATERIAL
from evalbook.text.language import Text
from evalbook.text.source import Source
from nychance import MUNICIPALITIES, tr
from nychance.sentences.names import NAMES

KINDS: Final = {kind: NAMES[kind] for kind in ("partnership", "knowledge-sharing")}
# The three sides of the partnership, and between which of them ties are followed.
THREE_SIDES: Final[tuple[Side, ...]] = ("system", "person", "workplace")
SIDES: Final[dict[Side, Text]] = {side: NAMES[side] for side in THREE_SIDES}
BETWEEN: Final[dict[str, tuple[Side, Side]]] = {
    "system-system": ("system", "system"),
    "system-person": ("system", "person"),
    "system-workplace": ("system", "workplace"),
    "person-workplace": ("person", "workplace"),
}
BETWEEN_NAMES: Final = {between: NAMES[between] for between in BETWEEN}
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
        How far it depends on one member, from 0 (all equal) to 1 (a star): Freeman's degree
        centralisation.
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
        A table with `date` (first known), `ended` (empty: still there), `one`, `other`
        (organisations or municipalities, never persons) and `kind`; default the file that
        `material.yml` names.

    Raises
    ------
    DataError
        If the table is missing or lacks a column, or a row has no date, an unknown kind or a tie
        to itself.
    """
    path = path or folder() / "material" / codebook(folder() / "material" / NAME).ties
    table = tables.read(path, ["date", "ended", "one", "other", "kind"])
    begun, ended = tables.days(table["date"]), tables.days(table["ended"])
    faults = {
        "date": begun.isna(),
        "ended": ended.isna() & (table["ended"] != ""),
        "kind": ~table["kind"].isin(KINDS),
        "other": (table["one"] == table["other"]) | (table["one"] == "") | (table["other"] == ""),
    }
    tables.refuse(table, faults, path)
    known = table.assign(date=begun, ended=ended)[
        begun <= pd.Timestamp(checkpoint.cutoff)
    ].reset_index(drop=True)
    return known, EXAMPLE if path.name.endswith("-example.csv") else MATERIAL


def in_force(known: pd.DataFrame, day: date) -> pd.DataFrame:
    """Return the ties that there are on a day, of those that `ties` returns."""
    now = pd.Timestamp(day)
    return known[(known["date"] <= now) & ~(known["ended"] <= now)]


def network(
    known: pd.DataFrame, kind: str | None, day: date, members: list[str] | None = None
) -> "Graph[str]":
    """Return the network on a day.

    Parameters
    ----------
    known : DataFrame
        As returned by `ties`.
    kind : str or None
        `partnership` or `knowledge-sharing`; None for both.
    members : list of str, optional
        Members even without a tie; ties of others are left out. Default: all with a tie.
    """
    there = in_force(known, day)
    there = there[there["kind"].eq(kind)] if kind else there
    graph: Graph[str] = nx.Graph()
    graph.add_nodes_from(members or [])
    pairs = zip(there["one"], there["other"], strict=True)
    graph.add_edges_from(pair for pair in pairs if members is None or set(pair) <= set(members))
    return graph


@method(
    tr("Method municipalities in the network"),
    formula=tr("municipalities and everybody with a link to them"),
    unit=MUNICIPALITIES,
    interval=NO_INTERVAL,
    source=tr("Own definition"),
)
def members(
    known: pd.DataFrame, places: Sequence[str], side_of: Mapping[str, Side]
) -> dict[str, Side]:
    """Return the municipalities and everybody with a tie, each with its side, in order of sides.

    Parameters
    ----------
    known : DataFrame
        As returned by `ties`.
    places : sequence of str
        The municipalities, which belong to the system side.
    side_of : mapping
        Organisation to side; those not named belong to the system side.
    """
    everybody = dict.fromkeys([*places, *known["one"], *known["other"]])
    sides = {member: side_of.get(member, "system") for member in everybody}
    return {member: side for wanted in SIDES for member, side in sides.items() if side == wanted}


@method(
    tr("Knowledge-sharing network"),
    formula=tr(
        "density: links ÷ possible links; centralisation: Σ(largest degree − degree) ÷ its "
        "largest possible value"
    ),
    unit=tr("municipalities and partners"),
    interval=NO_INTERVAL,
    source="Freeman (1979)",
)
def shape(graph: "Graph[str]") -> Shape:
    """Compute size, density and centralisation; with fewer than three members the last is 0."""
    return Shape(
        graph.number_of_nodes(), graph.number_of_edges(), nx.density(graph), centralisation(graph)
    )


@method(
    tr("Links between the sides of the partnership"),
    formula=tr("links ÷ possible links between two sides, among those with a link"),
    unit=tr("municipalities and partners"),
    interval=NO_INTERVAL,
    source=tr("Own definition"),
)
def coupling(graph: "Graph[str]", side_of: Mapping[str, Side]) -> dict[str, float]:
    """Compute the coupling of the partnership's sides: ties over possible ties.

    Parameters
    ----------
    side_of : mapping
        Each member's side, as returned by `members`.

    Returns
    -------
    dict
        By key of `BETWEEN`, within the system side and between sides; 0 where a side has no
        member yet.
    """
    sides = {side: [m for m in graph if side_of[m] == side] for side in SIDES}
    found = {}
    for key, (one, other) in BETWEEN.items():
        pairs = (
            list(combinations(sides[one], 2))
            if one == other
            else list(product(sides[one], sides[other]))
        )
        found[key] = sum(graph.has_edge(*pair) for pair in pairs) / len(pairs) if pairs else 0.0
    return found


@method(
    tr("Municipalities with links to the person and the workplace side"),
    formula=tr("municipalities with a link of their own to each of the two sides"),
    unit=MUNICIPALITIES,
    interval=NO_INTERVAL,
    source=tr("Own definition"),
)
def on_all_sides(
    graph: "Graph[str]", side_of: Mapping[str, Side], places: Sequence[str]
) -> list[str]:
    """Return the municipalities with own ties to both the person and the workplace side."""
    met = {m: {side_of[other] for other in graph[m]} for m in places if m in graph}
    return [m for m, sides in met.items() if {"person", "workplace"} <= sides]


def course(
    known: pd.DataFrame,
    side_of: Mapping[str, Side],
    places: Sequence[str],
    checkpoints: Sequence[Checkpoint],
) -> pd.DataFrame:
    """Follow the municipalities' knowledge sharing, and their ties to the other sides.

    Parameters
    ----------
    known : DataFrame
        As returned by `ties`.
    side_of : mapping
        Each member's side, as returned by `members`.

    Returns
    -------
    DataFrame
        By `checkpoint`: `ties`, `density` and `centralisation` of knowledge sharing between the
        municipalities, and `sides`, how many of them have ties to all sides.
    """
    rows = []
    for checkpoint in checkpoints:
        found = shape(network(known, "knowledge-sharing", checkpoint.cutoff, list(places)))
        everything = network(known, None, checkpoint.cutoff)
        rows.append(
            {
                "checkpoint": checkpoint.key,
                "ties": found.ties,
                "density": found.density,
                "centralisation": found.centralisation,
                "sides": len(on_all_sides(everything, side_of, places)),
            }
        )
    return pd.DataFrame(rows).set_index("checkpoint")


def centralisation(graph: "Graph[str]", of: Literal["degree", "betweenness"] = "degree") -> float:
    """Compute how far a network depends on its most central member.

    Parameters
    ----------
    of : str
        `degree` (how many ties) or `betweenness` (how many shortest paths pass through).

    Notes
    -----
    Freeman (1979), Social Networks 1:215-239: the sum of differences from the most central member,
    divided by that of a star.
    """
    n = graph.number_of_nodes()
    if n < 3:
        return 0.0
    central = nx.degree_centrality(graph) if of == "degree" else nx.betweenness_centrality(graph)
    top = max(central.values())
    # In a star all but one differ from the centre: by (n-2)/(n-1) in degree, by 1 in betweenness.
    most = (n - 2) if of == "degree" else (n - 1)
    return float(sum(top - value for value in central.values()) / most)
