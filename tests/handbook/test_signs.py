"""Posters, table tents and cards: what is read from afar or at a glance, and scanned in passing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from io import BytesIO

import numpy as np
import pikepdf
import pypdfium2
import pytest
import zxingcpp
from fontTools.ttLib import TTFont
from PIL import Image
from tests.handbook.handbook import SCAN_DPI, Handbook, Piece, coded, made
from tests.handbook.reading import Run, Tag, squeezed
from tests.handbook.test_codes import black_and_white, payloads

from handout.editions import single
from handout.model.text import Block, BulletList, NumberedStep, NumberedSteps, Paragraph, Picture, plain_text
from handout.model.units import MM_PER_INCH, pt_to_mm
from handout.paper.engine.fonts import FONT_FILES
from handout.project.plan import Selection, editions
from handout.proof import opened

COARSE_DPI = 100
"""A poster that was faxed, photographed or blown up from A4 still leads to its page."""
POSTER_EDGE_MM = 10
CARD_EDGE_MM = 5
MOST_SIZES = 5
COMFORTABLE = 200
LEGIBLE = 300
"""A capital reads well from 200 times its height, and at all from 300 times."""
HEADLINE_FROM_MM = 5000
STEPS_FROM_MM = 3000
TENT_FROM_MM = 1000
FOLD_DPI = 4 * MM_PER_INCH
"""Four pixels a millimetre: the fold of an A4 lies between two rows of pixels."""
SMOOTHING = 96
"""Levels of grey, of 255."""


def signs(handbook: Handbook, *formats: str) -> list[Piece]:
    found = [piece for piece in handbook.pieces if piece.row["format"] in formats]
    assert {piece.row["format"] for piece in found} == set(formats)
    return found


@cache
def capital_em(family: str) -> float:
    """Return how tall a capital of *family* is, in ems, from the font itself."""
    file = next(file for file in FONT_FILES if file.name.startswith(family))
    font = TTFont(BytesIO(file.bytes()))
    return float(font["OS/2"].sCapHeight / font["head"].unitsPerEm)


def capital_mm(run: Run) -> float:
    family = "Lexend" if "Lexend" in run.font else "AtkinsonHyperlegible"
    return pt_to_mm(run.size_pt) * capital_em(family)


def too_low(runs: Iterable[Run], least_mm: float) -> Iterator[str]:
    for run in runs:
        if capital_mm(run) < least_mm:
            yield f"capitals of '{run.text}' are {capital_mm(run):.1f} mm; they need {least_mm:.1f} mm"


def steps_of(piece: Piece) -> list[NumberedStep]:
    blocks = [block for section in piece.document.sections for block in section.blocks]
    return [step for block in blocks if isinstance(block, NumberedSteps) for step in block.steps]


def infos(blocks: Iterable[Block]) -> Iterator[str]:
    """Yield the words of each paragraph in *blocks*."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield plain_text(block.children)
        elif isinstance(block, BulletList):
            for item in block.items:
                yield from infos(item)


def printed(piece: Piece, words: str) -> list[Run]:
    """Return the runs of the paragraph that says *words*."""
    paragraphs = [tag for tag in piece.reading.root.all("P") if squeezed(tag.text) == squeezed(words)]
    assert paragraphs, f"'{words}' is no paragraph of {piece.path}"
    return list(paragraphs[0].runs())


# ---- posters ----------------------------------------------------------------------------------


def posters_with_a_code(handbook: Handbook, link: str = "security-info") -> list[Piece]:
    """Return the posters on setting MFA up as they would be with a code that leads to *link*."""
    found = []
    for piece in signs(handbook, "poster-a3"):
        if piece.row["handout"] == "mfa-in-3-stappen":
            (edition,) = editions(
                handbook.project, Selection((piece.row["handout"],), (piece.row["audience"],))
            )
            one = made(coded(edition, link))
            assert one.findings == ()
            assert one.document.qr is not None
            row = piece.row.copy()
            row["qr"] = [one.document.qr.url]
            found.append(replace(piece, pdf=one.pdf, document=one.document, row=row))
    assert found
    return found


def test_code_of_a_poster_is_read_from_a_coarse_scan_in_black_and_white(handbook: Handbook) -> None:
    for piece in (*posters_with_a_code(handbook), *posters_with_a_code(handbook, "sign-in")):
        scans = (black_and_white(raster) for raster in piece.rasters(COARSE_DPI))
        assert payloads(zxingcpp.read_barcodes(scan) for scan in scans) == piece.row["qr"], piece.path


