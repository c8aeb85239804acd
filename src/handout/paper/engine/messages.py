"""What the page engine says in its log, in plain words and with the editor's place."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from handout.model.findings import Finding, Place
from handout.model.messages import say
from handout.model.rules import Rule
from handout.paper.engine.places import Places, StyleSource, excerpt

ENGINE_LOG = "weasyprint"
PROGRESS_LOG = "weasyprint.progress"
PAGE_STARTED = "Step 5 - Creating layout - Page %d"
"""What the engine writes in its progress log when it begins a page."""


class TooManyPages(Exception):  # it says what happened
    """The layout was stopped: it made more pages than we are willing to wait for."""


class NoPageFilled(TooManyPages):
    """The layout was stopped: the engine could put nothing of what is left on an empty page."""


PAGE_MAKER = "make_page"
"""The function of the engine that then fails: it asserts that it got on."""


def is_no_page_filled(error: AssertionError) -> bool:
    """Tell whether *error* is that of the engine which put nothing on an empty page: in a grid, mostly."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return trace is not None and trace.tb_frame.f_code.co_name == PAGE_MAKER


class _Collector(logging.Handler):
    def __init__(self, records: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._records = records

    def emit(self, record: logging.LogRecord) -> None:
        self._records.append(record.getMessage())


class _PageCounter(logging.Handler):
    """Stops the engine from inside its own progress log; it has no other way to bound the pages."""

    def __init__(self, page_limit: int) -> None:
        super().__init__(logging.INFO)
        self._page_limit = page_limit

    def emit(self, record: logging.LogRecord) -> None:
        if str(record.msg).startswith(PAGE_STARTED) and isinstance(record.args, tuple):
            page_number = record.args[0]
            if isinstance(page_number, int) and page_number > self._page_limit:
                raise TooManyPages


@contextmanager
def overheard(page_limit: int) -> Iterator[list[str]]:
    """Give the list in which the engine's warnings gather; TooManyPages ends a layout past *page_limit*."""
    records: list[str] = []
    with (
        _listening(ENGINE_LOG, logging.WARNING, _Collector(records)),
        _listening(PROGRESS_LOG, logging.INFO, _PageCounter(page_limit)),
    ):
        yield records


@contextmanager
def _listening(name: str, level: int, handler: logging.Handler) -> Iterator[None]:
    """Let *handler* alone hear what *name* logs."""
    logger = logging.getLogger(name)
    before = logger.level, logger.propagate, logger.disabled
    logger.addHandler(handler)
    logger.setLevel(level)
    logger.propagate = logger.disabled = False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before[0])
        logger.propagate, logger.disabled = before[1:]


# ---- kinds of messages ------------------------------------------------------------------------


@dataclass(frozen=True)
class LogRecord:
    """A line in the engine's log."""

    text: str
    sheet: StyleSource | None = None
    """That the engine was reading; None: it was not, or read several."""


@dataclass(frozen=True)
class _At:
    """Where to look for what a record names."""

    places: Places
    sheet: StyleSource | None


@dataclass(frozen=True)
class _Message:
    """One thing that the engine says."""

    pattern: re.Pattern[str]
    words: Callable[[re.Match[str], _At], Finding | None]
    """None: another check says it better."""


def findings(records: Iterable[LogRecord], places: Places) -> Iterator[Finding]:
    """Yield what the engine's *records* mean, each once, in the order in which they came."""
    found = (_translated(record, places) for record in dict.fromkeys(records))
    yield from dict.fromkeys(finding for finding in found if finding is not None)


def _translated(record: LogRecord, places: Places) -> Finding | None:
    for kind in _KINDS:
        if match := kind.pattern.fullmatch(record.text):
            return kind.words(match, _At(places, record.sheet))
    return Finding(
        places.fallback,
        say("the page engine says: {excerpt}", excerpt=excerpt(record.text, 200)),
        say("change the template or style sheet that asks for it"),
        rule=Rule.ENGINE_MESSAGE,
    )


def _said_elsewhere(match: re.Match[str], at: _At) -> None:
    """Return nothing: a check of ours finds the same, with its place."""


def _ignored_declaration(match: re.Match[str], at: _At) -> Finding:
    return Finding(
        _place_of_style(match["name"], int(match["line"]), int(match["column"]), at),
        say(
            "the style '{name}: {value}' has no effect: {why}",
            name=match["name"],
            value=excerpt(match["value"]),
            why=match["why"],
        ),
        say("correct it or take it out: the page engine does not know it"),
        rule=Rule.STYLE_FAULT,
    )


def _bad_rule(match: re.Match[str], at: _At) -> Finding:
    return Finding(
        _place_of_style("", int(match["line"]), int(match["column"]), at),
        say("a rule of the style sheet is not understood: {excerpt}", excerpt=excerpt(match["said"], 120)),
        say("correct the rule or take it out"),
        rule=Rule.STYLE_FAULT,
    )


def _bad_selector(match: re.Match[str], at: _At) -> Finding:
    if not match["selector"]:
        return Finding(
            _place_of_pattern(_NO_SELECTOR, at.places),
            say("a rule has no selector, so that nothing is drawn by it"),
            say("look for a brace too many, or too few, in the rule before it"),
            rule=Rule.STYLE_FAULT,
        )
    return Finding(
        _place_of_text(match["selector"], at.places),
        say("the selector '{excerpt}' is not understood", excerpt=excerpt(match["selector"])),
        say("correct the selector, or take the rule out"),
        rule=Rule.STYLE_FAULT,
    )


