"""The proof report: what was read back of each file of a build, with the pages on which something is wrong.

Two files beside the outputs, written also where a build stops: `proof.json` for programs, and `proof.html`
with a picture of each faulty page and a numbered mark where a finding is. Pure.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from handout import __version__
from handout.model.findings import Finding, RefusedRow, Severity, printable
from handout.model.messages import ENGLISH, Catalog, Message, in_words, say, say_count, together
from handout.model.units import pt_to_mm
from handout.proof import PROOFS, InkFigures
from handout.proof.geometry import Spot, spot_in

HTML, JSON = "proof.html", "proof.json"
PICTURE_WIDTH_PX = 700
MOST_PICTURED_PAGES = 40
"""A style sheet that is wrong everywhere must not make a file that no browser opens."""

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: start; padding: .2rem .8rem .2rem 0; vertical-align: top; }
tr { border-bottom: 1px solid #999; }
figure { position: relative; margin: 1rem 0; width: 43rem; max-width: 100%; }
figure img { width: 100%; display: block; border: 1px solid #000; }
.mark { position: absolute; width: 1.8rem; height: 1.8rem; margin: -.9rem; border-radius: 50%; }
.mark { background: #b00020; color: #fff; font-weight: 700; text-align: center; line-height: 1.8rem; }
.error { color: #b00020; font-weight: 700; }
"""


@dataclass(frozen=True)
class Proved:
    """One piece that was read back."""

    name: str
    path: str
    code: str
    pdf: bytes
    """Empty where it could not be made."""
    findings: tuple[Finding, ...]
    figures: InkFigures | None
    also: tuple[str, ...] = ()
    """The files that were made of it beside its print sheets."""


@dataclass(frozen=True)
class Copies:
    """How the copies of an edition for schools were made."""

    name: str
    imprinted: int
    """For how many schools of the project a master serves."""
    compared: tuple[str, ...]
    """The ids of the schools whose copies were held against full renderings, and did not differ."""
    whole: tuple[tuple[str, Message], ...]
    """The ids of the schools whose copies are rendered in full, and why."""
    figures: tuple[InkFigures | None, ...]
    """Of each master."""


def json_of(
    proved: Sequence[Proved],
    copies: Sequence[Copies],
    engine: Mapping[str, str],
    refused: Sequence[RefusedRow] = (),
    words: Catalog = ENGLISH,
) -> bytes:
    """Return the report of *proved* as JSON, in *words*; *engine* holds the versions that made the files.

    *refused* are the schools that have no copies.
    """
    value = {
        "program": f"handout {__version__}",
        "engine": dict(engine),
        "proofs": [proof.__name__ for proof in PROOFS],
        "editions": [_row(one, words) for one in proved],
        "copies": [_copies_row(one, words) for one in copies],
        "refused": [_refused_row(row, words) for row in refused],
    }
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


def _row(one: Proved, words: Catalog) -> dict[str, object]:
    row: dict[str, object] = {"name": one.name, "path": one.path, "code": one.code}
    if one.also:
        row["also"] = list(one.also)
    if one.figures is not None:
        row |= _figures_row(one.figures)
    row["findings"] = [_finding_row(finding, words) for finding in one.findings]
    return row


def _figures_row(figures: InkFigures) -> dict[str, object]:
    return {
        "ink_coverage": [round(part, 4) for part in figures.ink_coverage],
        "smallest_type_pt": round(figures.smallest_type_pt, 2),
        "least_contrast": round(figures.least_contrast, 1),
    }


def _copies_row(one: Copies, words: Catalog) -> dict[str, object]:
    return {
        "name": one.name,
        "imprinted": one.imprinted,
        "compared": one.compared,
        "rendered_in_full": {school: in_words(why, words) for school, why in one.whole},
        "plates": [_figures_row(figures) for figures in one.figures if figures],
    }


def _refused_row(row: RefusedRow, words: Catalog) -> dict[str, object]:
    return {
        "school": row.id or None,
        "name": row.name or None,
        "path": row.place.path,
        "line": row.place.line,
        "findings": [_finding_row(finding, words) for finding in row.findings],
    }


def _finding_row(finding: Finding, words: Catalog) -> dict[str, object]:
    spot = spot_in(finding.what)
    return {
        "rule": finding.rule or None,
        "severity": finding.severity,
        "path": printable(finding.place.path),
        "line": finding.place.line or None,
        "column": finding.place.column or None,
        "page": spot.page if spot else None,
        "what": in_words(finding.what, words),
        "fix": in_words(finding.fix, words),
    }


def html_of(
    proved: Sequence[Proved],
    copies: Sequence[Copies],
    refused: Sequence[RefusedRow] = (),
    words: Catalog = ENGLISH,
) -> bytes:
    """Return the report of *proved* as one page of HTML, in *words*, with nothing outside it."""
    faulty = [one for one in proved if one.findings]
    of_rows = (finding for row in refused for finding in row.findings)
    found = dict.fromkeys((*(finding for one in proved for finding in one.findings), *of_rows))
    errors = sum(finding.severity is Severity.ERROR for finding in found)
    verdict = say("Proof: nothing wrong")
    if errors:
        verdict = say_count(errors, "Proof: {n} error", "Proof: {n} errors")
    page = _ReportPage(words)
    body = (*page.not_made(refused), *page.faulty(faulty), page.table(proved), page.table_of_copies(copies))
    read_back = say_count(
        len(proved),
        "{n} sheet read back by: {proofs}. docs/findings.md tells of each finding.",
        "{n} sheets read back by: {proofs}. docs/findings.md tells of each finding.",
        proofs=", ".join(proof.__name__ for proof in PROOFS),
    )
    return (
        Markup(
            '<!doctype html>\n<html lang="{}">\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            "<title>{}</title>\n<style>{}</style>\n<h1>{}</h1>\n<p>{}</p>\n{}\n</html>\n"
        )
        .format(
            words.language,
            page.said(verdict),
            Markup(_STYLE),
            page.said(verdict),
            page.said(read_back),
            Markup("").join(body),
        )
        .encode()
    )


