"""A local StatBank with the protocol, limit and errors of the real one, and invented figures.

Built from the publisher's description of the API (functions, formats, elimination, patterns, `..`
for what is not published) and from error bodies that users of the real service have published.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from math import prod
from typing import Any

FORMATS = ("JSONSTAT", "CSV", "BULK")
Selected = dict[str, list[str]]


@dataclass
class Variable:
    id: str
    values: dict[str, str]
    elimination: bool = False
    time: bool = False
    total: str | None = None  # the code that a left-out variable stands at


@dataclass
class Table:
    id: str
    unit: str
    variables: list[Variable]
    value: Callable[[dict[str, str]], float | str]  # a text is why there is no figure
    updated: str = "2024-05-10T08:00:00"
    contents: int = 1  # StatBank counts kinds of content that the answer does not have

    def variable(self, name: str) -> Variable | None:
        return next((v for v in self.variables if v.id.casefold() == name.casefold()), None)


@dataclass
class Service:
    tables: dict[str, Table]
    limit: int = 1_000_000
    requests: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    # Answers that come before the proper one: a status with headers, `cut` for one that breaks
    # off, `page` for HTML.
    trouble: list[Any] = field(default_factory=list)
    url: str = ""

    @property
    def asked_for_data(self) -> list[dict[str, Any]]:
        return [body for function, body in self.requests if function == "data"]


class RefusedError(Exception):
    def __init__(self, code: str, message: str, status: int = 400) -> None:
        self.body, self.status = {"errorTypeCode": code, "message": message}, status


def answer(service: Service, function: str, body: dict[str, Any]) -> tuple[str, str]:
    """Give the content type and the text of an answer."""
    if function == "subjects":
        return "application/json", json.dumps(
            [{"id": "1", "description": "People", "active": True, "hasSubjects": False}]
        )
    if function == "tables":
        listed = [
            {"id": t.id, "text": t.id, "unit": t.unit, "updated": t.updated}
            for t in service.tables.values()
        ]
        return "application/json", json.dumps(listed)
    if function not in ("tableinfo", "data"):
        raise RefusedError("REQUEST-NOTFOUND", "Not found", 404)
    if "table" not in body:
        raise RefusedError("REQUEST-MISSING", "No table-id was given.")
    table = service.tables.get(body["table"].upper())
    if table is None:
        raise RefusedError("EXTRACT-NOTFOUND", f"Table not found: {body['table']}")
    if function == "tableinfo":
        return "application/json", json.dumps(info(table), ensure_ascii=False)
    if body.get("format") not in FORMATS:
        raise RefusedError("REQUEST-MISSING", "Format not found or not valid.")
    selected = select(table, body)
    if body["format"] == "BULK":
        return "text/csv; charset=utf-8", separated(table, selected)
    cells = prod(map(len, selected.values())) * table.contents
    if cells > service.limit:
        raise RefusedError(
            "REQUEST-LIMIT",
            f"The request of up to {cells:,} cells is over the limit of max. {service.limit:,} "
            "cells for this file format. "
            "Use BULK or other streaming format instead.",
        )
    if body["format"] == "CSV":
        return "text/csv; charset=utf-8", "\N{ZERO WIDTH NO-BREAK SPACE}" + separated(
            table, selected
        )
    return "application/json", json.dumps(stat(table, selected, body), ensure_ascii=False)


def select(table: Table, body: dict[str, Any]) -> Selected:
    given = {v["code"].casefold(): v["values"] for v in body.get("variables", [])}
    for name in given:
        if table.variable(name) is None:
            raise RefusedError("EXTRACT-NOTFOUND", f"Can't find variable: {name}")
    selected: Selected = {}
    for variable in table.variables:
        patterns = given.get(variable.id.casefold())
        if patterns is None and variable.time and body["format"] != "BULK":
            selected[variable.id] = [list(variable.values)[-1]]
        elif patterns is None and (not variable.elimination or body["format"] == "BULK"):
            raise RefusedError(
                "EXTRACT-NOTALLOWED", f"Values must be selected for variable: {variable.id}"
            )
        elif patterns is not None:
            selected[variable.id] = [
                code for pattern in patterns for code in matching(variable, pattern)
            ]
    return selected


def matching(variable: Variable, pattern: str) -> list[str]:
    found = [code for code in variable.values if fnmatchcase(code, pattern)]
    if not found:
        raise RefusedError("EXTRACT-NOTFOUND", f"Can't find value: {pattern} ({variable.id})")
    return found


def info(table: Table) -> dict[str, Any]:
    variables = [
        {
            "id": v.id,
            "text": v.id.lower(),
            "elimination": v.elimination,
            "time": v.time,
            "values": [{"id": code, "text": text} for code, text in v.values.items()],
        }
        for v in table.variables
    ]
    return {
        "id": table.id,
        "text": f"Title of {table.id}",
        "description": "",
        "unit": table.unit,
        "suppressedDataValue": "0",
        "updated": table.updated,
        "active": True,
        "contacts": [],
        "documentation": None,
        "footnote": {"text": "A note of the publisher.", "mandatory": False},
        "variables": variables,
    }


def figures(table: Table, selected: Selected) -> Iterator[tuple[tuple[str, ...], float | str]]:
    left_out = {v.id: v.total or "" for v in table.variables if v.id not in selected}
    for codes in product(*selected.values()):
        yield codes, table.value(dict(zip(selected, codes, strict=True)) | left_out)


def separated(table: Table, selected: Selected) -> str:
    rows = [";".join([*codes, str(value)]) for codes, value in figures(table, selected)]
    return (
        "\r\n".join([";".join([*(name.upper() for name in selected), "INDHOLD"]), *rows]) + "\r\n"
    )


def stat(table: Table, selected: Selected, body: dict[str, Any]) -> dict[str, Any]:
    dimensions: dict[str, Any] = {
        name: dimension(table.variable(name), codes) for name, codes in selected.items()
    }
    names = [*dimensions]
    names.insert(len(names) - 1, "ContentsCode")
    dimensions["ContentsCode"] = {
        "label": "Indhold",
        "category": {"index": {table.id: 0}, "label": {table.id: table.id}},
    }
    values = [value for _, value in figures(table, selected)]
    dataset = {
        "dimension": dimensions
        | {"id": names, "size": [len(dimensions[name]["category"]["index"]) for name in names]},
        "label": table.id,
        "source": "Statistics Denmark",
        "updated": table.updated,
        "value": [None if isinstance(value, str) else value for value in values],
    }
    gone = {str(position): value for position, value in enumerate(values) if isinstance(value, str)}
    return {"dataset": dataset | ({"status": gone} if gone else {})}


def dimension(variable: Variable | None, codes: list[str]) -> dict[str, Any]:
    assert variable is not None
    labels = {code: variable.values[code] for code in codes}
    return {
        "label": variable.id,
        "category": {"index": {code: i for i, code in enumerate(codes)}, "label": labels},
    }


class Handler(BaseHTTPRequestHandler):
    service: Service
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        function = self.path.removeprefix("/v1/")
        try:
            body = json.loads(content)
        except json.JSONDecodeError:
            return self._send(
                400, {"errorTypeCode": "REQUEST-EMPTY", "message": "The request is empty"}
            )
        self.service.requests.append((function, body))
        if self.service.trouble:
            return self._trouble(self.service.trouble.pop(0))
        try:
            kind, text = answer(self.service, function, body)
        except RefusedError as refusal:
            return self._send(refusal.status, refusal.body)
        return self._send(200, text, {"Content-Type": kind})

    def _trouble(self, kind: Any) -> None:
        if kind == "cut":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b'{"dataset"')
            self.close_connection = True
        elif kind == "page":
            self._send(200, "<html>maintenance</html>", {"Content-Type": "text/html"})
        else:
            status, headers = kind
            self._send(status, "busy", headers)

    def _send(self, status: int, content: Any, headers: dict[str, str] | None = None) -> None:
        data = (content if isinstance(content, str) else json.dumps(content)).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def serving(service: Service) -> Iterator[Service]:
    """Serve on a free port of the loopback until the block ends."""
    handler = type("Handler", (Handler,), {"service": service})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
