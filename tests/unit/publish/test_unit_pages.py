"""Pages of units: what published tables say of each, whatever is lacking."""

import json
import math
import re

import pytest

from evalbook import plan
from evalbook.errors import ChapterError
from evalbook.plan.programme import PublishedRow
from evalbook.publish.edition import Edition
from evalbook.publish.unit_drawing import drawing
from evalbook.publish.unit_pages import unit_chapters
from evalbook.publish.unit_results import Measure
from nychance.programme import remark

TEMPLATE = """---
title: Unit
---

{{< meta unit.name >}}: {{< meta unit.state >}}

{{< meta unit.measures >}}

{{< meta unit.others >}}
"""
MONTHS = ("2007-09", "2008-01")
UNITS = {"901": "Nørhavn", "905": "Østerfold"}
HEADS = ("estimate", "lower", "upper", "n", "unit", "status")


def said(words):
    return {"da": words, "en": words}


def table(rows, **groups):
    """Make a published table of shares; a share of None is hidden, or has the status given."""
    columns = {
        name: {"heading": said(name), "unit": None, "decimals": 1, "counted": "persons"}
        for name in groups
    }
    columns |= {
        name: {"heading": said(name), "unit": unit, "decimals": 1, "counted": "persons"}
        for name, unit in zip(HEADS, ("share", "share", "share", "count", None, None), strict=True)
    }
    made = []
    for place, share in enumerate(rows):
        hidden = share is None or isinstance(share, str)
        values = [None] * 4 if hidden else [share, share - 0.05, share + 0.05, 60.0]
        status = share if isinstance(share, str) else "too-few" if hidden else ""
        cells = dict(zip(HEADS, [*values, said("share"), said(status)], strict=True))
        made.append({name: said(keys[place].upper()) for name, keys in groups.items()} | cells)
    return {"columns": columns, "rows": made, "keys": groups}


TARGETS = "targets-municipalities"


@pytest.fixture
def publish(chapters):
    """Write a checkpoint's results, and the template; give the pages of the last checkpoint."""

    def written(month, units=UNITS, figures=None, **tables):
        place = chapters.root / "figures" / month / "method"
        place.mkdir(parents=True, exist_ok=True)
        content = {"numbers": {}, "labels": {}, "notices": {}, "methods": {}, "units": units}
        content |= {"tables": tables, "figures": figures or {}}
        (place / "results.json").write_text(json.dumps(content), encoding="utf-8")
        for language in ("da", "en"):
            chapters.write(f"chapters/{language}/_unit.qmd", TEMPLATE)

    def pages(month="2007-09", language="en"):
        found = unit_chapters(Edition(chapters.root, plan.load().checkpoint(month), language))
        return {page.page: page for page in found}

    written.pages = pages
    return written


def test_a_page_for_each_unit_in_alphabetical_order(publish):
    publish("2007-09", tables := UNITS | {"910": "Ålekær"})
    assert list(publish.pages(language="da")) == [f"municipalities/{code}" for code in tables]
    assert publish.pages()["municipalities/905"].title == "Østerfold"


def test_a_result_stands_with_interval_target_and_kinds_of_unit(publish):
    rows = table([0.30, 0.5], municipality=["901", "905"], target=["time-in-activity"] * 2)
    both = {"role": ["method", "comparison"], "target": ["time-in-activity"] * 2}
    publish("2007-09", **{TARGETS: rows, "targets": table([0.4, 0.33], **both)})
    body = publish.pages()["municipalities/901"].body
    assert "<b>30.0%</b> <span>95% interval 25.0–35.0, n = 60</span>" in body
    assert "Target: at least 40%; the target is not met." in body
    assert "METHOD: 40.0%<br>COMPARISON: 33.0%" in body
    assert "all 1 numbers" in body


def test_the_course_follows_a_key_though_names_change(publish):
    for month, share in zip(MONTHS, (0.2, 0.3), strict=True):
        rows = table([share, None], municipality=["901", "905"], target=["self"] * 2)
        rows["rows"][0]["municipality"] = said(f"Nørhavn {month}")
        publish(month, **{TARGETS: rows})
    body = publish.pages("2008-01")["municipalities/901"].body
    assert re.findall(r'<td class="n">(\d+\.\d%)', body) == ["20.0%", "30.0%"]
    assert 'aria-label="Nørhavn, ' in body


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("too-few", "rests on too few persons"),
        ("protects-others", "others could be worked out"),
        ("empty", "Nobody to measure"),
    ],
)
def test_a_unit_with_everything_hidden_has_its_page_and_the_reason(publish, status, reason):
    publish("2007-09", **{TARGETS: table([status, 0.4], municipality=["901", "905"])})
    body = publish.pages()["municipalities/901"].body
    assert "none of the 1 numbers" in body
    assert reason in body
    assert "<svg" not in body