_SEVERITIES = {Severity.ERROR: say("error"), Severity.WARNING: say("warning")}


@dataclass(frozen=True)
class _ReportPage:
    """The parts of the page, in the words of one language."""

    words: Catalog

    def said(self, message: str) -> str:
        return in_words(message, self.words)

    def not_made(self, refused: Iterable[RefusedRow]) -> Iterator[Markup]:
        for row in refused:
            heading = self.said(say("{row}: no copies", row=row))
            yield Markup("<h2>{}</h2>\n{}").format(heading, self.findings(row.findings))

    def faulty(self, faulty: Iterable[Proved]) -> Iterator[Markup]:
        pictured = 0
        for one in faulty:
            spots = [spot_in(finding.what) for finding in one.findings]
            pages = sorted({spot.page for spot in spots if spot}) if one.pdf else []
            yield Markup("<h2>{}</h2>\n{}").format(one.name, self.findings(one.findings))
            for page in pages[: max(0, MOST_PICTURED_PAGES - pictured)]:
                pictured += 1
                yield _picture(one.pdf, page, spots, self.said(say("Page {page}", page=page)))

    def findings(self, findings: Sequence[Finding]) -> Markup:
        items = Markup("\n").join(
            Markup("<li><span class={}>{}</span> <code>{}</code><br>{}: {}<br>{}").format(
                finding.severity,
                self.said(_SEVERITIES[finding.severity]),
                finding.rule,
                finding.place,
                self.said(finding.what),
                self.said(say("To mend it: {fix}", fix=finding.fix)),
            )
            for finding in findings
        )
        return Markup("<ol>\n{}\n</ol>\n").format(items)

    def table(self, proved: Sequence[Proved]) -> Markup:
        head = (
            *(say("sheet"), say("code"), say("findings"), say("ink on its pages"), say("smallest type")),
            say("least contrast"),
        )
        return self.titled(say("All sheets"), head, (self.row(one) for one in proved))

    def titled(self, title: Message, head: Iterable[Message], rows: Iterable[Markup]) -> Markup:
        """Return a table with its *title* above it."""
        cells = Markup("").join(Markup("<th scope=col>{}").format(self.said(word)) for word in head)
        table = Markup("<h2>{}</h2>\n<table><thead><tr>{}<tbody>\n{}\n</table>")
        return table.format(self.said(title), cells, Markup("\n").join(rows))

    def row(self, one: Proved) -> Markup:
        figures = one.figures
        ink = (
            together(", ", (say("{part:.0%}", part=part) for part in figures.ink_coverage)) if figures else ""
        )
        type_ = say("{size_pt:.1f} pt", size_pt=figures.smallest_type_pt) if figures else ""
        contrast = say("{ratio:.1f} : 1", ratio=figures.least_contrast) if figures else ""
        found = str(len(one.findings)) if one.findings else say("none")
        return _row_of(one.name, one.code, *map(self.said, (found, ink, type_, contrast)))

    def table_of_copies(self, copies: Sequence[Copies]) -> Markup:
        if not copies:
            return Markup("")
        head = (
            say("sheet"),
            say("imprinted for"),
            say("held against full renderings"),
            say("rendered in full"),
        )
        rows = (
            _row_of(
                one.name,
                self.said(say_count(one.imprinted, "{n} school", "{n} schools")),
                ", ".join(one.compared) or self.said(say("none")),
                Markup("<br>").join(self.whole(school, why) for school, why in one.whole)
                or self.said(say("none")),
            )
            for one in copies
        )
        return Markup("\n") + self.titled(say("Copies for schools"), head, rows)

    def whole(self, school: str, why: Message) -> str:
        return self.said(say("{school}, for {why}", school=school, why=why))


def _picture(pdf: bytes, number: int, spots: Sequence[Spot | None], alt: str) -> Markup:
    """Return page *number* with a mark, numbered as in the list, at each of *spots* on it.

    *alt* says which page it is.
    """
    import pypdfium2  # only here: most builds have nothing to mark

    document = pypdfium2.PdfDocument(pdf)
    try:
        if number > len(document):
            return Markup("")
        page = document[number - 1]
        width_mm, height_mm = pt_to_mm(page.get_width()), pt_to_mm(page.get_height())
        image = page.render(scale=PICTURE_WIDTH_PX / page.get_width()).to_pil()
    finally:
        document.close()
    buffer = io.BytesIO()
    image.convert("P").save(buffer, "PNG", optimize=True)
    marks = Markup("").join(
        Markup('<span class="mark" style="left:{}%;top:{}%">{}</span>').format(
            round(100 * spot.across_mm / width_mm, 1), round(100 * spot.down_mm / height_mm, 1), index
        )
        for index, spot in enumerate(spots, 1)
        if spot and spot.page == number
    )
    source = base64.b64encode(buffer.getvalue()).decode()
    return Markup('<figure><img alt="{}" src="data:image/png;base64,{}">{}</figure>\n').format(
        alt, source, marks
    )


def _row_of(name: str, *values: object) -> Markup:
    cells = Markup("").join(Markup("<td>{}").format(value) for value in values)
    return Markup("<tr><th scope=row>{}{}").format(name, cells)
