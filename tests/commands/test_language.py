"""In which language a person is told things."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import SETTINGS, handout, procedure, project_at

from handout.commands import app, language, up_to_date
from handout.model.findings import ExitCode

BROKEN = {
    "content/procedures/aanmelden.md": procedure("1. ![](images/x.svg)\n2. Ga naar [](#weg)."),
    "content/handouts/gids.md": handout("aanmelden"),
}
SOUND = {**BROKEN, "content/procedures/aanmelden.md": procedure("1. Open `Outlook`.")}
IN_DUTCH = (
    "content/procedures/aanmelden.md:5: fout[command-missing]: stap 1 heeft een afbeelding maar geen opdracht"
)
IN_ENGLISH = "content/procedures/aanmelden.md:5: error[command-missing]: step 1 has a picture but no command"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def _no_language_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (language.VARIABLE, *language.OF_THE_MACHINE):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str | Path) -> tuple[int, str, str]:
        code = app.run([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    return project_at(tmp_path, BROKEN)


def test_the_editors_of_a_project_are_told_in_its_language(broken: Path, run: Run) -> None:
    code, _, told = run("check", "--project", broken)
    assert code == ExitCode.FINDINGS
    assert IN_DUTCH in told
    assert "\n  herstel: begin de stap met wat de lezer moet doen, en zet dan de afbeelding\n" in told
    assert "fix:" not in told


def test_a_person_is_told_in_the_language_that_was_asked_for(broken: Path, run: Run) -> None:
    assert IN_ENGLISH in run("check", "--project", broken, "--messages", "en")[2]
    english = project_at(broken, {}, SETTINGS.replace("nl-BE", "en"))
    assert IN_DUTCH in run("check", "--project", english, "--messages", "nl")[2]


def test_json_and_sarif_are_in_the_language_that_was_asked_for(broken: Path, run: Run) -> None:
    for tongue, what in (("nl", "stap 1 heeft een afbeelding"), ("en", "step 1 has a picture")):
        asked = ("check", "--project", broken, "--messages", tongue)
        found = json.loads(run(*asked, "--json")[1])["findings"]
        assert any(row["what"].startswith(what) and row["rule"] == "command-missing" for row in found)
        results = json.loads(run(*asked, "--sarif")[1])["runs"][0]["results"]
        assert any(row["message"]["text"].startswith(what) for row in results)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        # A setting that cannot be used, and a file that is no TOML at all.
        (SETTINGS.replace("#123e8c", "blauw"), "'audiences.staff.accent' is 'blauw'"),
        (SETTINGS.replace("[links]", "[links"), "dit is geen TOML"),
    ],
)
def test_settings_that_cannot_be_used_say_the_language_all_the_same(
    tmp_path: Path, run: Run, settings: str, told: str
) -> None:
    _, _, printed = run("check", "--project", project_at(tmp_path, BROKEN, settings))
    assert "handout.toml:" in printed
    assert told in printed
    assert "herstel: " in printed


def test_a_wrong_name_is_told_in_the_language_of_the_project(broken: Path, run: Run) -> None:
    project_at(broken, SOUND)
    code, _, told = run("list", "gits", "--project", broken)
    assert code == ExitCode.USAGE
    assert "fout: er is geen hand-out 'gits'" in told
    assert "herstel: bedoel je 'gids'? Bekend zijn: gids" in told


@pytest.mark.parametrize("name", language.OF_THE_MACHINE)
def test_where_there_is_no_project_the_machine_says_the_language(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    assert "there is no handout.toml in" in run("check", "--project", tmp_path)[2]
    monkeypatch.setenv(name, "nl_BE.UTF-8")
    assert "er is geen handout.toml in" in run("check", "--project", tmp_path)[2]
    monkeypatch.setenv(name, "C")
    assert "there is no handout.toml in" in run("check", "--project", tmp_path)[2]


def test_the_machine_is_examined_in_its_language(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "a folder to write to" in run("doctor")[1]
    monkeypatch.setenv("LANG", "nl_NL.UTF-8")
    assert "een map om in te schrijven" in run("doctor")[1]
    rows = json.loads(run("doctor", "--json")[1])
    assert rows[-1]["needed"] == "een map om in te schrijven"
    assert "a folder to write to" in run("doctor", "--messages", "en")[1]


@pytest.mark.parametrize(
    ("asked", "of_project", "environment", "spoken"),
    [
        ("en", "nl-BE", {"HANDOUT_MESSAGES": "nl", "LANG": "nl_BE.UTF-8"}, "en"),
        (None, "nl-BE", {"HANDOUT_MESSAGES": "en"}, "en"),
        (None, "nl-BE", {"LANG": "en_GB.UTF-8"}, "nl"),
        (None, None, {"LANG": "nl_BE.UTF-8"}, "nl"),
        (None, None, {"LC_ALL": "en_GB.UTF-8", "LANG": "nl_BE.UTF-8"}, "en"),
        (None, "fr-BE", {"LANG": "nl_BE.UTF-8"}, "nl"),
        (None, "fr-BE", {}, "en"),
        (None, None, {"LANG": "C.UTF-8"}, "en"),
        (None, None, {"LANG": "nl_BE@euro"}, "nl"),
        (None, None, {"LANG": "nl@euro"}, "nl"),
    ],
)
def test_the_strongest_language_that_we_have_is_spoken(
    asked: str | None, of_project: str | None, environment: dict[str, str], spoken: str
) -> None:
    assert language.chosen(asked, of_project, environment) == spoken


def test_a_language_that_we_do_not_have_is_wrong_usage(broken: Path, run: Run) -> None:
    code, _, told = run("check", "--project", broken, "--messages", "frans")
    assert code == ExitCode.USAGE
    assert "there are no messages in 'frans'" in told
    assert "use one of: en, nl" in told


def test_one_run_in_a_process_does_not_choose_for_the_next(broken: Path, tmp_path: Path, run: Run) -> None:
    run("check", "--project", broken, "--messages", "nl")
    empty = tmp_path / "leeg"
    empty.mkdir()
    assert "there is no handout.toml in" in run("check", "--project", empty)[2]


def test_a_list_has_dutch_headings_and_the_same_keys(broken: Path, run: Run) -> None:
    project_at(broken, SOUND)
    _, table, _ = run("list", "--project", broken)
    assert table.split()[:3] == ["hand-out", "doelgroep", "formaat"]
    assert "2 zijden, omslaan langs de lange kant" in table
    rows = json.loads(run("list", "--project", broken, "--json")[1])["editions"]
    assert {"handout", "audience", "format", "duplex"} <= rows[0].keys()


def test_a_build_that_changes_nothing_is_told_in_the_same_language(tmp_path: Path, run: Run) -> None:
    roomy = f"{SETTINGS}\n[formats.leaflet-a4]\npages = 1\nmost-air = 0.01\n"
    root = project_at(tmp_path, SOUND, roomy)
    build = ("build", "--project", root, "--audience", "staff")
    first = run(*build)[2]
    assert "waarschuwing[too-much-air]" in first
    assert "herstel: voeg toe wat de lezer daar helpt" in first
    # Asked in other words, and then in the same: the second is known before the command line is read.
    told = run(*build, "--explain")[2]
    assert told.endswith(first)
    assert "staff/gids-leaflet-a4: niet gewijzigd" in told
    assert "<title>Proef: niets aan de hand</title>" in (root / "build/proof.html").read_text("utf-8")
    assert up_to_date.answer([str(one) for one in (*build, "--explain")]) == ExitCode.DONE
