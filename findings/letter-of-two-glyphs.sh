#!/usr/bin/env bash
# One Croatian capital in a document takes a plain letter away from all of it, for who copies, searches or listens.
#
# One expects a letter that a font draws with two glyphs to cost at most that letter. The font Lexend draws U+01C4, the
# single character for D and Z with caron, as its D and its Z with caron. WeasyPrint takes the name of a glyph in
# /ToUnicode from the piece of text between its cluster and the next one. Both glyphs are of one cluster, so that for the
# D this piece is empty: "D" is mapped to no text at all. The map holds for the whole font, and every D behind it, in
# plain Dutch, is drawn and cannot be copied, searched or read aloud. An empty target is no valid entry either
# (ISO 32000-1 §9.10.3): what reads the map strictly gives it up.
#
# Which letters come in two glyphs is for the shaper to say: with Pango 1.56 and HarfBuzz 10 (Debian 13) accented capitals
# do that a font lacks and can compose, which Pango 1.50 took from the next font. A name as common as "İpek" then takes the
# I of "ICT". That is how it was met.
#
# Seen with WeasyPrint 70.0, pydyf 0.13.0, Pango 1.50 and 1.56 (Debian 12 and 13). It matters here because the copies for
# hundreds of schools share their fonts: one name would spoil how the others are read.
#
# Exits 0 while that is so, 1 when it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    weasyprint==70.0 pydyf==0.13.0 pypdfium2==5.15.2 pikepdf==10.17.0 fontpkg-lexend==1.7
"$folder/venv/bin/python" - <<'PYTHON'
import io
import re
import sys
from importlib import resources

import pikepdf
import pypdfium2
import weasyprint

files = resources.files("fontpkg_lexend").joinpath("files").iterdir()
font = next(file for file in files if file.name.endswith(".ttf"))
style = f"<style>@font-face {{ font-family: L; src: url('file://{font}') }} p {{ font: 20px L }}</style>"
croatian, dutch = "<p>\u01c4emal</p>", "<p>De Dam</p>"


def read(html: str) -> tuple[str, int]:
    """Return the last line as it is copied, and how many glyphs are mapped to an empty text."""
    pdf = weasyprint.HTML(string=style + html).write_pdf()
    text = pypdfium2.PdfDocument(io.BytesIO(pdf))[0].get_textpage().get_text_range()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        fonts = [one for one in opened.objects if isinstance(one, pikepdf.Dictionary) and "/ToUnicode" in one]
        maps = [font.ToUnicode.read_bytes() for font in fonts]
    return text.splitlines()[-1].strip(), sum(len(re.findall(rb"<[0-9a-f]+> <>", one)) for one in maps)


alone, none = read(dutch)
after, nameless = read(croatian + dutch)
print(f"WeasyPrint {weasyprint.__version__}")
print(f"the Dutch paragraph alone is copied as:             {alone!r}, {none} glyphs without a name")
print(f"the same after a word that begins with U+01C4:      {after!r}, {nameless} without a name")
is_so = (alone, none) == ("De Dam", 0) and after != alone and nameless > 0
print("a letter of two glyphs takes the name of the first" if is_so else "CHANGED: the plain letter keeps its name")
sys.exit(0 if is_so else 1)
PYTHON
