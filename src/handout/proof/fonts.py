"""The letters come from our fonts, which travel in the file, and each of them is there."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pikepdf

from handout.model.findings import Finding, Place
from handout.model.messages import Message, say, verbatim
from handout.proof.content import TextRun
from handout.proof.expected import Expected
from handout.proof.font_file import UNKNOWN
from handout.proof.paper import Paper
from handout.proof.rules import ProofRule, found
from handout.proof.tags import squeezed

FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")
SUBSET_NAME = re.compile(r"[A-Z]{6}\+(.+)")
MOST_SHOWN = 60
CONTEXT = 6
"""Letters on both sides by which a missing one is found in the text."""


def fonts(paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield fonts that are not ours, not in the file or there as a whole, and letters without a shape."""
    for font in fonts_of(paper.pdf):
        yield from _font(font, paper, expected)
    for run in paper.runs:
        yield from _glyphs(run, paper, expected)


def fonts_of(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Yield the fonts of *pdf*, each once: those of its pages and of the forms that these draw."""
    seen: set[tuple[int, int]] = set()
    for resources in _resources_of(pdf):
        for font in resources.get("/Font", pikepdf.Dictionary()).as_dict().values():
            if not font.is_indirect or font.objgen not in seen:
                seen.add(font.objgen)
                yield font


def _resources_of(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Yield the resources of the pages of *pdf* and of the forms that these draw, each once."""
    seen: set[tuple[int, int]] = set()
    todo = [page.obj.get("/Resources", pikepdf.Dictionary()) for page in pdf.pages]
    for resources in todo:  # grows while it runs
        if resources.is_indirect and resources.objgen in seen:
            continue
        seen.add(resources.objgen)
        yield resources
        for form in resources.get("/XObject", pikepdf.Dictionary()).as_dict().values():
            if form.objgen not in seen and "/Resources" in form:
                seen.add(form.objgen)
                todo.append(form.Resources)


def _font(font: pikepdf.Object, paper: Paper, expected: Expected) -> Iterator[Finding]:
    name = str(font.get("/BaseFont", "/nameless"))[1:]
    subset = SUBSET_NAME.fullmatch(name)
    plain = subset[1] if subset else name
    used = _used_at(name, paper)
    place = expected.document.place
    families = expected.terms.families
    if not plain.startswith(tuple(family.replace(" ", "-") for family in families)):
        yield found(
            ProofRule.FONT_FOREIGN,
            place,
            say("the font '{plain}' is used {used}", plain=plain, used=used),
            say("let the style sheet name one of: {families}", families=", ".join(families)),
        )
    descriptor = _descriptor(font)
    if not any(key in descriptor for key in FONT_FILES):
        yield found(
            ProofRule.FONT_NOT_EMBEDDED,
            place,
            say(
                "the font '{plain}', used {used}, is not in the file: another machine shows other letters",
                plain=plain,
                used=used,
            ),
            say("build the handout again with the bundled fonts"),
        )
    elif subset is None:
        yield found(
            ProofRule.FONT_NOT_SUBSET,
            place,
            say("the font '{plain}', used {used}, is in the file as a whole", plain=plain, used=used),
            say("build the handout again: only the letters that are used belong in it"),
        )


def _descriptor(font: pikepdf.Object) -> pikepdf.Object:
    inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
    return inner.get("/FontDescriptor", pikepdf.Dictionary())


def _used_at(name: str, paper: Paper) -> Message:
    run = next((run for run in paper.runs if run.font == name), None)
    if run is None:
        return say("on none of the pages")
    return say("for '{text}' {at}", text=run.text[:MOST_SHOWN], at=paper.at(run.page, run.box))


def _glyphs(run: TextRun, paper: Paper, expected: Expected) -> Iterator[Finding]:
    if not run.is_flawed:
        return
    for at, glyph in enumerate(run.glyphs):
        if glyph.is_missing:
            where = paper.at(run.page, run.part(at, at + 1))
            letter, place = _letter_at(run, at, expected)
            yield found(
                ProofRule.GLYPH_MISSING,
                place,
                say(
                    "the font has no shape for {letter} in '{text}', {where}",
                    letter=letter,
                    text=run.text[:MOST_SHOWN],
                    where=where,
                ),
                say("write it in other words, or show it as a drawing"),
            )
        elif UNKNOWN in glyph.text or "\0" in glyph.text:
            where = paper.at(run.page, run.part(at, at + 1))
            letter, place = _letter_at(run, at, expected)
            yield found(
                ProofRule.GLYPH_NAMELESS,
                place,
                say(
                    "{letter} in '{text}', {where}, has a shape and no name: nobody can search, copy or "
                    "hear it",
                    letter=letter,
                    text=run.text[:MOST_SHOWN],
                    where=where,
                ),
                say("use a font that names its letters"),
            )


def _letter_at(run: TextRun, at: int, expected: Expected) -> tuple[Message, Place]:
    """Return the letter that glyph *at* of *run* stands for, by the text of the model, and its place."""
    glyphs = run.glyphs
    if not (glyphs[at].is_missing or UNKNOWN in glyphs[at].text or "\0" in glyphs[at].text):
        return _named(glyphs[at].text), expected.document.place
    before = squeezed("".join(glyph.text for glyph in glyphs[max(0, at - CONTEXT) : at]))
    after = squeezed("".join(glyph.text for glyph in glyphs[at + 1 : at + 1 + CONTEXT]))
    pattern = re.compile(f"{_loose(before)}(.){_loose(after)}")
    for said in expected.said:
        match = pattern.search(said.letters)
        if match:
            return _named(match[1]), said.place
    return say("a letter"), expected.document.place


def _loose(text: str) -> str:
    """Return a pattern for *text* in which what cannot be named stands for any letter."""
    return "".join("." if letter in (UNKNOWN, "\0") else re.escape(letter) for letter in text)


def _named(letter: str) -> Message:
    return verbatim(f"'{letter}' (U+{ord(letter[0]):04X})")
