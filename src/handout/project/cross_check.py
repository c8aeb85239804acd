"""Hold the parts of a project against each other: what one names, another has to hold."""

from __future__ import annotations

import string
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, combinations, repeat, zip_longest

from handout.model.colours import BLACK, LEAST_CONTRAST, LEAST_CONTRAST_LARGE, WHITE, contrast, of_hex
from handout.model.document import STANDARD_READING, SheetKind
from handout.model.findings import Finding, Place, Severity, suggest
from handout.model.links import check_url, fix_for
from handout.model.messages import Message, and_more, say, say_count
from handout.model.names import SETTINGS_FILE
from handout.model.plurals import base_of, is_of_one_number
from handout.model.rules import Rule
from handout.model.school import LOGO_COLUMN, LOGO_FOLDER, STANDARD_COLUMNS, School
from handout.model.source import HandoutSource, Procedure
from handout.model.text import Only, Picture
from handout.model.walk import named_audiences, written_blocks
from handout.project.project import (
    BESIDE_SHEETS,
    EXAMPLE_LANGUAGE,
    HEARD,
    OF_CHECKS,
    WALKS_FILE,
    WITH_SIGNS,
    Project,
    no_drawing,
    primary_language,
)
from handout.project.scaffold import unwritten
from handout.project.settings import Audience, Format, Settings


def check_links(settings: Settings, line_of: Callable[[tuple[str | int, ...]], int]) -> Iterable[Finding]:
    for name, url in settings.links.urls.items():
        place = Place(SETTINGS_FILE, line_of(("links", name)))
        if (fault := check_url(url, settings.links.allowed_hosts)) is not None:
            fix = fix_for(url, settings.links.allowed_hosts)
            yield Finding(
                place,
                say("the link '{name}' cannot be used: {fault}", name=name, fault=fault),
                fix,
                rule=Rule.ADDRESS_REFUSED,
            )


def check_status(settings: Settings, line_of: Callable[[tuple[str | int, ...]], int]) -> Iterable[Finding]:
    """Yield what is wrong with the address that [status] puts the code of a sheet behind."""
    if settings.status is None:
        return
    url, hosts = settings.status.url, settings.links.allowed_hosts
    place = Place(SETTINGS_FILE, line_of(("status", "url")))
    if (fault := check_url(url, hosts)) is not None:
        what = say("the address of [status] cannot be used: {fault}", fault=fault)
        yield Finding(place, what, fix_for(url, hosts), rule=Rule.ADDRESS_REFUSED)
    elif "#" in url:
        what = say("the address of [status] has a # already, behind which the code of each sheet comes")
        fix = say("write it without: {url}", url=url.partition("#")[0])
        yield Finding(place, what, fix, rule=Rule.ADDRESS_REFUSED)


def check_columns(settings: Settings, line_of: Callable[[tuple[str | int, ...]], int]) -> Iterable[Finding]:
    """Yield the links that name a column which the schools do not have, or which is not for addresses."""
    own = [name for name in settings.schools.columns if name not in STANDARD_COLUMNS]
    for name, column in settings.links.columns.items():
        if column not in own:
            place = Place(SETTINGS_FILE, line_of(("links", name)))
            what = say(
                "the link '{name}' names the column '{column}', which the project has not declared",
                name=name,
                column=column,
            )
            fix = say("write a name of your own for it, and add that to columns under [schools]")
            if own:
                fix = say(
                    "write a name of your own for it, and add that to columns under [schools]: {names}",
                    names=", ".join(own),
                )
            yield Finding(place, what, fix, rule=Rule.NAME_UNKNOWN)


def check_slots(settings: Settings, line_of: Callable[[tuple[str | int, ...]], int]) -> Iterable[Finding]:
    """Yield the slots for a field that schools do not have."""
    known = settings.school_fields
    for format_name, format_ in settings.formats.items():
        for name, slot in format_.slots.items():
            if (field := slot.field or name) not in known:
                place = Place(SETTINGS_FILE, line_of(("formats", format_name, "slots", name)))
                what = say(
                    "the slot '{name}' of the format '{format_name}' is for '{field}', which no school has",
                    name=name,
                    format_name=format_name,
                    field=field,
                )
                names = ", ".join(known)
                fix = say(
                    "add it to columns under [schools], or name a column in a key 'field': {names}",
                    names=names,
                )
                yield Finding(place, what, fix, rule=Rule.NAME_UNKNOWN)


