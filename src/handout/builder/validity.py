"""Is a printed sheet still right? Held against the project as it is, the last build, and git."""

from __future__ import annotations

import json
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path

import pypdfium2

from handout.editions import sheet_code
from handout.editions.sheet_code import ALPHABET, CODE_LENGTH, read_code
from handout.machine import gate
from handout.model.findings import UsageError
from handout.model.messages import Message, say, verbatim
from handout.model.names import SETTINGS_FILE
from handout.project.load import load
from handout.project.plan import editions
from handout.project.project import Project
from handout.project.selection import EVERY_LANGUAGE

LARGEST_PRINTED_BYTES = 100_000_000
MOST_COMMITS = 200
"""How far back git is asked: years of an editor's work, and a minute of ours at most."""
LONGEST_GIT_S = 30


@dataclass(frozen=True)
class CodeOrigin:
    """What a code stands for."""

    name: str
    """The edition, as `handout list` names it."""
    sums: Mapping[str, str]
    """A sum of what each file holds that it was made from, by path."""
    valid_until: date | None
    known_from: Message
    """Where that was found: the project, the last build, or a commit."""


@dataclass(frozen=True)
class Standing:
    """Whether a printed sheet still holds."""

    code: str
    origin: CodeOrigin | None
    """None: neither the project, the last build nor git knows the code."""
    is_outdated: bool = False
    """It says something else than the sheet that the project makes today."""
    changed: tuple[str, ...] = ()
    """The files that hold something else since it was made, and those that are gone or new."""
    is_withdrawn: bool = False
    """The project makes no such edition any more."""
    is_expired: bool = False

    @property
    def is_current(self) -> bool:
        return self.origin is not None and not (self.is_outdated or self.is_withdrawn or self.is_expired)


def standing(project: Project, root: Path, manifest: Path, code: str, today: date) -> Standing:
    """Return how the sheet with *code* stands against *project*, whose files are at *root*."""
    now = dict(_origins(project, say("the project")))
    if (origin := now.get(code)) is not None:
        return Standing(code, origin, is_expired=_is_past(origin, today))
    origin = _in_manifest(manifest, code) or _in_git(root, code)
    if origin is None:
        return Standing(code, None)
    is_expired = _is_past(origin, today)
    successor = next((one for one in now.values() if one.name == origin.name), None)
    if successor is None:
        return Standing(code, origin, is_withdrawn=True, is_expired=is_expired)
    return Standing(code, origin, True, _differing(origin.sums, successor.sums), is_expired=is_expired)


def _is_past(origin: CodeOrigin, today: date) -> bool:
    return origin.valid_until is not None and origin.valid_until < today


