"""Case descriptions of typical pathways: background, steps, other support, next step."""

from collections.abc import Mapping

import pandas as pd

from evalbook.text.language import Language, Text, join, joined, lowered, number
from nychance import tr
from nychance.definitions import Evaluation
from nychance.measures.pathways import AGE_BANDS, REACHED, Pathways
from nychance.sentences.statements import Row, is_hidden

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


def case_texts(
    pathways: Pathways,
    shares: pd.DataFrame,
    benefit: pd.DataFrame,
    steps: pd.DataFrame,
    plan: Evaluation,
) -> Text | None:
    """Write case descriptions one after another; None if no pathway may be described.

    Parameters
    ----------
    pathways : Pathways
        What the participants have in common.
    shares, benefit, steps : DataFrame
        Results of its tables, by outcome and `of`, by outcome, and by outcome and `step`. They
        count persons to the last one, although the texts round to tens.
    """
    described = [
        case_text(
            outcome,
            pathways,
            _of(shares, outcome),
            benefit.loc[outcome],
            _of(steps, outcome),
            plan,
        )
        for outcome in pathways.traits
        if not is_hidden(shares.loc[(outcome, REACHED)])
    ]
    return join("\n", described) if described else None


def case_text(
    outcome: str,
    pathways: Pathways,
    shares: pd.DataFrame,
    benefit: Row,
    steps: pd.DataFrame,
    plan: Evaluation,
) -> Text:
    """Write a case description as Markdown, stating that it is a group's typical pathway."""
    parts = {
        "background": _background(
            pathways.traits[outcome], shares.loc[REACHED], benefit, pathways.weeks, plan
        ),
        "steps": _steps(steps, plan),
        "worked": _worked(shares.drop(REACHED), plan),
        "next": NEXT[outcome],
    }

    def written(language: Language) -> str:
        paragraphs = "\n\n".join(
            f"**{HEADINGS[key][language]}.** {text[language]}" for key, text in parts.items()
        )
        return f"### {TITLES[outcome][language]}\n\n{paragraphs}\n"

    return Text.each(written)


def about(persons: int) -> Text:
    """Write a group's size in tens, so that subtracting two reports reveals no small number."""
    if persons < 10:
        return tr("fewer than ten")
    tens = str(10 * round(persons / 10))
    return tr("about {tens}").format(tens=tens)


def _persons(share: Row) -> int:
    """Return how many are counted in a share."""
    return round(float(share.estimate * share.n))


def _background(
    traits: Mapping[str, str | int], share: Row, benefit: Row, weeks: int, plan: Evaluation
) -> Text:
    sector = Text.same("")
    if "sector" in traits:
        name = plan.sector(str(traits["sector"])).map(lowered)
        sector = tr(" The job package was in {name}.").format(name=name)
    said = tr("A typical pathway, composed of the pathways of {n} {who}{age}.{sector}").format(
        n=about(_persons(share)),
        who=WHO[str(traits.get("sex", ""))],
        age=_age(int(traits["age"])) if "age" in traits else Text.same(""),
        sector=sector,
    )
    if is_hidden(benefit):
        return said
    spent = tr(
        "In the {weeks} weeks before the job package, they were on benefit for {benefit} weeks on "
        "average."
    ).format(weeks=str(weeks), benefit=Text.each(number, float(benefit.estimate)))
    return join(" ", [said, spent])


def _age(band: int) -> Text:
    low, high = AGE_BANDS[band]
    if band == 0:
        return tr(" under {age}").format(age=str(high + 1))
    if band == len(AGE_BANDS) - 1:
        return tr(" aged {low} or over").format(low=str(low))
    return tr(" aged {low}\N{EN DASH}{high}").format(low=str(low), high=str(high))


def _steps(steps: pd.DataFrame, plan: Evaluation) -> Text:
    names = {step.key: step.name for step in plan.staircase}
    listed = [
        tr("{name} ({weeks} weeks)").format(
            name=names[str(step)].map(lowered), weeks=Text.each(number, float(weeks))
        )
        for step, weeks in steps["estimate"].dropna().items()
    ]
    if not listed:
        return tr("Too few persons to show the steps.")
    return tr(
        "Average time on each step, from half a year before the job package began until half a "
        "year after: {steps}."
    ).format(steps=joined(listed))


def _worked(supports: pd.DataFrame, plan: Evaluation) -> Text:
    names = {kind.key: kind.name for kind in plan.interventions}
    listed = [
        tr("{name} ({n})").format(name=names[str(kind)].map(lowered), n=about(_persons(share)))
        for kind, share in supports.sort_index().iterrows()
        if not is_hidden(share)
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


def _of(results: pd.DataFrame, outcome: str) -> pd.DataFrame:
    return results[results.index.get_level_values("outcome") == outcome].droplevel("outcome")
