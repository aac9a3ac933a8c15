"""Quotations set apart, in the original, with a marked translation and their origin."""

from evalbook.plan import Plan
from evalbook.qualitative.quotations import Quotation
from evalbook.report.markdown import escaped
from evalbook.text.catalogue import tr
from evalbook.text.language import Language, Text, capitalised

ORIGINAL = "da"
TRANSLATED = tr("*Our translation of:* {words}")
QUOTED = tr("“{words}” (our translation)")


def attribution(quotation: Quotation, plan: Plan) -> Text:
    """Say what kind of source a quotation comes from and at which checkpoint.

    Never who spoke, nor where.
    """
    checkpoint = plan.checkpoint(quotation.checkpoint)
    activity = plan.activities[quotation.source]
    return tr("{activity}, checkpoint {number} ({when})").format(
        activity=activity.map(capitalised),
        number=str(checkpoint.number),
        when=checkpoint.when,
    )


def block(quotation: Quotation, plan: Plan, language: Language) -> str:
    """Set a quotation as a block of Markdown."""
    said = f"[{escaped(quotation.printed)}]{{lang=da}}"
    told = (
        [said]
        if language == ORIGINAL
        else [escaped(quotation.text[language]), TRANSLATED[language].format(words=said)]
    )
    lines = [*told, f"\N{EM DASH} {escaped(attribution(quotation, plan)[language])}"]
    return "\n>\n".join(f"> {line}" for line in lines)


def inline(quotation: Quotation, language: Language) -> str:
    """Set a quotation within a table cell, which escapes it, in quotation marks.

    What is not the original says so.
    """
    return QUOTED[language].format(words=quotation.text[language])
