"""The command line as a person and a program meet it: words, streams, exit codes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import IO

import pytest
import typer
from tests.conftest import SETTINGS, handout, procedure, project_at

import handout as package
from handout import __version__
from handout.commands import app, build
from handout.machine import output_folder
from handout.model.findings import ExitCode

SOURCE = Path(package.__file__).resolve().parents[1]
ONE_PAGE = f"{SETTINGS}\n[formats.leaflet-a4]\npages = 1\nmost-air = 1\n"
STEPS = "1. Open `Outlook`. {#open}\n2. Klik op `Volgende`.\n3. Ga terug naar [](#open)."
FILES = {
    "content/procedures/aanmelden.md": procedure(STEPS),
    "content/handouts/gids.md": handout("aanmelden", title="Gids [kort]"),
    "content/handouts/wijzer.md": handout("aanmelden", audiences="[staff]"),
}
PIECES = [
    "staff/gids-leaflet-a4.pdf",
    "students/gids-leaflet-a4.pdf",
    "staff/wijzer-leaflet-a4.pdf",
]
COMMANDS = [
    "build",
    "cache clear",
    "check",
    "codes",
    "doctor",
    "list",
    "new handout",
    "new procedure",
    "new project",
    "print",
    "routes",
    "schema",
    "serve",
    "translate export",
    "translate import",
]
LONGEST_RUN_S = 120


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


Command = Callable[..., Answer]


@pytest.fixture
def command(capfd: pytest.CaptureFixture[str]) -> Command:
    """Run the command line in this process."""

    def run(*arguments: str | Path) -> Answer:
        code = app.run([str(argument) for argument in arguments])
        captured = capfd.readouterr()
        return Answer(code, captured.out, captured.err)

    return run


@pytest.fixture
def _no_cache_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have everything made anew: the other tests may find what was made for one before them."""
    monkeypatch.setenv("HANDOUT_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return project_at(tmp_path / "project", FILES, ONE_PAGE)


def started(*arguments: str | Path, **options: object) -> subprocess.Popen[str]:
    """Start the program in a process group of its own, as a terminal does."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": environment(), **options}
    return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
        [sys.executable, "-m", "handout", *map(str, arguments)],
        text=True,
        start_new_session=True,
        preexec_fn=heeds_interrupts,
        **options,
    )


def heeds_interrupts() -> None:
    """Undo what a shell does to what it starts in its background, the tests themselves perhaps."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def environment(**extra: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(SOURCE), **extra}


def finished(process: subprocess.Popen[str]) -> Answer:
    out, err = process.communicate(timeout=LONGEST_RUN_S)
    return Answer(process.returncode, out or "", err or "")


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


# ---- help -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_each_command_gives_an_example(command: Command, name: str) -> None:
    answer = command(*name.split(), "--help")
    assert answer.code == ExitCode.DONE
    assert f"Example: handout {name}" in answer.out
    assert answer.err == ""


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_each_option_is_written(command: Command, name: str) -> None:
    lines = command(*name.split(), "--help").out.split("Options:")[1].splitlines()
    options = [line for line in lines if re.match(r"  -", line)]
    assert options
    assert [line for line in options if not re.search(r"\S  +\S", line)] == []


def test_help_lists_each_command_with_its_whole_line(command: Command) -> None:
    listed = command("--help").out.split("Commands:")[1]
    assert sorted(re.findall(r"^  (\w+)", listed, re.MULTILINE)) == sorted({c.split()[0] for c in COMMANDS})
    assert "..." not in listed + command("cache", "--help").out.split("Commands:")[1]


def test_no_command_shows_the_help_as_wrong_usage(command: Command) -> None:
    answer = command()
    assert answer.code == ExitCode.USAGE
    assert "Commands:" in answer.out + answer.err


def test_version_is_printed(command: Command) -> None:
    assert command("--version") == Answer(ExitCode.DONE, f"handout {__version__}\n", "")


# ---- wrong usage ------------------------------------------------------------------------------


def test_unknown_command_is_answered_with_the_nearest(command: Command) -> None:
    answer = command("buidl")
    assert answer.code == ExitCode.USAGE
    assert "'build'" in answer.err


@pytest.mark.parametrize("name", ["build", "check", "list"])
@pytest.mark.parametrize(
    ("arguments", "what", "nearest"),
    [
        (["gidz"], "there is no handout 'gidz'", "gids"),
        (["--audience", "staf"], "there is no audience 'staf'", "staff"),
        (["--format", "leaflet-a44"], "there is no format 'leaflet-a44'", "leaflet-a4"),
        (["--language", "nl-BEL"], "there is no language 'nl-BEL'", "nl-BE"),
    ],
)
def test_unknown_name_is_answered_with_the_nearest(
    command: Command, project: Path, name: str, arguments: list[str], what: str, nearest: str
) -> None:
    answer = command(name, "--project", project, *arguments)
    assert (answer.code, answer.out) == (ExitCode.USAGE, "")
    assert answer.err.startswith(f"error: {what}\n  fix: did you mean '{nearest}'? Known: ")


def test_unknown_school_is_answered_with_the_nearest(command: Command, project: Path) -> None:
    project_at(project, {"content/schools.csv": "id,name\nnoord,Noord\n"}, ONE_PAGE)
    answer = command("list", "--project", project, "--school", "noordd")
    assert answer.code == ExitCode.USAGE
    assert "did you mean 'noord'? Known: all, noord" in answer.err


def test_selection_that_fits_nothing_is_wrong_usage(command: Command, project: Path) -> None:
    answer = command("build", "--project", project, "wijzer", "--audience", "students")
    assert (answer.code, answer.out) == (ExitCode.USAGE, "")
    assert "no handout fits this selection" in answer.err


def test_folder_without_a_project_is_wrong_usage(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("build", "check", "list"):
        answer = command(name)
        assert (answer.code, answer.out) == (ExitCode.USAGE, "")
        assert "there is no handout.toml" in answer.err
        assert "--project DIR" in answer.err


@pytest.mark.parametrize("place", ["missing", "file"])
def test_project_that_is_no_folder_is_named(command: Command, tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    answer = command("check", "--project", tmp_path / place)
    assert answer.code == ExitCode.USAGE
    assert str(tmp_path / place) in answer.err


@pytest.mark.parametrize("jobs", ["0", "-1", "many"])
def test_wrong_number_of_jobs_is_wrong_usage(command: Command, project: Path, jobs: str) -> None:
    answer = command("build", "--project", project, "--jobs", jobs)
    assert answer.code == ExitCode.USAGE
    assert "--jobs" in answer.err


# ---- findings ---------------------------------------------------------------------------------


def test_key_with_a_typo_is_a_finding_with_its_line(command: Command, project: Path) -> None:
    typo = handout("aanmelden").replace("formats:", "format:")
    project_at(project, {"content/handouts/gids.md": typo}, ONE_PAGE)
    answer = command("check", "--project", project)
    assert (answer.code, answer.out) == (ExitCode.FINDINGS, "")
    assert "content/handouts/gids.md:4: error[key-unknown]: the key 'format' is not known\n" in answer.err
    assert "did you mean 'formats'?" in answer.err


@pytest.mark.parametrize("name", ["build", "check", "list"])
def test_handout_that_cannot_be_read_is_not_called_missing(
    command: Command, project: Path, name: str
) -> None:
    typo = handout("aanmelden").replace("formats:", "format:")
    project_at(project, {"content/handouts/gids.md": typo}, ONE_PAGE)
    answer = command(name, "gids", "--project", project)
    assert answer.code == ExitCode.FINDINGS
    assert "the key 'format' is not known" in answer.err
    assert "there is no handout" not in answer.err


def test_findings_are_sorted_by_file_and_line(command: Command, project: Path) -> None:
    faulty = procedure("1. Ga naar [](#weg).\n2. Ga naar [](#ook-weg).")
    project_at(
        project,
        {
            "content/procedures/aanmelden.md": faulty,
            "content/handouts/gids.md": handout("aanmelden", owners="ICT", onwer="ICT"),
            "content/fragments/kapot.md": "---\nsoort: kapot\n---\n1. Stap.\n",
        },
        ONE_PAGE,
    )
    answer = command("check", "--project", project)
    places = re.findall(r"^(\S+?):(\d+): error", answer.err, re.MULTILINE)
    assert len(places) >= 5
    assert places == sorted(places, key=lambda place: (place[0], int(place[1])))
    assert len({path for path, _ in places}) == 3
    assert f"\n{len(places)} errors\n" in answer.err


def test_every_finding_says_how_to_mend_it(command: Command, project: Path) -> None:
    project_at(project, {"content/procedures/aanmelden.md": procedure("1. Ga naar [](#weg).")}, ONE_PAGE)
    lines = command("check", "--project", project).err.splitlines()
    assert ": error[reference-missing]: " in lines[0]
    assert lines[1].startswith("  fix: ")


REPORT = {"proof.html", "proof.json"}


def test_build_with_findings_makes_nothing_but_its_report(command: Command, project: Path) -> None:
    project_at(project, {"content/procedures/aanmelden.md": procedure("1. Ga naar [](#weg).")}, ONE_PAGE)
    answer = command("build", "--project", project, "--jobs", "1")
    assert (answer.code, answer.out) == (ExitCode.FINDINGS, "")
    assert "content/procedures/aanmelden.md:5: error[reference-missing]: " in answer.err
    assert set(contents(project / "build")) <= {".lock", ".gitignore", *REPORT}


def test_sheet_that_does_not_fit_is_a_finding_of_the_build(command: Command, project: Path) -> None:
    project_at(project, {}, f"{SETTINGS}\n[formats.leaflet-a4]\nleast-pages = 2\n")  # and the text fills one
    assert command("check", "--project", project).code == ExitCode.DONE
    answer = command("build", "wijzer", "--project", project)
    assert (answer.code, answer.out) == (ExitCode.FINDINGS, "")
    assert "this format has 2 pages" in answer.err


def test_markup_in_a_message_is_printed_as_it_is(command: Command, project: Path) -> None:
    answer = command("check", "--project", project, "[red]gids[/]")
    assert "there is no handout '[red]gids[/]'" in answer.err


# ---- schools ----------------------------------------------------------------------------------


def test_table_as_excel_writes_it_is_taken(command: Command, project: Path) -> None:
    rows = "\ufeffid;name;address\r\nnoord;Basisschool Noord;Kerkstraat 1, Antwerpen\r\nzuid;Zuid;\r\n"
    project_at(project, {"content/schools.csv": rows.encode("utf-8")}, ONE_PAGE)
    answer = command("list", "--project", project, "--school", "all", "--json")
    assert answer.code == ExitCode.DONE
    assert {row["school"] for row in json.loads(answer.out)["editions"]} == {"noord", "zuid"}


def test_workbook_renamed_to_csv_is_named_for_what_it_is(command: Command, project: Path) -> None:
    project_at(project, {"content/schools.csv": b"PK\x03\x04" + bytes(200)}, ONE_PAGE)
    answer = command("check", "--project", project)
    assert answer.code == ExitCode.FINDINGS
    assert "content/schools.csv" in answer.err
    assert "Excel" in answer.err
    assert "CSV UTF-8" in answer.err


def test_list_tells_the_copies_of_schools_apart(command: Command, project: Path) -> None:
    project_at(project, {"content/schools.csv": "id,name\nnoord,Noord\nzuid,Zuid\n"}, ONE_PAGE)
    assert "school" not in command("list", "--project", project).out
    lines = command("list", "wijzer", "--project", project, "--school", "all").out.splitlines()
    assert [line.split()[2] for line in lines] == ["school", "noord", "zuid"]


# ---- results ----------------------------------------------------------------------------------


@pytest.mark.usefixtures("_no_cache_yet")
def test_build_prints_each_file_on_a_line_of_standard_output(command: Command, project: Path) -> None:
    answer = command("build", "--project", project, "--jobs", "1")
    assert answer.code == ExitCode.DONE
    assert answer.out.splitlines() == [str(project / "build" / path) for path in PIECES]
    assert answer.err == f"all proved; open {project / 'build' / 'index.html'}\n"
    assert all((project / "build" / path).read_bytes().startswith(b"%PDF") for path in PIECES)


def test_quiet_build_prints_nothing(command: Command, project: Path) -> None:
    assert command("build", "--project", project, "wijzer", "-q") == Answer(ExitCode.DONE, "", "")


def test_quiet_build_prints_errors_all_the_same(command: Command, project: Path) -> None:
    project_at(project, {"content/procedures/aanmelden.md": procedure("1. Ga naar [](#weg).")}, ONE_PAGE)
    assert ": error[reference-missing]: " in command("build", "--project", project, "-q", "--jobs", "1").err


@pytest.mark.usefixtures("_no_cache_yet")
def test_verbose_build_names_each_edition_on_standard_error(command: Command, project: Path) -> None:
    answer = command("build", "--project", project, "-v", "--jobs", "1")
    assert answer.err.splitlines()[:-1] == [path.removesuffix(".pdf") for path in PIECES]


def test_build_goes_to_the_folder_of_output(command: Command, project: Path, tmp_path: Path) -> None:
    answer = command("build", "wijzer", "--project", project, "--output", tmp_path / "uit")
    assert answer.out == f"{tmp_path / 'uit/staff/wijzer-leaflet-a4.pdf'}\n"
    assert not (project / "build").exists()


@pytest.mark.parametrize("output", ["", ".", "..", "../project"])
def test_build_does_not_write_between_the_files_of_the_project(
    command: Command, project: Path, output: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    before = contents(project)
    answer = command("build", "wijzer", "--output", output)
    assert (answer.code, answer.out) == (ExitCode.USAGE, "")
    assert "which holds the project itself" in answer.err
    assert contents(project) == before


@pytest.mark.parametrize(
    ("output", "what"),
    [
        ("content", "where content/ has what the files are made from"),
        ("content/handouts/new", "where content/ has what the files are made from"),
        ("styles", "where styles/ has what the files are made from"),
        ("templates/../templates", "where templates/ has what the files are made from"),
        ("site", "holds what handout did not make: 'index.html'"),
        ("docs", "holds what handout did not make: 'a.md', 'b.md', 'c.md' and 1 more"),
    ],
)
def test_build_does_not_write_between_files_that_are_not_of_handout(
    command: Command, project: Path, output: str, what: str
) -> None:
    foreign = {"site/index.html": "mine", **{f"docs/{name}.md": "mine" for name in "abcd"}}
    project_at(project, foreign, ONE_PAGE)
    before = contents(project)
    answer = command("build", "wijzer", "--project", project, "--output", project / output)
    assert (answer.code, answer.out) == (ExitCode.USAGE, "")
    assert what in answer.err
    assert "fix: name a" in answer.err
    assert contents(project) == before


def test_build_that_cannot_exchange_its_folder_says_so(
    command: Command, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert command("build", "wijzer", "--project", project, "--jobs", "1", "-q").err == ""
    monkeypatch.chdir(project / "build")
    answer = command("build", "wijzer", "--force", "--project", project, "--jobs", "1")
    assert answer.code == ExitCode.DONE
    assert answer.err.startswith(f"note: the files in {project / 'build'} were replaced one by one")
    assert "the command was given in it" in answer.err


def test_copy_for_a_school_goes_to_a_folder_of_its_own(command: Command, project: Path) -> None:
    project_at(project, {"content/schools.csv": "id,name\nnoord,Noord\n"}, ONE_PAGE)
    answer = command("build", "wijzer", "--project", project, "--school", "noord")
    assert answer.out == f"{project / 'build/schools/noord/staff/wijzer-leaflet-a4-noord.pdf'}\n"


def test_build_prints_all_files_that_were_asked_for(command: Command, project: Path) -> None:
    answer = command("build", "wijzer", "--project", project, "--mono", "--print-shop")
    names = [Path(line).name for line in answer.out.splitlines()]
    assert names == [
        "wijzer-leaflet-a4.pdf",
        "wijzer-leaflet-a4-shop.pdf",
        "wijzer-leaflet-a4-mono.pdf",
        "wijzer-leaflet-a4-mono-shop.pdf",
    ]
    assert all((project / "build/staff" / name).read_bytes().startswith(b"%PDF") for name in names)


def test_check_says_that_nothing_is_wrong_and_writes_nothing(command: Command, project: Path) -> None:
    before = contents(project)
    answer = command("check", "--project", project)
    assert answer == Answer(ExitCode.DONE, "3 editions, nothing to mend\n", "")
    assert command("check", "wijzer", "--project", project).out == "1 edition, nothing to mend\n"
    assert contents(project) == before


def test_list_tells_the_paper_of_each_edition_on_one_line(command: Command, project: Path) -> None:
    lines = command("list", "--project", project).out.splitlines()
    assert len(lines) == 1 + len(PIECES)
    assert lines[0].split(maxsplit=4) == ["handout", "audience", "format", "pages", "print at 100 %"]
    assert re.fullmatch(r"gids +students +leaflet-a4 +1 +A4, 1 side *", lines[2])


def test_list_tells_the_paper_of_each_print_sheet_within_100_columns(command: Command, project: Path) -> None:
    project_at(project, PRINTED, ONE_PAGE)
    answer = command("list", "sheets", "--project", project, "--print-shop")
    assert [re.split("  +", line.strip())[2:] for line in answer.out.splitlines()] == [
        ["format", "sheet", "pages", "print at 100 %"],
        ["trifold", "6", "100 × 210 mm, 2 sides, flip on long edge"],
        ["trifold", "trifold", "2", "A4, 2 sides, flip on short edge"],
        ["trifold", "print-shop", "2", "for a print shop"],
        ["poster-a3", "1", "A3, 1 side"],
        ["poster-a3", "tiles", "5", "A4, 1 side"],
        ["poster-a3", "tiles-a2", "10", "A4, 1 side"],
        ["poster-a3", "one-a4", "1", "A4, 1 side"],
        ["poster-a3", "print-shop", "1", "for a print shop"],
    ]
    assert max(len(line.rstrip()) for line in answer.out.splitlines()) <= 100


def test_json_of_list_says_how_each_print_sheet_is_printed(command: Command, project: Path) -> None:
    project_at(project, PRINTED, ONE_PAGE)
    answer = command("list", "sheets", "--project", project, "--mono", "--json")
    rows = json.loads(answer.out)["editions"]
    assert [(row["format"], row["ink"]) for row in rows] == [
        ("trifold", "colour"),
        ("trifold", "mono"),
        ("poster-a3", "colour"),
        ("poster-a3", "mono"),
    ]
    assert rows[0]["sheets"] == [
        {
            "sheet": "trifold",
            "path": "staff/sheets-trifold-print.pdf",
            "pages": 2,
            "paper": "A4",
            "width_mm": 297,
            "height_mm": 210,
            "sides": 2,
            "duplex": "short edge",
            "scale_percent": 100,
        }
    ]
    assert [sheet["path"] for sheet in rows[3]["sheets"]] == [
        "staff/sheets-poster-a3-mono-print.pdf",
        "staff/sheets-poster-a3-mono-print-tiles-a2.pdf",
        "staff/sheets-poster-a3-mono-print-one-a4.pdf",
    ]


def test_list_reports_a_print_sheet_that_the_pages_of_its_format_cannot_make(
    command: Command, project: Path
) -> None:
    project_at(project, {}, f'{ONE_PAGE}sheets = ["trifold"]\n')
    answer = command("list", "wijzer", "--project", project)
    assert answer.code == ExitCode.FINDINGS
    assert re.search(
        r"^handout.toml:\d+: error\[sheet-impossible\]: the format 'leaflet-a4' ", answer.err, re.M
    )
    assert "a sheet of kind 'trifold' takes 6 pages; this piece has 1" in answer.err
    assert "A4, 1 side" in answer.out


PRINTED = {
    "content/handouts/sheets.md": handout(
        "aanmelden", title="Twee", audiences="[staff]", formats="[trifold, poster-a3]"
    )
}


# ---- schools by a column of their table --------------------------------------------------------


@pytest.fixture
def schools(project: Path) -> Path:
    """Give a project with three schools, two of them with one room."""
    rows = "id,name,room\nnoord,Noord,B12\noost,Oost,B12\nzuid,Zuid,Bureau 3\n"
    return project_at(project, {"content/schools.csv": rows}, ONE_PAGE)


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        (["room=B12"], ["noord", "oost"]),
        (["room = bureau  3"], ["zuid"]),
        (["Room=b12"], ["noord", "oost"]),
        (["Lokaal=B12", "ID=oost"], ["oost"]),
        (["room=B12", "--school", "ALL"], ["noord", "oost"]),
        (["room=B12", "--school", "Noord"], ["noord"]),
        (["room=B12", "room=Bureau 3"], ["noord", "oost", "zuid"]),
        (["room=B12", "id=oost"], ["oost"]),
        (["room=B12", "--school", "noord"], ["noord"]),
        (["phone="], ["noord", "oost", "zuid"]),
    ],
)
def test_only_chooses_schools_by_a_column(
    command: Command, schools: Path, only: list[str], expected: list[str]
) -> None:
    arguments = [part for one in only for part in (["--only", one] if "=" in one else [one])]
    answer = command("list", "wijzer", "--project", schools, "--json", *arguments)
    assert answer.code == ExitCode.DONE
    assert [row["school"] for row in json.loads(answer.out)["editions"]] == expected


@pytest.mark.parametrize("name", ["build", "check", "list"])
def test_only_with_an_unknown_column_is_answered_with_the_known_ones(
    command: Command, schools: Path, name: str
) -> None:
    answer = command(name, "--project", schools, "--only", "rooom=B12")
    assert answer.code == ExitCode.USAGE
    assert answer.err == (
        "error: the table of schools has no column 'rooom'\n"
        "  fix: did you mean 'room'? "
        "Known: address, email, hours, ict-anchor, id, languages, logo, name, phone, room\n"
    )


@pytest.mark.parametrize("asked", [["--school", "zuid"], ["--school", "all"], ["--only", "room=B1"]])
@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            "id,name\nnoord,Noord\nzuid,\n",
            ":3:6: error[schools-cell]: the row has no name",
        ),
        (
            "id,nmae\nnoord,Noord\n",
            ":1:4: error[schools-column]: there is no column 'nmae'",
        ),
        ("id,name\nzuid,é\n", "error[file-encoding]"),
    ],
)
def test_school_whose_row_cannot_be_read_is_not_called_missing(
    command: Command, project: Path, rows: str, expected: str, asked: list[str]
) -> None:
    project_at(project, {"content/schools.csv": rows.encode("cp1252")}, ONE_PAGE)
    for name in ("build", "check", "list"):
        answer = command(name, "--project", project, *asked)
        assert answer.code == ExitCode.FINDINGS
        assert expected in answer.err
        assert "there is no school" not in answer.err


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        ("room", "'room' does not say which value\n  fix: write a column and a value: room=B12"),
        ("room=B13", "there is no school with room=B13\n  fix: did you mean 'B12'? Known: B12, Bureau 3"),
    ],
)
def test_only_that_fits_no_school_says_what_would(
    command: Command, schools: Path, only: str, expected: str
) -> None:
    answer = command("list", "--project", schools, "--only", only)
    assert (answer.code, answer.err) == (ExitCode.USAGE, f"error: {expected}\n")


