"""Fill the sides of a sheet alike: turn the page where they weigh the same, and spread what is left.

A step that goes on overleaf is told here too: only the pages say which it is.

A template asks for it with `data-spread` on <body>. It marks where a page may be turned (`data-turn`) and
where a gap may grow: before an element (`data-air-before="2"`: twice the share of another gap) or after it
(`data-air-after="1"`; the last step of a procedure has 0, for it may begin a side as any other). So that
the lines of a step do not stay jammed between wide gaps, those inside it grow by a part of a share
(`data-air-within="0.1"`), and so do the gaps between steps that stand in columns. What is left then goes
before the element marked `data-foot`. This module measures a layout, gives the element
that begins the second side the class `is-turn`, the last step of a side whose procedure goes on overleaf
`goes-on`, the sign behind what is named and stands overleaf `is-overleaf`, and each gap its length in the
custom property `--air`; the stylesheets say what they do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import TypeAlias
from xml.etree.ElementTree import Element

from weasyprint.formatting_structure import boxes

from handout.model.document import Density, Setting
from handout.model.units import px_to_mm
from handout.paper.engine.arrangement import Arrangement
from handout.paper.engine.boxes import LayoutBox
from handout.paper.engine.constraints import PageConstraints
from handout.paper.engine.fit import STEPS, Attempt, attempted
from handout.paper.engine.layout import Layout, Source
from handout.paper.engine.overleaf import NAMED, OVERLEAF_CLASS, SIDES, pages_of, signs_overleaf
from handout.paper.engine.sides import (
    AFTER,
    BEFORE,
    FOOT,
    TURN,
    WITHIN,
    Side,
    flow,
    is_spread,
    is_whole,
    sides_of,
)
from handout.paper.engine.white_space import COLUMN

TURN_CLASS = "is-turn"
ONWARD_CLASS = "goes-on"
TIGHT_CLASS = "is-tight"
_OWN_CLASSES = (TURN_CLASS, ONWARD_CLASS, TIGHT_CLASS, OVERLEAF_CLASS)
_AIR = re.compile(r"--air: (\S+?)(?:;|$)")

MOST_AIR_MM = 10.0
"""What one share of a gap may grow by: with more, the steps of a procedure no longer read as one."""
COLUMN_PART = 0.3
"""Of a share, that the gap after a step in a column grows by: its heads are nearer to each other, too."""
SPREAD_PART = 0.98
"""Rounding must not push the last line off the page."""
LEAST_LEFT_MM = 0.15
"""Nor where so little is left that the rest would be less: rows in two columns needed a tenth of a mm."""
STEP_PENALTY = 0.15
"""How much more alike the sides must be before the page is turned inside a procedure."""
ROUNDING = 0.001
"""A side may be full to the last line."""
FULLEST_END = 0.97
"""Of its height, up to which the side that closes the sheet is full: its foot needs air, too."""
SIGN_MM = 7.0
"""What the sign to turn over makes a step higher at most, that goes on overleaf."""
TIGHT_SIGN_MM = 3.0
"""The same of the small sign, for a side that has no room for the other."""
LEAST_MM = 0.5
"""What is less is rounding."""


@dataclass(frozen=True)
class FlowBlock:
    """A marked element on the page where it begins."""

    element: Element
    page_index: int
    top_mm: float
    bottom_mm: float
    """From the top of the page's text area, with borders and without margins."""
    is_held: bool
    """Whether it stands in something that should stay on one page."""

    is_one: bool
    """Whether nothing in it counts by itself: a step, or columns."""

    def share(self, name: str) -> float:
        return float(self.element.get(name, 0))

    def inner_parts(self) -> dict[Element, float]:
        """Return the gaps in a step or in columns, with the part of a share that each grows by."""
        if not self.is_one:
            return {}
        within = {one: float(one.get(WITHIN, 0)) for one in self.element.iter() if one.get(WITHIN)}
        steps = (one for column in self._columns() for one in column.iter() if one.get(AFTER))
        return {**within, **{step: COLUMN_PART * float(step.get(AFTER, 0)) for step in steps}}

    def inner_share(self) -> float:
        """Return by how many shares its inner gaps make it higher: as the fullest of its columns."""
        parts = self.inner_parts()
        beside = self._columns() or [self.element]
        return max(sum(parts.get(one, 0) for one in column.iter()) for column in beside)

    def _columns(self) -> list[Element]:
        return [child for child in self.element if child.get(COLUMN) is not None]


