"""Conda users get what pip users get."""

import re
import tomllib

import yaml

from tests.conftest import ROOT

OTHER_NAMES = {"quarto-cli": "quarto", "jupyter-client": "jupyter_client"}


def test_environment_holds_the_packages_of_pyproject():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {
        OTHER_NAMES.get(name, name) + bounds
        for name, bounds in map(_split, project["dependencies"] + project["optional-dependencies"]["quarto"])
    }
    listed = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    conda = {entry for entry in listed if isinstance(entry, str)} - {"pip", "python" + project["requires-python"]}
    pip = {entry for entry in listed[-1]["pip"] if not entry.startswith("--")}
    assert conda | pip == wanted


def test_lock_files_name_no_host():
    for name in ("run.txt", "test.txt", "quarto.txt"):
        assert "://" not in (ROOT / "requirements" / name).read_text()


def _split(requirement: str) -> tuple[str, str]:
    found = re.match(r"([\w-]+)(.*)", requirement)
    assert found
    return found.group(1), found.group(2)
