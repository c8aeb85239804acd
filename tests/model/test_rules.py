"""Every finding has a name, and docs/findings.md tells of each name, as does docs/bevindingen.md in Dutch."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import REPOSITORY

from handout import proof
from handout.model.rules import Rule
from handout.model.text import WordingRule

SOURCES = REPOSITORY / "src/handout"
DOCUMENTS = [REPOSITORY / "docs/findings.md", REPOSITORY / "docs/bevindingen.md"]
RULE_POSITION = 4
"""Of the arguments of `Finding`, counted from 0."""


def calls_of_finding(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "Finding":
            yield node


def has_name(call: ast.Call) -> bool:
    named = [word.value for word in call.keywords if word.arg == "rule"] + call.args[RULE_POSITION:]
    return bool(named) and not (isinstance(named[0], ast.Constant) and not named[0].value)


def test_every_finding_is_made_with_its_name() -> None:
    paths = sorted(SOURCES.rglob("*.py"))
    found = [(path, call) for path in paths for call in calls_of_finding(path)]
    assert len(found) > 60
    assert [f"{path.relative_to(SOURCES)}:{call.lineno}" for path, call in found if not has_name(call)] == []


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("Finding(place, 'what', 'fix')", False),
        ("Finding(place, 'what', 'fix', Severity.WARNING)", False),
        ("Finding(place, 'what', 'fix', rule='')", False),
        ("Finding(place, 'what', 'fix', rule=Rule.KEY_TWICE)", True),
        ("Finding(place, 'what', 'fix', Severity.WARNING, rule)", True),
    ],
)
def test_finding_without_a_name_is_told_from_one_with(call: str, expected: bool) -> None:
    parsed = ast.parse(call, mode="eval").body
    assert isinstance(parsed, ast.Call)
    assert has_name(parsed) is expected


def test_each_name_is_one_that_a_stage_finds() -> None:
    paths = (path for path in SOURCES.rglob("*.py") if path != SOURCES / "model/rules.py")
    code = "\n".join(path.read_text("utf-8") for path in paths if path.parent.name != "proof")
    used = set(re.findall(r"\bRule\.([A-Z_]+)\b", code))
    assert {rule.name for rule in Rule} - used == set()


def names_in(document: Path) -> list[str]:
    return re.findall(r"^- `([a-z-]+)`: ", document.read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_documentation_tells_of_each_name_once_and_of_no_others(document: Path) -> None:
    assert sorted(names_in(document)) == sorted([*Rule, *WordingRule, *proof.ProofRule])


def test_documentation_tells_of_the_names_in_one_order_in_each_language() -> None:
    english, dutch = map(names_in, DOCUMENTS)
    assert dutch == english
