"""The numbers on the paper run as in the model, stand at their own commands, and references point at them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from handout.model.colours import WHITE, Colour
from handout.model.findings import Finding
from handout.model.messages import Message, say, verbatim
from handout.model.text import Route, StepLabel
from handout.model.units import mm_to_pt
from handout.model.walk import blocks_of
from handout.proof.content import TextRun
from handout.proof.expected import Expected, Numbered, Pointer
from handout.proof.geometry import Box
from handout.proof.paper import Paper
from handout.proof.rules import ProofRule, found
from handout.proof.tags import NUMBERED, Tag, squeezed

FARTHEST = mm_to_pt(25)
"""From a number to its command, or twice the height of its figures where those are larger: on a poster they
stand in a square of 38 mm, and the frame of a key may come between."""
MOST_SHOWN = 60
LARGEST_BADGE = mm_to_pt(50)
"""That of a poster is 38 mm; a larger shape around a number is a field."""
TOUCHING = 1.5
"""Points: what shares less, across or down, touches."""
WIDEST_LINE = mm_to_pt(3)
"""The rail and the lines that lead from a badge have its colour; they begin under it."""


@dataclass(frozen=True)
class Item:
    """A numbered item on the paper."""

    label: str
    body: str
    """Without white space."""
    label_runs: tuple[TextRun, ...]
    body_runs: tuple[TextRun, ...]
    is_step: bool
    """False: a substep."""

    def where(self, paper: Paper) -> Message:
        run = next(iter(self.label_runs or self.body_runs), None)
        return paper.at(run.page, run.box) if run else say("on none of the pages")


def items(tag: Tag, numbering: str = "") -> Iterator[Item]:
    """Yield the numbered items below *tag*, itself in a list of *numbering*, in the order of reading."""
    if tag.kind == "L":
        numbering = tag.numbering
    if tag.kind == "LI" and numbering in NUMBERED:
        parts = {kid.kind: kid for kid in tag.tags}
        label, body = parts.get("Lbl"), parts.get("LBody")
        yield Item(
            squeezed(label.shown) if label else "",
            squeezed(body.text) if body else "",
            _with_letters(label),
            _with_letters(body),
            numbering == NUMBERED[0],
        )
    for kid in tag.tags:
        yield from items(kid, numbering)


def _with_letters(tag: Tag | None) -> tuple[TextRun, ...]:
    return tuple(run for run in tag.runs if run.text.strip()) if tag else ()


def steps(paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield each number, letter or reference that is not what the model says, or stands elsewhere."""
    on_paper = tuple(items(paper.tags))
    yield from _numbers(on_paper, paper, expected)
    yield from _commands(on_paper, paper, expected)
    yield from _counting(on_paper, paper, expected)
    yield from _distances(on_paper, paper, expected)
    yield from _order(on_paper, paper, expected)
    yield from _badges(on_paper, paper, expected)
    yield from _onward(on_paper, paper, expected)
    yield from _continued(on_paper, paper, expected)
    yield from _overleaf(on_paper, paper, expected)
    yield from _references(paper, expected)
    yield from _targets(expected)


def _numbers(on_paper: Sequence[Item], paper: Paper, expected: Expected) -> Iterator[Finding]:
    model = expected.steps
    for item, numbered in zip(on_paper, model, strict=False):
        if item.label != numbered.step.label:
            yield found(
                ProofRule.STEP_NUMBER,
                numbered.step.place,
                say(
                    "'{label}' stands {where}, where {name} belongs",
                    label=item.label,
                    where=item.where(paper),
                    name=_name(numbered),
                ),
                say(
                    "let the style sheet draw the counter of the list item, which holds the number of "
                    "the model"
                ),
            )
    if len(on_paper) != len(model):
        yield found(
            ProofRule.STEP_NUMBER,
            expected.document.place,
            say(
                "the pages have {on_paper_count} numbered steps and substeps; the model has {model_count}",
                on_paper_count=len(on_paper),
                model_count=len(model),
            ),
            say("let the template print each step once, as an item of an ordered list"),
        )


def _name(numbered: Numbered) -> Message:
    label = numbered.step.label
    return say("step {label}", label=label) if numbered.level == 1 else say("substep {label}", label=label)


