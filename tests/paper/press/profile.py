"""A small ICC profile of a press with four inks, made of plain sums (ICC.1:2001-04 §6.5.7)."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from itertools import product

GRID = 9
D50 = (0.9642, 1.0, 0.8249)
STRAIGHT = bytes(range(256))


def press_profile() -> bytes:
    """Return a profile whose inks are what red, green and blue lack, with black for what all three do."""
    to_inks = _table(3, 4, GRID, (_inks(*_rgb(*lab)) for lab in product(_steps(GRID), repeat=3)))
    to_colours = _table(4, 3, 2, (_lab(*inks) for inks in product((0.0, 1.0), repeat=4)))
    name = b"Press of the tests\0"
    tags = {
        b"desc": b"desc" + bytes(4) + struct.pack(">I", len(name)) + name + bytes(78),
        b"cprt": b"text" + bytes(4) + b"none\0",
        b"wtpt": b"XYZ " + bytes(4) + b"".join(map(_fixed, D50)),
        b"A2B0": to_colours,
        b"B2A0": to_inks,
    }
    at, rows, bodies = 128 + 4 + 12 * len(tags), b"", b""
    for name_, body in tags.items():
        body += bytes(-len(body) % 4)
        rows += name_ + struct.pack(">II", at + len(bodies), len(body))
        bodies += body
    length = at + len(bodies)
    head = struct.pack(">I4sI4s4s4s", length, b"none", 0x02200000, b"prtr", b"CMYK", b"Lab ")
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + b"".join(map(_fixed, D50))
    return head + bytes(128 - len(head)) + struct.pack(">I", len(tags)) + rows + bodies


def _table(inputs: int, outputs: int, grid: int, entries: Iterable[Iterable[float]]) -> bytes:
    one = _fixed(1.0)
    matrix = b"".join(one if at % 4 == 0 else bytes(4) for at in range(9))
    cells = bytes(round(min(max(part, 0.0), 1.0) * 255) for entry in entries for part in entry)
    head = b"mft1" + bytes(4) + bytes((inputs, outputs, grid, 0))
    return head + matrix + STRAIGHT * inputs + cells + STRAIGHT * outputs


def _fixed(number: float) -> bytes:
    return struct.pack(">i", round(number * 65536))


def _steps(grid: int) -> list[float]:
    return [step / (grid - 1) for step in range(grid)]


def _inks(red: float, green: float, blue: float) -> tuple[float, ...]:
    black = 1 - max(red, green, blue)
    rest = 1 - black or 1.0
    return (*((1 - part - black) / rest for part in (red, green, blue)), black)


def _rgb(lightness: float, a: float, b: float) -> tuple[float, ...]:
    """Return the red, green and blue of a colour of Lab, all of whose parts go from 0 to 1."""
    y = (lightness * 100 + 16) / 116
    x, z = y + (a * 255 - 128) / 500, y - (b * 255 - 128) / 200
    x_, y_, z_ = (
        w * (t**3 if t > 6 / 29 else 3 * (6 / 29) ** 2 * (t - 4 / 29))
        for w, t in zip(D50, (x, y, z), strict=True)
    )
    linear = (
        3.1339 * x_ - 1.6169 * y_ - 0.4906 * z_,
        -0.9788 * x_ + 1.9161 * y_ + 0.0335 * z_,
        0.0719 * x_ - 0.2290 * y_ + 1.4052 * z_,
    )
    return tuple(min(max(part, 0.0), 1.0) ** (1 / 2.2) for part in linear)


def _lab(cyan: float, magenta: float, yellow: float, black: float) -> tuple[float, ...]:
    red, green, blue = (((1 - ink) * (1 - black)) ** 2.2 for ink in (cyan, magenta, yellow))
    xyz = (
        0.4361 * red + 0.3851 * green + 0.1431 * blue,
        0.2225 * red + 0.7169 * green + 0.0606 * blue,
        0.0139 * red + 0.0971 * green + 0.7141 * blue,
    )
    x, y, z = (
        t ** (1 / 3) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29
        for t in (part / white for part, white in zip(xyz, D50, strict=True))
    )
    return (116 * y - 16) / 100, (500 * (x - y) + 128) / 255, (200 * (y - z) + 128) / 255
