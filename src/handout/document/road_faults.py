"""Find the roads that end in a wall: places where a reader who follows the paper gets stuck. Pure.

Each rule is a function from the project, its documents and their map to findings, all warnings. What words
mean is known by the language of the texts (`[roads]` in its strings): one without them is held against the
rules alone that need no words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from handout.document.roads import has_any, placed_texts, references, road_words
from handout.model.document import Document, Section
from handout.model.findings import Finding, Place, Severity
from handout.model.messages import Message, all_of, say
from handout.model.names import quoted
from handout.model.roads import Road, RoadMap
from handout.model.rules import Rule
from handout.model.text import (
    Address,
    Block,
    Callout,
    CalloutKind,
    Choice,
    Device,
    Emphasis,
    Inline,
    Link,
    NumberedStep,
    NumberedSteps,
    Paragraph,
    Result,
    SectionLabel,
    StepLabel,
    Strong,
    Target,
    UiLabel,
    WordingRule,
    plain_text,
)
from handout.model.walk import blocks_inside, blocks_of, inlines_inside, texts_of
from handout.project.project import Project


@dataclass(frozen=True)
class _Judged:
    """What the rules look at."""

    project: Project
    documents: tuple[Document, ...]
    """One of each handout and audience and format, without a school."""
    map: RoadMap
    words: Mapping[str, tuple[str, ...]]

    def of(self, key: str) -> tuple[str, ...]:
        return self.words.get(key, ())

    def opened_on(self, audience: str) -> frozenset[str]:
        """Return the addresses that the steps of *audience* open on a computer."""
        own = (document for document in self.documents if document.audience == audience)
        return frozenset(
            url
            for document in own
            for section in document.sections
            for step, device in steps_with_device(section.blocks)
            if device is Device.COMPUTER
            for url in _addresses(step)
        )


def findings(project: Project, documents: Iterable[Document], roads: RoadMap) -> tuple[Finding, ...]:
    """Return where a reader of *documents*, whose map is *roads*, gets stuck, each place once."""
    judged = _Judged(project, tuple(d for d in documents if d.school is None), roads, road_words(project))
    found: dict[tuple[str, Place], Finding] = {}
    for rule in _RULES:
        for one in rule(judged):
            found.setdefault((one.rule, one.place), one)
    return tuple(found.values())


def _fault(rule: str, place: Place, what: Message, fix: Message) -> Finding:
    return Finding(place, what, fix, Severity.WARNING, rule)


# ---- whole sheets -----------------------------------------------------------------------------


def _unanswered(judged: _Judged) -> Iterator[Finding]:
    """Yield the procedures that an audience of theirs finds on no sheet, unless an editor says why not."""
    project = judged.project
    shown = {(road.audience, road.procedure) for road in judged.map.roads}
    used = {slug for handout in project.handouts.values() for slug in handout.procedures}
    for slug, procedure in project.procedures.items():
        for number, audience in enumerate(procedure.audiences):
            if slug in used and (audience, slug) not in shown and audience not in procedure.without_sheet:
                source = f" ({', '.join(procedure.dated.source)})" if procedure.dated.source else ""
                what = say(
                    "'{title}'{source} is for {audience}, and no sheet of {audience} shows it",
                    title=procedure.title,
                    source=source,
                    audience=audience,
                )
                fix = say(
                    "name it under 'procedures:' of a handout for {audience}, take {audience} out of its "
                    "audiences, or say why not: no-sheet@{audience}: …",
                    audience=audience,
                )
                place = _at(project, procedure.place, "audiences", number)
                yield _fault(Rule.SITUATION_UNANSWERED, place, what, fix)


def _unled(judged: _Judged) -> Iterator[Finding]:
    """Yield the handouts that answer questions, and that no wayfinding sheet of that audience leads to."""
    for sheet in judged.map.sheets:
        signs = [one for one in judged.map.sheets if one.audience == sheet.audience and one.leads_to]
        if signs and sheet.questions and not any(sheet.handout in one.leads_to for one in signs):
            what = say(
                "no wayfinding sheet of {audience} leads to '{handout}', which answers questions",
                audience=sheet.audience,
                handout=sheet.handout,
            )
            fix = say(
                "name it under 'leads-to:' of {path}, or take its questions out", path=signs[0].place.path
            )
            place = _at(judged.project, sheet.place, "questions")
            yield _fault(Rule.SITUATION_UNANSWERED, place, what, fix)


def _at(project: Project, place: Place, key: str, number: int = 0) -> Place:
    """Return where the value *number* of *key* stands in the front matter of the file at *place*."""
    places = project.key_places.get(place.path, {}).get(key, ())
    return places[number] if number < len(places) else place


def _unannounced(judged: _Judged) -> Iterator[Finding]:
    """Yield the steps that need another sheet, in a format whose head cannot say so."""
    for document in judged.documents:
        if judged.project.settings.formats[document.format].brings:
            continue
        for section in document.sections:
            for place, label in _labels(section.blocks):
                if label.goal is not None and label.handout and _is_own(judged, document, label.goal):
                    what = say(
                        "a step needs '{handout}', and '{format}' cannot say so first",
                        handout=label.handout,
                        format=document.format,
                    )
                    fix = say(
                        "write its steps here, as a fragment that both include; or print {{{{ part.bring() "
                        "}}}} in the template, and say brings = true of the format"
                    )
                    yield _fault(WordingRule.SHEET_NOT_ANNOUNCED, place, what, fix)


def _labels(blocks: Iterable[Block]) -> Iterator[tuple[Place, StepLabel | SectionLabel]]:
    for _, place, inlines in placed_texts(blocks):
        yield from ((place, label) for label, _, _ in references(inlines))


def _is_own(judged: _Judged, document: Document, goal: Target) -> bool:
    return document.audience in judged.project.handouts[goal.handout].audiences


def _unserved(judged: _Judged) -> Iterator[Finding]:
    """Yield the cases of who helps that have a sheet for some of those who come, and none for others."""
    for sheet in judged.map.sheets:
        served = {
            audience: slug for road in sheet.roads for audience, slug in _given(road, judged.project).items()
        }
        for road in sheet.roads:
            given = _given(road, judged.project)
            if given and (missing := sorted(set(served) - set(given))):
                what = say(
                    "'{title}' hands out a sheet for {given} and none for {missing}, who also come here",
                    title=road.title,
                    given=all_of(sorted(given)),
                    missing=all_of(missing),
                )
                fix = say(
                    "name a sheet for {missing} too, as [](handouts/{served}.md)",
                    missing=all_of(missing),
                    served=served[missing[0]],
                )
                yield _fault(WordingRule.AUDIENCE_UNSERVED, road.place, what, fix)


def _given(road: Road, project: Project) -> dict[str, str]:
    """Return the audiences that *road* hands out a sheet for, each with such a sheet."""
    return {audience: slug for slug in road.hands_out for audience in project.handouts[slug].audiences}


# ---- there and back ---------------------------------------------------------------------------


def _no_way_back(judged: _Judged) -> Iterator[Finding]:
    """Yield the steps before the last that send a reader elsewhere, and do not say where that ends."""
    for document, section in _sections(judged):
        for step, waits in pairwise(_whole_steps(section)):
            for place in _left_at(NumberedSteps(1, (step,), step.place), document, section, judged):
                what = say(
                    "step {label} sends the reader elsewhere, and step {label2} waits here",
                    label=step.label,
                    label2=waits.label,
                )
                fix = say(
                    "name the last step too, [](procedure.md#first..last), alone in its paragraph: that "
                    "says where to come back"
                )
                yield _fault(WordingRule.NO_WAY_BACK, place, what, fix)


def _left_at(blocks: Block, document: Document, section: Section, judged: _Judged) -> Iterator[Place]:
    """Yield the places at which *blocks* send the reader away from *section*, and not back."""
    for _, place, inlines in placed_texts((blocks,)):
        for label, before, whole in references(inlines):
            if _leaves(label, before, document, section, judged) and not has_any(whole, judged.of("back")):
                yield place


def _leaves(
    label: StepLabel | SectionLabel, before: str, document: Document, section: Section, judged: _Judged
) -> bool:
    """Tell whether *label* leads to steps that have no end here: from one on, or all of another sheet's."""
    goal = label.goal
    if goal is None or (isinstance(label, StepLabel) and label.until):
        return False
    if goal.handout == document.slug and goal.procedure == section.slug:
        return False
    if goal.step is not None:
        return has_any(before, judged.of("onward"))
    return goal.handout != document.slug and goal.procedure is not None and _is_own(judged, document, goal)


