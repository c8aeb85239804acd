"""A file with fields is the sheet that it was made of, with a field in each open slot, and nothing else."""

from __future__ import annotations

import re
import string
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import pikepdf
from pikepdf import Name

from handout.model.findings import Finding
from handout.model.messages import Message, all_of, say
from handout.model.units import mm_to_pt
from handout.proof.content import TextRun
from handout.proof.expected import Expected
from handout.proof.font_file import read_as, unicode_table
from handout.proof.geometry import Box
from handout.proof.paper import Paper
from handout.proof.rules import ProofRule, found
from handout.proof.tags import kids_of, squeezed

FORM_KEYS = frozenset({"/Fields", "/DR"})
"""Not NeedAppearances, for each field brings what it looks like (ISO 19005-2 §6.4.1), and no scripts."""
FIELD_KEYS = frozenset({"/FT", "/T", "/TU", "/DA", "/Ff", "/MaxLen", "/Q", "/V", "/DV", "/Kids"})
PLACE_KEYS = frozenset(
    {"/Type", "/Subtype", "/Parent", "/TU", "/Rect", "/F", "/P", "/AP", "/DA", "/MK", "/StructParent"}
)
FLAGS = (1 << 12) | (1 << 23)
"""Several lines, and no more text than is shown (ISO 32000-1 table 228)."""
LETTERS = string.ascii_letters + string.digits + " .,:;-/+()&@'!?ÉÈËÏÖÜÇéèêëïöüçñşčžł"
"""What a font that is typed in must hold at least: the names and numbers of a Belgian school."""
SPARE_PT = 1.0
EDGE_PT = 0.6
SCAN_DPI = 100
MOST_APART = 16
"""By how many of 255 greys the paper under a field may differ from place to place."""
_TYPE = re.compile(r"/(\S+) ([\d.]+) Tf (?:[\d.]+ g|[\d.]+ [\d.]+ [\d.]+ rg)")
_EMPTY = re.compile(rb"\s*/Tx\s+BMC\s+EMC\s*")
_SHOWN = re.compile(rb"<([0-9A-Fa-f]*)>\s*Tj")


@dataclass(frozen=True, eq=False)
class TypedField:
    """A field where it stands on a page."""

    field: pikepdf.Object
    widget: pikepdf.Object
    page: int

    @cached_property
    def name(self) -> str:
        return str(self.field.get("/T", ""))

    @cached_property
    def box(self) -> Box:
        left, low, right, top = (float(side) for side in self.widget.Rect)
        return Box(min(left, right), min(low, top), max(left, right), max(low, top))

    @cached_property
    def value(self) -> str:
        return str(self.field.get("/V", ""))


def form(paper: Paper, base: Paper, expected: Expected, fields: Collection[str]) -> Iterator[Finding]:
    """Yield in what *paper* is not the sheet *base* with *fields* to type in, and nothing more."""
    yield from _others(paper, expected)
    places = tuple(_places(paper))
    yield from _names(places, expected, fields)
    for one in places:
        yield from _more(one, expected)
        yield from _place(one, paper, expected)
        yield from _type(one, paper, expected)
    for one, other in combinations(places, 2):
        if one.page == other.page and one.box.meets(other.box):
            yield _wrong(
                ProofRule.FORM_PLACE, one, say("it covers the field '{name}'", name=other.name), expected
            )
    yield from _tags(places, paper, expected)
    yield from _texts(places, paper, base, expected)


def _wrong(rule: ProofRule, one: TypedField, what: Message, expected: Expected) -> Finding:
    return found(
        rule,
        expected.document.place,
        say("the field '{name}' on page {page}: {what}", name=one.name, page=one.page + 1, what=what),
        say("give its slot in the format and in the style sheet the room that it asks for, or report this"),
    )


def _active(what: Message, expected: Expected) -> Finding:
    return found(
        ProofRule.FORM_FIELD,
        expected.document.place,
        say("the file has {what}: more than fields to type in", what=what),
        say("build the handout again; if it stays so, report it with the text of -v"),
    )


# ---- which fields -----------------------------------------------------------------------------


def _places(paper: Paper) -> Iterator[TypedField]:
    for number, page in enumerate(paper.pdf.pages):
        for annotation in page.obj.get("/Annots", ()):
            if annotation.get("/Subtype") == Name.Widget:
                yield TypedField(annotation.get("/Parent", annotation), annotation, number)


