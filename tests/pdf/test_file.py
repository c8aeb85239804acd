"""What the file says of itself, and what it must not hold (security: the finished PDF is searched)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

import pikepdf
from tests.pdf.handbook import Handbook, Piece

from handout.model import Address
from handout.resolving.walk import blocks_of

FORBIDDEN_KEYS = (
    "/AA",
    "/AcroForm",
    "/AF",
    "/EF",
    "/EmbeddedFiles",
    "/JavaScript",
    "/JS",
    "/OpenAction",
    "/XFA",
)
URI = "/URI"


def dictionaries(thing: object) -> Iterator[pikepdf.Dictionary]:
    """Yield *thing* and the dictionaries that stand in it directly: annotations do."""
    values: Iterable[object] = ()
    if isinstance(thing, pikepdf.Stream):
        thing = thing.stream_dict
    if isinstance(thing, pikepdf.Dictionary):
        yield thing
        values = thing.as_dict().values()
    elif isinstance(thing, pikepdf.Array):
        values = thing
    for value in values:
        if not getattr(value, "is_indirect", False):
            yield from dictionaries(value)


def links(piece: Piece) -> Iterator[pikepdf.Object]:
    for page in piece.reading.pdf.pages:
        yield from page.obj.get("/Annots", pikepdf.Array())


def test_title_is_that_of_the_handout_and_its_audience(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        label = handbook.project.settings.audiences[piece.row["audience"]].label
        expected = f"{piece.document.title} – {label}"
        root = piece.reading.pdf.Root
        if (found := str(piece.reading.pdf.docinfo.get("/Title"))) != expected:
            yield f"the title is '{found}', not '{expected}'"
        if not root.ViewerPreferences.get("/DisplayDocTitle", False):
            yield "a reader would show the file name, not the title"

    handbook.judge(faults)


def test_language_is_that_of_the_edition(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        if (found := str(piece.reading.pdf.Root.get("/Lang"))) != piece.row["language"]:
            yield f"the language is {found}, not {piece.row['language']}"

    handbook.judge(faults)


def test_file_does_not_say_when_it_was_made(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        info = piece.reading.pdf.docinfo
        yield from (f"{key} is {info[key]}" for key in ("/CreationDate", "/ModDate") if key in info)
        metadata = piece.reading.pdf.Root.Metadata.read_bytes()
        yield from (
            f"the metadata hold {key.decode()}"
            for key in (b"CreateDate", b"ModifyDate", b"MetadataDate")
            if key in metadata
        )

    handbook.judge(faults)


def test_file_holds_no_script_no_form_no_file_and_no_action_but_links(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        seen = 0
        for thing in piece.reading.pdf.objects:
            for dictionary in dictionaries(thing):
                seen += 1
                yield from (f"{key} in {dictionary.keys()}" for key in FORBIDDEN_KEYS if key in dictionary)
                if dictionary.get("/Type") == "/Action" and dictionary.get("/S") != URI:
                    yield f"an action {dictionary.get('/S')}"
                if dictionary.get("/Type") == "/Annot" and dictionary.get("/Subtype") != "/Link":
                    yield f"an annotation {dictionary.get('/Subtype')}"
        if seen < len(piece.reading.pdf.pages):
            yield "nothing was searched"

    handbook.judge(faults)


def test_links_lead_to_allowed_hosts_or_to_mail(handbook: Handbook) -> None:
    allowed = handbook.project.settings.links.allowed_hosts

    def faults(piece: Piece) -> Iterator[str]:
        for link in links(piece):
            if link.get("/A", pikepdf.Dictionary()).get("/S") != URI:
                yield f"a link without an address: {link.get('/Contents')}"
                continue
            address = urlsplit(str(link.A.URI))
            is_allowed = address.scheme == "https" and address.netloc in allowed
            if not is_allowed and address.scheme != "mailto":
                yield f"a link to {link.A.URI}; allowed are {allowed}"

    handbook.judge(faults)


def test_addresses_to_type_and_under_a_code_can_be_clicked(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        expected = {block.url for block in blocks_of(piece.document) if isinstance(block, Address)}
        expected |= {piece.document.qr.url} if piece.document.qr else set()
        found = {str(link.A.URI) for link in links(piece)}
        yield from (f"no link to {url}" for url in sorted(expected - found))

    handbook.judge(faults)
    assert list(links(handbook.piece("staff/mfa-instellen-leaflet-a4.pdf"))) != []
