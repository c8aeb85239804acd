"""The fit: which setting is taken, in how many layouts, and what is said where nothing fits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias
from xml.etree.ElementTree import Element

import pytest
from tests.paper.engine.sheets import HANDOUT, STYLE, sheet

from handout.model.document import Density, Setting
from handout.model.findings import Severity
from handout.model.rules import Rule
from handout.paper.engine import fit
from handout.paper.engine.constraints import PageConstraints
from handout.paper.engine.layout import Layout, Source, lay_out, parse
from handout.paper.engine.render import Rendered, pdf

FITTING = """
:root { --fit: 1; --gap: 4mm }
[data-density="roomy"] { --gap: 8mm }
[data-density="compact"] { --gap: 1mm }
html { font: calc(11pt*var(--fit))/calc(15pt*var(--fit)) "Atkinson Hyperlegible" }
p { margin: 0 0 calc(var(--gap)*var(--fit)); break-inside: avoid }
"""


def rows(count: int) -> str:
    return "".join(f'<p data-place="content/x.md:{n}">Regel {n}</p>' for n in range(1, count + 1))


def fitted(count: int, promise: PageConstraints) -> Rendered:
    """Return *count* lines set on the pages of A5: 180 mm high, lines of 5.3 mm and a gap."""
    return pdf(sheet(rows(count), FITTING), {}, HANDOUT, promise)


def test_short_text_gets_the_most_air() -> None:
    assert fitted(8, PageConstraints(1)).setting == Setting(Density.ROOMY)


def test_text_that_is_too_long_with_much_air_is_set_normally() -> None:
    assert fitted(18, PageConstraints(1)).setting == Setting(Density.NORMAL)


def test_air_goes_before_the_type_gets_smaller() -> None:
    assert fitted(25, PageConstraints(1, least_scale=0.8)).setting == Setting(Density.COMPACT)


def test_type_shrinks_no_more_than_the_text_needs() -> None:
    result = fitted(30, PageConstraints(1, least_scale=0.8))
    assert result.findings == ()
    assert result.setting is not None
    # 30 lines of (5.29 + 1) mm need 95.4 % of their size on 180 mm; three halvings find it within 2.5 %.
    assert 0.92 <= result.setting.scale <= 0.954


def test_type_stays_as_it_is_where_the_format_says_so() -> None:
    result = fitted(30, PageConstraints(1))
    assert result.setting == Setting(Density.COMPACT)
    assert any(finding.severity is Severity.ERROR for finding in result.findings)


def test_more_air_can_fill_the_pages_that_are_promised() -> None:
    assert fitted(15, PageConstraints(2)).setting == Setting(Density.ROOMY)


def test_text_that_never_fits_is_told_in_lines_with_its_longest_parts() -> None:
    long = "Dit is een lange regel die steeds maar verder gaat. " * 12
    body = rows(30) + f'<p data-place="content/lang.md:7">{long}</p>'
    result = pdf(sheet(body, FITTING), {}, HANDOUT, PageConstraints(1, least_scale=0.9))
    (finding,) = (f for f in result.findings if "too long" in f.what)
    assert "even with the least air and type of 90%" in finding.what
    assert "'Dit is een lange regel" in finding.what
    assert "content/lang.md:7" in finding.what
    assert finding.fix.startswith("take ")


def test_lines_to_cut_are_those_after_the_last_page() -> None:
    page_break = "<p style='break-before: page'>a<br>b<br>c</p>"
    result = pdf(sheet("<p>eerst</p>" + page_break), {}, HANDOUT, PageConstraints(1))
    (finding,) = (f for f in result.findings if "too long" in f.what)
    assert "about 3 lines too long" in finding.what


def test_empty_half_of_a_page_is_said_once_with_its_place() -> None:
    result = pdf(sheet("<p>boven</p>"), {}, HANDOUT, PageConstraints(1, most_air=0.5))
    (finding,) = result.findings
    assert finding.severity is Severity.WARNING
    assert "of page 1 is empty, from 23 to 195 mm" in finding.what
    assert pdf(sheet("<p>boven</p>"), {}, HANDOUT, PageConstraints(1)).findings == ()


SMALL, FAIR, LARGE = 1.0, 100.0, 1e6
"""Pages in cm² that the words on them must seem to overfill, to fill, or not to."""
C, N, R = Density.COMPACT, Density.NORMAL, Density.ROOMY


@pytest.mark.parametrize(
    ("count", "body", "page_cm2", "expected"),
    [
        # Lines of 9.3 mm on 180 mm: 17 leave 12 % free, 19 leave 2 %.
        (17, "<body data-spread>", SMALL, [C, N, R]),
        (17, "<body data-spread>", LARGE, [R, N]),
        (19, "<body data-spread>", SMALL, [C, N]),
        (19, "<body data-spread>", FAIR, [N]),
        (19, "<body data-spread>", LARGE, [R, N]),
        # Where nothing spreads what is left, more air may still fit: a gap need not grow with it.
        (19, "<body>", SMALL, [R, N]),
    ],
)
def test_sheet_that_is_nearly_full_is_not_verified_with_more_air(
    count: int, body: str, page_cm2: float, expected: list[Density], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert densities_tried(count, body, page_cm2, monkeypatch) == (expected, Setting(Density.NORMAL))


@pytest.mark.parametrize(
    ("count", "page_cm2", "expected"),
    [
        # Lines of 6.3 mm on 180 mm: 28 leave 2 % free, 25 leave 12 %.
        (28, SMALL, [C]),
        (25, SMALL, [C, N]),
        (28, LARGE, [R, N, C]),
    ],
)
def test_sheet_that_takes_all_pages_of_the_compact_setting_is_not_tried_with_more_air(
    count: int, page_cm2: float, expected: list[Density], monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = densities_tried(count, "<body data-spread>", page_cm2, monkeypatch)
    assert tried == (expected, Setting(Density.COMPACT))


def densities_tried(
    count: int, body: str, page_cm2: float, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[Density], Setting]:
    """Return with which settings *count* lines in *body* were laid out, and which was taken."""
    tried = []

    def counted(source: Source, setting: Setting, page_limit: int) -> Layout:
        tried.append(setting.density)
        return lay_out(source, setting, page_limit)

    monkeypatch.setattr(fit, "lay_out", counted)
    html = sheet(rows(count), FITTING).replace("<body>", body)
    best = fit.fitted(parse(html, {}, HANDOUT), PageConstraints(1, page_cm2=page_cm2))
    return tried, best.layout.setting


def test_short_text_takes_one_layout() -> None:
    result = fitted(8, PageConstraints(1))
    assert (result.setting, result.layouts) == (Setting(Density.ROOMY), 1)


# ---- the search, on its own -------------------------------------------------------------------


@dataclass(frozen=True)
class FakeLayout:
    """As much of a layout as the search looks at."""

    setting: Setting
    page_boxes: tuple[int, ...]
    root: Element = field(default_factory=lambda: Element("html"))


TIGHTER = [Density.ROOMY, Density.NORMAL, Density.COMPACT]


Forecast: TypeAlias = Callable[[float, Sequence[Layout]], int]


def fitting_from(limit: float) -> Forecast:
    """Return a forecast that one page holds what is not larger than *limit*."""
    return lambda scale, _layouts: 1 if scale <= limit else 2


def searched(
    limit: float, begins: Density, pages_at: Forecast | None = None
) -> tuple[fit.Attempt, list[Setting]]:
    """Return what is found where *limit* fits and all that is tighter, and what was tried for it.

    3: the roomy setting; 2: the normal one; below 2: 1 and the scale of the compact one. Without *pages_at*
    it is foretold as it is.
    """
    tried: list[Setting] = []

    def attempt(setting: Setting) -> fit.Attempt:
        tried.append(setting)
        fits = 2 - TIGHTER.index(setting.density) + setting.scale <= limit
        found = FakeLayout(setting, (1,) if fits else (1, 2))
        return fit.Attempt(found, () if fits else (FAULT,))  # type: ignore[arg-type]

    promise = PageConstraints(1, least_scale=0.8)
    best = fit.search(attempt, promise, begins=begins, pages_at=pages_at or fitting_from(limit))
    return best, tried


@pytest.mark.parametrize("limit", [0.80, 0.83, 0.87, 0.91, 0.96, 0.99])
@pytest.mark.parametrize("begins", Density)
@pytest.mark.parametrize("foretold", [0.0, 0.81, 0.89, 0.97, 1.0])
def test_search_ends_at_the_largest_scale_that_fits_whatever_is_foretold(
    limit: float, begins: Density, foretold: float
) -> None:
    best, tried = searched(limit, begins, fitting_from(foretold))
    assert best.fits
    assert limit - 0.2 / fit.STEPS <= best.layout.setting.scale <= limit
    assert len(tried) <= fit.MOST_LAYOUTS - (begins is not Density.ROOMY)
    assert len(set(tried)) == len(tried)


@pytest.mark.parametrize("limit", [3, 2, 1, 0.99, 0.93, 0.8, 0.5])
def test_guess_of_what_to_try_first_changes_nothing(limit: float) -> None:
    found = [searched(limit, begins)[0] for begins in Density]
    assert len({one.layout.setting for one in found}) == 1
    assert {one.fits for one in found} == {limit >= 0.8}


def test_scale_that_is_foretold_is_tried_with_the_one_above_it() -> None:
    assert [setting.scale for setting in searched(0.87, Density.NORMAL)[1]] == [1, 1, 0.85, 0.9]
    assert [setting.scale for setting in searched(0.96, Density.NORMAL)[1]] == [1, 1, 0.95]


def test_text_that_is_too_long_with_little_air_is_not_tried_with_more() -> None:
    _, tried = searched(0.87, Density.COMPACT)
    assert {setting.density for setting in tried} == {Density.COMPACT}


def _fault() -> fit.Attempt:
    source = parse(sheet("<p style='break-before:page'>x</p>" * 3, STYLE), {}, HANDOUT)
    return fit.attempted(source, Setting(Density.NORMAL), PageConstraints(1))


FAULT = _fault().faults[0]


GRID = """
:root { --gap: 20mm }
[data-density="compact"] { --gap: 1mm }
div { display: grid; grid-template-columns: 1fr 1fr }
section { break-inside: avoid }
li { margin-bottom: calc(var(--gap)*var(--fit)) }
"""


def grid(count: int, promise: PageConstraints) -> Rendered:
    """Return a grid with boxes of *count* lines that may not be broken: the engine cannot end its page."""
    box = "<section><ul>" + "".join(f"<li>Regel {n}</li>" for n in range(count)) + "</ul></section>"
    return pdf(sheet(f"<div>{box}<section>Kort</section>{box}</div>", FITTING + GRID), {}, HANDOUT, promise)


def test_box_that_a_page_holds_with_less_air_is_set_so() -> None:
    result = grid(9, PageConstraints(1, least_scale=0.8))
    assert result.findings == ()
    assert result.setting == Setting(Density.COMPACT)


@pytest.mark.parametrize("least_scale", [0.8, 1])
def test_box_that_no_page_holds_is_told_as_too_long(least_scale: float) -> None:
    (finding,) = grid(40, PageConstraints(1, least_scale)).findings
    assert finding.rule == Rule.TOO_LONG
    assert "higher than a page" in finding.what
    assert "shorten" in finding.fix


def test_short_text_does_with_fewer_pages_where_its_format_allows_that() -> None:
    one = pdf(sheet("<p>kort</p>"), {}, HANDOUT, PageConstraints(2, least_pages=1))
    strict = pdf(sheet("<p>kort</p>"), {}, HANDOUT, PageConstraints(2))

    assert (one.page_count, one.findings) == (1, ())
    assert [finding.rule for finding in strict.findings] == ["page-count"]
