"""Templates as trees and as code."""

from __future__ import annotations

import pytest
from jinja2 import TemplateSyntaxError

from handout.paper.compose import templates


def run(texts: dict[str, str], name: str) -> tuple[str, list[str]]:
    """Return what the template *name* of *texts* prints, and the names of those that were loaded for it."""
    taken: list[str] = []
    return templates.environment(texts, taken.append).get_template(name).render(document={"x": 1}), taken


TEXTS = {
    "sheet.html": "{% import 'parts.html' as parts with context %}{{ parts.one() }}",
    "parts.html": "",
    "other.html": "",
}


def with_parts(asking: str) -> dict[str, str]:
    return {**TEXTS, "parts.html": f"{{% macro one() %}}{asking}{{% endmacro %}}"}


@pytest.mark.parametrize(
    "asking", ["{{ document.school }}", "{{ document['school'] }}", "{{ document|attr('school') }}"]
)
def test_template_that_asks_for_the_school_is_named_through_one_that_imports_it(asking: str) -> None:
    assert templates.asking_for_school(["sheet.html"], with_parts(asking)) == "parts.html"
    assert templates.asking_for_school(["other.html"], with_parts(asking)) is None


def test_template_that_a_run_alone_names_may_be_any() -> None:
    texts = {**with_parts("{{ document.school }}"), "open.html": "{% include document.x %}"}
    assert templates.asking_for_school(["open.html"], texts) == "parts.html"


def test_what_a_template_asks_for_is_the_same_before_it_ran_and_after() -> None:
    # Compiled, it asks for 'school': what is constant was worked out.
    texts = with_parts("{% if document['sch' ~ 'ool'] is defined %}x{% endif %}")

    before = templates.asking_for_school(["sheet.html"], texts)
    run(texts, "sheet.html")

    assert templates.asking_for_school(["sheet.html"], texts) == before


def test_texts_under_one_name_are_not_taken_for_each_other() -> None:
    assert run(with_parts("een"), "sheet.html") == ("een", ["sheet.html", "parts.html"])
    assert run(with_parts("twee"), "sheet.html") == ("twee", ["sheet.html", "parts.html"])


def test_slip_in_an_imported_template_names_it_each_time() -> None:
    for _ in range(2):
        with pytest.raises(TemplateSyntaxError) as caught:
            run(with_parts("\n{% if %}"), "sheet.html")
        assert (caught.value.name, caught.value.lineno) == ("parts.html", 2)