def test_a_unit_that_no_table_names_has_its_page(publish):
    publish("2007-09", **{TARGETS: table([0.4], municipality=["905"])})
    assert "No number on Nørhavn" in publish.pages()["municipalities/901"].body


def test_a_unit_that_left_keeps_its_page_and_one_that_joined_gets_one(publish):
    first, then = table([0.2], municipality=["901"]), table([0.3], municipality=["905"])
    publish("2007-09", {"901": "Nørhavn"}, **{TARGETS: first})
    publish("2008-01", {"905": "Østerfold"}, **{TARGETS: then})
    assert list(publish.pages("2007-09")) == ["municipalities/901"]
    later = publish.pages("2008-01")
    assert list(later) == ["municipalities/901", "municipalities/905"]
    assert "Nørhavn is not part of this checkpoint" in later["municipalities/901"].body
    assert "<svg" in later["municipalities/901"].body


def test_odd_letters_do_no_harm(publish):
    names = {"a/b": "Ny_by *øst* <b>", "A B": "[Nord](x)"}
    publish("2007-09", names, **{TARGETS: table([0.2, 0.3], municipality=list(names))})
    found = publish.pages()
    assert set(found) == {"municipalities/a-b", "municipalities/a-b-2"}
    body = next(page.body for page in found.values() if page.title.startswith("Ny_by"))
    assert "Ny&#95;by &#42;øst&#42; &#60;b&#62;" in body
    assert "<b>," not in body


def test_the_other_units_are_drawn_and_their_range_is_told(publish):
    units = UNITS | {"907": "Tranefjord"}
    rows = table([0.2, 0.3, 0.4, 0.6], municipality=[*units, "comparison"])
    publish("2007-09", units, **{TARGETS: rows})
    body = publish.pages()["municipalities/901"].body
    assert "The others shown (2): 30.0% to 40.0%" in body
    assert "COMPARISON: 60.0%" in body


def test_what_a_figure_draws_and_a_table_says_again_stands_once(publish):
    rows = table([0.2, 0.3], municipality=list(UNITS))
    figures = {"places": {"alt": said("x"), "data": rows, "measure": said("Reached")}}
    publish("2007-09", figures=figures, **{TARGETS: rows})
    body = publish.pages()["municipalities/901"].body
    assert body.count('class="measure"') == 1


def test_plain_tables_give_a_units_row(publish):
    plain = {
        "columns": {
            "municipality": {"heading": said("M"), "unit": None, "decimals": 0},
            "talks": {"heading": said("Talks"), "unit": "number", "decimals": 1},
        },
        "rows": [{"municipality": said("Nørhavn"), "talks": 7.0}],
        "keys": {"municipality": ["901"]},
    }
    publish("2007-09", passages=plain)
    body = publish.pages()["municipalities/901"].body
    assert '<th scope="row">Talks</th><td class="n">7</td>' in body


def test_without_a_template_the_error_says_what_to_write(publish, chapters):
    publish("2007-09")
    (chapters.root / "chapters/en/_unit.qmd").unlink()
    with pytest.raises(ChapterError, match="Write the template, or take `units` out"):
        publish.pages()


def test_a_drawing_does_not_cross_a_checkpoint_without_a_result():
    def row(value):
        return PublishedRow(value, value - 0.1, value + 0.1, 50, "share", "")

    hidden = PublishedRow(*[math.nan] * 4, "share", "too-few")
    measure = Measure("method", (), [], {"a": row(0.2), "b": hidden, "c": row(0.4)})
    drawn = drawing(measure, ["a", "b", "c"], ["A", "B", "C"], "en", "alt")
    assert drawn.count('class="own"') == 2
    assert "own-line" not in drawn


def test_a_remark_is_made_of_shares_that_are_shown():
    shown = PublishedRow(0.5, 0.45, 0.55, 100, "share", "")
    assert "the target is met" in remark(plan.load(), ["time-in-activity"], shown).en
    assert remark(plan.load(), ["mentor"], shown) is None
    assert remark(plan.load(), ["time-in-activity"], shown._replace(lower=math.nan)) is None
