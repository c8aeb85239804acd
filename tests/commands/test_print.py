"""`handout print`: which file of a build goes to which queue, with which options.

The commands of CUPS are those of a small print service of our own, which answers as CUPS 2.4 was seen to and
writes down what it is asked. docs/printing.md tells what real queues made of the same options.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import cast

import pytest
from tests.conftest import SETTINGS, handout, loaded, procedure, project_at

from handout.builder import printing
from handout.builder.manifest import FileRow
from handout.builder.sheets import groups, page_words
from handout.commands import app
from handout.machine.queues import Queue, read_queue
from handout.model.findings import ExitCode, UsageError
from handout.project.selection import Selection

PAPER = "PageSize/Media Size: A5 *A4 {also}\nDuplex/2-Sided Printing: *None DuplexNoTumble DuplexTumble\n"
QUEUES = {
    "Zaal": PAPER.format(also="A3 Letter.Fullbleed"),
    "Klein": PAPER.format(also="A6"),
    "Eenzijdig": "PageSize/Media Size: *A4 A3\nDuplex/2-Sided Printing: *None\n",
    "Zonder": PAPER.format(also="A3") + "Option1/Duplexer: *False True\n",
    "Stil": "",
}


def steps(count: int) -> str:
    return "".join(f"{number}. Klik op knop {number} van je toestel.\n\n" for number in range(1, count + 1))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project that was built: a leaflet, a small one of which two lie on A4, and a poster."""
    files = {
        "content/procedures/lang.md": procedure(steps(18), audiences="staff"),
        "content/procedures/kort.md": procedure(steps(3), audiences="staff"),
        "content/handouts/gids.md": handout(
            "lang", formats="[leaflet-a4, leaflet-a5]", audiences="[staff]", valid_until="2020-06-30"
        ),
        "content/handouts/bord.md": handout("kort", formats="[poster-a3]", audiences="[staff]"),
    }
    root = project_at(tmp_path_factory.mktemp("gedrukt"), files, SETTINGS)
    assert app.run(["build", "--project", str(root), "-q"]) == ExitCode.DONE
    return root


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put the print service on the path, and return the file of what `lp` was asked, a word a line."""
    folder = tmp_path / "bin"
    heard = tmp_path / "lp.txt"
    for name, options in QUEUES.items():
        (tmp_path / name).write_text(options)
    scripts = {
        "lpstat": f"[ $1 = -e ] && printf '%s\\n' {' '.join(QUEUES)} || echo 'default: Zaal'",
        "lpoptions": f'cat "{tmp_path}/$2"',
        "lp": f'printf "%s\\n" "$@" >>"{heard}"; echo "request id is $2-7 (1 file(s))"',
    }
    for name, script in scripts.items():
        project_at(folder, {name: f"#!/bin/sh\n{script}\n"}, "")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return heard


def printed(built: Path, *options: str) -> int:
    return app.run(["print", "--project", str(built), *options])


def sent(heard: Path) -> Mapping[str, object]:
    words = heard.read_text().splitlines()
    options = [word for before, word in pairwise(words) if before == "-o"]
    return {
        "queue": words[words.index("-d") + 1],
        "copies": words[words.index("-n") + 1],
        "options": options,
        "file": words[-1],
    }


def test_leaflet_goes_to_the_usual_queue_on_both_sides_unscaled(built: Path, asked: Path) -> None:
    assert printed(built, "gids", "--format", "leaflet-a4", "--copies", "30") == ExitCode.DONE
    assert sent(asked) == {
        "queue": "Zaal",
        "copies": "30",
        "options": ["media=A4", "sides=two-sided-long-edge", "print-scaling=none", "collate=true"],
        "file": str(built / "build/staff/gids-leaflet-a4.pdf"),
    }


def test_print_sheet_goes_where_there_is_one(built: Path, asked: Path) -> None:
    assert printed(built, "--format", "leaflet-a5", "--queue", "Klein") == ExitCode.DONE
    words = sent(asked)
    assert words["file"] == str(built / "build/staff/gids-leaflet-a5-print.pdf")
    assert words["options"] == ["media=A4", "sides=two-sided-short-edge", "print-scaling=none"]


def test_piece_goes_where_it_is_asked_for(built: Path, asked: Path) -> None:
    assert printed(built, "--format", "leaflet-a5", "--sheet", "piece") == ExitCode.DONE
    assert sent(asked)["file"] == str(built / "build/staff/gids-leaflet-a5.pdf")


def test_dry_run_shows_the_command_and_sends_nothing(
    built: Path, asked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert printed(built, "bord", "--dry-run") == ExitCode.DONE
    said = capsys.readouterr()
    assert said.out.startswith("lp -d Zaal -n 1 -t Gids -o media=A3 -o sides=one-sided -o print-scaling=none")
    assert "would print 1 sheet of paper to Zaal" in said.err
    assert not asked.exists()


@pytest.mark.parametrize(
    ("options", "queue", "why"),
    [([], "QUEUE", "no 'lpstat'"), (["--queue", "Zaal"], "Zaal", "no 'lpstat'")],
)
def test_dry_run_needs_no_print_service(
    built: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    options: list[str],
    queue: str,
    why: str,
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert printed(built, "bord", "--dry-run", *options) == ExitCode.DONE
    said = capsys.readouterr()
    assert said.out.startswith(f"lp -d {queue} -n 1 -t Gids -o media=A3 -o sides=one-sided")
    assert f"note: whether '{queue}' has the paper and both sides was not asked: " in said.err
    assert why in said.err


def test_dry_run_for_a_queue_of_another_machine_says_that_it_was_not_asked(
    built: Path, asked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert printed(built, "bord", "--dry-run", "--queue", "Elders") == ExitCode.DONE
    said = capsys.readouterr()
    assert said.out.startswith("lp -d Elders ")
    assert "was not asked: there is no print queue 'Elders'" in said.err
    assert not asked.exists()


def test_handout_that_is_there_and_was_not_built_is_to_be_built(
    tmp_path: Path, built: Path, asked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(built, copy)
    (copy / "content/handouts/nieuw.md").write_text("")
    assert printed(copy, "nieuw") == ExitCode.USAGE
    assert "no file of the last build" in capsys.readouterr().err


def test_result_counts_the_sheets_of_paper(
    built: Path, asked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert printed(built, "gids", "--copies", "2", "--json") == ExitCode.DONE
    result = json.loads(capsys.readouterr().out)
    assert result["sheets"] == 4
    assert [job["job"] for job in result["jobs"]] == ["Zaal-7"] * 2


def test_sheet_that_is_past_its_date_is_told(
    built: Path, asked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert printed(built, "gids", "--format", "leaflet-a4") == ExitCode.DONE
    assert "staff/gids-leaflet-a4.pdf was valid until 2020-06-30" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "what", "fix"),
    [
        (["bord", "--queue", "Klein"], "'Klein' has no A3", "--sheet: one-a4, tiles-a2, tiles"),
        (["gids", "--queue", "Eenzijdig"], "'Eenzijdig' prints one side", "choose another queue"),
        (["gids", "--queue", "Zonder"], "'Zonder' prints one side", "has a duplex unit"),
        (["gids", "--queue", "Zall"], "no print queue 'Zall'", "did you mean 'Zaal'?"),
        (["gits"], "there is no handout 'gits'", "did you mean 'gids'?"),
        (["nope"], "there is no handout 'nope'", "use one of: bord, gids"),
        (["gids", "--school", "noord"], "no file of the last build", "build it first"),
        (["bord", "--sheet", "trifold"], "has a print sheet 'trifold'", "use one of: one-a4, piece"),
        ([], "print what?", "name a handout"),
    ],
)
def test_nothing_is_sent_that_would_come_out_wrong(
    built: Path, asked: Path, capsys: pytest.CaptureFixture[str], options: list[str], what: str, fix: str
) -> None:
    assert printed(built, *options) == ExitCode.USAGE
    said = capsys.readouterr().err
    assert what in said
    assert fix in said
    assert not asked.exists()


def test_print_job_of_all_schools_is_no_sheet_of_nobody(
    tmp_path: Path, built: Path, asked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "build"
    shutil.copytree(built / "build", copy)
    manifest = json.loads((copy / "manifest.json").read_bytes())
    manifest["files"] = [
        {**row, "sheet": "job"} for row in manifest["files"] if row["path"].endswith("gids-leaflet-a4.pdf")
    ]
    (copy / "manifest.json").write_text(json.dumps(manifest))
    assert printed(built, "gids", "--output", str(copy)) == ExitCode.USAGE
    assert "build it first" in capsys.readouterr().err
    assert printed(built, "gids", "--output", str(copy), "--sheet", "job") == ExitCode.DONE


def test_school_is_known_in_any_letters(
    tmp_path: Path, built: Path, asked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "build"
    shutil.copytree(built / "build", copy)
    manifest = json.loads((copy / "manifest.json").read_bytes())
    manifest["files"] = [{**row, "school": "noord"} for row in manifest["files"]]
    (copy / "manifest.json").write_text(json.dumps(manifest))
    for id_ in ("NOORD", "All"):
        assert printed(built, "bord", "--output", str(copy), "--school", id_, "--dry-run") == ExitCode.DONE


def test_queue_that_says_nothing_gets_the_file_with_a_note(
    built: Path, asked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert printed(built, "gids", "--format", "leaflet-a4", "--queue", "Stil") == ExitCode.DONE
    assert "does not say which paper it has" in capsys.readouterr().err
    assert sent(asked)["queue"] == "Stil"


def test_file_that_was_changed_after_the_build_is_not_printed(
    tmp_path: Path, built: Path, asked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "build"
    (copy / "staff").mkdir(parents=True)
    for name in ("manifest.json", "staff/gids-leaflet-a4.pdf"):
        (copy / name).write_bytes((built / "build" / name).read_bytes())
    with (copy / "staff/gids-leaflet-a4.pdf").open("ab") as file:
        file.write(b"%")
    assert printed(built, "gids", "--output", str(copy)) == ExitCode.USAGE
    assert "build it first" in capsys.readouterr().err


def test_machine_without_cups_is_told_how_to_print(
    built: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert printed(built, "gids") == ExitCode.ENVIRONMENT
    said = capsys.readouterr().err
    assert "no 'lpstat'" in said
    assert "at 100 %" in said


def test_full_bleed_paper_is_the_same_paper() -> None:
    lines = [
        "PageSize/Page Size: *Letter Letter.Fullbleed A4.Fullbleed",
        "Resolution/Resolution: 300dpi *600dpi",
    ]
    assert read_queue("q", lines) == Queue("q", frozenset({"Letter", "A4"}), None)


def rows_of(built: Path, **changed: object) -> list[FileRow]:
    """Return the rows of the manifest, each with what is *changed*."""
    rows = json.loads((built / "build/manifest.json").read_text("utf-8"))["files"]
    return [cast(FileRow, {**row, **changed}) for row in rows]


@pytest.mark.parametrize("typed", ["NOORD", "noord", "Noord"])
def test_school_that_is_there_is_not_said_to_be_missing_for_its_case(built: Path, typed: str) -> None:
    rows = rows_of(built, school="noord")
    assert printing.chosen(rows, Selection(schools=(typed,)), None)
    with pytest.raises(UsageError) as refused:  # what was not built is the edition in black alone
        printing.chosen(rows, Selection(schools=(typed,), mono=True), None)
    assert "build it first" in refused.value.fix
    with pytest.raises(UsageError) as refused:
        printing.chosen(rows, Selection(schools=("nord",)), None)
    assert "school 'nord'" in refused.value.fix
    assert "noord" in refused.value.fix


def test_all_languages_are_those_that_were_built(built: Path) -> None:
    rows = rows_of(built) + rows_of(built, language="fr")
    every = printing.chosen(rows, Selection(("bord",), languages=("all",)), None)
    assert [row["language"] for row in every] == ["fr", "nl-BE"]


def test_printer_is_sent_what_the_gallery_offers(built: Path) -> None:
    """The poster on A3 whole; one of a size that nobody has on the tiles that stand in for it."""
    for paper, ending in (("A3", "poster-a3.pdf"), ("310 × 440 mm", "poster-a3-print.pdf")):
        rows = [
            cast(FileRow, {**row, "paper": paper}) if row["path"].endswith("poster-a3.pdf") else row
            for row in rows_of(built)
        ]
        (poster,) = printing.chosen(rows, Selection(("bord",)), None)
        assert poster["path"].endswith(ending)
        project = loaded(built)
        (group,) = groups([row for row in rows if row["handout"] == "bord"], project, page_words(project))
        assert [card.main.path for card in group.cards] == [poster["path"]]


def test_piece_that_was_taken_away_is_not_replaced_by_another_paper(built: Path) -> None:
    rows = [row for row in rows_of(built) if row["path"] != "staff/bord-poster-a3.pdf"]
    with pytest.raises(UsageError, match="no file of the last build") as refused:
        printing.chosen(rows, Selection(("bord",)), None)
    assert "build it first" in refused.value.fix
