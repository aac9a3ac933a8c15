"""Compute every measure of a register once, for invariance tests and for the benchmark."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from evalbook import plan
from evalbook.models import aalen_johansen, transition_matrix
from evalbook.models.shares.proportions import Share
from evalbook.sdc import Persons
from nychance.definitions import Evaluation
from nychance.measures import (
    companies,
    courses,
    exits,
    flow,
    interventions,
    match,
    population,
    sickness,
    staircase,
    targets,
)
from nychance.measures.groups import groups
from nychance.measures.person_measure import PersonMeasure
from nychance.register import Register, read_register

BY = ("origin", "sex", "age", "match", "municipality", "role")


def everything(register: Register, the_plan: Evaluation) -> dict[str, Any]:
    """Compute every measure, by every group where it has any."""
    definitions, last = the_plan.definitions, len(register.weeks) - 1
    window = targets.window_to(register, last, definitions.window_weeks)
    steps = [step.key for step in the_plan.staircase]
    group = targets.target_group(register, window.first)
    kept = {by: groups(register, window.first, by, definitions) for by in BY}
    education = definitions.education_is_self_support
    measured = targets.all_targets(register, window, definitions.exit_weeks, education=education)
    weeks = [
        register.week_at(checkpoint.cutoff)
        for checkpoint in the_plan.checkpoints
        if checkpoint.cutoff <= today(register)
    ]
    states = flow.states_at(register, [window.first, last], group)
    followed = exits.returns(register, last, definitions.exit_weeks)
    spells = sickness.sickness_spells(register)
    used = {
        kind.key: interventions.use(
            register, kind.key, group, register.weeks[window.first], register.weeks[last]
        )
        for kind in the_plan.interventions
    }
    return {
        "targets": {key: measure.over() for key, measure in measured.items()},
        **{f"targets by {by}": shares(measured, kept[by]) for by in BY},
        "match": match.by_group(register, last, group, kept["role"], definitions),
        **{
            f"transitions by {by}": {
                key: matrix.long()
                for key, matrix in transition_matrix(states, by=kept[by][group]).items()
            }
            for by in BY
        },
        "transitions between checkpoints": flow.transition_counts(
            register, weeks[0], weeks[-1], group
        ),
        "occupancy": staircase.occupancy(register, last, group, len(steps)).tolist(),
        "moves": staircase.moves_by_step(register, window.first, last, group, steps),
        "returns by step": staircase.returns_by_step(register, followed, 26, group, steps),
        "entries": staircase.entries(register, window.first, last, group, len(steps)).tolist(),
        **{
            f"back by {by}": shares(
                {
                    w: exits.back_within(followed, w, last, register.minority)
                    for w in definitions.revolving_door_weeks
                },
                kept[by],
            )
            for by in BY
        },
        "hazard of return": summed(
            exits.returns_by_time(
                register, definitions.exit_weeks, definitions.revolving_door_weeks
            ),
            "since",
        ),
        "incidence of return": aalen_johansen(
            followed["weeks"], followed["outcome"], censored="out"
        ).to_frame(),
        **{
            f"destinations by {by}": exits.destinations(
                register, window, definitions.exit_weeks, kept[by]
            )
            for by in BY
        },
        **{f"use by {by}": shares(used, kept[by]) for by in BY},
        "sick-listed": summed(
            sickness.sick_listed(register, last, definitions.exit_weeks), "insurance", "origin"
        ),
        "sickness curves": sickness.spell_curves(spells).in_steps(5),
        "long spells": sickness.spell_bands(spells, [26, 52]),
        "log-rank": sickness.origins_differ(spells).statistic,
        "Cox": sickness.ending_ratios(spells).to_frame(),
        "transfers": summed(population.supported(register, last), "transfer"),
        "outcomes": summed(exits.outcomes(register, window, definitions.exit_weeks), "destination"),
        "population": population.population_counts(register),
        "courses": courses.reached_step_after(
            register,
            "preparation-course",
            above=0,
            within=26,
            persons=register.minority,
            steps=len(steps),
        ),
        "companies": companies.per_municipality(companies.placements(register, window), register),
    }


def shares(
    measures: Mapping[Any, PersonMeasure], labels: "pd.Series[Any]"
) -> dict[Any, dict[str, Share | None]]:
    """Compute each measure's share in every group."""
    return {key: measure.shares(labels) for key, measure in measures.items()}


def summed(people: Persons, *by: str) -> pd.DataFrame:
    """Add up each column of a table of persons by group, and count its rows."""
    groups = people.frame().drop(columns="person").groupby(list(by), observed=False)
    return groups.sum().assign(rows=groups.size())


def today(register: Register) -> Any:
    """The last day of the register's last week."""
    return (register.weeks[-1] + pd.Timedelta(days=6)).date()


def written(found: Any) -> str:
    """Return a result as text, to its last digit."""
    if isinstance(found, dict):
        return repr({str(key): written(value) for key, value in found.items()})
    if isinstance(found, pd.DataFrame):
        return repr(found.reset_index().astype(object).to_dict("list"))
    return repr(found)


def main() -> None:
    """Print every measure of an extract: `python -m tests.lib.measured DIR 2008-03`."""
    folder, month = sys.argv[1:]
    the_plan = plan.load()
    register = read_register(Path(folder), the_plan.checkpoint(month), the_plan)
    found = everything(register, the_plan)
    print(json.dumps({name: written(result) for name, result in found.items()}))


if __name__ == "__main__":
    main()
