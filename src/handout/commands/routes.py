"""Draw where each question leads, and follow who must get there: `handout routes`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from handout.commands.loading import loaded_project
from handout.commands.options import AsJson, ProjectFolder, Quiet
from handout.commands.output import finish, stdout
from handout.project.selection import Selection

if TYPE_CHECKING:
    from handout.document.walks import Outcome
    from handout.model.roads import Exit, Road, RoadMap, SheetRoads


def routes(
    project: ProjectFolder = Path(),
    as_page: Annotated[
        bool, typer.Option("--html", help="Print the map as a page to look at instead.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Draw where each question leads, and who gets there.

    Example: handout routes --html > routes.html
    """
    from handout.builder.roads import drawn as drawn_of

    loaded = loaded_project(project, Selection())
    if loaded.project is None:
        finish(loaded.findings, {}, as_json, quiet)
    drawn = drawn_of(loaded.project, loaded.editions)
    if as_page:
        from handout.builder import road_page

        stdout.out(road_page.page(drawn, loaded.project.settings.organisation.name), end="", highlight=False)
    elif not as_json and not quiet:
        for line in (*_in_words(drawn.map), *_of_walks(drawn.outcomes)):
            stdout.out(line, highlight=False)
    rows: dict[str, object] = {
        "sheets": [asdict(sheet) for sheet in drawn.map.sheets],
        "walks": [_as_row(outcome) for outcome in drawn.outcomes],
    }
    finish((*loaded.findings, *drawn.findings), rows, as_json, quiet)


def _as_row(outcome: Outcome) -> dict[str, object]:
    return {
        "who": outcome.walk.who,
        "goal": outcome.walk.goal,
        "is_found": outcome.is_found,
        "way": [move.road.name for move in outcome.moves],
        "missing": outcome.missing,
    }


def _in_words(roads: RoadMap) -> Iterator[str]:
    """Yield the map as lines: an audience, its sheets, and of each its questions and its procedures."""
    audience = None
    for sheet in roads.sheets:
        if sheet.audience != audience:
            audience = sheet.audience
            yield f"for {audience}"
        yield from _sheet_lines(sheet, roads)


def _sheet_lines(sheet: SheetRoads, roads: RoadMap) -> Iterator[str]:
    letter = f"{sheet.letter} " if sheet.letter else ""
    yield f"  {letter}{sheet.title} ({sheet.handout})"
    yield from (f"    ? {question}" for question in sheet.questions)
    for slug in sheet.leads_to:
        target = roads.sheet(sheet.audience, slug)
        if target is not None:
            yield from (f"    ? {question} → {target.letter} {target.title}" for question in target.questions)
    yield from (f"    ? {question} → help" for question in sheet.asks)
    yield from (f"    {line}" for road in sheet.roads for line in _road_lines(road))


def _road_lines(road: Road) -> Iterator[str]:
    facts = [f"{road.steps} step{'s' * (road.steps != 1)}", *(str(device) for device in road.devices)]
    facts += [f"needs {need}" for need in road.needs]
    yield f"• {road.title}: {', '.join(facts)}"
    yield from (f"    {line}" for line in _exit_lines(road.exits))
    yield from (f"    hands out {slug}" for slug in road.hands_out)
    ends = [f"gives {', '.join(road.gives)}"] if road.gives else []
    ends += ["says when it worked"] if road.ends else []
    if ends:
        yield f"    ends: {', '.join(ends)}"


def _exit_lines(exits: Iterable[Exit]) -> Iterator[str]:
    for one in exits:
        goal = "/".join(filter(None, (one.goal.handout, one.goal.procedure)))
        step = f"#{one.goal.step}" if one.goal.step else ""
        until = f"..{one.goal.until}" if one.goal.until else ""
        where = f"step {one.step}" if one.step else "beside the steps"
        yield f"{where} {'goes on' if one.is_for_good else 'goes there and back'}: {goal}{step}{until}"


def _of_walks(outcomes: Iterable[Outcome]) -> Iterator[str]:
    outcomes = tuple(outcomes)
    if outcomes:
        yield "walks"
    for outcome in outcomes:
        yield f"  {outcome.walk.who} → {outcome.walk.goal}: {outcome.in_words}"
