"""veraPDF, the reference checker of PDF/A and PDF/UA, judges every piece of the handbook.

It needs Java, and Maven to fetch it once; a machine without them skips this with the reason.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.handbook.handbook import Handbook
from tests.test_right_sheets import made

from handout.builder import rounds
from handout.editions.single import Made
from handout.model.school import School
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
def verapdf(pytestconfig: pytest.Config) -> Path:
    """The program, fetched once from Maven's central repository and held against its known hash."""
    for tool in ("java", "mvn"):
        if shutil.which(tool) is None:
            pytest.skip(f"veraPDF needs Java and Maven: '{tool}' is not on this machine")
    folder = pytestconfig.cache.mkdir("verapdf")
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


def judged(verapdf: Path, paths: list[Path], flavour: str) -> list[Judgement]:
    """Return what *verapdf* says of the files at *paths* by the rules of *flavour*."""
    options = ["--flavour", flavour, "--format", "json"]
    done = _run(["java", "-cp", str(verapdf), MAIN, *options, *map(str, paths)], LONGEST_JUDGEMENT_S)
    jobs = json.loads(done.stdout)["report"]["jobs"]
    return [_judgement(job) for job in jobs]


def _judgement(job: dict[str, object]) -> Judgement:
    item, results = job["itemDetails"], job.get("validationResult")
    assert isinstance(item, dict)
    if not isinstance(results, list):
        return Judgement(item["name"], False, ("the file cannot be read",))
    rules = [rule for result in results for rule in result["details"]["ruleSummaries"]]
    broken = tuple(f"{rule['clause']}-{rule['testNumber']}" for rule in rules)
    return Judgement(item["name"], all(result["compliant"] for result in results), broken)


@pytest.mark.parametrize("flavour", ["ua1", "2a"])
def test_verapdf_finds_no_fault_in_any_piece(handbook: Handbook, verapdf: Path, flavour: str) -> None:
    paths = [handbook.folder / piece.path for piece in handbook.pieces]
    judgements = judged(verapdf, paths, flavour)
    assert len(judgements) == len(paths) > 0
    faults = [f"{one.path}: {', '.join(one.broken)}" for one in judgements if not one.is_compliant]
    assert faults == []


def test_verapdf_finds_no_fault_in_copies_from_a_master(
    handbook: Handbook, verapdf: Path, tmp_path: Path
) -> None:
    schools = tuple(School(f"s{n}", f"Voorbeeldschool {n * 'met naam '}", room=f"B{n}") for n in (1, 2, 5))
    project = replace(handbook.project, schools=schools)
    plan = editions(project, Selection(("mfa-hulp-op-zak",), ("staff",), schools=("all",)))
    copies = [one for one in rounds.make_all(project, plan, 1) if isinstance(one, Made)]
    assert len([one for one in copies if one.is_copy]) == len(schools)
    paths = [tmp_path / f"{number}.pdf" for number in range(len(copies))]
    for path, one in zip(paths, copies, strict=True):
        path.write_bytes(one.pdf)
    judgements = [one for flavour in ("ua1", "2a") for one in judged(verapdf, paths, flavour)]
    assert len(judgements) == 2 * len(copies)
    assert [one.broken for one in judgements if not one.is_compliant] == []


def test_verapdf_finds_no_fault_where_lines_run_to_the_left_or_a_table_goes_on(
    verapdf: Path, tmp_path: Path
) -> None:
    rows = "".join(f"| **ليلى {n}** | Lokaal {n} |\n" for n in range(34))
    steps = f"1. Vraag het aan **ليلى** منصور (lokaal 12)\n\n| Naam | Waar |\n|---|---|\n{rows}"
    sheet = made(tmp_path / "project", steps, title="Vraag ليلى")
    assert sheet.page_count == 2
    path = tmp_path / "sheet.pdf"
    path.write_bytes(sheet.pdf)
    judgements = [one for flavour in ("ua1", "2a") for one in judged(verapdf, [path], flavour)]
    assert [one.broken for one in judgements] == [(), ()]


def test_verapdf_hears_a_fault(handbook: Handbook, verapdf: Path, tmp_path: Path) -> None:
    """Else a checker that does nothing would pass the handbook too."""
    spoilt = tmp_path / "spoilt.pdf"
    spoilt.write_bytes(handbook.pieces[0].pdf.replace(b"pdfuaid:part>1<", b"pdfuaid:part>7<"))
    (judgement,) = judged(verapdf, [spoilt], "ua1")
    assert not judgement.is_compliant
    assert judgement.broken
