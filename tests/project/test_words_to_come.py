"""A project whose words were written before the program had some: its sheets are as right as before."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.conftest import REPOSITORY, SETTINGS, handout, procedure, project_at, text_of

from handout.editions import single
from handout.model.findings import Severity
from handout.project import plan
from handout.project.load import load

ENGLISH = (REPOSITORY / "templates/strings/en.toml").read_text("utf-8")
STEPS = "".join(
    f"{number}. Open drawer {number} of the long row.\n\n    Wait.\n\n" for number in range(1, 20)
)


def without(*names: str) -> str:
    """Return the English words without the lines *names*, and without the tables of that name."""
    text = ENGLISH
    for name in names:
        text = re.sub(rf"(?m)^{re.escape(name)} = .*\n", "", text)
        text = re.sub(rf"(?ms)^\[{re.escape(name)}\]\n.*?(?=^\[|\Z)", "", text)
    return text


@pytest.mark.parametrize(
    "names", [("onward", "onward-page"), ("said",), ("check", "test-sheet"), ("screen",)]
)
def test_words_that_came_later_stop_no_sheet(tmp_path: Path, names: tuple[str, ...]) -> None:
    files = {
        "templates/strings/es.toml": without(*names),
        "content/procedures/a.md": procedure(STEPS, title="Drawers", audiences="staff"),
        "content/handouts/gids.md": handout("a", "Read this.", title="Guide", audiences="[staff]"),
    }
    settings = SETTINGS.replace('language = "nl-BE"', 'language = "es"')
    project, findings = load(project_at(tmp_path, files, settings))
    assert project is not None
    assert [str(one) for one in findings if one.severity is Severity.ERROR] == []
    (edition,) = plan.editions(project, plan.Selection())
    made = single.make(project, edition)
    assert [str(one) for one in made.findings if one.severity is Severity.ERROR] == []
    if "onward" in names:
        assert re.search(r"step \d+", text_of(made.pdf))


def test_words_of_the_pages_beside_the_sheets_are_told_at_once(tmp_path: Path) -> None:
    settings = SETTINGS.replace('language = "nl-BE"', 'language = "es"')
    files = {"templates/strings/es.toml": without("check", "test-sheet")}
    _, findings = load(project_at(tmp_path, files, settings))
    (told,) = (one.what for one in findings if one.rule == "printed-word")
    assert re.fullmatch(r"\d+ words are missing, .* on no sheet: 'check\.[a-z-]+', .* and \d+ more", told)


PO = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"""


def with_translation_into(folder: Path, language: str, **front: str) -> Path:
    files = {
        f"content/translations/{language}/procedures/a.po": PO.format(language=language),
        "content/procedures/a.md": procedure(STEPS, title="Drawers", audiences="staff"),
        "content/handouts/gids.md": handout("a", "Read this.", title="Guide", audiences="[staff]", **front),
    }
    return project_at(folder, files)


@pytest.mark.parametrize("languages", [None, (), ("all",)])
def test_translation_before_its_printed_words_stops_no_sheet(
    tmp_path: Path, languages: tuple[str, ...] | None
) -> None:
    project, findings = load(with_translation_into(tmp_path, "eu-ES"), languages=languages)
    assert project is not None
    assert project.languages == ("nl-BE",)
    (told,) = (one for one in findings if one.rule == "printed-word")
    assert told.severity is Severity.WARNING
    assert str(told.place) == "templates/strings/eu.toml"
    assert told.what == "nothing is printed in 'eu-ES', for its printed words are missing"


@pytest.mark.parametrize(
    ("front", "languages"), [({"languages": "[nl-BE, eu]"}, ()), ({"bilingual": "eu"}, ()), ({}, ("eu",))]
)
def test_language_that_is_asked_for_needs_its_printed_words(
    tmp_path: Path, front: dict[str, str], languages: tuple[str, ...]
) -> None:
    project, findings = load(with_translation_into(tmp_path, "eu", **front), languages=languages)
    assert project is None
    told = [one.what for one in findings if one.rule == "printed-word"]
    assert told == ["there are no printed words for the language 'eu'"]