AirMark: TypeAlias = tuple[str, str]
"""What an element is given: a class, and the length by which its gap grows; empty where it gets none."""


def balanced(best: Attempt, source: Source, promise: PageConstraints) -> Attempt:
    """Return *best* with its sides filled alike, or as it was where that does not fit.

    Takes at most ten layouts more than the fit: one to turn the page, eight tries, one to settle.
    """
    if not best.fits or not is_spread(best.layout.root):
        return best

    def at(setting: Setting) -> Attempt:
        return attempted(source, setting, promise)

    turn = turn_of(best.layout)
    if turn is not None and not turn.is_made:
        best = _changed(best, {turn.element: (TURN_CLASS, "")}, lambda: at(best.layout.setting))
    # Also where it begins that side by itself: below a fuller side the engine would keep its margin.
    turned = {turn.element: TURN_CLASS} if turn is not None and turn.is_made else {}
    for one in _tries(best.layout, turned, promise):
        found = _changed(best, one.marks, partial(at, one.setting), one.is_true)
        if found is not best:
            return _settled(found, partial(at, one.setting), one.is_true)
    return best


@dataclass(frozen=True)
class _Try:
    """A layout with marks that may fit."""

    marks: Mapping[Element, AirMark]
    setting: Setting
    onward: frozenset[Element] = frozenset()
    """The steps with a sign to turn over."""
    overleaf: frozenset[Element] = frozenset()
    """The signs that a name leads overleaf."""

    def is_true(self, layout: Layout) -> bool:
        """Tell whether the signs say what is so in *layout*, which they made another one."""
        return (not self.onward or steps_that_go_on(layout) == self.onward) and (
            self.overleaf <= signs_overleaf(layout)
        )


def _tries(layout: Layout, turned: Mapping[Element, str], promise: PageConstraints) -> Iterator[_Try]:
    """Yield with which signs and gaps *layout* may be made again, the best first.

    The sign to turn over is large, small where a side has no room for that, or stands on a sheet that is
    set a little tighter. What is left is spread over all sides, or over the one alone that has most to spare,
    where a full one has no room for what rounding adds.
    """
    onward = steps_that_go_on(layout)
    overleaf = signs_overleaf(layout) if promise.pages == SIDES else frozenset()
    if onward or overleaf:
        yield from _signed(layout, turned, promise, onward, overleaf)
    of_all, of_one = airs_of(layout), _airs_of_one(layout)
    for airs_mm in (of_all, of_one) if of_one != of_all else (of_all,):
        if any(airs_mm.values()):
            yield _Try(_marks(airs_mm, turned), layout.setting)


SIGNS = ((ONWARD_CLASS, SIGN_MM), (f"{ONWARD_CLASS} {TIGHT_CLASS}", TIGHT_SIGN_MM))


def _signed(
    layout: Layout,
    turned: Mapping[Element, str],
    promise: PageConstraints,
    onward: frozenset[Element],
    overleaf: frozenset[Element],
) -> Iterator[_Try]:
    """Yield the layouts with signs, to turn over and of what is named and stands overleaf.

    All signs at the size of *layout*; or at a smaller one at which they have room; or at least those that
    take no line more.
    """
    setting = layout.setting
    room_mm = _room_for_signs(layout, onward)
    texts = _longer_texts(layout, overleaf)
    lines_mm = _lines_mm(texts.values())
    signs = {**turned, **dict.fromkeys(overleaf, OVERLEAF_CLASS), **dict.fromkeys(onward, SIGNS[-1][0])}
    if _is_room(layout, lines_mm):
        name, sign_mm = next((one for one in SIGNS if one[1] + 2 * LEAST_MM <= room_mm), SIGNS[-1])
        if sign_mm <= room_mm:
            airs_mm = airs_of(layout, sign_mm, lines_mm=lines_mm)
            yield _Try(_marks(airs_mm, {**signs, **dict.fromkeys(onward, name)}), setting, onward, overleaf)
        if room_mm >= TIGHT_SIGN_MM - LEAST_GAP_MM:
            yield _Try(_marks(_airs_of_one(layout, lines_mm=lines_mm), signs), setting, onward, overleaf)
    # What smaller type gives is not spread, but before a foot: of a side with drawings it is little.
    for setting, some in _fewer_signs(layout, promise, onward, overleaf, texts)[:MOST_FEWER]:
        kept = {element: name for element, name in signs.items() if element not in overleaf - some}
        airs_mm = _airs_of_one(layout, _lines_mm(texts[one] for one in some if one in texts))
        airs_mm |= _above_feet(layout, airs_mm, setting.scale / layout.setting.scale)
        yield _Try(_marks(airs_mm, kept), setting, onward, some)


