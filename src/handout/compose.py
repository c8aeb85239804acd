"""Compose a document into one HTML text, with its stylesheet and its drawings in it. Pure: no I/O.

The templates and stylesheets are trusted not to attack, but they are run in a sandbox with strict names
all the same: a slip in one of them is a finding with its line, not a page with a hole.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from jinja2 import FunctionLoader, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from handout import qr
from handout.errors import Finding, Place, suggest
from handout.model import (
    Block,
    BulletList,
    Callout,
    Choice,
    Density,
    Document,
    Emphasis,
    Heading,
    Inline,
    LineBreak,
    Link,
    NumberedSteps,
    Paragraph,
    Picture,
    PictureFile,
    PictureType,
    Section,
    SectionLabel,
    StepLabel,
    Strong,
    Table,
    Text,
    UiLabel,
    WriteIn,
    plain_text,
)
from handout.project import Project, primary_language
from handout.resolving.walk import step_numbers
from handout.settings import Audience

ASSETS_URL = "https://project.invalid/"
"""Where the engine asks for pictures: no such host exists (RFC 6761), the fetcher answers from memory."""
LONGEST_UNBROKEN_LABEL = 30
"""Characters of a key that stay on one line: about 62 mm (look: component anatomy)."""
LEAST_STEPS_FOR_COLUMNS = 9
LONGEST_UNBROKEN_WORD = 20
_HYPHENATED = re.compile(r"(\w+(?:-\w+)+)")
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
INK = "#000000"
PAPER = "#ffffff"

Words = Mapping[str, str]


def html(
    document: Document, project: Project, density: Density = Density.NORMAL
) -> tuple[str, tuple[Finding, ...]]:
    """Return the HTML of *document* at *density*, or what is wrong with the templates and stylesheets."""
    findings: list[Finding] = []
    audience = project.settings.audiences[document.audience]
    words = project.strings[primary_language(document.language)]
    environment = _environment(project.templates, document, words, audience)
    name = _template_name(document, project.templates)
    if name is None:
        known = suggest(document.format, (n.removeprefix("formats/") for n in project.templates))
        return "", (
            Finding(Place(f"templates/formats/{document.format}.html"), "this template is missing", known),
        )
    context = {
        "document": document,
        "audience": audience,
        "organisation": project.settings.organisation,
        "words": words,
        "density": density,
        "direction": "rtl" if primary_language(document.language) in RIGHT_TO_LEFT else "ltr",
        "foot": _foot(document, words),
        "qr_code": _qr_code(document, words),
        "stylesheets": Markup(_STYLESHEETS_MARK),
    }
    try:
        body = environment.get_template(name).render(context)
    except _TEMPLATE_FAULTS as error:
        return "", (_template_fault(error, name, project.templates),)
    stylesheets = _stylesheets(document, project, audience, body, findings.append)
    return body.replace(_STYLESHEETS_MARK, stylesheets), tuple(findings)


_STYLESHEETS_MARK = "<!--stylesheets-->"


# ---- templates --------------------------------------------------------------------------------


def _template_name(document: Document, templates: Mapping[str, str]) -> str | None:
    """Return the audience's own template for this format, or the format's."""
    for name in (f"{document.audience}/{document.format}.html", f"formats/{document.format}.html"):
        if name in templates:
            return name
    return None


def _environment(
    templates: Mapping[str, str], document: Document, words: Words, audience: Audience
) -> ImmutableSandboxedEnvironment:
    def load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        return (templates[name], f"templates/{name}", lambda: True) if name in templates else None

    environment = ImmutableSandboxedEnvironment(
        loader=FunctionLoader(load),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pen = _Pen(document.pictures, audience.accent, words)
    environment.filters.update(
        inline=pen.inlines,
        drawn=pen.picture,
        kind=lambda block: type(block).__name__,
        groups=grouped,
        pictures=lambda blocks: [block for block in blocks if isinstance(block, Picture)],
        beside=beside,
        in_runs=in_runs,
        is_compact=is_compact,
        parted=parted,
        breakable=breakable,
        without=lambda blocks, others: [block for block in blocks if block not in others],
        is_needs=is_needs,
        holds_steps=holds_steps,
    )
    return environment


_TEMPLATE_FAULTS = (
    TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What a slip in a template raises; a template that includes itself ends in the recursion."""