def check_likes(settings: Settings, line_of: Callable[[tuple[str | int, ...]], int]) -> Iterable[Finding]:
    """Yield the formats of handout.toml that are like one that has no template and stylesheet of its own."""
    whole = [name for name, format_ in settings.formats.items() if format_.like is None]
    for name, format_ in settings.formats.items():
        line = line_of(("formats", name, "like"))
        if format_.like is not None and format_.like not in whole and line:
            place = Place(SETTINGS_FILE, line)
            what = say(
                "the format '{name}' cannot be like '{like}', which is none of its own",
                name=name,
                like=format_.like,
            )
            yield Finding(place, what, suggest(format_.like, whole), rule=Rule.NAME_UNKNOWN)


def setting_places(
    settings: Settings, line_of: Callable[[tuple[str | int, ...]], int]
) -> dict[str, tuple[Place, ...]]:
    """Return the places of what in handout.toml other files answer to, where it stands there."""
    keys: list[tuple[str, ...]] = [("audiences", name, "icon") for name in settings.audiences]
    keys += [("organisation", "logo")] if settings.organisation.logo else []
    keys += [("formats", name, "sheets") for name in settings.formats]
    keys += [("status", "url")] if settings.status else []
    keys += [("print-shop", "profile")] if settings.print_shop else []
    lines = ((".".join(key), line_of(key)) for key in keys)
    return {key: (Place(SETTINGS_FILE, line),) for key, line in lines if line}


_NEAR_COLOUR = 40 / 255
"""Two colours that differ by no more in red, green and blue are one on paper, at arm's length."""


def check_audiences(settings: Settings, line_of: Callable[[tuple[str | int, ...]], int]) -> Iterable[Finding]:
    """Yield the accents that white letters are lost on, and the audiences that look like another."""
    for name, audience in settings.audiences.items():
        ratio = contrast(of_hex(audience.accent), WHITE)
        if ratio < LEAST_CONTRAST:
            place = Place(SETTINGS_FILE, line_of(("audiences", name, "accent")))
            what = say(
                "white on {accent}, the accent of '{name}', has a contrast of {ratio:.1f} to 1; "
                "small type needs {least_contrast:g} to 1, large type {least_contrast_large:g}",
                accent=audience.accent,
                name=name,
                ratio=ratio,
                least_contrast=LEAST_CONTRAST,
                least_contrast_large=LEAST_CONTRAST_LARGE,
            )
            fix = say("take a darker colour: a sheet that prints white on it is refused when it is made")
            yield Finding(place, what, fix, Severity.WARNING, Rule.ACCENT_PALE)
        if audience.highlight and (ratio := contrast(BLACK, of_hex(audience.highlight))) < LEAST_CONTRAST:
            place = Place(SETTINGS_FILE, line_of(("audiences", name, "highlight")))
            what = say(
                "black on {highlight}, the highlight of '{name}', has a contrast of {ratio:.1f} to "
                "1; it needs {least_contrast:g} to 1",
                highlight=audience.highlight,
                name=name,
                ratio=ratio,
                least_contrast=LEAST_CONTRAST,
            )
            fix = say("take a lighter colour, or leave it out: it is then a tint of the accent")
            yield Finding(place, what, fix, Severity.WARNING, Rule.HIGHLIGHT_DARK)
    for (name, one), (other_name, other) in combinations(settings.audiences.items(), 2):
        why = _alike(one, other)
        if why is not None:
            place = Place(SETTINGS_FILE, line_of(("audiences", other_name)))
            what = say(
                "'{other_name}' looks like '{name}': they have one shape, one strip and {why}",
                other_name=other_name,
                name=name,
                why=why,
            )
            fix = say("give one of them another shape or strip, so that nobody takes the wrong sheet")
            yield Finding(place, what, fix, Severity.WARNING, Rule.AUDIENCES_ALIKE)


