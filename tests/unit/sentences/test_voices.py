"""What is said beside what is measured.

Quotations with their source; the dissemination log weighed.
"""

import math

import pandas as pd
import pytest

from evalbook import plan, qualitative
from evalbook.errors import DataError
from evalbook.models.shares.proportions import share
from evalbook.qualitative import counts
from evalbook.qualitative.joint import Entry, joint_entries
from evalbook.qualitative.quotations import by_code
from evalbook.report import quotes
from evalbook.sdc import HIDDEN
from evalbook.sdc.control import DisclosureControl
from evalbook.text.language import Text
from nychance.fieldwork import dissemination_log
from nychance.sentences import voices

HIGH, LOW, NEAR = share(700, 1000), share(300, 1000), share(310, 1000)


@pytest.mark.parametrize(
    ("expected", "measured", "told"),
    [
        ("higher", (HIGH, LOW), "agree"),
        ("lower", (HIGH, LOW), "tension"),
        ("lower", (LOW, HIGH), "agree"),
        ("higher", (LOW, HIGH), "tension"),
        ("higher", (NEAR, LOW), "open"),
        ("higher", (HIGH, None), "open"),
        (None, (HIGH, LOW), "side-by-side"),
        ("higher", Text("43 pct.", "43%"), "side-by-side"),
    ],
)
def test_only_an_interval_clear_of_zero_makes_agreement_or_tension(expected, measured, told):
    assert voices.relation(expected, measured) == told


def test_joint_display_sets_measure_and_voice_side_by_side_in_both_languages():
    quotations = qualitative.quotations(None, plan.load().checkpoint(1))
    entry = Entry(
        theme="method",
        number="mentor",
        code="hand-held",
        measure=Text("Mentor", "Mentor"),
        expected="higher",
    )
    rows, _ = voices.joint_display(
        [entry],
        {"mentor": (HIGH, None)},
        by_code(quotations, "method"),
        {"hand-held": {"all": share(6, 20)}},
    )
    measure, voice, relation = rows.iloc[0]
    assert measure.en.startswith("Mentor: 70.0% (") and measure.en.endswith(f"against {HIDDEN}")
    assert (
        "system" in voice.da
        and voice.da.startswith("»")
        and "(our translation)" in voice.en
        and "30%" in voice.en
    )
    assert relation == voices.RELATIONS["open"]


def test_entries_name_known_themes_codes_and_quotations():
    the_plan = plan.load()
    said = {code for q in qualitative.quotations(None, the_plan.checkpoint(1)) for code in q.codes}
    for theme in the_plan.themes:
        entries = joint_entries(theme.stem)
        assert entries, theme.stem
        assert {entry.code for entry in entries} <= said


def test_group_with_too_few_talks_is_a_dot_and_one_without_is_left_out():
    mentioned = {"method": {"all": share(6, 10), "lbr": share(2, 4)}}
    frame, names = voices.mention_matrix(
        mentioned,
        {"all": Text("Alle", "All"), "lbr": Text("LBR", "LBR"), "company": Text("V", "C")},
    )
    assert list(names) == ["all", "lbr"]
    assert names["all"].en == "All (n = 10)" and names["lbr"].en == f"LBR (n = {HIDDEN})"
    assert frame.loc["all", "method"] == 60 and math.isnan(frame.loc["lbr", "method"])


THREE = ["2007-09", "2008-01", "2008-03"]


def mentioned_in(**talks):
    """Of thirty talks at each of three checkpoints."""
    frame = pd.DataFrame(talks, index=THREE)
    return pd.Series(30, index=frame.index), frame


def test_what_few_talks_mention_is_hidden_and_cannot_be_had_from_two_reports():
    talks, frame = mentioned_in(method=[20, 12, 3], organisation=[20, 12, 8])
    by_report = [
        voices.protected_mentions(talks[:n], frame[:n], DisclosureControl()) for n in (1, 2, 3)
    ]
    method = by_report[2].by_checkpoint["method"]
    assert method["2008-03"] is None
    # What the second report told stays told; so the third's sum is hidden, or three would be left.
    assert by_report[1].so_far["method"].count == 32 and by_report[2].so_far["method"] is None
    assert by_report[2].by_checkpoint["organisation"]["2008-03"].count == 8
    assert by_report[2].so_far["organisation"].n == 90


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
    mentions = voices.protected_mentions(
        *mentioned_in(method=method, organisation=organisation), DisclosureControl()
    )
    told = voices.mentions_changed(mentions, names)
    assert (told.da, told.en) == (da, en)