def _missing_picture(match: re.Match[str], at: _At) -> Finding:
    return Finding(
        _place_of_attribute("src", match["url"], at.places),
        say("the picture '{path}' cannot be shown", path=_short_address(match["url"])),
        say("check its name, and that it is a whole PNG, JPEG or SVG file"),
        rule=Rule.PICTURE_DAMAGED,
    )


def _missing_anchor(match: re.Match[str], at: _At) -> Finding:
    return Finding(
        _place_of_attribute("href", f"#{match['anchor']}", at.places),
        say("a link leads to '#{anchor}', which is not on this sheet", anchor=match["anchor"]),
        say("point the link at something on the sheet, or write the words without a link"),
        rule=Rule.ANCHOR_MISSING,
    )


def _font_face(match: re.Match[str], at: _At) -> Finding:
    return Finding(
        _place_of_text("@font-face", at.places),
        say("the font {family} cannot be loaded", family=match["family"]),
        say("take the @font-face rule out: the bundled fonts are there by their names"),
        rule=Rule.STYLE_FAULT,
    )


def _foreign_sheet(match: re.Match[str], at: _At) -> Finding:
    return Finding(
        _place_of_text(match["url"], at.places),
        say(
            "a style sheet asks for '{excerpt}', which is not part of the project",
            excerpt=excerpt(match["url"], 60),
        ),
        say("put its rules into the style sheet itself; nothing is fetched from elsewhere"),
        rule=Rule.ADDRESS_FOREIGN,
    )


_KINDS = (
    _Message(
        re.compile(
            r"Ignored `(?P<name>[^:`]+): ?(?P<value>.*)` at (?P<line>\d+):(?P<column>\d+), (?P<why>.*?)\.",
            re.DOTALL,
        ),
        _ignored_declaration,
    ),
    _Message(re.compile(r"Failed to load image at '(?P<url>.*?)': .*", re.DOTALL), _missing_picture),
    _Message(re.compile(r"Failed to render SVG image (?P<url>.*)", re.DOTALL), _missing_picture),
    _Message(re.compile(r"No anchor #(?P<anchor>.*) for internal URI reference"), _missing_anchor),
    _Message(re.compile(r"Font-face (?P<family>.*) cannot be loaded"), _font_face),
    _Message(re.compile(r"Invalid or unsupported selector, '(?P<selector>.*)'", re.DOTALL), _bad_selector),
    _Message(re.compile(r"Image \".*\" has no required alt description", re.DOTALL), _said_elsewhere),
    _Message(re.compile(r"Failed to load stylesheet at (?P<url>\S+).*", re.DOTALL), _foreign_sheet),
    _Message(re.compile(r"Missing required \"lang\" attribute.*"), _said_elsewhere),
    _Message(re.compile(r"\.notdef glyph rendered for .*", re.DOTALL), _said_elsewhere),
    _Message(re.compile(r"(?P<said>.*) at (?P<line>\d+):(?P<column>\d+)\b.*", re.DOTALL), _bad_rule),
)


# ---- where it stands --------------------------------------------------------------------------


def _place_of_style(name: str, line: int, column: int, at: _At) -> Place:
    """Return where a declaration or rule stands, which the engine names by line and column only.

    A style sheet is found by what stands there, a `style` attribute by the name in it.
    """
    if at.sheet:
        return at.places.of_line(at.sheet, line)
    places = at.places
    found = [sheet for sheet in places.sheets if _line(sheet, line).startswith(name, column - 1)]
    # Of a value that came by var() the engine names the column of the value, not of the name.
    found = found or [sheet for sheet in places.sheets if name in _line(sheet, line)[: column - 1]]
    if len(found) == 1:
        return places.of_line(found[0], line)
    owners = (element for element in places.root.iter() if name and name in element.get("style", ""))
    return places.fallback if found else places.of(next(owners, None))


def _line(sheet: StyleSource, number: int) -> str:
    lines = sheet.text.split("\n")
    return lines[number - 1] if number <= len(lines) else ""


def _place_of_text(text: str, places: Places) -> Place:
    """Return the line of the style sheet in which *text* stands first."""
    return _place_of_pattern(re.compile(re.escape(text)), places)


_NO_SELECTOR = re.compile(r"(?<=\})\s*\{|\A\s*\{")
"""`p { color: red } } {`: a block right behind the end of another, or at the begin of the sheet."""


def _place_of_pattern(pattern: re.Pattern[str], places: Places) -> Place:
    """Return the line of the style sheet in which *pattern* is found first, at the end of what it finds."""
    for sheet in places.sheets:
        if (found := pattern.search(sheet.text)) is not None:
            start = found.end() - len(found.group().lstrip())
            return places.of_line(sheet, 1 + sheet.text.count("\n", 0, start))
    return places.fallback


def _place_of_attribute(name: str, address: str, places: Places) -> Place:
    """Return the place of the first element whose attribute *name* ends the *address*."""
    owners = (
        element for element in places.root.iter() if (value := element.get(name)) and address.endswith(value)
    )
    return places.of(next(owners, None))


def _short_address(url: str) -> str:
    """Return *url* as an editor knows it: the path in the project, or the start of a data address."""
    return excerpt(url.removeprefix("https://project.invalid/"), 60)
