"""Compose a document into one HTML text, with its stylesheet and its drawings in it. Pure: no I/O.

The templates and stylesheets are trusted not to attack, but they are run in a sandbox with strict names
all the same: a slip in one of them is a finding with its line, not a page with a hole.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from handout.document import qr
from handout.model.document import STANDARD_READING, Document, Ink, PictureType, QrTarget, Section
from handout.model.findings import Finding, Place, Report, Severity, suggest
from handout.model.messages import Message, say
from handout.model.plurals import counted, form_key, printed_date
from handout.model.rules import Rule
from handout.model.text import BothWords, Picture, Route, UntranslatedText
from handout.paper.compose import arrange, slots, stylesheet, templates
from handout.paper.compose.inline import InlineRenderer, Words, unbroken
from handout.paper.engine.slots import QR_SLOT
from handout.project.project import Project, primary_language
from handout.project.settings import Audience, Format, slots_of
from handout.project.translations import printed_words, settings_in

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


def is_right_to_left(language: str) -> bool:
    """Tell whether *language* is read from right to left."""
    return primary_language(language) in RIGHT_TO_LEFT


def html(document: Document, project: Project) -> tuple[str, tuple[Finding, ...]]:
    """Return the HTML of *document*, or what is wrong with the templates and stylesheets.

    How tightly it is set is not in it: the engine says so on the root element (`engine.layout.lay_out`).
    """
    findings: list[Finding] = []
    written = _written(document, project, qr_code(document, project), findings.append)
    if not written.html:
        return "", written.findings
    if document.qr and f'data-slot="{QR_SLOT}"' not in written.html:
        return "", (_without_code(document),)
    if document.status and 'class="status__code"' not in written.html:
        return "", (_without_status(document),)
    findings += _left_out(document, written.html, _pen(document, project))
    audience = _in_ink(settings_in(project, document).audiences[document.audience], document.ink)
    styles = stylesheet.stylesheets(document, project, audience, written.html, findings.append)
    return _titled(written.html, document).replace(_STYLESHEETS_MARK, styles), tuple(findings)


def _titled(html: str, document: Document) -> str:
    """Return *html* with the school of *document* in its title, so that a copy is known by its window."""
    if document.school is None:
        return html
    return html.replace("</title>", Markup("{}</title>").format(document.school.in_title), 1)


def _left_out(document: Document, html: str, pen: InlineRenderer) -> Iterator[Finding]:
    """Yield what a reader looks for in the head of *document*, and its template does not print.

    A template of before there was such a thing makes a sheet that is right in all that it says.
    """
    needed = pen.inlines(document.bring).striptags()
    for what, is_there, way in (
        (
            say("the other sheets that its steps need"),
            needed in Markup(html).striptags(),
            "{{ part.bring() }}",
        ),
        (
            say("the letter {letter} that other sheets call it by", letter=document.letter),
            document.letter is None or re.search(rf">\s*{document.letter}\s*<", html) is not None,
            "{{ part.sign() }}",
        ),
    ):
        if not is_there:
            yield Finding(
                document.place,
                say("the template of '{format}' does not print {what}", format=document.format, what=what),
                say("let it print {way}, as the packaged one does", way=way),
                Severity.WARNING,
                Rule.HEAD_INCOMPLETE,
            )


@dataclass(frozen=True)
class Written:
    """What the templates wrote of a document."""

    html: str
    """Without its stylesheets; empty where a template cannot be used."""
    templates: tuple[str, ...]
    """Those that wrote it, sorted."""
    findings: tuple[Finding, ...] = ()
    """What is wrong with the templates."""


def bare(document: Document, project: Project) -> Written:
    """Return *document* without its looks and its code: each picture and QR code is an image element.

    The address of a picture is the sum of what is to be seen in it, that of a QR code what is encoded.
    """
    pictures = {
        path: replace(file, path=file.content, type=PictureType.PNG, data=b"")
        for path, file in document.pictures.items()
    }
    code = Markup("")
    if (target := document.qr) is not None:
        code = Markup('<img src="{}" alt="{}">').format(target.url, _qr_words(target, document, project))
    written = _written(replace(document, pictures=pictures, code=""), project, code, _ignore)
    return replace(written, html=written.html.replace(_STYLESHEETS_MARK, ""))


def _ignore(_: Finding) -> None:
    """Drop what is told when the page itself is composed."""


def _written(document: Document, project: Project, code: Markup, report: Report) -> Written:
    """Return what the templates write of *document*, with *code* for its QR code."""
    settings = settings_in(project, document)
    audience = _in_ink(settings.audiences[document.audience], document.ink)
    words = printed_words(project, document)
    name = template_name(document, project)
    if name is None:
        names = (n for n in project.templates if n.startswith("formats/"))
        known = suggest(document.format, (n.removeprefix("formats/").removesuffix(".html") for n in names))
        missing = Finding(
            Place(f"templates/formats/{document.format}.html"),
            say("this template is missing"),
            say("write it, or let the format be 'like' another in handout.toml: {known}", known=known),
            rule=Rule.TEMPLATE_MISSING,
        )
        return Written("", (), (missing,))
    slot_setter = setter(document, project, report)
    taken: set[str] = set()
    foot, pen = foot_parts(document, words), slot_setter.pen
    environment = _environment(project.templates, slot_setter.pen, document.sections, taken.add)
    context = {
        "document": document,
        "audience": audience,
        "organisation": settings.organisation,
        "words": {key: pen.words_alone(word) if _is_shown(key) else word for key, word in words.items()},
        "plain_words": words,
        "reading": reading_label(document, words),
        "is_turned": document.beside is not None and is_right_to_left(document.beside),
        "direction": "rtl" if is_right_to_left(document.language) else "ltr",
        "foot": " · ".join(foot),
        "foot_parts": _shown_foot(foot, document, words, pen),
        "unreviewed": pen.of_translation(words["unreviewed"]) if is_unreviewed(document) else "",
        "untranslated": pen.of_translation(translation_notice(document, words)),
        "form": lambda key, count: words[form_key(words, key, count, document.language)],
        "qr_code": code,
        "qr_address": qr_address(document, project),
        "status_code": status_code(document, project),
        "slot": slot_setter.slot,
        "head_letters": head_letters(settings.formats[document.format]),
        "stylesheets": Markup(_STYLESHEETS_MARK),
    }
    try:
        body = environment.get_template(name).render(context)
    except _TEMPLATE_FAULTS as error:
        return Written("", (), (_template_fault(error, name, project.templates),))
    return Written(body, tuple(sorted(taken)))


HEAD_MM_A_LETTER = 3.5
"""Of the width of a page, that a letter in the head of a further side takes, with margins and strip."""
HEAD_PT = 11.5


def head_letters(format_: Format) -> int:
    """Return how many letters the head of a further side of *format_* holds, in the size of its text."""
    size_pt = max(HEAD_PT, format_.least_text_pt)
    return int(format_.width_mm / HEAD_MM_A_LETTER * HEAD_PT / size_pt)


def setter(document: Document, project: Project, report: Report) -> slots.Setter:
    """Return what sets the fields of the school of *document* in the slots of its format."""
    settings = project.settings
    return slots.Setter(
        format=document.format,
        slots=slots_of(settings.formats, document.format),
        fields=settings.school_fields,
        school=document.school,
        words=printed_words(project, document),
        report=report,
        pen=_pen(document, project),
        logo=settings.logo_slot(document.format),
        general_logo=settings.organisation.logo_path,
    )


def _pen(document: Document, project: Project) -> InlineRenderer:
    audience = _in_ink(project.settings.audiences[document.audience], document.ink)
    words = project.strings[primary_language(document.language)]
    own = InlineRenderer(document.pictures, audience.accent, words, is_right_to_left(document.language))
    if document.beside is not None:
        other = replace(
            own,
            words=project.strings[primary_language(document.beside)],
            is_right_to_left=is_right_to_left(document.beside),
            screen_language=document.language,
        )
        return replace(own, language=document.language, other=other, other_language=document.beside)
    if document.translation is None:
        return own
    language = document.translation.source_language
    source = replace(
        own,
        words=project.strings[primary_language(language)],
        is_right_to_left=is_right_to_left(language),
    )
    return replace(own, screen_language=language, source=source)


_STYLESHEETS_MARK = "<!--stylesheets-->"


def _in_ink(audience: Audience, ink: Ink) -> Audience:
    """Return *audience* with the accent that *ink* can print: its shape and strip still tell it apart."""
    return audience.model_copy(update={"accent": stylesheet.INK}) if ink is Ink.MONO else audience


# ---- templates --------------------------------------------------------------------------------


def template_name(document: Document, project: Project) -> str | None:
    """Return the audience's own template for this format, or the format's, or that of the one it is like."""
    like = project.settings.formats[document.format].like
    for format_ in (document.format, *([like] if like else [])):
        for name in (f"{document.audience}/{format_}.html", f"formats/{format_}.html"):
            if name in project.templates:
                return name
    return None


def asking_template(audience: str, format_: str, project: Project) -> str | None:
    """Return the template of a sheet that may decide by the school what it shows, or None."""
    like = project.settings.formats[format_].like
    starts = [
        f"{folder}/{one}.html"
        for one in (format_, like)
        for folder in (audience, "formats")
        if f"{folder}/{one}.html" in project.templates
    ]
    return templates.asking_for_school(starts, project.templates)


def _environment(
    texts: Mapping[str, str], pen: InlineRenderer, sections: tuple[Section, ...], take: Callable[[str], None]
) -> ImmutableSandboxedEnvironment:
    """Return what runs the templates *texts* on *sections*; the name of each that it loads goes to *take*."""
    environment = templates.environment(texts, take)
    environment.filters.update(
        inline=pen.inlines,
        drawn=pen.picture,
        name=pen.name,
        on_a_line=pen.words_alone,
        kind=lambda block: type(block).__name__,
        groups=arrange.grouped,
        pictures=lambda blocks: [block for block in blocks if isinstance(block, Picture)],
        routes=lambda blocks: [block for block in blocks if isinstance(block, Route)],
        beside=arrange.beside,
        in_rows=arrange.in_rows,
        by_languages=arrange.by_languages,
        is_compact=lambda steps: arrange.in_compact(steps, sections),
        is_narrow=arrange.is_narrow,
        listed=arrange.listed,
        has_many_steps=arrange.has_many_steps,
        parted=arrange.parted,
        with_ends=arrange.with_ends,
        breakable=pen.address,
        unbroken=unbroken,
        without=lambda blocks, others: [block for block in blocks if block not in others],
        is_needs=arrange.is_needs,
        naming_step=arrange.naming_step,
        word_pt=slots.word_pt,
        holds_steps=arrange.holds_steps,
    )
    environment.tests["untranslated"] = lambda words: isinstance(words, UntranslatedText)
    environment.tests["listing"] = lambda block, sections: bool(arrange.listed(block, sections))
    return environment


_TEMPLATE_FAULTS = (
    TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RecursionError,
    TimeoutError,
    TypeError,
    ValueError,
)
"""What a slip in a template raises; a template that includes itself ends in the recursion.

