"""The font files that every peer embeds, from the same packages as the program's."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path


def regular() -> Path:
    return _file(400)


def bold() -> Path:
    return _file(700)


def _file(weight: int) -> Path:
    # By name: the package is in the environment of the peers, not in that of the type checker.
    return Path(str(import_module("fontpkg").path("Atkinson Hyperlegible", weight=weight)))
