"""A machine that never built the project knows its older sheets: from what was published, and from git."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.builder.test_validity import EEN, ONE_PAGE, change, change_in, code_of, commit, git
from tests.conftest import handout, procedure, project_at

from handout.commands import app
from handout.model.findings import ExitCode

FILES = {
    EEN: procedure("1. Open `Outlook`.\n2. Klik op `Nieuw`."),
    "content/handouts/gids.md": handout("een", audiences="[staff]"),
}
CHANGE = "  step 2: 'Klik op Nieuw.' is now 'Klik op Terug.'"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return project_at(tmp_path / "project", FILES, ONE_PAGE)


@pytest.fixture
def other_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No build was ever made here."""
    monkeypatch.setenv("HANDOUT_CACHE_DIR", str(tmp_path / "another"))


def run(root: Path, *arguments: str) -> int:
    command, *options = arguments
    return app.run([command, "--project", str(root), *options])


def told_of(code: str, root: Path) -> str:
    """Return what the page where a person types *code* knows of it."""
    text = (root / "build/check-data.js").read_text("utf-8")
    data = json.loads(text.removeprefix("window.handoutCodes = ").removesuffix(";\n"))
    return json.dumps(data["codes"].get(code))


def test_build_on_another_machine_goes_on_from_what_was_published(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(root, "build", "-q", "--jobs", "1") == ExitCode.DONE
    code = code_of(root)
    clone = tmp_path / "clone"
    for folder in ("content", "handout.toml"):
        copy = shutil.copytree if (root / folder).is_dir() else shutil.copy
        (clone).mkdir(exist_ok=True)
        copy(root / folder, clone / folder)
    change_in(clone, EEN, "Nieuw", "Terug")
    monkeypatch.setenv("HANDOUT_CACHE_DIR", str(tmp_path / "another"))

    assert run(clone, "check", "--code", code) == ExitCode.FINDINGS
    assert "unknown" in capsys.readouterr().out
    (clone / "build").mkdir()
    shutil.copy(root / "build/codes.json", clone / "build/codes.json")
    assert run(clone, "build", "-q", "--jobs", "1") == ExitCode.DONE
    assert "Klik op Nieuw." in told_of(code, clone)
    assert "Klik op Terug." in told_of(code, clone)
    capsys.readouterr()
    assert run(clone, "check", "--code", code) == ExitCode.FINDINGS
    assert CHANGE in capsys.readouterr().out.splitlines()


@pytest.mark.usefixtures("other_machine")
def test_fresh_clone_knows_the_sheets_of_its_commits(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commit(root)
    code = code_of(root)
    change_in(root, EEN, "Nieuw", "Terug")
    commit(root)
    git(tmp_path, "clone", "-q", str(root), str(tmp_path / "clone"))
    clone = tmp_path / "clone"

    assert run(clone, "codes", "--from-git") == ExitCode.DONE
    lines = capsys.readouterr().out.splitlines()
    in_large_print = [line for line in lines if "-leaflet-a4-large " in line]
    assert len(in_large_print) == 2  # it may be asked for, and has a code of its own
    assert [line for line in lines if line not in in_large_print] == [
        f"{code_of(clone)}  staff/gids-leaflet-a4  Gids",
        f"{code}  staff/gids-leaflet-a4  Gids, an earlier one",
    ]
    assert run(clone, "build", "-q", "--jobs", "1") == ExitCode.DONE
    assert "Klik op Nieuw." in told_of(code, clone)
    shutil.rmtree(clone / ".git")
    capsys.readouterr()
    assert run(clone, "check", "--code", code) == ExitCode.FINDINGS
    told = capsys.readouterr().out.splitlines()
    assert told[0] == f"{code}: staff/gids-leaflet-a4 is out of date. Changed since an earlier build:"
    assert CHANGE in told


def test_change_is_told_in_words_by_git_alone(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commit(root)
    code = code_of(root)
    change(root, EEN, procedure("1. Open `Outlook`.\n2. Klik op `Terug`."))
    assert run(root, "check", "--code", code) == ExitCode.FINDINGS
    told = capsys.readouterr().out.splitlines()
    assert CHANGE in told
    assert f"  {EEN} (Aanmelden)" in told
    assert run(root, "check", "--json", "--code", code) == ExitCode.FINDINGS
    (said,) = json.loads(capsys.readouterr().out)["said"]
    assert (said["step"], said["before"], said["now"]) == ("2", "Klik op Nieuw.", "Klik op Terug.")


def test_clone_without_earlier_commits_is_told_to_ask_for_them(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for word in ("Nieuw", "Terug"):
        change(root, EEN, procedure(f"1. Klik op `{word}`."))
        commit(root)
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{root}", str(tmp_path / "clone"))
    assert run(tmp_path / "clone", "codes", "--from-git", "--json") == ExitCode.DONE
    out, told = capsys.readouterr()
    assert "fetch-depth: 0" in told
    editions = [one["edition"] for one in json.loads(out)["codes"]]
    assert sorted(editions) == ["staff/gids-leaflet-a4", "staff/gids-leaflet-a4-large"]


def test_project_without_git_is_told_so(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(root, "codes") == ExitCode.DONE
    assert capsys.readouterr().out == ""
    assert run(root, "codes", "--from-git") == ExitCode.USAGE
    assert "leave --from-git out" in capsys.readouterr().err
    assert not (root / "build").exists()
