"""Conda users get what pip users get."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT

OTHER_NAMES = {"quarto-cli": "quarto", "jupyter-client": "jupyter_client"}


def test_environment_holds_the_packages_of_pyproject():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {
        OTHER_NAMES.get(name, name) + bounds
        for name, bounds in map(
            _split, project["dependencies"] + project["optional-dependencies"]["quarto"]
        )
    }
    listed = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    conda = {entry for entry in listed if isinstance(entry, str)} - {
        "pip",
        "python" + project["requires-python"],
    }
    pip = {entry for entry in listed[-1]["pip"] if not entry.startswith("--")}
    assert conda | pip == wanted


def test_lock_files_name_no_host():
    for name in ("run.txt", "test.txt", "quarto.txt"):
        assert "://" not in (ROOT / "requirements" / name).read_text()


@pytest.mark.parametrize("name", ["run.txt", "test.txt"])
def test_a_lock_holds_also_for_what_is_asked_for_with_an_extra(name):
    # Without the extra in the lock, pip before 23.3 takes the newest release for the one asked
    # for, and stops at its hash.
    lines = re.findall(r"^[^\s#][^\\\n]*", (ROOT / "requirements" / name).read_text(), re.MULTILINE)
    locked = {canonicalize_name(line.name): line for line in map(Requirement, lines)}
    asked = [
        (each, canonicalize_name(each.name))
        for line in locked.values()
        for each in _asks(line)
        if each.extras
    ]
    assert len(asked) > 1
    assert [str(each) for each, of in asked if not each.extras <= locked[of].extras] == []


def _asks(locked: Requirement) -> list[Requirement]:
    try:
        found = [Requirement(each) for each in requires(locked.name) or ()]
    except PackageNotFoundError:  # That of another platform.
        return []
    extras = ["", *locked.extras]
    return [
        each
        for each in found
        if each.marker is None or any(each.marker.evaluate({"extra": extra}) for extra in extras)
    ]


def _split(requirement: str) -> tuple[str, str]:
    found = re.match(r"([\w-]+)(.*)", requirement)
    assert found
    return found.group(1), found.group(2)
