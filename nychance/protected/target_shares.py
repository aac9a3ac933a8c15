"""The targets' shares, by role and by municipality, protected in one order in every notebook.

A notebook that counts the same persons for something else protects these tables first: disclosure
control that has seen the same tables in the same order suppresses the same cells, so that no
notebook shows what another has to hide.
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
    """Compute and protect the targets' shares in method and comparison municipalities."""
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
    """Compute and protect the targets' shares in each method municipality, by its code."""
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
