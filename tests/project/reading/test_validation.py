"""The faults of a model are said in the words of who wrote the file."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from handout.model.findings import Place
from handout.project.reading.validation import Location, dotted, validated


class Kind(StrEnum):
    BAR = "bar"
    DOTS = "dots"


def to_hyphens(name: str) -> str:
    return name.replace("_", "-")


def is_even(value: int) -> int:
    if value % 2:
        raise ValueError("an even number")
    return value


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid", alias_generator=to_hyphens)


class Format(Table):
    qr_mm: Annotated[float, Field(gt=0, le=100)] = 30
    kind: Kind = Kind.BAR
    names: list[str] = []
    numbering: Literal["continuous"] | None = None
    folded: bool = False
    even: Annotated[int, AfterValidator(is_even)] = 2


class Settings(Table):
    title: Annotated[str, StringConstraints(min_length=1, max_length=5)]
    formats: dict[Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")], Format] = {}
    first: Format | None = None
    more: tuple[Format, ...] = ()
    noted: dict[str, Annotated[Format, Field(description="noted")]] = {}


def faults(data: dict[str, object]) -> list[tuple[str, str]]:
    model, findings = validated(Settings, data, place_of)
    assert (model is None) == bool(findings)
    return [(finding.what, finding.fix) for finding in findings]


def place_of(location: Location) -> Place:
    return Place("handout.toml", len(location))


def test_sound_data_become_the_model() -> None:
    model, findings = validated(Settings, {"title": "x", "formats": {"a": {"qr-mm": 12}}}, place_of)
    assert findings == ()
    assert model is not None
    assert model.formats["a"].qr_mm == 12


def test_missing_key_is_named() -> None:
    assert faults({}) == [("'title' is missing", "add it: every file of this kind needs 'title'")]


def test_unknown_key_gets_the_nearest_known_one_of_its_table() -> None:
    known = "did you mean 'qr-mm'? Known: even, folded, kind, names, numbering, qr-mm"
    assert faults({"title": "x", "formats": {"leaflet-a4": {"qr_mm": 12}}}) == [
        ("the key 'formats.leaflet-a4.qr_mm' is not known", known)
    ]
    assert faults({"title": "x", "first": {"qrmm": 1}})[0][1] == known
    assert faults({"title": "x", "more": [{}, {"qrmm": 1}]}) == [
        ("the key 'more[2].qrmm' is not known", known)
    ]
    assert faults({"title": "x", "noted": {"a": {"qrmm": 1}}})[0][1] == known
    assert faults({"title": "x", "tittle": "y"})[0][1].startswith("did you mean 'title'?")


def test_wrong_values_are_shown_with_what_is_allowed() -> None:
    table: dict[str, object] = {
        "qr-mm": 300,
        "kind": "dot",
        "names": "a",
        "numbering": "on",
        "folded": "maybe",
        "even": 3,
    }
    assert faults({"title": "", "formats": {"a": table}}) == [
        ("'title' is empty", "write a text of 1 or more characters"),
        ("'formats.a.qr-mm' is '300'", "write 100 or less"),
        ("'formats.a.kind' is 'dot'", "write one of: 'bar' or 'dots'"),
        ("'formats.a.names' is 'a'", "write a list, as [a, b]"),
        ("'formats.a.numbering' is 'on'", "write one of: 'continuous'"),
        ("'formats.a.folded' is 'maybe'", "write true or false"),
        ("'formats.a.even' is '3'", "write an even number"),
    ]


def test_table_with_a_wrong_name_or_kind_is_named() -> None:
    assert faults({"title": "x", "formats": {"A 4": {}, "b": 3}}) == [
        ("'formats.A 4' is 'A 4'", "write lower-case letters, digits and hyphens, as ict-anchor"),
        ("'formats.b' is '3'", "write a table"),
    ]
    assert faults({"title": {}, "formats": []}) == [
        ("'title' is a table", "write one text"),
        ("'formats' is an empty list", "write a table"),
    ]
    assert faults({"title": True}) == [("'title' is true", "write one text")]


def test_place_is_asked_for_the_location_of_the_fault() -> None:
    _, (finding,) = validated(Settings, {"title": "x", "formats": {"a": {"even": 1}}}, place_of)
    assert finding.place == Place("handout.toml", 3)


def test_location_is_written_as_a_person_writes_it() -> None:
    assert dotted(("formats", "leaflet-a4", "qr-mm")) == "formats.leaflet-a4.qr-mm"
    assert dotted(("audiences", 1)) == "audiences[2]"
