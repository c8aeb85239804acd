"""The sides of a sheet: where the page is turned, and how what is left is spread."""

from __future__ import annotations

from itertools import pairwise

import pytest
from tests.paper.engine.sheets import HANDOUT, sheet

from handout.model.units import px_to_mm
from handout.paper.engine import balance, fit
from handout.paper.engine.constraints import PageConstraints
from handout.paper.engine.layout import Layout, Source, parse

TWO_SIDES = PageConstraints(2)
STYLE = """
p, section, footer { margin: 0 }
.row { block-size: 20mm; break-inside: avoid }
.head { margin-block-start: var(--air, 0mm) }
.step { break-inside: avoid }
.step[data-air-after] { padding-block-end: var(--air, 0mm) }
.beside { display: grid; grid-template-columns: 1fr 1fr }
.is-turn { break-before: page; margin-block-start: 0 }
"""
TEXT_AREA_MM = 180
"""A5 with 15 mm around it; a row is 20 mm high."""


def section(name: str, rows: int, held: bool = False) -> str:
    lines = "".join(f'<p class="row">{name}{n}</p>' for n in range(1, rows + 1))
    style = ' style="break-inside: avoid"' if held else ""
    return f'<section class="head" data-air-before="2" data-turn{style}>{lines}</section>'


def steps(name: str, count: int) -> str:
    """Return a procedure of *count* steps, of which the last has no gap after it."""
    items = "".join(
        f'<div class="step" data-air-after="{int(n < count)}"><p class="row">{name}{n}</p></div>'
        for n in range(1, count + 1)
    )
    return f'<section class="head" data-air-before="2" data-turn>{items}</section>'


FOOT = '<footer class="head" data-air-before="2" data-foot><p class="row">foot</p></footer>'


def spread(body: str, asks: bool = True) -> Source:
    html = sheet(body, STYLE)
    return parse(html.replace("<body>", "<body data-spread>") if asks else html, {}, HANDOUT)


def laid_out(body: str, promise: PageConstraints = TWO_SIDES, asks: bool = True) -> Layout:
    source = spread(body, asks)
    best = balance.balanced(fit.fitted(source, promise), source, promise)
    assert best.faults == ()
    return best.layout


def rows_on(layout: Layout) -> list[dict[str, float]]:
    """Return the rows of each page with how far their top is from that of the text area, in mm."""
    pages = []
    for page_box in layout.page_boxes:
        found: dict[str, float] = {}
        for box in page_box.descendants():
            if box.element is not None and box.element.get("class") == "row" and box.element_tag == "p":
                top_mm = px_to_mm(box.border_box_y() - page_box.content_box_y())
                found.setdefault(box.element.text, round(top_mm, 1))
        pages.append(found)
    return pages


# ---- the turn ---------------------------------------------------------------------------------


def test_page_is_turned_where_both_sides_are_full_alike() -> None:
    first, second = rows_on(laid_out(section("a", 5) + section("b", 3) + section("c", 3)))

    assert list(first) == ["a1", "a2", "a3", "a4", "a5"]
    assert list(second) == ["b1", "b2", "b3", "c1", "c2", "c3"]


def test_page_that_is_turned_well_already_stays_as_it_is() -> None:
    turn = balance.turn_of(laid_out(section("a", 9) + section("b", 9), asks=False))
    assert turn is not None
    assert turn.is_made


def test_page_is_turned_at_a_head_rather_than_between_steps() -> None:
    first, _ = rows_on(laid_out(steps("a", 5) + steps("b", 6)))

    assert list(first) == ["a1", "a2", "a3", "a4", "a5"]


def test_page_is_turned_between_two_steps_where_a_procedure_is_too_long() -> None:
    first, second = rows_on(laid_out(steps("a", 13)))

    assert abs(len(first) - len(second)) <= 3
    assert "a1" in first
    assert "a13" in second


def test_step_that_ends_a_side_within_its_procedure_is_marked_and_no_other() -> None:
    layout = laid_out(steps("a", 13))
    marked = [e for e in layout.root.iter() if balance.ONWARD_CLASS in e.get("class", "").split()]
    first, _ = rows_on(layout)

    assert [text for e in marked for text in e.itertext()] == [list(first)[-1]]


