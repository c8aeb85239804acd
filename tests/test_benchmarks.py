"""The benchmark: one leaflet in every tool, checks that see what is wrong, costs of all processes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from benchmarks import checks, measure
from benchmarks.goals import Goal
from benchmarks.leaflet import FIELDS, from_json, school
from benchmarks.measure import Cost, FailedError
from benchmarks.peers import weasyprint_loop
from benchmarks.peers.job import Job, from_text
from benchmarks.results import Entrant, measured
from benchmarks.tools import extrapolated
from benchmarks.workplace import lay_down, leaflet, titles


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
