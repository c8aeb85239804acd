"""The code on a sheet: it changes with what the sheet says, and with nothing else."""

from __future__ import annotations

import io
import shutil
import subprocess
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from tests.conftest import DRAWING, SCHOOLS, SETTINGS, handout, loaded, procedure, project_at

from handout.editions import sheet_code
from handout.editions.sheet_code import ALPHABET, CODE_LENGTH, code_of, read_code, said
from handout.machine.program import packaged_root
from handout.model.names import SETTINGS_FILE
from handout.project.plan import Selection, editions

Files = Mapping[str, str | bytes]

UNSHOWN = 'unshown = "https://mfa.school.be/elders"\n'
SHEETS = f"{SETTINGS}{UNSHOWN}\n[formats.leaflet-a4]\npages = 1\n"
EEN, TWEE, KIJK = "content/procedures/een.md", "content/procedures/twee.md", "content/fragments/kijk.md"
GIDS, ANDER = "content/handouts/gids.md", "content/handouts/ander.md"
STEPS = """\
Maak je café klaar. ![Een scherm](images/scherm.svg)

1. Open de pagina {#open on computer}

    {{ link.security-info }}

2. Klik op `Één` of `Twee`, nooit op **drie**.
    1. Kijk naar de foto. ![Een foto](images/foto.png)
    2. ![[kijk]]
3. Lukt het niet? Begin opnieuw bij [](#open), of lees [de hulp](https://mfa.school.be/hulp).

| Knop | Doet |
|---|---|
| **A** | opent |

Klaar! Je bent er.
"""


def raster(form: str, corner: tuple[int, int, int] = (0, 0, 0)) -> bytes:
    """Return a little photo as a file of *form*, with *corner* in a corner."""
    image = Image.new("RGB", (24, 16), (200, 120, 40))
    image.putpixel((0, 0), corner)
    file = io.BytesIO()
    image.save(file, form, **({"lossless": True} if form == "WEBP" else {}))
    return file.getvalue()


FILES: Files = {
    EEN: procedure(STEPS, title="Aanmelden in één keer"),
    TWEE: procedure("1. Klik op `Volgende`."),
    KIJK: "Kijk op het scherm.\n",
    GIDS: handout("een", audiences="[staff]", qr="security-info", version='"1.0"', valid_until="2027-08-31"),
    ANDER: handout("twee", audiences="[staff]", title="Ander"),
    "content/images/scherm.svg": DRAWING,
    "content/images/foto.png": raster("PNG"),
    "content/schools.csv": SCHOOLS,
}


def codes(root: Path, files: Files = FILES, settings: str = SHEETS, **chosen: object) -> dict[str, str]:
    """Return the codes of the project *files* in *root*, by the title of their sheet."""
    project = loaded(project_at(root, files, settings))
    found = {}
    for edition in editions(project, Selection(**chosen)):  # type: ignore[arg-type]  # as a test asks
        document, findings = sheet_code.document(project, edition)
        assert [str(finding) for finding in findings] == []
        found[f"{document.title} {edition.school.id if edition.school else ''}{edition.ink}"] = document.code
    return found


