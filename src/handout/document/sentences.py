"""Part a text into its sentences, clauses and words, as the word list of a project knows them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from handout.model.names import quoted
from handout.model.text import (
    Both,
    Emphasis,
    Field,
    Gloss,
    Inline,
    LineBreak,
    Link,
    Picture,
    Reference,
    SectionLabel,
    StepLabel,
    Strong,
    Text,
    UiLabel,
    Untranslated,
    WriteIn,
)
from handout.project.settings import Actions, WordList

# ---- words without marks ----------------------------------------------------------------------

KEY, _KEY_SPACE = "\ue000", "\ue001"
"""Of the private use area: no text holds them."""
KEYS = re.compile(f"{KEY}[^{KEY}]*{KEY}")


def key(text: str) -> str:
    return f"{KEY}{_KEY_SPACE.join(text.split())}{KEY}"


def shown(text: str) -> str:
    """Return *text* as an editor wrote it, shortened, for a message."""
    return quoted(text.replace(KEY, "`").replace(_KEY_SPACE, " "))


@dataclass(frozen=True)
class PrintedWords:
    """What stands on the paper in the place of what an editor wrote."""

    fields: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    """Of the keys that print two texts."""


def flat(inlines: Iterable[Inline], printed: PrintedWords) -> str:
    return "".join(_words_of(inline, printed) for inline in inlines)


def _words_of(inline: Inline, printed: PrintedWords) -> str:
    match inline:
        case Text(text):
            return text
        case UiLabel(text):
            return printed.keys.get(text) or key(text)
        case WriteIn(text):
            return key(text)
        case Strong(children) | Emphasis(children) | Untranslated(children):
            return flat(children, printed)
        case Both(own, _):
            return flat(own, printed)
        case Gloss():
            return inline.printed
        case Link(children, _, _):
            return flat(children, printed)
        case Reference():
            return flat(inline.children, printed) or key(inline.step_id or inline.file or "")
        case StepLabel():
            return flat(inline.children, printed) or key(inline.label)
        case SectionLabel():
            return flat(inline.children, printed) or key(inline.title)
        case Field(name, _):
            return printed.fields.get(name) or key(name)
        case LineBreak():
            return " "
        case Picture():
            return ""


# ---- sentences and clauses --------------------------------------------------------------------

_END = re.compile(r"(?<![.!?…])[.!?…]+[\"'’”»)\]]*\s+")
_OPENING = "\"'‘“«(["
CLOSING = "\"'’”»)]"
_INITIAL = re.compile(r"[A-Z]\.")
_FIRST_WORD = re.compile(r"[^\w\ue000]*(\w[\w'’-]*)")


class HouseStyle:
    """The word list, ready to be held against a passage."""

    def __init__(self, words: WordList) -> None:
        self.actions: Actions = words.actions
        self.verbs = frozenset(verb.casefold() for verb in words.actions.verbs)
        self.openers = self.verbs | {word.casefold() for word in words.actions.openers}
        self.joints = re.compile(
            "|".join((r"[,;:]\s+", *(rf"(?<!\S){re.escape(word)}(?!\S)" for word in words.actions.joiners))),
            re.IGNORECASE,
        )
        self.abbreviations = frozenset(word.casefold() for word in words.sentences.abbreviations)
        self.preferred = {plain(avoided): word for word in words.word for avoided in word.avoid}
        self.avoided = _pattern(self.preferred) if self.preferred else None

    def sentences(self, text: str) -> Iterator[str]:
        """Yield the sentences of *text*: a dot after an abbreviation or before a small letter ends none."""
        start = 0
        for end in _END.finditer(text):
            if self._ends(text, start, end):
                yield text[start : end.end()].strip()
                start = end.end()
        if rest := text[start:].strip():
            yield rest

    def _ends(self, text: str, start: int, end: re.Match[str]) -> bool:
        after = text[end.end() :].lstrip(_OPENING)
        if not after or after[0].islower():
            return False
        last = text[start : end.end()].split()[-1].lstrip(_OPENING)
        return last.casefold() not in self.abbreviations and not _INITIAL.fullmatch(last)

    def clauses(self, text: str) -> Iterator[str]:
        """Yield the parts of the sentences of *text* between commas and joining words."""
        for sentence in self.sentences(text):
            yield from (clause for clause in self.joints.split(sentence) if clause.strip())

    def verbs_in(self, command: str) -> list[str]:
        """Return the verbs that open a clause of *command*: the things that it asks for."""
        firsts = (first_word(clause) for clause in self.clauses(command))
        return [word for word in firsts if word in self.verbs]


def first_word(text: str) -> str:
    """Return the word that opens *text*, in small letters; empty where a key opens it."""
    found = _FIRST_WORD.match(text)
    return found[1].casefold() if found else ""


def count_words(sentence: str) -> int:
    """Return the number of words in *sentence*: what stands between spaces and holds a letter or digit."""
    return sum(KEY in token or any(map(str.isalnum, token)) for token in sentence.split())


def plain(words: str) -> str:
    return " ".join(words.casefold().replace("’", "'").split())


def _pattern(avoided: Iterable[str]) -> re.Pattern[str]:
    """Return what finds each of *avoided* as a whole word: not within another, nor beside a hyphen."""
    longest_first = sorted(avoided, key=len, reverse=True)
    forms = (re.escape(words).replace(r"\ ", r"\s+").replace("'", "['’]") for words in longest_first)
    return re.compile(rf"(?<!\w)(?<!\w[-'’])(?:{'|'.join(forms)})(?!\w|[-'’]\w)", re.IGNORECASE)
