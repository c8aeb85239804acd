"""The file says to who cannot see it what it shows to who can: tags, headings, lists, pictures in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import page as page_validation
import pikepdf

from handout.model.document import Shows
from handout.model.findings import Finding, Place
from handout.model.messages import Message, all_of, say
from handout.model.text import PairedText
from handout.proof.content import TextRun
from handout.proof.expected import Expected
from handout.proof.paper import Paper
from handout.proof.rules import ProofRule, found
from handout.proof.tags import HEADINGS, NUMBERED, Tag, squeezed

STANDARDS = ((ProofRule.PDF_UA, "ua1", "PDF/UA-1"), (ProofRule.PDF_A, "2a", "PDF/A-2a"))
FALSE_ALARMS = frozenset({"PDFA2A-STREAM-LENGTH-001"})
"""A packed stream may end in a carriage return; the checker takes it and the newline after it for one end of
line, and counts a byte less. veraPDF, in the tests, counts the bytes that the file says."""
MOST_SHOWN = 60


def access(paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield what a screen reader would miss, say twice or say wrongly."""
    if not paper.tags.kids:
        yield found(
            ProofRule.TAGS_MISSING,
            expected.document.place,
            say(
                "the {boxes_count} pages have no tags: a screen reader has to guess at their order",
                boxes_count=len(paper.boxes),
            ),
            say("build the handout again with the engine that this version asks for"),
        )
        return
    yield from _headings(paper, expected)
    yield from _lists(paper, expected)
    yield from _pictures(paper, expected)
    yield from _tables(paper, expected)
    yield from _file(paper, expected)
    yield from standards(paper, expected)


def _where(tag: Tag, paper: Paper) -> str:
    run = next(iter(tag.runs), None)
    return paper.at(run.page, run.box) if run else say("on page {page}", page=tag.page + 1)


def _headings(paper: Paper, expected: Expected) -> Iterator[Finding]:
    headings = list(paper.tags.all(*HEADINGS))
    title = expected.document.title
    if isinstance(title, PairedText):
        title = f"{title.other}{title}"
    first = [heading for heading in headings if heading.kind == "H1"]
    if [squeezed(one.text) for one in first] != [squeezed(title)] or headings[:1] != first:
        said = ", ".join(f"'{heading.text[:MOST_SHOWN]}'" for heading in first) or say("missing")
        yield found(
            ProofRule.HEADING_TITLE,
            expected.document.place,
            say(
                "the first heading on the pages must be '{title}', once; it is {said}", title=title, said=said
            ),
            say("let the template print the title as the one <h1>, before all other headings"),
        )
    for before, after in pairwise(headings):
        if int(after.kind[1]) > int(before.kind[1]) + 1:
            yield found(
                ProofRule.HEADING_LEVEL,
                expected.document.place,
                say(
                    "'{text}', {where}, is {kind} under {kind2}",
                    text=after.text[:MOST_SHOWN],
                    where=_where(after, paper),
                    kind=after.kind,
                    kind2=before.kind,
                ),
                say("make it an H{kind}: a level is left out", kind=int(before.kind[1]) + 1),
            )
    for heading in headings:
        inner = next((tag for tag in heading.family[1:] if tag.kind in (*HEADINGS, "P")), None)
        if inner is not None:
            yield found(
                ProofRule.HEADING_NESTED,
                expected.document.place,
                say(
                    "the {kind} '{text}', {where}, holds {kind2}: it is heard twice",
                    kind=heading.kind,
                    text=heading.text[:MOST_SHOWN],
                    where=_where(heading, paper),
                    kind2=inner.kind,
                ),
                say("let the heading hold its words alone"),
            )


def _lists(paper: Paper, expected: Expected) -> Iterator[Finding]:
    for list_ in paper.tags.all("L"):
        for item in list_.kids:
            if (stray := _stray_in_list(item, list_.numbering)) is not None:
                yield found(
                    ProofRule.LIST_BROKEN,
                    expected.document.place,
                    say(
                        "the list {where} holds {stray}: '{text}'",
                        where=_where(list_, paper),
                        stray=stray,
                        text=item.text[:MOST_SHOWN],
                    ),
                    say("let a list hold <li> alone, and a numbered one its number and its text"),
                )


