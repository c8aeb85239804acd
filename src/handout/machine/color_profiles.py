"""Colour profiles of presses that the system brings, by the name of their printing condition."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

FOLDERS = (
    Path("/usr/share/color/icc"),
    Path("/usr/local/share/color/icc"),
    Path("/Library/ColorSync/Profiles"),
)
FILES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        # That of colord, where it is built with the profiles of presses; that of ECI; that of Adobe.
        "FOGRA39": ("FOGRA39L_coated.icc", "ISOcoated_v2_eci.icc", "CoatedFOGRA39.icc"),
        "FOGRA51": ("PSOcoated_v3.icc",),
        "FOGRA52": ("PSOuncoated_v3_FOGRA52.icc",),
        "FOGRA47": ("FOGRA47L_uncoated.icc", "PSOuncoated_ISO12647_eci.icc", "UncoatedFOGRA47.icc"),
    }
)
"""What the files are called that describe each condition, the likeliest first."""


def found(condition: str) -> bytes | None:
    """Return the profile of *condition* that this machine has; None: it has none."""
    for name in FILES.get(condition, ()):
        for folder in FOLDERS:
            for path in sorted(folder.rglob(name)) if folder.is_dir() else ():
                try:
                    return path.read_bytes()
                except OSError:
                    continue
    return None
