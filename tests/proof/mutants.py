"""PDFs in which exactly one thing is wrong: what is done to them, and what must be found."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pikepdf
import zxingcpp
from pikepdf import Array, Dictionary, Name, Operator, String
from PIL import Image
from tests.proof.workshop import (
    BAD_URL,
    BLACK,
    LEAFLET,
    REFERENCE,
    STATUS,
    TENT,
    Instruction,
    Sheet,
    Spot,
    barcode,
    last_of,
    piece,
)

from handout import proof
from handout.model.units import pt_to_mm
from handout.proof import ProofRule


@dataclass(frozen=True)
class Mutant:
    name: str
    rule: ProofRule
    change: Callable[[Sheet], None]
    path: str = LEAFLET


def good_url() -> str:
    qr = piece(LEAFLET).document.qr
    assert qr is not None
    return qr.url


# ---- codes ------------------------------------------------------------------------------------


def code_box(sheet: Sheet) -> tuple[int, tuple[float, float, float]]:
    """Return page, left, low and side of the code with its quiet zone, in millimetres."""
    (figure,) = [tag for tag in sheet.tags("Figure") if str(tag.Alt).startswith("QR-code naar")]
    left, low, right, _ = (float(side) * 25.4 / 72 for side in figure.A.BBox)
    page = [one.obj.objgen for one in sheet.pdf.pages].index(figure.Pg.objgen)
    return page, (left, low, right - left)


def small_url() -> str:
    leads = piece(STATUS).document.status
    assert leads is not None
    return leads.url


def move_small_code(sheet: Sheet, box: tuple[float, float, float]) -> None:
    """Draw the small code at the foot elsewhere on the last page: left, low and side in millimetres."""
    sheet.over(1, "1 g {170} {10} {30} {30} re f")
    sheet.code(1, small_url(), box)


def enlarge_small_code(sheet: Sheet) -> None:
    move_small_code(sheet, (160, 12, 29))


def crowd_small_code(sheet: Sheet) -> None:
    move_small_code(sheet, (47, 55, 20.5))


def lower_small_code(sheet: Sheet) -> None:
    move_small_code(sheet, (140, 7, 20.5))


def swap_code(sheet: Sheet) -> None:
    page, box = code_box(sheet)
    sheet.code(page, BAD_URL, box)


def cover_code(sheet: Sheet) -> None:
    page, (left, low, side) = code_box(sheet)
    sheet.over(page, f"1 g {{{left}}} {{{low}}} {{{side / 2}}} {{{side}}} re f")


def shrink_code(sheet: Sheet) -> None:
    page, box = code_box(sheet)
    sheet.over(page, "1 g " + " ".join(f"{{{length}}}" for length in (*box, box[2])) + " re f")
    sheet.code(page, good_url(), (box[0] + 5, box[1] + 5, 15))


def repeat_code(sheet: Sheet) -> None:
    sheet.code(0, good_url(), (150, 20, 25))


def hide_small_code(sheet: Sheet) -> None:
    sheet.code(0, BAD_URL, (20, 20, 12))


def hide_inverted_code(sheet: Sheet) -> None:
    image = barcode(BAD_URL, zxingcpp.BarcodeFormat.QRCode)
    sheet.picture(0, image.point(lambda grey: 255 - grey), (20, 20, 25, 25))


def hide_data_matrix(sheet: Sheet) -> None:
    sheet.picture(0, barcode(BAD_URL, zxingcpp.BarcodeFormat.DataMatrix), (150, 20, 28, 14))


def hide_bars(sheet: Sheet) -> None:
    sheet.picture(0, barcode("5410000000016", zxingcpp.BarcodeFormat.Code128), (130, 20, 60, 12))


def crowd_code(sheet: Sheet) -> None:
    page, (left, low, side) = code_box(sheet)
    sheet.over(page, f"0 g {{{left + 1}}} {{{low}}} {{0.7}} {{{side}}} re f")


def pale_code(sheet: Sheet) -> None:
    page, box = code_box(sheet)
    sheet.code(page, good_url(), box, grey=0.7)


CODES = (
    Mutant("code leads elsewhere", ProofRule.QR_STRANGE, swap_code),
    Mutant("code is replaced", ProofRule.QR_MISSING, swap_code),
    Mutant("code is half covered", ProofRule.QR_MISSING, cover_code),
    Mutant("code has fine modules", ProofRule.QR_MODULE, shrink_code),
    Mutant("code is too small for its distance", ProofRule.QR_DISTANCE, shrink_code),
    Mutant("code stands twice", ProofRule.QR_STRANGE, repeat_code),
    Mutant("second code is hidden", ProofRule.QR_STRANGE, hide_small_code),
    Mutant("second code is white on black", ProofRule.QR_STRANGE, hide_inverted_code),
    Mutant("second code is a data matrix", ProofRule.QR_STRANGE, hide_data_matrix),
    Mutant("second code has bars", ProofRule.QR_STRANGE, hide_bars),
    Mutant("line in the quiet zone", ProofRule.QR_QUIET_ZONE, crowd_code),
    Mutant("code is pale", ProofRule.QR_FRAGILE, pale_code),
    Mutant("small code is as large as the own", ProofRule.QR_ALIKE, enlarge_small_code, STATUS),
    Mutant("small code stands at the own", ProofRule.QR_ALIKE, crowd_small_code, STATUS),
    Mutant("small code stands low", ProofRule.FOOT_LOW, lower_small_code, STATUS),
)


# ---- steps ------------------------------------------------------------------------------------


def labels(sheet: Sheet) -> list[pikepdf.Object]:
    return [tag for tag in sheet.tags("Lbl") if tag.P.get("/S") == "/LI"]


def number(sheet: Sheet, text: str) -> Spot:
    return next(spot for spot in map(sheet.under_tag, labels(sheet)) if spot.text == text)


def body(sheet: Sheet, text: str) -> Spot:
    """Return where the command of the step with number *text* begins."""
    tag = next(tag for tag in labels(sheet) if sheet.under_tag(tag).text == text)
    return sheet.under_tag(tag.P.K[1])


def shift_number(sheet: Sheet) -> None:
    sheet.write(number(sheet, "3"), "4")


def swap_numbers(sheet: Sheet) -> None:
    second, third = number(sheet, "2"), number(sheet, "3")
    sheet.write(second, "3")
    sheet.write(third, "2")


def shift_letter(sheet: Sheet) -> None:
    sheet.write(number(sheet, "b"), "d")


def lose_number(sheet: Sheet) -> None:
    sheet.drop(number(sheet, "2"))


def first_steps(sheet: Sheet) -> pikepdf.Object:
    """Return the first list of steps."""
    lists = sheet.tags("L")
    return next(tag for tag in lists if tag.get("/A", Dictionary()).get("/ListNumbering") == "/Decimal")


def swap_first_items(sheet: Sheet) -> None:
    steps = next(
        tag for tag in sheet.tags("L") if tag.get("/A", Dictionary()).get("/ListNumbering") == "/Decimal"
    )
    first, second = steps.K[0], steps.K[1]
    steps.K[0], steps.K[1] = second, first


def swap_commands(sheet: Sheet) -> None:
    steps = next(
        tag for tag in sheet.tags("L") if tag.get("/A", Dictionary()).get("/ListNumbering") == "/Decimal"
    )
    first, second = steps.K[0], steps.K[1]
    first.K[1], second.K[1] = second.K[1], first.K[1]


def part_number(sheet: Sheet) -> None:
    sheet.move(number(sheet, "3"), right=60, down=-40)


def lift_step(sheet: Sheet) -> None:
    gap_mm = 95
    sheet.move(number(sheet, "3"), down=-gap_mm)
    sheet.move(body(sheet, "3"), down=-gap_mm)


def shift_reference(sheet: Sheet) -> None:
    pages = range(len(sheet.pdf.pages))
    spots = [spot for page in pages for spot in sheet.texts(page)]
    word = next(i for i, spot in enumerate(spots) if spot.text == "stap ")
    sheet.write(spots[word + 1], "7")


def lay_words_on_badge(sheet: Sheet) -> None:
    spot, heading = number(sheet, "3"), sheet.under_tag(sheet.tags("H2")[0])
    (x, y), (u, v) = (where(sheet, one) for one in (spot, heading))
    sheet.move(heading, right=x - 2 - u, down=y + 1 - v)


def frame_badge(sheet: Sheet) -> None:
    spot = number(sheet, "3")
    x, y = where(sheet, spot)
    low = 297 - y
    sheet.over(spot.page, f"0 g {{{x}}} {{{low}}} {{80}} {{0.6}} re f")


def where(sheet: Sheet, spot: Spot) -> tuple[float, float]:
    """Return where a text begins, in millimetres from the left and from the top."""
    instructions = sheet.instructions(spot.page)
    numbers = instructions[last_of("Tm", instructions, spot)][0]
    across, down = (float(str(number)) * 0.75 * 25.4 / 72 for number in numbers[4:6])
    return across, down


def turn_to_another_step(sheet: Sheet) -> None:
    spot = next(spot for spot in sheet.texts(0) if spot.text.startswith("Draai om"))
    sheet.write(spot, spot.text.replace("6", "2"))


def go_on_with_another_step(sheet: Sheet) -> None:
    spot = next(spot for spot in sheet.texts(1) if "vervolg" in spot.text)
    sheet.write(spot, spot.text.replace("stap 6", "stap 5"))


def name_the_other_side(sheet: Sheet) -> None:
    """Let "stap 2 (achterkant)" of the second side say "stap 7", which stands below it."""
    sheet.write(next(spot for spot in sheet.texts(1) if spot.text.strip() == "2"), "7")


STEPS = (
    Mutant("badge stands over words", ProofRule.STEP_COVERS, lay_words_on_badge),
    Mutant("line crosses a badge", ProofRule.STEP_COVERS, frame_badge),
    Mutant("number is one too high", ProofRule.STEP_NUMBER, shift_number),
    Mutant("numbers are exchanged", ProofRule.STEP_NUMBER, swap_numbers),
    Mutant("letter is another", ProofRule.STEP_NUMBER, shift_letter),
    Mutant("number is gone", ProofRule.STEP_NUMBER, lose_number),
    Mutant("count leaps", ProofRule.STEP_COUNTING, shift_number),
    Mutant("items are read in another order", ProofRule.STEP_NUMBER, swap_first_items),
    Mutant("commands are exchanged", ProofRule.STEP_COMMAND, swap_commands),
    Mutant("number stands away from its command", ProofRule.STEP_APART, part_number),
    Mutant("step stands above the one before", ProofRule.STEP_ORDER, lift_step),
    Mutant("sign names another step than the one overleaf", ProofRule.STEP_ONWARD, turn_to_another_step),
    Mutant("head names another step than the first below it", ProofRule.STEP_ONWARD, go_on_with_another_step),
    Mutant(
        "step that is said to be overleaf stands on the same side",
        ProofRule.STEP_OVERLEAF,
        name_the_other_side,
    ),
    Mutant("reference names another step", ProofRule.STEP_REFERENCE, shift_reference),
)


# ---- words ------------------------------------------------------------------------------------


def lose_text(sheet: Sheet) -> None:
    sheet.drop(sheet.under_tag(sheet.tags("H2")[0]))


def lose_word(sheet: Sheet) -> None:
    spot = sheet.under_tag(sheet.tags("H1")[0])
    sheet.write(spot, spot.text.split()[0])


def change_command(sheet: Sheet) -> None:
    spot = body(sheet, "2")
    sheet.write(spot, spot.text[::-1])


def read_twice(sheet: Sheet) -> None:
    paragraph = sheet.tags("H2")[1]
    paragraph.P.K.append(paragraph)


def say_more(sheet: Sheet) -> None:
    spot = sheet.under_tag(sheet.tags("H1")[0])
    sheet.write(spot, spot.text + spot.text[:3])


def read_backwards(sheet: Sheet) -> None:
    section = next(tag for tag in sheet.tags("LBody") if len(tag.K[0].K[0].get("/K", Array())) > 2)
    kids = section.K[0].K[0].K
    kids[0], kids[1] = kids[1], kids[0]


def decompose_accents(sheet: Sheet) -> None:
    change_table(sheet, "é", "e\u0301")


def join_letters(sheet: Sheet) -> None:
    change_table(sheet, "J", "\u2160")
    change_table(sheet, "M", "\u216f")


def change_table(sheet: Sheet, old: str, new: str) -> None:
    """Let every font name the letter *old* as *new*."""
    old_hex, new_hex = (text.encode("utf-16-be").hex() for text in (old, new))
    for font in fonts_of(sheet):
        table = font.ToUnicode.read_bytes().decode("ascii")
        font.ToUnicode.write(table.replace(f"> <{old_hex}>\n", f"> <{new_hex}>\n").encode())


def fonts_of(sheet: Sheet) -> list[pikepdf.Object]:
    found = {
        font.objgen: font for page in sheet.pdf.pages for font in page.obj.Resources.Font.as_dict().values()
    }
    return list(found.values())


def read_otherwise(sheet: Sheet) -> None:
    line = sheet.tags("P")[0].K
    tag = line[0] if isinstance(line, Array) else line
    tag.ActualText = String("Vergeet wat hier staat.")


def say_another_step(sheet: Sheet) -> None:
    label = labels(sheet)[0]
    label.ActualText = String("Stap 9")


def print_unread(sheet: Sheet) -> None:
    spot = sheet.under_tag(sheet.tags("H2")[0])
    size = "30 Tf 1 0 0 1 {120} {150} Tm"
    codes = "".join(f"{code:04x}" for code in codes_of(sheet, spot, spot.text))
    sheet.over(spot.page, f"BT {spot.font} {size} <{codes}> Tj ET")


def codes_of(sheet: Sheet, spot: Spot, text: str) -> list[int]:
    codes = {letter: code for code, letter in sheet.letters(spot.page, spot.font).items()}
    return [codes[letter] for letter in text]


def change_other_face(sheet: Sheet) -> None:
    spot = next(spot for spot in sheet.texts(0) if spot.mark < 0 and spot.text.startswith("Vraag"))
    sheet.write(spot, spot.text[:-1])


def shorten_foot(sheet: Sheet) -> None:
    for spot in feet(sheet):
        sheet.write(spot, piece(LEAFLET).document.title)


def feet(sheet: Sheet) -> list[Spot]:
    """Return the lines of the feet that hold a day or the code."""
    pages = range(len(sheet.pdf.pages))
    signs = (" 20", "-20", piece(LEAFLET).document.code)
    return [spot for page in pages for spot in sheet.texts(page) if any(sign in spot.text for sign in signs)]


def hide_foot(sheet: Sheet) -> None:
    document = sheet.pdf.Root.StructTreeRoot.K[0]
    document.K = Array(list(document.K)[:-1])


def read_foot_twice(sheet: Sheet) -> None:
    document = sheet.pdf.Root.StructTreeRoot.K[0]
    document.K.append(document.K[len(document.K) - 1])


WORDS = (
    Mutant("heading is not printed", ProofRule.TEXT_LOST, lose_text),
    Mutant("word of the title is lost", ProofRule.TEXT_LOST, lose_word),
    Mutant("command is changed", ProofRule.TEXT_LOST, change_command),
    Mutant("changed command is strange", ProofRule.TEXT_STRANGE, change_command),
    Mutant("heading is read twice", ProofRule.TEXT_STRANGE, read_twice),
    Mutant("title says more", ProofRule.TEXT_STRANGE, say_more),
    Mutant("second text of a step is read first", ProofRule.TEXT_ORDER, read_backwards),
    Mutant("accents are two characters", ProofRule.TEXT_ALTERED, decompose_accents),
    Mutant("letters are compatible characters", ProofRule.TEXT_ALTERED, join_letters),
    Mutant("other words are read than shown", ProofRule.TEXT_ALTERED, read_otherwise),
    Mutant("another step is heard than shown", ProofRule.TEXT_ALTERED, say_another_step),
    Mutant("text is outside the tags", ProofRule.TEXT_UNREAD, print_unread),
    Mutant("faces differ", ProofRule.FACE_DIFFERS, change_other_face, TENT),
    Mutant("foot says no date", ProofRule.FOOT_MISSING, shorten_foot),
    Mutant("foot is not read", ProofRule.FOOT_UNREAD, hide_foot),
    Mutant("foot is read twice", ProofRule.FOOT_UNREAD, read_foot_twice),
)


# ---- edges ------------------------------------------------------------------------------------


def push_off_page(sheet: Sheet) -> None:
    sheet.move(sheet.under_tag(sheet.tags("H1")[0]), right=120)


def crop_page(sheet: Sheet) -> None:
    left, low, right, top = (float(side) for side in sheet.page(1).mediabox)
    sheet.page(1).cropbox = Array([left, low, right - 200, top])


def clip_panel(sheet: Sheet) -> None:
    content = sheet.page(0).Contents.read_bytes()
    cut = b"0 0 794 560 re W n "
    head = content.index(b"0.75 0 0 0.75 0 0 cm") + len(b"0.75 0 0 0.75 0 0 cm")
    sheet.page(0).Contents = sheet.pdf.make_stream(content[:head] + b"\n" + cut + content[head:])


def clip_round(sheet: Sheet) -> None:
    spot = sheet.under_tag(sheet.tags("H1")[0])
    sheet.prepare(spot, *path_instructions(), ([], Operator("W")), ([], Operator("n")))


def path_instructions() -> list[Instruction]:
    points: list[tuple[list[Any], str]] = [
        ([0, 0], "m"),
        ([300, 0], "l"),
        ([300, 0, 300, 130, 0, 130], "c"),
        ([], "h"),
    ]
    return [(numbers, Operator(operator)) for numbers, operator in points]


def stack_texts(sheet: Sheet) -> None:
    headings = sheet.tags("H3")
    upper, lower = (sheet.under_tag(tag) for tag in headings[2:4])
    instructions = sheet.instructions(upper.page)
    places = [max(i for i in range(s.at) if str(instructions[i][1]) == "Tm") for s in (upper, lower)]
    instructions[places[1]] = instructions[places[0]]
    sheet.rewrite(upper.page, instructions)


def lower_foot(sheet: Sheet) -> None:
    code = piece(LEAFLET).document.code
    spot = next(spot for spot in sheet.texts(0) if spot.mark < 0 and code in spot.text)
    sheet.move(spot, down=3)


def push_into_margin(sheet: Sheet) -> None:
    sheet.move(sheet.under_tag(sheet.tags("H2")[0]), right=-30)


def rule_margin(sheet: Sheet) -> None:
    sheet.over(0, "0 g {3} {50} {0.4} {100} re f")


def tint_margin(sheet: Sheet) -> None:
    sheet.under(1, "0.8 g {0} {0} {210} {5} re f")


def empty_page(sheet: Sheet) -> None:
    sheet.over(1, "1 g 0 0 {210} {297} re f")


def grow_page(sheet: Sheet) -> None:
    page = sheet.page(1)
    page.MediaBox = page.CropBox = page.TrimBox = page.BleedBox = Array([0, 0, 612, 842])


def strike_word(sheet: Sheet) -> None:
    spot = sheet.under_tag(sheet.tags("H2")[0])
    x, y = where(sheet, spot)
    sheet.over(spot.page, f"0 g {{{x - 5}}} {{{297 - y + 1}}} {{150}} {{0.3}} re f")


def strike_word_down(sheet: Sheet) -> None:
    spot = sheet.under_tag(sheet.tags("H2")[0])
    x, y = where(sheet, spot)
    sheet.over(spot.page, f"0 g {{{x + 6}}} {{{297 - y - 6}}} {{0.8}} {{18}} re f")


def frame_half_a_word(sheet: Sheet) -> None:
    """Draw the sides of a frame, one of which runs through the middle of a word."""
    spot = sheet.under_tag(sheet.tags("H1")[0])
    x, y = where(sheet, spot)
    sheet.over(spot.page, f"0 G {{0.4}} w {{{x - 4}}} {{{297 - y + 5}}} {{150}} {{20}} re S")


STROKES = (
    Mutant("rule runs through a heading", ProofRule.TEXT_STRUCK, strike_word),
    Mutant("rail runs down through a heading", ProofRule.TEXT_STRUCK, strike_word_down),
    Mutant("side of a frame runs through the title", ProofRule.TEXT_STRUCK, frame_half_a_word),
)

EDGES = (
    Mutant("page is wider than its format", ProofRule.PAGE_SIZE, grow_page),
    Mutant("title falls off the page", ProofRule.OFF_PAGE, push_off_page),
    Mutant("page is cropped", ProofRule.OFF_PAGE, crop_page),
    Mutant("panel is clipped", ProofRule.TEXT_CLIPPED, clip_panel),
    Mutant("title is clipped by a curve", ProofRule.TEXT_CLIPPED, clip_round),
    Mutant("headings stand on each other", ProofRule.TEXT_OVERLAP, stack_texts),
    Mutant("foot stands where an inkjet prints no more", ProofRule.FOOT_LOW, lower_foot),
    Mutant("heading is in the margin", ProofRule.MARGIN_TEXT, push_into_margin),
    Mutant("line is in the margin", ProofRule.MARGIN_INK, rule_margin),
    Mutant("tint runs to the edge", ProofRule.MARGIN_INK, tint_margin),
    Mutant("page is empty", ProofRule.PAGE_EMPTY, empty_page),
)


# ---- ink --------------------------------------------------------------------------------------


def shrink_type(sheet: Sheet) -> None:
    sheet.resize(sheet.under_tag(sheet.tags("H2")[0]), 0.5)


def grey_type(sheet: Sheet) -> None:
    spot = sheet.under_tag(sheet.tags("H2")[0])
    sheet.prepare(spot, ([0.55], Operator("g")))


def white_type(sheet: Sheet) -> None:
    spot = sheet.under_tag(sheet.tags("H2")[0])
    sheet.prepare(spot, ([1, 1, 1], Operator("rg")))


def fade_type(sheet: Sheet) -> None:
    spot = sheet.under_tag(sheet.tags("H2")[0])
    state = Dictionary(Type=Name.ExtGState, ca=0.4)
    sheet.page(spot.page).add_resource(state, Name.ExtGState, Name("/Faded"))
    sheet.prepare(spot, ([Name("/Faded")], Operator("gs")))


def hide_type(sheet: Sheet) -> None:
    sheet.prepare(sheet.under_tag(sheet.tags("H2")[0]), ([3], Operator("Tr")))


def cover_words(sheet: Sheet) -> None:
    sheet.over(0, "1 g {30} {150} {150} {60} re f")


def lay_photo_on_end_of_line(sheet: Sheet) -> None:
    with proof.opened(piece(LEAFLET).pdf) as paper:
        run = max((run for run in paper.drawn[0].runs if run.mark), key=lambda run: run.box.width)
        *_, (_, word) = run.words()
    left, low, width = (pt_to_mm(length) for length in (word.left, word.low, word.width))
    sheet.picture(0, Image.linear_gradient("L").resize((900, 600)), (left + width / 2, low - 1, 15, 10))


def lay_on_photo(sheet: Sheet) -> None:
    content = sheet.page(0).Contents
    photo = barcode("photo", zxingcpp.BarcodeFormat.Aztec).resize((64, 64)).point([235] * 128 + [255] * 128)
    sheet.picture(0, photo, (15, 200, 180, 60))
    drawn = sheet.page(0).Contents
    parts = list(drawn) if isinstance(drawn, Array) else [drawn]
    last = parts.pop().read_bytes().replace(b"\nQ", b"", 1)
    sheet.page(0).Contents = sheet.pdf.make_stream(last + b"\n" + content.read_bytes())


def lay_on_drawing(sheet: Sheet) -> None:
    figure = sheet.tags("Figure")[0]
    left, low, _, top = (float(side) * 25.4 / 72 for side in figure.A.BBox)
    spot = sheet.under_tag(sheet.tags("H2")[0])
    instructions = sheet.instructions(spot.page)
    at = max(i for i in range(spot.at) if str(instructions[i][1]) == "Tm")
    across, down = (float(str(number)) * 0.75 * 25.4 / 72 for number in instructions[at][0][4:6])
    sheet.move(spot, right=left + 2 - across, down=(297 - (low + top) / 2) - down)


def tint_title(sheet: Sheet) -> None:
    sheet.under(0, "0.47 g {10} {200} {190} {80} re f")


INK = (
    Mutant("heading is small", ProofRule.TYPE_SMALL, shrink_type),
    Mutant("heading is grey", ProofRule.CONTRAST_LOW, grey_type),
    Mutant("heading is white", ProofRule.CONTRAST_LOW, white_type),
    Mutant("heading is faded", ProofRule.CONTRAST_LOW, fade_type),
    Mutant("heading is not painted", ProofRule.TEXT_INVISIBLE, hide_type),
    Mutant("words are covered", ProofRule.TEXT_INVISIBLE, cover_words),
    Mutant("title stands on a photo", ProofRule.TEXT_ON_PICTURE, lay_on_photo),
    Mutant("photo hides the end of a line", ProofRule.TEXT_ON_PICTURE, lay_photo_on_end_of_line),
    Mutant("heading stands on a drawing", ProofRule.TEXT_ON_PICTURE, lay_on_drawing),
    Mutant("title stands on a dark tint", ProofRule.CONTRAST_ONE_BIT, tint_title),
)


# ---- separation -------------------------------------------------------------------------------


def mix_black(sheet: Sheet) -> None:
    spot = sheet.under_tag(sheet.tags("H2")[0])
    sheet.prepare(spot, ([0, 0, 0], Operator("rg")))


def mix_grey_in_drawing(sheet: Sheet) -> None:
    form = next(
        form for form in sheet.page(0).obj.Resources.XObject.as_dict().values() if form.Subtype == "/Form"
    )
    form.write(b"0.2 0.2 0.2 RG " + form.read_bytes())


def colour_line(sheet: Sheet) -> None:
    sheet.over(0, "0 0.2 0.6 RG {20} {20} m {30} {20} l S")


def colour_photo(sheet: Sheet) -> None:
    sheet.picture(0, Image.new("L", (8, 8), 200), (20, 20, 4, 4))
    for form in sheet.page(0).obj.Resources.XObject.as_dict().values():
        if form.Subtype == "/Image" and form.Width == form.Height == 8:
            form.ColorSpace = Name.DeviceRGB
            form.write(bytes([200, 100, 50]) * 64)


SEPARATION = (
    Mutant("black is mixed", ProofRule.INK_MIXED, mix_black),
    Mutant("grey of a drawing is mixed", ProofRule.INK_MIXED, mix_grey_in_drawing),
    Mutant("line has a colour", ProofRule.INK_MIXED, colour_line, BLACK),
    Mutant("photo has colours", ProofRule.INK_MIXED, colour_photo, BLACK),
)


# ---- fonts ------------------------------------------------------------------------------------


def fall_back(sheet: Sheet) -> None:
    spot = sheet.under_tag(sheet.tags("H2")[0])
    font = Dictionary(
        Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding
    )
    sheet.page(spot.page).add_resource(sheet.pdf.make_indirect(font), Name.Font, Name("/Fallback"))
    instructions = sheet.instructions(spot.page)
    instructions[spot.at : spot.at + 1] = [
        ([Name("/Fallback"), 19.3], Operator("Tf")),
        ([String(spot.text)], Operator("Tj")),
    ]
    sheet.rewrite(spot.page, instructions)


def rename_font(sheet: Sheet, name: str) -> None:
    font = fonts_of(sheet)[0]
    font.BaseFont = font.DescendantFonts[0].BaseFont = Name(name)


def strip_font(sheet: Sheet) -> None:
    del fonts_of(sheet)[0].DescendantFonts[0].FontDescriptor["/FontFile2"]


def lose_glyph(sheet: Sheet) -> None:
    spot = sheet.under_tag(sheet.tags("H2")[0])
    codes = codes_of(sheet, spot, spot.text)
    sheet.glyphs(spot, [codes[0], 0, *codes[2:]])


def unname_glyph(sheet: Sheet) -> None:
    for font in fonts_of(sheet):
        table = font.ToUnicode.read_bytes().decode("ascii")
        kept = [line for line in table.splitlines() if not line.endswith("> <006b>")]
        font.ToUnicode.write("\n".join(kept).encode())


FONTS = (
    Mutant("heading falls back on Helvetica", ProofRule.FONT_FOREIGN, fall_back),
    Mutant("fallback is not in the file", ProofRule.FONT_NOT_EMBEDDED, fall_back),
    Mutant("font of another name", ProofRule.FONT_FOREIGN, lambda sheet: rename_font(sheet, "/ABCDEF+Arial")),
    Mutant("font is whole", ProofRule.FONT_NOT_SUBSET, lambda sheet: rename_font(sheet, "/Lexend-Bold")),
    Mutant("font has no file", ProofRule.FONT_NOT_EMBEDDED, strip_font),
    Mutant("glyph is missing", ProofRule.GLYPH_MISSING, lose_glyph),
    Mutant("glyph has no name", ProofRule.GLYPH_NAMELESS, unname_glyph),
)


# ---- access -----------------------------------------------------------------------------------


def untag(sheet: Sheet) -> None:
    del sheet.pdf.Root["/StructTreeRoot"]


def retag(kind: str, new: str, nth: int = 0) -> Callable[[Sheet], None]:
    def change(sheet: Sheet) -> None:
        sheet.tags(kind)[nth].S = Name(f"/{new}")

    return change


def nest_heading(sheet: Sheet) -> None:
    heading = sheet.tags("H2")[0]
    kid = heading.K[0] if isinstance(heading.K, Array) else heading.K
    kid.S = Name.P


def say_other_words(sheet: Sheet) -> None:
    sheet.tags("Figure")[0].Alt = String("Een foto")


def leave_picture_nameless(sheet: Sheet) -> None:
    del sheet.tags("Figure")[0]["/Alt"]


def break_list(sheet: Sheet) -> None:
    labels(sheet)[0].S = Name.Span


def head_no_table(sheet: Sheet) -> None:
    for tag in sheet.tags("TH"):
        tag.S = Name.TD


def speak_english(sheet: Sheet) -> None:
    sheet.pdf.Root.Lang = String("en")


def rename(sheet: Sheet) -> None:
    sheet.pdf.docinfo["/Title"] = String("document1")


def unmark(sheet: Sheet) -> None:
    del sheet.pdf.Root["/MarkInfo"]


def forget_colours(sheet: Sheet) -> None:
    del sheet.pdf.Root["/OutputIntents"]


ACCESS = (
    Mutant("file has no tags", ProofRule.TAGS_MISSING, untag),
    Mutant("title is a second heading", ProofRule.HEADING_TITLE, retag("H1", "H2")),
    Mutant("two first headings", ProofRule.HEADING_TITLE, retag("H2", "H1")),
    Mutant("heading level is left out", ProofRule.HEADING_LEVEL, retag("H2", "H5")),
    Mutant("heading holds a paragraph", ProofRule.HEADING_NESTED, nest_heading),
    Mutant("item has no label", ProofRule.LIST_BROKEN, break_list),
    Mutant("item is a paragraph", ProofRule.LIST_BROKEN, retag("LI", "P", 1)),
    Mutant("picture says other words", ProofRule.PICTURE_WORDS, say_other_words),
    Mutant("picture says nothing", ProofRule.PDF_UA, leave_picture_nameless),
    Mutant("table has no headings", ProofRule.TABLE_HEADINGS, head_no_table, REFERENCE),
    Mutant("language is English", ProofRule.FILE_LANGUAGE, speak_english),
    Mutant("title of the file is another", ProofRule.FILE_TITLE, rename),
    Mutant("file does not say that it is tagged", ProofRule.PDF_UA, unmark),
    Mutant("colours are not defined", ProofRule.PDF_A, forget_colours),
)


# ---- structure --------------------------------------------------------------------------------


def nest_paragraph(sheet: Sheet) -> None:
    paragraph = sheet.tags("P")[0]
    group = paragraph.P
    group.S = Name.P


def lose_label(sheet: Sheet) -> None:
    label = labels(sheet)[0]
    label.P.K = Array([kid for kid in label.P.K if kid.objgen != label.objgen])
    document = sheet.pdf.Root.StructTreeRoot.K[0]
    label.P = document
    document.K.append(label)


def empty_label(sheet: Sheet) -> None:
    label = labels(sheet)[0]
    mark = sheet.under_tag(label)
    sheet.write(mark, "")


def empty_item(sheet: Sheet) -> None:
    body = next(tag for tag in sheet.tags("LI") if len(tag.K) == 2).K[1]
    body.K = Array([])


def join_lists(sheet: Sheet) -> None:
    lists = [
        tag for tag in sheet.tags("L") if tag.get("/A", Dictionary()).get("/ListNumbering") == "/Decimal"
    ]
    first, last = lists[0], lists[-1]
    assert first.Pg.objgen != last.Pg.objgen
    for item in last.K:
        item.P = first
        first.K.append(item)
    last.P.K = Array([kid for kid in last.P.K if kid.objgen != last.objgen])


def blow_up_box(sheet: Sheet) -> None:
    sheet.tags("Figure")[0].A.BBox = Array([0, 0, 5000, 5000])


def lose_box(sheet: Sheet) -> None:
    del sheet.tags("Figure")[0].A["/BBox"]


def clear_table(sheet: Sheet) -> None:
    numbers = sheet.pdf.Root.StructTreeRoot.ParentTree.Nums
    table = numbers[1]
    table[len(table) - 1] = table[0]


def cut_table(sheet: Sheet) -> None:
    numbers = sheet.pdf.Root.StructTreeRoot.ParentTree.Nums
    numbers[1] = Array(list(numbers[1])[:-1])


def lose_area(sheet: Sheet) -> None:
    numbers = sheet.pdf.Root.StructTreeRoot.ParentTree.Nums
    numbers[len(numbers) - 1] = numbers[1][0]


def paint_last_first(sheet: Sheet) -> None:
    instructions = sheet.instructions(0)
    numbered = [at for at, (operands, _) in enumerate(instructions) if "/MCID" in str(operands[1:])]
    first, last = numbered[0], numbered[-1]
    end = next(at for at in range(last, len(instructions)) if str(instructions[at][1]) == "EMC") + 1
    piece_of_the_end = instructions[last:end]
    del instructions[last:end]
    sheet.rewrite(0, [*instructions[:first], *piece_of_the_end, *instructions[first:]])


STRUCTURE = (
    Mutant("paragraph holds a paragraph", ProofRule.PARAGRAPH_NESTED, nest_paragraph),
    Mutant("label stands in no list", ProofRule.LABEL_LOST, lose_label),
    Mutant("label says nothing", ProofRule.LABEL_LOST, empty_label),
    Mutant("item says nothing", ProofRule.ITEM_EMPTY, empty_item),
    Mutant("list stands on two pages", ProofRule.LIST_OVERLEAF, join_lists),
    Mutant("picture is larger than its page", ProofRule.FIGURE_BOX, blow_up_box),
    Mutant("picture does not say where it is", ProofRule.FIGURE_BOX, lose_box),
    Mutant("table leads to another tag", ProofRule.TAG_TABLE, clear_table),
    Mutant("table is cut off", ProofRule.TAG_TABLE, cut_table),
    Mutant("area of a link leads to another tag", ProofRule.TAG_TABLE, lose_area),
    Mutant("end is painted first", ProofRule.PAINT_ORDER, paint_last_first),
)


# ---- safety -----------------------------------------------------------------------------------


def open_with_script(sheet: Sheet) -> None:
    action = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
    sheet.pdf.Root.OpenAction = sheet.pdf.make_indirect(action)


def act_on_page(sheet: Sheet) -> None:
    sheet.page(0).obj.AA = Dictionary(O=Dictionary(S=Name.URI, URI=String(BAD_URL)))


def annotation(subtype: str, entries: dict[str, Any]) -> Dictionary:
    plain = {"/Type": Name.Annot, "/Subtype": Name(subtype), "/Rect": Array([0, 0, 9, 9])}
    return Dictionary(plain | entries)


def annotate(sheet: Sheet, new: Dictionary) -> None:
    page = sheet.page(0).obj
    page.Annots = Array([*page.get("/Annots", ()), new])


def launch(sheet: Sheet) -> None:
    action = Dictionary(Type=Name.Action, S=Name.Launch, F=String("calc.exe"))
    annotate(sheet, annotation("/Link", {"/A": action}))


def attach(sheet: Sheet) -> None:
    sheet.pdf.attachments["list.csv"] = b"a,b"


def ask(sheet: Sheet) -> None:
    box = sheet.pdf.make_indirect(annotation("/Widget", {"/FT": Name.Tx, "/T": String("password")}))
    annotate(sheet, box)
    sheet.pdf.Root.AcroForm = Dictionary(Fields=Array([box]))


def links(sheet: Sheet) -> list[pikepdf.Object]:
    return [one for page in sheet.pdf.pages for one in page.obj.get("/Annots", ())]


def relink(address: str) -> Callable[[Sheet], None]:
    def change(sheet: Sheet) -> None:
        links(sheet)[0].A.URI = String(address)

    return change


def unlink(sheet: Sheet) -> None:
    for page in sheet.pdf.pages:
        page.obj.Annots = Array([])


def sign(sheet: Sheet) -> None:
    sheet.pdf.docinfo["/Author"] = String("jan.peeters")


def date_file(sheet: Sheet) -> None:
    sheet.pdf.docinfo["/CreationDate"] = String("D:20261122120000")


def describe_tool(sheet: Sheet) -> None:
    metadata = sheet.pdf.Root.Metadata.read_bytes()
    extra = b'<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="x"/>'
    sheet.pdf.Root.Metadata.write(metadata.replace(b"</rdf:RDF>", extra + b"</rdf:RDF>"))


def change_label(sheet: Sheet) -> None:
    spot = sheet.find(piece(LEAFLET).terms.label)
    sheet.write(spot, "Voor mede")


def add_other_label(sheet: Sheet) -> None:
    other = next(label for label in piece(LEAFLET).terms.other_labels if "leerlingen" in label)
    sheet.pdf.docinfo["/Title"] = String(f"{piece(LEAFLET).document.title} – {other}")


SAFETY = (
    Mutant("script on opening", ProofRule.FILE_ACTIVE, open_with_script),
    Mutant("action on a page", ProofRule.FILE_ACTIVE, act_on_page),
    Mutant("link launches a program", ProofRule.FILE_ACTIVE, launch),
    Mutant("file is attached", ProofRule.FILE_ACTIVE, attach),
    Mutant("form asks for a password", ProofRule.FILE_ACTIVE, ask),
    Mutant("link leads elsewhere", ProofRule.LINK_FORBIDDEN, relink(BAD_URL)),
    Mutant(
        "link leads to a host that ends as ours",
        ProofRule.LINK_FORBIDDEN,
        relink("https://evilso365.antwerpen.be"),
    ),
    Mutant("link is not secure", ProofRule.LINK_FORBIDDEN, relink("http://so365.antwerpen.be")),
    Mutant("link names a user", ProofRule.LINK_FORBIDDEN, relink("https://so365.antwerpen.be@example.com/")),
    Mutant("link runs a script", ProofRule.LINK_FORBIDDEN, relink("javascript:alert(1)")),
    Mutant("nothing can be clicked", ProofRule.LINK_MISSING, unlink),
    Mutant("file names a person", ProofRule.FILE_METADATA, sign),
    Mutant("file names its hour", ProofRule.FILE_METADATA, date_file),
    Mutant("file names a tool", ProofRule.FILE_METADATA, describe_tool),
    Mutant("label is cut", ProofRule.AUDIENCE_LABEL, change_label),
    Mutant("title is for others", ProofRule.AUDIENCE_LABEL, add_other_label),
)


# ---- pictures ---------------------------------------------------------------------------------


def lay_photo(pixels: tuple[int, int], size_mm: tuple[int, int]) -> Callable[[Sheet], None]:
    """Return what lays a photo of *pixels* on the page, *size_mm* wide and high."""

    def change(sheet: Sheet) -> None:
        sheet.picture(0, Image.linear_gradient("L").resize(pixels), (60, 120, *size_mm))

    return change


def shrink_words(sheet: Sheet) -> None:
    for form in (one for one in sheet.pdf.objects if isinstance(one, pikepdf.Stream)):
        if form.get("/Subtype") == "/Form":  # as each drawing is
            form.write(
                re.sub(rb"([\d.]+) Tf", lambda size: b"%f Tf" % (float(size[1]) * 0.25), form.read_bytes())
            )


def lay_photo_on_frame(sheet: Sheet) -> None:
    left, low = frame_mm(page=1)
    sheet.picture(1, Image.linear_gradient("L").resize((900, 600)), (left - 12, low - 12, 30, 20))


def frame_mm(page: int) -> tuple[float, float]:
    """Return the lower left corner of the largest frame around words on *page* of the leaflet."""
    with proof.opened(piece(LEAFLET).pdf) as paper:
        drawn = paper.drawn[page]
        holding = [
            shape.box
            for shape in drawn.shapes
            if any(shape.box.excess(run.box) < 0 for run in drawn.runs if run.text.strip())
        ]
        largest = max(holding, key=lambda box: box.width * box.height)
    return pt_to_mm(largest.left), pt_to_mm(largest.low)


PICTURES = (
    Mutant("photo is too wide", ProofRule.PICTURE_STRETCHED, lay_photo((900, 600), (95, 60))),
    Mutant("photo is too high", ProofRule.PICTURE_STRETCHED, lay_photo((900, 600), (60, 42))),
    Mutant(
        "upright photo fills a box that lies", ProofRule.PICTURE_STRETCHED, lay_photo((540, 1200), (54, 34))
    ),
    Mutant("words of a drawing are small", ProofRule.PICTURE_SMALL_WORDS, shrink_words, TENT),
    Mutant("photo lies over a frame", ProofRule.PICTURE_COVERS, lay_photo_on_frame),
    Mutant("photo has few pixels", ProofRule.PICTURE_COARSE, lay_photo((150, 100), (60, 40))),
)

MUTANTS = {
    "codes": CODES,
    "steps": STEPS,
    "words": WORDS,
    "edges": EDGES,
    "strokes": STROKES,
    "ink": INK,
    "separation": SEPARATION,
    "pictures": PICTURES,
    "fonts": FONTS,
    "access": ACCESS,
    "structure": STRUCTURE,
    "safety": SAFETY,
}
"""By the name of the proof that must find them."""
