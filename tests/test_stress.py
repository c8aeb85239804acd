"""Texts and school data at the edge of what a sheet can hold: they fit, or the build says by name why not."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from tests.conftest import loaded, text_of

from handout.editions import single
from handout.editions.single import Made
from handout.model.findings import Severity
from handout.project import plan
from handout.project.plan import Edition, Selection
from handout.project.project import Project

ROOT = Path(__file__).parent / "stress_project"
MUST_FIT = {
    ("twaalf-en-zes", "leaflet-a4"),
    ("twaalf-en-zes", "trifold"),
    ("lang-woord", "leaflet-a5"),
    ("lang-woord", "reference-a4"),
}
"""What a format is made for; of the rest it is only asked that it fits or fails by name."""
SCHOOLS = ("lang", "kort")


@cache
def project() -> Project:
    return loaded(ROOT)


_made: dict[str, Made] = {}


def made(edition: Edition) -> Made:
    """Return *edition* made, once for all tests."""
    if edition.output_path not in _made:
        _made[edition.output_path] = single.make(project(), edition)
    return _made[edition.output_path]


def planned(
    handouts: tuple[str, ...] = (), formats: tuple[str, ...] = (), schools: tuple[str, ...] = ()
) -> list[Edition]:
    return list(plan.editions(project(), Selection(handouts, formats=formats, schools=schools)))


def str_of(edition: Edition) -> str:
    return edition.name


def errors_of(one: Made) -> list[str]:
    return [f"{f.place}: {f.what}" for f in one.findings if f.severity is Severity.ERROR]


@pytest.mark.parametrize("edition", planned(), ids=str_of)
def test_text_fits_its_pages_or_fails_by_name(edition: Edition) -> None:
    one = made(edition)
    errors = errors_of(one)
    if (edition.handout.slug, edition.format) in MUST_FIT:
        assert errors == []
    if errors:
        assert all(error.startswith("content/") for error in errors)
        assert all(edition.name in error for error in errors)
    else:
        budget = one.document.page_budget
        least = project().settings.formats[edition.format].least_pages or budget
        assert least <= one.page_count <= budget
        assert one.setting is not None


@pytest.mark.parametrize("edition", planned(handouts=("te-lang",)), ids=str_of)
def test_text_that_is_far_too_long_is_told_what_to_cut(edition: Edition) -> None:
    (finding,) = (f for f in made(edition).findings if "too long" in f.what or "more than" in f.what)
    assert "content/procedures/te-lang.md:" in finding.what or "pages" in finding.what
    assert finding.fix


@pytest.mark.parametrize("edition", planned(handouts=("twaalf-en-zes", "lang-woord")), ids=str_of)
def test_longest_school_data_fit_wherever_the_general_edition_does(edition: Edition) -> None:
    if errors_of(made(edition)):
        pytest.skip("the general edition does not fit either")
    copies = planned(handouts=(edition.handout.slug,), formats=(edition.format,), schools=SCHOOLS)
    assert [errors_of(made(copy)) for copy in copies] == [[], []]
    assert "+32 3 000 00 00 00 00" in text_of(made(copies[0]).pdf) or edition.format == "reference-a4"
