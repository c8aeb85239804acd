"""Which tests of today stood in another revision: by their names, for files were moved and parted."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from pathlib import Path


def known_tests(root: Path) -> frozenset[str]:
    """Return the names of the test functions in the folder `tests` of *root*."""
    return frozenset(name for path in _modules(root) for name in _tests_in(path))


def of_those(root: Path, names: Collection[str]) -> tuple[str, ...]:
    """Return the tests in *root* that have one of *names*, as pytest takes them: `tests/a.py::test_b`."""
    return tuple(
        f"{path.relative_to(root).as_posix()}::{name}"
        for path in _modules(root)
        for name in _tests_in(path)
        if name in names
    )


def _modules(root: Path) -> list[Path]:
    return sorted((root / "tests").rglob("test_*.py"))


def _tests_in(path: Path) -> Iterator[str]:
    """Yield the names of the test functions of a module, which stand at its top."""
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.name
