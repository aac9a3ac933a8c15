"""Answers that no statistical service gives: too large, too slow, too deep, from elsewhere."""

import gzip
import threading
import time
import tracemalloc
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from evalbook.errors import DataError
from nychance.public_data.statbank import jsonstat, service
from nychance.public_data.statbank.service import StatBank

MEBIBYTE = 2**20


class Handler(BaseHTTPRequestHandler):
    """Answers with whatever a test gives it, and notes what it was asked for."""

    answer = None

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(self.path)
        self.server.answer(self)

    def do_GET(self):
        self.server.asked.append(self.path)
        self.send_error(404)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def statbank(tmp_path):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.asked = []
    server.url = f"http://127.0.0.1:{server.server_address[1]}"
    server.bank = StatBank(tmp_path, f"{server.url}/v1", patience=0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def send(handler, content, status=200, **headers):
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)


def refused(statbank, answer):
    statbank.answer = answer
    with pytest.raises(DataError) as told:
        statbank.bank.info("FOLK1E")
    return str(told.value)


def test_an_answer_that_unpacks_to_more_than_there_can_be_is_refused(statbank):
    bomb = gzip.compress(b" " * (4 * service.LARGEST))
    assert len(bomb) < MEBIBYTE
    tracemalloc.start()
    said = refused(statbank, lambda handler: send(handler, bomb, Content_Encoding="gzip"))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "more than 64 MiB" in said
    assert most < 3 * service.LARGEST


@pytest.mark.parametrize("part", ["headers", "content"])
def test_an_answer_that_comes_drop_by_drop_is_given_up(statbank, monkeypatch, part):
    monkeypatch.setattr(service, "LONGEST", 0.5)

    def drip(handler):
        handler.wfile.write(b"HTTP/1.0 200 OK\r\n" + (b"\r\n" if part == "content" else b"X: "))
        try:
            for _ in range(200):
                handler.wfile.write(b" ")
                handler.wfile.flush()
                time.sleep(0.05)
        except OSError:
            return

    began = time.monotonic()
    assert "within 0 seconds" in refused(statbank, drip)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "content",
    [b"[" * 200_000, b'{"a":' * 200_000, b'{"a": ' + b"9" * 5_000 + b"}", b"\xff\xfe", b"", b"[]"],
    ids=["lists", "mappings", "digits", "no text", "nothing", "a list"],
)
def test_an_answer_that_is_no_json_is_refused(statbank, content):
    assert "not the JSON that was asked for" in refused(statbank, lambda h: send(h, content))


@pytest.mark.parametrize(
    "to",
    [
        *("http://localhost:{port}/v1/tableinfo", "https://127.0.0.1:{port}/v1/tableinfo"),
        *("http://127.0.0.1:1/v1/tableinfo", "//evil.example/v1/tableinfo", "file:///etc/passwd"),
    ],
)
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_to_elsewhere_is_not_followed(statbank, to, status):
    to = to.format(port=statbank.server_address[1])
    said = refused(statbank, lambda handler: send(handler, b"", status, Location=to))
    assert "is not followed" in said
    assert statbank.asked == ["/v1/tableinfo"]


def test_a_redirect_in_a_circle_ends(statbank):
    said = refused(statbank, lambda handler: send(handler, b"", 307, Location="/v1/round"))
    assert "is not followed" in said
    assert len(statbank.asked) < 10


def test_a_redirect_within_the_service_is_followed(statbank):
    def answer(handler):
        if handler.path == "/v1/tableinfo":
            send(handler, b"", 307, Location="/v2/tableinfo")
        else:
            send(handler, b'{"errorTypeCode": "EXTRACT-NOTFOUND", "message": "none"}', 400)

    assert "EXTRACT-NOTFOUND" in refused(statbank, answer)
    assert statbank.asked == ["/v1/tableinfo", "/v2/tableinfo"]


@pytest.mark.parametrize("value", [1e999, -1e999, 10**400], ids=["inf", "-inf", "400 digits"])
def test_a_number_that_no_table_has_is_refused(value):
    dataset = {
        "dimension": {"id": ["A"], "A": {"category": {"index": ["x"]}}},
        "value": [value],
    }
    with pytest.raises(DataError, match="JSON-stat"):
        jsonstat.cells({"dataset": dataset}, "FOLK1E")


def test_dimensions_that_multiply_to_more_cells_than_there_can_be_are_refused():
    names = list("ABCDE")
    dimension = {name: {"category": {"index": [str(i) for i in range(1000)]}} for name in names}
    dataset = {"dimension": {"id": names, **dimension}, "value": {"0": 1}}
    with pytest.raises(DataError, match="JSON-stat"):
        jsonstat.cells({"dataset": dataset}, "FOLK1E")
