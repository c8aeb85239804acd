"""The gallery: one page that shows every file of a build, to pick the right one by eye. Pure."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from markupsafe import Markup

from handout.builder.jobs import JOB
from handout.model.document import Ink, SheetKind
from handout.model.findings import RefusedRow
from handout.paper.impose.paper import PAPERS
from handout.project.project import Project, primary_language

if TYPE_CHECKING:
    from handout.builder.manifest import FileRow

PICTURE_WIDTH_PX = 240
MOST_COLOURS = 32
"""Of a picture: more are only shades at the edges of letters."""
MOST_PICTURED_FILES = 60
"""With more, the copies for one school are pictured and all others listed: it must open on a phone."""

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
ul { list-style: none; padding: 0; display: grid; gap: 2rem; }
ul { grid-template-columns: repeat(auto-fill, minmax(18rem, 1fr)); }
img { border: 1px solid #000; max-width: 48%; height: auto; vertical-align: top; }
summary { cursor: pointer; font-weight: 700; padding: .3rem 0; }
a { color: #123e8c; font-weight: 700; display: block; }
dl { border: 2px solid #b00020; padding: .5rem 1rem; }
dt { font-weight: 700; }
dd { margin: 0 0 .5rem; }
"""


def html(
    rows: Sequence[FileRow],
    pictures: Mapping[str, Sequence[str]],
    project: Project,
    refused: Sequence[RefusedRow] = (),
) -> bytes:
    """Return the gallery of *rows*, and of the schools that are *refused* why they are not in it.

    *pictures* holds what `pages_of` gives of the files that are shown, by path.
    """
    organisation = project.settings.organisation
    words = project.strings[primary_language(organisation.language)]
    laid_on_sheets = {
        _edition(row)
        for row in rows
        if row["paper"] and row["sheet"] not in (None, SheetKind.PRINT_SHOP, JOB)
    }
    names = {school.id: school.name for school in project.schools}
    parts = [_not_made(refused, words)] if refused else []
    for school, group in groupby(sorted(rows, key=_order), key=lambda row: row["school"]):
        items = Markup("\n").join(
            _item(row, pictures.get(row["path"], ()), project, has_sheet=_edition(row) in laid_on_sheets)
            for row in group
        )
        parts.append(_part(items, names.get(school, school) if school else None))
    page = Markup(
        '<!doctype html>\n<html lang="{}">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<title>{}</title>\n<style>{}</style>\n<h1>{}</h1>\n{}\n</html>\n"
    ).format(
        organisation.language,
        organisation.name,
        Markup(_STYLE),
        words["gallery.title"],
        Markup("\n").join(parts),
    )
    return page.encode()


def _not_made(refused: Iterable[RefusedRow], words: Mapping[str, str]) -> Markup:
    """Return who is missing in the gallery. What is wrong is told to editors, in English as everywhere."""
    items = Markup("\n").join(
        Markup("<dt>{}: {}<dd lang=en>{}").format(
            row.name or row.id or row.place,
            words["gallery.not-made"],
            Markup("<br>").join(
                Markup("<code>{}</code>: {}<br>To mend it: {}").format(
                    finding.place, finding.what, finding.fix
                )
                for finding in row.findings
            ),
        )
        for row in refused
    )
    return Markup("<dl>\n{}\n</dl>").format(items)


def pictured(rows: Sequence[FileRow]) -> Sequence[FileRow]:
    """Return those of *rows* whose pages are shown."""
    shown = [row for row in sorted(rows, key=_order) if row["sheet"] != JOB and row["path"].endswith(".pdf")]
    if len(shown) > MOST_PICTURED_FILES:
        first = next((row["school"] for row in shown if row["school"]), None)
        shown = [row for row in shown if row["school"] in (None, first)]
    return shown[:MOST_PICTURED_FILES]


def _part(items: Markup, school: str | None) -> Markup:
    """Return *items* as a list; that of a *school* is folded up under its name."""
    if school is None:
        return Markup("<ul>\n{}\n</ul>").format(items)
    return Markup("<details><summary>{}</summary>\n<ul>\n{}\n</ul></details>").format(school, items)


def _edition(row: FileRow) -> tuple[str, ...]:
    """Return what the files of one edition have in common."""
    return row["school"] or "", row["audience"], row["handout"], row["format"], row["language"], row["ink"]


def _order(row: FileRow) -> tuple[tuple[str, ...], bool, str]:
    """Return where *row* comes: a piece before its print sheets, all of one edition together."""
    return _edition(row), row["sheet"] is not None, row["path"]


def _item(row: FileRow, pictures: Sequence[str], project: Project, has_sheet: bool) -> Markup:
    words = project.strings[primary_language(row["language"])]
    audience = project.settings.audiences.get(row["audience"])
    about = [audience.label if audience else row["audience"]]
    if row["sheet"]:
        about.append(words.get(f"sheet.{row['sheet']}") or words.get(f"gallery.{row['sheet']}", row["sheet"]))
    if row["ink"] == Ink.MONO:
        about.append(words["gallery.mono"])
    shown = Markup(" ").join(map(_picture, pictures))
    return Markup('<li><a href="{}">{}</a>{}<br>{}<br>{}</li>').format(
        row["path"], row["title"], " · ".join(about), _how_to_print(row, words, has_sheet), shown
    )


def _how_to_print(row: FileRow, words: Mapping[str, str], has_sheet: bool) -> str:
    """Return the sentence for whoever stands at the printer."""
    if row["sheet"] == SheetKind.PRINT_SHOP:
        return words["gallery.print-shop"]
    if not row["paper"]:
        return ""
    if row["sheet"] is None and has_sheet and row["paper"] not in PAPERS:
        return words["gallery.screen"]  # nobody has paper of that size
    sides = words[f"gallery.{row['duplex'] or 'one side'}".replace(" ", "-")]
    return words["gallery.print"].format(paper=row["paper"], sides=sides)


def _picture(webp: str) -> Markup:
    return Markup('<img alt="" src="data:image/webp;base64,{}">').format(webp)


def drawn(files: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield the pages of *files*, each a name and a PDF, under the same name."""
    return ((name, pages_of(pdf)) for name, pdf in files)


def pages_of(pdf: bytes) -> tuple[str, ...]:
    """Return each page of *pdf* as a WebP of PICTURE_WIDTH_PX, in base64; always the same bytes."""
    import pypdfium2  # only here: of most files of a build the pictures are known
    from PIL import Image

    webps = []
    document = pypdfium2.PdfDocument(pdf)
    try:
        for page in document:
            bitmap = page.render(scale=PICTURE_WIDTH_PX / page.get_width())
            flat = bitmap.to_pil().quantize(MOST_COLOURS, Image.Quantize.FASTOCTREE).convert("RGB")
            target = io.BytesIO()
            # Lossless: small type stays sharp, and so few colours pack better than what a photo's codec makes
            # of them. To search longer for a smaller file is not worth it (quality is that effort here).
            flat.save(target, "WEBP", lossless=True, method=3, quality=0)
            webps.append(base64.b64encode(target.getvalue()).decode())
    finally:
        document.close()
    return tuple(webps)
