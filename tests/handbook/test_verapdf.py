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
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.handbook.handbook import Handbook

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
    others: tuple[Path, ...],
    mixed: Path,
    spoilt: Path,
) -> Judgements:
    """What veraPDF says of each file, by flavour: it is started once for each, which takes seconds."""
    paths = (*pieces, *sheets, *copies, *others, mixed, spoilt)
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
def test_verapdf_finds_no_fault_in_black_alone_in_large_print_or_in_two_languages(
    judgements: Judgements, others: tuple[Path, ...], flavour: str
) -> None:
    assert faults(judgements[flavour], others) == []


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
