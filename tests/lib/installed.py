"""An environment of its own with the wheel in it.

What nychance depends on is lent by this one, the checkout is not.
"""

import os
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT

OURS = ("PYTHONPATH", "NYCHANCE_DATA", "NYCHANCE_STATBANK")


@dataclass(frozen=True)
class Installed:
    """The environment's folder.

    Commands in it see neither the checkout nor this machine's settings.
    """

    folder: Path

    @property
    def programs(self) -> Path:
        return self.folder / "bin"

    @property
    def packages(self) -> Path:
        (found,) = self.folder.glob("lib/python*/site-packages")
        return found

    def run(
        self, *command, cwd: Path, status: int = 0, **settings: str
    ) -> subprocess.CompletedProcess[str]:
        kept = {key: value for key, value in os.environ.items() if key not in OURS}
        environment = kept | {"PATH": f"{self.programs}{os.pathsep}{kept['PATH']}"} | settings
        texts = [str(part) for part in command]
        done = subprocess.run(
            texts, cwd=cwd, env=environment, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == status, f"{' '.join(texts)}\n{done.stdout}{done.stderr}"
        return done


def build_wheel(to: Path) -> Path:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(to)],
        cwd=ROOT,
        check=True,
    )
    (wheel,) = to.glob("nychance-*.whl")
    return wheel


def install(wheel: Path, folder: Path, *pip: str, **settings: str) -> Installed:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    command = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(folder),
        "install",
        "--quiet",
        "--no-deps",
        *pip,
        str(wheel),
    ]
    subprocess.run(command, check=True, env=os.environ | settings)
    installed = Installed(folder)
    (installed.packages / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return installed
