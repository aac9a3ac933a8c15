"""The notebooks' figures and tables in chapters, and what pages say of them besides their captions.

A chapter shows a drawing as a picture, `![Caption.](/figures/latest/THEME/NAME.en.svg){#fig-NAME}`,
and a table as a block, `::: {#tbl-NAME}`, that includes `/figures/latest/THEME/NAME.en.md` above
its caption. The rest comes from the notebook's results.
"""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from evalbook.errors import ChapterError
from evalbook.publish.chapters import prose_of, read_text
from evalbook.publish.expansion import Expander, own_includes
from evalbook.publish.plain_tables import with_plain_tables
from evalbook.publish.values import WORDS, Results
from evalbook.report.markdown import escaped
from evalbook.report.pipe_table import stored_table
from evalbook.text.language import Language

PLACE: Final = (
    r"/figures/latest/(?P<theme>[\w-]+)/(?P<name>[^_/\s.][\w-]*)\.(?P<language>[a-z]{2,3})"
)
DRAWING: Final = re.compile(
    rf"(?P<empty>!\[\s*)?\]\(\s*<?{PLACE}\.svg>?[^)]*\)(?:\{{(?P<attributes>[^}}]*)\}})?"
)
ROWS: Final = re.compile(rf"\{{\{{<\s*include\s+{PLACE}\.md\s*>\}}\}}")
BLOCK: Final = re.compile(
    r"^:{3,}[ \t]*\{(?P<attributes>[^}\n]*#tbl-[^}\n]*)\}[ \t]*\n(?P<body>.*?)^:{3,}[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
# As chapters showed them before captions stood there.
FORMER: Final = re.compile(
    r"\{\{<\s*include\s+/figures/latest/(?P<theme>[\w-]+)/"
    r"_(?P<kind>fig|tbl)-(?P<name>[\w-]+)\.(?P<language>[a-z]{2,3})\.md"
)
IDENTIFIER: Final = re.compile(r"#((?:fig|tbl)-[\w-]+)")
KINDS: Final = {"fig": "figures", "tbl": "tables"}
WRITTEN: Final = {
    "fig": "![Caption.](/figures/latest/{theme}/{name}.{language}.svg){{#fig-{name}}}",
    "tbl": "::: {{#tbl-{name}}} with "
    "{{{{< include /figures/latest/{theme}/{name}.{language}.md >}}}}, an empty line, "
    "the caption, and :::",
}
WORD: Final = {"fig": "figure", "tbl": "table"}


class Exhibit(NamedTuple):
    """A notebook's figure or table as a chapter shows it.

    Attributes
    ----------
    kind : str
        `fig` or `tbl`.
    identifier : str
        What chapters refer to it by, such as `fig-targets`; empty where it has none.
    captioned : bool
        Whether the chapter gives it a caption.
    """

    kind: str
    identifier: str
    theme: str
    name: str
    language: Language
    captioned: bool
    line: int

    @property
    def made(self) -> str:
        """What its notebook calls it among figures and tables."""
        return f"{self.kind}-{self.name}"


def exhibits(text: str) -> list[Exhibit]:
    """List a chapter's figures and tables of notebooks, in order; `text` is the whole file."""
    return sorted([*_drawings(text), *_tables(text)], key=lambda exhibit: exhibit.line)


def check(
    path: Path, plain: Expander, found: Mapping[str, Results], themes: Sequence[str]
) -> list[Exhibit]:
    """Check a chapter's figures and tables before anything is made; return those that it shows.

    Parameters
    ----------
    plain : Expander
        Knows what the edition hides, and which themes failed.
    found : mapping
        Theme to its results.
    themes : sequence of str
        The themes of the plan.

    Raises
    ------
    ChapterError
        If one has no caption or no identifier, is of another language, or no notebook makes it; the
        message names each with its line.
    """
    shown = []
    for each in [path, *own_includes(path, plain.root)]:
        text = plain.visible(prose_of(read_text(each)))
        here = exhibits(text)
        problems = [
            *_former(text),
            *(
                (exhibit.line, *problem)
                for exhibit in here
                if (problem := _problem(exhibit, plain, found, themes))
            ),
        ]
        if problems:
            raise ChapterError(
                "; ".join(f"line {line}: {what}" for line, what, _ in problems),
                where=each,
                remedy="; ".join(dict.fromkeys(remedy for *_, remedy in problems)),
            )
        shown += here
    return shown


def completion(
    exhibit: Exhibit, found: Results, language: Language, latest: Path
) -> dict[str, str]:
    """Return what pages say of a figure or table, or the `notice` in its place.

    These are `alt`, `source`, the numbers `behind`, and where there is one, the drawing for a
    `narrow` screen.
    """
    entry = found[KINDS[exhibit.kind]].get(exhibit.name)
    if entry is None:
        return {"notice": escaped(found["notices"][exhibit.name][language])}
    said = {key: entry[key][language] for key in ("alt", "source") if key in entry}
    # Filters read it as Markdown, where the alternative text is an attribute's value.
    if "source" in said:
        said["source"] = escaped(said["source"])
    if exhibit.kind == "fig" and entry.get("data"):
        table = stored_table(entry["data"], language)
        said["behind"] = with_plain_tables(f"{table}\n", WORDS["table"][language])
    narrow = f"{exhibit.theme}/{exhibit.name}.{language}.narrow.svg"
    if exhibit.kind == "fig" and (latest / narrow).is_file():
        said["narrow"] = f"figures/latest/{narrow}"
    return said


def write_notices(found: Mapping[str, Results], latest: Path) -> None:
    """Write, where chapters would include what a notebook has not made, why there is none."""
    for theme, result in found.items():
        for name, said in result.get("notices", {}).items():
            for language, text in said.items():
                title = f'title="{WORDS["notice"][language]}"'
                block = f"::: {{.callout-note .not-yet {title}}}\n{escaped(text)}\n:::\n"
                for stem in (name, f"_{name}"):
                    path = latest / theme / f"{stem}.{language}.md"
                    if not path.exists():
                        path.write_text(block, encoding="utf-8")


def _former(text: str) -> Iterator[tuple[int, str, str]]:
    for match in FORMER.finditer(text):
        what = f"'{match['kind']}-{match['name']}' is included as captions stood in notebooks"
        written = WRITTEN[match["kind"]].format(**match.groupdict())
        yield _line(text, match), what, f"Write it with its caption: {written}"


def _problem(
    exhibit: Exhibit, plain: Expander, found: Mapping[str, Results], themes: Sequence[str]
) -> tuple[str, str] | None:
    """Return what is wrong with a figure or table, and the remedy."""
    what = f"the {WORD[exhibit.kind]} '{exhibit.name}'"
    written = WRITTEN[exhibit.kind].format(
        theme=exhibit.theme, name=exhibit.name, language=plain.language
    )
    if not exhibit.identifier:
        return f"{what} has no identifier", f"Write it as {written}"
    if not exhibit.captioned:
        return f"{what} has no caption", f"Write it as {written}"
    if exhibit.language != plain.language:
        return f"{what} is in '{exhibit.language}'", f"Show the one in '{plain.language}'"
    if exhibit.theme not in themes:
        return f"{what} is of no theme '{exhibit.theme}'", f"Themes are {', '.join(themes)}"
    if exhibit.theme in plain.failed:
        return None
    result = found[exhibit.theme]
    known = [*result[KINDS[exhibit.kind]], *result.get("notices", {})]
    if exhibit.name in known:
        return None
    close = difflib.get_close_matches(exhibit.name, known, n=1)
    guess = f"Did you mean '{close[0]}'? " if close else ""
    return (
        f"no notebook makes {what} of '{exhibit.theme}'",
        f"{guess}Correct its name, or let the notebook make it",
    )


def _drawings(text: str) -> Iterator[Exhibit]:
    for match in DRAWING.finditer(text):
        identifier = IDENTIFIER.search(match["attributes"] or "")
        yield _exhibit("fig", identifier, match, text, captioned=match["empty"] is None)


def _tables(text: str) -> Iterator[Exhibit]:
    blocks = list(BLOCK.finditer(text))
    for match in ROWS.finditer(text):
        block = next((b for b in blocks if b.start() < match.start() < b.end()), None)
        identifier = IDENTIFIER.search(block["attributes"]) if block else None
        captioned = block is None or bool(ROWS.sub("", block["body"]).strip())
        yield _exhibit("tbl", identifier, match, text, captioned=captioned)


def _exhibit(
    kind: str, identifier: re.Match[str] | None, match: re.Match[str], text: str, *, captioned: bool
) -> Exhibit:
    name = identifier[1] if identifier and identifier[1].startswith(f"{kind}-") else ""
    return Exhibit(
        kind, name, match["theme"], match["name"], match["language"], captioned, _line(text, match)
    )


def _line(text: str, match: re.Match[str]) -> int:
    return text.count("\n", 0, match.start()) + 1
