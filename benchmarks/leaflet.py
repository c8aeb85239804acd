"""The leaflet that every tool makes: its words and the fields of a school, as plain values.

The peers run in an environment of their own, without the program: this module and `rows` import nothing but
Python's own library, and a leaflet travels as JSON.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.rows import Row, plain_row, row

FIELDS = ("name", "ict_anchor", "room", "phone", "hours")


@dataclass(frozen=True)
class School(Row):
    """One school of the sample rows: no school and no person has these fields."""

    @property
    def values(self) -> tuple[str, ...]:
        """What must stand on its leaflet."""
        return tuple(value for field in FIELDS if (value := getattr(self, field)))


def school(number: int) -> School:
    """Return the sample school *number*, from 1 to 9999. Its name is that of no other."""
    return School(**vars(row(number)))


def plain_school(number: int) -> School:
    """Return the sample school *number* that every tool can print: filled, short, in plain letters."""
    return School(**vars(plain_row(number)))


@dataclass(frozen=True)
class Run:
    """Words of one kind in a line."""

    text: str
    is_key: bool
    """A button on the screen."""


@dataclass(frozen=True)
class Step:
    number: int
    command: tuple[Run, ...]
    info: str


@dataclass(frozen=True)
class Procedure:
    letter: str
    title: str
    steps: tuple[Step, ...]
    callout: tuple[str, str] | None
    """Its title and its text."""


@dataclass(frozen=True)
class Leaflet:
    """All words of the leaflet but its title and the fields of the school."""

    audience: str
    lead: str
    procedures: tuple[Procedure, ...]
    closing_title: str
    closing: str
    help: str
    """The head of the box with the school's fields."""
    url: str
    """Where the QR code leads."""
    address: str
    """The same, as it is printed."""
    foot: str

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @property
    def word_count(self) -> int:
        """How many words stand on it, without the title and the fields of the school."""
        texts = [
            self.audience,
            self.lead,
            self.closing_title,
            self.closing,
            self.help,
            self.address,
            self.foot,
        ]
        for procedure in self.procedures:
            texts += [procedure.letter, procedure.title, *(procedure.callout or ())]
            for step in procedure.steps:
                texts += [str(step.number), "".join(run.text for run in step.command), step.info]
        return sum(len(text.split()) for text in texts)


def from_json(text: str) -> Leaflet:
    """Return the leaflet that `Leaflet.to_json` wrote."""
    data: dict[str, Any] = json.loads(text)
    data["procedures"] = tuple(_procedure(one) for one in data["procedures"])
    return Leaflet(**data)


def _procedure(data: dict[str, Any]) -> Procedure:
    steps = tuple(
        Step(one["number"], tuple(Run(**run) for run in one["command"]), one["info"]) for one in data["steps"]
    )
    callout = (data["callout"][0], data["callout"][1]) if data["callout"] else None
    return Procedure(data["letter"], data["title"], steps, callout)
