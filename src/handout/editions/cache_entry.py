"""What is kept of an edition that was made: under which name, and as which bytes.

The name is a sum of all that it was made from and of nothing else: no clock, no path. An entry is data, a
line of JSON and the files behind it; nothing in it is ever run.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from handout.editions.files import MadeFile
from handout.editions.imprint import CopyShape
from handout.machine.cache import Cache
from handout.machine.state import State, digest, digest_of
from handout.model.document import Density, Document, PictureFile, Setting, SheetKind
from handout.model.findings import Finding, finding_of, row_of
from handout.project.plan import Edition
from handout.project.project import Project, primary_language
from handout.project.settings import slots_of
from handout.project.translations import in_language

if TYPE_CHECKING:
    from handout.proof import InkFigures


@dataclass(frozen=True)
class Ready:
    """An edition that is ready for the renderer. Picklable, so that a worker can be sent it."""

    edition: Edition
    document: Document
    html: str
    found: tuple[Finding, ...]
    """By `resolve`; nothing that forbids rendering."""
    faults: tuple[Finding, ...]
    """By `compose`; the same."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        return (*self.found, *self.faults)


@dataclass(frozen=True)
class CacheEntry:
    """An edition that was made, with its findings. Only what has no errors is kept."""

    files: tuple[MadeFile, ...]
    findings: tuple[Finding, ...]
    setting: Setting | None
    figures: InkFigures | None
    layouts: int
    """How often it was laid out."""


@dataclass(frozen=True)
class RenderCache:
    """The editions of one project that are kept.

    Each stands under a name that tells which templates and styles it took: those are known when it is
    composed. An alias that is known before spares that work where no template or style changed at all.
    """

    cache: Cache
    project: Project
    machine: State
    is_closed: bool = False
    """True: nothing is taken from it; what is made is put there all the same."""

    def find_at_once(
        self, edition: Edition, document: Document, found: Iterable[Finding]
    ) -> CacheEntry | None:
        """Return the edition where no template, style or setting changed since it was kept."""
        name = self._read(self._alias(edition, document, found))
        return self._entry(name.decode("ascii", "replace")) if name else None

    def find(self, ready: Ready) -> CacheEntry | None:
        """Return the edition where nothing changed that it was made from."""
        name = self.name(ready)
        entry = self._entry(name)
        if entry is not None:
            self._name_anew(ready, name)
        return entry

    def keep(self, ready: Ready, entry: CacheEntry) -> None:
        """Keep *entry*, which was made from *ready*."""
        name = self.name(ready)
        self.cache.write(name, pack(entry))
        self._name_anew(ready, name)

    def find_master(self, ready: Ready, shape: CopyShape) -> bytes | None:
        """Return what `keep_master` kept, where nothing changed that it was made from."""
        return self._read(self._master_name(ready, shape))

    def keep_master(self, ready: Ready, shape: CopyShape, master: bytes) -> None:
        """Keep *master*, packed, for copies of *shape* of the edition without a school that is *ready*."""
        self.cache.write(self._master_name(ready, shape), master)

    def find_values(self, keys: Iterable[str]) -> bytes | None:
        """Return what `keep_values` kept for copies that are made from just the same."""
        return self._read(_values_name(keys))

    def keep_values(self, keys: Iterable[str], values: bytes) -> None:
        """Keep *values*, packed, as they were set for copies that are made from *keys*."""
        self.cache.write(_values_name(keys), values)

    def _master_name(self, ready: Ready, shape: CopyShape) -> str:
        slots = slots_of(self.project.settings.formats, ready.edition.format)
        return f"master-{digest((self.name(ready), repr(shape), repr(slots)))}"

    def sum_of_blank(self, name: str, code: str) -> str:
        """Return a sum of all that the masters of the edition *name* look by where nothing is in their slots.

        It stands in the place of the sum of a file: no file of a build is like that.
        """
        return digest(("blank", name, code, self._dress))

    def find_pictures(self, sum_: str) -> Sequence[str] | None:
        """Return the words that `keep_pictures` kept of the file with the SHA-256 *sum_*."""
        found = self._read(self._pictures(sum_))
        return None if found is None else found.decode("ascii").split()

    def keep_pictures(self, sum_: str, pictures: Sequence[str]) -> None:
        """Keep *pictures*, words without white space, of the file with the SHA-256 *sum_*."""
        self.cache.write(self._pictures(sum_), "\n".join(pictures).encode())

    def _pictures(self, sum_: str) -> str:
        return f"pictures-{digest((sum_, self._platform))}"

    def _name_anew(self, ready: Ready, name: str) -> None:
        self.cache.write(self._alias(ready.edition, ready.document, ready.found), name.encode())

    def _read(self, name: str) -> bytes | None:
        return None if self.is_closed else self.cache.read(name)

    def _entry(self, name: str) -> CacheEntry | None:
        data = self._read(name)
        return unpack(data) if data is not None else None

    def _alias(self, edition: Edition, document: Document, found: Iterable[Finding]) -> str:
        own = self._spoken(document)
        return f"alias-{digest((*_contents(edition, document), *map(repr, found), *own, self._dress))}"

    def _spoken(self, document: Document) -> tuple[str, ...]:
        """Return the words of the settings in the language of *document*, where they are translated."""
        if document.translation is None:
            return ()
        languages = [document.language, *([document.beside] if document.beside else [])]
        spoken = (in_language(self.project, language) for language in languages)
        words = (json.dumps(self.project.strings[primary_language(one)]) for one in languages)
        return (*(one.settings.model_dump_json() for one in spoken), *words)

    def name(self, ready: Ready) -> str:
        """Return the name of an edition. Of the settings its own format counts, and all but the others."""
        document, settings = ready.document, self.project.settings
        own = {document.format: settings.formats[document.format]}
        parts = (
            *_contents(ready.edition, document),
            *map(repr, ready.findings),
            ready.html,
            *self._spoken(document),
            settings.model_copy(update={"formats": own}).model_dump_json(),
            json.dumps(self.project.strings[primary_language(document.language)]),
            self._press,
            self._platform,
            *(self._screen if any(kind.is_paperless for kind in ready.edition.also) else ()),
        )
        return f"edition-{digest(parts)}"

    @cached_property
    def _screen(self) -> tuple[str, ...]:
        """What a page for a screen takes, which the sheets do not."""
        from handout.paper.compose import screen

        return screen.made_from(self.project)

    @cached_property
    def _press(self) -> str:
        """A sum of what the files for a print shop take from the profile of its press."""
        press = self.project.press
        return digest((repr(press), hashlib.sha256(press.data).hexdigest())) if press else ""

    @cached_property
    def _platform(self) -> str:
        return digest_of(self.machine)

    @cached_property
    def _dress(self) -> str:
        """All that a page may take from beside its document."""
        project = self.project
        tables = {"templates": project.templates, "styles": project.styles, **project.strings}
        texts = json.dumps({name: dict(table) for name, table in tables.items()})
        return digest((texts, project.settings.model_dump_json(), self._press, self._platform))