Of time and memory `bounded` sees that they run out.
"""


def _template_fault(error: Exception, name: str, known: Iterable[str]) -> Finding:
    """Return the fault of a template with the line that Python's traceback, or the parser, names."""
    place = Place(f"templates/{name}", getattr(error, "lineno", None) or 0)
    if not place.line:
        for frame in traceback.extract_tb(error.__traceback__):
            if frame.filename.startswith("templates/"):
                place = Place(frame.filename, frame.lineno or 0)
    elif (template := getattr(error, "name", None)) is not None:
        place = Place(f"templates/{template}", place.line)
    if isinstance(error, MemoryError):
        return out_of_bounds(place, say("the template takes more memory than it may"))
    if isinstance(error, TimeoutError):
        return out_of_bounds(place, say("the template did not end in time"))
    if isinstance(error, RecursionError):
        fix = say("look for an include, import or macro that leads back to itself")
        return Finding(
            Place(f"templates/{name}"),
            say("the template includes itself without end"),
            fix,
            rule=Rule.TEMPLATE_FAULT,
        )
    if isinstance(error, TemplateNotFound):
        return Finding(
            place,
            say("there is no template '{name}'", name=error.name),
            suggest(str(error.name), known),
            rule=Rule.TEMPLATE_MISSING,
        )
    # The words of a syntax error alone: as a text it also quotes file and line.
    what = error.message if isinstance(error, TemplateSyntaxError) else str(error)
    return Finding(
        place,
        say("the template cannot be used: {what}", what=what),
        say("mend this line of the template"),
        rule=Rule.TEMPLATE_FAULT,
    )


