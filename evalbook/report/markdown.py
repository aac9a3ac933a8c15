"""Text from outside, made safe for Markdown: what looks like markup is shown, never acted on."""

import re

# What Pandoc, Quarto's shortcodes, HTML or mathematics would act on anywhere in a line; dots,
# commas and quotes stay as they are.
ACTIVE = re.compile(r"[\\`*_{}\[\]<>#+|~^$@!&=:/]|^\s*(?:[-]|\d+[.)])", re.MULTILINE)


def escaped(text: str) -> str:
    """Write text so that Markdown shows it as it is, on one line.

    Active characters become character references, which Pandoc and every browser turn back into
    the characters; unlike backslashes these also keep a shortcode from being one.
    """
    line = re.sub(r"\s+", " ", text).strip()
    return ACTIVE.sub(lambda found: "".join(f"&#{ord(c)};" for c in found.group()), line)
