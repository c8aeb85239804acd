"""Set lines in the place of those that the engine has laid out.

The lines of a value are broken before, and none has another height than the next one, or other fonts. So a
line differs from the one in whose place it stands in its letters, its width and, as it is aligned, where it
begins: the engine need not lay out its page once more for each.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle

from weasyprint.formatting_structure import boxes
from weasyprint.layout.inline import text_align
from weasyprint.text.line_break import split_first_line

from handout.paper.engine.boxes import LayoutBox

SAME_HEIGHT_PX = 1e-3
"""The engine adds its half of the leading to a baseline, and so rounds it."""


def set_lines(box: LayoutBox, texts: Sequence[str]) -> bool:
    """Set *texts* in *box* in the place of its lines: each in that of the first, the second, and so on.

    False, and nothing is left in *box*, where more than lines of text is in it, or the engine would break one
    of *texts* or set it higher or lower.
    """
    block = next(filter(_holds_lines, box.descendants(placeholders=True)), None)
    models = block.children if block is not None else ()
    lines = [_line(block, model, text) for model, text in zip(cycle(models), texts, strict=False)]
    if block is None or None in lines:
        box.children = []
        return False
    block.children = lines
    return True


def _holds_lines(box: LayoutBox) -> bool:
    return bool(box.children) and all(isinstance(child, boxes.LineBox) for child in box.children)


def _line(block: LayoutBox, model: LayoutBox, text: str) -> LayoutBox | None:
    """Return *model*, a line of *block*, with *text* in it; None where that is not one line as high."""
    model_text = _text(model)
    if model_text is None:
        return None
    left_px, right_px = block.content_box_x(), block.content_box_x() + block.width
    own = model_text.copy_with_text(text)
    own.process_text_transform()
    own.pango_layout, _, rest, own.width, height_px, baseline_px = split_first_line(
        own.text, own.style, None, right_px - left_px, own.justification_spacing
    )
    apart_px = abs(height_px - own.height), abs(baseline_px - (own.baseline - own.margin_top))
    if max(apart_px) > SAME_HEIGHT_PX:
        return None  # other fonts, and so another place
    line = model.copy_with_children([own])
    is_rtl = block.style["direction"] == "rtl"
    line.position_x = right_px if is_rtl else left_px
    own.position_x = line.position_x + line.text_indent
    line.width = own.position_x + own.margin_width() - line.content_box_x()
    aside_px = text_align(None, line, right_px - left_px, last=True)
    line.translate(dx=-aside_px - line.width if is_rtl else aside_px)
    return line if rest is None else None


def _text(line: LayoutBox) -> LayoutBox | None:
    """Return the one text of *line*; None where anything else takes room in it, as its end does not."""
    texts = [box for box in line.children if isinstance(box, boxes.TextBox)]
    width_px = sum(box.margin_width() for box in line.children if box not in texts)
    return texts[0] if len(texts) == 1 and not width_px else None
