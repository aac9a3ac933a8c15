"""Each line of the brief is answered where `docs/coverage.md` says so."""

import html
import re
from dataclasses import dataclass

import pytest

from evalbook import plan, qualitative
from evalbook.plan.results import results
from tests.conftest import ROOT
from tests.lib.prose import Page

ROW = re.compile(
    r"^\| (?!Line of the brief|:)(.+?) \| (.+?) \| (.*?) ?\| `(.+?)` \|$", re.MULTILINE
)
ANSWER = re.compile(r"`([a-z-]+)(?:([#.])([\w-]+))?`(?: «([^»]+)»|(, quotation))?")
MONTHS = ("2007-09", "2009-03")
SEED = " ".join(
    (ROOT / "docs" / "seed.txt").read_text(encoding="utf-8").split("\N{NO-BREAK SPACE}")
)
LINES = [" ".join(line.replace("**", "").split()) for line in SEED.splitlines() if line.strip()]


@dataclass(frozen=True)
class Row:
    line: str
    answers: list[tuple[str, ...]]
    when: str
    test: str

    def is_due(self, checkpoint):
        first = re.search(r"from (\d)", self.when)
        activity = re.match(r"[a-z-]+(?=$|,)", self.when)
        late_enough = not first or checkpoint.number >= int(first[1])
        return late_enough and (not activity or activity[0] in checkpoint.activities)


ROWS = [
    Row(line, ANSWER.findall(answers), when, test)
    for line, answers, when, test in ROW.findall(
        (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
    )
]


def written(built, language, month, page):
    return (built.root / "_site" / language / month / f"{page}.html").read_text(encoding="utf-8")


def plain(text):
    """Read a page's words; what typesetting made of quotes and dots is undone."""
    typed = str.maketrans({"’": "'", "”": '"', "“": '"', "…": "..."})
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).translate(typed).split())


def test_no_line_is_left_out():
    assert len(ROWS) == len(LINES)
    for row, line in zip(ROWS, LINES, strict=True):
        shown, cut = re.subn(r" …$", "", row.line)
        assert line.startswith(shown) and (cut or line == shown), line
        assert row.answers, line


def test_every_test_named_is_there():
    for name in {row.test for row in ROWS}:
        file, _, function = name.partition("::")
        text = (ROOT / "tests" / file).read_text(encoding="utf-8")
        assert f"def {function}" in text, name


@pytest.mark.parametrize("month", MONTHS)
@pytest.mark.parametrize("language", ["da", "en"])
def test_every_answer_is_there(built, language, month):
    checkpoint = plan.load().checkpoint(month)
    found = {t.stem: results(built.root / "figures" / month / t.stem) for t in plan.load().themes}
    texts = {
        name: written(built, language, month, name)
        for row in ROWS
        for name, kind, *_ in row.answers
        if kind != "."
    }
    pages = {name: Page(text) for name, text in texts.items()}
    missing = []
    for row in filter(lambda row: row.is_due(checkpoint), ROWS):
        for name, kind, key, words, _ in row.answers:
            if kind == ".":
                there = key in found[name]["numbers"] or key in found[name]["labels"]
            elif kind == "#":
                there = key in pages[name].ids
            else:
                text = plain(texts[name])
                # The table quotes the Danish edition; the English page has to be there.
                there = words in text if words and language == "da" else len(text) > 200
            missing += [] if there else [(row.line, name, key or words)]
    assert missing == []


def test_every_activity_of_the_plan_is_due_somewhere():
    due = {row.when.split(",")[0] for row in ROWS}
    assert {"benchmarking", "flow-analysis"} <= due
    assert all(any(row.is_due(c) for row in ROWS) for c in plan.load().checkpoints)


def test_quotations_are_told_word_for_word(built):
    """A quotation is the brief's, but for corrected typing errors, and is on its theme's page."""
    known = {
        " ".join(q.da.split()): q for q in qualitative.quotations(None, plan.load().checkpoint(5))
    }
    quoted = [(row, line) for row, line in zip(ROWS, LINES, strict=True) if row.answers[0][4]]
    assert len(quoted) == sum(line[0] in '"”' for line in LINES) > 5
    for row, line in quoted:
        quotation = known[line[1:-1]]
        assert plain(quotation.printed) in plain(written(built, "da", "2007-09", row.answers[0][0]))


def test_plan_is_the_evaluations_own(built):
    """Month by month, the activities are those of the brief, and the plan's page shows them."""
    start = LINES.index("Evalueringens tids- og aktivitetsplan")
    told = " / ".join(LINES[start + 1 :])
    stems = {
        "benchmarking": "Benchmarking",
        "flow-analysis": "Flowanalyse",
        "municipality-interviews": "Kommuneinterviews",
        "case-studies": "Casestudium",
        "lbr-interviews": "Interviewrunde",
        "workshop": "Tværgående workshop",
        "supplementary-interviews": "Supplerende interviews",
    }
    for checkpoint, part in zip(
        plan.load().checkpoints, re.split(r"\d\. Evalueringsnedslag", told)[1:], strict=True
    ):
        assert {key for key, word in stems.items() if word in part} == set(checkpoint.activities)
        for language in ("da", "en"):
            page = plain(written(built, language, "2009-03", "plan"))
            assert all(
                plan.load().activities[key][language] in page for key in checkpoint.activities
            )
