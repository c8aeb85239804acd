"""A whole piece: its pages, its faults, and the same bytes every time."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import REPOSITORY
from tests.paper.engine.sheets import HANDOUT, opened, page_texts, rendered, sheet

from handout.model.findings import Severity
from handout.paper.engine.constraints import PageConstraints


def test_sheet_without_faults_has_no_findings() -> None:
    result = rendered(sheet("<h1>Titel</h1><p>Tekst</p>"))
    assert (result.page_count, result.findings) == (1, ())
    assert page_texts(result.pdf) == ["Titel\r\nTekst"]


def test_title_and_language_come_from_the_html() -> None:
    result = rendered(sheet("<p>x</p>", head="<title>MFA instellen</title>", language="nl-BE"))
    assert (result.title, result.language) == ("MFA instellen", "nl-BE")
    with opened(result.pdf) as document:
        assert str(document.Root.Lang) == "nl-BE"
        assert str(document.docinfo["/Title"]) == "MFA instellen"


def test_missing_title_and_language_are_reported() -> None:
    result = rendered(sheet("<p>x</p>", head="", language=""))
    assert sorted(finding.what for finding in result.findings) == [
        "the sheet has no language",
        "the sheet has no title",
    ]


def test_page_too_many_is_reported_where_it_begins() -> None:
    body = "".join(
        f'<p style="break-before:page" data-place="content/procedures/x.md:{n}">Pagina {n}</p>'
        for n in (1, 2, 3)
    )
    excess, finding = rendered(sheet(body), 2).findings
    assert "about 1 line too long" in excess.what
    assert str(finding.place) == "content/procedures/x.md:3"
    assert finding.what == "the text makes 3 pages; this format has 2 pages, and page 3 begins at 'Pagina 3'"
    assert finding.severity is Severity.ERROR


def test_page_too_few_is_reported() -> None:
    (finding,) = rendered(sheet("<p>x</p>"), 2).findings
    assert (finding.place, finding.what) == (HANDOUT, "the text makes 1 page; this format has 2 pages")


def test_layout_that_does_not_end_is_stopped() -> None:
    body = "<p style='break-before:page'>x</p>" * (PageConstraints(1).page_limit + 1)
    result = rendered(sheet(body))
    assert (result.pdf, result.page_count) == (b"", PageConstraints(1).page_limit)
    assert "more than 23 pages" in result.findings[0].what


def test_layout_up_to_the_limit_is_counted() -> None:
    result = rendered(sheet("<p style='break-before:page'>x</p>" * PageConstraints(1).page_limit))
    assert result.page_count == PageConstraints(1).page_limit
    assert any("makes 23 pages" in finding.what for finding in result.findings)


def test_character_without_a_glyph_is_named_with_its_line() -> None:
    (finding,) = rendered(sheet('<p>a</p><p data-place="content/x.md:5">Sneeuw ☃</p>')).findings
    assert str(finding.place) == "content/x.md:5"
    assert finding.what == "no font has the character '☃' (U+2603, SNOWMAN)"


def test_script_without_a_font_is_one_finding_on_a_sheet() -> None:
    words = ((9, "你好"), (4, "再见"))
    lines = "".join(f'<p data-place="content/x.md:{line}">{word}</p>' for line, word in words)
    (finding,) = rendered(sheet(f"<p>a</p>{lines}")).findings
    assert str(finding.place) == "content/x.md:4"
    assert "Chinese characters (Chinese, Japanese)" in finding.what
    assert "in 2 places" in finding.what


@pytest.mark.parametrize(
    "picture", ['<img src="images/kader.svg">', '<svg width="9" height="9"><path d="M0 0h9"/></svg>']
)
def test_picture_without_words_is_reported_with_its_line(picture: str) -> None:
    (finding,) = rendered(sheet(f'<p data-place="content/x.md:5">{picture}</p>')).findings
    assert str(finding.place) == "content/x.md:5"
    assert finding.what == "a picture has no words for who cannot see it"


def test_decoration_and_named_pictures_are_fine() -> None:
    body = (
        '<p><img src="images/kader.svg" alt=""><img src="images/kader.svg" alt="Kader">'
        '<svg width="9" height="9"><title>Haak</title><path d="M0 0h9"/></svg>'
        '<span aria-hidden="true"><svg width="9" height="9"><path d="M0 0h9"/></svg></span></p>'
    )
    assert rendered(sheet(body)).findings == ()


WRITE_HASH = """
import hashlib
from tests.paper.engine.sheets import rendered, sheet
body = '''<h1>Titel</h1><ol><li>Een<li><p><a href="#x">Twee</a></p></ol><p id="x">\\u0645</p>
<table><tr><th>a<tr><td>b</table><img src="images/kader.svg" alt="Kader">'''
print(hashlib.sha256(rendered(sheet(body)).pdf).hexdigest())
"""


def test_same_html_gives_the_same_bytes_wherever_and_whenever(tmp_path: Path) -> None:
    root = REPOSITORY
    hashes = set()
    for seed, zone, folder in (("1", "UTC", root), ("4242", "Pacific/Auckland", tmp_path)):
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(root), str(root / "src")]),
            "PYTHONHASHSEED": seed,
            "TZ": zone,
            "TMPDIR": str(folder),
        }
        result = subprocess.run(
            [sys.executable, "-c", WRITE_HASH],
            capture_output=True,
            text=True,
            env=environment,
            cwd=folder,
            check=True,
        )
        hashes.add(result.stdout)
    assert len(hashes) == 1
    assert len(hashes.pop().strip()) == len(hashlib.sha256().hexdigest())
