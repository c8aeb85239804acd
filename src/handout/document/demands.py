"""Hold a sheet against what its format asks of a text: pictures, short sentences, one task. Pure.

Formats for another way of reading ask for it, each in its table. What they ask for is an error where it is
not so, for a sheet that is said to be easy must be.
"""

from __future__ import annotations

from collections.abc import Iterator

from handout.document.sentences import HouseStyle, PrintedWords, count_words, flat, shown
from handout.model.document import Document
from handout.model.findings import Finding
from handout.model.messages import say, say_count
from handout.model.rules import Rule
from handout.model.text import NumberedStep, NumberedSteps, Picture
from handout.model.walk import blocks_of
from handout.project.project import Project
from handout.project.settings import Format, WordList
from handout.project.translations import texts_on


def unmet(project: Project, document: Document) -> Iterator[Finding]:
    """Yield what the format of *document* asks for and its text does not have."""
    format_ = project.settings.formats[document.format]
    yield from _tasks(format_, project, document)
    if format_.pictured_steps:
        yield from _bare_steps(document)
    if format_.most_words is not None:
        yield from _long_sentences(format_.most_words, project, document)


def _tasks(format_: Format, project: Project, document: Document) -> Iterator[Finding]:
    most, count = format_.most_procedures, len(document.sections)
    if most is None or count <= most:
        return
    places = project.key_places.get(document.place.path, {})
    titles = ", ".join(f"'{section.title}'" for section in document.sections)
    yield Finding(
        places.get("procedures", (document.place,))[0],
        say_count(
            most,
            "a sheet in the format '{format}' shows one procedure, and this one shows more: {titles}",
            "a sheet in the format '{format}' shows {most} procedures at most, and this one more: {titles}",
            format=document.format,
            most=most,
            titles=titles,
        ),
        say("write a handout for each of them"),
        rule=Rule.TASKS_SEVERAL,
    )


def _bare_steps(document: Document) -> Iterator[Finding]:
    for step in _steps(document):
        if not any(isinstance(block, Picture) for block in step.blocks):
            yield Finding(
                step.place,
                say(
                    "step {number} has no picture, and '{format}' shows one at each step: {command}",
                    number=step.label,
                    command=shown(flat(step.command, PrintedWords())),
                    format=document.format,
                ),
                say("put one below it, in a paragraph of its own: ![What is to be seen.](images/name.svg)"),
                rule=Rule.STEP_UNPICTURED,
            )


def _long_sentences(most: int, project: Project, document: Document) -> Iterator[Finding]:
    style = HouseStyle(project.words or WordList())
    for place, inlines in texts_on(document):
        for sentence in style.sentences(flat(inlines, PrintedWords())):
            if (words := count_words(sentence)) > most:
                yield Finding(
                    place,
                    say(
                        "a sentence has {words} words, and the format '{format}' allows {most}: {sentence}",
                        words=words,
                        format=document.format,
                        most=most,
                        sentence=shown(sentence),
                    ),
                    say("make two sentences of it; a key counts for one word"),
                    rule=Rule.SENTENCE_UNFIT,
                )


def _steps(document: Document) -> Iterator[NumberedStep]:
    """Yield the steps of *document* that have a number of their own; their substeps are parts of them."""
    for block in blocks_of(document):
        if isinstance(block, NumberedSteps) and block.level == 1:
            yield from block.steps
