"""Loading a project: what is read, what comes before what, and what is said about faults."""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pytest
from babel import Locale
from PIL import Image
from tests.books import workbook
from tests.conftest import BODY_LINE, DRAWING, SCHOOLS, SETTINGS, handout, loaded, procedure, project_at

from handout.editions.refusal import refused_rows
from handout.machine.program import packaged_root
from handout.model.findings import ExitCode, Finding, Place, Severity, UsageError, in_order
from handout.model.plurals import base_of
from handout.model.rules import Rule
from handout.project.load import load
from handout.project.toml import flat

GUIDE = {"content/handouts/gids.md": handout("a"), "content/procedures/a.md": procedure("1. Klik")}


def found_in(root: Path, files: dict[str, str | bytes], settings: str = SETTINGS) -> tuple[Finding, ...]:
    return load(project_at(root, {**GUIDE, **files}, settings))[1]


# ---- handout.toml -----------------------------------------------------------------------------


def test_folder_without_settings_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        load(tmp_path)

    assert raised.value.what == f"there is no handout.toml in {tmp_path}"
    assert "--project DIR" in raised.value.fix
    assert raised.value.exit_code is ExitCode.USAGE


def test_project_of_settings_alone_is_empty(tmp_path: Path) -> None:
    project = loaded(project_at(tmp_path, {}))

    assert (project.handouts, project.procedures, project.fragments, project.schools) == ({}, {}, {}, ())
    assert "formats/leaflet-a4.html" in project.templates
    assert "tokens.css" in project.styles
    assert project.strings["nl"]["callout.tip"] == "Tip"


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        ("name = Stadsscholen", 2),
        ('name = "Stadsscholen', 2),
        ('name = "a"\nname = "b"', 3),
        ("name = 1" * 5000, 2),
    ],
)
def test_settings_that_are_not_toml_are_reported_with_their_line(
    tmp_path: Path, wrong: str, line: int
) -> None:
    project, (finding,) = load(project_at(tmp_path, {}, SETTINGS.replace('name = "Stadsscholen"', wrong)))

    assert project is None
    assert finding.place.path == "handout.toml"
    assert finding.place.line in (line, 0)
    assert finding.what.startswith("this is not TOML: ")
    assert finding.fix


@pytest.mark.parametrize("value", ["9" * 5000, "[" * 5000])
def test_settings_that_no_parser_takes_are_reported(tmp_path: Path, value: str) -> None:
    project, (finding,) = load(project_at(tmp_path, {}, f"{SETTINGS}\nx = {value}\n"))

    assert project is None
    assert finding.what.startswith("this is not TOML: ")


@pytest.mark.parametrize(
    ("url", "what", "fix"),
    [
        ("https://mfa.schol.be", "the host 'mfa.schol.be' is not one of the allowed hosts", "did you mean"),
        (
            "http://mfa.school.be",
            "the address 'http://mfa.school.be' does not begin with https://",
            "write https",
        ),
        ("https://ict@mfa.school.be", "the address has a user name in front of its host", "write the plain"),
    ],
)
def test_link_to_a_host_that_is_not_allowed_is_reported_with_its_line(
    tmp_path: Path, url: str, what: str, fix: str
) -> None:
    settings = SETTINGS + f'portal = "{url}"\n'

    (finding,) = found_in(tmp_path, {}, settings)

    assert finding.place == Place("handout.toml", len(settings.splitlines()))
    assert finding.what.startswith(f"the link 'portal' cannot be used: {what}")
    assert finding.fix.startswith(fix)


# ---- names that nothing answers to ------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "line", "what", "near"),
    [
        ({"audiences": "[staff, student]"}, 3, "there is no audience 'student'", "students"),
        ({"formats": "[leaflet-a4, refrence-a4]"}, 4, "there is no format 'refrence-a4'", "reference-a4"),
        ({"title@staf": "Gids"}, 6, "there is no audience 'staf'", "staff"),
    ],
)
def test_handout_that_names_what_is_not_there_is_reported_with_its_line(
    tmp_path: Path, keys: dict[str, str], line: int, what: str, near: str
) -> None:
    (finding,) = found_in(tmp_path, {"content/handouts/gids.md": handout("a", **keys)})

    assert finding.place == Place("content/handouts/gids.md", line)
    assert finding.what == what
    assert finding.fix.startswith(f"did you mean '{near}'?")


