"""Black that is black alone: what the engine writes in red, green and blue and is grey is written as a grey.

A printer with four inks, and a program that separates a page for one, mixes `0 0 0 rg` of all four, and a
grey too: over a sheet in black alone cyan, magenta and yellow came to as much as black. A grey of its own
(ISO 32000-1 §8.6.4.2) is printed in black. PDF/A-2 allows it, for the file has an output intent
(ISO 19005-2 §6.2.4.3).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pydyf

from handout.paper.engine.structure import Operators, PdfDictionary

# What the engine writes for black letters, a grey line, and a gradient from black to grey, and what of these
# is left (`set_color_rgb` of pydyf; `create_interpolation_function` in weasyprint/pdf/stream.py):
#
#     0 0 0 rg              0 g
#     0.8 0.8 0.8 RG        0.8 G
#     <</ShadingType 2/ColorSpace [/ICCBased 3 0 R]/Function <</C0 [0 0 0]/C1 [0.5 0.5 0.5] …>> …>>
#     <</ShadingType 2/ColorSpace /DeviceGray/Function <</C0 [0]/C1 [0.5] …>> …>>
_GREY = re.compile(rb"(\S+) \1 \1 (rg|RG)")
_OPERATORS = {b"rg": b"g", b"RG": b"G"}
_COLOUR = re.compile(rb".* (?:rg|RG|k|K)|/(?!Pattern )\S+ (?:cs|CS)", re.DOTALL)
"""What chooses a colour that may be none of grey."""
GREY_SPACE = "/DeviceGray"


def use_greys(pdf: Any) -> None:
    """Write the greys of a pydyf *pdf* as greys: in its pages, in what they draw, and in its gradients.

    What is drawn apart from the page, to be laid over it, is so only where that shows; then it is mixed in
    grey where all in it is grey.
    """
    objects = {item.reference: item for item in pdf.objects}
    for item in pdf.objects:
        if isinstance(item, pydyf.Stream):
            item.stream[:] = [_written(operator) for operator in item.stream]
        elif isinstance(item, dict) and "ShadingType" in item:
            _use_grey_shading(item)
    _use_grey_groups(pdf, objects)


def _use_grey_groups(pdf: Any, objects: Mapping[bytes, Any]) -> None:
    """Keep as groups those of which it shows, and mix these in grey where all in them is grey."""
    inks, needed = _Inks(objects), _groups_that_show(pdf, objects)
    for item in pdf.objects:
        if isinstance(item, pydyf.Stream) and "Group" in item.extra:
            if item.reference not in needed:
                del item.extra["Group"]
            elif inks.is_grey(item):
                item.extra["Group"]["CS"] = GREY_SPACE


def _written(operator: Any) -> Any:
    """Return *operator*, with its operands, as a grey where it chooses one."""
    match = _GREY.fullmatch(operator) if isinstance(operator, bytes) else None
    return match[1] + b" " + _OPERATORS[match[2]] if match else operator


def _use_grey_shading(shading: PdfDictionary) -> None:
    """Give *shading* the colour space of greys, where all of its colours are."""
    ends = [colour for function in _functions(shading["Function"]) for colour in _ends(function)]
    if all(len(colour) == 3 and len(set(colour)) == 1 for colour in ends):
        shading["ColorSpace"] = GREY_SPACE
        for colour in ends:
            del colour[1:]


def _functions(function: PdfDictionary) -> Iterable[PdfDictionary]:
    """Return *function*, or those that it is put together from (ISO 32000-1 §7.10.4)."""
    found: Iterable[PdfDictionary] = function.get("Functions", (function,))
    return found


def _ends(function: PdfDictionary) -> Iterable[list[float]]:
    return function["C0"], function["C1"]


class _Inks:
    """Tells of what is drawn apart whether it is grey: each is looked at once, however many show it."""

    def __init__(self, objects: Mapping[bytes, Any]) -> None:
        self._objects = objects
        self._known: dict[bytes, bool] = {}

    def is_grey(self, stream: Any) -> bool:
        """Tell whether *stream*, a raster or what draws something, has no colour."""
        reference = stream.reference
        if reference not in self._known:
            self._known[reference] = True  # until it is known: nothing is drawn in itself
            self._known[reference] = self._is_grey(stream)
        return self._known[reference]

    def _is_grey(self, stream: Any) -> bool:
        if stream.extra.get("Subtype") == "/Image":
            return bool(stream.extra.get("ColorSpace") == GREY_SPACE)
        return not _chooses_colour(stream.stream) and all(map(self._is_grey_resource, self._drawn(stream)))

    def _drawn(self, stream: Any) -> Iterable[Any]:
        """Return what *stream* may draw: other streams, and gradients."""
        resources = self._objects[stream.extra["Resources"]]
        names = [
            *resources["XObject"].values(),
            *resources["Pattern"].values(),
            *resources["Shading"].values(),
        ]
        return [self._objects[reference] for reference in names]

    def _is_grey_resource(self, item: Any) -> bool:
        return self.is_grey(item) if isinstance(item, pydyf.Stream) else item["ColorSpace"] == GREY_SPACE


def _chooses_colour(operators: Operators) -> bool:
    return any(isinstance(operator, bytes) and _COLOUR.fullmatch(operator) for operator in operators)


# An icon as the engine draws it: a form of its own, which is a transparency group. A program that separates
# the page for four inks mixes all that is in a group of all four, greys too. That a group is mixed by itself
# shows only where it lets something through: under an opacity, a mask or a blend mode (ISO 32000-1 §11.6.6).
#
#     q  /a1.0 gs  …  /x0 Do  Q          22 0 obj <</Type /XObject/Subtype /Form/Group <<…>> …>>
_DRAWS = re.compile(rb"/(\S+) Do")
_CHOOSES_STATE = re.compile(rb"/(\S+) gs")
_OPACITIES = ("ca", "CA")


def _groups_that_show(pdf: Any, objects: Mapping[bytes, Any]) -> set[bytes]:
    """Return the references of the groups of which it shows that they are mixed by themselves."""
    needed: set[bytes] = set()
    pages = [objects[reference] for reference in pdf.page_references]
    drawing = [(objects[page["Contents"]], objects[page["Resources"]]) for page in pages]
    drawing += [
        (item, objects[item.extra["Resources"]])
        for item in pdf.objects
        if isinstance(item, pydyf.Stream) and "Resources" in item.extra
    ]
    for stream, resources in drawing:
        states = resources["ExtGState"]
        needed |= {state["SMask"]["G"] for state in states.values() if "SMask" in state}
        needed |= {resources["XObject"][name] for name in _drawn_through(stream.stream, states)}
    return needed


def _drawn_through(operators: Operators, states: Mapping[str, PdfDictionary]) -> Iterator[str]:
    """Yield the names of what *operators* draw while something under it shows through."""
    chosen: dict[str, Any] = {}
    saved: list[dict[str, Any]] = []
    for operator in operators:
        if operator == b"q":
            saved.append(dict(chosen))
        elif operator == b"Q":
            chosen = saved.pop()
        elif isinstance(operator, bytes) and (match := _CHOOSES_STATE.fullmatch(operator)):
            chosen.update(states[match[1].decode()])
        elif isinstance(operator, bytes) and (match := _DRAWS.fullmatch(operator)) and not _is_plain(chosen):
            yield match[1].decode()


def _is_plain(chosen: Mapping[str, Any]) -> bool:
    """Tell whether what is painted in the state *chosen* hides what is under it."""
    is_opaque = all(float(chosen.get(key, 1)) == 1 for key in _OPACITIES)
    return is_opaque and "SMask" not in chosen and chosen.get("BM", "/Normal") == "/Normal"