def _result_untrue(judged: _Judged) -> Iterator[Finding]:
    """Yield the results where the reader is not: the last thing before sent them elsewhere for good."""
    for document, section in _sections(judged):
        result = next((b for b in blocks_inside(section.blocks) if isinstance(b, Result)), None)
        if result is None:
            continue
        steps = _whole_steps(section)
        last: tuple[Block, ...] = (NumberedSteps(1, steps[-1:], section.place),) if steps else section.blocks
        if any(True for block in last for _ in _left_at(block, document, section, judged)):
            what = say("this result stands here, and the last step sent the reader elsewhere")
            fix = say(
                "take it out: the result is that of the steps they were sent to; or write those "
                "steps here, as a fragment"
            )
            yield _fault(WordingRule.RESULT_UNTRUE, result.place, what, fix)
        yield from _early_results(section)


def _early_results(section: Section) -> Iterator[Finding]:
    """Yield the results after which steps go on."""
    blocks = section.blocks
    for number, block in enumerate(blocks):
        later = [one for one in blocks[number + 1 :] if isinstance(one, NumberedSteps)]
        if isinstance(block, Result) and later:
            what = say("this result stands before step {label}", label=later[0].steps[0].label)
            yield _fault(WordingRule.RESULT_UNTRUE, block.place, what, say("move it behind the last step"))