def test_no_step_is_marked_where_a_procedure_ends_with_its_side() -> None:
    layout = laid_out(steps("a", 5) + steps("b", 6))

    assert not [e for e in layout.root.iter() if balance.ONWARD_CLASS in e.get("class", "").split()]


def test_sign_takes_its_room_from_the_air_of_its_side() -> None:
    signed = STYLE + ".step.goes-on { padding-block-end: calc(var(--air, 0mm) + 3mm) }"
    source = parse(sheet(steps("a", 13), signed).replace("<body>", "<body data-spread>"), {}, HANDOUT)
    best = balance.balanced(fit.fitted(source, TWO_SIDES), source, TWO_SIDES)
    gaps = [after - before - 20 for before, after in pairwise(rows_on(best.layout)[0].values())]

    assert best.faults == ()
    assert gaps[0] > 1
    assert any(balance.ONWARD_CLASS in e.get("class", "").split() for e in best.layout.root.iter())


def test_page_is_never_turned_inside_what_should_stay_together() -> None:
    first, second = rows_on(laid_out(section("a", 7) + section("b", 4, held=True) + section("c", 2)))

    parts = [[row for row in side if row.startswith("b")] for side in (first, second)]
    assert sorted(len(part) for part in parts) == [0, 4]


# ---- the air ----------------------------------------------------------------------------------


def test_what_is_left_of_a_side_is_spread_over_its_gaps() -> None:
    (side,) = rows_on(laid_out(steps("a", 4) + steps("b", 3), PageConstraints(1)))

    gaps = [after - before - 20 for before, after in pairwise(side.values())]
    # 40 mm are left: one share for each gap inside a procedure, two for the one between them.
    assert gaps == pytest.approx([5.6, 5.6, 5.6, 11.2, 5.6, 5.6], abs=0.2)


def test_lines_of_a_step_part_as_its_side_has_more_to_spare() -> None:
    lines = "".join(f'<p class="row" data-air-within="0.1">{name}</p>' for name in "abc")
    step = f'<div class="step" data-air-after="1">{lines}<p class="row">d</p></div>'
    style = STYLE + ".row[data-air-within] { margin-block-end: var(--air, 0mm) }"
    body = step + '<div class="step" data-air-after="0"><p class="row">e</p></div>'
    source = parse(sheet(body, style).replace("<body>", "<body data-spread>"), {}, HANDOUT)
    promise = PageConstraints(1)
    (side,) = rows_on(balance.balanced(fit.fitted(source, promise), source, promise).layout)

    gaps = [after - before - 20 for before, after in pairwise(side.values())]
    assert gaps == pytest.approx([1, 1, 1, 10], abs=0.2)


def test_steps_in_columns_part_as_far_as_the_fullest_column_lets_them() -> None:
    style = STYLE + ".beside { display: table } .column { display: table-cell }"
    columns = "".join(
        f'<div class="column" data-column>{steps(name, n)}</div>' for name, n in (("a", 6), ("b", 3))
    )
    body = section("x", 1) + f'<div class="beside head" data-air-before="2">{columns}</div>'
    source = parse(sheet(body, style).replace("<body>", "<body data-spread>"), {}, HANDOUT)
    promise = PageConstraints(1)
    best = balance.balanced(fit.fitted(source, promise), source, promise)
    (side,) = rows_on(best.layout)

    # 40 mm are left: two shares above the columns, 0.3 of one below each step but the last.
    assert best.fits
    one_mm = 40 * balance.SPREAD_PART / (2 + 5 * balance.COLUMN_PART)
    assert side["a1"] - side["x1"] - 20 == pytest.approx(2 * min(one_mm, balance.MOST_AIR_MM), abs=0.3)
    assert side["a2"] - side["a1"] - 20 == pytest.approx(
        balance.COLUMN_PART * min(one_mm, balance.MOST_AIR_MM), abs=0.3
    )
    assert (side["b1"], side["b3"]) == (side["a1"], side["a3"])