MOST_FEWER = 2
"""Settings to try: more layouts are not worth a sign."""


def _fewer_signs(
    layout: Layout,
    promise: PageConstraints,
    onward: frozenset[Element],
    overleaf: frozenset[Element],
    texts: Mapping[Element, _Text],
) -> list[tuple[Setting, frozenset[Element]]]:
    """Return which of the signs *overleaf* have room beside those of *onward*, as it is and in smaller type.

    *texts* are those that such a sign makes longer. The most signs first, then the largest type; none where
    they would be as many as fitted at a larger size.
    """
    cheapest = sorted(overleaf, key=lambda sign: texts[sign].line_mm if sign in texts else 0)
    found: dict[frozenset[Element], Setting] = {}
    for setting in (layout.setting, *_tighter(layout.setting, promise)):
        smaller = setting.scale / layout.setting.scale
        some: list[Element] = []
        for sign in cheapest:
            longer = [texts[one] for one in (*some, sign) if one in texts]
            if _is_room(layout, _needs_mm(layout, onward, longer), smaller):
                some.append(sign)
        if some or (onward and _is_room(layout, _needs_mm(layout, onward, []), smaller)):
            found.setdefault(frozenset(some), setting)
    return sorted(((setting, some) for some, setting in found.items()), key=lambda one: -len(one[1]))


def _needs_mm(layout: Layout, onward: frozenset[Element], texts: Iterable[_Text]) -> dict[int, float]:
    """Return by how much each page grows, in mm, with longer *texts* and the small signs of *onward*."""
    pages = pages_of(layout)
    needs_mm = _lines_mm(texts)
    for step in onward:
        needs_mm[pages[step]] = needs_mm.get(pages[step], 0) + TIGHT_SIGN_MM
    return needs_mm


def _is_room(layout: Layout, needs_mm: Mapping[int, float], smaller: float = 1) -> bool:
    """Tell whether each page has the room of *needs_mm*, where all is *smaller* by that factor."""
    return all(
        side.height_mm - side.used_mm * smaller + LEAST_MM >= needs_mm.get(index, 0)
        for index, side in enumerate(sides_of(layout))
    )


FOOT_PART = 0.8
"""Of what is left of a full side, that may stand in one gap: rounding has the rest."""
LEAST_GAP_MM = 2.5
"""Below a step of a full sheet there is so much already that a sign takes."""


def _room_for_signs(layout: Layout, onward: frozenset[Element]) -> float:
    """Return how much is left on the fullest side that a step goes on from, with the gap below that step."""
    pages = pages_of(layout)
    sides = sides_of(layout)
    left_mm = [sides[pages[step]].height_mm - sides[pages[step]].used_mm for step in onward]
    return min(left_mm, default=SIGN_MM) + LEAST_GAP_MM


SIGN_WORDS_MM = 25.0
"""How wide the words of a sign overleaf are, in the type of a text: "(achterkant)" with its space."""
SIGN_WIDTH = "data-sign-mm"
"""The same in a text that has a smaller sign in their place."""
BROKEN_MM = 15.0
"""What a text of more lines may lose where they break anew: the width of a word."""


def _longer_texts(layout: Layout, overleaf: frozenset[Element]) -> dict[Element, _Text]:
    """Return the text of each of the signs *overleaf* whose words take a line more.

    A text whose last line has no room for them goes on in the next one.
    """
    texts = dict(_texts(layout)) if overleaf else {}
    holding = {
        sign: next((texts[one] for one in layout.places.around(sign) if one in texts), None)
        for sign in overleaf
    }
    return {
        sign: held
        for sign, held in holding.items()
        if held is not None and held.left_mm < held.sign_mm * layout.setting.scale
    }


def _lines_mm(texts: Iterable[_Text]) -> dict[int, float]:
    """Return by how much each page grows, in mm, where each of *texts* takes a line more.

    Those of columns beside each other count as if they stood below each other, for columns break anew.
    """
    grown_mm: dict[int, float] = {}
    for text in texts:
        grown_mm[text.page_index] = grown_mm.get(text.page_index, 0) + text.line_mm
    return grown_mm


