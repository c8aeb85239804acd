"""Look after what builds keep: `handout cache`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from handout.commands.language import told
from handout.commands.options import AsJson, Messages
from handout.commands.output import print_json, stdout
from handout.machine.cache import Cache, Removed, user_folder
from handout.model.messages import Message, say_count


def clear(messages: Messages = None, as_json: AsJson = False) -> None:
    """Remove what earlier builds kept.

    The next build makes everything anew. What stands in build/ stays.

    Example: handout cache clear
    """
    folder = user_folder()
    removed = Cache(folder).clear()
    if as_json:
        print_json(asdict(removed))
    else:
        stdout.print(told(_in_words(removed, folder)))


def _in_words(removed: Removed, folder: Path) -> Message:
    return say_count(
        removed.files,
        "removed {n} file, {size_mb:.1f} MB, from {folder}",
        "removed {n} files, {size_mb:.1f} MB, from {folder}",
        size_mb=removed.bytes / 1_000_000,
        folder=folder,
    )