@pytest.mark.parametrize(("link", "steps"), [("sign-in", [2]), ("security-info", [])])
def test_code_of_a_poster_is_the_object_of_the_step_that_names_it(
    handbook: Handbook, link: str, steps: list[int]
) -> None:
    for piece in posters_with_a_code(handbook, link):
        assert piece.document.qr is not None
        items: list[Tag] = piece.reading.root.all("LI")
        figures = [[tag.alt for tag in item.all("Figure")] for item in items]
        has_code = [any(piece.document.qr.text in alt for alt in alts) for alts in figures]
        assert [number for number, has in enumerate(has_code) if has] == steps, piece.path


def test_code_of_a_poster_takes_the_larger_half_of_its_width(handbook: Handbook) -> None:
    for piece in posters_with_a_code(handbook):
        with pikepdf.open(BytesIO(piece.pdf)) as pdf:
            alts = [
                (tag, str(tag.get("/Alt", ""))) for tag in pdf.objects if isinstance(tag, pikepdf.Dictionary)
            ]
            (box,) = [tag.A.BBox for tag, alt in alts if alt.startswith("QR-code naar")]
            width_mm = pt_to_mm(float(box[2]) - float(box[0]))
        assert width_mm >= 0.45 * 297, piece.path


FREE_MM = {
    ("poster-a3", "lokaal"): (100, 40),
    ("poster-a3", "naam"): (85, 18),
    ("poster-a3", "telefoon"): (75, 18),
    ("tent-a4", "lokaal"): (65, 18),
    ("tent-a4", "naam"): (50, 10),
    ("tent-a4", "telefoon"): (50, 10),
}
"""How much white there is to write on beside the word of a field: across for a marker or a pen, and up."""


def white_beside_mm(piece: Piece, word: str, across_mm: float) -> float:
    """Return how high the white is that begins behind *word*, of the face that stands upright."""
    page = pypdfium2.PdfDocument(piece.pdf)[0]
    text = page.get_textpage()
    found = list(iter(text.search(word).get_next, None))
    # A tent says it twice: on the face that stands on its head the word runs to the left.
    at, count = min(found, key=lambda spot: text.get_charbox(spot[0])[1])
    _, low, _, top = text.get_charbox(at)
    right = text.get_charbox(at + count - 1)[2]
    dots = FOLD_DPI / MM_PER_INCH
    scan = np.asarray(page.render(scale=FOLD_DPI / 72, grayscale=True).to_pil()) < SMOOTHING
    left = int((pt_to_mm(right) + 1) * dots)
    row = int(pt_to_mm(page.get_height() - (low + top) / 2) * dots)
    dark = np.flatnonzero(scan[:, left : left + int(across_mm * dots)].any(axis=1))
    return float(min(dark[dark > row]) - max(dark[dark < row])) / dots


@pytest.mark.parametrize(("name", "word"), FREE_MM)
def test_who_fills_in_a_sign_by_hand_has_room_to_write(handbook: Handbook, name: str, word: str) -> None:
    across_mm, high_mm = FREE_MM[name, word]
    for piece in signs(handbook, name):
        assert white_beside_mm(piece, word, across_mm) >= high_mm, piece.path


def test_headline_of_a_poster_is_read_from_five_metres(handbook: Handbook) -> None:
    for piece in signs(handbook, "poster-a3"):
        (headline,) = piece.reading.root.all("H1")
        assert squeezed(headline.text) == squeezed(piece.document.title)
        assert not list(too_low(headline.runs(), HEADLINE_FROM_MM / LEGIBLE)), piece.path


