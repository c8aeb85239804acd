"""The code on a sheet: it changes when its words change, and only then."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import handout, loaded, procedure, project_at

from handout import resolve
from handout.plan import Selection, editions
from handout.resolving.code import ALPHABET, CODE_LENGTH, read_code

STEPS = "1. Open `Outlook`.\n2. ![[kijk]]"
FILES = {
    "content/procedures/een.md": procedure(STEPS),
    "content/procedures/twee.md": procedure("1. Klik op `Volgende`."),
    "content/fragments/kijk.md": "Kijk op het scherm.\n",
    "content/handouts/gids.md": handout("een", audiences="[staff]"),
    "content/handouts/ander.md": handout("twee", audiences="[staff]"),
}


def codes(root: Path, **changed: str) -> dict[str, str]:
    """Return the codes of a project in *root*, with some of its files *changed*, by handout."""
    files = FILES | {f"content/{path.replace('__', '/')}.md": text for path, text in changed.items()}
    project = loaded(project_at(root, files))
    found = {}
    for edition in editions(project, Selection()):
        found[edition.handout.slug] = resolve.document(project, edition)[0].code
    return found


@pytest.mark.parametrize(
    ("changed", "is_other"),
    [
        ({"procedures__een": procedure("1. Open `Word`.\n2. ![[kijk]]")}, {"gids"}),
        ({"fragments__kijk": "Kijk goed op het scherm.\n"}, {"gids"}),
        ({"procedures__twee": procedure("1. Klik op `Terug`.")}, {"ander"}),
        ({}, set()),
    ],
)
def test_code_changes_with_what_the_edition_is_made_from(
    tmp_path: Path, changed: dict[str, str], is_other: set[str]
) -> None:
    before, after = codes(tmp_path / "a"), codes(tmp_path / "b", **changed)
    assert {slug for slug in before if before[slug] != after[slug]} == is_other


def test_every_edition_has_a_code_of_its_own(tmp_path: Path) -> None:
    found = codes(tmp_path).values()
    assert len(set(found)) == len(found)
    assert all(len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) for code in found)


@pytest.mark.parametrize("typed", ["7K2M4Q", "7k2m4q", " 7K2 M4Q ", "7K2-M4Q"])
def test_code_is_read_as_people_type_it(typed: str) -> None:
    assert read_code(typed) == "7K2M4Q"


def test_letters_that_look_like_digits_are_read_as_digits() -> None:
    assert read_code("oilOIL") == "011011"


@pytest.mark.parametrize("typed", ["", "7K2M4", "7K2M4QQ", "7K2M4!", "7K2M4U"])
def test_what_is_no_code_is_not_read(typed: str) -> None:
    assert read_code(typed) is None


@given(st.text(ALPHABET, min_size=CODE_LENGTH, max_size=CODE_LENGTH))
def test_every_code_is_read_as_itself(code: str) -> None:
    assert read_code(code) == code
