"""What the screens say stands on the paper to the letter, where the facts say that it belongs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import pikepdf
import pytest
from tests.conftest import REPOSITORY
from tests.handbook.handbook import Handbook, Piece
from tests.handbook.reading import squeezed
from tests.handbook.test_words import ICT_ANCHOR, words_for_ict_anchors_alone, words_in

from handout.document import sources
from handout.model.text import UiLabel
from handout.model.walk import blocks_of, inlines_inside, texts_of
from handout.project.plan import Selection, editions

FACTS = REPOSITORY.parent / "shared/content-facts.md"
LABEL = re.compile("‹([^›]+)›")
SITUATION = re.compile(r"^- (S\d+) (.*?)(?=^- S\d+ |^$)", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def facts() -> str:
    if not FACTS.is_file():
        pytest.skip("the facts that the handbook was written from do not travel with it")
    return FACTS.read_text("utf-8").split("## The organisation", 1)[1]


def labels_in(text: str) -> set[str]:
    """Return the labels that *text* quotes; a line end in one is a space."""
    return {" ".join(label.split()) for label in LABEL.findall(text)}


def keys_of(piece: Piece) -> set[str]:
    """Return the keys that the model of *piece* shows and that its PDF says."""
    texts = [piece.document.lead]
    texts += (inlines for block in blocks_of(piece.document) for _, inlines in texts_of(block))
    keys = (inline.text for text in texts for inline in inlines_inside(text) if isinstance(inline, UiLabel))
    return {key for key in keys if squeezed(key) in piece.reading.text}


def staff_keys(handbook: Handbook) -> Mapping[str, set[str]]:
    """Return the keys on the sheets of each handout for staff, by the name of the handout."""
    found: dict[str, set[str]] = {}
    for piece in handbook.pieces:
        if piece.row["audience"] == "staff":
            found.setdefault(piece.row["handout"], set()).update(keys_of(piece))
    return found


def test_every_label_of_the_facts_is_on_a_sheet_for_staff(handbook: Handbook, facts: str) -> None:
    labels = labels_in(facts)
    assert len(labels) >= 50

    assert labels - set().union(*staff_keys(handbook).values()) == set()


def test_labels_of_a_situation_stand_on_the_sheets_for_that_situation(handbook: Handbook, facts: str) -> None:
    keys = staff_keys(handbook)
    rows = sources.follow(handbook.project, editions(handbook.project, Selection()))
    handouts = {row.source: [reach.handout for reach in row.handouts] for row in rows}
    situations = SITUATION.findall(facts)
    assert len(situations) == 21

    missing = {}
    for source, text in situations:
        on_its_sheets = set().union(*(keys.get(handout, set()) for handout in handouts[source]))
        if lost := labels_in(text) - on_its_sheets:
            missing[source] = lost
    assert missing == {}


# ---- what is not printed, but read ------------------------------------------------------------


def unprinted(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Yield what *pdf* says beside its pages: its metadata and its bookmarks."""
    yield from (str(value) for value in pdf.docinfo.values())
    yield pdf.Root.Metadata.read_bytes().decode("utf-8")
    with pdf.open_outline() as outline:
        yield from titles(outline.root)


def titles(items: Iterable[pikepdf.OutlineItem]) -> Iterator[str]:
    for item in items:
        yield item.title
        yield from titles(item.children)


def test_no_word_for_ict_anchors_alone_is_in_metadata_bookmarks_and_pictures_for_others(
    handbook: Handbook,
) -> None:
    secret = words_for_ict_anchors_alone(handbook)
    assert len(secret) > 10

    def read_aloud(piece: Piece) -> set[str]:
        alts = (tag.alt for tag in piece.reading.root.walk())
        return words_in(" ".join((*unprinted(piece.reading.pdf), *alts)))

    def faults(piece: Piece) -> Iterator[str]:
        said = read_aloud(piece)
        if not words_in(piece.document.title) <= said:
            yield "its own title is not among what was read"
        if piece.row["audience"] != ICT_ANCHOR:
            yield from (f"'{word}' stands only in texts for ICT-ankers" for word in sorted(secret & said))

    handbook.judge(faults)
    anchors = [piece for piece in handbook.pieces if piece.row["audience"] == ICT_ANCHOR]
    assert any(secret & read_aloud(piece) for piece in anchors)
