"""The proof report: what is wrong stands in it for programs, and marked on the page for people."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.paper.engine.sheets import rendered, sheet

from handout.builder import report
from handout.builder.report import Proved
from handout.commands import sarif
from handout.model.findings import Finding, Place, Severity
from handout.model.messages import verbatim
from handout.model.units import mm_to_pt
from handout.proof import InkFigures
from handout.proof.geometry import Box, Spot, position, spot_in

PLACE = Place("content/procedures/x.md", 7)
MARKED = Finding(
    PLACE,
    verbatim("'Klik' falls off, on page 1, 74 mm from the left and 21 mm from the top"),
    verbatim("move it"),
    rule="off-page",
)
PLAIN = Finding(
    Place("content/handouts/a&b.md"), verbatim("<b> is no name"), verbatim("mend it"), Severity.WARNING
)
FIGURES = InkFigures((0.081, 0.1), 9.5, 10.0)


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return rendered(sheet("<p>Klik op Volgende</p>")).pdf


def proved(pdf: bytes, *findings: Finding) -> Proved:
    return Proved("staff/x-leaflet-a4", "staff/x-leaflet-a4.pdf", "7K2M4Q", pdf, findings, FIGURES)


def test_finding_is_marked_where_it_is_on_its_page(pdf: bytes) -> None:
    text = report.html_of([proved(pdf, PLAIN, MARKED)], ()).decode()
    assert text.count("<figure>") == 1
    assert '<span class="mark" style="left:50.0%;top:10.0%">2</span>' in text
    assert "Proof: 1 error" in text


def test_names_from_outside_cannot_write_html(pdf: bytes) -> None:
    text = report.html_of([proved(pdf, PLAIN)], ()).decode()
    assert "<b> is no name" not in text
    assert "&lt;b&gt; is no name" in text


def test_sheet_with_nothing_wrong_has_its_figures_and_no_picture(pdf: bytes) -> None:
    text = report.html_of([proved(pdf)], ()).decode()
    assert "<figure>" not in text
    assert "<td>7K2M4Q<td>none<td>8%, 10%<td>9.5 pt<td>10.0 : 1" in text


def test_sheet_that_could_not_be_made_is_told_without_a_picture() -> None:
    text = report.html_of([proved(b"", MARKED)], ()).decode()
    assert "<figure>" not in text
    assert "off-page" in text


def test_program_reads_the_same(pdf: bytes) -> None:
    value = json.loads(report.json_of([proved(pdf, MARKED)], (), {"weasyprint": "70.0"}))
    (edition,) = value["editions"]
    (finding,) = edition["findings"]
    assert finding["rule"] == "off-page"
    assert (finding["path"], finding["line"], finding["page"]) == (PLACE.path, 7, 1)
    assert edition["ink_coverage"] == [0.081, 0.1]
    assert value["engine"] == {"weasyprint": "70.0"}
    assert {"codes", "steps", "words"} <= set(value["proofs"])


@given(st.integers(0, 9), st.integers(0, 300), st.integers(0, 420))
def test_place_in_words_leads_back_to_the_place(page: int, across_mm: int, down_mm: int) -> None:
    height = mm_to_pt(420)
    box = Box(mm_to_pt(across_mm), 0, mm_to_pt(across_mm) + 9, height - mm_to_pt(down_mm))
    assert spot_in(f"'x', {position(page, box, height)}, is wrong") == Spot(page + 1, across_mm, down_mm)


def test_words_without_a_place_lead_nowhere() -> None:
    assert spot_in("the file has no title") is None
    assert spot_in("page 2 of the piece is lost") == Spot(2, 0, 0)


# ---- for code forges --------------------------------------------------------------------------


def test_forge_gets_each_finding_with_its_rule_and_line() -> None:
    log = json.loads(json.dumps(sarif.report([MARKED, PLAIN])))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    first, second = run["results"]
    assert [rules[result["ruleIndex"]] for result in (first, second)] == ["off-page", "content"]
    assert (first["level"], second["level"]) == ("error", "warning")
    location = first["locations"][0]["physicalLocation"]
    assert location == {"artifactLocation": {"uri": PLACE.path}, "region": {"startLine": 7}}
    assert "region" not in second["locations"][0]["physicalLocation"]
