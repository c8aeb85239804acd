"""The project as it was at earlier commits. Git is asked where it is there, and nothing depends on it."""

from __future__ import annotations

import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from io import BytesIO
from pathlib import Path

from handout.builder.codes import KnownSheet, known_sheet
from handout.editions import sheet_code
from handout.model.document import Document
from handout.model.findings import UsageError
from handout.model.names import SETTINGS_FILE
from handout.project.load import load
from handout.project.plan import editions
from handout.project.project import Project
from handout.project.selection import EVERY_EDITION

MOST_COMMITS = 200
"""How far back git is asked: years of an editor's work, and a minute of ours at most."""
LONGEST_GIT_S = 30


def older_projects(root: Path, most: int = MOST_COMMITS) -> Iterator[tuple[str, Project]]:
    """Yield each commit that touched the project in *root* with the project as it was, the newest first.

    At most the last *most*; none without git, and none of those that cannot be loaded.
    """
    for commit in _commits(root, most):
        with tempfile.TemporaryDirectory(prefix="handout-") as folder:
            if not _unpack(root, commit, Path(folder)):
                continue
            older, _ = load(Path(folder))
            if older is not None:
                yield commit, older


def sheets_of(project: Project) -> Iterator[tuple[str, Document]]:
    """Yield each sheet that *project* makes for no school, with the name of its edition; no faulty one."""
    with suppress(UsageError):  # an early commit may plan nothing
        for edition in editions(project, EVERY_EDITION):
            document, _ = sheet_code.document(project, edition)
            if document.code:
                yield edition.name, document


def known_sheets(project: Project) -> Mapping[str, KnownSheet]:
    """Return what the sheets of *project* say, by the name of the edition."""
    return {name: known_sheet(document) for name, document in sheets_of(project)}


def is_kept_by_git(root: Path) -> bool:
    """Tell whether git is there, and *root* stands in a repository with a commit."""
    return _git(root, "rev-parse", "--verify", "HEAD") is not None


def is_shallow(root: Path) -> bool:
    """Tell whether the repository of *root* was cloned without its earlier commits."""
    return (_git(root, "rev-parse", "--is-shallow-repository") or b"").strip() == b"true"


def _commits(root: Path, most: int) -> Iterable[str]:
    """Return the commits that touched the project, newest first."""
    done = _git(root, "log", f"--max-count={most}", "--format=%H", "--", ".")
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
