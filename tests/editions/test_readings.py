"""Sheets laid out for another way of reading, read back and held against those of most people."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.conftest import DRAWING, handout, loaded, procedure, project_at

from handout.builder import listing
from handout.editions import single
from handout.editions.single import Made
from handout.model.findings import Finding
from handout.project import plan
from handout.project.project import Project
from handout.proof import ProofRule, opened
from handout.proof.tags import Leaf, squeezed

BODY = """\
Doe eerst [](b.md#typ).

1. Open de app {#open on smartphone}

    1. Tik bij elke vraag op `Toestaan` tot je de `Lijst met accounts` ziet.
    2. Kies je account.

    ![Een scherm met een knop](images/scherm.svg)

2. Scan de code {on computer}

    /// tab | Op een tablet
    1. Leg hem neer.
    ///

    /// tab | Op een laptop
    1. Klap hem open.
    ///

Klaar! Je bent aangemeld.

/// caution
Doe [](#open) nooit samen met iemand anders.
///
"""
LARGE_STYLE = "formats/leaflet-a4-large.css"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    files = {
        "content/procedures/a.md": procedure(BODY, audiences="students"),
        "content/procedures/b.md": procedure("1. Typ je code. {#typ}\n2. Klik op `Ok`", "Code", "students"),
        "content/handouts/gids.md": handout(
            "a, b", audiences="[students]", formats="[leaflet-a4, trifold]", version='"1.0"'
        ),
        "content/images/scherm.svg": DRAWING,
    }
    return loaded(project_at(tmp_path_factory.mktemp("readings"), files))


def made(project: Project, *readings: str) -> Made:
    (edition,) = plan.editions(project, plan.Selection(formats=("leaflet-a4",), readings=readings))
    return single.make(project, edition)


@pytest.fixture(scope="module")
def standard(project: Project) -> Made:
    return made(project)


@pytest.fixture(scope="module")
def large(project: Project) -> Made:
    return made(project, "large")


def errors(one: Made) -> list[Finding]:
    return [finding for finding in one.findings if finding.severity == "error"]


def leaves(one: Made) -> tuple[Leaf, ...]:
    """Return what a screen reader reads of *one*, a line for each block."""
    with opened(one.pdf) as paper:
        return paper.leaves


def steps_of(one: Made) -> list[str]:
    """Return the numbers of all steps and substeps, each with the texts that stand in it."""
    return [leaf.text for leaf in leaves(one) if "LI" in leaf.kinds]


def test_large_print_has_the_steps_numbers_keys_and_references_of_every_sheet(
    standard: Made, large: Made
) -> None:
    assert errors(standard) == errors(large) == []
    assert steps_of(large) == steps_of(standard)
    assert len(steps_of(large)) > 15
    said = {leaf.text for leaf in leaves(large)}
    assert squeezed("Tik bij elke vraag op Toestaan tot je de Lijst met accounts ziet.") in said
    assert squeezed("Doe stap 1 nooit samen met iemand anders.") in said


def test_nothing_that_is_read_in_large_print_is_smaller_than_18_pt(large: Made) -> None:
    code = large.document.code
    organisation = squeezed("Stadsscholen algemene uitgave")
    sizes = {
        run.size_pt
        for leaf in leaves(large)
        if code not in leaf.text and leaf.text != organisation
        for run in leaf.runs
        if run.text.strip()
    }
    assert min(sizes) >= 17.99
    assert len({round(size) for size in sizes}) >= 4, "each kind of heading has a size of its own"
    beside = [run.size_pt for leaf in leaves(large) if code in leaf.text for run in leaf.runs]
    assert min(beside) >= 11.99


def test_type_that_is_too_small_for_its_reading_is_told_and_the_foot_has_a_size_of_its_own(
    project: Project,
) -> None:
    small = ".lead { font-size: 17pt } .foot { font-size: 11pt }"
    styles = {**project.styles, LARGE_STYLE: project.styles[LARGE_STYLE] + small}
    found = errors(made(replace(project, styles=styles), "large"))
    assert {one.rule for one in found} == {ProofRule.TYPE_SMALL}
    told = {(one.what.split("'")[1][:6], one.what.rpartition("than ")[2]) for one in found}
    assert ("Lees d", "18 pt") in told
    assert ("v1.0 ·", "12 pt") in told


def test_reading_stands_in_the_name_of_the_file_its_title_and_the_list(project: Project, large: Made) -> None:
    assert large.edition.output_path == "students/gids-leaflet-a4-large.pdf"
    with opened(large.pdf) as paper:
        assert str(paper.pdf.docinfo["/Title"]).endswith(" – grote letter")
    (row,), _ = listing.rows(project, [large.edition])
    assert (row["format"], row["reading"]) == ("leaflet-a4", "large")


def test_handout_in_several_formats_is_laid_out_once_for_a_reading(project: Project) -> None:
    planned = plan.editions(project, plan.Selection(readings=("large",)))
    assert [edition.name for edition in planned] == ["students/gids-leaflet-a4-large"]


def test_step_that_no_page_has_room_for_goes_on_in_large_print(tmp_path: Path) -> None:
    body = "1. Doe dit\n\n" + "\n".join(f"    {n}. Zet nummer {n} op de lijst." for n in range(1, 25))
    files = {
        "content/procedures/a.md": procedure(body, audiences="students"),
        "content/handouts/gids.md": handout("a", audiences="[students]"),
    }
    one = made(loaded(project_at(tmp_path, files)), "large")
    assert errors(one) == []
    assert one.files[0].page_count > 2
