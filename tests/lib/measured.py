"""Compute every measure of a register once, for invariance tests and for the benchmark."""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from evalbook import plan
from evalbook.models import aalen_johansen
from evalbook.sdc import MINIMUM, Persons
from nychance.definitions import Evaluation
from nychance.measures import (
    companies,
    courses,
    exits,
    flow,
    interventions,
    match,
    pathways,
    people,
    population,
    sickness,
    staircase,
    targets,
)
from nychance.register import Register, read_register

BY = ("origin", "sex", "age", "match", "municipality", "role")
# Dates and names are no sums.
COUNTED = ("counted", "out_of", "events", "time", "value")


def everything(register: Register, the_plan: Evaluation) -> dict[str, Any]:
    """Compute every measure, by every group where it has any."""
    definitions, last = the_plan.definitions, len(register.weeks) - 1
    window = targets.window_to(register, last, definitions.window_weeks)
    steps = [step.key for step in the_plan.staircase]
    kinds = [kind.key for kind in the_plan.interventions]
    group = targets.target_group(register, window.first)
    everybody = np.ones(len(register.persons), dtype=bool)
    who = people.background(register, window.first, definitions)
    until = [each for each in the_plan.checkpoints if each.cutoff <= today(register)][-1]
    followed = exits.returns(register, last, definitions.exit_weeks)
    spells = sickness.sickness_spells(register)
    lengths = definitions.revolving_door_weeks
    used = interventions.use(register, kinds, group, window)
    moved = staircase.moves(register, window, group, steps)
    back = exits.back_on_benefit(register, definitions.exit_weeks, lengths)
    left = exits.outcomes(register, window, definitions.exit_weeks)
    between = flow.transitions(register, window.first, last, group)
    at_risk = people.targets(register, window, the_plan).drop(columns=["role", "municipality"])
    typical = pathways.typical(register, "job-package", everybody, steps, kinds[1:], MINIMUM)
    grouped = {
        "targets": (at_risk, ["target"]),
        "transitions": (between, ["before", "after"]),
        "moves": (moved, ["step", "move"]),
        "back": (back, ["within"]),
        "outcomes": (left, ["destination"]),
        "use": (used, ["intervention"]),
    }
    return {
        **{
            f"{name} by {by}": summed(found.merge(who[["person", by]], on="person"), *levels, by)
            for name, (found, levels) in grouped.items()
            for by in BY
        },
        "match": summed(
            match.by_checkpoint(register, the_plan, until, MINIMUM), "checkpoint", "role", "match"
        ),
        "occupancy": summed(staircase.occupancy(register, last, group, steps), "step"),
        "returns by step": summed(
            staircase.returns_by_step(register, definitions.exit_weeks, 26, steps), "step"
        ),
        "entries": summed(staircase.entries(register, window, group, steps), "step"),
        "hazard of return": summed(
            exits.returns_by_time(register, definitions.exit_weeks, lengths), "since"
        ),
        "incidence of return": aalen_johansen(
            followed["weeks"], followed["outcome"], censored="out"
        ).to_frame(),
        "sick-listed": summed(
            sickness.sick_listed(register, last, definitions.exit_weeks), "insurance", "origin"
        ),
        "sickness curves": sickness.spell_curves(spells).in_steps(MINIMUM),
        "log-rank": sickness.origins_differ(spells).statistic,
        "Cox": sickness.ending_ratios(spells).to_frame(),
        "transfers": summed(population.supported(register, last), "transfer"),
        "population": population.population_counts(register),
        "courses": summed(
            courses.reached_step_after(
                register, "preparation-course", lengths, register.minority, the_plan
            ),
            "followed",
        ),
        "companies": companies.per_municipality(companies.placements(register, window), register),
        "reached": summed(companies.reached(register, window), "role", "sector"),
        "pathways": typical.traits,
        "pathways' shares": summed(typical.shares, "outcome", "of"),
        "pathways' benefit": summed(typical.benefit, "outcome"),
        "pathways' steps": summed(typical.steps, "outcome", "step"),
    }


def summed(found: Persons, *by: str) -> pd.DataFrame:
    """Add up what a table of persons counts by group, and the group's rows."""
    groups = found.frame().groupby(list(by), observed=True, dropna=False)
    columns = [column for column in COUNTED if column in found]
    return groups[columns].sum().assign(rows=groups.size())


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