@pytest.fixture(scope="module")
def as_it_is(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return codes(tmp_path_factory.mktemp("project"))


def changed(path: str, before: str, after: str) -> Files:
    """Return the files with *after* for *before* in the one at *path*."""
    text = FILES[path]
    assert isinstance(text, str)
    assert before in text
    return {**FILES, path: text.replace(before, after)}


# ---- what changes nothing ---------------------------------------------------------------------


def written_otherwise(form: Callable[[str], str]) -> Files:
    """Return the files with every text as *form* writes it."""
    return {path: form(text) if isinstance(text, str) else text for path, text in FILES.items()}


FORMS: Mapping[str, Callable[[str], str]] = {
    "Windows": lambda text: text.replace("\n", "\r\n"),
    "an old Mac": lambda text: text.replace("\n", "\r"),
    "Notepad": lambda text: f"\ufeff{text}",
    "a Mac": lambda text: unicodedata.normalize("NFD", text),
    "all of them": lambda text: "\ufeff" + unicodedata.normalize("NFD", text).replace("\n", "\r\n"),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_code_does_not_tell_on_which_system_a_text_was_saved(
    tmp_path: Path, as_it_is: dict[str, str], form: Callable[[str], str]
) -> None:
    files = written_otherwise(form)
    assert files != FILES
    assert codes(tmp_path, files, form(SHEETS)) == as_it_is


def renamed(*names: tuple[str, str]) -> Files:
    """Return the files with the first of each pair of *names* as the second, wherever it stands."""

    def anew(text: str) -> str:
        for old, new in names:
            text = text.replace(old, new)
        return text

    return {anew(path): anew(text) if isinstance(text, str) else text for path, text in FILES.items()}


@pytest.mark.parametrize(
    "files",
    [
        renamed(("een.md", "map/eerst.md"), ("[een]", "[eerst]")),
        {**renamed(("kijk", "bekijk")), KIJK.replace("kijk", "bekijk"): FILES[KIJK]},
        renamed(("gids.md", "wegwijs.md")),
        renamed(("scherm.svg", "tekening.svg"), ("foto.png", "beeld.png")),
        changed("content/images/scherm.svg", "/></svg>", "\n\r\n/>\n<!-- 2.0 --><title>x</title></svg>\n"),
        changed(EEN, "Maak je", "Maak\nje"),
        changed(EEN, "**drie**", "drie"),
        changed(EEN, "#open", "#eerste"),
        {**FILES, "content/procedures/los.md": procedure("1. Wacht."), KIJK: "Kijk op het  scherm.\n\n"},
        {
            **FILES,
            "styles/base.css": "p { color: red }",
            "styles/formats/leaflet-a4.css": "@page { margin: 0 }",
        },
        {**FILES, "content/schools.csv": SCHOOLS.replace("Noord", "West")},
    ],
    ids=lambda files: ", ".join(sorted(path for path in files if files[path] != FILES.get(path))),
)
def test_code_stays_where_the_sheet_says_the_same(
    tmp_path: Path, as_it_is: dict[str, str], files: Files
) -> None:
    assert files != FILES
    assert codes(tmp_path, files) == as_it_is


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (UNSHOWN, ""),
        ("/elders", "/anders"),
        ("security-info =", 'derde = "https://mfa.school.be/3"\nsecurity-info ='),
        ('accent = "#123e8c"', 'accent = "#0a0a7c"'),
        ('label = "Voor leerlingen"', 'label = "Voor cursisten"'),
        ("pages = 1", "pages = 1\nmost-air = 0.5"),
        ("Outlook en Smartschool", "Outlook"),
    ],
)
def test_code_stays_where_a_setting_does_not_show(
    tmp_path: Path, as_it_is: dict[str, str], before: str, after: str
) -> None:
    assert before in SHEETS
    assert codes(tmp_path, settings=SHEETS.replace(before, after)) == as_it_is


def test_copies_of_schools_and_the_edition_in_black_bear_the_code_of_all(tmp_path: Path) -> None:
    files = changed(EEN, "Je bent er.", "Vraag hulp in {{ school.address }}.")
    found = codes(tmp_path, files, mono=True, schools=("all",))
    every = [code for name, code in found.items() if name.startswith("Gids")]
    (general,) = {code for name, code in codes(tmp_path, files).items() if name.startswith("Gids")}
    assert (len(every), set(every)) == (4, {general})


def own_template(name: str, before: str, after: str) -> Files:
    """Return the files with a template of the project's own: the packaged one with *after* for *before*."""
    text = (packaged_root() / "templates" / name).read_text("utf-8")
    assert before in text
    return {**FILES, f"templates/{name}": text.replace(before, after)}


def test_code_stays_where_a_template_draws_the_same_words_otherwise(
    tmp_path: Path, as_it_is: dict[str, str]
) -> None:
    files = own_template(
        "parts.html", '<aside class="contact">', '{# niets #}<aside class="contact is-new"><div></div>'
    )
    assert codes(tmp_path, files) == as_it_is


