"""Gather what a machine without internet needs into a folder and a tar file of it.

The wheels are those of the lock file, for the Python and the platform that this runs on: make the
bundle on a machine like the one that it is for. `install.sh` in the bundle installs from its
wheels alone, with every hash checked.
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements" / "run.txt"
PARTS = ("docs", "data/README.md", "README.md", "GLOSSARY.md", "LICENSE")
INSTALL = """\
#!/bin/sh
# Installs into the folder given (default: env, beside this file), from the wheels here alone.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
into=${1:-$here/env}
python=${PYTHON:-python3}
"$python" -m venv "$into"
"$into/bin/python" -m pip install --quiet --no-index --find-links "$here/wheels" \\
  --require-hashes -r "$here/requirements/run.txt"
"$into/bin/python" -m pip install --quiet --no-index --no-deps "$here"/wheels/nychance-*.whl
echo "Installed. Make a report with:"
echo "  $into/bin/nychance init report --demonstration && cd report && $into/bin/nychance report"
"""


def main() -> None:
    """Write the bundle's folder and its tar file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    parser.add_argument(
        "--no-wheels", action="store_true", help="leave out what nychance depends on"
    )
    given = parser.parse_args()
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "version"
    ]
    folder = given.out / f"nychance-{version}-offline"
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    gather(part, with_wheels=not given.no_wheels)
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)
    with tarfile.open(f"{folder}.tar", "w") as tar:
        tar.add(folder, folder.name)
    print(
        f"{folder}.tar holds {sum(1 for _ in (folder / 'wheels').iterdir())} wheels; "
        "unpack it there and run install.sh"
    )


def gather(folder: Path, *, with_wheels: bool) -> None:
    """Put the parts into a folder, and a checksum of each file beside them."""
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    if with_wheels:
        run(
            "pip",
            "download",
            "--quiet",
            "--only-binary",
            ":all:",
            "--require-hashes",
            "-r",
            LOCK,
            "-d",
            wheels,
        )
    run("hatchling", "build", "-t", "wheel", "-d", wheels)
    (folder / "requirements").mkdir()
    shutil.copy(LOCK, folder / "requirements")
    for name in PARTS:
        copy(ROOT / name, folder / name)
    install = folder / "install.sh"
    install.write_text(INSTALL, encoding="utf-8")
    install.chmod(0o755)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n"
        for path in files
    ]
    (folder / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")


def run(module: str, *arguments: str | Path) -> None:
    """Run a Python module in the project's root."""
    subprocess.run([sys.executable, "-m", module, *map(str, arguments)], cwd=ROOT, check=True)


def copy(source: Path, target: Path) -> None:
    """Copy a file or a folder."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy(source, target)


if __name__ == "__main__":
    main()
