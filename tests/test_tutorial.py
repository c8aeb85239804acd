"""The tutorial does what it says: whoever types it gets its sheets."""

from __future__ import annotations

import re
from pathlib import Path

import pypdfium2
import pytest
from docs.lesson import PICTURES, SHOWN, TUTORIAL, Act, Learner, acts

LESSON = tuple(acts(TUTORIAL.read_text("utf-8")))


@pytest.fixture(scope="module")
def learner(tmp_path_factory: pytest.TempPathFactory) -> Learner:
    """Whoever did all that the tutorial says. Only the last build is made: it makes the files of all."""
    learner = Learner(tmp_path_factory.mktemp("lesson"))
    builds = [act for act in LESSON if act.command.startswith("handout build")]
    for act in LESSON:
        if act.picture:
            continue
        if act in builds[:-1] and act is not builds[-1]:
            act = Act(command=act.command.replace("build", "check"))
        learner.do(act)
    return learner


def test_it_has_what_a_lesson_needs() -> None:
    assert sum(bool(act.path) for act in LESSON) == 5
    assert {act.picture for act in LESSON if act.picture} == set(SHOWN)
    assert all((PICTURES / f"{name}.png").is_file() for name in SHOWN)
    commands = [act.command for act in LESSON if act.command]
    assert commands[0].startswith("handout new project ")
    assert commands[-1] == "handout build"


def test_whoever_does_what_it_says_has_a_leaflet_a_poster_and_a_card(learner: Learner) -> None:
    for file, pages in zip(learner.pieces("own"), (2, 1, 2), strict=True):
        assert len(pypdfium2.PdfDocument(file)) == pages, file
    names = {path.name for path in (learner.folder / "build/visitors").glob("*.pdf")}
    assert {name for name in names if name.startswith("scan")} == set()


def test_each_file_that_it_names_is_there_when_it_is_written(tmp_path: Path) -> None:
    begun = {"scan"}
    for act in LESSON:
        if match := re.match(r"handout new (?:procedure|handout) '([^']+)'", act.command):
            begun.add(match[1].lower().replace(" ", "-"))
        if act.path:
            assert Path(act.path).stem in begun


def test_what_is_left_to_mend_at_its_end_is_what_it_says(learner: Learner) -> None:
    told = learner.do(Act(command="handout check"))
    assert set(re.findall(r"\[([a-z-]+)\]", told)) <= {"not-used"}
    assert "error" not in told