# ---- branches ---------------------------------------------------------------------------------


def _branch_open(judged: _Judged) -> Iterator[Finding]:
    """Yield the steps that ask, and say what one answer leads to alone."""
    for _, section in _sections(judged):
        for step in _whole_steps(section):
            if not has_any(_opening_words(step), judged.of("ask")):
                continue
            has_choice = any(
                isinstance(block, Choice | NumberedSteps) for block in blocks_inside(step.blocks)
            )
            if not has_choice and not has_any(_said_in(step.blocks), judged.of("other")):
                what = say(
                    "{plain_text} asks, and does not say what each answer leads to",
                    plain_text=quoted(plain_text(step.command)),
                )
                fix = say("write both in this step: 'Ja? …' and 'Nee? …', or a choice of tabs")
                yield _fault(WordingRule.BRANCH_OPEN, step.place, what, fix)


def _opening_words(step: NumberedStep) -> str:
    """Return how the command of *step* begins, so far that a word that asks stands in it."""
    return " ".join(plain_text(step.command).casefold().split()[:3])


def _said_in(blocks: Iterable[Block]) -> str:
    texts = (plain_text(inlines) for block in blocks_inside(blocks) for _, inlines in texts_of(block))
    return " ".join(texts).casefold()


def _branch_flat(judged: _Judged) -> Iterator[Finding]:
    """Yield the steps after each other of which a reader does one."""
    for _, section in _sections(judged):
        for run in (block for block in blocks_inside(section.blocks) if isinstance(block, NumberedSteps)):
            for before, after in pairwise(run.steps):
                if _are_alternatives(before, after, judged) or _are_answers(run.steps, before, after, judged):
                    what = say(
                        "steps {label} and {label2} are two ways, of which the reader takes one",
                        label=before.label,
                        label2=after.label,
                    )
                    fix = say("make one step of them, 'Klik op … (Edge) of … (Chrome).', or a choice of tabs")
                    yield _fault(WordingRule.BRANCH_FLAT, after.place, what, fix)


