"""What a project of its own brings, and the handbook has not: photos, blocks after steps, other paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from math import hypot
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageDraw
from pypdfium2 import raw
from tests.conftest import REPOSITORY, SETTINGS, edition, handout, loaded, procedure, project_at

from handout import proof
from handout.builder import listing
from handout.editions import single
from handout.editions.single import Made
from handout.model.findings import Severity
from handout.model.units import mm_to_pt, pt_to_mm
from handout.project.load import load
from handout.proof.geometry import Box
from handout.proof.paper import pixels_to_mm

FORMATS = (
    "leaflet-a4",
    "leaflet-a5",
    "leaflet-letter",
    "leaflet-half-letter",
    "booklet-a5",
    "trifold",
    "mini",
    "poster-a3",
    "tent-a4",
    "card",
    "reference-a4",
)
AIRY = "".join(f"\n[formats.{name}]\nmost-air = 1\n" for name in FORMATS)
ONE_PAGE = "".join(
    f"\n[formats.{name}]\nmost-air = 1\n" + ("pages = 1\n" if name.startswith("leaflet") else "")
    for name in FORMATS
)
REVIEWED = {"owner": "Balie", "reviewed": "2026-10-01", "audiences": "[staff]"}
BODY = "Lees dit eerst."
STAND, LIE = (450, 1000), (1200, 300)
"""Pixels of a photo that stands upright, and of one that lies."""


def photo(size: tuple[int, int]) -> bytes:
    """Return a photo of a red disc."""
    image = Image.new("RGB", size, (225, 225, 225))
    (across, down), half = size, min(size) // 3
    box = (across // 2 - half, down // 2 - half, across // 2 + half, down // 2 + half)
    ImageDraw.Draw(image).ellipse(box, fill=(200, 0, 0))
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def disc(size: tuple[int, int], colour: str) -> str:
    """Return a drawing of a disc."""
    across, down = size
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across} {down}"><rect width="{across}" '
        f'height="{down}" fill="#dddddd"/><circle cx="{across / 2}" cy="{down / 2}" r="{min(size) / 3}" '
        f'fill="{colour}"/></svg>'
    )


PICTURES: dict[str, str | bytes] = {
    "content/images/staand.png": photo(STAND),
    "content/images/liggend.png": photo(LIE),
    "content/images/grof.png": photo((100, 75)),
    "content/images/staand.svg": disc(STAND, "#00cc00"),
    "content/images/liggend.svg": disc(LIE, "#0000cc"),
}


def made(root: Path, steps: str, body: str = BODY, settings: str = SETTINGS + ONE_PAGE, **own: str) -> Made:
    """Return the handout `gids` for staff, with a procedure of *steps*, as a build makes it."""
    texts: dict[str, str | bytes] = {
        "content/procedures/p.md": procedure(steps),
        "content/handouts/gids.md": handout("p", body, **{**REVIEWED, **own}),
    }
    project = loaded(project_at(root, {**texts, **PICTURES}, settings))
    return single.make(project, edition(project))


def faults(sheet: Made) -> list[str]:
    return [str(finding) for finding in sheet.findings]


# ---- pictures ---------------------------------------------------------------------------------


def stretches(pdf: bytes) -> Iterator[float]:
    """Yield of each photo how many times too wide it is printed for its height."""
    for page in pypdfium2.PdfDocument(pdf):
        for one in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=4):
            across, down = one.get_px_size()
            a, b, c, d, _, _ = one.get_matrix().get()
            yield hypot(a, b) / across / (hypot(c, d) / down)


PLACES = """\
1. Neem het blad

    ![Een rode schijf.](images/staand.png)

2. Kies een kleur

    ![Nog een rode schijf.](images/liggend.png)
"""
MORE_PLACES = """
3. Lees dit

    1. Kies rood
    2. Kies blauw

    ![Weer een rode schijf.](images/staand.png)

/// tip
Een tip.

![Een schijf in een kader.](images/liggend.png)
///

