"""A key of which two texts are current prints both, wherever it stands and however it is read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.conftest import SETTINGS, edition, handout, loaded, procedure, project_at, resolved
from tests.document.reading_order import lines
from tests.handbook.reading import read, squeezed

from handout.commands import app
from handout.document import resolve, wording
from handout.editions import expectations, sheet_code
from handout.model.text import Paragraph, Text, UiLabel
from handout.model.walk import blocks_of, inlines_inside, texts_of
from handout.project.screen_labels import LABELS_FILE
from handout.proof import inspect

GUIDE = "content/handouts/gids.md"
PROCEDURE = "content/procedures/a.md"
BOTH = """\
[[label]]
id = "save"
text = "Bewaren"
source = ["S1"]
language = "nl"
platform = ["web"]
current = ["Bewaren", "Opslaan"]

[[label.seen]]
text = "Opslaan"
source = "handleiding"
"""
ONE = BOTH.replace('current = ["Bewaren", "Opslaan"]\n', "")


def files(body: str, register: str = BOTH, opening: str = "Lees dit eerst.") -> dict[str, str | bytes]:
    return {GUIDE: handout("a", opening), PROCEDURE: procedure(body), LABELS_FILE: register}


def test_key_is_two_keys_with_the_printed_word_for_or_between(tmp_path: Path) -> None:
    document, found = resolved(tmp_path, files("Klik op `Bewaren` en wacht."))

    (paragraph,) = document.sections[0].blocks
    assert isinstance(paragraph, Paragraph)
    assert paragraph.children == (
        Text("Klik op "),
        UiLabel("Bewaren"),
        Text(" of "),
        UiLabel("Opslaan"),
        Text(" en wacht."),
    )
    assert found == ()


def test_word_between_is_that_of_the_project(tmp_path: Path) -> None:
    own = {**files("Klik op `Bewaren`"), "templates/strings/nl.toml": 'or = "oftewel"\n'}
    document, _ = resolved(tmp_path, own)

    assert lines(document.sections[0].blocks) == ["Klik op Bewaren oftewel Opslaan"]


@pytest.mark.parametrize(
    "body",
    [
        "1. Klik op `Bewaren`",
        "1. Klik\n    1. Kies `Bewaren`",
        "1. Klik\n\n    Zie **`Bewaren`** bovenaan.",
        "/// tip | Zoek `Bewaren`\nKijk goed.\n///",
        "/// tab | Een\n- Zoek *`Bewaren`*\n///",
        "| a | b |\n|---|---|\n| **1** | `Bewaren` |",
        "## Zoek `Bewaren`\n\nKijk.",
        "1. Klik\n\nKlaar! Je ziet `Bewaren`",
        "Zie [de knop `Bewaren`](handouts/gids.md)",
    ],
)
def test_both_texts_are_printed_wherever_a_key_stands(tmp_path: Path, body: str) -> None:
    document, _ = resolved(tmp_path, files(body))

    said = [
        inline.text
        for block in blocks_of(document)
        for _, inlines in texts_of(block)
        for inline in inlines_inside(inlines)
        if isinstance(inline, UiLabel)
    ]
    assert said == ["Bewaren", "Opslaan"]


def test_both_texts_are_printed_in_the_lead_of_a_handout(tmp_path: Path) -> None:
    document, _ = resolved(tmp_path, files("1. Klik", opening="Zoek `Opslaan` op je scherm."))

    assert [one.text for one in document.lead if isinstance(one, UiLabel)] == ["Bewaren", "Opslaan"]


def test_sheet_is_made_from_the_register_only_where_it_prints_two_texts_of_it(tmp_path: Path) -> None:
    both, _ = resolved(tmp_path / "a", files("1. Klik op `Bewaren`"))
    one, _ = resolved(tmp_path / "b", files("1. Klik op `Bewaren`", ONE))
    other, _ = resolved(tmp_path / "c", files("1. Klik op `Sluiten`"))

    assert LABELS_FILE in both.sources
    assert LABELS_FILE not in one.sources
    assert LABELS_FILE not in other.sources


def test_code_of_a_sheet_changes_with_what_a_key_prints_and_not_with_when_it_was_seen(
    tmp_path: Path,
) -> None:
    seen = BOTH + '\n[[label.seen]]\nseen-on = 2027-01-01\nby = "ICT-anker"\n'
    other = BOTH.replace('"Opslaan"', '"Vasthouden"')

    def named(folder: str, register: str) -> tuple[str, str | None]:
        project = loaded(project_at(tmp_path / folder, files("1. Klik op `Bewaren`", register)))
        document, _ = sheet_code.document(project, edition(project))
        return document.code, document.sums.get(LABELS_FILE)

    both = named("both", BOTH)
    assert named("seen", seen) == both
    code, sum_of_register = named("other", other)
    assert code != both[0]
    assert sum_of_register not in (both[1], None)
    assert named("one", ONE)[1] is None


@pytest.mark.parametrize(("register", "words"), [(ONE, 26), (BOTH, 28)])
def test_length_of_a_sentence_counts_all_that_is_printed(tmp_path: Path, register: str, words: int) -> None:
    body = "Klik op `Bewaren` " + "en wacht dan " * 7 + "heel even."
    project = loaded(project_at(tmp_path, files(body, register)))
    document, _ = resolve.document(project, edition(project))

    (told,) = (one for one in wording.findings(project, ()) if one.rule == "long-sentence")
    assert told.what.startswith(f"a sentence has {words} words")
    (figures,) = wording.figures(project, (document,))
    assert figures.longest_words == words


def test_two_texts_of_one_key_are_one_action(tmp_path: Path) -> None:
    words = '[actions]\nverbs = ["klik"]\njoiners = ["of"]\n'
    own = {**files("1. Klik op `Bewaren`"), "content/words.toml": words}

    assert wording.findings(loaded(project_at(tmp_path, own)), ()) == ()


# ---- on paper ---------------------------------------------------------------------------------

FORMATS = ("one-a4", "one-a5", "card", "reference-a4")
ONE_PAGE = """
[formats.one-a4]
like = "leaflet-a4"
width-mm = 210
height-mm = 297
pages = 1

