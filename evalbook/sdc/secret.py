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


def secret_of(data: Path, seed: int | None = None) -> bytes:
    """Return the secret of a data folder, made when it is first asked for.

    Parameters
    ----------
    data : Path
        The folder of the extract.
    seed : int, optional
        The seed that made synthetic data: their secret follows from it, so that the same seed
        makes the same report.
    """
    if seed is not None:
        return hashlib.sha256(f"evalbook {seed}".encode()).digest()
    path = data / FILE
    if not path.exists():
        with private_file(path) as file:
            file.write(secrets.token_bytes(LENGTH))
    return path.read_bytes()


def drawn(secret: bytes, *names: str) -> float:
    """Return a number from 0 to 1 for some names, which only who has the secret can tell."""
    found = hmac.new(secret, "\0".join(names).encode(), hashlib.sha256).digest()
    return int.from_bytes(found[:8], "big") / 2**64
