"""Where pages end: what is split, stranded or left alone is seen on the laid-out pages."""

from __future__ import annotations

import pytest
from tests.paper.engine.sheets import rendered, sheet

FILL = "<div style='height:170mm'></div>"
"""Leaves one or two lines on the first page of A5."""


def whats(body: str, pages: int = 2, style: str = "") -> list[str]:
    return [finding.what for finding in rendered(sheet(body, style), pages).findings]


def test_step_that_goes_on_overleaf_is_reported() -> None:
    step = "<li class='step' data-place='content/x.md:4'><p>Doe dit</p><p>En kijk</p><p>goed toe</p></li>"
    (what,) = whats(f"{FILL}<ol>{step}</ol>", style="p { margin: 0 }")
    assert what == "the step 'Doe dit En kijk goed toe' begins on page 1 and ends on page 2"


def test_step_that_moves_as_a_whole_is_right() -> None:
    step = "<li class='step' style='break-inside:avoid'><p>Doe dit</p><p>En kijk</p><p>goed toe</p></li>"
    assert whats(f"{FILL}<ol>{step}</ol>", style="p { margin: 0 }") == []


@pytest.mark.parametrize(("rule", "is_reported"), [("auto", True), ("avoid", False)])
def test_heading_at_the_end_of_a_page_is_reported(rule: str, is_reported: bool) -> None:
    style = f"h2 {{ break-after: {rule}; margin: 0 }} p {{ margin: 0; break-before: auto }}"
    body = f"<section>{FILL}<h2>Kop</h2><p>Tekst<br>die<br>volgt<br>en<br>nog</p></section>"
    reported = [
        what for what in whats(body, style=style + "p { orphans: 5; widows: 5 }") if "heading" in what
    ]
    assert reported == (["the heading 'Kop' ends page 1, away from its text"] if is_reported else [])


def test_title_may_have_a_page_of_its_own() -> None:
    assert whats("<h1>Omslag</h1><p style='break-before:page'>Tekst</p>") == []


@pytest.mark.parametrize(("allowed", "is_reported"), [(1, True), (2, False)])
def test_first_line_alone_on_a_page_is_reported(allowed: int, is_reported: bool) -> None:
    style = f"p {{ margin: 0; orphans: {allowed}; widows: {allowed} }}"
    body = "<div style='height:174mm'></div><p>Een<br>twee<br>drie</p>"
    reported = whats(body, style=style)
    assert reported == (["one line of 'Een twee drie' stands alone on page 1"] if is_reported else [])
