"""Read drawings: what a drawing program saves becomes a plain SVG of shapes, words and gradients.

Of the file only what is drawn is kept, written anew: styles as attributes, copies (`use`) as what they copy,
lengths in pixels. What the engine draws otherwise than a drawing program shows it is said in other words, or
refused with what to do.
"""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape, quoteattr

from fontTools.misc.transform import Identity, Transform

from handout.machine.gate import Refused, forbidden_character
from handout.model.document import PictureFile, PictureType
from handout.model.messages import Message, say
from handout.model.names import quoted
from handout.model.rules import Rule
from handout.model.text import BUNDLED_FAMILIES
from handout.project.reading import drawing_paint as paint
from handout.project.reading import drawing_shape as shape
from handout.project.reading.drawing_file import DrawingTree, parsed, too_many_elements
from handout.project.reading.drawing_paint import HREFS, Gradient, SolidColour
from handout.project.reading.drawing_style import SVG, Styles, without_variables

MOST_WRITTEN_BYTES = 1_000_000
MOST_ELEMENTS = 10_000
MOST_LEVELS = 60
"""Of the file with its copies put in; groups that say nothing are taken out and do not count."""
MOST_WRITTEN_LEVELS = 20
"""PDF/A allows 28 graphics states in each other (ISO 19005-2 §6.1.13), and the page has its own."""
OUTSIDE = 0.02
"""How far shapes may reach over the edge, as a part of the larger side, before they are cut there."""

_SHAPES = ("path", "rect", "circle", "ellipse", "line", "polyline", "polygon")
_NEVER_DRAWN = frozenset(
    re.findall(
        r"\w+",
        "title desc metadata style defs symbol clipPath linearGradient radialGradient mask pattern filter "
        "marker view cursor font solidColor",
    )
)
"""They lend themselves to others. The alternative text comes from the Markdown."""

_AS_PNG = say("or save it as PNG, at 300 dpi or more")
_OUTLINES = say(
    "turn its letters into shapes: in Inkscape Path > Object to Path, in Illustrator Type > Create Outlines"
)
_REFUSED = {
    "image": (
        say("a photo, or another picture of pixels"),
        say("redraw it as shapes, {as_png}", as_png=_AS_PNG),
    ),
    "foreignObject": (
        say("a text box of a web page (foreignObject)"),
        say("turn its words into shapes, {as_png}", as_png=_AS_PNG),
    ),
    "script": (say("a script"), say("export it as a plain drawing, {as_png}", as_png=_AS_PNG)),
    **dict.fromkeys(
        ("animate", "animateTransform", "animateMotion", "animateColor", "set"),
        (say("something that moves"), say("export it as a still drawing, {as_png}", as_png=_AS_PNG)),
    ),
    **dict.fromkeys(
        ("textPath", "tref", "flowRoot"),
        (
            say("words along a line or in a frame"),
            say(
                "turn them into shapes: in Inkscape Path > Object to Path, in Illustrator Type > Create "
                "Outlines"
            ),
        ),
    ),
    **dict.fromkeys(
        ("mesh", "meshgradient", "hatch"),
        (say("a mesh gradient"), say("use a plain one, {as_png}", as_png=_AS_PNG)),
    ),
}
_EFFECTS = {
    "filter": (
        say("a shadow, blur or another filter"),
        say(
            "take it off: in Inkscape Filters > Remove Filters, in Illustrator the panel Appearance; "
            "{as_png}",
            as_png=_AS_PNG,
        ),
    ),
    "mask": (
        say("a mask"),
        say(
            "release it or flatten it: in Inkscape Object > Mask > Release, in Illustrator "
            "Object > Flatten Transparency; {as_png}",
            as_png=_AS_PNG,
        ),
    ),
    **dict.fromkeys(
        ("marker", "marker-start", "marker-mid", "marker-end"),
        (
            say("arrow heads or other marks on a line"),
            say(
                "turn the line into shapes: in Inkscape Path > Stroke to Path, in Illustrator Object > "
                "Expand; {as_png}",
                as_png=_AS_PNG,
            ),
        ),
    ),
}

_INHERITED = frozenset(
    re.findall(
        r"[\w-]+",
        "fill fill-opacity fill-rule stroke stroke-opacity stroke-width color clip-rule visibility "
        "font-family font-size paint-order text-anchor marker marker-start marker-mid marker-end",
    )
)
_KEYWORDS = {
    "fill-rule": ("nonzero", "evenodd"),
    "stroke-linecap": ("butt", "round", "square"),
    "stroke-linejoin": ("miter", "round", "bevel"),
    "text-anchor": ("start", "middle", "end"),
    "font-style": ("normal", "italic", "oblique"),
}
_BASELINE = re.compile(r"[a-zA-Z-]{1,30}")
_FONT_WEIGHT = re.compile(r"normal|bold|bolder|lighter|[1-9]00")
_FONTS = re.compile(r"[\w ,'\"-]{1,200}")
_GENERIC_FONTS = frozenset({"sans-serif", "system-ui", "ui-sans-serif", "inherit"})
_FONT_SIZES = {"small": 13, "medium": 16, "large": 18}
_GEOMETRY = {
    "rect": ("x", "y", "width", "height", "rx", "ry"),
    "circle": ("cx", "cy", "r"),
    "ellipse": ("cx", "cy", "rx", "ry"),
    "line": ("x1", "y1", "x2", "y2"),
    "polyline": (),
    "polygon": (),
    "path": (),
}
_OF_THE_WHOLE = ("transform", "opacity", "clip-path")
"""What holds for a shape as a whole, where it is drawn in two."""
_URL = re.compile(r"""url\(\s*(["']?)(.*?)\1\s*\)\s*(.*)""", re.DOTALL | re.IGNORECASE)
_LENT_NAME = re.compile(r"url\(#([cg][0-9]+)\)")


