"""What pages may run and load: their frame's scripts and their own files, and nothing else."""

import base64
import hashlib
import re
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from evalbook import plan
from evalbook.publish import portable, site, switch
from evalbook.publish.policy import with_policy
from evalbook.publish.preview_server import HERE, Handler, Server, State
from tests.lib import browser

HOSTILE = """
````{{=html}}
<p id="styled" style="width: 40%; color: rgb(1, 2, 3)">x</p>
<img src="x" onerror="window.ran = 'handler'">
<img src="{elsewhere}elsewhere.png">
<style>@import url("{elsewhere}elsewhere.css");
body {{ background: url("{elsewhere}b.png") }}</style>
<a id="link" href="javascript:window.ran = 'link'">y</a>
````
"""
SCRIPT = "<script>window.ran = 'script'</script>"


def hashed(script):
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def policy(page):
    return re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', page)[1]


def test_scripts_of_the_frame_run_and_those_of_the_text_do_not():
    page = (
        '<html><head><meta charset="utf-8"><script type="x">one()</script>'
        '<script src="a.js"></script></head><body><a onclick="two(&quot;x&quot;)">a</a>'
        "<main><script>three()</script></main><script>four()</script></main>"
        "<script>five()</script></body></html>"
    )
    written = with_policy(page)
    scripts = re.search(r"script-src ([^;]*);", policy(written))[1]
    for script in ("one()", 'two("x")', "five()", *switch.SCRIPTS):
        assert hashed(script) in scripts
    for script in ("three()", "four()", ""):
        assert hashed(script) not in scripts
    assert "'unsafe-hashes'" in scripts
    assert written.index("Content-Security-Policy") < written.index("<script")
    assert "'unsafe-inline'" not in scripts
    assert "http" not in policy(written)


def test_every_kind_of_page_has_a_policy(chapters):
    out = portable.render_html(chapters.assemble())
    site.write_landing(chapters.root, plan.load())
    pages = [*out.rglob("*.html"), chapters.root / "index.html"]
    assert len(pages) >= 3
    for path in pages:
        page = path.read_text(encoding="utf-8")
        assert page.count("Content-Security-Policy") == 1
        inline = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
        assert all(hashed(script) in policy(page) for script in inline)


class Elsewhere(BaseHTTPRequestHandler):
    """A page of somebody else's, which notes who asks."""

    asked: ClassVar[list[str]] = []

    def do_GET(self):
        self.asked.append(self.path)
        self.send_error(404)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def elsewhere():
    Elsewhere.asked.clear()
    server = ThreadingHTTPServer((HERE, 0), Elsewhere)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://{HERE}:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def edition(chapters, elsewhere):
    """A page with what no chapter may have, in its place within a site."""
    chapters.chapter(f"## A heading\n\nSome *words*.\n{HOSTILE.format(elsewhere=elsewhere)}")
    made = portable.render_html(chapters.assemble())
    place = chapters.root / "_site" / "en" / "2007-09"
    site.place_pages(made, place, whole=True)
    page = place / "index.html"
    # The check of chapters refuses scripts; this is one that came in some other way.
    text = page.read_text(encoding="utf-8").replace("</main>", f"{SCRIPT}</main>")
    page.write_text(text, encoding="utf-8")
    switch.link_editions(chapters.root / "_site", plan.load())
    return page


@pytest.fixture
def chromium():
    path = browser.find()
    if path is None:
        pytest.skip("no Chromium here, and none could be installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def preview(edition):
    served = partial(Handler, state=State(), directory=str(edition.parents[2]))
    server = Server((HERE, 0), served)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://{HERE}:{server.server_address[1]}/en/2007-09/index.html"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("opened", ["as a file", "in the preview"])
def test_a_browser_runs_the_frame_and_blocks_the_rest(chromium, edition, preview, opened):
    page = chromium.new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(edition.as_uri() if opened == "as a file" else preview)
    page.click("#link")
    assert page.evaluate("window.ran") is None
    page.wait_for_load_state("networkidle" if opened == "as a file" else "load")
    assert Elsewhere.asked == []
    # Each blocked thing is named, and nothing of the frame's is among them.
    blocked = [text for text in complaints if "Content Security Policy" in text]
    assert not [text for text in complaints if text not in blocked and "Failed to load" not in text]
    style = page.evaluate("getComputedStyle(document.getElementById('styled')).color")
    assert style == "rgb(1, 2, 3)"
    assert page.evaluate("document.documentElement.className") == ""
    page.click("button.scheme")
    assert page.evaluate("document.documentElement.dataset.scheme") == "dark"
    page.fill("#find", "words")
    page.wait_for_selector("#found li")
    bar = page.evaluate("getComputedStyle(document.querySelector('header.site .bar')).display")
    assert bar == "flex"
    if opened == "in the preview":
        with page.expect_event("request", lambda request: request.url.endswith("/.preview")):
            page.reload()
    page.close()
