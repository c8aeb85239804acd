"""The rooms: every file has one place, and imports run down."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from docs.rooms import PICTURE, PROGRAM, ROOMS, ROOT, Import, imports, modules, picture

BESIDE_THE_ROOMS = {"__init__.py", "__main__.py", "messages", "py.typed"}


def upward(found: list[Import]) -> list[str]:
    """Return the imports that do not run down, each with the two files."""
    floors = list(ROOMS)
    there = modules()
    return [
        f"{there[one.module].relative_to(ROOT)}:{one.line} imports {there[one.taken].relative_to(ROOT)}"
        for one in found
        if one.room in floors and floors.index(one.taken_room) < floors.index(one.room)
    ]


def circle(found: list[Import]) -> tuple[str, ...]:
    """Return modules that import each other in a circle, or none."""
    graph: dict[str, set[str]] = {}
    for one in found:
        graph.setdefault(one.module, set()).add(one.taken)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return tuple(error.args[1])
    return ()


def test_the_package_holds_the_rooms_and_nothing_else() -> None:
    beside = {path.name for path in PROGRAM.iterdir() if path.name != "__pycache__"}
    assert beside == {*ROOMS, *BESIDE_THE_ROOMS}


def test_imports_run_down_only() -> None:
    assert upward(list(imports())) == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circle(list(imports())) == ()


def test_proof_knows_the_model_alone() -> None:
    found = {one.taken_room for one in imports() if one.room == "proof"}
    assert found == {"proof", "model"}


@pytest.mark.parametrize(
    "text",
    [
        "from handout.commands import app\n",
        "def late() -> None:\n    from handout.commands.app import run\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import handout.commands.app\n",
    ],
)
def test_an_import_upwards_is_found_wherever_it_stands(text: str, tmp_path: Path) -> None:
    program = tmp_path / "handout"
    for path, content in {"commands/app.py": "", "model/text.py": text}.items():
        (program / path).parent.mkdir(parents=True)
        (program / path).write_text(content)
    for folder in (program, program / "commands", program / "model"):
        (folder / "__init__.py").write_text("")
    (found,) = imports(program)
    assert (found.module, found.taken) == ("model.text", "commands.app")
    assert list(ROOMS).index(found.taken_room) < list(ROOMS).index(found.room)


def test_a_circle_is_found() -> None:
    assert set(circle([Import("a", 1, "b"), Import("b", 1, "c"), Import("c", 1, "a")])) == {"a", "b", "c"}


def test_the_picture_of_the_rooms_is_that_of_the_code() -> None:
    assert PICTURE.read_text("utf-8") == picture(list(imports())), "draw it anew with `make rooms`"


def test_architecture_opens_with_the_rooms() -> None:
    text = (ROOT / "docs/architecture.md").read_text("utf-8")
    opening = text.partition("```")[2].partition("```")[0]
    assert re.findall(r"^(\w+)/", opening, re.MULTILINE) == list(ROOMS)
    assert "rooms.svg" in text


# ---- what is imported from elsewhere ----------------------------------------------------------

LOCKED = re.compile(r"^([\w.-]+)==", re.MULTILINE)
OF_EXTRAS = frozenset({"cv2", "dask", "distributed", "numpy"})
"""What `check --photo` and `build --dask` ask for, each in an extra."""


def taken_from_elsewhere() -> frozenset[str]:
    """Return the packages that the program imports, wherever in a module it does."""
    found: set[str] = set()
    for path in modules().values():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found.update(one.name.partition(".")[0] for one in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return frozenset(found - sys.stdlib_module_names - {PROGRAM.name})


def test_program_imports_nothing_that_its_own_lock_does_not_install() -> None:
    """The tests run beside the packages of the gates, which nobody has who builds a handout."""
    locked = {name.lower() for name in LOCKED.findall((ROOT / "locks/run.txt").read_text("utf-8"))}
    packages = importlib.metadata.packages_distributions()
    missing = {
        name
        for name in taken_from_elsewhere() - OF_EXTRAS
        if not locked & {one.lower().replace("_", "-") for one in packages.get(name, ())}
    }
    assert missing == set()