def test_each_unknown_procedure_of_a_list_is_reported_on_its_own_line(tmp_path: Path) -> None:
    text = handout("a").replace("procedures: [a]", "procedures:\n  - a\n  - aanmeldn\n  - b.md")
    files: dict[str, str | bytes] = {
        "content/handouts/gids.md": text,
        "content/procedures/aanmelden.md": procedure("1. Klik"),
    }

    first, second = found_in(tmp_path, files)

    assert (first.place.line, first.what) == (7, "there is no procedure 'aanmeldn'")
    assert first.fix.startswith("did you mean 'aanmelden'?")
    assert (second.place.line, second.what) == (8, "there is no procedure 'b'")


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("content/procedures/a.md", procedure("1. Klik", audiences="staff, studnts"), 3),
        ("content/procedures/a.md", procedure("1. Klik\n2. Typ {@studnts}"), BODY_LINE + 1),
        ("content/procedures/a.md", procedure("1. Klik\n   1. Typ {@studnts}"), BODY_LINE + 1),
        (
            "content/procedures/a.md",
            procedure("/// tip\n/// only | studnts\nTekst.\n///\n///"),
            BODY_LINE + 1,
        ),
        ("content/fragments/f.md", "- Tekst.\n\n  /// only | studnts\n  Tekst.\n  ///\n", 3),
        ("content/handouts/gids.md", handout("a", "/// only | staff, studnts\nTekst.\n///"), 7),
    ],
)
def test_unknown_audience_in_a_text_is_reported_with_its_line(
    tmp_path: Path, path: str, text: str, line: int
) -> None:
    (finding,) = found_in(tmp_path, {path: text})

    assert finding.place == Place(path, line)
    assert finding.what == "there is no audience 'studnts'"
    assert finding.fix.startswith("did you mean 'students'?")


def test_two_files_with_one_name_are_reported(tmp_path: Path) -> None:
    (finding,) = found_in(tmp_path, {"content/procedures/oud/a.md": procedure("1. Klik")})

    assert finding.place == Place("content/procedures/oud/a.md")
    assert finding.what == "'a' is also the name of content/procedures/a.md"


def test_page_budget_comes_from_the_format_or_the_handout(tmp_path: Path) -> None:
    settings = SETTINGS + "\n[formats.boekje]\nwidth-mm = 148\nheight-mm = 210\n"
    text = handout("a", formats="[boekje]", pages="6")

    project = loaded(project_at(tmp_path, {**GUIDE, "content/handouts/gids.md": text}, settings))

    assert project.page_budget(project.handouts["gids"], "boekje") == 6
    assert project.page_budget(project.handouts["gids"], "leaflet-a4") == 2


@pytest.mark.parametrize(
    ("format_", "pages", "what"),
    [
        ("boekje", {}, "'gids' does not say how many pages it has"),
        ("leaflet-a4", {"pages": "6"}, "'gids' asks for 6 pages, but the format has 2"),
    ],
)
def test_page_budget_that_nobody_or_everybody_sets_is_reported(
    tmp_path: Path, format_: str, pages: dict[str, str], what: str
) -> None:
    settings = SETTINGS + "\n[formats.boekje]\nwidth-mm = 148\nheight-mm = 210\n"
    text = handout("a", formats=f"[{format_}]", **pages)

    (finding,) = found_in(tmp_path, {"content/handouts/gids.md": text}, settings)

    assert finding.place.path == "content/handouts/gids.md"
    assert finding.what == what


# ---- the project's own before the packaged ----------------------------------------------------


def test_own_template_and_stylesheet_replace_the_packaged_ones_file_by_file(tmp_path: Path) -> None:
    packaged = loaded(project_at(tmp_path / "1", {}))
    own = loaded(
        project_at(
            tmp_path / "2", {"templates/sheet.html": "eigen", "styles/components/eigen.css": "/* eigen */"}
        )
    )

    assert own.templates == {**packaged.templates, "sheet.html": "eigen"}
    assert own.styles == {**packaged.styles, "components/eigen.css": "/* eigen */"}


