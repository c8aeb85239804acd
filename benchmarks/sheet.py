"""What one sheet costs, stage by stage: composing, fitting, writing and each proof.

Run by `python -m benchmarks`. All stages run in one warm process, in turn, so that a busy machine is
busy for all of them; the figures are medians. The comparison is one bare WeasyPrint rendering of the same
HTML.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from handout import proof
from handout.document import resolve
from handout.editions import expectations, single
from handout.paper.compose import page
from handout.paper.engine import fonts
from handout.project import plan
from handout.project.load import load
from handout.project.project import Project

fonts.isolate()

from handout.paper.engine import balance, fit  # noqa: E402  WeasyPrint reads the fonts when it is imported
from handout.paper.engine.layout import parse, write  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
STAGES = ("resolve", "compose", "fit", "balance", "write")
SHEETS = (
    "staff/mfa-instellen-leaflet-a4",
    "staff/mfa-instellen-trifold",
    "students/smartphone-vergeten-poster-a3",
)


@dataclass
class Clock:
    """Gathers how long each stage took, in seconds."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.times[name].append(time.perf_counter() - start)

    def median_ms(self, name: str) -> float:
        return 1000 * statistics.median(self.times[name])


def measure(project: Project, name: str, clock: Clock) -> tuple[int, str]:
    """Run each stage of the edition *name* once; return how many layouts its fit took, and its setting."""
    edition = next(one for one in plan.editions(project, plan.Selection()) if one.name == name)
    with clock.stage("resolve"):
        document, _ = resolve.document(project, edition)
    with clock.stage("compose"):
        html, _ = page.html(document, project)
    promise = single.constraints_of(project, document)
    pictures = {path: (file.type.value, file.data) for path, file in document.pictures.items()}
    with clock.stage("parse"):
        source = parse(html, pictures, document.place)
    with clock.stage("fit"):
        best = fit.fitted(source, promise)
    layouts = source.layouts
    with clock.stage("balance"):
        best = balance.balanced(best, source, promise)
    with clock.stage("write"):
        printed = write(best.layout)
    with clock.stage("bare"):
        _bare(html, pictures)
    expected = expectations.of(project, document)
    with clock.stage("all proofs"):
        findings = proof.inspect(printed.pdf, document, expected)
    assert best.fits
    assert not findings, findings
    return layouts, f"{best.layout.setting.density} {best.layout.setting.scale:g}"


def _bare(html: str, pictures: dict[str, tuple[str, bytes]]) -> None:
    """Render *html* with WeasyPrint alone: no fit, no tag repair, no checks."""
    from weasyprint import HTML

    from handout.paper.engine.fetch import BASE_URL, AssetFetcher

    HTML(string=html, base_url=BASE_URL, url_fetcher=AssetFetcher(pictures)).write_pdf(pdf_variant="pdf/ua-1")


def _rows(project: Project, rounds: int) -> Iterator[str]:
    for name in SHEETS:
        clock = Clock()
        measure(project, name, Clock())  # warm: fonts, templates and caches are those of a long run
        for _ in range(rounds):
            layouts, setting = measure(project, name, clock)
        bare = clock.median_ms("bare")
        cells = [f"{clock.median_ms(stage):.0f}" for stage in STAGES]
        proofs = clock.median_ms("all proofs")
        yield f"| {name} | {' | '.join(cells)} | {layouts} ({setting}) | {proofs:.0f} | {bare:.0f} |"


def main() -> int:
    rounds = int(sys.argv[1])
    project, findings = load(ROOT)
    if project is None:
        sys.stderr.write("\n".join(map(str, findings)) + "\n")
        return 1
    lines = [
        "## What a sheet costs",
        "",
        f"Milliseconds, medians of {rounds} runs in one warm process, of sheets of the handbook.",
        "",
        "`fit` is all layouts together, `balance` those that fill both sides alike; `bare` is one rendering "
        "by WeasyPrint alone, to PDF, without fit and checks.",
        "",
        f"| sheet | {' | '.join(STAGES)} | layouts of the fit (setting) | all proofs | bare |",
        "|---|---|---|---|---|---|---|---|---|",
        *_rows(project, rounds),
        "",
    ]
    sys.stdout.write("\n".join(lines))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