def drawing(path: str, data: bytes) -> PictureFile:
    """Return the drawing in *data*, the bytes of the SVG file *path*.

    The same bytes give the same drawing, and a drawing that was read once is read again as it is. Raises
    Refused, with the line, where it holds what cannot be printed as it is drawn.
    """
    tree = parsed(data)
    view = _view_box(tree)
    text = _Writer(tree, view).written()
    if len(text) > MOST_WRITTEN_BYTES:
        raise too_many_elements(0)
    content = hashlib.sha256(unicodedata.normalize("NFC", text).encode()).hexdigest()
    return PictureFile(path, PictureType.SVG, text.encode(), view[2], view[3], content)


def _view_box(tree: DrawingTree) -> tuple[float, float, float, float]:
    """Return the view box: that of the file, or its width and height (SVG 2 §8.2)."""
    top = tree.top
    line = tree.lines[top]
    if (view_box := top.get("viewBox")) is None:
        sides = [shape.length_px(top.get(side, "")) for side in ("width", "height")]
        if None in sides or not all(side and side > 0 for side in sides):
            raise Refused(
                Rule.DRAWING_FORM,
                say("the drawing has no viewBox, and no width and height in its place"),
                say(
                    "export it anew: in Inkscape as 'Optimised SVG' with 'Enable viewboxing'; or add "
                    'viewBox="0 0 WIDTH HEIGHT" to <svg>'
                ),
                line,
            )
        width, height = (float(shape.written(side or 0)) for side in sides)
        return 0, 0, width, height
    found = shape.numbers(view_box)
    is_sound = re.fullmatch(r"[0-9eE+\-., \t\n]+", view_box) and len(found) == 4
    if not is_sound or not all(map(math.isfinite, found)) or found[2] <= 0 or found[3] <= 0:
        raise Refused(
            Rule.DRAWING_FORM,
            say("the viewBox is {view_box}", view_box=quoted(view_box)),
            say("write four numbers, the last two larger than 0"),
            line,
        )
    return found[0], found[1], found[2], found[3]


@dataclass(frozen=True)
class _Around:
    """What an element takes from those around it."""

    said: Mapping[str, str] = field(default_factory=dict)
    """What they say that holds inside, by property; custom ones too."""
    matrix: Transform = Identity
    """From the space of the element to that of the drawing."""
    clip: shape.Edges | None = None
    """What of the drawing a clip path around it lets through at most; None: all."""
    copied: tuple[Element, ...] = ()
    """What is being copied by `use`: none of it may copy itself."""
    level: int = 0


