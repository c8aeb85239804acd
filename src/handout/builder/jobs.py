"""The job ticket: what a printing room does with the merged files, and which pages are of which school. Pure.

One page of HTML for the person at the printer, and the same rows for a spreadsheet.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from handout.model.document import Ink, SheetKind
from handout.model.school import School
from handout.paper.impose.paper import DuplexEdge

_STYLE = """
@page { size: A4; margin: 15mm; @bottom-right { content: counter(page) " / " counter(pages); } }
body { font: 11pt/1.4 system-ui, sans-serif; color: #000; margin: 2rem auto; max-width: 180mm; }
@media print { body { margin: 0; max-width: none; } }
h1, h2, p, dl, ol { margin: 0 0 3mm; }
h1 { font-size: 20pt; line-height: 1.2; }
h2 { font-size: 15pt; line-height: 1.2; }
h1, h2, dl { break-after: avoid; }
section { border-top: 1.5pt solid #000; margin-top: 10mm; padding-top: 4mm; }
section:not(:first-of-type) { break-inside: avoid; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 5mm; }
dt { font-weight: 700; }
dd { margin: 0; }
table { border-collapse: collapse; width: 100%; font-size: 9.5pt; line-height: 1.25; margin-bottom: 3mm; }
th, td { text-align: start; vertical-align: top; padding: .6mm 4mm .6mm 0; }
th, td { overflow-wrap: break-word; }
thead th { border-bottom: .8pt solid #000; vertical-align: bottom; }
thead .file { border: 0; font-weight: 400; overflow-wrap: anywhere; }
tbody tr { break-inside: avoid; border-bottom: .3pt solid #777; }
tbody th { font-weight: 400; }
.number { text-align: end; white-space: nowrap; font-variant-numeric: tabular-nums; }
.done { text-align: end; padding-inline-end: .5mm; width: 14mm; }
.done i { border: .8pt solid #000; display: inline-block; height: 3mm; width: 3mm; vertical-align: -.3mm; }
"""
JOB = "job"
"""What the manifest says of how the pages of a merged file lie: the copies of all schools, one by one."""
_NOTHING = Markup("")
_COLUMNS = (
    "file",
    "handout",
    "what",
    "whom",
    "how",
    "school-id",
    "school",
    "first-page",
    "last-page",
    "sheets",
    "bookmark",
)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula (OWASP, CSV injection)."""


@dataclass(frozen=True)
class JobCopy:
    """The pages of one school in a merged file."""

    school_id: str
    school_name: str
    first_page: int
    """Counted from 1."""
    last_page: int
    """The last that is printed on: an empty one may follow, so that the next school has its own paper."""
    sheets: int
    """Of paper."""

    @property
    def bookmark(self) -> str:
        """What the bookmark at its first page says: two schools may have one name."""
        return f"{self.school_name} ({self.school_id})"


@dataclass(frozen=True)
class Job:
    """One merged file: the same edition for several schools."""

    path: str
    """Of the file, as the person at the printer is to find it."""
    title: str
    audience: str
    """As it is printed: "Voor medewerkers"."""
    format: str
    ink: Ink
    sheet: SheetKind | None
    """None: the pieces themselves; else how their pages lie on print sheets."""
    paper: str
    """A name, "A4", or the size where it has none."""
    edge: DuplexEdge | None
    """None where one side of each sheet is printed."""
    copies: tuple[JobCopy, ...]
    instead_of: Job | None = None
    """The one that says the same on larger paper, which not every printer takes."""

    @property
    def page_count(self) -> int:
        """How many pages the file has, the empty ones too."""
        return self.sheets * (2 if self.edge else 1)

    @property
    def sheets(self) -> int:
        """How many sheets of paper the file takes."""
        return sum(copy.sheets for copy in self.copies)


def in_line(copies: Iterable[tuple[School, int]], edge: DuplexEdge | None) -> tuple[JobCopy, ...]:
    """Return where `merging.merged` puts *copies*, each with its number of pages, printed over *edge*."""
    sides = 2 if edge else 1
    placed: list[JobCopy] = []
    before = 0
    for school, page_count in copies:
        sheets = -(-page_count // sides)
        placed.append(JobCopy(school.id, school.name, before + 1, before + page_count, sheets))
        before += sheets * sides
    return tuple(placed)


# ---- for the printing room --------------------------------------------------------------------


def ticket_html(jobs: Sequence[Job], words: Mapping[str, str], *, organisation: str, language: str) -> bytes:
    """Return the ticket for *jobs*, in their order, as one page of HTML with nothing outside it.

    *words* are those of *language*, a tag. First comes what to do, then how much there is of what, then for
    each file how to print it and its schools, with their pages as they are typed at a printer.
    """
    title = f"{words['ticket.title']}: {organisation}"
    parts = [_to_do(words)]
    if len(jobs) > 1:
        parts.append(_overview(jobs, words))
    parts += [_job(number, job, words) for number, job in enumerate(jobs, 1)]
    page = Markup(
        '<!doctype html>\n<html lang="{}">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<title>{}</title>\n<style>{}</style>\n<h1>{}</h1>\n{}\n</html>\n"
    ).format(language, title, Markup(_STYLE), title, Markup("\n").join(parts))
    return page.encode()


def _to_do(words: Mapping[str, str]) -> Markup:
    steps = (Markup("<li>{}").format(words[f"ticket.{step}"]) for step in ("print", "sort", "more"))
    return Markup("<h2>{}</h2>\n<ol>\n{}\n</ol>").format(words["ticket.to-do"], Markup("\n").join(steps))


def _overview(jobs: Sequence[Job], words: Mapping[str, str]) -> Markup:
    """Return how many there are of what, for whom, and how much paper that takes."""
    rows = (
        _row(
            (
                f"{number}. {job.title}",
                " ".join((_what(job, words), *_instead(job, words))),
                job.audience,
                job.paper,
            ),
            (len(job.copies), job.sheets),
        )
        for number, job in enumerate(jobs, 1)
    )
    sheets: Counter[str] = Counter()
    for job in jobs:
        if job.instead_of is None:  # else it is printed where the other is not
            sheets[job.paper] += job.sheets
    return Markup("<h2>{}</h2>\n<table>\n<thead>{}\n<tbody>\n{}\n</table>\n<p>{}: <b>{}</b></p>").format(
        words["ticket.all"],
        _head(words, ("handout", "what", "whom", "paper"), ("copies", "sheets")),
        Markup("\n").join(rows),
        words["ticket.paper-needed"],
        " · ".join(f"{count} × {paper}" for paper, count in sheets.items()),
    )


def _job(number: int, job: Job, words: Mapping[str, str]) -> Markup:
    facts = {
        "what": _what(job, words),
        "whom": job.audience,
        "how": _how(job, words),
        "copies": len(job.copies),
        "sheets": job.sheets,
        "bookmarks": words["ticket.each-school"],
    }
    list_ = (Markup("<dt>{}<dd>{}").format(words[f"ticket.{key}"], fact) for key, fact in facts.items())
    rows = (
        _row(
            (copy.school_name, copy.school_id), (_pages(copy), copy.sheets), Markup("<td class=done><i></i>")
        )
        for copy in job.copies
    )
    # The name of the file stands in the head of the table, so that it comes back on every page of it.
    return Markup(
        "<section>\n<h2>{}. {}</h2>\n<dl>\n{}\n</dl>\n<table>\n"
        "<thead><tr><th colspan=5 class=file>{}: <b>{}</b>\n{}<th scope=col class=done>{}\n"
        "<tbody>\n{}\n</table>\n</section>"
    ).format(
        number,
        job.title,
        Markup("\n").join(list_),
        words["ticket.file"],
        job.path,
        _head(words, ("school", "school-id"), ("pages", "sheets")),
        words["ticket.done"],
        Markup("\n").join(rows),
    )


def _head(words: Mapping[str, str], texts: Iterable[str], numbers: Iterable[str]) -> Markup:
    cells = [Markup("<th scope=col>{}").format(words[f"ticket.{key}"]) for key in texts]
    cells += [Markup("<th scope=col class=number>{}").format(words[f"ticket.{key}"]) for key in numbers]
    return Markup("<tr>{}").format(Markup("").join(cells))


def _row(texts: Sequence[str], numbers: Iterable[object], end: Markup = _NOTHING) -> Markup:
    """Return a row of a table with the first of *texts* as its heading."""
    cells = [Markup("<th scope=row>{}").format(texts[0])]
    cells += [Markup("<td>{}").format(text) for text in texts[1:]]
    cells += [Markup("<td class=number>{}").format(number) for number in numbers]
    return Markup("<tr>{}{}").format(Markup("").join(cells), end)


def _what(job: Job, words: Mapping[str, str]) -> str:
    """Return what comes out of the printer: "drieluik, vel om in drie te vouwen, alleen zwart"."""
    parts = [words.get(f"format.{job.format}", job.format)]
    if job.sheet is not None:
        parts.append(words[f"sheet.{job.sheet}"])
    if job.ink is Ink.MONO:
        parts.append(words["gallery.mono"])
    return ", ".join(parts)


def _how(job: Job, words: Mapping[str, str]) -> str:
    if job.sheet is SheetKind.PRINT_SHOP:
        return words["gallery.print-shop"]
    sides = words[f"gallery.{job.edge or 'one side'}".replace(" ", "-")]
    return " ".join((words["gallery.print"].format(paper=job.paper, sides=sides), *_instead(job, words)))


def _instead(job: Job, words: Mapping[str, str]) -> Iterator[str]:
    """Yield when *job* is printed, where that is not always."""
    if (other := job.instead_of) is not None:
        yield words["ticket.instead"].format(paper=other.paper, file=other.path)


def _pages(copy: JobCopy) -> str:
    """Return the pages of *copy* as every printer driver takes them: 3-4."""
    if copy.first_page == copy.last_page:
        return str(copy.first_page)
    return f"{copy.first_page}-{copy.last_page}"


# ---- for a spreadsheet ------------------------------------------------------------------------


def ticket_csv(jobs: Iterable[Job], words: Mapping[str, str]) -> bytes:
    """Return a row for each school of each of *jobs*, in their order, as a Dutch Excel opens it.

    UTF-8 with a byte order mark, semicolons, lines that end in CR LF (RFC 4180). A text that a spreadsheet
    would take for a formula has an apostrophe before it.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(words[f"ticket.{key}"] for key in _COLUMNS)
    for job in jobs:
        about = (job.path, job.title, _what(job, words), job.audience, _how(job, words))
        for copy in job.copies:
            texts = map(_harmless, (*about, copy.school_id, copy.school_name))
            pages = (copy.first_page, copy.last_page, copy.sheets)
            writer.writerow((*texts, *pages, _harmless(copy.bookmark)))
    return codecs.BOM_UTF8 + out.getvalue().encode()


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