def _are_alternatives(one: NumberedStep, other: NumberedStep, judged: _Judged) -> bool:
    """Tell whether two commands are the same but for the place: "Klik in Edge …", "Klik in Chrome …"."""
    first, second = _act_and_place(one, judged), _act_and_place(other, judged)
    return first is not None and second is not None and first[0] == second[0] and first[1] != second[1]


def _act_and_place(step: NumberedStep, judged: _Judged) -> tuple[str, str] | None:
    """Return the verb with its preposition, and the name after it, of a command that opens with them.

    Of `Klik in Edge op ‹Nieuw venster›` that is "klik in" and "Edge". A key is no place of this kind.
    """
    words = _before_first_key(step.command).split()
    if len(words) < 4 or words[1].casefold() not in judged.of("where") or not words[2][:1].isupper():
        return None
    return f"{words[0]} {words[1]}".casefold(), words[2]


def _before_first_key(command: tuple[Inline, ...]) -> str:
    for number, inline in enumerate(command):
        if isinstance(inline, UiLabel):
            return plain_text(command[:number])
    return plain_text(command)


def _are_answers(
    run: Sequence[NumberedStep], one: NumberedStep, other: NumberedStep, judged: _Judged
) -> bool:
    """Tell whether two steps are the answers to what a step before them asks."""
    asked = any(has_any(_opening_words(step), judged.of("ask")) for step in run[: run.index(one)])
    return asked and all(
        has_any(plain_text(step.command).casefold(), judged.of("either")) for step in (one, other)
    )


def _branch_late(judged: _Judged) -> Iterator[Finding]:
    """Yield the warnings that ask, behind the acts that they are about."""
    for _, section in _sections(judged):
        for step in _whole_steps(section):
            for warning in _behind_acts(step):
                if "?" in _said_in(warning.blocks):
                    what = say("this warning asks something, and stands behind the acts that it is about")
                    fix = say("say it in the act itself, or before it: nobody reads on while a screen waits")
                    yield _fault(WordingRule.BRANCH_LATE, warning.place, what, fix)


def _behind_acts(step: NumberedStep) -> Iterator[Callout]:
    """Yield the warnings that stand behind several substeps of *step*."""
    acts = 0
    for block in step.blocks:
        if isinstance(block, NumberedSteps):
            acts += len(block.steps)
        elif isinstance(block, Callout) and block.kind is CalloutKind.CAUTION and acts > 1:
            yield block


# ---- devices ----------------------------------------------------------------------------------


def steps_with_device(
    blocks: Iterable[Block], device: Device | None = None
) -> Iterator[tuple[NumberedStep, Device | None]]:
    """Yield each step and substep in *blocks* with the device that a reader takes it to be done on."""
    for block in blocks:
        match block:
            case NumberedSteps():
                for step in block.steps:
                    device = step.device or device
                    yield step, device
                    yield from steps_with_device(step.blocks, device)
            case Choice():
                for option in block.options:
                    yield from steps_with_device(option.blocks, device)
            case Callout():
                yield from steps_with_device(block.blocks, device)


def _device_unknown(judged: _Judged) -> Iterator[Finding]:
    """Yield the first step of a procedure that asks for a screen and does not say which."""
    if not any(road.devices for road in judged.map.roads):
        return  # a project in which all is done on one device says so nowhere
    for document, section in _sections(judged):
        for step, device in steps_with_device(section.blocks):
            inner = any(one.device for one, _ in steps_with_device(step.blocks))
            if device is None and not inner and _is_on_screen(step, judged):
                what = say(
                    "step {label} of '{slug}' does not say on which device it is done",
                    label=step.label,
                    slug=document.slug,
                )
                fix = say("write {{on computer}}, {{on smartphone}} or {{on any}} at the end of its command")
                yield _fault(WordingRule.DEVICE_UNKNOWN, step.place, what, fix)
                break


