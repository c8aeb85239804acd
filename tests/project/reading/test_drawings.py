"""Drawings as programs save them are cleaned, or refused with what to do; nothing is fetched or run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handout.model.document import PictureFile, PictureType
from handout.model.findings import Finding
from handout.project.reading.pictures import picture

SAVED = sorted(Path(__file__).parent.joinpath("drawings").glob("*.svg"))
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 24 12">'
    "{}</svg>"
)
HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 12">'
GRADIENT = (
    '<linearGradient id="a"><stop stop-color="red"/><stop offset="1" stop-color="blue"/></linearGradient>'
)


def sound(data: str | bytes) -> PictureFile:
    made, findings = picture("images/a.svg", data.encode() if isinstance(data, str) else data)
    assert findings == ()
    assert made is not None
    return made


def fault(data: str | bytes) -> Finding:
    made, (finding,) = picture("images/a.svg", data.encode() if isinstance(data, str) else data)
    assert made is None
    return finding


def inside(drawing: str) -> str:
    """Return what is left of *drawing* between the tags of the whole."""
    text = sound(SVG.format(drawing)).data.decode()
    assert text.startswith(HEAD)
    return text.removeprefix(HEAD).removesuffix("</svg>")


# ---- cleaned


@pytest.mark.parametrize("path", SAVED, ids=lambda path: path.stem)
def test_what_a_program_saves_becomes_shapes_and_nothing_else(path: Path) -> None:
    made = sound(path.read_bytes())
    text = made.data.decode()
    names = set(re.findall(r"<(\w+)", text))
    assert names <= {
        *("svg", "g", "defs", "clipPath", "linearGradient", "radialGradient", "stop"),
        *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon"),
    }
    assert not re.search(r"\b(?:style|class|href|transform-origin|inkscape|serif|data-name)\b", text)
    assert sound(made.data) == made


def test_drawing_is_written_in_one_canonical_form() -> None:
    written = (
        '<?xml version="1.0"?><!-- Inkscape -->\n<svg version="1.1" width="24mm" height="12"\n'
        '  viewBox="0 0  24 12" xmlns="http://www.w3.org/2000/svg"><title>Oud</title>\n'
        '<g stroke="currentColor" fill="none">\n<path stroke-width="1.5" d="M1 1\n h3z"/></g>'
        '<text y="3" x="2">Goed<tspan> zo</tspan> &amp; klaar</text></svg>'
    )
    made = sound(written)
    assert (made.type, made.width, made.height) == (PictureType.SVG, 24, 12)
    assert made.data.decode() == (
        f'{HEAD}<g fill="none" stroke="currentColor"><path d="M1 1 h3z" stroke-width="1.5"/></g>'
        '<text x="2" y="3">Goed<tspan> zo</tspan> &amp; klaar</text></svg>'
    )
    assert sound(made.data) == made


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        ("60", "45", (60, 45)),
        ("60px", "45.5px", (60, 45.5)),
        ("25.4mm", "1in", (96, 96)),
        ("2.54cm", "72pt", (96, 96)),
        ("10pc", "101.6q", (160, 96)),
    ],
)
def test_width_and_height_stand_for_a_missing_view_box(
    width: str, height: str, expected: tuple[float, float]
) -> None:
    made = sound(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        '<path d="M0 0h1v1z"/></svg>'
    )
    assert (made.width, made.height) == expected
    assert f'viewBox="0 0 {expected[0]:g} {expected[1]:g}"' in made.data.decode()


@pytest.mark.parametrize(
    ("drawing", "expected"),
    [
        # styles
        (
            '<path style="fill:#F00;-x-y:1;line-height:1.2" d="M0 0h1v1z"/>',
            '<path d="M0 0h1v1z" fill="#ff0000"/>',
        ),
        (
            "<style>.a{fill:lime}</style><path class='a' d='M0 0h1v1z'/>",
            '<path d="M0 0h1v1z" fill="#00ff00"/>',
        ),
        (
            "<style>path{fill:red}#i{fill:blue}.a{fill:lime!important}</style>"
            "<path id='i' class='a' style='fill:black' d='M0 0h1v1z'/>"
            "<path id='i' d='M1 1h1v1z' fill='gold'/>",
            '<path d="M0 0h1v1z" fill="#00ff00"/><path d="M1 1h1v1z" fill="#0000ff"/>',
        ),
        (
            "<style>@import 'x.css'; @font-face{src:url(x)} "
            "@media (prefers-color-scheme:dark){path{fill:white}}"
            "@media screen, print{path{stroke:red}}</style><path d='M0 0h1v1z'/>",
            '<path d="M0 0h1v1z" stroke="#ff0000"/>',
        ),
        (
            '<style>:root{--a:var(--b);--b:#123456}</style><path fill="var(--a)" d="M0 0h1v1z"/>'
            '<path fill="var(--c, rgb(1,2,3))" d="M0 0h1v1z"/>',
            '<path d="M0 0h1v1z" fill="#123456"/><path d="M0 0h1v1z" fill="#010203"/>',
        ),
        # colours
        (
            '<path fill="rgba(255,0,0,.5)" fill-opacity=".5" d="M0 0h1v1z"/>',
            '<path d="M0 0h1v1z" fill="#ff0000" fill-opacity="0.25"/>',
        ),
        (
            '<g fill="#ff000080"><path d="M0 0h1v1z"/></g>',
            '<path d="M0 0h1v1z" fill="#ff0000" fill-opacity="0.501961"/>',
        ),
        ('<path fill="#00f icc-color(SWOP, 1, 1)" d="M0 0h1v1z"/>', '<path d="M0 0h1v1z" fill="#0000ff"/>'),
        ('<path fill="geenkleur" d="M0 0h1v1z"/>', '<path d="M0 0h1v1z"/>'),
        (
            '<g color="red"><path fill="currentColor" d="M0 0h1v1z"/></g>',
            '<path d="M0 0h1v1z" fill="#ff0000"/>',
        ),
        ('<path fill="url(#nergens) blue" d="M0 0h1v1z"/>', '<path d="M0 0h1v1z" fill="#0000ff"/>'),
        # lengths
        (
            '<rect x="3pt" width="50%" height="2mm" stroke="red" stroke-width=".5pt"/>',
            '<rect height="7.55906" stroke="#ff0000" stroke-width="0.666667" width="12" x="4"/>',
        ),
        # what is not drawn
        ('<g display="none"><path d="M0 0h1v1z"/></g><path visibility="hidden" d="M0 0h1v1z"/>', ""),
        ('<rect width="24" height="12" style="fill:none"/><path d=""/><g onload="x()"/>los', ""),
        (
            '<x:namedview xmlns:x="http://sodipodi"/><desc>a</desc><defs><path id="a" d="M0 0h1v1z"/></defs>',
            "",
        ),
        ('<defs><filter id="f"/></defs><path filter="url(#f)" d="M0 0h1v1z"/>', '<path d="M0 0h1v1z"/>'),
        # copies
        (
            '<defs><g id="a" fill="red"><path d="M0 0h1v1z"/></g></defs>'
            '<use xlink:href="#a" x="2" opacity=".5"/>',
            '<g opacity="0.5"><g transform="translate(2 0)">'
            '<g fill="#ff0000"><path d="M0 0h1v1z"/></g></g></g>',
        ),
        (
            '<symbol id="a" viewBox="0 0 10 10"><path d="M0 0h9v9z"/></symbol>'
            '<use href="#a" x="4" width="20" height="10"/>',
            '<g transform="translate(4 0)"><g transform="matrix(1 0 0 1 5 0)"><path d="M0 0h9v9z"/></g></g>',
        ),
        ('<use href="#nergens"/>', ""),
        # choices
        (
            '<switch><foreignObject/><g requiredExtensions="x"/><path d="M0 0h1v1z"/>'
            '<path d="M9 9h1v1z"/></switch>',
            '<path d="M0 0h1v1z"/>',
        ),
        # turned by CSS
        (
            '<path style="transform:translate(2px,3px) rotate(90deg)" d="M0 0h1v1z"/>',
            '<path d="M0 0h1v1z" transform="matrix(0 1 -1 0 2 3)"/>',
        ),
        # a line that is painted before what it surrounds
        (
            '<path paint-order="stroke" fill="red" stroke="blue" d="M0 0h1v1z"/>',
            '<path d="M0 0h1v1z" fill="none" stroke="#0000ff"/>'
            '<path d="M0 0h1v1z" fill="#ff0000" stroke="none"/>',
        ),
        # words
        (
            '<text font-family="Lexend" font-size="12pt" x="1mm">Hoi</text>',
            '<text font-family="Lexend" font-size="16" x="3.77953">Hoi</text>',
        ),
    ],
)
def test_saved_drawing_is_cleaned(drawing: str, expected: str) -> None:
    assert inside(drawing) == expected


def test_gradients_are_written_out_where_they_are_used() -> None:
    text = inside(
        f'<defs>{GRADIENT}<linearGradient id="b" xlink:href="#a" x2="0" y2="1"/></defs>'
        '<g fill="url(#b)"><rect width="8" height="4"/></g><rect y="6" width="8" height="4" fill="url(#a)"/>'
    )
    assert 'id="g1" gradientUnits="userSpaceOnUse" x1="0" y1="0" x2="0" y2="4"' in text
    assert 'id="g2" gradientUnits="userSpaceOnUse" x1="0" y1="6" x2="8" y2="6"' in text
    assert text.count('<stop offset="0" stop-color="#ff0000"/><stop offset="1" stop-color="#0000ff"/>') == 2


def test_what_lies_outside_of_the_drawing_is_cut_off() -> None:
    assert "clip-path" not in inside('<rect width="24" height="12"/>')
    assert inside('<rect x="20" width="24" height="12"/>').startswith(
        '<defs><clipPath id="c1"><path d="M0 0h24v12h-24z"/>'
    )


@pytest.mark.parametrize(
    ("ratio", "matrix"),
    [
        ("xMidYMid", "1 0 0 1 1.5 0"),  # 3 by 6 in 6 by 6: half of the room that is left on each side
        ("", "1 0 0 1 1.5 0"),
        (" ", "1 0 0 1 1.5 0"),
        ("xMaxYMid meet", "1 0 0 1 3 0"),
        ("xMinYMin slice", "2 0 0 2 0 0"),
        ("xMinYMax slice", "2 0 0 2 0 -6"),
        ("none", "2 0 0 1 0 0"),
    ],
)
def test_drawing_in_a_drawing_is_fitted_into_its_place(ratio: str, matrix: str) -> None:
    made = inside(
        f'<svg width="6" height="6" viewBox="0 0 3 6" preserveAspectRatio="{ratio}">'
        '<rect width="3" height="3"/></svg>'
    )
    assert f'<g transform="matrix({matrix})"><rect height="3" width="3"/></g>' in made


def test_short_texts_of_a_document_type_are_put_in() -> None:
    drawing = SVG.replace("http://www.w3.org/2000/svg", "&svg;", 1).format(
        '<path d="M0 0h1v1z" fill="&rood;"/>'
    )
    text = (
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" ['
        f'<!ENTITY svg "http://www.w3.org/2000/svg"><!ENTITY rood "#f00">]>{drawing}'
    )
    assert sound(text).data.decode() == f'{HEAD}<path d="M0 0h1v1z" fill="#ff0000"/></svg>'


def test_old_and_wide_encodings_are_read_where_the_file_says_them() -> None:
    drawing = SVG.format("<text>Één</text>")
    expected = f"{HEAD}<text>Één</text></svg>"
    old = '<?xml version="1.0" encoding="iso-8859-1"?>' + drawing
    assert sound(old.encode("latin-1")).data.decode() == expected
    assert sound(drawing.encode("utf-16")).data.decode() == expected
    assert "not UTF-8" in fault(drawing.encode("latin-1")).what


def test_encoding_that_a_drawing_only_claims_changes_nothing() -> None:
    claim = '<?xml version="1.0" encoding="utf-7"?>'
    assert "+ADw-g/+AD4-" in sound(claim + SVG.format("<text>+ADw-g/+AD4-</text>")).data.decode()


# ---- told


@pytest.mark.parametrize(
    ("drawing", "what", "fix"),
    [
        ("<script/>", "a script", "PNG"),
        (
            '<image href="https://example.org/a.png"/>',
            "a photo, or another picture of pixels",
            "redraw it as shapes",
        ),
        ("<foreignObject/>", "a text box of a web page (foreignObject)", "turn its words into shapes"),
        ("<g><animate/></g>", "something that moves", "still drawing"),
        ("<text><textPath/>a</text>", "words along a line or in a frame", "Create Outlines"),
        ("<nieuw/>", "the element 'nieuw'", "redraw it as shapes"),
        ('<use href="#a"/><g id="a"><use href="#a"/></g>', "a copy of itself", "plain SVG"),
        ('<use href="anders.svg#a"/>', "a copy from another file, 'anders.svg#a'", "export it with all"),
        (
            '<path d="M0 0h1v1z" fill="URL(https://example.org)"/>',
            "a colour from another file, 'https://example.org'",
            "export it",
        ),
        ('<g transform="translate(1) url(x)"/>', "transform='translate(1) url(x)'", "plain SVG"),
        (
            '<g transform="rotate(9)" transform-origin="3 3"/>',
            "shapes that are turned around a point of their own",
            "plain SVG",
        ),
        ('<rect width="1e999"/>', "width='1e999'", "plain numbers"),
        ('<path d="M1 1 L"/>', "a path that breaks off", "export it again"),
        (
            '<filter id="f"><feFlood/></filter><g filter="url(#f)"/>',
            "a shadow, blur or another filter",
            "Remove Filters",
        ),
        ('<g style="filter:blur(2px)"/>', "a shadow, blur or another filter", "Remove Filters"),
        ('<mask id="m"><path/></mask><g mask="url(#m)"/>', "a mask", "Flatten Transparency"),
        ('<g style="mix-blend-mode:multiply"/>', "a blend mode, as 'multiply'", "Normal"),
        (
            '<marker id="m"><path/></marker><path marker-end="url(#m)" d="M0 0h9" stroke="red"/>',
            "arrow heads or other marks on a line",
            "Stroke to Path",
        ),
        (
            '<path vector-effect="non-scaling-stroke" stroke="red" d="M0 0h9"/>',
            "lines that stay as thick at every size",
            "Stroke to Path",
        ),
        (
            '<pattern id="p"/><path fill="url(#p)" d="M0 0h9v9z"/>',
            "a pattern, photo or mesh as a colour",
            "one colour",
        ),
        (f'{GRADIENT}<path stroke="url(#a)" d="M0 0h9v9z"/>', "a line in a gradient", "Outline Stroke"),
        (f'{GRADIENT}<text fill="url(#a)">A</text>', "words in a gradient", "Create Outlines"),
        (
            '<clipPath id="c"><text>A</text></clipPath><g clip-path="url(#c)"/>',
            "words or a picture as a clipping shape",
            "one shape",
        ),
        (
            '<clipPath id="c" clipPathUnits="objectBoundingBox"/><g clip-path="url(#c)"/>',
            "a clipping shape that is sized by what it cuts",
            "release",
        ),
        (
            '<clipPath id="c"><path clip-rule="evenodd" d="M0 0h9v9h-9zM3 3h3v3h-3z"/></clipPath>'
            '<g clip-path="url(#c)"/>',
            "a clipping shape with a hole",
            "release",
        ),
    ],
)
def test_what_cannot_be_printed_as_it_is_drawn_is_told_with_what_to_do(
    drawing: str, what: str, fix: str
) -> None:
    found = fault(SVG.format(f"\n{drawing}"))
    assert found.what == f"the drawing holds {what}"
    assert fix in found.fix
    assert found.place.line == 2


@pytest.mark.parametrize("font", ["MyriadPro-Regular", "'Comic Sans MS', Lexend"])
def test_words_in_a_font_that_nobody_brought_are_told(font: str) -> None:
    found = fault(
        SVG.format(f'<g style="font-family:{font}"><text>Basisschool <tspan>Zon</tspan></text></g>')
    )
    assert found.what.startswith("the drawing writes 'Basisschool Zon' in the font ")
    assert "Create Outlines" in found.fix


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (SVG.format("<text>&#x202e;x</text>"), "the drawing holds RIGHT-TO-LEFT OVERRIDE (U+202E)"),
        (
            SVG.format('<g opacity=".5">' * 30 + '<path d="M0 0h1v1z"/>' + "</g>" * 30),
            "the drawing has too many elements, or nests them too deep",
        ),
        (
            SVG.format('<path d="M0 0h1v1z"/>' * 10_001),
            "the drawing has too many elements, or nests them too deep",
        ),
        (SVG.format("<g>" * 300 + "</g>" * 300), "the drawing has too many elements, or nests them too deep"),
        (
            SVG.format("<style>*{}</style>" + "<style>x{}</style>" * 2_001),
            "the drawing has too many style rules",
        ),
        (
            SVG.format("<style>" + "*{}" * 300 + "</style>" + "<g/>" * 2_000),
            "the drawing has too many style rules",
        ),
        (SVG.format("<g>"), "the drawing is not well-formed: mismatched tag"),
        (SVG.format("<text>&lol;</text>"), "the drawing is not well-formed: undefined entity"),
        (SVG.format('<path d="M0 0' + "h1" * 600_000 + '"/>'), "the drawing has too many elements"),
        ("<svg viewBox='0 0 1 1'/>", "the file is no SVG"),
        ("<html><svg/></html>", "the file is no SVG"),
        ("zomaar tekst", "the file is no picture that we know"),
        ('<svg xmlns="http://www.w3.org/2000/svg"/>', "the drawing has no viewBox, and no width and height"),
        (
            '<svg xmlns="http://www.w3.org/2000/svg" width="100%" height="9"/>',
            "the drawing has no viewBox, and no width",
        ),
        (SVG.replace("0 0 24 12", "0 0 24"), "the viewBox is '0 0 24'"),
        (SVG.replace("0 0 24 12", "0 0 24 0"), "the viewBox is '0 0 24 0'"),
        (SVG.replace("0 0 24 12", "0 0 24 1e999"), "the viewBox is '0 0 24 1e999'"),
        ('<?xml-stylesheet href="a.css"?>' + SVG, "the drawing holds styles that lie in another file"),
        ("x" * 8_000_001, "the drawing has 8000001 bytes"),
    ],
)
def test_drawing_that_cannot_be_taken_is_named(text: str, what: str) -> None:
    found = fault(text)
    assert found.what.startswith(what)
    assert found.fix


@pytest.mark.parametrize(
    ("declared", "what"),
    [
        (
            '<!ENTITY a "b"><!ENTITY c "&#38;a;&#38;a;">',
            "'<!ENTITY c', which stands for more than a short text",
        ),
        (
            '<!ENTITY a SYSTEM "file:///etc/hostname">',
            "'<!ENTITY a', which stands for more than a short text",
        ),
        ('<!ENTITY % a "b">', "'<!ENTITY a', which stands for more than a short text"),
        (f'<!ENTITY a "{"b" * 5_000}">', "'<!ENTITY a', which makes it too long"),
        (f'<!ATTLIST g id CDATA "{"b" * 10_000}">', "a document type (<!DOCTYPE) that is too long"),
    ],
)
def test_document_type_that_grows_or_reads_is_refused(declared: str, what: str) -> None:
    found = fault(f"<!DOCTYPE svg [{declared}]>{SVG.format('&a;' * 2_000)}")
    assert found.what == f"the drawing holds {what}"
    assert found.place.line == 1


# ---- laws

_NUMBERS = st.sampled_from(["0", "-3", "1.5", "7e1", "50%", "2mm", "1e-9", "9" * 30, "x", ""])
_PAINTS = st.sampled_from(
    ["red", "none", "#12345678", "currentColor", "url(#a)", "url(#b) red", "inherit", "x"]
)
_MOVES = st.sampled_from(
    ["", "rotate(30)", "scale(0)", "scale(2 -1)", "matrix(1 2 3 4 5 6)", "skewX(89.9)", "none"]
)


@st.composite
def drawn(draw: st.DrawFn, level: int = 0) -> str:
    """Return markup of shapes, groups and copies, each with some of the attributes that matter."""
    kind = draw(st.sampled_from(["g", "rect", "circle", "path", "use", "svg", "text"]))
    said = {
        **{name: draw(_NUMBERS) for name in ("x", "y", "width", "height", "r", "stroke-width", "opacity")},
        **{name: draw(_PAINTS) for name in ("fill", "stroke", "color")},
        "transform": draw(_MOVES),
        "clip-path": draw(st.sampled_from(["", "url(#c)", "none"])),
        "id": draw(st.sampled_from(["", "k"])),
        "d": draw(st.sampled_from(["M0 0h9v9z", "m1 1 2 2zm4,4 1 0 0 1z", "M0 0A3 3 0 0 1 9 9", "L", ""])),
        "href": "#k",
    }
    chosen = draw(st.sets(st.sampled_from(sorted(said)), max_size=6))
    attributes = "".join(f' {name}="{said[name]}"' for name in sorted(chosen))
    count = draw(st.integers(0, 3)) if level < 3 else 0
    return f"<{kind}{attributes}>{''.join(draw(drawn(level + 1)) for _ in range(count))}</{kind}>"


@settings(max_examples=80, deadline=None)
@given(
    st.lists(drawn(), min_size=1, max_size=3).map("".join),
    st.sampled_from(["linearGradient", "radialGradient"]),
    _MOVES,
    st.sampled_from(["", 'gradientUnits="userSpaceOnUse" x2="9" cx="3" r="4" fx="8"']),
)
@example('<g clip-path="url(#c)"><rect x="70" width="5" height="5"/></g>', "linearGradient", "", "")
@example('<g><g><rect clip-path="" height="0" width="0" x="7e1"/></g></g>', "linearGradient", "", "")
def test_any_drawing_is_told_or_reads_the_same_once_it_was_cleaned(
    shapes: str, kind: str, move: str, units: str
) -> None:
    lent = (
        f'<{kind} id="a" gradientTransform="{move}" {units}>'
        f'<stop stop-color="red"/><stop offset="1"/></{kind}>'
        '<clipPath id="c"><rect width="9" height="9"/><path transform="rotate(9)" d="M0 0h9v9z"/></clipPath>'
    )
    made, findings = picture("images/a.svg", SVG.format(lent + shapes).encode())
    assert (made is None) == bool(findings)
    if made is not None:
        assert sound(made.data) == made
