"""Tables sorted by person, read a person at a time, so that they are never held whole."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from nychance import columns as c
from nychance import extract
from nychance.extract import parse


def is_in_order(numbers: Iterable["pd.Series[str]"], *, once: bool) -> bool:
    """Return whether person numbers, some at a time, ascend, none missing.

    With `once` none may be there twice.
    """
    before = pd.Series(dtype="str")
    for part in numbers:
        if not ascends(before, part, once=once):
            return False
        before = part[-1:]
    return True


def ascends(before: "pd.Series[str]", numbers: "pd.Series[str]", *, once: bool) -> bool:
    """Return whether person numbers ascend from those before them; see `is_in_order`."""
    values = parse.plain(pa.array(pd.concat([before, numbers])))
    rises = pc.less if once else pc.less_equal
    return not values.null_count and bool(
        pc.all(rises(values[:-1], values[1:]), min_count=0).as_py()
    )


class InOrder:
    """A table of an extract whose persons ascend, read no further than it is asked for.

    Parameters
    ----------
    folder : Path
        The extract.
    name : str
        A key of `REQUIRED`.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._parts = extract.parts(folder, name)
        self._rest = next(self._parts)

    def until(self, number: str) -> pd.DataFrame:
        """Return the rows after the last ones up to and including a person's."""
        taken = []
        while (place := int(self._rest[c.PERSON].searchsorted(number, side="right"))) == len(
            self._rest
        ):
            taken.append(self._rest)
            following = next(self._parts, None)
            if following is None:
                place, self._rest = 0, self._rest.iloc[:0]
                break
            self._rest = following
        taken.append(self._rest.iloc[:place])
        self._rest = self._rest.iloc[place:]
        return pd.concat(taken, ignore_index=True)
