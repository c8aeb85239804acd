"""outloud, a second judge of what is read aloud, judges each piece of the handbook and each print sheet.

It is run as a program, from an environment of its own that `make test` lays down: it reads with PyMuPDF,
whose licence (AGPL) is not ours. Nothing imports either, and neither is shipped. Where it is not, this is
skipped.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from tests.handbook.handbook import Handbook

OUTLOUD = Path(sys.prefix) / "outloud/bin/outloud"
LONGEST_JUDGEMENT_S = 300

SECOND_COPIES = "the other copies of a card on its sheet are decoration, so that a card is read once"
TILES = "a poster is read on its first tile: what the others show of it, and how to print them, is decoration"
ONE_COLUMN = "a header row and a header column around one column of cells: of more headers than cells"
EXPLAINED: Mapping[tuple[str, str], str] = {
    ("ict-anchor/aan-het-loket-reference-a4.pdf", "TBL-010"): ONE_COLUMN,
    ("sheet.pdf", "TBL-010"): ONE_COLUMN,
    ("staff/mfa-hulp-op-zak-card-print.pdf", "TAG-002"): SECOND_COPIES,
    ("staff/toegangspas-card-print.pdf", "TAG-002"): SECOND_COPIES,
    ("students/mfa-hulp-op-zak-card-print.pdf", "TAG-002"): SECOND_COPIES,
    ("students/toegangspas-card-print.pdf", "TAG-002"): SECOND_COPIES,
    ("staff/mfa-in-3-stappen-poster-a3-print-tiles-a2.pdf", "TAG-002"): TILES,
    ("staff/smartphone-vergeten-poster-a3-print-tiles-a2.pdf", "TAG-002"): TILES,
    ("students/mfa-in-3-stappen-poster-a3-print-tiles-a2.pdf", "TAG-002"): TILES,
    ("students/smartphone-vergeten-poster-a3-print-tiles-a2.pdf", "TAG-002"): TILES,
    ("shop.pdf", "TAG-002"): "the bleed mirrors what lies along the edge of the page, which is decoration",
    ("smartphone-vergeten-tent-a4-fillable.pdf", "TAG-003"): "words in a field are read as its value",
}
"""What outloud says and we leave: the file, its rule, and why it is so meant."""


def judged(paths: Iterable[Path], report: Path) -> Mapping[Path, Sequence[str]]:
    """Return which rules outloud names for each of *paths*, errors and warnings alike.

    It writes its *report* there.
    """
    if not OUTLOUD.exists() and "CI" not in os.environ:
        pytest.skip("outloud is not laid down: run `make test`")
    command = [str(word) for word in (OUTLOUD, "--quiet", "--no-info", "--json", report, *paths)]
    subprocess.run(command, capture_output=True, timeout=LONGEST_JUDGEMENT_S, check=False)
    results = json.loads(report.read_bytes())["results"]
    assert [one["path"] for one in results if one["error"] or not one["rules"]] == []
    return {Path(one["path"]): [found["rule"] for found in one["findings"]] for one in results}


@pytest.fixture(scope="module")
def spoilt(handbook: Handbook, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A leaflet that tells each of its drawings as "image", which is true and says nothing."""
    path = tmp_path_factory.mktemp("untold") / "untold.pdf"
    with pikepdf.open(BytesIO(handbook.piece("staff/mfa-instellen-leaflet-a4.pdf").pdf)) as pdf:
        for element in pdf.objects:
            if isinstance(element, pikepdf.Dictionary) and element.get("/S") == pikepdf.Name.Figure:
                element.Alt = pikepdf.String("image")
        pdf.save(path)
    return path


@pytest.fixture(scope="module")
def judgements(
    pieces: tuple[Path, ...],
    sheets: tuple[Path, ...],
    copies: tuple[Path, ...],
    others: tuple[Path, ...],
    mixed: Path,
    spoilt: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Mapping[Path, Sequence[str]]:
    """What outloud says of each file: it is started once for all."""
    return judged(
        (*pieces, *sheets, *copies, *others, mixed, spoilt),
        tmp_path_factory.mktemp("outloud") / "report.json",
    )


def names(
    judgements: Mapping[Path, Sequence[str]], paths: Iterable[Path], folder: Path
) -> set[tuple[str, str]]:
    """Return each of *paths*, from *folder* where it lies there, with each rule that outloud names for it."""
    return {
        (path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name, rule)
        for path in paths
        for rule in judgements[path]
    }


def test_outloud_says_nothing_of_any_piece_or_print_sheet_but_what_is_explained(
    judgements: Mapping[Path, Sequence[str]],
    handbook: Handbook,
    pieces: tuple[Path, ...],
    sheets: tuple[Path, ...],
    copies: tuple[Path, ...],
    others: tuple[Path, ...],
    mixed: Path,
) -> None:
    paths = (*pieces, *sheets, *copies, *others, mixed)
    assert names(judgements, paths, handbook.folder) == set(EXPLAINED)


def test_outloud_hears_a_fault(judgements: Mapping[Path, Sequence[str]], spoilt: Path) -> None:
    """Else a judge that does nothing would pass the handbook too."""
    assert judgements[spoilt] == ["FIG-010"]
