"""Catalogs on their way to a translator and back: brought up to date, joined, and parted. Pure.

In the folder of a language each source has a catalog. A translator who gets them by mail has one file with
all of them, in which the context of an entry, `msgctxt`, says of which source it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from babel.messages.catalog import Message

from handout.model.catalog import Unit
from handout.project.reading.catalogs import REVIEWED, PoCatalog, new_headers

LIKENESS = 0.6
"""Of two texts of which one was made of the other, for a translator to begin with: none is printed of it."""


def up_to_date(catalog: PoCatalog | None, units: Iterable[Unit], language: str) -> PoCatalog:
    """Return *catalog* with an entry for each of *units*, in their order, and nothing of it lost.

    An entry whose words are there no more goes, with its translation and as `fuzzy`, to the unit that was
    made of it; what none was made of waits at the end of the file, and comes back with its words.
    """
    before = catalog or PoCatalog(new_headers(language))
    made = PoCatalog(before.headers)
    made.header_comment = before.header_comment
    units = tuple(units)
    wanted = {unit.source for unit in units}
    there: dict[str, Message] = {}
    for message in (*before.obsolete.values(), *before):
        if isinstance(message.id, str) and message.id:
            there[message.id] = message
    left = {id_: message for id_, message in there.items() if id_ not in wanted and message.string}
    for unit in units:
        places = [(place.path, place.line) for place in unit.places]
        message = Message(unit.source, "", places, auto_comments=[unit.kind.value])
        if (own := there.get(unit.source)) is not None:
            _take(message, own)
            message.previous_id = own.previous_id
        elif near := get_close_matches(unit.source, left, 1, LIKENESS):
            _take(message, old := left.pop(near[0]))
            message.flags |= {"fuzzy"}
            message.previous_id = [str(old.id)]
        made[message.id] = message
    made.obsolete.update(left)
    return made


def _take(message: Message, own: Message) -> None:
    """Give *message* what *own* has of a translator."""
    message.string, message.flags = own.string, set(own.flags)
    message.user_comments = own.user_comments


def joined(catalogs: Mapping[str, PoCatalog], language: str) -> PoCatalog:
    """Return *catalogs*, by source, as one. Its headers are those of the first, but nobody read all of it."""
    first = next(iter(catalogs.values()), None)
    whole = PoCatalog(first.headers if first else new_headers(language))
    for source, catalog in catalogs.items():
        if catalog.headers.get(REVIEWED) != whole.headers.get(REVIEWED):
            whole.headers[REVIEWED] = "none"
        for message in catalog:
            if message.id:
                copy = message.clone()
                copy.context = source
                copy.previous_id = message.previous_id
                whole[copy.id] = copy
    return whole


def parted(whole: PoCatalog) -> dict[str, dict[str, Message]]:
    """Return the entries of *whole*, which `joined` made and a translator filled in, by source and words."""
    found: dict[str, dict[str, Message]] = {}
    for message in whole:
        if isinstance(message.id, str) and message.id and message.context:
            found.setdefault(message.context, {})[message.id] = message
    return found


def taken(
    catalog: PoCatalog | None, given: Mapping[str, Message], head: PoCatalog, language: str
) -> PoCatalog:
    """Return *catalog* with the translations that were *given* for it; an empty one takes none away.

    Who made them and who read them is what the *head* of the file says that they came in.
    """
    made = catalog or PoCatalog(new_headers(language))
    for id_, message in given.items():
        if not message.string and (own := made.get(id_)) is not None and own.string:
            continue
        copy = Message(
            id_,
            message.string,
            message.locations,
            message.flags,
            message.auto_comments,
            message.user_comments,
        )
        copy.previous_id = message.previous_id if message.fuzzy else []
        made.delete(id_)
        made[id_] = copy
    made.headers |= {name: value for name, value in head.headers.items() if name not in made.headers}
    made.headers |= {name: head.headers[name] for name in _OF_WHOM if head.headers.get(name)}
    return made


_OF_WHOM = ("X-Translated-By", REVIEWED, "Last-Translator", "PO-Revision-Date", "X-Generator")
