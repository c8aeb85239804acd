"""What the sheets of earlier builds said, by their codes, and what changed from each to now. Pure.

A sheet hangs on a wall for months. Who types its code is told whether it is still right, and if not which
words are other ones by now. Nothing of a school is in it: a code is that of the copies of all schools.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from handout import __version__
from handout.model.document import Document, Passage

MOST_EARLIER = 60
"""Codes that are remembered of one edition, the last ones: years of an editor's work."""


@dataclass(frozen=True)
class KnownSheet:
    """What a code stands for."""

    code: str
    title: str
    valid_until: str | None
    """A date as ISO 8601 writes it."""
    passages: tuple[Passage, ...] = ()
    """Nothing where the build that made it did not say it."""


def known_sheet(document: Document) -> KnownSheet:
    """Return what *document* says under its code; where it has a fault the code is empty."""
    until = document.valid_until.isoformat() if document.valid_until else None
    return KnownSheet(document.code, document.title, until, document.passages)


@dataclass(frozen=True)
class ChangedPassage:
    """What a sheet says in other words by now, in one place of it."""

    kind: str
    """`words`, `address`, `picture` (a drawing, a sign, or the language), or `step` where only its number is
    another one."""
    section: str
    """The heading above it; empty: none."""
    step: str
    """The number of the step on the sheet of then, or of now where the step is new; empty: in no step."""
    before: str
    """Empty: it is new. Of a picture nothing stands here."""
    now: str
    """Empty: it is gone."""


@dataclass(frozen=True)
class CodeHistory:
    """The codes of each edition, by its name; the one that was made last is the last."""

    editions: Mapping[str, tuple[KnownSheet, ...]] = field(default_factory=dict)

    def after(self, made: Mapping[str, KnownSheet]) -> CodeHistory:
        """Return the history when *made*, by the name of the edition, has been made too."""
        editions = dict(self.editions)
        for name, sheet in made.items():
            known = next((one for one in editions.get(name, ()) if one.code == sheet.code), sheet)
            earlier = [one for one in editions.get(name, ()) if one.code != sheet.code]
            newest = sheet if sheet.passages else replace(sheet, passages=known.passages)
            editions[name] = (*earlier, newest)[-MOST_EARLIER:]
        return CodeHistory(editions)

    def with_rows(self, rows: Iterable[tuple[str, KnownSheet]]) -> CodeHistory:
        """Return the history with the sheets *rows*, each with its edition, that lie there from before.

        They are older than those that it knows: of an edition that it does not know the last is the newest.
        """
        editions = dict(self.editions)
        for name, sheet in rows:
            known = editions.get(name, ())
            if all(one.code != sheet.code for one in known):
                editions[name] = (*known, sheet) if name not in self.editions else (sheet, *known)
        return CodeHistory(editions)

    def with_published(self, published: CodeHistory) -> CodeHistory:
        """Return the history with that which stands in the output folder, from whatever machine.

        What stands there is what people print: of each edition its order holds, and its last is the newest.
        """
        editions = dict(self.editions)
        for name, theirs in published.editions.items():
            own = {one.code: one for one in editions.get(name, ())}
            newest = [own[one.code] if not one.passages and one.code in own else one for one in theirs]
            codes = {one.code for one in newest}
            earlier = [one for one in own.values() if one.code not in codes]
            editions[name] = (*earlier, *newest)[-MOST_EARLIER:]
        return CodeHistory(editions)

    def with_earlier(self, earlier: Mapping[str, KnownSheet]) -> CodeHistory:
        """Return the history with *earlier* sheets, by the name of the edition, as its oldest ones."""
        editions = dict(self.editions)
        for name, sheet in earlier.items():
            own = editions.get(name, ())
            if all(one.code != sheet.code for one in own):
                editions[name] = (sheet, *own)[-MOST_EARLIER:]
        return CodeHistory(editions)

    def find(self, code: str) -> tuple[str, KnownSheet] | None:
        """Return the edition that *code* is of, and what it said; None: no build that is known made it."""
        found = ((name, one) for name, sheets in self.editions.items() for one in sheets if one.code == code)
        return next(found, None)

    def newest(self, name: str) -> KnownSheet | None:
        """Return what the edition *name* says by now; None where it was never made."""
        return self.editions[name][-1] if self.editions.get(name) else None


# ---- what changed -----------------------------------------------------------------------------

