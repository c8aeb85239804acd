"""What is folded: its panels come in order and upright, clear of edge and fold, and are filled alike."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
import zxingcpp
from numpy.typing import NDArray
from PIL import Image
from tests.conftest import REPOSITORY, handout, loaded, procedure, project_at
from tests.handbook import handbook as house
from tests.handbook.reading import Run, read, squeezed
from tests.paper.impose.test_impose import fold_mini

from handout.editions import single
from handout.editions.single import Made
from handout.model.document import Section, SheetKind
from handout.model.findings import Severity
from handout.model.text import Choice, NumberedSteps, Route, plain_text
from handout.model.units import MM_PER_INCH, POINTS_PER_INCH, mm_to_pt
from handout.model.walk import step_numbers
from handout.paper.impose import TRIFOLD_WIDTHS_MM
from handout.project import plan
from handout.project.project import Project

DPI = 150
DOTS_PER_MM = DPI / MM_PER_INCH
PAPER_EDGE_MM = 8
"""What printers leave white."""
FOLD_MM = 5
"""A fold that is a little off may not run through a word."""
MARK_MM = 1.5
"""Around the ticks of folds and of the cut."""
PANEL_MM = (74.25, 105.0)
LEAST_TYPE_PT = 9.5
MOST_SIZES = 5
COARSE = 8
SAME_SIZE_PT = 0.1
HIGHEST_PART = 0.40
MOST_UNLIKE_MM = 10
FOLDED = (
    ("je-pas", "mini", "staff"),
    ("je-pas", "mini", "students"),
    ("mfa-instellen", "trifold", "staff"),
    ("mfa-instellen", "trifold", "students"),
    ("vergeten-of-kwijt", "leaflet-a5", "students"),
)
SLOTS = ("ict-anchor", "room", "phone", "hours")
FIRST_STEP_ON = {"mini": 2, "trifold": 3, "leaflet-a5": 1}
"""The page on which the steps begin, as readers count."""

Raster = NDArray[np.uint8]


@cache
def folded(slug: str, format_: str, audience: str) -> Made:
    """Return a piece of the handbook, made and without errors."""
    return right(house.made(planned(house.project(), slug, format_, audience)))


def made(project: Project, slug: str, format_: str, audience: str) -> Made:
    return right(single.make(project, planned(project, slug, format_, audience)))


def planned(project: Project, slug: str, format_: str, audience: str) -> plan.Edition:
    (edition,) = plan.editions(project, plan.Selection((slug,), (audience,), (format_,)))
    return edition


def right(one: Made) -> Made:
    assert [str(finding) for finding in one.findings if finding.severity is Severity.ERROR] == []
    return one


def rasters(pdf: bytes) -> list[Raster]:
    """Return the pages of *pdf* in grey, a row of dots from the top each."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [
            np.asarray(page.render(scale=DPI / POINTS_PER_INCH, grayscale=True).to_pil()) for page in document
        ]
    finally:
        document.close()


