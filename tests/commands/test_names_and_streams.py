"""Names of files as other systems write them, and standard streams that are closed or full."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Literal, TypeAlias

import pytest
from tests.conftest import SETTINGS, handout, procedure, project_at

from handout.commands import app
from handout.model.findings import ExitCode

Form: TypeAlias = Literal["NFC", "NFD"]
FORMS: tuple[Form, Form] = ("NFC", "NFD")
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
FILES: dict[str, str | bytes] = {
    "content/procedures/aanmelden.md": procedure("1. Open `Outlook`.\n\n    ![Een één](images/één.svg)"),
    "content/handouts/gids.md": handout("aanmelden"),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return project_at(tmp_path, FILES, SETTINGS)


def answer(
    root: Path, *arguments: str, stdout: int = subprocess.PIPE, stderr: int = subprocess.PIPE
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "handout", *arguments, "--project", str(root)]
    return subprocess.run(
        command, check=False, encoding="utf-8", stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr
    )


@pytest.mark.parametrize("form", FORMS)
def test_picture_is_found_however_its_accents_are_written(
    root: Path, capsys: pytest.CaptureFixture[str], form: Form
) -> None:
    project_at(root, {f"content/images/{unicodedata.normalize(form, 'één')}.svg": PICTURE})
    assert app.run(["check", "--project", str(root)]) == ExitCode.DONE, capsys.readouterr().err


def test_two_pictures_with_one_name_for_a_reader_are_told(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for form in FORMS:
        project_at(root, {f"content/images/{unicodedata.normalize(form, 'één')}.svg": PICTURE})
    assert app.run(["check", "--project", str(root)]) == ExitCode.FINDINGS
    assert "error[name-twice]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "shown"), [(b"caf\xe9.svg", "caf\\udce9.svg"), (b"a\x1b[31mb.svg", "a\\u001b[31mb.svg")]
)
def test_picture_that_nothing_can_name_is_told_and_stops_nothing(root: Path, name: bytes, shown: str) -> None:
    project_at(root, {"content/images/één.svg": PICTURE})
    Path(os.fsdecode(os.fsencode(root / "content/images") + b"/" + name)).write_text(PICTURE)
    told = answer(root, "check")
    assert told.returncode == ExitCode.DONE
    assert f"content/images/{shown}: warning[name-unusable]" in told.stderr
    assert "\x1b" not in told.stderr
    (row,) = json.loads(answer(root, "check", "--json").stdout)["findings"]
    assert row["path"] == f"content/images/{shown}"


def test_text_that_nothing_can_name_stops_the_build(root: Path) -> None:
    project_at(root, {"content/images/één.svg": PICTURE})
    Path(os.fsdecode(os.fsencode(root / "content/handouts") + b"/gid\xe9s.md")).write_text(handout(""))
    told = answer(root, "check")
    assert told.returncode == ExitCode.FINDINGS
    assert "content/handouts/gid\\udce9s.md: error[name-unusable]" in told.stderr


# ---- streams ----------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full: Linux has one")
@pytest.mark.parametrize("arguments", [("list",), ("list", "--json"), ("check", "-q", "--json")])
def test_result_that_cannot_be_printed_is_the_fault_of_the_machine(
    root: Path, arguments: tuple[str, ...]
) -> None:
    project_at(root, {"content/images/één.svg": PICTURE})
    with Path("/dev/full").open("w") as full:
        told = answer(root, *arguments, stdout=full.fileno())
    assert told.returncode == ExitCode.ENVIRONMENT
    assert "no space left on device" in told.stderr
    assert "Traceback" not in told.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full: Linux has one")
def test_messages_that_cannot_be_printed_change_no_result(root: Path) -> None:
    with Path("/dev/full").open("w") as full:
        told = answer(root, "check", "--json", stderr=full.fileno())
    assert told.returncode == ExitCode.FINDINGS  # the picture is not there
    assert json.loads(told.stdout)["findings"][0]["rule"] == "picture-missing"


@pytest.mark.skipif(os.name != "posix", reason="a shell of POSIX closes the streams")
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_closed_stream_changes_no_answer(root: Path, closed: str) -> None:
    project_at(root, {"content/images/één.svg": PICTURE})
    command = f'"{sys.executable}" -m handout list --project "{root}" {closed}'
    told = subprocess.run(command, shell=True, check=False, capture_output=True, text=True)
    assert (told.returncode, told.stderr) == (ExitCode.DONE, "")


def test_old_terminal_gets_its_letters_by_number(root: Path) -> None:
    project_at(root, {"content/images/één.svg": PICTURE})
    command = [sys.executable, "-m", "handout", "list", "--json", "--project", str(root)]
    env = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    told = subprocess.run(command, check=False, capture_output=True, env=env)
    assert told.returncode == ExitCode.DONE
    assert json.loads(told.stdout.decode("ascii"))["editions"]
