"""The handbook, built once for all that is asked of its PDFs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.handbook.handbook import Handbook, built_once
from tests.handbook.handbook import made as made_once
from tests.test_right_sheets import made

from handout.builder import rounds
from handout.editions import fillable  # noqa: F401  its kind of file can be asked for from here on
from handout.editions.single import Made
from handout.model.document import SheetKind
from handout.model.files import FILLABLE, PIECE
from handout.model.school import School
from handout.paper import impose
from handout.project.plan import Selection, editions

LARGE = "large"


@pytest.fixture(scope="session")
def handbook(tmp_path_factory: pytest.TempPathFactory) -> Handbook:
    return built_once(tmp_path_factory.getbasetemp() / "handbook")


# ---- files that other programs judge ------------------------------------------------------------


@pytest.fixture(scope="session")
def pieces(handbook: Handbook) -> tuple[Path, ...]:
    return tuple(handbook.folder / piece.path for piece in handbook.pieces)


@pytest.fixture(scope="session")
def sheets(handbook: Handbook) -> tuple[Path, ...]:
    """The print sheets, and a leaflet for a print shop, which the handbook is not built with."""
    pieces = {piece.path for piece in handbook.pieces}
    printed = [handbook.folder / path for path in sorted(handbook.paths - pieces) if path.endswith(".pdf")]
    leaflet = handbook.piece("staff/mfa-instellen-leaflet-a4.pdf")
    shop = handbook.folder / "shop.pdf"
    shop.write_bytes(impose.sheet(leaflet.pdf, SheetKind.PRINT_SHOP).pdf)
    return (*printed, shop)


@pytest.fixture(scope="session")
def copies(handbook: Handbook, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """Copies from a master, for three schools; and a sheet for none, with its file to type in."""
    schools = tuple(School(f"s{n}", f"Voorbeeldschool{n * ' met naam'}", room=f"B{n}") for n in (1, 2, 5))
    project = replace(handbook.project, schools=schools)
    plan = editions(project, Selection(("mfa-hulp-op-zak",), ("staff",), schools=("all",)))
    made_ = [one for one in rounds.make_all(project, plan, 1) if isinstance(one, Made)]
    assert len([one for one in made_ if one.is_copy]) == len(schools)
    folder = tmp_path_factory.mktemp("copies")
    tent = Selection(("smartphone-vergeten",), ("staff",), ("tent-a4",), also=(FILLABLE,))
    made_ += map(made_once, editions(handbook.project, tent))
    paths = laid_down(made_, folder, (PIECE, FILLABLE))
    assert len(paths) == len(schools) + 2
    return paths


@pytest.fixture(scope="session")
def others(handbook: Handbook, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """What is made when asked for: black alone, large print, two languages; with print sheets."""
    asked = (
        Selection(("waarom-mfa",), ("staff",), ("leaflet-a4",), mono=True),
        Selection(("mijn-pas",), ("students",), ("leaflet-a4",), readings=(LARGE,)),
        Selection(("smartphone-vergeten",), ("students",), ("poster-a3",), languages=("nl+ar",)),
    )
    made_ = [made_once(edition) for one in asked for edition in editions(handbook.project, one)]
    paths = laid_down(made_, tmp_path_factory.mktemp("others"), (PIECE, *SheetKind))
    assert {path.name.removesuffix(".pdf") for path in paths} >= {
        "waarom-mfa-leaflet-a4-mono",
        "mijn-pas-leaflet-a4-large",
        "smartphone-vergeten-poster-a3-nl-ar",
        "smartphone-vergeten-poster-a3-nl-ar-print",
    }
    return paths


def laid_down(made_: Iterable[Made], folder: Path, kinds: Collection[str]) -> tuple[Path, ...]:
    """Write the files of *made_* that are of *kinds* into *folder* and return their paths."""
    paths = []
    for number, file in enumerate(file for one in made_ for file in one.files if file.kind in kinds):
        path = folder / str(number) / Path(file.path).name
        path.parent.mkdir()
        path.write_bytes(file.data)
        paths.append(path)
    return tuple(paths)


@pytest.fixture(scope="session")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sheet with lines that run to the left, and a table that goes on."""
    folder = tmp_path_factory.mktemp("mixed")
    rows = "".join(f"| **ليلى {n}** | Lokaal {n} |\n" for n in range(34))
    steps = f"1. Vraag het aan **ليلى** منصور (lokaal 12)\n\n| Naam | Waar |\n|---|---|\n{rows}"
    sheet = made(folder / "project", steps, title="Vraag ليلى")
    assert sheet.page_count == 2
    path = folder / "sheet.pdf"
    path.write_bytes(sheet.pdf)
    return path