# ---- JSON -------------------------------------------------------------------------------------


def test_json_of_build_names_the_files(command: Command, project: Path) -> None:
    answer = command("build", "--project", project, "--json", "--jobs", "1")
    files = [str(project / "build" / path) for path in PIECES]
    assert json.loads(answer.out) == {
        "files": files,
        "exit_code": 0,
        "refused": [],
        "outdated": [],
        "findings": [],
    }
    assert answer.err == ""


def test_json_of_list_says_what_a_program_needs(command: Command, project: Path) -> None:
    rows = json.loads(command("list", "--project", project, "--json").out)["editions"]
    assert [row["path"] for row in rows] == PIECES
    assert rows[0]["title"] == "Gids [kort]"
    assert (rows[0]["pages"], rows[0]["width_mm"], rows[0]["duplex"], rows[0]["school"]) == (
        1,
        210,
        None,
        None,
    )


def test_json_of_check_counts_the_editions(command: Command, project: Path) -> None:
    answer = json.loads(command("check", "--project", project, "--json").out)
    assert (answer["editions"], answer["findings"]) == (3, [])


def test_json_of_doctor_is_a_list_of_checks(command: Command, tmp_path: Path) -> None:
    answer = command("doctor", "--json", "--output", tmp_path / "build")
    assert {"name", "ok", "found", "needed"} <= json.loads(answer.out)[0].keys()


