"""The roads of a project: what leads its readers from a question, over sheets, to an end."""

from __future__ import annotations

import re
from dataclasses import dataclass

from handout.model.findings import Place
from handout.model.text import Device, Target


@dataclass(frozen=True)
class Exit:
    """A place where a procedure sends its reader elsewhere."""

    goal: Target
    place: Place
    step: str | None
    """The number of the step that it stands in; None: beside the steps."""
    is_for_good: bool
    """The reader goes on from there and does not come back."""
    first: str | None = None
    """The number of the step that it leads to, as it stands on the paper; None: to all of them."""
    last: str | None = None
    """That of the last step of a run."""


@dataclass(frozen=True)
class Road:
    """A procedure on a sheet, for one audience."""

    audience: str
    handout: str
    procedure: str
    title: str
    place: Place
    """Of the procedure."""
    steps: int
    by_step: tuple[tuple[str, tuple[Device, ...]], ...]
    """The devices of each step and of what stands in it, by the number of the step."""
    needs: tuple[str, ...]
    """What a reader must have before it, beside devices and sheets."""
    gives: tuple[str, ...]
    exits: tuple[Exit, ...]
    hands_out: tuple[str, ...]
    """The handouts of other audiences that it names: whoever helps gives them to the person helped."""
    ends: bool
    """It says how a reader knows that it worked."""

    @property
    def devices(self) -> tuple[Device, ...]:
        """All that its steps are done on, in the order in which a reader needs them."""
        return tuple(dict.fromkeys(device for _, devices in self.by_step for device in devices))

    def devices_along(self, exit_: Exit) -> tuple[Device, ...]:
        """Return the devices of the steps that *exit_*, which leads here, sends its reader along."""
        steps = [label for label, _ in self.by_step]
        first = re.sub("[a-z]+$", "", exit_.first or "")
        if first not in steps:
            return self.devices
        last = len(steps) - 1 if exit_.is_for_good else steps.index(exit_.last or first)
        along = self.by_step[steps.index(first) : last + 1]
        return tuple(dict.fromkeys(device for _, devices in along for device in devices))

    @property
    def name(self) -> str:
        return f"{self.handout}/{self.procedure}"


@dataclass(frozen=True)
class SheetRoads:
    """A handout as one audience gets it."""

    audience: str
    handout: str
    title: str
    letter: str | None
    questions: tuple[str, ...]
    leads_to: tuple[str, ...]
    """On a wayfinding sheet: the handouts that this audience is led to."""
    asks: tuple[str, ...]
    """On a wayfinding sheet: the questions that lead to whoever helps."""
    formats: tuple[str, ...]
    roads: tuple[Road, ...]
    place: Place


@dataclass(frozen=True)
class RoadMap:
    """All sheets of a project with their roads, by audience and handout."""

    sheets: tuple[SheetRoads, ...]

    @property
    def roads(self) -> tuple[Road, ...]:
        return tuple(road for sheet in self.sheets for road in sheet.roads)

    def sheet(self, audience: str, handout: str) -> SheetRoads | None:
        """Return *handout* as *audience* gets it; None where it does not."""
        return next((s for s in self.sheets if (s.audience, s.handout) == (audience, handout)), None)

    def road(self, audience: str, handout: str, procedure: str) -> Road | None:
        """Return a procedure on a sheet of *audience*; None where it has none."""
        sheet = self.sheet(audience, handout)
        return next((road for road in sheet.roads if road.procedure == procedure), None) if sheet else None
