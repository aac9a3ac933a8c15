"""A register kept in one file: NumPy arrays, with each table as an Arrow stream among them."""

import os
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from evalbook.plan import Checkpoint
from evalbook.plan.programme import VINTAGE
from nychance.register.register import Register
from nychance.register.runs import Runs
from nychance.register.states import Situations

FILE: Final = "register.npz"
FRAMES: Final = ("persons", "residence", "match", "interventions", "municipalities", "population")
RUNS: Final = Runs._fields
SITUATIONS: Final = ("state", "active", "step", "censoring")


def save(register: Register, path: Path, folder: Path, checkpoint: Checkpoint) -> None:
    """Write a register, with the extract and the checkpoint that it was read from and for."""
    arrays: dict[str, NDArray[np.generic]] = {
        "read_from": np.array(str(folder.resolve())),
        "checkpoint": np.array(checkpoint.month),
        "weeks": register.weeks.to_numpy(),
        "situation": register.situation,
        "synthetic": np.array(register.synthetic),
        "unknown_codes": _stream(register.unknown_codes.to_frame("count")),
    }
    arrays |= {f"run_{name}": getattr(register.spells, name) for name in RUNS}
    arrays |= {f"is_{name}": getattr(register.situations, name) for name in SITUATIONS}
    arrays |= {name: _stream(getattr(register, name)) for name in FRAMES}
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def load(folder: Path, checkpoint: Checkpoint) -> Register | None:
    """Read the register that a runner has kept.

    None where there is none of this extract and checkpoint.
    """
    place = os.environ.get(VINTAGE)
    if not place:
        return None
    with np.load(Path(place) / FILE, allow_pickle=False) as kept:
        if (str(kept["read_from"]), str(kept["checkpoint"])) != (
            str(folder.resolve()),
            checkpoint.month,
        ):
            return None
        frames = {name: _frame(kept[name]) for name in FRAMES}
        counts: pd.Series[int] = _frame(kept["unknown_codes"])["count"]
        return Register(
            weeks=pd.DatetimeIndex(kept["weeks"]),
            spells=Runs(*(kept[f"run_{name}"] for name in RUNS)),
            situation=kept["situation"],
            situations=Situations(*(kept[f"is_{name}"] for name in SITUATIONS)),
            unknown_codes=counts,
            synthetic=bool(kept["synthetic"]),
            **frames,
        )


def _stream(frame: pd.DataFrame) -> NDArray[np.uint8]:
    table = pa.Table.from_pandas(frame)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return np.frombuffer(sink.getvalue(), dtype=np.uint8)


def _frame(stream: NDArray[np.uint8]) -> pd.DataFrame:
    frame: pd.DataFrame = pa.ipc.open_stream(pa.py_buffer(stream)).read_all().to_pandas()
    return frame
