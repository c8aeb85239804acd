"""Codes on plain pages: what is read, what is meant, and how large it is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.proof.plain import BAD, GOOD, document, page, terms

from handout.document.qr import svg, symbol
from handout.model.findings import Finding, Place
from handout.proof import ProofRule
from handout.proof.codes import codes
from handout.proof.expected import Expectations, Expected
from handout.proof.paper import opened


def a_sheet(*payloads: str, side_mm: float = 30) -> bytes:
    """Return a real page with these codes under each other."""
    style = f"svg{{display:block;width:{side_mm}mm;height:{side_mm}mm;margin-bottom:5mm}}"
    return page("".join(svg(symbol(payload), "code") for payload in payloads), style)


def found(pdf: bytes, url: str | None = GOOD, promised: Expectations | None = None) -> list[Finding]:
    with opened(pdf) as paper:
        return list(codes(paper, Expected(document(url), promised or terms())))


def test_page_with_the_intended_code_alone_is_right() -> None:
    assert found(a_sheet(GOOD)) == []


def test_page_without_codes_is_right_where_none_is_asked_for() -> None:
    assert found(a_sheet(), url=None) == []


@pytest.mark.parametrize("payloads", [(), (BAD,)])
def test_missing_code_is_reported_with_its_address(payloads: tuple[str, ...]) -> None:
    (missing,) = [one for one in found(a_sheet(*payloads)) if one.rule == ProofRule.QR_MISSING]
    assert missing.what == f"the QR code for {GOOD} cannot be read from any of the 1 pages"


def test_code_too_small_to_read_is_reported_as_missing() -> None:
    assert [one.rule for one in found(a_sheet(GOOD, side_mm=3))] == [ProofRule.QR_MISSING]


@pytest.mark.parametrize("payloads", [(GOOD, BAD), (GOOD, GOOD)])
def test_code_that_was_not_asked_for_is_reported_with_its_place(payloads: tuple[str, ...]) -> None:
    (strange,) = found(a_sheet(*payloads))
    assert strange.rule == ProofRule.QR_STRANGE
    assert "stands on page 1, " in strange.what
    assert strange.what.endswith(f"'{payloads[1]}'")
    assert strange.place == Place("content/handouts/a.md", 1)


def test_width_of_modules_is_shown_with_the_width_that_is_needed() -> None:
    (fine,) = found(a_sheet(GOOD), promised=replace(terms(), least_module_mm=1.2))
    assert fine.rule == ProofRule.QR_MODULE
    assert "modules of 0.73 mm; this format needs 1.2 mm" in fine.what


def test_side_is_shown_with_the_distance_that_it_is_scanned_from() -> None:
    (small,) = found(a_sheet(GOOD), promised=replace(terms(), scan_mm=600))
    assert small.rule == ProofRule.QR_DISTANCE
    assert "is 24.2 mm wide; to be scanned from 600 mm it must be 60.0 mm" in small.what


@pytest.mark.parametrize("payload", ["https://a.be", "https://login.school.be", GOOD])
def test_short_address_on_a_poster_makes_large_squares_that_are_read_as_far(payload: str) -> None:
    promised = replace(terms(), scan_mm=1000)
    assert found(a_sheet(payload, side_mm=131), url=payload, promised=promised) == []
    (small,) = found(a_sheet(payload, side_mm=90), url=payload, promised=promised)
    assert small.rule == ProofRule.QR_DISTANCE