def out_of_bounds(place: Place, what: Message) -> Finding:
    """Return the fault of the template at *place*: *what* it did."""
    return Finding(
        place,
        what,
        say("look for a loop in a loop or a text that grows with each round, here or in what this includes"),
        rule=Rule.TEMPLATE_BOUNDS,
    )


def _without_code(document: Document) -> Finding:
    """Return that the template has no place for the QR code of *document* on this sheet."""
    return Finding(
        document.place,
        say(
            "the handout has a QR code, and the format '{format}' has no place for one on this sheet",
            format=document.format,
        ),
        say(
            "take '{format}' out of 'formats', or 'qr' out of the handout; or let the template "
            "of the format print {{{{ qr_code }}}} and {{{{ qr_address }}}}",
            format=document.format,
        ),
        rule=Rule.QR_NO_PLACE,
    )


def _without_status(document: Document) -> Finding:
    """Return that the template has no place for the small code of [status] on this sheet."""
    return Finding(
        document.place,
        say(
            "the format '{format}' has status-mm, and its template prints no code of [status]",
            format=document.format,
        ),
        say(
            "let the template print {{{{ part.status() }}}}, or take status-mm out of [formats.{format}]",
            format=document.format,
        ),
        rule=Rule.QR_NO_PLACE,
    )


