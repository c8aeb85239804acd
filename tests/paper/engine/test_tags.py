"""Each defect of WeasyPrint's tags: seen in a plain PDF, gone in ours."""

from __future__ import annotations

import re

import page
import pikepdf
import pypdfium2
import pytest
from tests.paper.engine.sheets import PICTURE, Tag, opened, page_texts, rendered, sheet, tags
from weasyprint import HTML
from weasyprint.pdf import tags as weasyprint_tags

from handout.paper.engine.fetch import BASE_URL, AssetFetcher

LONG_WORDS = "woorden die samen veel langer zijn dan een regel van dit kleine blad en dus doorlopen"


def plain_pdf(html: str) -> bytes:
    """Return what WeasyPrint makes of *html* without us."""
    fetcher = AssetFetcher({PICTURE.path: (PICTURE.type.value, PICTURE.data)})
    document = HTML(string=html, base_url=BASE_URL, url_fetcher=fetcher).render(pdf_variant="pdf/ua-1")
    return bytes(document.write_pdf(pdf_variant="pdf/ua-1"))


def plain(html: str) -> Tag:
    return tags(plain_pdf(html))


def mended(html: str, page_budget: int = 1) -> Tag:
    return tags(rendered(html, page_budget).pdf)


def failures(pdf: bytes) -> list[str]:
    """Return the rules of PDF/UA-1 that *pdf* breaks."""
    return [failure.rule_id for failure in page.validate_pdf_bytes(pdf, profile="ua1").failures]


def link_areas(pdf: bytes) -> list[dict[str, str]]:
    with opened(pdf) as document:
        return [
            {key: str(value) for key, value in annotation.items()}
            for sheet_page in document.pages
            for annotation in sheet_page.get("/Annots", pikepdf.Array())
        ]


def artifact_kinds(pdf: bytes) -> list[str]:
    """Return the types of the artifacts that were marked as such by name."""
    with opened(pdf) as document:
        return [
            str(instruction.operands[1].Type)
            for sheet_page in document.pages
            for instruction in pikepdf.parse_content_stream(sheet_page)
            if str(instruction.operator) == "BDC" and str(instruction.operands[0]) == "/Artifact"
        ]


def dangling_marks(pdf: bytes) -> list[tuple[int, int]]:
    """Return the marks of each page that its table does not lead to a tag."""
    with opened(pdf) as document:
        numbers = list(document.Root.StructTreeRoot.ParentTree.Nums)
        tables = {int(key): table for key, table in zip(numbers[::2], numbers[1::2], strict=True)}
        return [
            (index, int(instruction.operands[1].MCID))
            for index, sheet_page in enumerate(document.pages)
            for instruction in pikepdf.parse_content_stream(sheet_page)
            if str(instruction.operator) == "BDC" and "/MCID" in instruction.operands[1]
            if int(instruction.operands[1].MCID) >= len(tables[index])
            or not isinstance(tables[index][int(instruction.operands[1].MCID)], pikepdf.Dictionary)
        ]


def test_the_private_function_that_we_lean_on_is_still_there() -> None:
    assert weasyprint_tags._build_box_tree.__code__.co_varnames[0] == "box"
    assert "_build_box_tree" in weasyprint_tags._build_box_tree.__code__.co_names


def test_the_private_function_is_put_back_after_writing() -> None:
    before = weasyprint_tags._build_box_tree
    rendered(sheet("<p>Tekst</p>"))
    assert weasyprint_tags._build_box_tree is before


def test_item_with_a_paragraph_gets_a_body() -> None:
    html = sheet("<ol><li><p>Klik</p></ol>")
    assert str(plain(html)) == "Document(L(LI(Lbl(Span(*)) P(Span(*)))))"
    assert failures(plain_pdf(html))
    assert str(mended(html)) == "Document(L(LI(Lbl(Span(*)) LBody(P(Span(*))))))"


