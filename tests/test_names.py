"""One name, one meaning: no type is defined twice, and the glossary names what is there."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator

import pytest
from docs.rooms import modules
from tests.conftest import REPOSITORY

GLOSSARY = REPOSITORY / "docs/glossary.md"


def types_in(code: str) -> Iterator[str]:
    """Yield the names of the classes and type aliases that *code* defines, wherever in it."""
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.ClassDef(name=name):
                yield name
            case ast.AnnAssign(target=ast.Name(id=name), annotation=ast.Name(id="TypeAlias")):
                yield name


def where_defined() -> dict[str, list[str]]:
    found = defaultdict(list)
    for module, path in modules().items():
        for name in types_in(path.read_text("utf-8")):
            found[name].append(module)
    return found


def words_of(text: str) -> Iterator[str]:
    """Yield the names of the code in the table of *text*: `Master`, `machine.gate`."""
    for row in re.findall(r"^\| (?!word|---)(.+) \|$", text, re.MULTILINE):
        yield from re.findall(r"`([A-Z]\w+|[a-z_]+\.[a-z_.]+)`", row)


def is_there(word: str) -> bool:
    return word in (modules() if "." in word else where_defined())


def test_no_type_is_defined_twice() -> None:
    assert {name: places for name, places in where_defined().items() if len(places) > 1} == {}


@pytest.mark.parametrize(
    "code", ["class A:\n    pass\n", "A: TypeAlias = int\n", "def f():\n    class A:\n        pass\n"]
)
def test_a_type_is_found_wherever_it_is_defined(code: str) -> None:
    assert list(types_in(code)) == ["A"]


def test_every_name_in_the_glossary_exists() -> None:
    words = list(words_of(GLOSSARY.read_text("utf-8")))
    assert len(words) > 20
    assert [word for word in words if not is_there(word)] == []


def test_a_name_that_does_not_exist_is_told() -> None:
    assert [w for w in words_of("| plate | `Plate`, in `imprint.plating` |\n") if not is_there(w)] == [
        "Plate",
        "imprint.plating",
    ]


def test_no_word_stands_twice_in_the_glossary() -> None:
    rows = re.findall(r"^\| (?!word|---)([^|]+) \|", GLOSSARY.read_text("utf-8"), re.MULTILINE)
    words = [word.strip() for row in rows for word in row.split(",")]
    assert sorted(set(words)) == sorted(words)
