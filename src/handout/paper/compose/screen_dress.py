"""Dress the pages for a screen as the sheets are: the same tokens, signs and colours. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from handout.model.colours import tint
from handout.paper.compose.stylesheet import INK
from handout.project.project import Project
from handout.project.settings import Audience

NOTE_SHARE = 0.25
"""Of the highlight or the accent in the ground of a note, the rest white."""
_USED_ICON = re.compile(r'class="icon icon--([\w-]+)"')
_ICON_FILE = re.compile(r"icons/([\w-]+)\.svg")
_PLAIN = " =:/,.-'();"
"""Signs that an address in a stylesheet may hold as they are."""


def tokens(project: Project, audience: Audience | None) -> str:
    """Return the tokens of the sheets as a stylesheet, in the colours of *audience*."""
    accent = audience.accent if audience else INK
    highlight = (audience.highlight if audience else None) or accent
    own = f":root {{ --accent: {accent}; --sun: {tint(highlight, NOTE_SHARE)}; }}"
    return packed(f"{project.styles.get('tokens.css', '')}\n{own}")


def icons(project: Project) -> Mapping[str, str]:
    """Return the rules that draw the signs, by name."""
    named = ((_ICON_FILE.fullmatch(path), text) for path, text in project.styles.items())
    return {found[1]: _icon_rule(found[1], text) for found, text in named if found}


def used_icons(page: str, rules: Mapping[str, str]) -> tuple[str, ...]:
    """Return those of *rules* whose signs *page* shows, in the order of their names."""
    return tuple(rules[name] for name in sorted(set(_USED_ICON.findall(page))))


def packed(sheet: str) -> str:
    """Return a stylesheet without comments and on one line; no text of it ends the element it stands in."""
    plain = re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)).strip()
    return plain.replace("</", r"<\/")


def _icon_rule(name: str, drawing: str) -> str:
    """Return the rule that draws a sign as a mask, in the colour of the text: a script in it is not run."""
    drawn = " ".join(drawing.replace("currentColor", "#000").split())
    return f'.icon--{name} {{ --icon: url("data:image/svg+xml,{quote(drawn, safe=_PLAIN)}"); }}'
