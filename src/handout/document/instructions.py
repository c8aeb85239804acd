"""Hold the steps of a sheet against what makes people lose their way in instructions. Pure: no I/O, no clock.

The rules are four of the eleven guidelines that Fan and Truong found by watching people follow instructions,
and tried out with 36 of them (ACM Transactions on Accessible Computing 11, 2018, doi 10.1145/3209882): show
what is named, call it as it is called, say what happens, and part what is long. They judge a sheet as one
audience gets it. The words by which they know a language stand in content/words.toml, under [instructions];
a project without that table hears nothing of them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from handout.document.acts import Act, acts_of, has_inside
from handout.document.sentences import KEY, KEYS, HouseStyle, first_word, key, shown
from handout.document.telling import Telling, blocks_show, line_of, phrases, shows
from handout.model.document import Document, Section
from handout.model.findings import Finding, Place, Severity
from handout.model.messages import Message, say
from handout.model.names import quoted
from handout.model.text import (
    Block,
    Callout,
    Choice,
    Device,
    Inline,
    Link,
    NumberedStep,
    NumberedSteps,
    Paragraph,
    Picture,
    Table,
    UiLabel,
    WordingRule,
    plain_text,
)
from handout.model.walk import blocks_inside, inlines_inside, pictures_inside, texts_of
from handout.project.project import Project

MOST_STEPS = 7
"""In one run. That long ones must be parted was measured; the number is ours."""


def findings(project: Project, documents: Iterable[Document]) -> tuple[Finding, ...]:
    """Return where *documents* let their readers lose their way, each place once for all of them.

    All are warnings. Other formats of a handout say the same to an audience: one of them is judged. The words
    are those of the language of the texts.
    """
    words = project.words
    if words is None or words.instructions is None:
        return ()
    language = project.settings.organisation.language
    sheets = {(one.slug, one.audience): one for one in documents if one.language == language}
    style, told = HouseStyle(words), Telling(words.instructions)
    rules = (_unshown_things, _differing_labels, _missing_signs, _long_runs)
    found = (finding for sheet in sheets.values() for rule in rules for finding in rule(sheet, style, told))
    return tuple(dict.fromkeys(found))


def _fault(rule: WordingRule, place: Place, what: Message, fix: Message) -> Finding:
    return Finding(place, what, fix, Severity.WARNING, rule)


# ---- a thing that was not shown ---------------------------------------------------------------

_WORD = re.compile(r"\w[\w'’-]*")
_SHORTEST_NOUN = 4
"""Shorter words are seldom the name of a thing; they stand in any text."""


def _unshown_things(sheet: Document, style: HouseStyle, told: Telling) -> Iterator[Finding]:
    for section in sheet.sections:
        met = _Met(told, _heads(sheet, section))
        for act in acts_of(section):
            met.read(act.since)
            thing = _unshown_thing(act, met, style, told)
            if thing is not None:
                what = say("a step names a thing that the reader was not shown: {thing}", thing=shown(thing))
                fix = say(
                    "name it as it stands on the screen, as a key: `Label`; or show it, or say where it is"
                )
                yield _fault(WordingRule.THING_UNSHOWN, act.step.place, what, fix)


def _heads(sheet: Document, section: Section) -> str:
    """Return what a reader has read before the first block of *section*."""
    texts = (inlines for block in blocks_inside(sheet.opening) for _, inlines in texts_of(block))
    return " ".join((sheet.title, section.title, plain_text(sheet.lead), *map(plain_text, texts)))


class _Met:
    """The words that a reader met before a step."""

    def __init__(self, told: Telling, text: str) -> None:
        self.told = told
        self.named = {word.casefold() for word in _WORD.findall(text)}
        """Those of all texts."""
        self.seen: set[str] = set()
        """Those of pictures, and of sentences that say what is to be seen."""

    def read(self, blocks: Sequence[Block]) -> None:
        """Take in the words of *blocks*."""
        for block in blocks_inside(blocks):
            for _, inlines in texts_of(block):
                self._take(line_of(inlines), self.told.is_sign(line_of(inlines)))
        for picture in pictures_inside(blocks):
            self._take(picture.alt, True)

    def _take(self, text: str, is_seen: bool) -> None:
        words = {word.casefold() for word in _WORD.findall(text.replace(KEY, " "))}
        self.named |= words
        if is_seen:
            self.seen |= words

    def knows(self, nouns: Iterable[str], is_one_of_many: bool) -> bool:
        """Tell whether one of *nouns* was met: one of many must have been seen, the one thing be named."""
        words = self.seen if is_one_of_many else self.named | self.seen
        return any(word.startswith(noun) for noun in nouns for word in words)


def _unshown_thing(act: Act, met: _Met, style: HouseStyle, told: Telling) -> str | None:
    """Return the sentence of *act* that names a thing which the reader was not shown; None: there is none."""
    step, parent = act.step, act.parent
    if has_inside(step) or shows(step.command) or blocks_show(step.blocks):
        return None
    around = (block for block in parent.blocks if not isinstance(block, NumberedSteps)) if parent else ()
    if told.lets_check((*step.blocks, *around)) or not _is_on_screen(act):
        return None
    sentences = style.sentences(line_of(step.command))
    return next((one for one in sentences if _names_unmet(one, met, told)), None)


def _is_on_screen(act: Act) -> bool:
    """Tell whether *act* is done on a screen: its device is known, or a key stands in its run of steps."""
    commands = (inline for step in act.run for inline in inlines_inside(step.command))
    return act.device is not None or any(isinstance(inline, UiLabel | Link) for inline in commands)


def _names_unmet(sentence: str, met: _Met, told: Telling) -> bool:
    """Tell whether *sentence* asks to pick or open a thing, and neither says which nor was it met.

    "Kies een andere methode." does; "Kies de methode die je wilt." and "Kies je methode." say which.
    """
    verb, *rest = _WORD.findall(sentence) or [""]
    words = [word.casefold() for word in rest]
    article = next((word for word in words[:3] if word in told.articles), None)
    if article is None or told.which & set(words) or any(not word.islower() for word in rest):
        return False
    nouns = [word for word in words[words.index(article) + 1 :] if len(word) >= _SHORTEST_NOUN]
    if _ends_in(nouns, told.words.known) or met.knows(nouns, article in told.one_of_many):
        return False
    is_open = verb.casefold() in told.opens and _ends_in(nouns, told.words.screen_things)
    return bool(nouns) and (is_open or verb.casefold() in told.picks)


def _ends_in(nouns: Iterable[str], known: Iterable[str]) -> bool:
    """Tell whether one of *nouns* is one of *known*, or a compound of it: "hoofdmenu" is a menu."""
    endings = tuple(word.casefold() for word in known)
    return any(noun.endswith(endings) for noun in nouns)


# ---- a label that differs ---------------------------------------------------------------------

_QUOTED = re.compile(r"(?<!\w)(?:“([^”]+)”|„([^”“]+)[”“]|‘([^’]+)’|«([^»]+)»|\"([^\"]+)\"|'([^']+)'(?!\w))")
MOST_LABEL_WORDS = 16
"""Longer labels are whole sentences on a screen: nobody types one as other words."""
_NAME = re.compile(r"[^\W\d_a-zß-ÿ][\w'’-]*(?: [^\W\d_a-zß-ÿ][\w'’-]*)*")
"""Words that begin with a capital."""


@dataclass(frozen=True)
class _SheetLine:
    """A text of a sheet: a command, a paragraph, a cell."""

    place: Place
    inlines: tuple[Inline, ...]
    scope: tuple[str, Device | None]
    """The procedure and the device that it belongs to."""

    @cached_property
    def words(self) -> str:
        """Its words, as `telling.line_of` has them."""
        return line_of(self.inlines)


def _differing_labels(sheet: Document, style: HouseStyle, told: Telling) -> Iterator[Finding]:
    lines = tuple((line, tuple(_labels(line, style, told))) for line in _lines(sheet))
    keys = {" ".join(label.split()).casefold(): label for _, labels in reversed(lines) for label in labels}
    for line, _ in lines:
        for typed in dict.fromkeys(_typed_labels(line, keys, style, told)):
            label = keys.get(typed.casefold(), typed)
            what = say("the label {typed} is typed as plain words", typed=quoted(typed))
            if label != typed:
                what = say(
                    "the label {typed} is typed as plain words, where the screen has {label}",
                    typed=quoted(typed),
                    label=quoted(label),
                )
            yield _fault(
                WordingRule.LABEL_DIFFERS, line.place, what, say("write it as a key: `{label}`", label=label)
            )
    yield from _differing_keys(lines)


def _differing_keys(lines: Iterable[tuple[_SheetLine, Sequence[str]]]) -> Iterator[Finding]:
    """Yield the keys that are in other letters than an earlier one of the same procedure and device.

    Two devices, or the screens of two procedures, may well have `Ok` and `OK`.
    """
    spelled: dict[tuple[tuple[str, Device | None], str], str] = {}
    for line, labels in lines:
        for label in labels:
            earlier = spelled.setdefault((line.scope, label.casefold()), label)
            if earlier != label:
                what = say(
                    "the key {label} stands as {earlier} before", label=quoted(label), earlier=quoted(earlier)
                )
                fix = say("write both as they stand on the screen")
                yield _fault(WordingRule.LABEL_DIFFERS, line.place, what, fix)


def _lines(sheet: Document) -> Iterator[_SheetLine]:
    """Yield the texts of *sheet* in reading order."""
    if sheet.lead_place:
        yield _SheetLine(sheet.lead_place, sheet.lead, ("", None))
    yield from _lines_in(sheet.opening, ("", None), {})
    for section in sheet.sections:
        devices = {act.step.place: act.device for act in acts_of(section)}
        yield from _lines_in(section.blocks, (section.slug, None), devices)
    yield from _lines_in(sheet.closing, ("", None), {})


def _lines_in(
    blocks: Iterable[Block], scope: tuple[str, Device | None], devices: Mapping[Place, Device | None]
) -> Iterator[_SheetLine]:
    for block in blocks:
        match block:
            case NumberedSteps(_, steps, _):
                for step in steps:
                    inside = (scope[0], devices.get(step.place))
                    yield _SheetLine(step.place, step.command, inside)
                    yield from _lines_in(step.blocks, inside, devices)
            case Choice(options, _):
                yield from _lines_in((inner for one in options for inner in one.blocks), scope, devices)
            case _:
                texts = (text for inner in blocks_inside((block,)) for text in texts_of(inner))
                yield from (_SheetLine(place, inlines, scope) for place, inlines in texts)


def _labels(line: _SheetLine, style: HouseStyle, told: Telling) -> Iterator[str]:
    """Yield what stands on a screen by the keys of *line*; not what the reader types there."""
    labels = {
        key(inline.text): inline.text
        for inline in inlines_inside(line.inlines)
        if isinstance(inline, UiLabel)
    }
    for sentence in style.sentences(line.words):
        if first_word(sentence) not in told.types:
            yield from (labels[found] for found in KEYS.findall(sentence) if found in labels)


def _typed_labels(line: _SheetLine, keys: Collection[str], style: HouseStyle, told: Telling) -> Iterator[str]:
    """Yield the labels that stand in *line* as other words: "Klik op Volgende", “Rapport openen”."""
    for sentence in style.sentences(line.words):
        words = KEYS.sub(KEY, sentence)
        yield from _pressed_labels(words, keys, told)
        for text in _after(told.words.carriers, words):
            yield from _label_that_opens(text, keys, takes_names=True)
        for text in (" ".join("".join(groups).split()) for groups in _QUOTED.findall(words)):
            if text.casefold() in keys and not text[:1].islower():
                yield text


def _pressed_labels(sentence: str, keys: Collection[str], told: Telling) -> Iterator[str]:
    if told.is_press(sentence):
        pressed = _after(told.words.on, sentence)
        # "Klik op het kruisje op Windows", "Op Windows klik je": a name may say where, and not what
        is_what = len(pressed) == 1 and first_word(sentence) not in told.words.on
        for text in pressed:
            yield from _label_that_opens(text, keys, takes_names=is_what)


def _after(openers: Sequence[str], sentence: str) -> list[str]:
    """Return what follows each of *openers* in *sentence*."""
    pattern = phrases(openers)
    return [sentence[found.end() :].lstrip() for found in pattern.finditer(sentence)] if pattern else []


def _label_that_opens(text: str, keys: Collection[str], *, takes_names: bool) -> Iterator[str]:
    """Yield the label that *text* begins with: in quotes, a key of the sheet, or words with a capital."""
    if quotes := _QUOTED.match(text):
        yield " ".join("".join(filter(None, quotes.groups())).split())
    elif longest := next((one for one in _openings(text) if one.casefold() in keys), ""):
        yield longest
    elif takes_names and (name := _NAME.match(text)):
        yield name[0]


def _openings(text: str) -> Iterator[str]:
    """Yield what *text* can begin with as a label, the longest first, with its last marks and without."""
    words = text.split()[:MOST_LABEL_WORDS]
    for count in range(len(words), 0, -1):
        opening = " ".join(words[:count])
        yield from (opening, opening.rstrip('.,:;!?…)”’"'))


# ---- no sign of what happens ------------------------------------------------------------------


def _missing_signs(sheet: Document, _: HouseStyle, told: Telling) -> Iterator[Finding]:
    if not told.words.signs:
        return
    for section in sheet.sections:
        for act in acts_of(section):
            if act.is_turn and act.device and not _has_sign(act, told):
                what = say(
                    "the reader turns to the {device}, and nothing says what is to be seen there",
                    device=act.device,
                )
                fix = say(
                    "say it before or in this step, as 'Je ziet …'; or show it, or name the key to press"
                )
                yield _fault(WordingRule.NO_SIGN, act.step.place, what, fix)


def _has_sign(act: Act, told: Telling) -> bool:
    """Tell whether a reader knows by a word, key or picture that *act* can begin, or need not know it.

    "Open de app" begins anew: it can be done whatever the other device did.
    """
    beside = act.parent.blocks if act.parent else ()
    if told.lets_check(act.since) or any(isinstance(block, Picture) for block in beside):
        return True
    return all(_can_begin(firsts, told) for firsts in _firsts(act.step))


def _firsts(step: NumberedStep) -> Iterator[tuple[NumberedStep, ...]]:
    """Yield *step* and the first of those inside it, by each way that a reader can go."""
    ways = [inside.steps[0] for inside in _runs_inside(step) if inside.steps]
    yield from ((step, *rest) for way in ways for rest in _firsts(way))
    if not ways:
        yield (step,)


def _runs_inside(step: NumberedStep) -> Iterator[NumberedSteps]:
    """Yield the runs of substeps of *step*, those of each way to go."""
    for block in step.blocks:
        inside = [block] if isinstance(block, NumberedSteps) else []
        if isinstance(block, Choice):
            inside = [
                one for option in block.options for one in option.blocks if isinstance(one, NumberedSteps)
            ]
        yield from inside


def _can_begin(firsts: tuple[NumberedStep, ...], told: Telling) -> bool:
    info = tuple(
        block for step in firsts for block in step.blocks if not isinstance(block, NumberedSteps | Choice)
    )
    commands = [step.command for step in firsts]
    is_shown = any(shows(command) or told.is_sign(line_of(command)) for command in commands)
    begins_anew = first_word(line_of(commands[-1])) in told.starts
    return is_shown or begins_anew or blocks_show(info) or told.lets_check(info)


# ---- a long run -------------------------------------------------------------------------------


def _long_runs(sheet: Document, _: HouseStyle, told: Telling) -> Iterator[Finding]:
    if not told.words.signs:
        return
    for section in sheet.sections:
        for run in _long_runs_in(section.blocks, told):
            what = say(
                "more than {most_steps} steps follow each other without a stop, from {place}",
                most_steps=MOST_STEPS,
                place=run[0].place,
            )
            part = say("make two steps of the one that holds them")
            if run[0].label.isdecimal():
                part = say("part them with a heading, or make substeps of some")
            fix = say(
                "{part}; or let the reader check on the way: show what is to be seen, or say 'Je ziet …'",
                part=part,
            )
            yield _fault(WordingRule.LONG_RUN, run[MOST_STEPS].place, what, fix)


def _long_runs_in(blocks: Iterable[Block], told: Telling) -> Iterator[list[NumberedStep]]:
    """Yield the runs in *blocks*, and inside them, that have too many steps; a heading may be the eighth."""
    for run in _runs(blocks, told):
        if len(run) > MOST_STEPS and not has_inside(run[MOST_STEPS]):
            yield run
    for block in blocks:
        for inside in _blocks_inside(block):
            yield from _long_runs_in(inside, told)


def _runs(blocks: Iterable[Block], told: Telling) -> Iterator[list[NumberedStep]]:
    """Yield the steps in *blocks* that follow each other without a stop; what stands between them is one."""
    run: list[NumberedStep] = []
    for block in blocks:
        for step in block.steps if isinstance(block, NumberedSteps) else ():
            run.append(step)
            if _is_stop(step, told):
                yield run
                run = []
        if not isinstance(block, NumberedSteps):
            yield run
            run = []
    yield run


def _blocks_inside(block: Block) -> Iterator[tuple[Block, ...]]:
    if isinstance(block, NumberedSteps):
        yield from (step.blocks for step in block.steps)
    elif isinstance(block, Choice):
        yield from (option.blocks for option in block.options)


def _is_stop(step: NumberedStep, told: Telling) -> bool:
    """Tell whether a reader can see at *step* that all went well; one that heads others is a heading."""
    if has_inside(step) or any(isinstance(block, Callout | Table) for block in step.blocks):
        return True
    return told.lets_check((Paragraph(step.command, step.place), *step.blocks))
