"""Why an edition, or the copy of one school, must be rendered in full and cannot be imprinted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from handout.document import resolve
from handout.model.document import Document, PictureFile, PictureType
from handout.model.messages import Message, say, with_values
from handout.model.school import School, SchoolField
from handout.model.text import Address, Route
from handout.model.walk import blocks_of
from handout.paper.compose.page import asking_template, is_right_to_left
from handout.paper.compose.slots import (
    SetValue,
    all_fit,
    field_of,
    missing_letters,
    most_lines,
    printed_values,
    set_address,
    values_of,
)
from handout.paper.engine.slots import QR_SLOT
from handout.project.plan import Edition
from handout.project.project import Project
from handout.project.settings import Slot

_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""LRE, RLE, PDF, LRO, RLO, LRI, RLI, FSI and PDI (Unicode Standard Annex 9, table 4)."""


# ---- of an edition ----------------------------------------------------------------------------


def of_edition(project: Project, edition: Edition) -> Message | None:
    """Return why no copy of *edition* can be imprinted, or None: its slots are all that a school changes."""
    if is_right_to_left(edition.language):
        return say("'{language}' is read from right to left", language=edition.language)
    if (why := _of_text(project, edition)) is not None:
        return why
    name = asking_template(edition.audience, edition.format, project)
    return say("templates/{name} asks for the school itself, not for a slot", name=name) if name else None


def _of_text(project: Project, edition: Edition) -> Message | None:
    """Return why the text of *edition* is not the same for two schools, or None."""
    one, other = (_document(project, edition, mark) for mark in ("x", "y"))
    # Where the code leads for a school is told by `of_code`.
    if replace(one, school=None, qr=None) == replace(other, school=None, qr=None):
        return None
    changed = [
        block.place
        for block, same in zip(blocks_of(one), blocks_of(other), strict=True)
        if block != same and not isinstance(block, Address | Route)
    ]
    where = changed[-1] if changed else one.place
    return say(
        "the text at {where} uses a field of the school, and is broken into lines anew for each", where=where
    )


def _document(project: Project, edition: Edition, mark: str) -> Document:
    """Return *edition* for a school whose fields all say *mark*."""
    fields: dict[str, Any] = {field.replace("-", "_"): mark for field in SchoolField}
    own = tuple(
        (column, mark) for column in project.settings.schools.fields if column not in list(SchoolField)
    )
    return resolve.document(project, replace(edition, school=School("probe", **fields, own=own)))[0]


_GRADIENT = b'fill="url(#'


def of_logo(logo: PictureFile | None) -> Message | None:
    """Return why *logo* cannot be put into a finished page, or None.

    A gradient is placed on the page, and does not move with what it fills (ISO 32000-1 §8.7.3.1).
    """
    has_gradient = logo is not None and logo.type is PictureType.SVG and _GRADIENT in logo.data
    return say("its logo has a gradient") if has_gradient else None


# ---- of a school ------------------------------------------------------------------------------


def of_code(project: Project, edition: Edition, school: School) -> Message | None:
    """Return why the copy of *edition* for *school* cannot lead to an address of its own, or None."""
    column = project.settings.links.columns.get(edition.handout.qr or "")
    if column is None or school.value(column) is None:
        return None
    target = resolve.qr_target(project, replace(edition, school=school))
    general = resolve.qr_target(project, replace(edition, school=None))
    if target is None or general is None or target == general:
        return None
    leads = say("its QR code leads to an address of its own, {address}", address=target.text)
    slot = project.settings.address_slot(edition.format, target.link)
    if slot is None:
        return say("{leads}, and the format has no slot for that", leads=leads)
    if any(set_address(one.text, slot).excess_mm for one in (target, general)):
        return say("{leads}: that, or {other}, is too long for its slot", leads=leads, other=general.text)
    if resolve.qr_fault(project, edition, target):
        return say("{leads}, which makes a code that is too fine", leads=leads)
    return None


_LEADING = re.compile(rf'<svg data-slot="{QR_SLOT}".*?</svg>|<a class="qr__link".*?</a>', re.DOTALL)


def of_html(html: str, other: str) -> Message | None:
    """Return why two copies whose codes lead elsewhere, *html* and *other*, cannot be one master, or None."""
    if _LEADING.sub("", html) == _LEADING.sub("", other):
        return None
    return say("a template shows where the code leads, and does not leave that to qr_code and qr_address")


def of_school(school: School, slots: Mapping[str, Slot], words: Mapping[str, str]) -> Message | None:
    """Return why no copy for *school* can be imprinted in a format with *slots*, or None."""
    set_ = {} if all_fit(school, slots, words) else values_of(school, slots, words)
    for name, value in printed_values(school, slots, words).items():
        if (ground := _of_value(value, set_.get(name), slots[name])) is not None:
            return with_values(ground, field=field_of(name, slots[name]), value=value)
    return None


def _of_value(value: str, set_: SetValue | None, slot: Slot) -> Message | None:
    """Return why *value* cannot be imprinted in *slot*, where it is *set_*; None: it fits there.

    Which field it is, and its value, are filled in by who asks.
    """
    if not _CONTROLS.isdisjoint(value):
        return say(
            "its {field}, '{value}', holds a mark that turns the direction of reading", field="", value=""
        )
    if letters := missing_letters(value, slot):
        return say(
            "its {field}, '{value}', has letters that no font for its slot holds: {letters}",
            field="",
            value="",
            letters=" ".join(letters),
        )
    if set_ is not None and set_.excess_mm:
        return say(
            "its {field}, '{value}', is {excess_mm:.0f} mm too long for its slot of "
            "{lines} × {width_mm:g} mm in {size_pt:g} pt",
            field="",
            value="",
            excess_mm=set_.excess_mm,
            lines=most_lines(slot, set_.size_pt),
            width_mm=slot.width_mm,
            size_pt=set_.size_pt,
        )
    return None
