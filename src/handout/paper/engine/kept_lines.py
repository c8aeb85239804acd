"""A line of text that was broken before is not broken again.

The fit lays out the same words at one width after another setting, the engine looks for the least and the
largest width of a cell before it sets it, and the foot of a sheet is that of the next. What a line is depends
on its letters, its style and its width alone; the fonts are those of the process.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from weasyprint.text import line_break
from weasyprint.text.line_break import Layout

MOST_LINES = 20_000
"""Some 30 MB: those of two handbooks."""

_break = line_break.split_first_line
_measure = line_break.strut
_FONT = (
    "font_family",
    "font_style",
    "font_stretch",
    "font_weight",
    "font_size",
    "font_variant_ligatures",
    "font_variant_position",
    "font_variant_caps",
    "font_variant_numeric",
    "font_variant_alternates",
    "font_variant_east_asian",
    "font_feature_settings",
    "font_variation_settings",
    "font_language_override",
    "lang",
)
OF_LINE = (
    *_FONT,
    "font_kerning",
    "direction",
    "letter_spacing",
    "word_spacing",
    "white_space",
    "word_break",
    "overflow_wrap",
    "hyphens",
    "hyphenate_limit_chars",
    "hyphenate_limit_zone",
    "hyphenate_character",
    "tab_size",
    "text_decoration_line",
)
"""The values of a style that the engine looks up while it breaks a line."""
OF_STRUT = (*_FONT, "line_height")
"""Those that it looks up to measure the least height of a line."""
_of_line, _of_strut = itemgetter(*OF_LINE), itemgetter(*OF_STRUT)


@dataclass
class KeptLines:
    """The lines and struts of one set of fonts."""

    lines: dict[tuple[object, ...], tuple[dict[str, object], tuple[object, ...]]] = field(
        default_factory=dict
    )
    """By text, style and width: what the engine's line holds, and its measures."""
    struts: dict[tuple[object, ...], tuple[float, float]] = field(default_factory=dict)

    @property
    def is_full(self) -> bool:
        return len(self.lines) + len(self.struts) > MOST_LINES


def split_first_line(
    text: str,
    style: Any,
    context: Any,
    max_width: float | None,
    justification_spacing: float,
    is_line_start: bool = True,
    minimum: bool = False,
) -> tuple[Any, ...]:
    """Return what the engine's function of this name does."""
    arguments = text, style, context, max_width, justification_spacing, is_line_start, minimum
    kept = getattr(style.font_config, "lines", None)
    if kept is None:
        return _break(*arguments)  # type: ignore[no-any-return]
    key = (text, max_width, justification_spacing, is_line_start, minimum, *map(_hashable, _of_line(style)))
    if (found := kept.lines.get(key)) is None:
        line, *measures = _break(*arguments)
        # Each box needs a line of its own: it is taken up again when it is drawn.
        found = kept.lines[key] = dict(vars(line)), tuple(measures)
    line = Layout.__new__(Layout)
    vars(line).update(found[0])
    return line, *found[1]


def strut(style: Any) -> tuple[float, float]:
    """Return what the engine's function of this name does."""
    kept = getattr(style.font_config, "lines", None)
    if kept is None:
        return _measure(style)  # type: ignore[no-any-return]
    key = tuple(map(_hashable, _of_strut(style)))
    found: tuple[float, float] | None = kept.struts.get(key)
    if found is None:
        found = kept.struts[key] = _measure(style)
    return found


def _hashable(value: object) -> object:
    """Return *value* as a key: a list of fonts, a set of decorations."""
    match value:
        case list():
            return tuple(value)
        case set():
            return frozenset(value)
    return value