def _stray_in_list(item: Tag | TextRun, numbering: str) -> Message | None:
    """Return what *item* of a list with this *numbering* is, where a list cannot have it; else None."""
    if not isinstance(item, Tag):
        return say("a text")
    if item.kind != "LI":
        return None if item.kind == "Caption" else say("a {kind}", kind=item.kind)
    kinds = [tag.kind for tag in item.tags]
    if numbering not in NUMBERED or kinds == ["Lbl", "LBody"]:
        return None
    return say("an item of {parts}", parts=all_of(kinds)) if kinds else say("an item of nothing")


def _pictures(paper: Paper, expected: Expected) -> Iterator[Finding]:
    figures = list(paper.tags.all("Figure"))
    said = Counter(" ".join(figure.alt.split()) for figure in figures)
    wanted = Counter(picture.alt for part in expected.pictures for picture in part)
    wanted.update(expected.qr_words)
    for alt, place in _unshown(wanted - said, expected):
        yield found(
            ProofRule.PICTURE_WORDS,
            place,
            say("no picture on the {boxes_count} pages says '{alt}'", boxes_count=len(paper.boxes), alt=alt),
            say(
                "let the template show the picture with its words; a format with less room says so "
                "with 'shows'"
            ),
        )
    for alt in sorted((said - wanted).elements()):
        figure = next(figure for figure in figures if " ".join(figure.alt.split()) == alt)
        yield found(
            ProofRule.PICTURE_WORDS,
            expected.document.place,
            say(
                "a picture on page {page} says '{alt}', and the text has no such picture",
                page=figure.page + 1,
                alt=alt,
            ),
            say("mark decoration as such, and print each picture of the text once"),
        )


def _unshown(missing: Counter[str], expected: Expected) -> Iterator[tuple[str, Place]]:
    """Yield the words of the pictures that must be shown and are *missing*, with their places."""
    for words in expected.qr_words:
        if missing[words]:
            yield words, expected.document.place
    for part in expected.pictures:
        gone = [picture for picture in part if missing[picture.alt]]
        shows = expected.terms.shows
        if shows is Shows.NO_DRAWINGS or (shows is Shows.FEWER_DRAWINGS and len(gone) < len(part)):
            continue
        for picture in gone:
            missing[picture.alt] -= 1
            yield picture.alt, picture.place


def _tables(paper: Paper, expected: Expected) -> Iterator[Finding]:
    for table in paper.tags.all("Table"):
        if next(table.all("TH"), None) is None:
            yield found(
                ProofRule.TABLE_HEADINGS,
                expected.document.place,
                say(
                    "the table '{text}', {where}, has no headings",
                    text=table.text[:MOST_SHOWN],
                    where=_where(table, paper),
                ),
                say("write a header row, or make the first column strong"),
            )


def _file(paper: Paper, expected: Expected) -> Iterator[Finding]:
    document, root = expected.document, paper.pdf.Root
    language, title = str(root.get("/Lang", "")), f"{document.title} – {expected.terms.label}"
    if expected.terms.reading:
        title = f"{title} – {expected.terms.reading}"
    if document.school is not None:
        title = f"{title} – {document.school.name}"
    if language != document.language:
        yield found(
            ProofRule.FILE_LANGUAGE,
            document.place,
            say(
                "the file says that its language is '{language}'; it is {language2}: the pages are "
                "read aloud in a wrong voice",
                language=language,
                language2=document.language,
            ),
            say('write <html lang="…"> in the template'),
        )
    said = str(paper.pdf.docinfo.get("/Title", ""))
    preferences = root.get("/ViewerPreferences", pikepdf.Dictionary())
    if said != title or not preferences.get("/DisplayDocTitle", False):
        yield found(
            ProofRule.FILE_TITLE,
            document.place,
            say(
                "the title of the file is '{said}' and must be '{title}', shown above the page",
                said=said,
                title=title,
            ),
            say("fill <title> in the template"),
        )


def standards(paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield the rules of PDF/UA and PDF/A that the file breaks."""
    for rule, profile, name in STANDARDS:
        report = page_validation.validate_pdf_bytes(paper.data, profile=profile)
        for failure in report.failures:
            if failure.rule_id not in FALSE_ALARMS:
                yield found(
                    rule,
                    expected.document.place,
                    say(
                        "the file breaks rule {rule_id} of {name}: {message}",
                        rule_id=failure.rule_id,
                        name=name,
                        message=failure.message,
                    ),
                    say(
                        "undo the last change to the template; if that was right, report the rule and the "
                        "sheet"
                    ),
                )