def test_steps_of_a_poster_are_read_from_three_metres(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        if piece.row["format"] != "poster-a3":
            return
        for step in steps_of(piece):
            yield from too_low(printed(piece, plain_text(step.command)), STEPS_FROM_MM / COMFORTABLE)
            for info in infos(step.blocks):
                yield from too_low(printed(piece, info), STEPS_FROM_MM / LEGIBLE)

    assert all(steps_of(piece) for piece in signs(handbook, "poster-a3"))
    handbook.judge(faults)


def ink_in_the_edge(raster: Image.Image, edge_mm: float) -> bool:
    """Tell whether the outer *edge_mm* of a scan is not white."""
    # One pixel less: a pixel on the border belongs to both sides.
    edge = int(edge_mm / MM_PER_INCH * SCAN_DPI) - 1
    ink = np.asarray(raster) < 255
    return bool(ink.sum() > ink[edge:-edge, edge:-edge].sum())


def test_nothing_of_a_poster_is_printed_in_the_outer_10_mm(handbook: Handbook) -> None:
    for piece in signs(handbook, "poster-a3"):
        assert not any(ink_in_the_edge(raster, POSTER_EDGE_MM) for raster in piece.scans), piece.path


def test_poster_has_one_drawing_at_most(handbook: Handbook) -> None:
    # It stands askew: two would be a mess.
    for piece in signs(handbook, "poster-a3"):
        drawings = [block for step in steps_of(piece) for block in step.blocks if isinstance(block, Picture)]
        assert len(drawings) <= 1, piece.path


# ---- tents and cards --------------------------------------------------------------------------


def test_both_faces_of_a_tent_are_the_same(handbook: Handbook) -> None:
    for piece in signs(handbook, "tent-a4"):
        (raster,) = piece.rasters(FOLD_DPI)
        sheet = np.asarray(raster, dtype=int)
        half = len(sheet) // 2
        upper, lower = sheet[:half], sheet[-half:]
        # The smoothing of edges falls out differently upside down.
        differing = np.abs(upper[::-1, ::-1] - lower) > SMOOTHING
        assert differing.mean() < 0.001, piece.path


def test_steps_of_a_tent_are_read_from_a_metre(handbook: Handbook) -> None:
    for piece in signs(handbook, "tent-a4"):
        for step in steps_of(piece):
            for words in (plain_text(step.command), *infos(step.blocks)):
                assert not list(too_low(printed(piece, words), TENT_FROM_MM / LEGIBLE)), piece.path


def test_nothing_of_a_card_is_printed_in_its_outer_5_mm(handbook: Handbook) -> None:
    for piece in signs(handbook, "card"):
        assert not any(ink_in_the_edge(raster, CARD_EDGE_MM) for raster in piece.scans), piece.path


def test_card_without_a_code_has_lines_to_write_on(handbook: Handbook) -> None:
    by_hand = [piece for piece in signs(handbook, "card") if piece.document.qr is None]
    assert by_hand
    for piece in by_hand:
        # Nobody takes the day that the card is reprinted for the day that the pass ends.
        assert piece.document.valid_until is None, piece.path
        assert squeezed("je pas") in piece.reading.text
        assert squeezed("geldig tot") in piece.reading.text


def test_signs_have_at_most_five_sizes_of_type(handbook: Handbook) -> None:
    for piece in signs(handbook, "poster-a3", "tent-a4", "card"):
        drawings = [run for figure in piece.reading.root.all("Figure") for run in figure.runs()]
        # The face of a tent that is turned over has no tags: its drawings are known by their words.
        drawn = {(run.text, run.size_pt) for run in drawings}
        sizes = {round(run.size_pt, 1) for run in piece.reading.runs if (run.text, run.size_pt) not in drawn}
        assert len(sizes) <= MOST_SIZES, f"{piece.path}: {sorted(sizes)} pt"


# ---- what leads to all of them ---------------------------------------------------------------------

TRANSLATED = ("mfa-instellen", "het-lukt-niet", "mijn-pas")


def test_wayfinding_sheet_offers_five_languages_on_its_one_page(handbook: Handbook) -> None:
    languages = ("nl-BE", "ar", "en", "fr", "tr", "uk")
    handouts = {
        slug: replace(handout, languages=languages) if slug in TRANSLATED else handout
        for slug, handout in handbook.project.handouts.items()
    }
    project = replace(handbook.project, handouts=handouts)
    (one,) = editions(project, Selection(handouts=("begin-hier",), audiences=("students",)))
    sheet = single.make(project, one)
    assert [str(finding) for finding in sheet.findings] == []
    with opened(sheet.pdf) as paper:
        assert len(paper.boxes) == 1
        said = [leaf.text for leaf in paper.leaves]
    row = said.index("العربية·English·français·Türkçe·українська")
    letters = [project.letters[slug] for slug in ("mfa-instellen", "mijn-pas", "het-lukt-niet")]
    assert said[row + 1 : row + 4] == letters, "of all that it is made for, once"


@pytest.mark.parametrize("slug", ["smartphone-vergeten", "mfa-in-3-stappen"])
def test_task_of_a_poster_is_a_sheet_that_is_easy_to_read(handbook: Handbook, slug: str) -> None:
    chosen = Selection(handouts=(slug,), audiences=("students",), readings=("easy",))
    (one,) = editions(handbook.project, chosen)
    sheet = single.make(handbook.project, one)
    assert [str(finding) for finding in sheet.findings] == []
    with opened(sheet.pdf) as paper:
        assert len(paper.boxes) == 1
        assert sum(tag.kind == "Figure" for tag in paper.tags.family) >= 3, "a picture at each step"
