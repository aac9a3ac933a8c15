"""What is said beside what is measured.

Quotations with their source; the dissemination log weighed.
"""

import math

import pandas as pd
import pytest

from evalbook import plan, qualitative
from evalbook.errors import DataError
from evalbook.models.shares.proportions import share
from evalbook.qualitative.joint import joint_entries
from evalbook.report import quotes
from evalbook.sdc import HIDDEN
from evalbook.text.language import Text
from nychance.fieldwork import dissemination_log
from nychance.sentences import voices

HIGH, LOW, NEAR = share(700, 1000), share(300, 1000), share(310, 1000)


@pytest.mark.parametrize(
    ("expected", "measured", "found"),
    [
        ("higher", (HIGH, LOW), "untested"),
        ("higher", (HIGH, None), "open"),
        (None, (HIGH, LOW), "side-by-side"),
        ("higher", Text("43 pct.", "43%"), "side-by-side"),
    ],
)
def test_persons_intervals_alone_make_no_agreement_or_tension(expected, measured, found):
    assert voices.related(expected, measured) == found


def test_entries_name_known_themes_codes_and_quotations():
    the_plan = plan.load()
    said = {code for q in qualitative.quotations(None, the_plan.checkpoint(1)) for code in q.codes}
    for theme in the_plan.themes:
        entries = joint_entries(theme.stem)
        assert entries, theme.stem
        assert {entry.code for entry in entries} <= said


def row(share, status=""):
    """A row of a table of results."""
    if share is None:
        return pd.Series({"estimate": math.nan, "lower": math.nan, "upper": math.nan})
    return pd.Series({"estimate": share.value, "lower": share.lower, "upper": share.upper})


def test_side_by_side_sets_measure_and_voice_beside_each_other_in_both_languages():
    mentioned = pd.DataFrame({"company-cooperation": row(share(6, 20)), "common-attention": 0.0}).T
    rows = voices.side_by_side(
        "organisation",
        plan.load().checkpoint(1),
        {"reached": (row(HIGH), row(None)), "density": Text("43 pct.", "43%")},
        mentioned,
    )
    measure, voice, relation = rows.iloc[0]
    assert "70.0% (" in measure.en and measure.en.endswith(f"against {HIDDEN}")
    assert voice.da.startswith("»") and "(our translation)" in voice.en and "30%" in voice.en
    assert relation == voices.RELATIONS["open"]
    assert rows.iloc[1].iloc[2] == voices.RELATIONS["side-by-side"]


@pytest.mark.parametrize(
    ("expected", "measured", "told"),
    [
        ("higher", (row(HIGH), row(LOW)), "untested"),
        ("higher", (row(HIGH), row(None)), "open"),
        (None, (row(HIGH), row(LOW)), "side-by-side"),
        ("higher", Text("43 pct.", "43%"), "side-by-side"),
    ],
)
def test_persons_intervals_tell_no_kinds_of_municipality_apart(expected, measured, told):
    assert voices.related(expected, measured) == told


@pytest.mark.parametrize(("found", "told"), [(1, "agree"), (-1, "tension"), (0, "open")])
def test_a_clear_difference_agrees_with_what_is_said_or_not(monkeypatch, found, told):
    monkeypatch.setattr(voices, "clear_difference", lambda *_: found)
    assert voices.related("higher", (row(HIGH), row(LOW))) == told


def test_a_group_has_the_number_of_its_interviews_below_its_name():
    index = pd.MultiIndex.from_product([["all", "lbr"], ["a", "b"]], names=["role", "theme"])
    table = pd.DataFrame({"n": [48, math.nan, math.nan, math.nan]}, index=index)
    assert list(voices.with_interviews(table, "role").index.unique("role")) == [
        "all\n48 interviews",
        "lbr",
    ]


def course(**talks):
    """Shares of thirty interviews at each checkpoint that mention a theme; None where hidden."""
    shares = {
        (f"checkpoint-{number}", theme): row(None if count is None else share(count, 30))
        for theme, counts in talks.items()
        for number, count in enumerate(counts, 1)
    }
    table = pd.DataFrame(shares).T
    return table.rename_axis(index=["checkpoint", "theme"])


