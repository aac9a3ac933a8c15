"""The Quarto Markdown that every route carries; what is not carried is refused by name.

A construct that one renderer draws or hides and another prints would make two reports of one
chapter, or publish what was meant to be hidden. `docs/reference/chapters.md` lists what is carried.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from evalbook.errors import ChapterError, DisclosureError
from evalbook.publish.chapters import FRONT_MATTER, prose_of, read_text, without_comments
from evalbook.publish.expansion import own_includes
from evalbook.sdc.outputs import has_personal_number

CARRIED = ("include", "meta", "var", "pagebreak")
SHORTCODE = re.compile(r"\{\{<\s*([^\s>]*)")
CODE_FENCE = re.compile(r"^[ \t>]*(`{3,}|~{3,})[ \t]*(.*)$")
CELL = re.compile(r"\{+\s*([A-Za-z]\w*)")
INLINE_CELL = re.compile(r"(?<!`)`\{+(\w+)\}+[^`\n]*`(?!`)")
DIV = re.compile(r"^[ >]{0,3}:{3,}[ \t]*(.*?)[ \t]*:*[ \t]*$")
NUMBERED = re.compile(
    r"\{[^}\n]*#((?:lst|thm|lem|cor|prp|cnj|def|exm|exr|sol|rem|alg|nte|tip|wrn|imp|cau)-[\w-]+)"
)
PANEL = re.compile(r"#fig-[\w-]+")
PROFILE = re.compile(r"\b(?:when|unless)-profile\b")
PICTURE = re.compile(r"!\[[^\]\n]*\]\(\s*<?((?:https?:|data:)[^\s)>]*)")
TAGS = re.compile(r"<(script|iframe|video|audio|object|embed)\b", re.IGNORECASE)


class Problem(NamedTuple):
    """A construct that is not carried: its line, what it is, and what to write instead."""

    line: int
    what: str
    remedy: str


def check(path: Path, root: Path) -> None:
    """Check a chapter, and what it includes of the writer's own, before anything is made of it.

    Raises
    ------
    ChapterError
        If it holds what is not carried; the message names each with its line.
    DisclosureError
        If it holds what looks like a personal number, be it in a comment.
    """
    for each in [path, *own_includes(path, root)]:
        text = read_text(each)
        for number, line in enumerate(text.splitlines(), start=1):
            if has_personal_number(line):
                raise DisclosureError(
                    "this looks like a personal number",
                    where=f"{each}, line {number}",
                    remedy="Leave it out, or write it differently",
                )
        if problems := problems_of(text):
            raise ChapterError(
                "; ".join(f"line {problem.line}: {problem.what}" for problem in problems),
                where=each,
                remedy="; ".join(dict.fromkeys(problem.remedy for problem in problems)),
            )


def problems_of(text: str) -> list[Problem]:
    """List what a chapter's text holds that is not carried, by line."""
    front = FRONT_MATTER.match(text)
    skipped = front[0].count("\n") if front else 0
    body = without_comments("\n" * skipped + text[front.end() if front else 0 :])
    lines = body.split("\n")
    prose = prose_of(text).split("\n")
    return sorted([*_shortcodes(lines), *_blocks(lines), *_constructs(prose)])


def _shortcodes(lines: list[str]) -> Iterator[Problem]:
    for number, line in enumerate(lines, start=1):
        for name in SHORTCODE.findall(line):
            if name not in CARRIED:
                yield Problem(
                    number,
                    f"the shortcode '{name}' is not carried",
                    "Only include, meta, var and pagebreak are; write what it stands for",
                )


def _blocks(lines: list[str]) -> Iterator[Problem]:
    """Find cells, and blocks that are not closed."""
    fence, opened = "", 0
    divs: list[int] = []
    for number, line in enumerate(lines, start=1):
        code = CODE_FENCE.match(line)
        if fence:
            if code and code[1].startswith(fence) and not code[2]:
                fence = ""
            continue
        if code and "`" not in code[2]:
            fence, opened = code[1], number
            if cell := CELL.match(code[2]):
                yield Problem(
                    number,
                    f"a cell that Quarto would run or draw ({{{cell[1]}}})",
                    f"Let a notebook make it, or show code as ```{cell[1]}",
                )
            continue
        for name in INLINE_CELL.findall(line):
            yield Problem(
                number,
                f"code in a line that Quarto would run ({{{name}}})",
                "Record the value in a notebook and show it with {{< meta … >}}",
            )
        div = DIV.match(line)
        if div and div[1]:
            divs.append(number)
        elif div and divs:
            divs.pop()
        elif div:
            yield Problem(number, "`:::` closes nothing", "Leave it out, or open a block before it")
    if fence:
        yield Problem(opened, "a code block that is not closed", f"Close it with {fence}")
    yield from (
        Problem(number, "a block (`:::`) that is not closed", "Close it with `:::`")
        for number in divs
    )


def _constructs(lines: list[str]) -> Iterator[Problem]:
    for number, line in enumerate(lines, start=1):
        div = DIV.match(line)
        for name in NUMBERED.findall(line):
            yield Problem(
                number,
                f"'{name}' would be numbered by Quarto alone",
                "Only fig-, tbl-, eq- and sec- are numbered; leave the identifier out",
            )
        if div and (panel := PANEL.search(div[1])):
            yield Problem(
                number,
                f"'{panel[0][1:]}' is a panel of figures",
                "Let the notebook draw one figure of several panels",
            )
        if PROFILE.search(line):
            yield Problem(number, "content by profile", "Each language has chapters of its own")
        for address in PICTURE.findall(line):
            yield Problem(
                number,
                f"a picture that lies elsewhere ({address[:40]})",
                "Save it beside the chapter, so that the report holds what it shows",
            )
        for tag in TAGS.findall(line):
            yield Problem(
                number,
                f"<{tag}> is not carried into print",
                "Show a picture, and link to the rest",
            )
        if "<!--" in line:
            yield Problem(number, "a comment that is not closed", "Close it with `-->`")