@dataclass(frozen=True)
class _Text:
    """A text as it is laid out."""

    page_index: int
    line_mm: float
    left_mm: float
    """How much of its last line is empty."""
    sign_mm: float
    """How much of it a sign takes at full size."""


def _texts(layout: Layout) -> Iterator[tuple[Element, _Text]]:
    """Yield the elements that hold lines of text."""
    for index, page_box in enumerate(layout.page_boxes):
        for box in page_box.descendants():
            last = next(reversed(getattr(box, "children", ())), None)
            if isinstance(box.element, Element) and isinstance(last, boxes.LineBox):
                ends_px = max(child.position_x + child.margin_width() for child in last.children)
                left_px = box.content_box_x() + box.width - ends_px
                words_mm = float(box.element.get(SIGN_WIDTH, SIGN_WORDS_MM))
                sign_mm = words_mm + (BROKEN_MM if len(box.children) > 1 else 0)
                yield box.element, _Text(index, px_to_mm(last.height), px_to_mm(left_px), sign_mm)


def _airs_of_one(layout: Layout, lines_mm: Mapping[int, float] | None = None) -> dict[Element, float]:
    """Return the airs of *layout*; of sides with less to spare than another only that before the foot."""
    left_mm = [side.height_mm - side.used_mm for side in sides_of(layout)]
    emptiest = left_mm.index(max(left_mm))
    airs_mm = airs_of(layout, lines_mm=lines_mm)
    pages = {
        element: block.page_index
        for block in _blocks(layout)
        for element in (block.element, *block.inner_parts())
    }
    kept = {element: air_mm if pages.get(element) == emptiest else 0.0 for element, air_mm in airs_mm.items()}
    for foot in (element for element in airs_mm if element.get(FOOT) is not None and not kept[element]):
        beside = (air_mm for element, air_mm in airs_mm.items() if pages.get(element) == pages.get(foot))
        kept[foot] = FOOT_PART * sum(beside)
    return kept


SURE_PART = 0.4
"""Of what smaller type may give: drawings and badges stay as large."""


def _above_feet(layout: Layout, airs_mm: Mapping[Element, float], smaller: float) -> dict[Element, float]:
    """Return the gaps of *airs_mm* before what closes a side, with what smaller type surely leaves."""
    sides = sides_of(layout)
    return {
        block.element: airs_mm[block.element] + SURE_PART * (1 - smaller) * sides[block.page_index].used_mm
        for block in _blocks(layout)
        if block.element.get(FOOT) is not None
    }


MOST_TIGHTER = 4
"""Steps of the scale: more is not worth a sign."""


def _tighter(setting: Setting, promise: PageConstraints) -> Iterator[Setting]:
    """Yield the next smaller settings than a compact *setting* that the format allows."""
    step = (1 - promise.least_scale) / STEPS
    for times in range(1, MOST_TIGHTER + 1):
        scale = round(setting.scale - times * step, 4)
        if setting.density is Density.COMPACT and scale >= promise.least_scale < 1:
            yield Setting(Density.COMPACT, scale)


MOST_UNDER_FOOT_MM = 2.5
"""What may be left below a block that stands at the foot of its side: with more it seems to hang."""


MOST_UNFILLED_MM = 10.0
"""The same of a side that goes on overleaf, and got no air."""


def _settled(found: Attempt, again: Callable[[], Attempt], is_true: Callable[[Layout], bool]) -> Attempt:
    """Return *found* with what is still left of a side given to the block at its foot, or else to its gaps.

    How high a side is in smaller type or with signs was foretold: where lines then break elsewhere it is
    lower, and only the layout tells by how much.
    """
    blocks = _blocks(found.layout)
    grown: dict[Element, float] = {}
    for index, side in enumerate(sides_of(found.layout)):
        on_page = [block for block in blocks if block.page_index == index]
        feet = [block.element for block in on_page if block.element.get(FOOT) is not None]
        left_mm = side.height_mm - side.used_mm
        if feet and left_mm > MOST_UNDER_FOOT_MM:
            grown |= dict.fromkeys(feet, left_mm * SPREAD_PART)
        # A side whose gaps have their most already is left as it is.
        elif not feet and left_mm > MOST_UNFILLED_MM and not any(_air_of(one.element) for one in on_page):
            grown |= _airs_on(side, on_page, 0)
    marks = _marks({element: _air_of(element) + air_mm for element, air_mm in grown.items()}, {})
    return _changed(found, marks, again, is_true) if grown else found


