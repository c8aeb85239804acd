"""Every word of the model is in the text of the PDF, in its order, once; and nothing else is.

The text is taken as a screen reader takes it: along the tags. What the model says is consumed from it, whole
lines first; what is left must be a word that the templates print.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from handout.errors import Finding
from handout.proof.content import Run
from handout.proof.expected import Expected, Said
from handout.proof.paper import Paper
from handout.proof.rules import Rule, found
from handout.proof.tags import Leaf, squeezed

MOST_SHOWN = 80
TAKEN = "\0"
BETWEEN = "\n"


def words(paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield the texts that are lost, altered, out of order, strange, or printed and never read.

    Of text that runs to the left only its letters are counted: the engine stores it in the order of the eye.
    """
    if expected.terms.is_right_to_left:
        yield from _fewer_letters(paper, expected)
        return
    lines = [leaf for leaf in paper.leaves if "Lbl" not in leaf.kinds]
    matched = _match([leaf.text for leaf in lines], expected.said)
    strange = list(_strange(matched.left, lines, expected))
    lost = [said for said, at in zip(expected.said, matched.positions, strict=True) if at is None]
    yield from _altered(lost, strange, paper)
    yield from _lost(lost, paper)
    yield from _unknown(strange, paper, expected)
    yield from _order(matched, lines, paper, expected)
    yield from _unread(paper, expected)
    yield from _until_when(paper, expected)


MOST_LETTERS_MISSING = 0.02
"""Of a text that runs to the left: some letters are joined into one sign."""


def _fewer_letters(paper: Paper, expected: Expected) -> Iterator[Finding]:
    said = Counter(letter for one in expected.said for letter in one.letters)
    missing = said - Counter(letter for leaf in paper.leaves for letter in leaf.text)
    if missing.total() > MOST_LETTERS_MISSING * said.total():
        yield found(
            Rule.TEXT_LOST,
            expected.document.place,
            f"{missing.total()} of {said.total()} letters cannot be read on any of the "
            f"{len(paper.boxes)} pages",
            "let the template of this format print the whole text, or take it out of the source",
        )


# ---- matching ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Matched:
    said: tuple[Said, ...]
    positions: tuple[int | None, ...]
    """Where each text was found: the number of its line."""
    left: str
    """The lines, with what was found taken out of them."""


def _match(lines: Sequence[str], said: tuple[Said, ...]) -> _Matched:
    """Find each text of *said* once among *lines*: first as a whole line, then, the longest first, in one."""
    text = f"{BETWEEN}{BETWEEN.join(lines)}{BETWEEN}"
    starts = list(accumulate((len(line) + 1 for line in lines), initial=1))
    positions: dict[int, int] = {}
    rest: list[int] = []
    for number, one in enumerate(said):
        at = text.find(f"{BETWEEN}{one.letters}{BETWEEN}") + 1
        if at:
            positions[number] = bisect_right(starts, at) - 1
            text = _without(text, at, one.letters)
        else:
            rest.append(number)
    for number in sorted(rest, key=lambda number: -len(said[number].letters)):
        letters = said[number].letters
        at = _find(text, letters)
        if at >= 0:
            positions[number] = bisect_right(starts, at) - 1
            text = _without(text, at, letters)
    return _Matched(said, tuple(positions.get(number) for number in range(len(said))), text)


def _find(text: str, letters: str) -> int:
    """Return where *letters* begin in *text*, or -1. A single letter must stand alone."""
    if len(letters) > 1:
        return text.find(letters)
    alone = re.search(f"(?<=[{TAKEN}{BETWEEN}]){re.escape(letters)}(?=[{TAKEN}{BETWEEN}])", text)
    return alone.start() if alone else -1


def _without(text: str, at: int, letters: str) -> str:
    return text[:at] + TAKEN * len(letters) + text[at + len(letters) :]


@dataclass(frozen=True)
class _Strange:
    """Words on the paper that the model does not have."""

    text: str
    leaf: Leaf

    def run(self) -> Run:
        """Return the run that they begin in."""
        run = next((run for run in self.leaf.runs if squeezed(run.text)[:8] in self.text), self.leaf.runs[0])
        return next((one for one in self.leaf.runs if self.text[:8] in squeezed(one.text)), run)


_PIECES = re.compile(f"[^{TAKEN}{BETWEEN}]+")


def _strange(left: str, lines: Sequence[Leaf], expected: Expected) -> Iterator[_Strange]:
    starts = list(accumulate((len(line.text) + 1 for line in lines), initial=1))
    for piece in _PIECES.finditer(left):
        leaf = lines[bisect_right(starts, piece.start()) - 1]
        if not is_known(piece.group(), expected.known) and not _names_a_row(leaf):
            yield _Strange(piece.group(), leaf)


def _names_a_row(leaf: Leaf) -> bool:
    """Tell whether *leaf* is a letter that names the row of a table, or the procedure of its head."""
    return re.fullmatch("[A-Z]", leaf.text) is not None


