"""What a text names and stands on the other side of its sheet: where a sign is shown."""

from __future__ import annotations

import pytest
from tests.paper.engine.sheets import HANDOUT, sheet

from handout.paper.engine import balance, fit
from handout.paper.engine.constraints import PageConstraints
from handout.paper.engine.layout import parse
from handout.paper.engine.overleaf import OVERLEAF_CLASS

STYLE = """
p, section, h2 { margin: 0 }
li { block-size: 20mm; break-inside: avoid }
.overleaf { display: none } .overleaf.is-overleaf { display: inline }
.overleaf::before { content: attr(data-words) }
"""


def sign(named: str) -> str:
    return (
        f'<span class="overleaf" aria-hidden="true" data-overleaf="{named}" data-words="(achterkant)"></span>'
    )


def procedure(title: str, first: int, last: int, letter: str = "", turn: bool = False) -> str:
    items = "".join(
        f'<li class="step" style="counter-set: list-item {n - 1}"><p>Klik {n}</p></li>'
        for n in range(first, last + 1)
    )
    style = ' style="break-before: page"' if turn else ""
    badge = f'<span class="badge">{letter}</span>'
    return f'<section class="procedure"{style}>{badge}<h2>{title}</h2><ol>{items}</ol></section>'


def shown(*named: str, anew: bool = False, pages: int = 2) -> list[str]:
    """Return which of these names, on the first side, have a sign; the second side has other steps."""
    second = (1, 3) if anew else (4, 6)
    body = (
        f"<p>{' '.join(map(sign, named))}</p>"
        + procedure("Aan", 1, 3, "A")
        + procedure("Uit", *second, "B", True)
    )
    source = parse(sheet(body, STYLE).replace("<body>", "<body data-spread>"), {}, HANDOUT)
    promise = PageConstraints(pages, least_pages=2)
    best = balance.balanced(fit.fitted(source, promise), source, promise)
    signs = (element for element in best.layout.root.iter() if OVERLEAF_CLASS in element.get("class", ""))
    return [element.get("data-overleaf", "") for element in signs]


def test_step_and_part_on_the_other_side_have_a_sign() -> None:
    assert shown("::2", "::5", "::5b", ":Uit:", ":Aan:", "B::4") == ["::5", "::5b", ":Uit:", "B::4"]


def test_number_that_two_procedures_have_needs_more_to_have_a_sign() -> None:
    assert shown("::2", ":Uit:2", "B::2", "A::2", anew=True) == [":Uit:2", "B::2"]


@pytest.mark.parametrize("named", ["::9", ":Elders:", "C::1"])
def test_what_is_nowhere_has_none(named: str) -> None:
    assert shown(named) == []


def test_sheet_of_more_pages_than_two_sides_has_none() -> None:
    assert shown("::5", pages=4) == []


FULL = """
p { margin: 0; line-height: 10mm; inline-size: 60mm; text-align: justify; text-align-last: justify }
p.short { text-align: start; text-align-last: start }
section, h2 { margin: 0; font-size: 5mm; line-height: 10mm }
li { block-size: 10mm; break-inside: avoid }
.overleaf { display: none } .overleaf.is-overleaf { display: inline }
.overleaf::before { content: attr(data-words) }
"""


def test_signs_without_room_do_not_keep_those_away_that_have_it() -> None:
    """The first side is full: a text that ends at its edge has no line for a sign, a short one asks none."""
    body = (
        f"<p>Ga bij het koppelen naar stap {sign('::22')}</p><p class=short>Zie {sign('::21')}</p>"
        + procedure("Aan", 1, 14)
        + procedure("Uit", 21, 23, turn=True)
    )
    source = parse(sheet(body, FULL).replace("<body>", "<body data-spread>"), {}, HANDOUT)
    promise = PageConstraints(2, least_pages=2)
    best = balance.balanced(fit.fitted(source, promise), source, promise)

    assert best.fits
    signs = (element for element in best.layout.root.iter() if OVERLEAF_CLASS in element.get("class", ""))
    assert [element.get("data-overleaf") for element in signs] == ["::21"]
