"""What editors must read again, and what nothing uses."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from tests.conftest import DRAWING, REPOSITORY, handout, loaded, procedure, project_at

from handout.commands import app
from handout.document import upkeep
from handout.model.findings import Place, Severity

GUIDE = "content/handouts/gids.md"
PROCEDURE = "content/procedures/a.md"
FRAGMENT = "content/fragments/f.md"
DAY = date(2027, 6, 1)


def reviewed(review_by: str, body: str = "1. Klik", **more: str) -> str:
    """Return the text of a procedure with the day of its review on line 4."""
    keys = "".join(f"{key}: {value}\n" for key, value in more.items())
    return f"---\ntitle: A\naudiences: [staff]\nreview-by: {review_by}\n{keys}---\n{body}\n"


def due(root: Path, text: str, today: date = DAY, **handout_keys: str) -> list[str]:
    """Return what is due on *today* in a project of one handout and its procedure, as `line: what`."""
    project = loaded(project_at(root, {GUIDE: handout("a", **handout_keys), PROCEDURE: text}))
    found = upkeep.due(project, today)
    assert all(finding.severity is Severity.WARNING and finding.fix for finding in found)
    return [f"{finding.place}: {finding.what}" for finding in found]


@pytest.mark.parametrize(
    ("review_by", "when"),
    [
        ("2027-05-31", "was due on 2027-05-31"),
        ("2027-06-01", "is due on 2027-06-01, today"),
        ("2027-06-02", "is due on 2027-06-02, tomorrow"),
        ("2027-07-01", "is due on 2027-07-01, in 30 days"),
    ],
)
def test_review_that_is_due_or_soon_is_reported_with_its_line(
    tmp_path: Path, review_by: str, when: str
) -> None:
    assert due(tmp_path, reviewed(review_by)) == [f"{PROCEDURE}:4: the review {when}"]


def test_review_in_more_than_30_days_is_not_reported(tmp_path: Path) -> None:
    assert due(tmp_path, reviewed("2027-07-02")) == []


def test_text_without_a_day_for_its_review_is_not_reported(tmp_path: Path) -> None:
    assert due(tmp_path, procedure("1. Klik", audiences="staff")) == []


def test_review_names_who_answers_for_the_text(tmp_path: Path) -> None:
    (told,) = due(tmp_path, reviewed("2027-01-01", owner="ICT-dienst"))

    assert told == f"{PROCEDURE}:4: the review by ICT-dienst was due on 2027-01-01"


def test_reviews_of_handouts_and_fragments_are_reported_too(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        GUIDE: handout("a", review_by="2027-01-01"),
        PROCEDURE: procedure("![[f]]"),
        FRAGMENT: "---\nreview-by: 2027-01-02\n---\nTekst.",
    }
    found = upkeep.due(loaded(project_at(tmp_path, files)), DAY)

    assert [finding.place for finding in found] == [Place(FRAGMENT, 2), Place(GUIDE, 6)]


@pytest.mark.parametrize(
    ("valid_until", "told"),
    [
        ("2027-05-31", [f"{GUIDE}:6: 'gids' is out of date since 2027-05-31, as its own paper says"]),
        ("2027-06-01", []),
    ],
)
def test_handout_past_the_day_on_its_paper_is_reported(
    tmp_path: Path, valid_until: str, told: list[str]
) -> None:
    assert due(tmp_path, reviewed("2028-01-01"), valid_until=valid_until) == told


# ---- what nothing uses ------------------------------------------------------------------------


def test_procedure_fragment_and_picture_that_nothing_uses_are_reported(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        GUIDE: handout("a"),
        PROCEDURE: procedure("1. Klik"),
        "content/procedures/b.md": procedure("Zie [](a.md)."),
        FRAGMENT: "Tekst.\n\n![[f]]",
        "content/images/oud.svg": DRAWING,
    }
    found = upkeep.unused(loaded(project_at(tmp_path, files)))

    assert [str(finding).splitlines() for finding in found] == [
        [f"{FRAGMENT}:1: warning[not-used]: nothing includes 'f'", "  fix: write ![[f]] where it belongs"],
        [
            "content/images/oud.svg: warning[not-used]: no text shows this picture",
            "  fix: show it, ![what it shows](images/oud.svg), or take the file out",
        ],
        [
            "content/procedures/b.md:1: warning[not-used]: no handout uses 'b'",
            "  fix: name it under 'procedures:' of a handout",
        ],
    ]


@pytest.mark.parametrize(
    "body",
    [
        "![A](images/a.svg)\n\n![[f]]",
        "1. ![[f]]\n2. Klik ![A](images/a.svg)",
        "1. Klik\n    1. Kies\n\n        ![A](images/a.svg)\n\n    ![[f]]",
        "/// tip | ![A](images/a.svg) Kijk\n![[f]]\n///",
        "/// tab | A\n- ![A](images/a.svg) **x**\n- ![[f]]\n///",
        "/// only | students\n| a |\n|---|\n| ![A](images/a.svg) |\n\n![[f]]\n///",
        "/// allow | avoided-word: om\n**![A](images/a.svg)**\n\n![[f]]\n///",
    ],
)
def test_fragment_and_picture_are_found_wherever_they_stand(tmp_path: Path, body: str) -> None:
    files: dict[str, str | bytes] = {
        GUIDE: handout("a"),
        PROCEDURE: procedure(body),
        FRAGMENT: "Tekst.",
        "content/images/a.svg": DRAWING,
    }

    assert upkeep.unused(loaded(project_at(tmp_path, files))) == ()


def test_picture_in_the_text_of_a_handout_is_used(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        GUIDE: handout("a", "Lees dit.\n\n---\n\n![A](images/a.svg)"),
        PROCEDURE: procedure("1. Klik"),
        "content/images/a.svg": DRAWING,
    }

    assert upkeep.unused(loaded(project_at(tmp_path, files))) == ()


# ---- the command line -------------------------------------------------------------------------


def test_check_tells_what_is_due_and_unused_and_still_ends_well(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = reviewed("2020-01-01", source="[S1]", reconstructed="title")
    unused = procedure("1. Klik")
    files = {GUIDE: handout("a", audiences="[staff]"), PROCEDURE: text, "content/procedures/b.md": unused}
    project_at(tmp_path, files)

    code = app.run(["check", "--project", str(tmp_path), "--json"])
    answer = json.loads(capsys.readouterr().out)
    app.run(["check", "--project", str(tmp_path), "-v"])
    verbose = capsys.readouterr().out
    app.run(["check", "--project", str(tmp_path)])
    plain = capsys.readouterr().out

    assert code == 0
    told = [(finding["path"], finding["line"], finding["severity"]) for finding in answer["findings"]]
    assert told == [(PROCEDURE, 4, "warning"), ("content/procedures/b.md", 1, "warning")]
    assert answer["reconstructed"] == [{"path": PROCEDURE, "what": "title", "source": ["S1"]}]
    assert f"{PROCEDURE}: reconstructed: title, from S1" in verbose
    assert "reconstructed" not in plain


def test_check_of_one_handout_tells_of_its_own_texts_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = reviewed("2020-01-01", reconstructed="title")
    files = {
        GUIDE: handout("a", audiences="[staff]"),
        "content/handouts/wijzer.md": handout("b", audiences="[staff]"),
        **dict.fromkeys((PROCEDURE, "content/procedures/b.md", "content/procedures/c.md"), old),
    }
    project_at(tmp_path, files)

    app.run(["check", "gids", "--project", str(tmp_path), "--json"])
    answer = json.loads(capsys.readouterr().out)

    assert [finding["path"] for finding in answer["findings"]] == [PROCEDURE]
    assert [text["path"] for text in answer["reconstructed"]] == [PROCEDURE]


def test_check_of_texts_that_cannot_be_read_does_not_call_others_unused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {GUIDE: handout("a", title="", audiences="[staff]"), PROCEDURE: procedure("1. Klik")}
    project_at(
        tmp_path,
        files | {"content/handouts/wijzer.md": handout("b"), "content/procedures/b.md": procedure("x")},
    )

    code = app.run(["check", "--project", str(tmp_path), "--json"])

    assert code == 1
    told = json.loads(capsys.readouterr().out)["findings"]
    assert {finding["path"] for finding in told} == {GUIDE}


def test_handbook_was_not_due_on_the_day_of_its_last_review_and_uses_all_it_has() -> None:
    project = loaded(REPOSITORY)
    newest = max(text.dated.reviewed for text, _ in project.bodies if text.dated.reviewed)

    assert [str(finding) for finding in (*upkeep.due(project, newest), *upkeep.unused(project))] == []
    assert {text.what for text in upkeep.reconstructed(project)} > {"titel"}
