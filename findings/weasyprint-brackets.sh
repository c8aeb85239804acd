#!/usr/bin/env bash
# One bracket in an Arabic text turns the brackets of the whole document, for who copies or searches it.
#
# One expects that text copied from a PDF is the text of the HTML. In a text that runs to the left, "(" is drawn as the
# glyph of ")", as Unicode asks (UAX 9, rule L4). WeasyPrint names a glyph in /ToUnicode once in a font, by the text for
# which it was needed first; so after one Arabic "(" that glyph is called "(" everywhere. A later paragraph in Dutch is
# drawn as "Zuid (campus)" and copied as "Zuid )campus(". A page alone, without the Arabic text, is right.
#
# Seen with WeasyPrint 70.0, pydyf 0.13.0, Pango 1.50 (Debian 12). It matters here because one file holds the letters of
# many schools: the name of one would spoil how the others are read.
#
# Exits 0 while that is so, 1 when it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    weasyprint==70.0 pydyf==0.13.0 pypdfium2==5.15.2 fontpkg-ibm-plex-sans-arabic==1.101
"$folder/venv/bin/python" - <<'PYTHON'
import io
import sys
from importlib import resources

import pypdfium2
import weasyprint

font = resources.files("fontpkg_ibm_plex_sans_arabic").joinpath("files", "IBMPlexSansArabic-Regular.ttf")
style = f"<style>@font-face {{ font-family: A; src: url('file://{font}') }} p {{ font: 20px A }}</style>"
arabic, dutch = "<p dir=rtl>\u0645\u062f\u0631\u0633\u0629 (\u0641\u0631\u0639)</p>", "<p>Zuid (campus)</p>"


def copied(html: str) -> str:
    pdf = weasyprint.HTML(string=style + html).write_pdf()
    text = pypdfium2.PdfDocument(io.BytesIO(pdf))[0].get_textpage().get_text_range()
    return next(line for line in text.splitlines() if "Zuid" in line).strip()


alone, after = copied(dutch), copied(arabic + dutch)
print(f"WeasyPrint {weasyprint.__version__}")
print(f"the Dutch paragraph alone is copied as:            {alone!r}")
print(f"the same after an Arabic one with brackets:        {after!r}")
is_so = alone == "Zuid (campus)" != after
print("glyphs are named by their first use" if is_so else "CHANGED: brackets keep their names")
sys.exit(0 if is_so else 1)
PYTHON
