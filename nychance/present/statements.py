"""Sentences made from results, grammatical in both languages."""

from collections.abc import Sequence

from nychance.language import LANGUAGES, Text
from nychance.measures.shares import Share, verdict
from nychance.plan import Target
from nychance.present.units import write, write_interval

VERDICTS = {
    "met": Text("nået", "met"),
    "not-met": Text("ikke nået", "not met"),
    "undecided": Text("uafgjort", "undecided"),
}


def told(value: float, unit: str, decimals: int = 1) -> Text:
    """Write a value in both languages."""
    da, en = (write(value, unit, language, decimals) for language in LANGUAGES)
    return Text(da, en)


def told_interval(ends: tuple[float, float], unit: str, decimals: int = 1) -> Text:
    """Write an interval in both languages."""
    da, en = (write_interval(ends, unit, language, decimals) for language in LANGUAGES)
    return Text(da, en)


def verdict_of(share: Share, target: Target) -> Text:
    """Say whether a target is met, not met or undecided."""
    return VERDICTS[verdict(share, target.threshold)]


def verdict_sentence(share: Share, target: Target) -> Text:
    """Tell a target's result in one sentence, with its interval and its verdict."""
    ends = Text(
        "{name}: {value} (95-pct.-interval {interval}) mod et mål på mindst {threshold}: målet er {verdict}.",
        "{name}: {value} (95% interval {interval}) against a target of at least {threshold}: the target is {verdict}.",
    )
    verdicts = verdict_of(share, target)
    said = Text({"uafgjort": "hverken nået eller misset med sikkerhed"}.get(verdicts.da, verdicts.da), verdicts.en)
    return ends.format(
        name=target.name,
        value=told(share.value, "share"),
        interval=told_interval(share.interval, "share"),
        threshold=told(target.threshold, "share", 0),
        verdict=said,
    )


def joined(parts: Sequence[Text]) -> Text:
    """Join names with commas and a final `og`/`and`."""
    words = {"da": " og ", "en": " and "}
    texts = []
    for language in LANGUAGES:
        listed = [part[language] for part in parts]
        head, last = ", ".join(listed[:-1]), listed[-1]
        texts.append(head + words[language] + last if head else last)
    return Text(*texts)


def compared(method: float, comparison: float) -> Text:
    """Say whether the method municipalities lie above or below the comparison municipalities."""
    if method > comparison:
        return Text("højere end", "higher than")
    if method < comparison:
        return Text("lavere end", "lower than")
    return Text("på højde med", "level with")