def _template_fault(error: Exception, name: str, templates: Iterable[str]) -> Finding:
    """Return the fault of a template with the line that Python's traceback, or the parser, names."""
    place = Place(f"templates/{name}", getattr(error, "lineno", None) or 0)
    if not place.line:
        for frame in traceback.extract_tb(error.__traceback__):
            if frame.filename.startswith("templates/"):
                place = Place(frame.filename, frame.lineno or 0)
    elif (template := getattr(error, "name", None)) is not None:
        place = Place(f"templates/{template}", place.line)
    if isinstance(error, RecursionError):
        fix = "look for an include, import or macro that leads back to itself"
        return Finding(Place(f"templates/{name}"), "the template includes itself without end", fix)
    if isinstance(error, TemplateNotFound):
        return Finding(place, f"there is no template '{error.name}'", suggest(str(error.name), templates))
    # The words of a syntax error alone: as a text it also quotes file and line.
    what = error.message if isinstance(error, TemplateSyntaxError) else str(error)
    return Finding(place, f"the template cannot be used: {what}", "mend this line of the template")


@dataclass(frozen=True)
class Group:
    """A heading of the opening or closing text, with what stands under it."""

    heading: Heading | None
    blocks: tuple[Block, ...]


def grouped(blocks: Iterable[Block]) -> tuple[Group, ...]:
    """Return *blocks* in groups, each under its second-level heading."""
    groups: list[Group] = []
    for block in blocks:
        if isinstance(block, Heading) and block.level == 2:
            groups.append(Group(block, ()))
        elif groups:
            groups[-1] = Group(groups[-1].heading, (*groups[-1].blocks, block))
        else:
            groups.append(Group(None, (block,)))
    return tuple(groups)


def unbroken(text: str) -> Markup:
    """Return *text* with its short hyphenated words kept on one line: "ICT-anker", "6-cijferig".

    The text face has no non-breaking hyphen (U+2011).
    """
    parts = _HYPHENATED.split(text)
    return Markup("").join(
        Markup('<span class="nowrap">{}</span>').format(part)
        if i % 2 and len(part) <= LONGEST_UNBROKEN_WORD
        else part
        for i, part in enumerate(parts)
    )


def breakable(address: str) -> Markup:
    """Return *address* with places to break it after a dot or slash: a hyphen would become part of it."""
    return Markup("<wbr>").join(re.split(r"(?<=[./])", address))


def is_compact(steps: NumberedSteps) -> bool:
    """Tell whether no step of *steps* has substeps: each is one action then, and its command no title."""
    return not any(
        isinstance(block, NumberedSteps) or (isinstance(block, Choice) and holds_steps(block))
        for step in steps.steps
        for block in step.blocks
    )


@dataclass(frozen=True)
class Run:
    """Sections after each other that are set alike."""

    sections: tuple[Section, ...]
    in_columns: bool
    """True: two narrow columns, which two short procedures or the many short steps of one can fill."""


def in_runs(sections: Sequence[Section]) -> tuple[Run, ...]:
    """Return *sections* in runs: narrow ones together, each wide one alone."""
    runs: list[list[Section]] = []
    for section in sections:
        if runs and _is_narrow(runs[-1][-1]) and _is_narrow(section):
            runs[-1].append(section)
        else:
            runs.append([section])
    return tuple(Run(tuple(run), _fills_columns(run)) for run in runs)


def _fills_columns(run: Sequence[Section]) -> bool:
    steps = sum(1 for section in run for _ in step_numbers(section.blocks))
    return _is_narrow(run[0]) and (len(run) > 1 or steps >= LEAST_STEPS_FOR_COLUMNS)


def _is_narrow(section: Section) -> bool:
    return not any(
        isinstance(block, Choice | Table) or (isinstance(block, NumberedSteps) and not is_compact(block))
        for block in section.blocks
    )


@dataclass(frozen=True)
class Parted:
    """The blocks of a procedure: what leads up to its steps, and the steps with what follows."""

    lead_in: tuple[Block, ...]
    steps: tuple[Block, ...]


def parted(blocks: Iterable[Block]) -> Parted:
    """Return *blocks* parted before the first steps; all of them lead in where there are none."""
    lead_in: list[Block] = []
    rest = list(blocks)
    while rest and not isinstance(rest[0], NumberedSteps) and not _is_top_choice(rest[0]):
        lead_in.append(rest.pop(0))
    return Parted(tuple(lead_in), tuple(rest))


