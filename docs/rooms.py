"""Draw which room of the program imports which, to docs/rooms.svg: `make rooms`.

A row is a room and says what it imports of each room below it, as a number of imports. In the lower left
nothing may stand: that would be an import that runs upwards.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = ROOT / "src/handout"
PICTURE = ROOT / "docs/rooms.svg"
ROOMS = {
    "commands": "what a person types, and what is said back",
    "preview": "the sheets in a browser, while somebody writes",
    "builder": "all editions of a plan become files",
    "editions": "one edition, and its copies for many schools",
    "paper": "a document becomes paper",
    "document": "one edition as values",
    "project": "a folder becomes a project and a plan",
    "proof": "a finished PDF is read back",
    "machine": "all that touches the machine",
    "model": "the words of the program as values",
}
"""From the top floor to the ground, with what each does."""


@dataclass(frozen=True)
class Import:
    """A line of one module that takes another."""

    module: str
    """Dotted, below the package: `paper.engine.fit`."""
    line: int
    taken: str

    @property
    def room(self) -> str:
        return self.module.partition(".")[0]

    @property
    def taken_room(self) -> str:
        return self.taken.partition(".")[0]


def modules(program: Path = PROGRAM) -> dict[str, Path]:
    """Return the file of each module by its dotted name below the package; "" is the package itself."""
    return {
        ".".join(part for part in path.relative_to(program).with_suffix("").parts if part != "__init__"): path
        for path in sorted(program.rglob("*.py"))
    }


def imports(program: Path = PROGRAM) -> Iterator[Import]:
    """Yield every import of the package's own modules: those inside functions and for types alone too."""
    there = modules(program)
    for module, path in there.items():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            for taken in _taken(node):
                if taken.partition(".")[0] != program.name:
                    continue
                taken = taken.partition(".")[2]
                # What is taken may be a module, or a name in one.
                while taken not in there:
                    taken = taken.rpartition(".")[0]
                if taken and taken != module:
                    yield Import(module, node.lineno, taken)  # type: ignore[attr-defined]


def _taken(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import():
            yield from (alias.name for alias in node.names)
        case ast.ImportFrom(module=str() as module):
            yield from (f"{module}.{alias.name}" for alias in node.names)


ROW_PX, NAME_PX, CELL_PX, MARGIN_PX = 30, 320, 64, 12


def picture(found: list[Import]) -> str:
    """Return the rooms and their imports as an SVG file."""
    count = Counter((one.room, one.taken_room) for one in found if one.module)
    names = list(ROOMS)
    width, height = MARGIN_PX * 2 + NAME_PX + CELL_PX * len(names), MARGIN_PX * 2 + ROW_PX * (len(names) + 1)
    most = max(count.values())
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" '
        f'font-size="12" fill="#1a1a1a">',
        "<title>Which room imports which</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for column, name in enumerate(names):
        x = MARGIN_PX + NAME_PX + CELL_PX * column + CELL_PX // 2
        lines.append(f'<text x="{x}" y="{MARGIN_PX + 19}" text-anchor="middle">{name}</text>')
    for row, (name, does) in enumerate(ROOMS.items()):
        y = MARGIN_PX + ROW_PX * (row + 1)
        lines.append(
            f'<text x="{MARGIN_PX}" y="{y + 19}"><tspan font-weight="bold">{name}</tspan> {does}</text>'
        )
        for column, taken in enumerate(names):
            x = MARGIN_PX + NAME_PX + CELL_PX * column
            number = count[name, taken]
            if number == 0 and row != column:
                continue
            # The more imports, the darker, never so dark that black letters on it are hard to read.
            share = 0.08 + 0.32 * number / most
            shade = "#e8e8e8" if row == column else f"rgba(18,62,140,{share:.2f})"
            lines.append(
                f'<rect x="{x + 1}" y="{y + 1}" width="{CELL_PX - 2}" height="{ROW_PX - 2}" fill="{shade}"/>'
            )
            if number:
                lines.append(
                    f'<text x="{x + CELL_PX // 2}" y="{y + 19}" text-anchor="middle">{number}</text>'
                )
    return "\n".join([*lines, "</svg>", ""])


if __name__ == "__main__":
    PICTURE.write_text(picture(list(imports())), "utf-8")
