"""How a number and its interval are written."""

from nychance.language import UNIT_SUFFIX, Language, number

SCALE = {"share": 100.0, "points": 1.0}


def write(value: float, unit: str, language: Language, decimals: int = 1) -> str:
    """Write a value with its unit: `31,2 pct.`, `31.2%`, `12 uger`."""
    return bare(value, unit, language, decimals) + UNIT_SUFFIX[unit][language]


def bare(value: float, unit: str, language: Language, decimals: int = 1) -> str:
    """Write a value without its unit."""
    return number(value * SCALE.get(unit, 1.0), language, decimals)


def write_interval(ends: tuple[float, float], unit: str, language: Language, decimals: int = 1) -> str:
    """Write an interval: `28,1-34,5` with an en dash, or `-1,2 til 3,4` where an end is negative."""
    low, high = (bare(end, unit, language, decimals) for end in ends)
    between = {"da": " til ", "en": " to "}[language] if min(ends) < 0 else "\N{EN DASH}"
    return low + between + high
