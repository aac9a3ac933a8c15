"""What chapters may hold, by Quarto and by the portable renderer: readers see the same words."""

import html
import re

import pytest

from evalbook.publish import portable, quarto
from evalbook.publish.renderer import find_quarto

pytestmark = pytest.mark.skipif(
    find_quarto() is None, reason="Quarto is not installed here (QUARTO_PATH names one)"
)

EVERYTHING = """
Shown-prose {{< var place.name >}} {{< meta edition.number >}}, see
@fig-dot, @tbl-own, @eq-share, @sec-own and [@Østergård2009].

{{< include _own.md >}}

![Shown-figure.](../pictures/dot.svg){#fig-dot}

| a | b |
|---|--:|
| Shown-cell | 1 |

: Shown-caption. {#tbl-own}

$$ y = \\frac{a}{b} $$ {#eq-share}

## Shown-section {#sec-own}

::: {.content-visible when-format="html"}
Shown-for-pages
:::

::: {.content-visible when-format="pdf"}
Hidden-print
:::

::: {.content-hidden when-format="html"}
Hidden-html
:::

::: {.content-visible when-meta="plan.municipality-interviews"}
Shown-planned
:::

::: {.content-visible unless-meta="plan.benchmarking"}
Hidden-planned
:::

::: {.hidden}
Hidden-class
:::

<!-- Hidden-comment -->

{{< pagebreak >}}

::: {.callout-note title="Shown-title"}
Shown-callout
:::

::: {.panel-tabset}
## Shown-tab

Shown-in-tab
:::

::: {.column-margin}
Shown-margin
:::

::: {layout-ncol=2}
Shown-left

Shown-right
:::

Shown-note[^1] `Shown-{code}`

[^1]: Shown-foot

```{=typst}
Hidden-typst
```

```{=html}
<p>Shown-raw</p>
```
"""


@pytest.mark.parametrize(
    ("language", "how"),
    [("da", {"newline": "\r\n"}), ("en", {"encoding": "utf-8-sig"})],
)
def test_both_renderers_show_the_same_and_hide_the_same(chapters, language, how):
    chapters.write("_variables.yml", "place: {name: Shown-place}\n")
    chapters.write(f"chapters/{language}/_own.md", "Shown-include\n")
    chapters.chapter(EVERYTHING, language, **how)
    made = [
        portable.render_html(chapters.assemble(language, whole=True)),
        quarto.render_html(chapters.assemble(language, whole=True), find_quarto()),
    ]
    by_portable, by_quarto = (shown((site / "index.html").read_text("utf-8")) for site in made)
    wanted = set(re.findall(r"Shown-[\w{}-]+", EVERYTHING)) | {"Shown-place", "Shown-include"}
    assert set(re.findall(r"Shown-[\w{}-]+", by_portable)) == wanted
    assert set(re.findall(r"Shown-[\w{}-]+", by_quarto)) == wanted
    for text in (by_portable, by_quarto):
        assert not re.findall(r"Hidden-\w+|\{\{<|:::|\[\?\]|\?@|\?meta", text)
    for said in ("Østergård", "2009", *re.findall(r"\w+\N{NO-BREAK SPACE}1\b", by_portable)):
        assert said in by_quarto


def shown(page):
    """Return the words of a page that readers see."""
    main = re.search(r"<main.*</main>", page, re.DOTALL)[0]
    return html.unescape(re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", main, flags=re.DOTALL))
