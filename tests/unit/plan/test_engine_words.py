"""The engine says nothing of this programme."""

import re

import pytest

from evalbook.paths import PACKAGE

WORDS = re.compile(
    r"municipal|\bdream\b|minorit|staircase|kommun|immigrant|descendants", re.IGNORECASE
)
FILES = [
    path
    for path in sorted(PACKAGE.rglob("*"))
    if path.suffix in (".py", ".lua", ".typ", ".html", ".js", ".css", ".po")
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_word_of_the_programme(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if WORDS.search(line)] == []
