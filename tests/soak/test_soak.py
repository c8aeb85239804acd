"""A fixed number of generated projects, built for real and read twice. `make soak` goes on from there."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.soak import met, soaking
from tests.soak.building import excess
from tests.soak.grammar import Written, project
from tests.soak.soaking import Count

PROJECTS = 4
"""About a minute of one core."""

projects = st.randoms(use_true_random=False).map(lambda random: project(random, sizer=excess))
"""Valid projects: hypothesis drives every choice, and can take them back one by one."""


@settings(
    max_examples=PROJECTS,
    derandomize=True,
    database=None,
    deadline=None,
    # To shrink is to build a hundred times: `minimized` does that with the one sheet.
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(projects)
def test_valid_projects_build_or_a_second_reader_sees_why_not(
    tmp_path_factory: pytest.TempPathFactory, written: Written
) -> None:
    folder = tmp_path_factory.mktemp("soak")
    faults = soaking.judged(written, folder, 0, Count())
    assert list(faults) == [], f"the project is kept in {folder}"


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