@pytest.mark.parametrize("name", ["build", "check", "list"])
def test_json_holds_the_findings(command: Command, project: Path, name: str) -> None:
    typo = handout("aanmelden", title="Één €").replace("formats:", "format:")
    project_at(project, {"content/handouts/gids.md": typo}, ONE_PAGE)
    answer = command(name, "--project", project, "--json")
    assert answer.code == ExitCode.FINDINGS
    found = json.loads(answer.out)["findings"]
    assert {"path", "line", "column", "severity", "rule", "what", "fix"} == found[0].keys()
    assert ("content/handouts/gids.md", 4, "error") in [
        (row["path"], row["line"], row["severity"]) for row in found
    ]
    assert answer.err == ""


# ---- the machine refuses ----------------------------------------------------------------------


def test_output_that_is_a_file_is_a_fault_of_the_environment(
    command: Command, project: Path, tmp_path: Path
) -> None:
    (tmp_path / "uit").write_text("van iemand anders")
    answer = command("build", "wijzer", "--project", project, "--output", tmp_path / "uit")
    assert (answer.code, answer.out) == (ExitCode.ENVIRONMENT, "")
    assert f"cannot write {tmp_path / 'uit'}" in answer.err
    assert "--output" in answer.err
    assert (tmp_path / "uit").read_text() == "van iemand anders"


@pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="a folder that refuses even root: Linux has one")
def test_output_that_refuses_is_a_fault_of_the_environment(command: Command, project: Path) -> None:
    answer = command("build", "wijzer", "--project", project, "--output", "/sys/kernel/handout")
    assert (answer.code, answer.out) == (ExitCode.ENVIRONMENT, "")
    assert re.search(r"error: cannot write /sys/kernel/handout: .+\n  fix: .*--output", answer.err)


def test_second_build_in_the_same_folder_is_told_to_wait(command: Command, project: Path) -> None:
    with output_folder.lock(project / "build"):
        answer = command("build", "wijzer", "--project", project)
    assert (answer.code, answer.out) == (ExitCode.BUSY, "")
    assert "another build is writing to" in answer.err
    assert command("build", "wijzer", "--project", project).code == ExitCode.DONE


def test_doctor_fails_where_the_output_folder_cannot_be(command: Command, tmp_path: Path) -> None:
    (tmp_path / "build").write_text("")
    answer = command("doctor", "--output", tmp_path / "build")
    assert answer.code == ExitCode.ENVIRONMENT
    assert "output folder is needed" in answer.out


def test_failing_build_leaves_the_files_of_yesterday(command: Command, project: Path) -> None:
    assert command("build", "--project", project, "--jobs", "1").code == ExitCode.DONE
    yesterday = contents(project / "build")
    project_at(project, {"content/procedures/aanmelden.md": procedure("1. Ga naar [](#weg).")}, ONE_PAGE)
    assert command("build", "--project", project, "--jobs", "1").code == ExitCode.FINDINGS
    today = contents(project / "build")
    assert today.keys() == yesterday.keys()
    assert {name for name in today if today[name] != yesterday[name]} == REPORT


