"""Try to install Quarto beside the locked packages, for a short while; say in one line how it went.

The wheel fetches Quarto from a host that closed networks do not reach. Then the portable renderer
is used, and nothing is lost.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

SECONDS = float(os.environ.get("NYCHANCE_QUARTO_SECONDS", "60"))
LOCK = Path(__file__).with_name("quarto.txt")


def main() -> str:
    """Install Quarto if it is not there; gives the line to print."""
    if os.environ.get("QUARTO_PATH") or shutil.which("quarto"):
        return "Quarto: installed already"
    if SECONDS <= 0:
        return "Quarto: not tried, as asked; the portable renderer is used"
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--retries",
        "0",
        "--require-hashes",
        "-r",
        LOCK,
    ]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS).returncode == 0
    except subprocess.TimeoutExpired:
        done = False
    return (
        "Quarto: installed"
        if done
        else "Quarto: not to be had from here; the portable renderer is used"
    )


if __name__ == "__main__":
    print(main())
