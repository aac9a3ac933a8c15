"""Boundaries: complete, in the right place, of the right size, and broken files refused."""

import json
from pathlib import Path

import numpy as np
import pytest

from evalbook.errors import DataError
from evalbook.plan import Checkpoint
from nychance.public_data import boundaries
from nychance.public_data import tables as public


@pytest.fixture(scope="module")
def outlines():
    return boundaries.read()


def area(ring):
    x, y = ring[:-1].T
    following_x, following_y = ring[1:].T
    return abs(float(np.sum(x * following_y - following_x * y))) / 2


def test_the_98_municipalities_are_there_and_christiansoe_is_not(outlines):
    assert set(outlines) == set(public.municipalities().index)


def test_rings_are_closed_and_finite(outlines):
    for rings in outlines.values():
        for ring in rings:
            assert ring.shape[1] == 2
            assert np.isfinite(ring).all()
            assert (ring[0] == ring[-1]).all()
            assert len(ring) >= 4


def test_areas_agree_with_the_published_ones(outlines):
    key_figures = public.read("key-figures", Checkpoint(number=9, month="2007-09", activities=()))
    published = public.latest(key_figures, "area_km2")["value"]
    drawn = np.array([sum(map(area, outlines[code])) for code in published.index])
    # At 1:500,000 and on a simple projection single coasts are off, the country and most places
    # are not.
    assert drawn.sum() == pytest.approx(published.sum(), rel=0.01)
    assert np.median(abs(drawn / published - 1)) < 0.02


def test_bornholm_lies_at_its_longitude_and_latitude_when_not_moved():
    west, south, east, north = boundaries.bounding_box(
        boundaries.read(shift=(0, 0))[boundaries.BORNHOLM]
    )
    degree = 6371.0088 * np.pi / 180
    east_west = degree * np.cos(np.radians(56))
    # The island: about 14.68 to 15.16 degrees east, 54.99 to 55.30 degrees north.
    assert [west / east_west, east / east_west] == pytest.approx([14.68, 15.16], abs=0.02)
    assert [south / degree, north / degree] == pytest.approx([54.99, 55.30], abs=0.02)


def test_the_frame_around_bornholm_is_clear_of_every_other_municipality(outlines):
    west, south, east, north = boundaries.bounding_box(outlines[boundaries.BORNHOLM], margin=6)
    for code, rings in outlines.items():
        if code != boundaries.BORNHOLM:
            x, y = np.concatenate(rings).T
            assert not ((x > west) & (x < east) & (y > south) & (y < north)).any(), code


def test_moving_bornholm_moves_nothing_else(outlines):
    unmoved = boundaries.read(shift=(0, 0))
    for code, rings in outlines.items():
        offset = boundaries.BORNHOLM_SHIFT if code == boundaries.BORNHOLM else (0, 0)
        for moved, original in zip(rings, unmoved[code], strict=True):
            assert np.allclose(moved - original, offset)


def test_neighbours_share_their_border(outlines):
    def corners(code):
        return {tuple(point) for ring in outlines[code] for point in ring.round(6)}

    assert len(corners(101) & corners(147)) > 5, "Copenhagen surrounds Frederiksberg"
    assert not corners(101) & corners(851), "Copenhagen and Aalborg are far apart"


def test_an_arc_is_decoded_and_used_backwards(tmp_path):
    square = {
        "type": "Topology",
        "transform": {"scale": [0.5, 0.25], "translate": [10, 56]},
        "arcs": [[[0, 0], [2, 0], [0, 4]], [[0, 0], [0, 4], [2, 0]]],
        "objects": {
            "x": {
                "geometries": [
                    {
                        "type": "MultiPolygon",
                        "arcs": [[[0, -2]]],
                        "properties": {"KOMKODE": "0101"},
                    },
                ]
            }
        },
    }
    path = tmp_path / "square.topojson"
    path.write_text(json.dumps(square), encoding="utf-8")
    degree = 6371.0088 * np.pi / 180
    corners = np.array([[10, 56], [11, 56], [11, 57], [10, 57], [10, 56]])
    expected = corners * degree * [np.cos(np.radians(56)), 1]
    (ring,) = boundaries.read(path)[101]
    assert np.allclose(ring, expected)


@pytest.mark.parametrize("content", ["", "{}", '{"transform": 3}', "[1, 2]"])
def test_a_broken_file_is_named(tmp_path, content):
    path = tmp_path / "broken.topojson"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=r"broken\.topojson: not TopoJSON"):
        boundaries.read(path)


def test_a_missing_file_is_named():
    with pytest.raises(DataError, match=r"nowhere\.topojson: the file does not exist"):
        boundaries.read(Path("nowhere.topojson"))


def test_coarser_rings_have_fewer_points_within_half_a_step_of_the_true_ones(outlines):
    rings = [ring for rings in outlines.values() for ring in rings]
    laid = [boundaries.coarser(ring) for ring in rings]
    assert sum(map(len, laid)) < sum(map(len, rings))
    assert all(len(ring) >= 3 for ring in laid)
    for ring, coarse in zip(rings, laid, strict=True):
        nearest = np.abs(coarse[:, None, :] - ring[None, :, :]).max(axis=2).min(axis=1)
        assert nearest.max() <= 0.25 + 1e-9
