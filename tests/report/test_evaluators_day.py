"""A whole day of an evaluator, in one preview that never goes down."""

import contextlib
import json
import queue
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request

import pytest

from tests.conftest import ROOT
from tests.lib.own_project import own_project

# In seconds, for each edit; it takes two on an idle machine.
PATIENCE = 120
CHAPTER = "---\ntitle: {title}\n---\n\n{text}\n"
SHARE = """import matplotlib.pyplot as plt

figure, axes = plt.subplots()
axes.plot([0, 1])
report.figure("{name}", figure, finding=Text("Egen", "Own"))"""


class Day:
    """The project being written, and what its preview says of it."""

    def __init__(self, project, port):
        self.project = project
        self.root = project.root
        self._site = f"http://127.0.0.1:{port}"
        self._told = queue.Queue()
        self._over = False

    @contextlib.contextmanager
    def listening(self):
        """Take note of each make, as a page that is open in a browser does."""
        listener = threading.Thread(target=self._listen)
        listener.start()
        yield self
        self._over = True
        listener.join()

    def _listen(self):
        made = 0
        while not self._over:
            # The first line tells the present state; before the first make there is none.
            try:
                with urllib.request.urlopen(f"{self._site}/.preview", timeout=30) as news:
                    told = json.loads(news.readline().removeprefix(b"data: "))
            except OSError:
                told = {"made": 0}
            if told["made"] > made:
                made = told["made"]
                self._told.put(told["error"])
            time.sleep(0.1)

    def until(self, *words, holds=lambda: True):
        """Wait for a make that says all these words; without words, for one that goes well."""
        seen = []
        while True:
            try:
                seen.append(self._told.get(timeout=PATIENCE))
            except queue.Empty:
                raise AssertionError(f"{words} did not come; seen: {seen}") from None
            assert "Traceback" not in seen[-1]
            if all(each in seen[-1] for each in words) if words else not seen[-1] and holds():
                return

    def shows(self, words):
        with urllib.request.urlopen(f"{self._site}/en/2026-03/index.html", timeout=30) as answer:
            return words in answer.read().decode()

    def found(self):
        results = json.loads((self.root / "figures/2026-03/own/results.json").read_text())
        return results["numbers"]["found"]["value"]

    def write(self, text, title="Own"):
        chapter = self.root / "chapters/en/index.qmd"
        chapter.write_text(CHAPTER.format(title=title, text=text))


@pytest.fixture
def day(tmp_path):
    project = own_project(tmp_path / "project", "own")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    asked = ["-c", "1", "--lang", "en", "--renderer", "portable", "--port", str(port)]
    log = tmp_path / "preview.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "evalbook", "preview", *asked],
            cwd=project.root,
            stdout=output,
            stderr=output,
        )
    with Day(project, port).listening() as day:
        yield day
    assert process.poll() is None, log.read_text()
    process.terminate()
    process.wait(timeout=30)
    assert "Traceback" not in log.read_text()


def test_a_day_of_edits_and_mistakes(day):
    day.until()

    # A module and a data file of one's own, first as they are, then changed.
    (day.root / "own_measures.py").write_text("ANSWER = 41\n")
    (day.root / "shared").mkdir()
    (day.root / "shared/own.csv").write_text("1")
    day.project.theme(
        "own",
        "import own_measures",
        "read = int(open('shared/own.csv').read())",
        value="own_measures.ANSWER + read",
    )
    day.until(holds=lambda: day.found() == 42)
    (day.root / "own_measures.py").write_text("ANSWER = 50\n")
    day.until(holds=lambda: day.found() == 51)
    (day.root / "shared/own.csv").write_text("2")
    day.until(holds=lambda: day.found() == 52)

    # A syntax error, then a magic.
    day.project.theme("own", "x = (1")
    day.until("own 2026-03 failed in cell 3", "SyntaxError")
    day.project.theme("own", "%matplotlib inline\n!true")
    day.until()

    # A picture that is not there yet, an equation, a colon in the title.
    day.write("![A picture.](photo.png)")
    day.until("index.qmd, line 5", "photo.png", "does not exist")
    shutil.copy(ROOT / "tests/fixtures/dot.png", day.root / "chapters/en/photo.png")
    day.until()
    day.write("$$x^2$$ {#eq-own}\n\nSee @eq-own.")
    day.until(holds=lambda: day.shows("Equation"))
    day.write("Text.", title="Effort: what works")
    day.until("index.qmd")
    day.write("Text.", title='"Effort: what works"')
    day.until(holds=lambda: day.shows("Effort: what works"))

    # A figure that is renamed under a chapter that shows it.
    day.project.theme("own", SHARE.format(name="share"))
    day.write("![Own.](/figures/latest/own/share.en.svg){#fig-share}\n\nSee @fig-share.")
    day.until()
    day.project.theme("own", SHARE.format(name="part"))
    day.until("share")
    day.write("![Own.](/figures/latest/own/part.en.svg){#fig-part}\n\nSee @fig-part.")
    day.until()
