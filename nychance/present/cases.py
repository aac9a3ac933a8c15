"""Case descriptions of courses, from a template: background, steps with their weeks, what went with it, what next."""

from collections.abc import Sequence

from nychance.language import LANGUAGES, Language, Text, number
from nychance.measures.pathways import AGE_BANDS, Pathway
from nychance.plan import Plan
from nychance.present.statements import joined

TITLES = {
    "ordinary-work": Text("Fra jobpakke til selvforsørgelse", "From job package to self-support"),
    "on-the-way": Text("Stadig på trappen", "Still on the staircase"),
    "no-offer": Text("Jobpakken, der ikke førte videre", "The job package that led no further"),
}
WHO = {"K": Text("kvinder", "women"), "M": Text("mænd", "men"), "": Text("personer", "persons")}
NEXT = {
    "ordinary-work": Text(
        "Ved halvårets slutning var deltagerne uden ydelse. Det næste er at holde kontakten, så et nyt ydelsesforløb opdages "
        "tidligt.",
        "At the end of the half-year the participants were without benefit. What comes next is to keep in touch, so that a new "
        "spell on benefit is noticed early.",
    ),
    "on-the-way": Text(
        "Ved halvårets slutning stod deltagerne stadig på et af trappens trin. Det næste er at aftale trinnet efter og en dato "
        "for det.",
        "At the end of the half-year the participants still stood on a step of the staircase. What comes next is to agree on "
        "the step after it, and a date for it.",
    ),
    "no-offer": Text(
        "Ved halvårets slutning var deltagerne hverken i tilbud eller selvforsørgende. Det næste er at finde ud af, hvad der "
        "gik galt, før et nyt forløb aftales.",
        "At the end of the half-year the participants were neither in an offer nor self-supporting. What comes next is to find "
        "out what went wrong before a new course is agreed.",
    ),
}
HEADINGS = {
    "background": Text("Baggrund", "Background"),
    "steps": Text("På trappen", "On the staircase"),
    "worked": Text("Hvad der kan have virket", "What may have worked"),
    "next": Text("Hvad nu", "What next"),
}


def case_texts(pathways: Sequence[Pathway], plan: Plan) -> Text:
    """Write case descriptions one after another."""
    texts = [case_text(pathway, plan) for pathway in pathways]
    return Text(*("\n".join(text[language] for text in texts) for language in LANGUAGES))


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

    return Text(*(written(language) for language in LANGUAGES))


def about(persons: int) -> Text:
    """Tell a group's size in tens, so that two reports' figures cannot be subtracted from each other."""
    if persons < 10:
        return Text("færre end ti", "fewer than ten")
    tens = str(10 * round(persons / 10))
    return Text(f"omkring {tens}", f"about {tens}")


def _background(pathway: Pathway, plan: Plan) -> Text:
    sector = Text("", "")
    if "sector" in pathway.told:
        name = _lowered_text(plan.sector(str(pathway.told["sector"])))
        sector = Text(" Jobpakken lå inden for {name}.", " The job package was in {name}.").format(name=name)
    return Text(
        "Et typisk forløb, tegnet efter {n} {who}{age}.{sector} I de {weeks} uger før jobpakken fik de ydelse i gennemsnitligt "
        "{benefit} uger.",
        "A typical course, drawn from the courses of {n} {who}{age}.{sector} In the {weeks} weeks before the job package they "
        "were on benefit for {benefit} weeks on average.",
    ).format(
        n=about(pathway.persons),
        who=WHO[str(pathway.told.get("sex", ""))],
        age=_age(int(pathway.told["age"])) if "age" in pathway.told else Text("", ""),
        sector=sector,
        weeks=str(pathway.weeks),
        benefit=_weeks(pathway.benefit_weeks),
    )


def _age(band: int) -> Text:
    low, high = AGE_BANDS[band]
    if band == 0:
        return Text(f" under {high + 1} år", f" under {high + 1}")
    if band == len(AGE_BANDS) - 1:
        return Text(f" på {low} år eller mere", f" aged {low} or over")
    return Text(f" på {low}\N{EN DASH}{high} år", f" aged {low}\N{EN DASH}{high}")


def _steps(pathway: Pathway, plan: Plan) -> Text:
    names = [step.name for step in plan.staircase]
    listed = [
        Text("{name} ({weeks} uger)", "{name} ({weeks} weeks)").format(name=_lowered_text(names[step]), weeks=_weeks(weeks))
        for step, weeks in sorted(pathway.steps.items())
        if step < len(names)
    ]
    if not listed:
        return Text("Forløbets trin kan ikke fortælles for så få.", "The steps cannot be told of so few.")
    return Text(
        "I halvåret før og halvåret efter jobpakkens start i gennemsnit: {steps}.",
        "In the half-year before and the half-year after the job package began, on average: {steps}.",
    ).format(steps=joined(listed))


def _worked(pathway: Pathway, plan: Plan) -> Text:
    names = {kind.key: kind.name for kind in plan.interventions}
    listed = [
        Text("{name} ({n})", "{name} ({n})").format(name=_lowered_text(names[kind]), n=about(count))
        for kind, count in sorted(pathway.supports.items())
    ]
    doubt = Text(
        "Om det var det, der virkede, siger registret ikke; det skal deltageren og kommunen selv fortælle.",
        "Whether that is what worked the register does not say; it is for the participant and the municipality to tell.",
    )
    if not listed:
        return Text("Ingen anden indsats deles af nok deltagere til at blive nævnt. {doubt}",
                    "No other support is shared by enough participants to be named. {doubt}").format(doubt=doubt)  # fmt: skip
    return Text("Nogle af dem havde også {supports}. {doubt}", "Some of them also had {supports}. {doubt}").format(
        supports=joined(listed), doubt=doubt
    )


def _weeks(value: float) -> Text:
    return Text(*(number(value, language) for language in LANGUAGES))


def _lowered_text(text: Text) -> Text:
    return Text(_lowered(text.da), _lowered(text.en))


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]