def _alike(one: Audience, other: Audience) -> Message | None:
    """Return what, beside shape and strip, makes two audiences one to the eye, or None."""
    if (one.shape, one.strip) != (other.shape, other.strip):
        return None
    pairs = zip(of_hex(one.accent), of_hex(other.accent), strict=True)
    if all(abs(part - same) <= _NEAR_COLOUR for part, same in pairs):
        return say("nearly one accent")
    return say("one icon, which is all that a copy in black has") if one.icon == other.icon else None


def cross_check(
    project: Project, key_places: Mapping[str, Mapping[str, tuple[Place, ...]]]
) -> Iterator[Finding]:
    """Yield what is wrong between files: names that nothing answers to, each with its line."""
    settings = project.settings
    texts: tuple[Procedure | HandoutSource, ...] = (
        *project.procedures.values(),
        *project.handouts.values(),
    )
    for text in texts:
        yield from _of_audiences(text, settings, key_places[text.place.path])
    for handout in project.handouts.values():
        places = key_places[handout.place.path]
        yield from _unknown(
            say("format"), handout.formats, places.get("formats"), handout.place, settings.formats
        )
        yield from _of_readings(handout, settings, places)
        for name in (name for name in handout.formats if name in settings.formats):
            if (fault := _budget_fault(settings.formats[name], handout)) is not None:
                yield Finding(places.get("pages", (handout.place,))[0], *fault, rule=Rule.PAGES_UNFIT)
        for kind, slugs, key in (
            (say("handout"), handout.leads_to, "leads-to"),
            (say("procedure"), handout.procedures, "procedures"),
        ):
            yield from _unknown_files(project, kind, slugs, places.get(key), handout.place)
    yield from _letterless(project, key_places)
    yield from _unknown_audiences(project)
    yield from _of_walks(project)
    yield from _of_languages(project, key_places)
    yield from _of_broken_pictures(project)
    yield from _undrawn(project, key_places)
    for _, body in project.bodies:
        yield from unwritten(body)
    of_settings = key_places.get(SETTINGS_FILE, {})
    (logo_place,) = of_settings.get("organisation.logo", (Place(SETTINGS_FILE),))
    yield from _of_general_logo(project, logo_place)
    for school in project.schools:
        yield from _of_school(project, school)


def _of_audiences(
    text: Procedure | HandoutSource, settings: Settings, places: Mapping[str, tuple[Place, ...]]
) -> Iterator[Finding]:
    """Yield the audiences in the head of *text* that the project does not have."""
    yield from _unknown(
        say("audience"), text.audiences, places.get("audiences"), text.place, settings.audiences
    )
    without_sheet = text.without_sheet if isinstance(text, Procedure) else {}
    for key, names in (("title", text.titles), ("no-sheet", without_sheet)):
        for name in names:
            at = places.get(f"{key}@{name}")
            yield from _unknown(say("audience"), (name,), at, text.place, settings.audiences)


def _of_readings(
    handout: HandoutSource, settings: Settings, places: Mapping[str, tuple[Place, ...]]
) -> Iterator[Finding]:
    """Yield the ways of reading that no format of *handout* is laid out for, and formats that are one."""
    for name, place in zip_longest(handout.formats, places.get("formats", ())):
        if name in settings.formats and (reading := settings.formats[name].reading):
            like = settings.formats[name].like
            yield Finding(
                place or handout.place,
                settings.told_anew(name),
                say(
                    "write {like} under 'formats', and readings: [standard, {reading}]",
                    like=like,
                    reading=reading,
                ),
                rule=Rule.NAME_UNKNOWN,
            )
    offered = {
        reading
        for name in handout.formats
        if name in settings.formats
        for reading in settings.readings_of(name)
    }
    for name, place in zip_longest(handout.readings, places.get("readings", ())):
        if name is not None and name not in offered:
            able = [one for one in settings.plain_formats if name in settings.readings_of(one)]
            yield Finding(
                place or handout.place,
                say("no format of this handout is laid out for the reading '{name}'", name=name),
                say("take it out, or add a format that is: {names}", names=", ".join(able))
                if able
                else suggest(name, offered),
                rule=Rule.NAME_UNKNOWN,
            )


