"""A fixed number of generated projects, built for real and read twice. `make soak` goes on from there."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from tests.soak import met, soaking
from tests.soak.building import excess
from tests.soak.grammar import project
from tests.soak.soaking import Count

SEEDS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
"""Of the projects that are built: about a minute of one core."""


@pytest.mark.parametrize("seed", SEEDS)
def test_valid_project_builds_or_a_second_reader_sees_why_not(tmp_path: Path, seed: int) -> None:
    written = project(Random(seed), sizer=excess)
    faults = soaking.judged(written, tmp_path, 0, Count())
    assert list(faults) == [], f"the project is kept in {tmp_path}"


def test_a_seed_writes_the_same_project_each_time() -> None:
    assert project(Random(7)) == project(Random(7))


def test_counts_go_on_where_an_earlier_run_stopped(tmp_path: Path) -> None:
    count = Count(next_seed=3, projects=3, pieces=5)
    count.pairs.update(["Steps | card"])
    count.save(tmp_path / "counts.json")
    assert Count.load(tmp_path / "counts.json") == count
    assert Count.load(tmp_path / "none.json") == Count()


def test_what_was_not_met_is_listed() -> None:
    count = Count()
    assert "  card | fr" in soaking.told(count).splitlines()
    count.pairs.update(met.all_pairs())
    assert soaking.told(count).endswith("not met:")
