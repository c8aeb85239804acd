"""Keys in a narrow measure: what is told of, and what is one key on two lines."""

from __future__ import annotations

import pytest
from tests.paper.engine.sheets import HANDOUT, sheet

from handout.model.findings import Finding, Severity
from handout.paper.engine.constraints import PageConstraints
from handout.paper.engine.render import pdf

STYLE = "p { margin: 0 } .ui { border: 1pt solid; padding: 0 1mm; font-weight: 700 }"


def told(html: str, width_mm: float, style: str = "") -> list[Finding]:
    body = f'<p data-place="content/x.md:7" style="width: {width_mm}mm">Tik op {html} .</p>'
    found = pdf(sheet(body, STYLE + style), {}, HANDOUT, PageConstraints(1)).findings
    return [finding for finding in found if finding.rule == "key-broken"]


LABEL = '<span class="ui">Nog een aanvraag sturen naar mijn eigen toestel</span>'


@pytest.mark.parametrize("width_mm", [118, 70])
def test_key_on_one_line_or_two_is_one_key(width_mm: float) -> None:
    assert told(LABEL, width_mm) == []


def test_key_on_three_lines_is_told_at_its_step() -> None:
    (finding,) = told(LABEL, 42)

    assert (finding.rule, finding.severity) == ("key-broken", Severity.WARNING)
    assert finding.place.line == 7
    assert "stands on 3 lines on page 1" in finding.what


def test_key_that_is_broken_inside_a_word_is_told() -> None:
    (finding,) = told('<span class="ui">Zet de App-vergrendeling uit</span>', 42)
    assert "broken inside a word" in finding.what
    assert (
        told('<span class="ui">Zet de <b style="white-space: nowrap">App-vergrendeling</b> uit</span>', 50)
        == []
    )


def test_one_word_that_is_wider_than_its_measure_may_break() -> None:
    style = ".ui { display: inline-block; max-width: 100%; overflow-wrap: anywhere }"
    assert told('<span class="ui">Beveiligingsinstellingen</span>', 40, style) == []
