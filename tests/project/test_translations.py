"""A translation holds for the words that it was made of, wherever they stand, and for no others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import SETTINGS, edition, handout, loaded, procedure, project_at

from handout.commands import app
from handout.document import resolve
from handout.model.document import Document
from handout.model.findings import ExitCode, Finding, Place, Severity
from handout.model.rules import Rule
from handout.model.text import (
    Emphasis,
    Field,
    Gloss,
    Inline,
    LineBreak,
    NumberedSteps,
    Paragraph,
    Reference,
    Result,
    StepLabel,
    Strong,
    Text,
    UiLabel,
    Untranslated,
    UntranslatedText,
)
from handout.model.walk import blocks_of
from handout.project import plan, translations
from handout.project.load import load
from handout.project.project import Project
from handout.project.reading.notes import Notes
from handout.project.reading.written import at_place, markdown_of, read_markdown

BODY = """\
Lees dit eerst.

1. Open Outlook. {#open on computer}
2. Klik op `Volgende` na [](#open).

    /// tip
    Neem je tijd.
    ///

Klaar! Het werkt."""
WORDS = {
    "Aanmelden": "تسجيل الدخول",
    "Lees dit eerst.": "اقرأ هذا أولًا.",
    "Open Outlook.": "افتح Outlook.",
    "Klik op `Volgende` na [](#open).": "بعد [](#open) انقر على `Volgende`.",
    "Neem je tijd.": "خذ وقتك.",
    "Klaar! Het werkt.": "تم! إنه يعمل.",
}
PROCEDURE = "content/procedures/a.md"
ARABIC = "content/translations/ar"
CATALOG = f"{ARABIC}/procedures/a.po"
SETTINGS_WORDS = {
    "Voor medewerkers": "للموظفين",
    "algemene uitgave": "نسخة عامة",
}
LANGUAGES = ("ar", "fr", "en", "tr", "uk")
FIRST_ENTRY = 5


def po(words: Mapping[str, str], head: str = "X-Translated-By: machine", flags: str = "") -> str:
    """Return a catalog of *words*; each of its entries takes three lines and begins on a line of its own."""
    lines = ['msgid ""', 'msgstr ""', r'"Content-Type: text/plain; charset=utf-8\n"', rf'"{head}\n"']
    for source, translation in words.items():
        quoted = ('"' + one.replace("\\", "\\\\").replace('"', '\\"') + '"' for one in (source, translation))
        lines += [flags, *(f"{key} {one}" for key, one in zip(("msgid", "msgstr"), quoted, strict=True))]
    return "\n".join(lines) + "\n"


def files(
    body: str = BODY, words: Mapping[str, str] = WORDS, head: str = "X-Translated-By: machine"
) -> dict[str, str | bytes]:
    return {
        PROCEDURE: procedure(body),
        "content/handouts/gids.md": handout("a", "Dit is een gids.", languages="[nl, ar]"),
        CATALOG: po(words, head),
        f"{ARABIC}/handouts/gids.po": po({"Gids": "دليل", "Dit is een gids.": "هذا دليل."}, head),
        f"{ARABIC}/settings.po": po(SETTINGS_WORDS, head),
        f"{ARABIC}/keys.po": po({"Volgende": "التالي"}),
    }


def in_arabic(project: Project) -> Document:
    return in_language(project, "ar")


def in_language(project: Project, language: str) -> Document:
    chosen = plan.Selection(audiences=("staff",), languages=(language,))
    (one,) = plan.editions(project, chosen)
    document, findings = resolve.document(project, one)
    assert [str(finding) for finding in findings] == []
    return document


def left_of(document: Document) -> list[str]:
    """Return what stands on *document* without a translation."""
    texts = (inlines for _, inlines in translations.texts_on(document))
    names = [str(one) for one in translations.words_on(document) if isinstance(one, UntranslatedText)]
    pieces = [one.children for text in texts for one in text if isinstance(one, Untranslated)]
    return names + ["".join(getattr(one, "text", "…") for one in piece) for piece in pieces]


def told(root: Path, project_files: Mapping[str, str | bytes]) -> list[Finding]:
    _, findings = load(project_at(root, project_files))
    return list(findings)


# ---- what stands on the sheet ------------------------------------------------------------------


def test_sheet_has_the_words_of_the_translation_and_the_numbers_and_keys_of_the_source(
    tmp_path: Path,
) -> None:
    document = in_arabic(loaded(project_at(tmp_path, files())))

    (section,) = document.sections
    lead, steps, result = section.blocks
    assert isinstance(lead, Paragraph)
    assert lead.children == (Text("اقرأ هذا أولًا."),)
    assert isinstance(steps, NumberedSteps)
    assert [(step.label, step.device) for step in steps.steps] == [("1", "computer"), ("2", None)]
    before, label, words, key, gloss, end = steps.steps[1].command
    assert isinstance(label, StepLabel)
    assert label.label == "1"
    assert (before, words, end) == (Text("بعد "), Text(" انقر على "), Text("."))
    assert (key, gloss) == (UiLabel("Volgende"), Gloss("التالي"))
    assert isinstance(result, Result), "what is done in the source is done in each language"
    assert document.title == "دليل"
    assert left_of(document) == []


def test_changed_text_stands_in_its_own_words_and_is_counted(tmp_path: Path) -> None:
    changed = BODY.replace("Open Outlook.", "Open Outlook op je computer.")
    document = in_arabic(loaded(project_at(tmp_path, files(changed))))

    assert left_of(document) == ["Open Outlook op je computer."]
    assert document.translation is not None
    assert (document.translation.untranslated, document.translation.is_reviewed) == (1, False)


def test_moved_and_renumbered_text_keeps_its_translation(tmp_path: Path) -> None:
    moved = BODY.replace("1. Open", "1. Neem je tijd.\n2. Open").replace("2. Klik", "3. Klik")
    moved = moved.replace("    Neem je tijd.\n", "    Lees dit eerst.\n")
    document = in_arabic(loaded(project_at(tmp_path, files(moved))))
    assert left_of(document) == []


def test_fuzzy_translation_is_never_printed(tmp_path: Path) -> None:
    own = {**files(), CATALOG: po(WORDS, flags="#, fuzzy")}
    document = in_arabic(loaded(project_at(tmp_path, own)))
    assert document.translation is not None
    assert document.translation.untranslated == len(WORDS) - 1
    assert "Lees dit eerst." in left_of(document)


def test_dutch_sheet_is_the_same_with_and_without_a_translation(tmp_path: Path) -> None:
    with_it = loaded(project_at(tmp_path / "a", files()))
    bare = {path: text for path, text in files().items() if not path.startswith(ARABIC)}
    bare["content/handouts/gids.md"] = handout("a", "Dit is een gids.", languages="nl")
    without = loaded(project_at(tmp_path / "b", bare))
    one, other = (
        resolve.document(project, plan.editions(project, plan.Selection(languages=("nl",)))[0])[0]
        for project in (with_it, without)
    )
    assert one == other
    assert one.translation is None


@settings(max_examples=30)  # of some texts, each in six languages
@given(number=st.integers(0, len(WORDS) - 2), extra=st.text("abcdefg", min_size=1, max_size=9))
def test_change_of_one_text_makes_that_text_stale_and_no_other(number: int, extra: str) -> None:
    changed = [words for words in WORDS if words != "Aanmelden"][number]
    new = f"{changed} {extra}"
    source = procedure(BODY.replace(changed, new))
    project = _projects[0]
    text, faults = _read_procedure(source)
    assert not faults
    later = _with(project, text)
    for language in LANGUAGES:
        document, before = in_language(later, language), _before[language]
        assert len(left_of(document)) == 1
        assert _numbers(document) == _numbers(before)
        texts = zip(translations.texts_on(before), translations.texts_on(document), strict=True)
        assert sum(old != new for (_, old), (_, new) in texts) == 1
    assert left_of(in_language(later, "nl")) == []


_projects: list[Project] = []
_before: dict[str, Document] = {}


@pytest.fixture(autouse=True, scope="module")
def _project(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A project in six languages: in Arabic, and in four with words that were only marked."""
    made = files()
    for tag in LANGUAGES:
        for path, content in files(words={source: f"{source} ({tag})" for source in WORDS}).items():
            if path.startswith(ARABIC) and tag != "ar":
                made[path.replace(ARABIC, f"content/translations/{tag}")] = content
    made["content/handouts/gids.md"] = handout("a", "Dit is een gids.", languages="[nl, ar, fr, en, tr, uk]")
    _projects[:] = [loaded(project_at(tmp_path_factory.mktemp("law"), made))]
    _before.update({language: in_language(_projects[0], language) for language in LANGUAGES})


def _read_procedure(source: str) -> tuple[object, object]:
    from handout.project.reading import documents

    return documents.procedure(PROCEDURE, source.encode())


def _with(project: Project, text: object) -> Project:
    from dataclasses import replace

    from handout.model.source import Procedure

    assert isinstance(text, Procedure)
    return replace(project, procedures={"a": text})


def _numbers(document: Document) -> list[tuple[str, ...]]:
    runs = (block for block in blocks_of(document) if isinstance(block, NumberedSteps))
    return [tuple(step.label for step in run.steps) for run in runs]


# ---- what a translation may not do ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "wrong", "said"),
    [
        ("Klik op `Volgende` na [](#open).", "بعد [](#open) انقر.", "lacks `Volgende`"),
        ("Klik op `Volgende` na [](#open).", "انقر على `Volgende`.", "lacks [](#open)"),
        ("Klik op `Volgende` na [](#open).", "بعد [](#open) انقر على `التالي`.", "has `التالي`"),
        ("Open Outlook.", "افتح [](#open).", "has [](#open)"),
        ("Open Outlook.", "افتح {{ link.security-info }}.", "has {{ link.security-info }}"),
        ("Open Outlook.", "افتح ![](images/a.svg).", "has ![](images/a.svg)"),
    ],
)
def test_key_or_reference_that_a_translation_drops_or_invents_is_found_at_its_line(
    tmp_path: Path, source: str, wrong: str, said: str
) -> None:
    findings = told(tmp_path, files(words={**WORDS, source: wrong}))
    line = FIRST_ENTRY + 3 * list(WORDS).index(source) + 1
    assert {(finding.rule, finding.place) for finding in findings} == {
        (Rule.TRANSLATION_DIFFERS, Place(CATALOG, line))
    }
    assert any(said in finding.what for finding in findings)


def test_address_in_a_translation_is_refused(tmp_path: Path) -> None:
    (finding,) = told(tmp_path, files(words={**WORDS, "Open Outlook.": "افتح evil.example.com"}))
    assert (finding.rule, finding.place.path) == (Rule.ADDRESS_TYPED, CATALOG)


@pytest.mark.parametrize(
    "broken",
    ["hello", 'msgid "a"\nhello "b"\n', 'msgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\n'],
)
def test_file_that_is_no_catalog_is_told_with_its_line(tmp_path: Path, broken: str) -> None:
    findings = told(tmp_path, {**files(), CATALOG: f"{po({})}\n{broken}"})
    assert {(finding.rule, finding.place.path) for finding in findings} == {
        (Rule.TRANSLATION_BROKEN, CATALOG)
    }


def test_catalog_of_no_text_is_told(tmp_path: Path) -> None:
    (finding,) = told(tmp_path, {**files(), f"{ARABIC}/procedures/b.po": po({"a": "b"})})
    assert (finding.rule, finding.severity) == (Rule.TRANSLATION_IDLE, Severity.WARNING)


def test_language_without_translations_is_told_where_a_handout_lists_it(tmp_path: Path) -> None:
    own = {**files(), "content/handouts/gids.md": handout("a", "Dit is een gids.", languages="[nl, fr]")}
    (finding,) = told(tmp_path, own)
    assert (finding.rule, finding.place) == (Rule.NAME_UNKNOWN, Place("content/handouts/gids.md", 6))


# ---- what check and --strict tell -----------------------------------------------------------------


def test_check_lists_what_is_stale_and_what_is_missing_by_language(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = BODY.replace("Open Outlook.", "Open Outlook nu.").replace("Neem je tijd.", "Wacht even.")
    root = project_at(tmp_path, files(body))
    asked = ["--audience", "staff", "--project", str(root)]
    assert app.run(["check", *asked]) == ExitCode.DONE
    said = capsys.readouterr().err
    assert re.search(rf"{PROCEDURE}:7: warning\[translation-stale\]: ar: .*Open Outlook nu", said)
    assert re.search(rf"{PROCEDURE}:11: warning\[translation-missing\]: ar: .*Wacht even", said)
    assert f"{CATALOG}:12" in said, "where the old translation stands"
    assert app.run(["check", "--strict", *asked]) == ExitCode.FINDINGS
    assert app.run(["check", "--strict", "--language", "nl", *asked]) == ExitCode.DONE


# ---- as Markdown ----------------------------------------------------------------------------------

_PLACE = Place("a.po", 1)
_WORDS = st.text(st.sampled_from("ab é*_`[]{}<>&!\\#~()1."), min_size=1, max_size=8).map(
    lambda text: f"x{text}x"
)
_ATOMS: st.SearchStrategy[Inline] = st.one_of(
    _WORDS.map(Text),
    st.text(st.sampled_from("abc`"), min_size=1, max_size=5).filter(lambda one: one.strip("`")).map(UiLabel),
    st.just(Reference((), "a.md", "open", _PLACE, "test")),
    st.just(Field("link.a", _PLACE)),
)
_MARKED = st.one_of(
    _WORDS.map(lambda text: Strong((Text(text),))), _WORDS.map(lambda text: Emphasis((Text(text),)))
)


@given(st.lists(st.one_of(_ATOMS, _MARKED), min_size=1, max_size=6))
def test_written_content_is_read_again_as_the_same(parts: list[Inline]) -> None:
    inlines: list[Inline] = [Text("x ")]
    for part in parts:
        inlines += [part, Text(" x ")]
    inlines[-1] = Text(" x")
    merged: list[Inline] = []
    for inline in inlines:
        if isinstance(inline, Text) and merged and isinstance(before := merged[-1], Text):
            merged[-1] = Text(before.text + inline.text)
        else:
            merged.append(inline)
    written = markdown_of(merged)
    notes: Notes = at_place(_PLACE)
    again = read_markdown(written, notes)
    assert markdown_of(again) == written
    assert [type(one) for one in again] == [type(one) for one in merged]


def test_forced_break_is_a_line_end(tmp_path: Path) -> None:
    broken = (Text("a"), LineBreak(), Text("b"))
    assert read_markdown(markdown_of(broken), at_place(_PLACE)) == broken


def test_edition_of_the_source_language_is_the_default(tmp_path: Path) -> None:
    own = {**files(), "content/handouts/gids.md": handout("a", "Dit is een gids.")}
    assert edition(loaded(project_at(tmp_path, own, SETTINGS))).language == "nl-BE"


def test_translations_that_nobody_asks_for_are_not_read(tmp_path: Path) -> None:
    broken = {**files(), "content/translations/fr/handouts/gids.po": "hello"}
    root = project_at(tmp_path, broken)
    project, findings = load(root, languages=())
    assert findings == ()
    assert project is not None
    assert project.unread == {"fr"}
    _, findings = load(root, languages=("nl+fr",))
    assert [finding.rule for finding in findings] == [Rule.TRANSLATION_BROKEN]
