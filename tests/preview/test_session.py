"""What the preview knows without an engine: what a change touches, where findings stand, what opens them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from tests.conftest import DRAWING, REPOSITORY, SCHOOLS, SETTINGS, handout, procedure, project_at

from handout.model.findings import Finding, Place, UsageError
from handout.model.messages import verbatim
from handout.paper.engine.region import Region, RegionKind
from handout.preview import editor, marks, overlays, words
from handout.preview.guard import Asked, Guard
from handout.preview.session import Session, Wish, session, wish_of
from handout.project.load import Readings, load
from handout.project.settings import Format

FILES: dict[str, str | bytes] = {
    "content/procedures/a.md": procedure("1. Klik op `Volgende`.\n\n![x](images/a.svg)\n\n{{ tip }}"),
    "content/procedures/b.md": procedure("1. Open je mail. Zie ook [](a.md).", title="Mail"),
    "content/handouts/een.md": handout("a", title="Een"),
    "content/handouts/twee.md": handout("b, a", title="Twee", formats="[leaflet-a4, card]"),
    "content/handouts/drie.md": handout("c", title="Drie", audiences="[staff]"),
    "content/procedures/c.md": procedure("1. Typ je naam.", title="Naam", audiences="staff"),
    "content/images/a.svg": DRAWING,
    "content/schools.csv": SCHOOLS,
}


def loaded(root: Path, number: int = 1, before: Session | None = None) -> Session:
    project, findings = load(root)
    return session(number, project, findings, before)


def all_wishes(of: Session) -> list[Wish]:
    return [wish_of(edition) for edition in of.editions]


def touched(root: Path, path: str, content: str | bytes) -> set[str]:
    """Return the handouts whose editions are others when *path* holds *content*."""
    before = loaded(root)
    project_at(root, {path: content}, (root / "handout.toml").read_text("utf-8"))
    after = loaded(root, 2, before)
    return {wish.handout for wish in after.changed(before, all_wishes(before))}


def test_a_change_touches_what_holds_it_and_nothing_else(tmp_path: Path) -> None:
    root = project_at(tmp_path, {**FILES, "content/procedures/a.md": procedure("1. Klik op `Volgende`.")})
    assert touched(root, "content/procedures/c.md", procedure("1. Typ je voornaam.")) == {"drie"}
    assert touched(root, "content/fragments/nergens.md", "Staat op geen blad.\n") == set()
    assert touched(root, "content/handouts/drie.md", handout("c", title="Drie!", audiences="[staff]")) == {
        "drie"
    }
    assert touched(root, "content/procedures/a.md", procedure("1. Klik op `Terug`.")) == {"een", "twee"}
    # A title is printed where another text leads to it.
    assert touched(root, "content/procedures/b.md", procedure("1. Open je mail.", title="Post")) == {"twee"}
    assert touched(root, "content/schools.csv", SCHOOLS.replace("Noord", "Oost")) == set()


def test_what_all_sheets_share_touches_all(tmp_path: Path) -> None:
    root = project_at(tmp_path, FILES)
    everything = {"een", "twee", "drie"}
    assert touched(root, "templates/strings/nl.toml", 'step = "Zet"\n') == everything
    assert touched(root, "styles/leaflet-a4.css", "p { color: #111111 }\n") == everything


def test_a_sheet_for_another_way_of_reading_is_found_by_its_format(tmp_path: Path) -> None:
    listed = handout("c", title="Drie", audiences="[staff]", readings="[standard, large]")
    now = loaded(project_at(tmp_path, {**FILES, "content/handouts/drie.md": listed}))
    formats = ["leaflet-a4", "leaflet-a4-large"]
    assert [wish.format for wish in all_wishes(now) if wish.handout == "drie"] == formats
    found = [now.edition(Wish("drie", "staff", format_, "nl-BE")) for format_ in formats]
    assert [edition and edition.reading for edition in found] == ["standard", "large"]


def test_a_copy_is_touched_by_its_own_row(tmp_path: Path) -> None:
    before = loaded(project_at(tmp_path, FILES))
    wishes = [Wish("drie", "staff", "leaflet-a4", "nl-BE", school) for school in ("", "noord", "zuid")]
    project_at(tmp_path, {"content/schools.csv": SCHOOLS.replace("An Peeters", "Bo Claes")})
    after = loaded(tmp_path, 2, before)
    assert [wish.school for wish in after.changed(before, wishes)] == ["noord"]


def test_what_goes_and_comes_is_a_change(tmp_path: Path) -> None:
    before = loaded(project_at(tmp_path, FILES))
    wishes = all_wishes(before)
    (tmp_path / "content/handouts/drie.md").unlink()
    without = loaded(tmp_path, 2, before)
    (gone,) = without.changed(before, wishes)
    assert gone.handout == "drie"
    assert without.edition(gone) is None
    assert without.basis(gone) is None
    assert without.changed(without, wishes) == ()


def test_settings_that_cannot_be_read_leave_the_list(tmp_path: Path) -> None:
    before = loaded(project_at(tmp_path, FILES))
    (tmp_path / "handout.toml").write_text("[[[", "utf-8")
    after = loaded(tmp_path, 2, before)
    assert after.project is None
    assert after.findings
    assert after.editions == before.editions
    assert all(after.basis(wish) is None for wish in all_wishes(before))


# ---- loading again ----------------------------------------------------------------------------


def test_loading_again_with_what_was_read_gives_what_loading_anew_gives(tmp_path: Path) -> None:
    root = project_at(tmp_path, FILES)
    readings = Readings()
    changes: list[tuple[str, str | bytes | None]] = [
        ("content/procedures/a.md", procedure("1. Klik op `Terug`.\n2. [](weg.md)")),
        ("content/images/a.svg", DRAWING.replace("h9", "h8")),
        ("content/images/a.svg", "<svg"),
        ("content/schools.csv", SCHOOLS + "oost,Oost,,,\n"),
        ("content/schools.csv", "id\n"),
        (
            "handout.toml",
            SETTINGS.replace("Stadsscholen", "Dorpsscholen") + "[formats.leaflet-a4]\npages = 1\n",
        ),
        ("templates/strings/nl.toml", 'step = "Zet"\n'),
        ("content/words.toml", '[[word]]\nuse = "klik"\navoid = ["druk"]\nwhy = "een woord"\n'),
        ("content/labels.toml", '[[label]]\nid = "x"\ntext = "Volgende"\n'),
        ("content/handouts/drie.md", None),
        ("content/images/a.svg", DRAWING),
    ]
    assert load(root, readings) == load(root)
    for path, content in changes:
        if content is None:
            (root / path).unlink()
        else:
            project_at(
                root,
                {path: content},
                (root / "handout.toml").read_text("utf-8") if path != "handout.toml" else str(content),
            )
        assert load(root, readings) == load(root), path


def test_what_did_not_change_is_not_worked_out_again() -> None:
    calls: list[str] = []
    readings = Readings()

    def work(text: str) -> str:
        calls.append(text)
        return text.upper()

    for text in ("a", "a", "b", "b"):
        readings.begin()
        assert readings.take("file", work, text) == text.upper()
    assert calls == ["a", "b"]
    readings.begin()
    readings.begin()  # nothing asked for it in a whole load: it is let go of
    readings.take("file", work, "b")
    assert calls == ["a", "b", "b"]


# ---- where a finding stands -------------------------------------------------------------------


def at(line: int, page: int = 0, width_mm: float = 10, path: str = "a.md") -> Region:
    return Region(RegionKind.TEXT, page, Place(path, line), "", 0, 0, width_mm, 10)


def marked(place: Place, *regions: Region) -> list[Region]:
    return list(marks.marked(Finding(place, verbatim("x"), verbatim("y")), regions))


def test_a_finding_is_marked_at_its_line_on_each_page() -> None:
    both = [at(5), at(5, page=1)]
    assert marked(Place("a.md", 5, 3), at(4), *both, at(6)) == both


def test_a_finding_of_what_stands_nowhere_is_marked_at_what_comes_before() -> None:
    assert marked(Place("a.md", 8), at(4), at(7), at(9)) == [at(7)]
    assert marked(Place("a.md", 3), at(4)) == []
    assert marked(Place("a.md"), at(4)) == []
    assert marked(Place("b.md", 5), at(5)) == []


def test_of_several_regions_of_a_line_the_largest_is_marked() -> None:
    assert marked(Place("a.md", 5), at(5, width_mm=3), at(5, width_mm=30)) == [at(5, width_mm=30)]
    slot = Region(RegionKind.SLOT, 0, Place("a.md", 5), "name", 0, 0, 99, 99)
    assert marked(Place("a.md", 5), slot, at(5)) == [at(5)]


# ---- folds ------------------------------------------------------------------------------------

FORMATS = {
    name: Format.model_validate(table)
    for name, table in tomllib.loads((REPOSITORY / "templates/formats.toml").read_text("utf-8")).items()
}


def sides(name: str, pages: int) -> list[str]:
    """Return at which sides each page is folded: l, r, t; m where it is in its middle."""
    format_ = FORMATS[name]
    width, height = format_.width_mm, format_.height_mm
    names = {
        overlays.Line(0, 0, 0, height): "l",
        overlays.Line(width, 0, width, height): "r",
        overlays.Line(0, 0, width, 0): "t",
        overlays.Line(0, height / 2, width, height / 2): "m",
    }
    found = [overlays.folds(format_, index, width, height, pages) for index in range(pages)]
    return ["".join(sorted(names[line] for line in lines)) for lines in found]


@pytest.mark.parametrize(
    ("name", "pages", "expected"),
    [
        ("leaflet-a4", 2, ["", ""]),
        # Outside: flap, back, cover; inside: three in a row.
        ("trifold", 6, ["l", "r", "r", "lr", "l", "lr"]),
        ("trifold", 2, ["", ""]),
        # The upper row, on its head: 7 6 5 4; the lower one: 8 1 2 3.
        ("mini", 8, ["lr", "lr", "lt", "rt", "lr", "lr", "lt", "rt"]),
        ("booklet-a5", 4, ["l", "r", "l", "r"]),
        ("tent-a4", 1, ["m"]),
        ("poster-a3", 1, [""]),
        ("card", 2, ["", ""]),
    ],
)
def test_folds_are_where_the_panels_join(name: str, pages: int, expected: list[str]) -> None:
    assert sides(name, pages) == expected


# ---- what opens a file ------------------------------------------------------------------------


def test_a_link_names_file_and_line(tmp_path: Path) -> None:
    folder = tmp_path / "map met spatie & #"
    root = project_at(folder, FILES)
    address = editor.address_of_editor("vscode")
    path = (tmp_path / "map%20met%20spatie%20%26%20%23").as_posix()
    place = Place("content/handouts/een.md", 7, 3)
    assert editor.link(address, root, place) == f"vscode://file{path}/content/handouts/een.md:7:3"
    own = editor.address_of_editor("mijn://open?file={path}&line={line}")
    assert editor.link(own, root, Place("handout.toml")) == f"mijn://open?file={path}/handout.toml&line=1"
    assert editor.link(address, root, Place("content/handouts/weg.md", 1)) == ""
    assert editor.link(editor.address_of_editor("none"), root, place) == ""


@pytest.mark.parametrize(
    "asked",
    [
        "emacs",
        "",
        "vscode://file",
        "javascript:alert('{path}')",
        "DATA:x{path}",
        "file://{path}",
        'a:"{path}',
    ],
)
def test_an_editor_that_cannot_be_meant_is_refused(asked: str) -> None:
    with pytest.raises(UsageError, match=r"there is no editor") as raised:
        editor.address_of_editor(asked)
    assert "vscode" in raised.value.fix
    assert "{path}" in raised.value.fix


# ---- words, and who may ask -------------------------------------------------------------------


def test_both_languages_have_all_words_and_places_for_values() -> None:
    dutch, english = words.words("nl"), words.words("en")
    assert dutch.keys() == english.keys()
    for key in dutch:
        assert dutch[key].count("{") == english[key].count("{"), key
        assert dutch[key].strip()


def test_another_language_has_english_words() -> None:
    assert words.words("fr") == words.words("en")
    assert words.language_of("fr") == "en"
    assert words.language_of("nl") == "nl"


def test_the_page_uses_every_word() -> None:
    assets = REPOSITORY / "src/handout/preview/assets"
    text = (assets / "page.html").read_text("utf-8") + (assets / "preview.js").read_text("utf-8")
    by_value = {"error", "warning", "old", "gone", "lost", "sketch"}  # words[kind], words[severity]
    unused = {
        key
        for key in words.words("en")
        if f"words.{key}" not in text and f"words['{key}']" not in text and f'words["{key}"]' not in text
    }
    assert unused <= by_value


def test_the_first_refusal_is_told() -> None:
    guard = Guard(8000, "word")
    good = (("host", "127.0.0.1:8000"),)
    assert guard.refusal(Asked("GET", "/", good, "", "word")) is None
    assert guard.refusal(Asked("HEAD", "/", good, "word", "")) is None
    assert guard.refusal(Asked("GET", "/", good, "word", "of before")) is None
    assert guard.refusal(Asked("GET", "/", good, "of before", "word")) is None
    twice = (*good, ("host", "127.0.0.1:8000"))
    refused = [
        guard.refusal(Asked("GET", "/", twice, "", "word")),
        guard.refusal(Asked("GET", "/", good, "wor", "d")),
        guard.refusal(
            Asked("GET", "/", (*good, ("origin", "http://127.0.0.1:8000"), ("origin", "x")), "", "word")
        ),
    ]
    assert [one.status for one in refused if one] == [421, 403, 403]
