"""A school's own field in its slot: the type, the lines, and what is said of a value that is too long."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from benchmarks.rows import rows
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.conftest import REPOSITORY, SETTINGS, edition, handout, loaded, procedure, project_at

from handout.document import resolve
from handout.model.document import Document, Ink, PictureFile, PictureType, QrTarget
from handout.model.findings import Finding, Place, Severity
from handout.model.school import School, SchoolField
from handout.model.text import Text, WriteIn
from handout.model.units import pt_to_mm
from handout.paper.compose import page as compose
from handout.paper.compose.slots import (
    COMPACT_LEADING,
    all_fit,
    fitted,
    joined,
    printed,
    set_address,
    set_fields,
    set_value,
    values_of,
    width_em,
)
from handout.project.load import load
from handout.project.project import Project
from handout.project.settings import FontFace, LogoSlot, Slot, slots_of

FORMATS = (
    "leaflet-a4",
    "leaflet-a5",
    "booklet-a5",
    "trifold",
    "reference-a4",
    "wegwijzer-a4",
    "poster-a3",
    "tent-a4",
    "card",
    "mini",
)
LONGEST: dict[str, str] = {
    SchoolField.NAME: "Stedelijke Basisschool en Kleuterschool Het Kompas aan de Schelde, campus Linkeroe",
    SchoolField.ICT_ANCHOR: "Marie-Antoinette Vandenbroucke-Verstraet",
    SchoolField.ROOM: "Lokaal B12 op de tweede verdieping naast de tra",
    SchoolField.PHONE: "+32 3 000 00 00 (20)",
    SchoolField.HOURS: "maandag tot vrijdag van 8.30 tot 12 en 13-16u",
}
TOO_LONG = "Lokaal B12 op de tweede verdieping van het oude gebouw aan de achterkant van de speelplaats"
SLOT = Slot.model_validate({"width-mm": 48, "leading-mm": 8, "size-pt": 14.5, "face": "text-bold"})
FACES = st.sampled_from(list(FontFace))
WORDS = {"school.room": "lokaal"}
VALUES = st.lists(st.text("abcdeimnorstwABMW019.-", min_size=1, max_size=16), min_size=1, max_size=12).map(
    " ".join
)
SOUTH = "id,name,ict-anchor,room,phone,hours\n\nzuid,Basisschool Zuid,{},{},,\n"


def copy(root: Path, room: str = "", anchor: str = "", **files: str) -> tuple[str, tuple[Finding, ...]]:
    """Return the HTML of a leaflet for the school `zuid`, and what is wrong with it."""
    project = loaded(
        project_at(
            root,
            {
                "content/handouts/gids.md": handout("a"),
                "content/procedures/a.md": procedure("1. Klik"),
                "content/schools.csv": SOUTH.format(anchor, room),
                **files,
            },
        )
    )
    document, findings = resolve.document(project, edition(project, school="zuid"))
    assert findings == ()
    return compose.html(document, project)


# ---- the type of a value ----------------------------------------------------------------------


def test_value_that_fits_has_the_full_size_of_its_slot() -> None:
    found = set_value("An Peeters", SLOT)

    assert (found.lines, found.size_pt, found.leading_mm) == (("An Peeters",), 14.5, 8.0)
    assert found.excess_mm == 0


def test_address_is_broken_behind_its_dots_and_slashes() -> None:
    found = set_address("mysignins.microsoft.com/security-info", SLOT)

    assert found.lines == ("mysignins.microsoft.com/", "security-info")
    assert found.excess_mm == 0


@pytest.mark.parametrize("accented", ["E\u0323\u0300ko\u0323\u0301", "m\u0302", "\u00e0\u0323"])
def test_accent_of_its_own_makes_no_word_narrower(accented: str) -> None:
    """Letters that are set closer are so by the letter: an accent takes no part of that."""
    keys = {"width-mm": 84, "leading-mm": 17, "size-pt": 42, "face": "display-bold", "tracking-em": -0.035}
    close = Slot.model_validate(keys)
    plain = "".join(letter for letter in accented if not unicodedata.combining(letter))
    assert width_em(accented, close) >= width_em(plain, close)


def test_longer_value_gets_smaller_type_and_then_more_lines_in_the_same_height() -> None:
    smaller = set_value("Elisabeth Vandenbroek", SLOT)
    two_lines = set_value("Elisabeth Vandenbroek en Jan De Smedt", SLOT)

    assert (len(smaller.lines), smaller.size_pt) == (1, 11.5)
    assert (len(two_lines.lines), two_lines.size_pt) == (2, 9.5)
    assert two_lines.leading_mm == pytest.approx(COMPACT_LEADING * pt_to_mm(9.5))


def test_lines_of_a_value_are_about_equally_long() -> None:
    # As full as it goes, the first line would hold all but the last word.
    assert set_value("Lokaal B12 naast het onthaal boven", SLOT).lines == (
        "Lokaal B12 naast",
        "het onthaal boven",
    )


def test_type_never_goes_below_the_smallest_of_the_slot() -> None:
    slot = SLOT.model_copy(update={"smallest_pt": 11.5})

    found = set_value("Marie-Antoinette Vandenbroucke", slot)

    assert found.size_pt == 11.5
    assert found.excess_mm > 0


@settings(deadline=None)
@given(VALUES, st.integers(20, 120), st.integers(1, 3), FACES)
def test_what_is_said_to_fit_is_inside_its_slot_with_every_word(
    value: str, width_mm: int, lines: int, face: FontFace
) -> None:
    slot = SLOT.model_copy(update={"width_mm": width_mm, "lines": lines, "face": face})

    found = set_value(value, slot)

    assert joined(found.lines, value) == value
    assert slot.smallest_pt <= found.size_pt <= slot.size_pt
    if not found.excess_mm:
        widths_mm = [pt_to_mm(width_em(line, slot) * found.size_pt) for line in found.lines]
        assert max(widths_mm) <= slot.width_mm
        assert len(found.lines) * found.leading_mm <= slot.height_mm + 1e-6


@settings(deadline=None)
@given(VALUES, st.text("abMW", min_size=1, max_size=9))
def test_longer_value_is_never_set_larger(value: str, more: str) -> None:
    assert set_value(f"{value} {more}", SLOT).size_pt <= set_value(value, SLOT).size_pt


FORMS = st.sampled_from([str, str.upper, lambda value: f"{value} – {value}", lambda value: f"بيت {value}"])


@given(VALUES, FORMS, st.integers(15, 90), st.integers(1, 3), st.sampled_from([9.5, 12.0]))
def test_value_that_fits_in_the_smallest_type_is_never_found_too_long(
    value: str, form: Callable[[str], str], width_mm: int, lines: int, smallest_pt: float
) -> None:
    school = School("zuid", name=form(value), room="12", phone=value)
    slot = SLOT.model_copy(
        update={"width_mm": width_mm, "lines": lines, "smallest_pt": smallest_pt, "group": "help"}
    )
    slots = dict.fromkeys(("name", "room", "phone"), slot)

    if all_fit(school, slots, WORDS):
        assert not any(set_.excess_mm for set_ in values_of(school, slots, WORDS).values())


def test_most_values_are_seen_to_fit_without_being_set() -> None:
    slots = slots_of(loaded(REPOSITORY).settings.formats, "leaflet-a4")
    seen = [
        all_fit(School(row.id, name=row.name, room=row.room, hours=row.hours), slots, WORDS)
        for row in rows(60)
    ]

    assert sum(seen) > 50
    assert not all_fit(School("zuid", name="Zuid", room=TOO_LONG), slots, WORDS)


# ---- where a value is broken --------------------------------------------------------------------


def at(width_mm: float, lines: int = 3) -> Slot:
    """Return a slot of one size."""
    return Slot.model_validate({"width-mm": width_mm, "lines": lines, "leading-mm": 4, "size-pt": 9.5})


@pytest.mark.parametrize(
    ("value", "width_mm", "lines"),
    [
        ("De Linde – campus Noord", 28, ("De Linde –", "campus Noord")),
        ("Ten Oever - vestiging Zuid", 28, ("Ten Oever -", "vestiging Zuid")),
        ("03 123 45 67 of 0471 23 45 67", 30, ("03 123 45 67 of", "0471 23 45 67")),
        ("03 123 45 67 / 0471 23 45 67", 30, ("03 123 45 67 /", "0471 23 45 67")),
        ("Juf An\u00a0Peeters", 20, ("Juf", "An Peeters")),
        ("+32 3 000 00 00", 16, ("+32 3", "000", "00 00")),
        ("0474/66.68.36", 18, ("0474/", "66.68.36")),
        ("0474.66.68.36", 14, ("0474.66.", "68.36")),
        ("0474-66-68-36", 16, ("0474-66-", "68-36")),
        ("Vandenbroucke-Verstraeten", 26, ("Vandenbroucke-", "Verstraeten")),
        ("an.peeters@school.be", 20, ("an.peeters@", "school.be")),
        ("- A B", 6, ("- A", "B")),
        ("De Torens –", 20, ("De Torens –",)),
    ],
)
def test_value_is_broken_where_a_reader_expects_it(
    value: str, width_mm: float, lines: tuple[str, ...]
) -> None:
    found = set_value(value, at(width_mm))

    assert found.lines == lines
    assert found.excess_mm == 0


@pytest.mark.parametrize("value", ["0474/66.68.36", "Marie-Antoinette Baert", "03 123 45 67"])
def test_value_is_not_broken_in_a_word_where_it_fits_otherwise(value: str) -> None:
    slot = SLOT.model_copy(update={"width_mm": 40, "lines": 2})

    assert " ".join(set_value(value, slot).lines) == value


DASHED = st.lists(st.sampled_from(["Linde", "–", "-", "Noord", "2", "/", "campus"]), min_size=1, max_size=9)


@settings(deadline=None)
@given(DASHED, st.integers(12, 60))
def test_no_line_begins_with_a_dash(words: list[str], width_mm: int) -> None:
    found = set_value(" ".join(words), at(width_mm))

    assert not any(line.startswith(("–", "-", "/")) for line in found.lines[1:])


# ---- the values of one box --------------------------------------------------------------------

GROUPED = SLOT.model_copy(update={"group": "help"})
MEMBERS = st.dictionaries(st.sampled_from(["room", "phone", "hours", "ict-anchor"]), VALUES, min_size=1)


def test_values_of_a_group_have_the_size_of_the_one_that_needs_the_smallest() -> None:
    slots = {"room": GROUPED, "phone": GROUPED, "name": SLOT}
    fields = {"room": "Lokaal B12", "phone": "03 123 45 67 of 0471 23 45 67", "name": "De Linde"}

    found = set_fields(fields, slots)

    assert {name: set_.size_pt for name, set_ in found.items()} == {"room": 9.5, "phone": 9.5, "name": 14.5}
    assert found["room"].lines == ("Lokaal B12",)


@settings(deadline=None)
@given(MEMBERS, st.integers(40, 120))
def test_values_of_a_group_fit_together_where_each_fits_alone(fields: dict[str, str], width_mm: int) -> None:
    slot = GROUPED.model_copy(update={"width_mm": width_mm})

    found = set_fields(fields, dict.fromkeys(fields, slot))

    assert len({set_.size_pt for set_ in found.values()}) == 1
    assert [set_.excess_mm > 0 for set_ in found.values()] == [
        set_value(value, slot).excess_mm > 0 for value in fields.values()
    ]


# ---- the longest values, in every packaged format ---------------------------------------------


@pytest.fixture(scope="module")
def project() -> Project:
    return loaded(REPOSITORY)


@pytest.mark.parametrize("format_", FORMATS)
def test_longest_values_fit_every_slot(project: Project, format_: str) -> None:
    slots = slots_of(project.settings.formats, format_)
    assert slots

    found = {
        name: set_value(LONGEST[slot.field or SchoolField(name)], slot).excess_mm
        for name, slot in slots.items()
    }

    assert found == dict.fromkeys(slots, 0)


EVERYDAY: dict[str, str] = {
    SchoolField.NAME: "Stedelijke Basisschool en Kleuterschool Het Kompas aan de Schelde – campus Linkeroeve",
    SchoolField.ROOM: "leraarskamer (1e verdieping)",
    SchoolField.ICT_ANCHOR: "Jan-Willem Öztürk en An Peeters",
    SchoolField.PHONE: "03 123 45 67 of 0471 23 45 67",
    SchoolField.HOURS: "ma-vr 8.00-12.00 en 13.00-16.30",
}


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize(
    "phone", [EVERYDAY[SchoolField.PHONE], "0474/66.68.36", "+32 3 123 45 67 / +32 471 23 45 67"]
)
def test_everyday_values_fit_every_slot(project: Project, format_: str, phone: str) -> None:
    values = {**EVERYDAY, SchoolField.PHONE: phone}
    slots = slots_of(project.settings.formats, format_)
    fields = {name: values[slot.field or SchoolField(name)] for name, slot in slots.items()}

    assert {name: set_.excess_mm for name, set_ in set_fields(fields, slots).items()} == dict.fromkeys(
        slots, 0
    )


def test_number_with_slash_and_dots_stands_on_one_line_of_a_card(project: Project) -> None:
    slot = slots_of(project.settings.formats, "card")["phone"]

    assert set_value("0474/66.68.36", slot).lines == ("0474/66.68.36",)


@pytest.mark.parametrize("format_", FORMATS)
def test_no_slot_allows_type_under_9_5_pt(project: Project, format_: str) -> None:
    assert min(slot.smallest_pt for slot in slots_of(project.settings.formats, format_).values()) >= 9.5


# ---- on the sheet -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code", ["B12", "1.03", "A-204", "12", "2B", "B 12", "b.012", "GH1.2.03", "C", "12-13", "K0/14"]
)
def test_number_of_a_room_has_its_word_before_it(code: str) -> None:
    assert printed("room", code, {"school.room": "salle"}) == f"Salle {code}"
    assert printed("phone", code, {"school.room": "salle"}) == code


@pytest.mark.parametrize(
    "room",
    [
        "secretariaat",
        "Lokaal B2",
        "lokaal 12",
        "onthaal, gelijkvloers",
        "ICT-lokaal",
        "blok B, 2e verdieping",
        "B12 en B14",
        "Local 12",
        "1" * 90 + "!",
    ],
)
def test_room_with_words_of_its_own_is_printed_as_it_is_written(room: str) -> None:
    assert printed("room", room, {"school.room": "lokaal"}) == room


def test_room_on_a_sheet_leads_with_its_word(tmp_path: Path) -> None:
    html, _ = copy(tmp_path, "B12")

    assert ">Lokaal B12</span>" in html


def test_slot_has_the_same_size_with_a_value_and_without(tmp_path: Path) -> None:
    html, _ = copy(tmp_path, "B12")

    size = "inline-size: 48mm; block-size: 8mm"
    assert f'data-slot="room" data-place="content/schools.csv:3:24" style="{size}; ' in html
    assert f'data-slot="phone" style="{size}"><span class="slot__word">telefoon</span>' in html


def test_value_is_escaped(tmp_path: Path) -> None:
    html, _ = copy(tmp_path, "<b>12</b>")

    assert ">&lt;b&gt;12&lt;/b&gt;</span>" in html


def test_value_that_is_too_long_is_reported_at_its_cell(tmp_path: Path) -> None:
    _, (finding,) = copy(tmp_path, TOO_LONG)

    assert finding.place == Place("content/schools.csv", 3, 24)
    assert finding.what == (
        f"the room of 'Basisschool Zuid' is too long for leaflet-a4: '{TOO_LONG}' has 91 characters, and "
        "leaflet-a4 has 2 lines of 48 mm for it, in 9.5 pt"
    )
    assert finding.fix == "write at most 52 characters, as 'B12'"


def test_value_that_was_shortened_as_told_fits(tmp_path: Path) -> None:
    _, (finding,) = copy(tmp_path, TOO_LONG)
    most = int(finding.fix.split()[3])

    assert copy(tmp_path, TOO_LONG[:most])[1] == ()
    assert copy(tmp_path, TOO_LONG[: most + 1])[1] != ()


def test_word_that_is_wider_than_its_slot_is_reported(tmp_path: Path) -> None:
    _, (finding,) = copy(tmp_path, anchor="Vandenbrouckeverstraetenvandenbossche")

    assert "the ict-anchor of 'Basisschool Zuid' is too long for leaflet-a4" in finding.what
    assert finding.place == Place("content/schools.csv", 3, 23)


def test_slot_that_the_format_does_not_declare_is_a_fault_of_the_template(tmp_path: Path) -> None:
    page = "{% extends 'sheet.html' %}\n{% block body %}\n{{ slot('rooom') }}\n{% endblock %}\n"

    _, (finding,) = copy(tmp_path, "B12", **{"templates/formats/leaflet-a4.html": page})

    assert finding.place == Place("templates/formats/leaflet-a4.html", 3)
    assert "the format 'leaflet-a4' declares no slot 'rooom'" in finding.what


# ---- in the settings --------------------------------------------------------------------------


def test_format_that_is_like_another_has_its_slots(project: Project) -> None:
    formats = project.settings.formats

    assert formats["booklet-a5"].slots == {}
    assert slots_of(formats, "booklet-a5") == formats["leaflet-a5"].slots


def test_project_changes_one_slot_and_keeps_the_others(tmp_path: Path) -> None:
    own = "[formats.leaflet-a4.slots.room]\nwidth-mm = 30\n"

    slots = loaded(project_at(tmp_path, {}, f"{SETTINGS}\n{own}")).settings.formats["leaflet-a4"].slots

    assert (slots["room"].width_mm, slots["room"].leading_mm, slots["phone"].width_mm) == (30, 8, 48)


@pytest.mark.parametrize(
    ("own", "key", "fix"),
    [
        ("[formats.leaflet-a4.slots.room]\nsize-pt = 8\n", "size-pt", "9.5"),
        ("[formats.leaflet-a4.slots.room]\nsmallest-pt = 20\n", "room", "a smallest-pt of at most 14.5"),
        ("[formats.leaflet-a4.slots.room]\nleading-mm = 4\n", "room", "a leading-mm of at least 5.1"),
        ('[formats.leaflet-a4.slots.room]\nalign = "left"\n', "align", "'start', 'center' or 'end'"),
        ('[formats.leaflet-a4.slots.room]\nface = "serif"\n', "face", "'text-bold'"),
    ],
)
def test_slot_that_cannot_hold_its_type_is_reported(tmp_path: Path, own: str, key: str, fix: str) -> None:
    project, findings = load(project_at(tmp_path, {}, f"{SETTINGS}\n{own}"))

    (finding,) = findings
    assert project is None
    assert finding.place.path == "handout.toml"
    assert key in finding.what
    assert fix in finding.fix


def test_slot_for_a_field_that_no_school_has_is_reported(tmp_path: Path) -> None:
    own = "[formats.leaflet-a4.slots.rooom]\nwidth-mm = 9\nleading-mm = 6\nsize-pt = 10\n"

    _, (finding,) = load(project_at(tmp_path, {}, f"{SETTINGS}\n{own}"))

    assert finding.place == Place(
        "handout.toml", f"{SETTINGS}\n{own}".split("\n").index(own.split("\n")[0]) + 1
    )
    assert finding.what == "the slot 'rooom' of the format 'leaflet-a4' is for 'rooom', which no school has"
    assert (
        "add it to columns under [schools], or name a column in a key 'field': name, address" in finding.fix
    )


# ---- columns of the project's own -------------------------------------------------------------

WIFI = """
[schools]
columns = ["id", "name", "wifi"]