def page_texts(pdf: bytes) -> list[str]:
    """Return the words of each page, without white space."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [squeezed(page.get_textpage().get_text_bounded()) for page in document]
    finally:
        document.close()


def dots(length_mm: float) -> int:
    return round(length_mm * DOTS_PER_MM)


def rows_of(section: Section) -> int:
    return len(list(step_numbers(section.blocks)))


# ---- the mini on its sheet --------------------------------------------------------------------


def mini_sheet(audience: str) -> Raster:
    (sheet,) = (s for s in folded("je-pas", "mini", audience).sheets if s.kind is SheetKind.MINI)
    assert sheet.printing is not None
    assert sheet.printing.sides == 1
    (raster,) = rasters(sheet.data)
    return raster


def panel_of(sheet: Raster, row: int, column: int) -> Raster:
    """Return a panel of *sheet* as its reader holds it: the upper row is turned."""
    left, top = (dots(length * place) for length, place in zip(PANEL_MM, (column, row), strict=True))
    cut = sheet[top : top + dots(PANEL_MM[1]), left : left + dots(PANEL_MM[0])]
    return cut if row else cut[::-1, ::-1]


def unlikeness(panel: Raster, page: Raster) -> float:
    """Return by how many greys two pictures differ on average, away from edges and marks.

    Both are made coarse: on the sheet a page may be moved by a part of a dot.
    """
    height, width = (min(sides) for sides in zip(panel.shape, page.shape, strict=True))
    inner = slice(dots(FOLD_MM), height - dots(PAPER_EDGE_MM)), slice(dots(FOLD_MM), width - dots(FOLD_MM))
    one, other = (
        np.asarray(Image.fromarray(np.ascontiguousarray(side[inner])).reduce(COARSE), np.int16)
        for side in (panel, page)
    )
    return float(np.abs(one - other).mean())


@pytest.mark.parametrize("audience", ["staff", "students"])
def test_eight_panels_of_the_mini_are_read_in_order_and_upright_when_it_is_folded(audience: str) -> None:
    sheet = mini_sheet(audience)
    pages = rasters(folded("je-pas", "mini", audience).pdf)
    found = {}
    for row, column in product(range(2), range(4)):
        by_page = [unlikeness(panel_of(sheet, row, column), page) for page in pages]
        assert min(by_page) < 0.5 * sorted(by_page)[1]
        found[row, column] = 1 + by_page.index(min(by_page))
    upper, lower = ([found[row, column] for column in range(4)] for row in range(2))
    assert fold_mini(upper, lower) == (1, 2, 3, 4, 5, 6, 7, 8)


@pytest.mark.parametrize("audience", ["staff", "students"])
def test_outer_8_mm_of_the_sheet_of_the_mini_hold_nothing_but_the_ticks_of_its_folds(audience: str) -> None:
    ink = mini_sheet(audience) < 255
    near = dots(MARK_MM)
    for column in (1, 2, 3):
        middle = dots(column * PANEL_MM[0])
        ink[:, middle - near : middle + near] = False
    ink[dots(PANEL_MM[1]) - near : dots(PANEL_MM[1]) + near] = False
    edge = dots(PAPER_EDGE_MM) - 1
    strips = {"top": ink[:edge], "bottom": ink[-edge:], "left": ink[:, :edge], "right": ink[:, -edge:]}
    assert {name: int(strip.sum()) for name, strip in strips.items()} == dict.fromkeys(strips, 0)


@pytest.mark.parametrize("audience", ["staff", "students"])
def test_words_of_the_mini_stay_clear_of_its_folds_and_of_the_edge_of_the_paper(audience: str) -> None:
    for number, raster in enumerate(rasters(folded("je-pas", "mini", audience).pdf), 1):
        ink = raster < 255
        fold, edge = dots(FOLD_MM) - 1, dots(PAPER_EDGE_MM) - 1
        # Its foot lies at the edge of the paper, and one of its sides may.
        strips = (ink[:fold], ink[-edge:], ink[:, :edge], ink[:, -edge:])
        assert [int(strip.sum()) for strip in strips] == [0, 0, 0, 0], f"page {number}"


def test_back_of_the_mini_tells_how_it_is_made_and_who_helps() -> None:
    words = house.project().strings["nl"]
    back = page_texts(folded("je-pas", "mini", "staff").pdf)[-1]
    for key in ("make.title", "make.fold", "make.cut", "make.push", "help", "school.room"):
        assert squeezed(words[key]) in back


def test_mini_has_one_step_a_panel_where_there_are_as_many_as_panels() -> None:
    one = folded("je-pas", "mini", "staff")
    (section,) = one.document.sections
    (run,) = (block for block in section.blocks if isinstance(block, NumberedSteps))
    pages = page_texts(one.pdf)
    for number, step in enumerate(run.steps, 1):
        assert f"{number}{squeezed(plain_text(step.command))}" in pages[number]


def test_mini_of_several_procedures_begins_a_panel_with_each(tmp_path: Path) -> None:
    names = "abcdef"
    files = {
        "content/handouts/gids.md": handout(", ".join(names), formats="[mini]"),
        **{f"content/procedures/{n}.md": procedure("1. Klik hier.", title=f"Deel {n}") for n in names},
    }
    one = made(loaded(project_at(tmp_path, files)), "gids", "mini", "staff")
    pages = page_texts(one.pdf)
    assert one.page_count == 8
    assert [f"Deel{name}" in page for name, page in zip(names, pages[1:7], strict=True)] == [True] * 6
    assert not any("stappen" in page for page in pages)


# ---- type and order ---------------------------------------------------------------------------


def runs_outside_drawings(pdf: bytes) -> Iterator[Run]:
    reading = read(pdf)
    drawn = {run.mark for figure in reading.root.all("Figure") for run in figure.runs()}
    return (run for run in reading.runs if run.text.strip() and (run.mark is None or run.mark not in drawn))


@pytest.mark.parametrize("piece", FOLDED, ids="-".join)
def test_folded_piece_has_at_most_five_sizes_of_type_and_none_under_the_floor(
    piece: tuple[str, str, str],
) -> None:
    sizes: list[float] = []
    for size_pt in sorted({run.size_pt for run in runs_outside_drawings(folded(*piece).pdf)}):
        if not sizes or size_pt > sizes[-1] + SAME_SIZE_PT:
            sizes.append(size_pt)
    assert sizes[0] >= LEAST_TYPE_PT - 0.01
    assert len(sizes) <= MOST_SIZES, sizes


@pytest.mark.parametrize("piece", FOLDED, ids="-".join)
def test_first_step_stands_in_the_upper_part_of_the_panel_where_steps_begin(
    piece: tuple[str, str, str],
) -> None:
    one = folded(*piece)
    blocks = one.document.sections[0].blocks
    command = next(block for block in blocks if isinstance(block, NumberedSteps)).steps[0].command
    document = pypdfium2.PdfDocument(one.pdf)
    try:
        page = document[FIRST_STEP_ON[piece[1]] - 1]
        text = page.get_textpage()
        found = text.search(" ".join(plain_text(command).split()[:2])).get_next()
        assert found is not None
        _, _, _, top_pt = text.get_charbox(found[0])
        assert page.get_height() - top_pt <= HIGHEST_PART * page.get_height()
    finally:
        document.close()


@pytest.mark.parametrize("piece", FOLDED, ids="-".join)
def test_address_under_the_code_breaks_between_its_parts_only(piece: tuple[str, str, str]) -> None:
    one = right(house.made(house.coded(planned(house.project(), *piece))))
    assert one.document.qr is not None
    document = pypdfium2.PdfDocument(one.pdf)
    try:
        lines = [line.strip() for page in document for line in page.get_textpage().get_text_bounded().split()]
    finally:
        document.close()
    assert one.document.qr.text.rsplit("/", 1)[1] in {line.rsplit("/", 1)[-1] for line in lines}


# ---- the tri-fold -----------------------------------------------------------------------------


def test_cover_of_the_tri_fold_counts_the_steps_of_the_model() -> None:
    one = folded("mfa-instellen", "trifold", "staff")
    words = house.project().strings["nl"]["way-in-steps"]
    (choice,) = (block for block in one.document.opening if isinstance(block, Choice))
    walked = {
        option.title: sum(len(block.numbers) for block in option.blocks if isinstance(block, Route))
        for option in choice.options
    }
    assert walked["App"] == rows_of(one.document.sections[0])
    for title, count in walked.items():
        assert squeezed(words.format(title=title, count=count)) in page_texts(one.pdf)[0]


def test_panels_inside_the_tri_fold_are_filled_to_the_foot() -> None:
    one = folded("mfa-instellen", "trifold", "students")
    for raster, width_mm in list(zip(rasters(one.pdf), TRIFOLD_WIDTHS_MM, strict=True))[2:5]:
        assert abs(raster.shape[1] - dots(width_mm)) <= 1
        assert lowest_ink_mm(raster) > 180


def lowest_ink_mm(raster: Raster) -> float:
    """Return how far the lowest ink is from the top."""
    lowest = int(np.flatnonzero((raster < 128).any(axis=1))[-1])
    return lowest / DOTS_PER_MM


# ---- the leaflet on A5 ------------------------------------------------------------------------

FOOT_MM = 19
"""What the lines at the foot take of a page."""


def test_both_sides_of_the_a5_leaflet_are_filled_alike() -> None:
    sides = rasters(folded("vergeten-of-kwijt", "leaflet-a5", "students").pdf)
    lowest = [lowest_ink_mm(raster[: -dots(FOOT_MM)]) for raster in sides]
    assert abs(lowest[0] - lowest[1]) < MOST_UNLIKE_MM
    assert min(lowest) > 170


def test_who_helps_stands_on_the_side_of_the_first_procedure_of_an_a5_leaflet() -> None:
    help_ = squeezed(house.project().strings["nl"]["help"])
    front, back = page_texts(folded("vergeten-of-kwijt", "leaflet-a5", "students").pdf)
    assert (help_ in front, help_ in back) == (True, False)


# ---- a script to the left ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def mirrored(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The handbook with its Dutch texts, set as a language that is read from the right."""
    root = tmp_path_factory.mktemp("mirrored")
    for folder in ("content", "templates", "styles"):
        shutil.copytree(REPOSITORY / folder, root / folder)
    words = root / "templates/strings/ar.toml"
    arabic, dutch = (house.project().strings[language] for language in ("ar", "nl"))
    text = words.read_text("utf-8")
    for slot in SLOTS:  # what PDFium can search for
        text = text.replace(f'= "{arabic[f"school.{slot}"]}"', f'= "{dutch[f"school.{slot}"]}"')
    words.write_text(text, "utf-8")
    settings = (REPOSITORY / "handout.toml").read_text("utf-8")
    (root / "handout.toml").write_text(settings.replace('language = "nl-BE"', 'language = "ar"'), "utf-8")
    return loaded(root)


