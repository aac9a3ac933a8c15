"""Chapters with their shortcodes replaced: includes, values, variables and page breaks."""

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from evalbook.publish.chapters import headings, read_text, with_anchors, without_comments
from evalbook.text.catalogue import tr
from evalbook.text.language import Language

SHORTCODE = re.compile(r"\{\{<\s*(include|meta|var|pagebreak)(?:\s+(\S+))?\s*>\}\}")
INCLUDE = re.compile(r"\{\{<\s*include\s+(\S+)\s*>\}\}")
IDENTIFIER = re.compile(r"\{#((?:fig|tbl|eq|sec)-[\w-]+)")
FENCE = re.compile(r"^:{3,}[ \t]*(.*)$")
CONDITION = re.compile(r'when-meta="([^"]+)"')
LATEST = "/figures/latest/"
MISSING_RESULT = tr("(missing)")
DEEPEST = 5
# As Quarto writes it.
PAGE_BREAK = """
```{=typst}
#pagebreak(weak: true)
```

```{=openxml}
<w:p><w:r><w:br w:type="page"/></w:r></w:p>
```

```{=html}
<div style="page-break-after: always;"></div>
```
"""


@dataclass(frozen=True)
class Expander:
    """Puts includes and values into chapters, and marks those that are missing.

    Parameters
    ----------
    figures : Path
        What `/figures/latest` stands for.
    values : mapping
        As made by `evalbook.publish.values.edition_values`.
    failed : set of str
        Themes whose results are missing because their notebook failed; these leave a visible mark.
    root : Path
        The project, in which includes with a leading stroke begin.
    variables : mapping
        The content of the project's `_variables.yml`.
    later : mapping
        Values of activities that are not due yet (`THEME.KEY`, in which `*` stands for anything),
        each with the condition under which a chapter may state it.
    """

    figures: Path
    values: Mapping[str, Any]
    language: Language
    failed: Set[str] = frozenset()
    root: Path = Path()
    variables: Mapping[str, Any] | None = None
    later: Mapping[str, str] = field(default_factory=dict)

    def expand(self, text: str, folder: Path | None = None, depth: int = 0) -> str:
        """Return a text with its shortcodes replaced.

        What does not exist becomes a `.missing` span that the Lua filter refuses.

        Parameters
        ----------
        folder : Path, optional
            The chapter's, in which its own includes begin.
        """
        here = folder or self.root

        def replaced(match: re.Match[str]) -> str:
            kind, name = match.groups()
            if kind == "pagebreak":
                return PAGE_BREAK
            if kind == "include":
                return self._include(name or "", here, depth)
            if kind == "var":
                return self._variable(name or "")
            return self._value(name or "")

        return SHORTCODE.sub(replaced, text)

    def identifiers(self, text: str, folder: Path | None = None) -> list[str]:
        """List what can be referred to in a chapter, in order, its includes read.

        Not what stands in blocks that the edition hides.
        """
        return IDENTIFIER.findall(self.visible(self.expand(text, folder)))

    def sections(self, text: str, folder: Path | None = None) -> dict[str, str]:
        """Return the titles of a chapter's sections that can be referred to."""
        found = headings(self.visible(self.expand(text, folder)))
        named = ((IDENTIFIER.match(attributes), title) for _, title, attributes in found)
        return {match[1]: title for match, title in named if match}

    def visible(self, text: str) -> str:
        """Return a text without the blocks that the Lua filter drops; lines keep their numbers."""
        lines, shown = [], [True]
        for line in text.splitlines():
            fence = FENCE.match(line)
            if fence and fence[1]:
                shown.append(shown[-1] and self._is_shown(fence[1]))
            lines.append(line if shown[-1] else "")
            if fence and not fence[1] and len(shown) > 1:
                shown.pop()
        return "\n".join(lines)

    def _is_shown(self, attributes: str) -> bool:
        condition = CONDITION.search(attributes)
        return condition is None or (_looked_up(self.values, condition[1]) is True) != (
            ".content-hidden" in attributes
        )

    def _include(self, name: str, folder: Path, depth: int) -> str:
        if not name.startswith(LATEST):
            path = own_path(name, folder, self.root)
            if path.is_file() and path.is_relative_to(self.root.resolve()) and depth < DEEPEST:
                text = without_comments(read_text(path))
                return self.expand(with_anchors(text, text), folder, depth + 1)
            return f'[?]{{.missing name="{name}"}}'
        relative = name.removeprefix(LATEST)
        path = self.figures / relative
        if path.is_file():
            return path.read_text(encoding="utf-8")
        if relative.split("/")[0] in self.failed:
            return f"*{MISSING_RESULT[self.language]}*"
        return f'[?]{{.missing name="{name}"}}'

    def _variable(self, key: str) -> str:
        value = _looked_up(self.variables or {}, key)
        return f'[?]{{.missing name="{key}"}}' if value is None else str(value)

    def _value(self, key: str) -> str:
        value = _looked_up(self.values, key)
        if isinstance(value, str):
            return value
        if key.split(".")[0] in self.failed:
            return MISSING_RESULT[self.language]
        named = ".".join(key.split(".")[:2])
        due = next((self.later[each] for each in self.later if fnmatchcase(named, each)), "")
        condition = f' due="{due}"' if due else ""
        return f'[?]{{.missing name="{key}"{condition}}}'


def own_path(name: str, folder: Path, root: Path) -> Path:
    """Return the file that a chapter names, from the project (`/…`) or from its own folder."""
    return (root / name[1:] if name.startswith("/") else folder / name).resolve()


def own_includes(path: Path, root: Path) -> Iterator[Path]:
    """Yield the files of the writer's own that a chapter includes, and those that these include."""
    found, waiting = {path.resolve()}, [path]
    while waiting:
        for name in INCLUDE.findall(without_comments(read_text(waiting.pop()))):
            included = own_path(name, path.parent, root)
            if not name.startswith(LATEST) and included.is_file() and included not in found:
                found.add(included)
                waiting.append(included)
                yield included


def _looked_up(values: Mapping[str, Any], key: str) -> Any:
    value: Any = values
    for part in key.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