[formats.leaflet-a4.slots]
net = { field = "wifi", width-mm = 40, leading-mm = 6, size-pt = 11.5 }
"""
NET_PAGE = "{% extends 'sheet.html' %}{% block body %}{{ slot('net') }}{{ slot('room') }}{% endblock %}"
NET = {
    "content/handouts/gids.md": handout("a", "Kies {{ school.wifi }}."),
    "content/procedures/a.md": procedure("1. Klik"),
    "content/schools.csv": "id,name,wifi\nnoord,Noord,gast-noord\nzuid,Zuid,\n",
    "templates/formats/leaflet-a4.html": NET_PAGE,
}


def test_own_column_stands_in_its_slot_and_in_the_text(tmp_path: Path) -> None:
    project = loaded(project_at(tmp_path, NET, SETTINGS + WIFI))
    document, findings = resolve.document(project, edition(project, school="noord"))
    html, faults = compose.html(document, project)

    assert (*findings, *faults) == ()
    assert 'data-slot="net" data-place="content/schools.csv:2:13"' in html
    assert ">gast-noord</span>" in html
    assert Text("gast-noord") in document.lead
    assert '<span class="slot__word">lokaal</span>' in html, "a column that is left out is a line to write on"


@pytest.mark.parametrize(
    ("columns", "fix"),
    [
        ('["id", "wifi"]', "write 'name' among the columns: every school needs it"),
        ('["id", "name", "wifi", "wifi"]', "write each column once"),
        ('["id", "name", "Wi-fi"]', "write lower-case letters, digits and hyphens"),
    ],
)
def test_columns_that_cannot_be_used_are_reported(tmp_path: Path, columns: str, fix: str) -> None:
    project, (finding,) = load(project_at(tmp_path, {}, f"{SETTINGS}\n[schools]\ncolumns = {columns}\n"))

    assert project is None
    assert finding.place.path == "handout.toml"
    assert finding.fix.startswith(fix)


@pytest.mark.parametrize(
    ("strings", "word"),
    [({}, "wifi"), ({"templates/strings/nl.toml": '[school]\nwifi = "wifi-netwerk"\n'}, "wifi-netwerk")],
)
def test_line_to_write_on_has_the_word_of_the_strings_or_the_name_of_the_column(
    tmp_path: Path, strings: dict[str, str], word: str
) -> None:
    project = loaded(project_at(tmp_path, {**NET, **strings}, SETTINGS + WIFI))
    document, _ = resolve.document(project, edition(project, school="zuid"))
    html, _ = compose.html(document, project)

    assert f'<span class="slot__word">{word}</span>' in html
    assert WriteIn(word) in document.lead


# ---- the logo ---------------------------------------------------------------------------------

LOGO_TABLE = "id,name,logo\nnoord,Noord,wit.svg\nzuid,Zuid,\n"
WIDE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10"><path d="M0 0h9" fill="#0a7d32"/></svg>'
LOGOS = {
    "content/handouts/gids.md": handout("a"),
    "content/procedures/a.md": procedure("1. Klik"),
    "content/schools.csv": LOGO_TABLE,
    "content/images/wit.svg": WIDE,
}


@pytest.mark.parametrize(
    ("width", "height", "expected_mm"), [(40, 10, (16, 4)), (10, 40, (3, 12)), (4, 3, (16, 12))]
)
def test_logo_is_as_large_as_its_slot_lets_it_be(
    width: float, height: float, expected_mm: tuple[float, float]
) -> None:
    slot = LogoSlot.model_validate({"width-mm": 16, "height-mm": 12})

    assert fitted(PictureFile("images/x.png", PictureType.PNG, b"", width, height), slot) == expected_mm


def made_for(root: Path, school: str | None, ink: Ink = Ink.COLOUR) -> tuple[Document, str]:
    project = loaded(project_at(root, LOGOS))
    document, findings = resolve.document(project, replace(edition(project, school=school), ink=ink))
    html, faults = compose.html(document, project)
    assert (*findings, *faults) == ()
    return document, html


def test_logo_takes_the_place_of_the_pictogram(tmp_path: Path) -> None:
    document, html = made_for(tmp_path, "noord")

    box = "inline-size: 16mm; block-size: 12mm; padding-block-start: 4.000mm; padding-inline-start: 0.000mm"
    assert f'data-slot="logo" data-place="content/schools.csv:2" style="{box}"><svg' in html
    assert 'style="inline-size: 16.000mm; block-size: 4.000mm" aria-hidden="true"' in html
    assert "icon--school" not in html
    assert "content/images/wit.svg" in document.made_from


@pytest.mark.parametrize("school", ["zuid", None])
def test_without_a_logo_the_pictogram_stands_there_and_no_line_to_write_on(
    tmp_path: Path, school: str | None
) -> None:
    document, html = made_for(tmp_path, school)

    assert 'data-slot="logo"' not in html
    assert "icon--school" in html
    assert document.pictures == {}


def test_logo_is_grey_where_black_is_the_only_ink(tmp_path: Path) -> None:
    _, html = made_for(tmp_path, "noord", Ink.MONO)

    assert 'fill="#525252"' in html
    assert "#0a7d32" not in html


def test_copies_with_and_without_a_logo_have_one_code(tmp_path: Path) -> None:
    assert len({made_for(tmp_path, school)[0].code for school in ("noord", "zuid", None)}) == 1


def test_logo_that_is_not_there_is_reported_at_its_row_once(tmp_path: Path) -> None:
    _, findings = load(
        project_at(tmp_path, {**LOGOS, "content/schools.csv": LOGO_TABLE.replace("wit", "wti")})
    )

    (finding,) = findings
    assert finding.place == Place("content/schools.csv", 2, 13)
    assert finding.what == "there is no picture 'wti.svg' in content/images for the logo of 'Noord'"
    assert finding.fix == "did you mean 'wit.svg'? Known: wit.svg"


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        (
            "wit.svg",
            f'{WIDE[:-6]}\n<image href="a.png"/></svg>',
            "the drawing holds a photo, or another picture of pixels (line 2)",
        ),
        ("wit.png", b"\x89PNG\r\n\x1a\n", "the PNG picture is damaged"),
        ("wit.pdf", b"%PDF-1.7", "the picture is a PDF"),
    ],
)
def test_logo_that_cannot_be_printed_is_told_at_the_row_of_its_school_alone(
    tmp_path: Path, name: str, data: str | bytes, what: str
) -> None:
    table = LOGO_TABLE.replace("wit.svg", name)
    files: dict[str, str | bytes] = {
        **LOGOS,
        f"content/images/{name}": data,
        "content/schools.csv": table,
    }

    project, (finding,) = load(project_at(tmp_path, files))

    assert project is not None
    assert [school.id for school in project.schools] == ["noord", "zuid"]
    assert finding.place == Place("content/schools.csv", 2, 13)
    assert finding.severity is Severity.ERROR
    assert finding.what == f"the logo of 'Noord', content/images/{name}, cannot be printed: {what}"
    assert finding.fix.endswith("; or leave its cell 'logo' empty")


def test_logo_that_a_text_shows_too_is_told_at_its_file_and_at_its_row(tmp_path: Path) -> None:
    files = {
        **LOGOS,
        "content/images/wit.svg": "<svg",
        "content/procedures/a.md": procedure("1. Klik\n\n    ![Wit](images/wit.svg)"),
    }

    _, findings = load(project_at(tmp_path, files))

    assert [finding.place.path for finding in findings] == ["content/images/wit.svg", "content/schools.csv"]


def test_photo_for_a_logo_costs_no_more_than_is_printed(tmp_path: Path) -> None:
    file = BytesIO()
    Image.effect_noise((3_000, 2_000), 90).convert("RGB").save(file, "JPEG", quality=98)
    assert len(file.getvalue()) > 4_000_000
    table = LOGO_TABLE.replace("wit.svg", "foto.jpg")
    files: dict[str, str | bytes] = {
        **LOGOS,
        "content/images/foto.jpg": file.getvalue(),
        "content/schools.csv": table,
    }

    logo = loaded(project_at(tmp_path, files)).pictures["images/foto.jpg"]

    # The largest box of a logo is 18 mm wide and 12 mm high.
    assert (logo.width, logo.height) == (213, 142)
    assert len(logo.data) < 40_000


# ---- the address of a school's own ------------------------------------------------------------

OWN_LINK = SETTINGS.replace(
    'security-info = "https://mfa.school.be/info"',
    'security-info = { url = "https://mfa.school.be/info", column = "page" }',
)
PAGES = OWN_LINK + '[schools]\ncolumns = ["id", "name", "page"]\n'
OWN_PAGES = {
    "content/handouts/gids.md": handout("a", qr="security-info"),
    "content/procedures/a.md": procedure("1. Klik"),
    "content/schools.csv": "id,name,page\nnoord,Noord,https://mfa.school.be/noord\nzuid,Zuid,\n",
}


@pytest.mark.parametrize(
    ("school", "url"),
    [
        ("noord", "https://mfa.school.be/noord"),
        ("zuid", "https://mfa.school.be/info"),
        (None, "https://mfa.school.be/info"),
    ],
)
def test_code_of_a_copy_leads_to_the_page_of_its_school(tmp_path: Path, school: str | None, url: str) -> None:
    project = loaded(project_at(tmp_path, OWN_PAGES, PAGES))
    document, findings = resolve.document(project, edition(project, school=school))

    assert findings == ()
    assert document.qr == QrTarget("security-info", url, url.removeprefix("https://"))


def test_page_of_a_school_on_another_site_is_reported_at_its_row(tmp_path: Path) -> None:
    table = "id,name,page\n\nnoord,Noord,https://mfa.schooI.be/noord\n"

    _, (finding,) = load(project_at(tmp_path, {**OWN_PAGES, "content/schools.csv": table}, PAGES))

    assert finding.place == Place("content/schools.csv", 3, 13)
    assert finding.what.startswith("'page' of 'Noord' cannot be used: ")


def test_link_for_a_column_that_is_not_declared_is_reported(tmp_path: Path) -> None:
    _, (finding,) = load(project_at(tmp_path, {}, OWN_LINK))

    assert finding.place == Place(
        "handout.toml", OWN_LINK.split("\n").index('allowed-hosts = ["mfa.school.be"]') + 2
    )
    assert (
        finding.what == "the link 'security-info' names the column 'page', which the project has not declared"
    )
    assert finding.fix == "write a name of your own for it, and add that to columns under [schools]"


def test_school_answers_by_column() -> None:
    school = School("zuid", "Zuid", ict_anchor="An", room="B12")

    assert [school.value(name) for name in SchoolField] == ["Zuid", None, "An", "B12", None, None, None]
