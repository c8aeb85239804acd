"""The roads of the handbook: every walk of its readers ends where it must, and by no other sheet."""

from __future__ import annotations

import pytest
from tests.conftest import REPOSITORY, loaded

from handout.builder import roads
from handout.builder.roads import DrawnRoads
from handout.document.walks import follow, without
from handout.project import plan

LEAST_WALKS = 24


@pytest.fixture(scope="module")
def drawn() -> DrawnRoads:
    project = loaded(REPOSITORY)
    return roads.drawn(project, plan.editions(project, plan.Selection()))


def test_nobody_who_follows_the_paper_gets_stuck(drawn: DrawnRoads) -> None:
    assert [str(finding) for finding in drawn.findings] == []


def test_walks_are_those_of_both_audiences_with_and_without_the_desk(drawn: DrawnRoads) -> None:
    walks = [outcome.walk for outcome in drawn.outcomes]

    assert len(walks) >= LEAST_WALKS
    assert {walk.audience for walk in walks} == {"staff", "students"}
    assert {walk.helper for walk in walks} == {"ict-anchor", None}


def test_each_walk_ends_where_it_must(drawn: DrawnRoads) -> None:
    assert {one.walk.who: one.missing for one in drawn.outcomes if not one.is_found} == {}


def test_walk_without_any_sheet_of_its_way_is_not_found(drawn: DrawnRoads) -> None:
    for outcome in drawn.outcomes:
        sheets = {move.road.handout for move in outcome.moves}
        assert sheets, outcome.walk.who
        for sheet in sheets:
            assert not follow(without(drawn.map, sheet), outcome.walk).is_found, (outcome.walk.who, sheet)


def test_walk_without_a_device_of_its_way_is_not_found(drawn: DrawnRoads) -> None:
    """Of a computer and a smartphone that both can do, one is enough."""
    for outcome in drawn.outcomes:
        devices = {str(device) for move in outcome.moves for device in move.road.devices} - {"any"}
        for device in devices & set(outcome.walk.has):
            has = [one for one in outcome.walk.has if one != device]
            poorer = outcome.walk.model_copy(update={"has": has})
            assert not follow(drawn.map, poorer).is_found, (outcome.walk.who, device)
