"""What is said of steps that show too little: of things, labels, signs and stops, by pairs of texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.conftest import BODY_LINE, DRAWING, REPOSITORY, handout, loaded, procedure, project_at

from handout.commands import app
from handout.document import instructions, resolve, wording
from handout.model.findings import Finding, Severity
from handout.model.text import WordingRule
from handout.project.plan import Selection, editions

PROCEDURE = "content/procedures/a.md"
WORDS = (REPOSITORY / "content/words.toml").read_text("utf-8")
MARK = " ◄"


class Pair(NamedTuple):
    part: str
    rule: str
    name: str
    bad: str
    good: str


def pairs() -> Iterator[Pair]:
    text = (REPOSITORY / "tests/document/instruction_pairs.md").read_text("utf-8")
    for part, body in re.findall(r"^# (.+)\n((?:(?!# ).*\n)*)", text, re.MULTILINE):
        form = r"^## ([a-z-]+): (.+)\n\n~~~ bad\n((?:.*\n)*?)~~~\n\n~~~ good\n((?:.*\n)*?)~~~\n"
        for rule, name, bad, good in re.findall(form, body, re.MULTILINE):
            yield Pair(part, rule, name, bad, good)


SHEET_RULES = frozenset(
    (WordingRule.THING_UNSHOWN, WordingRule.LABEL_DIFFERS, WordingRule.NO_SIGN, WordingRule.LONG_RUN)
)
"""They judge a whole sheet: whether a text breaks one is known when all sheets that show it were judged."""
PAIRS = tuple(pairs())
ONE_OF_EACH = tuple({one.rule: one for one in reversed(PAIRS)}.values())
by_name = pytest.mark.parametrize("pair", [pytest.param(one, id=f"{one.rule}: {one.name}") for one in PAIRS])


def findings(root: Path, body: str, words: str = WORDS) -> tuple[Finding, ...]:
    """Return what the rules for a whole sheet say of a handout of one procedure with *body*."""
    files: dict[str, str | bytes] = {
        PROCEDURE: procedure(body),
        "content/handouts/gids.md": handout("a"),
        "content/images/a.svg": DRAWING,
        "content/words.toml": words,
    }
    project = loaded(project_at(root, files))
    resolved = [resolve.document(project, edition) for edition in editions(project, Selection())]
    assert [str(finding) for _, found in resolved for finding in found] == []
    documents = [document for document, _ in resolved]
    found = wording.findings(project, (), instructions.findings(project, documents), is_whole=True)
    return tuple(finding for finding in found if finding.rule in {*SHEET_RULES, "allow-idle"})


def judged(root: Path) -> list[Finding]:
    """Return what the rules for a whole sheet say of the project in *root*."""
    project = loaded(root)
    documents = [resolve.document(project, edition)[0] for edition in editions(project, Selection())]
    found = wording.findings(project, (), instructions.findings(project, documents), is_whole=True)
    return [one for one in found if one.rule in SHEET_RULES]


def said(root: Path, body: str, words: str = WORDS) -> list[tuple[str, int]]:
    """Return the rules that *body* breaks, each with its line in *body*, counted from 1."""
    found = findings(root, body, words)
    assert all(one.severity is Severity.WARNING and one.fix and one.place.path == PROCEDURE for one in found)
    return [(one.rule, one.place.line - BODY_LINE + 1) for one in found]


def test_there_are_ten_pairs_for_each_rule_and_half_of_them_were_there_before_the_code() -> None:
    assert {rule: sum(pair.rule == rule for pair in PAIRS) for rule in SHEET_RULES} == dict.fromkeys(
        SHEET_RULES, 10
    )
    first, second = dict.fromkeys(pair.part for pair in PAIRS)
    assert [sum(pair.part == part for pair in PAIRS) for part in (first, second)] == [20, 20]


@by_name
def test_bad_text_is_found_at_its_line_and_nothing_else_in_it(tmp_path: Path, pair: Pair) -> None:
    (marked,) = (number for number, line in enumerate(pair.bad.splitlines(), 1) if line.endswith(MARK))

    assert said(tmp_path, pair.bad.replace(MARK, "")) == [(pair.rule, marked)]


@by_name
def test_good_text_is_silent(tmp_path: Path, pair: Pair) -> None:
    assert said(tmp_path, pair.good) == []


def test_project_without_the_words_of_its_language_hears_nothing(tmp_path: Path) -> None:
    for pair in ONE_OF_EACH:
        bad = pair.bad.replace(MARK, "")
        assert said(tmp_path / pair.rule, bad, words="[actions]\nverbs = ['klik']") == []


SEVEN = "\n".join(["1. Lees."] * 7)
FIRST = "1. Klik op `Start` {on computer}\n2. "


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("1. Kies een andere kaart: `wereld`", id="a key in the command"),
        pytest.param("1. Kies een andere kaart {on computer}\n\n    1. Vraag welke.", id="substeps"),
        pytest.param("1. Kies een Chromebook. {on computer}", id="a name"),
        pytest.param(
            "1. Klik op `Kaarten`\n\n    ![Een rij wandkaarten.](images/a.svg)\n\n2. Kies een wandkaart.",
            id="a thing in an earlier picture",
        ),
        pytest.param("1. Klik op het kruisje op Windows.", id="a name says where"),
        pytest.param("1. Lees.\n\n    Op Windows klik je.", id="a name says where, first"),
        pytest.param(
            f"{FIRST}Leg je hand op het glas. {{on smartphone}}\n\n    Dat kan onder `Hand`.",
            id="a key in the info",
        ),
        pytest.param(f"{FIRST}Wacht tot je een vinkje ziet. {{on smartphone}}", id="a sign in the command"),
        pytest.param(
            "1. Koppel {on computer}\n\n    1. Klik op `Start`\n    2. Leg je hand neer. {on smartphone}\n\n"
            "    ![Een hand op het glas.](images/a.svg)",
            id="a picture beside the substeps",
        ),
        pytest.param(f"{SEVEN}\n8. Doe dit\n\n    1. Lees.", id="the eighth heads others"),
        pytest.param(f"{SEVEN}\n\n    /// tip\n    Rust.\n    ///\n\n8. Lees.", id="a callout in a step"),
    ],
)
def test_step_is_silent_where_it_shows(tmp_path: Path, body: str) -> None:
    assert said(tmp_path, body) == []


@pytest.mark.parametrize("is_last", [False, True])
def test_ways_to_go_each_begin_on_the_device_of_the_choice(tmp_path: Path, is_last: bool) -> None:
    ways = [
        "    /// tab | Met een app\n    1. Tik op `Ja` {on smartphone}\n    ///\n",
        "    /// tab | Zonder\n    1. Typ je pas. {on computer}\n    ///\n",
    ]
    choice = "\n".join(reversed(ways) if is_last else ways)

    assert said(tmp_path, f"{FIRST}Toon wie je bent\n\n{choice}\n3. Lees het blad. {{on computer}}") == []


def test_what_a_way_to_go_says_last_is_a_sign_for_the_step_behind_the_choice(tmp_path: Path) -> None:
    for number, (last, expected) in enumerate(
        [("Wacht tot je een ruit ziet.", []), ("Wacht.", [("no-sign", 12)])]
    ):
        ways = f"    /// tab | A\n    1. {last}\n    ///\n\n    /// tab | B\n    1. Lees.\n    ///\n"
        body = f"{FIRST}Toon wie je bent\n\n{ways}\n3. Leg je hand op het glas. {{on smartphone}}"
        assert said(tmp_path / str(number), body) == expected


def test_words_of_a_key_are_no_sign(tmp_path: Path) -> None:
    body = "\n".join(["1. Lees.", "2. Klik op `Wat je ziet`", *["3. Lees."] * 6])

    assert said(tmp_path, body) == [("long-run", 8)]


# ---- other sheets, other readers --------------------------------------------------------------

UNSHOWN = "1. Klik op `Start`\n2. Kies een andere atlas."


def test_finding_says_what_is_wrong_and_how_to_mend_it(tmp_path: Path) -> None:
    bad = {
        UNSHOWN: "a step names a thing that the reader was not shown: 'Kies een andere atlas.'",
        "1. Klik op `Start`\n2. Klik op start": (
            "the label 'start' is typed as plain words, where the screen has 'Start'"
        ),
        "1. Klik op `Start`\n2. Klik op `start`": "the key 'start' stands as 'Start' before",
        "1. Klik op `Start` {on computer}\n2. Typ je naam. {on smartphone}": (
            "the reader turns to the smartphone, and nothing says what is to be seen there"
        ),
        "\n".join(["1. Lees."] * 8): (
            f"more than 7 steps follow each other without a stop, from {PROCEDURE}:{BODY_LINE}"
        ),
    }
    for number, (body, what) in enumerate(bad.items()):
        (finding,) = findings(tmp_path / str(number), body)
        assert finding.what == what
        assert finding.fix


def test_long_run_is_parted_as_what_it_is_of_can_be(tmp_path: Path) -> None:
    steps = "\n".join(["1. Lees."] * 8)
    substeps = "1. Lees dit\n\n" + "\n".join(["    1. Lees."] * 8)

    (of_steps,) = findings(tmp_path / "steps", steps)
    (of_substeps,) = findings(tmp_path / "substeps", substeps)

    assert of_steps.fix.startswith("part them with a heading, or make substeps of some;")
    assert of_substeps.fix.startswith("make two steps of the one that holds them;")


def test_label_of_another_procedure_of_the_sheet_is_known(tmp_path: Path) -> None:
    files = {
        "content/procedures/a.md": procedure("1. Klik op `Inleveren`"),
        "content/procedures/b.md": procedure("1. Zoek je taak.\n\n    Zie je “inleveren” of “Inleveren”?"),
        "content/words.toml": WORDS,
    }
    both = project_at(tmp_path / "both", files | {"content/handouts/gids.md": handout("a, b")})
    apart = project_at(tmp_path / "apart", files | {"content/handouts/gids.md": handout("b")})

    assert [str(finding.place) for finding in judged(both)] == ["content/procedures/b.md:7"]
    assert judged(apart) == []


def test_key_in_the_words_of_a_step_is_that_of_its_device(tmp_path: Path) -> None:
    info = "\n\n    Zie je `{}`? Dat is juist.\n\n"
    steps = ("1. Klik op `OK` {on computer}", "2. Tik op `Ok` {on smartphone}")

    assert said(tmp_path / "own", info.format("OK").join(steps)) == []
    assert said(tmp_path / "other", info.format("Ok").join(steps)) == [("label-differs", 3)]


def test_fragment_is_judged_with_the_steps_around_it_and_told_once(tmp_path: Path) -> None:
    seven = "\n".join(["1. Lees."] * 7)
    files = {
        "content/procedures/a.md": procedure(f"{seven}\n8. ![[verder]]"),
        "content/procedures/b.md": procedure("1. ![[verder]]"),
        "content/fragments/verder.md": "---\nowner: ICT-dienst\n---\n1. Schrijf.\n",
        "content/handouts/gids.md": handout("a"),
        "content/handouts/nog.md": handout("a, b"),
        "content/words.toml": WORDS,
    }

    found = judged(project_at(tmp_path, files))

    assert [(str(one.place), one.rule) for one in found] == [("content/fragments/verder.md:4", "long-run")]


def test_steps_of_another_language_than_the_word_list_are_not_judged(tmp_path: Path) -> None:
    files = {"content/procedures/a.md": procedure(UNSHOWN), "content/handouts/gids.md": handout("a")}
    project = loaded(project_at(tmp_path, files | {"content/words.toml": WORDS}))
    documents = [resolve.document(project, edition)[0] for edition in editions(project, Selection())]
    in_french = [replace(document, language="fr-BE") for document in documents]

    assert len(instructions.findings(project, documents)) == 1
    assert instructions.findings(project, in_french) == ()


# ---- allowing ---------------------------------------------------------------------------------


def test_each_rule_is_allowed_in_place(tmp_path: Path) -> None:
    for pair in ONE_OF_EACH:
        lines = pair.bad.splitlines()
        (at,) = (number for number, line in enumerate(lines) if line.endswith(MARK))
        indent = " " * (len(lines[at]) - len(lines[at].lstrip()) if lines[at].lstrip()[0].isdigit() else 0)
        around = [
            f"{indent}/// allow | {pair.rule}: zo staat het er",
            lines[at].removesuffix(MARK),
            f"{indent}///",
        ]
        allowed = "\n".join((*lines[:at], "", *around, "", *lines[at + 1 :]))

        assert said(tmp_path / pair.rule, allowed) == [], allowed


def test_allowing_what_no_sheet_breaks_is_told_when_all_sheets_were_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    allow = "/// allow | label-differs: zo zegt de school het"
    silenced = f"1. Zoek je taak.\n\n    {allow}\n    Dat heet “Inleveren”.\n    ///"
    files: dict[str, str | bytes] = {
        "content/procedures/a.md": procedure("1. Klik op `Inleveren`"),
        "content/procedures/b.md": procedure(silenced),
        "content/handouts/met.md": handout("a, b"),
        "content/handouts/zonder.md": handout("b"),
        "content/words.toml": WORDS,
    }
    root = project_at(tmp_path, files)

    def told(*choice: str) -> str:
        assert app.run(["check", *choice, "--project", str(root)]) == 0
        return capsys.readouterr().err

    # The sheet `zonder` breaks no rule, but `met` would without the block.
    assert "allow-idle" not in told()
    assert "allow-idle" not in told("zonder")

    project_at(root, {"content/handouts/met.md": handout("b")})
    assert "content/procedures/b.md:7: warning[allow-idle]" in told()


def test_check_warns_and_stops_no_build(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {
        PROCEDURE: procedure(UNSHOWN),
        "content/handouts/gids.md": handout("a"),
        "content/words.toml": WORDS,
    }

    code = app.run(["check", "--project", str(project_at(tmp_path, files))])

    assert code == 0
    assert f"{PROCEDURE}:{BODY_LINE + 1}: warning[thing-unshown]" in capsys.readouterr().err


# ---- the handbook -----------------------------------------------------------------------------

TO_MEND = {
    ("content/procedures/mail-gestopt.md", "long-run"),
    ("content/procedures/office-aanmelden.md", "long-run"),
    ("content/procedures/mfa-app.md", "thing-unshown"),
    ("content/procedures/mfa-sms.md", "thing-unshown"),
}
"""Where the handbook does lose its readers. What is mended goes out of this list, and nothing comes in."""


def test_handbook_hears_nothing_that_is_not_so() -> None:
    found = judged(REPOSITORY)
    assert {(one.place.path, one.rule) for one in found} <= TO_MEND