def is_known(text: str, known: Sequence[str]) -> bool:
    """Tell whether *text*, without white space, is made of the words in *known* and of signs alone."""
    folded = text.casefold()
    ends = {0}  # of all ways to read it: a code, `C` without its figures, begins as the word `code` does
    for at, character in enumerate(folded):
        if at in ends:
            ends.update(at + len(word) for word in known if folded.startswith(word, at))
            if not character.isalnum():
                ends.add(at + 1)
    return len(folded) in ends


# ---- what can be wrong ------------------------------------------------------------------------


def _altered(lost: list[Said], strange: list[_Strange], paper: Paper) -> Iterator[Finding]:
    """Yield the texts that are there in other characters, and take them from *lost* and *strange*."""
    for said in tuple(lost):
        wanted = unicodedata.normalize("NFKC", said.letters)
        for one in tuple(strange):
            if wanted in unicodedata.normalize("NFKC", one.leaf.text):
                lost.remove(said)
                strange.remove(one)
                run = one.run()
                yield found(
                    Rule.TEXT_ALTERED,
                    said.place,
                    f"'{_short(said.text)}' {paper.at(run.page, run.box)} is stored as "
                    f"'{_short(one.leaf.text)}': who searches or copies it gets other characters",
                    "turn ligatures off for this text, and type its accents as one character",
                )
                break


def _lost(lost: Sequence[Said], paper: Paper) -> Iterator[Finding]:
    for said in lost:
        yield found(
            Rule.TEXT_LOST,
            said.place,
            f"'{_short(said.text)}' cannot be read on any of the {len(paper.boxes)} pages",
            "let the template of this format print it as text, or take it out of the source",
        )


def _unknown(strange: Sequence[_Strange], paper: Paper, expected: Expected) -> Iterator[Finding]:
    for one in strange:
        run = one.run()
        yield found(
            Rule.TEXT_STRANGE,
            expected.document.place,
            f"'{_short(one.text)}' stands {paper.at(run.page, run.box)}, and neither the text nor the words "
            "of the templates have it there",
            "print each text once; put a new word of a template into templates/strings",
        )


def _short(text: str) -> str:
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"


def _order(matched: _Matched, lines: Sequence[Leaf], paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield the texts that are read before the one that they follow; not those that stand twice."""
    times = Counter(said.letters for said in matched.said)
    flows: dict[int, list[tuple[Said, int]]] = {}
    for said, at in zip(matched.said, matched.positions, strict=True):
        if at is not None and times[said.letters] == 1:
            flows.setdefault(said.flow, []).append((said, at))
    for flow in flows.values():
        for (before, first), (after, second) in pairwise(flow):
            if second < first:
                run = lines[second].runs[0]
                yield found(
                    Rule.TEXT_ORDER,
                    after.place,
                    f"'{_short(after.text)}', {paper.at(run.page, run.box)}, is read before "
                    f"'{_short(before.text)}', which it follows in the text",
                    "let the template print them in the order of the text; move them with the style sheet",
                )


def _unread(paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield what is printed outside the tags and is neither the foot of a page nor a copy of its face."""
    unread = [run for run in paper.runs if run.mark is None and not _belongs_to_foot(run, expected)]
    if expected.terms.faces > 1:
        yield from _other_faces(unread, paper, expected)
        return
    for run in unread:
        yield found(
            Rule.TEXT_UNREAD,
            expected.document.place,
            f"'{_short(run.text)}' is printed {paper.at(run.page, run.box)}, and no screen reader reads it",
            "print it in an element that is not hidden, or say it in the text alternative of its picture",
        )


_NUMBERS = re.compile(r"\d+")


def _belongs_to_foot(run: Run, expected: Expected) -> bool:
    """Tell whether *run* says what a foot says: the title, dates, and the number of the page."""
    known = tuple(_NUMBERS.sub("", word) for word in expected.known)
    return is_known(_NUMBERS.sub("", squeezed(run.text)), tuple(word for word in known if word))


def _other_faces(unread: Sequence[Run], paper: Paper, expected: Expected) -> Iterator[Finding]:
    read = Counter(
        squeezed(run.text) for run in paper.runs if run.mark and not _belongs_to_foot(run, expected)
    )
    copies = Counter(squeezed(run.text) for run in unread)
    for _ in range(expected.terms.faces - 1):
        missing = read - copies
        copies -= read
        for text in sorted(missing):
            yield found(
                Rule.FACE_DIFFERS,
                expected.document.place,
                f"'{_short(text)}' stands on one face of page 1 and not on the other",
                "let the template print the same face twice",
            )
    for run in unread:
        text = squeezed(run.text)
        if copies[text]:
            copies[text] -= 1
            yield found(
                Rule.FACE_DIFFERS,
                expected.document.place,
                f"'{_short(run.text)}', {paper.at(run.page, run.box)}, is not on the face that is read aloud",
                "let the template print the same face twice",
            )


def _until_when(paper: Paper, expected: Expected) -> Iterator[Finding]:
    day = expected.document.valid_until
    if day is None:
        return
    printed = squeezed("".join(run.text for run in paper.runs))
    if not any(squeezed(form) in printed for form in expected.dates(day)):
        yield found(
            Rule.FOOT_MISSING,
            expected.document.place,
            f"none of the {len(paper.boxes)} pages says that the paper holds until {day:%d-%m-%Y}",
            "let the template print the foot",
        )
