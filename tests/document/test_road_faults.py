"""Where readers get stuck: each rule on a text that is wrong, and on the one that mends it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from tests.conftest import BODY_LINE, DRAWING, SETTINGS, handout, procedure, project_at

from handout.builder import examine, roads
from handout.model.findings import Finding
from handout.project import plan
from handout.project.load import load

REPOSITORY = Path(__file__).parents[2]
BEFORE = Path(__file__).parent / "before"
DESK = """
[audiences.desk]
label = "Balie"
accent = "#000000"
shape = "hexagon"
strip = "hatch"
icon = "anchor"
"""
TABS = "1. Vraag of het past.\n\n    /// tab | Ja\n    Zit.\n    ///\n    /// tab | Neen\n    Zit.\n    ///"
SHORT = "1. Klik op `Ga` {on computer}"


def stuck(root: Path, files: Mapping[str, str], settings: str = SETTINGS) -> list[Finding]:
    """Return where readers of the project *files* get stuck."""
    project, findings = load(project_at(root, files, settings))
    assert project is not None, findings
    return list(roads.drawn(project, plan.editions(project, plan.Selection())).findings)


def rules(found: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.rule, str(finding.place).removeprefix("content/")) for finding in found]


def one(body: str, **front_matter: str) -> dict[str, str]:
    """Return a project of one procedure with *body*, on one sheet."""
    return {
        "content/handouts/gids.md": handout("a", **front_matter),
        "content/procedures/a.md": procedure(body, "Aanmelden"),
    }


def two(
    body: str, other: str = "1. Open {#open}\n2. Kijk\n3. Sluit {#dicht}\n\nKlaar! Het werkt."
) -> dict[str, str]:
    """Return the same with a second sheet, of the procedure `b`."""
    return {
        **one(body),
        "content/handouts/ander.md": handout("b", title="Ander blad"),
        "content/procedures/b.md": procedure(other, "Lezen"),
    }


# ---- situations -------------------------------------------------------------------------------


def test_procedure_that_an_audience_finds_on_no_sheet_is_told_at_that_audience(tmp_path: Path) -> None:
    files = one("1. Ga", audiences="[staff]")

    (finding,) = stuck(tmp_path, files)

    assert rules([finding]) == [("situation-unanswered", "procedures/a.md:3")]
    assert finding.what == "'Aanmelden' is for students, and no sheet of students shows it"


def test_audience_without_a_sheet_may_have_a_reason(tmp_path: Path) -> None:
    files = one("1. Ga", audiences="[staff]")
    text = files["content/procedures/a.md"].replace(
        "---\n", "---\nno-sheet@students: Zij doen dit niet.\n", 1
    )

    assert stuck(tmp_path, {**files, "content/procedures/a.md": text}) == []


def test_handout_with_questions_that_no_wayfinding_sheet_leads_to_is_told(tmp_path: Path) -> None:
    begin = handout("", title="Begin", leads_to="[gids]", audiences="[staff]").replace("procedures: []\n", "")
    files = {
        **one("1. Ga", questions="[Hoe?]"),
        "content/handouts/begin.md": begin,
        "content/handouts/ander.md": handout("a", title="Ander", questions="[Wat?]", audiences="[staff]"),
    }

    (finding,) = stuck(tmp_path, files)

    assert rules([finding]) == [("situation-unanswered", "handouts/ander.md:6")]
    assert "no wayfinding sheet of staff leads to 'ander'" in finding.what


def test_case_with_a_sheet_for_some_who_come_is_told(tmp_path: Path) -> None:
    settings = SETTINGS + DESK
    files = {
        **one("1. Ga"),
        "content/handouts/staf.md": handout("a", title="Voor staf", audiences="[staff]"),
        "content/handouts/balie.md": handout("vraag, geef", title="Balie", audiences="[desk]"),
        "content/procedures/vraag.md": procedure("1. Geef [](handouts/gids.md).", "Vraag", "desk"),
        "content/procedures/geef.md": procedure("1. Geef [](handouts/staf.md).", "Geef", "desk"),
    }

    (finding,) = stuck(tmp_path, files, settings)

    assert rules([finding]) == [("audience-unserved", "procedures/geef.md:1")]
    assert "for staff and none for students" in finding.what
    both = procedure("1. Geef [](handouts/staf.md) of [](handouts/gids.md).", "Geef", "desk")
    assert stuck(tmp_path, {**files, "content/procedures/geef.md": both}, settings) == []


# ---- there and back ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sent",
    ["Ga verder vanaf [](b.md#open).", "Begin opnieuw bij [](b.md#open).", "Doe wat staat in [](b.md)."],
)
def test_step_that_sends_elsewhere_while_others_wait_is_told(tmp_path: Path, sent: str) -> None:
    assert rules(stuck(tmp_path, two(f"1. Koppel\n\n    {sent}\n\n2. Kies"))) == [
        ("no-way-back", f"procedures/a.md:{BODY_LINE + 2}")
    ]


@pytest.mark.parametrize(
    "sent",
    [
        "[](b.md#open..dicht)",
        "Doe [](b.md#open..dicht).",
        "Doe eerst [](b.md#open).",
        "Doe wat staat in [](b.md). Kom dan terug.",
        "Ga verder vanaf [](#kies).",
    ],
)
def test_step_that_says_where_its_way_ends_is_right(tmp_path: Path, sent: str) -> None:
    assert stuck(tmp_path, two(f"1. Koppel\n\n    {sent}\n\n2. Kies {{#kies}}")) == []


def test_last_step_may_send_its_reader_on_for_good(tmp_path: Path) -> None:
    assert stuck(tmp_path, two("1. Koppel\n2. Ga verder vanaf [](b.md#open).")) == []


@pytest.mark.parametrize("sent", ["Ga verder vanaf [](b.md#open).", "Doe het als in [](b.md)."])
def test_result_after_a_last_step_that_sent_its_reader_away_is_told(tmp_path: Path, sent: str) -> None:
    body = f"1. Koppel\n2. {sent}\n\nKlaar! Het werkt."

    assert rules(stuck(tmp_path, two(body))) == [("result-untrue", f"procedures/a.md:{BODY_LINE + 3}")]


def test_result_after_steps_elsewhere_with_a_way_back_is_right(tmp_path: Path) -> None:
    assert stuck(tmp_path, two("1. Koppel\n\n    [](b.md#open..dicht)\n\nKlaar! Het werkt.")) == []


def test_result_before_the_last_step_is_told(tmp_path: Path) -> None:
    assert rules(stuck(tmp_path, one("1. Koppel\n\nKlaar! Het werkt.\n\n2. Kies"))) == [
        ("result-untrue", f"procedures/a.md:{BODY_LINE + 2}")
    ]


@pytest.mark.parametrize("format_", ["card", "poster-a3", "tent-a4"])
def test_step_that_needs_another_sheet_is_told_where_the_head_cannot_say_so(
    tmp_path: Path, format_: str
) -> None:
    files = {**two("1. Doe [](b.md#open)"), "content/handouts/gids.md": handout("a", formats=f"[{format_}]")}

    assert rules(stuck(tmp_path, files)) == [("sheet-not-announced", f"procedures/a.md:{BODY_LINE}")]


# ---- branches ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("1. Vraag of het toestel nieuw is.\n2. Geef een pas.", True),
        ("1. Vraag of het past.\n\n    Ja? Geef een folder. Nee? Geef een pas.", False),
        (TABS, False),
        ("1. Vraag om de pas te tonen.\n2. Geef een pas.", False),
        ("1. Controleer of een reset nodig is.\n\n    Werkt de sms? Dan is dat niet nodig.", False),
    ],
)
def test_question_without_a_word_for_the_other_answer_is_told(tmp_path: Path, asked: str, told: bool) -> None:
    expected = [("branch-open", f"procedures/a.md:{BODY_LINE}")] if told else []

    assert rules(stuck(tmp_path, one(asked))) == expected


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ("1. Klik in Edge op `Nieuw` {on computer}\n2. Klik in Chrome op `Nieuw` {on computer}", True),
        ("1. Klik in Edge op `Nieuw` {on computer}\n2. Klik in Edge op `Ja` {on computer}", False),
        ("1. Tik op `Mail` {on smartphone}\n2. Tik op `Accounts` {on smartphone}", False),
        ("1. Klik in het menu op `Nieuw` {on computer}\n2. Klik in de lijst op `Ja` {on computer}", False),
        (
            "1. Vraag of er sms is.\n\n    Ja of nee.\n\n2. Geef dan iets.\n3. Laat resetten als er geen is.",
            True,
        ),
    ],
)
def test_alternatives_as_steps_after_each_other_are_told(tmp_path: Path, steps: str, told: bool) -> None:
    assert [rule for rule, _ in rules(stuck(tmp_path, one(steps)))] == (["branch-flat"] if told else [])


def test_warning_that_asks_behind_the_acts_that_it_is_about_is_told(tmp_path: Path) -> None:
    acts = "1. Test {on computer}\n\n    1. Klik\n    2. Tik\n    3. Sluit\n\n"
    late = "    /// caution\n    Vraagt de app een getal? Typ het.\n    ///\n"

    assert rules(stuck(tmp_path, one(acts + late))) == [("branch-late", f"procedures/a.md:{BODY_LINE + 6}")]
    assert stuck(tmp_path, one(acts + late.replace("Vraagt de app een getal? Typ het.", "Deel niets."))) == []


# ---- devices ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("1. Klik op `Ga`", True),
        ("1. Surf naar {{ link.security-info }}", True),
        ("1. Tik", True),
        ("1. Klik op `Ga` {on any}", False),
        ("1. Test\n\n    1. Klik op `Ga` {on computer}", False),
        ("1. Ga naar de balie", False),
        ("1. Zet aan {on computer}\n2. Klik op `Ga`", False),
    ],
)
def test_step_at_a_screen_that_does_not_say_which_is_told(tmp_path: Path, body: str, told: bool) -> None:
    files = {**two(body), "content/procedures/b.md": procedure(SHORT, "Lezen")}
    expected = [("device-unknown", f"procedures/a.md:{BODY_LINE}")] if told else []

    assert rules(stuck(tmp_path, files)) == expected


def test_project_that_names_no_device_is_not_asked_for_one(tmp_path: Path) -> None:
    assert stuck(tmp_path, one("1. Klik op `Ga`")) == []


@pytest.mark.parametrize(("device", "told"), [("computer", True), ("any", False), ("smartphone", False)])
def test_code_to_a_page_that_steps_open_on_a_computer_is_told(
    tmp_path: Path, device: str, told: bool
) -> None:
    files = one(f"1. Surf naar {{{{ link.security-info }}}} {{on {device}}}", qr="security-info")
    expected = [("device-impossible", "handouts/gids.md:6")] if told else []

    assert rules(stuck(tmp_path, files)) == expected


# ---- numbers and names ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("in 3 stappen", False),
        ("in drie stappen", False),
        ("in acht stappen", True),
        ("in 30 stappen", True),
        ("stap voor stap", False),
    ],
)
def test_number_of_steps_that_nobody_does_is_told(tmp_path: Path, words: str, told: bool) -> None:
    files = one("1. Ga\n2. Sta\n3. Zit", title=f"Aanmelden {words}")
    expected = [("count-wrong", "handouts/gids.md:2")] if told else []

    assert rules(stuck(tmp_path, files)) == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Geef de folder Ander blad mee.", True),
        ("Geef **Ander blad** mee.", True),
        ("Kijk op ‘Ander blad’.", True),
        ("Geef [](handouts/ander.md) mee.", False),
        ("Neem een ander blad.", False),
        ("Neem **een Ander blad** niet.", False),
    ],
)
def test_name_of_a_handout_that_is_typed_is_told(tmp_path: Path, text: str, told: bool) -> None:
    expected = [("name-typed", f"procedures/a.md:{BODY_LINE + 2}")] if told else []

    assert rules(stuck(tmp_path, two(f"1. Ga\n\n    {text}"))) == expected


# ---- allowed ----------------------------------------------------------------------------------


def test_fault_of_a_road_is_allowed_in_place(tmp_path: Path) -> None:
    body = "/// allow | branch-open: het antwoord volgt mondeling\n1. Vraag of het past.\n2. Ga\n///"

    assert stuck(tmp_path, one(body)) == []


def test_fault_in_the_front_matter_of_a_handout_is_allowed_in_its_text(tmp_path: Path) -> None:
    text = "/// allow | device-impossible: de pagina werkt ook op een smartphone\nLees dit.\n///"
    files = {
        "content/handouts/gids.md": handout("a", text, qr="security-info"),
        "content/procedures/a.md": procedure("1. Surf naar {{ link.security-info }} {on computer}"),
    }

    assert stuck(tmp_path, files) == []


# ---- the handbook before it was read as its readers would ------------------------------------------


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> frozenset[tuple[str, str]]:
    """Return the rules that the handbook broke before its mending, each with the file."""
    root = tmp_path_factory.mktemp("before") / "handbook"
    shutil.copytree(BEFORE, root)
    shutil.copy(REPOSITORY / "content/words.toml", root / "content")
    words = "".join(path.read_text() for path in root.glob("content/*/*.md"))
    for name in {part.split(")")[0] for part in words.split("](images/")[1:]}:  # none of them matters here
        picture = root / "content" / "images" / name
        picture.parent.mkdir(exist_ok=True)
        picture.write_text(DRAWING)
    project, findings = load(root)
    assert project is not None, findings
    editions = plan.editions(project, plan.Selection())
    found = examine.examine(project, editions, date(2026, 11, 23), is_whole=True).findings
    return frozenset((finding.rule, Path(finding.place.path).stem) for finding in found)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("situation-unanswered", "melding-gemist"),
        ("situation-unanswered", "fout-bij-instellen"),
        ("branch-flat", "pas-computer-meldt-zelf-aan"),
        ("result-untrue", "pas-computer-meldt-zelf-aan"),
        ("result-untrue", "smartphone-vergeten"),
        ("no-way-back", "weer-een-smartphone"),
        ("no-way-back", "app-opnieuw-koppelen"),
        ("device-impossible", "mfa-in-3-stappen"),
        ("branch-late", "veilig-goedkeuren"),
        ("branch-open", "loket-vergeten"),
        ("branch-open", "loket-kwijt"),
        ("audience-unserved", "loket-vergeten"),
        ("thing-unshown", "mfa-app"),
        ("thing-unshown", "mfa-sms"),
    ],
)
def test_place_that_stopped_a_reader_of_the_handbook_is_found(
    before: frozenset[tuple[str, str]], rule: str, text: str
) -> None:
    assert (rule, text) in before