def copied(root: Path, form: Callable[[str], str]) -> Path:
    """Copy the handbook to *root*, with every text as *form* writes it."""
    for folder in ("content", "templates", "styles"):
        shutil.copytree(packaged_root() / folder, root / folder)
    shutil.copy(packaged_root() / SETTINGS_FILE, root)
    for path in root.rglob("*.*"):
        if path.is_file() and path.suffix in (".md", ".toml", ".csv", ".html", ".css", ".svg"):
            path.write_bytes(form(path.read_bytes().decode("utf-8")).encode())
    return root


def handbook_codes(root: Path) -> list[str]:
    project = loaded(root)
    return [sheet_code.document(project, edition)[0].code for edition in editions(project, Selection())]


@pytest.fixture(scope="module")
def printed_codes() -> list[str]:
    return handbook_codes(packaged_root())


@pytest.mark.parametrize("form", ["Windows", "all of them"])
def test_handbook_has_the_same_codes_on_every_system(
    tmp_path: Path, printed_codes: list[str], form: str
) -> None:
    assert handbook_codes(copied(tmp_path / "copy", FORMS[form])) == printed_codes
    assert len(set(printed_codes)) == len(printed_codes) >= 30


def test_handbook_that_git_checks_out_for_windows_has_the_same_codes(
    tmp_path: Path, printed_codes: list[str]
) -> None:
    repository = copied(tmp_path / "repository", lambda text: text)
    who = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
    for arguments in (("init", "-q"), ("add", "."), (*who, "commit", "-q", "-m", "Add")):
        subprocess.run(["git", "-C", repository, *arguments], check=True, capture_output=True)
    clone = tmp_path / "clone"
    subprocess.run(
        ["git", "clone", "-q", "-c", "core.autocrlf=true", repository, clone], check=True, capture_output=True
    )
    assert b"\r\n" in (clone / SETTINGS_FILE).read_bytes()
    assert b"\r\n" in next((clone / "content/images").glob("*.svg")).read_bytes()
    assert handbook_codes(clone) == printed_codes


# ---- what changes it --------------------------------------------------------------------------


def moved(after: dict[str, str], before: dict[str, str]) -> list[str]:
    """Return the sheets whose code is not what it was, each by the first word of its title."""
    return sorted({name.split()[0] for name in after if after[name] != before.get(name)})


@pytest.mark.parametrize(
    "files",
    [
        changed(EEN, "café", "cafe"),
        changed(EEN, "`Twee`", "`Tien`"),
        changed(EEN, "1. Open", "1. Wacht even.\n2. Open"),
        changed(EEN, "bij [](#open)", "bij stap 2"),
        {**FILES, KIJK: "1. Kijk op het scherm.\n"},
        changed(EEN, "mfa.school.be/hulp", "mfa.school.be/help"),
        changed(EEN, "Een scherm", "Een venster"),
        changed(EEN, "on computer", "on smartphone"),
        changed(EEN, "| **A** | opent |", "| **A opent** | |"),
        changed(KIJK, "op het", "naar het"),
        changed(GIDS, "een]", "een, twee]"),
        changed(GIDS, '"1.0"', '"1.1"'),
        changed(GIDS, "2027-08-31", "2028-08-31"),
        changed(GIDS, "Lees dit eerst", "Lees dit goed"),
        changed("content/images/scherm.svg", "h9", "h8"),
        {**FILES, "content/images/foto.png": raster("PNG", corner=(0, 0, 1))},
        own_template("parts.html", "{{ words.help }}", "{{ words.help }}!"),
        own_template("parts.html", "'clock'", "'key'"),
        own_template("sheet.html", 'data-foot="{{ foot }}"', 'data-foot="Folder {{ foot }}"'),
        {**FILES, "templates/strings/nl.toml": 'help = "Vraag het"\n'},
        {**FILES, "templates/strings/nl.toml": 'page = "Blad "\n'},
    ],
)
def test_code_changes_with_what_the_sheet_says(
    tmp_path: Path, as_it_is: dict[str, str], files: Files
) -> None:
    texts = (EEN, KIJK, GIDS, "content/images/scherm.svg", "content/images/foto.png")
    is_alone = any(files[path] != FILES[path] for path in texts)
    assert moved(codes(tmp_path, files), as_it_is) == (["Gids"] if is_alone else ["Ander", "Gids"])