class _Writer:
    """Writes a drawing anew: attributes sorted, no white space between shapes, what is lent written first."""

    def __init__(self, tree: DrawingTree, view: tuple[float, float, float, float]) -> None:
        self._tree = tree
        self._view = view
        self._styles = Styles(tree.top, tree.lines)
        self._by_id: dict[str, Element] = {}
        for element in tree.top.iter():
            if name := element.get("id"):
                self._by_id.setdefault(name, element)
        self._lent: dict[str, str] = {}
        """Gradients and clip paths with `{id}` for their name, and that name."""
        self._count = 0
        self._path_bytes = 0
        self._boxes: list[shape.Edges] = []

    def written(self) -> str:
        top = self._tree.top
        said = self._said(top, _Around())
        attributes, around = self._shared(top, "g", said, _Around(said=said))
        around = replace(around, said=_passed_on(said))
        body = "".join(self._inside(top, around))
        if body and self._reaches_out():
            body = f'<g clip-path="url(#{self._lend_clip(_rect(*self._view))})">{body}</g>'
        if _levels(body) > MOST_WRITTEN_LEVELS:
            raise too_many_elements(0)
        defs, body = self._with_lent(body)
        own = _written_attributes({**attributes, "viewBox": " ".join(map(shape.written, self._view))})
        return f'<svg xmlns="http://www.w3.org/2000/svg"{own}>{defs}{body}</svg>'

    def _with_lent(self, body: str) -> tuple[str, str]:
        """Return what *body* names of what is lent, and *body*, named in the order of use."""
        markups = {name: markup for markup, name in self._lent.items()}
        names: dict[str, str] = {}

        def meet(text: str) -> None:
            for name in _LENT_NAME.findall(text):
                if name not in names:
                    meet(markups[name])
                    names[name] = f"{name[0]}{len(names) + 1}"

        def renamed(text: str) -> str:
            return _LENT_NAME.sub(lambda found: f"url(#{names[found[1]]})", text)

        meet(body)
        lent = "".join(renamed(markups[name]).replace("{id}", new) for name, new in names.items())
        return f"<defs>{lent}</defs>" if lent else "", renamed(body)

    # ---- elements

    def _inside(self, element: Element, around: _Around) -> Iterator[str]:
        for child in element:
            yield self._element(child, around)

    def _element(self, element: Element, around: _Around) -> str:
        name = _local(element)
        if name is None or name in _NEVER_DRAWN:
            return ""  # a drawing program's own notes
        self._count += 1
        if self._count > MOST_ELEMENTS or around.level > MOST_LEVELS:
            raise too_many_elements(self._line(element))
        said = self._said(element, around)
        if said.get("display") == "none" or element.get("requiredExtensions"):
            return ""
        around = replace(around, level=around.level + 1)
        if (refused := _REFUSED.get(name)) is not None:
            raise self._refused(element, *refused)
        if name in _SHAPES:
            return self._shape(element, name, said, around)
        if name == "text":
            return self._text(element, said, around)
        attributes, inside = self._shared(element, name, said, around)
        inside = replace(inside, said=_passed_on(said))
        return _group(attributes, self._of_group(element, name, inside))

    def _of_group(self, element: Element, name: str, around: _Around) -> str:
        match name:
            case "g" | "a":
                return "".join(self._inside(element, around))
            case "switch":
                return next((self._element(one, around) for one in element if _is_choice(one)), "")
            case "svg":
                return self._viewport(element, element, around)
            case "use":
                return self._use(element, around)
            case _:
                raise self._refused(
                    element,
                    say("the element {name}", name=quoted(name)),
                    say("redraw it as shapes, {as_png}", as_png=_AS_PNG),
                )

    def _use(self, element: Element, around: _Around) -> str:
        target = self._target(element)
        if target is None:
            return ""
        if target in around.copied:
            raise self._refused(element, say("a copy of itself"), say("export it again as plain SVG"))
        x, y = (self._length(element, side) or 0.0 for side in ("x", "y"))
        around = replace(around, copied=(*around.copied, target))
        moved = replace(around, matrix=around.matrix.translate(x, y))
        if _local(target) in ("symbol", "svg"):
            said = self._said(target, moved)
            attributes, moved = self._shared(target, "g", said, moved)
            inside = _group(
                attributes, self._viewport(target, element, replace(moved, said=_passed_on(said)))
            )
        else:
            inside = self._element(target, moved)
        return _group(
            {"transform": f"translate({shape.written(x)} {shape.written(y)})"} if x or y else {}, inside
        )

    def _target(self, element: Element) -> Element | None:
        href = next((element.get(name, "").strip() for name in HREFS if element.get(name)), "")
        if href and not href.startswith("#"):
            raise self._refused(
                element,
                say("a copy from another file, {href}", href=quoted(href)),
                say("export it with all that belongs to it"),
            )
        return self._by_id.get(href[1:])

    def _viewport(self, element: Element, sized_by: Element, around: _Around) -> str:
        """Return what *element* holds, a drawing in the drawing, in the size that *sized_by* gives it."""
        x, y = (self._length(element, side) or 0.0 for side in ("x", "y"))
        width, height = (self._own_side(name, sized_by, element) for name in ("width", "height"))
        matrix = shape.fitted(
            element.get("viewBox", ""), element.get("preserveAspectRatio", ""), (x, y, width, height)
        )
        before = len(self._boxes)
        inside = "".join(
            self._inside(
                element, replace(around, matrix=around.matrix.transform(matrix), level=around.level + 1)
            )
        )
        inside = _group({} if matrix == Identity else {"transform": shape.matrix_attribute(matrix)}, inside)
        if self._styles.declared(element).get("overflow") == "visible" or not inside:
            return inside
        corners = [around.matrix.transformPoint(point) for point in ((x, y), (x + width, y + height))]
        if all(_is_inside(box, corners) for box in self._boxes[before:]):
            return inside
        return _group({"clip-path": f"url(#{self._lend_clip(_rect(x, y, width, height))})"}, inside)

    def _own_side(self, side: str, *elements: Element) -> float:
        """Return the length of the first of *elements* that has one for *side*; else that of the drawing."""
        lengths = (self._length(element, side) for element in elements)
        return next((length for length in lengths if length is not None), self._whole(side))

    # ---- shapes

    def _shape(self, element: Element, name: str, said: Mapping[str, str], around: _Around) -> str:
        if said.get("visibility") in ("hidden", "collapse"):
            return ""
        for child in element:  # a shape holds titles, and what moves it
            if (refused := _REFUSED.get(_local(child) or "")) is not None:
                raise self._refused(child, *refused)
        own, around = self._shared(element, name, said, around)
        geometry = self._geometry(element, name)
        data = self._outline(element, name, geometry)
        if data is None:
            return ""
        self._boxes.append(self._covered(data, around))
        if said.get("fill") == "none" and said.get("stroke", "none") == "none":
            return ""  # a frame that is there to be selected
        self._check_marks(element, name, said)
        fill = self._paint(element, "fill", said, data)
        stroke = self._paint(element, "stroke", said, data)
        own |= _colours(said, {"fill": fill, "stroke": stroke})
        outer = {key: own.pop(key) for key in _OF_THE_WHOLE if key in own}
        line = {**own, **geometry, "fill": "none"} if said.get("stroke", "none") != "none" else None
        if isinstance(fill, Gradient) and fill.turned is not None:
            painted = self._turned(element, said, data, fill)
            return _group(outer, painted + (_written_element(name, line) if line else ""))
        if isinstance(fill, Gradient):
            name, geometry = "path", {"d": shape.with_room(data)}
            own["fill"] = f"url(#{self._lend(fill.markup)})"
        if line and said.get("fill") != "none" and said.get("paint-order", "").startswith("stroke"):
            field_ = {**own, **geometry, "stroke": "none"}
            return _group(outer, _written_element(name, line) + _written_element(name, field_))
        return _written_element(name, {**outer, **own, **geometry})

    def _covered(self, data: str, around: _Around) -> shape.Edges:
        """Return what of the drawing the outline *data* covers at most; exactly, where it may reach out."""
        rough = shape.rough_bounds(data, around.matrix) or (0, 0, 0, 0)
        if not self._is_in_view(rough):
            rough = shape.bounds(data, around.matrix) or rough
        return shape.common(rough, around.clip)

    def _outline(self, element: Element, name: str, geometry: Mapping[str, str]) -> str | None:
        """Return the outline of a shape as path data; None where it has none."""
        data = shape.path_of(name, geometry)
        if data is not None and not shape.is_path(data):
            raise self._refused(element, say("a path that breaks off"), say("export it again"))
        return data

    def _turned(self, element: Element, said: Mapping[str, str], data: str, gradient: Gradient) -> str:
        """Return the shape *data* in a *gradient* with a space of its own: cut out of a field there."""
        assert gradient.turned is not None
        if said.get("fill-rule") == "evenodd" and shape.needs_even_odd(data):
            what = say("a turned elliptic gradient in a shape with holes")
            raise self._refused(element, what, say("use a plain gradient, {as_png}", as_png=_AS_PNG))
        inner = shape.bounds(data, gradient.turned.inverse()) or (0, 0, 1, 1)
        named = {"d": shape.with_room(_rect(*_sides(inner)))}
        named["fill"] = f"url(#{self._lend(gradient.markup)})"
        opacity = paint.opacity_of(said.get("fill-opacity", "1"))
        if opacity is not None and opacity < 1:
            named["fill-opacity"] = shape.written(opacity)
        moved = {"transform": shape.matrix_attribute(gradient.turned)}
        cut = {"clip-path": f"url(#{self._lend_clip(data)})"}
        return _group(cut, _group(moved, _written_element("path", named)))

    def _geometry(self, element: Element, name: str) -> dict[str, str]:
        geometry: dict[str, str] = {}
        for side in _GEOMETRY[name]:
            value = element.get(side, "").strip()
            if not value or value == "auto":
                continue
            number = self._length(element, side)
            if number is None:
                raise self._refused(
                    element, say("{side}={value}", side=side, value=quoted(value)), say("write plain numbers")
                )
            geometry[side] = value if re.fullmatch(shape.NUMBER, value) else shape.written(number)
        if name in ("polyline", "polygon"):
            geometry |= self._points(element)
        if name == "path":
            geometry |= self._path(element)
        return geometry

    def _points(self, element: Element) -> dict[str, str]:
        value = element.get("points", "")
        points = shape.numbers(value)
        if re.search(r"[^0-9eE+\-., \t\r\n]", value) or not all(map(math.isfinite, points)):
            raise self._refused(
                element, say("points={value}", value=quoted(value)), say("write plain numbers")
            )
        return {"points": " ".join(value.split())} if len(points) >= 4 else {}

    def _path(self, element: Element) -> dict[str, str]:
        data = " ".join(element.get("d", "").split())
        if not data or data == "none":
            return {}
        self._path_bytes += len(data)
        if self._path_bytes > MOST_WRITTEN_BYTES:
            raise too_many_elements(self._line(element))
        return {"d": shape.without_empty_moves(data)}

    def _length(self, element: Element, side: str) -> float | None:
        """Return the length that *element* has for *side*, in pixels; None where it has none."""
        value = element.get(side)
        return None if value is None else shape.length_px(value, self._whole(side))

    def _whole(self, side: str) -> float:
        """Return what is 100 % for *side* (SVG 2 §8.9)."""
        width, height = self._view[2:]
        if side in ("x", "x1", "x2", "cx", "width", "rx", "dx"):
            return width
        if side in ("y", "y1", "y2", "cy", "height", "ry", "dy"):
            return height
        return math.hypot(width, height) / math.sqrt(2)

    # ---- words

    def _text(self, element: Element, said: Mapping[str, str], around: _Around) -> str:
        if said.get("visibility") in ("hidden", "collapse") or not "".join(element.itertext()).strip():
            return ""
        attributes, _ = self._shared(element, "text", said, around)
        return f"<text{_written_attributes({**attributes, **self._of_words(element, said)})}>" + "".join(
            (*self._words(element, said, around), "</text>")
        )

    def _words(self, element: Element, said: Mapping[str, str], around: _Around) -> Iterator[str]:
        yield self._written_words(element, element.text)
        for child in element:
            name = _local(child)
            if name is not None and name not in _NEVER_DRAWN:
                yield self._span(child, name, said, around)
            yield self._written_words(element, child.tail)

    def _span(self, element: Element, name: str, outer: Mapping[str, str], around: _Around) -> str:
        self._count += 1
        if self._count > MOST_ELEMENTS or around.level > MOST_LEVELS:
            raise too_many_elements(self._line(element))
        if (refused := _REFUSED.get(name)) is not None or name not in ("tspan", "a"):
            raise self._refused(
                element, *(refused or (say("the element {name} among words", name=quoted(name)), _OUTLINES))
            )
        around = replace(around, said=_passed_on(outer), level=around.level + 1)
        said = self._said(element, around)
        if said.get("display") == "none" or said.get("visibility") in ("hidden", "collapse"):
            return ""
        attributes, _ = self._shared(element, "tspan", said, around)
        own = _written_attributes({**attributes, **self._of_words(element, said)})
        return "".join((f"<tspan{own}>", *self._words(element, said, around), "</tspan>"))

    def _of_words(self, element: Element, said: Mapping[str, str]) -> dict[str, str]:
        """Return the attributes of words, which must be in a font that we have."""
        family = said.get("font-family", "").split(",")[0].strip(" '\"")
        if "font" in said or (
            family and family not in BUNDLED_FAMILIES and family.lower() not in _GENERIC_FONTS
        ):
            words = " ".join("".join(element.itertext()).split())
            font = say("the font {family}", family=quoted(family)) if family else say("a font of its own")
            raise Refused(
                Rule.DRAWING_FORM,
                say(
                    "the drawing writes {words} in {font}, which is not bundled",
                    words=quoted(words),
                    font=font,
                ),
                say(
                    "{outlines}; or use {bundled_families}",
                    outlines=_OUTLINES,
                    bundled_families=", ".join(BUNDLED_FAMILIES),
                ),
                self._line(element),
            )
        found = {}
        for side in ("x", "y", "dx", "dy", "rotate"):
            values = element.get(side, "").replace(",", " ").split()
            if values and all(shape.is_length(value) for value in values):
                found[side] = " ".join(self._length_text(value, side) for value in values)
        return found | _colours(
            said, {kind: self._paint(element, kind, said, None) for kind in ("fill", "stroke")}
        )

    def _length_text(self, value: str, side: str) -> str:
        if re.fullmatch(shape.NUMBER, value):
            return value
        number = shape.length_px(value, self._whole(side))
        return value if number is None else shape.written(number)

    def _written_words(self, element: Element, text: str | None) -> str:
        if not text:
            return ""
        if (forbidden := forbidden_character(text)) is not None:
            raise Refused(
                Rule.CHARACTER_HIDDEN,
                say("the drawing holds {name}", name=forbidden.name),
                say("take it out"),
                self._line(element),
            )
        return escape(re.sub(r"\s+", " ", text))

    # ---- what is said of an element

    def _said(self, element: Element, around: _Around) -> dict[str, str]:
        """Return what is said of *element* by property, what it inherits too."""
        declared = self._styles.declared(element)
        custom = {
            name: value for name, value in (*around.said.items(), *declared.items()) if name[:2] == "--"
        }
        said = dict(around.said)
        for name, value in declared.items():
            value = without_variables(value, custom) if "var(" in value else value
            if value in ("inherit", "unset") and name in _INHERITED:
                continue
            if value == "initial":
                said.pop(name, None)
            elif value:
                said[name] = value
        return said

    def _shared(
        self, element: Element, name: str, said: Mapping[str, str], around: _Around
    ) -> tuple[dict[str, str], _Around]:
        """Return the attributes that any element may have, and what it then is around what it holds."""
        declared = self._styles.declared(element)
        own = {key: said[key] for key in declared if key in said}
        self._check_effects(element, own)
        found: dict[str, str] = {}
        if own.get("transform", "none") != "none":
            matrix = self._matrix(element, own)
            if matrix != Identity:
                is_plain = re.search(r"deg|px", own["transform"]) is None
                plain = " ".join(own["transform"].split())
                found["transform"] = plain if is_plain else shape.matrix_attribute(matrix)
            around = replace(around, matrix=around.matrix.transform(matrix))
        for key in own:
            if key in _ATTRIBUTES and (value := _ATTRIBUTES[key](own[key], self._whole(""))) is not None:
                found[key] = value
        if name in ("g", "a", "svg", "use", "switch", "text", "tspan"):
            found |= self._group_paint(own, said)
        clip, data = self._clips(own.get("clip-path", "none"), element)
        if clip:
            found["clip-path"] = f"url(#{clip})"
            let_through = shape.bounds(data, around.matrix) or (0, 0, 0, 0)
            around = replace(around, clip=shape.common(let_through, around.clip))
        return found, around

    def _matrix(self, element: Element, own: Mapping[str, str]) -> Transform:
        """Return the transform that *element* has among what is said of it alone, *own*, as a matrix."""
        matrix = shape.transform_of(own["transform"])
        if matrix is None:
            raise self._refused(
                element, say("transform={own}", own=quoted(own["transform"])), say("export it as plain SVG")
            )
        if shape.numbers(own.get("transform-origin", "")) not in ([], [0, 0]):
            raise self._refused(
                element,
                say("shapes that are turned around a point of their own"),
                say("export it as plain SVG"),
            )
        return matrix

    def _check_effects(self, element: Element, own: Mapping[str, str]) -> None:
        for effect in ("filter", "mask"):
            if own.get(effect, "none") != "none" and self._names_something(own[effect], effect):
                raise self._refused(element, *_EFFECTS[effect])
        if own.get("mix-blend-mode", "normal") not in ("normal", "passthrough", "pass-through"):
            raise self._refused(
                element,
                say("a blend mode, as 'multiply'"),
                say(
                    "use the mode 'Normal': in Inkscape the panel Fill and Stroke, in Illustrator "
                    "Transparency; {as_png}",
                    as_png=_AS_PNG,
                ),
            )

    def _check_marks(self, element: Element, name: str, said: Mapping[str, str]) -> None:
        if name in ("path", "line", "polyline", "polygon"):
            for mark in ("marker", "marker-start", "marker-mid", "marker-end"):
                if said.get(mark, "none") != "none" and self._names_something(said[mark], mark):
                    raise self._refused(element, *_EFFECTS[mark])
        if said.get("vector-effect", "none") == "non-scaling-stroke" and said.get("stroke", "none") != "none":
            raise self._refused(
                element,
                say("lines that stay as thick at every size"),
                say("turn them into shapes: in Inkscape Path > Stroke to Path; {as_png}", as_png=_AS_PNG),
            )

    def _names_something(self, value: str, effect: str) -> bool:
        """Tell whether *value* of *effect* is more than the name of what is not there, or is empty."""
        found = _URL.fullmatch(value)
        if found is None or not found[2].startswith("#"):
            return True
        target = self._by_id.get(found[2][1:])
        return target is not None and len(target) > 0

    # ---- colours

    def _group_paint(self, own: Mapping[str, str], said: Mapping[str, str]) -> dict[str, str]:
        """Return the plain colours of a group, which its shapes inherit. Others are written at each shape."""
        plain = {kind: self._colour(own[kind], said) for kind in ("fill", "stroke") if kind in own}
        return {kind: colour.text for kind, colour in plain.items() if colour and colour.alpha == 1}

    def _paint(
        self, element: Element, kind: str, said: Mapping[str, str], data: str | None
    ) -> SolidColour | Gradient | None:
        """Return the *kind* of paint of *element*, `fill` or `stroke`, that is to be written at it.

        None: as the groups around it say. *data* is the outline of a shape; None: words.
        """
        value = said.get(kind)
        if value is None:
            return None
        found = _URL.fullmatch(value)
        if found is None:
            colour = self._colour(value, said)
            is_own = kind in self._styles.declared(element) or (colour is not None and colour.alpha < 1)
            return colour if is_own else None
        target = self._referred(element, found[2])
        name = _local(target) if target is not None else None
        if name in ("pattern", "meshgradient", "hatch", "mesh"):
            what = say("a pattern, photo or mesh as a colour")
            raise self._refused(
                element, what, say("fill the shape with one colour, {as_png}", as_png=_AS_PNG)
            )
        if target is None or name not in ("linearGradient", "radialGradient"):
            return self._colour(found[3].strip() or "none", said) or SolidColour("none")
        return self._gradient(element, kind, said, data, target)

    def _gradient(
        self, element: Element, kind: str, said: Mapping[str, str], data: str | None, target: Element
    ) -> SolidColour | Gradient:
        """Return the gradient *target* as it paints the outline *data* of *element*, or its one colour."""
        if data is None:
            raise self._refused(element, say("words in a gradient"), _OUTLINES)
        if (box := shape.bounds(data)) is None:
            return SolidColour("none")
        left, upper, width, height = _sides(box)
        square = Transform(width, 0, 0, height, left, upper)
        view = self._view[2], self._view[3]
        gradient = paint.gradient_of(target, self._by_id.get, self._stop_styles(said), square, view)
        # The engine (WeasyPrint 70) draws a line in a gradient one unit thick, whatever its width.
        if isinstance(gradient, Gradient) and kind == "stroke":
            raise self._refused(
                element,
                say("a line in a gradient"),
                say(
                    "turn it into a shape: in Inkscape Path > Stroke to Path, in Illustrator Object > "
                    "Path > Outline Stroke; {as_png}",
                    as_png=_AS_PNG,
                ),
            )
        return SolidColour("none") if gradient is None else gradient

    def _stop_styles(self, said: Mapping[str, str]) -> Callable[[Element], Mapping[str, str]]:
        custom = {name: value for name, value in said.items() if name.startswith("--")}

        def of(stop: Element) -> Mapping[str, str]:
            declared = self._styles.declared(stop)
            colour = declared.get("color", said.get("color"))
            values = {name: without_variables(value, custom) for name, value in declared.items()}
            if values.get("stop-color", "").lower() == "currentcolor" and colour:
                values["stop-color"] = colour
            return values

        return of

    def _colour(self, value: str, said: Mapping[str, str]) -> SolidColour | None:
        """Return the plain colour *value*; `currentColor` where nothing around says which that is."""
        if _URL.fullmatch(value) is not None:
            return None
        colour = paint.colour_of(value)
        if colour is not None and colour.text == "currentColor" and "color" in said:
            named = paint.colour_of(said["color"])
            return colour if named is None else named
        return colour

    def _referred(self, element: Element, address: str) -> Element | None:
        if not address.startswith("#"):
            raise self._refused(
                element,
                say("a colour from another file, {address}", address=quoted(address)),
                say("export it with all that belongs to it"),
            )
        return self._by_id.get(address[1:])

    def _lend(self, markup: str) -> str:
        """Return the name of *markup*, an element with `{id}` for its name, written once for all."""
        letter = "c" if markup.startswith("<clipPath") else "g"
        return self._lent.setdefault(markup, f"{letter}{len(self._lent) + 1}")

    def _lend_clip(self, data: str, before: str = "") -> str:
        """Return the name of a clip path with the outline *data*, in the one called *before*."""
        cut = f' clip-path="url(#{before})"' if before else ""
        return self._lend(f'<clipPath id="{{id}}"{cut}><path d={quoteattr(data)}/></clipPath>')

    # ---- clip paths

    def _clips(self, value: str, element: Element, level: int = 0) -> tuple[str, str]:
        """Return the name of the clip path *value* and its outline; nothing where there is none."""
        found = _URL.fullmatch(value)
        target = self._referred(element, found[2]) if found is not None else None
        if target is None or _local(target) != "clipPath" or level > MOST_LEVELS:
            return "", ""
        if target.get("clipPathUnits") == "objectBoundingBox":
            raise self._refused(
                element,
                say("a clipping shape that is sized by what it cuts"),
                say("release the clipping, {as_png}", as_png=_AS_PNG),
            )
        said = self._said(target, _Around())
        data = " ".join(self._cut(target, said, Identity, 0)) or "M0 0z"
        before, _ = self._clips(said.get("clip-path", "none"), target, level + 1)
        return self._lend_clip(data, before), data

    def _cut(
        self, element: Element, around: Mapping[str, str], matrix: Transform, level: int
    ) -> Iterator[str]:
        """Yield the outlines of the shapes in the clip path *element*, moved by *matrix*."""
        own = self._own_matrix(element, around)
        for child in element:
            yield from self._cut_one(child, around, matrix.transform(own), level)

    def _cut_one(
        self, element: Element, around: Mapping[str, str], matrix: Transform, level: int
    ) -> Iterator[str]:
        name = _local(element)
        self._count += 1
        if self._count > MOST_ELEMENTS or level > MOST_LEVELS:
            raise too_many_elements(self._line(element))
        if name is None or name in _NEVER_DRAWN:
            return
        said = self._said(element, _Around(said=_passed_on(around)))
        if said.get("display") == "none" or said.get("visibility") in ("hidden", "collapse"):
            return
        if name == "use":
            target = self._target(element)
            x, y = (self._length(element, side) or 0.0 for side in ("x", "y"))
            if target is not None:
                moved = matrix.transform(self._own_matrix(element, said)).translate(x, y)
                yield from self._cut_one(target, said, moved, level + 1)
        elif name == "g":
            yield from self._cut(element, said, matrix, level + 1)
        elif name in _SHAPES:
            yield from self._cut_shape(element, name, said, matrix.transform(self._own_matrix(element, said)))
        else:
            raise self._refused(
                element,
                say("words or a picture as a clipping shape"),
                say("turn them into one shape, {as_png}", as_png=_AS_PNG),
            )

    def _cut_shape(
        self, element: Element, name: str, said: Mapping[str, str], matrix: Transform
    ) -> Iterator[str]:
        data = self._outline(element, name, self._geometry(element, name))
        if data is None:
            return
        # The engine clips by the windings alone.
        if said.get("clip-rule") == "evenodd" and shape.needs_even_odd(data):
            fix = say("release the clipping, or make the hole a path of its own, {as_png}", as_png=_AS_PNG)
            raise self._refused(element, say("a clipping shape with a hole"), fix)
        yield data if matrix == Identity else shape.moved(data, matrix)

    def _own_matrix(self, element: Element, said: Mapping[str, str]) -> Transform:
        declared = self._styles.declared(element)
        return (
            shape.transform_of(said.get("transform", "")) if "transform" in declared else None
        ) or Identity

    # ---- faults

    def _reaches_out(self) -> bool:
        """Tell whether shapes lie outside of the view box: a drawing program does not show them."""
        return not all(map(self._is_in_view, self._boxes))

    def _is_in_view(self, box: shape.Edges) -> bool:
        x, y, width, height = self._view
        margin = OUTSIDE * max(width, height)
        return _is_inside(box, [(x - margin, y - margin), (x + width + margin, y + height + margin)])

    def _line(self, element: Element) -> int:
        return self._tree.lines.get(element, 0)

    def _refused(self, element: Element, what: Message, fix: Message) -> Refused:
        return Refused(
            Rule.DRAWING_FORM, say("the drawing holds {what}", what=what), fix, self._line(element)
        )


