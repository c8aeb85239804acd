"""Filling in what is the same on all of a page changes nothing on the paper."""

from __future__ import annotations

import socket
from xml.etree.ElementTree import Element

import pytest
from tests.paper.engine.sheets import HANDOUT, page_texts, rendered, sheet
from weasyprint import CSS

from handout.model.document import Density, Setting
from handout.model.rules import Rule
from handout.paper.engine import messages, styles
from handout.paper.engine.layout import lay_out, parse
from handout.paper.engine.places import StyleSource

BY_THE_ENGINE = "@layer none;"
"""A sheet with this is read by the engine itself, for each layout."""
BODY = """
<h1 style="--gap: 9mm">Aanmelden</h1>
<p class="near">Open de app.</p>
<div class="far"><p>Kies je account.</p><ol><li>Een</li><li>Twee</li></ol></div>
"""


def both(style: str, body: str = BODY) -> tuple[bytes, bytes]:
    """Return the file of *body* in *style*, filled in, and as the engine reads the style itself."""
    filled, plain = rendered(sheet(body, style)), rendered(sheet(body, style + BY_THE_ENGINE))
    assert filled.findings == plain.findings
    return filled.pdf, plain.pdf


@pytest.mark.parametrize(
    "style",
    [
        ":root { --gap: 4mm } p { margin: var(--gap) }",
        ":root { --gap: 4mm } .far { --gap: 12mm } p { margin: var(--gap) }",
        ":root { --gap: 4mm } .far { --gap: 12mm !important } p { margin: var(--gap) }",
        ":root { --gap: 4mm !important } :root { --gap: 8mm } p { margin-top: var(--gap) }",
        ":root { --gap: 4mm } h1 + p { margin-top: var(--gap) } h1 { padding: var(--gap) }",
        ":root { --one: 3mm; --two: calc(var(--one)*2) } p { margin: var(--two) }",
        ":root { --far: calc(var(--one)*2) } .far { --one: 9mm } p { margin: var(--far, 2mm) }",
        ":root { --two: var(--one); --one: var(--two) } p { margin: var(--one, 5mm) }",
        ":root { --none: ; } p { padding: var(--none, 6mm) }",
        "p { padding: var(--never, 7mm) }",
        ":root { --gap: 2mm } [data-density='normal'] { --gap: 6mm } p { margin: var(--gap) }",
        "[data-density='normal'] { --gap: 6mm } :root { --gap: 2mm } p { margin: var(--gap) }",
        ":root[data-density='normal'] { --gap: 6mm } :root { --gap: 2mm } p { margin: var(--gap) }",
        ":root { --gap: 2mm } [class='far'] { --gap: 6mm } p { margin: var(--gap) }",
        ":root { --gap: 2mm } @media print { :root { --gap: 6mm } } p { margin: var(--gap) }",
        ":root { --gap: 2mm } .far { & p { --gap: 6mm } } p { margin: var(--gap) }",
        ":root { --name: 'x' } p::before { content: 'var(--name)' var(--name) } /* var(--name) */",
        ":root { --rule: 1pt solid #123456 } .far { border: var(--rule); padding: calc(2mm*var(--fit)) }",
        "@counter-style stap { system: extends decimal; suffix: '/' } ol { list-style: stap inside }",
        "@counter-style lower-roman { system: cyclic; symbols: '*' } ol { list-style: lower-roman inside }",
        "@media screen { p { display: none } } @page { margin: 21mm }",
        "p { margin: 3mm !important }",
    ],
)
def test_page_is_as_the_engine_makes_it_alone(style: str) -> None:
    filled, plain = both(style)
    assert filled == plain


def test_value_goes_by_the_setting() -> None:
    html = sheet(
        "<p>x</p>", ":root { --gap: 2mm } [data-density='compact'] { --gap: 6mm } p { margin: var(--gap) }"
    )
    source = parse(html, {}, HANDOUT)
    tops = [
        lay_out(source, Setting(density), 1).page_boxes[0].children[0].children[0].children[0].margin_top
        for density in (Density.NORMAL, Density.COMPACT, Density.NORMAL)
    ]
    assert tops == pytest.approx([2 / 25.4 * 96, 6 / 25.4 * 96, 2 / 25.4 * 96])


