"""The tables of an extract: required and optional columns, and the kind of each."""

from enum import Enum, auto
from typing import Final, NamedTuple

from nychance import columns as c


class Kind(Enum):
    """What the values of a column are."""

    PERSON = auto()
    TEXT = auto()
    # A word in small letters, whatever case it comes in.
    KEY = auto()
    NUMBER = auto()
    # A whole number from 0.
    COUNT = auto()
    DATE = auto()
    BIRTH = auto()
    # A date, an ISO week or a month: its first day where something begins, its last where it ends.
    BEGIN = auto()
    END = auto()
    # The same, or a year.
    SINCE = auto()
    UNTIL = auto()


class Column(NamedTuple):
    """A column: its name, its kind, and whether the table must have it."""

    name: str
    kind: Kind
    required: bool = True


PERSON: Final = Column(c.PERSON, Kind.PERSON)

TABLES: Final[dict[str, tuple[Column, ...]]] = {
    # The weekly columns come beside the person number; or else these of spells.
    c.DREAM: (
        PERSON,
        Column(c.CODE, Kind.NUMBER, False),
        Column(c.START, Kind.BEGIN, False),
        Column(c.END, Kind.END, False),
    ),
    c.PERSONS: (
        PERSON,
        Column(c.SEX, Kind.TEXT),
        Column(c.BIRTH_DATE, Kind.BIRTH),
        Column(c.ORIGIN, Kind.NUMBER),
        Column(c.COUNTRY_GROUP, Kind.TEXT, False),
    ),
    c.RESIDENCE: (
        PERSON,
        Column(c.MUNICIPALITY, Kind.COUNT),
        Column(c.VALID_FROM, Kind.DATE),
        Column(c.VALID_TO, Kind.DATE),
    ),
    c.MATCH: (PERSON, Column(c.VALID_FROM, Kind.DATE), Column(c.MATCH_CATEGORY, Kind.NUMBER)),
    c.INTERVENTIONS: (
        PERSON,
        Column(c.KIND, Kind.TEXT),
        Column(c.START, Kind.DATE),
        Column(c.END, Kind.DATE),
        Column(c.COMPANY, Kind.TEXT),
        Column(c.SECTOR, Kind.TEXT),
    ),
    c.MUNICIPALITIES: (
        Column(c.MUNICIPALITY, Kind.COUNT),
        Column(c.NAME, Kind.TEXT),
        Column(c.ROLE, Kind.KEY),
        Column(c.INHABITANTS, Kind.COUNT, False),
        Column(c.UNEMPLOYMENT, Kind.NUMBER, False),
        Column(c.MINORITY_SHARE, Kind.NUMBER, False),
    ),
    c.POPULATION: (
        Column(c.MUNICIPALITY, Kind.COUNT),
        Column(c.REFERENCE, Kind.DATE),
        Column(c.GROUP, Kind.KEY),
        Column(c.WORKING_AGE, Kind.COUNT),
        *(
            Column(name, Kind.COUNT, False)
            for name in (c.EMPLOYED, c.UNEMPLOYED, c.OUTSIDE, c.PUBLIC_SUPPORT, c.NYCHANCE_TARGET)
        ),
    ),
    c.CODES: (
        Column(c.CODE, Kind.NUMBER),
        Column(c.STATE, Kind.TEXT),
        Column(c.ACTIVE, Kind.NUMBER),
        Column(c.STEP, Kind.TEXT),
        Column(c.CENSORING, Kind.NUMBER),
        Column(c.VALID_FROM, Kind.SINCE, False),
        Column(c.VALID_TO, Kind.UNTIL, False),
    ),
}
REQUIRED: Final = {
    name: tuple(column.name for column in table if column.required)
    for name, table in TABLES.items()
}
# What else columns are called: `begin`, `from` and `fra` are understood for `start`.
OTHER_NAMES: Final = {
    c.DREAM: {
        **dict.fromkeys(("kode", "ydelse", "ydelseskode"), c.CODE),
        **dict.fromkeys((c.VALID_FROM, "from", "fra"), c.START),
        **dict.fromkeys((c.VALID_TO, "to", "til"), c.END),
    }
}


def canonical(table: str, given: str) -> str:
    """Return a column's name in the package, whatever its case or alternative name."""
    # Stata writes `_end` for `end`, a word of its own.
    folded = given.strip().casefold().lstrip("_")
    known = {column.name.casefold(): column.name for column in TABLES[table]} | OTHER_NAMES.get(
        table, {}
    )
    return known.get(folded, given)