def foot_parts(document: Document, words: Words) -> tuple[str, ...]:
    """Return the parts of the foot of each page: what, how fresh, its code, how long. The strip says whom."""
    parts, language = [document.title], document.language
    if document.version:
        day = f" ({printed_date(document.newest, language)})" if document.newest else ""
        parts.append(words["version"].format(version=document.version) + day)
    elif document.newest:
        parts.append(f"{words['reviewed']} {printed_date(document.newest, language)}")
    parts.append(f"{words['code']}\u00a0{document.code}")
    if document.valid_until:
        parts.append(f"{words['valid-until']} {printed_date(document.valid_until, language)}")
    if is_unreviewed(document):
        parts[0] += f" · {words['unreviewed']}"
    return tuple(parts)


def _is_shown(key: str) -> bool:
    """Tell whether a template prints the word *key*; what is heard stands in attributes, without tags."""
    return not key.startswith("said.")


def _shown_foot(
    parts: Iterable[str], document: Document, words: Words, pen: InlineRenderer
) -> tuple[str, ...]:
    """Return the *parts* of a foot as a template prints them: with two languages, each word in its own."""
    if document.beside is None:
        return tuple(parts)
    marked = {str(word): pen.words_alone(word) for word in words.values() if isinstance(word, BothWords)}
    marked[words["unreviewed"]] = pen.of_translation(words["unreviewed"])
    return tuple(_with_languages(part, marked) for part in parts)


def _with_languages(part: str, marked: Mapping[str, str]) -> Markup:
    """Return *part* with what begins or ends it as it is *marked*."""
    for word, shown in marked.items():
        if word and part.startswith(word):
            return Markup("{}{}").format(shown, part[len(word) :])
        if word and part.endswith(f" · {word}"):
            return Markup("{}{}").format(part[: -len(word)], shown)
    return Markup(escape(part))


def is_unreviewed(document: Document) -> bool:
    """Tell whether nobody who reads the language of *document* read all of it."""
    return document.translation is not None and not document.translation.is_reviewed


def translation_notice(document: Document, words: Words) -> str:
    """Return what the head of *document* says of texts without a translation; nothing for none."""
    count = document.translation.untranslated if document.translation else 0
    return counted(words, "untranslated", count, document.beside or document.language) if count else ""


def reading_label(document: Document, words: Words) -> str:
    """Return the printed word for the reading that *document* is laid out for; nothing for most people's."""
    name = document.reading
    return "" if name == STANDARD_READING else words.get(f"reading.{name}", name)


def qr_code(document: Document, project: Project) -> Markup:
    """Return the QR code of *document* as a drawing that can be found in the PDF, or nothing."""
    if document.qr is None:
        return Markup("")
    drawn = qr.svg(qr.symbol(document.qr.url), _qr_words(document.qr, document, project))
    return Markup(drawn.replace("<svg ", f'<svg data-slot="{QR_SLOT}" ', 1))


def status_code(document: Document, project: Project) -> Markup:
    """Return the small QR code of *document* that asks whether it is still right, or nothing."""
    if document.status is None:
        return Markup("")
    words = _qr_words(document.status, document, project)
    return Markup(qr.svg(qr.status_symbol(document.status.url), words, "status__code"))


def _qr_words(target: QrTarget, document: Document, project: Project) -> str:
    """Return what a screen reader says for the code of *target*."""
    return printed_words(project, document)["qr-alt"].format(address=target.text)


def qr_address(document: Document, project: Project) -> Markup:
    """Return the address at the code as a link; in a slot where schools may have one of their own.

    One that is too long for the slot takes the room that it needs: its page is not that of other schools.
    """
    target = document.qr
    if target is None:
        return Markup("")
    slot = project.settings.address_slot(document.format, target.link)
    set_ = slots.set_address(target.text, slot) if slot else None
    pen = _pen(document, project)
    if slot is None or set_ is None or set_.excess_mm:
        return Markup('<a href="{}">{}</a>').format(target.url, pen.address(target.text))
    place = document.school.place if document.school else document.place
    return slots.address(slot, target, set_, place, pen)