def test_own_format_is_added_and_a_packaged_one_changed_in_part(tmp_path: Path) -> None:
    settings = (
        SETTINGS + "\n[formats.kaart]\nwidth-mm = 85.6\nheight-mm = 54\npages = 2\nleast-module-mm = 0.4\n"
        "\n[formats.leaflet-a4]\nqr-mm = 40\n"
    )

    formats = loaded(project_at(tmp_path, {}, settings)).settings.formats

    assert (formats["kaart"].width_mm, formats["kaart"].least_module_mm) == (85.6, 0.4)
    assert (formats["leaflet-a4"].qr_mm, formats["leaflet-a4"].width_mm) == (40.0, 210.0)
    assert "reference-a4" in formats


def test_own_words_replace_the_packaged_ones_key_by_key(tmp_path: Path) -> None:
    words = loaded(
        project_at(tmp_path, {"templates/strings/nl.toml": 'step = "halte"\n[callout]\ntip = "Weetje"\n'})
    ).strings["nl"]

    assert (words["step"], words["callout.tip"], words["callout.caution"]) == ("halte", "Weetje", "Let op")


def test_own_word_for_a_device_is_what_is_heard_of_it(tmp_path: Path) -> None:
    own = '[device]\nsmartphone = "gsm"\ncomputer = "computer"\n'
    words = loaded(project_at(tmp_path, {"templates/strings/nl.toml": own})).strings["nl"]
    assert words["said.smartphone"] == "gsm"
    assert words["said.computer"] == "(op je computer)", "the word is the packaged one"
    own += '[said]\nsmartphone = "(op je gsm)"\n'
    words = loaded(project_at(tmp_path, {"templates/strings/nl.toml": own})).strings["nl"]
    assert words["said.smartphone"] == "(op je gsm)"


def test_language_without_words_is_reported(tmp_path: Path) -> None:
    project, (finding,) = load(project_at(tmp_path, {}, SETTINGS.replace("nl-BE", "es-ES")))

    assert project is None
    assert finding.place == Place("templates/strings/es.toml")
    assert finding.what == "there are no printed words for the language 'es'"
    assert finding.fix == "write this file, or use one of the languages: ar, en, fr, nl, tr, uk"


def test_words_of_another_language_must_be_complete(tmp_path: Path) -> None:
    packaged = (packaged_root() / "templates/strings/nl.toml").read_text()
    french = (
        packaged.replace('step = "stap"\n', "")
        .replace("bij {option}", "chez {choix}")
        .replace("{address}", "{")
    )
    files = {"templates/strings/es.toml": french}

    project, findings = load(project_at(tmp_path, files, SETTINGS.replace("nl-BE", "es-ES")))

    assert project is None
    assert [finding.what for finding in findings] == [
        "the word 'go-to-option' has '{choix}' in it, which nothing fills in",
        "the word 'qr-alt' has a brace without its other half: 'QR-code naar {'",
        "the word 'step' is missing",
    ]
    assert {str(finding.place) for finding in findings} == {"templates/strings/es.toml"}
    assert findings[2].fix == "add it; in Dutch it is 'stap'"


def test_word_that_stands_on_no_sheet_may_be_missing_in_another_language(tmp_path: Path) -> None:
    packaged = (packaged_root() / "templates/strings/nl.toml").read_text()
    french = packaged.replace('not-made = "niet gemaakt"\n', "")
    assert french != packaged
    files = {"templates/strings/es.toml": french}

    project, (finding,) = load(project_at(tmp_path, files, SETTINGS.replace("nl-BE", "es-ES")))

    assert project is not None
    assert (finding.severity, finding.place) == (Severity.WARNING, Place("templates/strings/es.toml"))
    assert project.word("es-ES", "gallery.not-made") == "niet gemaakt"


def test_faults_of_texts_are_told_along_with_those_of_words(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "templates/strings/nl.toml": 'go-to-option = "bij {optie}"',
        "content/procedures/a.md": procedure("1. Klik {@studnts}"),
    }

    assert [finding.place.path for finding in found_in(tmp_path, files)] == [
        "content/procedures/a.md",
        "templates/strings/nl.toml",
    ]


def test_words_that_are_not_toml_are_reported_with_their_line(tmp_path: Path) -> None:
    (finding,) = found_in(tmp_path, {"templates/strings/nl.toml": 'step = "stap"\nor = of\n'})

    assert finding.place == Place("templates/strings/nl.toml", 2)