# ---- values of attributes -------------------------------------------------------------------------


def _one_of(words: Iterable[str]) -> Callable[[str, float], str | None]:
    known = frozenset(words)
    return lambda value, _: value if value in known else None


def _matching(pattern: re.Pattern[str]) -> Callable[[str, float], str | None]:
    return lambda value, _: " ".join(value.split()) if pattern.fullmatch(value) else None


def _length(value: str, whole: float) -> str | None:
    if re.fullmatch(shape.NUMBER, value):
        return value
    number = shape.length_px(value, whole)
    if number is not None:
        return shape.written(number)
    return value if shape.is_length(value) else None


def _font_size(value: str, whole: float) -> str | None:
    return str(_FONT_SIZES[value]) if value in _FONT_SIZES else _length(value, whole)


def _opacity(value: str, _: float) -> str | None:
    opacity = paint.opacity_of(value)
    return None if opacity is None else shape.written(opacity)


def _dashes(value: str, whole: float) -> str | None:
    if value == "none":
        return value
    lengths = [_length(one, whole) for one in value.replace(",", " ").split()]
    return None if None in lengths else " ".join(one for one in lengths if one is not None)


_ATTRIBUTES: Mapping[str, Callable[[str, float], str | None]] = {
    **{name: _one_of(words) for name, words in _KEYWORDS.items()},
    **dict.fromkeys(("opacity", "fill-opacity", "stroke-opacity"), _opacity),
    **dict.fromkeys(("stroke-width", "stroke-miterlimit", "stroke-dashoffset", "letter-spacing"), _length),
    "font-size": _font_size,
    "stroke-dasharray": _dashes,
    "dominant-baseline": _matching(_BASELINE),
    "font-weight": _matching(_FONT_WEIGHT),
    "font-family": _matching(_FONTS),
}
"""What is written as it is declared. A value that is none is left out, as everywhere in CSS."""


