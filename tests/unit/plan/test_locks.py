"""What tests and documentation run with is what ships."""

import re

import pytest

from tests.conftest import ROOT

PIN = re.compile(r"^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;\\]+)([^\\\n]*)", re.MULTILINE)
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def pins(path):
    """Return each package's versions, by the condition under which it is installed."""
    found = {}
    for name, version, condition in PIN.findall(path.read_text(encoding="utf-8")):
        found.setdefault(re.sub(r"[-_.]+", "-", name).lower(), {})[condition.strip()] = version
    return found


def test_every_lock_is_read():
    assert {path.name for path in LOCKS} >= {"run.txt", "test.txt", "docs.txt", "quarto.txt"}
    assert all(pins(path) for path in LOCKS)
    assert len(pins(ROOT / "requirements" / "run.txt")) > 100


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_locked_versions_agree_with_those_that_ship(path):
    shipped = pins(ROOT / "requirements" / "run.txt")
    other = {
        name: (set(versions.values()), set(shipped[name].values()))
        for name, versions in pins(path).items()
        if name in shipped and not set(versions.values()) <= set(shipped[name].values())
    }
    assert other == {}


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_every_package_is_locked_with_its_hashes(path):
    text = path.read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[\w-])", text)
    assert not [entry[:60] for entry in entries if "==" in entry and "--hash=sha256:" not in entry]
