"""Case descriptions of courses, from a template: background, steps with their weeks, what went with it, what next."""

from collections.abc import Sequence

from nychance.catalogue import tr
from nychance.language import Language, Text, join, joined, lowered, number
from nychance.measures.pathways import AGE_BANDS, Pathway
from nychance.plan import Plan

TITLES = {
    "ordinary-work": tr("From job package to self-support"),
    "on-the-way": tr("Still on the staircase"),
    "no-offer": tr("The job package that led no further"),
}
WHO = {"K": tr("women"), "M": tr("men"), "": tr("persons")}
NEXT = {
    "ordinary-work": tr(
        "At the end of the half-year the participants were without benefit. What comes next is to keep in touch, so that a new "
        "spell on benefit is noticed early."
    ),
    "on-the-way": tr(
        "At the end of the half-year the participants still stood on a step of the staircase. What comes next is to agree on "
        "the step after it, and a date for it."
    ),
    "no-offer": tr(
        "At the end of the half-year the participants were neither in an offer nor self-supporting. What comes next is to find "
        "out what went wrong before a new course is agreed."
    ),
}
HEADINGS = {
    "background": tr("Background"),
    "steps": tr("On the staircase"),
    "worked": tr("What may have worked"),
    "next": tr("What next"),
}


def case_texts(pathways: Sequence[Pathway], plan: Plan) -> Text:
    """Write case descriptions one after another."""
    return join("\n", (case_text(pathway, plan) for pathway in pathways))


def case_text(pathway: Pathway, plan: Plan) -> Text:
    """Write a case description as Markdown; it tells of a group's typical course and says so."""
    parts = {
        "background": _background(pathway, plan),
        "steps": _steps(pathway, plan),
        "worked": _worked(pathway, plan),
        "next": NEXT[pathway.outcome],
    }

    def written(language: Language) -> str:
        paragraphs = "\n\n".join(f"**{HEADINGS[key][language]}.** {text[language]}" for key, text in parts.items())
        return f"### {TITLES[pathway.outcome][language]}\n\n{paragraphs}\n"

    return Text.each(written)


def about(persons: int) -> Text:
    """Tell a group's size in tens, so that two reports' figures cannot be subtracted from each other."""
    if persons < 10:
        return tr("fewer than ten")
    tens = str(10 * round(persons / 10))
    return tr("about {tens}").format(tens=tens)


def _background(pathway: Pathway, plan: Plan) -> Text:
    sector = Text.same("")
    if "sector" in pathway.told:
        name = plan.sector(str(pathway.told["sector"])).map(lowered)
        sector = tr(" The job package was in {name}.").format(name=name)
    return tr(
        "A typical course, drawn from the courses of {n} {who}{age}.{sector} In the {weeks} weeks before the job package they "
        "were on benefit for {benefit} weeks on average."
    ).format(
        n=about(pathway.persons),
        who=WHO[str(pathway.told.get("sex", ""))],
        age=_age(int(pathway.told["age"])) if "age" in pathway.told else Text.same(""),
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


def _steps(pathway: Pathway, plan: Plan) -> Text:
    names = [step.name for step in plan.staircase]
    listed = [
        tr("{name} ({weeks} weeks)").format(name=names[step].map(lowered), weeks=Text.each(number, weeks))
        for step, weeks in sorted(pathway.steps.items())
        if step < len(names)
    ]
    if not listed:
        return tr("The steps cannot be told of so few.")
    return tr("In the half-year before and the half-year after the job package began, on average: {steps}.").format(
        steps=joined(listed)
    )


def _worked(pathway: Pathway, plan: Plan) -> Text:
    names = {kind.key: kind.name for kind in plan.interventions}
    listed = [
        tr("{name} ({n})").format(name=names[kind].map(lowered), n=about(count))
        for kind, count in sorted(pathway.supports.items())
    ]
    doubt = tr("Whether that is what worked the register does not say; it is for the participant and the municipality to tell.")
    if not listed:
        return tr("No other support is shared by enough participants to be named. {doubt}").format(doubt=doubt)  # fmt: skip
    return tr("Some of them also had {supports}. {doubt}").format(supports=joined(listed), doubt=doubt)
