"""Quotations as readers expect them: set apart, in the original, a translation marked as one, with where they come from."""

from nychance.catalogue import tr
from nychance.language import LANGUAGES, Language, Text, month
from nychance.plan import Plan
from nychance.present.markdown import escaped
from nychance.qualitative.quotations import Quotation

TRANSLATED = "*Our translation of:* "


def attribution(quotation: Quotation, plan: Plan) -> Text:
    """Say what kind of source a quotation comes from and at which checkpoint; never who spoke, nor where."""
    checkpoint = plan.checkpoint(quotation.checkpoint)
    activity = plan.activities[quotation.source]
    return tr("{activity}, checkpoint {number} ({when})").format(
        activity=Text(_capitalised(activity.da), _capitalised(activity.en)),
        number=str(checkpoint.number),
        when=Text(*(month(checkpoint.cutoff, language) for language in LANGUAGES)),
    )


def block(quotation: Quotation, plan: Plan, language: Language) -> str:
    """Set a quotation as a block of Markdown."""
    said = f"[{escaped(quotation.printed)}]{{lang=da}}"
    told = [said] if language == "da" else [escaped(quotation.en), TRANSLATED + said]
    lines = [*told, f"\N{EM DASH} {escaped(attribution(quotation, plan)[language])}"]
    return "\n>\n".join(f"> {line}" for line in lines)


def inline(quotation: Quotation, language: Language) -> str:
    """Set a quotation within a line or a table cell, in quotation marks; English says that it is a translation."""
    if language == "da":
        return f"»{escaped(quotation.printed)}«"
    return f"\N{LEFT DOUBLE QUOTATION MARK}{escaped(quotation.en)}\N{RIGHT DOUBLE QUOTATION MARK} (our translation)"


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
