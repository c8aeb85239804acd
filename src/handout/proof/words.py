"""Every word of the model is in the text of the PDF, in its order, once; and nothing else is.

The text is taken as a screen reader takes it: along the tags. What the model says is consumed from it, whole
lines first; what is left must be a word that the templates print.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import accumulate, groupby, pairwise

from handout.model.findings import Finding
from handout.model.messages import say
from handout.model.text import runs_to_the_left
from handout.proof.content import TextRun
from handout.proof.expected import Expected, ExpectedText, in_each
from handout.proof.font_file import read_as
from handout.proof.paper import Paper
from handout.proof.rules import ProofRule, found
from handout.proof.tags import Leaf, letters_of, squeezed

MOST_SHOWN = 80
TAKEN = "\0"
BETWEEN = "\n"


def words(paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield the texts that are lost, altered, out of order, strange, or printed and never read."""
    lines = [leaf for leaf in paper.leaves if "Lbl" not in leaf.kinds]
    matched = _match([_body_of(leaf, expected) for leaf in lines], expected.said, expected.known)
    strange = list(_strange(matched.left, lines, expected))
    lost = [said for said, at in zip(expected.said, matched.positions, strict=True) if at is None]
    yield from _altered(lost, strange, paper)
    yield from _misread(paper, expected)
    yield from _lost(lost, paper)
    yield from _unknown(strange, paper, expected)
    yield from _order(matched, lines, paper, expected)
    yield from _unread(paper, expected)
    yield from _until_when(paper, expected)
    yield from _foot_unread(paper, expected)


def _body_of(leaf: Leaf, expected: Expected) -> str:
    """Return what *leaf* says, or nothing of a foot: its title is not the one that heads the sheet."""
    code = squeezed(expected.document.code)
    is_foot = bool(code) and code in leaf.text and is_known(leaf.text, expected.known)
    return "" if is_foot else leaf.text


# ---- matching ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Matched:
    said: tuple[ExpectedText, ...]
    positions: tuple[int | None, ...]
    """Where each text was found: the number of its line."""
    left: str
    """The lines, with what was found taken out of them."""


def _match(lines: Sequence[str], said: tuple[ExpectedText, ...], known: Sequence[str]) -> _Matched:
    """Find each text of *said* once among *lines*: first as a whole line, then, the longest first, in one.

    Of several places it is the first behind the text before it: a template may print the same words, as the
    name of the house in its head, and each text is to be found where it is meant.
    """
    text = f"{BETWEEN}{BETWEEN.join(lines)}{BETWEEN}"
    starts = list(accumulate((len(line) + 1 for line in lines), initial=1))
    text, found = _whole_lines(text, said)
    rest = [number for number in range(len(said)) if number not in found]
    for number in sorted(rest, key=lambda number: -len(said[number].letters)):
        letters = said[number].letters
        at = _find(text, letters, _around(number, found, said, len(text)), known)
        if at >= 0:
            found[number] = at
            text = _taken(text, at, letters)
    positions = (found.get(number) for number in range(len(said)))
    return _Matched(
        said, tuple(None if at is None else bisect_right(starts, at) - 1 for at in positions), text
    )


def _whole_lines(text: str, said: Sequence[ExpectedText]) -> tuple[str, dict[int, int]]:
    """Take those of *said* that are whole lines out of *text*: what is left, and where they stood."""
    found: dict[int, int] = {}
    ends: dict[int, int] = {}
    for number, one in enumerate(said):
        if len(one.letters) == 1:
            continue  # one letter may stand anywhere: its place is found when the others have theirs
        line = f"{BETWEEN}{one.letters}{BETWEEN}"
        at = text.find(line, ends.get(one.flow, 0))
        at = (text.find(line) if at < 0 else at) + 1
        if at:
            found[number] = at
            ends[one.flow] = at + len(one.letters)
            text = _taken(text, at, one.letters)
    return text, found


