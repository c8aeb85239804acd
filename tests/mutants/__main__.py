"""Change one thing in the program, and see whether a test notices: `make mutants`.

    python -m tests.mutants [--tool PYTHON] [--count N] [--seed N] [ROOM…]

What came of each mutant is kept in .mutants/ROOM.json, and the next run goes on from there: what was killed
is not run again while its module is as it was, and what survived is run again when a test has changed.
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.conftest import REPOSITORY
from tests.mutants.rooms import ROOMS
from tests.mutants.running import Mutant, Outcome, run

KEPT = REPOSITORY / ".mutants"
TOOL = KEPT / ".venv/bin/python"
DRAW = REPOSITORY / "tests/mutants/draw.py"
SAME_FOR_ALL = REPOSITORY / "tests/mutants/same.txt"
"""Mutants that change no behaviour, each with the reason."""


def main(arguments: Sequence[str]) -> int:
    asked = _parser().parse_args(arguments)
    if unknown := [name for name in asked.rooms if name not in ROOMS]:
        print(f"error: there is no room {unknown[0]}\n  fix: {', '.join(ROOMS)}", file=sys.stderr)  # noqa: T201
        return 2
    rooms = asked.rooms or list(ROOMS)
    if len(rooms) == 1:
        return _of_room(rooms[0], asked)
    # Each in a process of its own: what one has loaded and made is not there for the next.
    own = ("--tool", str(asked.tool), "--count", str(asked.count), "--seed", str(asked.seed))
    done = [
        subprocess.run((sys.executable, "-m", "tests.mutants", *own, name), check=False, cwd=REPOSITORY)
        for name in rooms
    ]
    return max(one.returncode for one in done)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make mutants")
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help="; ".join(ROOMS))
    parser.add_argument("--tool", type=Path, default=TOOL, help="a Python that has Cosmic Ray")
    parser.add_argument("--count", type=int, default=300, help="mutants of each room")
    parser.add_argument("--seed", type=int, default=1)
    return parser


def _of_room(name: str, asked: argparse.Namespace) -> int:
    room, file = ROOMS[name], KEPT / f"{name}.json"
    sums = {str(path.relative_to(REPOSITORY)): _sum(path) for path in room.sources}
    tests = "".join(_sum(REPOSITORY / one.partition("::")[0]) for one in room.tests)
    kept = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    known: dict[str, str] = {
        mutant: came_of
        for mutant, came_of in kept.get("outcomes", {}).items()
        if kept["sums"].get(mutant.partition(" ")[0]) == sums.get(mutant.partition(" ")[0])
        and (came_of != Outcome.SURVIVED or kept["tests"] == tests)
    }
    drawn, offered = _drawn(name, asked, sums)
    left = [mutant for mutant in drawn if mutant.name not in known]
    print(f"{name}: {len(drawn)} of {offered} mutants, {len(left)} to run", flush=True)  # noqa: T201

    def told(mutant: Mutant, outcome: Outcome) -> None:
        known[mutant.name] = outcome
        kept = {"sums": sums, "tests": tests, "outcomes": known}
        file.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")
        if outcome is Outcome.SURVIVED:
            print(f"survived: {_shown(mutant)}", flush=True)  # noqa: T201

    if left and not run(left, room.tests, told):
        print(f"{name}: its tests fail on the program as it is", file=sys.stderr)  # noqa: T201
        return 1
    return _summed_up(name, drawn, known)


def _summed_up(name: str, drawn: Sequence[Mutant], known: Mapping[str, str]) -> int:
    same = _same()
    alive = [mutant for mutant in drawn if known[mutant.name] == Outcome.SURVIVED]
    equivalent = [mutant for mutant in alive if same & {_change(mutant), ("*", *_change(mutant)[1:])}]
    killed = len(drawn) - len(alive)
    of = len(drawn) - len(equivalent)
    print(  # noqa: T201
        f"\n{name}: {len(drawn)} run, {killed} killed, {len(alive)} survived, "
        f"{len(equivalent)} of these the same: {100 * killed / max(of, 1):.1f} % of {of}"
    )
    for mutant in alive:
        if mutant not in equivalent:
            print(_shown(mutant))  # noqa: T201
    return 0


def _drawn(name: str, asked: argparse.Namespace, sums: Mapping[str, str]) -> tuple[list[Mutant], int]:
    """Return the mutants of a room, and how many there are to draw from: kept too, for it takes a minute."""
    file, of = KEPT / f"{name}.drawn.json", [asked.seed, asked.count, *map(list, sums.items())]
    kept = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    if kept.get("of") != of:
        command = (str(asked.tool), str(DRAW), str(asked.seed), str(asked.count), *sums)
        found = subprocess.run(command, cwd=REPOSITORY, check=True, stdout=subprocess.PIPE, text=True).stdout
        kept = {"of": of, **json.loads(found)}
        file.write_text(json.dumps(kept, ensure_ascii=False), "utf-8")
    return [Mutant(**row) for row in kept["drawn"]], kept["offered"]


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def _changed_lines(mutant: Mutant) -> list[str]:
    before, after = mutant.original.splitlines(), mutant.code.splitlines()
    return [
        line
        for line in difflib.unified_diff(before, after, n=0, lineterm="")
        if line[:3] not in ("---", "+++")
    ]


def _shown(mutant: Mutant) -> str:
    lines = "\n".join(f"    {line}" for line in _changed_lines(mutant) if not line.startswith("@@"))
    return f"{mutant.module}:{mutant.line} {mutant.operator}\n{lines}"


def _change(mutant: Mutant) -> tuple[str, ...]:
    """Return the file and the lines of the change without white space: they stay when others move them."""
    lines = (line[0] + " ".join(line[1:].split()) for line in _changed_lines(mutant) if line[:2] != "@@")
    return (mutant.module, *lines)


def _same() -> set[tuple[str, ...]]:
    """Return the changes that stand in the file of those that change no behaviour."""
    found = set()
    for part in SAME_FOR_ALL.read_text("utf-8").split("\n\n"):
        lines = [line for line in part.splitlines() if line and not line.startswith("#")]
        if lines:
            found.add((lines[0], *(line[0] + " ".join(line[1:].split()) for line in lines[1:])))
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
