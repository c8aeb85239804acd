"""Every name of a finding is one that a proof finds."""

from __future__ import annotations

from tests.conftest import REPOSITORY

from handout.proof import ProofRule

PROOFS = REPOSITORY / "src/handout/proof"


def test_each_name_is_used_by_a_proof() -> None:
    code = "\n".join(path.read_text("utf-8") for path in PROOFS.glob("*.py") if path.name != "rules.py")
    assert {rule for rule in ProofRule if f"Rule.{rule.name}" not in code} == set()
