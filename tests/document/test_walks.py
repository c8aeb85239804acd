"""Walks over the sheets with what a person has: found, or stuck at what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import SETTINGS, handout, loaded, procedure, project_at
from tests.document.test_road_faults import DESK

from handout.builder import roads as drawing
from handout.document.walks import Outcome, follow, without
from handout.model.roads import RoadMap
from handout.project import plan
from handout.project.load import load
from handout.project.settings import Walk


def made(body: str, title: str, audiences: str = "staff", **keys: str) -> str:
    """Return a procedure whose front matter has *keys* too."""
    head = "".join(f"{key}: {value}\n" for key, value in keys.items())
    return procedure(body, title, audiences).replace("---\n", f"---\n{head}", 1)


FILES = {
    "content/handouts/begin.md": handout(
        "", title="Begin", audiences="[staff]", leads_to="[eerst, nieuw]"
    ).replace("procedures: []\n", ""),
    "content/handouts/eerst.md": handout("app", title="Eerst", audiences="[staff]"),
    "content/handouts/nieuw.md": handout("opnieuw", title="Nieuw", audiences="[staff]"),
    "content/handouts/pas.md": handout("pas", title="Pas", audiences="[staff]"),
    "content/handouts/balie.md": handout("geef", title="Balie", audiences="[desk]"),
    "content/procedures/app.md": made(
        "1. Ga {#ga on smartphone}\n2. Kijk {on computer}\n3. Sluit {#sluit}", "App", gives="[app]"
    ),
    "content/procedures/opnieuw.md": made(
        "1. Open {on computer}\n\n    [](app.md#ga..sluit)\n\n2. Kies {on computer}",
        "Opnieuw",
        needs="[sms]",
        gives="[app, gekozen]",
    ),
    "content/procedures/pas.md": made("1. Typ {on any}", "Pas", needs="[pas]", gives="[aangemeld]"),
    "content/procedures/geef.md": made(
        "1. Geef [](handouts/pas.md).", "Geef", "desk", needs="[vergeten]", gives="[pas]"
    ),
}


@pytest.fixture(scope="module")
def roads(tmp_path_factory: pytest.TempPathFactory) -> RoadMap:
    project = loaded(project_at(tmp_path_factory.mktemp("walks"), FILES, SETTINGS + DESK))
    return drawing.drawn(project, plan.editions(project, plan.Selection())).map


def walked(
    roads: RoadMap, sheets: list[str], has: list[str], goal: str, helper: list[str] | None = None
) -> Outcome:
    keys = {"who": "Iemand", "audience": "staff", "sheets": sheets, "has": has, "goal": goal}
    desk = {"helper": "desk", "helper-sheets": helper} if helper else {}
    return follow(roads, Walk.model_validate({**keys, **desk}))


def names(outcome: Outcome) -> list[str]:
    assert outcome.is_found, outcome.missing
    return [move.road.name for move in outcome.moves]


def test_sheet_in_hand_with_its_devices_leads_to_what_it_gives(roads: RoadMap) -> None:
    assert names(walked(roads, ["eerst"], ["computer", "smartphone"], "app")) == ["eerst/app"]


def test_device_that_is_not_there_stops_a_walk(roads: RoadMap) -> None:
    outcome = walked(roads, ["eerst"], ["computer"], "app")

    assert not outcome.is_found
    assert "a smartphone for eerst/app" in outcome.missing


@pytest.mark.parametrize("device", ["computer", "smartphone"])
def test_step_on_either_device_is_done_on_the_one_that_is_there(roads: RoadMap, device: str) -> None:
    assert names(walked(roads, ["pas"], [device, "pas"], "aangemeld")) == ["pas/pas"]


def test_what_a_procedure_needs_stops_a_walk_that_lacks_it(roads: RoadMap) -> None:
    sheets, devices = ["nieuw", "eerst"], ["computer", "smartphone"]

    assert names(walked(roads, sheets, [*devices, "sms"], "gekozen")) == ["nieuw/opnieuw"]
    outcome = walked(roads, sheets, devices, "gekozen")
    assert outcome.missing == ("'sms' for nieuw/opnieuw",)


def test_other_sheet_that_a_step_leads_to_must_be_in_hand(roads: RoadMap) -> None:
    outcome = walked(roads, ["nieuw"], ["computer", "smartphone", "sms"], "gekozen")

    assert outcome.missing == ("the sheet 'eerst' for nieuw/opnieuw",)


def test_wayfinding_sheet_puts_the_sheets_in_hand_that_it_leads_to(roads: RoadMap) -> None:
    has = ["computer", "smartphone", "sms"]

    assert names(walked(roads, ["begin"], has, "gekozen")) == ["begin/", "nieuw/opnieuw"]


def test_whoever_helps_gives_and_hands_out(roads: RoadMap) -> None:
    has = ["computer", "vergeten"]

    assert names(walked(roads, [], has, "aangemeld", ["balie"])) == ["balie/geef", "pas/pas"]
    assert not walked(roads, [], has, "aangemeld").is_found
    assert not walked(roads, [], ["computer"], "aangemeld", ["balie"]).is_found


@pytest.mark.parametrize("lost", ["balie", "pas"])
def test_walk_without_a_sheet_of_its_way_is_not_found(roads: RoadMap, lost: str) -> None:
    assert not walked(without(roads, lost), [], ["computer", "vergeten"], "aangemeld", ["balie"]).is_found


def test_goal_that_nothing_gives_is_told(roads: RoadMap) -> None:
    assert walked(roads, ["eerst"], ["computer"], "rust").missing == ("no procedure of theirs gives it",)


def test_goal_that_is_there_at_once_needs_no_way(roads: RoadMap) -> None:
    assert names(walked(roads, [], ["app"], "app")) == []


def test_way_that_cannot_be_taken_gives_nothing_where_another_can(tmp_path: Path) -> None:
    """Of two exits of a step one is enough; what the other leads to is not had by that."""
    ways = made("1. Ga verder vanaf [](app.md#ga) of [](pas.md)", "Kies", needs="[begin]")
    sheets = {
        "content/handouts/kies.md": handout("kies", title="Kies", audiences="[staff]"),
        "content/procedures/kies.md": ways,
    }
    project = loaded(project_at(tmp_path, {**FILES, **sheets}, SETTINGS + DESK))
    drawn = drawing.drawn(project, plan.editions(project, plan.Selection())).map
    has = ["computer", "begin", "pas"]

    assert not walked(drawn, ["kies", "eerst", "pas"], has, "app").is_found
    assert names(walked(drawn, ["kies", "eerst", "pas"], [*has, "smartphone"], "app")) == ["eerst/app"]


# ---- content/walks.toml ------------------------------------------------------------------------

WALKS = """\
[[walk]]
who = "Leraar met alles"
audience = "staff"
sheets = ["eerst"]
has = ["computer", "smartphone"]
goal = "app"