def _of_languages(
    project: Project, key_places: Mapping[str, Mapping[str, tuple[Place, ...]]]
) -> Iterator[Finding]:
    """Yield the languages of handouts into which nothing is translated: their sheets would be in none."""
    known = {*project.languages, primary_language(project.language)}
    for handout in project.handouts.values():
        own = key_places.get(handout.place.path, {})
        named = chain(
            zip_longest(handout.languages, own.get("languages", ())),
            zip_longest(handout.bilingual, own.get("bilingual", ())),
        )
        for tag, place in named:
            if tag is not None and tag not in known:
                yield Finding(
                    place or handout.place,
                    say("nothing is translated into '{language}'", language=tag),
                    say(
                        "take it out, or begin: 'handout translate export {language}' writes what is to be "
                        "filled in",
                        language=tag,
                    ),
                    rule=Rule.NAME_UNKNOWN,
                )


def _letterless(
    project: Project, key_places: Mapping[str, Mapping[str, tuple[Place, ...]]]
) -> Iterator[Finding]:
    """Yield the handouts that a wayfinding sheet leads to when no letter is left for them."""
    for sheet in project.handouts.values():
        places = key_places[sheet.place.path].get("leads-to", ())
        for slug, place in zip_longest(sheet.leads_to, places):
            if slug in project.handouts and slug not in project.letters:
                what = say(
                    "'{slug}' is led to when all {letters_count} letters are given",
                    slug=slug,
                    letters_count=len(project.letters),
                )
                fix = say("lead to fewer handouts: take two together, or leave one out")
                yield Finding(place or sheet.place, what, fix, rule=Rule.LETTERS_SPENT)


def _undrawn(
    project: Project, key_places: Mapping[str, Mapping[str, tuple[Place, ...]]]
) -> Iterator[Finding]:
    """Yield the pictograms that heads of texts name and styles/icons/ lacks, shown or not.

    The gallery shows those of questions, and a wayfinding sheet may be written next year.
    """
    named: list[tuple[str | None, Place]] = []
    for procedure in project.procedures.values():
        place = key_places.get(procedure.place.path, {}).get("icon", (procedure.place,))[0]
        named.append((procedure.icon, place))
    for handout in project.handouts.values():
        places = key_places.get(handout.place.path, {}).get("questions", ())
        for question, place in zip(handout.questions, chain(places, repeat(handout.place)), strict=False):
            named.append((question.icon, place))
    for name, place in named:
        if name is not None and f"icons/{name}.svg" not in project.styles:
            yield Finding(place, *no_drawing(name, project.styles), rule=Rule.STYLE_MISSING)


def _of_broken_pictures(project: Project) -> Iterator[Finding]:
    """Yield why pictures were refused; those that are the logos of schools alone are told at their rows."""
    shown = project.pictures_in_texts
    logos = {project.settings.organisation.logo_path, *(school.logo for school in project.schools)}
    for path, finding in project.broken_pictures.items():
        if path in shown:
            yield finding
        elif path not in logos:  # it stands on no sheet, and stops none
            yield replace(finding, severity=Severity.WARNING)


def _of_general_logo(project: Project, place: Place) -> Iterator[Finding]:
    """Yield what is wrong with the logo of the organisation, which is named at *place*."""
    path = project.settings.organisation.logo_path
    if path is not None and path in project.broken_pictures:
        broken = project.broken_pictures[path]
        what = say(
            "the logo of the organisation, {path}, cannot be printed: {what}",
            path=broken.place.path,
            what=broken.what,
        )
        yield Finding(place, what, say("{fix}; or take 'logo' out", fix=broken.fix), rule=broken.rule)
    elif path is not None and path not in project.pictures:
        names = (one.removeprefix(f"{LOGO_FOLDER}/") for one in project.pictures)
        name = path.removeprefix(f"{LOGO_FOLDER}/")
        what = say(
            "there is no picture '{name}' in content/{folder} for the logo of the organisation",
            name=name,
            folder=LOGO_FOLDER,
        )
        yield Finding(place, what, suggest(name, names), rule=Rule.PICTURE_MISSING)


