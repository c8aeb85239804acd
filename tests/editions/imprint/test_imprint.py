"""Imprint: what is filled into a finished PDF is what a rendering of its own would show and say."""

from __future__ import annotations

import pickle
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from io import BytesIO
from itertools import islice
from pathlib import Path

import page
import pikepdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageDraw
from tests.conftest import REPOSITORY, SETTINGS, handout, loaded, procedure, project_at
from tests.conftest import edition as edition_in
from tests.editions.imprint.imprinting import Imprint, imprinted, one_master

from handout.document import resolve
from handout.editions import imprint, sheet_code
from handout.editions.imprint import Master, compare, grounds
from handout.editions.imprint.prepared_master import locked
from handout.editions.imprint.readback import own_objects, titles_of
from handout.model.document import Ink
from handout.model.school import School
from handout.paper.compose import page as compose
from handout.paper.engine import render
from handout.paper.engine.constraints import PageConstraints
from handout.paper.engine.slots import SetPicture
from handout.project.plan import Edition, Selection, editions
from handout.project.project import Project
from handout.project.reading import pictures
from handout.project.settings import Links, slots_of

LONGEST = School(
    "lang",
    "Stedelijke Basisschool en Kleuterschool Het Kompas aan de Schelde, campus Linkeroe",
    ict_anchor="Marie-Antoinette Vandenbroucke-Verstraet",
    room="Lokaal B12 op de tweede verdieping",
    phone="+32 3 000 00 00 (20)",
    hours="maandag tot vrijdag van 8.30 tot 12 en 13-16u",
)
SHORTEST = School("kort", "De Q", ict_anchor="Z. Q.", room="Q1", phone="03 9", hours="9 u")
ACCENTS = School(
    "zoe", "École Zoë", ict_anchor="Łukasz Čapek", room="É 12", phone="03 123 45 67", hours="Ñandú: 9 à 16"
)
ARABIC = School("ar", "مدرسة", ict_anchor="Omar Aziz", room="1", phone="03 1", hours="9 uur")
BARE = School("bron", "De Bron", ict_anchor="Wim Wouters")
BARE_TOO = School("brug", "De Brug aan het Water", ict_anchor="Fientje Van den Bossche-Janssens")
SCHOOLS = (SHORTEST, LONGEST, BARE, ACCENTS, ARABIC, BARE_TOO)
FORMATS = ("card", "leaflet-a4")


@cache
def handbook() -> Project:
    return loaded(REPOSITORY)


@cache
def edition(format_: str) -> Edition:
    """Return the handout of the handbook with the fewest texts in *format_*."""
    found = editions(handbook(), Selection(formats=(format_,)))
    return min(found, key=lambda one: (len(one.handout.procedures), one.name))


@cache
def made(format_: str) -> Imprint:
    return imprinted(handbook(), edition(format_), SCHOOLS)


def master_of(format_: str, school: School) -> Master:
    (master,) = (master for master in made(format_).masters if school in master.schools)
    return master


@cache
def copy(format_: str, school: School) -> bytes:
    return master_of(format_, school).copy(school)


@cache
def full(format_: str, school: School) -> bytes:
    """Return the copy for *school* as a rendering of its own."""
    return rendered(handbook(), replace(edition(format_), school=school))


def rendered(project: Project, of: Edition) -> bytes:
    document, faults = sheet_code.document(project, of)
    html, slips = compose.html(document, project)
    settings = project.settings.formats[of.format]
    promise = PageConstraints(document.page_budget, settings.least_scale, settings.most_air)
    rendered = render.pdf(html, document.pictures, document.place, promise)
    assert [str(finding) for finding in (*faults, *slips, *rendered.findings)] == []
    return rendered.pdf


def whys(found: Imprint) -> dict[str, str]:
    return {fallback.school.id: fallback.why for fallback in found.fallbacks}


def texts(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())
    finally:
        document.close()


# ---- the copy and a rendering of its own ------------------------------------------------------