# ---- files that cannot be read ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("content/procedures/a.md", procedure("1. Klik\n2. Café").encode("cp1252")),
        ("content/fragments/f.md", "Tekst.\nCafé\n".encode("cp1252")),
        ("content/schools.csv", "id,name\nnoord,Café\n".encode("cp1252")),
        ("templates/sheet.html", "<p>\nCafé".encode("cp1252")),
        ("styles/base.css", "/*\nCafé */".encode("cp1252")),
        ("templates/strings/nl.toml", '\nstep = "Café"'.encode("cp1252")),
    ],
)
def test_file_that_is_not_utf_8_is_reported_with_its_line(tmp_path: Path, path: str, data: bytes) -> None:
    finding = next(finding for finding in found_in(tmp_path, {path: data}) if finding.place.path == path)

    assert finding.place.line == data.count(b"\n", 0, data.index(b"\xe9")) + 1
    assert "not UTF-8" in finding.what
    assert "UTF-8" in finding.fix


def test_settings_that_are_not_utf_8_are_reported(tmp_path: Path) -> None:
    project_at(tmp_path, {})
    (tmp_path / "handout.toml").write_bytes(SETTINGS.replace("Stads", "Café").encode("cp1252"))

    project, (finding,) = load(tmp_path)

    assert project is None
    assert finding.place == Place("handout.toml", 2)


@pytest.mark.parametrize(
    "path",
    [
        "content/procedures/geheim.md",
        "content/images/geheim.png",
        "content/schools.csv",
        "templates/geheim.html",
        "styles/geheim.css",
        "templates/strings/nl.toml",
    ],
)
def test_link_that_leads_out_of_the_project_is_refused(tmp_path: Path, path: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("geheim")
    root = project_at(tmp_path / "project", GUIDE)
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).symlink_to(secret)

    project, findings = load(root)

    finding = next(finding for finding in findings if finding.place.path == path)
    assert finding.what == f"{path} is a link that leads out of the project"
    assert "geheim" not in repr(project).replace("geheim.png", "")


@pytest.mark.parametrize(
    "folder", ["content/procedures", "content/images", "templates", "styles", "templates/strings"]
)
def test_folder_that_is_a_link_out_of_the_project_is_refused(tmp_path: Path, folder: str) -> None:
    root = project_at(tmp_path / "project", {})
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.md").write_text("geheim")
    (root / folder).parent.mkdir(parents=True, exist_ok=True)
    (root / folder).symlink_to(tmp_path / "elsewhere", target_is_directory=True)

    _, findings = load(root)

    assert findings
    assert all("is a link" in finding.what for finding in findings)


def test_folder_that_is_a_link_to_nowhere_is_reported(tmp_path: Path) -> None:
    root = project_at(tmp_path, {})
    (root / "content").mkdir()
    (root / "content/handouts").symlink_to(root / "weg")

    _, (finding,) = load(root)

    assert finding.place == Place("content/handouts")


def test_broken_picture_that_a_text_shows_is_remembered_and_reported_with_its_path(tmp_path: Path) -> None:
    files = {
        "content/images/stuk.svg": "<svg",
        "content/images/goed.svg": DRAWING,
        "content/procedures/a.md": procedure("1. Klik\n\n    ![Scherm](images/stuk.svg)"),
    }

    project, (finding,) = load(project_at(tmp_path, {**GUIDE, **files}))

    assert project is not None
    assert sorted(project.broken_pictures) == ["images/stuk.svg"]
    assert sorted(project.pictures) == ["images/goed.svg"]
    assert finding.place.path == "content/images/stuk.svg"
    assert finding.severity is Severity.ERROR


def test_picture_of_a_kind_that_we_do_not_take_is_named_for_what_it_is(tmp_path: Path) -> None:
    (finding,) = found_in(tmp_path, {"content/images/scherm.gif": b"GIF89a" + bytes(20)})

    assert finding.place.path == "content/images/scherm.gif"
    assert finding.what == "the picture is a GIF"


def test_picture_that_nothing_shows_stops_nothing(tmp_path: Path) -> None:
    (finding,) = found_in(tmp_path, {"content/images/ontwerp.ai": b"%!PS-Adobe-3.0"})

    assert finding.place.path == "content/images/ontwerp.ai"
    assert finding.severity is Severity.WARNING