@pytest.mark.parametrize(
    ("method", "organisation", "da", "en"),
    [
        (
            [10, 12, 28],
            [25, 9, 8],
            "Klart flere af de seneste samtaler end af de første nævner »Metode«. "
            "Klart færre af de seneste samtaler end af de første nævner »Organisering«.",
            "Clearly more of the latest interviews than of the first mention “Method”. "
            "Clearly fewer of the latest interviews than of the first mention “Organisation”.",
        ),
        (
            [15, 12, 16],
            [15, 9, 14],
            "Intet tema nævnes i klart flere eller klart færre af de seneste samtaler end af de "
            "første.",
            "No theme is mentioned in clearly more or clearly fewer of the latest interviews "
            "than of the first.",
        ),
    ],
)
def test_what_is_mentioned_more_and_less_is_told_where_it_is_clear(method, organisation, da, en):
    names = {theme.stem: theme.name for theme in plan.load().themes}
    told = voices.mentions_changed(course(method=method, organisation=organisation), names)
    assert (told.da, told.en) == (da, en)


def test_a_code_that_few_talks_hold_is_not_counted_out():
    mentioned = pd.DataFrame({"company-cooperation": row(None)}).T
    rows = voices.side_by_side(
        "organisation",
        plan.load().checkpoint(1),
        {"reached": (row(HIGH), row(LOW))},
        mentioned,
    )
    assert f"Mentioned in {HIDDEN} of the interviews" in rows.iloc[0].iloc[1].en


def test_one_checkpoint_tells_no_change():
    assert "Only one" in voices.mentions_changed(course(method=[15]), {}).en


def test_what_most_interviews_mention_is_looked_for_among_what_is_told():
    first = course(a=[None], b=[6], c=[6]).loc["checkpoint-1"]
    assert voices.most_mentioned(first).name == "b"
    names = {key: Text.same(key) for key in "abc"}
    assert "“b”: 20.0%" in voices.mentioned_by(first, names).en


def test_where_most_is_said_is_looked_for_among_what_is_shown():
    table = pd.DataFrame(
        {"method": [7, math.nan, 3], "organisation": [2, math.nan, 9]},
        index=["Aby", "Beby", "Ceby"],
    )
    names = {theme.stem: theme.name for theme in plan.load().themes}
    told = voices.most_said(table, names)
    assert told.en == (
        "Among the 2 municipalities shown, the highest number of passages on one theme is 9: Ceby "
        "(“Organisation”)."
    )
    tied = voices.most_said(table.where(table.notna(), 9).loc[["Aby", "Ceby"]].clip(9, 9), names)
    assert tied.en.count("Aby") == tied.en.count("Ceby") == 2
    assert "»Organisering«" in told.da
    assert "enough" in voices.most_said(table.loc[["Beby"]], names).en


def test_quotation_shows_original_translation_and_where_it_is_from():
    the_plan = plan.load()
    quotation = next(
        q
        for q in qualitative.quotations("method", the_plan.checkpoint(1))
        if "hand-held" in q.codes
    )
    danish, english = (quotes.block(quotation, the_plan, language) for language in ("da", "en"))
    assert "Kommuneinterviews, 1. nedslag (september 2007)" in danish
    assert "Interviews in the municipalities, checkpoint 1 (September 2007)" in english
    assert "Our translation of" in english and "translation" not in danish
    assert "ryger over i et andet system" in danish and "ryger over i et andet system" in english
    assert "opm" in quotation.da and "opm" not in quotation.printed


def test_quotation_is_known_from_its_checkpoint_on():
    assert len(qualitative.quotations(None, plan.load().checkpoint(1))) == 9


LOG = pd.DataFrame(
    {
        "date": pd.to_datetime(["2007-01-03", "2007-01-01", "2007-01-02", "2007-01-04"]),
        "channel": ["newsletter", "newsletter", "local-media", "local-media"],
        "approach": ["spread", "spread", "spearhead", "spearhead"],
        "reach": [10, 20, 300, 400],
    }
)


def test_spread_and_spearhead_alternate_in_order_of_time():
    assert dissemination_log.shifts(LOG) == 3
    assert dissemination_log.shifts(LOG.iloc[:1]) == 0
    channels = dissemination_log.by_channel(LOG)
    assert channels.loc["newsletter", ["spread", "spearhead", "reach"]].tolist() == [2, 0, 30]


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [("newsletter", "fax", "'channel': 'fax'"), ("spread", "none", "'approach': 'none'")],
)
def test_unknown_word_in_the_log_is_named(tmp_path, monkeypatch, old, new, named):
    text = (dissemination_log.folder() / "dissemination-example.csv").read_text(encoding="utf-8")
    (tmp_path / "dissemination-example.csv").write_text(text.replace(old, new, 1), encoding="utf-8")
    monkeypatch.setattr(dissemination_log, "folder", lambda: tmp_path)
    with pytest.raises(DataError, match=f"row 2, column {named}"):
        dissemination_log.dissemination(plan.load().checkpoints)