@pytest.mark.parametrize("school", [SHORTEST, LONGEST, ACCENTS, BARE_TOO], ids=lambda school: school.id)
@pytest.mark.parametrize("format_", FORMATS)
def test_copy_is_read_tagged_and_seen_as_a_full_rendering(format_: str, school: School) -> None:
    assert compare.differences(copy(format_, school), full(format_, school)) == ()


def test_every_difference_between_two_schools_is_told() -> None:
    found = compare.differences(copy("card", ACCENTS), full("card", SHORTEST))

    assert [one for one in found if one.startswith("tags: '“Lokaal É 12” Lexend-Bold 19.00 pt' in place of")]
    assert "page 2: the extracted text is not the same" in found
    assert any(one.startswith("page 2: pixels differ, the first of them ") for one in found)
    assert not any(one.startswith("page 1") for one in found)


def test_one_moved_letter_is_told() -> None:
    master = master_of("card", ACCENTS)
    (room, *others) = master.types[ACCENTS.id]
    assert not isinstance(room, SetPicture)
    moved = tuple(replace(line, x_px=line.x_px + 0.5) for line in room)
    spoilt = replace(master, types={ACCENTS.id: (moved, *others)})

    (found,) = compare.differences(spoilt.copy(ACCENTS), copy("card", ACCENTS))

    assert found.startswith("page 2: pixels differ, the first of them 8 mm from the left")


def test_words_on_two_lines_of_a_value_come_out_apart() -> None:
    found = texts(copy("leaflet-a4", LONGEST))

    assert LONGEST.name in found
    assert str(LONGEST.hours) in found


# ---- the file ---------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", ["ua1", "2a"])
@pytest.mark.parametrize("school", [LONGEST, SHORTEST, BARE], ids=lambda school: school.id)
@pytest.mark.parametrize("format_", FORMATS)
def test_copy_is_pdf_ua_and_pdf_a(format_: str, school: School, profile: str) -> None:
    report = page.validate_pdf_bytes(copy(format_, school), profile=profile)

    assert report.rules.passed > 100
    assert [failure.message for failure in report.failures] == []


