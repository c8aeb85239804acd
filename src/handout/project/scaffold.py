"""What a text that `handout new` began still says of its own: nobody should print that.

The sentences stand once, in the starter, from where `project.starter` takes them too.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from handout.machine import gate
from handout.machine.program import packaged_root
from handout.model.findings import Finding, Place, Severity
from handout.model.messages import say
from handout.model.rules import Rule
from handout.model.text import Block, plain_text
from handout.model.walk import keys_inside, texts_of, written_blocks

FOLDER = "starter"
TEXTS = "new"
"""In the folder of a language: what a procedure or a handout begins with."""
LANGUAGES = ("en", "nl")
MOST_BYTES = 200_000


@cache
def to_write(language: str) -> Mapping[str, str]:
    """Return the words that stand in a begun text of *language*, one of LANGUAGES, by what they are for."""
    data = gate.read_bytes(packaged_root(), f"{FOLDER}/{language}/{TEXTS}/to-write.toml", MOST_BYTES)
    return {key: str(value) for key, value in tomllib.loads(gate.decode_text(data)).items()}


def unwritten(blocks: Iterable[Block]) -> Iterator[Finding]:
    """Yield where *blocks* still say what `handout new` wrote, in whatever language that was."""
    keys = _begun("key")
    for block in written_blocks(blocks):
        yield from (_left(text, place) for text, place in keys_inside((block,)) if text in keys)
        for place, inlines in texts_of(block):
            yield from (_left(words, place) for words in _begun_in(plain_text(inlines).strip()))


@cache
def _begun(*kinds: str) -> frozenset[str]:
    """Return the words for *kinds* of things in all languages."""
    return frozenset(to_write(language)[kind] for language in LANGUAGES for kind in kinds)


def _begun_in(text: str) -> Sequence[str]:
    """Return what of *text* was begun. A step is so as a whole: "Open … and wait" is somebody's own."""
    sentences = _begun("purpose", "help", "info", "done")
    return [text] if text in _begun("step") else [one for one in sentences if one in text]


def _left(words: str, place: Place) -> Finding:
    return Finding(
        place,
        say("'{words}' is what 'handout new' wrote, and would be printed", words=words),
        say("write your own words over it, or take it out"),
        Severity.WARNING,
        Rule.TEXT_BEGUN,
    )
