"""One edition again and again in one warm process: what the program adds to the engine.

Prints seconds a stage, medians, as JSON. The stages take turns, so that a busy machine is busy for all.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.workplace import project_at

from handout import proof
from handout.document import resolve
from handout.editions import expectations
from handout.paper.compose import page
from handout.paper.engine import fonts
from handout.paper.engine.constraints import PageConstraints
from handout.project import plan
from handout.project.project import Project

fonts.isolate()

from weasyprint import HTML  # noqa: E402  WeasyPrint reads the fonts when it is imported

from handout.paper.engine import render  # noqa: E402
from handout.paper.engine.fetch import BASE_URL, AssetFetcher  # noqa: E402
from handout.paper.engine.layout import lay_out, parse, write  # noqa: E402

BARE, ONE_LAYOUT, RENDER, PROOFS = "bare", "one layout", "render", "proofs"
COMPOSE = "compose"


def measure(project: Project, edition: plan.Edition, rounds: int) -> dict[str, float]:
    """Return the median seconds of each stage of *edition*; the first round, which warms, does not count."""
    times: dict[str, list[float]] = defaultdict(list)

    @contextmanager
    def stage(name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        times[name].append(time.perf_counter() - start)

    for _ in range(1 + rounds):
        with stage(COMPOSE):
            document, _found = resolve.document(project, edition)
            html, _faults = page.html(document, project)
        files = {path: (file.type.value, file.data) for path, file in document.pictures.items()}
        format_ = project.settings.formats[edition.format]
        promise = PageConstraints(document.page_budget, format_.least_scale, format_.most_air)
        with stage(BARE):
            HTML(string=html, base_url=BASE_URL, url_fetcher=AssetFetcher(files)).write_pdf(
                pdf_variant="pdf/ua-1"
            )
        with stage(RENDER):
            rendered = render.pdf(html, document.pictures, document.place, promise)
        if rendered.setting is None or rendered.findings:
            raise ValueError("\n".join(map(str, rendered.findings)))
        with stage(ONE_LAYOUT):
            write(lay_out(parse(html, files, document.place), rendered.setting, promise.page_limit))
        with stage(PROOFS):
            proof.inspect(rendered.pdf, document, expectations.of(project, document))
    return {name: statistics.median(seconds[1:]) for name, seconds in times.items()}


def main() -> int:
    folder, rounds = sys.argv[1:]
    project = project_at(Path(folder))
    edition = plan.editions(project, plan.Selection(schools=(project.schools[0].id,)))[0]
    sys.stdout.write(json.dumps(measure(project, edition, int(rounds))) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
