"""Requests that no browser of the writer's own makes."""

import http.client
import socket
import threading
from functools import partial

import pytest

from evalbook.publish.preview_server import HERE, LISTENER, Handler, Server, State

PAGE = "<html><body><p>Report</p></body></html>"


@pytest.fixture
def port(tmp_path):
    site = tmp_path / "_site"
    (site / "en").mkdir(parents=True)
    (site / "en" / "index.html").write_text(PAGE)
    (site / "data.json").write_text("{}")
    (tmp_path / "interview.txt").write_text("secret")
    (tmp_path / "elsewhere.html").write_text("secret")
    (site / "link.txt").symlink_to(tmp_path / "interview.txt")
    (site / "link.html").symlink_to(tmp_path / "elsewhere.html")
    (site / "out").symlink_to(tmp_path)
    (site / "da").mkdir()
    (site / "da" / "index.html").symlink_to(tmp_path / "elsewhere.html")
    server = Server((HERE, 0), partial(Handler, state=State(), directory=str(site)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


def ask(port, path, method="GET", **headers):
    connection = http.client.HTTPConnection(HERE, port, timeout=10)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, content.decode()


def send(port, request):
    """Send bytes as they are; return the first line of the answer."""
    with socket.create_connection((HERE, port), timeout=10) as connection:
        try:
            connection.sendall(request)
            return connection.recv(200).split(b"\r\n")[0].decode()
        except ConnectionError:
            return ""


def test_the_writers_browser_gets_pages_that_listen(port):
    status, page = ask(port, "/en/")
    assert status == 200
    assert f'<script src="{LISTENER}"></script></body>' in page
    assert "EventSource" in ask(port, LISTENER)[1]
    assert ask(port, "/data.json", "HEAD")[0] == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "localhost@evil"])
def test_every_method_is_for_this_machine_alone(port, method, host):
    assert ask(port, "/en/", method, Host=host)[0] == 403


def test_a_request_with_two_hosts_or_none_is_refused(port):
    two = b"HEAD /en/ HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n"
    assert " 403 " in send(port, two)
    assert " 403 " in send(port, b"GET /en/ HTTP/1.0\r\n\r\n")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "path",
    [
        *("/link.txt", "/link.html", "/out/interview.txt", "/out/", "/da/", "/da"),
        *("/../interview.txt", "/%2e%2e/interview.txt", "/en/%00", "/%00.html", "/%ff", "/missing"),
    ],
)
def test_nothing_outside_the_site_is_served(port, path, method):
    status, content = ask(port, path, method)
    assert status == 404
    assert "secret" not in content


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET /en/ HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 70_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /en/ HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"\x00\xff\x1b nonsense\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET http://[ HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /en/ HTTP/9.9.9\r\n\r\n",
    ],
    ids=["long header", "long path", "many headers", "no request", "NUL", "no address", "version"],
)
def test_a_broken_request_prints_nothing_and_the_next_is_answered(port, request_bytes, capfd):
    assert " 200 " not in send(port, request_bytes)
    assert ask(port, "/en/")[0] == 200
    assert capfd.readouterr() == ("", "")
