"""The pages as real builds leave them: which are there, what they know of earlier builds, which ones stay."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pytest
from tests.conftest import SCHOOLS, SETTINGS, handout, procedure, project_at

from handout.commands import app
from handout.model.findings import ExitCode

SMALL = f"{SETTINGS}\n[formats.leaflet-a4]\npages = 1\n"
FILES = {
    "content/procedures/een.md": procedure("1. Open `Outlook`.\n2. Klik op `Nieuw`.\n3. Typ je tekst."),
    "content/handouts/gids.md": handout("een", audiences="[staff]", valid_until="2999-08-31"),
    "content/schools.csv": SCHOOLS,
}
NOORD, ZUID = "schools/noord/index.html", "schools/zuid/index.html"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of whose builds nothing is known."""
    monkeypatch.setenv("HANDOUT_CACHE_DIR", str(tmp_path / "cache"))
    return project_at(tmp_path / "project", FILES, SMALL)


def build(root: Path, *arguments: str) -> dict[str, Any]:
    """Build the project in *root*, and return what its page of codes knows."""
    assert app.run(["build", "--project", str(root), "--jobs", "1", "-q", *arguments]) == ExitCode.DONE
    text = (root / "build/check-data.js").read_text("ascii")
    data: dict[str, Any] = json.loads(text.removeprefix("window.handoutCodes = ").removesuffix(";\n"))
    return data


def change(root: Path, before: str, after: str) -> None:
    path = root / "content/procedures/een.md"
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")


def test_page_of_codes_knows_what_earlier_builds_printed(root: Path) -> None:
    first = build(root)
    ((old, entries),) = first["codes"].items()
    assert entries == [[0]]
    assert first["sheets"][0]["right"] == "Nog juist tot en met 31 augustus 2999"

    change(root, "`Nieuw`", "`Nieuwe mail`")
    second = build(root)
    assert second["codes"][old] == [[0, [["Stap 2 is gewijzigd", "Klik op Nieuw.", "Klik op Nieuwe mail."]]]]
    (new,) = second["codes"].keys() - {old}
    assert second["codes"][new] == [[0]]

    # Back to what it was: the sheet of the time between is the wrong one.
    change(root, "`Nieuwe mail`", "`Nieuw`")
    third = build(root)
    assert third["codes"][old] == [[0]]
    assert len(third["codes"][new][0]) == 2

    (root / "content/handouts/ander.md").write_text(handout("een", title="Ander", audiences="[staff]"))
    (root / "content/handouts/gids.md").unlink()
    fourth = build(root)
    assert fourth["sheets"][fourth["codes"][old][0][0]] == {"what": "Gids", "gone": True}


def test_manifest_and_gallery_tell_the_ink_that_is_on_the_page(root: Path) -> None:
    settings = root / "handout.toml"
    settings.write_text(settings.read_text().replace("[organisation]\n", "[organisation]\nink-cents = 2\n"))
    build(root)
    (row,) = (row for row in json.loads((root / "build/manifest.json").read_bytes())["files"] if row["pages"])
    document = pypdfium2.PdfDocument(root / "build" / row["path"])
    try:
        grey = np.asarray(document[0].render(scale=4, grayscale=True).to_pil().convert("L"))
    finally:
        document.close()
    covered_percent = float((grey < 128).mean()) * 100
    assert row["ink_percent"] == [pytest.approx(covered_percent, abs=0.3)]
    assert row["ink_cents"] == pytest.approx(covered_percent / 5 * 2, abs=0.15)
    told = f"Inkt: {round(row['ink_percent'][0])} % van het papier, ongeveer {round(row['ink_cents'])} cent."
    assert told in (root / "build/index.html").read_text("utf-8")


def test_print_job_does_not_tell_the_ink_of_one_copy(root: Path) -> None:
    settings = root / "handout.toml"
    settings.write_text(settings.read_text().replace("[organisation]\n", "[organisation]\nink-cents = 2\n"))
    build(root, "--school", "all", "--merge")
    rows = json.loads((root / "build/manifest.json").read_bytes())["files"]
    (job,) = (row for row in rows if row["sheet"] == "job")
    assert (job["ink_percent"], job["ink_cents"], job["made_from"], job["why_in_full"]) == ([], None, "", "")
    assert all(row["ink_cents"] and row["made_from"] for row in rows if row["school"])
    assert "Inkt:" in (root / "build" / NOORD).read_text("utf-8")
    page = (root / "build/index.html").read_text("utf-8")
    assert "Inkt:" in page
    assert "Inkt:" not in page.partition('<ul class="jobs">')[2].partition("</ul>")[0]


