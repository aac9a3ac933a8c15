"""StatBank's API, version 1: metadata and data of a table, asked politely and kept as they came.

Source: https://www.dst.dk/da/Statistik/hjaelp-til-statistikbanken/api (the publisher's
description, read as stored text).
"""

import hashlib
import json
import queue
import threading
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import requests
from pydantic import BaseModel, ConfigDict, ValidationError
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from evalbook import __version__
from evalbook.errors import DataError
from evalbook.files import write_whole

BASE_URL: Final = "https://api.statbank.dk/v1"
SECONDS: Final = (10, 300)  # to connect, to wait for the next of an answer
# For all of an answer, new tries included.
LONGEST: Final = 1800.0
# An answer of a million cells has some ten million bytes, unpacked.
LARGEST: Final = 64 * 2**20
PIECE: Final = 2**16
MOST_REDIRECTS: Final = 3
TRIES: Final = 5
BUSY: Final = (429, 500, 502, 503, 504)

Selection = Mapping[str, Sequence[str]]

# What to do about each error that the service names; its own words are shown beside it.
REMEDIES: Final = {
    "EXTRACT-NOTFOUND": "Look the table and its codes up in StatBank and mend "
    "data/public/statbank.yml",
    "EXTRACT-NOTALLOWED": "Select values of the variable in data/public/statbank.yml",
    "REQUEST-MISSING": "Report this: the request was incomplete",
    "REQUEST-EMPTY": "Report this: the request was not understood",
    "REQUEST-NOTFOUND": "Check the address given with --base-url",
}
LATER: Final = "Run the same command again later; what has arrived is kept"


class StatBankError(DataError):
    """StatBank refused a request.

    Parameters
    ----------
    code : str
        Its `errorTypeCode`, or `HTTP` and the status where it gave none.
    """

    def __init__(self, code: str, message: str, *, where: str) -> None:
        self.code = code
        super().__init__(
            f"{code}: {message.rstrip('.')}", where=where, remedy=REMEDIES.get(code, LATER)
        )


class Code(BaseModel):
    """A value of a variable."""

    id: str
    text: str


class TableVariable(BaseModel):
    """A variable of a table; `elimination` tells that it may be left out of a request."""

    model_config = ConfigDict(extra="ignore")
    id: str
    text: str
    elimination: bool
    time: bool
    values: tuple[Code, ...]

    @property
    def codes(self) -> list[str]:
        """The codes of its values."""
        return [value.id for value in self.values]


class TableInfo(BaseModel):
    """What StatBank says of a table."""

    model_config = ConfigDict(extra="ignore")
    id: str
    text: str
    unit: str
    updated: str
    active: bool = True
    footnote: dict[str, Any] | None = None
    variables: tuple[TableVariable, ...]

    @property
    def note(self) -> str:
        """The publisher's note; empty if there is none."""
        return str((self.footnote or {}).get("text") or "")

    def variable(self, name: str) -> TableVariable | None:
        """Find a variable; StatBank does not tell capitals from small letters."""
        return next((v for v in self.variables if v.id.casefold() == name.casefold()), None)


