"""Plates as bytes, so that a later build need not render them: data, in which nothing can be run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pydantic import ConfigDict, TypeAdapter, with_config

from handout.editions import sheet_code
from handout.editions.imprint import Fallback, Imprint, Master
from handout.editions.imprint.prepared_master import Opening, Pictures, PreparedMaster
from handout.model.document import Density, Setting
from handout.model.school import School
from handout.paper.engine.arrangement import Arrangement
from handout.paper.engine.slots import SetLine, SetPicture
from handout.project.plan import Edition
from handout.project.project import Project

# How what is packed for a card begins. The files in it are bytes of any kind, and JSON is Unicode (RFC 8259
# §8.1), so that they go in as base64: JVBERi0xLjcK is "%PDF-1.7" with its line feed.
#
#     {"masters":[{"first":"lang","schools":["kort","lang","zoe","ar"],"page_count":2,"setting":["roomy",1.0],
#     "slots":["room","ict-anchor","phone"],"prepared":{"constant":"JVBERi0xLjcKJfCflqQKMyAwIG9iag…

_BASE64 = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")


@dataclass(frozen=True)
class StoredPlate:
    """A master, but for what the project says by itself."""

    first: str
    """The id of the school that it was rendered for."""
    schools: tuple[str, ...]
    page_count: int
    setting: tuple[str, float] | None
    slots: tuple[str, ...]
    prepared: PreparedMaster
    types: Mapping[str, tuple[tuple[SetLine, ...] | SetPicture, ...]]
    """What stands in the slots, by the id of each school."""


@dataclass(frozen=True)
class StoredPlates:
    """The masters of an edition."""

    masters: tuple[StoredPlate, ...]
    fallbacks: tuple[tuple[str, str], ...]
    """The ids of the schools that no master serves, and why."""


for _kind in (SetLine, Opening, Pictures, PreparedMaster):
    with_config(_BASE64)(_kind)  # or bytes that are no text could not be written
_MASTERS = TypeAdapter(StoredPlates)


def pack(found: Imprint) -> bytes:
    """Return *found* as JSON."""
    masters = tuple(_stored(master) for master in found.masters)
    fallbacks = tuple((fallback.school.id, fallback.why) for fallback in found.fallbacks)
    return _MASTERS.dump_json(StoredPlates(masters, fallbacks))


def _stored(master: Master) -> StoredPlate:
    setting = master.setting
    ids = tuple(school.id for school in master.schools)
    first = master.edition.school
    return StoredPlate(
        first.id if first else "",
        ids,
        master.page_count,
        (setting.density, setting.scale) if setting else None,
        master.slots,
        master.prepared,
        master.types,
    )


def unpack(project: Project, edition: Edition, data: bytes) -> Imprint:
    """Return the masters of *edition* that `pack` made *data* of.

    Their findings are not among it. Raises ValueError and KeyError for other bytes, and for other schools.
    """
    stored = _MASTERS.validate_json(data)
    schools = {school.id: school for school in project.schools}
    return Imprint(
        tuple(_master(project, edition, master, schools) for master in stored.masters),
        tuple(Fallback(schools[id_], why) for id_, why in stored.fallbacks),
    )


def _master(project: Project, edition: Edition, stored: StoredPlate, schools: Mapping[str, School]) -> Master:
    own = replace(edition, school=schools[stored.first])
    document, _ = sheet_code.document(project, own)
    return Master(
        own,
        document,
        (),
        stored.page_count,
        Arrangement(Setting(Density(stored.setting[0]), stored.setting[1])) if stored.setting else None,
        tuple(schools[id_] for id_ in stored.schools),
        stored.slots,
        stored.prepared,
        stored.types,
    )
