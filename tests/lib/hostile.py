"""Names that would be markup if they were not names, and what a reader sees of a page."""

import html
import re

NAMES = (
    "Nord | Syd",
    "A_b_c*d* __e__ ~f~ ^g^",
    "@fig-places, [@smith] og [-@x]",
    "<img src=x onerror=alert(1)> & <b>Ost</b> &amp; &#124;",
    "{{< meta title >}} {{% include /etc/passwd %}} {#id .class}",
    "![x](http://example.org/x.png) [y](javascript:alert(1))",
    "$a$ og $$b$$ \\(c\\) \\newpage \\",
    "`code` ``` ~~~ ````",
    "1. første",
    "(a) anden",
    "- tredje",
    "# fjerde",
    "Table: femte",
    ": sjette",
    "::: {.callout-note}",
    "https://example.org/x",
    "A--B---C",
    "[1]: http://example.org",
    "#link(<x>)[Typst] #eval(1)",
    "^[fodnote]",
    "=cmd|' /C calc'!A0",
    "%title",
)


def text_of(page):
    """Return what a reader sees."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def straight(text):
    """Return a text with the quotation marks of a typewriter."""
    return re.sub("[‘’“”]", "'", " ".join(text.split()))
