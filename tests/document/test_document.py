"""A whole document: pictures, lead and closing, results, the QR code, dates and sources."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.conftest import (
    BODY_LINE,
    DRAWING,
    SETTINGS,
    handout,
    loaded,
    procedure,
    project_at,
    resolved,
    sheet,
)
from tests.document.reading_order import lines

from handout.document import resolve
from handout.model.findings import Place, in_order
from handout.model.text import Address, Heading, Paragraph, Result, plain_text
from handout.project import plan
from handout.project.load import load


@pytest.mark.parametrize(
    ("procedures", "opening", "numbering", "counts"),
    [
        ("a", "Lees.", None, [("", 3)]),
        ("b", "Lees.", None, []),
        ("a, b", "Lees.", "continuous", [("", 5)]),
        ("a, b", "Lees.", None, []),
        (
            "a, b",
            "/// tab | Zo\nDoe [](a.md).\n///\n/// tab | Of\nDoe [](b.md).\n///",
            "continuous",
            [("A", 3), ("B", 3)],
        ),
        ("a, c", "Lees.", "continuous", []),
    ],
)
def test_steps_are_counted_for_each_way_through_a_sheet(
    tmp_path: Path, procedures: str, opening: str, numbering: str | None, counts: list[tuple[str, int]]
) -> None:
    keys = {"numbering": numbering} if numbering else {}
    ways = "/// tab | Links\n1. Ga\n///\n/// tab | Rechts\n1. Ga\n2. Sta\n///"
    files = {
        "content/handouts/gids.md": handout(procedures, opening, **keys),
        "content/procedures/a.md": procedure("1. Een {#een}\n2. Twee\n3. Drie", "A"),
        "content/procedures/b.md": procedure(
            ("Doe eerst [](a.md#een).\n\n" if "a" in procedures else "") + "1. Vier\n2. Vijf", "B"
        ),
        "content/procedures/c.md": procedure(f"1. Kies\n\n{ways}", "C"),
    }

    assert [(one.title, one.steps) for one in sheet(tmp_path, files).counts] == counts


def test_first_paragraph_of_the_handout_is_its_lead(tmp_path: Path) -> None:
    body = "Lees dit eerst.\n\nEn dan dit.\n\n---\n\n## Hulp\n\nVraag raad."
    files = {"content/handouts/gids.md": handout("a", body), "content/procedures/a.md": procedure("1. Klik")}

    document = sheet(tmp_path, files)

    assert plain_text(document.lead) == "Lees dit eerst."
    assert lines(document.opening) == ["En dan dit."]
    assert lines(document.closing) == ["Hulp", "Vraag raad."]


def test_address_that_opens_a_handout_is_no_lead(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a", "{{ link.security-info }}"),
        "content/procedures/a.md": procedure("1. Klik"),
    }

    document = sheet(tmp_path, files)

    assert document.lead == ()
    assert document.opening == (Address("mfa.school.be/info", "https://mfa.school.be/info"),)


def test_paragraph_that_opens_with_a_word_for_done_is_the_result(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a"),
        "content/procedures/a.md": procedure("1. Klik\n\n**Klaar!** Je ziet je mail.\n\nKlaar om te gaan."),
    }

    _, done, other = sheet(tmp_path, files).sections[0].blocks

    assert isinstance(done, Result)
    assert plain_text(done.children) == "Klaar! Je ziet je mail."
    assert isinstance(other, Paragraph)


def test_empty_word_for_done_makes_no_paragraph_a_result(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a"),
        "content/procedures/a.md": procedure("Gewoon een zin."),
        "templates/strings/nl.toml": 'result = "Klaar!|"\n',
    }

    assert isinstance(sheet(tmp_path, files).sections[0].blocks[0], Paragraph)


def test_document_tells_its_dates_sources_and_page_budget(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout(
            "a", reviewed="2026-01-05", valid_until="2027-08-31", audiences="[staff]"
        ),
        "content/procedures/a.md": procedure("1. ![[sms]]").replace(
            "---\n", "---\nreviewed: 2026-11-22\n", 1
        ),
        "content/fragments/sms.md": "---\nreviewed: 2026-03-01\n---\n1. Typ\n",
        "content/fragments/ongebruikt.md": "---\nreviewed: 2027-01-01\n---\n1. Typ\n",
    }

    document = sheet(tmp_path, files)

    assert document.newest == date(2026, 11, 22)
    assert document.valid_until == date(2027, 8, 31)
    assert document.page_budget == 2
    assert document.sources == (
        "content/fragments/sms.md",
        "content/handouts/gids.md",
        "content/procedures/a.md",
    )


def test_document_carries_the_pictures_that_it_shows_and_no_other(tmp_path: Path) -> None:
    body = (
        "1. Klik\n\n   ![Een knop.](images/knop.svg)\n   \n   1. Kies ![het teken](images/teken.svg)\n\n"
        "2. Kijk {@students}\n\n   ![Een scherm.](images/scherm.svg)\n\n"
        "| Wat | Hoe |\n|---|---|\n| **Dag** | ![](images/dag.svg) |\n"
    )
    names = ("knop", "teken", "scherm", "dag", "lead", "los")
    files = {
        "content/handouts/gids.md": handout("a", "Zo: ![een pijl](images/lead.svg)"),
        "content/procedures/a.md": procedure(body),
        **{f"content/images/{name}.svg": DRAWING for name in names},
    }

    document = sheet(tmp_path, files)

    assert sorted(document.pictures) == [f"images/{n}.svg" for n in ("dag", "knop", "lead", "teken")]


def test_missing_picture_is_reported_with_its_line_and_the_nearest(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a"),
        "content/procedures/a.md": procedure("1. Klik\n\n   ![Een knop.](images/knopje.svg)"),
        "content/images/knop.svg": DRAWING,
    }

    _, (finding,) = resolved(tmp_path, files)

    assert finding.place == Place("content/procedures/a.md", BODY_LINE + 2)
    assert finding.what == "there is no picture 'images/knopje.svg'"
    assert finding.fix.startswith("did you mean 'images/knop.svg'?")


def test_missing_picture_that_is_like_no_other_is_not_answered_with_one(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a"),
        "content/procedures/a.md": procedure("1. Klik\n\n   ![Een scherm.](images/scherm.png)"),
        "content/images/hero.svg": DRAWING,
    }

    _, (finding,) = resolved(tmp_path, files)

    assert finding.fix == "save it as content/images/scherm.png, or use one of: images/hero.svg"


def test_picture_for_another_audience_may_be_missing(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a"),
        "content/procedures/a.md": procedure("1. Klik {@students}\n\n   ![Weg.](images/weg.svg)\n\n2. Klaar"),
    }

    assert sheet(tmp_path, files).pictures == {}


def test_broken_picture_is_reported_once(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a"),
        "content/procedures/a.md": procedure("1. Klik\n\n   ![Een knop.](images/knop.svg)"),
        "content/images/knop.svg": "<svg",
    }
    project, found = load(project_at(tmp_path, files))
    assert project is not None

    more = [f for e in plan.editions(project, plan.Selection()) for f in resolve.document(project, e)[1]]

    (finding,) = in_order((*found, *more))
    assert finding.place.path == "content/images/knop.svg"


def test_qr_code_leads_where_its_link_does(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a", qr="security-info"),
        "content/procedures/a.md": procedure("1. Klik"),
    }

    qr = sheet(tmp_path, files).qr

    assert qr is not None
    assert (qr.link, qr.url, qr.text) == ("security-info", "https://mfa.school.be/info", "mfa.school.be/info")


def test_qr_code_of_an_unknown_link_is_reported_with_the_nearest(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a", qr="security"),
        "content/procedures/a.md": procedure("1. Klik"),
    }

    document, (finding,) = resolved(tmp_path, files)

    assert finding.place.path == "content/handouts/gids.md"
    assert finding.what == "qr names the link 'security', which does not exist"
    assert finding.fix.startswith("did you mean 'security-info'?")
    assert document.qr is None


def test_qr_code_with_modules_too_thin_for_its_format_is_reported_with_both_sizes(tmp_path: Path) -> None:
    settings = SETTINGS + "\n[formats.leaflet-a4]\nqr-mm = 10\n"
    files = {
        "content/handouts/gids.md": handout("a", qr="security-info"),
        "content/procedures/a.md": procedure("1. Klik"),
    }

    _, (finding,) = resolved(tmp_path, files, settings=settings)

    assert finding.place.path == "content/handouts/gids.md"
    assert finding.what.startswith("leaflet-a4: the QR code for https://mfa.school.be/info is 10 mm wide")
    assert "this format needs 0.50 mm" in finding.what
    assert "qr-mm" in finding.fix


def test_same_project_gives_the_same_document(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a", qr="security-info"),
        "content/procedures/a.md": procedure("## Kop\n\n1. Klik [](#klik) {#klik}"),
    }

    first = sheet(tmp_path / "1", files)
    second = sheet(tmp_path / "2", files)

    assert first == second
    assert isinstance(first.sections[0].blocks[0], Heading)


def test_resolving_changes_nothing_in_the_project(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a"),
        "content/procedures/a.md": procedure("1. ![[sms]]\n2. Klik {@staff}"),
        "content/fragments/sms.md": "1. Typ\n",
    }
    project = loaded(project_at(tmp_path, files))
    before = repr(project)

    for one in plan.editions(project, plan.Selection()):
        resolve.document(project, one)

    assert repr(project) == before
