"""What a person asks of a run: which handouts, for whom, on what paper."""

from __future__ import annotations

from dataclasses import dataclass, replace

ALL_SCHOOLS = "all"
"""What stands on the command line for every school: no school can have it for its id."""

ALL_LANGUAGES = "all"
"""The same for every language that a handout is translated into."""

ALL_READINGS = "all"
"""The same for every way of reading that a format is laid out for; one that asks something of a text is of
the handouts alone that list it."""

ANY_READING = "*"
"""Those too that are not listed: of what may have been built, and not on the command line."""


@dataclass(frozen=True)
class Selection:
    """What the command line asks for. Empty means everything; no school means the general edition."""

    handouts: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    schools: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    """Which schools, by a column of their table, as typed: `room=B12`."""
    mono: bool = False
    """The black-only edition too, beside each piece."""
    print_shop: bool = False
    """A file for a print shop too, beside each piece."""
    merge: bool = False
    """One print job too, for all schools together, of each edition."""
    keep_going: bool = False
    """The copies of the other schools are written where a row of the table is refused."""
    strict: bool = False
    """A piece of text without a translation that holds is an error."""
    also: tuple[str, ...] = ()
    """Further kinds of files that are made of each piece, by their names: `text`."""
    readings: tuple[str, ...] = ()
    """Ways of reading: `large`."""

    @property
    def is_everything(self) -> bool:
        return self._restriction == Selection()

    @property
    def is_every_copy(self) -> bool:
        """Tell whether it is all that the project makes for schools, and nothing else."""
        asked = tuple(id_.casefold() for id_ in self.schools)
        return ALL_SCHOOLS in asked and replace(self._restriction, schools=()) == Selection()

    @property
    def _restriction(self) -> Selection:
        """What it leaves out: nothing that is made beside the pieces counts."""
        return replace(
            self, mono=False, print_shop=False, merge=False, also=(), keep_going=False, strict=False
        )


EVERY_EDITION = Selection(languages=(ALL_LANGUAGES,), readings=(ANY_READING,))
"""All that a project can make for no school."""