def test_nested_list_stands_in_the_item_where_it_stands_in_the_text() -> None:
    html = sheet("<ol><li><p>Klik</p><ol><li>a</ol><p>Klaar</p></ol>")
    assert [kid.kind for kid in plain(html).all("L")[0].kids if isinstance(kid, Tag)] == ["LI", "L"]
    assert str(mended(html)) == (
        "Document(L(LI(Lbl(Span(*)) LBody(P(Span(*)) L(LI(Lbl(Span(*)) LBody(Span(*)))) P(Span(*))))))"
    )


def test_nested_list_after_bare_text_follows_that_text() -> None:
    html = sheet("<ul style='list-style:disc'><li>Klik<ol><li>a</ol>daarna</ul>")
    assert str(mended(html)) == (
        "Document(L(LI(Lbl(Span(*)) LBody(P(Span(*)) L(LI(Lbl(Span(*)) LBody(Span(*)))) P(Span(*))))))"
    )


def test_link_with_elements_inside_holds_its_area() -> None:
    html = sheet('<p><a href="https://example.org/"><strong>Verder</strong></a></p>')
    assert failures(plain_pdf(html))
    assert str(mended(html)) == "Document(P(Link(@ Span(Span(*)))))"
    assert failures(rendered(html).pdf) == []


def test_link_over_two_lines_is_one_link() -> None:
    html = sheet(f'<p><a href="https://example.org/">{LONG_WORDS}</a></p>')
    assert len(plain(html).all("Link")) == 2
    assert str(mended(html)) == "Document(P(Link(@ * @ *)))"


def test_link_says_its_own_words() -> None:
    html = sheet('<p><a href="https://example.org/x">De <b>hulppagina</b></a></p>')
    assert link_areas(plain_pdf(html))[0]["/Contents"] == "https://example.org/x"
    assert {note["/Contents"] for note in link_areas(rendered(html).pdf)} == {"De hulppagina"}


def test_link_is_printed() -> None:
    html = sheet('<p><a href="https://example.org/">Hulp</a></p>')
    assert [note["/F"] for note in link_areas(rendered(html).pdf)] == ["4"]


def test_link_that_leads_nowhere_is_no_link() -> None:
    html = sheet('<p><a href="#nergens">Hulp</a></p>')
    assert mended(html).all("Link") == []


@pytest.mark.parametrize(
    "picture",
    [
        '<img src="images/kader.svg" alt="" width="40">',
        '<svg aria-hidden="true" width="9" height="9" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>',
        '<span aria-hidden="true"><svg width="9" height="9"><path d="M0 0h9v9z"/></svg></span>',
    ],
)
def test_decoration_is_an_artifact(picture: str) -> None:
    html = sheet(f"<p>Tekst {picture}</p>")
    assert plain(html).all("Figure")
    pdf = rendered(html).pdf
    assert str(tags(pdf)) == "Document(P(Span(*)))"
    assert artifact_kinds(pdf) == ["/Layout"]


def test_text_in_the_margin_of_the_page_is_an_artifact() -> None:
    style = '@page{@bottom-left{content:"Kant " counter(page);font:9pt "Lexend"}}'
    html = sheet("<p>Een</p><p style='break-before:page'>Twee</p>", style)
    assert artifact_kinds(plain_pdf(html)) == []
    pdf = rendered(html, 2).pdf
    assert artifact_kinds(pdf) == ["/Pagination", "/Pagination"]
    assert str(tags(pdf)) == "Document(P(Span(*)) P(Span(*)))"


def test_head_that_says_what_a_page_goes_on_with_is_an_artifact() -> None:
    style = (
        '@page{@top-left{content:string(title) string(continued);font:9pt "Lexend"}}'
        "header{string-set:title attr(data-title)} p{string-set:continued attr(data-on)}"
    )
    pages = "<p data-on=''>Een</p><p data-on=' vervolg' style='break-before:page'>Twee</p>"
    pdf = rendered(sheet(f"<header data-title='Gids'>Kop</header>{pages}", style), 2).pdf
    assert [text.count("Gids vervolg") for text in page_texts(pdf)] == [0, 1]
    assert artifact_kinds(pdf) == ["/Pagination", "/Pagination"]
    assert "Gids" not in str(tags(pdf))


