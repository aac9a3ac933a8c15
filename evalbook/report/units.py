"""How a number and its interval are written."""

from evalbook.text.catalogue import tr
from evalbook.text.language import Language, Text, number

SCALE = {"share": 100.0}
PLAIN = Text.same("{value}")
UNITS = {
    "share": tr("{value}%"),
    "percent": tr("{value}%"),
    "points": tr("{value} percentage points"),
    "weeks": tr("{value} weeks"),
    "count": PLAIN,
    "number": PLAIN,
    "rate": PLAIN,
    "ratio": PLAIN,
    "p": PLAIN,
}
BETWEEN = tr("{low} to {high}")


def write(value: float, unit: str, language: Language, decimals: int = 1) -> str:
    """Write a value with its unit: `31,2 pct.`, `31.2%`, `12 uger`."""
    return UNITS[unit][language].format(value=bare(value, unit, language, decimals))


def percent(share: float, language: Language, decimals: int = 1) -> str:
    """Write a share (0 to 1) in per cent: `31,2 pct.` in Danish, `31.2%` in English."""
    return write(share, "share", language, decimals)


def bare(value: float, unit: str, language: Language, decimals: int = 1) -> str:
    """Write a value without its unit."""
    return number(value * SCALE.get(unit, 1.0), language, decimals)


def write_interval(
    ends: tuple[float, float], unit: str, language: Language, decimals: int = 1
) -> str:
    """Write an interval: `28,1-34,5` with an en dash, or `-1,2 til 3,4` if one is negative."""
    low, high = (bare(end, unit, language, decimals) for end in ends)
    return (
        BETWEEN[language].format(low=low, high=high) if min(ends) < 0 else f"{low}\N{EN DASH}{high}"
    )


def write_range(ends: tuple[float, float], unit: str, language: Language, decimals: int = 1) -> str:
    """Write a range after the word "from": `2.3 to 5.7 percentage points`, with any sign."""
    low, high = (bare(end, unit, language, decimals) for end in ends)
    return UNITS[unit][language].format(value=BETWEEN[language].format(low=low, high=high))