def _of_school(project: Project, school: School) -> Iterator[Finding]:
    """Yield what is wrong between the row of *school* and the rest: its logo, its own addresses."""
    if school.logo is not None and school.logo in project.broken_pictures:
        broken = project.broken_pictures[school.logo]
        why = broken.what
        if broken.place.line:
            why = say("{what} (line {line})", what=why, line=broken.place.line)
        what = say(
            "the logo of '{name}', {path}, cannot be printed: {why}",
            name=school.name,
            path=broken.place.path,
            why=why,
        )
        fix = say("{fix}; or leave its cell 'logo' empty", fix=broken.fix)
        yield Finding(school.place_of(LOGO_COLUMN), what, fix, rule=broken.rule)
    elif school.logo is not None and school.logo not in project.pictures:
        names = (path.removeprefix(f"{LOGO_FOLDER}/") for path in project.pictures)
        name = school.logo.removeprefix(f"{LOGO_FOLDER}/")
        what = say(
            "there is no picture '{name}' in content/{folder} for the logo of '{school}'",
            name=name,
            folder=LOGO_FOLDER,
            school=school.name,
        )
        place = school.place_of(LOGO_COLUMN)
        yield Finding(place, what, suggest(name, names), rule=Rule.PICTURE_MISSING)
    hosts = project.settings.links.allowed_hosts
    for column in dict.fromkeys(project.settings.links.columns.values()):
        url = school.value(column)
        if url is not None and (fault := check_url(url, hosts)) is not None:
            what = say(
                "'{column}' of '{name}' cannot be used: {fault}", column=column, name=school.name, fault=fault
            )
            yield Finding(school.place_of(column), what, fix_for(url, hosts), rule=Rule.ADDRESS_REFUSED)


def _is_printed(key: str, project: Project) -> bool:
    """Tell whether a sheet of *project* may print the word *key*."""
    return not key.startswith((*OF_CHECKS, HEARD)) and (
        key != "status" or project.settings.status is not None
    )


def words_to_come(language: str) -> Finding:
    """Return that nothing is printed of the translations into *language*, which nobody asks for yet."""
    return Finding(
        _strings_of(language),
        say("nothing is printed in '{language}', for its printed words are missing", language=language),
        say("write this file before a sheet is made in it"),
        Severity.WARNING,
        Rule.PRINTED_WORD,
    )


def _strings_of(language: str) -> Place:
    return Place(f"templates/strings/{primary_language(language)}.toml")


def check_words(
    project: Project, language: str, written: Mapping[str, Mapping[str, str]], examples: Mapping[str, str]
) -> Iterator[Finding]:
    """Yield what the words of *language*, one of the project, lack, held against the packaged *examples*.

    *written* are the words that stand in a file, packaged or of the project, by language.
    """
    place = _strings_of(language)
    if language not in project.strings:
        others = ", ".join(sorted(project.strings))
        what = say("there are no printed words for the language '{language}'", language=language)
        yield Finding(
            place,
            what,
            say("write this file, or use one of the languages: {others}", others=others),
            rule=Rule.PRINTED_WORD,
        )
        return
    words = project.strings[language]
    is_translated = language != EXAMPLE_LANGUAGE
    is_of_pages = language == primary_language(project.settings.organisation.language)
    beside: list[str] = []
    for key, example in examples.items():
        if not _is_printed(key, project) or _is_form(key, examples):
            continue
        is_later = is_translated and key not in written.get(language, {})
        if is_later and key.startswith(BESIDE_SHEETS):
            beside.append(key)
        elif is_later and key in WITH_SIGNS:
            yield Finding(
                place,
                say(
                    "the word '{key}' is missing: a sheet that needs it prints '{words}'",
                    key=key,
                    words=words[key],
                ),
                say("add it; in Dutch it is '{example}'", example=example),
                Severity.WARNING,
                Rule.PRINTED_WORD,
            )
        elif key not in words:
            yield Finding(
                place,
                say("the word '{key}' is missing", key=key),
                say("add it; in Dutch it is '{example}'", example=example),
                rule=Rule.PRINTED_WORD,
            )
        elif (fault := _blanks_fault(key, words[key], example)) is not None:
            fix = say("use the names in braces of the Dutch one: '{example}'", example=example)
            yield Finding(place, fault, fix, rule=Rule.PRINTED_WORD)
    yield from _form_faults(language, words, examples, place)
    if beside and is_of_pages:  # those pages are in the language of the texts alone
        yield _words_beside(place, beside)


