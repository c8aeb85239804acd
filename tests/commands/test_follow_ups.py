"""A fault is told once, at its cause: what it takes away elsewhere is not told beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import SETTINGS, handout, procedure, project_at

from handout.commands import app
from handout.model.findings import ExitCode

HEAD = "id;name;phone\r\n"
ROWS = f"{HEAD}linde;Voorbeeldschool De Linde;03 000 00 00\r\n"
FILES = {
    "content/procedures/aanmelden.md": procedure("1. Open `Outlook`. {#open}\n2. Klik op `Volgende`."),
    "content/procedures/afmelden.md": procedure("1. Zie [](aanmelden.md#open).\n2. ![[slot]]"),
    "content/fragments/slot.md": "1. Klik op `Afmelden`.\n",
    "content/handouts/gids.md": handout("aanmelden, afmelden", "Ook: [](handouts/wijzer.md)."),
    "content/handouts/wijzer.md": handout("aanmelden", "Welkom."),
    "content/schools.csv": ROWS,
}
FORM_FEED = "\f"
ANSI = "Caf\u00e9".encode("cp1252")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return project_at(tmp_path, FILES, SETTINGS)


def faults(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, list[str]]:
    """Return the exit code, and of each fault the line that says what is wrong."""
    code = app.run([str(argument) for argument in arguments])
    printed = capsys.readouterr().err
    return code, [line for line in printed.splitlines() if "error" in line and ": " in line]


@pytest.mark.parametrize(
    "path",
    [
        "content/procedures/aanmelden.md",
        "content/procedures/afmelden.md",
        "content/fragments/slot.md",
        "content/handouts/wijzer.md",
        "content/handouts/gids.md",
    ],
)
@pytest.mark.parametrize("spoilt", [FORM_FEED.encode(), ANSI], ids=["form-feed", "ansi"])
def test_file_that_cannot_be_read_is_the_only_fault(
    root: Path, capsys: pytest.CaptureFixture[str], path: str, spoilt: bytes
) -> None:
    (root / path).write_bytes((root / path).read_bytes() + spoilt)
    code, (fault,) = faults(capsys, "check", "--project", root)
    assert code == ExitCode.FINDINGS
    assert fault.startswith(f"{path}:")


def test_step_that_was_not_taken_is_not_missed_too(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = procedure("1. ![](images/x.svg) {#open}\n2. Klik op `Volgende`.")
    project_at(root, {"content/procedures/aanmelden.md": text})
    _, found = faults(capsys, "check", "--project", root)
    assert [fault for fault in found if "no step" in fault] == []
    assert any("has a picture but no command" in fault for fault in found)


def test_missing_step_is_told_beside_a_fault_that_takes_no_step_away(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = procedure("1. Open `Outlook`.\n2. Zo is **dit.")
    project_at(root, {"content/procedures/aanmelden.md": text})
    _, found = faults(capsys, "check", "--project", root)
    assert any("'aanmelden' has no step 'open'" in fault for fault in found)
    assert any("'**' is left open" in fault for fault in found)


def test_file_with_a_name_that_we_cannot_use_is_not_missed_under_the_name_that_is_meant(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "content/procedures/aanmelden.md").rename(root / "content/procedures/Aanmelden.md")
    _, (fault,) = faults(capsys, "check", "--project", root)
    assert "the name 'Aanmelden' cannot become the name of a file" in fault


@pytest.mark.parametrize("folder", ["procedures", "fragments", "handouts"])
def test_folder_that_is_refused_takes_all_its_files_with_it(
    root: Path, capsys: pytest.CaptureFixture[str], folder: str
) -> None:
    (root / "content" / folder / "ook").symlink_to(root)
    _, (fault,) = faults(capsys, "check", "--project", root)
    assert fault.startswith(f"content/{folder}: ")
    assert f"content/{folder}/ook is a link to a folder" in fault


@pytest.mark.parametrize(
    ("table", "what"),
    [
        (ROWS.encode() + b"beuk;Caf\xe9;03 000 00 01\r\n", "the text is not UTF-8"),
        (f"{ROWS}beuk;Voorbeeldschool De Beuk;=1+1\r\n".encode(), "which a spreadsheet takes for a formula"),
        (b"naam\r\nx\r\n", "schools.csv"),
    ],
    ids=["encoding", "cell", "head"],
)
@pytest.mark.parametrize("command", ["check", "build", "list"])
def test_school_whose_row_cannot_be_read_is_not_called_missing(
    root: Path, capsys: pytest.CaptureFixture[str], command: str, table: bytes, what: str
) -> None:
    project_at(root, {"content/schools.csv": table})
    code, found = faults(capsys, command, "--school", "beuk", "--project", root)
    assert code == ExitCode.FINDINGS
    assert found
    assert what in found[0]
    assert not any("there is no school" in fault or "there are no schools" in fault for fault in found)


def test_wrong_name_hides_no_finding_of_the_project(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = procedure("1. Open `Outlook`. {#open}\n2. Zo is **dit.")
    project_at(root, {"content/procedures/aanmelden.md": text})
    code, found = faults(capsys, "check", "--school", "eik", "--project", root)
    assert code == ExitCode.USAGE
    assert "'**' is left open" in found[0]
    assert found[-1] == "error: there is no school 'eik'"


@pytest.mark.parametrize(
    ("path", "other"),
    [
        ("content/procedures/aanmelden.md", "content/procedures/aanmelden.md.txt"),
        ("content/fragments/slot.md", "content/fragments/slot.markdown"),
        ("content/handouts/wijzer.md", "content/handouts/wijzer.docx"),
    ],
)
def test_file_with_another_ending_is_named_where_it_is_missed(
    root: Path, capsys: pytest.CaptureFixture[str], path: str, other: str
) -> None:
    (root / path).rename(root / other)
    assert app.run(["check", "--project", str(root)]) == ExitCode.FINDINGS
    assert f"fix: there lies '{other}': save it as {path}" in capsys.readouterr().err


def test_picture_with_another_ending_is_named(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = procedure("1. Open `Outlook`. {#open}\n\n    ![Het scherm](images/scherm.png)")
    project_at(root, {"content/procedures/aanmelden.md": text, "content/images/scherm.jfif": b"x"})
    assert app.run(["check", "--project", str(root)]) == ExitCode.FINDINGS
    fix = "fix: there lies 'content/images/scherm.jfif': save it as content/images/scherm.png"
    assert fix in capsys.readouterr().err


def test_project_whose_only_handout_has_another_ending_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = project_at(tmp_path, {"content/handouts/gids.md.txt": handout("")}, SETTINGS)
    assert app.run(["check", "--project", str(root)]) == ExitCode.USAGE
    printed = capsys.readouterr().err
    assert "the project has no handouts" in printed
    assert "there lies 'content/handouts/gids.md.txt'" in printed
