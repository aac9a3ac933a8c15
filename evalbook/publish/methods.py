"""The declared methods as readers and contributors see them: a list in the report, a reference.

`python -m evalbook.publish.methods FILE PACKAGE...` writes the reference below the marker in FILE.
"""

import importlib
import pkgutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from evalbook.files import write_whole
from evalbook.models.method import Method, declared_in
from evalbook.text.catalogue import SOURCE, tr
from evalbook.text.language import Language

MARKER: Final = (
    "<!-- Below: from the declarations beside the functions. `make measures` writes it. -->"
)
LINE: Final = tr("*Unit*: {unit}. *Interval*: {interval}. *Source*: {source}.")


def listed(methods: Mapping[str, Mapping[str, Any]], language: Language) -> str:
    """Return the methods of an edition's numbers as a definition list, in the order of numbers.

    Parameters
    ----------
    methods : mapping
        Function to its declaration, as notebooks leave it: see `Findings.record_number`.
    """
    blocks = []
    for said in methods.values():
        # A formula or a source may end with an abbreviation.
        formula, source = (said[part][language].rstrip(".") for part in ("formula", "source"))
        about = LINE[language].format(
            unit=said["unit"][language], interval=said["interval"][language], source=source
        )
        blocks.append(f"{said['name'][language]}\n:   {formula}.\n    {about}\n")
    return "\n".join(blocks)


def declared(packages: Iterable[str]) -> Iterator[Method]:
    """Yield every method that the modules of packages declare, in the order of their names."""
    for package in packages:
        folder = importlib.import_module(package).__path__
        names = sorted(each.name for each in pkgutil.walk_packages(folder, f"{package}."))
        for name in names:
            if not name.endswith("__main__"):
                yield from declared_in(importlib.import_module(name))


def reference(packages: Iterable[str]) -> str:
    """Return the reference of all declared methods: a section a module, a row a method."""
    rows: dict[str, list[str]] = {}
    for method in declared(packages):
        module, _, name = method.function.rpartition(".")
        said = method.within([SOURCE])
        parts = ("name", "formula", "unit", "interval", "source")
        cells = [*(said[part][SOURCE] for part in parts), f"`{name}`"]
        row = " | ".join(cell.replace("|", "\\|") for cell in cells)
        rows.setdefault(module, []).append(f"| {row} |")
    head = "| measure | formula | unit | interval | source | function |\n|---|---|---|---|---|---|"
    return "\n\n".join(
        [f"### `{module}`\n\n{head}\n" + "\n".join(lines) for module, lines in rows.items()]
    )


def main(place: Path, packages: Iterable[str]) -> None:
    """Write the reference below the marker in a file."""
    before, marker, _ = place.read_text(encoding="utf-8").partition(MARKER)
    write_whole(place, f"{before}{marker}\n\n{reference(packages)}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