def _is_top_choice(block: Block) -> bool:
    return isinstance(block, Choice) and holds_steps(block)


def beside(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Return what stands beside a step: its pictures, or else its callouts."""
    pictures = tuple(block for block in blocks if isinstance(block, Picture))
    return pictures or tuple(block for block in blocks if isinstance(block, Callout))


def is_needs(block: BulletList) -> bool:
    """Tell whether each item opens with a picture: then the list is what a person must have at hand."""
    return all(
        item
        and isinstance(item[0], Paragraph)
        and item[0].children
        and isinstance(item[0].children[0], Picture)
        for item in block.items
    )


def holds_steps(block: Choice) -> bool:
    """Tell whether the options of *block* hold steps or substeps."""
    return any(isinstance(inner, NumberedSteps) for option in block.options for inner in option.blocks)


def _foot(document: Document, words: Words) -> str:
    """Return the line at the foot of each page: what, how fresh, how long. The strip says for whom."""
    parts = [document.title]
    if document.newest:
        parts.append(f"{words['reviewed']} {_long_date(document.newest, words)}")
    if document.valid_until:
        parts.append(f"{words['valid-until']} {_long_date(document.valid_until, words)}")
    return " · ".join(parts)


def _long_date(day: date, words: Words) -> str:
    return f"{day.day} {words[f'month.{day.month}']} {day.year}"


def _qr_code(document: Document, words: Words) -> Markup:
    if document.qr is None:
        return Markup("")
    alt = words["qr-alt"].format(address=document.qr.text)
    return Markup(qr.svg(qr.symbol(document.qr.url), alt))


# ---- inline content ---------------------------------------------------------------------------


@dataclass(frozen=True)
class _Pen:
    """Writes inline content and pictures as HTML."""

    pictures: Mapping[str, PictureFile]
    accent: str
    words: Words

    def inlines(self, inlines: Iterable[Inline]) -> Markup:
        return Markup("").join(self.inline(inline) for inline in inlines)

    def inline(self, inline: Inline) -> Markup:
        match inline:
            case Text(text):
                return unbroken(text)
            case Strong() | Emphasis():
                tag = "strong" if isinstance(inline, Strong) else "em"
                return Markup(f"<{tag}>{{}}</{tag}>").format(self.inlines(inline.children))
            case UiLabel(text):
                long = " ui--long" if len(text) > LONGEST_UNBROKEN_LABEL else ""
                return Markup('<span class="ui{}">{}</span>').format(long, text)
            case LineBreak():
                return Markup("<br>")
            case Link():
                plain = plain_text(inline.children)
                words = breakable(plain) if plain in inline.url else self.inlines(inline.children)
                return Markup('<a href="{}">{}</a>').format(inline.url, words)
            case StepLabel():
                return self.step_label(inline)
            case SectionLabel():
                return self.section_label(inline)
            case WriteIn(word):
                return Markup('<span class="write-in">{}</span>').format(word)
            case Picture():
                return self.picture(inline, inline=True)
            case _:
                raise TypeError(f"{type(inline).__name__} should have been resolved before composing")

    def step_label(self, label: StepLabel) -> Markup:
        size = " ref--substep" if not label.label.isdigit() else " ref--wide" if len(label.label) > 1 else ""
        number = Markup('<span class="goto">{} {}<span class="ref{}">{}</span></span>').format(
            self.words["step"], self.letter(label.section), size, label.label
        )
        if label.option:
            number += " " + self.words["go-to-option"].format(option=label.option)
        if label.handout:
            number += " " + self.words["in-handout"].format(handout=label.handout)
        return Markup("{} ({})").format(self.inlines(label.children), number) if label.children else number

    def section_label(self, label: SectionLabel) -> Markup:
        words = self.inlines(label.children) or Markup("<strong>{}</strong>").format(label.title)
        named = Markup("{}{}").format(self.letter(label.section), words)
        if label.handout and label.handout != label.title:
            named += " " + self.words["in-handout"].format(handout=label.handout)
        return named

    def letter(self, letter: str | None) -> Markup:
        return Markup('<span class="ref__letter">{}</span>').format(letter) if letter else Markup("")

    def picture(self, picture: Picture, inline: bool = False) -> Markup:
        """Return *picture* as inline SVG that takes the accent, or as an image for the fetcher to answer."""
        file = self.pictures.get(picture.path)
        if file is None:
            return Markup("")  # its absence is a finding of `resolve`
        classes = "picture picture--inline" if inline and picture.alt else "picture"
        if file.type is PictureType.SVG:
            return self.drawing(file, picture.alt, classes)
        return Markup('<img class="{}" src="{}{}" alt="{}">').format(
            classes, ASSETS_URL, file.path, picture.alt
        )

    def drawing(self, file: PictureFile, alt: str, classes: str) -> Markup:
        # The colour of the page does not reach an inline SVG in this engine: it is written into the drawing.
        text = file.data.decode().replace("currentColor", self.accent)
        head, _, rest = text.partition(">")
        # Only a first child <title> becomes the alternative text.
        title = Markup("<title>{}</title>").format(alt) if alt else Markup("")
        hidden = "" if alt else ' aria-hidden="true"'
        return Markup(f'{head} class="{classes}"{hidden}>{title}{rest}')


# ---- stylesheet -------------------------------------------------------------------------------

_ART = re.compile(r'url\("art:([a-z0-9-]+)\?(ink|accent|paper)"\)')
_ICON = re.compile(r' class="(?:[^"]* )?icon--([a-z0-9-]+)((?: [\w-]+)*)"')


def _stylesheets(
    document: Document, project: Project, audience: Audience, body: str, report: Callable[[Finding], None]
) -> str:
    """Return style elements in the order of their say: tokens, parts, the audience's signals, the format.

    The engine names the line of a fault in a sheet; with the file as its place the finding leads there.
    """
    names = (
        "tokens.css",
        "base.css",
        *sorted(name for name in project.styles if name.startswith("components/")),
        f"shapes/{audience.shape}.css",
        f"strips/{audience.strip}.css",
        f"formats/{document.format}.css",
        f"audiences/{document.audience}.css",
    )
    if f"formats/{document.format}.css" not in project.styles:
        known = suggest(document.format, (n for n in project.styles if n.startswith("formats/")))
        report(Finding(Place(f"styles/formats/{document.format}.css"), "this stylesheet is missing", known))
    qr_mm = project.settings.formats[document.format].qr_mm
    made = (
        f":root {{ --accent: {audience.accent}; --qr: {qr_mm:g}mm; }}",
        f'.shape {{ background-image: url("art:{audience.shape}?accent"); }}',
        *_icon_rules(body),
    )
    sheets = (
        *((f"styles/{name}", project.styles[name]) for name in names if name in project.styles),
        ("styles/icons", "\n".join(made)),
    )
    art = _Art(project.styles, audience.accent, report)
    return "\n".join(f'<style data-place="{name}:1">{art.drawn(text)}</style>' for name, text in sheets)


@dataclass(frozen=True)
class _Art:
    """Puts the drawings of styles/icons/ in a stylesheet, in the colour that it asks for."""

    styles: Mapping[str, str]
    accent: str
    report: Callable[[Finding], None]

    def drawn(self, sheet: str) -> str:
        """Return *sheet* with each `url("art:NAME?COLOUR")` as the drawing itself."""
        return _ART.sub(lambda match: self.drawing(match[1], match[2]), sheet)

    def drawing(self, name: str, colour: str) -> str:
        text = self.styles.get(f"icons/{name}.svg")
        if text is None:
            names = (n for n in self.styles if n.startswith("icons/"))
            known = suggest(name, (n.removeprefix("icons/").removesuffix(".svg") for n in names))
            self.report(Finding(Place(f"styles/icons/{name}.svg"), "this drawing is missing", known))
            return "none"
        value = {"ink": INK, "accent": self.accent, "paper": PAPER}[colour]
        return f'url("data:image/svg+xml,{quote(text.replace("currentColor", value))}")'


def _icon_rules(body: str) -> list[str]:
    """Return a rule for each icon that *body* uses. Icons are backgrounds: invisible to a screen reader."""
    used = {(match[1], "is-paper" in match[2]) for match in _ICON.finditer(body)}
    return [
        f".icon--{name}{'.is-paper' if on_accent else ''} "
        f'{{ background-image: url("art:{name}?{"paper" if on_accent else "ink"}"); }}'
        for name, on_accent in sorted(used)
    ]
