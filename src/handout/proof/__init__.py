"""Prove a finished PDF: read it back as a phone does, and hold it against the document. Pure on bytes."""

from __future__ import annotations

from collections.abc import Callable

from handout.errors import Finding, in_order
from handout.model import Document
from handout.proof.codes import codes

PROOFS: tuple[Callable[[bytes, Document], tuple[Finding, ...]], ...] = (codes,)
"""Every proof, one module each."""


def inspect(pdf: bytes, document: Document) -> tuple[Finding, ...]:
    """Return all in which *pdf* is not what *document* says."""
    return in_order(finding for proof in PROOFS for finding in proof(pdf, document))
