"""Memory and time of `nychance synthesize` at two sizes: the larger takes no more memory.

Example: python benchmarks/synthesize.py 200000 1000000
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIZES = (200_000, 1_000_000)
# What may grow with the size is Parquet's list of row groups, about 15 MB per million persons.
MOST = 1.25


def measure(persons: int, folder: Path) -> tuple[float, float]:
    """Generate once; gives seconds and peak resident memory in MB."""
    code = "import sys; from nychance.__main__ import main; main()"
    arguments = ["synthesize", "--persons", str(persons), "--seed", "1", "--out", str(folder)]
    begin = time.monotonic()
    process = subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{persons:,} persons could not be generated")
    # Linux counts in kB, macOS in bytes.
    return time.monotonic() - begin, used.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def main() -> None:
    """Measure the sizes named on the command line, or 200,000 and a million."""
    small, large = (int(size) for size in sys.argv[1:]) if sys.argv[1:] else SIZES
    peaks = []
    with tempfile.TemporaryDirectory() as scratch:
        for persons in (small, large):
            seconds, peak = measure(persons, Path(scratch) / str(persons))
            peaks.append(peak)
            print(f"{persons:>9,} persons  {seconds:6.1f} s  {peak:6.0f} MB")
    ratio = peaks[1] / peaks[0]
    print(
        f"memory {ratio:.2f} times for {large / small:.1f} times the persons; "
        f"bounded if at most {MOST}"
    )
    sys.exit(ratio > MOST)


if __name__ == "__main__":
    main()