def test_gap_grows_no_more_than_reads_as_one_procedure() -> None:
    (side,) = rows_on(laid_out(steps("a", 3), PageConstraints(1)))

    assert list(side.values()) == pytest.approx([0, 30, 60], abs=0.2)


def test_last_millimetres_of_a_side_are_spread_but_for_a_trifle() -> None:
    rows = "".join(
        f'<div class="step" data-air-after="{int(n < 8)}">'
        f'<p class="row" style="block-size: 22.15mm">a{n}</p></div>'
        for n in range(1, 9)
    )
    (side,) = rows_on(laid_out(f'<section class="head" data-turn>{rows}</section>', PageConstraints(1)))

    below_mm = TEXT_AREA_MM - 22.15 - side["a8"]  # 2.8 mm are left of it
    assert 0.1 < below_mm < 0.2


def test_closing_block_stands_at_the_foot() -> None:
    (side,) = rows_on(laid_out(steps("a", 2) + FOOT, PageConstraints(1)))

    assert side["foot"] == pytest.approx(TEXT_AREA_MM - 20, abs=3)


def test_closing_block_gets_what_a_foretold_side_turns_out_to_have_left() -> None:
    source = spread(section("a", 8) + section("b", 4) + FOOT)
    best = fit.fitted(source, TWO_SIDES)
    settled = balance._settled(
        best, lambda: fit.attempted(source, best.layout.setting, TWO_SIDES), lambda _: True
    )
    foot = rows_on(settled.layout)[1]["foot"]
    assert TEXT_AREA_MM - 20 - balance.MOST_UNDER_FOOT_MM <= foot <= TEXT_AREA_MM - 20
    again = balance._settled(settled, lambda: pytest.fail("a settled side is laid out again"), lambda _: True)
    assert again is settled


def test_blocks_that_stand_beside_each_other_get_no_air() -> None:
    beside = f'<div class="beside" data-air-before="2">{steps("a", 2)}{steps("b", 2)}</div>'

    (side,) = rows_on(laid_out(section("x", 1) + beside + FOOT, PageConstraints(1)))

    assert side["a2"] - side["a1"] == pytest.approx(20, abs=0.1)
    assert side["a1"] == side["b1"]


def test_full_side_gets_no_air() -> None:
    (side,) = rows_on(laid_out(steps("a", 9), PageConstraints(1)))

    assert list(side.values()) == pytest.approx([20 * n for n in range(9)], abs=0.1)


def test_format_that_does_not_ask_stays_as_it_is() -> None:
    (side,) = rows_on(laid_out(steps("a", 3), PageConstraints(1), asks=False))

    assert list(side.values()) == pytest.approx([0, 20, 40], abs=0.1)


# ---- the same once more -----------------------------------------------------------------------


def test_arrangement_lays_the_same_sheet_out_in_one_go() -> None:
    body = section("a", 5) + steps("b", 5) + FOOT
    best = laid_out(body)
    arrangement = balance.arrangement_of(best)
    assert any(begins_side for begins_side, _ in arrangement.balance)

    again = balance.arranged(spread(body), arrangement, TWO_SIDES)

    assert again is not None
    assert rows_on(again.layout) == rows_on(best)
    assert balance.arrangement_of(again.layout) == arrangement


def test_arrangement_of_a_sheet_that_takes_less_room_is_refused() -> None:
    arrangement = balance.arrangement_of(laid_out(section("a", 5) + steps("b", 5)))
    longer = spread(section("a", 9) + steps("b", 5))
    before = [dict(element.attrib) for element in longer.places.root.iter()]

    assert balance.arranged(longer, arrangement, PageConstraints(1)) is None
    # But for what the engine is told of the setting, it is as if nothing had been tried.
    now = [dict(element.attrib) for element in longer.places.root.iter()]
    assert now[1:] == before[1:]


def test_arrangement_of_another_make_is_refused() -> None:
    arrangement = balance.arrangement_of(laid_out(section("a", 5) + steps("b", 5)))
    assert balance.arranged(spread(section("a", 5)), arrangement, TWO_SIDES) is None
