#!/usr/bin/env bash
# The filter of CUPS for PCL printers tells every printer to turn the paper over its long edge, whatever was asked.
#
# One expects: `sides=two-sided-short-edge` arrives as "ESC & l 2 S" (PCL 5: 1 binds at the long edge, 2 at the short one).
# The page header that the filter gets says Tumble, and URF and PWG raster of the same job say the short edge.
# What happens: rastertohp of CUPS 2.4.2 (Debian 12) writes "ESC & l 1 S" for both: it works out `1 + Tumble != 0`, which C
# reads as `(1 + Tumble) != 0`.
# Why it matters here: a tri-fold turns over its short edge. On a queue with the generic PCL driver its back comes out
# upside down, though `handout print` asks the right thing: docs/printing.md says which queue to take.
# Needs Debian or Ubuntu, for the filter comes as no Python package, with libcups2 and libcupsimage2 installed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
(cd "$folder" && apt-get download -qq cups 2>/dev/null && dpkg -x ./*.deb .)
echo "rastertohp of $(cd "$folder" && ls ./*.deb)"
python3 - "$folder/usr/lib/cups/filter/rastertohp" "$folder" <<'PYTHON'
import os
import re
import struct
import subprocess
import sys
from pathlib import Path

# Offsets in the header of a page of CUPS raster: its words are numbered by what they say (cups/raster.h).
DUPLEX, RESOLUTION, TUMBLE, WIDTH, HEIGHT = 272, 276, 368, 372, 376
BITS_PER_COLOUR, BITS_PER_PIXEL, BYTES_PER_LINE, COLOUR_SPACE, COLOURS = 384, 388, 392, 400, 420
BLACK = 3
PPD = """\
*PPD-Adobe: "4.3"
*FormatVersion: "4.3"
*FileVersion: "1.0"
*LanguageVersion: English
*LanguageEncoding: ISOLatin1
*PCFileName: "PCL.PPD"
*Product: "(PCL)"
*Manufacturer: "Generic"
*ModelName: "PCL"
*ShortNickName: "PCL"
*NickName: "PCL"
*PSVersion: "(3010.000) 0"
*cupsModelNumber: 0
*OpenUI *PageSize: PickOne
*DefaultPageSize: A4
*PageSize A4: ""
*CloseUI: *PageSize
*ImageableArea A4: "18 12 577 830"
*PaperDimension A4: "595 842"
"""
ppd = Path(sys.argv[2], "pcl.ppd")
ppd.write_text(PPD)


def sent(tumble: int) -> str:
    """Return the number in "ESC & l # S" for a sheet of two sides of 8 by 8 dots."""
    header = bytearray(1796)
    said = {
        DUPLEX: 1, RESOLUTION: 300, RESOLUTION + 4: 300, TUMBLE: tumble, WIDTH: 8, HEIGHT: 8, BITS_PER_COLOUR: 1,
        BITS_PER_PIXEL: 1, BYTES_PER_LINE: 1, COLOUR_SPACE: BLACK, COLOURS: 1,
    }  # fmt: skip
    for offset, word in {**said, 352: 595, 356: 842}.items():
        struct.pack_into(">I", header, offset, word)
    raster = b"RaS3" + 2 * (bytes(header) + 8 * b"\xff")
    pcl = subprocess.run(
        [sys.argv[1], "1", "somebody", "title", "1", ""],
        input=raster,
        env={**os.environ, "PPD": str(ppd)},
        capture_output=True,
        check=True,
    ).stdout
    return re.search(rb"\x1b&l(\d)S", pcl)[1].decode()


long, short = sent(0), sent(1)
print(f"asked the long edge: ESC & l {long} S; asked the short edge: ESC & l {short} S")
assert long == "1"
assert short == "1", "it tells the short edge now: take the warning out of docs/printing.md"
PYTHON
