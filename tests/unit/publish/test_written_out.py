"""Tables and code written without Pandoc are what Pandoc would write, or say the same."""

import html
import re

import pypandoc
import pytest

from evalbook.publish.code import with_coloured_code
from evalbook.publish.plain_tables import with_plain_tables

NARROW = (
    "| Kommune | Andel |\n| :----- | ---: |\n| Ålekær &#38; omegn | 12,5 pct. |\n| `a<b` | • |\n"
)
WIDE = (
    "| Område | Et langt hoved, som fylder godt til i linjen | Antal |\n"
    "|:-----|:--------------------|----:|\n"
    "| `dream.parquet` | læst, 2.412.896 byte, for hele perioden | 1.234 |\n"
)
NO_HEAD = "| | |\n|---|---|\n| Tema | Metode |\n"
JUST_WIDE = [f"| {'a' * width} | b |\n|---|--:|\n| c | 1 |\n" for width in (63, 64, 65, 66)]


@pytest.mark.parametrize("table", [NARROW, WIDE, NO_HEAD, *JUST_WIDE])
def test_plain_table_is_what_pandoc_writes(table):
    made = re.search(r"<table>.*</table>", with_plain_tables(table, "Tabel"), re.DOTALL)[0]
    written = pypandoc.convert_text(
        table, "html5", format="markdown", extra_args=["--wrap", "none"]
    )
    assert made.replace("\n", "") == in_few_words(written)


def in_few_words(table):
    """Return Pandoc's table with the sides and widths of ours: numbers have a class."""
    for long, short in {
        "text-align: right;": ' class="n"',
        "text-align: left;": "",
        "width:100%;": "",
    }.items():
        table = table.replace(f' style="{long}"', short)
    return table.replace("\n", "")


@pytest.mark.parametrize(
    "text",
    [
        "| a | b |\n|---|---|\n| *stærk* | [12]{.number} |\n",
        "| a | b |\n|---|---|\n| c | d |\n\n: Et skema. {#tbl-x}\n",
        "| a | b |\n|---|---|\n| c | [her](metode.qmd) |\n",
    ],
)
def test_other_tables_are_left_to_pandoc(text):
    assert with_plain_tables(text, "Tabel") == text


def test_coloured_code_is_the_code():
    source = (
        'findings.table(\n    "andel<5", frame,  # i alt\n'
        '    caption=tr(f"{n} af 100"), decimals=1)'
    )
    made = with_coloured_code(f"før\n\n````{{.python}}\n{source}\n````\n\nefter")
    code = re.search(r'<pre class="python"><code>(.*)</code></pre>', made, re.DOTALL)[1]
    assert html.unescape(re.sub(r"</?span[^>]*>", "", code)) == source
    assert '<span class="co"># i alt</span>' in code
    assert made.startswith("før")
    assert made.endswith("efter")