@pytest.mark.parametrize(
    ("before", "after", "sheets"),
    [
        ("mfa.school.be/info", "mfa.school.be/inf", ["Gids"]),
        ("Stadsscholen", "Stadsschool", ["Ander", "Gids"]),
        ("Voor medewerkers", "Voor personeel", ["Ander", "Gids"]),
        ('language = "nl-BE"', 'language = "nl-NL"', ["Ander", "Gids"]),
    ],
)
def test_code_changes_with_a_setting_that_shows(
    tmp_path: Path, as_it_is: dict[str, str], before: str, after: str, sheets: list[str]
) -> None:
    settings = SHEETS.replace(before, after)
    assert moved(codes(tmp_path, settings=settings), as_it_is) == sheets


def test_code_changes_with_the_number_that_a_reference_leads_to(tmp_path: Path) -> None:
    steps = "1. Open. {#a}\n2. Wacht. {#b}\n3. Ga naar [](#%s).\n"
    a, b = (codes(tmp_path / target, {**FILES, EEN: procedure(steps % target)}) for target in "ab")
    assert moved(a, b) == ["Gids"]


def test_the_same_words_in_another_format_are_another_sheet(tmp_path: Path) -> None:
    project = loaded(
        project_at(
            tmp_path,
            changed(GIDS, "[leaflet-a4]", "[leaflet-a4, leaflet-a5]"),
            f"{SHEETS}[formats.leaflet-a5]\npages = 1\n",
        )
    )
    found = [
        sheet_code.document(project, edition)[0].code for edition in editions(project, Selection(("gids",)))
    ]
    assert len(found) == len(set(found)) == 2


def test_template_that_needs_a_school_is_a_finding_and_no_sheet_without_a_code(tmp_path: Path) -> None:
    files = own_template("parts.html", "{{ words.help }}", "{{ document.school.name }}")
    project = loaded(project_at(tmp_path, files, SHEETS))
    (edition,) = editions(project, Selection(("gids",), schools=("noord",)))
    document, (finding,) = sheet_code.document(project, edition)
    assert (document.code, finding.rule, finding.place.path) == ("", "template-fault", "templates/parts.html")


def test_sum_of_the_settings_does_not_tell_in_which_order_addresses_stand(tmp_path: Path) -> None:
    """So many that a set of them, unsorted, would come in another order."""
    links_ = [f"[hulp {number}](https://mfa.school.be/hulp/{number})" for number in range(60)]

    def sum_of(root: Path, ordered: Sequence[str]) -> str:
        text = procedure("Lees dit:\n\n" + "\n".join(f"- {link}" for link in ordered))
        project = loaded(project_at(root, {**FILES, TWEE: text}, SHEETS))
        (edition,) = editions(project, Selection(handouts=("ander",), audiences=("staff",)))
        document, findings = sheet_code.document(project, edition)
        assert findings == ()
        return document.sums[SETTINGS_FILE]

    assert sum_of(tmp_path / "een", links_) == sum_of(tmp_path / "twee", links_[::-1])


# ---- how a page is heard ----------------------------------------------------------------------

FORMS_OF_LETTERS: tuple[Literal["NFC"], Literal["NFD"]] = ("NFC", "NFD")
WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp", "Cn"]), min_size=1, max_size=8
)


@given(st.lists(WORDS, min_size=1, max_size=5))
def test_marks_and_boxes_around_words_change_nothing(words: list[str]) -> None:
    plain = "<p>" + " ".join(map(escape, words)) + "</p>"
    boxed = "<div><div class='x'>" + "\n ".join(f"<em>{escape(word)}</em>" for word in words) + "</div></div>"
    assert said(boxed) == said(plain)


