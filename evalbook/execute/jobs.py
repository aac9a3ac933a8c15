"""A job: one notebook at one checkpoint, with everything that its run needs to know."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evalbook.execute import CELL_SECONDS
from evalbook.execute.known import known_digest
from evalbook.execute.prepared import Prepared
from evalbook.execute.record import fingerprint
from evalbook.plan import Checkpoint


@dataclass(frozen=True, eq=False)
class Job:
    """One notebook at one checkpoint, with its parameters checked.

    Attributes
    ----------
    root : Path
        The project; results go to `figures/<checkpoint>/<theme>/` under it.
    data : Path
        The extract.
    prepared : Prepared
        The register, read already.
    cell_seconds : int
        The longest that a cell may take.
    circumstances : dict
        Versions and git state, for the record.
    """

    theme: str
    checkpoint: Checkpoint
    notebook: Path
    parameters: dict[str, Any]
    root: Path
    data: Path
    prepared: Prepared
    cell_seconds: int = CELL_SECONDS
    circumstances: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """How the job is called in messages."""
        return f"{self.theme} {self.checkpoint.month}"

    @property
    def place(self) -> Path:
        """Where its results are."""
        return self.root / "figures" / self.checkpoint.month / self.theme

    def inputs_now(self, paths: list[Path]) -> dict[str, str]:
        """Digest files as the checkpoint may know them.

        The register counts as the tables that it was made from.
        """
        digests: dict[str, str] = {}
        for path in paths:
            if self.prepared.holds(path):
                digests |= {
                    self.named(table): digest
                    for table, digest in (self.prepared.tables or {}).items()
                }
            else:
                digests[self.named(path)] = known_digest(path, self.checkpoint)
        return dict(sorted(digests.items()))

    def files(self, paths: list[Path]) -> dict[str, dict[str, Any]]:
        """Give the SHA-256 and the size of files as they lie there.

        For the register those of the extract's files.
        """
        kept = self.prepared
        read = {
            table for path in paths for table in (kept.tables or [] if kept.holds(path) else [path])
        }
        return {self.named(path): fingerprint(path) for path in sorted(read) if path.is_file()}

    def named(self, path: Path) -> str:
        """Name a file from the project's root where it lies in it."""
        return (
            path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)
        )