def _is_on_screen(step: NumberedStep, judged: _Judged) -> bool:
    if any(isinstance(inline, UiLabel | Link) for inline in inlines_inside(step.command)):
        return True
    opening = " ".join(plain_text(step.command).casefold().split()[:3])
    return any(re.match(rf"{re.escape(word)}(?!\w)", opening) for word in judged.of("screen"))


def _device_impossible(judged: _Judged) -> Iterator[Finding]:
    """Yield the codes, which a phone scans, that lead to a page that steps open on a computer."""
    audiences = {document.audience for document in judged.documents if document.qr is not None}
    opened = {audience: judged.opened_on(audience) for audience in audiences}
    for document in judged.documents:
        if document.qr is not None and document.qr.url in opened[document.audience]:
            what = say(
                "the code leads a phone to '{text}', which the steps for {audience} open on a computer",
                text=document.qr.text,
                audience=document.audience,
            )
            fix = say(
                "let the code lead to a page for the phone, take 'qr' out, or mark those steps {{on any}}"
            )
            place = _at(judged.project, document.place, "qr")
            yield _fault(WordingRule.DEVICE_IMPOSSIBLE, place, what, fix)


def _addresses(step: NumberedStep) -> Iterator[str]:
    for inline in inlines_inside(step.command):
        if isinstance(inline, Link):
            yield inline.url
    for block in step.blocks:
        match block:
            case Address():
                yield block.url
            case Paragraph():
                yield from (one.url for one in inlines_inside(block.children) if isinstance(one, Link))


# ---- numbers and names ------------------------------------------------------------------------


def _count_wrong(judged: _Judged) -> Iterator[Finding]:
    """Yield the numbers of steps that are typed, and that nobody walks."""
    for document in judged.documents if judged.of("steps") else ():
        walked = _walked(judged, document)
        typed = (
            (place, *count)
            for place, text in _texts(document, judged.project)
            for count in _typed_counts(text, judged)
        )
        for place, written, _ in (one for one in typed if one[2] not in walked):
            what = say(
                "'{written}' is no number of steps that a reader of '{slug}' does",
                written=written,
                slug=document.slug,
            )
            yield _fault(WordingRule.COUNT_WRONG, place, what, _leave_count_out(walked))


def _leave_count_out(walked: Iterable[int]) -> Message:
    ways = ", ".join(str(one) for one in sorted(walked) if one)
    if not ways:
        return say("leave the number out: covers count by themselves")
    return say("leave the number out: covers count by themselves (here: {ways})", ways=ways)


def _walked(judged: _Judged, document: Document) -> frozenset[int]:
    """Return how many steps a reader of *document* may do: of a procedure, of a way, of all."""
    own = (document.audience, document.slug)
    steps = [road.steps for road in judged.map.roads if (road.audience, road.handout) == own]
    return frozenset((*steps, sum(steps), *(count.steps for count in document.counts)))


def _typed_counts(text: str, judged: _Judged) -> Iterator[tuple[str, int]]:
    """Yield each number of steps in *text*, as it is written and as a number: "zes stappen"."""
    numbers = judged.of("numbers")
    counted = "|".join((r"\d+", *map(re.escape, numbers)))
    word = "|".join(map(re.escape, judged.of("steps")))
    for match in re.finditer(rf"(?<!\w)({counted})\s+(?:{word})(?!\w)", text, re.IGNORECASE):
        written = match[1].casefold()
        yield match[0], int(written) if written.isdigit() else numbers.index(written) + 1


