"""The secret that decides which of several near-equal rows is hidden for another's sake.

Rule and code are public, so a choice that follows from them would tell something about what is
hidden: which counts make the rule choose so, and no other way (the minimality attack of Wong et al.
2007, VLDB:543-554). With a secret beside the data, nobody else can follow the choice.
"""

import hashlib
import hmac
import secrets
from pathlib import Path
from typing import Final

from evalbook.files import private_file

FILE: Final = "protection.secret"
LENGTH: Final = 32


def secret_of(data: Path, root: Path, *, synthetic: bool = False) -> bytes:
    """Return the secret of a data folder, made when it is first asked for.

    Parameters
    ----------
    data : Path
        The folder of the extract.
    root : Path
        The project, which keeps the secret where the extract's folder cannot be written to.
    synthetic : bool
        Whether persons are invented: then nobody has to be kept from it, and the same data make
        the same report everywhere.
    """
    if synthetic:
        return hashlib.sha256(b"evalbook, synthetic persons").digest()
    places = [data / FILE, root / ".evalbook" / FILE]
    for path in places:
        if path.is_file():
            return path.read_bytes()
    made = secrets.token_bytes(LENGTH)
    try:
        # A project without an extract has no such folder, and gets none.
        _keep(places[0] if data.is_dir() else places[1], made)
    except OSError:
        _keep(places[1], made)
    return made


def _keep(path: Path, secret: bytes) -> None:
    with private_file(path) as file:
        file.write(secret)


def drawn(secret: bytes, *names: str) -> float:
    """Return a number from 0 to 1 for some names, which only who has the secret can tell."""
    found = hmac.new(secret, "\0".join(names).encode(), hashlib.sha256).digest()
    return int.from_bytes(found[:8], "big") / 2**64
