"""Draw where each question leads, and follow who must get there: `handout routes`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from handout.commands.language import told, words
from handout.commands.loading import loaded_project
from handout.commands.options import AsJson, Messages, ProjectFolder, Quiet
from handout.commands.output import finish, stdout
from handout.model.messages import Message, say, say_count, together, verbatim
from handout.project.selection import Selection

if TYPE_CHECKING:
    from handout.document.walks import Outcome
    from handout.model.roads import Exit, Road, RoadMap, SheetRoads


def routes(
    project: ProjectFolder = Path(),
    as_page: Annotated[
        bool, typer.Option("--html", help="Print the map as a page to look at instead.")
    ] = False,
    messages: Messages = None,
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

        organisation = loaded.project.settings.organisation.name
        stdout.out(road_page.page(drawn, organisation, words()), end="", highlight=False)
    elif not as_json and not quiet:
        for line in (*_in_words(drawn.map), *_of_walks(drawn.outcomes)):
            stdout.out(told(line), highlight=False)
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
        "missing": [*map(told, outcome.missing)],
    }


def _in_words(roads: RoadMap) -> Iterator[Message]:
    """Yield the map as lines: an audience, its sheets, and of each its questions and its procedures."""
    audience = None
    for sheet in roads.sheets:
        if sheet.audience != audience:
            audience = sheet.audience
            yield say("for {audience}", audience=audience)
        yield from _sheet_lines(sheet, roads)


def _sheet_lines(sheet: SheetRoads, roads: RoadMap) -> Iterator[Message]:
    letter = f"{sheet.letter} " if sheet.letter else ""
    yield verbatim(f"  {letter}{sheet.title} ({sheet.handout})")
    yield from (verbatim(f"    ? {question}") for question in sheet.questions)
    for slug in sheet.leads_to:
        target = roads.sheet(sheet.audience, slug)
        if target is not None:
            led_to = f"{target.letter} {target.title}"
            yield from (verbatim(f"    ? {question} → {led_to}") for question in target.questions)
    yield from (say("    ? {question} → help", question=question) for question in sheet.asks)
    yield from (say("    {line}", line=line) for road in sheet.roads for line in _road_lines(road))


def _road_lines(road: Road) -> Iterator[Message]:
    facts: list[object] = [say_count(road.steps, "{n} step", "{n} steps"), *road.devices]
    facts += [say("needs {need}", need=need) for need in road.needs]
    yield say("• {title}: {facts}", title=road.title, facts=together(", ", facts))
    yield from (say("    {line}", line=line) for line in _exit_lines(road.exits))
    yield from (say("    hands out {slug}", slug=slug) for slug in road.hands_out)
    ends = [say("gives {names}", names=", ".join(road.gives))] if road.gives else []
    ends += [say("says when it worked")] if road.ends else []
    if ends:
        yield say("    ends: {ends}", ends=together(", ", ends))


def _exit_lines(exits: Iterable[Exit]) -> Iterator[Message]:
    for one in exits:
        goal = "/".join(filter(None, (one.goal.handout, one.goal.procedure)))
        step = f"#{one.goal.step}" if one.goal.step else ""
        until = f"..{one.goal.until}" if one.goal.until else ""
        where = say("step {label}", label=one.step) if one.step else say("beside the steps")
        way = f"{goal}{step}{until}"
        if one.is_for_good:
            yield say("{where} goes on: {way}", where=where, way=way)
        else:
            yield say("{where} goes there and back: {way}", where=where, way=way)


def _of_walks(outcomes: Iterable[Outcome]) -> Iterator[Message]:
    outcomes = tuple(outcomes)
    if outcomes:
        yield say("walks")
    for outcome in outcomes:
        yield say(
            "  {who} → {goal}: {outcome}",
            who=outcome.walk.who,
            goal=outcome.walk.goal,
            outcome=outcome.in_words,
        )
