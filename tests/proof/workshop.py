"""Real sheets of the handbook, each made once, and what may be done to a finished PDF to spoil it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from io import BytesIO
from typing import Any

import pikepdf
import zxingcpp
from pikepdf import Array, Dictionary, Name, Operator
from PIL import Image
from tests.handbook.handbook import coded, made, project

from handout import proof
from handout.document import qr
from handout.editions import expectations, single
from handout.model.document import Document
from handout.model.findings import Finding
from handout.model.text import Step, Steps
from handout.model.units import mm_to_pt
from handout.project.plan import Edition, Selection, editions
from handout.project.project import Project
from handout.project.settings import Status
from handout.proof import Expectations

LEAFLET = "staff/mfa-instellen-leaflet-a4.pdf"
TENT = "staff/smartphone-vergeten-tent-a4.pdf"
REFERENCE = "ict-anchor/mfa-hulp-geven-reference-a4.pdf"
POSTER = "staff/mfa-in-3-stappen-poster-a3.pdf"
CARD = "staff/mfa-hulp-op-zak-card.pdf"
BLACK = "staff/mfa-hulp-op-zak-card-mono.pdf"
"""The card in black alone."""
STATUS = "with status: " + LEAFLET
"""The leaflet with the small code of [status] at its foot."""
BAD_URL = "https://mysignins.example.com/info"


@dataclass(frozen=True)
class Piece:
    """A finished PDF with its model."""

    pdf: bytes = field(repr=False)
    document: Document = field(repr=False)
    terms: Expectations = field(repr=False)

    def findings(self, pdf: bytes | None = None) -> tuple[Finding, ...]:
        """Return what the proofs have against *pdf*, or against the piece itself."""
        return proof.inspect(pdf or self.pdf, self.document, self.terms)

    def changed(self, change: Callable[[Sheet], None]) -> bytes:
        """Return the piece after *change*."""
        return saved(self.pdf, change)


def saved(data: bytes, change: Callable[[Sheet], None]) -> bytes:
    with pikepdf.open(BytesIO(data)) as pdf:
        change(Sheet(pdf))
        out = BytesIO()
        pdf.save(out, fix_metadata_version=False)
    return out.getvalue()


def edition_of(path: str) -> Edition:
    (edition,) = (one for one in editions(project(), Selection(mono=True)) if one.output_path == path)
    return coded(edition, "sign-in") if path == POSTER else edition


def _with_its_address_first(project: Project) -> Project:
    """Return the handbook with the address of the poster in its first step: so the tiles cut its code."""
    procedure = project.procedures["mfa-kort"]
    (steps,) = procedure.blocks
    assert isinstance(steps, Steps)
    first, *others, last = steps.steps
    assert isinstance(first, Step)
    assert isinstance(last, Step)
    exchanged = (replace(first, blocks=last.blocks), *others, replace(last, blocks=first.blocks))
    own = replace(procedure, blocks=(replace(steps, steps=exchanged),))
    return replace(project, procedures={**project.procedures, "mfa-kort": own})


def with_status(project: Project, url: str = "https://bladen.school.be/check.html") -> Project:
    """Return *project* with the small code of [status], which the handbook itself does not have."""
    links = project.settings.links
    hosts = [*links.allowed_hosts, "bladen.school.be"]
    asked = {"status": Status(url=url), "links": links.model_copy(update={"allowed_hosts": hosts})}
    return replace(project, settings=project.settings.model_copy(update=asked))


@cache
def piece(path: str) -> Piece:
    """Return the piece of the handbook at *path*, as a build makes it; the poster with a code in row 1."""
    if path == STATUS:
        own = with_status(project())
        one = single.make(own, edition_of(LEAFLET))
        return Piece(one.pdf, one.document, expectations.of(own, one.document))
    edition = edition_of(path)
    one = single.make(_with_its_address_first(project()), edition) if path == POSTER else made(edition)
    assert one.pdf, one.findings
    return Piece(one.pdf, one.document, expectations.of(project(), one.document))


# ---- changes ----------------------------------------------------------------------------------

Instruction = tuple[list[Any], Operator]
"""Operands of whatever kind, and what is done with them."""


@dataclass(frozen=True)
class Spot:
    """Where a page shows a text."""

    page: int
    at: int
    """The number of the instruction."""
    font: str
    mark: int
    """-1: no tag holds it."""
    text: str


def last_of(operator: str, instructions: Sequence[Instruction], spot: Spot) -> int:
    """Return the number of the last *operator* before *spot*."""
    return next(at for at in range(spot.at, -1, -1) if str(instructions[at][1]) == operator)


@dataclass
class Sheet:
    """A PDF that is being spoilt."""

    pdf: pikepdf.Pdf
    _letters: dict[tuple[int, int], dict[int, str]] = field(default_factory=dict, repr=False)
    """What `letters` read of each font, by the number of its object."""

    # -- content

    def page(self, number: int) -> pikepdf.Page:
        return self.pdf.pages[number]

    def under(self, number: int, operators: str) -> None:
        """Draw *operators* under all else; millimetres become points in `{…}`, from the lower left."""
        self.page(number).contents_add(f"q {in_points(operators)} Q\n".encode(), prepend=True)

    def over(self, number: int, operators: str) -> None:
        """Draw *operators* over all else, marked as decoration."""
        # The page leaves its own matrix behind: what follows it starts anew only inside q and Q.
        self.page(number).contents_add(b"q\n", prepend=True)
        marked = f"\nQ /Artifact BMC q {in_points(operators)} Q EMC\n"
        self.page(number).contents_add(marked.encode(), prepend=False)

    def instructions(self, number: int) -> list[Instruction]:
        parsed = pikepdf.parse_content_stream(self.page(number))
        return [(list(one.operands), Operator(str(one.operator))) for one in parsed]

    def rewrite(self, number: int, instructions: Sequence[Instruction]) -> None:
        self.page(number).Contents = self.pdf.make_stream(pikepdf.unparse_content_stream(instructions))

    def texts(self, number: int) -> Iterator[Spot]:
        """Yield the texts that a page shows, in the order in which they are drawn."""
        font, mark = "", -1
        for at, (operands, operator) in enumerate(self.instructions(number)):
            if str(operator) == "Tf":
                font = str(operands[0])
            elif str(operator) in ("BDC", "BMC"):
                properties = operands[1] if len(operands) > 1 else Dictionary()
                mark = int(properties.MCID) if "/MCID" in properties else -1
            elif str(operator) in ("Tj", "TJ"):
                letters = self.letters(number, font)
                text = "".join(letters.get(code, "?") for code in glyph_codes(operands[0]))
                yield Spot(number, at, font, mark, text)

    def letters(self, number: int, font: str) -> dict[int, str]:
        """Return the letter of each glyph of *font*, by its number, as it was when first asked."""
        file = self.font(number, font)
        if file.objgen not in self._letters:
            table = file.ToUnicode.read_bytes().decode("ascii")
            pairs = re.findall(r"^<([0-9a-fA-F]{4})> <([0-9a-fA-F]+)>$", table, re.MULTILINE)
            found = {int(glyph, 16): bytes.fromhex(text).decode("utf-16-be") for glyph, text in pairs}
            self._letters[file.objgen] = found
        return self._letters[file.objgen]

    def font(self, number: int, name: str) -> pikepdf.Object:
        return self.page(number).obj.Resources.Font[name]

    def find(self, text: str) -> Spot:
        """Return where *text* is shown for the first time."""
        pages = range(len(self.pdf.pages))
        return next(spot for page in pages for spot in self.texts(page) if spot.text == text)

    def under_tag(self, tag: pikepdf.Object) -> Spot:
        """Return the first text with letters below *tag*."""
        marks = set(self._marks(tag, 0))
        pages = range(len(self.pdf.pages))
        spots = (spot for page in pages for spot in self.texts(page))
        return next(spot for spot in spots if (spot.page, spot.mark) in marks and spot.text.strip())

    def _marks(self, node: Any, page: int) -> Iterator[tuple[int, int]]:
        if "/Pg" in node:
            page = [one.obj.objgen for one in self.pdf.pages].index(node.Pg.objgen)
        kids = node.get("/K", Array())
        for kid in kids if isinstance(kids, Array) else [kids]:
            if isinstance(kid, int):
                yield page, kid
            elif "/MCID" in kid:
                yield page, int(kid.MCID)
            elif "/S" in kid:
                yield from self._marks(kid, page)

    def write(self, spot: Spot, new: str) -> None:
        """Let the page show *new* at *spot*, in the letters that its font has."""
        codes = {letter: code for code, letter in self.letters(spot.page, spot.font).items()}
        self.glyphs(spot, [codes[letter] for letter in new])

    def glyphs(self, spot: Spot, codes: Sequence[int]) -> None:
        instructions = self.instructions(spot.page)
        data = b"".join(code.to_bytes(2, "big") for code in codes)
        instructions[spot.at] = ([pikepdf.String(data)], Operator("Tj"))
        self.rewrite(spot.page, instructions)

    def prepare(self, spot: Spot, *before: Instruction) -> None:
        """Let *before* stand just before the text at *spot* is shown."""
        instructions = self.instructions(spot.page)
        instructions[spot.at : spot.at] = before
        self.rewrite(spot.page, instructions)

    def move(self, spot: Spot, right: float = 0, down: float = 0) -> None:
        """Move the text at *spot* by millimetres."""
        instructions = self.instructions(spot.page)
        at = last_of("Tm", instructions, spot)
        numbers = [float(str(number)) for number in instructions[at][0]]
        # The pages of the engine count CSS pixels, downwards.
        numbers[4] += mm_to_pt(right) / 0.75
        numbers[5] += mm_to_pt(down) / 0.75
        instructions[at] = (numbers, Operator("Tm"))
        self.rewrite(spot.page, instructions)

    def drop(self, spot: Spot) -> None:
        instructions = self.instructions(spot.page)
        del instructions[spot.at]
        self.rewrite(spot.page, instructions)

    def resize(self, spot: Spot, factor: float) -> None:
        instructions = self.instructions(spot.page)
        at = last_of("Tf", instructions, spot)
        name, size = instructions[at][0]
        instructions[at] = ([name, float(str(size)) * factor], Operator("Tf"))
        self.rewrite(spot.page, instructions)

    def picture(self, number: int, image: Image.Image, box_mm: tuple[float, float, float, float]) -> None:
        """Draw *image*, grey, over the page: left, low, width and height in millimetres."""
        stream = self.pdf.make_stream(image.convert("L").tobytes())
        stream.Type, stream.Subtype = Name.XObject, Name.Image
        stream.Width, stream.Height = image.size
        stream.ColorSpace, stream.BitsPerComponent = Name.DeviceGray, 8
        name = Name(f"/Extra{len(self.page(number).obj.Resources.get('/XObject', {}))}")
        self.page(number).add_resource(stream, Name.XObject, name)
        left, low, width, height = box_mm
        self.over(number, f"{{{width}}} 0 0 {{{height}}} {{{left}}} {{{low}}} cm {name} Do")

    def code(self, number: int, payload: str, box_mm: tuple[float, float, float], grey: float = 0) -> None:
        """Draw a QR code on white: left, low and side with its quiet zone, in millimetres."""
        left, low, side = box_mm
        symbol = qr.symbol(payload)
        step = side / symbol.side_modules
        path = path_operators(symbol.path)
        self.over(
            number,
            f"1 g {{{left}}} {{{low}}} {{{side}}} {{{side}}} re f {grey} g "
            f"{{{step}}} 0 0 -{{{step}}} {{{left}}} {{{low + side}}} cm {path} f*",
        )

    # -- tags

    def tags(self, kind: str) -> list[pikepdf.Object]:
        """Return the structure elements of *kind*, in reading order."""
        return [tag for tag in self._below(self.pdf.Root.StructTreeRoot) if tag.get("/S") == f"/{kind}"]

    def _below(self, node: pikepdf.Object) -> Iterator[pikepdf.Object]:
        kids = node.get("/K", Array())
        for kid in kids if isinstance(kids, Array) else [kids]:
            if isinstance(kid, Dictionary) and "/S" in kid:
                yield kid
                yield from self._below(kid)


def glyph_codes(operand: Any) -> list[int]:
    parts = operand if isinstance(operand, Array) else [operand]
    data = b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String))
    return [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)]


def in_points(operators: str) -> str:
    """Return *operators* with each `{12.5}`, millimetres, in points."""
    return re.sub(r"\{([-\d.]+)\}", lambda match: f"{mm_to_pt(float(match[1])):.4f}", operators)


def path_operators(path: str) -> str:
    """Return the path of an SVG of right-angled outlines, `M4 4h7v7z`, as PDF operators."""
    x = y = 0
    operators = []
    for command, first, second in re.findall(r"([Mhvz])(-?\d+)?(?: (-?\d+))?", path):
        if command == "M":
            x, y = int(first), int(second)
            operators.append(f"{x} {y} m")
        elif command == "z":
            operators.append("h")
        else:
            x, y = (x + int(first), y) if command == "h" else (x, y + int(first))
            operators.append(f"{x} {y} l")
    return " ".join(operators)


def barcode(payload: str, kind: zxingcpp.BarcodeFormat, scale: int = 4) -> Image.Image:
    """Return a code of another kind as a picture."""
    return Image.fromarray(zxingcpp.create_barcode(payload, kind).to_image(scale=scale))
