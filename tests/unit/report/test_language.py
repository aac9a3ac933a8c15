"""What is said in each language, and numbers and dates as it writes them."""

from datetime import date

import pytest

from evalbook.errors import DataError
from evalbook.report.units import percent
from evalbook.text.language import (
    PACKAGED,
    Text,
    day,
    direction,
    join,
    joined,
    locale,
    lowered,
    month,
    number,
    own_name,
)


@pytest.mark.parametrize(("language", "expected"), [("da", "1.234,5"), ("en", "1,234.5")])
def test_decimal_mark_and_thousands(language, expected):
    assert number(1234.5, language, 1) == expected


def test_percent():
    assert percent(0.312, "da") == "31,2\N{NO-BREAK SPACE}pct."
    assert percent(0.312, "en") == "31.2%"


def test_text_takes_parts_in_its_own_language():
    assert (
        Text("{x} er nået", "{x} is met").format(x=Text("Målet", "The target")).da
        == "Målet er nået"
    )


def test_what_is_made_of_the_same_is_equal():
    once, again = (Text.each(number, 0.5, decimals=1) for _ in range(2))
    assert once == again and hash(once) == hash(again)
    assert once != Text.each(number, 0.5, decimals=2)
    assert (
        Text("uge", "week").format()
        == Text("uge", "week").format()
        != Text("uger", "weeks").format()
    )


def test_texts_are_listed_and_changed_in_each_language():
    parts = [Text("Mål", "Aims"), Text("Metode", "Method"), Text.same("X")]
    assert joined(parts).within(PACKAGED) == {"da": "Mål, Metode og X", "en": "Aims, Method and X"}
    assert join("; ", parts[:2]).map(lowered).within(PACKAGED) == {
        "da": "mål; Metode",
        "en": "aims; Method",
    }


def test_a_language_that_a_text_lacks_is_an_error_and_never_another_language():
    with pytest.raises(DataError, match="nothing says 'Mål' in 'sv'"):
        Text("Mål", "Aims")["sv"]


@pytest.mark.parametrize(
    ("language", "day_and_month", "name_and_direction"),
    [
        ("da", ("30. september 2007", "september 2007"), ("Dansk", "ltr")),
        ("en", ("30 September 2007", "September 2007"), ("English", "ltr")),
        ("sv", ("30 september 2007", "september 2007"), ("Svenska", "ltr")),
        ("ar", ("30 سبتمبر 2007", "سبتمبر 2007"), ("العربية", "rtl")),
    ],
)
def test_dates_and_names_are_those_of_the_language(language, day_and_month, name_and_direction):
    cutoff = date(2007, 9, 30)
    assert (day(cutoff, language), month(cutoff, language)) == day_and_month
    assert (own_name(language), direction(language)) == name_and_direction


def test_a_language_that_nobody_knows_is_an_error():
    with pytest.raises(DataError, match="no language 'xx' is known"):
        locale("xx")
