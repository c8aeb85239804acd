"""Dress a document: its stylesheets with the colours, shapes and drawings of its audience."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from urllib.parse import quote

from handout.model.colours import tint
from handout.model.document import Document, Ink
from handout.model.findings import Finding, Place, Report, suggest
from handout.model.messages import say
from handout.model.names import SETTINGS_FILE
from handout.model.rules import Rule
from handout.project.project import Project, no_drawing
from handout.project.settings import Audience

INK = "#000000"
PAPER = "#ffffff"
HIGHLIGHT_SHARE = 0.2
"""Of the accent, the rest white: black on it has 12 to 1 and more."""
_ART = re.compile(r'url\("art:([a-z0-9-]+)\?(ink|accent|paper)"\)')
_ICON = re.compile(r' class="(?:[^"]* )?icon--([a-z0-9-]+)((?: [\w-]+)*)"')


def stylesheets(document: Document, project: Project, audience: Audience, body: str, report: Report) -> str:
    """Return style elements in the order of their say: tokens, parts, the audience's signals, the format.

    Then the audience; but the sheet of another way of reading has the last word on how large type is.

    The engine names the line of a fault in a sheet; with the file as its place the finding leads there.
    """
    format_ = project.settings.formats[document.format]
    own, audience_sheet = f"formats/{document.format}.css", f"audiences/{document.audience}.css"
    names = (
        "tokens.css",
        "base.css",
        *sorted(name for name in project.styles if name.startswith("components/")),
        f"shapes/{audience.shape}.css",
        f"strips/{audience.strip}.css",
        *((f"formats/{format_.like}.css",) if format_.like else ()),
        *((audience_sheet, own) if format_.reading else (own, audience_sheet)),
    )
    if own not in project.styles and not format_.like:
        dressed = (n for n in project.styles if n.startswith("formats/"))
        known = suggest(document.format, (n.removeprefix("formats/").removesuffix(".css") for n in dressed))
        report(
            Finding(
                Place(f"styles/formats/{document.format}.css"),
                say("this stylesheet is missing"),
                say("write it, or let the format be 'like' another in handout.toml: {known}", known=known),
                rule=Rule.STYLE_MISSING,
            )
        )
    made = (
        f":root {{ --accent: {audience.accent}; --sun: {_highlight(audience, document.ink)}; "
        f"--qr: {format_.qr_mm:g}mm; }}",
        *((f":root {{ --status: {format_.status_mm:g}mm; }}",) if document.status else ()),
        f'.shape {{ background-image: url("art:{audience.shape}?accent"); }}',
    )
    sheets = (
        *((f"styles/{name}", project.styles[name]) for name in names if name in project.styles),
        ("styles/audience", "\n".join(made)),
        ("styles/paper", _page_sizes(project.settings.page_sizes_mm(document.format))),
        # Apart, for they differ by piece: the engine reads what the others say once for all pieces.
        *((("styles/icons", "\n".join(icons)),) if (icons := _icon_rules(body)) else ()),
    )
    named = partial(_place_of_icon, project, document)
    art = _Art(project.styles, audience.accent, named, report)
    return "\n".join(f'<style data-place="{name}:1">{art.drawn(text)}</style>' for name, text in sheets)


def _highlight(audience: Audience, ink: Ink) -> str:
    """Return the light ground of what a sheet points out; paper where it would eat toner."""
    if ink is Ink.MONO:
        return PAPER
    return audience.highlight or tint(audience.accent, HIGHLIGHT_SHARE)


def _page_sizes(sizes_mm: Sequence[tuple[float, float]]) -> str:
    """Return the rules that give the pages *sizes_mm*: the last is that of most, and of all that follow."""
    width, height = (f"{side:g}mm" for side in sizes_mm[-1])
    rules = [
        f":root {{ --page-width: {width}; --page-height: {height}; }}",
        f"@page {{ size: {width} {height}; }}",
    ]
    rules += (
        f"@page :nth({page}) {{ size: {size[0]:g}mm {size[1]:g}mm; }}"
        for page, size in enumerate(sizes_mm, 1)
        if size != sizes_mm[-1]
    )
    return "\n".join(rules)


@dataclass(frozen=True)
class _Art:
    """Puts the drawings of styles/icons/ in a stylesheet, in the colour that it asks for."""

    styles: Mapping[str, str]
    accent: str
    named: Callable[[str], Place | None]
    """Where the project names a drawing."""
    report: Report

    def drawn(self, sheet: str) -> str:
        """Return *sheet* with each `url("art:NAME?COLOUR")` as the drawing itself."""
        return _ART.sub(lambda match: self.drawing(match[1], match[2]), sheet)

    def drawing(self, name: str, colour: str) -> str:
        text = self.styles.get(f"icons/{name}.svg")
        if text is None:
            what, fix = no_drawing(name, self.styles)
            if (place := self.named(name)) is None:
                place, what = Place(f"styles/icons/{name}.svg"), say("this drawing is missing")
            self.report(Finding(place, what, fix, rule=Rule.STYLE_MISSING))
            return "none"
        value = {"ink": INK, "accent": self.accent, "paper": PAPER}[colour]
        return f'url("data:image/svg+xml,{quote(text.replace("currentColor", value))}")'


def _place_of_icon(project: Project, document: Document, name: str) -> Place | None:
    """Return where the icon *name* of *document* is named: by its audience or by a text; None: by neither."""
    places = project.key_places
    if project.settings.audiences[document.audience].icon == name:
        found = places.get(SETTINGS_FILE, {}).get(f"audiences.{document.audience}.icon")
        return found[0] if found else Place(SETTINGS_FILE)
    for section in document.sections:
        if section.icon == name:
            procedure = project.procedures[section.slug].place
            return places.get(procedure.path, {}).get("icon", (procedure,))[0]
    for handout in project.handouts.values():
        lines = places.get(handout.place.path, {}).get("questions", ())
        for question, place in zip_longest(handout.questions, lines, fillvalue=None):
            if question is not None and question.icon == name:
                return place or handout.place
    return None


def _icon_rules(body: str) -> list[str]:
    """Return a rule for each icon that *body* uses. Icons are backgrounds: invisible to a screen reader."""
    used = {(match[1], "is-paper" in match[2]) for match in _ICON.finditer(body)}
    return [
        f".icon--{name}{'.is-paper' if on_accent else ''} "
        f'{{ background-image: url("art:{name}?{"paper" if on_accent else "ink"}"); }}'
        for name, on_accent in sorted(used)
    ]
