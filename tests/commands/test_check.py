"""What `handout check` finds of the sheets themselves, without rendering one."""

from __future__ import annotations

import multiprocessing
import re
from pathlib import Path

import pytest
from tests.conftest import SETTINGS, handout, loaded, procedure, project_at

from handout.builder import examine
from handout.commands import app
from handout.model.document import Document
from handout.model.findings import ExitCode, Finding
from handout.paper.compose import bounded
from handout.paper.compose import page as compose
from handout.project.plan import Selection, editions
from handout.project.project import Project

FILES = {
    "content/handouts/gids.md": handout("a"),
    "content/procedures/a.md": procedure("1. Open `Outlook`."),
}
WAYFINDER = "---\ntitle: Wat is er mis\naudiences: [staff]\nformats: [wegwijzer-a4]\nleads-to: [gids]\n---\n"


def checked(
    root: Path, capsys: pytest.CaptureFixture[str], files: dict[str, str], settings: str = SETTINGS
) -> tuple[int, str]:
    """Return the exit code of `handout check`, and what it says of the project *files*."""
    code = app.run(["check", "--project", str(project_at(root, {**FILES, **files}, settings))])
    printed = capsys.readouterr()
    return code, printed.err or printed.out


def line_of(text: str, words: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if words in line)


def test_project_without_faults_is_told_so_by_this_process_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    others = multiprocessing.active_children()
    assert checked(tmp_path, capsys, {}) == (ExitCode.DONE, "2 editions, nothing to mend\n")
    assert set(multiprocessing.active_children()) <= set(others)


def test_sheet_is_not_composed_to_know_that_no_cell_is_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = loaded(project_at(tmp_path, {**FILES, "content/schools.csv": "id,name\nzuid,Zuid\n"}))
    monkeypatch.setattr(compose, "html", None)
    assert examine.unprintable(project, editions(project, Selection(schools=("zuid",)))) == ()


def test_each_sheet_is_composed_once_for_all_checks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    html, composed = compose.html, list[str]()

    def counted(document: Document, project: Project) -> tuple[str, tuple[Finding, ...]]:
        composed.append(document.audience)
        return html(document, project)

    monkeypatch.setattr(compose, "html", counted)
    schools = "id,name\nnoord,Noord\nzuid,Zuid\n"
    assert checked(tmp_path, capsys, {"content/schools.csv": schools})[0] == ExitCode.DONE
    assert sorted(composed) == ["staff", "students"]


# ---- roads ------------------------------------------------------------------------------------


def test_place_where_a_reader_gets_stuck_is_a_warning_of_the_whole_project_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = "1. Vraag of het past.\n2. Geef een pas."
    code, told = checked(tmp_path, capsys, {"content/procedures/a.md": procedure(body)})
    assert code == ExitCode.DONE
    assert "content/procedures/a.md:5: warning[branch-open]: 'Vraag of het past.' asks" in told
    assert app.run(["check", "--project", str(tmp_path), "--audience", "staff"]) == ExitCode.DONE
    assert "branch-open" not in capsys.readouterr().err


def test_allowed_road_is_not_idle_where_a_part_is_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = "/// allow | branch-open: mondeling\n1. Vraag of het past.\n///"
    assert checked(tmp_path, capsys, {"content/procedures/a.md": procedure(body)})[1].startswith("2 editions")
    app.run(["check", "--project", str(tmp_path), "--audience", "staff"])
    assert capsys.readouterr().out == "1 edition, nothing to mend\n"


# ---- names ----------------------------------------------------------------------------------


