"""Which editions a run makes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.conftest import SCHOOLS, SETTINGS, handout, loaded, procedure, project_at

from handout.model.document import SheetKind
from handout.model.findings import ExitCode, UsageError
from handout.project.load import load
from handout.project.plan import Edition, Selection, editions
from handout.project.project import Project

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
        (Selection(("begin",), mono=True), [ALL[0], "students/begin-leaflet-a4-mono"]),
        (
            Selection(("begin",), schools=("zuid",), mono=True),
            ["students/begin-leaflet-a4 for zuid", "students/begin-leaflet-a4-mono for zuid"],
        ),
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


LARGE = """
[formats.groot]
like = "leaflet-a4"
reading = "ruim"
width-mm = 210
height-mm = 297
pages = 8
"""


def read_in_two_ways(root: Path, readings: str | None = None) -> Project:
    """A project of which one format is laid out for another way of reading, which 'begin' may list."""
    more = {"readings": readings} if readings else {}
    files = {
        "content/handouts/zeker.md": handout("a", formats="[mini, leaflet-a4]", audiences="[staff]"),
        "content/handouts/begin.md": handout("a", audiences="[students]", **more),
        "content/procedures/a.md": procedure("1. Klik"),
    }
    return loaded(project_at(root, files, SETTINGS + FOLDER + LARGE))


@pytest.mark.parametrize(
    ("readings", "selection", "names"),
    [
        (None, Selection(), ["students/begin-leaflet-a4", "staff/zeker-mini", "staff/zeker-leaflet-a4"]),
        (
            "[standard, ruim]",
            Selection(("begin",)),
            ["students/begin-leaflet-a4", "students/begin-groot"],
        ),
        ("[ruim]", Selection(("begin",)), ["students/begin-groot"]),
        ("[ruim]", Selection(("begin",), readings=("standard",)), ["students/begin-leaflet-a4"]),
        (None, Selection(readings=("ruim",)), ["students/begin-groot", "staff/zeker-groot"]),
        (
            None,
            Selection(("zeker",), formats=("mini",), readings=("all",)),
            ["staff/zeker-mini", "staff/zeker-leaflet-a4-large"],
        ),
        (
            "[easy, large]",
            Selection(("begin",), readings=("all",)),
            [
                f"students/begin-{name}"
                for name in ("leaflet-a4", "leaflet-a4-large", "leaflet-a4-easy", "groot")
            ],
        ),
        (
            None,
            Selection(("begin",), readings=("all",)),
            [f"students/begin-{name}" for name in ("leaflet-a4", "leaflet-a4-large", "groot")],
        ),
        (
            None,
            Selection(("zeker",), formats=("leaflet-a4",), readings=("standard", "ruim")),
            ["staff/zeker-leaflet-a4", "staff/zeker-groot"],
        ),
    ],
)
def test_handout_is_laid_out_for_the_readings_that_it_lists_or_which_are_asked_for(
    tmp_path: Path, readings: str | None, selection: Selection, names: list[str]
) -> None:
    planned = editions(read_in_two_ways(tmp_path, readings), selection)
    assert [edition.name for edition in planned] == names
    assert {edition.reading for edition in planned if edition.format == "groot"} <= {"ruim"}


@pytest.mark.parametrize(
    ("selection", "what", "fix"),
    [
        (
            Selection(formats=("mini",), readings=("ruim",)),
            "none of these sheets is laid out for the reading 'ruim'",
            "these formats are: leaflet-a4",
        ),
        (Selection(readings=("ruin",)), "there is no reading 'ruin'", "did you mean 'ruim'? Known: all, "),
        (
            Selection(formats=("groot",)),
            "'groot' is the format 'leaflet-a4' for the reading 'ruim'",
            "ask for it so: --format leaflet-a4 --reading ruim",
        ),
    ],
)
def test_reading_that_no_format_has_is_wrong_usage_which_names_those_that_do(
    tmp_path: Path, selection: Selection, what: str, fix: str
) -> None:
    with pytest.raises(UsageError) as raised:
        editions(read_in_two_ways(tmp_path), selection)

    assert raised.value.what == what
    assert raised.value.fix.startswith(fix)


def test_front_matter_that_asks_for_a_reading_which_no_format_has_is_told_at_its_line(tmp_path: Path) -> None:
    files = {
        "content/handouts/begin.md": handout("a", formats="[mini, groot]", readings="[ruim]"),
        "content/procedures/a.md": procedure("1. Klik"),
    }
    _, findings = load(project_at(tmp_path, files, SETTINGS + FOLDER + LARGE))

    assert [(finding.place.line, finding.what, finding.fix) for finding in findings] == [
        (
            4,
            "'groot' is the format 'leaflet-a4' for the reading 'ruim'",
            "write leaflet-a4 under 'formats', and readings: [standard, ruim]",
        ),
        (
            6,
            "no format of this handout is laid out for the reading 'ruim'",
            "take it out, or add a format that is: leaflet-a4",
        ),
    ]


def test_school_has_copies_in_its_languages_alone(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    north, south = project.schools
    project = replace(project, schools=(replace(north, languages=("fr",)), replace(south, languages=("nl",))))

    planned = editions(project, Selection(("begin",), schools=("all",)))

    assert [edition.name for edition in planned] == ["students/begin-leaflet-a4 for zuid"]
    with pytest.raises(UsageError, match="'noord' wants its copies in fr; there is 'nl-BE'") as caught:
        editions(project, Selection(schools=("noord",)))
    assert "content/schools.csv:2" in caught.value.fix


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
    assert copies[0] == "schools/noord/students/begin-leaflet-a4-noord.pdf"
    assert len({*general, *copies}) == len(general) + len(copies) == 15


SHEETS = """
[formats.pocket]
width-mm = 74.25
height-mm = 105
pages = 8
sheets = ["mini", "print-shop", "booklet"]
"""


def only_edition(root: Path, selection: Selection, settings: str = SHEETS) -> Edition:
    files = {
        "content/handouts/zak.md": handout("a", formats="[pocket]"),
        "content/procedures/a.md": procedure("1. Klik"),
    }
    (edition,) = editions(loaded(project_at(root, files, SETTINGS + settings)), selection)
    return edition


def test_first_print_sheet_has_the_plainest_name_and_the_others_that_of_their_kind(tmp_path: Path) -> None:
    edition = only_edition(tmp_path, Selection(audiences=("staff",)))

    assert edition.sheets == (SheetKind.MINI, SheetKind.PRINT_SHOP, SheetKind.BOOKLET)
    assert edition.paths == (
        "staff/zak-pocket.pdf",
        "staff/zak-pocket-print.pdf",
        "staff/zak-pocket-shop.pdf",
        "staff/zak-pocket-print-booklet.pdf",
    )


@pytest.mark.parametrize("sheets", ["", 'sheets = ["print-shop"]'])
def test_print_shop_gets_one_file_however_often_it_is_asked(tmp_path: Path, sheets: str) -> None:
    settings = f"\n[formats.pocket]\nwidth-mm = 74.25\nheight-mm = 105\npages = 8\n{sheets}\n"
    edition = only_edition(tmp_path, Selection(audiences=("staff",), print_shop=True), settings)

    assert edition.paths == ("staff/zak-pocket.pdf", "staff/zak-pocket-shop.pdf")


def test_black_only_edition_has_print_sheets_of_its_own(tmp_path: Path) -> None:
    files = {
        "content/handouts/zak.md": handout("a", formats="[pocket]", audiences="[staff]"),
        "content/procedures/a.md": procedure("1. Klik"),
    }
    project = loaded(project_at(tmp_path, files, SETTINGS + SHEETS))

    _, mono = editions(project, Selection(mono=True))

    assert mono.paths == (
        "staff/zak-pocket-mono.pdf",
        "staff/zak-pocket-mono-print.pdf",
        "staff/zak-pocket-mono-shop.pdf",
        "staff/zak-pocket-mono-print-booklet.pdf",
    )


def test_two_files_of_one_name_are_wrong_usage(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a", formats="[pocket-mono, pocket]", audiences="[staff]"),
        "content/procedures/a.md": procedure("1. Klik"),
    }
    other = SHEETS.replace("[formats.pocket]", "[formats.pocket-mono]")
    project = loaded(project_at(tmp_path, files, SETTINGS + SHEETS + other))

    assert len(editions(project, Selection())) == 2
    with pytest.raises(UsageError) as raised:
        editions(project, Selection(mono=True))

    assert "both make the file 'staff/gids-pocket-mono.pdf'" in raised.value.what
    assert raised.value.fix == "rename one of the two handouts or formats"


def test_options_for_more_files_leave_a_selection_whole() -> None:
    assert Selection(mono=True, print_shop=True).is_everything
    assert not Selection(("gids",), mono=True).is_everything
