"""What the engine complains about reaches the person who can mend it."""

from __future__ import annotations

import logging

import pytest
from tests.paper.engine.sheets import HANDOUT, rendered, sheet

from handout.model.document import PictureFile, PictureType
from handout.model.findings import Finding
from handout.paper.engine.messages import ENGINE_LOG, overheard


def only(html: str) -> Finding:
    (finding,) = rendered(html).findings
    return finding


def test_ignored_declaration_is_reported_with_the_line_of_its_style_sheet() -> None:
    head = (
        '<title>x</title><style data-place="styles/base.css:1">p { margin: 0 }\n\np { colour: red }</style>'
    )
    finding = only(sheet("<p>x</p>", head=head))
    assert str(finding.place) == "styles/base.css:3"
    assert finding.what == "the style 'colour: red' has no effect: unknown property"


def test_value_behind_a_variable_is_reported_with_its_line() -> None:
    head = '<title>x</title><style data-place="styles/x.css:1">:root{--x:blub}\np{width:var(--x)}</style>'
    finding = only(sheet("<p>x</p>", head=head))
    assert str(finding.place) == "styles/x.css:2"
    assert finding.what == "the style 'width: blub' has no effect: invalid value"


def test_style_attribute_is_reported_with_the_place_of_its_element() -> None:
    finding = only(sheet('<div data-place="content/x.md:4"><p style="colr:red">x</p></div>'))
    assert str(finding.place) == "content/x.md:4"


def test_selector_that_is_not_understood_is_reported_with_its_line() -> None:
    head = '<title>x</title><style data-place="styles/x.css:1">p{margin:0}\np:nth-kid(2){margin:0}</style>'
    finding = only(sheet("<p>x</p>", head=head))
    assert (str(finding.place), finding.what) == (
        "styles/x.css:2",
        "the selector 'p:nth-kid(2)' is not understood",
    )


def test_rule_that_is_not_understood_is_reported() -> None:
    assert "is not understood" in only(sheet("<p>x</p>", "@foo { }")).what


def test_link_to_nowhere_is_reported_with_its_line() -> None:
    finding = only(sheet('<p data-place="content/x.md:9">Zie <a href="#weg">stap 9</a></p>'))
    assert str(finding.place) == "content/x.md:9"
    assert "'#weg'" in finding.what


def test_broken_picture_is_reported_with_its_line() -> None:
    broken = PictureFile("images/stuk.png", PictureType.PNG, b"\x89PNG\r\n\x1a\nhalf", 1, 1)
    html = sheet('<p data-place="content/x.md:2"><img src="images/stuk.png" alt="Stuk"></p>')
    (finding,) = rendered(html, assets={broken.path: broken}).findings
    assert str(finding.place) == "content/x.md:2"
    assert finding.what == "the picture 'images/stuk.png' cannot be shown"


def test_the_same_complaint_is_told_once() -> None:
    assert len(rendered(sheet("<p style='x:y'>a</p><p style='x:y'>b</p>")).findings) == 1


def test_unknown_message_is_passed_on() -> None:
    finding = only(sheet("<p>x</p>", head='<title>x</title><meta name="dcterms.created" content="gisteren">'))
    assert finding.place == HANDOUT
    assert finding.what.startswith("the page engine says: Invalid date")


def test_complaints_do_not_reach_the_terminal(caplog: pytest.LogCaptureFixture) -> None:
    rendered(sheet("<p style='x:y'>a</p>"))
    assert caplog.records == []


def test_log_is_left_as_it_was() -> None:
    logger = logging.getLogger(ENGINE_LOG)
    before = (logger.level, logger.propagate, list(logger.handlers))
    with overheard(page_limit=1) as records:
        logger.warning("%s!", "hallo")
    assert records == ["hallo!"]
    assert (logger.level, logger.propagate, list(logger.handlers)) == before
