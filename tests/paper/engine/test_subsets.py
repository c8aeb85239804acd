"""The fonts of a file: cut by us, to the glyphs that it shows, whatever the system brings."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont
from tests.conftest import REPOSITORY
from tests.paper.engine.sheets import opened, rendered, sheet

WORDS = "<p style='font: 12pt Lexend'>Scan de code, \u00e9\u00e9n keer</p>"
PROGRAM = """
import hashlib
from tests.paper.engine.sheets import rendered, sheet
print(hashlib.sha256(rendered(sheet({words!r})).pdf).hexdigest())
"""


def font_files(pdf: bytes) -> list[bytes]:
    with opened(pdf) as document:
        return [
            item.FontFile2.read_bytes()
            for item in document.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor"
        ]


def drawing(font: TTFont, glyph: int) -> list[object]:
    glyphs = font.getGlyphSet()
    pen = DecomposingRecordingPen(glyphs)
    glyphs[font.getGlyphName(glyph)].draw(pen)
    return list(pen.value)


def test_glyphs_keep_their_numbers_and_drawings_and_no_others_are_there() -> None:
    (data,) = font_files(rendered(sheet(WORDS)).pdf)
    part = TTFont(BytesIO(data))
    whole = TTFont(Path(os.environ["FONTCONFIG_FILE"]).parent / "Lexend-400.ttf")
    drawn = {number for number in range(1, part["maxp"].numGlyphs) if drawing(part, number)}
    shown = {whole.getGlyphID(whole.getBestCmap()[ord(letter)]) for letter in "Scandeo,\u00e9kr"}
    # \u00e9 is drawn of e and its accent, which then stays as the last.
    assert shown <= drawn <= shown | {max(shown) + 1}
    assert part["maxp"].numGlyphs == max(drawn) + 1
    for number in shown:
        assert drawing(part, number) == drawing(whole, number)
    assert not {"GSUB", "GPOS"} & set(part.keys())


@pytest.mark.skipif(
    sys.platform != "linux", reason="hides a library as the loader of Linux lets it be hidden"
)
def test_system_without_the_library_that_cuts_fonts_makes_the_same_bytes_and_no_warning(
    tmp_path: Path,
) -> None:
    # The loader takes the first file of that name, and this is no library.
    (tmp_path / "libharfbuzz-subset.so.0").touch()
    done = subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning", "-c", PROGRAM.format(words=WORDS)],
        cwd=REPOSITORY,
        env={**os.environ, "LD_LIBRARY_PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout.strip() == hashlib.sha256(rendered(sheet(WORDS)).pdf).hexdigest()
