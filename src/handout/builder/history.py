"""What the builds in a folder were made from: it tells that nothing changed, and what did.

There is one record for each project and output folder, kept in the cache. Without it a build takes longer and
cannot say why it makes a sheet anew; its files are the same. One more record, for each project, tells what
sheets said that hang somewhere by now: without it their codes are unknown.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from handout.machine import gate, state
from handout.machine.cache import Cache
from handout.machine.filenames import CODES, STAGING_PREFIX, beside_name
from handout.machine.state import State, digest_of
from handout.model.findings import Finding, Place, RefusedRow, finding_of, row_of
from handout.model.messages import Message, and_more, say, together
from handout.project.selection import Selection

if TYPE_CHECKING:
    from handout.builder.codes import CodeHistory

MOST_RUNS = 20
"""Selections that are remembered, the last ones."""
MOST_NAMED = 3
"""Changes that are named of one edition."""
LARGEST_FILE_BYTES = 100_000_000


@dataclass(frozen=True)
class PastBuild:
    """A build that was written."""

    editions: tuple[str, ...]
    """Their names, in order."""
    files: tuple[str, ...]
    """What a person was told of, in order; relative to the output folder."""
    findings: tuple[Finding, ...]
    sums: Mapping[str, str]
    """The SHA-256 of each file that it left in the output folder, the manifest too."""
    refused: tuple[RefusedRow, ...] = ()
    """The rows of the table of schools whose copies it left out."""
    outdated: tuple[str, ...] = ()
    """The pieces that it left in the folder and that say something else than the texts do."""


@dataclass(frozen=True)
class BuildHistory:
    """What is known of the builds of one project in one folder."""

    states: Mapping[str, State] = field(default_factory=dict)
    """By their digest."""
    editions: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    """Each edition with the state in which it was last right, and the files of content/ in it."""
    runs: Mapping[str, tuple[str, PastBuild]] = field(default_factory=dict)
    """The last run of each selection, with its state; the newest last."""

    def unchanged(self, selection: Selection, now: State, folder: Path) -> PastBuild | None:
        """Return the run that made from *now* what stands in *folder*, whole and as it was written."""
        before, run = self.runs.get(repr(selection), ("", None))
        if run is None or before != digest_of(now) or _is_unsettled(folder):
            return None
        files = gate.ManyFiles(folder)
        return run if all(_sum(files, path) == sum_ for path, sum_ in run.sums.items()) else None

    def reasons(self, name: str, sources: Iterable[str], now: State) -> tuple[Message, ...]:
        """Return what changed since edition *name* was last right; *sources* are its files of content/."""
        if name not in self.editions:
            return (say("it was not made here before"),)
        before, sources_before = self.editions[name]
        changed = _changes(self.states[before], now)
        relevant = {*sources, *sources_before}
        own = [words for path, words in changed.items() if _is_of(path, relevant)]
        # A title or number in it may come from a text that it only refers to.
        return tuple(own or changed.values()) or (say("it was no longer in the cache"),)

    def after(
        self, selection: Selection, run: PastBuild, now: State, sources: Mapping[str, tuple[str, ...]]
    ) -> BuildHistory:
        """Return the record when *run* has been written; *sources* are those of each of its editions."""
        key = digest_of(now)
        asked = repr(selection)
        others = [item for item in self.runs.items() if item[0] != asked]
        runs = dict([*others, (asked, (key, run))][-MOST_RUNS:])
        editions = {} if selection.is_everything else dict(self.editions)
        editions |= {name: (key, paths) for name, paths in sources.items()}
        used = {one for one, _ in (*runs.values(), *editions.values())}
        states = {one: files for one, files in {**self.states, key: now}.items() if one in used}
        return BuildHistory(states, editions, runs)


@dataclass(frozen=True)
class EarlierBuilds:
    """What is known of earlier builds of the project in *root*, and what it is made from now."""

    cache: Cache
    root: Path
    machine: State
    files: State | None
    """None: the gate refuses one of them. The loader tells what is wrong with it."""

    @classmethod
    def of(cls, root: Path, cache: Cache) -> EarlierBuilds:
        """Return the past of the project in *root*. Ask for it before the project is loaded."""
        return cls(cache, root, state.of_machine(), state.of_project(root))

    def unchanged(self, selection: Selection, folder: Path) -> PastBuild | None:
        """Return the run that made what stands in *folder*, where making it again would change nothing."""
        return self._record(folder).unchanged(selection, self._now, folder) if self.files else None

    def is_known(self, folder: Path) -> bool:
        """Tell whether an earlier build for *folder* made something of just what there is now."""
        return self.files is not None and digest_of(self._now) in self._record(folder).states

    def reasons(self, folder: Path) -> Reasons:
        """Return a function that tells what changed since an edition in *folder* was last right."""
        if self.files is None:
            return lambda name, sources: (say("what changed is not known"),)
        record, now = self._record(folder), self._now
        return lambda name, sources: record.reasons(name, sources, now)

    def add(
        self, selection: Selection, folder: Path, run: PastBuild, sources: Mapping[str, tuple[str, ...]]
    ) -> None:
        """Remember *run*, which was written to *folder*, with the files of each of its editions.

        Not where a file was changed since: nobody knows which of both the loader has read.
        """
        if self.files is not None and state.of_project(self.root) == self.files:
            record = self._record(folder).after(selection, run, self._now, sources)
            self.cache.write(self._name(folder), _packed(record))

    def codes_with(self, folder: Path) -> CodeHistory:
        """Return what the sheets said that were made of the project, by their codes.

        In whatever folder, on this machine; and on another, as far as *folder* has what that published.
        """
        from handout.builder import codes  # only here: to see that nothing changed must stay quick

        return codes.unpacked(self.cache.read(self._name_of_codes)).with_published(published_codes(folder))

    def keep_codes(self, known: CodeHistory) -> None:
        """Remember *known*, which holds what was written now too."""
        from handout.builder import codes

        self.cache.write(self._name_of_codes, codes.packed(known))

    @property
    def _name_of_codes(self) -> str:
        return f"codes-{state.digest((str(self.root.resolve()),))}"

    @property
    def _now(self) -> State:
        return {**self.machine, **(self.files or {})}

    def _name(self, folder: Path) -> str:
        return f"record-{state.digest((str(self.root.resolve()), str(folder.resolve())))}"

    def _record(self, folder: Path) -> BuildHistory:
        return _unpacked(self.cache.read(self._name(folder)))


Reasons: TypeAlias = Callable[[str, Iterable[str]], tuple[Message, ...]]
"""From the name of an edition and the files of content/ in it to what changed."""


def named(reasons: Sequence[Message]) -> Message:
    """Return why an edition was made as the end of a line."""
    more = len(reasons) - MOST_NAMED
    return and_more(together(", ", reasons[:MOST_NAMED]), more)


def published_codes(folder: Path) -> CodeHistory:
    """Return what a build published in *folder* of the codes of its sheets; an empty history for none."""
    from handout.builder import codes

    try:
        return codes.read(gate.read_bytes(folder, CODES, LARGEST_FILE_BYTES))
    except gate.Refused:
        return codes.CodeHistory()


def _is_unsettled(folder: Path) -> bool:
    """Tell whether a build has something to do in *folder* beside its files: finish what another left."""
    try:
        names = [path.name for path in folder.iterdir()]
    except OSError:
        return True
    left = any(name.startswith(STAGING_PREFIX) for name in names) or _is_left_beside(folder.resolve())
    return ".gitignore" not in names or left


def _is_left_beside(folder: Path) -> bool:
    try:
        names = [path.name for path in folder.parent.iterdir()]
    except OSError:  # where we may not look no build of ours has written
        return False
    return any(name.startswith(beside_name(folder.name, "")) for name in names)


def _sum(files: gate.ManyFiles, path: str) -> str | None:
    try:
        return hashlib.sha256(files.read_bytes(path, LARGEST_FILE_BYTES)).hexdigest()
    except gate.Refused:
        return None


def _changes(before: State, now: State) -> dict[str, Message]:
    """Return what differs, each with the words for it."""
    changed = sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
    return {name: _change(name, before.get(name), now.get(name)) for name in changed}


def _change(name: str, before: str | None, now: str | None) -> Message:
    if before is None:
        return say("{name} is new", name=name)
    return say("{name} is gone", name=name) if now is None else say("{name} changed", name=name)


def _is_of(name: str, sources: Iterable[str]) -> bool:
    return not name.startswith("content/") or name in sources


# ---- as JSON ----------------------------------------------------------------------------------


def _packed(record: BuildHistory) -> bytes:
    runs = {
        asked: [key, {**vars(run), "findings": _rows_of(run.findings), "refused": _refused_rows_of(run)}]
        for asked, (key, run) in record.runs.items()
    }
    return json.dumps({"states": record.states, "editions": record.editions, "runs": runs}).encode()


def _unpacked(content: bytes | None) -> BuildHistory:
    """Return the record that `_packed` made *content* of; an empty one for none, and for other bytes."""
    try:
        return _record(json.loads(content or b"null"))
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        return BuildHistory()


def _record(rows: Any) -> BuildHistory:
    states = {key: dict(one) for key, one in rows["states"].items()}
    editions = {name: (key, tuple(paths)) for name, (key, paths) in rows["editions"].items()}
    runs = {asked: (key, _run(row)) for asked, (key, row) in rows["runs"].items()}
    for key, _ in (*editions.values(), *runs.values()):
        states[key]  # where one is missing the record is of no use
    return BuildHistory(states, editions, runs)


def _run(row: Any) -> PastBuild:
    findings = tuple(finding_of(cells) for cells in row["findings"])
    refused = tuple(
        RefusedRow(id_, name, Place(path, line), tuple(map(finding_of, whys)))
        for id_, name, path, line, whys in row["refused"]
    )
    outdated = tuple(row["outdated"])
    return PastBuild(
        tuple(row["editions"]), tuple(row["files"]), findings, dict(row["sums"]), refused, outdated
    )


def _rows_of(findings: Iterable[Finding]) -> list[list[object]]:
    return [row_of(finding) for finding in findings]


def _refused_rows_of(run: PastBuild) -> list[list[object]]:
    return [[one.id, one.name, one.place.path, one.place.line, _rows_of(one.findings)] for one in run.refused]
