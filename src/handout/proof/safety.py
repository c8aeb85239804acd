"""The file does nothing but show pages, leads nowhere but where it may, and says nothing beside its pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from urllib.parse import urlsplit

import pikepdf

from handout.model.findings import Finding
from handout.model.messages import Message, say
from handout.proof.expected import Expected
from handout.proof.paper import Paper
from handout.proof.rules import ProofRule, found
from handout.proof.tags import squeezed
from handout.proof.words import is_known

ACTIVE_KEYS = frozenset(
    {"/AA", "/AcroForm", "/AF", "/EF", "/EmbeddedFiles", "/JavaScript", "/JS", "/OpenAction", "/XFA"}
    | {"/Collection", "/RichMediaContent", "/RichMediaSettings"}
)
"""Keys under which a file acts, asks or carries something (ISO 32000-1 §7.11, §12.6, §12.7)."""
QUIET_ACTIONS = frozenset({"/URI", "/GoTo"})
QUIET_ANNOTATIONS = frozenset({"/Link"})
INFORMATION = frozenset({"/Title", "/Author", "/Subject", "/Producer", "/Trapped"})
METADATA = re.compile(
    r"(?:rdf:(?:RDF|Description|Alt|Seq|Bag|li)|x:xmpmeta|dc:(?:title|creator|description|language|format)|pdf:Producer"
    r"|pdfuaid:\w+|pdfaid:\w+|pdfa(?:Extension|Schema|Property):\w+)"
)
"""What the metadata of a file may hold: who made what, what its foot says, and which standards it keeps."""
MOST_SHOWN = 80


def safety(paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield scripts, forms, attachments, actions, false links and metadata that nobody meant."""
    yield from active(paper, expected)
    yield from _links(paper, expected)
    yield from metadata(paper, expected)
    yield from _audience(paper, expected)


# ---- what acts --------------------------------------------------------------------------------

_ACTIONS = (
    *("/GoTo3DView", "/GoToE", "/GoToR", "/Hide", "/ImportData", "/Launch", "/Movie", "/Named", "/Rendition"),
    *(
        "/ResetForm",
        "/RichMediaExecute",
        "/SetOCGState",
        "/Sound",
        "/SubmitForm",
        "/Thread",
        "/Trans",
        "/URI",
    ),
)
_NAMES = re.compile(rb"/[A-Za-z0-9]+")
_SUSPECT = frozenset(name.encode() for name in (*ACTIVE_KEYS, *_ACTIONS, "/Annot", "/Action"))
"""What an object has somewhere in it if it may act. The many tags of a file have none of these."""


def active(paper: Paper, expected: Expected, *, has_fields: bool = False) -> Iterator[Finding]:
    """Yield what is more than pages: scripts, launches, forms, attachments, actions on opening.

    A file that *has_fields* may have one form, whose every key `proof.form` reads.
    """
    root = paper.pdf.Root.objgen
    quiet = QUIET_ANNOTATIONS | ({"/Widget"} if has_fields else set())
    for dictionary in _dictionaries(paper.pdf):
        is_form = has_fields and dictionary.objgen == root
        for key in (ACTIVE_KEYS - ({"/AcroForm"} if is_form else set())) & dictionary.keys():
            yield _active(say("the key {key}", key=key), expected)
        action = dictionary.get("/S")
        if _is_action(dictionary) and action not in QUIET_ACTIONS:
            yield _active(say("an action of kind {action}", action=action), expected)
        if dictionary.get("/Type") == "/Annot" and dictionary.get("/Subtype") not in quiet:
            yield _active(say("an annotation of kind {kind}", kind=dictionary.get("/Subtype")), expected)


def _is_action(dictionary: pikepdf.Object) -> bool:
    return dictionary.get("/Type") == "/Action" or (
        "/S" in dictionary and any(key in dictionary for key in ("/URI", "/F", "/Win", "/N", "/Next"))
    )


def _active(what: Message, expected: Expected) -> Finding:
    return found(
        ProofRule.FILE_ACTIVE,
        expected.document.place,
        say("the file holds {what}: it would do more than show its pages", what=what),
        say("take out what was added to the file or to the template; a sheet has links and nothing else"),
    )


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Yield the dictionaries of *pdf* that may act, also those that stand directly in another."""
    for thing in (*pdf.objects, pdf.trailer):
        plain = thing.stream_dict if isinstance(thing, pikepdf.Stream) else thing
        if isinstance(plain, pikepdf.Dictionary | pikepdf.Array) and _is_suspect(plain):
            yield from _inside(plain)


def _is_suspect(thing: pikepdf.Object) -> bool:
    return not _SUSPECT.isdisjoint(_NAMES.findall(thing.unparse(resolved=True)))


def _inside(thing: pikepdf.Object) -> Iterator[pikepdf.Object]:
    values: Iterable[object] = thing
    if isinstance(thing, pikepdf.Dictionary):
        yield thing
        values = thing.as_dict().values()
    for value in values:
        if isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect:
            yield from _inside(value)


# ---- links ------------------------------------------------------------------------------------


def _links(paper: Paper, expected: Expected) -> Iterator[Finding]:
    place, hosts = expected.document.place, expected.terms.allowed_hosts
    found_addresses: set[str] = set()
    for number, page in enumerate(paper.pdf.pages, 1):
        for annotation in page.obj.get("/Annots", ()):
            action = annotation.get("/A", pikepdf.Dictionary())
            if action.get("/S") != "/URI":
                if "/Dest" not in annotation and action.get("/S") != "/GoTo":
                    yield _forbidden(say("a link without an address"), number, expected)
                continue
            address = str(action.URI)
            found_addresses.add(address)
            if not is_allowed(address, hosts):
                yield _forbidden(say("a link to '{address}'", address=address[:MOST_SHOWN]), number, expected)
    for address in sorted(expected.addresses - found_addresses):
        yield found(
            ProofRule.LINK_MISSING,
            place,
            say(
                "nothing on the {boxes_count} pages can be clicked to reach {address}",
                boxes_count=len(paper.boxes),
                address=address,
            ),
            say('let the template print the address in an <a href="…">'),
        )


def _forbidden(what: Message, page: int, expected: Expected) -> Finding:
    hosts = ", ".join(expected.terms.allowed_hosts) or say("none")
    return found(
        ProofRule.LINK_FORBIDDEN,
        expected.document.place,
        say(
            "page {page} has {what}; allowed are mail addresses and https at: {hosts}",
            page=page,
            what=what,
            hosts=hosts,
        ),
        say("correct the address, or add its host to 'allowed-hosts' in handout.toml"),
    )


def is_allowed(address: str, hosts: tuple[str, ...]) -> bool:
    """Tell whether a link may lead to *address*."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if parts.scheme == "mailto":
        return not parts.query
    return parts.scheme == "https" and parts.netloc in hosts


