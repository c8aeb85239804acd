"""Builders that the tests share: real little projects, as files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pypdfium2
import pytest

from handout.commands import progress
from handout.document import resolve
from handout.machine import collector
from handout.model.document import Document
from handout.model.findings import Finding
from handout.paper.compose import bounded
from handout.paper.engine import fonts
from handout.project import plan
from handout.project.load import load
from handout.project.project import Project

# Before any test module imports WeasyPrint, which reads the font settings at that moment and never again.
fonts.isolate()

# Not frozen: the mutants look for the functions that are loaded.
collector.rest()

# On a slow machine a line of progress would come between what the tests read.
progress.EVERY_S = float("inf")

# What a run of the tests makes is kept for that run alone, never in the folder of the person who runs them.
# Its processes share it: the one that began them has set it.
if "PYTEST_XDIST_WORKER" not in os.environ:
    _CACHE = TemporaryDirectory(prefix="handout-tests-")
    os.environ["HANDOUT_CACHE_DIR"] = _CACHE.name

# The projects of the tests are Dutch, and what is said of them is compared in English.
os.environ["HANDOUT_MESSAGES"] = "en"

TESTS = Path(__file__).resolve().parent
REPOSITORY = TESTS.parent

SETTINGS = """\
[organisation]
name = "Stadsscholen"
edition = "algemene uitgave"
language = "nl-BE"

[audiences.staff]
label = "Voor medewerkers"
accent = "#123e8c"
shape = "square"
strip = "bar"
icon = "briefcase"
fields = { systems = "Outlook en Smartschool" }

[audiences.students]
label = "Voor leerlingen"
accent = "#00573f"
shape = "circle"
strip = "dots"
icon = "mortarboard"
fields = { systems = "Smartschool" }

[links]
allowed-hosts = ["mfa.school.be"]
security-info = "https://mfa.school.be/info"
"""
SCHOOLS = """\
id,name,address,ict-anchor,phone
noord,Basisschool Noord,"Kerkstraat 1, Antwerpen",An Peeters,+32 3 123 45 67
zuid,Basisschool Zuid,,,
"""
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9" fill="currentColor"/></svg>'
)
BODY_LINE = 5
"""The line on which the text of `procedure` begins."""


def project_at(root: Path, files: Mapping[str, str | bytes], settings: str = SETTINGS) -> Path:
    """Write the project *files*, by path, in *root*, with a handout.toml of *settings*; return *root*."""
    for path, content in {"handout.toml": settings, **files}.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def loaded(root: Path) -> Project:
    """Return the project in *root*, which has nothing wrong with it."""
    project, findings = load(root)
    assert [str(finding) for finding in findings] == []
    assert project is not None
    return project


def procedure(body: str, title: str = "Aanmelden", audiences: str = "staff, students") -> str:
    """Return the text of a procedure; *body* begins on line BODY_LINE."""
    return f"---\ntitle: {title}\naudiences: [{audiences}]\n---\n{body}\n"


def handout(procedures: str, body: str = "Lees dit eerst.", **front_matter: str) -> str:
    """Return the text of a handout of *procedures*; a keyword `valid_until` writes the key `valid-until`."""
    keys = {
        "title": "Gids",
        "audiences": "[staff, students]",
        "formats": "[leaflet-a4]",
        "procedures": f"[{procedures}]",
        **{key.replace("_", "-"): value for key, value in front_matter.items()},
    }
    head = "".join(f"{key}: {value}\n" for key, value in keys.items())
    return f"---\n{head}---\n{body}\n"


def edition(
    project: Project, slug: str = "gids", audience: str = "staff", school: str | None = None
) -> plan.Edition:
    """Return the one edition of handout *slug* for *audience*."""
    chosen = plan.Selection((slug,), (audience,), schools=(school,) if school else ())
    (only,) = plan.editions(project, chosen)
    return only


def resolved(
    root: Path,
    files: Mapping[str, str | bytes],
    audience: str = "staff",
    school: str | None = None,
    settings: str = SETTINGS,
) -> tuple[Document, tuple[Finding, ...]]:
    """Return the handout `gids` of *files*, resolved for *audience*, and what is wrong with it."""
    project = loaded(project_at(root, files, settings))
    return resolve.document(project, edition(project, audience=audience, school=school))


def sheet(
    root: Path,
    files: Mapping[str, str | bytes],
    audience: str = "staff",
    school: str | None = None,
    settings: str = SETTINGS,
) -> Document:
    """Return what `resolved` does, of a project that has nothing wrong with it."""
    document, findings = resolved(root, files, audience, school, settings)
    assert [str(finding) for finding in findings] == []
    return document


def text_of(pdf: bytes) -> str:
    """Return the words on the pages of *pdf*, with single spaces."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())
    finally:
        document.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a file in one process of `pytest -n`, and a folder whose tests share what they build."""
    for item in items:
        folder = item.path.parent
        shares = folder != TESTS and (folder / "conftest.py").exists()
        item.add_marker(pytest.mark.xdist_group(str(folder if shares else item.path)))


@pytest.fixture(autouse=True, scope="module")
def _no_composer_stays() -> Iterator[None]:
    """End the process for templates of their own with the tests of a module: others count processes."""
    yield
    bounded.close()
