"""The press of a print shop, as its files must know it."""

from __future__ import annotations

from dataclasses import dataclass, field

PRESS_PROFILE_CLASS, PRESS_COLOURS, PROFILE_MARK = b"prtr", b"CMYK", b"acsp"
"""What the head of an ICC profile of a press says (ICC.1:2010 §7.2)."""


@dataclass(frozen=True)
class PressProfile:
    """How a press prints colours, checked."""

    condition: str
    """The name of its printing condition: FOGRA39."""
    data: bytes = field(repr=False)
    """An ICC profile for four inks."""
    has_spots: bool = False
    """True: the accent of an audience is printed in an ink of its own."""


def is_of_a_press(data: bytes) -> bool:
    """Tell whether *data* begins as the ICC profile of a press with four inks does."""
    return (data[12:16], data[16:20], data[36:40]) == (PRESS_PROFILE_CLASS, PRESS_COLOURS, PROFILE_MARK)
