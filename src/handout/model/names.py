"""The rule for names that become names of files."""

from __future__ import annotations

import re
import unicodedata

from handout.model.messages import Message, say

SETTINGS_FILE = "handout.toml"
"""Lies in the folder of every project."""
SLUG = re.compile(r"[a-z0-9][a-z0-9-]*")
PICTURE_SUFFIXES = (".svg", ".png", ".jpg", ".jpeg", ".webp")
"""Of the files that are printed as pictures."""
LONGEST_SLUG = 60
"""Characters: a copy's path holds three slugs, and Windows takes 260 in all."""
RESERVED_ON_WINDOWS = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{digit}" for port in ("com", "lpt") for digit in range(10))}
)
"""Devices: no file can carry these names (Microsoft, "Naming Files, Paths, and Namespaces")."""


def slug_fault(name: str) -> tuple[Message, Message] | None:
    """Return why *name* cannot name a file that we write and how to mend it, or None when it can."""
    if not SLUG.fullmatch(name):
        return (
            say("the name {name} cannot become the name of a file", name=quoted(name)),
            say("use lower-case letters a-z, digits and hyphens only"),
        )
    if len(name) > LONGEST_SLUG:
        return (
            say("the name {name} has {name_count} characters", name=quoted(name), name_count=len(name)),
            say("use at most {longest_slug} characters", longest_slug=LONGEST_SLUG),
        )
    if name in RESERVED_ON_WINDOWS:
        return say("Windows keeps the name '{name}' for a device", name=name), say("choose another name")
    return None


def slug_of(title: str) -> str:
    """Return the name of a file for *title*: "Één naam, in 't kort" is `een-naam-in-t-kort`."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:LONGEST_SLUG].strip("-")


LONGEST_QUOTE = 60
"""Characters of a value that a message shows."""


def quoted(value: str) -> str:
    """Return *value* between quotes for a message: on one line, not too long, nothing invisible in it.

    A space that does not break is shown as a space, and a soft hyphen not at all: that is how they print.
    """
    shown = "".join(_shown(character) for character in value)
    return f"'{shown[: LONGEST_QUOTE - 1]}…'" if len(shown) > LONGEST_QUOTE else f"'{shown}'"


def _shown(character: str) -> str:
    if character in "\xa0\u202f\u2007":
        return " "
    if character == "\xad":
        return ""
    return character if character.isprintable() else f"\\u{ord(character):04x}"
