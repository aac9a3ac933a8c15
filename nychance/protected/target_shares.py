"""Shares on the targets, by role and by municipality, in the one order in which every notebook's gate meets them.

Whoever counts the same persons for something else puts these through first: gates that have met
the same tables in the same order hide the same, so that no notebook shows what another has to
hide.
"""

from collections.abc import Mapping

from evalbook.sdc.control import DisclosureControl
from evalbook.sdc.thresholds import SafeShare
from nychance.definitions import Evaluation
from nychance.measures import targets
from nychance.measures.groups import groups
from nychance.measures.person_measure import PersonMeasure
from nychance.measures.targets import Window
from nychance.register import Register

# Target to group to its share, None where it is hidden or nobody is in the group.
Shares = dict[str, dict[str, SafeShare | None]]


def measured(register: Register, window: Window, plan: Evaluation) -> dict[str, PersonMeasure]:
    """Compute every target's measure, as the plan defines them."""
    definitions = plan.definitions
    return targets.all_targets(
        register, window, definitions.exit_weeks, education=definitions.education_is_self_support
    )


def by_role(
    sdc: DisclosureControl,
    register: Register,
    window: Window,
    measures: Mapping[str, PersonMeasure],
    plan: Evaluation,
) -> Shares:
    """Take the targets' shares in the method and in the comparison municipalities."""
    shares = targets.by_role(measures, register.role_at(window.first))
    return {
        t.key: sdc.shares(
            shares[t.key], targets.at_risk(register, window, t.key), by="role", hit=t.key
        )
        for t in plan.targets
    }


def by_municipality(
    sdc: DisclosureControl,
    register: Register,
    window: Window,
    measures: Mapping[str, PersonMeasure],
    plan: Evaluation,
) -> Shares:
    """Take the targets' shares in each method municipality, by its code."""
    municipality = groups(register, window.first, "municipality", plan.definitions)
    in_method = (register.role_at(window.first) == "method").to_numpy()
    return {
        t.key: sdc.shares(
            measures[t.key].shares(municipality, in_method),
            targets.at_risk(register, window, t.key),
            where={"role": "method"},
            by="municipality",
            hit=t.key,
        )
        for t in plan.targets
    }