def code_middle(raster: Raster) -> float:
    """Return where the code stands across the page: 0 at the left edge, 1 at the right one."""
    (code,) = zxingcpp.read_barcodes(Image.fromarray(raster))
    middle = (code.position.top_left.x + code.position.bottom_right.x) / 2
    width = len(raster[0])
    return middle / width


def test_code_of_an_a5_leaflet_changes_sides_with_the_direction_of_the_text(mirrored: Project) -> None:
    piece = ("vergeten-of-kwijt", "leaflet-a5", "students")
    dutch = rasters(right(house.made(house.coded(planned(house.project(), *piece)))).pdf)[1]
    arabic = rasters(right(single.make(mirrored, house.coded(planned(mirrored, *piece)))).pdf)[1]
    assert code_middle(dutch) < 0.35
    assert code_middle(arabic) == pytest.approx(1 - code_middle(dutch), abs=0.02)


def test_slots_of_who_helps_stand_in_rows_in_either_direction(mirrored: Project) -> None:
    words = house.project().strings["nl"]
    for one, sign in (
        (folded("vergeten-of-kwijt", "leaflet-a5", "students"), 1),
        (made(mirrored, "vergeten-of-kwijt", "leaflet-a5", "students"), -1),
    ):
        name, room, phone, hours = (word_corner(one.pdf, words[f"school.{slot}"]) for slot in SLOTS)
        assert sign * (room[0] - name[0]) > mm_to_pt(40)
        assert sign * (hours[0] - phone[0]) > mm_to_pt(40)
        assert name[1] == pytest.approx(room[1], abs=0.5)
        assert phone[1] == pytest.approx(hours[1], abs=0.5)


def word_corner(pdf: bytes, word: str) -> tuple[float, float]:
    """Return the left and the bottom of the last *word* on the first page, in points."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        text = document[0].get_textpage()
        search, last = text.search(word, match_whole_word=True), None
        while (found := search.get_next()) is not None:
            last = found
        assert last is not None, word
        left, bottom, _, _ = text.get_charbox(last[0], loose=True)
        return left, bottom
    finally:
        document.close()


@pytest.mark.parametrize(("slug", "format_"), [("je-pas", "mini"), ("mfa-instellen", "trifold")])
def test_folded_piece_fits_in_a_script_to_the_left_too(mirrored: Project, slug: str, format_: str) -> None:
    made(mirrored, slug, format_, "students")