def _air_of(element: Element) -> float:
    """Return by how much the gap before *element* grows already, in mm."""
    air = _AIR.search(element.get("style", ""))
    return float(air[1].removesuffix("mm")) if air else 0.0


def _marks(airs_mm: Mapping[Element, float], names: Mapping[Element, str]) -> dict[Element, AirMark]:
    """Return what each gap of *airs_mm*, and each element that has one of *names*, is given."""
    return {
        element: (names.get(element, ""), f"{airs_mm[element]:.2f}mm" if element in airs_mm else "")
        for element in {**airs_mm, **names}
    }


def _mark(element: Element, mark: AirMark) -> None:
    """Give *element* its class and its air."""
    name, air = mark
    if name:
        element.set("class", f"{element.get('class', '')} {name}".lstrip())
    if air:
        own = _AIR.sub("", element.get("style", "")).rstrip("; ")
        element.set("style", f"{own}; --air: {air}".lstrip("; "))


def arrangement_of(layout: Layout) -> Arrangement:
    """Return how *layout* is set."""
    return Arrangement(layout.setting, tuple(_mark_of(element) for element in _markable(layout.root)))


def _mark_of(element: Element) -> AirMark:
    classes = element.get("class", "").split()
    air = _AIR.search(element.get("style", ""))
    return " ".join(name for name in _OWN_CLASSES if name in classes), air[1] if air else ""


def arranged(source: Source, arrangement: Arrangement, promise: PageConstraints) -> Attempt | None:
    """Return *source* set as *arrangement* says, in one layout; None where it does not fit so."""
    elements = _markable(source.places.root)
    if len(elements) != len(arrangement.balance):
        return None
    before = [dict(element.attrib) for element in elements]
    for element, mark in zip(elements, arrangement.balance, strict=True):
        _mark(element, mark)
    found = attempted(source, arrangement.setting, promise)
    if found.fits:
        return found
    _restore(elements, before)
    return None


def _markable(root: Element) -> list[Element]:
    """Return the elements that may begin a side, or that a gap stands beside."""
    return [
        element for element in root.iter() if element.attrib.keys() & {TURN, BEFORE, AFTER, WITHIN, NAMED}
    ]


def _restore(elements: Iterable[Element], attributes: Iterable[Mapping[str, str]]) -> None:
    for element, own in zip(elements, attributes, strict=True):
        element.attrib.clear()
        element.attrib.update(own)


def _changed(
    best: Attempt,
    changes: Mapping[Element, AirMark],
    again: Callable[[], Attempt],
    is_true: Callable[[Layout], bool] = lambda _: True,
) -> Attempt:
    """Return the layout with the marks *changes*, or *best* with none of them where it does not fit.

    Nor is it taken where what the marks say *is_true* no more.
    """
    before = [dict(element.attrib) for element in changes]
    for element, mark in changes.items():
        _mark(element, mark)
    found = again()
    if found.fits and is_true(found.layout):
        return found
    _restore(changes, before)
    return best


def steps_that_go_on(layout: Layout) -> frozenset[Element]:
    """Return the steps that end a page and are not the last of their procedure."""
    pages = pages_of(layout)
    return frozenset(
        step
        for parent in layout.root.iter()
        for step, following in pairwise(parent)
        if step.get(AFTER) is not None and step in pages and pages[step] < pages.get(following, 0)
    )


# ---- where the page is turned -----------------------------------------------------------------


@dataclass(frozen=True)
class Turn:
    """Where the second of two sides should begin."""

    element: Element
    is_made: bool
    """It begins there already."""


def turn_of(layout: Layout) -> Turn | None:
    """Return where the second of two sides should begin; None where there are not two, or no better place."""
    sides, blocks = sides_of(layout), _blocks(layout)
    if len(sides) != 2:
        return None
    costs = dict(_costs(sides, blocks))
    if not costs:
        return None
    best = min(costs, key=lambda index: (costs[index], index))
    # The page may be turned where no mark stands, before the last step of a procedure: that may be better.
    if costs[best] > _cost([side.used_mm / side.height_mm for side in sides], is_head=False):
        return None
    begins = blocks[best].page_index == 1 and blocks[best - 1].page_index == 0
    return Turn(blocks[best].element, begins)