def _around(number: int, found: Mapping[int, int], said: Sequence[ExpectedText], end: int) -> range:
    """Return between which places text *number* belongs: those where others of its flow were *found*."""
    own = {other: at for other, at in found.items() if said[other].flow == said[number].flow}
    after = max((at for other, at in own.items() if other < number), default=0)
    until = min((at for other, at in own.items() if other > number), default=end)
    return range(after, until)


def _find(text: str, letters: str, between: range, known: Sequence[str]) -> int:
    """Return where *letters* begin in *text*, or -1: best where what stands around them is *known* as well.

    "een" is not said by the label "Voor iedereen", and a single letter must stand alone. Of several places it
    is the first that is *between* the texts around it, or else the first. A letter is the last: it names what
    comes next.
    """
    places = [match.start() for match in re.finditer(f"(?={re.escape(letters)})", text)]
    fitting = [at for at in places if _stands_apart(text, at, at + len(letters), known)]
    if not fitting and len(letters) > 1:
        fitting = places
    inside = [at for at in fitting if at in between]
    if inside:
        names_what_follows = len(letters) == 1 and between.stop < len(text)
        return inside[-1 if names_what_follows else 0]
    return next((at for at in fitting if at >= between.start), fitting[0] if fitting else -1)


def _stands_apart(text: str, start: int, end: int, known: Sequence[str]) -> bool:
    """Tell whether what stands around *text* from *start* to *end* is *known*; around a letter, nothing."""
    begin = max(text.rfind(TAKEN, 0, start), text.rfind(BETWEEN, 0, start)) + 1
    stop = min(at for at in (text.find(TAKEN, end), text.find(BETWEEN, end), len(text)) if at >= 0)
    before, behind = text[begin:start], text[end:stop]
    if end - start == 1:
        return not before and not behind
    return is_known(before, known) and is_known(behind, known)


def _taken(text: str, at: int, letters: str) -> str:
    return text[:at] + TAKEN * len(letters) + text[at + len(letters) :]


@dataclass(frozen=True)
class _Strange:
    """Words on the paper that the model does not have."""

    text: str
    leaf: Leaf

    def run(self) -> TextRun:
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
    """Tell whether *leaf* is a letter that names the row of a table, as a template may give it."""
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


def _altered(lost: list[ExpectedText], strange: list[_Strange], paper: Paper) -> Iterator[Finding]:
    """Yield the texts that are there in other characters, and take them from *lost* and *strange*."""
    for said in tuple(lost):
        wanted = unicodedata.normalize("NFKC", said.letters)
        for one in tuple(strange):
            if wanted in unicodedata.normalize("NFKC", one.leaf.text):
                lost.remove(said)
                strange.remove(one)
                run = one.run()
                yield found(
                    ProofRule.TEXT_ALTERED,
                    said.place,
                    say(
                        "'{text}' {at} is stored as '{other}': who searches or copies it gets other "
                        "characters",
                        text=_short(said.text),
                        at=paper.at(run.page, run.box),
                        other=_short(one.leaf.text),
                    ),
                    say("turn ligatures off for this text, and type its accents as one character"),
                )
                break