def test_names_that_cannot_be_used_are_told_with_those_that_can(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {
        "content/procedures/open-de-app.md": procedure("1. Zie [](Open-de-App.md#Start).\n2. Stop. {#start}"),
        "content/handouts/Mijn Kaart.md": handout("open-de-app"),
        "content/handouts/gids.md": handout("open-de-app", languages="[nl, nederlands]"),
    }
    code, told = checked(tmp_path, capsys, files)
    assert code == ExitCode.FINDINGS
    assert "fix: rename it mijn-kaart.md" in told
    assert "fix: write 'open-de-app.md#start': names of texts and steps are in small letters" in told
    assert "'languages' holds 'nederlands'\n  fix: write languages by their tags" in told


def test_empty_folder_is_told_how_a_project_begins(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.run(["check", "--project", str(tmp_path)]) == ExitCode.USAGE
    assert "'handout new project DIR' begins one" in capsys.readouterr().err


# ---- drawings ---------------------------------------------------------------------------------


def test_icon_of_an_audience_that_is_not_there_is_told_at_its_line_in_the_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = SETTINGS.replace('icon = "mortarboard"', 'icon = "afstudeerhoed"')
    code, told = checked(tmp_path, capsys, {}, settings)
    assert code == ExitCode.FINDINGS
    place = f"handout.toml:{line_of(settings, 'afstudeerhoed')}"
    what = "there is no drawing 'afstudeerhoed' in styles/icons"
    assert f"{place}: error[style-missing]: {what}\n  fix: use one of: anchor, " in told
    assert "or save one as styles/icons/afstudeerhoed.svg" in told
    assert told.endswith("\n1 error\n")


def test_icon_of_a_procedure_that_is_not_there_is_told_at_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "---\ntitle: Aanmelden\naudiences: [staff, students]\nicon: schilt\n---\n1. Open `Outlook`.\n"
    files = {
        "content/handouts/gids.md": handout("a, b", numbering="continuous"),
        "content/procedures/a.md": text,
        "content/procedures/b.md": procedure("1. Sluit `Outlook`.", "Afmelden"),
    }
    code, told = checked(tmp_path, capsys, files)
    assert code == ExitCode.FINDINGS
    assert "content/procedures/a.md:4: error[style-missing]: there is no drawing 'schilt'" in told
    assert told.endswith("\n1 error\n")


def test_icon_of_a_question_that_is_not_there_is_told_at_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {
        "content/handouts/gids.md": handout("a", questions="[simkaart | Ik heb een nieuw nummer]"),
        "content/handouts/wijzer.md": f"{WAYFINDER}Zoek je vraag.\n",
    }
    code, told = checked(tmp_path, capsys, files)
    assert code == ExitCode.FINDINGS
    line = line_of(files["content/handouts/gids.md"], "simkaart")
    assert f"content/handouts/gids.md:{line}" in told
    assert "error[style-missing]: there is no drawing 'simkaart' in styles/icons" in told


def test_icon_that_no_sheet_shows_is_told_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {
        "content/handouts/gids.md": handout("a", questions="[help | Hulp?, phine | Wat staat er?, Waar?]"),
        "content/procedures/a.md": procedure("1. Open `Outlook`."),
        "content/procedures/b.md": procedure("1. Sluit `Outlook`.", "Afmelden\nicon: schilt"),
    }
    code, told = checked(tmp_path, capsys, files)
    assert code == ExitCode.FINDINGS
    line = line_of(files["content/handouts/gids.md"], "phine")
    what = "there is no drawing 'phine' in styles/icons\n  fix: did you mean 'phone'?"
    assert re.search(rf"gids\.md:{line}(:\d+)?: error\[style-missing\]: {what}", told, re.DOTALL)
    assert "content/procedures/b.md" in told
    assert told.count("error[style-missing]") == 2


# ---- audiences --------------------------------------------------------------------------------


def test_accent_on_which_white_letters_are_lost_is_told_at_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = SETTINGS.replace("#00573f", "#e8a33d")
    code, told = checked(tmp_path, capsys, {}, settings)
    assert code == ExitCode.DONE
    place = f"handout.toml:{line_of(settings, '#e8a33d')}"
    what = "white on #e8a33d, the accent of 'students', has a contrast of 2.2 to 1"
    assert f"{place}: warning[accent-pale]: {what}; small type needs 7 to 1, large type 4.5\n" in told


@pytest.mark.parametrize(
    ("accent", "icon", "why"),
    [
        ("#1a4a9a", "mortarboard", "nearly one accent"),
        ("#6e1748", "briefcase", "one icon, which is all that a copy in black has"),
        ("#6e1748", "mortarboard", None),
    ],
)
def test_audiences_that_look_alike_are_told_at_the_second_of_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], accent: str, icon: str, why: str | None
) -> None:
    changes = (("#00573f", accent), ("mortarboard", icon), ('"circle"', '"square"'), ('"dots"', '"bar"'))
    settings = SETTINGS
    for old, new in changes:
        settings = settings.replace(old, new)
    code, told = checked(tmp_path, capsys, {}, settings)
    assert code == ExitCode.DONE
    what = (
        f"warning[audiences-alike]: 'students' looks like 'staff': they have one shape, one strip and {why}"
    )
    is_told = f"handout.toml:{line_of(settings, 'audiences.students')}: {what}\n" in told
    assert is_told is (why is not None)
    assert ("audiences-alike" in told) is is_told


