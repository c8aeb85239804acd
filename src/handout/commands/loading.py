"""What a command works on: the project that it was asked of, and the editions that were asked for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from handout.commands import language
from handout.machine.state import FOLDERS
from handout.model.findings import Finding, UsageError, is_consequence
from handout.model.messages import say
from handout.project.selection import Selection
from handout.project.spoken import language_in

# A build in which nothing changed is over before the rest could be imported.
if TYPE_CHECKING:
    from handout.project.plan import Edition
    from handout.project.project import Project


@dataclass(frozen=True)
class Loaded:
    """A project with what is wrong with its files, and the editions that were asked for."""

    project: Project | None
    editions: tuple[Edition, ...]
    findings: tuple[Finding, ...]


def loaded_project(folder: Path, selection: Selection, beside: Collection[str] = ()) -> Loaded:
    """Return the project in *folder*, and what *selection* asks of it. Raises UsageError for a wrong name.

    The translations into the languages *beside* are read too.
    """
    # What can be asked for from here on.
    from handout.editions import braille_text, fillable, refusal, spoken_text, web_page  # noqa: F401
    from handout.project.load import load
    from handout.project.plan import editions

    project, findings = load(folder, languages=selection.languages, beside=beside)
    use_language_of(folder)
    if project is None:
        return Loaded(None, (), findings)
    project, findings = refusal.of_asked(project, findings, selection)
    try:
        planned = editions(project, selection)
        braille_text.refuse_unreadable(planned)
        return Loaded(project, planned, findings)
    except UsageError as error:
        # What is chosen from could not be read: its findings say more than "there is no such school".
        if is_consequence(error.about, findings):
            return Loaded(project, (), findings)
        error.findings = findings
        raise


def use_language_of(folder: Path) -> None:
    """Tell what there is to tell in the language of the project in *folder*, whatever is wrong with it."""
    language.of_project(language_in(folder))


def folder_for(asked: Path | None, project: Path) -> Path:
    """Return where the files go. Raises UsageError where they would come between those of the project."""
    folder = asked or project / "build"
    real, root = folder.resolve(), project.resolve()
    what = None
    if root.is_relative_to(real):
        what = say("the files would go to {folder}, which holds the project itself", folder=real)
    for sources in FOLDERS:  # no file that is made may come among those that it is made from
        if real.is_relative_to(root / sources):
            what = say(
                "the files would go to {folder}, where {sources}/ has what the files are made from",
                folder=real,
                sources=sources,
            )
    if what is not None:
        raise UsageError(
            what,
            say("name a folder for them alone, or leave --output out: they go to build/"),
        )
    return folder


def today() -> date:
    """Return the day where this machine stands. Nothing else that is made or told of a sheet has a clock."""
    return datetime.now().astimezone().date()
