"""The one gate for reading: whatever the program reads of a project comes in here."""

from __future__ import annotations

import errno
import os
import re
import stat
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from handout.machine import refusals
from handout.model.messages import Message, say, verbatim
from handout.model.names import quoted
from handout.model.rules import Rule

MOST_FILES = 10_000
"""In one folder of a project. A share full of photos is a mistake, not a project."""

_FLAGS = (
    os.O_RDONLY
    # A link put in place after the check is not followed; a pipe without a writer does not hold us up.
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")


class Refused(Exception):
    """The gate does not let a file or a text in: the name and words of the fault, the line (0: none)."""

    def __init__(self, rule: str, what: Message, fix: Message, line: int = 0) -> None:
        super().__init__(rule, what, fix, line)
        self.rule = rule
        self.what = what
        self.fix = fix
        self.line = line


def read_bytes(root: Path, relative: str, limit_bytes: int) -> bytes:
    """Return the bytes of the file *relative* in *root*.

    Raises Refused where the path leaves *root*, by its words or by a link; where it is no regular file;
    where it is larger than *limit_bytes*; and where the machine does not give it.
    """
    try:
        return _read(_inside(root, relative), relative, limit_bytes)
    except OSError as error:
        raise _refusal(relative, error) from error


class ManyFiles:
    """Reads files of *root* as `read_bytes` does, and looks at each folder once: there may be thousands."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._is_plain_folder: dict[str, bool] = {}

    def read_bytes(self, relative: str, limit_bytes: int) -> bytes:
        """Return the bytes of the file *relative*. Raises Refused as the function does."""
        try:
            if _path_fault(relative) is None and self._is_plain(relative):
                return _read(f"{self._root}/{relative}", relative, limit_bytes)
        except OSError as error:
            raise _refusal(relative, error) from error
        return read_bytes(self._root, relative, limit_bytes)

    def _is_plain(self, relative: str) -> bool:
        """Tell whether no link is on the way from the root to *relative*. Raises OSError."""
        folder = relative.rpartition("/")[0]
        if folder and folder not in self._is_plain_folder:
            self._is_plain_folder[folder] = self._is_plain(folder)
        is_link = stat.S_ISLNK(os.lstat(f"{self._root}/{relative}").st_mode)
        return not is_link and self._is_plain_folder.get(folder, True)


def list_files(root: Path, folder: str) -> tuple[str, ...]:
    """Return the files in *folder* of *root* and in the folders below it, sorted, as paths from *root*.

    Hidden files and the lock files of an office program are left out. Raises Refused as `read_bytes`
    does, and for a link to a folder, which could hold anything.
    """
    try:
        top = _inside(root, folder)
        names = [f"{folder}/{path.relative_to(top).as_posix()}" for path in _walk(top, folder)]
    except OSError as error:
        raise _refusal(folder, error) from error
    return tuple(sorted(names))


def decode_text(data: bytes, unseen: Mapping[int, None] | None = None) -> str:
    r"""Return *data* as text in NFC with `\n` between lines; a byte order mark is taken off.

    Raises Refused, with the line, where it is not UTF-8 or holds characters that a reader cannot see, but
    for *unseen*: those the caller takes out.
    """
    if (kind := _kind_of_file(data)) is not None:
        raise Refused(
            Rule.FILE_ENCODING,
            say("this is not a text file: it looks like {kind}", kind=kind),
            say("save it as plain text in UTF-8"),
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Refused(Rule.FILE_ENCODING, _kind_of_text(data), say("save it as UTF-8"), line) from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if (forbidden := forbidden_character(text.translate(unseen or {}))) is not None:
        what = say("the text holds {name}, which a reader cannot see", name=forbidden.name)
        raise Refused(Rule.CHARACTER_HIDDEN, what, say("take it out, or type the line again"), forbidden.line)
    return unicodedata.normalize("NFC", text)


@dataclass(frozen=True)
class ForbiddenCharacter:
    """A character that a text may not hold."""

    name: Message
    line: int
    """Counted from 1."""


_FORBIDDEN = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls; tab and line feed are text
    "\u2028\u2029"  # they end a line for some programs and not for others
    "\u202a-\u202e\u2066-\u2069"  # turn the direction round: the words read otherwise than they are
    "\ufeff\ufffe\uffff"  # byte order marks inside a text, left where files were joined
    "\ufffd"  # stands for what an earlier conversion lost
    "\ud800-\udfff"  # half a character: it cannot be written out
    "\U000e0000-\U000e007f"  # tags: text that nobody sees
    "]"
)


def forbidden_character(text: str) -> ForbiddenCharacter | None:
    """Return the first character of *text* that no text of a project may hold, or None."""
    found = _FORBIDDEN.search(text)
    if found is None:
        return None
    return ForbiddenCharacter(_named(found.group()), text.count("\n", 0, found.start()) + 1)


_NAMES = {
    "\u00ad": say("SOFT HYPHEN"),
    "\u200b": say("ZERO WIDTH SPACE"),
    "\u200c": say("ZERO WIDTH NON-JOINER"),
    "\u200d": say("ZERO WIDTH JOINER"),
    "\u200e": say("LEFT-TO-RIGHT MARK"),
    "\u200f": say("RIGHT-TO-LEFT MARK"),
    "\u2028": say("LINE SEPARATOR"),
    "\u2029": say("PARAGRAPH SEPARATOR"),
    "\u202a": say("LEFT-TO-RIGHT EMBEDDING"),
    "\u202b": say("RIGHT-TO-LEFT EMBEDDING"),
    "\u202d": say("LEFT-TO-RIGHT OVERRIDE"),
    "\u202e": say("RIGHT-TO-LEFT OVERRIDE"),
    "\u2060": say("WORD JOINER"),
    "\ufeff": say("ZERO WIDTH NO-BREAK SPACE"),
    "\ufffd": say("REPLACEMENT CHARACTER"),
}
"""By Unicode; those that an editor meets have words in other languages too."""


def _named(character: str) -> Message:
    by_unicode = unicodedata.name(character, "")
    name = _NAMES.get(character) or (verbatim(by_unicode) if by_unicode else say("a control character"))
    number = f"U+{ord(character):04X}"
    return say("{name} ({number})", name=name, number=number)


_INVISIBLE = re.compile(
    "["
    "\u00ad\u034f\u180e"  # soft hyphen, and joiners of letters
    "\u200b\u200e\u200f\u2060-\u2064"  # no width, no direction of their own
    "\u115f\u1160\u2800\u3164\uffa0"  # letters without ink
    "]"
    # Joiners, but in a script that needs them to write its words.
    "|(?<=[\u0020-\u052f])[\u200c\u200d]|[\u200c\u200d](?=[\u0020-\u052f])|^[\u200c\u200d]|[\u200c\u200d]$"
)


def invisible_character(text: str) -> Message | None:
    """Return the name of the first character of *text* that leaves no trace on paper, or None.

    In running text some of them do good, as a soft hyphen does; in words that a reader types after us each
    makes another word.
    """
    found = _INVISIBLE.search(text)
    return _named(found.group()) if found else None


# ---- paths ------------------------------------------------------------------------------------


def _inside(root: Path, relative: str) -> Path:
    """Return the real path of *relative*, which lies in *root*. Raises Refused and OSError."""
    if (fault := _path_fault(relative)) is not None:
        raise Refused(
            Rule.FILE_REFUSED,
            say("the path {relative} {fault}", relative=quoted(relative), fault=fault),
            say("name a file of this project, as images/scan.svg"),
        )
    real_root = root.resolve(strict=True)
    try:
        real = (real_root / relative).resolve(strict=True)
    except RuntimeError as error:  # Python 3.11 and 3.12 say it so when links form a ring
        raise OSError(errno.ELOOP, "links form a ring") from error
    if not real.is_relative_to(real_root):
        raise Refused(
            Rule.FILE_REFUSED,
            say("{relative} is a link that leads out of the project", relative=relative),
            say("put the file itself in the project"),
        )
    return real


def _path_fault(relative: str) -> Message | None:
    if not relative or not relative.isprintable():
        return say("is empty or holds characters that cannot be seen")
    if "\\" in relative:
        return say("holds a backslash; folders are parted by /")
    if ":" in relative or relative.startswith(("/", "~")):
        return say("does not start in the project")
    if _ENCODED.search(relative):
        return say("holds an encoded character, as %2e")
    if any(part in ("", ".", "..") for part in relative.split("/")):
        return say("holds '..', '.' or an empty part")
    return None


def _walk(top: Path, folder: str) -> Iterator[Path]:
    count = 0
    for here, folders, files in os.walk(top, onerror=_raise):
        folders[:] = sorted(name for name in folders if not _is_hidden(name))
        if (link := next((name for name in folders if (Path(here) / name).is_symlink()), None)) is not None:
            raise Refused(
                Rule.FILE_REFUSED,
                say("{folder}/{link} is a link to a folder", folder=folder, link=link),
                say("put the folder itself in the project"),
            )
        count += len(files)
        if count > MOST_FILES:
            raise Refused(
                Rule.FILE_TOO_LARGE,
                say("{folder} holds more than {most_files} files", folder=folder, most_files=MOST_FILES),
                say("move out what is no content"),
            )
        yield from (Path(here) / name for name in files if not _is_hidden(name))


def _is_hidden(name: str) -> bool:
    return name.startswith((".", "~$"))


def _raise(error: OSError) -> None:
    raise error


def _read(path: Path | str, relative: str, limit_bytes: int) -> bytes:
    descriptor = os.open(path, _FLAGS)
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise Refused(
                Rule.FILE_REFUSED,
                say("{relative} is not a file", relative=relative),
                say("put a regular file there"),
            )
        size_bytes = min(found.st_size, limit_bytes)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = file.read(size_bytes + 1)  # to ask for all that is allowed takes memory for all of it
            if len(data) > size_bytes:  # it is too large, or grew after its size was asked
                data += file.read(limit_bytes + 1 - len(data))
    finally:
        os.close(descriptor)
    if len(data) > limit_bytes:
        raise Refused(
            Rule.FILE_TOO_LARGE,
            say("{relative} is larger than {limit_bytes} bytes", relative=relative, limit_bytes=limit_bytes),
            say("make it smaller: at most {limit_bytes} bytes", limit_bytes=limit_bytes),
        )
    return data


def _refusal(relative: str, error: OSError) -> Refused:
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return Refused(
            Rule.FILE_REFUSED,
            say("{relative} does not exist", relative=quoted(relative)),
            say("put it there, or mend the name"),
        )
    if error.errno == errno.ELOOP:
        return Refused(
            Rule.FILE_REFUSED,
            say("{relative} is a link that leads nowhere", relative=relative),
            say("put the file itself in the project"),
        )
    reason = refusals.reason(error)
    return Refused(
        Rule.FILE_REFUSED,
        say("{relative} cannot be read: {reason}", relative=quoted(relative), reason=reason),
        say("check the file and its permissions"),
    )


# ---- what a file looks like -------------------------------------------------------------------

_UTF_16 = say("text in UTF-16 (Excel and Notepad call it Unicode)")
_UTF_32 = say("text in UTF-32")
_SIGNATURES = (
    (b"PK\x03\x04", say("an Excel, Word or ZIP file")),
    (b"\xd0\xcf\x11\xe0", say("an old Excel or Word file")),
    (b"%PDF-", say("a PDF")),
    (b"{\\rtf", say("an RTF document")),
    (b"\x89PNG", say("a PNG picture")),
    (b"\xff\xd8\xff", say("a JPEG picture")),
    (b"\xff\xfe\x00\x00", _UTF_32),
    (b"\x00\x00\xfe\xff", _UTF_32),
    (b"\xff\xfe", _UTF_16),
    (b"\xfe\xff", _UTF_16),
)
_UTF_16_SAMPLE_BYTES = 200


def _kind_of_file(data: bytes) -> Message | None:
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            return kind
    sample = data[:_UTF_16_SAMPLE_BYTES]
    # Latin letters in UTF-16 have a NUL for every other byte.
    if len(sample) >= 4 and max(sample[0::2].count(0), sample[1::2].count(0)) * 4 > len(sample):
        return _UTF_16
    return None


def _kind_of_text(data: bytes) -> Message:
    if not any(0x80 <= byte <= 0x9F for byte in data):
        return say("the text is not UTF-8: it looks like Latin-1 (ISO 8859-1) or Windows-1252")
    try:
        data.decode("cp1252")
    except UnicodeDecodeError:
        return say("the text is not UTF-8, nor another encoding that we know")
    return say("the text is not UTF-8: it looks like Windows-1252 (Notepad calls it ANSI)")
