#!/usr/bin/env bash
# A line of text that ends in a space before a box may hold its first word alone.
#
# One expects that a line takes as many words as fit, and that a space at its end hangs over the edge (CSS Text 3 §4.1.2).
# WeasyPrint, where all words of a text fit and only the space after the last one does not, before an inline element that
# goes to the next line, sets the first word alone on the line: it takes a line that is too wide by a space for one that
# cannot be broken earlier. So at some widths, as wide apart as a space, a paragraph begins with one word on its line.
#
# Seen with WeasyPrint 70.0, pydyf 0.13.0, Pango 1.50 (Debian 12). It matters here because the texts are full of keys, each
# an inline element after a space, and large print has few words on a line.
#
# Exits 0 while that is so, 1 when it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    weasyprint==70.0 pydyf==0.13.0 fontpkg-ibm-plex-sans-arabic==1.101
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib import resources

import weasyprint
from weasyprint.formatting_structure import boxes

font = resources.files("fontpkg_ibm_plex_sans_arabic").joinpath("files", "IBMPlexSansArabic-Regular.ttf")
style = f"""<style>@font-face {{ font-family: A; src: url('file://{font}') }} @page {{ size: 900px 300px; margin: 0 }}
body {{ margin: 0 }} p {{ font: 20px A; margin: 0 }}</style>"""


def lines(width_px: int) -> list[str]:
    text = "One two three four five <b>six</b> seven"
    page = weasyprint.HTML(string=f"{style}<p style='width: {width_px}px'>{text}</p>").render().pages[0]
    found = [box for box in page._page_box.descendants() if isinstance(box, boxes.LineBox)]
    return ["".join(part.text for part in box.descendants() if isinstance(part, boxes.TextBox)) for box in found]


print(f"WeasyPrint {weasyprint.__version__}")
short = {width_px: found for width_px in range(150, 320) if len((found := lines(width_px))[0].split()) == 1}
for width_px, found in short.items():
    print(f"{width_px} px wide: {found}")
print("one word alone on its line" if short else "CHANGED: lines are as long as they can be")
sys.exit(0 if short else 1)
PYTHON