# ---- print sheets -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("format_", "what"),
    [
        ('sheets = ["trifold"]', "the format 'leaflet-a4' cannot be printed as 'trifold': "),
        ('pages = 3\nsheets = ["cards"]', "the format 'leaflet-a4' cannot be printed as 'cards': "),
        ('pages = 2\nsheets = ["tiles"]', "the format 'leaflet-a4' cannot be printed as 'tiles': "),
    ],
)
def test_print_sheet_that_the_pages_of_a_format_cannot_make_is_told_once_at_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], format_: str, what: str
) -> None:
    settings = f"{SETTINGS}\n[formats.leaflet-a4]\n{format_}\n"
    code, told = checked(tmp_path, capsys, {}, settings)
    assert code == ExitCode.FINDINGS
    assert f"handout.toml:{line_of(settings, 'sheets =')}: error[sheet-impossible]: {what}" in told
    assert told.endswith("\n1 error\n")


def test_print_sheet_that_the_pages_of_a_handout_cannot_make_is_told_at_the_handout(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = f'{SETTINGS}\n[formats.vouwblad]\nlike = "leaflet-a5"\nwidth-mm = 148\nheight-mm = 210\n'
    settings += 'sheets = ["mini"]\n'
    files = {"content/handouts/gids.md": handout("a", formats="[vouwblad]", pages="4")}
    code, told = checked(tmp_path, capsys, files, settings)
    assert code == ExitCode.FINDINGS
    what = "'gids' in the format 'vouwblad' cannot be printed as 'mini': "
    line = line_of(files["content/handouts/gids.md"], "pages: 4")
    assert f"content/handouts/gids.md:{line}" in told
    assert f"error[sheet-impossible]: {what}" in told
    assert told.endswith("\n1 error\n")


# ---- templates and the words in them ----------------------------------------------------------


def test_fault_of_a_template_is_told_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    template = "<p>\n{{ document.titel }}\n"
    code, told = checked(tmp_path, capsys, {"templates/formats/leaflet-a4.html": template})
    assert code == ExitCode.FINDINGS
    assert "templates/formats/leaflet-a4.html:2: error[template-fault]: the template cannot be used: " in told


ROUNDS = "{% for round in range(90000) %}"
ENDLESS = f"<p>\n{ROUNDS}\n{ROUNDS}{{% endfor %}}\n{{% endfor %}}\n"
LARGE = "<p>\n\n{{ 'x' * %d }}\n"


@pytest.mark.parametrize("command", ["check", "build"])
@pytest.mark.parametrize(
    ("template", "line", "what"),
    [
        (ENDLESS, 3, "did not end in time"),
        (LARGE % 900_000_000, 3, "takes more memory than it may"),
    ],
)
def test_template_that_runs_out_of_its_bounds_is_named_with_its_line(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    template: str,
    line: int,
    what: str,
) -> None:
    monkeypatch.setattr(bounded, "LONGEST_S", 1.0)
    monkeypatch.setattr(bounded, "MOST_BYTES", 900_000_000)
    files = {**FILES, "templates/formats/leaflet-a4.html": template}
    code = app.run([command, "--project", str(project_at(tmp_path, files, SETTINGS))])
    told = capsys.readouterr().err
    assert code == ExitCode.FINDINGS
    place = f"templates/formats/leaflet-a4.html:{line}"
    assert f"{place}: error[template-bounds]: the template {what}\n  fix: look for a loop in a loop" in told
    assert told.endswith("\n1 error\n")
    assert not (tmp_path / "build/manifest.json").exists()


def test_template_that_hears_no_alarm_is_stopped_from_outside(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded, "LONGEST_S", 0.5)
    monkeypatch.setattr(bounded, "GRACE_S", 0.5)
    files = {"templates/formats/leaflet-a4.html": "<p>{{ (7 ** 9999999)|string|length }}"}
    code, told = checked(tmp_path, capsys, files)
    assert code == ExitCode.FINDINGS
    assert (
        "templates/formats/leaflet-a4.html: error[template-bounds]: the template did not end in time" in told
    )


@pytest.mark.parametrize("blank", ["{address:>999999999}", "{address!r}"])
def test_printed_word_that_sets_a_width_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], blank: str
) -> None:
    code, told = checked(tmp_path, capsys, {"templates/strings/nl.toml": f'qr-alt = "QR naar {blank}"\n'})
    assert code == ExitCode.FINDINGS
    what = "error[printed-word]: the word 'qr-alt' says how '{address}' is set"
    assert f"templates/strings/nl.toml: {what}" in told
