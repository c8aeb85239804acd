"""Hold the words of a handbook against its word list, and measure its sentences. Pure: no I/O, no clock.

The rules are those of plain language at level B1: short sentences, one action a step, the verb first, the
same word for the same thing everywhere. What they need to know of a language stands in content/words.toml.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from handout.document.allowed import without_allowed
from handout.document.sentences import (
    CLOSING,
    KEY,
    KEYS,
    HouseStyle,
    PrintedWords,
    count_words,
    first_word,
    flat,
    key,
    plain,
    shown,
)
from handout.model.document import Document
from handout.model.findings import Finding, Place, Severity, in_order
from handout.model.messages import Message, all_of, say
from handout.model.rules import Rule
from handout.model.source import Fragment, HandoutSource
from handout.model.text import (
    Allow,
    Block,
    BulletList,
    Callout,
    Choice,
    Heading,
    Inline,
    NumberedSteps,
    Only,
    Paragraph,
    Picture,
    Result,
    Step,
    Steps,
    Table,
    Text,
    WordingRule,
)
from handout.model.walk import inlines_inside, written_blocks
from handout.project.project import Project, SourceText
from handout.project.settings import WordList

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
    style = HouseStyle(project.words or WordList())
    measured: dict[tuple[str, str], SentenceFigures] = {}
    for document in documents:
        key = (document.slug, document.audience)
        if key not in measured:
            measured[key] = _measured(document, style)
    return tuple(measured.values())


def findings(
    project: Project,
    measured: Iterable[SentenceFigures],
    others: Iterable[Finding] = (),
    *,
    is_whole: bool = False,
) -> tuple[Finding, ...]:
    """Return what is wrong with the wording of all texts, of the averages *measured*, and *others*.

    *others* are what other rules found that an editor may allow. All are warnings. An editor silences one
    in place, and says why, with the block `/// allow`; one that silences nothing is a warning too.
    *is_whole*: all texts and sheets of the project were looked at. Only then it is known that a block
    silences nothing of what others found.
    """
    measured = tuple(measured)
    left, silent = without_allowed(project, others)
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
    judged = frozenset(WordingRule) if is_whole else _OWN_RULES
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
    """Without marks; what a reader takes in at a glance, as a key, is one word between two `KEY`."""
    place: Place
    kind: _TextKind
    allows: tuple[Allow, ...] = ()


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
    return {text: joint.join(map(key, both)) for text, both in printed if len(both) > 1}


def _passages(
    blocks: Iterable[Block], printed: PrintedWords, allows: tuple[Allow, ...] = ()
) -> Iterator[_Passage]:
    """Yield the passages of *blocks*, which are as written or as resolved."""
    for block in blocks:
        for place, inlines, kind in _texts_in(block):
            yield _Passage(flat(inlines, printed), place, kind, allows)
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
    for head, names in named.items():
        lines = places.get(head, ())
        for number, name in enumerate(names):
            yield _Passage(name, lines[number] if number < len(lines) else text.place, _TextKind.NAME)


# ---- figures -----------------------------------------------------------------------------------


def _measured(document: Document, style: HouseStyle) -> SentenceFigures:
    lead = (Paragraph(document.lead, document.lead_place or document.place),)
    sections = (block for section in document.sections for block in section.blocks)
    blocks = (*lead, *document.opening, *sections, *document.closing)
    lengths = [
        (count_words(sentence), passage.place)
        for passage in _passages(blocks, PrintedWords())
        if _has_sentences(passage)
        for sentence in style.sentences(passage.text)
    ]
    longest, at = max(lengths, key=lambda one: one[0], default=(0, None))
    mean = sum(words for words, _ in lengths) / len(lengths) if lengths else 0.0
    return SentenceFigures(document.slug, document.audience, len(lengths), mean, longest, at)


def _has_sentences(passage: _Passage) -> bool:
    """Tell whether *passage* is measured: a word in a cell or a number alone would flatter the mean."""
    has_words = any(map(str.isalnum, KEYS.sub("", passage.text)))
    ends = passage.text.rstrip().rstrip(CLOSING).endswith((*".!?…:;", KEY))
    return has_words and (passage.kind is _TextKind.COMMAND or (passage.kind is _TextKind.RUNNING and ends))


# ---- rules ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _WordingFault:
    """A finding before it is known whether an editor allows it."""

    rule: WordingRule
    finding: Finding
    allows: tuple[Allow, ...]


def _fault(
    rule: WordingRule, place: Place, what: Message, fix: Message, allows: tuple[Allow, ...] = ()
) -> _WordingFault:
    """Return a fault that names its rule, so that an editor knows what to allow."""
    return _WordingFault(rule, Finding(place, what, fix, Severity.WARNING, rule), allows)


def _faults_of_texts(project: Project) -> Iterator[_WordingFault]:
    style = HouseStyle(project.words or WordList())
    printed = PrintedWords(_longest_fields(project), _double_keys(project))
    for text, blocks in project.bodies:
        for passage in (*_names_in_head(text, project), *_passages(blocks, printed)):
            for rule in (_avoided_words, _long_sentences, _missing_command, _two_actions):
                yield from rule(passage, style)


def _avoided_words(passage: _Passage, style: HouseStyle) -> Iterator[_WordingFault]:
    if style.avoided is None:
        return
    for found in style.avoided.finditer(KEYS.sub(" ", passage.text)):
        word = style.preferred[plain(found[0])]
        what = say("'{found}' is a word that we avoid", found=found[0])
        fix = say("write '{use}': {why}", use=word.use, why=word.why)
        yield _fault(WordingRule.AVOIDED_WORD, passage.place, what, fix, passage.allows)


def _long_sentences(passage: _Passage, style: HouseStyle) -> Iterator[_WordingFault]:
    for sentence in style.sentences(passage.text):
        if (words := count_words(sentence)) > MOST_WORDS:
            what = say("a sentence has {words} words: {sentence}", words=words, sentence=shown(sentence))
            fix = say("make two sentences of it: at most {most_words} words", most_words=MOST_WORDS)
            yield _fault(WordingRule.LONG_SENTENCE, passage.place, what, fix, passage.allows)


def _missing_command(passage: _Passage, style: HouseStyle) -> Iterator[_WordingFault]:
    if passage.kind is not _TextKind.COMMAND or not style.verbs or first_word(passage.text) in style.openers:
        return
    what = say("a step does not begin with what the reader must do: {text}", text=shown(passage.text))
    fix = say("put the verb first, as in 'Klik op …'; content/words.toml lists the verbs, under [actions]")
    yield _fault(WordingRule.NO_COMMAND, passage.place, what, fix, passage.allows)


def _two_actions(passage: _Passage, style: HouseStyle) -> Iterator[_WordingFault]:
    if passage.kind is not _TextKind.COMMAND or len(verbs := style.verbs_in(passage.text)) < 2:
        return
    named = all_of(f"'{verb}'" for verb in verbs)
    what = say(
        "a step asks for {verbs_count} things, {named}: {text}",
        verbs_count=len(verbs),
        named=named,
        text=shown(passage.text),
    )
    yield _fault(WordingRule.TWO_ACTIONS, passage.place, what, say("make a step of each"), passage.allows)


def _faults_of_means(project: Project, measured: Iterable[SentenceFigures]) -> Iterator[_WordingFault]:
    for one in measured:
        if one.mean_words > MOST_MEAN_WORDS:
            handout = project.handouts[one.handout]
            what = say(
                "the sentences for {audience} have {mean_words:.1f} words on average",
                audience=one.audience,
                mean_words=one.mean_words,
            )
            fix = say(
                "shorten the longest first, at {longest_at}: at most {most_mean_words} on average",
                longest_at=one.longest_at,
                most_mean_words=MOST_MEAN_WORDS,
            )
            allows = _allows_in((*handout.opening, *handout.closing))
            yield _fault(WordingRule.MEAN_LENGTH, handout.place, what, fix, allows)


def _allows_in(blocks: Iterable[Block]) -> tuple[Allow, ...]:
    return tuple(block for block in written_blocks(blocks) if isinstance(block, Allow))


def _idle_allows(
    project: Project, heard: set[Place], measured: frozenset[tuple[str, str]], judged: frozenset[WordingRule]
) -> Iterator[Finding]:
    """Yield the blocks `/// allow` of the rules *judged* that silence nothing.

    One for the mean is judged where all audiences of its handout are *measured*.
    """
    allows = ((text, allow) for text, blocks in project.bodies for allow in _allows_in(blocks))
    for text, allow in allows:
        fix = say("take the two lines of the block out")
        if allow.rule is WordingRule.MEAN_LENGTH and isinstance(text, HandoutSource):
            if not all((text.slug, audience) in measured for audience in text.audiences):
                continue
        elif allow.rule is WordingRule.MEAN_LENGTH:
            fix = say("move the block to the text of the handout: the mean is that of a whole handout")
        if allow.place not in heard and allow.rule in judged:
            what = say("nothing in this block breaks the rule '{rule}'", rule=allow.rule)
            yield Finding(allow.place, what, fix, Severity.WARNING, rule=Rule.ALLOW_IDLE)