Klaar! Gelukt.

![Een laatste rode schijf.](images/staand.png)
"""


@pytest.mark.parametrize("format_", FORMATS)
def test_photo_keeps_the_shape_of_its_pixels_in_every_box(tmp_path: Path, format_: str) -> None:
    is_sign = format_ in ("poster-a3", "tent-a4", "card")
    steps = PLACES if is_sign else PLACES + MORE_PLACES
    if format_ == "card":
        steps = "1. Neem het blad ![Een rode schijf.](images/staand.png)\n2. Kies een kleur"
    budget = {"pages": "4"} if format_ == "booklet-a5" else {}
    needs = (
        "" if is_sign else "\n\n![Een hoge schijf.](images/staand.png)\n\n- ![](images/staand.png) een foto"
    )
    sheet = made(tmp_path, steps, BODY + needs, SETTINGS + AIRY, formats=f"[{format_}]", **budget)
    found = list(stretches(sheet.pdf))
    assert len(found) >= (1 if format_ == "card" else 2 if is_sign else 6), faults(sheet)
    assert found == pytest.approx([1] * len(found), rel=0.02)
    assert [fault for fault in faults(sheet) if "picture-" in fault] == []


def test_drawing_keeps_its_shape_on_the_pixels_too(tmp_path: Path) -> None:
    steps = (
        "1. Neem het blad\n\n    ![Een groene schijf.](images/staand.svg)\n\n"
        "2. Kies een kleur\n\n    ![Een blauwe schijf.](images/liggend.svg)\n\n"
        "3. Lees dit\n\n    ![Een rode schijf.](images/staand.png)\n"
    )
    sheet = made(tmp_path, steps)
    assert faults(sheet) == []
    (page,) = pypdfium2.PdfDocument(sheet.pdf)
    image = page.render(scale=200 / 72).to_pil().convert("RGB")
    for channel in range(3):
        others = [image.getchannel(one) for one in range(3) if one != channel]
        strong = image.getchannel(channel).point(lambda value: 255 * (value > 180))
        weak = ImageChops.lighter(*others).point(lambda value: 255 * (value < 90))
        left, upper, right, lower = ImageChops.multiply(strong, weak).getbbox() or (0, 0, 0, 1)
        assert right - left == pytest.approx(lower - upper, abs=2)
        assert right - left > 20


def test_photo_of_few_pixels_is_told_at_its_line(tmp_path: Path) -> None:
    sheet = made(tmp_path, "1. Kijk\n\n    ![Een grove schijf.](images/grof.png)\n\n2. Stop")
    (finding,) = sheet.findings
    assert (finding.rule, finding.severity) == ("picture-coarse", Severity.ERROR)
    assert str(finding.place) == "content/procedures/p.md:7"
    assert "100 × 75 pixels on page 1" in finding.what


def test_photo_that_is_nearly_sharp_is_a_warning(tmp_path: Path) -> None:
    # Decoration has no words: its line follows from the shape of its pixels.
    photo_of = {"content/images/breed.png": photo((40, 28))}
    project_at(tmp_path, photo_of, SETTINGS)
    sheet = made(tmp_path, "1. Kijk", "Lees dit eerst.\n\n- ![](images/breed.png) een foto")
    (finding,) = sheet.findings
    assert (finding.rule, finding.severity) == ("picture-coarse", Severity.WARNING)
    assert finding.place.path == "content/handouts/gids.md"
    assert sheet.pdf


# ---- other paper ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("format_", "size_mm", "paper"),
    [("leaflet-letter", (215.9, 279.4), "Letter"), ("leaflet-half-letter", (139.7, 215.9), "Half Letter")],
)
def test_page_has_the_size_of_the_table_in_file_and_list(
    tmp_path: Path, format_: str, size_mm: tuple[float, float], paper: str
) -> None:
    sheet = made(tmp_path, PLACES, formats=f"[{format_}]")
    assert faults(sheet) == []
    with pikepdf.open(BytesIO(sheet.pdf)) as pdf:
        sizes = [[pt_to_mm(float(side)) for side in page.mediabox[2:]] for page in pdf.pages]
    assert sizes == [pytest.approx(size_mm, abs=0.01)]
    project = loaded(tmp_path)
    (row,), found = listing.rows(project, [edition(project)])
    assert found == ()
    assert (row["width_mm"], row["height_mm"], row["paper"]) == (*size_mm, paper)
    papers = [made_sheet.printing.paper for made_sheet in sheet.sheets if made_sheet.printing]
    assert papers == [planned["paper"] for planned in row["sheets"]] == ["Letter"] * len(papers)


def test_own_format_takes_its_size_from_its_table_alone(tmp_path: Path) -> None:
    own = '\n[formats.klein]\nlike = "leaflet-a5"\nwidth-mm = 150\nheight-mm = 190\npages = 1\nmost-air = 1\n'
    sheet = made(tmp_path, "1. Kijk", settings=SETTINGS + own, formats="[klein]")
    assert faults(sheet) == []
    with pikepdf.open(BytesIO(sheet.pdf)) as pdf:
        (page,) = pdf.pages
        assert [pt_to_mm(float(side)) for side in page.mediabox[2:]] == pytest.approx([150, 190], abs=0.01)


def test_style_sheet_that_gives_a_page_a_size_of_its_own_is_found(tmp_path: Path) -> None:
    style = {"styles/audiences/staff.css": "@page :first { size: 200mm 297mm }"}
    project_at(tmp_path, style, SETTINGS + ONE_PAGE)
    sheet = made(tmp_path, "1. Kijk")
    assert [finding.rule for finding in sheet.findings] == ["page-size"]
    assert "page 1 is 200 × 297 mm; the format 'leaflet-a4' says 210 × 297 mm" in sheet.findings[0].what


# ---- badges -----------------------------------------------------------------------------------

AFTER = {
    "table": "| Naam | Plaats |\n|---|---|\n| Kaft | Kast |",
    "heading": "## Daarna\n\nLees de rest.",
    "bullets": "- een kaft\n- een kast",
    "callout": "/// caution\nLet op.\n///",
    "choice": "/// tab | Rood\nTik rood.\n///\n\n/// tab | Blauw\nTik blauw.\n///",
    "text": "Lees de rest.",
    "needs": "- ![](images/staand.png) een kaft",
}
LONG = "1. Open het blad\n\n    1. Kijk naar boven\n    2. Kijk naar onder\n\n2. Kies\n\n"
SHORT = "1. Open het blad\n2. Kies\n\n"
WITH_INFO = "1. Open het blad\n\n    hij is bij de ingang\n\n2. Kies\n\n    je bewijs is in je bibliotheek\n"
"""Letters with dots stand below the key."""
LEAST_UNDER_A_KEY_MM = 0.4


@pytest.mark.parametrize("kind", AFTER)
def test_block_after_a_short_last_step_begins_below_its_badge(tmp_path: Path, kind: str) -> None:
    for number, (steps, format_) in enumerate(
        ((LONG, "leaflet-a4"), (SHORT, "leaflet-a5"), (SHORT, "reference-a4"))
    ):
        root = tmp_path / str(number)
        sheet = made(root, steps + AFTER[kind], formats=f"[{format_}]")
        assert faults(sheet) == [], format_


@pytest.mark.parametrize("kind", ["table", "bullets"])
def test_badge_over_what_follows_it_is_found(tmp_path: Path, kind: str) -> None:
    short = ".step, .step__body { min-block-size: 0 !important } .steps + * { margin-top: -3mm !important }"
    project_at(tmp_path, {"styles/audiences/staff.css": short}, SETTINGS + ONE_PAGE)
    sheet = made(tmp_path, LONG + AFTER[kind])
    assert "step-covers" in [finding.rule for finding in sheet.findings]


# ---- one size, whole keys ---------------------------------------------------------------------


def sizes(pdf: bytes, *texts: str) -> list[float]:
    """Return the size of the type of each of *texts*, in points."""
    with proof.opened(pdf) as paper:
        found = {run.text.strip(): run.size_pt for run in paper.runs}
    return [round(found[text], 1) for text in texts]


def test_steps_of_one_procedure_have_one_size_whatever_stands_between_them(tmp_path: Path) -> None:
    steps = (
        "1. Open het blad\n2. Kies een taal\n\n    1. Kies rood\n    2. Kies blauw\n\n/// tip\nEen tip.\n///"
        "\n\n3. Bewaar het blad\n4. Sluit het venster"
    )
    sheet = made(tmp_path, steps)
    assert faults(sheet) == []
    found = sizes(sheet.pdf, "Open het blad", "Kies een taal", "Bewaar het blad", "Sluit het venster")
    assert len(set(found)) == 1


@pytest.mark.parametrize(
    ("format_", "steps"), [("leaflet-a4", LONG), ("poster-a3", WITH_INFO), ("tent-a4", WITH_INFO)]
)
def test_frame_of_a_key_is_higher_than_its_type_and_clear_of_the_next_line(
    tmp_path: Path, format_: str, steps: str
) -> None:
    sheet = made(tmp_path, steps.replace("Kies", "Tik `Pagina`"), formats=f"[{format_}]")
    assert faults(sheet) == []
    with proof.opened(sheet.pdf) as paper:
        key = next(run for run in paper.runs if run.text.strip() == "Pagina")
        boxes = [shape.box for shape in paper.drawn[0].shapes if shape.box.excess(key.box) < 0]
    frame = min(boxes, key=lambda box: box.height)
    inside = frame.height - mm_to_pt(3.6 if format_ == "poster-a3" else 0.9)
    assert inside >= 1.15 * key.size_pt
    assert frame.low < key.box.low - 0.2 * key.size_pt
    below = [run for run in paper.runs if run.box.top < key.box.low and key.page == run.page]
    beside = [run.box.top for run in below if run.box.left < frame.right and frame.left < run.box.right]
    assert frame.low - max(beside) > mm_to_pt(LEAST_UNDER_A_KEY_MM)


def test_key_of_a_step_with_a_picture_has_room_where_many_steps_stand_in_two_columns(tmp_path: Path) -> None:
    more = "".join(f"{number}. Kies kast {number} in de lange gang\n" for number in range(2, 34))
    root = project_at(tmp_path, {}, SETTINGS + ONE_PAGE)
    sheet = made(root, f"1. Open `Bibliotheek`.\n\n    ![Een blad](images/staand.png)\n\n{more}")
    assert faults(sheet) == []
    with proof.opened(sheet.pdf) as paper:
        lefts = {round(run.box.left) for run in paper.runs if run.text.strip() in ("9.", "9", "33")}
    assert len(lefts) > 1  # so that there are two columns


# ---- the code of a poster ---------------------------------------------------------------------

CODED = "1. Open Wi-Fi\n2. Kies het net\n3. Scan de code\n"
NAMED = CODED + "\n    {{ link.security-info }}\n"


def code_items(sheet: Made) -> list[bool]:
    """Tell of each step whether the code stands in it."""
    with proof.opened(sheet.pdf) as paper:
        items = tuple(paper.tags.all("LI"))
    return [any("QR-code" in tag.alt for tag in item.all("Figure")) for item in items]


@pytest.mark.parametrize(
    ("steps", "where"), [(NAMED, [False, False, True]), (CODED, [False] * 3)], ids=["named", "not"]
)
def test_code_of_a_poster_stands_with_the_step_that_names_it_and_with_no_other(
    tmp_path: Path, steps: str, where: list[bool]
) -> None:
    sheet = made(tmp_path, steps, formats="[poster-a3]", qr="security-info")
    assert faults(sheet) == []
    assert code_items(sheet) == where
    (page,) = pypdfium2.PdfDocument(sheet.pdf)
    (code,) = zxingcpp.read_barcodes(page.render(scale=100 / 72, grayscale=True).to_pil())
    assert code.text == "https://mfa.school.be/info"


# ---- colours ----------------------------------------------------------------------------------


def test_poster_has_no_colours_but_those_of_its_audience(tmp_path: Path) -> None:
    for number, (own, ground) in enumerate((("", "d0d8e8"), ('highlight = "#bfe3c0"\n', "bfe3c0"))):
        settings = SETTINGS.replace('accent = "#123e8c"\n', f'accent = "#123e8c"\n{own}')
        sheet = made(tmp_path / str(number), SHORT, settings=settings + ONE_PAGE, formats="[poster-a3]")
        assert faults(sheet) == []
        with proof.opened(sheet.pdf) as paper:
            (drawn,) = paper.drawn
        found = {"".join(f"{round(255 * part):02x}" for part in colour) for colour in drawn.colours}
        assert found <= {"000000", "ffffff", "123e8c", ground}
        assert ground in found


def test_highlight_that_black_is_lost_on_is_told_at_its_line(tmp_path: Path) -> None:
    dark = SETTINGS.replace('accent = "#123e8c"\n', 'accent = "#123e8c"\nhighlight = "#b07000"\n')
    _, (finding,) = load(project_at(tmp_path, {}, dark))
    assert (finding.rule, finding.severity) == ("highlight-dark", Severity.WARNING)
    assert dark.splitlines()[finding.place.line - 1] == 'highlight = "#b07000"'
    assert "black on #b07000, the highlight of 'staff', has a contrast of 5.2 to 1" in finding.what


# ---- what is read from afar -------------------------------------------------------------------


SIX_STEPS = """\
1. Zoek je boek op het scherm.
2. Noteer de letters van het rek.
3. Neem je boek uit het rek.
4. Leg je kaart op de lezer.
5. Leg je boek op de plaat.
6. Neem je bon uit het toestel.
"""
LEAST_CODE_SHARE = 0.44
"""Of the width of a poster, the dark modules and their quiet zone: it is found from across a hall."""


def test_poster_holds_six_steps_of_six_words_and_ends_before_who_helps(tmp_path: Path) -> None:
    sheet = made(tmp_path, SIX_STEPS, "", SETTINGS, title="Een boek lenen", formats="[poster-a3]")
    assert faults(sheet) == []
    with proof.opened(sheet.pdf) as paper:
        (help_,) = (run for run in paper.runs if run.text == "Hulp van je ICT-anker")
        last = next(run for run in paper.runs if run.text.startswith("Neem je bon"))
        between = Box(mm_to_pt(10), help_.box.top + mm_to_pt(5), mm_to_pt(50), last.box.low - mm_to_pt(12))
        area = paper.scans[0].crop(paper.pixels(0, between))
    left, _, right, low = ImageChops.invert(area).getbbox() or (0, 0, 0, 0)
    assert pixels_to_mm(right - left) > 8, "no mark stands between the last step and who helps"
    assert low < area.height, "the mark touches what stands below it"


def test_code_that_a_step_names_takes_almost_half_of_the_width_of_a_poster(tmp_path: Path) -> None:
    steps = "1. Scan deze code\n\n    {{ link.security-info }}\n\n2. Tik op het vinkje\n"
    own = {"title": "Wifi in 2 stappen", "formats": "[poster-a3]", "qr": "security-info"}
    sheet = made(tmp_path, steps, "", SETTINGS, **own)
    assert faults(sheet) == []
    with proof.opened(sheet.pdf) as paper:
        (code,) = (tag.box for tag in paper.tags.all("Figure") if "QR" in tag.alt)
        assert code is not None
        assert code.width / paper.boxes[0].width > LEAST_CODE_SHARE


REFERENCE = """\
**Altijd eerst:** kijk of de kaart geldig is.

