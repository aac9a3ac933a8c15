"""The bundle for a machine without internet: its contents, and that it installs by itself."""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.lib.installed import Installed

# An index that nobody answers, and no configuration that could name another.
NOWHERE = {
    "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_RETRIES": "0",
    "PIP_NO_INDEX": "1",
}


def made(folder: Path, *arguments: str) -> Path:
    """Make a bundle, and unpack it elsewhere, as its users do."""
    subprocess.run(
        [sys.executable, "requirements/bundle.py", "--out", str(folder), *arguments],
        cwd=ROOT,
        check=True,
    )
    (packed,) = folder.glob("*.tar")
    with tarfile.open(packed) as tar:
        # The first 3.11 know no filters.
        tar.extractall(
            folder / "there", **({"filter": "data"} if hasattr(tarfile, "data_filter") else {})
        )
    (unpacked,) = (folder / "there").iterdir()
    return unpacked


def begin(installed: Installed, folder: Path) -> None:
    installed.run("nychance", "init", "own", "-c", "2009-03", "--lang", "en", cwd=folder, **NOWHERE)
    installed.run(
        "nychance",
        "synthesize",
        "--persons",
        "1000",
        "--out",
        "data/demo",
        cwd=folder / "own",
        **NOWHERE,
    )


def test_the_bundle_holds_the_lock_the_documentation_and_checksums_that_are_right(tmp_path):
    bundle = made(tmp_path, "--no-wheels")
    assert (bundle / "requirements" / "run.txt").read_bytes() == (
        ROOT / "requirements" / "run.txt"
    ).read_bytes()
    assert (bundle / "docs" / "how-to" / "closed-network.md").is_file()
    listed = [
        line.split("  ", 1)
        for line in (bundle / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    ]
    assert {name for _, name in listed} == {
        str(path.relative_to(bundle))
        for path in bundle.rglob("*")
        if path.is_file() and path.name != "SHA256SUMS"
    }
    assert all(
        hashlib.sha256((bundle / name).read_bytes()).hexdigest() == digest
        for digest, name in listed
    )


@pytest.mark.skipif(
    "NYCHANCE_OFFLINE" in os.environ, reason="this machine has no index to gather the wheels from"
)
def test_everything_installs_offline_and_builds_a_checkpoint(tmp_path):
    bundle = made(tmp_path)
    # Where the kernel allows it, the installation has no network at all.
    alone = ["unshare", "--map-root-user", "--net"] if shutil.which("unshare") else []
    settings = {
        "PYTHON": sys.executable,
        "PIP_NO_COMPILE": "1",
    }  # what is used compiles when it is used
    subprocess.run(
        [*alone, bundle / "install.sh", tmp_path / "env"],
        check=True,
        env=os.environ | NOWHERE | settings,
    )
    begin(Installed(tmp_path / "env"), tmp_path)
    Installed(tmp_path / "env").run(
        "nychance", "report", "--renderer", "portable", cwd=tmp_path / "own", **NOWHERE
    )
    assert "Passive persons into activity" in (
        tmp_path / "own" / "_site" / "en" / "2009-03" / "effort.html"
    ).read_text("utf-8")
