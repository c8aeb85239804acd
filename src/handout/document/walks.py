"""Follow the paper as a person would who has nothing else: from what they have to what they want. Pure.

A person does any procedure of a sheet in hand for which they have the devices, what it needs, and the other
sheets that its steps send them to. Whoever helps does the same with theirs, and hands out what they name.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from handout.model.findings import Finding, Place, Severity
from handout.model.messages import Message, say, together, verbatim
from handout.model.roads import Exit, Road, RoadMap, SheetRoads
from handout.model.rules import Rule
from handout.model.text import Device
from handout.project.project import Project
from handout.project.settings import Walk

MOST_STATES = 5_000
"""Of one walk: things and sheets in hand. The longest walk of a handbook has some thirty."""


@dataclass(frozen=True)
class Move:
    """One thing that a person does on the way."""

    road: Road
    sheets: frozenset[str]
    """The handouts that were in hand for it."""


@dataclass(frozen=True)
class WalkState:
    """What a person has, and which sheets are in hand."""

    has: frozenset[str]
    sheets: frozenset[str]


@dataclass(frozen=True)
class Outcome:
    """How a walk ends."""

    walk: Walk
    moves: tuple[Move, ...]
    """In order; nothing where the goal was reached at once, or not at all."""
    is_found: bool
    missing: tuple[Message, ...] = ()
    """What stood in the way, in words, of the procedures that were left undone."""

    @property
    def in_words(self) -> Message:
        """The procedures on the way, or what stood in it."""
        if not self.is_found:
            return say("stuck: {missing}", missing=together("; ", self.missing))
        way = " → ".join(move.road.name.rstrip("/") for move in self.moves)
        return verbatim(way) if way else say("there at once")


def follow(roads: RoadMap, walk: Walk) -> Outcome:
    """Return the shortest way by which *walk* reaches its goal on *roads*, or what stands in the way."""
    start = WalkState(frozenset(walk.has), frozenset(walk.sheets))
    ways: dict[WalkState, tuple[Move, ...]] = {start: ()}
    waiting = deque([start])
    while waiting and len(ways) < MOST_STATES:
        state = waiting.popleft()
        if walk.goal in state.has:
            return Outcome(walk, ways[state], is_found=True)
        for move, then in _moves(roads, walk, state):
            if then not in ways:
                ways[then] = (*ways[state], move)
                waiting.append(then)
    reached = max(ways, key=lambda state: (len(state.has | state.sheets), sorted(state.has)))
    return Outcome(walk, (), is_found=False, missing=tuple(_missing(roads, walk, reached)))


def outcomes(roads: RoadMap, walks: Iterable[Walk]) -> tuple[Outcome, ...]:
    return tuple(follow(roads, walk) for walk in walks)


def without(roads: RoadMap, handout: str) -> RoadMap:
    """Return *roads* as they are for who lacks *handout*."""
    return RoadMap(tuple(sheet for sheet in roads.sheets if sheet.handout != handout))


def findings(project: Project, found: Iterable[Outcome], place: Place) -> Iterator[Finding]:
    """Yield the walks of *found* that do not reach their goal; those are written in the file of *place*."""
    for number, outcome in enumerate(found):
        if outcome.is_found:
            continue
        at = project.key_places.get(place.path, {}).get(f"walk.{number}", (place,))[0]
        why = together("; ", outcome.missing[:3]) or say("none of their sheets begins here")
        what = say(
            "'{who}' does not reach '{goal}': {why}", who=outcome.walk.who, goal=outcome.walk.goal, why=why
        )
        fix = say("give them the sheet, write the way, or say what they have: docs/content.md, Routes")
        yield Finding(at, what, fix, Severity.WARNING, Rule.WALK_STUCK)


# ---- moves ------------------------------------------------------------------------------------


def _moves(roads: RoadMap, walk: Walk, state: WalkState) -> Iterator[tuple[Move, WalkState]]:
    for road in _in_hand(roads, walk, state):
        if any(_wants(roads, walk, road, state)):
            continue
        gained = _gained(roads, road, state)
        own = frozenset(slug for slug in road.hands_out if roads.sheet(walk.audience, slug))
        used = frozenset((road.handout, *(exit_.goal.handout for exit_ in road.exits)))
        yield Move(road, used), WalkState(state.has | gained, state.sheets | own)
    for sheet in roads.sheets:
        if sheet.audience == walk.audience and sheet.handout in state.sheets and sheet.leads_to:
            led = replace(state, sheets=state.sheets | frozenset(sheet.leads_to))
            yield Move(_reading(sheet), frozenset((sheet.handout,))), led


def _reading(sheet: SheetRoads) -> Road:
    """Return the reading of a wayfinding sheet as something that is done."""
    return Road(
        sheet.audience, sheet.handout, "", sheet.title, sheet.place, 0, (), (), (), (), (), ends=False
    )


def _in_hand(roads: RoadMap, walk: Walk, state: WalkState) -> Iterator[Road]:
    """Yield the procedures that the person can open, and those of who helps; first what gives the goal."""
    for road in sorted(roads.roads, key=lambda one: walk.goal not in one.gives):
        is_own = road.audience == walk.audience and road.handout in state.sheets
        if is_own or (road.audience == walk.helper and road.handout in walk.helper_sheets):
            yield road


def _wants(roads: RoadMap, walk: Walk, road: Road, state: WalkState) -> Iterator[Message]:
    """Yield what *road* asks for, in words, that *state* lacks."""
    yield from _needs(road, state)
    if road.audience != walk.audience:
        return  # whoever helps has their own devices, and what they name goes to the other side of the desk
    for device in road.devices:
        if not _holds(device, state):
            yield _device(device, road)
    by_step: dict[str | None, list[Exit]] = {}
    for exit_ in road.exits:
        by_step.setdefault(exit_.step, []).append(exit_)
    for exits in by_step.values():
        wants = [tuple(_wants_of_exit(roads, road, exit_, state)) for exit_ in exits]
        if all(wants):  # of several in one step, one is enough
            yield from wants[0]


def _needs(road: Road, state: WalkState) -> Iterator[Message]:
    for need in road.needs:
        if need not in state.has:
            yield say("'{need}' for {name}", need=need, name=road.name)


def _device(device: Device, road: Road) -> Message:
    if device is Device.ANY:
        return say("a computer or a smartphone for {name}", name=road.name)
    return say("a {device} for {name}", device=device, name=road.name)


def _holds(device: Device, state: WalkState) -> bool:
    if device is Device.ANY:
        return any(one in state.has for one in (Device.COMPUTER, Device.SMARTPHONE))
    return str(device) in state.has


def _wants_of_exit(roads: RoadMap, road: Road, exit_: Exit, state: WalkState) -> Iterator[Message]:
    goal = exit_.goal
    if goal.handout != road.handout and goal.handout not in state.sheets:
        yield say("the sheet '{handout}' for {name}", handout=goal.handout, name=road.name)
    target = roads.road(road.audience, goal.handout, goal.procedure) if goal.procedure else None
    if target is None:
        if goal.procedure:
            yield say(
                "'{procedure}', which no sheet shows, for {name}", procedure=goal.procedure, name=road.name
            )
        return
    devices = target.devices_along(exit_)
    yield from (_device(device, target) for device in devices if not _holds(device, state))
    if goal.step is None or exit_.is_for_good:
        yield from _needs(target, state)


def _gained(roads: RoadMap, road: Road, state: WalkState) -> frozenset[str]:
    """Return what *road* gives, with that of the procedures of which it has its reader do all steps."""
    gained = set(road.gives)
    for exit_ in road.exits:
        goal = exit_.goal
        target = roads.road(road.audience, goal.handout, goal.procedure) if goal.procedure else None
        is_whole = goal.step is None or exit_.is_for_good
        if target is not None and is_whole and not any(_wants_of_exit(roads, road, exit_, state)):
            gained |= set(target.gives)
    return frozenset(gained)


def _missing(roads: RoadMap, walk: Walk, state: WalkState) -> Iterator[Message]:
    """Yield what the procedures that give the goal still ask for; nothing where none gives it."""
    who = (walk.audience, walk.helper)
    giving = [road for road in roads.roads if road.audience in who and walk.goal in road.gives]
    if not giving:
        yield say("no procedure of theirs gives it")
    for road in giving:
        if road.audience == walk.audience and road.handout not in state.sheets:
            yield say("the sheet '{handout}' is not in hand", handout=road.handout)
        yield from _wants(roads, walk, road, state)
