"""Text from outside, made safe for Markdown: what looks like markup is shown, never acted on."""

import re
from typing import Final

from evalbook.text.outside import printable

# What Pandoc, Quarto's shortcodes, HTML or mathematics would act on anywhere in a line, and what
# means something where a line begins: headings, lists, definitions, captions. Other dots, commas,
# colons and quotes stay as they are.
ACTIVE: Final = re.compile(
    r"[\\`*_{}\[\]<>|~^$@&]|-{2,}|:(?=[:/])"
    r"|\A(?:[-+#=%:]|\(?\w{1,5}(?=[.)](?:\s|\Z))|[Tt](?=able:))"
)
BLANK: Final = re.compile(r"[^\S\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]+")


def escaped(text: str) -> str:
    """Write text so that Markdown shows it as it is, on one line.

    Active characters become character references, which Pandoc and every browser turn back into
    the characters; unlike backslashes these also keep a shortcode from being one.
    """
    line = BLANK.sub(" ", printable(text)).strip()
    return ACTIVE.sub(lambda found: "".join(f"&#{ord(c)};" for c in found.group()), line)


def attribute(text: str) -> str:
    """Write text so that it can stand in quotation marks as an attribute's value."""
    return escaped(text).replace('"', "&#34;")