| Vraag | Wat doe je? | Hoelang? |
|---|---|---|
| **Kaart vergeten** | Geef een dagkaart. | **1 dag** |
"""


@pytest.mark.parametrize("qr", [{}, {"qr": "security-info"}], ids=["without a code", "with a code"])
def test_reference_of_one_procedure_has_the_whole_width_and_ends_in_a_mark(
    tmp_path: Path, qr: dict[str, str]
) -> None:
    long = SIX_STEPS.replace(
        "Zoek je boek op het scherm.", "Zoek je boek op het grote scherm aan de ingang van de zaal."
    )
    sheet = made(tmp_path, long, REFERENCE, SETTINGS + AIRY, formats="[reference-a4]", **qr)
    assert faults(sheet) == []
    with proof.opened(sheet.pdf) as paper:
        first = next(run for run in paper.runs if run.text.startswith("Zoek je boek"))
        assert first.text.rstrip().endswith("zaal."), "the step breaks in half of the width"
        last = next(run for run in paper.runs if run.text.startswith("Neem je bon"))
        shapes = [one.box for one in paper.drawn[0].shapes if one.box.top < last.box.low]
        bars = [box for box in shapes if pt_to_mm(box.width) > 4 > 2 > pt_to_mm(box.height)]
        assert any(last.box.low - box.top < mm_to_pt(6) for box in bars), "no mark ends the steps"


# ---- the organisation -------------------------------------------------------------------------


OWN_LOGO = SETTINGS.replace('language = "nl-BE"\n', 'language = "nl-BE"\nlogo = "staand.svg"\n')
WITH_A_LOGO = ("leaflet-a4", "poster-a3", "tent-a4", "reference-a4", "leaflet-a5")


@pytest.mark.parametrize("format_", WITH_A_LOGO)
def test_logo_of_the_organisation_stands_where_that_of_a_school_may(tmp_path: Path, format_: str) -> None:
    steps = "1. Kies rood\n2. Kies blauw\n"
    sheet = made(tmp_path, steps, BODY, OWN_LOGO + ONE_PAGE, formats=f"[{format_}]")
    assert faults(sheet) == []
    page = pypdfium2.PdfDocument(sheet.pdf)[0].render(scale=72 / 72).to_pil().convert("RGB")
    green = sum(
        count for count, (red, value, blue) in page.getcolors(1 << 20) or [] if value - max(red, blue) > 90
    )
    assert green > 50, "the green disc of the logo is not on the page"


def test_logo_of_the_organisation_that_is_missing_is_told_at_its_line(tmp_path: Path) -> None:
    wrong = OWN_LOGO.replace("staand.svg", "staan.svg")
    files = {"content/procedures/p.md": procedure("1. Kies rood"), "content/handouts/gids.md": handout("p")}
    _, findings = load(project_at(tmp_path, {**files, **PICTURES}, wrong))
    (told,) = (finding for finding in findings if finding.rule == "picture-missing")
    assert (told.place.path, told.place.line) == (
        "handout.toml",
        OWN_LOGO[: OWN_LOGO.index("logo =")].count("\n") + 1,
    )
    assert "staand.svg" in told.fix


# ---- colours ----------------------------------------------------------------------------------

COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl)a?\(|[\s:](?:white|black|red|green|blue|gr[ae]y|yellow|orange|navy)\s*[;}]",
    re.I,
)


OF_COLOURS = ("tokens.css", "pages.css")
"""Those of the sheets, and of the pages for a screen, which have states that no sheet has."""


def test_stylesheets_take_their_colours_from_the_tokens_alone() -> None:
    sheets = [path for path in (REPOSITORY / "styles").rglob("*.css") if path.name not in OF_COLOURS]
    assert len(sheets) > 15
    literal = [
        f"{path.name}: {found[0]}"
        for path in (*sheets, *(REPOSITORY / "templates").rglob("*.html"))
        for found in COLOUR.finditer(re.sub(r"/\*.*?\*/|\{#.*?#\}", "", path.read_text("utf-8"), flags=re.S))
    ]
    assert literal == []