def _misread(paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield the lines of which other words are read than are shown: a tag may say what to read instead."""
    for tag in paper.tags.family:
        if tag.replacement is None or not tag.runs:
            continue
        is_same = letters_of(tag.replacement) == letters_of(tag.shown)
        if not is_same and tag.replacement not in _heard_for(tag.shown.strip(), expected.terms.words):
            run = tag.runs[0]
            yield found(
                ProofRule.TEXT_ALTERED,
                expected.document.place,
                say(
                    "'{text}' {at} is read aloud as '{other}'",
                    text=_short(tag.shown),
                    at=paper.at(run.page, run.box),
                    other=_short(tag.replacement),
                ),
                say("take what says otherwise (/ActualText, data-say) out of the tag of this line"),
            )


_HEARD = {
    "device.computer": "said.computer",
    "device.smartphone": "said.smartphone",
    "device.any": "said.any",
    "key-enter": "said.enter",
}
"""Printed words, and what is heard in their place."""


def _heard_for(shown: str, words: Mapping[str, str]) -> Iterator[str]:
    """Yield what may be heard in place of *shown*, a number, a letter, a device or a key.

    Where a line ends within *shown* it has no space.
    """
    for printed, heard in _HEARD.items():
        whole, all_heard = words.get(printed, ""), words.get(heard, "")
        pairs = zip((whole, *in_each(whole)), (all_heard, *in_each(all_heard)), strict=False)
        yield from (said for word, said in pairs if squeezed(word) == squeezed(shown))
    number = shown.rstrip(".)")
    if number.isdecimal():
        yield words.get("said.step", "").replace("{number}", number)
    if len(shown) == 1:
        yield words.get("said.letter", "").replace("{letter}", shown)


def _lost(lost: Sequence[ExpectedText], paper: Paper) -> Iterator[Finding]:
    for said in lost:
        yield found(
            ProofRule.TEXT_LOST,
            said.place,
            say(
                "'{text}' cannot be read on any of the {boxes_count} pages",
                text=_short(said.text),
                boxes_count=len(paper.boxes),
            ),
            say("let the template of this format print it as text, or take it out of the source"),
        )


def _unknown(strange: Sequence[_Strange], paper: Paper, expected: Expected) -> Iterator[Finding]:
    for one in strange:
        run = one.run()
        yield found(
            ProofRule.TEXT_STRANGE,
            expected.document.place,
            say(
                "'{text}' stands {at}, and neither the text nor the words of the templates have it there",
                text=_short(one.text),
                at=paper.at(run.page, run.box),
            ),
            say("print each text once; put a new word of a template into templates/strings"),
        )


def _short(text: str) -> str:
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"


def _order(matched: _Matched, lines: Sequence[Leaf], paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield the texts that are read before the one that they follow; not those that stand twice."""
    times = Counter(said.letters for said in matched.said)
    flows: dict[int, list[tuple[ExpectedText, int]]] = {}
    for said, at in zip(matched.said, matched.positions, strict=True):
        if at is not None and times[said.letters] == 1:
            flows.setdefault(said.flow, []).append((said, at))
    for flow in flows.values():
        for (before, first), (after, second) in pairwise(flow):
            if second < first:
                run = lines[second].runs[0]
                yield found(
                    ProofRule.TEXT_ORDER,
                    after.place,
                    say(
                        "'{text}', {at}, is read before '{other}', which it follows in the text",
                        text=_short(after.text),
                        at=paper.at(run.page, run.box),
                        other=_short(before.text),
                    ),
                    say(
                        "let the template print them in the order of the text; move them with the style sheet"
                    ),
                )


def _unread(paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield what is printed outside the tags and is no foot, no repeated head and no copy of its face."""
    outside = [one for one in _lines(paper) if one.runs[0].mark is None]
    if expected.terms.faces > 1:  # the head of a table on another face is a copy of it, and does not go on
        yield from _other_faces(_without_feet(outside, paper, expected), paper, expected)
        return
    for line in _without_feet(_without_heads(outside, paper), paper, expected):
        run = line.runs[0]
        yield found(
            ProofRule.TEXT_UNREAD,
            expected.document.place,
            say(
                "'{text}' is printed {at}, and no screen reader reads it",
                text=_short(line.text),
                at=paper.at(run.page, run.box),
            ),
            say(
                "print it in an element that is not hidden, or say it in the text alternative of its picture"
            ),
        )


@dataclass(frozen=True)
class _Line:
    """A piece of content, which is a line of one element, or a part of it in another font or weight."""

    runs: tuple[TextRun, ...]

    @property
    def page(self) -> int:
        """Counted from 0."""
        return self.runs[0].page

    @cached_property
    def text(self) -> str:
        return read_as(run.text for run in self.runs)

    @cached_property
    def letters(self) -> str:
        """Without white space."""
        return squeezed(self.text)

    @cached_property
    def letters_in_order(self) -> str:
        """The same, with the letters of each word in the order of reading."""
        return squeezed(read_as(_in_order(run) for run in self.runs))


def _in_order(run: TextRun) -> str:
    backwards = runs_to_the_left(run.text)
    return read_as(glyph.text for glyph in (reversed(run.glyphs) if backwards else run.glyphs))


def _lines(paper: Paper) -> Iterator[_Line]:
    """Yield what is printed, a piece at a time: in a line, each change of the font begins a run."""
    for _, runs in groupby(paper.runs, key=lambda run: (run.page, run.piece, run.mark)):
        line = _Line(tuple(runs))
        if line.letters:
            yield line


def _without(lines: Sequence[_Line], most: int, is_right: Callable[[Sequence[_Line]], bool]) -> list[_Line]:
    """Return *lines* without those of a page that follow each other, up to *most*, and together are right."""
    rest, left = list(lines), []
    while rest:
        counts = range(1, min(most, len(rest)) + 1)
        taken = next((n for n in counts if rest[n - 1].page == rest[0].page and is_right(rest[:n])), 0)
        left += rest[: 0 if taken else 1]
        del rest[: taken or 1]
    return left


def _without_heads(lines: Sequence[_Line], paper: Paper) -> list[_Line]:
    """Return *lines* without the heads of tables, which stand again where a table goes on elsewhere.

    A head is read once, with the first rows; each cell names it.
    """
    left = list(lines)
    for table in paper.tags.all("Table"):
        head = [run for part in table.all("THead") for run in part.runs]
        body = [run for part in table.all("TBody") for run in part.runs if run.text.strip()]
        text = squeezed(read_as(run.text for run in head))
        left = _without(left, len(head), partial(_is_head, text=text, body=body))
    return left


def _is_head(lines: Sequence[_Line], text: str, body: Sequence[TextRun]) -> bool:
    """Tell whether *lines* say *text*, the head of a table, above a part of its *body*."""
    if "".join(line.letters for line in lines) != text:
        return False
    boxes = [run.box for line in lines for run in line.runs]
    left, right, low = min(b.left for b in boxes), max(b.right for b in boxes), min(b.low for b in boxes)
    return any(
        run.page == lines[0].page and run.box.top < low and run.box.left < right and left < run.box.right
        for run in body
    )


MOST_LINES_OF_FOOT = 6


def _without_feet(lines: Sequence[_Line], paper: Paper, expected: Expected) -> list[_Line]:
    """Return those of *lines* that are no foot, nor a part of one that is broken over several."""
    return _without(lines, MOST_LINES_OF_FOOT, partial(_is_foot, paper=paper, expected=expected))


def _is_foot(lines: Sequence[_Line], paper: Paper, expected: Expected) -> bool:
    """Tell whether *lines* say what a foot says: the title, dates, its code, and the number of the page.

    What runs to the left is stored in the order of the eye: of that each word is looked up by itself.
    """
    numbers = (str(lines[0].page + 1), str(len(paper.boxes)))
    known: tuple[str, ...] = (*expected.known, *numbers)
    if expected.terms.is_right_to_left or any(runs_to_the_left(line.text) for line in lines):
        known += expected.known_words
    return is_known("".join(line.letters_in_order for line in lines), known)


def _other_faces(unread: Sequence[_Line], paper: Paper, expected: Expected) -> Iterator[Finding]:
    tagged = [line for line in _lines(paper) if line.runs[0].mark]
    read = Counter(line.letters for line in _without_feet(tagged, paper, expected))
    copies = Counter(line.letters for line in unread)
    for _ in range(expected.terms.faces - 1):
        missing = read - copies
        copies -= read
        for text in sorted(missing):
            yield found(
                ProofRule.FACE_DIFFERS,
                expected.document.place,
                say("'{text}' stands on one face of page 1 and not on the other", text=_short(text)),
                say("let the template print the same face twice"),
            )
    for line in unread:
        if copies[line.letters]:
            copies[line.letters] -= 1
            run = line.runs[0]
            yield found(
                ProofRule.FACE_DIFFERS,
                expected.document.place,
                say(
                    "'{text}', {at}, is not on the face that is read aloud",
                    text=_short(line.text),
                    at=paper.at(run.page, run.box),
                ),
                say("let the template print the same face twice"),
            )


def _until_when(paper: Paper, expected: Expected) -> Iterator[Finding]:
    day = expected.document.valid_until
    if day is None:
        return
    if not _is_said(expected.dates(day), _printed(paper), expected):
        yield found(
            ProofRule.FOOT_MISSING,
            expected.document.place,
            say(
                "none of the {boxes_count} pages says that the paper holds until {day}",
                boxes_count=len(paper.boxes),
                day=day.strftime("%d-%m-%Y"),
            ),
            say("let the template print the foot"),
        )


def _printed(paper: Paper) -> str:
    return squeezed(read_as(run.text for run in paper.runs))


def _as_stored(word: str) -> str:
    return word[::-1] if runs_to_the_left(word) else word


def _is_said(forms: Sequence[str], text: str, expected: Expected) -> bool:
    """Tell whether *text*, without white space, has one of the *forms* of a day or a code."""
    told = [squeezed(form) for form in forms]
    if expected.terms.is_right_to_left:
        # stored in the order of the eye: of 31-08-2099 and 31 أغسطس 2099 the day stands on the right
        told += ["-".join(reversed(form.split("-"))) for form in told]
        told += ["".join(_as_stored(word) for word in reversed(form.split())) for form in forms]
        return any(form in text for form in told) or any(_has_day(form, text) for form in forms)
    return any(form in text for form in told)


def _has_day(form: str, text: str) -> bool:
    """Tell whether *text* has the day *form*, `1 ديسمبر 2098`, stored in the order of the eye, 2098 first.

    A ligature is one sign with two letters, which stand in the order of the ear: in ديسمبر that is "بر". So
    of a word that runs to the left its letters count, all of them and no other, and not their order.
    """
    words = form.split()[::-1]
    if not any(map(runs_to_the_left, words)):
        return False
    pattern = "".join(
        rf"([^\W\d_]{{{len(squeezed(word))}}})" if runs_to_the_left(word) else rf"({re.escape(word)})"
        for word in words
    )
    return any(
        all(sorted(part) == sorted(squeezed(word)) for part, word in zip(match.groups(), words, strict=True))
        for match in re.finditer(rf"{pattern}(?!\d)", text)
    )


def _foot_unread(paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield what the foot says to who sees it and to nobody else, or what is heard of it more than once."""
    document = expected.document
    printed, read = _printed(paper), "".join(leaf.text for leaf in paper.leaves)
    code = (document.code,) if document.code else ()
    for what, forms in (
        (say("until when it holds"), expected.dates(document.valid_until)),
        (say("of when it is"), expected.dates(document.newest)),
        (say("its code"), code),
    ):
        if forms and _is_said(forms, printed, expected) and not _is_said(forms, read, expected):
            yield found(
                ProofRule.FOOT_UNREAD,
                document.place,
                say(
                    "the pages say {what}, '{date_or_code}', and no screen reader reads it",
                    what=what,
                    date_or_code=forms[0],
                ),
                say("print the foot in an element that is not hidden, or in the margin of the page"),
            )
    if document.code and read.count(squeezed(document.code)) > 1:
        yield found(
            ProofRule.FOOT_UNREAD,
            document.place,
            say(
                "the code '{code}' is read {count} times on the pages",
                code=document.code,
                count=read.count(squeezed(document.code)),
            ),
            say("let the template print the foot once for who listens; hide the others (aria-hidden)"),
        )