def _costs(sides: Sequence[Side], blocks: Sequence[FlowBlock]) -> Iterator[tuple[int, float]]:
    """Yield the indexes of the blocks that may begin the second side, with how unlike the sides then are."""
    total_mm = sides[0].used_mm + sides[1].used_mm
    for index, (before, block) in enumerate(pairwise(blocks), 1):
        is_head = block.element.get(TURN) is not None
        is_inner_step = block.element.get(AFTER) is not None and before.share(AFTER) > 0
        if not block.is_held and (is_head or is_inner_step):
            first_mm = block.top_mm + (sides[0].used_mm if block.page_index == 1 else 0)
            parts = first_mm / sides[0].height_mm, (total_mm - first_mm) / sides[1].height_mm
            if max(parts) <= 1 + ROUNDING:
                yield index, _cost(parts, is_head=is_head)


def _cost(parts: Sequence[float], *, is_head: bool) -> float:
    """Return how ill two sides look that are full to these *parts*; the second may begin with a head."""
    first, second = parts
    return (
        abs(first - second) + (0 if is_head else STEP_PENALTY) + (STEP_PENALTY if second > FULLEST_END else 0)
    )


# ---- what is left of a page -------------------------------------------------------------------


def airs_of(
    layout: Layout,
    sign_mm: float = SIGN_MM,
    lines_mm: Mapping[int, float] | None = None,
) -> dict[Element, float]:
    """Return by how much each marked gap grows, in mm, so that the sides are full; 0 for the others.

    A side that goes on overleaf keeps *sign_mm* for the sign that says so, and each what *lines_mm* says.
    """
    airs = {element: 0.0 for element in layout.root.iter() if element.attrib.keys() & {BEFORE, AFTER, WITHIN}}
    blocks, onward = _blocks(layout), steps_that_go_on(layout)
    for index, side in enumerate(sides_of(layout)):
        on_page = [block for block in blocks if block.page_index == index]
        has_sign = any(block.element in onward for block in on_page)
        kept_mm = (sign_mm if has_sign else 0) + (lines_mm or {}).get(index, 0)
        airs.update(_airs_on(side, on_page, kept_mm))
    return airs


def _airs_on(side: Side, blocks: Sequence[FlowBlock], kept_mm: float) -> dict[Element, float]:
    shares = {block.element: _share(side, block) for block in blocks}
    inner = {one: part for block in blocks for one, part in block.inner_parts().items()}
    left_mm = side.height_mm - side.used_mm - kept_mm
    spare_mm = min(left_mm * SPREAD_PART, left_mm - LEAST_LEFT_MM)
    total = sum(shares.values()) + sum(block.inner_share() for block in blocks)
    if spare_mm < LEAST_MM or not total:
        return {}
    one_mm = min(MOST_AIR_MM, spare_mm / total)
    airs = {element: share * one_mm for element, share in {**shares, **inner}.items()}
    for element in airs:
        if element.get(FOOT) is not None:
            airs[element] += spare_mm - total * one_mm
    return airs


def _share(side: Side, block: FlowBlock) -> float:
    """Return the share of *block* in the air of its side: none at the top or the bottom of a page."""
    before = block.share(BEFORE) if block.top_mm > LEAST_MM else 0
    after = block.share(AFTER) if block.bottom_mm < side.used_mm - LEAST_MM else 0
    return before + after


# ---- what the engine laid out -----------------------------------------------------------------


def _blocks(layout: Layout) -> tuple[FlowBlock, ...]:
    """Return the marked elements in the order of the text, but those that stand beside others."""
    blocks: dict[Element, FlowBlock] = {}
    for index, page_box in enumerate(layout.page_boxes):
        start_px = page_box.content_box_y()
        for box, is_held in _marked(page_box, is_held=False):
            top_px = box.border_box_y() - start_px
            bottom_px = top_px + box.border_height()
            top_mm, bottom_mm = px_to_mm(top_px), px_to_mm(bottom_px)
            block = FlowBlock(box.element, index, top_mm, bottom_mm, is_held, is_one=is_whole(box))
            blocks.setdefault(box.element, block)  # a later one is the rest of it, on the next page
    return tuple(blocks.values())


def _marked(box: LayoutBox, *, is_held: bool) -> Iterator[tuple[LayoutBox, bool]]:
    """Yield the marked boxes inside *box*, with whether a box around them is held together."""
    for child in flow(box):
        if isinstance(child, boxes.BlockLevelBox) and isinstance(child.element, Element):
            names = child.element.attrib.keys() & {BEFORE, AFTER, TURN}
            if names and child.element_tag == child.element.tag:
                yield child, is_held
        is_kept = child.style["break_inside"] in ("avoid", "avoid-page")
        yield from _marked(child, is_held=is_held or is_kept)
