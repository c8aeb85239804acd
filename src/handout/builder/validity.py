"""Is a printed sheet still right? Held against the project as it is, the builds that are known, and git."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pypdfium2

from handout.builder import commits
from handout.builder.codes import ChangedPassage, CodeHistory, changes_between
from handout.builder.sheets import name_of
from handout.editions.sheet_code import ALPHABET, CODE_LENGTH, read_code
from handout.machine import gate
from handout.model.document import Passage
from handout.model.findings import UsageError
from handout.model.messages import Message, say, verbatim
from handout.project.project import Project

LARGEST_PRINTED_BYTES = 100_000_000


@dataclass(frozen=True)
class CodeOrigin:
    """What a code stands for."""

    name: str
    """The edition, as `handout list` names it."""
    sums: Mapping[str, str]
    """A sum of what each file holds that it was made from, by path."""
    valid_until: date | None
    known_from: Message
    """Where that was found: the project, the last build, an earlier one, or a commit."""
    passages: tuple[Passage, ...] = ()
    """What it says, with the places; nothing where that is not known."""


@dataclass(frozen=True)
class Standing:
    """Whether a printed sheet still holds."""

    code: str
    origin: CodeOrigin | None
    """None: neither the project, a build that is known nor git knows the code."""
    is_outdated: bool = False
    """It says something else than the sheet that the project makes today."""
    changed: tuple[str, ...] = ()
    """The files that hold something else since it was made, and those that are gone or new."""
    said: tuple[ChangedPassage, ...] = ()
    """What it says in other words than the sheet of today; nothing where that is not known."""
    is_withdrawn: bool = False
    """The project makes no such edition any more."""
    is_expired: bool = False

    @property
    def is_current(self) -> bool:
        return self.origin is not None and not (self.is_outdated or self.is_withdrawn or self.is_expired)


def standing(
    project: Project,
    root: Path,
    manifest: Path,
    code: str,
    today: date,
    known: CodeHistory | None = None,
) -> Standing:
    """Return how the sheet with *code* stands against *project*, whose files are at *root*.

    *known* is what earlier builds printed.
    """
    known = known or CodeHistory()
    now = dict(_origins(project, say("the project")))
    if (origin := now.get(code)) is not None:
        return Standing(code, origin, is_expired=_is_past(origin, today))
    origin = _in_manifest(manifest, code, project, known) or _in_history(known, code) or _in_git(root, code)
    if origin is None:
        return Standing(code, None)
    is_expired = _is_past(origin, today)
    successor = next((one for one in now.values() if one.name == origin.name), None)
    if successor is None:
        return Standing(code, origin, is_withdrawn=True, is_expired=is_expired)
    said = changes_between(origin.passages, successor.passages) or ()
    changed = _differing(origin.sums, successor.sums) if origin.sums else ()
    return Standing(code, origin, True, changed, said, is_expired=is_expired)


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
    for name, document in commits.sheets_of(project):
        origin = CodeOrigin(name, document.sums, document.valid_until, known_from, document.passages)
        yield document.code, origin


def in_words(found: Standing, project: Project) -> Iterator[Message]:
    """Yield the lines that tell a person how a sheet stands, and what to do."""
    if found.origin is None:
        yield say(
            "{code}: unknown. Neither the project, a build that is known nor git ever made a sheet with it.",
            code=found.code,
        )
        yield _fix(
            say("look at the code at the foot of the sheet once more; print a new one where it is right")
        )
        return
    origin, sheet = found.origin, f"{found.code}: {found.origin.name}"
    if found.is_current and origin.valid_until:
        yield say("{sheet} is still right, until and including {day}.", sheet=sheet, day=origin.valid_until)
        return
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
        yield from map(_change_in_words, found.said)
        if not (found.changed or found.said):
            # With the same files another version of the program writes other words.
            yield say("  what handout itself prints: no file of the project did")
        titles = {text.place.path: text.title for text, _ in project.bodies if hasattr(text, "title")}
        for path in found.changed:
            yield verbatim(f"  {path}" + (f" ({titles[path]})" if path in titles else ""))
    yield _fix(say("take it down") if found.is_withdrawn else say("print it anew, and throw this one away"))


def _change_in_words(one: ChangedPassage) -> Message:
    """Return what the sheet of today says in other words, and where."""
    place = _place_in_words(one)
    if one.kind == "picture":
        return say("  {place}: another picture or sign", place=place)
    if one.kind == "step":
        return say("  {place}: is step {now} now", place=place, now=one.now)
    if not one.before:
        return say("  {place}: new: '{now}'", place=place, now=one.now)
    if not one.now:
        return say("  {place}: gone: '{before}'", place=place, before=one.before)
    return say("  {place}: '{before}' is now '{now}'", place=place, before=one.before, now=one.now)


def _place_in_words(one: ChangedPassage) -> Message:
    if one.step and one.section:
        return say("{section}, step {step}", section=one.section, step=one.step)
    if one.step:
        return say("step {step}", step=one.step)
    return verbatim(one.section) if one.section else say("head or foot")


def _fix(how: Message) -> Message:
    return say("  fix: {how}", how=how)


# ---- the last build ---------------------------------------------------------------------------


def _in_manifest(manifest: Path, code: str, project: Project, known: CodeHistory) -> CodeOrigin | None:
    """Return what the manifest of the last build says of *code*; a damaged one says nothing."""
    try:
        rows = json.loads(manifest.read_bytes())["files"]
        row = next((row for row in rows if row.get("code") == code), None)
        if row is None:
            return None
        until = date.fromisoformat(row["valid_until"]) if row["valid_until"] else None
        found = known.find(code)
        passages = found[1].passages if found else ()
        return CodeOrigin(name_of(row, project), dict(row["sources"]), until, say("the last build"), passages)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _in_history(known: CodeHistory, code: str) -> CodeOrigin | None:
    """Return what the builds that are *known* say of *code*: its words, and not of which files they are."""
    found = known.find(code)
    if found is None:
        return None
    name, sheet = found
    until = date.fromisoformat(sheet.valid_until) if sheet.valid_until else None
    return CodeOrigin(name, {}, until, say("an earlier build"), sheet.passages)


# ---- git --------------------------------------------------------------------------------------


def _in_git(root: Path, code: str) -> CodeOrigin | None:
    """Return what *code* stood for at the newest commit that made it; None without git."""
    for commit, older in commits.older_projects(root):
        found = dict(_origins(older, say("commit {commit}", commit=commit[:8])))
        if code in found:
            return found[code]
    return None


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
