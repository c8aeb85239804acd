"""A file that shows its pages and nothing else, and one in which one thing more is: that is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String
from tests.proof import plain
from tests.proof.tagged import Line, Node, pdf_of

from handout.model.findings import Finding
from handout.model.text import Address
from handout.proof import ProofRule
from handout.proof.expected import Expectations, Expected
from handout.proof.paper import opened
from handout.proof.safety import ACTIVE_KEYS, is_allowed, safety

HOSTS = ("aka.ms", "login.school.be")


@pytest.mark.parametrize(
    "address",
    ["https://aka.ms", "https://aka.ms/mfasetup?x=1#y", "https://login.school.be/", "mailto:ict@evil.nl"],
)
def test_link_to_a_host_on_the_list_or_a_mail_address_is_allowed(address: str) -> None:
    assert is_allowed(address, HOSTS)


@pytest.mark.parametrize(
    "address",
    [
        "https://evilaka.ms/",
        "https://evil.aka.ms/",
        "https://aka.ms.evil.nl/",
        "https://aka.m/",
        "https://aka.ms:443/",
        "https://aka.ms@evil.nl/",
        "https://ik@aka.ms/",
        "https://AKA.ms/",
        "https:aka.ms",
        "https:///aka.ms",
        "https://[aka.ms/",
        "https://",
        "http://aka.ms/",
        "ftp://aka.ms/",
        "sftp://aka.ms/",
        "javascript:alert(1)",
        "file:///aka.ms",
        "//aka.ms/",
        "aka.ms",
        "",
        "mailto:ict@school.be?bcc=x@evil.nl",
    ],
)
def test_link_to_anywhere_else_is_forbidden(address: str) -> None:
    assert not is_allowed(address, HOSTS)


def test_no_host_is_allowed_where_none_is_on_the_list() -> None:
    assert not is_allowed("https://aka.ms/", ())
    assert not is_allowed("https:///", ())


# ---- what acts --------------------------------------------------------------------------------

LABEL = Node("P", (Line("Voor medewerkers"),))
PLAIN = pdf_of(LABEL, pages=2)
Change = Callable[[pikepdf.Pdf], None]


def found(
    change: Change, terms: Expectations | None = None, model: Expected | None = None, data: bytes = PLAIN
) -> list[Finding]:
    """Return what is found in a small file after *change*."""
    with pikepdf.open(BytesIO(data)) as pdf:
        change(pdf)
        out = BytesIO()
        pdf.save(out, fix_metadata_version=False)
    model = model or Expected(plain.document(None), terms or plain.terms())
    with opened(out.getvalue()) as paper:
        return list(safety(paper, model))


def what(findings: list[Finding]) -> list[str]:
    return [finding.what for finding in findings]


def unchanged(_: pikepdf.Pdf) -> None:
    """Leave a file as it is."""


def test_pages_with_their_label_alone_are_safe() -> None:
    assert found(unchanged) == []


PLACES: dict[str, Callable[[pikepdf.Pdf, Dictionary], None]] = {
    "of its own": lambda pdf, entry: setattr(pdf.pages[1].obj, "Own", pdf.make_indirect(entry)),
    "in the page": lambda pdf, entry: setattr(pdf.pages[0].obj, "Own", entry),
    "in an array": lambda pdf, entry: setattr(pdf.pages[0].obj, "Own", Array([1, Array([entry])])),
    "in a dictionary": lambda pdf, entry: setattr(pdf.Root, "Own", Dictionary(More=Dictionary(Yet=entry))),
    "in a stream": lambda pdf, entry: setattr(pdf.pages[0].obj.Contents, "Own", entry),
    "in the trailer": lambda pdf, entry: pdf.trailer.__setitem__("/Own", entry),
}


@pytest.mark.parametrize("key", sorted(ACTIVE_KEYS))
def test_key_under_which_a_file_acts_is_told(key: str) -> None:
    (finding,) = found(lambda pdf: PLACES["in the page"](pdf, Dictionary({key: 1})))
    assert (finding.rule, finding.place.path) == (ProofRule.FILE_ACTIVE, "content/handouts/a.md")
    assert finding.what == f"the file holds the key {key}: it would do more than show its pages"


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
def test_what_acts_is_told_wherever_it_stands(place: Callable[[pikepdf.Pdf, Dictionary], None]) -> None:
    (finding,) = found(lambda pdf: place(pdf, Dictionary(JS=1)))
    assert "the key /JS" in finding.what


def entry(**entries: Any) -> Change:
    """Return the change that puts a dictionary of *entries* into a file."""
    return lambda pdf: setattr(pdf.pages[0].obj, "Own", Dictionary(**entries))


@pytest.mark.parametrize(
    "kind",
    ["GoTo3DView", "GoToE", "GoToR", "ImportData", "Launch", "Movie", "Named", "Rendition", "Unheard"],
)
def test_action_of_any_kind_but_two_is_told(kind: str) -> None:
    (finding,) = found(entry(Type=Name.Action, S=Name(f"/{kind}")))
    assert finding.what == f"the file holds an action of kind /{kind}: it would do more than show its pages"


@pytest.mark.parametrize("key", ["URI", "F", "Win", "N", "Next"])
def test_action_that_does_not_say_so_is_known_by_what_it_holds(key: str) -> None:
    (finding,) = found(entry(S=Name.Launch, **{key: 1}))
    assert "an action of kind /Launch" in finding.what
    assert found(entry(S=Name.GoTo, **{key: 1})) == []
    assert found(entry(Type=Name.Own, **{key: 1})) == []


def test_action_without_a_kind_is_told() -> None:
    assert len(found(entry(Type=Name.Action))) == 1


@pytest.mark.parametrize("kind", ["URI", "GoTo"])
def test_action_that_leads_somewhere_is_left_to_the_links(kind: str) -> None:
    assert found(entry(Type=Name.Action, S=Name(f"/{kind}"))) == []


def test_name_of_an_action_is_no_action() -> None:
    assert found(entry(S=Name.Sound)) == []
    assert found(entry(Own=Name.Launch)) == []


@pytest.mark.parametrize("kind", ["Widget", "FileAttachment", "Screen", "Text"])
def test_annotation_that_is_no_link_is_told(kind: str) -> None:
    (finding,) = found(entry(Type=Name.Annot, Subtype=Name(f"/{kind}")))
    assert f"an annotation of kind /{kind}" in finding.what
    assert found(entry(Type=Name.Own, Subtype=Name(f"/{kind}"))) == []


# ---- links ------------------------------------------------------------------------------------


def link(address: str | None = None, page: int = 0, **entries: Any) -> Change:
    """Return the change that puts a link on a page."""

    def change(pdf: pikepdf.Pdf) -> None:
        own = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), **entries)
        if address is not None:
            own.A = Dictionary(Type=Name.Action, S=Name.URI, URI=String(address))
        annotations = pdf.pages[page].obj.get("/Annots", Array())
        pdf.pages[page].obj.Annots = Array([*annotations, own])

    return change


def test_link_to_an_allowed_host_is_safe() -> None:
    assert found(link(plain.GOOD)) == []
    assert found(link("mailto:ict@school.be")) == []


def test_link_to_another_host_is_told_with_its_page_and_the_hosts_that_are_allowed() -> None:
    terms = replace(plain.terms(), allowed_hosts=("aka.ms", "www.school.be"))
    (finding,) = found(link("https://evil.nl"), terms)
    assert finding.rule == ProofRule.LINK_FORBIDDEN
    assert finding.what == (
        "page 1 has a link to 'https://evil.nl'; allowed are mail addresses and https at: aka.ms, "
        "www.school.be"
    )
    assert found(link("https://evil.nl", page=1), terms)[0].what.startswith("page 2 has a link to")
    (finding,) = found(link("https://evil.nl"), replace(terms, allowed_hosts=()))
    assert finding.what.endswith("https at: none")


def test_long_address_is_shown_up_to_eighty_letters() -> None:
    (finding,) = found(link("https://evil.nl/" + "a" * 80))
    assert f"'https://evil.nl/{'a' * 64}'" in finding.what


def test_link_within_the_file_needs_no_address_and_any_other_does() -> None:
    assert found(link(Dest=String("a"))) == []
    assert found(link(A=Dictionary(S=Name.GoTo))) == []
    for change in (link(page=1), link(page=1, A=Dictionary())):
        (finding,) = found(change)
        assert finding.what.startswith("page 2 has a link without an address; ")


def test_each_link_is_judged_also_behind_one_without_an_address() -> None:
    def both(pdf: pikepdf.Pdf) -> None:
        link(Dest=String("a"))(pdf)
        link("https://evil.nl")(pdf)
        link(plain.GOOD)(pdf)
        link("https://evil.be", page=1)(pdf)

    assert [one.what[:37] for one in found(both)] == [
        "page 1 has a link to 'https://evil.nl",
        "page 2 has a link to 'https://evil.be",
    ]


def test_addresses_that_nobody_can_click_are_told_in_their_order() -> None:
    urls = [f"https://mysignins.microsoft.com/{letter}" for letter in "cadbe"]
    blocks = tuple(Address(url, url) for url in urls)
    model = Expected(replace(plain.document(None), opening=blocks), plain.terms())

    findings = found(link(urls[0], page=1), model=model)

    assert {one.rule for one in findings} == {ProofRule.LINK_MISSING}
    assert what(findings) == [
        f"nothing on the 2 pages can be clicked to reach https://mysignins.microsoft.com/{letter}"
        for letter in "abde"
    ]


# ---- what stands beside the pages -------------------------------------------------------------


def test_what_a_file_says_of_itself_is_told_in_order_and_cut() -> None:
    def tell(pdf: pikepdf.Pdf) -> None:
        for key in ("/Title", "/Author", "/Producer", "/Trapped", "/Subject", "/Creator", "/ModDate"):
            pdf.docinfo[key] = String("Stadsscholen" if key == "/Author" else "x" * 90)

    findings = found(tell)

    assert {one.rule for one in findings} == {ProofRule.FILE_METADATA}
    assert what(findings) == [
        f"the file holds {key} '{'x' * 80}', which nobody meant to give away"
        for key in ("/Creator", "/ModDate")
    ] + [f"the file holds the subject '{'x' * 80}', which nobody meant to give away"]


def test_subject_is_what_the_foot_says() -> None:
    assert found(lambda pdf: pdf.docinfo.__setitem__("/Subject", String("A"))) == []  # its title
    assert what(found(lambda pdf: pdf.docinfo.__setitem__("/Subject", String("code van Jan")))) == [
        "the file holds the subject 'code van Jan', which nobody meant to give away"
    ]


def test_author_is_the_organisation_or_nobody() -> None:
    def written(author: str) -> Change:
        return lambda pdf: pdf.docinfo.__setitem__("/Author", String(author))

    assert found(written("Stadsscholen")) == []
    for other in ("Jan", "Zoë", "Stadsscholen Zuid"):
        assert what(found(written(other))) == [
            f"the file holds the author '{other}', which nobody meant to give away"
        ]


def metadata(inner: str) -> Change:
    within = f"<rdf:RDF><rdf:Description>{inner}</rdf:Description></rdf:RDF>"
    text = f'<x:xmpmeta xmlns:x="adobe:ns:meta/">{within}</x:xmpmeta>'
    return lambda pdf: setattr(pdf.Root, "Metadata", pdf.make_stream(text.encode()))


def test_metadata_of_the_standards_and_the_organisation_are_safe() -> None:
    inner = '<dc:title>A</dc:title><dc:creator/><pdfuaid:part>1</pdfuaid:part><pdf:Producer xml:lang="nl"/>'
    assert found(metadata(inner)) == []


def test_other_metadata_are_told_in_order_elements_and_attributes() -> None:
    inner = '<xmp:CreatorTool>x</xmp:CreatorTool><dc:subject/><dc:titles/><rdf:li xmp:CreateDate="1"/>'
    assert what(found(metadata(inner))) == [
        f"the file holds the metadata {name}, which nobody meant to give away"
        for name in ("dc:subject", "dc:titles", "xmp:CreateDate", "xmp:CreatorTool")
    ]


# ---- for whom it is ---------------------------------------------------------------------------


def said(
    *nodes: Node, loose: tuple[Line, ...] = (), title: str = "", model: Expected | None = None
) -> list[str]:
    def entitle(pdf: pikepdf.Pdf) -> None:
        if title:
            pdf.docinfo["/Title"] = String(title)

    findings = found(entitle, model=model, data=pdf_of(*nodes, pages=2, loose=loose))
    assert {one.rule for one in findings} <= {ProofRule.AUDIENCE_LABEL}
    return what(findings)


def words(*lines: str) -> Node:
    return Node("P", tuple(Line(line, 50, 400 - 20 * at) for at, line in enumerate(lines)))


NO_LABEL = "none of the 2 pages says 'Voor medewerkers'"
OTHER_LABEL = (
    "the file, on one of its 2 pages or in its title, says 'Voor leerlingen'; it is 'Voor medewerkers'"
)


def test_label_of_the_audience_stands_on_the_pages_in_the_tags_or_beside_them() -> None:
    assert said(LABEL) == []
    assert said(words("x"), loose=(Line("Voor mede"), Line("werkers", 100))) == []
    assert said(words("Voor mede", "werkers")) == []
    assert said(words("Voor leraars")) == [NO_LABEL]
    assert said(words("x"), title="Voor medewerkers") == [NO_LABEL]


@pytest.mark.parametrize("text", ["Voor leerlingen", "Gids voor Leerlingen!", "voor leer\u00adlingen"])
def test_label_of_another_audience_is_told_wherever_it_stands(text: str) -> None:
    assert said(LABEL, words(text)) == [OTHER_LABEL]
    assert said(LABEL, title=text) == [OTHER_LABEL]
    assert said(LABEL, loose=(Line(text, 50, 100, 1),)) == [OTHER_LABEL]


def test_label_of_another_audience_in_a_picture_is_told() -> None:
    assert said(LABEL, Node("Figure", (Line("Voor leer"), Line("lingen", 100)))) == [OTHER_LABEL]


def test_label_of_another_audience_that_is_part_of_a_known_name_is_no_label() -> None:
    document = replace(plain.document(None), title="School voor leerlingen van nu")
    model = Expected(document, plain.terms())
    known = words("School voor leerlingen van nu")
    assert said(LABEL, known, title="School voor leerlingen van nu", model=model) == []
    assert said(LABEL, known, words("Voor leerlingen"), model=model) == [OTHER_LABEL]


def test_longest_of_the_names_that_hold_a_label_is_taken_out_first() -> None:
    document = replace(
        plain.document(None), title="De voor leerlingen", version="De voor leerlingen, voor leerlingen"
    )
    model = Expected(document, plain.terms())
    assert said(LABEL, words("De voor leerlingen, voor leerlingen"), model=model) == []


def test_label_that_holds_that_of_another_audience_is_not_taken_for_it() -> None:
    terms = replace(plain.terms(), label="Voor leerlingen en ouders", other_labels=("Voor leerlingen",))
    model = Expected(plain.document(None), terms)
    assert said(words("Voor leerlingen en ouders"), model=model) == []
    (told,) = said(words("Voor leerlingen en ouders, voor leerlingen"), model=model)
    assert told.endswith("says 'Voor leerlingen'; it is 'Voor leerlingen en ouders'")


def test_each_of_the_other_labels_is_told() -> None:
    terms = replace(plain.terms(), other_labels=("Voor leerlingen", "Voor ouders"))
    model = Expected(plain.document(None), terms)
    assert len(said(LABEL, words("Voor leerlingen"), words("Voor ouders"), model=model)) == 2
    assert len(said(LABEL, words("Voor ouders"), model=model)) == 1
