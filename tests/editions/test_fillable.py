"""A file to type in: each open slot takes a text, which shows in its place, and there is nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from io import BytesIO

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image, ImageChops
from tests.handbook.handbook import made, project

from handout import proof
from handout.builder import rounds
from handout.editions import expectations, fillable, open_slots
from handout.editions.single import Made
from handout.model.document import SheetKind
from handout.model.files import FILLABLE
from handout.model.school import School
from handout.model.units import POINTS_PER_INCH
from handout.project.plan import Selection, editions
from handout.proof import ProofRule

LEAFLET, TENT, CARD = (
    ("mfa-instellen", "leaflet-a4"),
    ("smartphone-vergeten", "tent-a4"),
    ("mfa-hulp-op-zak", "card"),
)
DPI = 100


@dataclass(frozen=True)
class Field:
    """A field where it stands."""

    name: str
    words: str
    page: int
    box: tuple[float, float, float, float]
    letters: int
    is_turned: bool
    value: str


@dataclass(frozen=True)
class Sheet:
    """A sheet of the handbook for no school, and its file to type in."""

    made: Made = field(repr=False)

    @property
    def data(self) -> bytes:
        return next(file.data for file in self.made.files if file.kind == FILLABLE)

    @property
    def base(self) -> bytes:
        laid = self.made.edition.laid_sheet
        return next((sheet.data for sheet in self.made.sheets if sheet.kind == laid), self.made.pdf)

    def findings(self, change: Callable[[pikepdf.Pdf], None]) -> set[str]:
        """Return the rules that its file breaks after *change*."""
        with pikepdf.open(BytesIO(self.data)) as pdf:
            change(pdf)
            out = BytesIO()
            pdf.save(out, fix_metadata_version=False)
        terms = expectations.of(project(), self.made.document)
        names = next(file.fields for file in self.made.files if file.kind == FILLABLE)
        found = proof.inspect_form(out.getvalue(), self.base, self.made.document, terms, names)
        return {finding.rule for finding in found}


@cache
def sheet(handout: str, format_: str) -> Sheet:
    asked = Selection((handout,), ("staff",), (format_,), also=(FILLABLE,))
    (edition,) = editions(project(), asked)
    return Sheet(made(edition))


def fields_of(data: bytes) -> list[Field]:
    found = []
    with pikepdf.open(BytesIO(data)) as pdf:
        for page, one in enumerate(pdf.pages):
            for widget in one.obj.get("/Annots", ()):
                if widget.Subtype == Name.Widget:
                    own = widget.Parent
                    left, low, right, top = (float(side) for side in widget.Rect)
                    turn = int(widget.get("/MK", Dictionary()).get("/R", 0))
                    value = str(own.get("/V", ""))
                    box = left, low, right, top
                    found.append(
                        Field(str(own.T), str(own.TU), page, box, int(own.MaxLen), turn == 180, value)
                    )
    return found


def typed(data: bytes, texts: dict[str, str]) -> list[Image.Image]:
    """Return the pages of *data* after typing *texts* in PDFium, which Chrome and Edge show PDF with."""
    document = pypdfium2.PdfDocument(data)
    try:
        document.init_forms()
        pages, form = [document[number] for number in range(len(document))], document.formenv.raw
        first = {one.name: one for one in reversed(fields_of(data))}
        for name, text in texts.items():
            one = first[name]
            left, low, right, top = one.box
            at = pages[one.page].raw, 0, (left + right) / 2, (low + top) / 2
            pdfium.FORM_OnLButtonDown(form, *at)
            pdfium.FORM_OnLButtonUp(form, *at)
            pdfium.FORM_SelectAllText(form, at[0])
            for letter in text:
                pdfium.FORM_OnChar(form, at[0], ord(letter), 0)
            pdfium.FORM_ForceToKillFocus(form)
        pictures = (page.render(scale=DPI / POINTS_PER_INCH, may_draw_forms=True) for page in pages)
        return [picture.to_pil().convert("L") for picture in pictures]
    finally:
        document.close()


def changed(before: Image.Image, after: Image.Image, places: Iterable[Field]) -> tuple[list[bool], bool]:
    """Return in which of *places* of a page something changed, and whether something did beside them."""
    difference = ImageChops.difference(before, after)
    found = []
    for one in places:
        scale = DPI / POINTS_PER_INCH
        left, low, right, top = (side * scale for side in one.box)
        box = round(left), round(before.height - top), round(right), round(before.height - low)
        found.append(difference.crop(box).getbbox() is not None)
        difference.paste(0, box)
    return found, difference.point(lambda grey: 255 if grey > 64 else 0).getbbox() is not None


def test_each_open_slot_is_a_field_that_says_its_printed_word() -> None:
    found = {one.name: (one.words, one.page) for one in fields_of(sheet(*LEAFLET).data)}
    assert found == {
        "name": ("school", 0),
        "ict-anchor": ("naam", 1),
        "room": ("lokaal", 1),
        "phone": ("telefoon", 1),
        "hours": ("uren", 1),
    }


@pytest.mark.parametrize("which", [LEAFLET, TENT, CARD])
def test_what_is_typed_shows_in_each_place_of_its_field_and_nowhere_else(which: tuple[str, str]) -> None:
    data = sheet(*which).data
    places = fields_of(data)
    texts = {
        one.name: {"room": "B12.03", "phone": "03 123 45 67"}.get(one.name, "An Peeters") for one in places
    }
    before, after = typed(data, {}), typed(data, texts)
    for page, (blank, full) in enumerate(zip(before, after, strict=True)):
        inside, beside = changed(blank, full, [one for one in places if one.page == page])
        assert all(inside)
        assert not beside


def test_longest_text_that_a_field_takes_stays_in_it() -> None:
    data = sheet(*LEAFLET).data
    places = fields_of(data)
    texts = {one.name: "Vandenbroucke-Peeters van Sint-Jozef "[: one.letters] for one in places}
    before, after = typed(data, {}), typed(data, texts)
    for page, (blank, full) in enumerate(zip(before, after, strict=True)):
        _, beside = changed(blank, full, [one for one in places if one.page == page])
        assert not beside


def test_field_of_cards_is_one_for_all_cards() -> None:
    with pikepdf.open(BytesIO(sheet(*CARD).data)) as pdf:
        names = [str(one.T) for one in pdf.Root.AcroForm.Fields]
        assert names == ["room", "ict-anchor", "phone"]
        assert [len(one.Kids) for one in pdf.Root.AcroForm.Fields] == [10, 10, 10]


def test_field_of_the_far_face_of_a_tent_stands_upside_down() -> None:
    places = [one for one in fields_of(sheet(*TENT).data) if one.name == "room"]
    assert [one.is_turned for one in sorted(places, key=lambda one: one.box[1])] == [False, True]


def test_organisation_stands_in_the_field_of_the_name_and_not_under_it() -> None:
    data = sheet(*TENT).data
    organisation = project().settings.organisation.name
    assert {one.value.split("\r")[0] for one in fields_of(data) if one.name == "name"} == {organisation}
    with proof.opened(data) as paper:
        assert organisation not in {run.text for run in paper.runs}
    with proof.opened(sheet(*TENT).base) as paper:
        assert organisation in {run.text for run in paper.runs}


def test_file_to_type_in_is_the_same_bytes_each_time() -> None:
    one = sheet(*CARD)
    edition, document = one.made.edition, one.made.document
    piece = open_slots.finished_piece(project(), edition, document, one.made.pdf, one.made.regions)
    assert fillable.fillable(piece) == fillable.fillable(piece)


def test_school_has_a_file_for_what_its_row_lacks_alone() -> None:
    full = School("s1", "Een", ict_anchor="An Peeters", room="B12", phone="03 123 45 67")
    schools = full, replace(full, id="s2", phone=None)
    whole = replace(project(), schools=schools)
    asked = Selection((CARD[0],), ("staff",), (CARD[1],), schools=("all",), also=(FILLABLE,))
    plan = editions(whole, asked)
    found = [one for one in rounds.make_all(whole, plan, 1) if isinstance(one, Made)]
    assert [one.findings for one in found] == [(), ()]
    one, other = sorted(found, key=lambda made_: made_.edition.name)
    assert [file.path for file in one.files] == [*one.edition.paths]
    assert FILLABLE not in {file.kind for file in one.files}
    (typed_,) = (file for file in other.files if file.kind == FILLABLE)
    assert typed_.fields == ("phone",)
    assert {field.name for field in fields_of(typed_.data)} == {"phone"}


# ---- what is no field to type in, and nothing else --------------------------------------------


def widget(pdf: pikepdf.Pdf, name: str = "phone") -> pikepdf.Object:
    return next(
        one for one in pdf.pages[1].Annots if one.Subtype == Name.Widget and str(one.Parent.T) == name
    )


def run_a_script(pdf: pikepdf.Pdf) -> None:
    widget(pdf).Parent.AA = Dictionary(K=Dictionary(S=Name.JavaScript, JS=String("app.alert(1)")))


def open_with_a_script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def send(pdf: pikepdf.Pdf) -> None:
    widget(pdf).A = Dictionary(S=Name.SubmitForm, F=String("https://example.com"))


def ask_for_looks(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm.NeedAppearances = True


def second_form(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.AcroForm = Dictionary(Fields=Array())


def hidden_field(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm.Fields.append(pdf.make_indirect(Dictionary(FT=Name.Tx, T=String("room2"))))


def strange_field(pdf: pikepdf.Pdf) -> None:
    widget(pdf).Parent.T = String("wachtwoord")


def no_field(pdf: pikepdf.Pdf) -> None:
    one = widget(pdf)
    pdf.pages[1].Annots = Array([other for other in pdf.pages[1].Annots if other.objgen != one.objgen])


def password(pdf: pikepdf.Pdf) -> None:
    widget(pdf).Parent.Ff = 1 << 13


def other_words(pdf: pikepdf.Pdf) -> None:
    widget(pdf).Parent.TU = String("wachtwoord")


def no_letters(pdf: pikepdf.Pdf) -> None:
    widget(pdf).Parent.MaxLen = 0


def over_a_text(pdf: pikepdf.Pdf) -> None:
    left, low, right, top = (float(side) for side in widget(pdf).Rect)
    widget(pdf).Rect = Array([left - 40, low, right - 40, top])


def over_another(pdf: pikepdf.Pdf) -> None:
    widget(pdf).Rect = widget(pdf, "room").Rect


def too_large(pdf: pikepdf.Pdf) -> None:
    left, low, right, top = (float(side) for side in widget(pdf).Rect)
    widget(pdf).Rect = Array([left, low, right, top + 60])


def no_type(pdf: pikepdf.Pdf) -> None:
    widget(pdf).DA = String("/Helv 0 Tf 0 g")


def font_in_part(pdf: pikepdf.Pdf) -> None:
    for font in pdf.Root.AcroForm.DR.Font.values():
        font.ToUnicode = Stream(pdf, font.ToUnicode.read_bytes().replace(b"<0041>", b"<0042>"))


def font_elsewhere(pdf: pikepdf.Pdf) -> None:
    for font in pdf.Root.AcroForm.DR.Font.values():
        del font.DescendantFonts[0].FontDescriptor["/FontFile2"]


def value_unseen(pdf: pikepdf.Pdf) -> None:
    widget(pdf).Parent.V = String("03 000 00 00")


def drawn_over(pdf: pikepdf.Pdf) -> None:
    widget(pdf).AP.N = Stream(
        pdf, b"1 0 0 rg 0 0 9 9 re f", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 9, 9])
    )


def untagged(pdf: pikepdf.Pdf) -> None:
    del widget(pdf)["/StructParent"]


def tag_of_nothing(pdf: pikepdf.Pdf) -> None:
    root = pdf.Root.StructTreeRoot
    document = root.K[0] if isinstance(root.K, Array) else root.K
    document.K.append(pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Form, P=document, K=Array())))


def out_of_order(pdf: pikepdf.Pdf) -> None:
    pdf.pages[1].obj.Tabs = Name.R


def another_text(pdf: pikepdf.Pdf) -> None:
    page = pdf.pages[1]
    page.contents_coalesce()
    page.Contents = Stream(pdf, page.Contents.read_bytes().replace(b"TJ", b"Tj", 1) + b" ")
    content = page.Contents.read_bytes()
    at = content.index(b"BT")
    page.Contents = Stream(pdf, content[:at] + b"BT ET " + content[content.index(b"ET", at) + 2 :])


MUTANTS: dict[Callable[[pikepdf.Pdf], None], str] = {
    run_a_script: "file-active",
    open_with_a_script: "file-active",
    send: "file-active",
    second_form: "file-active",
    ask_for_looks: "form-field",
    hidden_field: "form-field",
    strange_field: "form-field",
    no_field: "form-field",
    password: "form-field",
    other_words: "form-field",
    no_letters: "form-field",
    over_a_text: "form-place",
    over_another: "form-place",
    too_large: "form-place",
    no_type: "form-type",
    font_in_part: "form-type",
    font_elsewhere: "form-type",
    value_unseen: "form-type",
    drawn_over: "form-type",
    untagged: "form-tags",
    tag_of_nothing: "form-field",
    out_of_order: "form-tags",
    another_text: "form-pages",
}


@pytest.mark.parametrize("change", MUTANTS, ids=lambda change: change.__name__)
def test_what_is_no_field_to_type_in_is_found(change: Callable[[pikepdf.Pdf], None]) -> None:
    assert MUTANTS[change] in sheet(*LEAFLET).findings(change)


def test_saving_alone_is_no_fault() -> None:
    assert sheet(*LEAFLET).findings(lambda pdf: None) == set()


def test_each_rule_of_forms_has_a_mutant() -> None:
    assert {rule for rule in ProofRule if rule.startswith("form-")} <= set(MUTANTS.values())


def test_file_to_type_in_is_printed_as_the_school_prints_the_piece() -> None:
    assert sheet(*CARD).made.edition.laid_sheet is SheetKind.CARDS
    (file,) = (one for one in sheet(*CARD).made.files if one.kind == FILLABLE)
    (cards,) = sheet(*CARD).made.sheets
    assert (file.printing, file.page_count) == (cards.printing, cards.page_count)
