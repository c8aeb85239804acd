"""What earlier builds left: what is made anew, what is not, and how it is kept."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest
from docs.rooms import PROGRAM, ROOMS
from tests.conftest import REPOSITORY, SETTINGS, handout, loaded, procedure, project_at

import handout as package
from handout.builder import rounds
from handout.commands import app
from handout.editions import cache_entry, single
from handout.machine import state
from handout.machine.cache import Cache, Removed
from handout.model.findings import ExitCode
from handout.project.plan import Edition, Selection, editions

ONE_PAGE = f"{SETTINGS}\n[formats.leaflet-a4]\npages = 1\n"
TWO_PAGES = f"{SETTINGS}\n[formats.leaflet-a4]\nleast-pages = 2\n"
"""Of which the texts fill one."""
FILES = {
    "content/fragments/openen.md": "---\nowner: ICT\n---\n1. Open `Outlook`.\n",
    "content/procedures/aanmelden.md": procedure("1. ![[openen]]\n2. Klik op `Volgende`."),
    "content/procedures/afmelden.md": procedure("1. Klik op `Afmelden`.", title="Afmelden"),
    "content/handouts/gids.md": handout("aanmelden", audiences="[staff]"),
    "content/handouts/wijzer.md": handout("afmelden", title="Wijzer", audiences="[staff]"),
}
GIDS, WIJZER = "staff/gids-leaflet-a4", "staff/wijzer-leaflet-a4"
LONGEST_RUN_S = 120
SOURCE = Path(package.__file__).resolve().parents[1]
RUN = """
import sys
from handout.__main__ import main
try:
    main()
finally:
    engine = sorted({name.partition(".")[0] for name in sys.modules} & {"typer", "pydantic", "weasyprint"})
    print("imported:", *engine, file=sys.stderr)
"""
"""The program, which tells in the end what it had to import."""


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str
    imported: set[str]

    @property
    def explained(self) -> dict[str, str]:
        """What `--explain` says of each edition."""
        return dict(re.findall(r"^(\S+): (unchanged|made: .*)$", self.err, re.MULTILINE))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of project and cache, one for all tests: a build is known by where it was."""
    return tmp_path_factory.mktemp("place")