@pytest.mark.parametrize("school", [LONGEST, SHORTEST, BARE], ids=lambda school: school.id)
def test_copy_has_no_syntax_fault_and_no_object_that_is_not_used(school: School) -> None:
    with pikepdf.open(BytesIO(copy("leaflet-a4", school))) as pdf:
        assert pdf.check_pdf_syntax() == []
        numbered: list[pikepdf.Object | None] = list(pdf.objects)  # None: a number that is free
        held = [one for one in numbered if one is not None and not _is_of_the_file_itself(one)]
        again = BytesIO()
        pdf.save(again, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    with pikepdf.open(again) as pdf:
        assert len(held) == len(pdf.objects)


def _is_of_the_file_itself(found: pikepdf.Object) -> bool:
    return isinstance(found, pikepdf.Stream) and found.get("/Type") in ("/XRef", "/ObjStm")


@pytest.mark.parametrize("end", [b"\r", b"\n", b" "])
def test_stream_has_its_length_whatever_it_ends_in(end: bytes) -> None:
    """As one in 256 packed streams does by chance: what follows must not make a line end of it."""
    changed = BytesIO()
    with pikepdf.open(BytesIO(copy("card", BARE))) as pdf:
        pdf.Root.Metadata.write(pdf.Root.Metadata.read_bytes() + end)
        pdf.save(changed, fix_metadata_version=False, compress_streams=False)

    written = locked(changed.getvalue(), (), (), BARE.in_title).filled((), BARE.in_title)

    assert page.validate_pdf_bytes(written, profile="2a").failures == []


@pytest.mark.parametrize("format_", FORMATS)
def test_title_of_a_copy_names_its_school(format_: str) -> None:
    for master in made(format_).masters:
        for school in master.schools:
            with pikepdf.open(BytesIO(master.copy(school))) as pdf:
                title = str(pdf.docinfo["/Title"])
                assert title == f"{master.document.title} – Voor medewerkers – {school.name}"
                assert pdf.open_metadata()["dc:title"] == title
            assert titles_of(master.copy(school), master.prepared) == {title}


@pytest.mark.parametrize("format_", FORMATS)
def test_copy_names_no_other_school(format_: str) -> None:
    for master in made(format_).masters:
        for school in master.schools:
            found = texts(master.copy(school))
            for other in set(SCHOOLS) - {school}:
                assert other.name not in found
                assert str(other.ict_anchor) not in found


@pytest.mark.parametrize("school", [LONGEST, SHORTEST], ids=lambda school: school.id)
def test_code_of_a_copy_leads_where_it_did(school: School) -> None:
    target = master_of("card", school).document.qr
    document = pypdfium2.PdfDocument(copy("card", school))
    found = [code.text for code in zxingcpp.read_barcodes(document[0].render(scale=3).to_pil())]
    document.close()

    assert target is not None
    assert found == [target.url]


def test_bytes_of_a_copy_are_the_same_each_time() -> None:
    master = master_of("card", LONGEST)
    again = imprinted(handbook(), edition("card"), SCHOOLS)

    assert [one.copy(LONGEST) for one in again.masters if LONGEST in one.schools] == [copy("card", LONGEST)]
    assert pickle.loads(pickle.dumps(master)).copy(LONGEST) == copy("card", LONGEST)


def test_two_copies_have_their_own_identity_and_that_of_their_edition() -> None:
    with (
        pikepdf.open(BytesIO(copy("card", LONGEST))) as one,
        pikepdf.open(BytesIO(copy("card", SHORTEST))) as other,
    ):
        of_one, of_other = ([bytes(part) for part in pdf.trailer.ID] for pdf in (one, other))

    assert of_one[0] == of_other[0]
    assert of_one[1] != of_other[1]


def test_thirty_copies_take_no_more_memory_than_two() -> None:
    schools = [replace(LONGEST, id=f"s{n}", name=f"School {n}", room=f"B{n}") for n in range(30)]
    (master,) = imprinted(handbook(), edition("card"), schools).masters
    two, thirty = peak_bytes(master, 2), peak_bytes(master, 30)

    assert thirty < 1.2 * two


def peak_bytes(master: Master, count: int) -> int:
    """Return how much memory the first *count* copies of *master* take at once, when none is kept."""
    tracemalloc.start()
    made = sum(1 for _ in islice(map(master.copy, master.schools), count))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert made == count
    return peak


# ---- logos ------------------------------------------------------------------------------------


def raster(mode: str, colour: tuple[int, ...], kind: str) -> bytes:
    """Return a picture of 60 × 40 pixels with an ellipse of *colour* on white, or on nothing."""
    file = BytesIO()
    picture = Image.new(mode, (60, 40), (255, 255, 255, 0)[: len(colour)])
    ImageDraw.Draw(picture).ellipse((2, 2, 57, 37), fill=colour)
    picture.save(file, kind)
    return file.getvalue()


LOGO_FILES = {
    "images/blad.svg": (REPOSITORY / "content/images/logo-de-linde.svg").read_bytes(),
    "images/glas.svg": b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 20"><g opacity=".5">'
    b'<path d="M0 0h60v20H0z" fill="#b00020"/><path d="M30 -9h60v38H30z"/></g>'
    b'<text x="5" y="15" font-size="12" font-family="Lexend">Glas</text></svg>',
    "images/helder.png": raster("RGBA", (200, 40, 40, 160), "PNG"),
    "images/foto.jpg": raster("RGB", (20, 90, 160), "JPEG"),
}
WITH_LOGOS = tuple(
    replace(SHORTEST, id=f"logo-{number}", name=f"School {number}", logo=path)
    for number, path in enumerate((*LOGO_FILES, "images/foto.jpg"))
)


@cache
def with_logos() -> Project:
    found = {path: pictures.picture(path, data)[0] for path, data in LOGO_FILES.items()}
    read = {path: file for path, file in found.items() if file is not None}
    assert read.keys() == LOGO_FILES.keys()
    return replace(handbook(), pictures={**handbook().pictures, **read})


@cache
def logo_master(ink: Ink = Ink.COLOUR) -> Master:
    """Return the one master of a table tent, which shows the logo on two faces, for all schools with one."""
    made_ = imprinted(with_logos(), replace(edition("tent-a4"), ink=ink), (*WITH_LOGOS, SHORTEST, LONGEST))
    assert made_.fallbacks == ()
    master, without = made_.masters
    assert without.schools == (SHORTEST, LONGEST)
    return master


def test_schools_with_logos_share_one_master() -> None:
    assert logo_master().schools == WITH_LOGOS


@pytest.mark.parametrize(("ink", "schools"), [(Ink.COLOUR, WITH_LOGOS[:4]), (Ink.MONO, WITH_LOGOS[1:3])])
def test_copy_with_a_logo_is_read_tagged_and_seen_as_a_full_rendering(
    ink: Ink, schools: tuple[School, ...]
) -> None:
    master = logo_master(ink)

    for school in schools:
        own = rendered(with_logos(), replace(edition("tent-a4"), ink=ink, school=school))
        assert compare.differences(master.copy(school), own) == (), school.logo
        as_ = replace(master.edition, school=school)
        found = resolve.for_school(with_logos(), resolve.without_school(with_logos(), master.document), as_)
        assert found == sheet_code.document(with_logos(), as_)[0]


@pytest.mark.parametrize("profile", ["ua1", "2a"])
@pytest.mark.parametrize("school", WITH_LOGOS[:4], ids=lambda school: school.logo)
def test_copy_with_a_logo_is_pdf_ua_and_pdf_a(school: School, profile: str) -> None:
    report = page.validate_pdf_bytes(logo_master().copy(school), profile=profile)

    assert report.rules.passed > 100
    assert [failure.message for failure in report.failures] == []


def test_copy_holds_its_own_logo_and_no_other() -> None:
    sizes = [set(images(logo_master().copy(school))) for school in WITH_LOGOS]

    drawn, glass, clear, photo, photo_too = sizes
    assert drawn == glass == set()
    assert {kind for kind, _ in clear} == {"/FlateDecode"}
    assert {kind for kind, _ in photo} == {"/DCTDecode"}
    assert photo == photo_too


def images(pdf: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield every raster in *pdf*, whether a page shows it or not."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        assert opened.check_pdf_syntax() == []
        numbered: list[pikepdf.Object | None] = list(opened.objects)
        for one in numbered:
            if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image":
                yield str(one.Filter), one.read_raw_bytes()


def test_three_hundred_logos_share_one_master() -> None:
    """Each logo is kept once; a copy is as large as with one logo alone, but for its table of objects."""
    leaf = handbook().pictures["images/logo-de-linde.svg"]
    files = {
        f"images/{n}.svg": replace(leaf, path=f"images/{n}.svg", width=leaf.width + n / 10)
        for n in range(300)
    }
    project = replace(handbook(), pictures={**handbook().pictures, **files})
    schools = [replace(SHORTEST, id=f"s{n}", logo=path) for n, path in enumerate(files)]

    (master,) = imprinted(project, edition("tent-a4"), schools).masters

    assert master.schools == tuple(schools)
    assert len(master.copy(schools[299])) < len(logo_master().copy(WITH_LOGOS[0])) + 3_000


def test_logo_with_a_gradient_falls_back_alone() -> None:
    """A gradient stays where it is on the page when the logo that it fills is moved."""
    data = (REPOSITORY / "tests/project/reading/drawings/illustrator.svg").read_bytes()
    logo, _ = pictures.picture("images/verloop.svg", data)
    assert logo is not None
    project = replace(with_logos(), pictures={**with_logos().pictures, logo.path: logo})
    shaded = replace(LONGEST, logo=logo.path)

    found = imprinted(project, edition("tent-a4"), (shaded, *WITH_LOGOS[2:4]))

    assert [(one.school, one.why) for one in found.fallbacks] == [(shaded, "its logo has a gradient")]
    assert [master.schools for master in found.masters] == [WITH_LOGOS[2:4]]


def test_logo_that_a_template_gives_words_falls_back() -> None:
    """Its words would be those of one school in the copies of all."""
    project = with_logos()
    parts = project.templates["parts.html"].replace(
        "{{ logo }}", "{{ logo|replace(' aria-hidden=\"true\"', '')|replace('alt=\"\"', 'alt=\"blad\"') }}"
    )
    project = replace(project, templates={**project.templates, "parts.html": parts})

    found = imprinted(project, edition("tent-a4"), WITH_LOGOS[2:4])

    assert found.masters == ()


# ---- codes that lead to a page of the school's own --------------------------------------------

HOST = "https://mysignins.microsoft.com"
NEAR = replace(SHORTEST, id="dicht", own=(("page", f"{HOST}/s/kort"),))
FAR = replace(LONGEST, id="ver", own=(("page", f"{HOST}/2060/de-kaai"),))
TOO_FAR = replace(LONGEST, id="te-ver", own=(("page", f"{HOST}/{'scholen-' * 9}kaai"),))
WITH_PAGES = (NEAR, FAR, ACCENTS, TOO_FAR)


@cache
def with_pages() -> Project:
    """Return the handbook, whose schools may have a page of their own in the column `page`."""
    settings = handbook().settings
    link = {"url": settings.links.urls["security-info"], "column": "page"}
    links = Links.model_validate({"allowed-hosts": settings.links.allowed_hosts, "security-info": link})
    return replace(handbook(), settings=settings.model_copy(update={"links": links}))


@cache
def made_with_pages() -> Imprint:
    return imprinted(with_pages(), edition("card"), WITH_PAGES)


def of_pages(school: School) -> tuple[bytes, Edition]:
    (master,) = made_with_pages().masters
    return master.copy(school), replace(edition("card"), school=school)


@pytest.mark.parametrize("school", [NEAR, FAR, ACCENTS], ids=lambda school: school.id)
def test_copy_with_its_own_code_is_read_tagged_and_seen_as_a_full_rendering(school: School) -> None:
    copy_, own = of_pages(school)

    assert compare.differences(copy_, rendered(with_pages(), own)) == ()


@pytest.mark.parametrize("school", [NEAR, FAR], ids=lambda school: school.id)
def test_code_address_words_and_link_of_a_copy_lead_to_the_page_of_its_school(school: School) -> None:
    copy_, own = of_pages(school)
    url = str(school.value("page"))
    document = pypdfium2.PdfDocument(copy_)
    codes = [code.text for code in zxingcpp.read_barcodes(document[0].render(scale=3).to_pil())]
    document.close()
    with pikepdf.open(BytesIO(copy_)) as pdf:
        (area,) = pdf.pages[0].obj.Annots
        link = str(area.A.URI), str(area.Contents)
        numbered: list[pikepdf.Object | None] = list(pdf.objects)
        alts = [str(one.Alt) for one in numbered if isinstance(one, pikepdf.Dictionary) and "/Alt" in one]

    shown = url.removeprefix("https://")
    assert codes == [url]
    assert link == (url, shown)
    assert f"QR-code naar {shown}" in alts
    assert shown in texts(copy_)
    master = made_with_pages().masters[0]
    assert (
        resolve.for_school(with_pages(), resolve.without_school(with_pages(), master.document), own)
        == sheet_code.document(with_pages(), own)[0]
    )


def test_link_that_leads_elsewhere_is_told() -> None:
    found = compare.differences(of_pages(NEAR)[0], of_pages(FAR)[0])

    assert any(one.startswith(f"link: page 1: {NEAR.value('page')} ") for one in found)


@pytest.mark.parametrize("profile", ["ua1", "2a"])
def test_copy_with_its_own_code_is_pdf_ua_and_pdf_a(profile: str) -> None:
    report = page.validate_pdf_bytes(of_pages(FAR)[0], profile=profile)

    assert report.rules.passed > 100
    assert [failure.message for failure in report.failures] == []


def test_address_that_is_too_long_for_its_slot_falls_back() -> None:
    (fallback,) = made_with_pages().fallbacks

    assert fallback.school == TOO_FAR
    assert fallback.why.endswith(
        "kaai: that, or mysignins.microsoft.com/security-info, is too long for its slot"
    )


def test_school_with_its_own_code_falls_back_where_the_format_has_no_slot_for_the_address() -> None:
    poster = editions(with_pages(), Selection(formats=("poster-a3",)))[0]

    why = grounds.of_code(
        with_pages(), replace(poster, handout=replace(poster.handout, qr="security-info")), NEAR
    )

    assert why is not None
    assert why.endswith("and the format has no slot for that")


def test_template_that_shows_where_the_code_leads_by_itself_makes_copies_fall_back() -> None:
    project = with_pages()
    own = "{{ document.qr.text }} {{ qr_address }}"
    parts = project.templates["parts.html"].replace("{{ qr_address }}", own)
    project = replace(project, templates={**project.templates, "parts.html": parts})

    found = imprinted(project, edition("card"), (NEAR, replace(NEAR, id="bij", own=FAR.own)))

    assert set(whys(found).values()) == {
        "a template shows where the code leads, and does not leave that to qr_code and qr_address"
    }


# ---- who shares a master -----------------------------------------------------------------------


def test_schools_with_the_same_fields_share_a_master() -> None:
    found = [tuple(school.id for school in master.schools) for master in made("leaflet-a4").masters]

    assert found == [("kort", "lang", "zoe"), ("bron", "brug"), ("ar",)]


def test_copy_is_the_same_whoever_else_is_in_the_table() -> None:
    alone = imprinted(handbook(), edition("card"), [LONGEST])

    assert [master.copy(LONGEST) for master in alone.masters] == [copy("card", LONGEST)]


def test_copies_to_compare_hold_the_longest_values() -> None:
    schools = (SHORTEST, ACCENTS, ARABIC)

    assert imprint.longest(schools, 3) == (ACCENTS, SHORTEST, ARABIC)
    columns = list(imprint.columns(schools))
    longest = [imprint.longest(schools, 1, turn) for turn in range(len(columns))]
    assert dict(zip(columns, longest, strict=True))["phone"] == (ACCENTS,)


def test_each_turn_begins_with_the_school_that_has_the_longest_value_of_another_column() -> None:
    schools = (
        School("naam", "De langste naam van allemaal", ict_anchor="An", phone="1"),
        School("anker", "De Es", ict_anchor="Marie-Antoinette Vandenbroucke", phone="2"),
        School("bel", "De Eik", ict_anchor="Bo", phone="+32 3 000 00 00 (20)"),
    )
    columns = list(imprint.columns(schools))

    first = {name: imprint.longest(schools, 1, turn)[0].id for turn, name in enumerate(columns)}

    assert (first["name"], first["ict-anchor"], first["phone"]) == ("naam", "anker", "bel")
    assert imprint.longest(schools, 2, len(columns)) == imprint.longest(schools, 2, 0)


def test_slot_in_a_colour_of_its_own_keeps_it_in_every_copy() -> None:
    project = handbook()
    own = ".room__where { color: #8a1538 }"
    project = replace(project, styles={**project.styles, "audiences/staff.css": own})

    master = one_master(project, edition("card"), [ACCENTS, SHORTEST])

    for school in (ACCENTS, SHORTEST):
        by_itself = rendered(project, replace(edition("card"), school=school))
        assert b"0.541" in b"".join(own_objects(master.copy(school), open_texts(master)).values())
        assert compare.differences(master.copy(school), by_itself) == ()


def open_texts(master: Master) -> list[int]:
    return [opening.stream for opening in master.prepared.openings]


# ---- what must be rendered in full ------------------------------------------------------------


@pytest.mark.parametrize("format_", FORMATS)
def test_name_of_another_script_or_direction_goes_on_a_master(format_: str) -> None:
    assert whys(made(format_)) == {}
    assert compare.differences(copy(format_, ARABIC), full(format_, ARABIC)) == ()


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("東京", "its room, '東京', has letters that no font for its slot holds: 東 京"),
        ("B\u202e12", "its room, 'B\u202e12', holds a mark that turns the direction of reading"),
        ("Lokaal B12 " * 8, "mm too long for its slot of 2 × 48 mm in 9.5 pt"),
    ],
)
def test_value_that_its_slot_cannot_hold_falls_back_with_the_reason(value: str, why: str) -> None:
    slots = slots_of(handbook().settings.formats, "leaflet-a4")

    found = grounds.of_school(replace(SHORTEST, room=value.strip()), slots, handbook().strings["nl"])

    assert found is not None
    assert why in found


