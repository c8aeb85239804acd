#!/usr/bin/env bash
# A gradient of an SVG that is turned by 45 degrees paints nothing at all, and the engine says no word.
#
# One expects: gradientTransform="rotate(45)" turns the gradient (SVG 2 §14.2.1). Figma writes one for every radial
# gradient, Inkscape for every gradient that was moved or turned.
# What happens: WeasyPrint 70.0 paints a gradient as a PDF tile. Its box is that of two opposite corners of the shape, moved
# by the inverse transform; turned by 45 degrees these lie on one line, and the tile has no height: a white
# square, an empty log.
# Why it matters here: the logo of a school came out white, and no warning of the engine tells. So
# reading/drawing_paint.py works the transform into the ends of the gradient.
# Needs Pango on the system, as WeasyPrint does.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    weasyprint==70.0 pydyf==0.13.0 pypdfium2==5.15.2 pillow==13.0.0
"$folder/venv/bin/python" - <<'PYTHON'
import logging

import pypdfium2
import weasyprint

said = []
logging.getLogger("weasyprint").addHandler(type("All", (logging.Handler,), {"emit": lambda _, r: said.append(r)})())


def painted(degrees: int) -> float:
    """Return how much of a square filled with a red-to-blue gradient is not white."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" style="display: block; width: 100px">'
        '<linearGradient id="a" gradientUnits="userSpaceOnUse" x1="0" y1="0" x2="100" y2="0" '
        f'gradientTransform="rotate({degrees})"><stop stop-color="red"/><stop offset="1" stop-color="blue"/>'
        '</linearGradient><rect width="100" height="100" fill="url(#a)"/></svg>'
    )
    html = f"<!doctype html><style>@page {{ size: 100px; margin: 0 }} body {{ margin: 0 }}</style>{svg}"
    pdf = weasyprint.HTML(string=html).write_pdf()
    page = pypdfium2.PdfDocument(pdf)[0].render(scale=1).to_pil().convert("RGB")
    white = sum(count for count, colour in page.getcolors(page.width * page.height) if colour == (255, 255, 255))
    return 1 - white / (page.width * page.height)


print("WeasyPrint", weasyprint.__version__)
found = {degrees: painted(degrees) for degrees in (0, 30, 45, 90)}
for degrees, part in found.items():
    print(f"gradientTransform=rotate({degrees}): {part:.0%} of the square is painted")
print("warnings:", len(said))
assert found[0] > 0.99
assert found[45] == 0 and not said, "it paints a turned gradient now: take our working out of it away"
PYTHON
