"""Look after what builds keep: `handout cache`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from handout.commands.options import AsJson
from handout.commands.output import print_json, stdout
from handout.machine.cache import Cache, Removed, user_folder


def clear(as_json: AsJson = False) -> None:
    """Remove what earlier builds kept.

    The next build makes everything anew. What stands in build/ stays.

    Example: handout cache clear
    """
    folder = user_folder()
    removed = Cache(folder).clear()
    if as_json:
        print_json(asdict(removed))
    else:
        stdout.print(_in_words(removed, folder))


def _in_words(removed: Removed, folder: Path) -> str:
    files = f"{removed.files} file{'' if removed.files == 1 else 's'}"
    return f"removed {files}, {removed.bytes / 1_000_000:.1f} MB, from {folder}"
