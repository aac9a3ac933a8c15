"""What a page may load and run: the site's own files, and the scripts that its frame holds.

Names are escaped wherever they go; this is the second lock, for what a table of some other library
or a chapter brings along.
"""

import base64
import hashlib
import html
import re
from typing import Final

from evalbook.publish.switch import SCRIPTS

HEAD: Final = re.compile(r"<head\b[^>]*>\s*(?:<meta charset[^>]*>)?", re.IGNORECASE)
# What chapters and notebooks bring; nothing in it runs.
MAIN: Final = re.compile(r"<main\b.*</main>", re.DOTALL)
SCRIPT: Final = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
HANDLER: Final = re.compile(r"""<[^>]*?\son\w+=(?:"([^"]*)"|'([^']*)')""")
# A page that is opened as a file has no origin of its own, and browsers differ in what is its
# `self`. Styles stand in attributes of drawings and tables; they load nothing from elsewhere.
RULES: Final = (
    "default-src 'none'",
    "script-src 'self' file:{scripts}",
    "style-src 'self' file: 'unsafe-inline'",
    "img-src 'self' file: data:",
    "font-src 'self' file: data:",
    "media-src 'self' file:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
)


def with_policy(page: str) -> str:
    """Return a finished page with its Content-Security-Policy.

    Scripts around its main part, and those that `evalbook.publish.switch` puts there, may run.
    """
    around = MAIN.sub("", page)
    scripts = [*SCRIPT.findall(around), *SCRIPTS]
    handlers = [html.unescape(double or single) for double, single in HANDLER.findall(around)]
    allowed = [*map(_digest, scripts), *(["'unsafe-hashes'"] if handlers else [])]
    allowed += map(_digest, handlers)
    listed = "".join(f" {each}" for each in dict.fromkeys(allowed))
    content = "; ".join(RULES).format(scripts=listed)
    meta = f'\n<meta http-equiv="Content-Security-Policy" content="{content}">'
    return HEAD.sub(lambda found: found.group() + meta, page, count=1)


def _digest(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
