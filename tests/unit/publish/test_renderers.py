"""What Quarto warns of reaches the user."""

import os
import stat

import pytest

from evalbook.errors import RenderError
from evalbook.publish import quarto


@pytest.fixture
def program(tmp_path):
    """Write a program that stands for Quarto: it says something, and makes a site."""

    def write(said, status=0):
        path = tmp_path / "quarto"
        path.write_text(
            f"#!/bin/sh\nmkdir -p \"$2/_site\"\nprintf '%s' '{said}' >&2\nexit {status}\n"
        )
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return str(path)

    return write


pytestmark = pytest.mark.skipif(os.name == "nt", reason="the program that stands in is a script")


@pytest.mark.parametrize(
    "said",
    [
        "WARN: Unable to resolve crossref @sec-nowhere\n",
        "[WARNING] Citeproc: citation no-such-work not found\n",
        "\x1b[33mWARNING: Div at line 120 unclosed\x1b[39m\n",
    ],
)
def test_a_warning_of_quarto_is_an_error(chapters, program, said):
    with pytest.raises(RenderError, match=r"en/2007-09: Quarto warns: \w+"):
        quarto.render_html(chapters.assemble(whole=True), program(said))


def test_a_failure_of_quarto_is_told(chapters, program):
    with pytest.raises(RenderError, match="Quarto failed: no such format"):
        quarto.render_html(chapters.assemble(whole=True), program("no such format", 1))


def test_progress_of_quarto_is_no_warning(chapters, program):
    site = quarto.render_html(chapters.assemble(whole=True), program("[1/2] index.qmd\n"))
    assert site.is_dir()
