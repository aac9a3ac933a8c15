"""What a notebook is told about protection when it runs, and what it leaves for the audit.

The runner tells it through a private file which rows to hide besides and with which secret to
choose; the notebook leaves its ledger beside it. Both lie in the project's own memory, are readable
by their owner only, and are never published.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from evalbook.files import private_file
from evalbook.sdc.leaks import Leak
from evalbook.sdc.ledger import Ledger

# In a notebook's environment: the folder with the two files.
PLACE: Final = "EVALBOOK_PROTECTION"
ORDERS: Final = "orders.json"
LEDGER: Final = "ledger.npz"


@dataclass(frozen=True)
class Orders:
    """Rows to hide in any case, and the secret that decides among near-equal choices."""

    hidden: tuple[str, ...] = ()
    secret: bytes = b""
    place: Path | None = None

    @classmethod
    def given(cls) -> "Orders":
        """Read what the runner has said; a notebook that is run by hand has no orders."""
        place = os.environ.get(PLACE)
        if not place:
            return cls()
        told = json.loads((Path(place) / ORDERS).read_text(encoding="utf-8"))
        return cls(tuple(told["hidden"]), bytes.fromhex(told["secret"]), Path(place))

    def write(self, place: Path) -> None:
        """Write them for a notebook."""
        said = json.dumps({"hidden": self.hidden, "secret": self.secret.hex()})
        with private_file(place / ORDERS) as file:
            file.write(said.encode())

    def keep(self, ledger: Ledger) -> None:
        """Leave a notebook's ledger for the audit."""
        if self.place is not None:
            ledger.save(self.place / LEDGER)


@dataclass(frozen=True)
class Shelf:
    """Where a project keeps its notebooks' ledgers, and the rows hidden for others' sake.

    Attributes
    ----------
    place : Path
        A private folder.
    """

    place: Path

    @classmethod
    def of(cls, root: Path, data: Path) -> "Shelf":
        """Return that of a project and an extract: other persons have rows of their own."""
        here, there = root.resolve(), data.resolve()
        # A project that is moved takes its own extract along.
        named = there.relative_to(here) if there.is_relative_to(here) else there
        extract = hashlib.sha256(named.as_posix().encode()).hexdigest()[:12]
        return cls(root / ".evalbook" / "protection" / extract)

    def hidden(self, checkpoint: str, theme: str) -> tuple[str, ...]:
        """Return the rows that audits have hidden in a notebook's results."""
        file = self._folder(checkpoint, theme) / ORDERS
        return tuple(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else ()

    def hide(self, leaks: Iterable[Leak]) -> None:
        """Take rows in that are to be hidden from now on."""
        by_notebook: dict[tuple[str, str], set[str]] = {}
        found = list(leaks)
        for leak in found:
            by_notebook.setdefault((leak.checkpoint, leak.theme), set()).add(leak.row)
        for (checkpoint, theme), rows in by_notebook.items():
            every = sorted(rows | set(self.hidden(checkpoint, theme)))
            with private_file(self._folder(checkpoint, theme) / ORDERS) as file:
                file.write(json.dumps(every).encode())
        with self.log.open("a", encoding="utf-8") as log:
            log.writelines(
                f"{leak.checkpoint} {leak.theme}: '{leak.row}' is hidden: {leak.reason}\n"
                for leak in found
            )

    @property
    def log(self) -> Path:
        """The file that names the rows hidden for others' sake, and why; never a value."""
        return self.place / "hidden.txt"

    def take(self, place: Path, checkpoint: str, theme: str) -> None:
        """Take the ledger that a notebook has left in a folder; one that has left none has none."""
        kept = self._folder(checkpoint, theme) / LEDGER
        kept.unlink(missing_ok=True)
        if (place / LEDGER).is_file():
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(place / LEDGER, kept)

    def files(self) -> dict[tuple[str, str], Path]:
        """Return the ledgers' files, by checkpoint and theme."""
        found = sorted(self.place.glob(f"*/*/{LEDGER}"))
        return {(path.parent.parent.name, path.parent.name): path for path in found}

    def ledgers(self) -> dict[tuple[str, str], Ledger]:
        """Read all ledgers, by checkpoint and theme."""
        return {key: Ledger.load(path) for key, path in self.files().items()}

    def _folder(self, checkpoint: str, theme: str) -> Path:
        return self.place / checkpoint / theme
