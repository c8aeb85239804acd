"""The same source gives the same bytes, whatever the clock, the folder, the locale and the workers."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.handbook.handbook import Handbook, build_handbook


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file in *folder* but the lock."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != ".lock")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


MADE_AGAIN = ("mfa-instellen", "smartphone-vergeten", "je-pas")
"""A leaflet, a tri-fold, a poster, a tent and a mini, with their sheets: every way to make a file."""
FOR = "staff"


def of_those(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the PDFs of MADE_AGAIN among *files*, for one audience: another changes words and colours."""
    return {
        path: data
        for path, data in files.items()
        if path.startswith(f"{FOR}/") and Path(path).name.startswith(MADE_AGAIN)
    }


@pytest.fixture(scope="module")
def again(handbook: Handbook, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a second build made, in other circumstances than the first."""
    folder = tmp_path_factory.mktemp("again")
    environment = {
        "PYTHONHASHSEED": "4242",
        "TZ": "Pacific/Kiritimati",
        "LC_ALL": "C",
        "SOURCE_DATE_EPOCH": "1",
    }
    # Made anew: what the cache kept of the first build would be the same without proving anything.
    asked = (*MADE_AGAIN, "--audience", FOR, "--jobs", "1", "--force")
    assert build_handbook(folder / "out", folder, *asked, **environment) is None
    return contents(folder / "out")


def test_second_build_makes_the_same_files(handbook: Handbook, again: dict[str, bytes]) -> None:
    first = contents(handbook.folder)
    assert {"index.html", "manifest.json"} < first.keys()
    assert of_those(again).keys() == of_those(first).keys()
    assert len(of_those(again)) >= 10


def test_second_build_makes_the_same_bytes(handbook: Handbook, again: dict[str, bytes]) -> None:
    first = contents(handbook.folder)
    assert [path for path, data in of_those(again).items() if data != first[path]] == []


def test_build_writes_what_the_manifest_names_and_no_more(handbook: Handbook) -> None:
    pages = {"index.html", "check.html", "check-data.js", "codes.json"}
    beside = {*pages, "manifest.json", "proof.html", "proof.json", ".gitignore"}
    assert contents(handbook.folder).keys() == handbook.paths | beside
