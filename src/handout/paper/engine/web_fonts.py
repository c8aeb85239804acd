"""The faces of the sheets for a page on a screen, in the page itself: no reader has to have them."""

from __future__ import annotations

import base64
import io

from handout.machine.cache import Cache
from handout.machine.state import digest
from handout.paper.engine import fonts

LETTERS = "".join(map(chr, range(0x20, 0x7F))) + "àáâäçèéêëíîïñóôöùúûüÉ‘’“”–…·€×"
"""Those of Dutch, French and English: others are shown in a font of the reader's machine."""
FACES = (
    ("Lexend", 600, "Lexend-600.ttf"),
    ("Atkinson Hyperlegible", 400, "AtkinsonHyperlegible-Regular.ttf"),
    ("Atkinson Hyperlegible", 700, "AtkinsonHyperlegible-Bold.ttf"),
)
_RECIPE = "2"
"""Raise it when this module makes other rules of the same fonts."""


def rules(cache: Cache | None = None) -> tuple[str, ...]:
    """Return the rules that declare FACES, each with its font cut to LETTERS, as WOFF2.

    To pack them takes a second: *cache* keeps them. The same bytes for the same versions of the packages.
    """
    name = f"faces-{digest((_RECIPE, fonts.key()))}"
    known = cache.read(name) if cache else None
    if known is not None:
        return tuple(known.decode("ascii", "replace").splitlines())
    made = tuple(_rule(family, weight, fonts.installed(file)) for family, weight, file in FACES)
    if cache:
        cache.write(name, "\n".join(made).encode())
    return made


def _rule(family: str, weight: int, font: bytes) -> str:
    packed = base64.b64encode(_cut(font)).decode()
    return (
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; font-display: swap; '
        f'src: url("data:font/woff2;base64,{packed}") format("woff2"); }}'
    )


def _cut(font: bytes) -> bytes:
    """Return *font* with LETTERS alone and of its features the kerning, as WOFF2.

    HarfBuzz cuts it, which takes fontTools four times as long; fontTools packs it, for HarfBuzz does not.
    """
    import uharfbuzz
    from fontTools.ttLib import TTFont

    asked = uharfbuzz.SubsetInput()
    asked.unicode_set.update(map(ord, LETTERS))
    asked.layout_feature_tag_set.clear()
    asked.layout_feature_tag_set.add(int.from_bytes(b"kern", "big"))
    asked.flags = uharfbuzz.SubsetFlags.NO_HINTING | uharfbuzz.SubsetFlags.DESUBROUTINIZE
    cut = bytes(uharfbuzz.subset(uharfbuzz.Face(font), asked).blob.data)
    opened = TTFont(io.BytesIO(cut), recalcTimestamp=False)
    opened.flavor = "woff2"
    target = io.BytesIO()
    opened.save(target)
    return target.getvalue()
