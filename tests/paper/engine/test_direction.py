"""Text that runs to the left: what WeasyPrint does not do for it, and what is done in its place."""

from __future__ import annotations

import pikepdf
import pytest
from tests.paper.engine.sheets import opened, page_texts, rendered, sheet
from tests.paper.engine.test_tags import failures, plain_pdf
from weasyprint.layout import inline

NAME = "ليلى منصور"
BESIDE = '<span style="position: absolute">a</span><span style="position: absolute; right: 0">b</span>'


def said(pdf: bytes) -> list[str]:
    """Return what tags say is to be read in place of their content, in the order of the file."""
    with opened(pdf) as document:
        return [
            str(thing.ActualText)
            for thing in document.objects
            if isinstance(thing, pikepdf.Dictionary) and "/ActualText" in thing
        ]


def turned(body: str) -> str:
    return sheet(body, language="ar").replace("<html ", '<html dir="rtl" ')


def test_name_is_read_in_the_order_of_its_letters() -> None:
    html = sheet(f"<p>Vraag het aan {NAME} (lokaal 7).</p>")
    pdf = rendered(html).pdf
    assert said(plain_pdf(html)) == []
    assert said(pdf) == [f"Vraag het aan {NAME} (lokaal 7)."]
    assert set(NAME.split()) <= set(page_texts(pdf)[0].replace(")", " ").split()), "as who copies it gets it"
    assert failures(pdf) == []


def test_line_of_a_link_is_read_in_order_and_the_link_stays_whole() -> None:
    pdf = rendered(sheet(f'<p><a href="https://voorbeeld.be">{NAME}</a></p>')).pdf
    assert said(pdf) == [NAME]
    assert failures(pdf) == []


def test_each_line_of_a_text_that_runs_to_the_left_is_said() -> None:
    pdf = rendered(turned(f"<p>{NAME}<br>Wi-Fi (7).</p>")).pdf
    assert sorted(said(pdf)) == sorted([NAME, "Wi-Fi (7)."])


def test_text_that_runs_to_the_right_says_itself() -> None:
    assert said(rendered(sheet("<p>Vraag het aan José.</p>")).pdf) == []


def test_line_with_nothing_in_the_flow_is_laid_out() -> None:
    body = f"<p>{NAME}<span>{BESIDE}</span></p>"
    with pytest.raises(IndexError):
        plain_pdf(turned(body))
    pdf = rendered(turned(body)).pdf
    assert {"a", "b", NAME} <= set(said(pdf))


def test_the_engine_is_left_as_it_was() -> None:
    before = inline.split_inline_box
    rendered(turned(f"<p>{NAME}</p>"))
    assert inline.split_inline_box is before
    assert inline.split_inline_box.__code__.co_varnames[:2] == ("context", "box")
