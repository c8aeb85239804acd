"""The language in which a person is told things.

It is what `--messages` says, else HANDOUT_MESSAGES, else that of the project at hand, else that of the
machine (LC_ALL, LC_MESSAGES, LANG); where none of these is one that we have, English.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from handout.machine.catalogs import LANGUAGES, catalog
from handout.model.findings import UsageError, suggest
from handout.model.messages import ENGLISH, Catalog, in_words, say

VARIABLE = "HANDOUT_MESSAGES"
OF_THE_MACHINE = ("LC_ALL", "LC_MESSAGES", "LANG")


@dataclass
class _Known:
    """What this run knows of the language of its reader."""

    asked: str | None = None
    """On the command line."""
    of_project: str | None = None


_known = _Known()


def begin() -> None:
    """Forget what an earlier run in this process knew."""
    _known.asked = _known.of_project = None


def ask(language: str | None) -> str | None:
    """Take *language*, which a person asked for. Raises UsageError for one that we do not have."""
    if language is not None and language not in LANGUAGES:
        raise UsageError(
            say("there are no messages in '{language}'", language=language), suggest(language, LANGUAGES)
        )
    _known.asked = language
    return language


def asked() -> str | None:
    """Return the language that a person asked for on the command line."""
    return _known.asked


def of_project(tag: str | None) -> None:
    """Take *tag*, the language of the project at hand: `nl-BE`."""
    _known.of_project = tag


def words() -> Catalog:
    """Return the catalog of what this run says."""
    return catalog(chosen(_known.asked, _known.of_project, os.environ))


def chosen(asked: str | None, project: str | None, environment: Mapping[str, str]) -> str:
    """Return the first language that we have of those that were named."""
    return next((one for one in _named(asked, project, environment) if one in LANGUAGES), ENGLISH.language)


def _named(asked: str | None, project: str | None, environment: Mapping[str, str]) -> Iterator[str]:
    """Yield the languages that were named, without their regions; the strongest first."""
    for name in (asked, environment.get(VARIABLE), project, of_machine(environment)):
        if name:
            yield _tag(name).partition("-")[0].lower()


def of_machine(environment: Mapping[str, str]) -> str:
    """Return the language that *environment* is set to, by its tag, `nl-BE`; empty where it is to none."""
    return next((_tag(found) for name in OF_THE_MACHINE if (found := environment.get(name))), "")


def _tag(name: str) -> str:
    """Return the tag of the language that a machine calls *name*: `nl-BE` for `nl_BE.UTF-8`, `nl_BE@euro`."""
    return name.partition(".")[0].partition("@")[0].replace("_", "-")


def told(message: str) -> str:
    """Return *message* in the language of the reader."""
    return in_words(message, words())
