"""Read TOML: the line of a value, one table laid over another, a table of tables as one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache

from handout.model.messages import Message, say, verbatim


def merged(packaged: Mapping[str, object], own: Mapping[str, object]) -> dict[str, object]:
    """Return the project's formats, each completed with what the packaged one of that name says."""
    both: dict[str, object] = {}
    for name, table in own.items():
        base = packaged.get(name)
        if isinstance(base, dict) and isinstance(table, dict):
            both[name] = {**base, **merged(base, table)}
        else:
            both[name] = table
    return both


def flat(tables: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    """Return nested *tables* as dotted keys."""
    keys: dict[str, str] = {}
    for key, value in tables.items():
        if isinstance(value, dict):
            keys |= flat(value, f"{prefix}{key}.")
        else:
            keys[prefix + key] = str(value)
    return keys


def toml_line(text: str, loc: tuple[str | int, ...]) -> int:
    """Return the line of *text* where the key at *loc* stands, or its table, or 0.

    tomllib keeps no positions, so the key is looked up in the text.
    """
    keys = [str(part) for part in loc]
    whole, table = ".".join(keys), ".".join(keys[:-1])
    line_of_table = 0
    for number, section, key in _lines(text):
        if section == whole and key is None:
            return number
        if section == table and key is None:
            line_of_table = number
        elif section == table and keys and key == keys[-1]:
            return number
    if line_of_table or len(keys) < 2:
        return line_of_table
    return toml_line(text, loc[:-1])


@lru_cache(maxsize=8)  # each key of a file is looked up in it
def _lines(text: str) -> tuple[tuple[int, str, str | None], ...]:
    """Return of each line its number, its table, and its key; no key: it opens the table."""
    return tuple(_read_lines(text))


def _read_lines(text: str) -> Iterator[tuple[int, str, str | None]]:
    section = ""
    count: Counter[str] = Counter()
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if not stripped.startswith("["):
            yield number, section, stripped.partition("=")[0].strip().strip('"')
            continue
        named = stripped.strip("[").partition("]")[0].strip().replace('"', "")
        section = _counted(named, count, opens_one=stripped.startswith("[["))
        yield number, section, None


def _counted(named: str, count: Counter[str], *, opens_one: bool) -> str:
    """Return the table *named* with its place in each list of tables, as pydantic counts them: from 0.

    In the third `[[label]]` the second `[[label.seen]]` is "label.2.seen.1"; *count* has those met so far.
    """
    section = ""
    parts = [part.strip() for part in named.split(".")]
    for depth, part in enumerate(parts, 1):
        section = f"{section}.{part}" if section else part
        if opens_one and depth == len(parts):
            count[section] += 1
        if section in count:
            section += f".{count[section] - 1}"
    return section


def line_in_message(message: str) -> int:
    """Return the line that tomllib names in its words, "(at line 3, column 7)", or 0."""
    _, _, rest = message.partition("at line ")
    digits = rest.partition(",")[0]
    return int(digits) if digits.isdigit() else 0


_WHERE = re.compile(
    r"(?P<problem>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)", re.DOTALL
)
_PROBLEMS = {
    str(problem): problem
    for problem in (
        say("Cannot overwrite a value"),
        say("Expected ']' at the end of a table declaration"),
        say("Expected ']]' at the end of an array declaration"),
        say("Expected '=' after a key in a key/value pair"),
        say("Expected newline or end of document after a statement"),
        say("Invalid initial character for a key part"),
        say("Invalid statement"),
        say("Invalid value"),
        say("Unclosed array"),
        say("Unclosed inline table"),
        say("Unescaped '\\' in a string"),
        say("Unterminated string"),
        say("Invalid date or datetime"),
    )
}
"""What Python's reader of TOML says, as it says it."""


def problem_in(error: ValueError) -> Message:
    """Return what *error* of Python's reader of TOML says, with its place."""
    found = _WHERE.fullmatch(str(error))
    if found is None:
        return verbatim(error)
    problem = _PROBLEMS.get(found["problem"], verbatim(found["problem"]))
    if found["line"] is None:
        return say("{problem} (at end of document)", problem=problem)
    return say(
        "{problem} (at line {line}, column {column})",
        problem=problem,
        line=found["line"],
        column=found["column"],
    )
