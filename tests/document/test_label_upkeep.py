"""Which labels must be seen on a screen again, and which keys no entry has."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from tests.conftest import REPOSITORY, edition, handout, loaded, procedure, project_at

from handout.commands import app
from handout.document import label_upkeep, resolve
from handout.document.label_upkeep import LabelStatus, months_after
from handout.model.findings import Severity
from handout.project.project import Project
from handout.project.screen_labels import LABELS_FILE

GUIDE = "content/handouts/gids.md"
PROCEDURE = "content/procedures/a.md"
DAY = date(2027, 7, 1)


def entry(text: str, *seen: str, platforms: str = '"web"', more: str = "") -> str:
    """Return an entry whose id is *text* in small letters, with a table for each of *seen*."""
    tables = "".join(f"\n[[label.seen]]\n{one}\n" for one in seen)
    return (
        f'[[label]]\nid = "{text.casefold()}"\ntext = "{text}"\nsource = ["S1"]\nlanguage = "nl"\n'
        f"platform = [{platforms}]\n{more}{tables}\n"
    )


def saw(day: str, more: str = "") -> str:
    return f'seen-on = {day}\nby = "ICT-anker"\n{more}'


TOLD = 'source = "handleiding"'


def project(root: Path, register: str | None, body: str = "1. Klik op `Klaar`", **head: str) -> Project:
    files: dict[str, str | bytes] = {GUIDE: handout("a", **head), PROCEDURE: procedure(body)}
    if register is not None:
        files[LABELS_FILE] = register
    return loaded(project_at(root, files))


def of_register(root: Path, register: str, body: str = "1. Klik op `Klaar`") -> list[str]:
    """Return what is told of *register* on DAY, as `line rule: what`."""
    found = label_upkeep.of_register(project(root, register, body), DAY)
    assert all(one.severity is Severity.WARNING and one.fix for one in found)
    assert {one.place.path for one in found} <= {LABELS_FILE}
    return [f"{one.place.line} {one.rule}: {one.what}" for one in found]


def of_texts(root: Path, register: str | None, body: str = "1. Klik op `Klaar`", **head: str) -> list[str]:
    """Return what is told of the texts on DAY, as `path:line rule: what | fix`."""
    made = project(root, register, body, **head)
    documents = [resolve.document(made, edition(made))[0]]
    found = label_upkeep.of_texts(made, documents, DAY)
    assert all(one.severity is Severity.WARNING for one in found)
    return [f"{one.place} {one.rule}: {one.what} | {one.fix}" for one in found]


# ---- seen -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "later"),
    [
        (date(2026, 11, 29), date(2027, 5, 29)),
        (date(2026, 8, 31), date(2027, 2, 28)),
        (date(2027, 8, 31), date(2028, 2, 29)),
        (date(2026, 6, 30), date(2026, 12, 30)),
        (date(2026, 12, 31), date(2027, 6, 30)),
        (date(9999, 7, 1), date.max),
    ],
)
def test_six_months_later_is_the_same_day_of_a_month_or_its_last(day: date, later: date) -> None:
    assert months_after(day, 6) == later


@pytest.mark.parametrize(("day", "is_due"), [("2027-01-01", True), ("2027-01-02", False)])
def test_label_is_due_on_the_day_six_months_after_it_was_seen(tmp_path: Path, day: str, is_due: bool) -> None:
    told = of_register(tmp_path, entry("Klaar", saw(day)))

    what = f"1 label was not seen on 'web' for 6 months, the first since {day}: 'Klaar'"
    assert told == ([f"1 label-unseen: {what}"] if is_due else [])


def test_last_day_counts_and_what_a_text_tells_is_no_sighting(tmp_path: Path) -> None:
    assert of_register(tmp_path, entry("Klaar", saw("2026-01-01"), saw("2027-06-30"), TOLD)) == []
    (told,) = of_register(tmp_path, entry("Klaar", TOLD))
    assert told == "1 label-unseen: 1 label was never seen on a screen: 'Klaar'"


def test_labels_that_are_due_are_named_by_platform_once(tmp_path: Path) -> None:
    old, older, fresh = saw("2026-12-01"), saw("2026-10-01"), saw("2027-06-01")
    register = (
        entry("Klaar", old)
        + entry("Ja", fresh, platforms='"web", "iPhone"')
        + entry("Nee", old + 'platform = "web"', older + 'platform = "iPhone"', platforms='"web", "iPhone"')
        + entry("Stop", older)
    )
    lines = [line for line, text in enumerate(register.splitlines(), 1) if text == "[[label]]"]

    assert of_register(tmp_path, register, "1. Klik op `Klaar` `Ja` `Nee` `Stop`") == [
        "1 label-unseen: 3 labels were not seen on 'web' for 6 months, the first since 2026-10-01: "
        "'Klaar', 'Nee', 'Stop'",
        f"{lines[2]} label-unseen: 1 label was not seen on 'iPhone' for 6 months, the first since "
        "2026-10-01: 'Nee'",
    ]


def test_labels_that_nobody_saw_are_one_finding_however_many_there_are(tmp_path: Path) -> None:
    names = [f"L{number}" for number in range(9)]
    keys = " ".join(f"`{name}`" for name in names)
    register = entry("Klaar", saw("2027-06-01")) + "".join(map(entry, names))

    (told,) = of_register(tmp_path, register, f"1. Klik op `Klaar` {keys}")

    first = register[: register.index('id = "l0"')].count("\n")
    what = "9 labels were never seen on a screen: 'L0', 'L1', 'L2', 'L3', 'L4' and 4 more"
    assert told == f"{first} label-unseen: {what}"


def test_label_that_was_seen_on_one_of_its_platforms_is_due_there_and_unseen_elsewhere(
    tmp_path: Path,
) -> None:
    seen = saw("2026-12-01", 'platform = "web"')
    told = of_register(tmp_path, entry("Klaar", seen, platforms='"iPhone", "web"'))

    assert told == [
        "1 label-unseen: 1 label was never seen on a screen: 'Klaar'",
        "1 label-unseen: 1 label was not seen on 'web' for 6 months, the first since 2026-12-01: 'Klaar'",
    ]


def test_what_a_reader_types_need_not_be_seen(tmp_path: Path) -> None:
    assert of_register(tmp_path, entry("Klaar", more="typed = true\n")) == []


def test_day_that_is_still_to_come_is_told(tmp_path: Path) -> None:
    (told,) = of_register(tmp_path, entry("Klaar", saw("2027-07-02")))

    assert told == "1 label-unseen: 'Klaar' was seen on 2027-07-02, a day that is still to come"
    assert of_register(tmp_path, entry("Klaar", saw("2027-07-01"))) == []


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        ((saw("2027-06-01", 'text = "Gereed"'),), ["Gereed"]),
        ((saw("2027-06-01", 'text = "Gereed"'), saw("2027-06-02")), []),
        ((saw("2027-06-01"), saw("2027-06-02", 'text = "Gereed"')), ["Gereed"]),
        ((saw("2027-06-02"), saw("2027-06-02", 'text = "Gereed"')), ["Gereed"]),
        ((saw("2027-06-01"), 'source = "handleiding"\ntext = "Gereed"'), []),
        (
            (
                saw("2027-06-01", 'platform = "web"\ntext = "Gereed"'),
                saw("2027-06-02", 'platform = "iPhone"'),
            ),
            ["Gereed"],
        ),
    ],
)
def test_what_was_last_seen_and_no_key_prints_is_told(
    tmp_path: Path, seen: tuple[str, ...], told: list[str]
) -> None:
    platforms = '"web", "iPhone"'
    day = "2027-06-02" if len(seen) > 1 and "text" in seen[1] else "2027-06-01"

    assert of_register(tmp_path, entry("Klaar", *seen, platforms=platforms)) == [
        f"1 label-outdated: a screen said '{text}' on {day}, and a key prints 'Klaar'" for text in told
    ]
    both = entry("Klaar", *seen, platforms=platforms, more='current = ["Klaar", "Gereed"]\n')
    if "Gereed" in both.partition("[[label.seen]]")[2]:
        assert of_register(tmp_path, both) == []


def test_state_of_each_label_says_since_when_and_until_when_it_holds(tmp_path: Path) -> None:
    register = (
        entry("A", saw("2027-01-02"))
        + entry("B", saw("2027-01-01"))
        + entry("C", TOLD)
        + entry("D", more="typed = true\n")
    )
    known = label_upkeep.states(project(tmp_path, register), DAY)

    assert [(one.status, one.seen_on, one.due_on) for one in known] == [
        (LabelStatus.SEEN, date(2027, 1, 2), date(2027, 7, 2)),
        (LabelStatus.DUE, date(2027, 1, 1), date(2027, 7, 1)),
        (LabelStatus.UNVERIFIED, None, None),
        (LabelStatus.TYPED, None, None),
    ]


# ---- used -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "1. Klik op `Klaar`",
        "1. Klik op `Gereed`",
        "1. Klik\n    - Kijk\n    - **naar `Klaar`**",
        "/// only | students\n| a |\n|---|\n| `Klaar` |\n///",
        "/// tip | Zoek `Klaar`\nKijk.\n///",
        "[Kies `Klaar`](a.md)",
    ],
)
def test_entry_is_used_by_a_key_with_any_of_its_texts_wherever_it_stands(tmp_path: Path, body: str) -> None:
    fresh, told = saw("2027-06-01"), 'source = "handleiding"\ntext = "Gereed"'
    assert of_register(tmp_path, entry("Klaar", fresh, told), body) == []


def test_entry_that_no_key_has_is_told_at_its_line(tmp_path: Path) -> None:
    register = entry("Klaar", saw("2027-06-01")) + entry("Weg", saw("2027-06-01"))
    line = register[: register.index('id = "weg"')].count("\n")

    assert of_register(tmp_path, register, "1. Klik op `Klaar`. Ga niet Weg.") == [
        f"{line} label-unused: no text has the key 'Weg'"
    ]


# ---- keys -------------------------------------------------------------------------------------


def test_key_that_no_entry_has_is_told_once_a_file_with_the_nearest(tmp_path: Path) -> None:
    body = "1. Klik op `Gereet`\n2. Klik op `Gereet`\n3. Klik op `Wis`"

    assert of_texts(tmp_path, entry("Gereed"), body) == [
        f"{PROCEDURE}:5 label-unknown: no entry of {LABELS_FILE} has the key 'Gereet' | "
        f"did you mean `Gereed`? If not, add an entry for it to {LABELS_FILE}",
        f"{PROCEDURE}:7 label-unknown: no entry of {LABELS_FILE} has the key 'Wis' | "
        f"add an entry for it to {LABELS_FILE}",
    ]


def test_project_without_a_register_hears_nothing_of_its_keys(tmp_path: Path) -> None:
    assert of_texts(tmp_path, None) == []
    assert label_upkeep.of_register(project(tmp_path, None), DAY) == ()


def test_capitals_make_another_label(tmp_path: Path) -> None:
    (told,) = of_texts(tmp_path, entry("OK"), "1. Klik op `Ok`")
    assert "has the key 'Ok' | did you mean `OK`?" in told


def test_key_whose_text_is_no_longer_current_is_told_with_what_is(tmp_path: Path) -> None:
    register = entry("Klaar", saw("2027-06-01", 'text = "Gereed"'), more='current = ["Gereed"]\n')

    assert of_texts(tmp_path, register) == [
        f"{PROCEDURE}:5 label-outdated: the key 'Klaar' is printed as it stands, and the screen now says "
        f"something else | write `Gereed`, or add 'Klaar' to 'current' of 'klaar' in {LABELS_FILE}"
    ]
    assert of_texts(tmp_path, register, "1. Klik op `Gereed`") == []


# ---- what a handout promises ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("valid_until", "is_told"), [("2027-12-01", False), ("2027-12-02", True), (None, False)]
)
def test_handout_that_is_valid_longer_than_what_was_seen_is_told_at_that_line(
    tmp_path: Path, valid_until: str | None, is_told: bool
) -> None:
    register = entry("Klaar", saw("2027-06-01")) + entry("Later", saw("2027-06-30")) + entry("Nooit")
    head = {"valid_until": valid_until} if valid_until else {}
    told = of_texts(tmp_path, register, "1. Klik op `Klaar` `Later` `Nooit`", **head)

    what = (
        f"'gids' says to be valid until {valid_until}, but 'Klaar' on its sheets is to be seen again by "
        "2027-12-01"
    )
    assert [one.partition(" | ")[0] for one in told] == (
        [f"{GUIDE}:6 valid-too-long: {what}"] if is_told else []
    )


def test_handout_is_held_against_the_labels_of_its_own_sheets_alone(tmp_path: Path) -> None:
    register = entry("Klaar", saw("2027-06-01")) + entry("Elders", saw("2027-01-01"))
    body = "1. Klik op `Klaar`\n\n/// only | students\nKlik op `Elders`\n///"

    assert of_texts(tmp_path, register, body, valid_until="2027-12-01") == []


def test_both_texts_of_a_key_are_those_of_one_label(tmp_path: Path) -> None:
    seen = saw("2027-01-15", 'text = "Gereed"')
    register = entry("Klaar", seen, more='current = ["Klaar", "Gereed"]\n')
    (told,) = of_texts(tmp_path, register, valid_until="2027-09-01")

    assert "but 'Klaar' on its sheets is to be seen again by 2027-07-15" in told


# ---- the command ------------------------------------------------------------------------------


def test_check_tells_of_the_register_and_lists_it_with_v_and_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    register = entry("Klaar", 'source = "handleiding"\ntext = "Gereed"') + entry("Weg")
    project(tmp_path, register)

    code = app.run(["check", "-v", "--project", str(tmp_path)])
    said = capsys.readouterr()
    app.run(["check", "--json", "--project", str(tmp_path)])
    rows = json.loads(capsys.readouterr().out)["labels"]

    assert code == 0
    assert "warning[label-unseen]: 2 labels were never seen" in said.err
    assert "warning[label-unused]" in said.err
    assert f"{LABELS_FILE}:1: unverified: 'Klaar' on web" in said.out
    assert rows[0] == {
        "id": "klaar",
        "text": "Klaar",
        "printed": ["Klaar"],
        "platform": ["web"],
        "status": "unverified",
        "seen_on": None,
        "due_on": None,
        "at": f"{LABELS_FILE}:1",
    }


def test_check_of_one_handout_says_what_its_own_texts_lack_and_no_more(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files: dict[str, str | bytes] = {
        GUIDE: handout("a"),
        "content/handouts/ander.md": handout("b"),
        PROCEDURE: procedure("1. Klik op `Klaar`"),
        "content/procedures/b.md": procedure("1. Klik op `Elders`"),
        LABELS_FILE: entry("Weg"),
    }
    project_at(tmp_path, files)
    app.run(["check", "gids", "--project", str(tmp_path)])
    said = capsys.readouterr().err

    assert "has the key 'Klaar'" in said
    assert "Elders" not in said
    assert "label-unused" not in said
    assert "label-unseen" not in said


# ---- the handbook -----------------------------------------------------------------------------


def test_every_key_of_the_handbook_has_an_entry_and_every_entry_a_key() -> None:
    handbook = loaded(REPOSITORY)
    assert handbook.labels is not None
    found = (
        *label_upkeep.of_texts(handbook, (), date(2026, 11, 29)),
        *label_upkeep.of_register(handbook, date(2026, 11, 29)),
    )

    assert [str(one) for one in found if one.rule != "label-unseen"] == []
    assert len([one for one in found if one.rule == "label-unseen"]) <= len(
        {platform for label in handbook.labels.label for platform in label.platform}
    )