def test_crash_asks_for_a_report_and_shows_its_traceback_only_when_asked(
    command: Command, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise RuntimeError("kapot [vet]")

    monkeypatch.setattr(build, "loaded_project", crash)
    answer = command("build", "--project", project)
    assert (answer.code, answer.out) == (ExitCode.RENDERER, "")
    assert "RuntimeError: kapot [vet]" in answer.err
    assert "report it" in answer.err
    assert "Traceback" not in answer.err
    assert "Traceback" in command("build", "--project", project, "-v").err


def test_renderer_that_fails_shows_its_traceback_only_when_asked(command: Command, project: Path) -> None:
    # The engine cannot lay out a marker with content of its own.
    css = (
        ".lead { color: black }\n.step::marker {\n  color: black;\n  content: 'x';\n}\n.foot { color: black }"
    )
    project_at(project, {"styles/components/marker.css": css}, ONE_PAGE)
    answer = command("build", "wijzer", "--project", project)
    assert (answer.code, answer.out) == (ExitCode.RENDERER, "")
    assert answer.err.startswith("error: the renderer failed on staff/wijzer-leaflet-a4: TypeError: ")
    assert "; without styles/components/marker.css:4 it does not\n" in answer.err
    assert "fix: correct styles/components/marker.css:4: it asks for what" in answer.err
    assert "fault of the program" not in answer.err
    assert "Traceback" not in answer.err
    assert "Traceback" in command("build", "wijzer", "--project", project, "-v").err


def test_renderer_that_fails_on_one_sheet_does_not_hide_the_findings_of_the_others(
    command: Command, project: Path
) -> None:
    two_pages = ONE_PAGE.replace("pages = 1", "pages = 2\nleast-pages = 2")
    project_at(project, {"styles/audiences/students.css": ".step::marker { content: 'x' }"}, two_pages)
    answer = command("build", "--project", project, "--jobs", "1", "--json")
    assert answer.code == ExitCode.RENDERER
    assert answer.err.startswith("error: the renderer failed on students/gids-leaflet-a4: TypeError: ")
    found = json.loads(answer.out)
    assert found["files"] == []
    assert {row["path"] for row in found["findings"]} == {
        "content/handouts/gids.md",
        "content/handouts/wijzer.md",
    }


# ---- terminals, pipes and signals -------------------------------------------------------------


@pytest.fixture
def closed_pipe() -> Iterator[int]:
    """Give the end of a pipe whose reader has gone, as `head` does."""
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


@pytest.mark.parametrize(
    "arguments",
    [["list"], ["list", "--json"], ["check"], ["doctor"], ["--version"]],
    ids=" ".join,
)
def test_reader_that_has_gone_is_not_worth_a_word(
    project: Path, closed_pipe: int, arguments: list[str]
) -> None:
    answer = finished(started(*arguments, cwd=project, stdout=closed_pipe))
    assert (answer.code, answer.err) == (ExitCode.DONE, "")


def test_reader_that_has_gone_is_not_worth_a_word_where_nothing_changed(
    project: Path, closed_pipe: int
) -> None:
    for _ in range(2):
        answer = finished(started("build", "wijzer", cwd=project, stdout=closed_pipe))
        assert (answer.code, answer.err) == (ExitCode.DONE, f"all proved; open {Path('build/index.html')}\n")


def test_reader_that_has_gone_does_not_hide_findings(project: Path, closed_pipe: int) -> None:
    project_at(project, {"content/procedures/aanmelden.md": procedure("1. Ga naar [](#weg).")}, ONE_PAGE)
    answer = finished(started("check", "--json", cwd=project, stdout=closed_pipe))
    assert (answer.code, answer.err) == (ExitCode.FINDINGS, "")


def on_a_terminal(*arguments: str | Path, **extra: str) -> str:
    """Return what the program prints on standard error where that is a terminal."""
    ours, theirs = os.openpty()
    env = {**environment(TERM="xterm"), **extra}
    for name in {"NO_COLOR", "FORCE_COLOR"} - extra.keys():
        env.pop(name, None)
    process = started(*arguments, stderr=theirs, env=env)
    os.close(theirs)
    # While it runs: a terminal holds some kilobytes, and who writes more to it waits for a reader.
    with os.fdopen(ours, "rb") as terminal, ThreadPoolExecutor(1) as reader:
        printed = reader.submit(_all_of, terminal)
        process.communicate(timeout=LONGEST_RUN_S)
        return printed.result().decode()


def _all_of(terminal: BufferedReader) -> bytes:
    printed = b""
    try:
        while chunk := terminal.read1(4096):
            printed += chunk
    except OSError:
        pass  # Linux says so where the other end is closed and all is read
    return printed


def test_colours_are_for_terminals_that_want_them(project: Path) -> None:
    project_at(project, {"content/procedures/aanmelden.md": procedure("1. Ga naar [](#weg).")}, ONE_PAGE)
    assert "\x1b[31m" in on_a_terminal("check", "--project", project)
    plain = on_a_terminal("check", "--project", project, NO_COLOR="1")
    assert ": error[reference-missing]: " in plain
    assert not re.search(r"\x1b\[3\dm", plain)


OUR_FONTS = f"""\
from pathlib import Path
from handout.paper.engine import fonts
fonts.FontFile.bytes = lambda file: (Path({os.environ["FONTCONFIG_FILE"]!r}).parent / file.name).read_bytes()
"""
"""Where Python starts with it, the fonts of these tests are copied: to cut the same ones takes seconds."""


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="a folder that refuses even root: Linux has one")
def test_build_does_without_a_cache_folder(project: Path, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(OUR_FONTS)
    env = environment(
        XDG_CACHE_HOME="/proc/handout",
        HANDOUT_CACHE_DIR="/proc/handout",
        PYTHONPATH=f"{tmp_path}{os.pathsep}{SOURCE}",
    )
    answer = finished(started("build", "gids", "--project", project, "--jobs", "1", "--json", env=env))
    assert (answer.code, answer.err) == (ExitCode.DONE, "")
    assert len(json.loads(answer.out)["files"]) == 2


@pytest.mark.usefixtures("_no_cache_yet")
def test_bar_on_a_terminal_tells_how_much_is_made(project: Path) -> None:
    def parts(*arguments: str) -> list[int]:
        shown = on_a_terminal("build", *arguments, "--project", project, "--jobs", "1")
        return [int(part) for part in re.findall(r"(\d+)%", shown)]

    found = parts()
    assert found == sorted(found)
    assert found[-1] == 100
    assert set(parts("gids")) == {0}  # an earlier build made all of it: nothing is left to count


@pytest.mark.usefixtures("_no_cache_yet")
def test_no_colour_and_no_progress_outside_a_terminal(command: Command, project: Path) -> None:
    answer = command("build", "wijzer", "--project", project, "--jobs", "1")
    page = project / "build/index.html"
    assert (answer.code, answer.err) == (ExitCode.DONE, f"all proved; open {page}\n")
    assert "\x1b" not in answer.out


@pytest.mark.usefixtures("_no_cache_yet")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_interrupted_build_says_so_and_leaves_the_files_of_yesterday(
    command: Command, project: Path, jobs: str
) -> None:
    assert command("build", "wijzer", "--project", project).code == ExitCode.DONE
    yesterday = contents(project / "build")
    many = {f"content/handouts/gids-{number}.md": handout("aanmelden") for number in range(6)}
    project_at(project, many, ONE_PAGE)
    process = started("build", "--project", project, "-v", "--jobs", jobs)
    first = pipe_of(process).readline()
    os.killpg(process.pid, signal.SIGINT)
    answer = finished(process)
    assert (answer.code, answer.out) == (ExitCode.INTERRUPTED, "")
    assert "leaflet-a4" in first
    assert answer.err.splitlines()[-1] == INTERRUPTED
    assert "Traceback" not in answer.err
    assert contents(project / "build") == yesterday


INTERRUPTED_AT = """\
import json, os, signal, sys
from handout import proof
from handout.builder import builder, gallery
from handout.commands import app, build
from handout.machine import exchange
from handout.paper.compose import page
from handout.project import load

def interrupted_build(file, function, can_exchange, arguments, err):
    def trace(frame, event, argument):
        if (os.path.basename(frame.f_code.co_filename), frame.f_code.co_name) == (file, function):
            sys.settrace(None)
            os.kill(os.getpid(), signal.SIGINT)

    os.dup2(os.open(err, os.O_WRONLY | os.O_CREAT), sys.stderr.fileno())
    if not can_exchange:
        exchange._renameat2 = lambda: None
    sys.settrace(trace)
    sys.exit(app.run(arguments))

signal.signal(signal.SIGINT, signal.default_int_handler)  # whatever started the tests
codes = []
for one in json.loads(sys.argv[1]):
    child = os.fork()  # so that all is imported once
    if child == 0:
        interrupted_build(*one)
    codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
print(json.dumps(codes))
"""


LAST_MOMENTS = [
    ("folder_exchange.py", "_fill", True, False),
    ("folder_exchange.py", "clear", True, True),  # right after the exchange
    ("up_to_date.py", "print_build", True, True),
    ("transaction.py", "_apply", False, False),
    ("transaction.py", "discard", False, True),
]
"""Where a build is interrupted, in which file and function, whether its folder can be exchanged, and whether
the new files are in place then."""


def test_interrupted_build_says_which_files_are_there(
    command: Command, project: Path, tmp_path: Path
) -> None:
    command("build", "--audience", "staff", "--project", project)  # so that nothing is rendered below
    yesterday = {}
    asked = []
    for number, (file, function, can_exchange, _) in enumerate(LAST_MOMENTS):
        folder = tmp_path / f"build-{number}"
        arguments = ["--audience", "staff", "--project", str(project), "--output", str(folder)]
        assert command("build", "wijzer", *arguments).code == ExitCode.DONE
        yesterday[folder] = contents(folder)
        err = str(tmp_path / f"{number}.err")
        asked.append((file, function, can_exchange, ["build", "gids", *arguments], err))
    words = [sys.executable, "-c", INTERRUPTED_AT, json.dumps(asked)]
    done = subprocess.run(words, env=environment(), capture_output=True, text=True, check=True)
    codes = json.loads(done.stdout)
    for (_, function, _, is_new), (folder, before), one, code in zip(
        LAST_MOMENTS, yesterday.items(), asked, codes, strict=True
    ):
        err = Path(one[4]).read_text()
        told = f"interrupted, but the new files are in place in {folder}" if is_new else INTERRUPTED
        assert (code, err.splitlines()[-1]) == (ExitCode.INTERRUPTED, told), function
        assert "Traceback" not in err
        assert ("staff/gids-leaflet-a4.pdf" in contents(folder)) is is_new
        assert is_new or contents(folder) == before


INTERRUPTED = "interrupted: nothing was written"


def pipe_of(process: subprocess.Popen[str]) -> IO[str]:
    assert process.stderr is not None
    return process.stderr


def test_quiet_build_leaves_nothing_on_the_terminal(project: Path) -> None:
    """The libraries that read and write PDF have nothing to say as the process ends."""
    answer = finished(
        started("build", "--audience", "staff", "--jobs", "1", "--force", "-q", "--project", project)
    )
    assert answer == Answer(ExitCode.DONE, "", "")


def test_commands_that_render_nothing_wait_for_nothing_that_reads_or_writes_pdf(project: Path) -> None:
    code = (
        "import sys; from handout.commands import app; "
        f"codes = [int(app.run([name, '--project', {str(project)!r}])) for name in ('check', 'list')]; "
        "print(codes, sorted({'weasyprint', 'pikepdf', 'pypdfium2', 'numpy'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[0, 0] []"


# ---- completion -------------------------------------------------------------------------------


def test_script_for_completion_is_printed(project: Path) -> None:
    # By its name, for the shell that runs the tests may be one of which it has none.
    env = environment(_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    answer = finished(started("--show-completion", "bash", cwd=project, env=env))
    assert answer.code == ExitCode.DONE
    assert "complete " in answer.out


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("handout bui", ["build"]),
        ("handout build w", ["wijzer"]),
        ("handout build --audience st", ["staff", "students"]),
        ("handout build --format leaflet-a4", ["leaflet-a4"]),
    ],
)
def test_names_are_completed_from_the_project_at_hand(
    command: Command, project: Path, monkeypatch: pytest.MonkeyPatch, line: str, expected: list[str]
) -> None:
    monkeypatch.chdir(project)
    monkeypatch.setenv("_HANDOUT_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(len(line.split()) - 1))
    assert command().out.split() == expected


def test_completion_outside_a_project_is_silent(tmp_path: Path) -> None:
    words = {"COMP_WORDS": "handout build --audience ", "COMP_CWORD": "3"}
    asked = environment(_HANDOUT_COMPLETE="complete_bash", **words)
    answer = finished(started(cwd=tmp_path, env=asked))
    assert (answer.out.strip(), answer.err) == ("", "")


def test_commands_are_those_of_typer() -> None:
    group = typer.main.get_group(app.app)
    found = [
        f"{name} {inner}".strip()
        for name, one in group.commands.items()
        for inner in getattr(one, "commands", {"": one})
    ]
    assert sorted(found) == COMMANDS
