"""What the soak found, each mended as a kind: small projects that are right, and build."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from tests.conftest import SETTINGS, edition, handout, loaded, procedure, project_at
from tests.soak.pictures import drawing

from handout import making
from handout.errors import Severity
from handout.making import Made
from handout.units import MM_PER_INCH

PX_PER_MM = 2


def made(root: Path, body: str, format_: str, settings: str = SETTINGS) -> Made:
    """Return the one sheet of a procedure of *body*, which has nothing wrong with it."""
    files: dict[str, str | bytes] = {
        "content/procedures/a.md": procedure(body),
        "content/handouts/gids.md": handout("a", formats=f"[{format_}]"),
        "content/images/staand.svg": drawing(48, 96),
    }
    project = loaded(project_at(root, files, settings))
    one = making.make(project, edition(project))
    assert [str(finding) for finding in one.findings if finding.severity is Severity.ERROR] == []
    return one


def page(one: Made) -> Image.Image:
    """Return the first page of *one*, at PX_PER_MM."""
    document = pypdfium2.PdfDocument(one.pdf)
    try:
        picture: Image.Image = document[0].render(scale=PX_PER_MM * MM_PER_INCH / 72).to_pil().convert("RGB")
    finally:
        document.close()
    return picture


STEPS = "1. Open het\n\n    in je lokaal\n\n2. Wacht\n3. Toon\n\n    ![Een blad.](images/staand.svg)"


def test_drawing_of_any_shape_keeps_out_of_the_edge_of_a_poster(tmp_path: Path) -> None:
    made(tmp_path, STEPS, "poster-a3")


def test_line_of_a_poster_leads_on_from_a_step_without_info(tmp_path: Path) -> None:
    picture = page(made(tmp_path, STEPS, "poster-a3"))
    accent = (0x12, 0x3E, 0x8C)
    badge_px, rail_px = 14 * PX_PER_MM, 29 * PX_PER_MM
    rows = range(130 * PX_PER_MM, 280 * PX_PER_MM)
    beside = [row for row in rows if picture.getpixel((badge_px, row)) == accent]
    between = [row for row in range(beside[0], beside[-1]) if row not in beside]
    assert len(between) > 2 * 8 * PX_PER_MM
    assert {picture.getpixel((rail_px, row)) for row in between} == {accent}


@pytest.mark.parametrize("link", ["short", "long"])
@pytest.mark.parametrize("format_", ["reference-a4", "leaflet-a4"])
def test_address_to_type_fits_in_half_the_width(tmp_path: Path, format_: str, link: str) -> None:
    ways = (
        "    /// tab | A\n    1. Open\n\n        ADDRESS\n    ///\n\n    /// tab | B\n    1. Wacht\n    ///"
    )
    steps = f"1. Open\n\n    ADDRESS\n\n2. Kies\n\n{ways}".replace("ADDRESS", f"{{{{ link.{link} }}}}")
    links = 'short = "https://mfa.school.be"\nlong = "https://mfa.school.be/beveiliging/methodes/toevoegen"\n'
    settings = f"{SETTINGS}{links}[formats.leaflet-a4]\npages = 1\n"
    made(tmp_path, steps, format_, settings=settings)