def test_fault_is_told_of_each_piece_with_the_sheet() -> None:
    """The engine remembers what it said of a value; the next piece with this sheet must not pass."""
    faults = [
        ".far { --x: blub } p { width: var(--x) }",  # seen when the page is laid out
        ":root { --x: blub } p { width: var(--x) }",  # seen when the sheet is read
    ]
    for style in faults:
        first, second = (rendered(sheet(BODY, style)).findings for _ in range(2))
        assert [finding.rule for finding in first] == [Rule.STYLE_FAULT]
        assert second == first


def test_fault_is_told_once_for_all_settings() -> None:
    style = (
        ":root { --x: 1mm } [data-density='roomy'] { --y: 2mm } p { padding: var(--y, 1mm); colr: var(--x) }"
    )
    assert len(rendered(sheet("<p>x</p>", style)).findings) == 1


def test_sheet_for_another_medium_does_not_count() -> None:
    head = '<title>x</title><style media="screen">p { display: none }</style>'
    assert page_texts(rendered(sheet("<p>hier</p>", head=head)).pdf) == ["hier"]


def test_sheets_of_two_pieces_are_read_once() -> None:
    styles.forget()
    for body in ("<p>een</p>", "<p>twee</p>"):
        rendered(sheet(body, "p { margin: 1mm }"))
    assert styles._read.cache_info().misses == 1


def test_only_rules_that_go_by_the_setting_are_read_for_another() -> None:
    styles.forget()
    css = "p { color: #111 } li { margin: var(--a) } h1 { width: calc(9mm*var(--fit)) } :root { --a: 1mm }"
    first, second = (
        styles.read([StyleSource(css, None)], Element("html"), {"--fit": fit})[0].css.matcher
        for fit in ("1", "0.9")
    )
    assert len(styles._RULES) == 5  # four, and the width once more
    declared = [
        [payload for *_, payload in matcher.lower_local_name_selectors[name]]
        for name in ("p", "li", "h1")
        for matcher in (first, second)
    ]
    assert [declared[at] == declared[at + 1] for at in (0, 2, 4)] == [True, True, False]


@pytest.mark.parametrize(
    "style",
    [
        "p { colr: red }\n\n  .far { width: 3blub; margin: 1mm }",
        "/* a } b */ p{color:red}/* c { */\r\n@media print { li { colr: red } }\r h1 { colr: red }",
        "@page { siz: A4 } p::fore { color: red } p { content: '}' ; colr: red }",
        "p { color: red } } li { colr: red } h1 { margin: 1mm }",
        "p { color: red",
        "<!-- p { colr: red } --> @charset 'x'; @nothing; li { colr: red }",
        "",
    ],
)
def test_engine_says_of_rules_what_it_says_of_their_sheet(style: str) -> None:
    (apart,) = styles.read([StyleSource(style, None)], Element("html"), {})
    with messages.overheard(page_limit=0) as records:
        whole = CSS(string=style)
    assert list(apart.records) == records
    for kept, plain in (
        (apart.css.matcher.lower_local_name_selectors, whole.matcher.lower_local_name_selectors),
        (apart.css.matcher.class_selectors, whole.matcher.class_selectors),
    ):
        assert _without_tests(kept) == _without_tests(plain)
    assert len(apart.css.page_rules) == len(whole.page_rules)


def _without_tests(selectors: dict[str, list[tuple[object, ...]]]) -> object:
    """Return *selectors* without the functions that match; the order that they were added in stays."""
    return {
        name: [(specificity, order, pseudo, str(payload)) for _, specificity, order, pseudo, payload in found]
        for name, found in selectors.items()
    }


@pytest.mark.parametrize("import_", ["@import", "@\\69mport"])
def test_sheet_with_an_import_fetches_nothing(import_: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x.css"
        head = f"<title>x</title><style>{import_} url({address});</style>"
        findings = rendered(sheet("<p>x</p>", head=head)).findings
        assert any(address in finding.what for finding in findings)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_value_that_doubles_and_doubles_does_not_fill_the_memory() -> None:
    steps = "".join(f"--n{n}: var(--n{n + 1}) var(--n{n + 1}); " for n in range(60))
    style = styles.read([StyleSource(f":root {{ {steps} --n60: 1mm }}", None)], Element("html"), {})
    assert len(style) == 1