def _passed_on(said: Mapping[str, str]) -> dict[str, str]:
    """Return what of *said* holds inside of an element too."""
    return {name: value for name, value in said.items() if name in _INHERITED or name.startswith("--")}


def _colours(said: Mapping[str, str], painted: Mapping[str, SolidColour | Gradient | None]) -> dict[str, str]:
    """Return the attributes of the plain colours among *painted*, by kind."""
    found = {}
    for kind, colour in painted.items():
        if not isinstance(colour, SolidColour):
            continue
        found[kind] = colour.text
        if colour.alpha < 1 and colour.text != "none":
            opacity = paint.opacity_of(said.get(f"{kind}-opacity", "1"))
            found[f"{kind}-opacity"] = shape.written(colour.alpha * (1 if opacity is None else opacity))
    return found


def _local(element: Element) -> str | None:
    """Return the name of an element of SVG; None for one of another kind."""
    return element.tag.removeprefix(SVG) if element.tag.startswith(SVG) else None


def _is_choice(element: Element) -> bool:
    """Tell whether a reader that knows SVG and nothing else takes *element* of a `switch`."""
    name = _local(element)
    return name not in (None, "foreignObject") and not element.get("requiredExtensions")


def _sides(box: shape.Edges) -> tuple[float, float, float, float]:
    """Return left edge, upper edge, width and height."""
    return box[0], box[1], box[2] - box[0], box[3] - box[1]


