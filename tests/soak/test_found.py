"""What the soak found, each mended as a kind: small projects that are right, and build."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

import pypdfium2
import pytest
from PIL import Image
from tests.conftest import SETTINGS, edition, handout, loaded, procedure, project_at
from tests.soak.pictures import drawing
from tests.soak.reader import read, squeezed, stands_on_picture

from handout.document import resolve
from handout.editions import single
from handout.editions.single import Made
from handout.model.findings import Severity
from handout.model.units import MM_PER_INCH
from handout.project.plan import editions
from handout.project.selection import Selection

PX_PER_MM = 2


def made(
    root: Path,
    text_: str,
    format_: str,
    settings: str = SETTINGS,
    files: Mapping[str, str | bytes] = MappingProxyType({}),
    slug: str = "gids",
    **keys: str,
) -> Made:
    """Return the one sheet of a procedure of *body*, which has nothing wrong with it."""
    whole: dict[str, str | bytes] = {
        "content/procedures/a.md": procedure(text_),
        "content/handouts/gids.md": handout("a", formats=f"[{format_}]", **keys),
        "content/images/staand.svg": drawing(48, 96),
        **files,
    }
    project = loaded(project_at(root, whole, settings))
    one = single.make(project, edition(project, slug))
    assert [str(finding) for finding in one.findings if finding.severity is Severity.ERROR] == []
    return one


def page(one: Made) -> Image.Image:
    """Return the first page of *one*, at PX_PER_MM."""
    document = pypdfium2.PdfDocument(one.pdf)
    try:
        picture: Image.Image = document[0].render(scale=PX_PER_MM * MM_PER_INCH / 72).to_pil().convert("RGB")
    finally:
        document.close()
    return picture


def text(one: Made, number: int) -> str:
    """Return the text of page *number* of *one*, as PDFium reads it."""
    return read(one.pdf, is_looked_at=False)[number].text


STEPS = "1. Open het\n\n    in je lokaal\n\n2. Wacht\n3. Toon\n\n    ![Een blad.](images/staand.svg)"


def test_drawing_of_any_shape_keeps_out_of_the_edge_of_a_poster(tmp_path: Path) -> None:
    made(tmp_path, STEPS, "poster-a3")


def test_line_of_a_poster_leads_on_from_a_step_without_info(tmp_path: Path) -> None:
    picture = page(made(tmp_path, STEPS, "poster-a3"))
    accent = (0x12, 0x3E, 0x8C)
    badge_px, rail_px = 14 * PX_PER_MM, 29 * PX_PER_MM
    rows = range(130 * PX_PER_MM, 280 * PX_PER_MM)
    beside = [row for row in rows if picture.getpixel((badge_px, row)) == accent]
    between = [row for row in range(beside[0], beside[-1]) if row not in beside]
    assert len(between) > 2 * 8 * PX_PER_MM
    assert {picture.getpixel((rail_px, row)) for row in between} == {accent}


@pytest.mark.parametrize("link", ["short", "long"])
@pytest.mark.parametrize("format_", ["reference-a4", "leaflet-a4"])
def test_address_to_type_fits_in_half_the_width(tmp_path: Path, format_: str, link: str) -> None:
    ways = (
        "    /// tab | A\n    1. Open\n\n        ADDRESS\n    ///\n\n    /// tab | B\n    1. Wacht\n    ///"
    )
    steps = f"1. Open\n\n    ADDRESS\n\n2. Kies\n\n{ways}".replace("ADDRESS", f"{{{{ link.{link} }}}}")
    links = 'short = "https://mfa.school.be"\nlong = "https://mfa.school.be/beveiliging/methodes/toevoegen"\n'
    settings = f"{SETTINGS}{links}[formats.leaflet-a4]\npages = 1\n"
    made(tmp_path, steps, format_, settings=settings)


def test_card_of_steps_says_until_when_it_holds(tmp_path: Path) -> None:
    one = made(tmp_path, "1. Open het\n2. Wacht\n3. Toon\n", "card", valid_until="2099-08-31")
    assert "geldig tot 31-08-2099" in text(one, 1)


def test_arabic_reference_with_a_table_says_until_when_it_holds(tmp_path: Path) -> None:
    words = (Path(__file__).parent / "strings" / "ar.toml").read_text()
    settings = SETTINGS.replace('language = "nl-BE"', 'language = "ar"')
    made(
        tmp_path,
        "1. افتح الشاشة\n2. اختر القائمة\n",
        "reference-a4",
        settings=settings,
        files={"templates/strings/ar.toml": words},
        valid_until="2099-08-31",
        body="اقرأ هذا.\n\n| متى | أين |\n|---|---|\n| **شاشة** | قائمة |",
    )


def test_long_questions_of_a_wayfinding_sheet_take_two_lines(tmp_path: Path) -> None:
    asked = (
        "Meervoudige aanmeldingsverificatie instellen",
        "Tweestapsverificatiebeveiligingsinstellingen",
        "Beveiliging e-mailadres reëel hofsel",
    )
    sign = (
        "---\ntitle: Begin hier\naudiences: [staff]\nformats: [wegwijzer-a4]\nleads-to: [gids]\nquestions:\n"
        + "".join(f"  - phone | {question}\n" for question in asked)
        + "---\nZoek je vraag.\n"
    )
    questions = "\n" + "\n".join(f"  - {question}" for question in asked)
    files = {"content/handouts/wijzer.md": sign}
    one = made(tmp_path, STEPS, "leaflet-a4", files=files, slug="wijzer", questions=questions)
    read = squeezed(text(one, 0))
    assert all(read.count(squeezed(question)) == 2 for question in asked)


@pytest.mark.parametrize("written", ["Mail naar {}", "Typ `{}`"])
def test_typed_address_for_mail_is_to_be_a_link_for_mail(tmp_path: Path, written: str) -> None:
    files: dict[str, str | bytes] = {
        "content/procedures/a.md": procedure(f"1. {written.format('An.Bos@school.be')}\n"),
        "content/handouts/gids.md": handout("a"),
    }
    project = loaded(project_at(tmp_path, files))
    (found,) = [one for one in resolve.document(project, edition(project))[1] if one.rule == "address-typed"]
    assert "'an.bos@school.be'" in found.what
    assert "[an.bos@school.be](mailto:an.bos@school.be)" in found.fix


@pytest.mark.parametrize("format_", ["reference-a4", "leaflet-a5"])
def test_choice_of_three_in_a_narrow_measure_breaks_no_word(tmp_path: Path, format_: str) -> None:
    words = "Klik op de knop beveiliging voor tweestapsverificatie."
    options = "".join(f"    /// tab | Lamkwirik {n}\n    {words}\n    ///\n\n" for n in (1, 2, 3))
    body = f"1. Open het\n\n{options}2. Wacht\n"
    one = made(tmp_path, body, format_, settings=f"{SETTINGS}[formats.leaflet-a5]\npages = 1\n")
    read_words = text(one, 0).split()
    assert read_words.count("Lamkwirik") == read_words.count("tweestapsverificatie.") == 3


def test_only_drawing_of_a_procedure_stays_in_a_tri_fold_that_is_short_of_room(tmp_path: Path) -> None:
    filler = "".join(f"{number}. Klik op de knop beveiliging.\n" for number in range(1, 29))
    drawn = "1. Open het\n2. Wacht\n\nKlaar! Je bent aangemeld.\n\n![Een blad.](images/staand.svg)\n"
    files = {f"content/procedures/{slug}.md": procedure(filler) for slug in "bc"}
    files["content/handouts/gids.md"] = handout("a, b, c", formats="[trifold]")
    made(tmp_path, drawn, "trifold", files=files)


@pytest.mark.parametrize(("format_", "step_count"), [("trifold", 18), ("mini", 13)])
@pytest.mark.parametrize("drawn", [(48, 96), (48, 48)])
def test_drawing_of_any_shape_keeps_off_what_stands_under_it_on_a_cover(
    tmp_path: Path, format_: str, step_count: int, drawn: tuple[int, int]
) -> None:
    filler = "".join(f"{number}. Klik op de knop.\n" for number in range(1, step_count + 1))
    files: dict[str, str | bytes] = {f"content/procedures/{slug}.md": procedure(filler) for slug in "bc"}
    files["content/images/beeld.svg"] = drawing(*drawn)
    body = "Doe dit.\n\n![Een beeld.](images/beeld.svg)"
    files["content/handouts/gids.md"] = handout("a, b, c", body, formats=f"[{format_}]")
    settings = SETTINGS.replace("Stadsscholen", "Naurasgnac Marpeiflon")
    one = made(tmp_path, filler, format_, settings=settings, files=files)
    cover = read(one.pdf)[0]
    assert cover.pictures
    assert stands_on_picture(cover.letters, cover) == []


@pytest.mark.parametrize(("format_", "step_count"), [("leaflet-a5", 8), ("booklet-a5", 65)])
def test_box_that_closes_a_small_sheet_with_a_code_stands_over_its_width(
    tmp_path: Path, format_: str, step_count: int
) -> None:
    words = "Beveiliging van je tweestapsverificatie. " * 3
    closing = (
        f"Doe dit.\n\n---\n\n## Lukt het niet\n\n{words}\n\n/// help | Tweestapsverificatie\n{words}\n///"
    )
    settings = f'{SETTINGS}help = "https://mfa.school.be"\n[formats.booklet-a5]\npages = 4\n'
    files = {"content/handouts/gids.md": handout("a", closing, formats=f"[{format_}]", qr="help")}
    filler = "".join(f"{number}. Klik op de knop beveiliging.\n" for number in range(1, step_count + 1))
    made(tmp_path, filler, format_, settings=settings, files=files)


@pytest.mark.parametrize("title", ["Mammawimmum met", "Wachtwoordwom"])
@pytest.mark.parametrize(("format_", "step_count"), [("leaflet-a4", 20), ("leaflet-a5", 13)])
def test_short_title_of_wide_letters_fits(tmp_path: Path, format_: str, step_count: int, title: str) -> None:
    filler = "".join(f"{number}. Klik op de knop beveiliging.\n" for number in range(1, step_count + 1))
    settings = f"{SETTINGS}[formats.leaflet-a4]\npages = 1\n"
    made(tmp_path, filler, format_, settings=settings, title=title)


def test_table_on_a_tent_stands_on_both_faces(tmp_path: Path) -> None:
    table = "| Wanneer | Waar |\n|---|---|\n| **maandag** | hier |\n"
    one = made(tmp_path, f"1. Open het\n2. Wacht\n\n{table}", "tent-a4")
    assert text(one, 0).count("Wanneer") == 2


@pytest.mark.parametrize("format_", ["leaflet-a4", "reference-a4"])
def test_words_may_go_on_after_a_picture(tmp_path: Path, format_: str) -> None:
    info = "    Kijk naar ![](images/blad.svg) en wacht op ![Een blad.](images/blad.svg).\n"
    settings = f"{SETTINGS}[formats.leaflet-a4]\npages = 1\n"
    files = {"content/images/blad.svg": drawing(48, 12)}
    made(tmp_path, f"1. Open het\n\n{info}\n2. Wacht\n", format_, settings=settings, files=files)


def test_poster_says_on_which_device_a_step_is_done(tmp_path: Path) -> None:
    one = made(tmp_path, "1. Open het {on computer}\n2. Wacht\n3. Toon {on smartphone}\n", "poster-a3")
    assert "computer" in text(one, 0)
    assert "smartphone" in text(one, 0)


def test_long_word_in_a_narrow_box_goes_on_in_the_next_line(tmp_path: Path) -> None:
    word = "Tweestapsverificatiebeveiliging"
    table = f"    | Wat | Waar | Hoe |\n    |---|---|---|\n    | a | b | {word} |\n"
    ways = f"    /// tab | {word}\n    {word}.\n    ///\n\n    /// tab | B\n    Wacht.\n    ///\n"
    box = f"    /// tip | {word}\n    {word}.\n    ///\n"
    filler = "".join(f"{number}. Klik op de knop.\n" for number in range(1, 19))
    files = {f"content/procedures/{slug}.md": procedure(filler) for slug in "bc"}
    files["content/handouts/gids.md"] = handout("a, b, c", formats="[trifold]")
    body = f"1. Open\n\n{table}\n2. Kies\n\n{ways}\n3. Wacht\n\n{box}"
    one = made(tmp_path, body, "trifold", files=files)
    assert sum(squeezed(text(one, number)).count(squeezed(word)) for number in range(one.page_count)) == 5


def test_comma_after_a_key_of_two_lines_stays_in_its_column(tmp_path: Path) -> None:
    ways = (
        "    /// tab | Veldek\n    1. Wacht op `Methode toevoegen`, wimdeksel\n    ///\n\n"
        "    /// tab | Zongrodek\n    1. Wacht op `Mijn account > Info`, wimdek\n    ///\n"
    )
    files = {
        "content/procedures/b.md": procedure("1. Open het\n2. Wacht\n"),
        "content/handouts/gids.md": handout("a, b", formats="[reference-a4]"),
    }
    made(tmp_path, f"1. Open het\n\n{ways}\n2. Kies\n", "reference-a4", files=files)


def test_answer_of_two_words_in_the_table_of_a_reference_takes_two_lines(tmp_path: Path) -> None:
    table = "| Wat | Hoe | Waar |\n|---|---|---|\n| **a** | b | **Fleling e-mailadres** |\n| **c** | d | e |"
    files = {"content/handouts/gids.md": handout("a", f"Lees dit.\n\n{table}", formats="[reference-a4]")}
    made(tmp_path, "1. Open het\n2. Wacht\n", "reference-a4", files=files)


def test_step_with_substeps_on_a_card_is_no_head_of_it(tmp_path: Path) -> None:
    one = made(tmp_path, "1. Open het\n\n    1. Tik op dit\n    2. Tik op dat\n\n2. Wacht\n", "card")
    size_pt = {run.text.strip(): run.box[3] - run.box[1] for run in read(one.pdf)[1].letters}
    assert size_pt["O"] < 12


def test_key_in_a_narrow_column_of_a_table_takes_two_lines(tmp_path: Path) -> None:
    table = "    | Wat | Toets | Hoe |\n    |---|---|---|\n    | Rosrosmond | `Add method` | Lomgriner |\n"
    steps = "".join(f"{number}. Klik op de knop beveiliging.\n" for number in range(2, 21))
    files = {f"content/procedures/{slug}.md": procedure(f"1. Open het\n{steps}") for slug in "bc"}
    files["content/handouts/gids.md"] = handout("a, b, c", formats="[trifold]")
    made(tmp_path, f"1. Open het\n\n{table}\n2. Wacht\n", "trifold", files=files)


def test_table_without_a_head_stands_whole_on_a_reference(tmp_path: Path) -> None:
    table = "|  |  |\n|---|---|\n| **Maandag** | open |\n| **Dinsdag** | dicht |"
    files = {"content/handouts/gids.md": handout("a", table, formats="[reference-a4]")}
    one = made(tmp_path, "1. Klik op `Volgende`.", "reference-a4", files=files)
    assert all(word in text(one, 0) for word in ("Maandag", "open", "Dinsdag", "dicht"))


def _needs(*words: str) -> str:
    return "".join(f"- ![](images/staand.svg) **{word}**\n" for word in words)


@pytest.mark.parametrize("format_", ["leaflet-a4", "leaflet-a5"])
def test_what_is_needed_takes_another_line_rather_than_run_into_a_picture(
    tmp_path: Path, format_: str
) -> None:
    words = ("Smartphone", "Wachtwoord", "Laptopcomputer", "Een lange reeks van woorden die nergens past")
    body = f"Lees dit.\n\n![Een blad.](images/staand.svg)\n\n{_needs(*words)}"
    settings = f"{SETTINGS}[formats.{format_}]\npages = 1\n"
    one = made(tmp_path, "1. Open het\n2. Wacht\n", format_, settings=settings, body=body)
    assert all(squeezed(word) in squeezed(text(one, 0)) for word in words)


def test_long_result_beside_its_drawing_keeps_clear_of_it_in_half_the_width(tmp_path: Path) -> None:
    result = "Klaar! Je code van de school staat nu op de lijst van je smartphone:"
    end = f"1. Open het\n\n{result}\n\n![Een blad.](images/breed.svg)\n"
    long = "".join(f"{number}. Klik op de knop beveiliging en wacht.\n" for number in range(1, 25))
    files: dict[str, str | bytes] = {
        "content/procedures/b.md": procedure(end),
        "content/procedures/c.md": procedure(long),
        "content/handouts/gids.md": handout("a, b, c", formats="[leaflet-a4]"),
        "content/images/breed.svg": drawing(96, 72),
    }
    settings = f"{SETTINGS}[formats.leaflet-a4]\npages = 1\n"
    one = made(tmp_path, "1. Wacht\n", "leaflet-a4", settings=settings, files=files)
    assert "smartphone:" in text(one, 0)


TABLE = "Lees eerst dit.\n\n| Wanneer | Waar |\n|---|---|\n| **Boek** | A |\n| **Lijst** | `{key}` |"


@pytest.mark.parametrize("key", ["Meervoudige aanmeldingsmethode", "Tweestapsverificatiebeveiligin"])
def test_reference_with_a_table_two_procedures_and_long_keys_is_right(tmp_path: Path, key: str) -> None:
    ways = f"    /// tab | Een\n    1. Kies `{key}`\n    ///\n\n    /// tab | Twee\n    1. Open\n    ///"
    steps = f"1. Klik op `{key}`, dan\n2. Kies\n\n{ways}\n\n3. Wacht\n"
    files = {
        "content/procedures/b.md": procedure("1. Wacht op de lijst\n2. Toon hem", title="Lijst"),
        "content/handouts/gids.md": handout("a, b", TABLE.format(key=key), formats="[reference-a4]"),
    }
    made(tmp_path, steps, "reference-a4", files=files)


@pytest.mark.parametrize("format_", ["trifold", "mini"])
def test_second_line_of_a_step_on_a_device_stands_under_the_first(tmp_path: Path, format_: str) -> None:
    long = "Klik op de groene knop beveiliging en wacht op je school"
    step = f"1. {long} {{on smartphone}}\n2. Wacht"
    files: dict[str, str | bytes] = {
        "content/procedures/a.md": procedure(step),
        "content/handouts/gids.md": handout("a", formats=f"[{format_}]"),
    }
    project = loaded(project_at(tmp_path, files))
    one = single.make(project, edition(project))
    letters = [letter for page_ in read(one.pdf) for letter in page_.letters]
    shown = [letter for letter in letters if letter.text.strip()]
    said = squeezed(f"{long} smartphone")
    at = squeezed("".join(letter.text for letter in shown)).index(said)
    lefts = [letter.box[0] for letter in shown[at : at + len(said) - len("smartphone")]]
    firsts = [lefts[0], *(left for before, left in pairwise(lefts) if left < before)]
    assert len(firsts) > 1
    assert max(firsts) - min(firsts) < 3


@pytest.mark.parametrize("count", [9, 12])
def test_choice_of_steps_side_by_side_stays_on_one_page(tmp_path: Path, count: int) -> None:
    info = "\n\n    Wacht daarna op de melding.\n\n"
    steps = "".join(f"{number}. Klik op de knop beveiliging.{info}" for number in range(1, count))
    ways = "".join(
        f"/// tab | Optie {option}\n"
        + "".join(f"{n}. Kies {option} en wacht {n} keer op je school.\n" for n in range(1, end))
        + "///\n\n"
        for option, end in (("een", 7), ("twee", 4))
    )
    rest = "".join(f"{number}. Klik op de knop beveiliging.\n" for number in range(1, 9))
    files = {
        "content/procedures/b.md": procedure(rest, title="Lijst"),
        "content/handouts/gids.md": handout("a, b", formats="[leaflet-a4]", numbering="continuous"),
    }
    made(tmp_path, f"{steps}\n{ways}", "leaflet-a4", files=files)


@pytest.mark.parametrize("title", ["Quegnac?", "Mijn QUADGNAC?", "Tweestapsverificatie"])
@pytest.mark.parametrize("code", ["security-info", ""])
def test_long_word_in_the_title_of_a_card_is_set_smaller(tmp_path: Path, title: str, code: str) -> None:
    keys = {"title": title, **({"qr": code} if code else {})}
    files = {"content/handouts/gids.md": handout("a", formats="[card]", **keys)}
    one = made(tmp_path, "1. Open het\n2. Wacht\n3. Toon\n", "card", files=files)
    assert squeezed(title) in squeezed(text(one, 0))


ARABIC = SETTINGS.replace('language = "nl-BE"', 'language = "ar"')
ARABIC_STEPS = "".join(
    f"{number}. افتح الشاشة ثم اختر القائمة من الهاتف في المدرسة\n" for number in range(1, 8)
)


def arabic(root: Path, format_: str, title: str, settings: str = ARABIC) -> Made:
    """Return a sheet of *title* in Arabic, of three procedures with one numbering."""
    files = {f"content/procedures/{slug}.md": procedure(ARABIC_STEPS, title="حساب") for slug in "bc"}
    files["templates/strings/ar.toml"] = (Path(__file__).parent / "strings" / "ar.toml").read_text()
    body = f"{title}.\n\n---\n\n{title}"
    files["content/handouts/gids.md"] = handout(
        "a, b, c" if format_ == "trifold" else "a",
        body,
        formats=f"[{format_}]",
        title=title,
        numbering="continuous",
    )
    return made(root, ARABIC_STEPS, format_, settings=settings, files=files)


def test_arabic_foot_keeps_out_of_the_lower_edge(tmp_path: Path) -> None:
    arabic(tmp_path, "leaflet-a5", "حجيج عجي", f"{ARABIC}[formats.leaflet-a5]\npages = 1\n")


@pytest.mark.parametrize("title", ["كتوق", "دخول"])
def test_arabic_tri_fold_keeps_its_letters_from_edge_and_number(tmp_path: Path, title: str) -> None:
    picture = page(arabic(tmp_path, "trifold", title)).convert("L")
    left, right = (mm * PX_PER_MM for mm in (12, 90))
    accent = picture.getpixel((left, 50 * PX_PER_MM))
    rows = [picture.crop((left, row, right, row + 1)).getextrema() for row in range(76, 280)]
    is_empty = [extrema == (accent, accent) for extrema in rows]
    bands = sum(before and not after for before, after in pairwise(is_empty))
    assert bands >= 3, "the title, the number of steps and the word after it stand apart"


@pytest.mark.parametrize("shape", [(48, 96), (96, 54), (72, 72)])
@pytest.mark.parametrize(
    "words", ["Klik op aanmelden met school", "Tik op de groene knop en wacht tot je school verschijnt"]
)
def test_long_text_on_a_poster_wraps_beside_its_drawing(
    tmp_path: Path, words: str, shape: tuple[int, int]
) -> None:
    steps = f"1. {words}\n\n    en kies de naam van je school\n\n    ![Een blad.](images/staand.svg)\n\n"
    steps += f"2. {words.split(' en ')[0]}\n3. Toon je pas\n"
    one = made(tmp_path, steps, "poster-a3", files={"content/images/staand.svg": drawing(*shape)})
    assert squeezed(words) in squeezed(text(one, 0))


def test_route_is_no_reference_where_one_word_says_step_and_steps(tmp_path: Path) -> None:
    words = (Path(__file__).parent / "strings" / "ar.toml").read_text()
    assert 'step = "الخطوة"\nsteps = "الخطوة"\n' in words
    made(
        tmp_path,
        "1. افتح الشاشة {#een}\n2. اختر القائمة {#twee}\n\n    [](a.md#een) [](a.md#twee)\n\n3. اضغط\n",
        "leaflet-a5",
        settings=SETTINGS.replace('language = "nl-BE"', 'language = "ar"')
        + "[formats.leaflet-a5]\npages = 1\n",
        files={"templates/strings/ar.toml": words},
    )


def test_address_on_a_poster_is_as_large_as_what_stands_beside_a_step(tmp_path: Path) -> None:
    links = 'help = "https://mfa.school.be/hulp"\n'
    one = made(tmp_path, "1. Open het\n\n{{ link.help }}\n", "poster-a3", settings=SETTINGS + links)
    letters = [letter for letter in read(one.pdf)[0].letters if letter.text.strip()]
    at = squeezed("".join(letter.text for letter in letters)).index("mfa.school.be/hulp")
    heights = [letter.box[3] - letter.box[1] for letter in letters[at : at + 3]]
    assert max(heights) > 15  # points: small letters of some 38 pt


def test_school_with_a_logo_keeps_to_the_edge_of_a_mini(tmp_path: Path) -> None:
    row = "id,name,logo\nlinde,Voorbeeldschool De Linde,linde.svg\n"
    files: dict[str, str | bytes] = {
        "content/procedures/a.md": procedure("\n".join(f"{n}. Open het scherm" for n in range(1, 7))),
        "content/handouts/gids.md": handout("a", formats="[mini]"),
        "content/images/linde.svg": drawing(24, 24),
        "content/schools.csv": row,
    }
    project = loaded(project_at(tmp_path, files))
    own = editions(project, Selection(audiences=("staff",), schools=("linde",)))[0]
    rules = {finding.rule for finding in single.make(project, own).findings}
    assert not rules & {"margin-text", "margin-ink"}


@pytest.mark.parametrize("closing", ["", "\n\n---\n\n## Nog een vraag\n\nGa naar je ICT-anker."])
def test_six_drawn_steps_make_a_mini_with_and_without_words_after_them(tmp_path: Path, closing: str) -> None:
    step = "{0}. Open het scherm\n\n    Doe dat in je lokaal.\n\n    ![Een blad.](images/liggend.svg)\n\n"
    files: dict[str, str | bytes] = {
        "content/handouts/gids.md": handout("a", f"Doe dit.{closing}", formats="[mini]"),
        "content/images/liggend.svg": drawing(96, 64),
    }
    one = made(tmp_path, "".join(step.format(number) for number in range(1, 7)), "mini", files=files)
    assert len(read(one.pdf, is_looked_at=False)) == 8