class StatBank:
    """A connection to StatBank.

    Parameters
    ----------
    cache : Path
        Folder for the answers to data requests, so that a fetch that was broken off goes on where
        it stopped.
    base_url : str, optional
        Where the API is.
    patience : float, optional
        Seconds before the first new try; they double each time, and `Retry-After` is obeyed
        instead where it is sent.
    """

    def __init__(self, cache: Path, base_url: str = BASE_URL, patience: float = 1.0) -> None:
        self.base_url = base_url.rstrip("/")
        self.cache = cache
        self._session = requests.Session()
        self._session.headers["User-Agent"] = f"nychance/{__version__}"
        again = Retry(
            TRIES,
            connect=2,
            backoff_factor=patience,
            status_forcelist=BUSY,
            allowed_methods=None,
            raise_on_status=False,
        )
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=again))

    def info(self, table: str) -> TableInfo:
        """Ask for a table's metadata, in English.

        Raises
        ------
        StatBankError
            If there is no such table.
        DataError
            If StatBank cannot be reached or answers with something else.
        """
        answer = self._post("tableinfo", {"table": table, "format": "JSON", "lang": "en"})
        try:
            return TableInfo.model_validate(answer)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(map(str, first["loc"]))
            raise DataError(
                f"the metadata lack what they had ({field}: {first['msg']})",
                where=table,
                remedy=LATER,
            ) from error

    def data(self, info: TableInfo, selection: Selection) -> tuple[dict[str, Any], date]:
        """Ask for figures, or take them from an earlier answer about the same edition of the table.

        JSON-stat carries codes and says of each empty cell why it is empty; the streaming formats
        have no limit, but leave out rows without data and sum over nothing.

        Returns
        -------
        dict
            The JSON-stat answer.
        date
            The day on which it came.

        Raises
        ------
        StatBankError
            If StatBank refuses; the code `REQUEST-LIMIT` says that too many cells were asked for.
        DataError
            If StatBank cannot be reached or answers with something else.
        """
        variables = [{"code": code, "values": list(values)} for code, values in selection.items()]
        request = {"table": info.id, "format": "JSONSTAT", "lang": "en", "variables": variables}
        asked = json.dumps(
            [self.base_url, info.updated, request], sort_keys=True, ensure_ascii=False
        )
        kept = self.cache / info.id / f"{hashlib.sha256(asked.encode()).hexdigest()}.json"
        if kept.is_file():
            earlier = json.loads(kept.read_text(encoding="utf-8"))
            return earlier["answer"], date.fromisoformat(earlier["retrieved"])
        answer = self._post("data", request)
        today = date.today()
        write_whole(
            kept,
            json.dumps(
                {"retrieved": today.isoformat(), "request": request, "answer": answer},
                ensure_ascii=False,
            ),
        )
        return answer, today

    def _post(self, function: str, body: Mapping[str, Any]) -> dict[str, Any]:
        where = f"{self.base_url}/{function}"
        try:
            response, read = self._in_time(where, body)
            content = json.loads(read)
        except (ValueError, RecursionError) as error:
            raise _not_understood(response, where) from error
        except requests.RequestException as error:
            remedy = (
                f"{LATER}. A network without internet: fetch elsewhere and bring the folder "
                "data/public"
            )
            raise DataError(
                f"StatBank does not answer ({_briefly(error)})", where=where, remedy=remedy
            ) from error
        if response.ok and isinstance(content, dict) and "errorTypeCode" not in content:
            return content
        if isinstance(content, dict) and "errorTypeCode" in content:
            raise StatBankError(
                content["errorTypeCode"],
                str(content.get("message", "")),
                where=f"table {body['table']}",
            )
        raise _not_understood(response, where)

    def _in_time(self, where: str, body: Mapping[str, Any]) -> tuple[requests.Response, bytes]:
        """Return an answer and its content.

        Each byte may come in time and the whole never: the asking is done aside, and given up.
        """
        found: queue.SimpleQueue[tuple[requests.Response, bytes] | Exception] = queue.SimpleQueue()

        def ask() -> None:
            try:
                found.put(self._answer(where, body))
            except Exception as error:
                found.put(error)

        threading.Thread(target=ask, daemon=True).start()
        try:
            answer = found.get(timeout=LONGEST)
        except queue.Empty:
            raise DataError(
                f"StatBank has not answered in full within {LONGEST:,.0f} seconds",
                where=where,
                remedy=LATER,
            ) from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _answer(self, where: str, body: Mapping[str, Any]) -> tuple[requests.Response, bytes]:
        address = where
        for _ in range(MOST_REDIRECTS + 1):
            with self._session.post(
                address, json=body, timeout=SECONDS, stream=True, allow_redirects=False
            ) as response:
                if not response.is_redirect:
                    return response, _content(response, where)
            target = urljoin(address, response.headers["Location"])
            if urlsplit(target)[:2] != urlsplit(address)[:2]:
                raise _sent_elsewhere(target, where)
            address = target
        raise _sent_elsewhere(address, where)


def _content(response: requests.Response, where: str) -> bytes:
    """Read an answer, which may be packed, up to the largest there can be."""
    read = bytearray()
    for piece in response.iter_content(PIECE):
        read += piece
        if len(read) > LARGEST:
            raise DataError(
                f"the answer has more than {LARGEST // 2**20} MiB",
                where=where,
                remedy="Check the address given with --base-url",
            )
    return bytes(read)


def _sent_elsewhere(target: str, where: str) -> DataError:
    scheme, host, *_ = urlsplit(target)
    return DataError(
        f"StatBank sends on to {scheme}://{host}, which is not followed",
        where=where,
        remedy="Check the address given with --base-url",
    )


def _not_understood(response: requests.Response, where: str) -> StatBankError:
    if response.ok:
        return StatBankError("ANSWER", "it is not the JSON that was asked for", where=where)
    return StatBankError(
        f"HTTP {response.status_code}", response.reason or "no reason given", where=where
    )


def _briefly(error: Exception) -> str:
    cause = getattr(error, "args", [error])[0]
    return str(getattr(cause, "reason", cause)).split(":")[-1].strip(" )'") or type(error).__name__
