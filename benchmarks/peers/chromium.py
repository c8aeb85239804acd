"""Headless Chromium: warm, driven by Playwright, and cold, by its own command line."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from benchmarks.leaflet import School
from benchmarks.peers.html import html
from benchmarks.peers.job import Job, Make

FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
"""As in a container: without a sandbox of its own, and with nothing asked of a network."""


def found() -> str | None:
    """Return the browser of the system."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def opened(job: Job) -> Iterator[Make]:
    leaflet = job.words()
    pages = Path(job.output) / "page.html"
    with import_module("playwright.sync_api").sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found(), args=list(FLAGS))
        page = browser.new_page()

        def make(school: School, title: str) -> bytes:
            # From a file: a page of another origin may not read the fonts.
            pages.write_text(html(leaflet, school, title), "utf-8")
            page.goto(pages.as_uri(), wait_until="load")
            data: bytes = page.pdf(prefer_css_page_size=True, print_background=True, tagged=True)
            return data

        yield make
        browser.close()
    pages.unlink()


def cold_command(page: Path, pdf: Path, profile: Path) -> list[str]:
    """Return the command that prints the HTML file *page*."""
    return [
        found() or "chromium",
        "--headless",
        *FLAGS,
        f"--user-data-dir={profile}",
        "--no-pdf-header-footer",
        f"--print-to-pdf={pdf}",
        page.as_uri(),
    ]