def test_edition_whose_text_names_the_school_falls_back_with_the_line(tmp_path: Path) -> None:
    body = "Lees dit.\n\n/// tip\nVraag het aan {{ school.ict-anchor }}.\n///"
    files = {
        "content/procedures/mfa.md": procedure("1. Klik."),
        "content/handouts/gids.md": handout("mfa", body),
    }
    project = loaded(project_at(tmp_path, files, SETTINGS))

    found = imprinted(project, edition_in(project), [LONGEST, SHORTEST])

    line = 1 + files["content/handouts/gids.md"].split("\n").index("Vraag het aan {{ school.ict-anchor }}.")
    why = f"the text at content/handouts/gids.md:{line} uses a field of the school"
    assert [one.startswith(why) for one in whys(found).values()] == [True, True]


@pytest.mark.parametrize(
    "asking",
    [
        "{% if document.school.name|length > 20 %}lang{% endif %}",
        "{% set d = document %}{{ d['school'] }}",
        "{{ document|attr('school') }}",
    ],
)
def test_edition_whose_template_asks_for_the_school_falls_back_with_its_name(asking: str) -> None:
    project = handbook()
    parts = project.templates["parts.html"] + "\n{% macro own() %}" + asking + "{% endmacro %}\n"
    project = replace(project, templates={**project.templates, "parts.html": parts})

    found = grounds.of_edition(project, edition("card"))

    assert found == "templates/parts.html asks for the school itself, not for a slot"


@pytest.mark.parametrize("format_", ["card", "leaflet-a4", "trifold", "poster-a3", "tent-a4", "mini"])
def test_templates_of_the_handbook_ask_for_slots_alone(format_: str) -> None:
    assert grounds.of_edition(handbook(), edition(format_)) is None


@pytest.mark.parametrize(
    ("style", "why"),
    [
        (
            "word-spacing: 1pt",
            "a style sheet gives the slot 'room' another look by what stands around",
        ),
        (
            "text-decoration: underline",
            "the slot 'room' stands in a drawing of its own, or its text has a line",
        ),
        ("opacity: .9", "the slot 'room' stands in a drawing of its own, or its text has a line under it"),
    ],
)
def test_slot_that_a_style_sheet_dresses_by_its_surroundings_falls_back(style: str, why: str) -> None:
    project = handbook()
    own = f".room__where {{ {style} }}"
    project = replace(project, styles={**project.styles, "audiences/staff.css": own})

    found = imprinted(project, edition("card"), [ACCENTS, SHORTEST])

    assert found.masters == ()
    assert [one.startswith(why) for one in whys(found).values()] == [True, True]
