"""The address that opens a file at a line, in the editor that somebody uses."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

from handout.model.findings import Place, UsageError
from handout.model.messages import say

EDITORS = {
    "vscode": "vscode://file{path}:{line}:{column}",
    "vscodium": "vscodium://file{path}:{line}:{column}",
    "zed": "zed://file{path}:{line}:{column}",
    "idea": "idea://open?file={path}&line={line}&column={column}",
    "none": "",
}
"""Addresses by the name of the editor, as each of them documents its own; `none` for no link."""
_ADDRESS = re.compile(
    r"(?!javascript:|data:|file:|vbscript:|blob:)[a-z][a-z0-9+.-]*:[^\s\"'<>]*", re.IGNORECASE
)


def address_of_editor(asked: str) -> str:
    """Return the address, with `{path}`, `{line}` and `{column}` in it, of the editor that is *asked* for.

    Raises UsageError for what is neither the name of one nor such an address.
    """
    if asked in EDITORS:
        return EDITORS[asked]
    if "{path}" in asked and _ADDRESS.fullmatch(asked):
        return asked
    raise UsageError(
        say("there is no editor '{asked}'", asked=asked),
        say(
            "use one of: {names}; or the address with which it opens a file, with {{path}} and "
            "{{line}} in it: 'myeditor://open?file={{path}}&line={{line}}'",
            names=", ".join(EDITORS),
        ),
    )


def link(address: str, root: Path, place: Place) -> str:
    """Return *address* filled in for *place* in the project at *root*; empty where no file stands there.

    A workbook is no text: no editor goes to its line.
    """
    if not address or not place.path:
        return ""
    file = root.resolve() / place.path
    if file.suffix == ".xlsx" or not file.is_file():
        return ""
    # With a slash in front on every system, as the editors take it: `/home/…`, `/C:/…`.
    path = "/" + quote(file.as_posix().removeprefix("/"), safe="/:")
    named = {"{path}": path, "{line}": str(place.line or 1), "{column}": str(place.column or 1)}
    return re.sub(r"\{(?:path|line|column)\}", lambda found: named[found.group()], address)
