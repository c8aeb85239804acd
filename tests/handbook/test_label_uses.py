"""`handout list --label` against the words of all PDFs: nothing missed, nothing too many."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import accumulate, chain

import pytest
from tests.handbook.handbook import Handbook, Piece
from tests.handbook.reading import Run, squeezed

from handout.document import label_uses
from handout.document.label_uses import LabelSheet
from handout.project.plan import Selection, editions
from handout.project.screen_labels import LabelRegister, ScreenLabel

NEW_DEVICE = "staff/nieuw-toestel-leaflet-a4.pdf"
MOST_LINES = 6
"""Over which a long label is broken."""


@pytest.fixture(scope="module")
def register(handbook: Handbook) -> LabelRegister:
    assert handbook.project.labels is not None
    assert len(handbook.project.labels.label) >= 50
    return handbook.project.labels


@pytest.fixture(scope="module")
def sheets(handbook: Handbook, register: LabelRegister) -> dict[str, tuple[LabelSheet, ...]]:
    """What the program finds, by the id of each label."""
    planned = editions(handbook.project, Selection())
    return {
        label.id: label_uses.find(handbook.project, planned, label.text)[0].sheets for label in register.label
    }


def listed(sheets: Iterable[LabelSheet]) -> set[str]:
    return {sheet.edition.output_path for sheet in sheets}


def bold_words(piece: Piece) -> set[str]:
    """Return what stands on *piece* as words of their own in bold, as keys and the words of drawings do.

    Each run of text, and each few that follow one another in one font: a long label takes several lines.
    """
    runs = [run for run in piece.reading.runs if run.text.strip()]
    return set(chain.from_iterable(_joined(runs[at : at + MOST_LINES]) for at in range(len(runs))))


def _joined(runs: list[Run]) -> Iterator[str]:
    if "Bold" in runs[0].font:
        same = [run.text for run in runs if run.font == runs[0].font]
        yield from (squeezed(text) for text in accumulate(same))


def words(piece: Piece) -> str:
    """Return all words on *piece*; a line may end after a hyphen."""
    return re.sub(
        r"(?<=\w)-\s+(?=\w)", "-", " ".join(" ".join(run.text for run in piece.reading.runs).split())
    )


def test_label_is_listed_for_each_piece_that_shows_it_and_for_no_other(
    handbook: Handbook, register: LabelRegister, sheets: dict[str, tuple[LabelSheet, ...]]
) -> None:
    shown = {piece.path: bold_words(piece) for piece in handbook.pieces}

    def showing(label: ScreenLabel) -> set[str]:
        texts = {squeezed(text) for text in register.texts_of(label)}
        found = {path for path, said in shown.items() if texts & said}
        return found - (ends_of_longer(label) - listed(sheets[label.id]))

    def ends_of_longer(label: ScreenLabel) -> set[str]:
        """Return where a longer label ends like *label*: its last line may be the words of *label* alone."""
        longer = (one for one in register.label if one.text.endswith(f" {label.text}"))
        return set().union(*(listed(sheets[one.id]) for one in longer))

    wrong = {label.text: showing(label) ^ listed(sheets[label.id]) for label in register.label}
    assert {text: paths for text, paths in wrong.items() if paths} == {}
    assert len(listed(sheets["goedkeuren"])) >= 9


def test_label_of_several_words_is_listed_for_each_piece_on_which_they_are_to_be_read(
    handbook: Handbook, register: LabelRegister, sheets: dict[str, tuple[LabelSheet, ...]]
) -> None:
    """What is typed is left out: "Microsoft Authenticator" is also the name of the app."""
    said = {piece.path: words(piece) for piece in handbook.pieces}

    def saying(label: ScreenLabel) -> set[str]:
        forms = "|".join(re.escape(text) for text in register.texts_of(label))
        return {path for path, text in said.items() if re.search(rf"(?<!\w)(?:{forms})(?!\w)", text)}

    several = [label for label in register.label if " " in label.text and not label.typed]
    assert len(several) >= 15
    assert {label.text: saying(label) for label in several} == {
        label.text: listed(sheets[label.id]) for label in several
    }


def test_step_of_each_place_is_the_number_on_the_paper_before_the_key(
    handbook: Handbook, sheets: dict[str, tuple[LabelSheet, ...]]
) -> None:
    (staff,) = (sheet for sheet in sheets["methode-toevoegen"] if sheet.edition.output_path == NEW_DEVICE)
    (use,) = staff.uses
    piece = handbook.piece(staff.edition.output_path)

    (number,) = [
        item.all("Lbl")[0].text
        for item in piece.reading.root.all("LI")
        if not any(inner.all("LI") for inner in item.all("L"))
        and squeezed("Methode toevoegen of Aanmeldingsmethode toevoegen") in squeezed(item.text)
    ]
    (outer,) = [
        item.all("Lbl")[0].text
        for item in piece.reading.root.all("LI")
        if item.all("L") and squeezed("Methode toevoegen of") in squeezed(item.text)
    ]
    assert use.step == f"{outer}{number}"


def test_copies_are_those_of_the_schools_of_the_handbook(
    handbook: Handbook, sheets: dict[str, tuple[LabelSheet, ...]]
) -> None:
    schools = len(handbook.project.schools)
    assert schools > 0
    assert {sheet.copies for found in sheets.values() for sheet in found} == {schools}
