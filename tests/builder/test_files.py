"""What is made of an edition is a tuple of files: of further kinds, and in several languages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from tests.builder.further_kind import COUNT
from tests.conftest import DRAWING, SETTINGS, handout, loaded, procedure, project_at

from handout.builder import builder, listing
from handout.builder.history import EarlierBuilds
from handout.commands import app
from handout.editions import single, spoken_text
from handout.machine.cache import Cache
from handout.model.catalog import TranslationCatalog
from handout.model.document import SheetKind
from handout.model.files import PIECE, FileKind, FinishedPiece, register
from handout.model.findings import ExitCode
from handout.project.plan import PlannedFile, editions
from handout.project.project import Project
from handout.project.selection import Selection

ONE_PAGE = f"{SETTINGS}\n[formats.leaflet-a4]\npages = 1\n"
FILES: Mapping[str, str | bytes] = {
    "content/procedures/aanmelden.md": procedure(
        "1. Open `Outlook`. {#weg}\n2. Klik op `Volgende` na [](#weg)."
    ),
    "content/handouts/gids.md": handout("aanmelden", audiences="[staff]"),
    "content/images/a.svg": DRAWING,
}
PATH = "staff/gids-leaflet-a4"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return loaded(project_at(tmp_path_factory.mktemp("project"), FILES, ONE_PAGE))


def built(project: Project, root: Path, selection: Selection) -> tuple[builder.Built, dict[str, object]]:
    """Build *selection* below *root*; return what came of it, and its manifest."""
    past = EarlierBuilds.of(root, Cache(root / "cache"))
    plan = editions(project, selection)
    found = builder.build(
        project, plan, root / "build", selection=selection, jobs=2, done=lambda _: None, past=past
    )
    return found, json.loads((root / "build/manifest.json").read_text("utf-8"))


def test_kind_that_is_registered_outside_the_program_is_told_of_everywhere(
    project: Project, tmp_path: Path
) -> None:
    selection = Selection(also=("count",))
    found, manifest = built(project, tmp_path, selection)
    assert found.files == (f"{PATH}.pdf", f"{PATH}.count")
    pdf = (tmp_path / "build" / f"{PATH}.pdf").read_bytes()
    assert (tmp_path / "build" / f"{PATH}.count").read_text("utf-8") == f"Gids: {len(pdf)} bytes\n"
    rows = {row["path"]: row for row in manifest["files"]}  # type: ignore[attr-defined]
    assert rows[f"{PATH}.count"]["sheet"] == "count"
    assert rows[f"{PATH}.count"]["sources"] == rows[f"{PATH}.pdf"]["sources"]
    assert rows[f"{PATH}.count"]["paper"] == ""
    gallery = (tmp_path / "build/index.html").read_text("utf-8")
    assert f'href="{PATH}.count"' in gallery
    report = json.loads((tmp_path / "build/proof.json").read_text("utf-8"))
    assert report["editions"][0]["also"] == [f"{PATH}.count"]
    (row,), _ = listing.rows(project, editions(project, selection))
    assert [(one["sheet"], one["path"]) for one in row["sheets"]] == [("count", f"{PATH}.count")]
    again, _ = built(project, tmp_path, replace(selection, mono=True))
    assert [again.changes[name] for name in (PATH,)] == [()]  # from the cache, with all its files
    assert f"{PATH}-mono.count" in again.files


def test_further_kind_comes_from_the_cache_as_it_was_made(project: Project, tmp_path: Path) -> None:
    built(project, tmp_path, Selection(also=("count",)))
    first = (tmp_path / "build" / f"{PATH}.count").read_bytes()
    (tmp_path / "build" / f"{PATH}.count").unlink()
    found, _ = built(project, tmp_path, Selection(also=("count",)))
    assert (tmp_path / "build" / f"{PATH}.count").read_bytes() == first
    assert found.is_written


def test_file_of_a_further_kind_goes_when_it_is_no_longer_asked_for(project: Project, tmp_path: Path) -> None:
    built(project, tmp_path, Selection(also=("count",)))
    built(project, tmp_path, Selection())
    assert not (tmp_path / "build" / f"{PATH}.count").exists()
    assert (tmp_path / "build" / f"{PATH}.pdf").exists()


def test_two_kinds_of_one_name_are_refused() -> None:
    register(COUNT)  # the same one again
    with pytest.raises(ValueError, match="another kind of file is called 'count'"):
        register(FileKind("count", ".other", COUNT.make))


def test_plan_names_the_files_of_an_edition_piece_first(project: Project) -> None:
    (edition,) = editions(project, Selection(print_shop=True, also=("text",)))
    assert edition.files == (
        PlannedFile(PIECE, f"{PATH}.pdf"),
        PlannedFile(SheetKind.PRINT_SHOP, f"{PATH}-shop.pdf"),
        PlannedFile("text", f"{PATH}.txt"),
    )
    made = single.make(project, edition)
    assert [(file.kind, file.path) for file in made.files] == [
        (file.kind, file.path) for file in edition.files
    ]


# ---- what a screen reader reads ---------------------------------------------------------------


def test_text_says_all_that_the_sheet_says_in_the_order_of_its_tags(project: Project) -> None:
    (edition,) = editions(project, Selection())
    made = single.make(project, edition)
    lines = spoken_text.spoken_text(FinishedPiece(made.pdf, made.document)).decode().splitlines()
    assert "# Gids" in lines
    steps = [line for line in lines if line.startswith("Stap")]
    assert steps == ["Stap 1 Open Outlook.", "Stap 2 Klik op Volgende na stap 1."]
    assert lines.index("# Gids") < lines.index(steps[0])
    assert "\n\n\n" not in "\n".join(lines)


def test_text_is_written_beside_the_piece(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = project_at(tmp_path / "project", FILES, ONE_PAGE)
    assert app.run(["build", "--text", "--project", str(root)]) == ExitCode.DONE
    assert capsys.readouterr().out.splitlines()[-1].endswith(f"{PATH}.txt")
    assert "1 Open Outlook." in (root / "build" / f"{PATH}.txt").read_text("utf-8")


# ---- languages --------------------------------------------------------------------------------


def test_each_language_of_a_handout_makes_an_edition_named_after_it(project: Project) -> None:
    guide = replace(project.handouts["gids"], languages=("nl", "fr"))
    both = replace(project, handouts={"gids": guide}, catalogs={"fr": {}})
    assert [edition.output_path for edition in editions(both, Selection())] == [
        f"{PATH}.pdf",
        "staff/gids-leaflet-a4-fr.pdf",
    ]
    (french,) = editions(both, Selection(languages=("fr",)))
    assert (french.language, french.name) == ("fr", "staff/gids-leaflet-a4-fr")
    assert len(editions(both, Selection(languages=("fr", "nl-BE")))) == 2


def test_translation_of_a_handout_is_made_where_it_is_asked_for(project: Project) -> None:
    catalog = TranslationCatalog("handouts/gids", "fr", "content/translations/fr/handouts/gids.po")
    both = replace(project, catalogs={"fr": {"handouts/gids": catalog}, "ar": {}})
    assert [edition.language for edition in editions(both, Selection())] == ["nl-BE"]
    assert [edition.language for edition in editions(both, Selection(languages=("all",)))] == ["nl-BE", "fr"]
    assert [edition.language for edition in editions(both, Selection(languages=("fr",)))] == ["fr"]


def test_one_language_does_not_stand_in_the_names(project: Project) -> None:
    (edition,) = editions(project, Selection(languages=("nl-BE",)))
    assert edition.output_path == f"{PATH}.pdf"
