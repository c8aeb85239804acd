"""Dress a document: its stylesheets with the colours, shapes and drawings of its audience."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from handout.errors import Finding, Place, Report, suggest
from handout.model import Document
from handout.project import Project
from handout.rules import Rule
from handout.settings import Audience

INK = "#000000"
PAPER = "#ffffff"
_ART = re.compile(r'url\("art:([a-z0-9-]+)\?(ink|accent|paper)"\)')
_ICON = re.compile(r' class="(?:[^"]* )?icon--([a-z0-9-]+)((?: [\w-]+)*)"')


def stylesheets(document: Document, project: Project, audience: Audience, body: str, report: Report) -> str:
    """Return style elements in the order of their say: tokens, parts, the audience's signals, the format.

    The engine names the line of a fault in a sheet; with the file as its place the finding leads there.
    """
    format_ = project.settings.formats[document.format]
    own = f"formats/{document.format}.css"
    names = (
        "tokens.css",
        "base.css",
        *sorted(name for name in project.styles if name.startswith("components/")),
        f"shapes/{audience.shape}.css",
        f"strips/{audience.strip}.css",
        *((f"formats/{format_.like}.css",) if format_.like else ()),
        own,
        f"audiences/{document.audience}.css",
    )
    if own not in project.styles and not format_.like:
        known = suggest(document.format, (n for n in project.styles if n.startswith("formats/")))
        report(
            Finding(
                Place(f"styles/formats/{document.format}.css"),
                "this stylesheet is missing",
                known,
                rule=Rule.STYLE_MISSING,
            )
        )
    made = (
        f":root {{ --accent: {audience.accent}; --qr: {format_.qr_mm:g}mm; }}",
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
    report: Report

    def drawn(self, sheet: str) -> str:
        """Return *sheet* with each `url("art:NAME?COLOUR")` as the drawing itself."""
        return _ART.sub(lambda match: self.drawing(match[1], match[2]), sheet)

    def drawing(self, name: str, colour: str) -> str:
        text = self.styles.get(f"icons/{name}.svg")
        if text is None:
            names = (n for n in self.styles if n.startswith("icons/"))
            known = suggest(name, (n.removeprefix("icons/").removesuffix(".svg") for n in names))
            self.report(
                Finding(
                    Place(f"styles/icons/{name}.svg"),
                    "this drawing is missing",
                    known,
                    rule=Rule.STYLE_MISSING,
                )
            )
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
