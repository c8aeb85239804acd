"""A PDF in which one thing is wrong does not pass, and the message says where and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import pytest
from tests.proof.mutants import MUTANTS, Mutant
from tests.proof.workshop import LEAFLET, REFERENCE, STATUS, TENT, Sheet, piece

from handout import proof
from handout.model.findings import Finding, Severity
from handout.proof import ProofRule

LEAST_MUTANTS = 3
ALL = [mutant for mutants in MUTANTS.values() for mutant in mutants]


@cache
def findings(path: str, change: Callable[[Sheet], None]) -> tuple[Finding, ...]:
    """Return what the proofs have against a piece after *change*: some break two rules at once."""
    original = piece(path)
    return original.findings(original.changed(change))


@pytest.mark.parametrize("mutant", ALL, ids=lambda mutant: mutant.name.replace(" ", "-"))
def test_mutant_is_caught_with_page_and_mend(mutant: Mutant) -> None:
    found = [one for one in findings(mutant.path, mutant.change) if one.rule == mutant.rule]

    assert found, f"'{mutant.name}' survives"
    for finding in found:
        assert re.search(r"\b(pages?|file|PDF)\b", finding.what), finding
        assert finding.fix
        assert finding.place.path.startswith("content/")
        assert finding.severity is Severity.ERROR


@pytest.mark.parametrize("path", [LEAFLET, TENT, REFERENCE, STATUS])
def test_saving_alone_is_no_fault(path: str) -> None:
    original = piece(path)
    assert original.findings(original.changed(lambda sheet: None)) == ()


def test_each_proof_has_its_mutants() -> None:
    assert MUTANTS.keys() == {one.__name__ for one in proof.PROOFS}
    assert all(len(mutants) >= LEAST_MUTANTS for mutants in MUTANTS.values())


def test_each_rule_of_the_proofs_has_a_mutant() -> None:
    of_sheets = {ProofRule.SHEET_PAGE, ProofRule.SHEET_QR, ProofRule.SHEET_TAGS, ProofRule.SHEET_NOTE}
    # These have theirs where such files are made: test_fillable, test_press, test_web_page, test_braille.
    kinds = ("form-", "press-", "screen-", "braille-")
    elsewhere = {rule for rule in ProofRule if rule.startswith(kinds)}
    of_pieces = set(ProofRule) - of_sheets - elsewhere - {ProofRule.FILE_UNREADABLE}
    assert {mutant.rule for mutant in ALL} == of_pieces


def test_file_that_is_no_pdf_is_a_finding() -> None:
    (finding,) = piece(LEAFLET).findings(b"%PDF-1.7 nothing")
    assert finding.rule == ProofRule.FILE_UNREADABLE
