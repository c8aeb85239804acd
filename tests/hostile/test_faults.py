"""Faults of the machine, made for real; and the table that says which test shows what."""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import REPOSITORY
from tests.hostile import projects
from tests.hostile.projects import BASE, Case

from handout.builder import builder
from handout.commands import app, check
from handout.model.findings import ExitCode

pytestmark = pytest.mark.skipif(os.name != "posix", reason="bounds on a process: POSIX has them")
RELIABILITY = REPOSITORY / "docs/reliability.md"
PROCEDURE = "content/procedures/aanmelden.md"
NOTHING = Case("nothing", "", "", 0)

_FEW_HANDLES = """\
import resource, sys
from handout.commands import app, check
resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv.pop(1)),) * 2)
sys.exit(app.run(sys.argv[1:]))
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return projects.lay_down(NOTHING, tmp_path / "project")


def test_table_of_faults_names_tests_that_are_there() -> None:
    _, _, table = RELIABILITY.read_text(encoding="utf-8").partition("## What a run promises under faults")
    named = set(re.findall(r"`(test_[a-z0-9_]+)`", table))
    files = set(re.findall(r"`(tests/[a-z0-9_/]+\.py)`", table))
    code = "\n".join(file.read_text(encoding="utf-8") for file in (REPOSITORY / "tests").rglob("test_*.py"))
    assert len(named) >= 30
    assert [name for name in sorted(named) if f"def {name}(" not in code] == []
    assert [file for file in sorted(files) if not (REPOSITORY / file).is_file()] == []


def test_what_lies_in_a_folder_that_cannot_be_read_is_not_missed(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in ("procedures", "images"):
        (root / "content" / folder / "meer").symlink_to(BASE)
    assert app.run(["check", "--project", str(root)]) == ExitCode.FINDINGS
    said = capsys.readouterr().err
    assert said.count("is a link to a folder") == 2
    assert "there is no" not in said


@pytest.mark.parametrize(("today", "is_due"), [(date(1970, 1, 1), False), (date(2100, 1, 1), True)])
def test_clock_changes_nothing_but_what_is_due(
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    today: date,
    is_due: bool,
) -> None:
    monkeypatch.setattr(check, "today", lambda: today)
    file = root / PROCEDURE
    file.write_text(file.read_text().replace("title:", "review-by: 2050-01-01\ntitle:"))
    seconds = (today - date(1970, 1, 1)).days * 86_400
    os.utime(file, (seconds, seconds))
    assert app.run(["check", "--project", str(root)]) == ExitCode.DONE
    said = capsys.readouterr()
    assert ("warning[review-due]" in said.err) is is_due
    assert ("nothing to mend" in said.out) is not is_due


@pytest.mark.parametrize("locale", ["C", "POSIX", "C.UTF-8", "tr_TR.UTF-8", "nl_BE.ISO-8859-1"])
def test_locale_changes_no_answer(tmp_path: Path, locale: str) -> None:
    case = projects.read("name-case-clash")
    root = projects.lay_down(case, tmp_path / "project")
    command = ["-m", "handout", *case.run, "--project", str(root)]
    answer = projects.told(command, tmp_path / "cache", env={"LC_ALL": locale})
    assert (answer.exit, answer.found) == (case.exit, case.found)


@pytest.mark.parametrize("handles", [3, 5, 16])
def test_few_file_handles_are_the_fault_of_the_machine(root: Path, tmp_path: Path, handles: int) -> None:
    command = ["-c", _FEW_HANDLES, str(handles), "check", "--project", str(root)]
    answer = projects.told(command, tmp_path / "cache")
    assert answer.exit in (ExitCode.DONE, ExitCode.FINDINGS, ExitCode.ENVIRONMENT)
    assert "Traceback" not in answer.err
    assert "fault of the program" not in answer.err
    assert answer.exit == ExitCode.DONE or "too many open files" in answer.err


def test_text_that_is_changed_in_the_middle_of_a_build_is_made_by_the_next(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HANDOUT_CACHE_DIR", str(tmp_path / "cache"))
    command = ["build", "--audience", "staff", "--jobs", "1", "--project", str(root)]
    piece, file, build = root / "build/staff/gids-leaflet-a4.pdf", root / PROCEDURE, builder.build

    def changed(*values: Any, **named: Any) -> builder.Built:
        file.write_text(file.read_text().replace("Klik op", "Druk op"))
        return build(*values, **named)

    with monkeypatch.context() as during:
        during.setattr(builder, "build", changed)
        assert app.run(command) == ExitCode.DONE, capsys.readouterr().err
    first = piece.read_bytes()
    assert app.run(command) == ExitCode.DONE, capsys.readouterr().err
    assert piece.read_bytes() != first
