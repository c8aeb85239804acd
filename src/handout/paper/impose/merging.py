"""One print job: the pages of many copies in one file, with all that they share in it once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream

from handout.model.messages import say
from handout.paper.impose.drawing import DUPLEX
from handout.paper.impose.paper import DuplexEdge, ImpositionError

_BOX_KEYS = ("/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox", "/Rotate", "/UserUnit")
_PRINTED_KEYS = ("/Group", "/Contents", "/Resources")
"""With the boxes all that a printer takes of a page: no tags, links or actions (ISO 32000-2 §7.7.3.3)."""
_INHERITED_KEYS = frozenset(("/MediaBox", "/CropBox", "/Rotate", "/Resources"))
_LEFT_OUT_KEYS = frozenset(
    ("/Length", "/StructParent", "/StructParents", "/Metadata", "/PieceInfo", "/LastModified")
)
"""What an object says of itself to others than a printer; the length of a stream is written anew."""

# The resources of a card, as qpdf writes them. The same resources may have other numbers in the next file.
#
#     << /ColorSpace 4 0 R /ExtGState << /A1.0 << /CA 1 >> /a1 << /ca 1 >> /a1.0 << /ca 1 >> >> /Font 41 0 R
#     /Pattern << >> /Shading << >> /XObject << /x0 42 0 R /x1 44 0 R … >> >>
#
# So `41 0 R` gives way to the hash of object 41 before this is hashed. In a string, as (4 0 R), the same
# letters are words (ISO 32000-2 §7.3.4.2, §7.3.10).
_REFERENCE = re.compile(rb"\((?:[^\\()]|\\.)*\)|(?P<number>\d+) (?P<generation>\d+) R\b", re.DOTALL)
"""A string, in which nothing is a reference, or a reference, as qpdf writes them."""


def merged(
    pdfs: Iterable[bytes], *, title: str, edge: DuplexEdge | None = None, bookmarks: Sequence[str] = ()
) -> bytes:
    """Return the pages of *pdfs*, in order, as one file for a printer with *title*; the same bytes each time.

    A stream or dictionary that is the same in several of them is in it once. *pdfs* is read one at a time, so
    that an iterator of thousands of copies takes little memory. With *edge* both sides of the paper are
    printed, turned over that edge, and each of *pdfs* begins on a sheet of paper of its own: behind an odd
    number of pages comes an empty one. *bookmarks* lead to the first page of each of *pdfs*. What is printed
    stays as it is, with its boxes and rotation. Tags, links, metadata and the bookmarks of the copies are
    left out, for this file is not read: the tagged copies stand in the folders of the schools. Raises
    ImpositionError where one of *pdfs* cannot be opened.
    """
    target = pikepdf.Pdf.new()
    shared: dict[bytes, Object] = {}
    version = target.pdf_version
    first_pages: list[int] = []
    for number, pdf in enumerate(pdfs, 1):
        first_pages.append(len(target.pages))
        try:
            with pikepdf.open(BytesIO(pdf)) as source:
                version = max(version, source.pdf_version)
                for page in _Copier(source, target, shared).pages(fill=edge is not None):
                    target.pages.append(pikepdf.Page(target.make_indirect(page)))
        except pikepdf.PdfError as error:
            what = say(
                "copy {number} of the print job '{title}' is not a PDF that can be merged: {error}",
                number=number,
                title=title,
                error=error,
            )
            raise ImpositionError(what, say("build its school again with --force")) from error
    target.Root.ViewerPreferences = Dictionary(PrintScaling=Name("/None"), Duplex=DUPLEX[edge])
    target.docinfo["/Title"] = title
    if bookmarks:
        _lead(target, zip(bookmarks, first_pages, strict=True))
    out = BytesIO()
    target.save(
        out,
        deterministic_id=True,
        min_version=version,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
    )
    return out.getvalue()


def _lead(target: pikepdf.Pdf, bookmarks: Iterable[tuple[str, int]]) -> None:
    """Give *target* a bookmark for each title and page, counted from 0; a reader shows them when it opens."""
    with target.open_outline() as outline:
        outline.root.extend(pikepdf.OutlineItem(title, page, "Fit") for title, page in bookmarks)
    target.Root.PageMode = Name.UseOutlines


class _Copier:
    """Copies the objects of *source* to *target*, but for those that it has: they are known by their content.

    The content of an object is a hash of what it holds, from the leaves up, so that it does not depend on the
    numbers of objects. The files are our own, and no object on a page of theirs holds itself.
    """

    def __init__(self, source: pikepdf.Pdf, target: pikepdf.Pdf, shared: dict[bytes, Object]) -> None:
        self._source = source
        self._target = target
        self._shared = shared
        self._contents: dict[tuple[int, int], bytes] = {}

    def pages(self, *, fill: bool) -> Iterator[Dictionary]:
        """Yield copies of the pages, and with *fill* an empty one behind an odd number of them."""
        pages = [page.obj for page in self._source.pages]
        for page in pages:
            yield self._page(page, (*_BOX_KEYS, *_PRINTED_KEYS))
        if fill and len(pages) % 2:
            yield self._page(pages[-1], _BOX_KEYS)

    def _page(self, page: Object, keys: Iterable[str]) -> Dictionary:
        copy = Dictionary(Type=Name.Page)
        for key in keys:
            if (value := _value(page, key)) is not None:
                # Many pages have the same large dictionary of resources, which may stand in each of them.
                copy[key] = self._shared_copy(value) if key == "/Resources" else self._copy(value)
        return copy

    def _copy(self, value: object) -> object:
        """Return *value* for the target; what is an object of its own in the source is one there too."""
        if not isinstance(value, (Array, Dictionary, Stream)):
            return value
        return self._shared_copy(value) if value.is_indirect else self._new(value)

    def _shared_copy(self, value: Object) -> Object:
        """Return *value* as an object of its own in the target, a new one where none has its content."""
        content = self._content(value)
        if content not in self._shared:
            self._shared[content] = self._target.make_indirect(self._new(value))
        return self._shared[content]

    def _new(self, value: Object) -> Object:
        if isinstance(value, Array):
            return Array([self._copy(item) for item in value])
        entries = {key: self._copy(entry) for key, entry in value.items() if key not in _LEFT_OUT_KEYS}
        if isinstance(value, Stream):
            return Stream(self._target, value.read_raw_bytes(), entries)
        return Dictionary(entries)

    def _content(self, value: object) -> bytes:
        """Return what *value* holds, as a hash in hexadecimal digits."""
        if not isinstance(value, Object):
            return repr(value).encode()  # a number, true, false or null
        if not value.is_indirect:
            return self._hash(value)
        if value.objgen not in self._contents:
            self._contents[value.objgen] = self._hash(value)
        return self._contents[value.objgen]

    def _hash(self, value: Object) -> bytes:
        # As text: a walk through the hundreds of widths of each font makes a job half as slow again.
        body = value.stream_dict if isinstance(value, Stream) else value
        found = hashlib.sha256(_REFERENCE.sub(self._referred, body.unparse(resolved=True)))
        if isinstance(value, Stream):
            found.update(b"stream" + value.read_raw_bytes())
        return found.hexdigest().encode()

    def _referred(self, match: re.Match[bytes]) -> bytes:
        """Return the content of the object that *match* refers to; a string stays as it is."""
        if match["number"] is None:
            return match[0]
        return self._content(self._source.get_object(int(match["number"]), int(match["generation"])))


def _value(page: Object, key: str) -> Object | None:
    """Return what *page* says for *key*, or the tree of pages above it."""
    node: Object | None = page
    while node is not None and key not in node:
        node = node.get("/Parent") if key in _INHERITED_KEYS else None
    return None if node is None else node[key]