FOOT = (
    '@page{@bottom-left{content:string(foot);font:9pt "Lexend"}'
    '@bottom-right{content:counter(page);font:9pt "Lexend"}}'
)
PAGES = "<p>Een</p><p style='break-before:page'>Twee</p><p style='break-before:page'>Drie</p>"


def test_foot_of_the_pages_is_read_once_at_the_end() -> None:
    html = sheet(
        f"<header data-foot='geldig tot 2027'>Kop</header>{PAGES}",
        f"{FOOT} header{{string-set:foot attr(data-foot)}}",
    )
    pdf = rendered(html, 3).pdf
    assert [text.count("geldig tot 2027") for text in page_texts(pdf)] == [1, 1, 1]
    assert str(tags(pdf)) == "Document(Div(P(Span(*))) P(Span(*)) P(Span(*)) P(Span(*)) P(Span(*)))"
    assert artifact_kinds(pdf) == ["/Pagination"] * 5
    assert (failures(pdf), dangling_marks(pdf)) == ([], [])


def test_feet_that_differ_are_each_read_once() -> None:
    style = f"{FOOT} p{{string-set:foot content()}} p:nth-child(2){{string-set:foot 'Een'}}"
    pdf = rendered(sheet(PAGES, style), 3).pdf
    assert str(tags(pdf)).endswith("P(Span(*)) P(Span(*)) P(Span(*)) P(Span(*)) P(Span(*)))")
    assert artifact_kinds(pdf).count("/Pagination") == 4


def test_words_in_another_language_say_so() -> None:
    html = sheet('<p>Klik op <span lang="en">Approve</span></p><p lang="fr">Bonjour</p><p>Dag</p>')
    assert all("Lang" not in tag.entries for tag in plain(html).all("Span"))
    assert [tag.entries.get("Lang") for tag in mended(html).all("P")] == [None, "fr", None]
    assert [tag.entries["Lang"] for tag in mended(html).all("Span") if "Lang" in tag.entries] == ["en"]


def test_box_of_a_figure_is_in_points_from_the_bottom() -> None:
    html = sheet('<img src="images/kader.svg" alt="Kader" style="display:block;width:40px">')
    (figure,) = mended(html).all("Figure")
    left, bottom, right, top = (float(length) for length in figure.entries["A.BBox"].split())
    margin = 15 / 25.4 * 72
    assert (left, top) == pytest.approx((margin, 210 / 25.4 * 72 - margin), abs=0.1)
    assert (right - left, top - bottom) == pytest.approx((30, 15), abs=0.1)


@pytest.mark.parametrize(
    ("body", "numbering"),
    [
        ("<ol><li>x</ol>", "/Decimal"),
        ("<ol style='list-style:trede'><li>x</ol>", "/LowerAlpha"),
        ("<ul style='list-style:disc'><li>x</ul>", "/Disc"),
        ("<ul style='list-style:none'><li>x</ul>", "/None"),
        ("<ul style='list-style:\"– \"'><li>x</ul>", "/None"),
    ],
)
def test_list_says_how_it_is_numbered(body: str, numbering: str) -> None:
    html = sheet(
        body, "@counter-style letter{system:extends lower-alpha} @counter-style trede{system:extends letter}"
    )
    assert [tag.entries["A.ListNumbering"] for tag in mended(html).all("L")] == [numbering]


def test_header_cell_says_what_it_heads() -> None:
    html = sheet("<table><thead><tr><th>Naam<th>Kleur<tbody><tr><th scope=row>Lexend<td>zwart</table>")
    assert [cell.entries.get("A.Scope") for cell in plain(html).all("TH")] == [None, None, None]
    assert [cell.entries["A.Scope"] for cell in mended(html).all("TH")] == ["/Column", "/Column", "/Row"]


