"""A small extract without faults, to write in any format and to break."""

import pandas as pd

# Twelve persons, thirteen weeks: `.` blank, p passive, a in work trial, s sick, d dead, e
# emigrated.
CODES = {".": None, "p": 730, "a": 733, "s": 890, "d": 999, "e": 997}
LIVES = (
    "ppppppppppppp",
    "ppppaaaaaaaap",
    "....ppppppppp",
    "aaaaaaaaaaaaa",
    "sssssssssssss",
    "ppssssssspppp",
    ".............",
    "pppp....ppppp",
    "ppppppppddddd",
    "aaaaaaeeeeeee",
    "pppp.........",
    "aaaassssaaaaa",
)
NUMBERS = [f"0{day}0170{day:02d}34" for day in range(1, 10)] + [
    f"{day}01701234" for day in range(10, 13)
]
WEEKS = [f"y_07{week:02d}" for week in range(1, 14)]


def tables():
    """Give the tables of the extract, every value as text or missing, as a CSV has them."""
    count = len(NUMBERS)
    weeks = [[None if CODES[sign] is None else str(CODES[sign]) for sign in life] for life in LIVES]
    return {
        "dream": pd.DataFrame(weeks, columns=WEEKS, dtype="object").assign(PNR=NUMBERS)[
            ["PNR", *WEEKS]
        ],
        "persons": pd.DataFrame(
            {
                "PNR": NUMBERS,
                "KON": ["M", "K"] * 6,
                "FOEDDT": [f"19{40 + 3 * n}-02-1{n % 10}" for n in range(count)],
                "HERKOMST": ["1", "2", "3"] * 4,
                "LANDEGRUPPE": ["DK", "IV", "IV"] * 4,
            }
        ),
        "residence": pd.DataFrame(
            {
                "PNR": [*NUMBERS, NUMBERS[0]],
                "municipality": [*(["901", "902"] * 6), "902"],
                "valid_from": ["2005-01-01"] * count + ["2007-02-01"],
                "valid_to": ["2007-01-31", *[None] * (count - 1), None],
            }
        ),
        "match": pd.DataFrame(
            {
                "PNR": NUMBERS,
                "valid_from": ["2006-05-02"] * count,
                "match_category": list("123451234512"),
            }
        ),
        "interventions": pd.DataFrame(
            {
                "PNR": NUMBERS[:4],
                "kind": ["job-package", "mentor", "competence-card", "preparation-course"],
                "start": ["2007-01-08", "2007-01-15", "2007-02-05", "2007-03-05"],
                "end": ["2007-02-04", None, "2007-02-11", None],
                "company": ["Ærø Rengøring", "Grønt & Co", None, None],
                "sector": ["Rengøring", "Rengøring", None, None],
            }
        ),
        "municipalities": pd.DataFrame(
            {
                "municipality": ["901", "902"],
                "name": ["Nørhavn", "Ålekær"],
                "role": ["method", "comparison"],
                "inhabitants": ["20000", "30000"],
                "unemployment_pct": ["4,5", "3,25"],
                "minority_share_pct": ["8,0", "6,5"],
            }
        ),
        "population": pd.DataFrame(
            {
                "municipality": ["901", "902"],
                "reference": ["2007-01-01"] * 2,
                "group": ["immigrant"] * 2,
                "working_age": ["100", "200"],
                "employed": ["50", "100"],
                "unemployed": ["10", "20"],
                "outside_labour_force": ["40", "80"],
                "publicly_supported": ["30", "50"],
                "nychance_target_group": ["5", "9"],
            }
        ),
        "codes": pd.DataFrame(
            [
                ("730", "passive", "0", None, "0", None, None),
                ("733", "active", "1", "work-trial", "0", None, None),
                ("890", "sick", "0", None, "0", None, None),
                ("997", "emigrated", "0", None, "1", None, None),
                ("999", "dead", "0", None, "1", None, None),
            ],
            columns=["code", "state", "active", "step", "censoring", "valid_from", "valid_to"],
            dtype="object",
        ),
    }


def write_csv(frame, path, delimiter=";", encoding="utf-8", decimal=","):
    """Write a table of text with the delimiter, encoding and decimal mark asked for."""
    if decimal != ",":
        frame = frame.map(
            lambda value: (
                value.replace(",", decimal)
                if isinstance(value, str) and value[:1].isdigit()
                else value
            )
        )
    frame.to_csv(path, index=False, sep=delimiter, encoding=encoding, lineterminator="\n")


def typed(frame):
    """Give numbers as numbers and dates as dates, as the statistics programs have them."""
    made = {}
    for name in frame:
        text = frame[name]
        if name in ("FOEDDT", "valid_from", "valid_to", "start", "end", "reference"):
            made[name] = pd.to_datetime(text).astype("datetime64[ns]")
        elif name not in (
            "PNR",
            "KON",
            "LANDEGRUPPE",
            "kind",
            "company",
            "sector",
            "name",
            "role",
            "group",
            "state",
            "step",
        ):
            made[name] = pd.to_numeric(text.str.replace(",", "."))
        else:
            made[name] = text.astype("object")
    return pd.DataFrame(made)


def write(folder, content=None, **layout):
    """Write an extract as CSV."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in (content or tables()).items():
        write_csv(frame, folder / f"{name}.csv", **layout)
    return folder