@pytest.mark.parametrize("format_", ["leaflet-a4", "mini"])  # a mini booklet in large print is A4
def test_picture_in_a_text_has_the_pixels_of_the_largest_page_and_no_more(
    tmp_path: Path, format_: str
) -> None:
    file = BytesIO()
    Image.new("L", (4_000, 3_000)).save(file, "PNG")
    files: dict[str, str | bytes] = {
        "content/images/scherm.png": file.getvalue(),
        "content/procedures/a.md": procedure("1. Klik\n\n    ![Scherm](images/scherm.png)"),
        "content/handouts/gids.md": handout("a", formats=f"[{format_}]"),
    }

    picture = loaded(project_at(tmp_path, {**GUIDE, **files})).pictures["images/scherm.png"]

    assert (picture.width, picture.height) == (2_480, 1_860)  # 210 mm at 300 dpi


def test_school_with_a_fault_is_reported_with_its_line(tmp_path: Path) -> None:
    (finding,) = found_in(tmp_path, {"content/schools.csv": SCHOOLS + "west\n"})

    assert finding.place == Place("content/schools.csv", 4)


WORKBOOK = workbook(
    [["id", "name", "phone"], ["noord", "Noord", "03 000 00 00"], ["zuid", "Zuid", 471234567]]
)


def test_table_of_schools_may_be_a_workbook(tmp_path: Path) -> None:
    project, (finding,) = load(project_at(tmp_path, {**GUIDE, "content/schools.xlsx": WORKBOOK}))

    assert project is not None
    assert [(school.id, school.phone) for school in project.schools] == [("noord", "03 000 00 00")]
    assert [school.id for school in project.refused] == ["zuid"]
    assert finding.place == Place("content/schools.xlsx", 3, 3)
    assert [row.id for row in refused_rows(project, [finding]) or ()] == ["zuid"]


def test_two_tables_of_schools_are_one_too_many(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"content/schools.csv": SCHOOLS, "content/schools.xlsx": WORKBOOK}

    (finding,) = found_in(tmp_path, files)

    assert finding.place.path == "content/schools.xlsx"
    assert finding.what == "there are two tables of schools, content/schools.csv and content/schools.xlsx"


@pytest.mark.parametrize("name", ["schools.ods", "schools.xls", "schools.numbers"])
def test_table_of_schools_in_a_form_that_is_not_read_is_told(tmp_path: Path, name: str) -> None:
    (finding,) = found_in(tmp_path, {f"content/{name}": b"PK"})

    assert finding.place.path == f"content/{name}"
    assert "schools.xlsx" in finding.fix

    project = loaded(project_at(tmp_path, {"content/schools.csv": SCHOOLS}))
    assert len(project.schools) == 2


def test_file_of_a_text_program_in_the_folder_is_left_alone(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "content/procedures/~$a.md": b"\x00",
        "content/procedures/.a.md.swp": b"\x00",
    }

    assert found_in(tmp_path, files) == ()


def test_findings_come_sorted_and_once(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "content/procedures/z.md": procedure("1. Klik {@x}"),
        "content/procedures/b.md": procedure("<b>\n\n1. Klik {@x}"),
        "content/images/stuk.svg": "<svg",
        "templates/strings/nl.toml": "kapot",
    }

    findings = found_in(tmp_path, files, SETTINGS + 'portal = "http://x"\n')

    assert len(findings) == 6
    assert findings == in_order(findings)
    assert findings[0].place.path == "content/images/stuk.svg"


def test_every_text_that_was_read_has_its_hash(tmp_path: Path) -> None:
    project = loaded(
        project_at(tmp_path, {**GUIDE, "content/images/a.svg": DRAWING, "content/schools.csv": SCHOOLS})
    )

    assert sorted(project.hashes) == [
        "content/handouts/gids.md",
        "content/images/a.svg",
        "content/procedures/a.md",
        "content/schools.csv",
    ]
    assert all(len(digest) == 64 for digest in project.hashes.values())


def test_project_that_is_itself_the_packaged_one_loads(tmp_path: Path) -> None:
    for name in ("templates", "styles"):
        shutil.copytree(packaged_root() / name, tmp_path / name)

    own = loaded(project_at(tmp_path, {}))

    assert own.templates == loaded(project_at(tmp_path / "other", {})).templates


def packaged_words() -> dict[str, dict[str, str]]:
    return {
        path.stem: flat(tomllib.loads(path.read_text("utf-8")))
        for path in (packaged_root() / "templates/strings").glob("*.toml")
    }


