"""Hold the words of a handbook against its word list, and measure its sentences. Pure: no I/O, no clock.

The rules are those of plain language at level B1: short sentences, one action a step, the verb first, the
same word for the same thing everywhere. What they need to know of a language stands in content/words.toml.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from handout.document.allowed import without_allowed
from handout.model.document import Document
from handout.model.findings import Finding, Place, Severity, in_order
from handout.model.names import quoted
from handout.model.rules import Rule
from handout.model.source import Fragment, HandoutSource
from handout.model.text import (
    Allow,
    Block,
    BulletList,
    Callout,
    Choice,
    Emphasis,
    Field,
    Heading,
    Inline,
    LineBreak,
    Link,
    NumberedSteps,
    Only,
    Paragraph,
    Picture,
    Reference,
    Result,
    SectionLabel,
    Step,
    StepLabel,
    Steps,
    Strong,
    Table,
    Text,
    UiLabel,
    WordingRule,
    WriteIn,
)
from handout.model.walk import inlines_inside, written_blocks
from handout.project.project import Project, SourceText
from handout.project.settings import Actions, WordList

_OWN_RULES = frozenset(
    (
        WordingRule.AVOIDED_WORD,
        WordingRule.LONG_SENTENCE,
        WordingRule.MEAN_LENGTH,
        WordingRule.NO_COMMAND,
        WordingRule.TWO_ACTIONS,
    )
)
"""Those that are judged here."""
MOST_WORDS = 25
"""In one sentence: more, and a reader at level B1 goes back to its beginning."""
MOST_MEAN_WORDS = 15
"""In the sentences of one handout, on average."""


@dataclass(frozen=True)
class SentenceFigures:
    """How long the sentences are that one audience reads in one handout."""

    handout: str
    audience: str
    sentences: int
    mean_words: float
    longest_words: int
    longest_at: Place | None
    """None where there is no sentence."""


def figures(project: Project, documents: Iterable[Document]) -> tuple[SentenceFigures, ...]:
    """Return the figures of each handout and audience in *documents*; its other formats say the same."""
    style = _Style(project.words or WordList())
    measured: dict[tuple[str, str], SentenceFigures] = {}
    for document in documents:
        key = (document.slug, document.audience)
        if key not in measured:
            measured[key] = _measured(document, style)
    return tuple(measured.values())


def findings(
    project: Project, measured: Iterable[SentenceFigures], others: Iterable[Finding] | None = None
) -> tuple[Finding, ...]:
    """Return what is wrong with the wording of all texts, the averages that were *measured*, and *others*.

    *others* is what was found by other rules that an editor may allow; None: it was not looked for.
    All are warnings. An editor silences one in place, and says why, with the block `/// allow`; one that
    silences nothing is a warning too.
    """
    measured = tuple(measured)
    left, silent = without_allowed(project, others or ())
    heard = set(silent)
    faults = [*_faults_of_texts(project), *_faults_of_means(project, measured)]
    found = []
    for fault in faults:
        allow = next((one for one in reversed(fault.allows) if one.rule is fault.rule), None)
        if allow is None:
            found.append(fault.finding)
        else:
            heard.add(allow.place)
    audiences = frozenset((one.handout, one.audience) for one in measured)
    judged = _OWN_RULES if others is None else frozenset(WordingRule)
    return in_order((*found, *left, *_idle_allows(project, heard, audiences, judged)))


# ---- passages ---------------------------------------------------------------------------------


class _TextKind(Enum):
    RUNNING = auto()
    """Sentences."""
    COMMAND = auto()
    """What a step asks for."""
    NAME = auto()
    """A title, a question in the front matter, what a picture shows: read, but not in a run of sentences."""


@dataclass(frozen=True)
class _Passage:
    """A paragraph, a command, a cell or a name, with the blocks `/// allow` around it."""

    text: str
    """Without marks; what a reader takes in at a glance, as a key, is one word between two `_KEY`."""
    place: Place
    kind: _TextKind
    allows: tuple[Allow, ...] = ()


_KEY, _KEY_SPACE = "\ue000", "\ue001"
"""Of the private use area: no text holds them."""
_KEYS = re.compile(f"{_KEY}[^{_KEY}]*{_KEY}")


def _key(text: str) -> str:
    return f"{_KEY}{_KEY_SPACE.join(text.split())}{_KEY}"


def _shown(text: str) -> str:
    """Return *text* as an editor wrote it, shortened, for a message."""
    return quoted(text.replace(_KEY, "`").replace(_KEY_SPACE, " "))


@dataclass(frozen=True)
class _Printed:
    """What stands on the paper in the place of what an editor wrote."""

    fields: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    """Of the keys that print two texts."""


def _flat(inlines: Iterable[Inline], printed: _Printed) -> str:
    return "".join(_words_of(inline, printed) for inline in inlines)


def _words_of(inline: Inline, printed: _Printed) -> str:
    match inline:
        case Text(text):
            return text
        case UiLabel(text):
            return printed.keys.get(text) or _key(text)
        case WriteIn(text):
            return _key(text)
        case Strong(children) | Emphasis(children):
            return _flat(children, printed)
        case Link(children, _, _):
            return _flat(children, printed)
        case Reference():
            return _flat(inline.children, printed) or _key(inline.step_id or inline.file or "")
        case StepLabel():
            return _flat(inline.children, printed) or _key(inline.label)
        case SectionLabel():
            return _flat(inline.children, printed) or _key(inline.title)
        case Field(name, _):
            return printed.fields.get(name) or _key(name)
        case LineBreak():
            return " "
        case Picture():
            return ""


def _longest_fields(project: Project) -> Mapping[str, str]:
    """Return the words that stand for `audience.NAME`: of all audiences, the most."""
    longest: dict[str, str] = {}
    for audience in project.settings.audiences.values():
        for name, words in audience.fields.items():
            key = f"audience.{name}"
            longest[key] = max(longest.get(key, ""), words, key=lambda text: len(text.split()))
    return longest


def _double_keys(project: Project) -> Mapping[str, str]:
    """Return of each key that prints two texts what it prints: "‹A› of ‹B›"."""
    joint = f" {project.word(project.settings.organisation.language, 'or')} "
    texts = project.labels.all_texts if project.labels is not None else ()
    printed = ((text, project.key_texts(text)) for text in texts)
    return {text: joint.join(map(_key, both)) for text, both in printed if len(both) > 1}


def _passages(
    blocks: Iterable[Block], printed: _Printed, allows: tuple[Allow, ...] = ()
) -> Iterator[_Passage]:
    """Yield the passages of *blocks*, which are as written or as resolved."""
    for block in blocks:
        for place, inlines, kind in _texts_in(block):
            yield _Passage(_flat(inlines, printed), place, kind, allows)
            for picture in inlines_inside(inlines):
                if isinstance(picture, Picture):
                    yield _Passage(picture.alt, picture.place, _TextKind.NAME, allows)
        around = (*allows, block) if isinstance(block, Allow) else allows
        for inner in _blocks_in(block):
            yield from _passages(inner, printed, around)


def _texts_in(block: Block) -> Iterator[tuple[Place, tuple[Inline, ...], _TextKind]]:
    match block:
        case Paragraph() | Result():
            yield block.place, block.children, _TextKind.RUNNING
        case Heading():
            yield block.place, block.children, _TextKind.NAME
        case Callout():
            yield block.place, block.title, _TextKind.NAME
        case Picture():
            yield block.place, (block,), _TextKind.NAME
        case Steps(items, _):
            yield from (
                (item.place, item.command, _TextKind.COMMAND) for item in items if isinstance(item, Step)
            )
        case NumberedSteps(_, steps, _):
            yield from ((step.place, step.command, _TextKind.COMMAND) for step in steps)
        case Choice(options, _):
            yield from ((option.place, (Text(option.title),), _TextKind.NAME) for option in options)
        case Table():
            cells = (cell for row in (block.header, *block.rows) for cell in row)
            yield from ((block.place, cell, _TextKind.RUNNING) for cell in cells)
        case _:
            pass


def _blocks_in(block: Block) -> Iterator[tuple[Block, ...]]:
    match block:
        case Steps(items, _):
            yield from (item.blocks for item in items if isinstance(item, Step))
        case NumberedSteps(_, steps, _):
            yield from (step.blocks for step in steps)
        case Choice(options, _):
            yield from (option.blocks for option in options)
        case BulletList(items, _):
            yield from items
        case Callout() | Only() | Allow():
            yield block.blocks
        case _:
            pass


def _names_in_head(text: SourceText, project: Project) -> Iterator[_Passage]:
    """Yield the titles and questions in the front matter of *text*."""
    if isinstance(text, Fragment):
        return
    places = project.key_places.get(text.place.path, {})
    named: dict[str, tuple[str, ...]] = {"title": (text.title,)}
    named |= {f"title@{audience}": (title,) for audience, title in text.titles.items()}
    if isinstance(text, HandoutSource):
        named["questions"] = tuple(question.text for question in text.questions)
    for key, names in named.items():
        lines = places.get(key, ())
        for number, name in enumerate(names):
            yield _Passage(name, lines[number] if number < len(lines) else text.place, _TextKind.NAME)


# ---- sentences and clauses --------------------------------------------------------------------

_END = re.compile(r"(?<![.!?…])[.!?…]+[\"'’”»)\]]*\s+")
_OPENING = "\"'‘“«(["
_CLOSING = "\"'’”»)]"
_INITIAL = re.compile(r"[A-Z]\.")
_FIRST_WORD = re.compile(r"[^\w\ue000]*(\w[\w'’-]*)")


class _Style:
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
        self.preferred = {_plain(avoided): word for word in words.word for avoided in word.avoid}
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
        firsts = (_first_word(clause) for clause in self.clauses(command))
        return [word for word in firsts if word in self.verbs]


def _first_word(text: str) -> str:
    """Return the word that opens *text*, in small letters; empty where a key opens it."""
    found = _FIRST_WORD.match(text)
    return found[1].casefold() if found else ""


def count_words(sentence: str) -> int:
    """Return the number of words in *sentence*: what stands between spaces and holds a letter or digit."""
    return sum(_KEY in token or any(map(str.isalnum, token)) for token in sentence.split())


def _plain(words: str) -> str:
    return " ".join(words.casefold().replace("’", "'").split())


def _pattern(avoided: Iterable[str]) -> re.Pattern[str]:
    """Return what finds each of *avoided* as a whole word: not within another, nor beside a hyphen."""
    longest_first = sorted(avoided, key=len, reverse=True)
    forms = (re.escape(words).replace(r"\ ", r"\s+").replace("'", "['’]") for words in longest_first)
    return re.compile(rf"(?<!\w)(?<!\w[-'’])(?:{'|'.join(forms)})(?!\w|[-'’]\w)", re.IGNORECASE)


def _measured(document: Document, style: _Style) -> SentenceFigures:
    lead = (Paragraph(document.lead, document.lead_place or document.place),)
    sections = (block for section in document.sections for block in section.blocks)
    blocks = (*lead, *document.opening, *sections, *document.closing)
    lengths = [
        (count_words(sentence), passage.place)
        for passage in _passages(blocks, _Printed())
        if _has_sentences(passage)
        for sentence in style.sentences(passage.text)
    ]
    longest, at = max(lengths, key=lambda one: one[0], default=(0, None))
    mean = sum(words for words, _ in lengths) / len(lengths) if lengths else 0.0
    return SentenceFigures(document.slug, document.audience, len(lengths), mean, longest, at)


def _has_sentences(passage: _Passage) -> bool:
    """Tell whether *passage* is measured: a word in a cell or a number alone would flatter the mean."""
    has_words = any(map(str.isalnum, _KEYS.sub("", passage.text)))
    ends = passage.text.rstrip().rstrip(_CLOSING).endswith((*".!?…:;", _KEY))
    return has_words and (passage.kind is _TextKind.COMMAND or (passage.kind is _TextKind.RUNNING and ends))


# ---- rules ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _WordingFault:
    """A finding before it is known whether an editor allows it."""

    rule: WordingRule
    finding: Finding
    allows: tuple[Allow, ...]


def _fault(
    rule: WordingRule, place: Place, what: str, fix: str, allows: tuple[Allow, ...] = ()
) -> _WordingFault:
    """Return a fault that names its rule, so that an editor knows what to allow."""
    return _WordingFault(rule, Finding(place, what, fix, Severity.WARNING, rule), allows)


def _faults_of_texts(project: Project) -> Iterator[_WordingFault]:
    style = _Style(project.words or WordList())
    printed = _Printed(_longest_fields(project), _double_keys(project))
    for text, blocks in project.bodies:
        for passage in (*_names_in_head(text, project), *_passages(blocks, printed)):
            for rule in (_avoided_words, _long_sentences, _missing_command, _two_actions):
                yield from rule(passage, style)


def _avoided_words(passage: _Passage, style: _Style) -> Iterator[_WordingFault]:
    if style.avoided is None:
        return
    for found in style.avoided.finditer(_KEYS.sub(" ", passage.text)):
        word = style.preferred[_plain(found[0])]
        what = f"'{found[0]}' is a word that we avoid"
        fix = f"write '{word.use}': {word.why}"
        yield _fault(WordingRule.AVOIDED_WORD, passage.place, what, fix, passage.allows)


def _long_sentences(passage: _Passage, style: _Style) -> Iterator[_WordingFault]:
    for sentence in style.sentences(passage.text):
        if (words := count_words(sentence)) > MOST_WORDS:
            what = f"a sentence has {words} words: {_shown(sentence)}"
            fix = f"make two sentences of it: at most {MOST_WORDS} words"
            yield _fault(WordingRule.LONG_SENTENCE, passage.place, what, fix, passage.allows)


def _missing_command(passage: _Passage, style: _Style) -> Iterator[_WordingFault]:
    if passage.kind is not _TextKind.COMMAND or not style.verbs or _first_word(passage.text) in style.openers:
        return
    what = f"a step does not begin with what the reader must do: {_shown(passage.text)}"
    fix = "put the verb first, as in 'Klik op …'; content/words.toml lists the verbs, under [actions]"
    yield _fault(WordingRule.NO_COMMAND, passage.place, what, fix, passage.allows)


def _two_actions(passage: _Passage, style: _Style) -> Iterator[_WordingFault]:
    if passage.kind is not _TextKind.COMMAND or len(verbs := style.verbs_in(passage.text)) < 2:
        return
    named = " and ".join(f"'{verb}'" for verb in verbs)
    what = f"a step asks for {len(verbs)} things, {named}: {_shown(passage.text)}"
    yield _fault(WordingRule.TWO_ACTIONS, passage.place, what, "make a step of each", passage.allows)


def _faults_of_means(project: Project, measured: Iterable[SentenceFigures]) -> Iterator[_WordingFault]:
    for one in measured:
        if one.mean_words > MOST_MEAN_WORDS:
            handout = project.handouts[one.handout]
            what = f"the sentences for {one.audience} have {one.mean_words:.1f} words on average"
            fix = f"shorten the longest first, at {one.longest_at}: at most {MOST_MEAN_WORDS} on average"
            allows = _allows_in((*handout.opening, *handout.closing))
            yield _fault(WordingRule.MEAN_LENGTH, handout.place, what, fix, allows)


def _allows_in(blocks: Iterable[Block]) -> tuple[Allow, ...]:
    return tuple(block for block in written_blocks(blocks) if isinstance(block, Allow))


def _idle_allows(
    project: Project,
    heard: set[Place],
    measured: frozenset[tuple[str, str]],
    judged: frozenset[WordingRule],
) -> Iterator[Finding]:
    """Yield the blocks `/// allow` of the rules *judged* that silence nothing.

    One for the mean is judged where all audiences of its handout are *measured*.
    """
    for text, blocks in project.bodies:
        for allow in _allows_in(blocks):
            fix = "take the two lines of the block out"
            if allow.rule is WordingRule.MEAN_LENGTH and not isinstance(text, HandoutSource):
                fix = "move the block to the text of the handout: the mean is that of a whole handout"
            if allow.place not in heard and allow.rule in judged and _is_measured(allow, text, measured):
                what = f"nothing in this block breaks the rule '{allow.rule}'"
                yield Finding(allow.place, what, fix, Severity.WARNING, rule=Rule.ALLOW_IDLE)


def _is_measured(allow: Allow, text: SourceText, measured: frozenset[tuple[str, str]]) -> bool:
    """Tell whether all that *allow* in *text* could silence was looked at."""
    if allow.rule is not WordingRule.MEAN_LENGTH or not isinstance(text, HandoutSource):
        return True
    return all((text.slug, audience) in measured for audience in text.audiences)
