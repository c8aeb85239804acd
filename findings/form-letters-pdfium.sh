#!/usr/bin/env bash
# PDFium sets a ş or č that is typed into a field in another font, though the font of the field has them.
#
# One expects: a field for text names a font (/DA) that the file holds whole, a Type0 font with Identity-H and a table of
# Unicode that has all its letters (ISO 32000-1 9.10.3 and 12.7.3.3). What is typed is set in it, as far as it has the
# letters.
# What happens: PDFium (Chrome, Edge) asks first which code page of Windows a letter is of. For one outside Western
# Europe it takes a font of the system, or one of its own, and names that beside ours in what the field looks like: in
# "Şule" the Ş is of another face than "ule". pdf.js 4.10 and Poppler 22.12 set all of it in the font of the field.
# Versions: PDFium of pypdfium2 5.15.2; pikepdf 10.17.0 wrote the file, fonttools 4.68.0 read Atkinson Hyperlegible.
# Why it matters here: files to type in hold their fonts whole, so that a name looks like the sheet; in Chrome and Edge
# that is so for the letters of Western Europe alone, and the file that is saved there then names a foreign font.
#
# Exits with 1 when PDFium sets the Ş in the font of the field, or "ule" in another.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
    pikepdf==10.17.0 pypdfium2==5.15.2 fonttools==4.68.0 fontpkg-atkinson-hyperlegible==1.6

venv/bin/python - <<'PY'
import io
import sys
from importlib import resources
from importlib.metadata import version

import pikepdf
import pypdfium2
import pypdfium2.raw as raw
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name, String

DATA = resources.files("fontpkg_atkinson_hyperlegible").joinpath("files", "AtkinsonHyperlegible-Bold.ttf").read_bytes()
FONT = TTFont(io.BytesIO(DATA))
GLYPHS = {chr(code): FONT.getGlyphID(glyph) for code, glyph in FONT.getBestCmap().items()}
UNIT = 1000 / FONT["head"].unitsPerEm
TYPED = "Şule"
assert set(TYPED) <= GLYPHS.keys(), "the font lacks a letter"


def type0(pdf: pikepdf.Pdf) -> pikepdf.Object:
    """Return the font as a field may name it, with all its letters."""
    name, across = Name("/AtkinsonHyperlegible-Bold"), FONT["hhea"]
    descriptor = Dictionary(
        Type=Name.FontDescriptor, FontName=name, Flags=4, FontBBox=Array([-200, -300, 1200, 1000]), ItalicAngle=0,
        Ascent=round(across.ascent * UNIT), Descent=round(across.descent * UNIT), CapHeight=668, StemV=80,
        FontFile2=pdf.make_stream(DATA, Length1=len(DATA)),
    )
    widths = [round(FONT["hmtx"][glyph][0] * UNIT) for glyph in FONT.getGlyphOrder()]
    system = Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0)
    kid = Dictionary(
        Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=name, CIDSystemInfo=system, CIDToGIDMap=Name.Identity,
        FontDescriptor=pdf.make_indirect(descriptor), W=Array([0, Array(widths)]),
    )
    rows = [f"<{glyph:04x}> <{ord(letter):04x}>" for letter, glyph in sorted(GLYPHS.items()) if ord(letter) < 0x10000]
    blocks = [rows[at : at + 100] for at in range(0, len(rows), 100)]
    lines = [
        "/CIDInit /ProcSet findresource begin", "12 dict begin", "begincmap", "/CMapName /U def", "/CMapType 2 def",
        "1 begincodespacerange", "<0000> <ffff>", "endcodespacerange",
        *(line for block in blocks for line in (f"{len(block)} beginbfchar", *block, "endbfchar")),
        "endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end",
    ]
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font, Subtype=Name.Type0, BaseFont=name, Encoding=Name("/Identity-H"),
            DescendantFonts=Array([pdf.make_indirect(kid)]), ToUnicode=pdf.make_stream("\n".join(lines).encode()),
        )
    )


pdf = pikepdf.new()
page = pdf.add_blank_page(page_size=(200, 100)).obj
font = type0(pdf)
box = Array([20, 40, 180, 60])
look = pdf.make_stream(b"/Tx BMC EMC", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 160, 20]))
field = pdf.make_indirect(
    Dictionary(
        Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("name"), Rect=box, F=4, P=page,
        DA=String("/F0 12 Tf 0 g"), AP=Dictionary(N=look),
    )
)
page.Annots = Array([field])
pdf.Root.AcroForm = Dictionary(Fields=Array([field]), DR=Dictionary(Font=Dictionary(F0=font)))
pdf.save("form.pdf")

document = pypdfium2.PdfDocument("form.pdf")
document.init_forms()
shown, form = document[0], document.formenv.raw
raw.FORM_OnLButtonDown(form, shown.raw, 0, 100, 50)
raw.FORM_OnLButtonUp(form, shown.raw, 0, 100, 50)
for letter in TYPED:
    raw.FORM_OnChar(form, shown.raw, ord(letter), 0)
raw.FORM_ForceToKillFocus(form)
document.save("filled.pdf")

drawn, chosen = [], ""
with pikepdf.open("filled.pdf") as filled:
    look = filled.pages[0].Annots[0].AP.N
    for instruction in pikepdf.parse_content_stream(look):
        if str(instruction.operator) == "Tf":
            chosen = str(instruction.operands[0])
        elif str(instruction.operator) == "Tj":
            drawn.append((chosen, bytes(instruction.operands[0])))
own = b"".join(codes for name, codes in drawn if name == "/F0")
others = [name for name, _ in drawn if name != "/F0"]
print("PDFium of pypdfium2", version("pypdfium2"))
print("typed:", TYPED, " the font of the field has all of it")
print("set in the font of the field:", "".join(
    letter for letter in TYPED if GLYPHS[letter].to_bytes(2, "big") in [own[at : at + 2] for at in range(0, len(own), 2)]
))
print("set in another:", len(others), "piece of text, in", ", ".join(others) or "none")
ule = b"".join(GLYPHS[letter].to_bytes(2, "big") for letter in "ule")
sys.exit(0 if own == ule and len(others) == 1 else 1)
PY
