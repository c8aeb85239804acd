"""Plates as bytes, so that a later build need not render them: data, in which nothing can be run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pydantic import ConfigDict, TypeAdapter, with_config

from handout.editions import sheet_code
from handout.editions.imprint import Fallback, Imprint, Plate
from handout.editions.imprint.forme import Forme, Opening, Pictures
from handout.model.document import Density, Setting
from handout.model.school import School
from handout.paper.engine.arrangement import Arrangement
from handout.paper.engine.slots import Drawing, Line
from handout.project.plan import Edition
from handout.project.project import Project

_BASE64 = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")


@dataclass(frozen=True)
class StoredPlate:
    """A plate, but for what the project says by itself."""

    first: str
    """The id of the school that it was rendered for."""
    schools: tuple[str, ...]
    page_count: int
    setting: tuple[str, float] | None
    slots: tuple[str, ...]
    forme: Forme
    types: Mapping[str, tuple[tuple[Line, ...] | Drawing, ...]]
    """What stands in the slots, by the id of each school."""


@dataclass(frozen=True)
class StoredPlates:
    """The plates of an edition."""

    plates: tuple[StoredPlate, ...]
    fallbacks: tuple[tuple[str, str], ...]
    """The ids of the schools that no plate serves, and why."""


for _kind in (Line, Opening, Pictures, Forme):
    with_config(_BASE64)(_kind)  # or bytes that are no text could not be written
_PLATES = TypeAdapter(StoredPlates)


def pack(found: Imprint) -> bytes:
    """Return *found* as JSON."""
    plates = tuple(_stored(plate) for plate in found.plates)
    fallbacks = tuple((fallback.school.id, fallback.why) for fallback in found.fallbacks)
    return _PLATES.dump_json(StoredPlates(plates, fallbacks))


def _stored(plate: Plate) -> StoredPlate:
    setting = plate.setting
    ids = tuple(school.id for school in plate.schools)
    first = plate.edition.school
    return StoredPlate(
        first.id if first else "",
        ids,
        plate.page_count,
        (setting.density, setting.scale) if setting else None,
        plate.slots,
        plate.forme,
        plate.types,
    )


def unpack(project: Project, edition: Edition, data: bytes) -> Imprint:
    """Return the plates of *edition* that `pack` made *data* of.

    Their findings are not among it. Raises ValueError and KeyError for other bytes, and for other schools.
    """
    stored = _PLATES.validate_json(data)
    schools = {school.id: school for school in project.schools}
    return Imprint(
        tuple(_plate(project, edition, plate, schools) for plate in stored.plates),
        tuple(Fallback(schools[id_], why) for id_, why in stored.fallbacks),
    )


def _plate(project: Project, edition: Edition, stored: StoredPlate, schools: Mapping[str, School]) -> Plate:
    own = replace(edition, school=schools[stored.first])
    document, _ = sheet_code.document(project, own)
    return Plate(
        own,
        document,
        (),
        stored.page_count,
        Arrangement(Setting(Density(stored.setting[0]), stored.setting[1])) if stored.setting else None,
        tuple(schools[id_] for id_ in stored.schools),
        stored.slots,
        stored.forme,
        stored.types,
    )
