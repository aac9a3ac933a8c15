"""Municipality boundaries for maps, read from TopoJSON and projected; Bornholm is moved."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from evalbook.errors import DataError
from evalbook.paths import public_directory

Ring: TypeAlias = NDArray[np.float64]
Box: TypeAlias = tuple[float, float, float, float]

FILE: Final = "boundaries.topojson"
BORNHOLM: Final = 400
CHRISTIANSOE: Final = 411
# In the Kattegat, north of Zealand and east of Djursland, the map has room for an inset.
BORNHOLM_SHIFT: Final = (-145.0, 170.0)
_KM_PER_DEGREE: Final = 6371.0088 * np.pi / 180
_LATITUDE: Final = 56.0
_RESTORE: Final = "Restore it from the repository"


def read(
    path: Path | None = None, shift: tuple[float, float] = BORNHOLM_SHIFT
) -> dict[int, list[Ring]]:
    """Read the outlines of the 98 municipalities, ready to draw.

    Parameters
    ----------
    path : Path, optional
        A TopoJSON file whose objects are polygons with a `KOMKODE`; default
        `data/public/boundaries.topojson`.
    shift : tuple of float
        How far east and north Bornholm is moved, in km; `(0, 0)` leaves it in the Baltic.

    Returns
    -------
    dict of int to list of ndarray, shape (points, 2)
        Per municipality code its closed rings, coordinates in km east of Greenwich and north of
        the equator, projected equirectangularly at 56 degrees north. Draw all rings of a
        municipality as one path, filled by the even-odd rule: a ring inside a ring is then a hole.

    Raises
    ------
    DataError
        If the file is missing or is not such a TopoJSON.
    """
    path = path or public_directory() / FILE
    try:
        topology = json.loads(path.read_text(encoding="utf-8-sig"))
        rings = _rings(topology)
    except FileNotFoundError as error:
        raise DataError("the file does not exist", where=path, remedy=_RESTORE) from error
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        problem = (
            f"not TopoJSON with polygons and municipality codes ({type(error).__name__}: {error})"
        )
        raise DataError(problem, where=path, remedy=_RESTORE) from error
    rings.pop(CHRISTIANSOE, None)
    if BORNHOLM in rings:
        rings[BORNHOLM] = [ring + np.asarray(shift) for ring in rings[BORNHOLM]]
    return dict(sorted(rings.items()))


def bounding_box(rings: list[Ring], margin: float = 0.0) -> Box:
    """Find the box around rings, for the frame around Bornholm.

    Parameters
    ----------
    rings : list of ndarray, shape (points, 2)
        A municipality's rings.
    margin : float
        Room on every side, in km.

    Returns
    -------
    tuple of float
        West, south, east and north edge, in km.
    """
    points = np.concatenate(rings)
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    return float(west - margin), float(south - margin), float(east + margin), float(north + margin)


def coarser(ring: Ring, step: float = 0.5) -> Ring:
    """Return a ring with its points on a grid, those that coincide as one.

    Neighbours still share their border.

    Parameters
    ----------
    ring : ndarray, shape (points, 2)
        A closed ring, in km.
    step : float
        Width of the grid, in km.

    Returns
    -------
    ndarray, shape (fewer points, 2)
        At least the three points of the smallest ring.
    """
    laid = np.round(ring / step) * step
    moves = np.ones(len(laid), dtype=bool)
    moves[1:] = (laid[1:] != laid[:-1]).any(axis=1)
    return laid[moves] if moves.sum() > 3 else ring


def _rings(topology: dict[str, Any]) -> dict[int, list[Ring]]:
    arcs = _decoded(topology)
    rings: defaultdict[int, list[Ring]] = defaultdict(list)
    for collection in topology["objects"].values():
        for shape in collection["geometries"]:
            polygons = {"Polygon": [shape["arcs"]], "MultiPolygon": shape["arcs"]}[shape["type"]]
            code = int(shape["properties"]["KOMKODE"])
            rings[code] += [
                _projected(_joined(ring, arcs)) for polygon in polygons for ring in polygon
            ]
    return dict(rings)


def _decoded(topology: dict[str, Any]) -> list[Ring]:
    """Return the arcs as longitudes and latitudes (TopoJSON specification 2.1.3)."""
    # A position may carry a height, which a map has no use for.
    steps = [np.array([position[:2] for position in arc], dtype=float) for arc in topology["arcs"]]
    if "transform" not in topology:
        return steps
    scale, translate = (np.asarray(topology["transform"][key]) for key in ("scale", "translate"))
    return [np.cumsum(step, axis=0) * scale + translate for step in steps]


def _joined(indices: list[int], arcs: list[Ring]) -> Ring:
    """Return a ring of arcs: `~i` is arc i backwards; each begins where the last ended."""
    parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in indices]
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


def _projected(ring: Ring) -> Ring:
    projected: Ring = ring * _KM_PER_DEGREE * np.array([np.cos(np.radians(_LATITUDE)), 1.0])
    return projected
