"""Case descriptions of typical pathways: background, steps, other support, next step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from evalbook.sdc.control import DisclosureControl
from evalbook.sdc.thresholds import SafeShare
from evalbook.text.language import Language, Text, join, joined, lowered, number
from nychance import tr
from nychance.definitions import Evaluation
from nychance.measures.pathways import AGE_BANDS, Pathway

TITLES = {
    "ordinary-work": tr("From job package to self-support"),
    "on-the-way": tr("Still on the staircase"),
    "no-offer": tr("The job package that led no further"),
}
WHO = {"K": tr("women"), "M": tr("men"), "": tr("persons")}
NEXT = {
    "ordinary-work": tr(
        "After half a year, the participants were off benefit. The next step is to keep in touch, "
        "so that a new spell on benefit is noticed early."
    ),
    "on-the-way": tr(
        "After half a year, the participants were still on a step of the staircase. The next step "
        "is to agree on the following one, and on a date for it."
    ),
    "no-offer": tr(
        "After half a year, the participants were neither in an activity nor self-supporting. The "
        "next step is to find out what went wrong before a new activity is agreed."
    ),
}
HEADINGS = {
    "background": tr("Background"),
    "steps": tr("On the staircase"),
    "worked": tr("What may have worked"),
    "next": tr("Next step"),
}


@dataclass(frozen=True)
class Case:
    """A typical pathway that has passed disclosure control.

    Attributes
    ----------
    pathway : Pathway
        The pathway.
    share : SafeShare
        As `Pathway.share`.
    supports : dict
        Those of `Pathway.supports` that may be published.
    """

    pathway: Pathway
    share: SafeShare
    supports: Mapping[str, SafeShare]


def protected(pathways: Sequence[Pathway], whom: str, sdc: DisclosureControl) -> list[Case]:
    """Apply disclosure control to typical pathways.

    A pathway that too few persons share, or everybody with that background, is left out.

    Parameters
    ----------
    pathways : sequence of Pathway
        Of one kind of intervention.
    whom : str
        The population of the pathways, with its date; see `DisclosureControl.counts`.
    sdc : DisclosureControl
        Treats each group as if its exact size were published, though texts round to tens.
    """
    cases = {}
    for traits in {tuple(pathway.traits.items()): pathway.traits for pathway in pathways}.values():
        where = {dimension: str(value) for dimension, value in traits.items()}
        by_outcome = {pathway.outcome: pathway for pathway in pathways if pathway.traits == traits}
        counts = {outcome: pathway.share.count for outcome, pathway in by_outcome.items()}
        background = next(iter(by_outcome.values())).share.n
        shown = _parts(
            counts | {"another": background - sum(counts.values())}, "outcome", whom, where, sdc
        )
        for outcome, pathway in by_outcome.items():
            if (share := shown[outcome]) is not None:
                supports = _supports(pathway, whom, where | {"outcome": outcome}, sdc)
                cases[outcome] = Case(pathway, share, supports)
    return [cases[pathway.outcome] for pathway in pathways if pathway.outcome in cases]


def _supports(
    pathway: Pathway, whom: str, where: Mapping[str, str], sdc: DisclosureControl
) -> dict[str, SafeShare]:
    found = {
        kind: _parts({"yes": share.count, "no": share.rest}, kind, whom, where, sdc)["yes"]
        for kind, share in pathway.supports.items()
    }
    return {kind: share for kind, share in found.items() if share is not None}


def _parts(
    counts: Mapping[str, int],
    dimension: str,
    whom: str,
    where: Mapping[str, str],
    sdc: DisclosureControl,
) -> dict[str, SafeShare | None]:
    line = pd.Series(counts, name="courses").rename_axis(dimension)
    return sdc.counts(line, whom, where=where).shares("courses")


def case_texts(cases: Sequence[Case], plan: Evaluation) -> Text:
    """Write case descriptions one after another."""
    return join("\n", (case_text(case, plan) for case in cases))


def case_text(case: Case, plan: Evaluation) -> Text:
    """Write a case description as Markdown, stating that it is a group's typical pathway."""
    pathway = case.pathway
    parts = {
        "background": _background(case, plan),
        "steps": _steps(pathway, plan),
        "worked": _worked(case, plan),
        "next": NEXT[pathway.outcome],
    }

    def written(language: Language) -> str:
        paragraphs = "\n\n".join(
            f"**{HEADINGS[key][language]}.** {text[language]}" for key, text in parts.items()
        )
        return f"### {TITLES[pathway.outcome][language]}\n\n{paragraphs}\n"

    return Text.each(written)


def about(persons: int) -> Text:
    """Write a group's size in tens, so that subtracting two reports reveals no small number."""
    if persons < 10:
        return tr("fewer than ten")
    tens = str(10 * round(persons / 10))
    return tr("about {tens}").format(tens=tens)


def _background(case: Case, plan: Evaluation) -> Text:
    pathway = case.pathway
    sector = Text.same("")
    if "sector" in pathway.traits:
        name = plan.sector(str(pathway.traits["sector"])).map(lowered)
        sector = tr(" The job package was in {name}.").format(name=name)
    return tr(
        "A typical pathway, composed of the pathways of {n} {who}{age}.{sector} In the {weeks} "
        "weeks before the job package, they were on benefit for {benefit} weeks on average."
    ).format(
        n=about(case.share.count),
        who=WHO[str(pathway.traits.get("sex", ""))],
        age=_age(int(pathway.traits["age"])) if "age" in pathway.traits else Text.same(""),
        sector=sector,
        weeks=str(pathway.weeks),
        benefit=Text.each(number, pathway.benefit_weeks),
    )


def _age(band: int) -> Text:
    low, high = AGE_BANDS[band]
    if band == 0:
        return tr(" under {age}").format(age=str(high + 1))
    if band == len(AGE_BANDS) - 1:
        return tr(" aged {low} or over").format(low=str(low))
    return tr(" aged {low}\N{EN DASH}{high}").format(low=str(low), high=str(high))


def _steps(pathway: Pathway, plan: Evaluation) -> Text:
    names = [step.name for step in plan.staircase]
    listed = [
        tr("{name} ({weeks} weeks)").format(
            name=names[step].map(lowered), weeks=Text.each(number, weeks)
        )
        for step, weeks in sorted(pathway.steps.items())
        if step < len(names)
    ]
    if not listed:
        return tr("Too few persons to show the steps.")
    return tr(
        "Average time on each step, from half a year before the job package began until half a "
        "year after: {steps}."
    ).format(steps=joined(listed))


def _worked(case: Case, plan: Evaluation) -> Text:
    names = {kind.key: kind.name for kind in plan.interventions}
    listed = [
        tr("{name} ({n})").format(name=names[kind].map(lowered), n=about(share.count))
        for kind, share in sorted(case.supports.items())
    ]
    doubt = tr(
        "The register does not show whether this is what worked; only the participants and the "
        "municipality can tell."
    )
    if not listed:
        return tr("No other support is common to enough participants to be named. {doubt}").format(
            doubt=doubt
        )
    return tr("Other support that some of them received: {supports}. {doubt}").format(
        supports=joined(listed), doubt=doubt
    )
