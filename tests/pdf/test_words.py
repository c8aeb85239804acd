"""Every word of the model is on the paper, every reference is right, and each audience reads its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from tests.pdf.handbook import REPOSITORY, Handbook, Piece
from tests.pdf.reading import squeezed

from handout.model import (
    Address,
    Block,
    Choice,
    Document,
    Emphasis,
    HandoutSource,
    Inline,
    Link,
    Procedure,
    Route,
    SectionLabel,
    StepLabel,
    Strong,
    Text,
    UiLabel,
    WriteIn,
)
from handout.resolving.walk import blocks_of, inlines_inside, texts_of

ICT_ANCHOR = "ict-anchor"
ONLY_ICT_ANCHOR = re.compile(rf"^/// only \| {ICT_ANCHOR}$.*?^///$", re.MULTILINE | re.DOTALL)
STEP_OF_ICT_ANCHOR = re.compile(rf"^.*\{{[^}}]*@{ICT_ANCHOR}[^}}]*\}}$", re.MULTILINE)


def phrases(inlines: Iterable[Inline]) -> Iterator[str]:
    """Yield the words of *inlines* as they must be printed, broken where a reference has its own form."""
    phrase = ""
    for inline in inlines:
        match inline:
            case Text(text) | UiLabel(text) | WriteIn(text):
                phrase += text
            case Strong() | Emphasis() | Link() | StepLabel() | SectionLabel():
                yield phrase
                yield from phrases(inline.children)
                phrase = ""
            case _:
                yield phrase
                phrase = ""
    yield phrase


def words_of_block(block: Block, words_steps: str) -> Iterator[str]:
    for _, inlines in texts_of(block):
        yield from phrases(inlines)
    match block:
        case Choice(options, _):
            yield from (option.title for option in options)
        case Address(text, _):
            yield text
        case Route(numbers, section):
            yield f"{words_steps}{section or ''}{''.join(str(number) for number in numbers)}"


def words_of(document: Document, words_steps: str) -> Iterator[str]:
    """Yield all that the model says, piece by piece."""
    yield document.title
    yield from phrases(document.lead)
    if len(document.sections) > 1:
        yield from (section.title for section in document.sections)
    for block in blocks_of(document):
        yield from words_of_block(block, words_steps)
    if document.destinations:  # elsewhere its own questions are what leads to it
        yield from (question.text for question in document.questions)
    for destination in document.destinations:
        yield f"{destination.letter}{destination.title}"
        yield from (question.text for question in destination.questions)
    if document.qr:
        yield document.qr.text


def test_every_word_of_the_model_is_on_the_paper(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        said = [words for words in words_of(piece.document, piece.words["steps"]) if words.strip()]
        if len(said) < 6:
            yield f"the model says only {said}"
        yield from (f"'{words}' is missing" for words in said if squeezed(words) not in piece.reading.text)

    handbook.judge(faults)


def test_each_piece_says_for_whom_it_is_and_until_when(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        printed = squeezed("".join(run.text for run in piece.reading.runs))
        label = handbook.project.settings.audiences[piece.row["audience"]].label
        if squeezed(label) not in printed:
            yield f"'{label}' is missing"
        day = piece.document.valid_until
        if day and squeezed(f"{piece.words['valid-until']} {long_date(piece, day)}") not in printed:
            yield f"it does not say that it holds until {day}"

    handbook.judge(faults)


def long_date(piece: Piece, day: date) -> str:
    return f"{day.day} {piece.words[f'month.{day.month}']} {day.year}"


def test_foot_of_each_page_names_the_handout(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        if piece.row["format"] not in ("leaflet-a4", "reference-a4"):
            return
        for number in range(len(piece.reading.pdf.pages)):
            untagged = (run for run in piece.reading.runs if run.mark is None and run.page == number)
            foot = "".join(run.text for run in untagged)
            if piece.document.title not in foot:
                yield f"the foot of page {number + 1} says '{foot}', without the title"

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


def model_references(document: Document) -> Counter[str]:
    texts = [document.lead, *(inlines for block in blocks_of(document) for _, inlines in texts_of(block))]
    return Counter(
        (inline.section or "") + inline.label
        for inlines in texts
        for inline in inlines_inside(inlines)
        if isinstance(inline, StepLabel)
    )


def test_references_to_steps_are_those_of_the_model(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        found, expected = printed_references(piece), model_references(piece.document)
        if found != expected:
            yield f"printed {dict(found)}; the model says {dict(expected)}"

    handbook.judge(faults)


def test_references_lead_to_steps_that_stand_on_the_sheet(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        labels = {run.text.strip() for tag in piece.reading.root.all("Lbl") for run in tag.runs()}
        for reference in printed_references(piece) - Counter(_to_other_handouts(piece.document)):
            number = re.sub(r"[^\d]", "", reference)
            if number and number not in labels:
                yield f"'{reference}' is no step of this sheet"

    handbook.judge(faults)


def _to_other_handouts(document: Document) -> Iterator[str]:
    for block in blocks_of(document):
        for _, inlines in texts_of(block):
            for inline in inlines_inside(inlines):
                if isinstance(inline, StepLabel) and inline.handout:
                    yield (inline.section or "") + inline.label


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
