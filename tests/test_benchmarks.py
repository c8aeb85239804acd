"""The benchmark: one leaflet in every tool, checks that see what is wrong, costs of all processes."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from benchmarks import checks, measure
from benchmarks.against import both_suites
from benchmarks.edits import FRAGMENT, LOGO_PATH, SETTINGS, Edits
from benchmarks.goals import Goal, goals
from benchmarks.leaflet import FIELDS, from_json, plain_school, school
from benchmarks.measure import Cost, FailedError
from benchmarks.page import AgainstFacts, Facts, against, against_in, page, with_against
from benchmarks.peers import prince, weasyprint_loop
from benchmarks.peers.job import Job, from_text
from benchmarks.results import Entrant, Pair, Row, Table, measured
from benchmarks.revision import NoRevisionError, Program, commit_of, locks_in, present
from benchmarks.rows import plain_row
from benchmarks.suites import known_tests, of_those
from benchmarks.tools import extrapolated
from benchmarks.workloads import Typsts, edits_of
from benchmarks.workplace import (
    ROOT,
    SCHOOLS,
    lay_down,
    lay_down_handbook_for,
    leaflet,
    titles,
    with_logos,
    with_phone,
)
from tests.conftest import loaded
from weasyprint import HTML


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """Two leaflets for each of two schools, in the words of the sample project."""
    words = leaflet(lay_down(tmp_path / "project", 2, 2))
    (tmp_path / "leaflet.json").write_text(words.to_json(), "utf-8")
    return Job(str(tmp_path / "leaflet.json"), titles(2), 4, str(tmp_path / "out"))


def test_the_words_of_the_project_travel_to_the_peers_whole(job: Job, tmp_path: Path) -> None:
    words = leaflet(tmp_path / "project")
    assert from_json(words.to_json()) == words
    assert from_text(job.to_json()) == job
    assert [len(procedure.steps) for procedure in words.procedures] == [6, 9, 6]
    assert words.procedures[0].steps[2].command[1].is_key


def test_no_two_schools_share_a_name_and_the_first_has_all_fields() -> None:
    assert len({school(number).name for number in range(1, 3001)}) == 3000
    assert len(school(1).values) == len(FIELDS)


def test_a_leaflet_of_a_peer_holds_the_fields_of_its_school_and_a_code_that_scans(job: Job) -> None:
    url = job.words().url
    with weasyprint_loop.opened(job) as make:
        for one, title, path in job.each():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(make(one, title))
        output = Path(job.output)
        assert checks.fault(output, 4, job.titles, url) is None
        assert checks.fault(output, 5, job.titles, url) == "4 files, not 5"
        assert "not to https://elders.example.org" in str(
            checks.fault(output, 4, job.titles, "https://elders.example.org")
        )
        path.write_bytes(make(school(9), title))
    assert f"it lacks '{school(2).name}'" in str(checks.fault(output, 4, job.titles, url))


def test_the_cost_of_a_run_holds_what_it_left_behind(tmp_path: Path) -> None:
    work = "import time\nwhile time.process_time() < 0.1: pass"
    leaves = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {work!r}]); print('gone')"
    cost = measure.run([sys.executable, "-c", leaves], cwd=tmp_path, timeout_s=30)
    assert cost.cpu_s >= 0.1
    assert cost.output == "gone"


def test_a_run_that_fails_or_takes_too_long_has_no_figures(tmp_path: Path) -> None:
    with pytest.raises(FailedError, match="exit code 1: it broke"):
        measure.run([sys.executable, "-c", "raise SystemExit('it broke')"], cwd=tmp_path, timeout_s=30)
    with pytest.raises(FailedError, match="stopped after 1 s"):
        measure.run([sys.executable, "-c", "import time; time.sleep(60)"], cwd=tmp_path, timeout_s=1)


def test_a_tool_whose_files_are_wrong_is_named_without_figures() -> None:
    sound, wrong, absent = measured(
        (
            Entrant("sound", lambda: Cost(2, 3, 4), lambda: None, 1, 1),
            Entrant("wrong", lambda: Cost(1, 1, 1), lambda: "it lacks 'B0001'", 1, 1),
            Entrant("absent", lambda: Cost(1, 1, 1), lambda: None, 1, 1, missing="there is no Chromium"),
        ),
        3,
    )
    assert (sound.wall_s, len(sound.costs)) == (2, 3)
    assert (wrong.wall_s, wrong.fault, wrong.is_missing) == (None, "it lacks 'B0001'", False)
    assert (absent.wall_s, absent.is_missing) == (None, True)


def test_the_start_is_extrapolated_once() -> None:
    cost = extrapolated(Cost(wall_s=3.0, cpu_s=1.5, peak_mib=1), [0.5, 0.5, 1.0], 30)
    assert cost.wall_s == pytest.approx(1.0 + 20.0)
    assert cost.cpu_s == pytest.approx(10.5)


def test_a_missed_goal_tells_by_how_much() -> None:
    missed = Goal("w3-typst", "three times as fast", 3, is_least=True, measured=1.5)
    assert (missed.is_met, missed.factor_missed) == (False, 2.0)
    assert Goal("w1-cold", "at most", 0.6, is_least=False, measured=0.5).is_met
    assert Goal("w1-cold", "at most", 0.6, is_least=False, measured=None).is_met is None


def test_goals_are_counted_on_the_clock_and_in_cpu() -> None:
    def row(name: str, wall_s: float, cpu_s: float) -> Row:
        return Row(name, (Cost(wall_s, cpu_s, 1),), 1, 1)

    schools = (row("handout, cold", 2, 4), row("handout, editions cached", 1, 1), row(Typsts().all, 8, 14))
    tables = [Table("W3", "", "", schools), Table("W5", "", "", (row("handout, one cell", 1.5, 3),))]
    found = {
        (one.key, one.text.endswith("in CPU") or " CPU " in one.text): one for one in goals(tables, (), ())
    }
    assert [found["w3-typst", is_cpu].measured for is_cpu in (False, True)] == [4, 3.5]
    assert found["w3-cached", True].measured == 14
    assert found["w3-loop", True].is_met is None
    assert [found["w5-cell", is_cpu].is_met for is_cpu in (False, True)] == [True, False]


# ---- against another revision -----------------------------------------------------------------


def test_locks_of_a_revision_are_found_wherever_they_lay_then(tmp_path: Path) -> None:
    with pytest.raises(
        NoRevisionError, match=r"none of locks/run\.txt, locks/develop\.txt, constraints\.txt"
    ):
        locks_in(tmp_path)
    (tmp_path / "constraints.txt").touch()
    assert locks_in(tmp_path) == (tmp_path / "constraints.txt",)
    assert locks_in(ROOT) == (ROOT / "locks/run.txt", ROOT / "locks/develop.txt")


def test_commit_that_is_not_there_is_named() -> None:
    with pytest.raises(NoRevisionError, match="there is no commit 'no-such-revision' here"):
        commit_of("no-such-revision")


def test_program_of_today_makes_the_content_of_the_other_in_its_own_dress(tmp_path: Path) -> None:
    tree = tmp_path / "then"
    for name, text in (("content/a.md", "a"), ("templates/parts.html", "old"), ("styles/base.css", "old")):
        (tree / name).parent.mkdir(parents=True)
        (tree / name).write_text(text, "utf-8")
    for name in ("handout.toml", "pyproject.toml"):
        (tree / name).touch()
    now = present(Program("then", Path(sys.executable), tree, tree), tmp_path)
    assert (now.tree / "templates/parts.html").read_bytes() == (ROOT / "templates/parts.html").read_bytes()
    assert (now.tree / "src/handout/__main__.py").read_bytes() == (
        ROOT / "src/handout/__main__.py"
    ).read_bytes()
    assert (now.tree / "content/a.md").read_text("utf-8") == "a"
    assert not (now.tree / "content/schools.csv").exists()


def test_each_edit_of_a_cell_is_one_that_was_not_there_before(tmp_path: Path) -> None:
    lay_down(tmp_path / "project", 3, 1, row_of=plain_row)
    table = (tmp_path / "project/content/schools.csv").read_text("utf-8")
    edited = with_phone(table, "school-0002", "03 001 00 01")
    changed = [pair for pair in zip(table.split("\n"), edited.split("\n"), strict=True) if pair[0] != pair[1]]
    assert changed == [
        (line, line.replace("03 000 00 02", "03 001 00 01"))
        for line in table.split("\n")
        if line.startswith("school-0002;")
    ]
    with pytest.raises(ValueError, match="no row 'school-0009' with a phone"):
        with_phone(table, "school-0009", "1")


def test_each_edit_of_a_day_writes_what_was_never_there(tmp_path: Path) -> None:
    project = with_logos(lay_down_handbook_for(tmp_path / "project", 3, row_of=plain_row), ["school-0002"])
    edits = Edits(project, 3, plain_row)
    assert [one.logo for one in loaded(project).schools] == [None, "images/logo-de-linde.svg", None]

    def state() -> tuple[str, ...]:
        paths = (SCHOOLS, FRAGMENT, SETTINGS, LOGO_PATH)
        return tuple((project / path).read_text("utf-8") for path in paths)

    seen = [state()]
    for _ in range(20):
        for edit in edits_of(edits).values():
            edit()
            changed = [one != other for one, other in zip(seen[-1], state(), strict=True)]
            assert sum(changed) == 1
            assert state() not in seen
            seen.append(state())
    assert len(loaded(project).schools) == edits.school_count == 23

    (project / FRAGMENT).write_text("", "utf-8")
    with pytest.raises(FailedError, match="does not hold 'melding"):
        edits.sentence()


def test_what_a_file_leaves_out_is_read_from_it(job: Job, tmp_path: Path) -> None:
    pdf = tmp_path / "out" / "a.pdf"
    pdf.parent.mkdir()
    assert checks.lacks(pdf.parent) == ()
    found = []
    for how in ({}, {"pdf_tags": True}, {"pdf_variant": "pdf/ua-1"}):
        HTML(string="<html lang=nl><title>A</title><p>A").write_pdf(pdf, **how)
        found.append(checks.lacks(pdf.parent))
    assert found == [("tags",), ("PDF/UA",), ()]


def test_field_is_found_however_its_letters_are_drawn() -> None:
    """As PDFium reads them back: fonts that change, hyphens, words that run to the left."""
    assert checks._is_in("anker An Voorbeeld en I\u0307 pek Lokaal", "An Voorbeeld en İpek")
    assert checks._is_in("Lager en Bui\ufffetengewoon", "Buitengewoon")
    assert checks._is_in("يوسف Voorbeeld", "فسوي Voorbeeld")
    assert not checks._is_in("anker An Voorbeeld en \ufffd pek", "An Voorbeeld en İpek")
    assert not checks._is_in("03 000 00 12", "03 000 00 01")


def test_bound_rows_are_those_that_every_tool_can_print(job: Job) -> None:
    plain = replace(job, is_plain=True)
    assert [one for one, _, _ in plain.each()] == [plain_school(number) for number in (1, 1, 2, 2)]
    assert all("".join(one.values).isascii() for one, _, _ in plain.each())
    assert from_text(plain.to_json()) == plain


def test_page_tells_what_a_tool_leaves_out(tmp_path: Path) -> None:
    cost = (Cost(1, 1, 1),)
    rows = (Row("handout", cost, 1, 1, is_reference=True), Row("Peer", cost, 1, 1, lacks=("tags", "proof")))
    lines = page(Facts("", "", "", "", 1), [Table("W1", "W1", "", rows)], [], []).split("\n")
    assert "| handout | 1.00 | 1.00 | 1 | 1000 | 1.00 | 1 | 1 | – |" in lines
    assert "| Peer | 1.00 | 1.00 | 1 | 1000 | 1.00 | 1 | 1 | tags, proof |" in lines


def test_prince_is_found_beside_the_peers_or_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside, elsewhere = tmp_path / "venv/bin", tmp_path / "usr/bin"
    monkeypatch.setenv("PATH", str(elsewhere))
    assert prince.found(beside / "python") is None
    for folder in (elsewhere, beside):
        folder.mkdir(parents=True)
        (folder / "prince").touch(0o755)
        assert prince.found(beside / "python") == str(folder / "prince")


def test_tests_are_known_again_by_name_where_their_file_moved(tmp_path: Path) -> None:
    then, now = tmp_path / "then/tests", tmp_path / "now/tests/proof"
    then.mkdir(parents=True)
    now.mkdir(parents=True)
    (then / "test_proof.py").write_text("def test_a(): ...\n\ndef test_b(): ...\n\ndef helper(): ...\n")
    (now / "test_codes.py").write_text("def test_b(): ...\n\ndef test_new(): ...\n\ndef helper(): ...\n")
    assert known_tests(tmp_path / "then") == {"test_a", "test_b"}
    assert of_those(tmp_path / "now", known_tests(tmp_path / "then")) == (
        "tests/proof/test_codes.py::test_b",
    )


def test_tests_of_both_are_run_and_those_that_fail_cost_too(tmp_path: Path) -> None:
    then, now = (Program(name, Path(sys.executable), tmp_path / name, tmp_path) for name in ("then", "now"))
    for program, text in (
        (then, "def test_a(): ...\n\ndef test_b(): assert False\n"),
        (now, "def test_a(): ...\n\ndef test_new(): assert False\n"),
    ):
        (program.tree / "tests").mkdir(parents=True)
        (program.tree / "tests/test_it.py").write_text(text, "utf-8")
    pair, said = both_suites(then, now)
    assert [line.partition(" in ")[0] for line in said] == ["then: 1 failed, 1 passed", "now: 1 passed"]
    assert pair.then.cpu_s
    assert pair.now.cpu_s


FACTS = AgainstFacts("1234abc", "a machine", "0, 0, 0", "weasyprint 70", "weasyprint 70")


def test_section_tells_both_programs_beside_each_other() -> None:
    half = Pair("clean", Row("then", (Cost(4, 6, 100),), 1, 1), Row("now", (Cost(2, 3, 150),), 1, 1))
    broken = Pair(
        "cold", Row("1234abc: cold", (), 1, 1, "exit code 1:\n  no"), Row("now", (Cost(1, 1, 1),), 1, 1)
    )
    lines = against(FACTS, [half, broken], ["now: 3 passed"]).split("\n")
    assert lines[0] == "## Against 1234abc"
    assert any("each with the templates and styles that come with it" in line for line in lines)
    assert "| clean | 4.00 | 2.00 | 0.50 | 6.00 | 3.00 | 0.50 | 100 | 150 | 1 |" in lines
    assert "| cold | – | 1.00 | – | – | 1.00 | – | – | 1 | 0 |" in lines
    assert "- 1234abc: cold: failed: exit code 1: no" in lines
    assert "- now: 3 passed" in lines


def test_section_stays_on_the_page_when_the_rest_is_written_anew() -> None:
    section = against(FACTS, ())
    whole = with_against("# Benchmarks\n\n## W1\n\n| a |\n", section)
    assert whole.startswith("# Benchmarks\n\n## W1\n\n| a |\n\n## Against 1234abc\n")
    assert against_in(whole) == section
    assert with_against("# Benchmarks\n", against_in(whole)) == f"# Benchmarks\n\n{section}"
    assert with_against(whole, section) == whole
    assert against_in("# Benchmarks\n") == ""
    assert with_against("# Benchmarks\n", "") == "# Benchmarks\n"
