"""Sheets laid out for another way of reading, read back and held against those of most people."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.conftest import DRAWING, handout, loaded, procedure, project_at

from handout.builder import listing
from handout.document import resolve
from handout.editions import single
from handout.editions.single import Made
from handout.model.findings import Finding
from handout.model.rules import Rule
from handout.project import plan
from handout.project.load import load
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


# ---- easy to read -----------------------------------------------------------------------------

EASY = """\
1. Open de app {on smartphone}

    1. Tik op `Toestaan`
    2. Kies je account.

    ![Een scherm met een knop](images/scherm.svg)

2. Leg je toestel neer.

    ![Een scherm zonder knop](images/scherm.svg)

Klaar! Je bent aangemeld.
"""
HARD = """\
1. Open de app

    ![Een scherm met een knop](images/scherm.svg)

2. Kies je account.

    - ![](images/scherm.svg) je account

3. Wacht.

    Als je na een tijd nog altijd niets op je scherm ziet, begin dan rustig opnieuw. Klik op `Een heel lange
    knop met nog meer woorden op het scherm van je toestel` en wacht.

    ![Een scherm zonder knop](images/scherm.svg)
"""


def in_a_folder(root: Path, procedures: str, **texts: str) -> Project:
    files = {
        f"content/procedures/{name}.md": procedure(text, name, "students") for name, text in texts.items()
    }
    sheet = handout(procedures, audiences="[students]", formats="[mini]")
    return loaded(
        project_at(root, {**files, "content/handouts/gids.md": sheet, "content/images/scherm.svg": DRAWING})
    )


def easy_edition(project: Project) -> plan.Edition:
    (edition,) = plan.editions(project, plan.Selection(readings=("easy",)))
    return edition


def test_easy_sheet_has_a_picture_before_the_number_of_each_step(tmp_path: Path) -> None:
    project = in_a_folder(tmp_path, "a", a=EASY)
    easy = single.make(project, easy_edition(project))
    assert errors(easy) == []
    assert easy.edition.output_path == "students/gids-leaflet-a4-easy.pdf"
    with opened(easy.pdf) as paper:
        pictures = [figure.box for figure in paper.tags.all("Figure") if figure.box]
        numbers = [
            leaf.runs[0].box for leaf in paper.leaves if leaf.text in ("1", "2") and "Lbl" in leaf.kinds
        ]
        sizes = [run.size_pt for leaf in paper.leaves if "LBody" in leaf.kinds for run in leaf.runs]
        said = [leaf.text for leaf in paper.leaves]
    assert len(pictures) == len(numbers) == 2
    for picture, number in zip(pictures, numbers, strict=True):
        assert picture.right < number.left, "it stands at the left"
        assert picture.low < number.low < picture.top, "and level with it"
    assert min(sizes) >= 13.99
    assert [text for text in said if text in ("1", "a", "b", "2")] == ["1", "a", "b", "2"]


def test_what_is_not_easy_to_read_is_told_at_its_line(tmp_path: Path) -> None:
    project = in_a_folder(tmp_path, "a, b", a=HARD, b="1. Klaar.\n\n    ![Een scherm](images/scherm.svg)")
    _, found = resolve.document(project, easy_edition(project))
    assert [(str(one.place), one.rule, one.severity) for one in found] == [
        ("content/handouts/gids.md:5", Rule.TASKS_SEVERAL, "error"),
        ("content/procedures/a.md:9", Rule.STEP_UNPICTURED, "error"),
        ("content/procedures/a.md:15", Rule.SENTENCE_UNFIT, "error"),
    ]
    several, bare, long = found
    assert several.what.endswith("shows one procedure, and this one shows more: 'a', 'b'")
    assert (
        bare.what == "step 2 has no picture, and 'leaflet-a4-easy' shows one at each step: 'Kies je account.'"
    )
    assert long.what.startswith("a sentence has 16 words, and the format 'leaflet-a4-easy' allows 15:")
    standard = plan.editions(project, plan.Selection())[0]
    assert resolve.document(project, standard)[1] == (), "nothing of that is asked of another sheet"


ONLY_EASY = """\
1. Open de app.

    /// only | easy
    ![Een scherm met een knop](images/scherm.svg)
    ///
"""


def of_one_step(root: Path, body: str) -> Path:
    files = {
        "content/procedures/a.md": procedure(body, audiences="students"),
        "content/handouts/gids.md": handout("a", audiences="[students]", formats="[poster-a3]"),
        "content/images/scherm.svg": DRAWING,
    }
    return project_at(root, files)


def test_picture_for_one_way_of_reading_stands_on_no_other_sheet(tmp_path: Path) -> None:
    project = loaded(of_one_step(tmp_path, ONLY_EASY))
    shown = {}
    for reading in ("standard", "easy"):
        (one,) = plan.editions(project, plan.Selection(handouts=("gids",), readings=(reading,)))
        sheet = single.make(project, one)
        assert errors(sheet) == []
        with opened(sheet.pdf) as paper:
            shown[one.format] = [tag.alt for tag in paper.tags.family if tag.alt]
    assert shown == {"poster-a3": [], "leaflet-a4-easy": ["Een scherm met een knop"]}


def test_words_for_one_way_of_reading_are_told_at_their_line(tmp_path: Path) -> None:
    _, findings = load(of_one_step(tmp_path, ONLY_EASY.replace("![Een", "Tik.\n\n    ![Een")))
    (finding,) = findings
    assert (str(finding.place), finding.rule) == ("content/procedures/a.md:7", Rule.BLOCK_FORM)
    assert "every way of reading has the same words and steps" in str(finding)