[formats.one-a5]
like = "leaflet-a5"
width-mm = 148
height-mm = 210
pages = 1
"""


def test_both_texts_stand_on_every_paper_in_every_ink_and_are_read_aloud(tmp_path: Path) -> None:
    body = "1. Klik op `Bewaren`\n2. Wacht even."
    own = {**files(body), GUIDE: handout("a", formats=f"[{', '.join(FORMATS)}]")}
    root = project_at(tmp_path / "project", own, SETTINGS + ONE_PAGE)
    out = tmp_path / "out"
    options = ["--audience", "staff", "--mono", "--text", "--output", str(out), "-q"]

    assert app.run(["build", "--project", str(root), *options]) == 0

    rows = json.loads((out / "manifest.json").read_text("utf-8"))["files"]
    pieces = [row for row in rows if row["sheet"] in (None, "text")]
    assert {(row["format"], row["ink"]) for row in pieces} >= {
        (format_, ink) for format_ in FORMATS for ink in ("colour", "mono")
    }
    assert len(pieces) == 4 * len(FORMATS)
    for row in pieces:
        path = out / row["path"]
        if path.suffix == ".pdf":
            assert squeezed("Klik op Bewaren of Opslaan") in read(path.read_bytes()).text, row["path"]
        else:
            assert "Klik op Bewaren of Opslaan" in " ".join(path.read_text("utf-8").split())


def test_paper_that_lacks_one_of_the_two_is_refused_when_it_is_read_back(tmp_path: Path) -> None:
    out = tmp_path / "out"
    formats = {GUIDE: handout("a", formats="[reference-a4]")}
    one = project_at(tmp_path / "one", {**files("1. Klik op `Bewaren`", ONE), **formats})
    assert app.run(["build", "--project", str(one), "--audience", "staff", "--output", str(out), "-q"]) == 0
    pdf = (out / "staff/gids-reference-a4.pdf").read_bytes()

    def wrong(register: str) -> set[str]:
        now = {**files("1. Klik op `Bewaren`", register), **formats}
        project = loaded(project_at(tmp_path / "now", now))
        document, _ = resolve.document(project, edition(project))
        return {found.rule for found in inspect(pdf, document, expectations.of(project, document))}

    assert "text-lost" in wrong(BOTH) - wrong(ONE)
