"""The tables that the report asks StatBank for, in the shape that public programs show.

Their figures are made up.
"""

from tests.lib.statbank_server import Service, Table, Variable

YEARS = {str(year): str(year) for year in range(2004, 2013)}
QUARTERS = {
    f"{year}K{quarter}": f"{year}Q{quarter}" for year in (2008, 2009) for quarter in range(1, 5)
}
ORIGINS = {
    "24": "Immigrants from western countries",
    "25": "Immigrants from non-western countries",
    "34": "Descendants from western countries",
    "35": "Descendants from non-western countries",
}
FIVE_YEARS = {f"{age}-{age + 4}": f"{age}-{age + 4} years" for age in range(0, 100, 5)}


def service(municipalities: list[str], limit: int = 1_000_000, later: int = 0) -> Service:
    """Return a service with the tables of `data/public/statbank.yml`, some years later."""
    areas = {"000": "All Denmark", "084": "Region Hovedstaden", "411": "Christiansø"} | {
        c: f"Municipality {c}" for c in municipalities
    }
    made = [ras200(areas), folk1e(areas), folk1b(areas), folk2(), aulp01()]
    for table in made:
        time = table.variables[-1]
        time.values = {
            f"{int(code[:4]) + later}{code[4:]}": text for code, text in time.values.items()
        }
    return Service({table.id: table for table in made}, limit)


def ras200(areas: dict[str, str]) -> Table:
    def value(at: dict[str, str]) -> float | str:
        if at["OMRÅDE"] == "825" and at["HERKOMST"] == "35":
            return ".."
        return (
            40
            + int(at["OMRÅDE"]) % 17
            + {"00": 20, "10": 22}.get(at["HERKOMST"], 0)
            + 0.1 * (int(at["Tid"]) - 2008)
        )

    origins = {"00": "Total", "10": "Persons of Danish origin"} | ORIGINS
    return Table(
        "RAS200",
        "Per cent",
        [
            Variable("OMRÅDE", areas, elimination=True, total="000"),
            Variable("HERKOMST", origins, elimination=True, total="00"),
            Variable(
                "ALDER",
                {"16-64": "16-64 years", "16-17": "16-17 years"},
                elimination=True,
                total="16-64",
            ),
            Variable(
                "KØN", {"TOT": "Total", "M": "Men", "K": "Women"}, elimination=True, total="TOT"
            ),
            Variable("BEREGNING", {"EFK": "Activity rate", "BFK": "Employment rate"}),
            Variable("Tid", {y: y for y in YEARS if y >= "2008"}, time=True),
        ],
        value,
    )


def folk1e(areas: dict[str, str]) -> Table:
    def value(at: dict[str, str]) -> float:
        persons = 1000 + int(at["OMRÅDE"])
        return (
            persons
            * {"TOT": 10, "1": 9}.get(at["HERKOMST"], 0.25)
            // (1 if at["KØN"] == "TOT" else 2)
        )

    origins = {"TOT": "Total", "1": "Persons of Danish origin"} | ORIGINS
    ages = {"IALT": "Age, total"} | {str(age): f"{age} years" for age in range(126)}
    return Table(
        "FOLK1E",
        "Number",
        [
            Variable("OMRÅDE", areas, elimination=True, total="000"),
            Variable(
                "KØN", {"TOT": "Total", "1": "Men", "2": "Women"}, elimination=True, total="TOT"
            ),
            Variable("ALDER", ages, elimination=True, total="IALT"),
            Variable("HERKOMST", origins, elimination=True, total="TOT"),
            Variable("Tid", QUARTERS, time=True),
        ],
        value,
    )


def folk1b(areas: dict[str, str]) -> Table:
    return Table(
        "FOLK1B",
        "Number",
        [
            Variable("OMRÅDE", areas, elimination=True, total="000"),
            Variable(
                "KØN", {"TOT": "Total", "1": "Men", "2": "Women"}, elimination=True, total="TOT"
            ),
            Variable("ALDER", {"IALT": "Age, total"} | FIVE_YEARS, elimination=True, total="IALT"),
            Variable(
                "STATSB", {"0000": "Total", "5100": "Denmark"}, elimination=True, total="0000"
            ),
            Variable("Tid", QUARTERS, time=True),
        ],
        lambda at: 20_000 if at["ALDER"] == "IALT" else 1_000,
    )


def folk2() -> Table:
    return Table(
        "FOLK2",
        "Number",
        [
            Variable("ALDER", {str(age): str(age) for age in range(126)}, elimination=True),
            Variable("KØN", {"M": "Men", "K": "Women"}, elimination=True),
            Variable(
                "HERKOMST",
                {"5": "Persons of Danish origin", "4": "Immigrants", "3": "Descendants"},
                elimination=True,
            ),
            Variable("STATSB", {"DANSK": "Danish", "UDLAND": "Foreign"}, elimination=True),
            Variable("IELAND", {"5100": "Denmark", "5104": "Finland"}, elimination=True),
            Variable("Tid", YEARS, time=True),
        ],
        lambda at: 1_000 * int(at["HERKOMST"]) + int(at["Tid"]),
    )


def aulp01() -> Table:
    regions = {"000": "All Denmark"} | {f"08{n}": f"Region {n}" for n in range(1, 6)}
    return Table(
        "AULP01",
        "Per cent",
        [
            Variable("OMRÅDE", regions, elimination=True, total="000"),
            Variable("ALDER", {"TOT": "Total"}, elimination=True),
            Variable("KØN", {"TOT": "Total"}, elimination=True),
            Variable("Tid", {y: y for y in YEARS if y >= "2007"}, time=True),
        ],
        lambda at: 3.5,
    )