def test_file_of_an_earlier_build_tells_what_its_ink_costs_today(root: Path) -> None:
    build(root, "--school", "noord")
    settings = root / "handout.toml"
    settings.write_text(settings.read_text().replace("[organisation]\n", "[organisation]\nink-cents = 2\n"))
    build(root)
    rows = json.loads((root / "build/manifest.json").read_bytes())["files"]
    (copy,) = (row for row in rows if row["school"])
    assert copy["ink_cents"] == pytest.approx(sum(copy["ink_percent"]) / 5 * 2, abs=0.01)
    assert "Inkt:" in (root / "build" / NOORD).read_text("utf-8")


def test_code_is_the_same_whether_a_copy_or_the_general_edition_was_made(root: Path) -> None:
    ((code, _),) = build(root, "--school", "noord")["codes"].items()
    assert build(root)["codes"] == {code: [[0]]}
    change(root, "`Nieuw`", "`Nieuwe mail`")
    told = build(root, "--school", "noord")["codes"]
    assert told[code][0][1][0][0] == "Stap 2 is gewijzigd"  # though the general edition still lies there


def test_each_school_with_files_has_a_page_and_nobody_else(root: Path) -> None:
    build(root)
    assert not (root / "build/schools").exists()
    build(root, "--school", "noord")
    page = (root / "build" / NOORD).read_text("utf-8")
    links = re.findall(r'href="([^"#]+\.pdf)"', page)
    assert links
    assert all((root / "build/schools/noord" / link).is_file() for link in links)
    assert not (root / "build" / ZUID).exists()
    build(root, "--school", "all")
    assert (root / "build" / ZUID).is_file()
    (root / "content/schools.csv").write_text(SCHOOLS.partition("zuid")[0], "utf-8")
    build(root)
    assert (root / "build" / NOORD).is_file()
    assert not (root / "build/schools/zuid").exists()


def test_page_of_a_school_is_made_anew_when_its_copies_are(root: Path) -> None:
    build(root, "--school", "all")
    for path in (NOORD, ZUID):  # as a build would never leave it: to see who writes
        mark(root / "build" / path)
    table = root / "content/schools.csv"
    table.write_text(table.read_text("utf-8").replace("An Peeters", "Els Peeters"), "utf-8")
    build(root, "--school", "all")
    assert "Bladen voor Basisschool Noord" in (root / "build" / NOORD).read_text("utf-8")
    assert [is_marked(root / "build" / path) for path in (NOORD, ZUID)] == [False, True]
    build(root, "--school", "all", "--force")
    assert not is_marked(root / "build" / ZUID)


def mark(page: Path) -> None:
    page.write_text(page.read_text("utf-8").replace("</html>", "<!-- old --></html>"), "utf-8")


def is_marked(page: Path) -> bool:
    return "<!-- old -->" in page.read_text("utf-8")


def test_page_of_a_school_is_made_anew_when_its_look_or_its_words_change(root: Path) -> None:
    build(root, "--school", "all")
    mark(root / "build" / ZUID)
    changes = {
        "styles/pages.css": ".card { outline: 7px solid }",
        "templates/strings/nl.toml": '[gallery]\nof-school = "Alle bladen van {school}"',
    }
    for path, text in changes.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
        build(root, "--school", "all")
        assert not is_marked(root / "build" / ZUID)
        mark(root / "build" / ZUID)
    page = (root / "build" / ZUID).read_text("utf-8")
    assert "outline: 7px solid" in page
    assert "Alle bladen van Basisschool Zuid" in page
    # What leaves all copies as they are and no sheet says: to whom the reader turns.
    settings = root / "handout.toml"
    settings.write_text(
        settings.read_text().replace("[organisation]\n", '[organisation]\ncontact = "a@b.be"\n')
    )
    build(root, "--school", "noord")
    assert not is_marked(root / "build" / ZUID)


def test_second_build_shows_the_pictures_of_the_first(root: Path) -> None:
    build(root, "--school", "noord")
    assert "data:image/webp" in (root / "build" / NOORD).read_text("utf-8")
    # No master is opened for a copy that stands: the picture of before is taken.
    build(root, "--school", "all")
    pictures = [
        re.findall(r"data:image/webp[^\"]*", (root / "build" / path).read_text("utf-8"))
        for path in (NOORD, "index.html")
    ]
    assert pictures[0] == pictures[1] != []
