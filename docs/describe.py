"""Write docs/reference/ from the code: `make reference`. With --measure, also how much each format holds.

What it tells of are the models, the command line and the packaged formats; a test holds them together.
"""

from __future__ import annotations

import sys
import textwrap
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_type_hints

import typer

from handout.builder.listing import PrintFacts
from handout.builder.manifest import FileRow
from handout.commands import app
from handout.editions import single
from handout.editions.cache_entry import Ready
from handout.model.findings import has_errors, is_error
from handout.model.rules import Rule
from handout.project import plan, schemas
from handout.project.load import load
from handout.project.settings import Format
from handout.project.starter import Answers, project_files

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "docs/reference"
LIMITS = PAGES / "limits.toml"
MADE = "<!-- Made from the code by `make reference`: change it there. -->\n"
PATTERNS = {
    "^[a-z0-9][a-z0-9-]*$": "a name: small letters, digits, hyphens",
    "^#[0-9a-f]{6}$": "a colour, `#123e8c`",
    "^[a-z]{2,3}(-[A-Z]{2})?$": "a language by its tag, `nl-BE`",
}
MOST_STEPS_TRIED = 24


def pages() -> dict[str, str]:
    """Return the text of each page of the reference by its name."""
    return {
        "settings.md": _settings(),
        "front-matter.md": _heads(),
        "tables.md": _tables(),
        "formats.md": _formats(),
        "commands.md": _commands(),
        "manifest.md": _manifest(),
    }


# ---- settings files ---------------------------------------------------------------------------


def _settings() -> str:
    made = schemas.schema("settings")
    defs = made["$defs"]
    parts = {
        "[organisation]": "Organisation",
        "[audiences.NAME]": "Audience",
        "[links]": "Links",
        "[schools]": "Schools",
        "[print-shop]": "PrintShop",
        "[formats.NAME]": "Format",
        "[formats.NAME.slots.NAME]": "Slot",
        "[formats.NAME.logo]": "LogoSlot",
        "[formats.NAME.narrow]": "NarrowPages",
    }
    rest = set(defs) - {*parts.values(), "LinkSetting"}
    missing = [name for name in rest if "properties" in defs[name]]
    if missing:
        parts |= {f"[{name.lower()}]": name for name in sorted(missing)}
    text = [
        "# handout.toml",
        "",
        MADE,
        made["description"],
        "",
        *_told(
            "`handout schema settings` prints the same for an editor of code. A key that is not in "
            "these tables is a fault. A format that is packaged may be given in part, and keeps the "
            "rest; one of your own needs the keys marked *needed*."
        ),
    ]
    whole = schemas.schema("formats")["$defs"]
    for heading, name in parts.items():
        table = whole.get(name, defs[name])
        text += ["", f"## `{heading}`", "", defs[name]["description"], "", *_keys(table, defs)]
        if name == "Links":
            link = defs["LinkSetting"]["anyOf"][1]
            text += ["", "Any other key names an address: a text, or a table of these keys.", ""]
            text += _keys(link, defs)
    return _page(text)


def _heads() -> str:
    text = [
        "# Front matter",
        "",
        MADE,
        *_told(
            "A file opens with these keys between two lines of `---`. Values are text or lists of "
            "text, dates as 2026-11-22. Lines that begin with `#` are remarks. A key that is not in "
            "its table is a fault."
        ),
    ]
    for name, heading in (("procedure", "A procedure"), ("handout", "A handout"), ("fragment", "A fragment")):
        made = schemas.schema(name)
        text += [
            "",
            f"## {heading}",
            "",
            f"In {schemas.FILES[name][0].removeprefix('the front matter of ')}.",
        ]
        text += ["", *_keys(made, made.get("$defs", {}))]
        for pattern, one in made.get("patternProperties", {}).items():
            key = pattern.removeprefix("^").partition("@")[0]
            text.append(f"| `{key}@AUDIENCE` | text | {one['description']} |")
    return _page(text)