_PICTURES = frozenset({"picture", "sign", "language"})
"""What has no words of its own: it is only told that it changed."""


def changes(before: KnownSheet, now: KnownSheet) -> tuple[ChangedPassage, ...] | None:
    """Return what the sheet *now* says otherwise than *before*, in reading order.

    None where that is not known; nothing where only words without a place differ, as in an older program.
    """
    return changes_between(before.passages, now.passages)


def changes_between(before: Sequence[Passage], now: Sequence[Passage]) -> tuple[ChangedPassage, ...] | None:
    """Return what *now* says otherwise than *before*, as `changes` does."""
    if not before or not now:
        return None
    found = tuple(_changes(before, now))
    return found or tuple(_renumbered(before, now))


def _changes(before: Sequence[Passage], now: Sequence[Passage]) -> Iterator[ChangedPassage]:
    for tag, i1, i2, j1, j2 in _matcher(before, now).get_opcodes():
        if tag != "equal":
            yield from _paired(before[i1:i2], now[j1:j2])


def _matcher(before: Sequence[Passage], now: Sequence[Passage]) -> SequenceMatcher[tuple[str, str]]:
    # By what is said, not where: a step before it makes no step a changed one.
    return SequenceMatcher(
        None, [(one.kind, one.text) for one in before], [(one.kind, one.text) for one in now], autojunk=False
    )


def _paired(before: Sequence[Passage], now: Sequence[Passage]) -> Iterator[ChangedPassage]:
    """Yield what became of the passages *before*: those of one place on both sheets are held together."""
    places = dict.fromkeys((one.section, one.step, _kind(one)) for one in (*before, *now))
    for section, step, kind in places:
        was, is_ = (
            " ".join(one.text for one in side if (one.section, one.step, _kind(one)) == (section, step, kind))
            for side in (before, now)
        )
        shown = ("", "") if kind == "picture" else (was, is_)
        yield ChangedPassage(kind, section, step, *shown)


def _kind(passage: Passage) -> str:
    return "picture" if passage.kind in _PICTURES else passage.kind


def _renumbered(before: Sequence[Passage], now: Sequence[Passage]) -> Iterator[ChangedPassage]:
    """Yield the steps that say the same under another number."""
    moved = ((one, other) for one, other in zip(before, now, strict=False) if one.step != other.step)
    seen: set[str] = set()
    for one, other in moved:
        if one.step not in seen:
            seen.add(one.step)
            yield ChangedPassage("step", one.section, one.step, one.step, other.step)


# ---- as bytes ---------------------------------------------------------------------------------


def packed(history: CodeHistory) -> bytes:
    """Return *history* as few bytes."""
    return zlib.compress(published(history))


def published(history: CodeHistory) -> bytes:
    """Return *history* as JSON. Editions share most of what they say: each passage is written once."""
    numbers: dict[Passage, int] = {}
    editions = {
        name: [
            [
                one.code,
                one.title,
                one.valid_until,
                [numbers.setdefault(passage, len(numbers)) for passage in one.passages],
            ]
            for one in sheets
        ]
        for name, sheets in sorted(history.editions.items())  # in whatever order they were made
    }
    passages = [[one.kind, one.text, one.section, one.step] for one in numbers]
    rows = {
        "program": f"handout {__version__}",
        "passages": passages,
        "editions": editions,
    }
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()


def unpacked(content: bytes | None) -> CodeHistory:
    """Return the history that `packed` made *content* of; an empty one for none, and for other bytes."""
    try:
        return read(zlib.decompress(content or b""))
    except zlib.error:
        return CodeHistory()


def read(content: bytes) -> CodeHistory:
    """Return the history that `published` made *content* of; an empty one for other bytes."""
    try:
        return _history(json.loads(content))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError):
        return CodeHistory()


def _history(rows: Any) -> CodeHistory:
    passages = [Passage(*map(str, row)) for row in rows["passages"]]
    return CodeHistory(
        {
            str(name): tuple(
                KnownSheet(str(code), str(title), _day(until), tuple(passages[number] for number in said))
                for code, title, until, said in sheets[-MOST_EARLIER:]
            )
            for name, sheets in rows["editions"].items()
            if sheets
        }
    )


def _day(until: object) -> str | None:
    """Return *until* as ISO 8601 writes a day; None for none. Raises ValueError for what is no day."""
    return None if until is None else date.fromisoformat(str(until)).isoformat()
