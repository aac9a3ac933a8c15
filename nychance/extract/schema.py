"""The tables of an extract: required and optional columns, and the kind of each."""

from collections.abc import Iterable
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
# An evaluation may have none of these yet.
MAY_BE_EMPTY: Final = (c.MATCH, c.INTERVENTIONS, c.POPULATION)
# What else columns are called.
BEGINS: Final = ("from", "fra", "begin", "startdato", "start_date", "startdate")
ENDS: Final = ("to", "til", "slut", "stop", "slutdato", "end_date", "enddate")
MUNICIPALITIES: Final = ("kommune", "kommunekode", "komkode", "komnr", "kom")
_VALIDITY: Final = {
    **dict.fromkeys((c.START, *BEGINS), c.VALID_FROM),
    **dict.fromkeys((c.END, *ENDS), c.VALID_TO),
}
_COURSE: Final = {
    **dict.fromkeys((c.VALID_FROM, *BEGINS), c.START),
    **dict.fromkeys((c.VALID_TO, *ENDS), c.END),
}
OTHER_NAMES: Final = {
    c.DREAM: dict.fromkeys(("kode", "ydelse", "ydelseskode"), c.CODE) | _COURSE,
    c.PERSONS: {
        **dict.fromkeys(("koen", "køn", "sex"), c.SEX),
        **dict.fromkeys(("foedselsdato", "fødselsdato", "født", "birth_date"), c.BIRTH_DATE),
        "origin": c.ORIGIN,
    },
    c.RESIDENCE: dict.fromkeys(MUNICIPALITIES, c.MUNICIPALITY) | _VALIDITY,
    c.MATCH: dict.fromkeys(("matchkategori", "matchgruppe", "match"), c.MATCH_CATEGORY) | _VALIDITY,
    c.INTERVENTIONS: {
        **dict.fromkeys(("indsats", "type"), c.KIND),
        "virksomhed": c.COMPANY,
        "branche": c.SECTOR,
        **_COURSE,
    },
    c.MUNICIPALITIES: {
        **dict.fromkeys(MUNICIPALITIES, c.MUNICIPALITY),
        "navn": c.NAME,
        "rolle": c.ROLE,
        "indbyggere": c.INHABITANTS,
    },
    c.POPULATION: dict.fromkeys(MUNICIPALITIES, c.MUNICIPALITY),
    c.CODES: dict.fromkeys(("kode",), c.CODE) | _VALIDITY,
}
PERSON_NAMES: Final = ("cpr", "cprnr", "personnummer", "person_id")


def canonical(table: str, given: str) -> str:
    """Return a column's name in the package, whatever its case or alternative name."""
    # Stata writes `_end` for `end`, a word of its own.
    folded = given.strip().casefold().lstrip("_")
    known = {column.name.casefold(): column.name for column in TABLES[table]}
    others = OTHER_NAMES[table]
    if c.PERSON.casefold() in known:
        others = others | dict.fromkeys(PERSON_NAMES, c.PERSON)
    return (others | known).get(folded, given)


def named(table: str, names: Iterable[str]) -> list[str]:
    """Return the names that a file's columns have in the package.

    Another name counts only where no column has the right one.
    """
    given = list(names)
    found = [canonical(table, name) for name in given]
    right = {name for name, column in zip(given, found, strict=True) if _is(name, column)}
    taken = {canonical(table, name) for name in right}
    return [
        name if column in taken and name not in right else column
        for name, column in zip(given, found, strict=True)
    ]


def _is(given: str, column: str) -> bool:
    return given.strip().casefold().lstrip("_") == column.casefold()