def _is_form(key: str, words: Mapping[str, str]) -> bool:
    """Tell whether *key* is a plural form of one of *words*: each language has those that it counts with."""
    split = base_of(key)
    return split is not None and split[0] in words


def _form_faults(
    language: str, words: Mapping[str, str], examples: Mapping[str, str], place: Place
) -> Iterator[Finding]:
    """Yield what is wrong with the plural forms among *words*: held against the word that they are forms of.

    A form of one number may say it in letters, or leave it out: "in two steps" is one word in Arabic.
    """
    for key, word in words.items():
        if not _is_form(key, examples):
            continue
        base, form = key.rsplit("-", 1)
        example = examples[base]
        fault = _blanks_fault(key, word, example)
        fix = say("use the names in braces of the Dutch one: '{example}'", example=example)
        counts = "{count}" in example and "{count}" in words.get(base, "")
        if fault is None and counts and "{count}" not in word and not is_of_one_number(form, language):
            fault = say(
                "the word '{key}' goes with several numbers in this language, and does not say which: "
                "'{word}'",
                key=key,
                word=word,
            )
            fix = say("write {{count}} where the number comes")
        if fault is not None:
            yield Finding(place, fault, fix, rule=Rule.PRINTED_WORD)


MOST_WORDS_SHOWN = 3


def _words_beside(place: Place, keys: Sequence[str]) -> Finding:
    """Return that the words *keys* of the pages beside the sheets are missing: one finding for all."""
    shown = ", ".join(f"'{key}'" for key in keys[:MOST_WORDS_SHOWN])
    return Finding(
        place,
        say_count(
            len(keys),
            "the word {keys} is missing, and stands in Dutch where it is needed: on no sheet",
            "{n} words are missing, and stand in Dutch where they are needed, on no sheet: {keys}",
            keys=and_more(shown, len(keys) - MOST_WORDS_SHOWN),
        ),
        say("add them; templates/strings/en.toml of the program has all"),
        Severity.WARNING,
        Rule.PRINTED_WORD,
    )


def _blanks_fault(key: str, word: str, example: str) -> Message | None:
    """Return what is wrong with the names in braces of *word*, that of *key*.

    They are filled in as those of *example*.
    A width, `{address:>99}`, is nothing for an editor, and could ask for more memory than there is.
    """
    try:
        blanks = [blank for blank in string.Formatter().parse(word) if blank[1] is not None]
    except ValueError:
        return say("the word '{key}' has a brace without its other half: '{word}'", key=key, word=word)
    names = {name or "" for _, name, _, _ in blanks}
    for _, name, form, conversion in blanks:
        if form or conversion:
            return say(
                "the word '{key}' says how '{{{name}}}' is set, which the style sheet does: write the name "
                "alone",
                key=key,
                name=name,
            )
    known = {name for _, name, _, _ in string.Formatter().parse(example) if name is not None}
    unknown = ", ".join(sorted(names - known))
    if not unknown:
        return None
    return say("the word '{key}' has '{{{names}}}' in it, which nothing fills in", key=key, names=unknown)


def _unknown(
    kind: Message, names: Iterable[str], places: tuple[Place, ...] | None, file: Place, known: Iterable[str]
) -> Iterator[Finding]:
    known = tuple(known)
    for name, place in zip_longest(names, places or ()):
        if name is not None and name not in known:
            yield Finding(
                place or file,
                say("there is no {kind} '{name}'", kind=kind, name=name),
                suggest(name, known),
                rule=Rule.NAME_UNKNOWN,
            )


