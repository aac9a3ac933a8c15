"""Serve the site on this machine alone, and make anew what changes while someone writes."""

import json
import re
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import watchfiles

from evalbook.errors import EvalbookError, UsageError
from evalbook.paths import data_directory, project_root
from evalbook.publish.build import Build, check_writable
from evalbook.publish.selection import Selection

HERE = "127.0.0.1"
NEWS = "/.preview"
LISTENER = "/.preview.js"
LISTENS = f'<script src="{LISTENER}"></script></body>'
OWN_NAME = re.compile(rf"(?:{re.escape(HERE)}|localhost)(?::\d+)?")
# What is made, and what of a project is no part of the report.
NOT_WATCHED = ("figures", "_site", "_quarto_site", "venv", "env", "node_modules", "__pycache__")
PAGE_SCRIPT = Path(__file__).with_name("preview.js")
# How long a browser waits for news before it asks again, in seconds.
PATIENCE = 20.0
# How long a connection may be silent, in seconds.
IDLE = 60
# How often the watch comes up for air, in milliseconds.
WAKES = 500


class State:
    """How often the site was made, and what went wrong the last time."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._made = 0
        self._error = ""

    def announce(self, error: str) -> None:
        """Tell the pages that the site was made anew, or why it was not."""
        with self._changed:
            self._made += 1
            self._error = error
            self._changed.notify_all()

    def news(self) -> Iterator[str]:
        """Give the state now and whenever it changes, as JSON.

        An empty text when nothing has happened for a while.
        """
        seen = -1
        while True:
            with self._changed:
                happened = self._changed.wait_for(lambda: self._made != seen, timeout=PATIENCE)  # noqa: B023
                seen, state = self._made, json.dumps({"made": self._made, "error": self._error})
            yield state if happened else ""


class Handler(SimpleHTTPRequestHandler):
    """Serves `_site`; each page listens for news and shows errors."""

    timeout = IDLE

    def __init__(self, *arguments: Any, state: State, **named: Any) -> None:
        self.state = state
        super().__init__(*arguments, **named)

    def parse_request(self) -> bool:
        """Read a request, and refuse it unless it is for this machine.

        A page elsewhere that makes its own name point here must not read the report, by whatever
        method.
        """
        if not super().parse_request():
            return False
        hosts = self.headers.get_all("Host") or [""]
        if len(hosts) == 1 and OWN_NAME.fullmatch(hosts[0].strip()):
            return True
        self.send_error(403, "Only this machine may ask")
        return False

    def do_GET(self) -> None:
        """Serve a file, a page with its listener, or the news."""
        page = self._place()
        if self.path == NEWS:
            self._send_news()
        elif self.path == LISTENER:
            self._send(PAGE_SCRIPT.read_bytes(), "text/javascript")
        elif page and page.suffix == ".html":
            text = page.read_text(encoding="utf-8").replace("</body>", LISTENS, 1)
            self._send(text.encode(), "text/html")
        else:
            super().do_GET()

    def send_head(self) -> Any:
        """Open what is asked for, if it lies within the site."""
        if self._place():
            return super().send_head()
        self.send_error(404, "There is no such file")
        return None

    def end_headers(self) -> None:
        """Let no browser keep what may change."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing; the terminal is for what is made."""

    def _place(self) -> Path | None:
        """Return what is asked for; None if it is not there, or a link leads out of the site."""
        try:
            place = Path(self.translate_path(self.path))
            index = place / "index.html"
            place = (index if index.is_file() else place).resolve(strict=True)
        except (OSError, ValueError):
            return None
        return place if place.is_relative_to(Path(self.directory).resolve()) else None

    def _send(self, content: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _send_news(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        try:
            for state in self.state.news():
                self.wfile.write(f"data: {state}\n\n".encode() if state else b": nothing new\n\n")
                self.wfile.flush()
        except OSError:
            # The browser has left the page.
            return


class Server(ThreadingHTTPServer):
    """Ends when asked to, whoever still listens."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a connection that broke."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


def serve(selection: Selection, port: int) -> None:
    """Make the selection's pages, serve them, and make them anew on each change, until interrupted.

    Parameters
    ----------
    port : int
        0 lets the system choose.

    Raises
    ------
    UsageError
        If the port is taken, or nothing can be made here.
    """
    root = project_root()
    check_writable(root)
    state = State()
    try:
        server = Server((HERE, port), partial(Handler, state=state, directory=str(root / "_site")))
    except OSError as error:
        raise UsageError(
            f"port {port} is taken", remedy="Use another, such as --port 0: any that is free"
        ) from error
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://{HERE}:{server.server_address[1]}/ shows the report; Ctrl-C ends", flush=True)
    try:
        extract = data_directory(selection.extract)
        for changed in _changes(lambda: [p for p in (*_watched(root), extract) if p.exists()]):
            if changed:
                state.announce(make(selection))
    finally:
        server.shutdown()


def _watched(root: Path) -> list[Path]:
    """Return what of a project a report may be made from: all that is not hidden, and not made."""
    names = (path for path in root.iterdir() if not path.name.startswith("."))
    return sorted(path for path in names if path.name not in NOT_WATCHED)


def _changes(watched: Callable[[], list[Path]]) -> Iterator[bool]:
    """Tell at once, and then after each change, that there is something to make.

    What changes meanwhile is not missed, nor what is new beside what is watched.
    """
    while True:
        places = watched()
        found = watchfiles.watch(
            *places, yield_on_timeout=True, rust_timeout=WAKES, raise_interrupt=True
        )
        next(found)
        yield True
        for changed in found:
            if watched() != places:
                break
            yield bool(changed)


def make(selection: Selection) -> str:
    """Make what has changed; return what went wrong, else an empty text."""
    build = Build(selection)
    try:
        failed = build.report()
    # Whatever a file says while someone writes it, the next edit may mend it.
    except Exception as error:
        expected = isinstance(error, EvalbookError)
        message = str(error) if expected else f"{type(error).__name__}: {error}"
        print(message, flush=True)
        return message
    return "\n".join(build.messages) if failed else ""