# ---- what stands beside the pages -------------------------------------------------------------

_ELEMENTS = re.compile(r"<([A-Za-z][\w.-]*(?::[\w.-]+)?)")
_ATTRIBUTES = re.compile(r"\s((?!xmlns|xml:|rdf:)[A-Za-z][\w.-]*:[\w.-]+)=")


def metadata(paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield what the file says beside its pages that nobody meant."""
    information = paper.pdf.docinfo
    for key in sorted(set(information.keys()) - INFORMATION):
        yield _beside(
            say("{key} '{information}'", key=key, information=str(information[key])[:MOST_SHOWN]), expected
        )
    author = str(information.get("/Author", expected.terms.organisation))
    if author != expected.terms.organisation:
        yield _beside(say("the author '{author}'", author=author), expected)
    subject = str(information.get("/Subject", ""))
    if not is_known(squeezed(subject), expected.known):
        yield _beside(say("the subject '{subject}'", subject=subject[:MOST_SHOWN]), expected)
    for name in sorted(_metadata_names(paper.pdf)):
        if not METADATA.fullmatch(name):
            yield _beside(say("the metadata {name}", name=name), expected)


def _metadata_names(pdf: pikepdf.Pdf) -> set[str]:
    if "/Metadata" not in pdf.Root:
        return set()
    text = pdf.Root.Metadata.read_bytes().decode("utf-8", "replace")
    return {*_ELEMENTS.findall(text), *_ATTRIBUTES.findall(text)}


def _beside(what: Message, expected: Expected) -> Finding:
    return found(
        ProofRule.FILE_METADATA,
        expected.document.place,
        say("the file holds {what}, which nobody meant to give away", what=what),
        say(
            "take the <meta> out of the template: a file says its title, its foot, the "
            "organisation and the program alone"
        ),
    )


def _audience(paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield whose paper it is not said to be, and for whom it says to be wrongly."""
    terms = expected.terms
    read = [leaf.text for leaf in paper.leaves]
    if squeezed(terms.label) not in "".join((*read, *_outside_of_tags(paper))):
        yield found(
            ProofRule.AUDIENCE_LABEL,
            expected.document.place,
            say(
                "none of the {boxes_count} pages says '{label}'",
                boxes_count=len(paper.boxes),
                label=terms.label,
            ),
            say("let the template print the label of the audience"),
        )
    pictures = (squeezed(figure.text) for figure in paper.tags.all("Figure"))
    title = squeezed(str(paper.pdf.docinfo.get("/Title", "")))
    texts = (*read, *pictures, *_outside_of_tags(paper), title)
    meant = (squeezed(terms.label), *(said.letters for said in expected.said), *expected.known)
    for label in terms.other_labels:
        if any(_stands_alone(squeezed(label), text, meant) for text in texts):
            yield found(
                ProofRule.AUDIENCE_LABEL,
                expected.document.place,
                say(
                    "the file, on one of its {boxes_count} pages or in its title, says '{label}'; it is "
                    "'{label2}'",
                    boxes_count=len(paper.boxes),
                    label=label,
                    label2=terms.label,
                ),
                say("take out what was meant for the other audience"),
            )


def _outside_of_tags(paper: Paper) -> Iterator[str]:
    """Yield what no screen reader reads, a piece at a time."""
    for _, runs in groupby(paper.runs, key=lambda run: (run.page, run.piece)):
        yield squeezed("".join(run.text for run in runs if run.mark is None))


def _stands_alone(label: str, text: str, meant: Iterable[str]) -> bool:
    """Tell whether *label* stands in *text* by itself, and not as a part of what is *meant* to stand there.

    All without white space. A school may be named as an audience of another sheet is.
    """
    rest, label = text.casefold(), label.casefold()
    if label not in rest:
        return False
    for one in sorted({one.casefold() for one in meant if label in one.casefold()}, key=len, reverse=True):
        rest = rest.replace(one, "")
    return label in rest
