"""What a person asks of a run: which handouts, for whom, on what paper."""

from __future__ import annotations

from dataclasses import dataclass, replace


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

    @property
    def is_everything(self) -> bool:
        return replace(self, mono=False, print_shop=False, merge=False) == Selection()
