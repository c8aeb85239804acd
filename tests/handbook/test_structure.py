"""The numbers that a screen reader hears, by a reader of its own: that proofs and model agree is no proof."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from tests.handbook.handbook import Handbook, Piece
from tests.handbook.reading import Tag

NUMBERED = ("Decimal", "LowerAlpha")


def numbered_items(piece: Piece) -> list[tuple[str, Tag]]:
    """Return the number and the body of each numbered item, as the tags give them, in reading order."""
    lists = {id(kid): tag for tag in piece.reading.root.all("L") for kid in tag.kids}
    items = piece.reading.root.all("LI")
    return [
        (parts["Lbl"].text.strip(), parts["LBody"])
        for item in items
        if lists[id(item)].numbering in NUMBERED
        if (parts := {kid.kind: kid for kid in item.kids if isinstance(kid, Tag)})
    ]


def step_numbers(piece: Piece) -> list[int]:
    return [int(label) for label, _ in numbered_items(piece) if label.isdigit()]


def test_numbers_run_from_one_to_n_once_each_in_handouts_that_number_through(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        numbers = step_numbers(piece)
        if handbook.project.handouts[piece.row["handout"]].continuous:
            if numbers != list(range(1, len(numbers) + 1)):
                yield f"the numbers are {numbers}"
        elif any(after not in (before + 1, 1) for before, after in pairwise([0, *numbers])):
            yield f"the numbers are {numbers}: each begins anew at 1 or follows the one before"

    handbook.judge(faults)


def test_first_three_handouts_have_the_steps_that_they_are_known_for(handbook: Handbook) -> None:
    assert step_numbers(handbook.piece("staff/mfa-instellen-leaflet-a4.pdf"))[:2] == [1, 2]
    assert len(step_numbers(handbook.piece("staff/mfa-instellen-leaflet-a4.pdf"))) >= 8
    assert len(step_numbers(handbook.piece("students/mfa-instellen-leaflet-a4.pdf"))) >= 8
    assert len(step_numbers(handbook.piece("ict-anchor/mfa-hulp-geven-reference-a4.pdf"))) >= 12