def _commands(on_paper: Sequence[Item], paper: Paper, expected: Expected) -> Iterator[Finding]:
    for item, numbered in zip(on_paper, expected.steps, strict=False):
        command = expected.read(numbered.step.command)
        if not item.body.startswith(squeezed(command)):
            yield found(
                ProofRule.STEP_COMMAND,
                numbered.step.place,
                say(
                    "{name}, {where}, says '{body}'; the model says '{command}'",
                    name=_name(numbered),
                    where=item.where(paper),
                    body=item.body[:MOST_SHOWN],
                    command=command[:MOST_SHOWN],
                ),
                say("let the template print the command first in its item"),
            )


def _counting(on_paper: Sequence[Item], paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield the steps that neither follow the one before nor begin anew at 1."""
    before = 0
    for item in _counted(on_paper):
        number = int(item.label)
        if number not in (before + 1, 1):
            yield found(
                ProofRule.STEP_COUNTING,
                expected.document.place,
                say(
                    "step {number} stands {where} and follows step {before}",
                    number=number,
                    where=item.where(paper),
                    before=before,
                ),
                say("number the steps of each procedure 1, 2, 3 …, over the columns and pages that it takes"),
            )
        before = number


def _counted(on_paper: Iterable[Item]) -> Iterator[Item]:
    """Yield the steps with a number: that of another template may be "1." or a word, which is told above."""
    return (item for item in on_paper if item.is_step and item.label.isdecimal())


def _distances(on_paper: Sequence[Item], paper: Paper, expected: Expected) -> Iterator[Finding]:
    for item, numbered in zip(on_paper, expected.steps, strict=False):
        if item.label_runs and item.body_runs and not _is_at_first_line(item, paper):
            body = item.body_runs[0]
            yield found(
                ProofRule.STEP_APART,
                numbered.step.place,
                say(
                    "the number {label} stands {where}, away from its command {at}",
                    label=item.label,
                    where=item.where(paper),
                    at=paper.at(body.page, body.box),
                ),
                say("let the number stand beside the first line of its step, on the same page"),
            )


def _is_at_first_line(item: Item, paper: Paper) -> bool:
    """Tell whether the number of *item* stands beside the first line of its command.

    Words that run to the right on a sheet that runs to the left begin at the far end of that line. The sign
    that what they name stands overleaf, which no tag holds, then stands between the number and them.
    """
    first, number = item.body_runs[0], item.label_runs[0]
    words = [run for run in item.body_runs if run.page == first.page and _is_level(run, first)]
    ends = sorted((number.box.left, *(run.box.left for run in words)))
    signs = (run for line in _unread_lines(paper) for run in line if run.page == first.page)
    between = [run for run in signs if _is_level(run, first) and ends[0] < run.box.left < ends[-1]]
    return any(_stand_together(number, run) for run in (*words, *between))


def _stand_together(label: TextRun, body: TextRun) -> bool:
    """Tell whether a number stands beside the first line of its command."""
    number, line = label.box, body.box
    gap = max(line.left - number.right, number.left - line.right)
    farthest = max(FARTHEST, 2 * number.height)
    return label.page == body.page and -1 < gap < farthest and _is_level(label, body)


def _is_level(one: TextRun, other: TextRun) -> bool:
    reach = max(one.box.height, other.box.height)
    return abs((one.box.low + one.box.top) - (other.box.low + other.box.top)) / 2 < reach


def _order(on_paper: Sequence[Item], paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield the steps that the eye meets before the one that they follow."""
    placed = [(item, item.label_runs[0]) for item in _counted(on_paper) if item.label_runs]
    backwards = expected.terms.is_right_to_left
    for (before, first), (after, second) in pairwise(placed):
        if int(after.label) > int(before.label) and not _follows(first, second, backwards):
            yield found(
                ProofRule.STEP_ORDER,
                expected.document.place,
                say(
                    "step {label} stands {where}, above or beside step {before} {where_before}",
                    label=after.label,
                    where=after.where(paper),
                    before=before.label,
                    where_before=before.where(paper),
                ),
                say("let the steps run down each column, and the columns in the direction of reading"),
            )


def _onward(on_paper: Sequence[Item], paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield the signs to turn over that name another step than the one that begins overleaf."""
    said = {squeezed(words): str(number) for words, number in expected.onward.items()}
    placed = [(item.label, item.label_runs[0].page) for item in _counted(on_paper) if item.label_runs]
    turns = {page: (after, later) for (_, page), (after, later) in pairwise(placed) if later > page}
    for line in _unread_lines(paper):
        text, page = "".join(run.text for run in line), line[0].page
        number = said.get(squeezed(text))
        if number is not None and turns.get(page) != (number, page + 1):
            where = paper.at(page, line[0].box)
            yield found(
                ProofRule.STEP_ONWARD,
                expected.document.place,
                say(
                    "'{text}' stands {where}, and step {number} does not begin the next page",
                    text=text,
                    where=where,
                    number=number,
                ),
                say("let the template show the sign in the step that ends a page, where the engine marks it"),
            )


def _continued(on_paper: Sequence[Item], paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield the heads of further sides that name another step than the first one on their side."""
    said = {squeezed(words): str(number) for words, number in expected.continued.items()}
    first: dict[int, str] = {}
    for item in _counted(on_paper):
        # A step that goes on over pages is what each of them begins with.
        for run in (*item.label_runs[:1], *item.body_runs):
            first.setdefault(run.page, item.label)
    for line in _unread_lines(paper):
        text, page = "".join(run.text for run in line), line[0].page
        number = next((number for words, number in said.items() if squeezed(text).endswith(words)), None)
        if number is not None and first.get(page) != number:
            yield found(
                ProofRule.STEP_ONWARD,
                expected.document.place,
                say(
                    "'{text}' stands {where}, and step {number} is not the first of that page",
                    text=text,
                    where=paper.at(page, line[0].box),
                    number=number,
                ),
                say(
                    "let each step say in the head of its page what it goes on with: 'string-set: continued'"
                ),
            )


def _overleaf(on_paper: Sequence[Item], paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield the signs that what is named stands overleaf, where it stands on no other page than the sign."""
    words = squeezed(expected.terms.text_words.get("overleaf", ""))
    for line in _unread_lines(paper) if words else ():
        text, sign = "".join(run.text for run in line), line[0]
        if squeezed(text) != words:
            continue
        quotes = expected.terms.text_words.get("own-procedure", "")
        before = _before(sign, paper, expected.terms.is_right_to_left, quotes)
        named = _unquoted(before, quotes)
        pages = _pages_named(named, on_paper, paper) if named else frozenset()
        if not pages - {sign.page}:
            yield found(
                ProofRule.STEP_OVERLEAF,
                expected.document.place,
                say(
                    "'{text}' stands {where} behind '{before}', which does not stand overleaf",
                    text=text,
                    where=paper.at(sign.page, sign.box),
                    before=before[:MOST_SHOWN],
                ),
                say("let the template print the sign behind a reference, where the engine marks it"),
            )


def _unquoted(text: str, pattern: str) -> str:
    """Return the name that *text* ends in, or the end of it: *pattern* prints quotes around it."""
    before, _, after = (part.strip() for part in pattern.partition("{procedure}"))
    named = text.rpartition(before)[2] if before and after else text
    return named.removesuffix(after).strip()


def _before(sign: TextRun, paper: Paper, backwards: bool, quotes: str) -> str:
    """Return the words of the last piece before *sign* on its line, in the direction of reading.

    A quotation mark of *quotes* of another font than the words in it is a piece that says nothing.
    """
    empty = {"", *(part.strip() for part in quotes.split("{procedure}"))}
    level = [
        run
        for run in paper.runs
        if run.page == sign.page
        and run.text.strip() not in empty
        and run.mark is not None
        and _is_level(run, sign)
    ]
    if backwards:
        return min(
            (run for run in level if run.box.left > sign.box.right - TOUCHING),
            key=lambda run: run.box.left,
            default=sign,
        ).text.strip()
    return max(
        (run for run in level if run.box.right < sign.box.left + TOUCHING),
        key=lambda run: run.box.right,
        default=sign,
    ).text.strip()


def _pages_named(before: str, on_paper: Sequence[Item], paper: Paper) -> frozenset[int]:
    """Return the pages with a step, or with a heading, that *before* ends in the name of."""
    number = re.fullmatch(r"(\d+)[a-z]?", before)
    if number is not None:
        labelled = (item for item in _counted(on_paper) if item.label == number[1] and item.label_runs)
        return frozenset(item.label_runs[0].page for item in labelled)
    last = squeezed(before).casefold()
    heads = (
        tag
        for kind in ("H2", "H3")
        for tag in paper.tags.all(kind)
        if squeezed(tag.text).casefold().endswith(last)
    )
    return frozenset(run.page for tag in heads for run in tag.runs)


def _unread_lines(paper: Paper) -> Iterator[list[TextRun]]:
    """Yield the pieces of text that no tag holds."""
    for (_, _, mark), runs in groupby(paper.runs, key=lambda run: (run.page, run.piece, run.mark)):
        if mark is None:
            yield list(runs)


def _follows(first: TextRun, second: TextRun, backwards: bool) -> bool:
    if first.page != second.page:
        return second.page > first.page
    is_lower = second.box.top < first.box.low + 1
    is_farther = first.box.left > second.box.right if backwards else second.box.left > first.box.right
    return is_lower or is_farther


# ---- badges -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Badge:
    """The shape that a number stands on."""

    page: int
    box: Box
    colour: Colour | None
    """None where it is drawn."""


def _badges(on_paper: Sequence[Item], paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield the badges that stand over a text or a frame: what follows a short last step must clear it."""
    for item in on_paper:
        badge = _badge_of(item, paper) if item.is_step and item.label_runs else None
        if badge is None:
            continue
        over = next(_texts_over(badge, item, paper), None) or next(_frames_over(badge, paper), None)
        if over is not None:
            yield found(
                ProofRule.STEP_COVERS,
                expected.document.place,
                say(
                    "the badge of step {label}, {where}, stands over {over}",
                    label=item.label,
                    where=item.where(paper),
                    over=over,
                ),
                say("let the style sheet make a step as high as its badge, and begin what follows below it"),
            )


def _badge_of(item: Item, paper: Paper) -> _Badge | None:
    """Return the least shape that holds the number of *item*; None where it stands on bare paper."""
    number = item.label_runs[0]
    drawn = paper.drawn[number.page]
    found_ = [_Badge(one.page, one.box, one.colour) for one in drawn.shapes if one.colour != WHITE]
    found_ += [_Badge(one.page, one.box, None) for one in drawn.drawings if not one.depth]
    around = [one for one in found_ if one.box.excess(number.box) < 0 and one.box.height < LARGEST_BADGE]
    return min(around, key=lambda one: one.box.width * one.box.height, default=None)


def _texts_over(badge: _Badge, item: Item, paper: Paper) -> Iterator[Message]:
    own = {id(run) for run in item.label_runs}
    for run in paper.drawn[badge.page].runs:
        if id(run) not in own and run.text.strip() and _covers(badge.box, run.box):
            yield verbatim(f"'{run.text[:MOST_SHOWN]}'")


def _frames_over(badge: _Badge, paper: Paper) -> Iterator[Message]:
    for shape in paper.drawn[badge.page].shapes:
        holds = shape.box.excess(badge.box) < TOUCHING or badge.box.excess(shape.box) < TOUCHING
        is_line = shape.colour == badge.colour and min(shape.box.width, shape.box.height) < WIDEST_LINE
        if shape.colour != WHITE and not holds and not is_line and _covers(badge.box, shape.box):
            yield say("a frame or a line {at}", at=paper.at(badge.page, shape.box))


def _covers(badge: Box, other: Box) -> bool:
    """Tell whether the two share more than their edges."""
    shared = badge.shared(other)
    least = (min(TOUCHING, other.width / 2), min(TOUCHING, other.height / 2))
    return shared.width > least[0] and shared.height > least[1]


# ---- references -------------------------------------------------------------------------------


@dataclass(frozen=True)
class PrintedReference:
    """A reference on the paper."""

    letter: str
    label: str
    until: str
    """The last of a run; empty for one step."""
    page: int
    box: Box


def printed_references(paper: Paper, word: str, until: str) -> Iterator[PrintedReference]:
    """Yield the references in the order of reading: *word*, perhaps a letter, then a number.

    That of a run is followed by *until* and the number of its last step.
    """
    for leaf in paper.leaves:
        parts = [part for part in leaf.parts if part.text.strip()]
        texts = [part.text.strip() for part in parts]
        for at, text in enumerate(texts, 1):
            names_a_step = text == word or text.endswith(f" {word}")
            if names_a_step and (label := _label_at(texts[at : at + 2])) is not None:
                number = at + bool(label[0])
                run = parts[number].runs[0]
                last = _last_at(texts[number + 1 :], until)
                yield PrintedReference(*label, last, run.page, run.box)


def _label_at(after: Sequence[str]) -> tuple[str, str] | None:
    """Return the letter, perhaps none, and the number that the texts *after* a word begin with, or None."""
    letter = after[0] if after and re.fullmatch("[A-Z]", after[0]) else ""
    number = next(iter(after[1:] if letter else after), "")
    return (letter, number) if re.fullmatch(r"\d+[a-z]?|[a-z]", number) else None


def _last_at(after: Sequence[str], until: str) -> str:
    """Return the last step of a run, whose first stands right before the texts *after*; empty for none.

    Where a line ends within "tot en met", these are two texts.
    """
    for count in range(1, min(len(until.split()) + 1, len(after))):
        if " ".join(after[:count]) == until and after[count].isdigit():
            return after[count]
    return ""


def _unfound(reference: str, word: str, left: Sequence[PrintedReference], paper: Paper) -> Message:
    """Return that *reference* is not there, and which of those that are *left* may stand in its place."""
    if not left:
        return say("'{reference}' stands on none of the pages", reference=reference)
    return say(
        "'{reference}' stands on none of the pages; '{other}' stands {place}",
        reference=reference,
        other=" ".join((word, left[0].letter + left[0].label)),
        place=paper.at(left[0].page, left[0].box),
    )


def _references(paper: Paper, expected: Expected) -> Iterator[Finding]:
    own, terms = expected.terms.text_words, expected.terms
    others = {words["step"]: words for words in (terms.other_words, terms.source_words) if words}
    for words in {**others, own["step"]: own}.values():
        yield from _references_in(words, paper, expected)


def _references_in(words: Mapping[str, str], paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield what is wrong with the references that begin with the word for a step of *words*."""
    word = words["step"]
    left = list(printed_references(paper, word, words["until"]))
    missing: list[Pointer] = []
    for pointer in (one for one in expected.pointers if one.word == word):
        wanted = (pointer.label.section or "", pointer.label.label, pointer.label.until or "")
        same = next((one for one in left if (one.letter, one.label, one.until) == wanted), None)
        if same is None:
            missing.append(pointer)
        else:
            left.remove(same)
    for pointer in missing:
        yield found(
            ProofRule.STEP_REFERENCE,
            pointer.place,
            _unfound(f"{word} {pointer.label.section or ''}{_numbers_of(pointer.label)}", word, left, paper),
            say("let the template print the label of the reference, which the program wrote"),
        )
    typed = _typed(expected, word)
    for one in left[len(missing) :]:
        if typed[one.letter, one.label]:
            typed[one.letter, one.label] -= 1
            continue
        yield found(
            ProofRule.STEP_REFERENCE,
            expected.document.place,
            say(
                "'{word} {letter}{label}' stands {at}, and the model has no such reference",
                word=word,
                letter=one.letter,
                label=one.label,
                at=paper.at(one.page, one.box),
            ),
            say("write references as [](#id), and let the program number them"),
        )


def _numbers_of(label: StepLabel) -> str:
    return f"{label.label} – {label.until}" if label.until else label.label


def _typed(expected: Expected, word: str) -> Counter[tuple[str, str]]:
    """Return the steps that are named and are no references.

    In a text, as "stap **3** van de film", and at the head of a route where one word says step and steps.
    """
    named = re.compile(rf"(?<!\w){re.escape(word)} ([A-Z]?)(\d+[a-z]?|[a-z])(?!\w)")
    typed = Counter((match[1], match[2]) for said in expected.said for match in named.finditer(said.text))
    labels = (pointer.label for pointer in expected.pointers if pointer.word == word)
    typed -= Counter((label.section or "", label.label) for label in labels)
    if re.search(rf"(?<!\w){re.escape(word)}\Z", expected.terms.words["steps"]):
        routes = (block for block in blocks_of(expected.document) if isinstance(block, Route))
        typed.update((route.section or "", str(route.numbers[0])) for route in routes)
    return typed


def _targets(expected: Expected) -> Iterator[Finding]:
    """Yield the references that lead to no step of this paper."""
    known = set(_full_labels(expected.steps))
    for pointer in expected.pointers:
        label = pointer.label
        if label.handout:
            continue
        sections = (label.section,) if label.section else (pointer.section, None)
        if not any((section, label.label) in known for section in sections) and not _is_on_sheet(
            label.label, known, label.section or pointer.section
        ):
            yield found(
                ProofRule.STEP_REFERENCE,
                pointer.place,
                say(
                    "the reference to step {section}{label} leads to no step on the pages",
                    section=label.section or "",
                    label=label.label,
                ),
                say("refer to a step that this handout shows to this audience"),
            )


def _full_labels(steps_: Sequence[Numbered]) -> Iterator[tuple[str | None, str]]:
    """Yield the labels that a reference can have: "5", "5b", and "b" from inside step 5."""
    number = ""
    for numbered in steps_:
        if numbered.level == 1:
            number = numbered.step.label
        else:
            yield numbered.section, f"{number}{numbered.step.label}"
        yield numbered.section, numbered.step.label


def _is_on_sheet(label: str, known: set[tuple[str | None, str]], section: str | None) -> bool:
    """Tell whether *label* is that of a step anywhere, where no letter tells the procedures apart."""
    return section is None and any(one == label for _, one in known)