def split_forms(words: Mapping[str, str]) -> tuple[dict[str, str], dict[str, set[str]]]:
    """Return *words* without their plural forms, and the forms that there are of each word that has some."""
    forms: dict[str, set[str]] = {}
    for key in words:
        if (split := base_of(key)) is not None and split[0] in words:
            forms.setdefault(split[0], set()).add(split[1])
    return {
        key: word for key, word in words.items() if (base_of(key) or (key,))[0] not in forms or key in forms
    }, forms


def test_each_packaged_language_has_every_word_in_every_form_that_it_counts_with() -> None:
    words = packaged_words()
    assert set(words) == {"ar", "en", "fr", "nl", "tr", "uk"}
    needed, counted = split_forms(words["nl"])
    assert set(counted) == {"in-steps", "way-in-steps", "untranslated", "check.more"}
    for language, own in words.items():
        bare, forms = split_forms(own)
        assert set(bare) ^ set(needed) == set(), language
        categories = set(Locale.parse(language).plural_form.tags)
        assert forms == dict.fromkeys(counted, categories), language


def test_each_packaged_word_has_the_same_names_in_braces() -> None:
    words = packaged_words()
    names = {key: set(re.findall(r"\{([^}]*)\}", word)) for key, word in split_forms(words["nl"])[0].items()}
    for language, own in words.items():
        found = {key: set(re.findall(r"\{([^}]*)\}", word)) for key, word in split_forms(own)[0].items()}
        assert {key: found[key] ^ names[key] for key in names if found[key] != names[key]} == {}, language


@pytest.mark.parametrize(
    ("language", "word"),
    [
        ("he", 'in-steps-two = "in two steps"'),  # two alone
        ("cy", 'in-steps-few = "in three steps"'),  # three alone
        ("es", 'in-steps-one = "in one step"'),
        ("ja", 'in-steps-one = "in one step"'),  # no such form: nobody will see it
        ("xx", 'in-steps-few = "in some steps"'),  # no such language
        ("sl", 'in-steps-two = "in {count} steps"'),
        ("lv", 'in-steps = "step by step"\nin-steps-one = "at one stroke"'),  # says nowhere how many
    ],
)
def test_plural_form_of_one_number_need_not_say_which(tmp_path: Path, language: str, word: str) -> None:
    assert faults_of_form(tmp_path, language, word) == []


@pytest.mark.parametrize(
    ("language", "word", "fault"),
    [
        ("lv", 'in-steps-one = "in one step"', "does not say which: 'in one step'"),  # 21 too
        ("sl", 'in-steps-two = "in two steps"', "does not say which: 'in two steps'"),  # 102 too
        (
            "he",
            'in-steps-two = "in {number} steps"',
            "'in-steps-two' has '{number}' in it, which nothing fills",
        ),
        ("nl", 'in-steps-few = "in {steps}"', "'in-steps-few' has '{steps}' in it, which nothing fills"),
        ("nl", 'way-in-steps-one = "{title"', "'way-in-steps-one' has a brace without its other half"),
    ],
)
def test_plural_form_that_would_print_wrong_is_reported(
    tmp_path: Path, language: str, word: str, fault: str
) -> None:
    (told,) = faults_of_form(tmp_path, language, word)
    assert fault in told


def faults_of_form(root: Path, language: str, word: str) -> list[str]:
    """Return what is said of a project in *language*, whose words are the English ones but for *word*."""
    english = (packaged_root() / "templates/strings/en.toml").read_text("utf-8")
    key = word.partition(" = ")[0]
    rest = re.sub(rf"(?m)^{key}(-one)? = .*\n", "", english)
    table = "" if language == "nl" else rest
    settings = SETTINGS.replace("nl-BE", language)
    found = found_in(root, {f"templates/strings/{language}.toml": f"{word}\n{table}"}, settings)
    return [str(finding.what) for finding in found if finding.rule == Rule.PRINTED_WORD]


def test_dutch_words_in_place_of_missing_ones_bring_no_plural_form_to_a_word_of_another_language(
    tmp_path: Path,
) -> None:
    english = (packaged_root() / "templates/strings/en.toml").read_text("utf-8")
    own = english.replace('more-one = "And in {count} more place"\n', "")
    assert own != english
    settings = SETTINGS.replace("nl-BE", "es")
    words = loaded(project_at(tmp_path, {"templates/strings/es.toml": own}, settings)).strings["es"]
    assert "check.more-one" not in words