def _values_name(keys: Iterable[str]) -> str:
    return f"values-{digest(keys)}"


def _contents(edition: Edition, document: Document) -> tuple[str, ...]:
    # A document is made of frozen values, which say all that they hold; pictures are too long for that.
    return (
        edition.name,
        ",".join(file.kind for file in edition.files),
        repr(replace(document, pictures={}, sums={}, passages=())),
        *(_picture(path, document.pictures[path]) for path in sorted(document.pictures)),
    )


def _picture(path: str, file: PictureFile) -> str:
    return f"{path} {file.type} {file.width!r} {file.height!r} {hashlib.sha256(file.data).hexdigest()}"


# ---- as bytes ---------------------------------------------------------------------------------


def pack(entry: CacheEntry) -> bytes:
    """Return *entry* as bytes."""
    setting = entry.setting
    head = {
        "findings": [row_of(finding) for finding in entry.findings],
        "setting": [setting.density, setting.scale] if setting else None,
        "figures": list(vars(entry.figures).values()) if entry.figures else None,
        "layouts": entry.layouts,
        "files": [_file_row(file) for file in entry.files],
    }
    return b"".join((json.dumps(head).encode(), b"\n", *(file.data for file in entry.files)))


def unpack(data: bytes) -> CacheEntry | None:
    """Return the entry that `pack` made *data* of; None for other bytes, as another program writes them."""
    line, _, files = data.partition(b"\n")
    try:
        return _entry(json.loads(line), files)
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        return None


def _entry(head: Any, data: bytes) -> CacheEntry:
    files: list[MadeFile] = []
    end = 0
    for row in head["files"]:
        files.append(_file(row, data[end : end + row["bytes"]]))
        end += row["bytes"]
    if end != len(data):
        raise ValueError("the files are not as long as the head says")
    setting = head["setting"]
    return CacheEntry(
        files=tuple(files),
        findings=tuple(finding_of(row) for row in head["findings"]),
        setting=Setting(Density(setting[0]), setting[1]) if setting else None,
        figures=figures_of(head["figures"]),
        layouts=int(head["layouts"]),
    )


def figures_of(row: Any) -> InkFigures | None:
    """Return the figures whose values are *row*, as JSON has them. Raises as `unpack` catches."""
    from handout.proof.figures import InkFigures

    return InkFigures(tuple(row[0]), row[1], row[2]) if row else None


def _file_row(file: MadeFile) -> Mapping[str, object]:
    return {
        "kind": file.kind,
        "path": file.path,
        "bytes": len(file.data),
        "pages": file.page_count,
        "printing": vars(file.printing) if file.printing else None,
        "scale": file.scale,
        "fields": list(file.fields),
    }


def _file(row: Any, data: bytes) -> MadeFile:
    from handout.paper.impose import DuplexEdge, Printing

    printing = None
    if (told := row["printing"]) is not None:
        edge = DuplexEdge(told["edge"]) if told["edge"] else None
        printing = Printing(told["width_mm"], told["height_mm"], told["page_count"], edge)
    kind = SheetKind(row["kind"]) if row["kind"] in tuple(SheetKind) else row["kind"]
    fields = tuple(row["fields"])
    return MadeFile(kind, row["path"], data, row["pages"], printing, row["scale"], fields)
