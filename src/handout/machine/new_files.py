"""Writes the files that a person begins with: all or none, and none that is there already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from handout.machine.refusals import faults_about, reason
from handout.model.findings import EnvironmentFault, UsageError
from handout.model.messages import say


def already_there(folder: Path, paths: Iterable[str]) -> tuple[str, ...]:
    """Return those of *paths*, relative to *folder*, at which anything lies, a broken link too."""
    return tuple(path for path in paths if (folder / path).is_symlink() or (folder / path).exists())


def write_new(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write *files*, by path relative to *folder*, which is made where it is not there.

    Raises UsageError where one of them is there: nothing is ever written over. Raises EnvironmentFault as the
    machine does, after what was written is taken away again.
    """
    if there := already_there(folder, files):
        raise UsageError(
            say("{file} is there already, and {more} more", file=folder / there[0], more=len(there) - 1)
            if len(there) > 1
            else say("{file} is there already", file=folder / there[0]),
            say("choose another name or folder: what is there is never written over"),
        )
    written: list[Path] = []
    try:
        for path, data in files.items():
            file = folder / path
            with faults_about(file):
                _make_folders(file.parent, written)
                with file.open("xb") as stream:
                    written.append(file)
                    stream.write(data)
    except BaseException:
        _take_away(written)
        raise


def _make_folders(folder: Path, made: list[Path]) -> None:
    """Make *folder* and those above it that are not there, and add them to *made*."""
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for one in reversed(missing):
        one.mkdir()
        made.append(one)


def _take_away(written: list[Path]) -> None:
    for one in reversed(written):
        with suppress(OSError):
            one.rmdir() if one.is_dir() else one.unlink()


def read_given(file: Path, most_bytes: int) -> bytes:
    """Return the bytes of *file*, which a person names. Raises UsageError where it cannot be taken."""
    try:
        if not file.is_file():
            raise UsageError(say("there is no file {file}", file=file), say("name a file that is there"))
        if file.stat().st_size > most_bytes:
            raise UsageError(
                say("{file} is larger than {most_bytes} bytes", file=file, most_bytes=most_bytes),
                say("save it smaller"),
            )
        return file.read_bytes()
    except OSError as error:
        raise EnvironmentFault(
            say("cannot read {file}: {reason}", file=file, reason=reason(error)), say("allow reading it")
        ) from error


def write_over(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write *files* of our own making in *folder*, in place of older ones. Raises EnvironmentFault."""
    for path, data in files.items():
        file = folder / path
        with faults_about(file):
            file.parent.mkdir(parents=True, exist_ok=True)
            waiting = file.with_name(f".{file.name}.new")
            waiting.write_bytes(data)
            waiting.replace(file)
