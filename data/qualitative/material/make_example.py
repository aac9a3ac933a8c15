"""Draw the example of coded material: the same five tables each time.

Nothing in it was said by anybody, and nobody has these competences. The municipalities are the
demonstration's invented ones; passages have no words.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import yaml

HERE = Path(__file__).parent
PLACES = [
    "Nørhavn",
    "Ålekær",
    "Hasselfjord",
    "Brombærvig",
    "Østerfold",
    "Lærkesund",
    "Kløverhøjby",
    "Tranefjord",
]
OFFICE = ["management", "case-worker", "case-worker", "company-consultant", "company", "company"]
# month, day, activity, municipalities, whom
ROUNDS = [
    ("2007-09", 12, "municipality-interviews", PLACES, OFFICE),
    ("2008-03", 5, "lbr-interviews", PLACES, ["lbr"] * 5),
    ("2008-03", 11, "case-studies", PLACES[:2], [*OFFICE, "company-consultant"]),
    ("2008-09", 9, "case-studies", PLACES[2:4], [*OFFICE, "company-consultant"]),
    ("2009-03", 4, "case-studies", PLACES[4:5], [*OFFICE, "company-consultant"]),
    ("2009-03", 10, "supplementary-interviews", PLACES, OFFICE[:5]),
]
# How often a theme comes up, by role, in the order of the themes in material.yml.
WEIGHTS = {
    "management": [1, 1, 3, 1, 2],
    "case-worker": [3, 3, 1, 2, 1],
    "company-consultant": [2, 2, 3, 2, 1],
    "company": [2, 1, 3, 2, 1],
    "lbr": [2, 1, 3, 1, 2],
}
# Codes that often go together.
NEAR = {
    "competence-card": "company-cooperation",
    "asymmetric-profiles": "group-learning",
    "group-learning": "asymmetric-profiles",
    "staircase": "hand-held",
    "company-cooperation": "competence-card",
    "prestige": "public-attention",
    "sickness": "hand-held",
}
RARER = 0.4  # each code of a theme comes up so much less often than the one before it
DOUBLE_CODED = 0.25
SLIP = 0.12  # how often the second coder sees another code
PASSAGES = 5
# When partners of the person's and the workplace's side join in, and how often a municipality ties
# up with them.
PARTNERS = {
    "Boligsocial indsats": ("2007-09", 0.10),
    "Mentornetværk": ("2008-01", 0.14),
    "Virksomhedsforum": ("2008-03", 0.12),
}
# A competence area's mean level before clarification, and what clarification brings to light.
AREAS = {
    "danish": (2.5, 0.2),
    "general": (2.6, 0.25),
    "vocational": (2.3, 0.6),
    "practical": (2.5, 1.0),
    "social": (3.1, 0.5),
    "personal": (2.9, 0.4),
}
# How many are clarified in the time before each checkpoint.
CLARIFIED = {
    ("2007-10-01", "2008-01-31"): 34,
    ("2008-02-01", "2008-03-31"): 38,
    ("2008-04-01", "2008-09-30"): 61,
    ("2008-10-01", "2009-03-31"): 58,
}
# How many exchanges between municipalities, and how often they reach what, how and why.
EXCHANGED = {
    ("2007-06-01", "2007-09-30"): (6, [0.8, 0.2, 0.0]),
    ("2007-10-01", "2008-01-31"): (8, [0.6, 0.3, 0.1]),
    ("2008-02-01", "2008-03-31"): (9, [0.45, 0.4, 0.15]),
    ("2008-04-01", "2008-09-30"): (16, [0.35, 0.4, 0.25]),
    ("2008-10-01", "2009-03-31"): (19, [0.2, 0.45, 0.35]),
}
METHODS = ["staircase", "job-package", "competence-card", "mentor", "preparation-course"]


def main() -> None:
    """Draw and write."""
    rng = np.random.default_rng(20070901)
    codes = yaml.safe_load((HERE / "material.yml").read_text(encoding="utf-8"))["codes"]
    themes = list(dict.fromkeys(code["theme"] for code in codes))
    by_theme = {
        theme: [code["key"] for code in codes if code["theme"] == theme] for theme in themes
    }
    talks, codings = [], []
    for month, day, activity, places, roles in ROUNDS:
        for place in places:
            for number, role in enumerate(roles, 1):
                talk = f"{month} {activity} {place} {number}"
                talks.append(
                    (talk, place, role, activity, f"{month}-{day + int(rng.integers(0, 10)):02d}")
                )
                twice = rng.random() < DOUBLE_CODED
                weights = np.array(WEIGHTS[role]) / sum(WEIGHTS[role])
                for passage in range(PASSAGES):
                    place_in_talk = (passage * 400, passage * 400 + 380)
                    theme = rng.choice(themes, p=weights)
                    often = RARER ** np.arange(len(by_theme[theme]))
                    seen = [str(rng.choice(by_theme[theme], p=often / often.sum()))]
                    if seen[0] in NEAR and rng.random() < 0.35:
                        seen.append(NEAR[seen[0]])
                    elif rng.random() < 0.1:
                        seen.append(
                            str(
                                rng.choice(
                                    [code["key"] for code in codes if code["key"] not in seen]
                                )
                            )
                        )
                    codings += [(talk, "coder-1", code, *place_in_talk, "") for code in seen]
                    if twice:
                        others = [
                            str(rng.choice([c["key"] for c in codes]))
                            if rng.random() < SLIP
                            else code
                            for code in seen
                        ]
                        codings += [
                            (talk, "coder-2", code, *place_in_talk, "")
                            for code in dict.fromkeys(others)
                        ]
    _write(talks, ["talk", "municipality", "role", "activity", "date"], "talks-example.csv")
    _write(codings, ["talk", "coder", "code", "start", "end", "text"], "codings-example.csv")
    known = ties(rng)
    _write(
        known + sides(np.random.default_rng(20070902)),
        ["date", "ended", "one", "other", "kind"],
        "ties-example.csv",
    )
    _write(
        profiles(np.random.default_rng(20070903)),
        ["profile", "clarified", "area", "before", "after"],
        "profiles-example.csv",
    )
    _write(
        exchanges(np.random.default_rng(20070904)),
        ["date", "giver", "receiver", "method", "depth"],
        "exchanges-example.csv",
    )


def ties(rng: np.random.Generator) -> list[tuple[str, str, str, str, str]]:
    """Draw ties: a partnership from the start, and knowledge sharing that grows."""
    partners = ["Partnerskabsgruppen", "Lønmodtagerside", "Arbejdsgiverside", "Erhvervsråd"]
    drawn = [("2007-06-01", "", partners[0], place, "partnership") for place in PLACES]
    drawn += [("2007-06-01", "", partners[0], partner, "partnership") for partner in partners[1:]]
    for month, chance in (
        ("2007-09", 0.08),
        ("2008-01", 0.08),
        ("2008-03", 0.12),
        ("2008-09", 0.15),
        ("2009-03", 0.15),
    ):
        for i, one in enumerate(PLACES):
            for other in PLACES[i + 1 :]:
                known = any({one, other} == {tie[2], tie[3]} for tie in drawn)
                if not known and rng.random() < chance:
                    drawn.append((f"{month}-01", "", one, other, "knowledge-sharing"))
            if rng.random() < chance:
                drawn.append((f"{month}-01", "", one, str(rng.choice(partners[1:])), "partnership"))
    return list(dict.fromkeys(drawn))


def sides(rng: np.random.Generator) -> list[tuple[str, str, str, str, str]]:
    """Draw ties of the partners who join later, with municipalities and with each other."""
    drawn = []
    for partner, (joined, chance) in PARTNERS.items():
        for month in ("2007-09", "2008-01", "2008-03", "2008-09", "2009-03"):
            known = {tie[2] for tie in drawn if tie[3] == partner}
            for place in [p for p in PLACES if p not in known] if month >= joined else []:
                if rng.random() < chance:
                    drawn.append((f"{month}-01", "", place, partner, "partnership"))
    drawn.append(("2008-03-01", "", "Lønmodtagerside", "Virksomhedsforum", "partnership"))
    drawn.append(("2008-09-01", "", "Mentornetværk", "Virksomhedsforum", "partnership"))
    drawn.append(("2009-03-01", "", "Boligsocial indsats", "Erhvervsråd", "partnership"))
    return drawn


def profiles(rng: np.random.Generator) -> list[tuple[int, str, str, int, int]]:
    """Draw competence profiles: levels 1 to 5 by area, before and after.

    Who is good at something is not good at everything.
    """
    drawn = []
    for (first, last), people in CLARIFIED.items():
        for day in sorted(rng.choice(pd.bdate_range(first, last), people)):
            number = 1 + len(drawn) // len(AREAS)
            for area, (level, found) in AREAS.items():
                before = int(np.clip(round(level + rng.normal(0, 0.75)), 1, 5))
                after = int(np.clip(round(before + rng.normal(found, 0.5)), 1, 5))
                drawn.append((number, f"{pd.Timestamp(day):%Y-%m-%d}", area, before, after))
    return drawn


def exchanges(rng: np.random.Generator) -> list[tuple[str, str, str, str, str]]:
    """Draw exchanges on methods, which move from what is done to how and why."""
    drawn = []
    for (first, last), (number, often) in EXCHANGED.items():
        for day in sorted(rng.choice(pd.bdate_range(first, last), number)):
            giver, receiver = rng.choice(PLACES, 2, replace=False)
            depth = rng.choice(["what", "how", "why"], p=often)
            drawn.append(
                (
                    f"{pd.Timestamp(day):%Y-%m-%d}",
                    str(giver),
                    str(receiver),
                    str(rng.choice(METHODS)),
                    str(depth),
                )
            )
    return drawn


def _write(rows: list[tuple[object, ...]], columns: list[str], name: str) -> None:
    pd.DataFrame(rows, columns=columns).to_csv(HERE / name, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
