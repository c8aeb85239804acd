"""What is said of the wording: avoided words, long sentences, steps that ask for too much or for nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.conftest import BODY_LINE, REPOSITORY, SETTINGS, edition, handout, loaded, procedure, project_at
from tests.document.reading_order import section_lines

from handout.commands import app
from handout.document import resolve, wording
from handout.document.sentences import count_words
from handout.document.wording import SentenceFigures
from handout.editions import sheet_code
from handout.model.findings import Finding, Place, Severity
from handout.paper.compose import page
from handout.project.load import load
from handout.project.plan import Selection, editions

WORDS = """\
[[word]]
use = "aanmelden"
avoid = ["inloggen", "log in", "u", "sms'je"]
why = "Zo zegt het scherm het."

[[word]]
use = "ICT-anker"
avoid = ["helpdesk"]
why = "Zo heet die persoon."

[actions]
verbs = ["klik", "kies", "open", "ga"]
openers = ["laat"]
joiners = ["en", "dan"]

[sentences]
abbreviations = ["bijv.", "nr."]
"""
PROCEDURE = "content/procedures/a.md"
GUIDE = "content/handouts/gids.md"
WORDS_FILE = "content/words.toml"
LONG = " ".join(["Woord", *["woord"] * 25]) + "."


def judged(
    root: Path, files: dict[str, str | bytes], words: str | None = WORDS
) -> tuple[tuple[Finding, ...], tuple[SentenceFigures, ...]]:
    """Return what is said of the wording of a handout of procedure `a`, and its figures."""
    all_files: dict[str, str | bytes] = {GUIDE: handout("a"), PROCEDURE: procedure("1. Klik"), **files}
    project = loaded(project_at(root, all_files | ({WORDS_FILE: words} if words else {})))
    documents = [resolve.document(project, edition)[0] for edition in editions(project, Selection())]
    figures = wording.figures(project, documents)
    return wording.findings(project, figures), figures


def said(root: Path, body: str, words: str | None = WORDS) -> list[str]:
    """Return what is said of a procedure with *body*, `line: what (rule)`; lines count from 1 in *body*."""
    found, _ = judged(root, {PROCEDURE: procedure(body)}, words)
    assert all(finding.severity is Severity.WARNING and finding.fix for finding in found)
    assert {finding.place.path for finding in found} <= {PROCEDURE}
    return [f"{finding.place.line - BODY_LINE + 1}: {finding.what} ({finding.rule})" for finding in found]


# ---- avoided words ----------------------------------------------------------------------------


def test_avoided_word_is_reported_with_the_word_to_use_and_why(tmp_path: Path) -> None:
    (finding,), _ = judged(tmp_path, {PROCEDURE: procedure("Je kunt nu inloggen.")})

    assert finding.place == Place(PROCEDURE, BODY_LINE)
    assert (finding.what, finding.rule) == ("'inloggen' is a word that we avoid", "avoided-word")
    assert finding.fix == "write 'aanmelden': Zo zegt het scherm het."
    assert finding.severity is Severity.WARNING


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("## De helpdesk", 1),
        ("1. Klik op de helpdesk", 1),
        ("1. Klik\n\n    Bel de helpdesk.", 3),
        ("1. Klik\n    1. Kies de helpdesk", 2),
        ("- een\n- de helpdesk", 2),
        ("| a | b |\n|---|---|\n| c | helpdesk |", 1),
        ("/// tip | De helpdesk\nx\n///", 1),
        ("/// tip\nDe helpdesk.\n///", 2),
        ("/// only | students\nDe helpdesk.\n///", 2),
        ("/// tab | helpdesk\nx\n///", 1),
        ("![De helpdesk.](images/a.svg)", 1),
        ("**Help**desk.", 1),
        ("[De helpdesk](a.md)", 1),
        ("Klaar! De helpdesk weet het.", 1),
    ],
)
def test_avoided_word_is_found_wherever_a_reader_reads(tmp_path: Path, body: str, line: int) -> None:
    (told,) = said(tmp_path, body)

    assert told.startswith(f"{line}: ")
    assert told.casefold().endswith("'helpdesk' is a word that we avoid (avoided-word)")


def test_avoided_word_in_titles_and_questions_is_reported_at_its_own_line(tmp_path: Path) -> None:
    keys = {"title@students": "De helpdesk", "questions": "\n  - Waar is hij?\n  - Waar is de helpdesk?"}

    found, _ = judged(tmp_path, {GUIDE: handout("a", **keys), PROCEDURE: procedure("1. Klik", "Helpdesk")})

    assert [finding.place for finding in found] == [Place(GUIDE, 6), Place(GUIDE, 9), Place(PROCEDURE, 2)]


def test_avoided_word_in_a_field_of_an_audience_is_reported_where_it_is_printed(tmp_path: Path) -> None:
    settings = SETTINGS.replace('"Outlook en Smartschool"', '"Outlook, Smartschool en de helpdesk"')
    files = {GUIDE: handout("a"), PROCEDURE: procedure("Dat is {{ audience.systems }}."), WORDS_FILE: WORDS}
    project = loaded(project_at(tmp_path, files, settings))

    assert [str(finding.place) for finding in wording.findings(project, ())] == [f"{PROCEDURE}:{BODY_LINE}"]


@pytest.mark.parametrize(
    "text",
    ["`Inloggen`", "De ict-helpdesk.", "De helpdesks.", "ü u.b. U-bocht", "Wij zijn ingelogd.", "log je in"],
)
def test_keys_other_words_and_forms_that_are_not_listed_are_no_avoided_words(
    tmp_path: Path, text: str
) -> None:
    assert [told for told in said(tmp_path, text) if "'u'" not in told] == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Kunt U dat?", "U"),
        ("Log&nbsp;in!", "Log\xa0in"),
        ("Een sms’je.", "sms’je"),
        ("“helpdesk”", "helpdesk"),
        ("‘helpdesk’", "helpdesk"),
    ],
)
def test_avoided_word_is_found_in_any_case_and_between_quotes(tmp_path: Path, text: str, word: str) -> None:
    assert said(tmp_path, text) == [f"1: '{word}' is a word that we avoid (avoided-word)"]


# ---- sentences --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("Klik op de knop.", 4),
        ("Word, Excel … en ook Teams.", 5),
        ("Om 8.30 uur – of later & dan nog eens.", 8),
        ("Een e-mailadres van 8\xa0tekens.", 5),
        ("… – !", 0),
    ],
)
def test_words_are_counted_as_a_reader_counts_them(sentence: str, words: int) -> None:
    assert count_words(sentence) == words


def test_sentence_of_more_than_25_words_is_reported_with_its_line(tmp_path: Path) -> None:
    (told,) = said(tmp_path, f"Kort.\n\nEerst dit. {LONG} Dan dat.")

    shown = "'Woord woord woord woord woord woord woord woord woord woord…'"
    assert told == f"3: a sentence has 26 words: {shown} (long-sentence)"


@pytest.mark.parametrize(
    "text",
    [
        " ".join(["woord"] * 25) + ".",
        " ".join(["woord"] * 24) + " `Een nieuwe aanvraag verzenden naar mijn app`",
        " ".join(["woord"] * 20) + ". " + " ".join(["Woord"] * 20),
        " ".join(["woord"] * 20) + "! (" + " ".join(["Woord"] * 20) + ")",
        " ".join(["woord"] * 20) + "… " + " ".join(["Woord"] * 20),
        " ".join(["woord"] * 20) + ".” `Ja` " + " ".join(["woord"] * 20),
        " ".join(["woord"] * 24) + " {{ link.security-info }}",
        " ".join(["woord"] * 24) + " [](a.md)",
    ],
)
def test_sentence_of_25_words_or_less_is_not_reported(tmp_path: Path, text: str) -> None:
    assert [told for told in said(tmp_path, text) if "long-sentence" in told] == []


@pytest.mark.parametrize(
    "middle",
    ["bijv. Outlook", "(bijv. Outlook)", "nr. 5", "om 8.30 uur", "… en", "A. Peeters", "d.w.z. dit", "? dan"],
)
def test_dot_of_an_abbreviation_or_before_a_small_letter_ends_no_sentence(
    tmp_path: Path, middle: str
) -> None:
    half = " ".join(["woord"] * 13)

    (told,) = said(tmp_path, f"{half} {middle} {half}")

    assert "1: a sentence has 2" in told


def test_dots_without_end_are_read_in_no_time(tmp_path: Path) -> None:
    assert said(tmp_path, "." * 9_999) == []


def of_words(count: int) -> str:
    return " ".join(["Woord", *["woord"] * (count - 1)]) + "."


def test_mean_of_more_than_15_words_is_reported_on_the_handout(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        GUIDE: handout("a", f"{of_words(20)} {of_words(20)}", audiences="[staff]"),
        PROCEDURE: procedure(of_words(6)),
    }

    (finding,), (figures,) = judged(tmp_path, files)

    assert (figures.sentences, round(figures.mean_words, 2), figures.longest_words) == (3, 15.33, 20)
    assert finding.place == Place(GUIDE, 1)
    assert finding.what == "the sentences for staff have 15.3 words on average"
    assert finding.rule == "mean-length"
    assert finding.fix == f"shorten the longest first, at {GUIDE}:7: at most 15 on average"


def test_figures_count_sentences_and_commands_but_no_headings_cells_and_numbers(tmp_path: Path) -> None:
    body = (
        "Een twee drie. Vier vijf!\n\n## Zes zeven acht\n\n1. Klik op `Nieuwe account`\n\n    [](#b)\n\n"
        "2. Open de app {#b}\n\n| a | b |\n|---|---|\n| **1 dag** | Geef een pas. |\n\n- **computer**\n"
    )
    files: dict[str, str | bytes] = {
        GUIDE: handout("a", "{{ link.security-info }}", audiences="[staff]"),
        PROCEDURE: procedure(body),
    }

    _, (figures,) = judged(tmp_path, files)

    assert (figures.sentences, figures.mean_words) == (5, 14 / 5)
    assert (figures.longest_words, figures.longest_at) == (3, Place(PROCEDURE, BODY_LINE))


def test_figures_are_those_of_each_audience_and_the_same_in_every_format(tmp_path: Path) -> None:
    body = "/// only | staff\nEen twee drie vier.\n///\n\nVijf zes."
    files: dict[str, str | bytes] = {
        GUIDE: handout("a", "Lees dit.", formats="[leaflet-a4, reference-a4]"),
        PROCEDURE: procedure(body),
    }

    _, figures = judged(tmp_path, files)

    assert [(one.audience, one.sentences, one.longest_words) for one in figures] == [
        ("staff", 3, 4),
        ("students", 2, 2),
    ]


# ---- steps ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "verbs"),
    [
        ("Klik op `A` en kies `B`", "2 things, 'klik' and 'kies'"),
        ("Open de app. Klik op `A`", "2 things, 'open' and 'klik'"),
        ("Open de app, klik op `A`, en kies `B`", "3 things, 'open' and 'klik' and 'kies'"),
        ("Open de app en dan klik je", "2 things, 'open' and 'klik'"),
        ("Laat de app open: klik op `A` en kies `B`", "2 things, 'klik' and 'kies'"),
    ],
)
def test_step_with_two_actions_is_reported_with_its_verbs(tmp_path: Path, command: str, verbs: str) -> None:
    (told,) = said(tmp_path, f"1. Open dit\n2. {command}")

    assert told.startswith(f"2: a step asks for {verbs}: '")
    assert told.endswith("(two-actions)")


@pytest.mark.parametrize(
    "command",
    [
        "Klik op `Open en kies`",
        "Klik op `A, kies B`",
        "Kies je naam en je school",
        "Kies het venster dat je wilt openen",
        "Open de app. Laat niemand meekijken.",
        "Laat de app open en klik op `A`",
        "Klik één keer, dan gaat het venster open",
    ],
)
def test_step_with_one_action_is_not_reported(tmp_path: Path, command: str) -> None:
    assert said(tmp_path, f"1. {command}") == []


@pytest.mark.parametrize("command", ["Bij de vraag, klik op `Ja`", "`Volgende`", "Je klikt", "Het venster"])
def test_step_that_does_not_begin_with_a_verb_is_reported_with_its_line(tmp_path: Path, command: str) -> None:
    shown = f"a step does not begin with what the reader must do: '{command}' (no-command)"

    assert said(tmp_path, f"1. Open dit\n    1. {command}\n2. {command}") == [f"2: {shown}", f"3: {shown}"]


def test_info_below_a_command_may_begin_as_it_likes(tmp_path: Path) -> None:
    assert said(tmp_path, "1. Klik\n\n    Je ziet een venster. Kies wat je wilt en open het.") == []


def test_project_without_a_word_list_hears_of_the_length_of_its_sentences_alone(tmp_path: Path) -> None:
    body = f"1. Bij de helpdesk klik en kies\n\n    {LONG}"

    (told,) = said(tmp_path, body, words=None)

    assert told.startswith("3: a sentence has 26 words")


# ---- allowing ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("avoided-word", "De helpdesk."),
        ("long-sentence", LONG),
        ("two-actions", "1. Klik en kies"),
        ("no-command", "1. Een venster"),
        ("avoided-word", "1. Klik\n\n    | a | b |\n    |---|---|\n    | c | helpdesk |"),
    ],
)
def test_fault_is_silent_inside_a_block_that_allows_it(tmp_path: Path, rule: str, text: str) -> None:
    told = said(tmp_path / "told", text)
    assert len(told) == 1
    assert told[0].endswith(f"({rule})")

    assert said(tmp_path / "silent", f"/// allow | {rule}: de wet zegt het zo\n{text}\n///") == []


def test_block_allows_its_own_rule_alone_and_nothing_outside_it(tmp_path: Path) -> None:
    body = f"De helpdesk.\n\n/// allow | avoided-word: zo heet hij daar\nDe helpdesk.\n\n{LONG}\n///"

    assert [told.rpartition(" ")[2] for told in said(tmp_path, body)] == ["(avoided-word)", "(long-sentence)"]


def test_block_that_allows_what_no_text_does_is_reported(tmp_path: Path) -> None:
    body = "Tekst.\n\n/// allow | long-sentence: was vroeger lang\nKort.\n///"

    (finding,), _ = judged(tmp_path, {PROCEDURE: procedure(body)})

    assert finding.place == Place(PROCEDURE, BODY_LINE + 2)
    assert finding.what == "nothing in this block breaks the rule 'long-sentence'"
    assert finding.fix == "take the two lines of the block out"
    assert finding.severity is Severity.WARNING


def test_inner_of_two_blocks_is_the_one_that_allows(tmp_path: Path) -> None:
    inner = "/// allow | avoided-word: twee\nDe helpdesk.\n///"

    assert said(tmp_path, f"/// allow | avoided-word: een\nKort.\n\n{inner}\n///") == [
        "1: nothing in this block breaks the rule 'avoided-word' (allow-idle)"
    ]


def test_block_around_a_fragment_does_not_allow_what_the_fragment_says(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        PROCEDURE: procedure("/// allow | avoided-word: een\n![[f]]\n///"),
        "content/fragments/f.md": "De helpdesk.",
    }

    found, _ = judged(tmp_path, files)

    assert [str(finding.place) for finding in found] == [
        "content/fragments/f.md:1",
        f"{PROCEDURE}:{BODY_LINE}",
    ]


def test_mean_is_allowed_in_the_text_of_the_handout(tmp_path: Path) -> None:
    allowed = f"/// allow | mean-length: de tekst van een wet\n{of_words(20)}\n///"

    assert judged(tmp_path / "a", {GUIDE: handout("a", allowed), PROCEDURE: procedure(of_words(20))})[0] == ()
    found, _ = judged(tmp_path / "b", {GUIDE: handout("a", of_words(20)), PROCEDURE: procedure(allowed)})
    assert [finding.what for finding in found if "average" in finding.what]
    assert [finding.fix for finding in found if finding.place.path == PROCEDURE] == [
        "move the block to the text of the handout: the mean is that of a whole handout"
    ]


def test_allowing_the_mean_is_not_judged_where_not_all_audiences_were_measured(tmp_path: Path) -> None:
    allowed = "/// allow | mean-length: een wet\nKort.\n///"
    project = loaded(project_at(tmp_path, {GUIDE: handout("a", allowed), PROCEDURE: procedure("Kort.")}))
    documents = [resolve.document(project, edition)[0] for edition in editions(project, Selection())]
    staff, students = wording.figures(project, documents)

    assert wording.findings(project, (staff,)) == ()
    assert len(wording.findings(project, (staff, students))) == 1


ALLOW = "/// allow | two-actions: één beweging\n"


@pytest.mark.parametrize(
    ("plain", "allowed"),
    [
        ("1. Klik\n2. Klik en kies\n3. Open", f"1. Klik\n\n{ALLOW}2. Klik en kies\n///\n\n3. Open"),
        (
            "1. Open\n    1. Klik\n    2. Klik en kies\n    3. Open",
            f"1. Open\n    1. Klik\n\n    {ALLOW}    2. Klik en kies\n    ///\n\n    3. Open",
        ),
        ("- een\n- twee\n- drie", f"- een\n\n{ALLOW}- twee\n///\n\n- drie"),
        (
            "/// tab | A\n1. Klik\n///\n/// tab | B\n1. Kies\n///",
            f"/// tab | A\n1. Klik\n///\n{ALLOW}/// tab | B\n1. Kies\n///\n///",
        ),
        ("Tekst.\n\n1. Klik", f"{ALLOW}Tekst.\n\n1. Klik\n///"),
    ],
)
def test_allowing_changes_nothing_on_the_paper(tmp_path: Path, plain: str, allowed: str) -> None:
    printed = []
    for name, body in (("plain", plain), ("allowed", allowed)):
        files: dict[str, str | bytes] = {GUIDE: handout("a"), PROCEDURE: procedure(body)}
        project = loaded(project_at(tmp_path / name, files))
        document, _ = sheet_code.document(project, edition(project))
        html, _ = page.html(document, project)
        printed.append((section_lines(document), re.sub(' data-place="[^"]*"', "", html)))

    assert printed[0] == printed[1]


# ---- the word list ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "line", "what"),
    [
        ('avoid = ["helpdesk"]', "avoid = []", 8, "'word[2].avoid' is an empty list"),
        ('avoid = ["helpdesk"]', 'avoids = ["helpdesk"]', 6, "'word[2].avoid' is missing"),
        ('why = "Zo heet die persoon."', "why = 3", 9, "'word[2].why' is '3'"),
        ('openers = ["laat"]', 'opener = ["laat"]', 13, "the key 'actions.opener' is not known"),
        (
            'abbreviations = ["bijv.", "nr."]',
            'abbreviations = "nr."',
            17,
            "'sentences.abbreviations' is 'nr.'",
        ),
        ("[sentences]", "[sentences", 16, "this is not TOML"),
    ],
)
def test_word_list_that_cannot_be_used_is_reported_with_its_line(
    tmp_path: Path, before: str, after: str, line: int, what: str
) -> None:
    assert before in WORDS

    project, found = load(project_at(tmp_path, {WORDS_FILE: WORDS.replace(before, after)}))

    told = [finding for finding in found if finding.what.startswith(what)]
    assert [finding.place for finding in told] == [Place(WORDS_FILE, line)]
    assert all(finding.fix for finding in found)
    assert project is not None
    assert project.words is None


# ---- the command line -------------------------------------------------------------------------


def test_check_prints_the_figures_as_json_and_with_v(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files: dict[str, str | bytes] = {
        GUIDE: handout("a", audiences="[staff]"),
        PROCEDURE: procedure("1. Klik op de helpdesk", audiences="staff"),
        WORDS_FILE: WORDS,
    }
    project_at(tmp_path, files)

    code = app.run(["check", "--project", str(tmp_path), "--json"])
    answer = json.loads(capsys.readouterr().out)
    app.run(["check", "--project", str(tmp_path), "-v"])
    table, faults = capsys.readouterr()

    assert code == 0
    assert answer["wording"] == [
        {
            "handout": "gids",
            "audience": "staff",
            "sentences": 2,
            "mean_words": 3.5,
            "longest_words": 4,
            "longest_at": f"{PROCEDURE}:{BODY_LINE}",
        }
    ]
    assert [finding["severity"] for finding in answer["findings"]] == ["warning"]
    assert table.split() == (
        f"handout audience sentences mean words longest at gids staff 2 3.5 4 {PROCEDURE}:{BODY_LINE}".split()
    )
    assert "'helpdesk' is a word that we avoid" in faults


# ---- the handbook -----------------------------------------------------------------------------


def test_handbook_has_nothing_to_mend_in_its_wording() -> None:
    project = loaded(REPOSITORY)
    documents = [resolve.document(project, edition)[0] for edition in editions(project, Selection())]
    figures = wording.figures(project, documents)

    assert [str(finding) for finding in wording.findings(project, figures)] == []
    assert min(one.sentences for one in figures) > 0
    assert max(one.mean_words for one in figures) <= wording.MOST_MEAN_WORDS
    assert max(one.longest_words for one in figures) <= wording.MOST_WORDS


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("Je kunt nu inloggen.", "avoided-word"),
        ("Vraag het aan de helpdesk.", "avoided-word"),
        ("1. Klik op `Volgende` en scan de code.", "two-actions"),
        ("1. Open de app. Tik daarna op `Goedkeuren`", "two-actions"),
        ("1. Bij de vraag over meldingen tik je op `Toestaan`", "no-command"),
    ],
)
def test_word_list_of_the_handbook_hears_what_it_is_made_for(tmp_path: Path, body: str, rule: str) -> None:
    (told,) = said(tmp_path, body, (REPOSITORY / WORDS_FILE).read_text("utf-8"))

    assert told.endswith(f"({rule})")