def _unknown_files(
    project: Project, kind: Message, slugs: Iterable[str], places: tuple[Place, ...] | None, file: Place
) -> Iterator[Finding]:
    """Yield the procedures or handouts, as *kind* says, that *slugs* name and the project does not have."""
    folder = f"content/{kind}s"
    known = project.handouts if kind == "handout" else project.procedures
    for slug, place in zip_longest(slugs, places or ()):
        if slug is not None and slug not in known:
            fix = project.fix_for_missing(folder, slug, known)
            what, about = say("there is no {kind} '{slug}'", kind=kind, slug=slug), (f"{folder}/{slug}.md",)
            yield Finding(place or file, what, fix, rule=Rule.NAME_UNKNOWN, about=about)


def _unknown_audiences(project: Project) -> Iterator[Finding]:
    """Yield the audiences in texts that the project does not have: their steps would print for nobody."""
    known = project.settings.audiences
    readings = {STANDARD_READING, *(one.reading for one in project.settings.formats.values() if one.reading)}
    for _, body in project.bodies:
        for names, place in named_audiences(body):
            yield from _unknown(say("audience"), names, None, place, known)
        for block in written_blocks(body):
            if isinstance(block, Only):
                yield from _unknown(say("audience"), block.audiences, None, block.place, {*known, *readings})
                yield from _of_reading(block, readings - set(known))


def _of_reading(block: Only, readings: Collection[str]) -> Iterator[Finding]:
    """Yield that *block* keeps more than pictures for a way of reading: all have the same words and steps."""
    named = [name for name in block.audiences if name in readings]
    if named and not all(isinstance(one, Picture) for one in block.blocks):
        yield Finding(
            block.place,
            say("'/// only | {reading}' holds more than pictures", reading=named[0]),
            say("leave pictures alone in it: every way of reading has the same words and steps"),
            rule=Rule.BLOCK_FORM,
        )


def _of_walks(project: Project) -> Iterator[Finding]:
    """Yield the audiences and handouts that a walk names and the project does not have."""
    for number, walk in enumerate(project.walks):
        (place,) = project.key_places[WALKS_FILE][f"walk.{number}"]
        audiences = (walk.audience, *((walk.helper,) if walk.helper else ()))
        yield from _unknown(say("audience"), audiences, (place,) * 2, place, project.settings.audiences)
        sheets = (*walk.sheets, *walk.helper_sheets)
        yield from _unknown(say("handout"), sheets, (place,) * len(sheets), place, project.handouts)


PAGES_OF_A_FOLDED_SHEET = 4
"""Two on each side."""


def _whole_sheets(pages: int) -> int:
    """Return the fewest pages, at least *pages*, that leave none of a folded sheet blank."""
    return -(-pages // PAGES_OF_A_FOLDED_SHEET) * PAGES_OF_A_FOLDED_SHEET


def _budget_fault(format_: Format, handout: HandoutSource) -> tuple[Message, Message] | None:
    is_booklet = SheetKind.BOOKLET in format_.sheets
    if format_.pages is None and handout.page_budget is None:
        example = PAGES_OF_A_FOLDED_SHEET if is_booklet else 2
        fix = say("write 'pages: {example}' in its front matter", example=example)
        return say("'{slug}' does not say how many pages it has", slug=handout.slug), fix
    if is_booklet and format_.pages is None and (handout.page_budget or 0) % PAGES_OF_A_FOLDED_SHEET:
        return (
            say(
                "'{slug}' asks for {page_budget} pages; the folded sheets of a booklet have 4, 8, 12 … pages",
                slug=handout.slug,
                page_budget=handout.page_budget,
            ),
            say(
                "write 'pages: {whole_sheets}', and text to fill them",
                whole_sheets=_whole_sheets(handout.page_budget or 0),
            ),
        )
    if format_.pages is not None and handout.page_budget not in (None, format_.pages):
        return (
            say(
                "'{slug}' asks for {page_budget} pages, but the format has {pages}",
                slug=handout.slug,
                page_budget=handout.page_budget,
                pages=format_.pages,
            ),
            say("leave 'pages' out: the format fixes it"),
        )
    return None
