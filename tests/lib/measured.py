"""Every measure of a register once: for tests of what must not matter to it, and for the benchmark."""

import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd

from evalbook import plan
from evalbook.models import aalen_johansen, transition_matrix
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
from nychance.measures.person_measure import tabulated
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
    counted = match.counts(register, last, group, definitions)
    used = {
        kind.key: interventions.use(
            register, kind.key, group, register.weeks[window.first], register.weeks[last]
        )
        for kind in the_plan.interventions
    }
    over_time = {
        register.weeks[w.last]: interventions.use(
            register,
            the_plan.interventions[0].key,
            group,
            register.weeks[w.first],
            register.weeks[w.last],
        )
        for w in targets.windows_to(last, 13)
    }
    return {
        "targets": targets.judged(measured, the_plan.targets),
        **{f"targets by {by}": targets.judged(measured, the_plan.targets, kept[by]) for by in BY},
        "job-ready": match.job_ready(counted, definitions.job_ready_matches),
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
        "step transitions": transition_matrix(
            staircase.steps_at(register, [window.first, last], group, steps)
        ).counts,
        "standing": staircase.standing(register, last, group, len(steps)).tolist(),
        "moves": staircase.moves(register, window.first, last, group, len(steps)),
        "walks": staircase.walks(register, window, group, len(steps)),
        "entries": staircase.entries(register, window.first, last, group, len(steps)).tolist(),
        **{
            f"back by {by}": tabulated(
                {
                    w: exits.back_within(followed, w, last, register.minority)
                    for w in definitions.revolving_door_weeks
                },
                kept[by],
            )
            for by in BY
        },
        "hazard of return": exits.return_hazard(
            followed, definitions.revolving_door_weeks, register.minority
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
        **{f"use by {by}": tabulated(used, kept[by]) for by in BY},
        "use over time": tabulated(over_time, kept["origin"]),
        "sick-listed": sickness.sick_listed(register, last, register.minority).table(kept["sex"]),
        "immigrants among sick": sickness.immigrants_among_sick(
            register, last, register.minority
        ).over(),
        "sickness curves": sickness.spell_curves(spells).in_steps(5),
        "long spells": sickness.long_spells(spells, [26, 52]),
        "log-rank": sickness.origins_differ(spells).statistic,
        "Cox": sickness.ending_ratios(spells).to_frame(),
        "composition": tabulated(
            population.composition(register, last, register.minority), kept["origin"]
        ),
        "population": population.population_shares(register),
        "courses": courses.reached_step_after(
            register,
            "preparation-course",
            above=0,
            within=26,
            persons=register.minority,
            steps=len(steps),
        ),
        "companies": companies.per_municipality(companies.contacts(register, window), register),
    }


def today(register: Register) -> Any:
    """The last day of the register's last week."""
    return (register.weeks[-1] + pd.Timedelta(days=6)).date()


def told(found: Any) -> str:
    """Tell a result to its last digit."""
    if isinstance(found, dict):
        return repr({str(key): told(value) for key, value in found.items()})
    if isinstance(found, pd.DataFrame):
        return repr(found.reset_index().astype(object).to_dict("list"))
    return repr(found)


def main() -> None:
    """Print every measure of an extract at a checkpoint: `python -m tests.lib.measured DIR 2008-03`."""
    folder, month = sys.argv[1:]
    the_plan = plan.load()
    register = read_register(Path(folder), the_plan.checkpoint(month), the_plan)
    print(json.dumps({name: told(found) for name, found in everything(register, the_plan).items()}))


if __name__ == "__main__":
    main()