def _others(paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield what the form says beside its fields, and fields that stand on no page."""
    own = paper.pdf.Root.get("/AcroForm", pikepdf.Dictionary())
    for key in sorted(set(own.keys()) - FORM_KEYS):
        yield _active(say("the key {key} in its form", key=key), expected)
    shown = {one.field.objgen for one in _places(paper)}
    for field in own.get("/Fields", ()):
        if field.objgen not in shown:
            yield _active(say("a field '{name}' that no page shows", name=str(field.get("/T", ""))), expected)


def _names(places: Collection[TypedField], expected: Expected, fields: Collection[str]) -> Iterator[Finding]:
    words = expected.terms.words
    for name in fields:
        if not any(one.name == name for one in places):
            word = words.get(f"school.{name}", name)
            yield found(
                ProofRule.FORM_FIELD,
                expected.document.place,
                say("the file has no field for '{word}', and its pages have a line for it", word=word),
                say("give that slot room beside its word, in the format or its style sheet"),
            )
    for one in places:
        if one.name not in fields:
            yield _wrong(ProofRule.FORM_FIELD, one, say("no slot of the sheet is open for it"), expected)
            continue
        word = words.get(f"school.{one.name}", one.name)
        said = {str(one.field.get("/TU", "")), str(one.widget.get("/TU", word))}
        if said != {word}:
            heard = all_of(sorted(said))
            what = say("it is called {said}, and the sheet says '{word}'", said=heard, word=word)
            yield _wrong(ProofRule.FORM_FIELD, one, what, expected)


def _more(one: TypedField, expected: Expected) -> Iterator[Finding]:
    """Yield what a field does or says beside taking a text."""
    keys = {*one.field.keys()} - FIELD_KEYS, {*one.widget.keys()} - PLACE_KEYS
    looks = one.widget.get("/AP", pikepdf.Dictionary())
    own = one.widget.get("/MK", pikepdf.Dictionary())
    strays = {*keys[0], *keys[1], *({*looks.keys()} - {"/N"}), *({*own.keys()} - {"/R"})}
    for key in sorted(strays):
        yield _wrong(ProofRule.FORM_FIELD, one, say("it has the key {key}", key=key), expected)
    kind, flags = one.field.get("/FT"), int(one.field.get("/Ff", 0))
    if kind != Name.Tx or flags & ~FLAGS or int(one.widget.get("/F", 0)) != 4:
        what = say("it is of another kind than a text that is typed and printed")
        yield _wrong(ProofRule.FORM_FIELD, one, what, expected)
    if int(one.field.get("/MaxLen", 0)) < max(1, len(one.value)):
        yield _wrong(ProofRule.FORM_FIELD, one, say("it takes no letters"), expected)


# ---- where and how ----------------------------------------------------------------------------


def _place(one: TypedField, paper: Paper, expected: Expected) -> Iterator[Finding]:
    width_mm, height_mm = expected.terms.slots_mm.get(one.name, (0.0, 0.0))
    box, page = one.box, paper.boxes[one.page]
    over_pt = max(box.width - mm_to_pt(width_mm), box.height - mm_to_pt(height_mm))
    if over_pt > SPARE_PT or page.excess(box) > 0 or min(box.width, box.height) <= 2 * EDGE_PT:
        yield _wrong(ProofRule.FORM_PLACE, one, say("it is larger than its slot"), expected)
        return
    greys = paper.fine_scan(one.page, box.grown(-EDGE_PT), SCAN_DPI).tobytes()
    if max(greys) - min(greys) > MOST_APART:
        yield _wrong(ProofRule.FORM_PLACE, one, say("it covers what is printed"), expected)


def _type(one: TypedField, paper: Paper, expected: Expected) -> Iterator[Finding]:
    resources = paper.pdf.Root.get("/AcroForm", pikepdf.Dictionary()).get("/DR", pikepdf.Dictionary())
    own, named = (_TYPE.fullmatch(str(where.get("/DA", ""))) for where in (one.field, one.widget))
    font = resources.get("/Font", pikepdf.Dictionary()).get(f"/{named[1]}") if own and named else None
    if font is None:
        yield _wrong(ProofRule.FORM_TYPE, one, say("no font of the file is named for it"), expected)
        return
    letters = _letters(font)
    if missing := "".join(sorted(set(LETTERS) - set(letters.values()))):
        what = say("its font is not held whole by the file: '{missing}' is missing", missing=missing)
        yield _wrong(ProofRule.FORM_TYPE, one, what, expected)
    look = one.widget.get("/AP", pikepdf.Dictionary()).get("/N")
    drawn = look.read_bytes() if isinstance(look, pikepdf.Stream) else b""
    shown = read_as(
        letters.get(int(code, 16), "\ufffd")
        for text in _SHOWN.findall(drawn)
        for code in re.findall(r"[0-9A-Fa-f]{4}", text.decode("ascii"))
    )
    if squeezed(shown) != squeezed(one.value) or not (one.value or _EMPTY.fullmatch(drawn)):
        what = say("it shows '{shown}', and its value is '{value}'", shown=shown, value=one.value)
        yield _wrong(ProofRule.FORM_TYPE, one, what, expected)


def _letters(font: pikepdf.Object) -> Mapping[int, str]:
    """Return what each code of *font* is read as; nothing where the file does not hold it."""
    descriptors = [
        kid.get("/FontDescriptor", pikepdf.Dictionary()) for kid in font.get("/DescendantFonts", [])
    ]
    if not descriptors or "/FontFile2" not in descriptors[0] or "/ToUnicode" not in font:
        return {}
    return unicode_table(font.ToUnicode.read_bytes())


# ---- what is read of it -----------------------------------------------------------------------


def _tags(places: Collection[TypedField], paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield the fields that no listener meets: each has a tag of its own, and each such tag one field."""
    root = paper.pdf.Root.get("/StructTreeRoot", pikepdf.Dictionary())
    tagged = {
        kid.Obj.objgen: tag.objgen
        for tag in _forms(root)
        for kid in kids_of(tag)
        if isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") == Name.OBJR
    }
    parents = _parents(root)
    for one in places:
        named = parents.get(int(one.widget.get("/StructParent", -1)))
        if named is None or tagged.get(one.widget.objgen) != named:
            yield _wrong(ProofRule.FORM_TAGS, one, say("no tag holds it"), expected)
        elif paper.pdf.pages[one.page].obj.get("/Tabs") != Name.S:
            what = say("the page does not go from field to field in the order of its tags")
            yield _wrong(ProofRule.FORM_TAGS, one, what, expected)
    if len(tagged) != len(list(_forms(root))) or len(tagged) != len(places):
        yield _active(say("tags for fields that are not there"), expected)


def _forms(root: pikepdf.Object) -> Iterator[pikepdf.Object]:
    waiting = [root]
    while waiting:
        tag = waiting.pop()
        if tag.get("/S") == Name.Form:
            yield tag
        waiting += [kid for kid in kids_of(tag) if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]


def _parents(root: pikepdf.Object) -> Mapping[int, tuple[int, int]]:
    """Return the tag that the table of *root* names for each number of a thing of one piece."""
    numbers = root.get("/ParentTree", pikepdf.Dictionary()).get("/Nums", ())
    pairs = ((numbers[at], numbers[at + 1]) for at in range(0, len(numbers) - 1, 2))
    return {int(key): tag.objgen for key, tag in pairs if isinstance(tag, pikepdf.Dictionary)}


def _texts(
    places: Collection[TypedField], paper: Paper, base: Paper, expected: Expected
) -> Iterator[Finding]:
    """Yield that the pages say another text than those of *base*, but for what a field took the place of."""
    own = sorted(_row(run) for run in paper.runs)
    rest = sorted(_row(run) for run in base.runs if not _gave_way(run, places))
    if own != rest:
        yield found(
            ProofRule.FORM_PAGES,
            expected.document.place,
            say("the pages of the file with fields do not say what the sheet says that it was made of"),
            say("build the handout again; if it stays so, report it with the text of -v"),
        )


def _row(run: TextRun) -> tuple[int, str, int, int]:
    return run.page, run.text, round(run.box.left), round(run.box.low)


def _gave_way(run: TextRun, places: Collection[TypedField]) -> bool:
    return any(
        one.page == run.page and one.value and one.box.meets(run.box.centre.grown(0.1)) for one in places
    )
