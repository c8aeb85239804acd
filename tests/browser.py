"""Chromium, as the machine has it, for what a reader or an editor opens on a screen."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")

# Root has no sandbox; the rest keeps it from calling home, which a closed network answers with delays.
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def opened() -> Iterator[Browser]:
    """Start the system's Chromium; without one the test is skipped, but fails in CI."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium: `make test` installs it")
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(OPTIONS))
        try:
            yield browser
        finally:
            browser.close()


def barriers(page: Page) -> list[str]:
    """Return what axe-core finds against WCAG on *page* as it stands: rule, and where."""
    answer = Axe().run(page)
    return [
        f"{violation['id']}: {node['target']}"
        for violation in answer.response["violations"]
        for node in violation["nodes"]
    ]
