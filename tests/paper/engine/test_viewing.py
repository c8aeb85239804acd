"""A piece asks to be printed at its own size and turned over the right edge."""

from __future__ import annotations

import pytest
from tests.paper.engine.sheets import opened, rendered, sheet

TWO = "<p>Een</p><p style='break-before:page'>Twee</p>"


@pytest.mark.parametrize(
    ("size", "body", "duplex"),
    [
        ("A5", "<p>Een</p>", "/Simplex"),
        ("A5", TWO, "/DuplexFlipLongEdge"),
        ("A5 landscape", TWO, "/DuplexFlipShortEdge"),
    ],
)
def test_piece_says_how_it_is_shown_and_printed(size: str, body: str, duplex: str) -> None:
    with opened(rendered(sheet(body, f"@page {{ size: {size} }}"), 2).pdf) as document:
        preferences = {key: str(value) for key, value in document.Root.ViewerPreferences.items()}
    assert preferences == {"/DisplayDocTitle": "True", "/PrintScaling": "/None", "/Duplex": duplex}
