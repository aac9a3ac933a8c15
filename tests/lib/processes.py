"""Builds that run while a test does something to them."""

import os
import shutil
import subprocess
import sys
import time

import pytest


def start(project, *arguments):
    command = [sys.executable, "-c", "from nychance.__main__ import main; main()", *arguments]
    return subprocess.Popen(
        command, cwd=project.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def as_anybody():
    """Return what a command begins with to be held back by permissions, also for root."""
    if os.name == "nt" or (os.geteuid() == 0 and not shutil.which("setpriv")):
        pytest.skip("permissions hold nobody back here")
    if os.geteuid():
        return []
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]


def wait_for_a_kernel(project):
    deadline = time.monotonic() + 60
    while (
        not any((project.root / ".evalbook" / "staging").glob("*/reads"))
        and time.monotonic() < deadline
    ):
        time.sleep(0.05)


def kernels_of(project):
    """List the processes of forked kernels, after giving them a moment to end."""
    for _ in range(50):
        listed = subprocess.run(
            ["ps", "-eo", "args"], capture_output=True, text=True
        ).stdout.splitlines()
        found = [line for line in listed if "forkserver" in line and str(project.root) in line]
        if not found:
            break
        time.sleep(0.1)
    return found
