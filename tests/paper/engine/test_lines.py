"""A value that is set in the box of another stands there as the engine sets it alone."""

from __future__ import annotations

import pytest
from tests.paper.engine.sheets import HANDOUT, sheet

from handout.paper.engine import render
from handout.paper.engine.constraints import PageConstraints
from handout.paper.engine.slots import Set, Value

STYLE = ".slot { display: block; white-space: nowrap; width: 60mm; height: 14mm; padding: 1mm 3mm } "
SHORT, LONG = "De Q & Co", "Sint-Jozefscollege aan de Vaart"
ONE_LINE = ((SHORT,), (LONG,), ("École Œuvre",), ("Tel. AVA",))
TWO_LINES = ((SHORT, LONG), (LONG, SHORT), ("fi ffi", "1.2.3"))


def slot(lines: tuple[str, ...]) -> str:
    escaped = (line.replace("&", "&amp;") for line in lines)
    return f'<span class="slot" data-slot="name" style="">{"<br>".join(escaped)}</span>'


def sets(style: str, *values: tuple[str, ...]) -> tuple[Set, ...]:
    """Return *values* as they are set together."""
    html = sheet(slot(values[0]), STYLE + style)
    asked = [Value("name", slot(lines)) for lines in values]
    return render.cut(html, {}, HANDOUT, PageConstraints(1), asked).values


@pytest.mark.parametrize("values", [ONE_LINE, TWO_LINES], ids=["one line", "two lines"])
@pytest.mark.parametrize(
    "style",
    [
        "",
        ".slot { text-align: center }",
        ".slot { text-align: end; letter-spacing: -.03em }",
        ".slot { text-align: justify; text-align-last: right }",
        ".slot { direction: rtl }",
        ".slot { direction: rtl; text-align: center; text-indent: 4mm }",
        ".slot { text-indent: 4mm; text-transform: uppercase; word-spacing: 2pt }",
        ".slot { display: inline-block; font: 700 14pt/7mm Lexend; text-align: right }",
        ".slot { width: 20mm; overflow: hidden; text-overflow: ellipsis; text-align: center }",
    ],
)
def test_value_stands_as_the_engine_sets_it_alone(style: str, values: tuple[tuple[str, ...], ...]) -> None:
    together = sets(style, *values)

    assert all(together)
    assert together == tuple(one for lines in values for one in sets(style, lines))


@pytest.mark.parametrize(
    "style",
    [
        ".slot::before { content: '+' }",
        ".slot::after { content: ''; padding: 1mm }",
        ".slot::first-letter { color: red }",
        ".slot { white-space: normal; width: 26mm }",
        "div .slot { display: inline }",
    ],
)
def test_values_that_are_not_one_text_a_line_are_set_in_boxes_of_their_own(style: str) -> None:
    assert sets(style, *ONE_LINE) == tuple(one for lines in ONE_LINE for one in sets(style, lines))
