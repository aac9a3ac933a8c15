"""A page as readers see it: blocks of text.

Without code, quotations in the original language and the list of works.
"""

import re
from html.parser import HTMLParser

BLOCKS = {"p", "li", "td", "th", "figcaption", "caption", "h1", "h2", "h3", "h4", "summary", "div"}
VOID = {"img", "br", "hr", "meta", "link", "input", "wbr", "col"}
LEFT_OUT = {"script", "style", "code", "pre", "nav", "header", "footer", "math"}
LEFT_OUT_MARK = "\N{HORIZONTAL ELLIPSIS}"
NUMBER = {
    "da": re.compile(
        r"(?<![\w,.])[\N{MINUS SIGN}-]?\d{1,3}(?:\.\d{3})+(?:,\d+)?(?!\d)|\d+(?:,\d+)?"
    ),
    "en": re.compile(
        r"(?<![\w,.])[\N{MINUS SIGN}-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?"
    ),
}


class Page(HTMLParser):
    """The main part of a page.

    Attributes
    ----------
    blocks : list of str
        The text, block by block.
    ids : list of str
        Identifiers in their order.
    links : list of str
        Where links lead.
    alternatives : list of str
        What pictures say to those who do not see them.
    """

    def __init__(self, text):
        super().__init__()
        self.blocks, self.ids, self.links, self.alternatives = [""], [], [], []
        self.language = ""
        self._open = []
        self.feed(text[text.find("<main") :])

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        if "id" in a:
            self.ids.append(a["id"])
        if tag == "a":
            self.links.append(a.get("href", ""))
        if tag == "img":
            self.alternatives.append(a.get("alt", ""))
        if tag in BLOCKS:
            self.blocks.append("")
        if tag not in VOID:
            outside = "lang" in a or tag in LEFT_OUT or a.get("id") == "refs"
            self._open.append((tag, outside))

    def handle_endtag(self, tag):
        while self._open and self._open.pop()[0] != tag:
            pass
        if tag in BLOCKS:
            self.blocks.append("")

    def handle_data(self, data):
        self.blocks[-1] += LEFT_OUT_MARK if any(outside for _, outside in self._open) else data

    @property
    def told(self):
        """The blocks that hold text, with single spaces; dots stand for what is left out."""
        return [
            " ".join(block.split()) for block in self.blocks if block.strip(f"{LEFT_OUT_MARK} \n")
        ]

    @property
    def exhibits(self):
        """The figures and tables in their order."""
        return [name for name in self.ids if name.startswith(("figure-", "table-"))]


def numbers(text, language):
    """Read the numbers in a text of a language.

    Signs are left out, for a dash may also mean `to`.
    """
    marks = {"da": str.maketrans({".": None, ",": "."}), "en": str.maketrans({",": None})}[language]
    return [
        float(found.lstrip("\N{MINUS SIGN}-").translate(marks))
        for found in NUMBER[language].findall(text)
    ]


def words(text):
    """List the words of a text in small letters."""
    return re.findall(r"[a-zæøå]+", text.lower())