def _tables() -> str:
    text = ["# words.toml, labels.toml, walks.toml", "", MADE, "A project may do without each of them."]
    for name in ("words", "labels", "walks"):
        made = schemas.schema(name)
        text += ["", f"## {schemas.FILES[name][0]}", "", made["description"], ""]
        text += _keys(made, made["$defs"])
        for table, inner in sorted(made["$defs"].items()):
            if "properties" in inner:
                text += ["", f"### {table}", "", inner["description"], "", *_keys(inner, made["$defs"])]
    return _page(text)


def _keys(table: Mapping[str, Any], defs: Mapping[str, Any]) -> list[str]:
    """Return the keys of *table* as a table of Markdown."""
    rows = ["| key | value | says |", "|---|---|---|"]
    needed = table.get("required", ())
    for key, one in table["properties"].items():
        words = _value(one, defs)
        if key in needed:
            words += "; *needed*"
        elif one.get("default") not in (None, [], {}) and not isinstance(one["default"], dict | list):
            words += f"; without it `{_written(one['default'])}`"
        rows.append(f"| `{key}` | {words} | {_cell(one['description'])} |")
    return rows


def _value(one: Mapping[str, Any], defs: Mapping[str, Any]) -> str:
    """Return in words what may stand as a value."""
    for ref in (one, *one.get("allOf", ())):
        if "$ref" in ref:
            return _of_table(defs[ref["$ref"].rpartition("/")[2]])
    if "anyOf" in one:
        return " or ".join(dict.fromkeys(_value(kind, defs) for kind in one["anyOf"]))
    if "const" in one:
        return f"`{one['const']}`"
    if "enum" in one:
        return "one of " + ", ".join(f"`{word}`" for word in one["enum"])
    kind = one.get("type")
    if kind == "array":
        return f"a list: {_value(one['items'], defs)}"
    if kind == "object":
        inner = one.get("additionalProperties") or next(iter(one.get("patternProperties", {}).values()), None)
        return f"a table of names: {_value(inner, defs)}" if inner else "a table"
    if kind == "string":
        return PATTERNS.get(one.get("pattern", ""), "a day" if one.get("format") == "date" else "text")
    if kind == "boolean":
        return "`true` or `false`"
    words = "a whole number" if kind == "integer" else "a number"
    if "exclusiveMinimum" in one:
        words += f" above {one['exclusiveMinimum']:g}"
    if "minimum" in one:
        words += f" from {one['minimum']:g}"
    if "maximum" in one:
        words += f" to {one['maximum']:g}"
    return words


def _of_table(table: Mapping[str, Any]) -> str:
    if "enum" in table:
        return "one of " + ", ".join(f"`{word}`" for word in table["enum"])
    if "anyOf" in table:
        return "text or a table"
    return "a table, see below"


def _written(value: object) -> str:
    return (
        str(value).lower()
        if isinstance(value, bool)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )


def _cell(words: str) -> str:
    return words.replace("|", "\\|").strip()


def _told(words: str) -> list[str]:
    """Return *words* as lines of Markdown."""
    return textwrap.wrap(words, 140, break_long_words=False, break_on_hyphens=False)


def _page(lines: Iterable[str]) -> str:
    return "\n".join(lines).rstrip("\n") + "\n"


# ---- formats ----------------------------------------------------------------------------------