def test_strong_and_emphasis_are_spans() -> None:
    html = sheet("<p><strong>Let</strong> <em>op</em></p>")
    assert str(plain(html)).count("NonStruct") == 2
    assert str(mended(html)) == "Document(P(Span(Span(*)) Span(*) Span(Span(*))))"


def test_bare_text_beside_blocks_is_a_paragraph() -> None:
    html = sheet("<div>Kaal<p>Alinea</p>Ook kaal</div>")
    assert str(plain(html)) == "Document(Div(Div(Span(*)) P(Span(*)) Div(Span(*))))"
    assert str(mended(html)) == "Document(Div(P(Span(*)) P(Span(*)) P(Span(*))))"


ITEM = "LI(Lbl(Span(*)) LBody(Span(*)))"


def test_list_over_two_pages_has_its_items_where_they_stand() -> None:
    """One list over both pages is told by pdf.js with all its items on each, those of the other empty."""
    html = sheet("<main><ol><li>een<li>twee<li style='break-before:page'>drie</ol></main>")
    assert len(plain(html).all("L")) == len(plain(html).all("Part")) == 2
    pdf = rendered(html, 2).pdf
    assert str(tags(pdf)) == f"Document(Part(L({ITEM} {ITEM}) L({ITEM})))"
    assert dangling_marks(pdf) == []


def test_item_that_goes_on_overleaf_stands_in_the_list_where_it_begins() -> None:
    html = sheet(f"<ol><li>een<li>{(LONG_WORDS + ' ') * 40}<li>drie</ol>")
    pdf = rendered(html, 2).pdf
    lists = [[len(item.all("Lbl")) for item in one.all("LI")] for one in tags(pdf).all("L")]
    assert len(plain(html).all("LI")) == 4
    assert lists == [[1, 1], [1]]
    assert failures(pdf) == []


def test_paragraph_over_two_pages_is_one_paragraph() -> None:
    html = sheet(f"<p>{(LONG_WORDS + ' ') * 40}</p>")
    pdf = rendered(html, 2).pdf
    assert len(plain(html).all("P")) == 2
    assert len(tags(pdf).all("P")) == 1
    assert dangling_marks(pdf) == []
    assert failures(pdf) == []


def test_table_over_two_pages_is_one_table_with_one_header() -> None:
    rows = "".join(f"<tr><th scope=row>Rij {number}<td>waarde" for number in range(50))
    html = sheet(f"<table><thead><tr><th>Naam<th>Waarde<tbody>{rows}</table>")
    pdf = rendered(html, 2).pdf
    table = tags(pdf)
    assert len(plain(html).all("Table")) == 2
    assert [len(table.all(kind)) for kind in ("Table", "THead", "TBody", "TR")] == [1, 1, 1, 51]
    identifiers = {cell.entries["ID"] for cell in table.all("TH")}
    named = {name for cell in table.all("TD") for name in cell.entries["A.Headers"].split()}
    assert named <= identifiers
    assert artifact_kinds(pdf) == ["/Layout", "/Layout"]
    assert failures(pdf) == []


def test_shape_drawn_by_a_style_sheet_leaves_no_tag() -> None:
    html = sheet("<p>Tekst</p>", 'p::before{content:"";display:block;height:3mm;background:#000}')
    assert "NonStruct()" in str(plain(html))
    assert "NonStruct" not in str(mended(html))
    assert "P()" not in str(mended(html))


