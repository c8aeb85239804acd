"""Is a printed sheet still right? Against the project, the last build and git."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import date
from pathlib import Path

import pytest
from tests.conftest import DRAWING, SETTINGS, handout, loaded, procedure, project_at

from handout.builder import commits, validity
from handout.builder.validity import CodeOrigin, Standing
from handout.commands import app
from handout.machine.program import packaged_root
from handout.model.findings import ExitCode, UsageError
from handout.model.messages import verbatim

ONE_PAGE = f"{SETTINGS}\n[formats.leaflet-a4]\npages = 1\n"
EEN, TWEE = "content/procedures/een.md", "content/procedures/twee.md"
FILES = {
    EEN: procedure("1. Open `Outlook`."),
    TWEE: procedure("1. Klik op `Volgende`."),
    "content/handouts/gids.md": handout("een, twee", audiences="[staff]", valid_until="2027-08-31"),
}
TODAY = date(2026, 11, 22)
NAME = "staff/gids-leaflet-a4"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return project_at(tmp_path / "project", FILES, ONE_PAGE)


def code_of(root: Path) -> str:
    origins = validity._origins(loaded(root), verbatim("the project"))
    (code,) = (code for code, origin in origins if origin.name == NAME)  # large print has another
    return code


def standing(root: Path, code: str, today: date = TODAY) -> Standing:
    return validity.standing(loaded(root), root, root / "build/manifest.json", code, today)


def change(root: Path, path: str, text: str) -> None:
    (root / path).write_text(text, "utf-8")


def change_in(root: Path, path: str, before: str, after: str) -> None:
    text = (root / path).read_text("utf-8")
    assert before in text
    change(root, path, text.replace(before, after))


def git(root: Path, *arguments: str) -> None:
    names = {
        f"GIT_{who}_{what}": "test@example.org"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    environment = {**os.environ, **names, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", "-C", str(root), *arguments], env=environment, check=True, capture_output=True)


def commit(root: Path) -> None:
    if not (root / ".git").exists():
        git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "Change")


def test_sheet_of_today_is_current(root: Path) -> None:
    found = standing(root, code_of(root))
    assert found.is_current
    assert found.origin is not None
    assert (found.origin.name, found.origin.known_from) == (NAME, "the project")


def test_sheet_past_its_date_is_not_current(root: Path) -> None:
    found = standing(root, code_of(root), date(2027, 9, 1))
    assert (found.is_expired, found.is_current) == (True, False)
    assert standing(root, code_of(root), date(2027, 8, 31)).is_current


def test_last_build_tells_which_procedure_changed(root: Path) -> None:
    assert app.run(["build", "--project", str(root), "--jobs", "1", "-q"]) == ExitCode.DONE
    code = code_of(root)
    change(root, EEN, procedure("1. Open `Word`."))
    found = standing(root, code)
    assert (found.changed, found.is_current) == ((EEN,), False)
    assert found.origin is not None
    assert found.origin.known_from == "the last build"


def test_older_state_is_written_without_links_that_lead_outside(root: Path, tmp_path: Path) -> None:
    (root / "inside.md").symlink_to(EEN)
    (root / "outside.md").symlink_to("../../secret.md")
    (root / "to-root.md").symlink_to("/etc/hostname")
    git(root, "init", "--quiet")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "Begin")
    older = tmp_path / "older"
    older.mkdir()
    assert commits._unpack(root, "HEAD", older)
    assert (older / "inside.md").read_text("utf-8") == (root / EEN).read_text("utf-8")
    assert not (older / "outside.md").is_symlink()
    assert not (older / "to-root.md").is_symlink()
    assert older.joinpath(TWEE).read_bytes() == root.joinpath(TWEE).read_bytes()


def test_git_tells_what_changed_since_an_older_print(root: Path) -> None:
    commit(root)
    code = code_of(root)
    change(root, TWEE, procedure("1. Klik op `Terug`."))
    commit(root)
    change(root, EEN, procedure("1. Open `Word`."))
    found = standing(root, code)
    assert found.changed == (EEN, TWEE)
    assert found.origin is not None
    assert found.origin.known_from.startswith("commit ")


OWN_WORDS, OWN_PARTS = "templates/strings/nl.toml", "templates/parts.html"


@pytest.mark.parametrize("is_built", [True, False], ids=["last build", "git"])
@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("handout.toml", "mfa.school.be/info", "mfa.school.be/inf"),
        ("handout.toml", "Stadsscholen", "Stadsschool"),
        (OWN_WORDS, "Vraag het", "Vraag hulp"),
        (OWN_PARTS, "{{ words.help }}", "{{ words.help }}!"),
        ("content/images/a.svg", "h9", "h8"),
        ("content/handouts/gids.md", "een, twee", "een"),
    ],
)
def test_file_that_changed_a_sheet_is_named(
    root: Path, path: str, before: str, after: str, is_built: bool
) -> None:
    change(root, EEN, procedure("1. Open {{ link.security-info }}. ![Een lijn](images/a.svg)"))
    parts = (packaged_root() / "templates/parts.html").read_text("utf-8")
    more = {OWN_WORDS: 'help = "Vraag het"\n', OWN_PARTS: parts, "content/images/a.svg": DRAWING}
    project_at(root, more, ONE_PAGE)
    if is_built:
        assert app.run(["build", "--project", str(root), "--jobs", "1", "-q"]) == ExitCode.DONE
    else:
        commit(root)
    code = code_of(root)
    assert standing(root, code).is_current
    change_in(root, path, before, after)
    found = standing(root, code)
    changed = {path, TWEE} if "een, twee" in before else {path}
    assert (set(found.changed), found.is_outdated, found.is_current) == (changed, True, False)


def test_file_that_only_looks_changed_is_not_named(root: Path) -> None:
    commit(root)
    code = code_of(root)
    for path in (EEN, TWEE, "handout.toml"):
        data = (root / path).read_bytes()
        (root / path).write_bytes(b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n"))
    assert standing(root, code).is_current
    (root / TWEE).rename(root / "content/procedures/drie.md")
    change_in(root, "content/handouts/gids.md", "twee", "drie")
    assert standing(root, code).is_current
    change_in(root, EEN, "Outlook", "Word")
    assert standing(root, code).changed == ("content/handouts/gids.md", EEN)


def test_setting_that_no_sheet_shows_is_not_named(root: Path) -> None:
    commit(root)
    code = code_of(root)
    change_in(root, "handout.toml", "#123e8c", "#0a0a7c")
    change_in(root, "handout.toml", "mfa.school.be/info", "mfa.school.be/inf")
    assert standing(root, code).is_current
    change_in(root, EEN, "Outlook", "Word")
    assert standing(root, code).changed == (EEN,)


def test_logo_of_a_school_is_nothing_that_changed(root: Path) -> None:
    logo = {
        "content/schools.csv": "id,name,logo\nnoord,Noord,a.svg\n",
        "content/images/a.svg": DRAWING,
    }
    project_at(root, logo, ONE_PAGE)
    arguments = ["build", "--project", str(root), "--school", "noord", "--jobs", "1", "-q"]
    assert app.run(arguments) == ExitCode.DONE
    code = code_of(root)
    change_in(root, EEN, "Outlook", "Word")
    assert standing(root, code).changed == (EEN,)


def test_sheet_that_another_version_of_the_program_printed_is_out_of_date(root: Path) -> None:
    found = Standing("000000", CodeOrigin(NAME, {}, None, verbatim("the last build")), is_outdated=True)
    assert not found.is_current
    assert list(validity.in_words(found, loaded(root)))[1] == (
        "  what handout itself prints: no file of the project did"
    )


def test_handout_that_is_no_longer_made_is_withdrawn(root: Path) -> None:
    commit(root)
    code = code_of(root)
    change(root, "content/handouts/ander.md", handout("een", audiences="[students]"))
    (root / "content/handouts/gids.md").unlink()
    assert standing(root, code).is_withdrawn


@pytest.mark.parametrize(
    "manifest", [None, b"", b"{", b'{"files": [{"code": 3}]}', b'{"files": {"a": 1}}', b"[]"]
)
def test_unknown_code_is_unknown_whatever_the_manifest_holds(root: Path, manifest: bytes | None) -> None:
    if manifest is not None:
        (root / "build").mkdir()
        (root / "build/manifest.json").write_bytes(manifest)
    assert standing(root, "000000") == Standing("000000", None)


def test_code_is_read_from_the_paper_itself(root: Path) -> None:
    assert app.run(["build", "--project", str(root), "--jobs", "1", "-q"]) == ExitCode.DONE
    path = root / "build" / f"{NAME}.pdf"
    assert validity.printed_code(path, loaded(root)) == code_of(root)
    (row,) = json.loads((root / "build/manifest.json").read_bytes())["files"]
    assert row["code"] == code_of(root)


@pytest.mark.parametrize(
    ("data", "what"), [(b"geen pdf", "cannot be opened as a PDF"), (None, "cannot be read")]
)
def test_file_that_is_no_pdf_is_named(tmp_path: Path, root: Path, data: bytes | None, what: str) -> None:
    path = tmp_path / "x.pdf"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(UsageError, match=what):
        validity.printed_code(path, loaded(root))


# ---- the command ------------------------------------------------------------------------------


def check(root: Path, *arguments: str) -> int:
    return app.run(["check", "--project", str(root), *arguments])


def test_command_says_that_a_sheet_is_still_right(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = code_of(root)
    assert check(root, "--code", code.lower()) == ExitCode.DONE
    assert capsys.readouterr().out == f"{code}: {NAME} is still right, until and including 2027-08-31.\n"


def test_command_names_the_procedures_that_changed(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commit(root)
    code = code_of(root)
    change(root, EEN, procedure("1. Open `Word`."))
    assert check(root, "--code", code) == ExitCode.FINDINGS
    out = capsys.readouterr().out
    assert "is out of date. Changed since commit " in out
    assert f"  {EEN} (" in out
    assert "fix: print it anew" in out


def test_command_does_not_take_an_unknown_code_for_right(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(root, "--code", "AAAAAA") == ExitCode.FINDINGS
    assert "AAAAAA: unknown" in capsys.readouterr().out


def test_command_answers_a_program_too(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(root, "--code", code_of(root), "--json") == ExitCode.DONE
    answer = json.loads(capsys.readouterr().out)
    assert (answer["is_current"], answer["origin"]["name"]) == (True, NAME)


@pytest.mark.parametrize("arguments", [("--code", "x"), ("--code", "AAAAAA", "--printed", "x.pdf")])
def test_command_refuses_what_names_no_sheet(root: Path, arguments: tuple[str, ...]) -> None:
    assert check(root, *arguments) == ExitCode.USAGE


def test_sheet_of_the_manifest_in_another_language_is_no_other_sheet(root: Path) -> None:
    """The name of its edition has its language in it: that in the language of the texts did not follow it."""
    assert app.run(["build", "--project", str(root), "--jobs", "1", "-q"]) == ExitCode.DONE
    code = code_of(root)
    manifest = root / "build/manifest.json"
    told = json.loads(manifest.read_text("utf-8"))
    told["files"] = [{**row, "language": "fr"} for row in told["files"]]
    manifest.write_text(json.dumps(told), "utf-8")
    change_in(root, EEN, "Outlook", "Word")
    found = standing(root, code)
    assert found.origin is not None
    assert (found.origin.name, found.is_withdrawn) == (f"{NAME}-fr", True)