def _is_inside(box: shape.Edges, corners: Iterable[tuple[float, float]]) -> bool:
    xs, ys = zip(*corners, strict=True)
    return bool(min(xs) <= box[0] and box[2] <= max(xs) and min(ys) <= box[1] and box[3] <= max(ys))


def _rect(x: float, y: float, width: float, height: float) -> str:
    x_, y_, width_, height_ = map(shape.written, (x, y, width, height))
    return f"M{x_} {y_}h{width_}v{height_}h-{width_}z"


def _levels(body: str) -> int:
    """Return how deep the elements of *body* stand in each other."""
    level = most = 0
    for tag in re.findall(r"<(/?)[a-zA-Z][^<>]*?(/?)>", body):
        level += -1 if tag[0] else 0 if tag[1] else 1
        most = max(most, level)
    return most


def _written_attributes(attributes: Mapping[str, str]) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in sorted(attributes.items()))


def _written_element(name: str, attributes: Mapping[str, str]) -> str:
    return f"<{name}{_written_attributes(attributes)}/>"


def _group(attributes: Mapping[str, str], inside: str) -> str:
    """Return *inside* as a group with *attributes*; without them, or with nothing in it, none is needed."""
    if not inside or not attributes:
        return inside
    return f"<g{_written_attributes(attributes)}>{inside}</g>"
