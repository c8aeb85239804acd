"""What goes to a translator and what comes back: nothing of it is lost, and nothing old is printed."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import project_at
from tests.project.test_translations import ARABIC, BODY, CATALOG, WORDS, files, po

from handout.commands import app
from handout.model.findings import ExitCode
from handout.project.load import load
from handout.project.reading.catalogs import PoCatalog, po_bytes, read_po_text

WEBLATE = r"""# Vertalers van de stad
#
msgid ""
msgstr ""
"Project-Id-Version: handout 1.0\n"
"Report-Msgid-Bugs-To: \n"
"PO-Revision-Date: 2026-11-20 10:00+0000\n"
"Last-Translator: ICT-dienst <ict@example.com>\n"
"Language-Team: Arabic <https://weblate.example.com/ar/>\n"
"Language: ar\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : 4;\n"
"X-Generator: Weblate 5.14\n"

# in de gebiedende wijs
#. command of a step
#: content/procedures/a.md:7
#, md-text
msgid "Open Outlook."
msgstr "افتح Outlook."

#: content/procedures/a.md:8
#, fuzzy, md-text
#| msgid ""
#| "Klik op \"`Volgende`\" "
#| "na [](#open)."
msgid "Klik op `Volgende` na [](#open)."
msgstr ""
"انقر على "
"`Volgende`"