def _formats() -> str:
    packaged = tomllib.loads((ROOT / "templates/formats.toml").read_text("utf-8"))
    limits = tomllib.loads(LIMITS.read_text("utf-8"))
    text = [
        "# Formats",
        "",
        MADE,
        *_told(
            "How much a format holds was tried: one procedure, without pictures, choices or an "
            "opening, for one audience. A *short step* has a command of 20 characters and a line of "
            "31, a *long step* a command of 40 and a text of 120. Pictures, callouts and a QR code "
            "take their room from these. What does not fit is told in lines, with its longest parts; "
            "nothing is made smaller to fit but what the format allows."
        ),
        "",
        "| format | a page, in mm | pages | print sheets | short steps | long steps | QR code, in mm "
        "| type may shrink to |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, table in packaged.items():
        one = Format.model_validate({**table})
        held = limits.get(name, {})
        sheets = ", ".join(f"`{kind}`" for kind in one.sheets) or "the pages themselves"
        cells = (
            f"`{name}`",
            f"{one.width_mm:g} × {one.height_mm:g}",
            str(one.pages or "as the handout says"),
            sheets,
            _held(held, "short"),
            _held(held, "long"),
            f"{one.qr_mm:g}",
            f"{one.least_scale:.0%}" if one.least_scale < 1 else "not at all",
        )
        text.append(f"| {' | '.join(cells)} |")
    text += [
        "",
        *_told(
            "A dash: the format is not made for such steps, or asks for a picture at each. "
            "A `booklet-a5` was tried with 8 pages. A "
            "`wegwijzer-a4` is made from the titles and questions of the handouts that it leads to. "
            "What is laid out for another way of reading has a name behind that of its format, as "
            "`leaflet-a4-large`; a handout names the format and the reading. "
            "Figures of a format stand in `templates/formats.toml`; what they mean tells "
            "[settings](settings.md#formatsname)."
        ),
    ]
    return _page(text)


def _held(held: Mapping[str, int], kind: str) -> str:
    count = held.get(kind, 0)
    return "–" if not count else f"{count} or more" if count == MOST_STEPS_TRIED else str(count)


SHORT = ("Open the smaller box", "it has a red lid and two hinges")
LONG = (
    "Open the smaller box beside the red case",
    "It stands on the shelf at the left of the door. Look whether the lid is shut, and then take it off "
    "with both your hands.",
)
"""A command and what stands below it, of 20 and 31 characters, and of 40 and 120."""


def holds(format_name: str, step: tuple[str, str], count: int) -> bool:
    """Tell whether a sheet of the format can be made of *count* steps such as *step*."""
    command, info = step
    body = "\n".join(f"{number}. {command}\n\n    {info}\n" for number in range(1, count + 1))
    head = "title: Try\naudiences: [staff]\n"
    packaged = tomllib.loads((ROOT / "templates/formats.toml").read_text("utf-8"))
    table = packaged[format_name]
    named = f"formats: [{format_name}]\n"
    if "reading" in table:
        named = f"formats: [{table['like']}]\nreadings: [{table['reading']}]\n"
    own = f"{named}procedures: [try]\n" + ("pages: 8\n" if format_name == "booklet-a5" else "")
    files = {
        path: data
        for path, data in project_files(Answers("Try", "en", ("Staff",))).items()
        if not path.startswith(("content/procedures", "content/handouts", "content/words"))
    }
    files["content/procedures/try.md"] = f"---\n{head}---\n{body}".encode()
    files["content/handouts/try.md"] = f"---\n{head}{own}---\n".encode()
    with TemporaryDirectory(prefix="handout-try-") as folder:
        for path, data in files.items():
            (Path(folder) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / path).write_bytes(data)
        project, findings = load(Path(folder))
        if project is None or has_errors(findings):
            raise AssertionError(findings)
        (edition,) = plan.editions(project, plan.Selection())
        made = single.prepare(project, edition)
        if isinstance(made, Ready):
            made = single.rendered(project, made)
        errors = [one for one in made.findings if is_error(one)]
        # Too few words to fill its pages are no fault of what is tried here.
        return all(one.rule == Rule.PAGE_COUNT and one.fix.startswith("add text") for one in errors)


def measured() -> str:
    """Return how many steps each packaged format holds, as TOML."""
    packaged = tomllib.loads((ROOT / "templates/formats.toml").read_text("utf-8"))
    lines = ["# How many steps each format holds: `make reference` measures it with MEASURE=1.", ""]
    for name, table in packaged.items():
        if name == "wegwijzer-a4" or "pictured-steps" in table:
            continue
        lines.append(f"[{name}]")
        for kind, step in (("short", SHORT), ("long", LONG)):
            if (most := _most(name, step)) > 1:
                lines.append(f"{kind} = {most}")
            print(name, kind, most, file=sys.stderr, flush=True)  # noqa: T201
        lines.append("")
    return "\n".join(lines)


def _most(name: str, step: tuple[str, str]) -> int:
    """Return the greatest number of steps, up to MOST_STEPS_TRIED, that the format holds.

    Few steps may fill a folded sheet worse than more of them: the search comes from above.
    """
    low = high = MOST_STEPS_TRIED
    while low and not holds(name, step, low):
        low, high = low // 2, low
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(name, step, middle) else (low, middle)
    return low


# ---- commands ---------------------------------------------------------------------------------


def _commands() -> str:
    text = [
        "# Commands",
        "",
        MADE,
        "Results go to stdout, all else to stderr. `handout COMMAND --help` says the same.",
    ]
    group = typer.main.get_command(app.app)
    for name, command in _leaves(group, "handout"):
        paragraphs = (command.help or "").strip().split("\n\n")
        text += ["", f"## {name}", "", *_help(paragraphs), "", "```", _usage(name, command), "```", ""]
        text += ["| | says |", "|---|---|"]
        for one in command.params:
            text.append(
                f"| {_parameter(one)} | {_cell(' '.join((getattr(one, 'help', None) or '').split()))} |"
            )
    return _page(text)


def _help(paragraphs: Iterable[str]) -> Iterator[str]:
    for number, words in enumerate(paragraphs):
        line = " ".join(words.split())
        if number:
            yield ""
        yield f"Example: `{line.removeprefix('Example: ')}`" if line.startswith("Example: ") else line


def _leaves(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name, command
        return
    for one in sorted(inner):
        yield from _leaves(inner[one], f"{name} {one}")


def _usage(name: str, command: Any) -> str:
    places = [
        _metavar(one) if one.required else f"[{_metavar(one)}]{'…' * (one.nargs != 1)}"
        for one in command.params
        if one.param_type_name == "argument"
    ]
    return " ".join((name, *places, "[OPTIONS]"))


def _parameter(one: Any) -> str:
    if one.param_type_name == "argument":
        return f"`{_metavar(one)}`"
    metavar = "" if one.is_flag else f" {_metavar(one)}"
    return f"`{', '.join(one.opts)}{metavar}`"


def _metavar(one: Any) -> str:
    return str(one.metavar or "TEXT")


# ---- manifest ---------------------------------------------------------------------------------


def _manifest() -> str:
    told = {**schemas.told_under(PrintFacts), **schemas.told_under(FileRow)}
    text = [
        "# manifest.json",
        "",
        MADE,
        *_told(
            "Each build writes it beside its files: `program` and `engine` are the versions that made "
            "them, `files` has a row for each file. Rows of later versions may have more keys; those "
            "that stand here stay."
        ),
        "",
        "| key | value | says |",
        "|---|---|---|",
    ]
    for name, kind in get_type_hints(FileRow).items():
        words = str(kind).removeprefix("<class '").removesuffix("'>")
        words = {"str": "text", "int": "a whole number", "float": "a number"}.get(words, words)
        words = words.replace("str | None", "text or null").replace("float | None", "a number or null")
        words = words.replace("list[str]", "a list of texts").replace("dict[str, str]", "a table of texts")
        text.append(f"| `{name}` | {words} | {_cell(told[name])} |")
    return _page(text)


def main() -> None:
    """Write the pages."""
    PAGES.mkdir(exist_ok=True)
    if "--measure" in sys.argv[1:]:
        LIMITS.write_text(measured(), "utf-8")
    for name, text in pages().items():
        (PAGES / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
