#!/usr/bin/env bash
# Saying what an Arabic line says, with /ActualText, turns its letters round in PDFium and in MuPDF.
#
# One expects: a PDF stores a line of Arabic glyphs in the order of the eye, from the left; /ActualText (ISO 32000-1
# 14.9.4), around the glyphs in the content or in the structure element of the line, gives the text in its order,
# so readers that search and copy take it from there, and get it right more surely than before.
# What happens: both read the line right without it, as they turn glyphs of a script from the right round by
# themselves. They put the letters of /ActualText in the place of the glyphs and turn these round as well: PDFium
# (Chrome, Edge) each word, and MuPDF (SumatraPDF) the line, so that a search finds nothing. PDFium does so where it
# stands in the content, and reads right where it stands in the structure element; MuPDF errs with either.
# Versions: PDFium of pypdfium2 5.15.2; MuPDF of PyMuPDF 1.26.7; WeasyPrint 70.0 made the page.
# Why it matters here: screen readers need the text in its order. The structure element is the one place that gives
# it to them and leaves searching in browsers alone.
#
# Needs Pango, as WeasyPrint does. Exits with 1 when one of the readers behaves otherwise.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
    weasyprint==70.0 pikepdf==10.17.0 pypdfium2==5.15.2 pymupdf==1.26.7 fontpkg-ibm-plex-sans-arabic==1.101

venv/bin/python - <<'PY'
import io
import sys
from importlib.metadata import version
from pathlib import Path

import fontpkg_ibm_plex_sans_arabic
import pikepdf
import pymupdf
import pypdfium2
import weasyprint

NAME = "مدرسة النور"
font = Path(fontpkg_ibm_plex_sans_arabic.__file__).parent / "files" / "IBMPlexSansArabic-Regular.ttf"
style = f"@font-face {{ font-family: Plex; src: url({font.as_uri()}) }} body {{ font: 20pt Plex }}"
html = f'<html lang="ar"><title>t</title><style>{style}</style><p>{NAME}</p>'
plain = weasyprint.HTML(string=html).write_pdf(pdf_variant="pdf/ua-1")


def in_content(pdf: pikepdf.Pdf) -> None:
    page, told = pdf.pages[0], []
    for one in pikepdf.parse_content_stream(page):
        operands = list(one.operands)
        if str(one.operator) == "BDC":
            operands[1] = pikepdf.Dictionary({**dict(operands[1].items()), "/ActualText": pikepdf.String(NAME)})
        told.append((operands, one.operator))
    page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(told))


def in_tags(pdf: pikepdf.Pdf) -> None:
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Dictionary) and thing.get("/S") == "/Span":
            thing.ActualText = pikepdf.String(NAME)


def told(tell) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(plain)) as pdf:
        tell(pdf)
        pdf.save(out)
    return out.getvalue()


def pdfium(data: bytes) -> str:
    return pypdfium2.PdfDocument(data)[0].get_textpage().get_text_bounded().strip()


def mupdf(data: bytes) -> str:
    return pymupdf.open(stream=data)[0].get_text().strip()


print("WeasyPrint", version("weasyprint"), "pypdfium2", version("pypdfium2"), "PyMuPDF", version("pymupdf"))
files = {"no /ActualText": plain, "in the content": told(in_content), "in the tags": told(in_tags)}
read = {where: (pdfium(data), mupdf(data)) for where, data in files.items()}
for where, texts in read.items():
    print(f"{where:15}", *(f"{name}: {text}" for name, text in zip(("PDFium", "MuPDF"), texts)), sep="  ")

backwards = " ".join(word[::-1] for word in NAME.split())
as_said = (
    read["no /ActualText"][0] == NAME
    and read["in the tags"][0] == NAME
    and read["in the content"][0] != NAME
    and set(read["in the content"][0].split()) == set(backwards.split())
    and read["no /ActualText"][1] == NAME
    and read["in the content"][1] == read["in the tags"][1] == NAME[::-1]
)
print("as said above" if as_said else "this changed")
sys.exit(not as_said)
PY
