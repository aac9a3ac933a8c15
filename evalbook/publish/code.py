"""Python code of notebooks, coloured for pages.

Each edition shows the same code, so that it is coloured once for all of them.
"""

import html
import re
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Final

from pygments.lexers import PythonLexer
from pygments.token import Comment, Keyword, Name, Number, String

# As `evalbook.publish.notebook_pages` fences a cell.
CELL: Final = re.compile(r"^````\{\.python\}\n(.*?)\n````$", re.MULTILINE | re.DOTALL)
# The names that Pandoc gives them, in which the style sheet colours them.
CLASSES: Final = {
    Keyword: "kw",
    String: "st",
    Number: "dv",
    Comment: "co",
    Name.Builtin: "bu",
    Name.Function: "fu",
}


def with_coloured_code(text: str) -> str:
    """Replace the code cells in a notebook's Markdown by HTML."""
    return CELL.sub(lambda cell: f"``````{{=html}}\n{_coloured(cell[1])}\n``````", text)


@lru_cache(maxsize=1024)
def _coloured(source: str) -> str:
    tokens = [
        (_class(kind), html.escape(text, quote=False))
        for kind, text in PythonLexer(ensurenl=False).get_tokens(source)
    ]
    parts = [
        (name, "".join(text for _, text in same)) for name, same in groupby(tokens, itemgetter(0))
    ]
    code = "".join(f'<span class="{name}">{text}</span>' if name else text for name, text in parts)
    return f'<pre class="python"><code>{code}</code></pre>'


def _class(kind: object) -> str:
    return next((name for parent, name in CLASSES.items() if kind in parent), "")
