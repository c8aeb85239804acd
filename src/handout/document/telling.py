"""Know by the words of a language what a text asks of its reader, and what it tells of the screen. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from handout.document.sentences import KEYS, PrintedWords, flat, key
from handout.model.text import (
    Address,
    Block,
    BulletList,
    Choice,
    Inline,
    Link,
    Picture,
    SectionLabel,
    StepLabel,
    Table,
    UiLabel,
    WriteIn,
    plain_text,
)
from handout.model.walk import blocks_inside, inlines_inside, pictures_inside, texts_of
from handout.project.settings import Instructions


class Telling:
    """The words of a language, ready to be held against texts."""

    def __init__(self, words: Instructions) -> None:
        self.words = words
        self.picks = _folded(words.picks)
        self.opens = _folded(words.opens)
        self.articles = _folded((*words.one_of_many, *words.the_one))
        self.one_of_many = _folded(words.one_of_many)
        self.which = _folded(words.which)
        self.starts = _folded(words.starts)
        self.types = _folded(words.types)
        self._signs = phrases(words.signs)
        self._presses = phrases(words.presses)

    def is_sign(self, text: str) -> bool:
        """Tell whether *text* says what is to be seen."""
        return self._signs is not None and self._signs.search(KEYS.sub(" ", text)) is not None

    def is_press(self, sentence: str) -> bool:
        """Tell whether *sentence* speaks of a click or a tap."""
        return self._presses is not None and self._presses.search(sentence) is not None

    def lets_check(self, blocks: Iterable[Block]) -> bool:
        """Tell whether *blocks* show what is to be seen, or say it."""
        blocks = tuple(blocks)
        if any(True for _ in pictures_inside(blocks)):
            return True
        texts = (inlines for block in blocks_inside(blocks) for _, inlines in texts_of(block))
        return any(self.is_sign(line_of(inlines)) for inlines in texts)


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word.casefold() for word in words)


def phrases(words: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds each of *words* as whole words; None for none."""
    return _phrases(tuple(words))


@lru_cache(maxsize=256)  # the words of a language, asked for with each sentence
def _phrases(words: tuple[str, ...]) -> re.Pattern[str] | None:
    longest_first = sorted(words, key=len, reverse=True)
    forms = "|".join(re.escape(phrase).replace(r"\ ", r"\s+") for phrase in longest_first)
    return re.compile(rf"(?<!\w)(?:{forms})(?!\w)", re.IGNORECASE) if forms else None


def line_of(inlines: Iterable[Inline]) -> str:
    """Return the words of *inlines*; a key, a reference and an address are each one word between KEYs."""
    return "".join(
        key(plain_text((one,))) if isinstance(one, Link) else flat((one,), PrintedWords()) for one in inlines
    )


def shows(inlines: Iterable[Inline]) -> bool:
    """Tell whether *inlines* hold what a reader finds back as it stands: a key, an address, a picture."""
    kinds = (UiLabel, Link, StepLabel, SectionLabel, WriteIn, Picture)
    return any(isinstance(inline, kinds) for inline in inlines_inside(inlines))


def blocks_show(blocks: Iterable[Block]) -> bool:
    """Tell whether *blocks* hold such a thing, or what the reader can pick from."""
    return any(
        isinstance(block, Address | Picture | Choice | Table | BulletList)
        or any(shows(inlines) for _, inlines in texts_of(block))
        for block in blocks_inside(blocks)
    )
