"""A master as bytes, so that a later build need not render it: data, in which nothing can be run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pydantic import ConfigDict, TypeAdapter, with_config

from handout.editions import sheet_code
from handout.editions.imprint import CopyShape, Master, Type
from handout.editions.imprint.prepared_master import Opening, Pictures, PreparedMaster, Titled
from handout.model.document import Density, Document, Setting
from handout.model.school import School
from handout.paper.engine.arrangement import Arrangement
from handout.paper.engine.region import Region
from handout.paper.engine.slots import SetLine, SetPicture
from handout.project.plan import Edition
from handout.project.project import Project

# How what is packed for a card begins. The files in it are bytes of any kind, and JSON is Unicode (RFC 8259
# §8.1), so that they go in as base64: JVBERi0xLjcK is "%PDF-1.7" with its line feed.
#
#     {"first":{"id":"voorbeeld","name":"BS De Linde",…},"page_count":2,"setting":["roomy",1.0],
#     "slots":["room","ict-anchor","phone"],"prepared":{"constant":"JVBERi0xLjcKJfCflqQKMyAwIG9iag…

_BASE64 = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")


@dataclass(frozen=True)
class StoredMaster:
    """A master, but for what the project says by itself."""

    first: School
    """Whom it was rendered for."""
    page_count: int
    setting: tuple[str, float] | None
    balance: tuple[tuple[str, str], ...]
    slots: tuple[str, ...]
    prepared: PreparedMaster
    html: str
    moves: tuple[tuple[float, float], ...]
    pictures: Mapping[str, SetPicture]
    glyphs: Mapping[str, Mapping[int, str]]
    regions: tuple[Region, ...]


for _kind in (SetLine, Opening, Pictures, Titled, PreparedMaster):
    with_config(_BASE64)(_kind)  # or bytes that are no text could not be written
_MASTER = TypeAdapter(StoredMaster)
_TYPES = TypeAdapter(dict[str, tuple[tuple[SetLine, ...] | SetPicture, ...]])


def pack(master: Master) -> bytes:
    """Return *master*, without the schools whose values are set, as JSON."""
    setting, first = master.setting, master.edition.school
    assert first is not None  # it was rendered for one
    return _MASTER.dump_json(
        StoredMaster(
            first,
            master.page_count,
            (setting.density, setting.scale) if setting else None,
            master.arrangement.balance if master.arrangement else (),
            master.slots,
            master.prepared,
            master.html,
            master.moves,
            master.pictures,
            master.glyphs,
            master.regions,
        )
    )


def unpack(project: Project, edition: Edition, general: Document, shape: CopyShape, data: bytes) -> Master:
    """Return the master of *edition* and *shape* that `pack` made *data* of, without its findings.

    *general* is the document of *edition*, for no school. Raises ValueError and KeyError for other bytes.
    """
    stored = _MASTER.validate_json(data)
    own = replace(edition, school=stored.first)
    document, _ = sheet_code.document(project, own, general)
    return Master(
        edition=own,
        document=document,
        findings=(),
        page_count=stored.page_count,
        arrangement=Arrangement(Setting(Density(stored.setting[0]), stored.setting[1]), stored.balance)
        if stored.setting
        else None,
        shape=shape,
        slots=stored.slots,
        prepared=stored.prepared,
        html=stored.html,
        moves=stored.moves,
        pictures=stored.pictures,
        glyphs=stored.glyphs,
        regions=stored.regions,
    )


def pack_types(types: Mapping[str, Type]) -> bytes:
    """Return *types*, the values of schools as they were set, by their ids, as JSON."""
    return _TYPES.dump_json(dict(types))


def unpack_types(data: bytes) -> Mapping[str, Type]:
    """Return what `pack_types` made *data* of. Raises ValueError for other bytes."""
    return _TYPES.validate_json(data)
