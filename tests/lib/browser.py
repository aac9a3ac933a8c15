"""Return a Chromium for the browser tests: installed, Debian's or Playwright's."""

import os
import shutil
import subprocess
import sys


def find() -> str | None:
    """Find an installed Chromium."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for path in map(shutil.which, names) if path), None) or _playwrights()


def install() -> str:
    """Get a Chromium if there is none; gives one line on how it went."""
    if find():
        return "Chromium: installed already"
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        for command in (
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
        ):
            subprocess.run(command, capture_output=True)
        if find():
            return "Chromium: installed from Debian's package"
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], capture_output=True)
    return (
        "Chromium: downloaded by Playwright"
        if find()
        else "Chromium: not to be had; the browser tests are skipped"
    )


def _playwrights() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.path.exists(path) else None  # noqa: PTH110


if __name__ == "__main__":
    print(install())
