"""Nothing is loaded but what was read before."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.paper.engine.sheets import rendered, sheet

from handout.paper.engine.fetch import AssetFetcher

ASSETS = {"images/een twee.svg": ("image/svg+xml", b"<svg/>")}


def test_asset_is_given_with_its_type() -> None:
    response = AssetFetcher(ASSETS).fetch("https://project.invalid/images/een%20twee.svg")
    assert (response.content_type, response.read()) == ("image/svg+xml", b"<svg/>")


def test_drawing_in_a_style_sheet_is_decoded() -> None:
    response = AssetFetcher({}).fetch("data:image/svg+xml,%3Csvg%20id='%23a'/%3E")
    assert (response.content_type, response.read()) == ("image/svg+xml", b"<svg id='#a'/>")


@pytest.mark.parametrize(
    "url",
    [
        "https://project.invalid/images/weg.svg",
        "https://project.invalid.example.org/images/een%20twee.svg",
        "http://project.invalid/images/een%20twee.svg",
        "https://example.org/",
        "file:///etc/passwd",
        "ftp://example.org/x",
        "data:text/css,p%7B%7D",
        "data:image/png;base64,AAAA",
        "data:image/svg+xml;base64,PHN2Zy8+",
    ],
)
def test_anything_else_is_refused_and_remembered(url: str) -> None:
    fetcher = AssetFetcher(ASSETS)
    with pytest.raises(ValueError, match="not part of the project"):
        fetcher.fetch(url)
    assert fetcher.refused == [url]


def test_file_behind_a_drawing_is_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "geheim.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>')
    drawing = (
        f'<svg viewBox="0 0 9 9" width="9"><title>x</title><image href="{secret.as_uri()}" width="9"/></svg>'
    )
    (finding,) = rendered(sheet(f'<p data-place="content/x.md:3">{drawing}</p>')).findings
    assert str(finding.place) == "content/x.md:3"
    assert "not part of the project" in finding.what
    assert "file:///" in finding.what


def test_missing_picture_is_reported_with_its_line() -> None:
    (finding,) = rendered(
        sheet('<p data-place="content/x.md:7"><img src="images/weg.png" alt="Weg"></p>')
    ).findings
    assert str(finding.place) == "content/x.md:7"
    assert finding.what == "the file 'images/weg.png' is not there"


def test_style_sheet_of_the_network_is_reported() -> None:
    head = '<title>x</title><link rel="stylesheet" href="https://example.org/x.css">'
    found = rendered(sheet("<p>x</p>", head=head)).findings
    assert any("https://example.org/x.css" in finding.what for finding in found)
