"""The second, small QR code at the foot: it asks `check.html` whether the sheet is still right. Pure."""

from __future__ import annotations

from handout.document import qr
from handout.model import links
from handout.model.document import QrTarget
from handout.model.findings import Finding, Place
from handout.model.messages import say
from handout.model.names import SETTINGS_FILE
from handout.model.rules import Rule
from handout.project.plan import Edition
from handout.project.project import Project

LEAST_MODULE_MM = 0.5
"""The thinnest module that survives a copier, on whatever paper: whoever scans it holds the sheet in hand."""
KEY = "status.url"
_ANY_CODE = "0" * 6
"""A code takes as many modules as any other."""


def target(project: Project, edition: Edition, code: str) -> QrTarget | None:
    """Return where the small code of *edition*, whose *code* it is, leads.

    None where the project has none, the format no place, or the handout goes without.
    """
    status = project.settings.status
    has_place = project.settings.formats[edition.format].status_mm is not None
    if status is None or not has_place or not edition.handout.has_status:
        return None
    url = f"{status.url}#{code}"
    return QrTarget("status", url, links.shown_address(url))


def fault(project: Project, edition: Edition) -> Finding | None:
    """Return that the address is too long for the small code of *edition*, or None."""
    leads = target(project, edition, _ANY_CODE)
    side_mm = project.settings.formats[edition.format].status_mm
    if leads is None or side_mm is None or len(leads.url) > links.LONGEST_ADDRESS:
        return None  # an address of such a length was refused when it was read
    what = qr.too_small(qr.status_symbol(leads.url), side_mm, LEAST_MODULE_MM)
    if what is None:
        return None
    places = project.key_places.get(SETTINGS_FILE, {}).get(KEY, (Place(SETTINGS_FILE),))
    return Finding(
        places[0],
        say("{format}: {fault}", format=edition.format, fault=what),
        say("use a shorter address, or raise status-mm under [formats.{format}]", format=edition.format),
        rule=Rule.QR_TOO_SMALL,
    )
