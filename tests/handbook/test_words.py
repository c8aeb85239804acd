"""Each page says what it belongs to, and each audience reads its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import REPOSITORY
from tests.handbook.handbook import Handbook, Piece
from tests.handbook.reading import Tag

from handout.model.source import HandoutSource, Procedure

ICT_ANCHOR = "ict-anchor"
ONLY_ICT_ANCHOR = re.compile(rf"^/// only \| {ICT_ANCHOR}$.*?^///$", re.MULTILINE | re.DOTALL)
STEP_OF_ICT_ANCHOR = re.compile(rf"^.*\{{[^}}]*@{ICT_ANCHOR}[^}}]*\}}$", re.MULTILINE)


def test_foot_of_each_page_names_the_handout(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        if piece.row["format"] not in ("leaflet-a4", "reference-a4"):
            return
        for number in range(len(piece.reading.pdf.pages)):
            last = piece.reading.root.kids[-1]
            assert isinstance(last, Tag)
            in_margin = [run for run in piece.reading.runs if run.mark is None]
            foot = "".join(run.text for run in (*in_margin, *last.runs()) if run.page == number)
            if piece.document.title not in foot:
                yield f"the foot of page {number + 1} says '{foot}', without the title"

    handbook.judge(faults)


def test_code_and_day_at_the_foot_are_read_once(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        printed = "".join(run.text for run in piece.reading.runs)
        read = "".join(run.text for run in piece.reading.root.runs())
        if piece.document.code in printed and read.count(piece.document.code) != 1:
            yield f"the code {piece.document.code} is read {read.count(piece.document.code)} times"
        until = piece.document.valid_until
        if until and f"{until:%d-%m-%Y}" not in read:
            yield f"nobody hears that it holds until {until}"
        if piece.document.code not in str(piece.reading.pdf.docinfo["/Subject"]):
            yield "the code is not in the metadata"

    handbook.judge(faults)


# ---- references -------------------------------------------------------------------------------


def printed_references(piece: Piece) -> Counter[str]:
    """Return the references on the paper, "A5": the word for a step, perhaps a letter, then a number."""
    texts = [run.text.strip() for run in piece.reading.root.runs()]
    word = piece.words["step"]
    found: Counter[str] = Counter()
    for at, text in enumerate(texts):
        if text == word or text.endswith(f" {word}"):
            after = texts[at + 1 : at + 3]
            letter = after.pop(0) if after and re.fullmatch("[A-Z]", after[0]) else ""
            if after and re.fullmatch(r"\d+[a-z]?|[a-z]", after[0]):
                found[letter + after[0]] += 1
    return found


def test_students_are_sent_from_what_they_have_to_their_first_step(handbook: Handbook) -> None:
    assert printed_references(handbook.piece("students/mfa-instellen-leaflet-a4.pdf")).total() >= 3


# ---- audiences --------------------------------------------------------------------------------


def words_in(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]{5,}", text.casefold()))


def words_for_ict_anchors_alone(handbook: Handbook) -> set[str]:
    """Return the words of the source that stand in texts for ICT-ankers and in no other."""
    own, shared = "", ""
    texts: list[Procedure | HandoutSource] = [
        *handbook.project.procedures.values(),
        *handbook.project.handouts.values(),
    ]
    for text in texts:
        source = (REPOSITORY / text.place.path).read_text("utf-8")
        if text.audiences == (ICT_ANCHOR,):
            own += source
            continue
        for pattern in (ONLY_ICT_ANCHOR, STEP_OF_ICT_ANCHOR):
            own += " ".join(pattern.findall(source))
            source = pattern.sub("", source)
        shared += f"{source} {text.slug}"
    for path in sorted(Path(REPOSITORY / "content/fragments").glob("*.md")):
        shared += path.read_text("utf-8")
    settings = (REPOSITORY / "handout.toml").read_text("utf-8")
    printed = " ".join(word for strings in handbook.project.strings.values() for word in strings.values())
    return words_in(own) - words_in(f"{shared} {settings} {printed}")


def test_no_word_for_ict_anchors_alone_is_on_a_sheet_for_others(handbook: Handbook) -> None:
    secret = words_for_ict_anchors_alone(handbook)
    assert len(secret) > 10

    def faults(piece: Piece) -> Iterator[str]:
        printed = words_in(" ".join(run.text for run in piece.reading.runs))
        leaked = sorted(secret & printed) if piece.row["audience"] != ICT_ANCHOR else []
        yield from (f"'{word}' stands only in texts for ICT-ankers" for word in leaked)

    handbook.judge(faults)
    anchors = handbook.piece("ict-anchor/mfa-hulp-geven-reference-a4.pdf")
    assert secret & words_in(" ".join(run.text for run in anchors.reading.runs))
