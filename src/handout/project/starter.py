"""What a new project, procedure or handout begins with: the packaged starter, filled in. Writes nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

from jinja2 import Environment, StrictUndefined

from handout.machine import gate
from handout.machine.program import packaged_root
from handout.model.findings import UsageError
from handout.model.messages import say
from handout.model.names import slug_of
from handout.project.project import EXAMPLE_LANGUAGE, Project, primary_language
from handout.project.scaffold import FOLDER, MOST_BYTES, TEXTS, to_write
from handout.project.schemas import SCHEMA_FOLDER, schema_files
from handout.project.settings import Shape, Strip

COMMON = "common"
"""Its files are laid down whatever the language."""
FALLBACK = "en"
"""The language of the texts where there is no starter in that of the project."""
SAMPLE_LOGO = "logo.svg"

ACCENTS = (
    "#123e8c",
    "#00573f",
    "#6e1748",
    "#5a2d00",
    "#4b2a7b",
    "#0b4f6c",
    "#7a1f1f",
    "#2f4a12",
    "#3d3d3d",
)
"""White letters on each have a contrast of 7 to 1 at least."""
ICONS = ("briefcase", "person", "star", "mortarboard", "anchor", "school", "pen", "key", "folder")
LOOKS = tuple(
    (shape, strip) for turn in range(3) for shape, strip in zip(Shape, (*Strip, *Strip)[turn:], strict=False)
)
"""Shape and strip of each audience: nine pairs, and the first three have nothing in common."""

_OF_STEPS_ALONE = frozenset({"poster-a3", "tent-a4"})

_AUDIENCES = {"en": ("Staff", "Visitors"), "nl": ("Medewerkers", "Bezoekers")}
_FOR = {"en": "For {name}", "nl": "Voor {name}"}
_TO_TRANSLATE = """\
# The words that the templates print, still in English: put those of '{language}' in their place.
# The texts in content/ are in English too: whoever hears a sheet read aloud, hears it as '{language}'.
"""


@dataclass(frozen=True)
class Answers:
    """What a new project is to be."""

    organisation: str
    language: str
    audiences: tuple[str, ...] = ()
    """As a person names them, "Medewerkers"; none: two usual ones."""
    accents: tuple[str, ...] = ()
    """Of the audiences, in their order; where there are fewer, dark ones are taken."""
    logo: tuple[str, bytes] | None = None
    """The name and what is in the file; None: a drawn example."""
    day: date = date.min
    """On which it begins."""


@dataclass(frozen=True)
class _StarterAudience:
    slug: str
    label: str
    accent: str
    shape: Shape
    strip: Strip
    icon: str


def project_files(answers: Answers) -> dict[str, bytes]:
    """Return the files of a new project by path. Raises UsageError where an answer cannot be used."""
    language = _starter_language(answers.language)
    audiences = _audiences(answers, language)
    logo = SAMPLE_LOGO if answers.logo is None else f"logo{PurePosixPath(answers.logo[0]).suffix.lower()}"
    given: dict[str, object] = {
        "organisation": answers.organisation,
        "language": answers.language,
        "audiences": audiences,
        "accents": [one.accent for one in audiences],
        "logo": logo,
        "has_logo": answers.logo is not None,
        **_of_a_text([one.slug for one in audiences], answers.day),
    }
    found = {**_sources(COMMON), **_sources(language)}
    files = {
        path: _filled(text, given).encode()
        for path, text in found.items()
        if not path.startswith(f"{TEXTS}/")
    }
    if answers.logo is not None:
        del files[f"content/images/{SAMPLE_LOGO}"]
        files[f"content/images/{logo}"] = answers.logo[1]
    if (path := words_to_translate(answers.language)) is not None:
        spoken = primary_language(answers.language)
        words = _read(packaged_root(), f"templates/strings/{FALLBACK}.toml").partition("\n\n")[2]
        head = _TO_TRANSLATE.format(language=spoken)
        files[path] = f"{head}\n{words}".encode()
    schemas = {f"{SCHEMA_FOLDER}/{name}": text.encode() for name, text in schema_files().items()}
    return {**files, **schemas}


def words_to_translate(language: str) -> str | None:
    """Return the file of printed words that a new project begins with in English; None: all are there."""
    spoken = primary_language(language)
    return None if spoken in _printed_languages() else f"templates/strings/{spoken}.toml"


def begins_in_english(language: str) -> bool:
    """Tell whether the texts of a new project in *language* are still to be translated."""
    return _starter_language(language) != primary_language(language)


def procedure_text(project: Project, title: str, audiences: Sequence[str], day: date) -> str:
    """Return what a procedure begins with, in the language of *project*."""
    return _text(project, "procedure.md", {"title": title, **_of_a_text(audiences, day)})


def handout_text(
    project: Project,
    title: str,
    audiences: Sequence[str],
    formats: Sequence[str],
    procedures: Sequence[str],
    day: date,
) -> str:
    """Return what a handout begins with, in the language of *project*."""
    fixed = {name: project.settings.formats[name].pages for name in formats}
    needs_pages = None in fixed.values()
    if needs_pages and set(fixed.values()) != {None}:
        free = next(name for name, pages in fixed.items() if pages is None)
        raise UsageError(
            say("a handout says how many pages '{free}' has, and the other formats have theirs", free=free),
            say("begin a handout for each of the two: both may show the same procedures"),
        )
    given: dict[str, object] = {
        "title": title,
        "slug": slug_of(title),
        "formats": list(formats),
        "procedures": list(procedures),
        "handouts": sorted(project.handouts),
        "is_for_steps_alone": shows_steps_alone(formats),
        "pages": 4 if needs_pages else None,
    }
    return _text(project, "handout.md", {**given, **_of_a_text(audiences, day)})


def shows_steps_alone(formats: Sequence[str]) -> bool:
    """Tell whether a handout in *formats* shows the steps of its procedures, and no text of its own."""
    return set(formats) <= _OF_STEPS_ALONE


def _text(project: Project, name: str, given: Mapping[str, object]) -> str:
    language = _starter_language(project.settings.organisation.language)
    text = _read(packaged_root() / FOLDER, f"{language}/{TEXTS}/{name}")
    return _filled(text, {**given, "to_write": to_write(language)})


def _of_a_text(audiences: Sequence[str], day: date) -> dict[str, object]:
    # The 29th of February has no day a year later.
    later = date(day.year + 1, day.month, min(day.day, 28))
    return {"slugs": ", ".join(audiences), "day": day.isoformat(), "next_year": later.isoformat()}


def _audiences(answers: Answers, language: str) -> tuple[_StarterAudience, ...]:
    names = answers.audiences or _AUDIENCES[language]
    if len(names) > len(LOOKS):
        raise UsageError(
            say(
                "{names_count} audiences are more than shapes and strips tell apart: {looks_count}",
                names_count=len(names),
                looks_count=len(LOOKS),
            ),
            say("begin with those that you print for first; handout.toml takes others later"),
        )
    if len(answers.accents) > len(names):
        raise UsageError(
            say(
                "there are {accents_count} accents for {names_count} audiences",
                accents_count=len(answers.accents),
                names_count=len(names),
            ),
            say("give one for each audience at most, in their order"),
        )
    free = [accent for accent in ACCENTS if accent not in answers.accents]
    accents = (*answers.accents, *free)
    slugs = [slug_of(name) for name in names]
    for name, slug in zip(names, slugs, strict=True):
        if not slug or slugs.count(slug) > 1:
            raise UsageError(
                say("the audience '{name}' has no name of its own in the letters a-z", name=name),
                say("name each audience otherwise: --audience Staff --audience Visitors"),
            )
    return tuple(
        _StarterAudience(slug, _FOR[language].format(name=_within(name)), accent, *look, icon)
        for name, slug, accent, look, icon in zip(names, slugs, accents, LOOKS, ICONS, strict=False)
    )


def _within(name: str) -> str:
    """Return *name* as it stands within a sentence: "Staff" is "staff", and "ICT" stays."""
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def _starter_language(tag: str) -> str:
    spoken = primary_language(tag)
    return spoken if spoken in _AUDIENCES else FALLBACK


def _printed_languages() -> frozenset[str]:
    names = gate.list_files(packaged_root(), "templates/strings")
    return frozenset(PurePosixPath(name).stem for name in names) | {EXAMPLE_LANGUAGE}


def _sources(part: str) -> dict[str, str]:
    """Return the texts of a *part* of the starter, by their path in the project."""
    root = packaged_root()
    paths = gate.list_files(root, f"{FOLDER}/{part}")
    return {_laid_down(path.removeprefix(f"{FOLDER}/{part}/")): _read(root, path) for path in paths}


def _laid_down(path: str) -> str:
    """Return where a file of the starter goes: `dot.vscode`, which is not hidden here, is `.vscode` there."""
    return path.removeprefix("dot") if path.startswith("dot.") else path


def _read(root: Path, path: str) -> str:
    return gate.decode_text(gate.read_bytes(root, path, MOST_BYTES))


# What editors write has {{ }} and {% %} of its own.
_TEMPLATES = Environment(
    variable_start_string="<<",
    variable_end_string=">>",
    block_start_string="<%",
    block_end_string="%>",
    comment_start_string="<#",
    comment_end_string="#>",
    keep_trailing_newline=True,
    trim_blocks=True,
    undefined=StrictUndefined,
    autoescape=False,
)
# A text in quotes of JSON is one of TOML and of YAML too.
_TEMPLATES.filters["toml"] = _TEMPLATES.filters["yaml"] = lambda text: json.dumps(text, ensure_ascii=False)


def _filled(text: str, given: Mapping[str, object]) -> str:
    return _TEMPLATES.from_string(text).render(given)
