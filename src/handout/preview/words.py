"""The words of the preview's own page, in the language of the project where there is one of it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

FALLBACK = "en"


@cache
def words(language: str) -> Mapping[str, str]:
    """Return the words for the primary *language* of a project: `nl`; those of FALLBACK for another."""
    folder = resources.files("handout.preview") / "words"
    file = folder / f"{language}.toml"
    text = (file if file.is_file() else folder / f"{FALLBACK}.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def language_of(language: str) -> str:
    """Return the language that `words` answers with for *language*."""
    return (
        language
        if (resources.files("handout.preview") / "words" / f"{language}.toml").is_file()
        else FALLBACK
    )
