"""The gallery: one page that shows every file of a build, to pick the right one by eye. Pure."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pypdfium2
from markupsafe import Markup

from handout.project import Project, primary_language

if TYPE_CHECKING:
    from handout.build import FileRow

PICTURE_WIDTH_PX = 240
MOST_PICTURED_FILES = 60
"""A build for all schools is listed, not pictured: the page must open on a phone."""

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
ul { list-style: none; padding: 0; display: grid; gap: 2rem; }
ul { grid-template-columns: repeat(auto-fill, minmax(18rem, 1fr)); }
img { border: 1px solid #000; max-width: 48%; height: auto; vertical-align: top; }
a { color: #123e8c; font-weight: 700; display: block; }
"""


def html(rows: Sequence[FileRow], pdfs: Mapping[str, bytes], project: Project) -> bytes:
    """Return the gallery of *rows*, with a picture of each page of the files whose bytes are in *pdfs*."""
    organisation = project.settings.organisation
    words = project.strings[primary_language(organisation.language)]
    items = Markup("\n").join(
        _item(row, pdfs.get(row["path"]) if i < MOST_PICTURED_FILES else None, project)
        for i, row in enumerate(rows)
    )
    page = Markup(
        '<!doctype html>\n<html lang="{}">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<title>{}</title>\n<style>{}</style>\n<h1>{}</h1>\n<ul>\n{}\n</ul>\n</html>\n"
    ).format(organisation.language, organisation.name, Markup(_STYLE), words["gallery.title"], items)
    return page.encode()


def _item(row: FileRow, pdf: bytes | None, project: Project) -> Markup:
    words = project.strings[primary_language(row["language"])]
    audience = project.settings.audiences.get(row["audience"])
    about = [
        audience.label if audience else row["audience"],
        f"{row['width_mm']:g} × {row['height_mm']:g} mm",
    ]
    about.append(words[f"gallery.{row['duplex'] or 'one side'}".replace(" ", "-")])
    if row["sheet"]:
        about.append(words["gallery.sheet"])
    if row["school"]:
        about.append(next((one.name for one in project.schools if one.id == row["school"]), row["school"]))
    pictures = Markup(" ").join(_picture(png) for png in _pages(pdf)) if pdf else Markup("")
    return Markup('<li><a href="{}">{}</a>{}<br>{}</li>').format(
        row["path"], row["title"], " · ".join(about), pictures
    )


def _picture(png: bytes) -> Markup:
    return Markup('<img alt="" src="data:image/png;base64,{}">').format(base64.b64encode(png).decode())


def _pages(pdf: bytes) -> list[bytes]:
    """Return each page of *pdf* as a grey PNG of PICTURE_WIDTH_PX."""
    pngs = []
    document = pypdfium2.PdfDocument(pdf)
    try:
        for page in document:
            bitmap = page.render(scale=PICTURE_WIDTH_PX / page.get_width())
            target = io.BytesIO()
            bitmap.to_pil().quantize(32).save(target, "PNG", optimize=True)
            pngs.append(target.getvalue())
    finally:
        document.close()
    return pngs