[[walk]]
who = "Leraar zonder smartphone"
audience = "staff"
sheets = ["eerst"]
has = ["computer"]
goal = "app"
"""


def test_walk_of_a_project_that_is_stuck_is_told_at_its_line(tmp_path: Path) -> None:
    project = loaded(project_at(tmp_path, {**FILES, "content/walks.toml": WALKS}, SETTINGS + DESK))

    drawn = drawing.drawn(project, plan.editions(project, plan.Selection()))

    (finding,) = (one for one in drawn.findings if one.rule == "walk-stuck")
    assert str(finding.place) == "content/walks.toml:9"
    stands = "'Leraar zonder smartphone' does not reach 'app': a smartphone for eerst/app"
    assert finding.what.startswith(stands)
    assert [outcome.is_found for outcome in drawn.outcomes] == [True, False]


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        (('"staff"', '"stafff"'), "there is no audience 'stafff'"),
        (('["eerst"]', '["erst"]'), "there is no handout 'erst'"),
        (('goal = "app"', "goal = 3"), "'walk[1].goal' is '3'"),
        (("goal", "gaol"), "the key 'walk[1].gaol' is not known"),
    ],
)
def test_walk_that_names_what_is_not_there_is_told(tmp_path: Path, wrong: tuple[str, str], what: str) -> None:
    files = {**FILES, "content/walks.toml": WALKS.replace(*wrong, 1)}

    _, findings = load(project_at(tmp_path, files, SETTINGS + DESK))

    told = {str(finding.what): finding.place for finding in findings}
    assert what in told
    assert told[what].path == "content/walks.toml"
    assert 1 <= told[what].line <= 6