def _differing(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    """Return the paths whose sums differ; a file that was only renamed is none of them."""
    moved = set(before.values()) & set(now.values())
    paths = before.keys() | now.keys()
    return tuple(
        sorted(
            path
            for path in paths
            if before.get(path) != now.get(path) and not {before.get(path), now.get(path)} <= {None, *moved}
        )
    )


def _origins(project: Project, known_from: Message) -> Iterator[tuple[str, CodeOrigin]]:
    """Yield the code of each edition that *project* makes, with what it stands for."""
    for edition in editions(project, EVERY_LANGUAGE):
        document, _ = sheet_code.document(project, edition)
        if document.code:  # a faulty one is printed by no build
            yield document.code, CodeOrigin(edition.name, document.sums, document.valid_until, known_from)


def in_words(found: Standing, project: Project) -> Iterator[Message]:
    """Yield the lines that tell a person how a sheet stands, and what to do."""
    if found.origin is None:
        yield say(
            "{code}: unknown. Neither the project, the last build nor git ever made a sheet with it.",
            code=found.code,
        )
        yield _fix(
            say("look at the code at the foot of the sheet once more; print a new one where it is right")
        )
        return
    origin, sheet = found.origin, f"{found.code}: {found.origin.name}"
    if found.is_current:
        yield say("{sheet} is still right.", sheet=sheet)
        return
    if found.is_expired:
        yield say("{sheet} was valid until {day}.", sheet=sheet, day=origin.valid_until)
    if found.is_withdrawn:
        yield say(
            "{sheet} is no longer made; it was in {known_from}.", sheet=sheet, known_from=origin.known_from
        )
    if found.is_outdated:
        yield say(
            "{sheet} is out of date. Changed since {known_from}:", sheet=sheet, known_from=origin.known_from
        )
        if not found.changed:  # with the same files another version of the program writes other words
            yield say("  what handout itself prints: no file of the project did")
        titles = {text.place.path: text.title for text, _ in project.bodies if hasattr(text, "title")}
        for path in found.changed:
            yield verbatim(f"  {path}" + (f" ({titles[path]})" if path in titles else ""))
    yield _fix(say("take it down") if found.is_withdrawn else say("print it anew, and throw this one away"))


def _fix(how: Message) -> Message:
    return say("  fix: {how}", how=how)


# ---- the last build ---------------------------------------------------------------------------


def _in_manifest(manifest: Path, code: str) -> CodeOrigin | None:
    """Return what the manifest of the last build says of *code*; a damaged one says nothing."""
    try:
        rows = json.loads(manifest.read_bytes())["files"]
        row = next((row for row in rows if row.get("code") == code), None)
        if row is None:
            return None
        until = date.fromisoformat(row["valid_until"]) if row["valid_until"] else None
        name = f"{row['audience']}/{row['handout']}-{row['format']}"
        return CodeOrigin(name, dict(row["sources"]), until, say("the last build"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


# ---- git --------------------------------------------------------------------------------------


def _in_git(root: Path, code: str) -> CodeOrigin | None:
    """Return what *code* stood for at the newest commit that made it; None without git."""
    for commit in _commits(root):
        with tempfile.TemporaryDirectory(prefix="handout-") as folder:
            if not _unpack(root, commit, Path(folder)):
                continue
            older, _ = load(Path(folder))
            if older is not None:
                with suppress(UsageError):  # an early commit may plan nothing
                    found = dict(_origins(older, say("commit {commit}", commit=commit[:8])))
                    if code in found:
                        return found[code]
    return None


def _commits(root: Path) -> Iterable[str]:
    """Return the commits that touched the project, newest first."""
    done = _git(root, "log", f"--max-count={MOST_COMMITS}", "--format=%H", "--", ".")
    return done.decode("ascii", "ignore").split() if done is not None else ()


def _unpack(root: Path, commit: str, folder: Path) -> bool:
    """Write the project as it was at *commit* into *folder*; say whether it was there."""
    archive = _git(root, "archive", "--format=tar", commit)
    if archive is None:
        return False
    with tarfile.open(fileobj=BytesIO(archive)) as files:
        for member in files:
            _write(files, member, folder)
    return (folder / SETTINGS_FILE).exists()


def _write(files: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Write the file or the link *member* into *folder*; nothing where it leads outside.

    Python knows filters of archives from 3.11.4 on, and Debian 12 has an older one.
    """
    place = folder / member.name
    ends_at = place.parent / member.linkname if member.issym() else place
    if not ends_at.resolve().is_relative_to(folder.resolve()):
        return
    content = files.extractfile(member) if member.isfile() else None
    place.parent.mkdir(parents=True, exist_ok=True)
    if member.issym():
        place.symlink_to(member.linkname)
    elif content is not None:
        place.write_bytes(content.read())


def _git(root: Path, *arguments: str) -> bytes | None:
    """Return what git answers, or None where it is not there or refuses."""
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, timeout=LONGEST_GIT_S, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout


# ---- the code on a sheet ----------------------------------------------------------------------


def printed_code(path: Path, project: Project) -> str:
    """Return the code that stands on the PDF at *path*.

    Raises UsageError where it is no PDF, or has no code.
    """
    try:
        document = pypdfium2.PdfDocument(gate.read_bytes(path.parent, path.name, LARGEST_PRINTED_BYTES))
    except gate.Refused as refused:
        raise UsageError(
            say("'{path}' cannot be read: {what}", path=path, what=refused.what), refused.fix
        ) from None
    except pypdfium2.PdfiumError:
        raise UsageError(
            say("'{path}' cannot be opened as a PDF", path=path), say("name a PDF that handout made")
        ) from None
    try:
        text = "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()
    for word in {words["code"] for words in project.strings.values()}:
        if found := re.search(rf"{re.escape(word)}\s+([{ALPHABET}]{{{CODE_LENGTH}}})\b", text):
            return found[1]
    raise UsageError(
        say("'{path}' has no code of handout on it", path=path),
        say("name a PDF that handout made, or type the code at the foot of the sheet with --code"),
    )


def typed_code(typed: str) -> str:
    """Return the code that a person typed. Raises UsageError for what cannot be one."""
    code = read_code(typed)
    if code is None:
        raise UsageError(
            say(
                "'{typed}' is no code: it has {code_length} letters and digits",
                typed=typed,
                code_length=CODE_LENGTH,
            ),
            say("type it as it stands at the foot of the sheet, for example --code 7K2M4Q"),
        )
    return code