@pytest.fixture
def folder(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the cache folder of this test alone."""
    monkeypatch.setenv("HANDOUT_CACHE_DIR", str(place / "cache"))
    _clear(place)
    return place / "cache"


@pytest.fixture
def root(place: Path, folder: Path) -> Path:
    return project_at(place / "project", FILES, ONE_PAGE)


def _clear(place: Path) -> None:
    for one in place.iterdir():
        shutil.rmtree(one)


Build = Callable[..., Answer]


def run_in(place: Path, *arguments: str) -> Answer:
    """Build the project in a process of its own."""
    command = [sys.executable, "-c", RUN, "build", "--project", str(place / "project"), *arguments]
    environment = {
        **os.environ,
        "PYTHONPATH": str(SOURCE),
        "HANDOUT_CACHE_DIR": str(place / "cache"),
    }
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment, check=False, timeout=LONGEST_RUN_S
    )
    err, _, imported = done.stderr.rpartition("imported:")
    return Answer(done.returncode, done.stdout, err, set(imported.split()))


@pytest.fixture
def run(place: Path) -> Build:
    return partial(run_in, place)


@pytest.fixture(scope="module")
def kept_build(place: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Answer, Path]:
    """Build the project once for all tests; return what was said, and a copy of all that it left."""
    _clear(place)
    project_at(place / "project", FILES, ONE_PAGE)
    answer = run_in(place, "--explain")
    return answer, shutil.copytree(place, tmp_path_factory.mktemp("built") / "copy")


@pytest.fixture
def first_build(kept_build: tuple[Answer, Path], place: Path, root: Path) -> Answer:
    """Return what a first build of the project said, as if it had been now."""
    answer, copy = kept_build
    shutil.copytree(copy, place, dirs_exist_ok=True)
    return answer


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def entries(folder: Path, kind: str) -> list[Path]:
    return sorted((folder / "entries").glob(f"{kind}-*"))


def with_text(root: Path, path: str, text: str) -> None:
    project_at(root, {path: text}, (root / "handout.toml").read_text("utf-8"))


@pytest.fixture
def explained(root: Path, capfd: pytest.CaptureFixture[str]) -> Callable[..., dict[str, str]]:
    """Build in this process, and return why each edition was made."""

    def explained(*arguments: str) -> dict[str, str]:
        code = app.run(["build", "--project", str(root), "--jobs", "1", "--explain", *arguments])
        answer = Answer(code, *capfd.readouterr(), set())
        assert answer.code == ExitCode.DONE
        return answer.explained

    return explained


Explained = Callable[..., dict[str, str]]


# ---- nothing changed --------------------------------------------------------------------------


def test_build_in_which_nothing_changed_says_the_same_and_imports_nothing_slow(
    run: Build, root: Path, first_build: Answer
) -> None:
    first = first_build
    files = contents(root / "build")
    assert first.code == ExitCode.DONE
    assert first.explained == dict.fromkeys([GIDS, WIJZER], "made: it was not made here before")
    assert "warning" in first.err
    second = run("--explain")
    assert second.imported == set()
    assert second.explained == dict.fromkeys([GIDS, WIJZER], "unchanged")
    unexplained = "".join(line for line in first.err.splitlines(True) if ": made: " not in line)
    assert (second.code, second.out) == (first.code, first.out)
    assert second.err.endswith(unexplained)
    assert contents(root / "build") == files


@pytest.mark.parametrize("arguments", [["-q"], ["-v"], ["--json"]], ids=" ".join)
def test_build_that_is_asked_for_in_other_words_says_what_it_said_before(
    run: Build, first_build: Answer, arguments: list[str]
) -> None:
    first, second = run(*arguments), run(*arguments)
    assert "weasyprint" not in first.imported
    assert second.imported == set()
    assert (first.code, first.out, first.err) == (second.code, second.out, second.err)
    assert bool(first.out) == (arguments != ["-q"])


def test_files_that_were_changed_by_hand_are_put_back_from_the_cache(
    run: Build, root: Path, first_build: Answer
) -> None:
    before = contents(root / "build")
    (root / "build" / f"{GIDS}.pdf").write_bytes(b"%PDF van iemand anders")
    (root / "build/index.html").unlink()
    answer = run("--explain")
    assert "weasyprint" not in answer.imported
    assert answer.explained == dict.fromkeys([GIDS, WIJZER], "unchanged")
    assert contents(root / "build") == before


def test_other_folder_is_filled_from_the_cache(
    run: Build, root: Path, first_build: Answer, tmp_path: Path
) -> None:
    answer = run("--output", str(tmp_path / "uit"), "--explain")
    assert "weasyprint" not in answer.imported
    assert contents(tmp_path / "uit") == contents(root / "build")


def test_what_a_killed_build_left_is_finished_by_the_next(
    run: Build, root: Path, first_build: Answer
) -> None:
    staging = root / "build/.staging-abcdefgh"
    staging.mkdir()
    (staging / "0.new").write_bytes(b"%PDF nieuwer")
    (staging / "commit.json").write_text(json.dumps([["staff/nieuwer.pdf", False]]))
    run()
    assert not staging.exists()
    assert (root / "build/staff/nieuwer.pdf").read_bytes() == b"%PDF nieuwer"


def test_forced_build_makes_everything_anew_and_the_same(
    explained: Explained, root: Path, first_build: Answer
) -> None:
    before = contents(root / "build")
    assert explained("--force") == dict.fromkeys([GIDS, WIJZER], "made: --force")
    assert contents(root / "build") == before


# ---- something changed ------------------------------------------------------------------------


def test_changed_fragment_makes_anew_exactly_what_uses_it(
    explained: Explained, root: Path, first_build: Answer
) -> None:
    with_text(root, "content/fragments/openen.md", "---\nowner: ICT\n---\n1. Open `Teams`.\n")
    assert explained() == {GIDS: "made: content/fragments/openen.md changed", WIJZER: "unchanged"}


def test_sheet_that_a_build_leaves_with_older_texts_is_told_of_and_is_not_right(
    run: Build, root: Path, first_build: Answer
) -> None:
    assert "all proved; open" in first_build.err
    with_text(root, "content/fragments/openen.md", "---\nowner: ICT\n---\n1. Open `Teams`.\n")
    told = "warning: 1 other sheet in"
    answer = run("wijzer")
    assert told in answer.err
    assert run("wijzer").err == answer.err  # nothing changed since: no less is said
    build = root / "build"
    (row,) = json.loads(run("wijzer", "--json").out)["outdated"]
    assert row == str(build / f"{GIDS}.pdf")
    codes = {row["path"]: row["code"] for row in json.loads((build / "manifest.json").read_text())["files"]}
    data = (build / "check-data.js").read_text().removeprefix("window.handoutCodes = ").removesuffix(";\n")
    ((_, changes),) = json.loads(data)["codes"][codes[f"{GIDS}.pdf"]]
    assert [change[1:] for change in changes] == [["Open Outlook.", "Open Teams."]]
    assert len(json.loads(data)["codes"][codes[f"{WIJZER}.pdf"]][0]) == 1  # still right
    outdated = "de tekst is gewijzigd"
    assert (build / "index.html").read_text("utf-8").count(outdated) == 1
    assert told not in run().err
    assert outdated not in (build / "index.html").read_text("utf-8")


def test_text_that_is_put_back_needs_no_renderer(
    explained: Explained, root: Path, first_build: Answer
) -> None:
    with_text(root, "content/fragments/openen.md", "---\nowner: ICT\n---\n1. Open `Teams`.\n")
    explained()
    with_text(root, "content/fragments/openen.md", FILES["content/fragments/openen.md"])
    assert explained() == dict.fromkeys([GIDS, WIJZER], "unchanged")


def test_change_of_a_page_that_uses_it_alone_counts(
    explained: Explained, root: Path, first_build: Answer
) -> None:
    with_text(root, "styles/audiences/students.css", "body { color: #000 }\n")
    assert explained() == dict.fromkeys([GIDS, WIJZER], "unchanged")
    with_text(root, "styles/audiences/staff.css", "body { color: #000 }\n")
    assert explained() == dict.fromkeys([GIDS, WIJZER], "made: styles/audiences/staff.css is new")


def test_change_of_a_setting_of_the_format_counts(
    explained: Explained, root: Path, first_build: Answer
) -> None:
    project_at(root, {}, f"{ONE_PAGE}most-air = 0.9\n")
    assert explained("wijzer") == {WIJZER: "made: handout.toml changed"}


def test_row_of_the_schools_table_counts_for_the_copy_of_that_school(root: Path) -> None:
    rows = "id,name\nnoord,Noord\nzuid,Zuid\n"
    with_text(root, "content/schools.csv", rows)
    names = [f"{WIJZER} for noord", f"{WIJZER} for zuid"]
    found = shown(root, names, Selection(("wijzer",), schools=("all",)))
    with_text(root, "content/schools.csv", rows.replace("Zuid", "Zuidpool"))
    after = shown(root, names, Selection(("wijzer",), schools=("all",)))
    assert [found[name] == after[name] for name in names] == [True, False]


def shown(root: Path, names: list[str], selection: Selection) -> dict[str, str]:
    """Return under which name each of the editions *names* is kept."""
    project = loaded(root)
    render_cache = cache_entry.RenderCache(Cache(root), project, {})
    found = {}
    for edition in editions(project, selection):
        ready = single.prepare(project, edition)
        assert isinstance(ready, cache_entry.Ready)
        found[edition.name] = render_cache.name(ready)
    assert list(found) == names
    return found


def test_the_program_is_all_of_its_rooms_and_its_templates_and_styles() -> None:
    files = {*state.program_files()}
    assert {file for file in files if file.suffix == ".py"} == {*PROGRAM.rglob("*.py")}
    below = (file.relative_to(PROGRAM) for file in files if file.is_relative_to(PROGRAM))
    assert {path.parts[0] for path in below if len(path.parts) > 1} == {*ROOMS}
    assert {REPOSITORY / "templates/formats.toml", REPOSITORY / "styles/tokens.css"} <= files


def test_other_version_of_a_package_makes_everything_anew(root: Path) -> None:
    project = loaded(root)
    ready = single.prepare(project, editions(project, Selection())[0])
    assert isinstance(ready, cache_entry.Ready)
    machine = state.of_machine()
    assert machine["package weasyprint"].startswith("70.")
    names = {
        cache_entry.RenderCache(Cache(root), project, {**machine, **other}).name(ready)
        for other in ({}, {"package weasyprint": "70.1"}, {"the program": "0"}, {"Pango": "1.44"})
    }
    assert len(names) == 4


def test_state_holds_every_file_that_is_read(root: Path) -> None:
    with_text(root, "content/schools.csv", "id,name\nnoord,Noord\n")
    with_text(root, "content/images/pijl.svg", "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'/>")
    with_text(root, "templates/strings/fr.toml", "fiche = 'fiche'\n")
    code = (
        "import sys; from pathlib import Path; seen = []\n"
        "import handout.machine.gate, handout.project.load as project\n"
        "sys.addaudithook(lambda event, args: seen.append(args[0]) if event == 'open' else None)\n"
        "project.load(Path(sys.argv[1]))\n"
        "print(*[name for name in seen if str(name).startswith(sys.argv[1])], sep='\\n')\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    done = subprocess.run(
        [sys.executable, "-c", code, str(root)], capture_output=True, text=True, env=environment, check=True
    )
    read = {str(Path(line).relative_to(root)) for line in done.stdout.splitlines()}
    found = state.of_project(root)
    assert found is not None
    assert {"handout.toml", "content/schools.csv", "templates/strings/fr.toml"} <= read
    assert read <= found.keys()


def test_link_that_leads_out_of_the_project_leaves_no_state(root: Path, tmp_path: Path) -> None:
    (tmp_path / "elders.md").write_text("geheim")
    (root / "content/handouts/elders.md").symlink_to(tmp_path / "elders.md")
    assert state.of_project(root) is None


# ---- entries ----------------------------------------------------------------------------------


def damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("kind", "harm"),
    [("edition", "bit"), ("edition", "cut"), ("edition", "empty"), ("alias", "bit"), ("record", "bit")],
)
def test_damaged_entry_is_rebuilt(
    explained: Explained, root: Path, folder: Path, kind: str, harm: str
) -> None:
    explained("wijzer")
    before = contents(root / "build")
    shutil.rmtree(root / "build")
    (path,) = entries(folder, kind)
    if harm == "bit":
        damage(path)
    else:
        path.write_bytes(path.read_bytes()[:-9] if harm == "cut" else b"")
    found = explained("wijzer")
    assert found == {WIJZER: "made: it was no longer in the cache" if kind == "edition" else "unchanged"}
    assert contents(root / "build") == before
    assert explained("wijzer") == {WIJZER: "unchanged"}


def test_faulty_edition_is_not_kept(root: Path, folder: Path) -> None:
    project_at(root, {}, TWO_PAGES)
    assert app.run(["build", "wijzer", "--project", str(root), "-q"]) == ExitCode.FINDINGS
    assert entries(folder, "edition") == []


def test_entry_comes_back_as_it_was_kept(root: Path, folder: Path) -> None:
    keys = {"audiences": "[staff]", "formats": "[poster-a3]"}
    with_text(root, "content/handouts/wijzer.md", handout("afmelden", "", **keys))
    project = loaded(root)
    plan = editions(project, Selection(("wijzer",), print_shop=True))
    render_cache = cache_entry.RenderCache(Cache(folder), project, state.of_machine())
    (made,) = rounds.make_all(project, plan, 1, render_cache)
    (kept,) = rounds.make_all(project, plan, 1, render_cache)
    assert isinstance(made, single.Made)
    assert isinstance(kept, single.Made)
    assert (made.is_kept, kept.is_kept) == (False, True)
    assert len(made.sheets) == 4
    assert (kept.pdf, kept.sheets, kept.findings) == (made.pdf, made.sheets, made.findings)
    assert (kept.page_count, kept.setting, kept.document) == (made.page_count, made.setting, made.document)


def test_pictures_of_a_file_are_kept_by_its_sum_and_not_taken_where_all_is_forced(
    root: Path, folder: Path
) -> None:
    render_cache = cache_entry.RenderCache(Cache(folder), loaded(root), state.of_machine())
    assert render_cache.find_pictures("a sum") is None
    render_cache.keep_pictures("a sum", ("UklGRg0", "UklGRg1"))
    assert tuple(render_cache.find_pictures("a sum") or ()) == ("UklGRg0", "UklGRg1")
    assert render_cache.find_pictures("another sum") is None
    assert replace(render_cache, is_closed=True).find_pictures("a sum") is None
    assert replace(render_cache, machine={"Pillow": "13"}).find_pictures("a sum") is None


def test_kept_editions_between_new_ones_leave_none_out(
    root: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "MOST_WAITING", 1)
    with_text(root, "content/handouts/na.md", handout("afmelden", title="Na", audiences="[staff]"))
    project = loaded(root)
    plan = editions(project, Selection())
    middle = [edition for edition in plan if edition.name == "staff/na-leaflet-a4"]
    render_cache = cache_entry.RenderCache(Cache(folder), project, state.of_machine())

    def kept(plan: Sequence[Edition], jobs: int) -> dict[str, bool]:
        made = rounds.make_all(project, plan, jobs, render_cache)
        return {one.edition.name: one.is_kept for one in made if isinstance(one, single.Made)}

    assert list(kept(middle, 1).values()) == [False]
    assert kept(plan, 2) == {edition.name: edition in middle for edition in plan}
    assert [edition in middle for edition in plan] == [False, True, False]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}\n",
        b"[]\n%PDF",
        b'{"pages": 1, "findings": [], "setting": null, "bytes": 9, "sheets": []}\n%PDF',
        b'{"pages": 1, "findings": [["a"]], "setting": null, "bytes": 4, "sheets": []}\n%PDF',
        b'{"pages": 1, "findings": [], "setting": ["airy", 1], "bytes": 4, "sheets": []}\n%PDF',
        b"\x80\x04N.\n",
    ],
)
def test_bytes_that_are_no_entry_are_nothing(data: bytes) -> None:
    assert cache_entry.unpack(data) is None


def test_entries_that_were_not_used_for_longest_go_first(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for age, name in enumerate("dcba"):
        cache.write(name, bytes(100))
        os.utime(tmp_path / "entries" / name, (1000 - age, 1000 - age))
    assert cache.read("a") == bytes(100)  # the oldest; now the last that was used
    assert cache.trim(350) == Removed(2, 330)
    assert [name for name in "abcd" if cache.read(name) is not None] == ["a", "d"]


def test_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file")
    cache.write("a", b"1")
    assert cache.read("a") is None
    assert cache.clear() == Removed(0, 0)


def test_clear_says_what_it_removed_and_leaves_what_is_not_its_own(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "fonts-abc").mkdir(parents=True)
    (folder / "fonts-abc/a.ttf").write_bytes(b"1")
    Cache(folder).write("a", bytes(1_499_935))
    Cache(folder).write("b", b"")
    assert app.run(["cache", "clear"]) == ExitCode.DONE
    assert capfd.readouterr().out == f"removed 2 files, 1.5 MB, from {folder}\n"
    assert contents(folder) == {"fonts-abc/a.ttf": b"1"}
    app.run(["cache", "clear", "--json"])
    assert json.loads(capfd.readouterr().out) == {"files": 0, "bytes": 0}


def test_two_builds_at_once_share_the_cache(
    explained: Explained, root: Path, tmp_path: Path, folder: Path
) -> None:
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    outputs = [tmp_path / "een", tmp_path / "twee"]
    command = [sys.executable, "-m", "handout", "build", "--project", str(root), "-q", "--output"]
    builds = [subprocess.Popen([*command, str(output)], env=environment) for output in outputs]
    assert [one.wait(LONGEST_RUN_S) for one in builds] == [ExitCode.DONE, ExitCode.DONE]
    assert contents(outputs[0]).keys() == contents(outputs[1]).keys()
    assert contents(outputs[0])[f"{GIDS}.pdf"] == contents(outputs[1])[f"{GIDS}.pdf"]
    assert len(entries(folder, "edition")) == 2
    assert entries(folder, ".new") == []
    assert explained() == dict.fromkeys([GIDS, WIJZER], "unchanged")