def test_what_few_of_a_role_mention_is_hidden_with_another_role_so_that_no_sum_tells():
    mentioned = {"method": {"lbr": share(3, 9), "company": share(9, 12), "management": share(7, 8)}}
    found = voices.protected_by_group(mentioned, "role", "talks, 2008-03", DisclosureControl())[
        "method"
    ]
    assert found["lbr"] is None and [found["company"], found["management"]].count(None) == 1


def test_a_code_that_few_talks_hold_is_not_counted_out():
    said = by_code(qualitative.quotations(None, plan.load().checkpoint(1)), "method")
    entry = Entry(
        theme="method",
        number="mentor",
        code="hand-held",
        measure=Text("Mentor", "Mentor"),
        expected=None,
    )
    for count, told in ((2, HIDDEN), (5, "16%")):
        rows, _ = voices.joint_display(
            [entry], {"mentor": (HIGH, LOW)}, said, {"hand-held": {"all": share(count, 32)}}
        )
        assert f"Mentioned in {told} of the interviews" in rows["voice"].iloc[0].en


def test_one_checkpoint_tells_no_change():
    talks, frame = mentioned_in(method=[15, 12, 16])
    assert (
        "Only one"
        in voices.mentions_changed(
            voices.protected_mentions(talks[:1], frame[:1], DisclosureControl()), {}
        ).en
    )


def test_where_most_is_said_is_looked_for_among_what_is_shown():
    table = pd.DataFrame(
        {"method": [7, math.nan, 3], "organisation": [2, math.nan, 9]},
        index=["Aby", "Beby", "Ceby"],
    )
    names = {theme.stem: theme.name for theme in plan.load().themes if theme.stem in table}
    told = voices.most_said(table, names)
    assert told.en == (
        "Among the 2 municipalities shown, the highest number of passages on one theme is 9: Ceby "
        "(“Organisation”)."
    )
    tied = voices.most_said(table.where(table.notna(), 9).loc[["Aby", "Ceby"]].clip(9, 9), names)
    assert tied.en.count("Aby") == tied.en.count("Ceby") == len(names)
    assert "»Organisering«" in told.da
    assert "enough" in voices.most_said(table.loc[["Beby"]], names).en


def test_what_most_talks_mention_is_looked_for_among_what_is_told():
    assert counts.largest({"a": None, "b": share(6, 10), "c": share(6, 10)}) == "b"


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


def test_spread_and_spearhead_are_weighed_in_order_of_time():
    weighed = dissemination_log.balance(LOG)
    assert weighed.activities == {"spread": 2, "spearhead": 2}
    assert weighed.reach == {"spread": 30, "spearhead": 700}
    assert weighed.shifts == 3
    assert dissemination_log.press(LOG)["reach"].sum() == 700
    assert dissemination_log.by_channel(LOG).set_index("channel").loc[
        "newsletter", ["spread", "spearhead", "reach"]
    ].tolist() == [
        2,
        0,
        30,
    ]
    assert dissemination_log.balance(LOG.iloc[:1]) == dissemination_log.Balance(
        {"spread": 1, "spearhead": 0}, {"spread": 10, "spearhead": 0}, 0
    )


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [("newsletter", "fax", "'channel': 'fax'"), ("spread", "none", "'approach': 'none'")],
)
def test_unknown_word_in_the_log_is_named(tmp_path, monkeypatch, old, new, named):
    text = (dissemination_log.folder() / "dissemination-example.csv").read_text(encoding="utf-8")
    (tmp_path / "dissemination-example.csv").write_text(text.replace(old, new, 1), encoding="utf-8")
    monkeypatch.setattr(dissemination_log, "folder", lambda: tmp_path)
    with pytest.raises(DataError, match=f"row 2, column {named}"):
        dissemination_log.dissemination(plan.load().checkpoint(5))
