"""Nothing of the sources was lost: each situation is followed to who reads it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.conftest import REPOSITORY, handout, loaded, procedure, project_at

from handout.commands import app
from handout.document import sources
from handout.document.sources import Reach, SourceRow
from handout.project.plan import Selection, editions

SITUATIONS = tuple(f"S{number}" for number in range(1, 22))
FOR_STUDENTS = {*SITUATIONS, "plan", "inleiding"} - {"S4"}  # Office on a computer is for staff
"""What pupils and course participants need; staff need all."""
SAME_STEPS = ({"S6", "S7"}, {"S16", "S17"})
"""The source has one text for both, or the same steps."""


def from_source(source: str, audiences: str = "staff, students") -> str:
    return procedure("1. Klik", audiences=audiences).replace("---\n1.", f"source: {source}\n---\n1.")


def rows(root: Path, audiences: tuple[str, ...] = ()) -> tuple[SourceRow, ...]:
    project = loaded(root)
    return sources.follow(project, editions(project, Selection(audiences=audiences)))


FILES: dict[str, str | bytes] = {
    "content/procedures/a.md": from_source("[S10, S2]"),
    "content/procedures/b.md": from_source("[S2, plan]", "staff"),
    "content/procedures/c.md": from_source("S3"),
    "content/handouts/gids.md": handout("a, b", source="[inleiding, S3]"),
    "content/handouts/wijzer.md": handout("b", audiences="[staff]"),
}


def test_each_source_is_followed_to_procedures_handouts_and_audiences(tmp_path: Path) -> None:
    both, staff = ("staff", "students"), ("staff",)

    assert rows(project_at(tmp_path, FILES)) == (
        SourceRow("S2", ("a", "b"), (Reach("gids", both), Reach("wijzer", staff))),
        SourceRow("S3", ("c",), ()),
        SourceRow("S10", ("a",), (Reach("gids", both),)),
        SourceRow("plan", ("b",), (Reach("gids", staff), Reach("wijzer", staff))),
        SourceRow("inleiding", (), (Reach("gids", both),)),
    )


def test_selection_shows_what_reaches_one_audience(tmp_path: Path) -> None:
    students = rows(project_at(tmp_path, FILES), ("students",))
    reached = {row.source: row.audiences for row in students}

    assert reached == {
        "S2": ("students",),
        "S3": (),
        "S10": ("students",),
        "plan": (),
        "inleiding": ("students",),
    }


def test_list_prints_the_table_and_the_same_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project_at(tmp_path, FILES)

    code = app.run(["list", "--sources", "--project", str(tmp_path)])
    table = capsys.readouterr().out
    app.run(["list", "--sources", "--project", str(tmp_path), "--json"])
    (first, second, *_) = json.loads(capsys.readouterr().out)["sources"]

    assert code == 0
    assert table == sources.markdown(rows(tmp_path))
    assert "| S2 | a, b | gids, wijzer | staff, students |\n| S3 | c | – | – |\n" in table
    assert first == {
        "source": "S2",
        "procedures": ["a", "b"],
        "handouts": [
            {"handout": "gids", "audiences": ["staff", "students"]},
            {"handout": "wijzer", "audiences": ["staff"]},
        ],
    }
    assert second["handouts"] == []


# ---- the handbook -----------------------------------------------------------------------------


def test_table_in_the_docs_is_that_of_the_handbook() -> None:
    written = (REPOSITORY / "docs/sources.md").read_text("utf-8")

    assert written == sources.markdown(rows(REPOSITORY)), f"to renew it: {sources.COMMAND} > docs/sources.md"


def test_each_situation_and_the_plan_reach_staff() -> None:
    reached = {row.source for row in rows(REPOSITORY) if "staff" in row.audiences}

    assert reached >= {*SITUATIONS, "plan"}


def test_what_students_need_reaches_them() -> None:
    reached = {row.source for row in rows(REPOSITORY) if "students" in row.audiences}

    assert reached >= FOR_STUDENTS


def test_decision_table_reaches_ict_anchors_alone() -> None:
    (row,) = (row for row in rows(REPOSITORY) if row.source == "beslistabel")

    assert row.audiences == ("ict-anchor",)


def test_each_situation_is_a_procedure_of_its_own() -> None:
    """A sign may tell some of them once more, in a few words; two of the same steps may share one."""
    told_by = {row.source: row.procedures for row in rows(REPOSITORY) if row.source in SITUATIONS}
    sources_of = {
        slug: {source for source, procedures in told_by.items() if slug in procedures}
        for slug in set().union(*told_by.values())
    }

    def has_its_own(source: str) -> bool:
        together = next((pair for pair in SAME_STEPS if source in pair), {source})
        return any(sources_of[slug] in ({source}, together) for slug in told_by[source])

    assert [source for source in told_by if not has_its_own(source)] == []


def test_no_situation_of_the_facts_is_missing() -> None:
    facts = REPOSITORY.parent / "shared/content-facts.md"
    if not facts.is_file():
        pytest.skip("the facts that the handbook was written from do not travel with it")
    told = {line.split()[1] for line in facts.read_text("utf-8").splitlines() if line.startswith("- S")}

    assert {source for source in told if source[1:].isdigit()} == set(SITUATIONS)
    assert set(SITUATIONS) <= {row.source for row in rows(REPOSITORY) if row.handouts}
