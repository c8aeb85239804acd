"""Holes between steps: what is told of, and what a picture or a frame fills."""

from __future__ import annotations

import pytest
from tests.paper.engine.sheets import HANDOUT, sheet

from handout.model.findings import Finding, Severity
from handout.paper.engine.constraints import PageConstraints
from handout.paper.engine.render import pdf

STYLE = """
p { margin: 0; line-height: 6mm }
ol { list-style: none; padding: 0; margin: 0 }
.step { position: relative; padding-block-end: 3mm }
.step::before { content: ""; position: absolute; inset-block-start: 0; inline-size: 8mm; block-size: 8mm }
.frame { border: 1pt solid; block-size: 12mm }
"""


def gaps(*items: str, tag: str = "steps") -> list[Finding]:
    """Return what is told of steps that hold *items*, each below the other."""
    steps = "".join(
        f'<li class="step" data-place="content/x.md:{n}">{item}</li>' for n, item in enumerate(items, 1)
    )
    return list(
        pdf(sheet(f'<ol class="{tag}">{steps}</ol>', STYLE), {}, HANDOUT, PageConstraints(1)).findings
    )


ONE = "<p>Klik</p>"
HOLE = '<p>Klik</p><div style="block-size: 14mm"></div>'


def test_gap_of_more_than_twice_another_is_told_at_the_step_below_it() -> None:
    (finding,) = gaps(ONE, ONE, HOLE, "<p>Typ de code</p>", ONE)

    assert (finding.rule, finding.severity) == ("gaps-uneven", Severity.WARNING)
    assert finding.place.line == 4
    assert "15 mm are empty on page 1 before the step 'Typ de code'" in finding.what


@pytest.mark.parametrize(
    "filled", [f'<p>Klik</p><div class="frame">{"regel<br>" * 2}</div>', "<p>Klik</p>" * 4]
)
def test_step_that_is_higher_is_no_gap(filled: str) -> None:
    assert gaps(ONE, filled, ONE, ONE) == []


def test_empty_frame_is_no_gap() -> None:
    assert gaps(ONE, '<p>Klik</p><div class="frame"></div>', ONE, ONE) == []


def test_gaps_that_are_large_alike_are_no_holes() -> None:
    assert gaps(HOLE, HOLE, HOLE) == []


def test_steps_of_another_size_are_not_compared() -> None:
    large, small = (
        "".join(f'<li class="step">{item}</li>' for item in items)
        for items in ((HOLE, HOLE, HOLE), (ONE, ONE, ONE))
    )
    body = f'<ol class="steps">{large}</ol><ol class="steps steps--compact">{small}</ol>'
    assert pdf(sheet(body, STYLE), {}, HANDOUT, PageConstraints(1)).findings == ()


COLUMNS = """
div.duo { display: table; inline-size: 100% } div.column { display: table-cell }
p { margin: 0; line-height: 6mm }
"""


def holes(*lines: int, style: str = COLUMNS, most_air: float = 0.15) -> list[Finding]:
    """Return what is told of columns of so many *lines* beside each other, on a page of A5."""
    columns = "".join(f'<div class="column" data-column>{"<p>Klik</p>" * count}</div>' for count in lines)
    promise = PageConstraints(1, most_air=most_air)
    found = pdf(
        sheet(f'<div class="duo">{columns}</div><p>{"Slot<br>" * 20}</p>', style), {}, HANDOUT, promise
    )
    return [finding for finding in found.findings if "column" in finding.what]


def test_column_that_stops_far_above_its_neighbour_is_a_hole() -> None:
    (finding,) = holes(2, 9)

    assert (finding.rule, finding.severity) == ("too-much-air", Severity.WARNING)
    assert finding.what.startswith("20% of page 1 is empty below the column that ends with 'Klik'")


@pytest.mark.parametrize("lines", [(6, 9), (9, 9), (9, 6)])
def test_columns_that_are_about_as_long_leave_no_hole(lines: tuple[int, int]) -> None:
    assert holes(*lines) == []


def test_columns_that_stand_below_each_other_leave_no_hole() -> None:
    assert holes(1, 9, style="p { margin: 0; line-height: 6mm }", most_air=0.3) == []
