"""Digests of what came of each table of an extract: the same digest means the same results."""

import hashlib

import pandas as pd

from nychance import columns as c
from nychance.register.register import Register


def digests(register: Register) -> dict[str, str]:
    """Return a digest of each table, by its name; codes count as what they stand for."""
    kinds = register.situations
    said = (
        values[register.situation]
        for values in (kinds.state, kinds.active, kinds.step, kinds.censoring)
    )
    arrays = (*register.spells, *said, register.weeks.to_numpy())
    dream = hashlib.sha256(register.unknown_codes.to_json().encode())
    for array in arrays:
        dream.update(array.tobytes())
    frames = {
        c.PERSONS: register.persons,
        c.RESIDENCE: register.residence,
        c.MATCH: register.match,
        c.INTERVENTIONS: register.interventions,
        c.MUNICIPALITIES: register.municipalities,
        c.POPULATION: register.population,
    }
    return {c.DREAM: dream.hexdigest()} | {name: _of(frame) for name, frame in frames.items()}


def _of(frame: pd.DataFrame) -> str:
    return hashlib.sha256(pd.util.hash_pandas_object(frame).to_numpy().tobytes()).hexdigest()