@pytest.mark.parametrize(
    ("body", "style"),
    [
        ("<p>Een <span>twee</span> drie</p>", "span { display: block }"),
        (
            "<div class=t><div><p>Een</p></div><div>Twee</div></div>",
            ".t { display: table } .t > div { display: table-cell }",
        ),
        ("<aside>Kaal<p>Een</p><p>Twee</p></aside>", ""),
        ("<header><div><p>Een</p></div></header>", "header { display: flex }"),
        ("<section><b>A</b><h2>Kop</h2><p>Tekst</p></section>", ""),
    ],
)
def test_paragraph_holds_no_block_and_words_beside_blocks_are_one(body: str, style: str) -> None:
    root = mended(sheet(body, style))
    blocks = {"P", "Div", "Sect", "L", "LI", "H2", "Table"}
    for paragraph in root.all("P"):
        assert [tag.kind for kind in blocks for tag in paragraph.all(kind) if tag is not paragraph] == []
    for kind in ("Document", "Div", "Sect"):
        for group in root.all(kind):
            assert {kid.kind for kid in group.kids if isinstance(kid, Tag)} <= blocks
    assert "NonStruct" not in str(root)


def test_label_whose_second_line_has_no_room_is_read_once() -> None:
    """The engine lays that line, a space, on the next page, and tags it there as a label of no item."""
    style = (
        '@counter-style letter { system: extends lower-alpha; suffix: "\\A\\2007" } '
        "ol { margin: 0; list-style: letter outside } div { height: 650px }"
    )
    html = sheet("<div></div><ol><li>Een</ol><p>Vier</p>", style)
    assert "Lbl(Span(*)) P" in str(plain(html))
    pdf = rendered(html, 2).pdf
    assert str(tags(pdf)) == f"Document(L({ITEM}) P(Span(*)))"
    assert failures(pdf) == []


def test_place_where_an_address_may_be_broken_is_no_tag() -> None:
    html = sheet('<p><a href="https://example.org/">example.<wbr>org/<wbr>hulp</a></p>')
    assert "NonStruct" in str(plain(html))
    assert str(mended(html)) == "Document(P(Link(@ * * *)))"


SAYING = sheet("{}").replace('<html lang="nl">', '<html lang="nl" data-say-step="Stap {number}">')


def test_number_of_a_step_is_heard_as_a_step_and_a_letter_as_it_is() -> None:
    style = "style='list-style: lower-alpha'"
    body = f"<ol><li style='counter-set: list-item 2'>Klik<ol {style}><li>Typ</ol><li>Sluit</ol>"
    found = mended(SAYING.replace("{}", body))
    assert [label.entries.get("ActualText") for label in found.all("Lbl")] == ["Stap 3", None, "Stap 4"]
    assert [label.entries.get("ActualText") for label in mended(sheet(body)).all("Lbl")] == [None] * 3


def test_chip_is_heard_in_the_words_that_the_template_gives_it() -> None:
    body = '<p>Scan <span data-say="(op je smartphone)"><i></i>smartphone</span></p>'
    pdf = rendered(sheet(body)).pdf
    assert [tag.entries["ActualText"] for tag in tags(pdf).all("Span") if "ActualText" in tag.entries] == [
        "(op je smartphone)"
    ]
    assert "Scan smartphone" in page_texts(pdf)[0]
    assert failures(pdf) == []


def test_ways_to_choose_from_are_a_list_of_named_items() -> None:
    ways = "<section><h2>App</h2><p>Een</p></section><p>of</p><section><h2>Sms</h2><p>Twee</p></section>"
    pdf = rendered(sheet(f"<h1>Kies</h1><div data-say-list>{ways}</div>")).pdf
    (found,) = tags(pdf).all("L")
    way = "Sect(H2(Span(*)) P(Span(*)))"
    assert str(found) == f"L(LI(LBody({way} P(Span(*)))) LI(LBody({way})))"
    assert found.entries["A.ListNumbering"] == "/None"
    assert failures(pdf) == []


