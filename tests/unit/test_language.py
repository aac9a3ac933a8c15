"""Numbers as each language writes them."""

import pytest

from nychance.language import Text, number
from nychance.present.units import percent


@pytest.mark.parametrize(("language", "expected"), [("da", "1.234,5"), ("en", "1,234.5")])
def test_decimal_mark_and_thousands(language, expected):
    assert number(1234.5, language, 1) == expected


def test_percent():
    assert percent(0.312, "da") == "31,2\N{NO-BREAK SPACE}pct."
    assert percent(0.312, "en") == "31.2%"


def test_text_takes_parts_in_its_own_language():
    assert Text("{x} er nået", "{x} is met").format(x=Text("Målet", "The target")).da == "Målet er nået"
