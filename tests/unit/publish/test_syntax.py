"""What Quarto would hide, draw or run, and no other route knows, is refused by name and line."""

import pytest

from evalbook.errors import ChapterError, DisclosureError
from evalbook.publish.syntax import problems_of

REFUSED = {
    "{{< kbd Ctrl-C >}}": "'kbd'",
    "{{< video https://example.org/v >}}": "'video'",
    "{{< embed notebooks/method.ipynb#fig-timeline >}}": "'embed'",
    "```{python}\n1 + 1\n```": "{python}",
    "```{mermaid}\nflowchart LR\n```": "{mermaid}",
    "~~~ {ojs}\nx = 1\n~~~": "{ojs}",
    "The mean is `{python} mean(x)`.": "{python}",
    "::: {.callout-note}\nNot closed.": "not closed",
    ":::": "closes nothing",
    "```python\nx = 1": "not closed",
    "Text <!-- and a note": "comment",
    "::: {#lst-code}\nx\n:::": "lst-code",
    "::: {#thm-line}\nx\n:::": "thm-line",
    "::: {#fig-panel layout-ncol=2}\nx\n:::": "fig-panel",
    '::: {.content-visible when-profile="draft"}\nx\n:::': "profile",
    "![Far](https://example.org/picture.png)": "https://example.org",
    "![Inside](data:image/png;base64,AAAA)": "data:",
    "<iframe src='https://example.org'></iframe>": "iframe",
}
CARRIED = [
    "{{< meta edition.month >}} {{< include _own.md >}} {{< var a.b >}}\n\n{{< pagebreak >}}",
    "```python\n# {{ }} ::: not a block\n::: {.x\n```",
    "```{.python}\nx = 1\n```\n\n```{=typst}\n#v(1cm)\n```",
    "````\n```{python}\n```\n````",
    "Text `::: {.x}` and `<!--` in code.",
    "::: {.callout-note title='A'}\n:::: {.inner}\nx\n::::\n:::",
    "::: {.panel-tabset}\n## One\n\nx\n:::",
    "<!-- a {{< note >}}\n``` -->\n\nText <!-- two --> more",
    "$$ y = x $$ {#eq-line}\n\n## Own {#sec-own}\n\n| a |\n|---|\n| 1 |\n\n: Own {#tbl-own}",
]


@pytest.mark.parametrize(("text", "named"), REFUSED.items())
@pytest.mark.parametrize(
    "how",
    [{}, {"newline": "\r\n"}, {"encoding": "utf-8-sig"}],
    ids=["plain", "CRLF", "BOM"],
)
@pytest.mark.parametrize("language", ["da", "en"])
def test_refused_with_file_line_and_remedy(chapters, text, named, how, language):
    path = chapters.chapter(f"First.\n\n{text}\n", language, **how)
    with pytest.raises(ChapterError) as caught:
        chapters.assemble(language)
    assert caught.value.where == str(path)
    assert caught.value.problem.startswith("line 7: ")
    assert named in caught.value.problem
    assert caught.value.remedy
    assert not (chapters.root / "edition").exists()


@pytest.mark.parametrize("text", CARRIED)
def test_what_is_carried_is_not_refused(text):
    assert problems_of(f"---\ntitle: One\n---\n\n{text}\n") == []


def test_all_problems_of_a_chapter_are_named_at_once(chapters):
    chapters.chapter("{{< kbd a >}}\n\n```{dot}\n```\n\n::: {.open}\n")
    with pytest.raises(ChapterError, match=r"line 5: .*; line 7: .*; line 10: "):
        chapters.assemble()


def test_own_includes_are_checked_too(chapters):
    chapters.write("chapters/en/_own.md", "Text\n\n{{< kbd a >}}\n")
    chapters.chapter("{{< include _own.md >}}\n")
    with pytest.raises(ChapterError, match=r"_own\.md: line 3: .*kbd"):
        chapters.assemble()


@pytest.mark.parametrize("text", ["<!-- ask 0101701234 -->", "Call 010170-1234."])
def test_personal_numbers_are_refused_in_comments_too(chapters, text):
    chapters.chapter(f"Text\n\n{text}\n")
    with pytest.raises(DisclosureError, match=r"index\.qmd, line 7") as caught:
        chapters.assemble()
    assert "0101" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"---\ntitle: One: two\n---\n", r"line 2: the YAML cannot be read"),
        (b"---\ntitle: [\n---\n", r"line \d: the YAML cannot be read"),
        (b"No front matter\n", r"line 1: no front matter with a title"),
        (b"---\ntitle: One\n---\n\n\xe6ble\n", r"line 5: the text is not UTF-8"),
    ],
)
def test_broken_files_are_named_with_their_line(chapters, content, named):
    (chapters.root / "chapters/en/index.qmd").write_bytes(content)
    with pytest.raises(ChapterError, match=rf"index\.qmd, {named}") as caught:
        chapters.assemble()
    assert caught.value.remedy


def test_a_broken_quarto_yml_is_named_with_its_line(chapters):
    chapters.write("_quarto.yml", "website:\n  title: One: two\n")
    with pytest.raises(ChapterError, match=r"_quarto\.yml, line 2: the YAML cannot be read"):
        chapters.assemble()
