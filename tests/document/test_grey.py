"""Pictures for black alone: each colour becomes the grey that is as light, and nothing else changes."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from tests.conftest import handout, loaded, procedure, project_at

from handout.document import resolve
from handout.document.grey import in_grey
from handout.model.document import Document, Ink, PictureFile, PictureType
from handout.project import plan


def drawing(inside: str) -> PictureFile:
    return PictureFile("images/a.svg", PictureType.SVG, f"<svg>{inside}</svg>".encode(), 9, 9)


def raster(image: Image.Image, type_: PictureType) -> PictureFile:
    file = io.BytesIO()
    image.save(file, type_.value.removeprefix("image/"))
    return PictureFile("images/a", type_, file.getvalue(), image.width, image.height)


@pytest.mark.parametrize(
    ("colour", "grey"),
    [
        ("#ff0000", "#4c4c4c"),
        ("#fff", "#ffffff"),
        ("#000000", "#000000"),
        ("yellow", "#e2e2e2"),
        ("rgb(0, 255, 0)", "#969696"),
        ("#ff000080", "#4c4c4c80"),
        ("nosuchcolour", "#000000"),
        ("none", "none"),
        ("currentColor", "currentColor"),
    ],
)
def test_colour_of_a_drawing_becomes_the_grey_that_is_as_light(colour: str, grey: str) -> None:
    found = in_grey(drawing(f'<path d="M0 0" fill="{colour}" stroke="{colour}" stroke-width="2"/>'))
    expected = f'<svg><path d="M0 0" fill="{grey}" stroke="{grey}" stroke-width="2"/></svg>'
    assert found.data.decode() == expected


def test_gradient_of_a_drawing_becomes_grey_and_stays_where_it_is() -> None:
    gradient = '<linearGradient id="g1"><stop stop-color="#ff0000"/></linearGradient><path fill="url(#g1)"/>'
    found = in_grey(drawing(gradient))
    assert found.data.decode() == f"<svg>{gradient.replace('#ff0000', '#4c4c4c')}</svg>"


@pytest.mark.parametrize("type_", [PictureType.PNG, PictureType.JPEG])
def test_photo_becomes_grey_and_keeps_its_size(type_: PictureType) -> None:
    photo = raster(Image.new("RGB", (16, 8), (255, 0, 0)), type_)
    found = in_grey(photo)
    with Image.open(io.BytesIO(found.data)) as image:
        assert (image.mode, image.size, image.format) == ("L", (16, 8), type_.name)
        assert max(abs(light - 76) for light in image.tobytes()) < 3
    assert (found.path, found.type, found.width, found.height) == (photo.path, type_, 16, 8)


def test_picture_stays_as_transparent_as_it_was() -> None:
    found = in_grey(raster(Image.new("RGBA", (4, 4), (255, 255, 0, 0)), PictureType.PNG))
    with Image.open(io.BytesIO(found.data)) as image:
        assert (image.mode, image.getpixel((0, 0))) == ("LA", (226, 0))


def test_only_the_black_edition_takes_the_colour_from_a_picture(tmp_path: Path) -> None:
    red = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9" fill="#ff0000"/></svg>'
    files = {
        "content/images/rood.svg": red,
        "content/procedures/a.md": procedure("1. Klik\n\n    ![Rood](images/rood.svg)"),
        "content/handouts/gids.md": handout("a", audiences="[staff]"),
    }
    project = loaded(project_at(tmp_path, files))

    def document(ink: Ink) -> Document:
        (edition,) = (e for e in plan.editions(project, plan.Selection(mono=True)) if e.ink is ink)
        return resolve.document(project, edition)[0]

    colour, mono = document(Ink.COLOUR), document(Ink.MONO)
    assert b"#ff0000" in colour.pictures["images/rood.svg"].data
    assert b"#4c4c4c" in mono.pictures["images/rood.svg"].data
    assert (colour.ink, mono.ink) == (Ink.COLOUR, Ink.MONO)
