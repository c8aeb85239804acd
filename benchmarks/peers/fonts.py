"""The font files that every peer embeds, from the same packages as the program's."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path


def regular() -> Path:
    return _file(400)


def bold() -> Path:
    return _file(700)


def behind() -> tuple[Path, ...]:
    """Return the files for letters that those lack, for a tool that takes none of the system."""
    return tuple(
        _file(weight, family) for family in ("IBM Plex Sans", "IBM Plex Sans Arabic") for weight in (400, 700)
    )


def folders() -> list[str]:
    """Return where all of them lie."""
    return sorted({str(path.parent) for path in (regular(), *behind())})


def _file(weight: int, family: str = "Atkinson Hyperlegible") -> Path:
    # By name: the package is in the environment of the peers, not in that of the type checker.
    return Path(str(import_module("fontpkg").path(family, weight=weight)))
