"""What was built in, for tests of the estimators; no notebook may read it."""

from dataclasses import asdict
from datetime import date
from typing import Any

from nychance.synthesize.extract_tables import MISSING, OTHER_CODE_SHARES
from nychance.synthesize.settings import BASELINE, BEGINNINGS, DIFFERENCES, HAZARDS
from nychance.synthesize.states import State
from nychance.synthesize.treatment_effects import Effects


def built_in(persons: int, seed: int, effects: Effects, start: date) -> dict[str, Any]:
    """Return what was built in.

    Parameters
    ----------
    persons, seed : int
        Size and seed of the extract.
    effects : Effects
        What the programme does.
    start : date
        When the method municipalities begin.
    """
    return {
        "notice": "What was built in. For tests of the estimators only: no notebook may read "
        "this file.",
        "seed": seed,
        "persons": persons,
        "effects_built_in": effects != Effects.none(),
        "method_start": start,
        "effects": effects.described(),
        "differences": {name: asdict(found) for name, found in DIFFERENCES.items()},
        "baseline": asdict(BASELINE),
        "weekly_hazards": {origin.name: _by_name(row) for origin, row in HAZARDS.items()},
        "intervention_hazards": {kind: _by_name(row) for kind, row in BEGINNINGS.items()},
        "missing": MISSING,
        "other_codes": _by_name(OTHER_CODE_SHARES),
        "population": "the aggregate counts have no effect of the method municipalities built in",
    }


def _by_name(values: dict[State, float]) -> dict[str, float]:
    return {state.name: value for state, value in values.items()}
