"""What a style alone decides is found once, and not for each box and each property by the general way.

Most properties of an element are set by no rule: they are the initial value or that of the parent. Most
lengths are no percentages: the margins, borders and sizes of a box are then those of its style. Most corners
are square.
"""

from __future__ import annotations

from operator import itemgetter
from typing import Any

from weasyprint.css import PHYSICAL_FUNCTIONS, ComputedStyle
from weasyprint.css.functions import check_math
from weasyprint.css.properties import INHERITED, INITIAL_NOT_COMPUTED, INITIAL_VALUES
from weasyprint.layout import percent

_compute = ComputedStyle.__missing__
_resolve = percent.resolve_percentages
_resolve_radii = percent.resolve_radii_percentages


# ---- what no rule sets ------------------------------------------------------------------------

_BY_OWN_WAYS = frozenset({"position", "float", "display", "page"})
"""Each has a rule of its own in the engine, beside the names that `_is_usual` tells by how they begin."""


def _is_usual(name: str) -> bool:
    return name not in _BY_OWN_WAYS and not name.startswith(("__", "text_decoration_"))


INITIAL = {
    name: value
    for name, value in INITIAL_VALUES.items()
    if _is_usual(name)
    and name not in INHERITED
    and name not in INITIAL_NOT_COMPUTED
    and not check_math(value)
}
"""Properties that nobody inherits, with the value that they have where no rule sets one."""
HANDED_DOWN = frozenset(filter(_is_usual, INHERITED))
"""Properties that have the value of the parent where no rule sets one."""
LOGICAL = frozenset(
    function(block="ttb", inline=direction)
    for function in PHYSICAL_FUNCTIONS.values()
    for direction in ("ltr", "rtl")
)
"""Names by the direction of the text: `margin_inline_start` sets `margin_left`, or `margin_right`."""


def computed(style: Any, name: str) -> Any:
    """Return what `ComputedStyle.__missing__` does, and put it in *style*."""
    if name not in style.cascaded and (name not in PHYSICAL_FUNCTIONS or not _has_logical(style)):
        if name in INITIAL:
            value = style[name] = INITIAL[name]
            return value
        if name in HANDED_DOWN and style.parent_style is not None:
            value = style.parent_style[name]
            if not check_math(value):
                style[name] = value
                return value
    return _compute(style, name)


def _has_logical(style: Any) -> bool:
    """Tell whether a rule of *style* sets a property by a name of LOGICAL."""
    found: bool | None = vars(style).get("has_logical")
    if found is None:
        found = style.has_logical = not LOGICAL.isdisjoint(style.cascaded)
    return found


# ---- lengths ----------------------------------------------------------------------------------

_LENGTHS = (
    "margin_left",
    "margin_right",
    "margin_top",
    "margin_bottom",
    "padding_left",
    "padding_right",
    "padding_top",
    "padding_bottom",
    "width",
    "min_width",
    "max_width",
    "height",
    "min_height",
    "max_height",
)
_BORDERS = "border_top_width", "border_right_width", "border_bottom_width", "border_left_width"
_OF_SIZE = itemgetter(*_LENGTHS, *_BORDERS, "box_sizing", "border_collapse")
_ANY_LENGTH_PX = 1000.0
"""Of the box around: where no percentage is, it does not count."""


class _Box:
    """As much of a box as the engine needs to work out its lengths."""

    def __init__(self, style: Any) -> None:
        self.style = style


def resolve_percentages(box: Any, containing_block: Any) -> None:
    """Do what the engine's function of this name does: set the used lengths of *box*."""
    style = box.style
    now = _OF_SIZE(style)
    before, lengths = vars(style).get("used_lengths", (None, None))
    if before != now:  # the engine changes a style here and there
        lengths = _lengths_of(style)
        style.used_lengths = now, lengths
    if lengths is None:
        _resolve(box, containing_block)
    else:
        _own_attributes(box).update(lengths)


def _lengths_of(style: Any) -> dict[str, float | str] | None:
    """Return the used lengths of any box with *style*; None where they depend on the box around it."""
    if style["border_collapse"] == "collapse" or any(_depends(style[name]) for name in _LENGTHS):
        return None
    box = _Box(style)
    _resolve(box, (_ANY_LENGTH_PX, _ANY_LENGTH_PX))
    lengths = dict(vars(box))
    del lengths["style"]
    return lengths


def _depends(value: Any) -> bool:
    """Tell whether *value* is more than a length of its own: a percentage, or a calculation."""
    return value is not None and value != "auto" and getattr(value, "unit", None) != "px"


def _own_attributes(box: Any) -> dict[str, Any]:
    """Return the attributes of *box*, or of the one that it keeps the place of."""
    attributes: dict[str, Any] = vars(getattr(box, "_box", box))
    return attributes


# ---- corners ----------------------------------------------------------------------------------

_SQUARE = {
    f"border_{corner}_radius": (0, 0) for corner in ("top_left", "top_right", "bottom_right", "bottom_left")
}
_corners = itemgetter(*_SQUARE)


def resolve_radii_percentages(box: Any) -> None:
    """Do what the engine's function of this name does: set the used radii of the corners of *box*."""
    style = box.style
    is_square: bool | None = vars(style).get("is_square")
    if is_square is None:
        is_square = style.is_square = all((0, "px") in radii for radii in _corners(style))
    if is_square:
        _own_attributes(box).update(_SQUARE)
    else:
        _resolve_radii(box)
