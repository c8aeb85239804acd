"""Which editions a run makes."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import SCHOOLS, SETTINGS, handout, loaded, procedure, project_at

from handout.errors import ExitCode, UsageError
from handout.plan import Selection, editions
from handout.project import Project

FOLDER = "\n[formats.mini]\nwidth-mm = 74\nheight-mm = 105\npages = 8\n"


def a_project(root: Path) -> Project:
    files = {
        "content/handouts/zeker.md": handout("a", formats="[mini, leaflet-a4]"),
        "content/handouts/begin.md": handout("a", audiences="[students]"),
        "content/procedures/a.md": procedure("1. Klik"),
        "content/schools.csv": SCHOOLS,
    }
    return loaded(project_at(root, files, SETTINGS + FOLDER))


ALL = [
    "students/begin-leaflet-a4",
    "staff/zeker-mini",
    "staff/zeker-leaflet-a4",
    "students/zeker-mini",
    "students/zeker-leaflet-a4",
]


@pytest.mark.parametrize(
    ("selection", "names"),
    [
        (Selection(), ALL),
        (Selection(handouts=("begin",)), ALL[:1]),
        (Selection(handouts=("zeker", "begin")), ALL),
        (Selection(audiences=("staff",)), ALL[1:3]),
        (Selection(audiences=("students", "staff")), ALL),
        (Selection(formats=("mini",)), ["staff/zeker-mini", "students/zeker-mini"]),
        (Selection(("zeker",), ("staff",), ("mini",)), ["staff/zeker-mini"]),
        (Selection(languages=("nl-BE",)), ALL),
        (Selection(("begin",), schools=("zuid",)), ["students/begin-leaflet-a4 for zuid"]),
        (
            Selection(("begin",), schools=("zuid", "noord")),
            ["students/begin-leaflet-a4 for noord", "students/begin-leaflet-a4 for zuid"],
        ),
        (
            Selection(("begin",), schools=("all",)),
            ["students/begin-leaflet-a4 for noord", "students/begin-leaflet-a4 for zuid"],
        ),
    ],
)
def test_selection_gives_the_editions_that_it_names_in_one_order(
    tmp_path: Path, selection: Selection, names: list[str]
) -> None:
    assert [edition.name for edition in editions(a_project(tmp_path), selection)] == names


@pytest.mark.parametrize(
    ("selection", "what", "fix"),
    [
        (Selection(handouts=("begn",)), "there is no handout 'begn'", "did you mean 'begin'?"),
        (Selection(audiences=("staf",)), "there is no audience 'staf'", "did you mean 'staff'?"),
        (Selection(formats=("minni",)), "there is no format 'minni'", "did you mean 'mini'?"),
        (Selection(languages=("fr",)), "there is no language 'fr'", "use one of: nl-BE"),
        (Selection(schools=("nord",)), "there is no school 'nord'", "did you mean 'noord'?"),
    ],
)
def test_unknown_name_in_a_selection_is_wrong_usage(
    tmp_path: Path, selection: Selection, what: str, fix: str
) -> None:
    with pytest.raises(UsageError) as raised:
        editions(a_project(tmp_path), selection)

    assert raised.value.what == what
    assert raised.value.fix.startswith(fix)
    assert raised.value.exit_code is ExitCode.USAGE


def test_selection_that_leaves_nothing_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no handout fits this selection"):
        editions(a_project(tmp_path), Selection(("begin",), ("staff",)))


def test_school_asked_for_in_a_project_without_schools_is_wrong_usage(tmp_path: Path) -> None:
    files = {"content/handouts/gids.md": handout("a"), "content/procedures/a.md": procedure("1. Klik")}
    project = loaded(project_at(tmp_path, files))

    with pytest.raises(UsageError, match="there are no schools"):
        editions(project, Selection(schools=("all",)))


def test_each_edition_has_a_file_of_its_own(tmp_path: Path) -> None:
    project = a_project(tmp_path)

    general = [edition.output_path for edition in editions(project, Selection())]
    copies = [edition.output_path for edition in editions(project, Selection(schools=("all",)))]

    assert general[1] == "staff/zeker-mini.pdf"
    assert copies[0] == "schools/noord/students/begin-leaflet-a4.pdf"
    assert len({*general, *copies}) == len(general) + len(copies) == 15