#~ msgid "Sluit Outlook."
#~ msgstr "أغلق Outlook."
"""


def contents(catalog: PoCatalog) -> list[tuple[object, ...]]:
    entries = [*catalog, *catalog.obsolete.values()]
    return [
        (one.id, one.string, sorted(one.flags), one.user_comments, one.previous_id, one.context)
        for one in entries
        if one.id
    ]


def test_file_of_weblate_is_written_as_it_was_read() -> None:
    read = read_po_text(WEBLATE)
    again = read_po_text(po_bytes(read).decode())
    assert again.headers == read.headers
    assert again.headers["X-Generator"] == "Weblate 5.14"
    assert again.header_comment == read.header_comment
    assert contents(again) == contents(read)
    assert {one[0]: one[4] for one in contents(read)}["Klik op `Volgende` na [](#open)."] == [
        'Klik op "`Volgende`" na [](#open).'
    ]
    assert po_bytes(again) == po_bytes(read)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return project_at(tmp_path / "project", {**files(), CATALOG: WEBLATE})


def run(*words: str | Path) -> None:
    assert app.run(["translate", *map(str, words)]) == ExitCode.DONE


def catalog(root: Path, path: str = CATALOG) -> PoCatalog:
    return read_po_text((root / path).read_text("utf-8"))


def test_export_adds_what_is_new_and_keeps_what_translators_wrote(project: Path) -> None:
    run("export", "ar", "--project", project)
    made = catalog(project)
    assert [one.id for one in made if one.id] == list(WORDS), "in the order of the source"
    own = made.get("Open Outlook.")
    assert own is not None
    assert own.user_comments == ["in de gebiedende wijs"]
    assert "md-text" in own.flags
    fuzzy = made.get("Klik op `Volgende` na [](#open).")
    assert fuzzy is not None
    assert fuzzy.fuzzy
    assert fuzzy.previous_id == ['Klik op "`Volgende`" na [](#open).']
    assert "Sluit Outlook." in made.obsolete
    assert made.headers["X-Generator"] == "Weblate 5.14"
    before = (project / CATALOG).read_bytes()
    run("export", "ar", "--project", project)
    assert (project / CATALOG).read_bytes() == before, "the same texts give the same file"


def test_changed_text_takes_its_old_translation_along_as_fuzzy_and_comes_back_with_its_words(
    project: Path,
) -> None:
    text = project / "content/procedures/a.md"
    run("export", "ar", "--project", project)
    text.write_text(text.read_text("utf-8").replace("Open Outlook.", "Open Outlook nu."), "utf-8")
    run("export", "ar", "--project", project)
    changed = catalog(project).get("Open Outlook nu.")
    assert changed is not None
    assert (changed.string, changed.fuzzy, changed.previous_id) == ("افتح Outlook.", True, ["Open Outlook."])
    text.write_text(
        text.read_text("utf-8").replace("Sluit", "Open").replace("Open Outlook nu.", "Sluit Outlook.")
    )
    run("export", "ar", "--project", project)
    revived = catalog(project).get("Sluit Outlook.")
    assert revived is not None
    assert revived.string == "أغلق Outlook."
    assert not revived.fuzzy


def test_file_for_a_translator_comes_back_whole(project: Path, tmp_path: Path) -> None:
    sent = tmp_path / "ar.po"
    run("export", "ar", "gids", "--to", sent, "--project", project)
    assert (project / CATALOG).read_text("utf-8") == WEBLATE, "the catalogs stay as they are"
    whole = read_po_text(sent.read_text("utf-8"))
    assert {one.context for one in whole if one.id} == {"procedures/a", "handouts/gids", "settings", "keys"}
    for one in whole:
        if one.id in WORDS:
            one.string, one.flags, one.previous_id = WORDS[str(one.id)], one.flags - {"fuzzy"}, []
    whole.headers |= {"X-Translated-By": "vertaler", "X-Reviewed": "2026-11-21"}
    sent.write_bytes(po_bytes(whole))

    run("import", sent, "--project", project)
    loaded, findings = load(project)
    assert loaded is not None
    assert findings == ()
    own = loaded.catalogs["ar"]["procedures/a"]
    assert {source: own.words(source) and own.entries[source].words for source in WORDS} == WORDS
    assert (own.translated_by, str(own.reviewed)) == ("vertaler", "2026-11-21")
    taken = catalog(project)
    assert taken.headers["X-Generator"] == "Weblate 5.14"
    assert "Sluit Outlook." in taken.obsolete
    entry = taken.get("Open Outlook.")
    assert entry is not None
    assert entry.user_comments == ["in de gebiedende wijs"]


def test_empty_entry_of_a_file_takes_no_translation_away(project: Path, tmp_path: Path) -> None:
    sent = tmp_path / "ar.po"
    run("export", "ar", "--to", sent, "--project", project)
    sent.write_text(sent.read_text("utf-8").replace('"هذا دليل."', '""'), "utf-8")
    run("import", sent, "--project", project)
    kept = catalog(project, f"{ARABIC}/handouts/gids.po").get("Dit is een gids.")
    assert kept is not None
    assert kept.string == "هذا دليل."


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (po({"a": "b"}), "is no language"),
        (po({"a": "b"}, "Language: ar"), "does not say of which text its entries are"),
        (
            po({"a": "b"}, "Language: ar").replace('msgid "a"', 'msgctxt "x/y"\nmsgid "a"'),
            "none of this project",
        ),
        ("hello", "x.po:1: this line does not belong in a PO file"),
    ],
)
def test_file_that_cannot_be_taken_in_is_refused(
    project: Path, tmp_path: Path, content: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = tmp_path / "x.po"
    sent.write_text(content, "utf-8")
    assert app.run(["translate", "import", str(sent), "--project", str(project)]) == ExitCode.USAGE
    assert said in capsys.readouterr().err
    assert (project / CATALOG).read_text("utf-8") == WEBLATE


@pytest.mark.parametrize(("language", "is_told"), [("xx", True), ("en", False)])
def test_language_without_printed_words_is_told_when_it_is_begun(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, is_told: bool
) -> None:
    to = tmp_path / "sent.po"
    options = ("--to", str(to), "--project", str(project))
    assert app.run(["translate", "export", language, *options]) == ExitCode.DONE
    assert ("templates/strings/xx.toml" in capsys.readouterr().err) == is_told


def test_body_of_the_tests_has_all_kinds_of_texts() -> None:
    assert all(words in BODY for words in WORDS if words != "Aanmelden")


def test_build_of_one_language_tells_which_sheets_of_another_it_leaves(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It does not make them, and reads what they say all the same."""
    written = files()
    text = written["content/handouts/gids.md"]
    assert isinstance(text, str)
    own = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("languages:"))
    twee = {"content/handouts/twee.md": own.replace("title: Gids", "title: Twee")}
    root = project_at(tmp_path / "project", {**written, "content/handouts/gids.md": own, **twee})
    build = ["build", "--project", str(root), "--output", str(tmp_path / "build")]
    assert app.run([*build, "gids", "--language", "ar"]) == ExitCode.DONE
    made = set((tmp_path / "build").rglob("*.pdf"))
    capsys.readouterr()
    assert app.run([*build, "twee"]) == ExitCode.DONE
    assert "no longer say" not in capsys.readouterr().err
    source = root / "content/procedures/a.md"
    source.write_text(source.read_text("utf-8").replace("Open Outlook.", "Open Word."), "utf-8")
    assert app.run([*build, "twee"]) == ExitCode.DONE
    assert f"{len(made)} other sheets in" in capsys.readouterr().err
    assert made < set((tmp_path / "build").rglob("*.pdf"))