RICH_BODY = f"""
<main><h1>Titel</h1>
<p>Lees <a href="https://example.org/"><b>{LONG_WORDS}</b></a> en <a href="#b">stap 2</a>.</p>
<div>Kaal<p>Alinea <span lang="en">Approve</span></p></div>
<ol><li><p>Klik <img src="images/kader.svg" alt="" width="9"></p><ol><li>a<li><p>b</p></ol><p>Info</p>
<li id="b"><p>Scan</p><img src="images/kader.svg" alt="Kader" width="40"></ol>
<h2>Tabel</h2><table><thead><tr><th>Naam<th>Waarde<tbody>
{"<tr><th scope=row>Rij<td>waarde" * 40}</table>
<h2>Meer</h2><section><ul style="list-style:disc">{f"<li>{LONG_WORDS}" * 30}</ul></section></main>
"""
RICH_STYLE = """
@page { @bottom-left { content: "Kant " counter(page); font: 9pt "Lexend" } }
li { position: relative; z-index: 0 }
li::before { content: ""; position: absolute; z-index: -1; inset: 0; background: #eee }
"""


def test_rich_sheet_passes_every_rule_of_pdf_ua() -> None:
    html = sheet(RICH_BODY, RICH_STYLE)
    result = rendered(html, 5)
    assert failures(plain_pdf(html))
    assert (failures(result.pdf), dangling_marks(result.pdf)) == ([], [])
    assert list(page.validate_pdf_bytes(result.pdf, profile="2a").failures) == []
    assert result.findings == ()


def test_mended_tags_change_nothing_that_is_painted() -> None:
    html = sheet(RICH_BODY, RICH_STYLE)
    ours, theirs = (pypdfium2.PdfDocument(pdf) for pdf in (rendered(html, 5).pdf, plain_pdf(html)))
    assert len(ours) == len(theirs)
    for one, other in zip(ours, theirs, strict=True):
        assert one.render().to_numpy().tobytes() == other.render().to_numpy().tobytes()


def test_header_ids_stand_in_the_table_of_ids() -> None:
    html = sheet("<table><tr><th>Naam<tr><td>x</table>")
    assert failures(rendered(html).pdf) == []
    with opened(rendered(html).pdf) as document:
        names = list(document.Root.StructTreeRoot.IDTree.Names)
    assert re.fullmatch(r"\d+-0-0", str(names[0]))


# ---- headings and tables that go on -------------------------------------------------------------


@pytest.mark.parametrize(
    ("levels", "right"),
    [
        ((1, 3, 3), "H1 H2 H2"),
        ((1, 2, 3, 3, 2), "H1 H2 H3 H3 H2"),
        ((1, 3, 4, 2, 4), "H1 H2 H3 H2 H3"),
        ((1, 4, 3), "H1 H2 H2"),
    ],
)
def test_heading_stands_one_level_below_the_one_that_it_belongs_to(levels: tuple[int], right: str) -> None:
    body = "".join(f"<h{level}>Kop {n}</h{level}>" for n, level in enumerate(levels))
    pdf = rendered(sheet(body)).pdf
    assert " ".join(re.findall(r"H\d", str(tags(pdf)))) == right
    assert failures(pdf) == []


def test_cells_of_a_table_over_three_pages_name_the_headers_that_are_read() -> None:
    rows = "".join(f'<tr><th scope="row">Rij {n}</th><td>Cel {n}</td></tr>' for n in range(40))
    head = '<thead><tr><th scope="col">Naam</th><th scope="col">Waarde</th></tr></thead>'
    caption = "<caption>Wat waar ligt</caption>"
    pdf = rendered(
        sheet(f"<table>{caption}{head}<tbody>{rows}</tbody></table>", "td, th { height: 9mm }"), 3
    ).pdf
    assert [text.count("Waarde") for text in page_texts(pdf)] == [1, 1, 1]
    assert failures(pdf) == []
    with opened(pdf) as document:
        names = [str(name) for name in list(document.Root.StructTreeRoot.IDTree.Names)[::2]]
        cells = [
            thing
            for thing in document.objects
            if isinstance(thing, pikepdf.Dictionary) and thing.get("/S") in ("/TH", "/TD")
        ]
    assert len(names) == len(set(names)) == 42
    assert sum(1 for cell in cells if cell.S == "/TH") == 42, "each head is read once"
    for cell in cells:
        if cell.S == "/TD":
            headers = {str(header) for header in cell.A.Headers}
            assert len(headers) == 2
            assert headers <= set(names)
