"""veraPDF, the reference checker of PDF/A and PDF/UA, judges each piece of the handbook and each print sheet.

It needs Java, and Maven to fetch it once; a machine without them skips this with the reason.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.handbook.handbook import Handbook
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

ARTIFACT = "org.verapdf.apps:greenfield-apps:1.28.2"
JAR = "greenfield-apps-1.28.2.jar"
SHA_256 = "687d4d8bcfec48c9f7e931cf78ed061f1eeccfba55d4cdc000ba9b4d8aa46ce6"
MAIN = "org.verapdf.apps.GreenfieldCliWrapper"
LONGEST_FETCH_S = 300
LONGEST_JUDGEMENT_S = 300


@dataclass(frozen=True)
class Judgement:
    """What veraPDF says of one file."""

    path: str
    is_compliant: bool
    broken: tuple[str, ...]
    """The clauses that it breaks."""


@pytest.fixture(scope="session")
def verapdf(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, fetched once from Maven's central repository and held against its known hash."""
    for tool in ("java", "mvn"):
        if shutil.which(tool) is None:
            pytest.skip(f"veraPDF needs Java and Maven: '{tool}' is not on this machine")
    kept = getattr(pytestconfig, "cache", None)  # not there with `-p no:cacheprovider`
    folder: Path = kept.mkdir("verapdf") if kept else tmp_path_factory.mktemp("verapdf")
    jar = folder / JAR
    if not jar.exists():
        fetched = _run(
            ["mvn", "-q", "-B", "dependency:copy", f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={folder}"],
            LONGEST_FETCH_S,
        )
        if not jar.exists() and "CI" not in os.environ:
            pytest.skip(f"veraPDF could not be fetched: {fetched.stdout[-200:]}")
    assert hashlib.sha256(jar.read_bytes()).hexdigest() == SHA_256
    return jar


def _run(command: list[str], longest_s: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=longest_s, check=False)


def judged(verapdf: Path, paths: Iterable[Path], flavour: str) -> dict[Path, Judgement]:
    """Return what *verapdf* says of the files at *paths* by the rules of *flavour*."""
    # What the best compiler of Java gains in some seconds of running is less than it takes.
    java = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", str(verapdf), MAIN]
    done = _run([*java, "--flavour", flavour, "--format", "json", *map(str, paths)], LONGEST_JUDGEMENT_S)
    jobs = json.loads(done.stdout)["report"]["jobs"]
    return {Path(one.path): one for one in map(_judgement, jobs)}


def _judgement(job: dict[str, object]) -> Judgement:
    item, results = job["itemDetails"], job.get("validationResult")
    assert isinstance(item, dict)
    if not isinstance(results, list):
        return Judgement(item["name"], False, ("the file cannot be read",))
    rules = [rule for result in results for rule in result["details"]["ruleSummaries"]]
    broken = tuple(f"{rule['clause']}-{rule['testNumber']}" for rule in rules)
    return Judgement(item["name"], all(result["compliant"] for result in results), broken)


@pytest.fixture(scope="module")
def pieces(handbook: Handbook) -> tuple[Path, ...]:
    return tuple(handbook.folder / piece.path for piece in handbook.pieces)


@pytest.fixture(scope="module")
def sheets(handbook: Handbook) -> tuple[Path, ...]:
    """The print sheets, and a leaflet for a print shop, which the handbook is not built with."""
    pieces = {piece.path for piece in handbook.pieces}
    printed = [handbook.folder / path for path in sorted(handbook.paths - pieces) if path.endswith(".pdf")]
    leaflet = handbook.piece("staff/mfa-instellen-leaflet-a4.pdf")
    shop = handbook.folder / "shop.pdf"
    shop.write_bytes(impose.sheet(leaflet.pdf, SheetKind.PRINT_SHOP).pdf)
    return (*printed, shop)


@pytest.fixture(scope="module")
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
    files = [file.data for one in made_ for file in one.files if file.kind in (PIECE, FILLABLE)]
    assert len(files) == len(schools) + 2
    paths = tuple(folder / f"{number}.pdf" for number in range(len(files)))
    for path, data in zip(paths, files, strict=True):
        path.write_bytes(data)
    return paths


@pytest.fixture(scope="module")
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


@pytest.fixture(scope="module")
def spoilt(handbook: Handbook, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("spoilt") / "spoilt.pdf"
    path.write_bytes(handbook.pieces[0].pdf.replace(b"pdfuaid:part>1<", b"pdfuaid:part>7<"))
    return path


Judgements = Mapping[str, Mapping[Path, Judgement]]
FLAVOURS = ("ua1", "2a")


@pytest.fixture(scope="module")
def judgements(
    verapdf: Path,
    pieces: tuple[Path, ...],
    sheets: tuple[Path, ...],
    copies: tuple[Path, ...],
    mixed: Path,
    spoilt: Path,
) -> Judgements:
    """What veraPDF says of each file, by flavour: it is started once for each, which takes seconds."""
    paths = (*pieces, *sheets, *copies, mixed, spoilt)
    return {flavour: judged(verapdf, paths, flavour) for flavour in FLAVOURS}


def faults(of_flavour: Mapping[Path, Judgement], paths: Iterable[Path]) -> list[str]:
    found = [of_flavour[path] for path in paths]
    return [f"{one.path}: {', '.join(one.broken)}" for one in found if not one.is_compliant or one.broken]


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_verapdf_finds_no_fault_in_any_piece(
    judgements: Judgements, pieces: tuple[Path, ...], flavour: str
) -> None:
    assert len(pieces) > 0
    assert faults(judgements[flavour], pieces) == []


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_verapdf_finds_no_fault_in_any_print_sheet(
    judgements: Judgements, sheets: tuple[Path, ...], flavour: str
) -> None:
    assert len(sheets) > 1
    assert faults(judgements[flavour], sheets) == []


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_verapdf_finds_no_fault_in_copies_from_a_master(
    judgements: Judgements, copies: tuple[Path, ...], flavour: str
) -> None:
    assert len(copies) > 0
    assert faults(judgements[flavour], copies) == []


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_verapdf_finds_no_fault_where_lines_run_to_the_left_or_a_table_goes_on(
    judgements: Judgements, mixed: Path, flavour: str
) -> None:
    assert faults(judgements[flavour], [mixed]) == []


def test_verapdf_hears_a_fault(judgements: Judgements, spoilt: Path) -> None:
    """Else a checker that does nothing would pass the handbook too."""
    judgement = judgements["ua1"][spoilt]
    assert not judgement.is_compliant
    assert judgement.broken
