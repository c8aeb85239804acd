"""What a peer is asked to make: leaflets for schools, each under several titles, as files in a folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeAlias

from benchmarks.leaflet import Leaflet, School, from_json, plain_school, school


@dataclass(frozen=True)
class Job:
    leaflet: str
    """The file with the words, as JSON."""
    titles: tuple[str, ...]
    files: int
    """How many to make: all titles for the first school, then for the second …"""
    output: str
    processes: int = 1
    is_plain: bool = False
    """True: with the sample rows that hold plain letters alone."""

    def words(self) -> Leaflet:
        return from_json(Path(self.leaflet).read_text("utf-8"))

    def each(self) -> Iterator[tuple[School, str, Path]]:
        """Yield what to make: for which school, with which title, in which file."""
        row_of = plain_school if self.is_plain else school
        for index in range(self.files):
            one, title = row_of(1 + index // len(self.titles)), self.titles[index % len(self.titles)]
            yield one, title, Path(self.output) / one.id / f"{title.lower().replace(' ', '-')}.pdf"

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


def from_text(text: str) -> Job:
    """Return the job that `Job.to_json` wrote."""
    data = json.loads(text)
    return Job(**{**data, "titles": tuple(data["titles"])})


Make: TypeAlias = Callable[[School, str], bytes]
"""Makes the leaflet for a school under a title, as a PDF."""

Open: TypeAlias = Callable[[Job], AbstractContextManager[Make]]
"""The interface of a peer: its module has such a function `opened`, which starts the tool once for a job."""