@given(st.lists(WORDS, min_size=1, max_size=5), st.sampled_from(FORMS_OF_LETTERS))
def test_normal_form_changes_nothing(words: list[str], form: Literal["NFC", "NFD"]) -> None:
    text = escape(" ".join(words))
    assert said(f"<p>{unicodedata.normalize(form, text)}</p>") == said(f"<p>{text}</p>")


@given(st.lists(st.lists(WORDS, min_size=1, max_size=3), min_size=1, max_size=4), st.data())
def test_no_two_ways_to_part_words_into_blocks_are_alike(
    blocks: list[list[str]], data: st.DataObject
) -> None:
    def page(blocks: list[list[str]]) -> str:
        return "".join(f"<p>{escape(' '.join(block))}</p>" for block in blocks)

    other = data.draw(st.permutations(blocks))
    unified = [[sheet_code.unified_text(" ".join(block))] for block in blocks]
    is_same = unified == [[sheet_code.unified_text(" ".join(block))] for block in other]
    assert (said(page(blocks)) == said(page(other))) == is_same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("<b>1</b><b>23</b>", "<b>12</b><b>3</b>"),
        ("<td>a b</td><td>c</td>", "<td>a</td><td>b c</td>"),
        (
            "<ol><li style='counter-set: list-item 1'>a</ol>",
            "<ol><li style='counter-set: list-item 2'>a</ol>",
        ),
        (
            "<ol><ol><li style='counter-set: list-item 1'></ol></ol>",
            "<ol><li style='counter-set: list-item 1'></ol>",
        ),
        ("<a href='https://a.be/x'>x</a>", "<a href='https://a.be/y'>x</a>"),
        ("<img src='1' alt='x'>", "<img src='1' alt='y'>"),
        ("<img src='1' alt='x'>", "<img src='2' alt='x'>"),
        ("<p><span class='icon icon--key'></span>a", "<p><span class='icon icon--lock'></span>a"),
        ("<p lang='fr'>a", "<p lang='nl'>a"),
        ("<p data-side='Kant '>", "<p data-side='Blad '>"),
    ],
)
def test_what_reads_otherwise_is_heard_otherwise(one: str, other: str) -> None:
    assert said(one) != said(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mfa.<wbr>school.<wbr>be", "mfa.school.be"),
        ("on\u00adge\u00addaan", "ongedaan"),
        ("stap\u00a05", "stap 5"),
        ("<p class='a' style='color: red' data-place='a.md:3' data-air-before='2'>x</p>", "<p>x</p>"),
        ("<style>p { content: 'x' }</style><script>x</script><title>x</title>y", "y"),
    ],
)
def test_what_reads_the_same_is_heard_the_same(one: str, other: str) -> None:
    assert said(one) == said(other) != ()


TOLD = st.lists(st.tuples(st.sampled_from(["words", "address", "number 1"]), st.text(max_size=5)), max_size=5)


@given(TOLD, TOLD)
def test_what_is_said_otherwise_has_another_code(
    one: list[tuple[str, str]], other: list[tuple[str, str]]
) -> None:
    codes = code_of("card", one), code_of("card", other)
    assert (codes[0] == codes[1]) == (one == other)
    assert all(len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) for code in codes)


# ---- as people type it ------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["7K2M4Q", "7k2m4q", " 7K2 M4Q ", "7K2-M4Q"])
def test_code_is_read_as_people_type_it(typed: str) -> None:
    assert read_code(typed) == "7K2M4Q"


def test_letters_that_look_like_digits_are_read_as_digits() -> None:
    assert read_code("oilOIL") == "011011"


@pytest.mark.parametrize("typed", ["", "7K2M4", "7K2M4QQ", "7K2M4!", "7K2M4U"])
def test_what_is_no_code_is_not_read(typed: str) -> None:
    assert read_code(typed) is None


@given(st.text(ALPHABET, min_size=CODE_LENGTH, max_size=CODE_LENGTH))
def test_every_code_is_read_as_itself(code: str) -> None:
    assert read_code(code) == code
