"""What stands around each page of an edition, whichever renderer makes it."""

from evalbook import __version__, plan
from evalbook.publish.assembly import DEMONSTRATION, Assembled, synthetic_notice
from evalbook.text.catalogue import tr
from evalbook.text.language import month

CITE = tr("Cite as: {title}. {label}. Made with evalbook {version}.")
DATA = tr("All numbers as a data file (JSON)")
ALL_DATA = tr("All tables and numbers of this edition:")
SKIP = tr("Skip to the content")
TURN = tr("Previous and next page")
LICENCE = tr("Text and figures: CC BY 4.0. Code: MIT.")


def frame(assembled: Assembled) -> dict[str, str]:
    """Return the texts around an edition's pages.

    Returns
    -------
    dict
        `title`, `month`, `checkpoint`, `synthetic` (empty where persons are real), `cite`,
        `licence`, `all` (what all data are called) and `data` (the name of the data file).
    """
    edition, language = assembled.edition, assembled.edition.language
    title = plan.load().title[language]
    notice = f"{DEMONSTRATION[language]}. {synthetic_notice()[language]}"
    return {
        "title": title,
        "month": month(edition.checkpoint.cutoff, language),
        "checkpoint": edition.label,
        "synthetic": notice if assembled.synthetic else "",
        "cite": CITE[language].format(title=title, label=edition.label, version=__version__),
        "licence": LICENCE[language],
        "all": "" if edition.themes else ALL_DATA[language],
        "data": f"{edition.checkpoint.month}.json",
    }