def _texts(document: Document, project: Project) -> Iterator[tuple[Place, str]]:
    yield _at(project, document.place, "title"), document.title
    yield document.lead_place or document.place, plain_text(document.lead)
    for block in blocks_of(document):
        for place, inlines in texts_of(block):
            yield place, plain_text(inlines)


def _name_typed(judged: _Judged) -> Iterator[Finding]:
    """Yield the names of handouts that are typed: when one gets another, nobody will notice."""
    titles = {
        title: handout.slug
        for handout in judged.project.handouts.values()
        for title in (handout.title, *handout.titles.values())
    }
    if not titles:
        return
    patterns = tuple(_name_patterns(titles, judged.of("sheets")))
    for document in judged.documents:
        for place, inlines in _inline_texts(document):
            for title in sorted(_names_in(inlines, titles, patterns)):
                if titles[title] != document.slug:
                    what = say("'{title}', the name of a handout, is typed", title=title)
                    fix = say(
                        "write [](handouts/{titles}.md): then it follows when the name changes",
                        titles=titles[title],
                    )
                    yield _fault(WordingRule.NAME_TYPED, place, what, fix)


def _name_patterns(titles: Iterable[str], nouns: Sequence[str]) -> Iterator[re.Pattern[str]]:
    """Yield what finds one of *titles* in quotes, or behind a noun for a sheet: "de folder MFA instellen"."""
    named = "|".join(re.escape(title) for title in sorted(titles, key=len, reverse=True))
    yield re.compile(rf"[‘“\"«'](?:\s)?({named})(?:\s)?[’”\"»']")
    if nouns:
        yield re.compile(rf"(?i:(?<!\w)(?:{'|'.join(map(re.escape, nouns))})) ({named})(?!\w)")


def _names_in(
    inlines: tuple[Inline, ...], titles: Mapping[str, str], patterns: Iterable[re.Pattern[str]]
) -> set[str]:
    """Return those of *titles* that stand in *inlines* as names: in quotes, behind a noun, or in bold."""
    text = "".join(plain_text((one,)) for one in inlines if not isinstance(one, StepLabel | SectionLabel))
    found = {title for pattern in patterns for title in pattern.findall(text)}
    marked = (one for one in inlines_inside(inlines) if isinstance(one, Strong | Emphasis))
    bold = (plain_text(one.children).strip(" .,:;?!") for one in marked if not _holds_label(one))
    return found | {title for title in bold if title in titles and " " in title}


def _holds_label(marked: Strong | Emphasis) -> bool:
    return any(isinstance(one, StepLabel | SectionLabel) for one in inlines_inside(marked.children))


def _inline_texts(document: Document) -> Iterator[tuple[Place, tuple[Inline, ...]]]:
    yield document.lead_place or document.place, document.lead
    for block in blocks_of(document):
        yield from texts_of(block)


# ---- walks ------------------------------------------------------------------------------------


def _sections(judged: _Judged) -> Iterator[tuple[Document, Section]]:
    """Yield each procedure as each audience gets it on each sheet, once over all formats."""
    seen: set[tuple[str, str, str]] = set()
    for document in judged.documents:
        for section in document.sections:
            key = (document.audience, document.slug, section.slug)
            if key not in seen:
                seen.add(key)
                yield document, section


def _whole_steps(section: Section) -> tuple[NumberedStep, ...]:
    """Return the steps of *section* that stand in one run, those in options apart."""
    return tuple(
        step
        for block in section.blocks
        if isinstance(block, NumberedSteps) and block.level == 1
        for step in block.steps
    )


_RULES: tuple[Callable[[_Judged], Iterator[Finding]], ...] = (
    _unanswered,
    _unled,
    _unannounced,
    _unserved,
    _no_way_back,
    _result_untrue,
    _branch_open,
    _branch_flat,
    _branch_late,
    _device_unknown,
    _device_impossible,
    _count_wrong,
    _name_typed,
)
