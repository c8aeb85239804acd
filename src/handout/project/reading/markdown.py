"""Read Markdown into the blocks that an editor wrote, each with its line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from markdown_it.token import Token

from handout.model.findings import Finding, suggest
from handout.model.messages import Message, say, say_count, with_values
from handout.model.names import SLUG, quoted
from handout.model.rules import Rule
from handout.model.text import (
    Allow,
    Block,
    BulletList,
    Callout,
    CalloutKind,
    Choice,
    Divider,
    Heading,
    Include,
    Inline,
    Only,
    Option,
    Paragraph,
    Picture,
    Step,
    Steps,
    Strong,
    Table,
    Text,
    WordingRule,
    plain_text,
)
from handout.project.reading.dialects import FOOTNOTE_FIX
from handout.project.reading.inlines import Attributes, html_fault, read_inlines, split_attributes
from handout.project.reading.notes import Notes
from handout.project.reading.syntax import SourceNode, line_in_text, read_tree

MOST_BODY_BYTES = 200_000
MOST_BODY_LINES = 5_000
"""The parser reads some five thousand lines a second; a leaflet has a hundred."""
MOST_NESTING = 12
"""Lists in blocks in lists …; no sheet of paper shows more than three."""
MOST_STEP_LEVELS = 2
"""Steps and substeps."""


def parse(body: str, path: str, first_line: int) -> tuple[tuple[Block, ...], tuple[Finding, ...]]:
    """Return the blocks of *body*, and what is wrong with it.

    *first_line* is the line of the file *path* on which *body* begins. Performs no I/O.
    """
    notes = Notes(path, first_line)
    size_bytes = len(body.encode("utf-8", "surrogatepass"))
    if size_bytes > MOST_BODY_BYTES:
        notes.add(
            0,
            Rule.FILE_TOO_LARGE,
            say("the text has {size_bytes} bytes", size_bytes=size_bytes),
            say("part it: at most {most_body_bytes} bytes a file", most_body_bytes=MOST_BODY_BYTES),
        )
        return (), tuple(notes.findings)
    text = body.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    if len(lines) > MOST_BODY_LINES:
        notes.add(
            0,
            Rule.FILE_TOO_LARGE,
            say("the text has {lines_count} lines", lines_count=len(lines)),
            say("part it: at most {most_body_lines} lines a file", most_body_lines=MOST_BODY_LINES),
        )
        return (), tuple(notes.findings)
    blocks = _Body(lines, notes).blocks(read_tree(text), _Spot())
    return blocks, tuple(notes.findings)


@dataclass(frozen=True)
class _Spot:
    """What stands around a block."""

    depth: int = 0
    step_levels: int = 0
    inside: Message | None = None
    """What the block stands in, in words; None at the top level and in `/// only` there."""
    stepless: Message | None = None
    """What stands around it and cannot hold steps."""

    def into(self, inside: Message | None, stepless: bool = False, step_levels: int = 0) -> _Spot:
        return replace(
            self,
            depth=self.depth + 1,
            inside=inside or self.inside,
            step_levels=self.step_levels + step_levels,
            stepless=self.stepless or (inside if stepless else None),
        )


@dataclass
class _Body:
    """Reads the blocks of one file."""

    lines: Sequence[str]
    notes: Notes
    id_lines: dict[str, int] = field(default_factory=dict)
    heading_level: int = 1
    """Of the last heading; the title of the file is level 1."""

    def blocks(self, nodes: Sequence[SourceNode], spot: _Spot) -> tuple[Block, ...]:
        if spot.depth > MOST_NESTING:
            line = nodes[0].line if nodes else 0
            self.notes.add(
                line,
                Rule.NESTED_TOO_DEEP,
                say("the text is nested too deep"),
                say("nest at most {most_nesting} levels", most_nesting=MOST_NESTING),
            )
            return ()
        found: list[Block | Option] = []
        for before, node in zip((None, *nodes), nodes, strict=False):
            if before is not None and node.type != "code_block":
                self._check_margin(node, before)
            found.extend(_BLOCKS[node.type](self, node, spot))
        return tuple(self._with_choices(found))

    def _check_margin(self, node: SourceNode, before: SourceNode) -> None:
        """Note a text below a list that is indented too little to belong to its last item."""
        aligned_right = node.type == "ordered_list" and len(node.children[-1].token.info) > 1
        is_list = before.type in ("ordered_list", "bullet_list")
        if is_list and not aligned_right and self._indent(node) > self._indent(before):
            self._fault(
                node,
                Rule.INDENT_WRONG,
                say("a text below a list is indented, but not enough to belong to its last item"),
                say("indent it as the words of that item, three spaces for a step, or not at all"),
            )

    def _indent(self, node: SourceNode) -> int:
        line = self.lines[node.line].expandtabs(4)
        return len(line) - len(line.lstrip())

    def _fault(self, node: SourceNode, rule: str, what: Message, fix: Message) -> tuple[()]:
        self.notes.add(node.line, rule, what, fix)
        return ()

    # ---- text

    def paragraph(self, node: SourceNode, spot: _Spot) -> Iterable[Block]:
        if (name := _included(node.inline)) is not None:
            return self._include(node, name)
        inlines = read_inlines(node.inline, node.line, self.notes)
        match inlines:
            case ():
                return ()
            case (Picture() as picture,):
                return (picture,)
        return (Paragraph(inlines, self.notes.place(node.line)),)

    def _include(self, node: SourceNode, name: str) -> tuple[Include, ...]:
        if not SLUG.fullmatch(name):
            return self._fault(
                node,
                Rule.FRAGMENT_FORM,
                say("{name} is no name of a fragment", name=quoted(name)),
                say("write its file name without .md: ![[aanmelden]]"),
            )
        return (Include(name, self.notes.place(node.line)),)

    def heading(self, node: SourceNode, spot: _Spot) -> Iterable[Block]:
        level = int(node.token.tag[1:])
        if not node.token.markup.startswith("#"):
            return self._fault(
                node,
                Rule.HEADING_FORM,
                say("a line of dashes or equal signs right below a text makes it a heading"),
                say("put an empty line between, or write the heading as '## Heading'"),
            )
        if not self._heading_fits(node, level, spot):
            return ()
        self.heading_level = level
        inlines = read_inlines(node.inline, node.line, self.notes)
        if not inlines:
            return self._fault(
                node, Rule.PART_EMPTY, say("a heading is empty"), say("write its words after the #")
            )
        return (Heading(level, inlines, self.notes.place(node.line)),)

    def _heading_fits(self, node: SourceNode, level: int, spot: _Spot) -> bool:
        if spot.inside is not None:
            what, fix = (
                say("a heading cannot stand inside {inside}", inside=spot.inside),
                say("begin the line with **words** instead"),
            )
        elif level == 1:
            what, fix = (
                say("a heading of level 1 stands in the text"),
                say("the title stands in the front matter; use ##"),
            )
        elif level > 4:
            what, fix = say("a heading has level {level}", level=level), say("use ##, ### or ####")
        elif level > self.heading_level + 1:
            what = say(
                "a heading of level {level} follows one of level {heading_level}",
                level=level,
                heading_level=self.heading_level,
            )
            fix = say("use {marks}: levels are not skipped", marks="#" * (self.heading_level + 1))
        else:
            return True
        self._fault(node, Rule.HEADING_FORM, what, fix)
        return False

    def rule(self, node: SourceNode, spot: _Spot) -> Iterable[Block]:
        if spot.inside is not None or spot.depth:
            return self._fault(
                node,
                Rule.DASHES_MISPLACED,
                say("a line of dashes stands inside {place}", place=spot.inside or say("a block")),
                say("take it out, or un-indent it"),
            )
        return (Divider(self.notes.place(node.line)),)

    # ---- lists

    def _check_indents(self, node: SourceNode) -> None:
        """Note the items that are indented otherwise than the first: a substep that became a step."""
        columns = [self._columns(item) for item in node.children]
        if _TWO_MARKERS.match(self.lines[node.line]):
            columns[0] = columns[min(1, len(columns) - 1)]
        for item, (indent, end) in zip(node.children, columns, strict=True):
            if indent != columns[0][0] and end != columns[0][1]:
                self._fault(
                    item,
                    Rule.INDENT_WRONG,
                    say_count(
                        indent,
                        "an item is indented by {n} space, the first of its list by {first}",
                        "an item is indented by {n} spaces, the first of its list by {first}",
                        first=columns[0][0],
                    ),
                    say("indent it as the first, or by three spaces more to put it inside the item above it"),
                )

    def _columns(self, item: SourceNode) -> tuple[int, int]:
        """Return where the number of *item* begins and ends: numbers may be aligned at the right."""
        indent = self._indent(item)
        return indent, indent + len(item.token.info)

    def bullet_list(self, node: SourceNode, spot: _Spot) -> Iterable[Block]:
        inside = spot.into(say("a bullet list"), stepless=True)
        items = []
        self._check_indents(node)
        for item in node.children:
            if not item.children:
                self._fault(
                    item,
                    Rule.PART_EMPTY,
                    say("an item of a list is empty"),
                    say("write something in it, or take it out"),
                )
            items.append(self.blocks(item.children, inside))
        return (BulletList(tuple(items), self.notes.place(node.line)),)

    def steps(self, node: SourceNode, spot: _Spot) -> Iterable[Block]:
        if spot.stepless is not None:
            return self._fault(
                node,
                Rule.STEPS_MISPLACED,
                say("steps cannot stand inside {stepless}", stepless=spot.stepless),
                say("use a bullet list, or move the steps out"),
            )
        if spot.step_levels == MOST_STEP_LEVELS:
            return self._fault(
                node,
                Rule.STEPS_MISPLACED,
                say("a substep has steps of its own: a third level"),
                say("make them substeps, or a choice"),
            )
        self._check_indents(node)
        inside = spot.into(say("a step"), step_levels=1)
        word = say("substep {number}", number="") if spot.step_levels else say("step {number}", number="")
        found = [self._step(item, inside, word) for item in node.children]
        steps = tuple(step for step in found if step is not None)
        return (Steps(steps, self.notes.place(node.line)),) if steps else ()

    def _step(self, item: SourceNode, inside: _Spot, word: Message) -> Step | Include | None:
        name = with_values(word, number=item.token.info)
        if not item.children or item.children[0].type != "paragraph":
            what = say("{step} has no command", step=name)
            if not item.children:
                what = say("{step} is empty", step=name)
            self._fault(
                item,
                Rule.COMMAND_MISSING,
                what,
                say("start the step with what the reader must do"),
            )
            self.blocks(item.children, inside)
            return None
        command, rest = item.children[0], item.children[1:]
        tokens, attributes = split_attributes(command.inline, command.line, self.notes)
        if (fragment := _included(tokens)) is not None:
            return self._step_of_fragment(item, fragment, attributes, name)
        inlines = read_inlines(tokens, command.line, self.notes)
        blocks = self.blocks(rest, inside)
        self._check_command(command, inlines, tokens, name)
        self._note_id(attributes, tokens, command)
        place = self.notes.place(item.line)
        return Step(inlines, blocks, place, attributes.id, attributes.audiences, attributes.device)

    def _check_command(
        self, node: SourceNode, inlines: Sequence[Inline], tokens: Sequence[Token], name: Message
    ) -> None:
        if not tokens:
            self._fault(
                node,
                Rule.COMMAND_MISSING,
                say("{step} has no command", step=name),
                say("start the step with what the reader must do"),
            )
        elif inlines and all(
            isinstance(inline, Picture) or (isinstance(inline, Text) and not inline.text.strip())
            for inline in inlines
        ):
            fix = say("start the step with what the reader must do, then the picture")
            self._fault(
                node, Rule.COMMAND_MISSING, say("{name} has a picture but no command", name=name), fix
            )

    def _note_id(self, attributes: Attributes, tokens: Sequence[Token], command: SourceNode) -> None:
        if attributes.id is None:
            return
        brace = next(token for token in reversed(command.inline) if f"#{attributes.id}" in token.content)
        line = command.line + line_in_text(brace)
        if attributes.id in self.id_lines:
            first = self.notes.place(self.id_lines[attributes.id]).line
            self.notes.add(
                line,
                Rule.ID_TWICE,
                say("the id '{id}' stands twice; first in line {first}", id=attributes.id, first=first),
                say("give one another name"),
            )
        else:
            self.id_lines[attributes.id] = line

    def _step_of_fragment(
        self, item: SourceNode, fragment: str, attributes: Attributes, name: Message
    ) -> Include | None:
        if attributes != Attributes() or len(item.children) > 1:
            self._fault(
                item,
                Rule.FRAGMENT_FORM,
                say("{name} holds more than its fragment '{fragment}'", name=name, fragment=fragment),
                say("let ![[name]] stand alone; put the rest in a step of its own, an audience in /// only"),
            )
        return next(iter(self._include(item, fragment)), None)

    # ---- tables

    def table(self, node: SourceNode, spot: _Spot) -> Iterable[Block]:
        head, *bodies = node.children
        header = self._row(head.children[0], 0)
        rows = tuple(self._row(row, len(header)) for body in bodies for row in body.children)
        row_headings = bool(rows) and all(_is_strong(row[0]) for row in rows)
        if not any(header):
            header = ()
        return (Table(header, rows, row_headings, self.notes.place(node.line)),)

    def _row(self, row: SourceNode, columns: int) -> tuple[tuple[Inline, ...], ...]:
        written = _count_cells(self.lines[row.line])
        if columns and written != columns:
            self._fault(
                row,
                Rule.TABLE_FORM,
                say_count(
                    written,
                    "a row of the table has {n} cell, its header {columns}",
                    "a row of the table has {n} cells, its header {columns}",
                    columns=columns,
                ),
                say(
                    "write as many cells; put an empty line after the table; write \\| for a | that is "
                    "printed"
                ),
            )
        for cell in row.children:
            text = cell.inline[0] if cell.inline else None
            if text is not None and text.type == "text" and re.match(r"[0-9]+[.)]\s", text.content):
                self._fault(
                    row,
                    Rule.STEPS_MISPLACED,
                    say("steps cannot stand inside a table"),
                    say("write them as a numbered list"),
                )
        return tuple(read_inlines(cell.inline, row.line, self.notes) for cell in row.children)

    # ---- blocks between slashes

    def slash(self, node: SourceNode, spot: _Spot) -> Iterable[Block | Option]:
        name = node.token.info
        if name not in _SLASH_BLOCKS:
            return self._fault(
                node,
                Rule.BLOCK_UNKNOWN,
                say("there is no block '/// {name}'", name=name),
                suggest(name, _SLASH_BLOCKS),
            )
        if not _below_title(node):
            self._fault(
                node,
                Rule.PART_EMPTY,
                say("the block '/// {name}' is empty", name=name),
                say("write its text before the closing ///"),
            )
        return _SLASH_BLOCKS[name](self, node, spot)

    def slash_fault(self, node: SourceNode, spot: _Spot) -> Iterable[Block]:
        what, fix = _SLASH_FAULTS[node.token.info]
        return self._fault(node, Rule.BLOCK_FORM, with_values(what, mark=quoted(node.token.content)), fix)

    def callout(self, node: SourceNode, spot: _Spot) -> Iterable[Block]:
        self._settings(node, ())
        title = _title(node)
        words = read_inlines(title.inline, node.line, self.notes) if title else ()
        blocks = self.blocks(_below_title(node), spot.into(say("a callout"), stepless=True))
        return (Callout(CalloutKind(node.token.info), words, blocks, self.notes.place(node.line)),)

    def only(self, node: SourceNode, spot: _Spot) -> Iterable[Block]:
        self._settings(node, ())
        audiences = tuple(name.strip() for name in node.token.content.split(","))
        blocks = self.blocks(_below_title(node), spot.into(None))
        for name in audiences:
            if not SLUG.fullmatch(name):
                what = (
                    say("'/// only' names the audience {name}", name=quoted(name))
                    if name
                    else say("'/// only' names no audience")
                )
                return self._fault(
                    node,
                    Rule.BLOCK_FORM,
                    what,
                    say("name audiences with commas between: /// only | staff, ict-anchor"),
                )
        return (Only(audiences, blocks, self.notes.place(node.line)),)

    def allow(self, node: SourceNode, spot: _Spot) -> Iterable[Block]:
        self._settings(node, ())
        rule, _, reason = (part.strip() for part in node.token.content.partition(":"))
        blocks = self.blocks(_below_title(node), spot.into(None))
        if rule not in tuple(WordingRule):
            what = say("'/// allow' names no rule")
            if rule:
                what = say("'/// allow' names the rule {rule}, which there is not", rule=quoted(rule))
            self._fault(node, Rule.ALLOW_FORM, what, suggest(rule, WordingRule))
            return blocks
        if not reason:
            fix = say(
                "write why the text may stay as it is: /// allow | {rule}: the screen says it so", rule=rule
            )
            self._fault(
                node, Rule.ALLOW_FORM, say("'/// allow' gives no reason to allow '{rule}'", rule=rule), fix
            )
            return blocks
        return (Allow(WordingRule(rule), reason, blocks, self.notes.place(node.line)),)

    def tab(self, node: SourceNode, spot: _Spot) -> Iterable[Option]:
        settings = self._settings(node, ("recommended",))
        recommended = settings.get("recommended", "false")
        if recommended not in ("true", "false"):
            self._fault(
                node,
                Rule.BLOCK_SETTING,
                say("'recommended' is {recommended}", recommended=quoted(recommended)),
                say("write true or false"),
            )
        if spot.inside == "a choice":
            self._fault(
                node,
                Rule.CHOICE_MISPLACED,
                say("a choice stands right inside another"),
                say("put it in a step of that choice"),
            )
        blocks = self.blocks(_below_title(node), spot.into(say("a choice")))
        title = self._plain_title(node)
        return (Option(title, blocks, self.notes.place(node.line), recommended == "true"),)

    def _plain_title(self, node: SourceNode) -> str:
        title = _title(node)
        words = read_inlines(title.inline, node.line, self.notes) if title else ()
        if title is None:
            self._fault(
                node,
                Rule.TAB_TITLE,
                say("a tab has no title"),
                say("name the device or the method: /// tab | iPhone"),
            )
        elif any(not isinstance(word, Text) for word in words):
            self._fault(
                node,
                Rule.TAB_TITLE,
                say("the title of a tab holds more than words"),
                say("write it without `, *, links and fields"),
            )
        return plain_text(words)

    def _settings(self, node: SourceNode, known: Sequence[str]) -> dict[str, str]:
        """Return the lines `key: value` below the header; say what is wrong with them."""
        settings: dict[str, str] = {}
        for line, text in node.token.meta["settings"]:
            key, colon, value = (part.strip() for part in text.partition(":"))
            if not colon or key not in known:
                fix = suggest(key, known) if known else say("un-indent it: this block has no settings")
                self.notes.add(
                    line,
                    Rule.BLOCK_SETTING,
                    say("{text} is no setting of '/// {info}'", text=quoted(text), info=node.token.info),
                    fix,
                )
            elif key in settings:
                self.notes.add(
                    line,
                    Rule.BLOCK_SETTING,
                    say("the setting '{key}' stands twice", key=key),
                    say("take one of them out"),
                )
            else:
                settings[key] = value
        self._check_lost_setting(node)
        return settings

    def _check_lost_setting(self, node: SourceNode) -> None:
        first = next(iter(_below_title(node)), None)
        if first is not None and first.type == "paragraph" and first.inline:
            text = first.inline[0].content
            if re.match(r"recommended\s*:", text):
                self._fault(
                    first,
                    Rule.BLOCK_SETTING,
                    say("the setting 'recommended' is printed as text"),
                    say("indent it by four spaces"),
                )

    def _with_choices(self, found: Iterable[Block | Option]) -> Iterable[Block]:
        """Yield what was found, with each run of options as one choice."""
        run: list[Option] = []
        for block in found:
            if isinstance(block, Option):
                run.append(block)
                continue
            if run:
                yield self._choice(run)
                run = []
            yield block
        if run:
            yield self._choice(run)

    def _choice(self, options: Sequence[Option]) -> Choice:
        titles: set[str] = set()
        for option in options:
            if option.title and option.title in titles:
                self._note_option(
                    option,
                    Rule.TAB_TITLE,
                    say("two tabs have the title {title}", title=quoted(option.title)),
                    say("rename one of them"),
                )
            titles.add(option.title)
        for option in [option for option in options if option.recommended][1:]:
            self._note_option(
                option,
                Rule.BLOCK_SETTING,
                say("two tabs of one choice are recommended"),
                say("recommend one"),
            )
        return Choice(tuple(options), options[0].place)

    def _note_option(self, option: Option, rule: str, what: Message, fix: Message) -> None:
        self.notes.findings.append(Finding(option.place, what, fix, rule=rule))

    # ---- what paper does not take

    def quote(self, node: SourceNode, spot: _Spot) -> Iterable[Block]:
        return self._fault(
            node,
            Rule.NOT_ON_PAPER,
            say("a quotation (>) has no form on paper"),
            say("use a block: /// tip … ///"),
        )

    def code(self, node: SourceNode, spot: _Spot) -> Iterable[Block]:
        return self._fault(
            node,
            Rule.NOT_ON_PAPER,
            say("a block of code has no form on paper"),
            say("write screen words as `Volgende`"),
        )

    def indented(self, node: SourceNode, spot: _Spot) -> Iterable[Block]:
        fix = say("indent it as the text of its step, by three spaces after '1. ', or not at all")
        return self._fault(node, Rule.INDENT_WRONG, say("a text is indented by four spaces or more"), fix)

    def definition(self, node: SourceNode, spot: _Spot) -> Iterable[Block]:
        label = node.token.content
        if label == "//":
            fix = say("take it out; a remark can stand in the front matter after #")
        elif label.startswith("^"):
            fix = FOOTNOTE_FIX
        else:
            fix = say(
                "write \\[ for a bracket that is printed, name it in a text as [words][label], or take it out"
            )
        what = say(
            "the line '[{casefold}]: …' is a target that no link takes, and is not printed",
            casefold=label.casefold(),
        )
        return self._fault(node, Rule.MARK_LEFT, what, fix)

    def html(self, node: SourceNode, spot: _Spot) -> Iterable[Block]:
        return self._fault(node, Rule.HTML_FORBIDDEN, *html_fault(node.token.content))


_BLOCKS: dict[str, Callable[[_Body, SourceNode, _Spot], Iterable[Block | Option]]] = {
    "paragraph": _Body.paragraph,
    "heading": _Body.heading,
    "hr": _Body.rule,
    "bullet_list": _Body.bullet_list,
    "ordered_list": _Body.steps,
    "table": _Body.table,
    "slash": _Body.slash,
    "slash_fault": _Body.slash_fault,
    "blockquote": _Body.quote,
    "fence": _Body.code,
    "code_block": _Body.indented,
    "html_block": _Body.html,
    "definition": _Body.definition,
}
_SLASH_BLOCKS: dict[str, Callable[[_Body, SourceNode, _Spot], Iterable[Block | Option]]] = {
    "tab": _Body.tab,
    "tip": _Body.callout,
    "caution": _Body.callout,
    "help": _Body.callout,
    "only": _Body.only,
    "allow": _Body.allow,
}
_SLASH_FAULTS = {
    "stray": (
        say("a line of /// closes nothing"),
        say("take it out, or write the line that begins its block"),
    ),
    "slashes": (
        say("{mark} has more than three slashes", mark=""),
        say("use three: blocks in blocks are told apart by their order"),
    ),
    "unclosed": (
        say("the block {mark} is not closed", mark=""),
        say("end it with a line of ///, and begin it on a line of its own"),
    ),
    "closed_outside": (
        say("the block {mark} is closed outside the step or item that it stands in", mark=""),
        say("indent its closing /// as its first line"),
    ),
    "dedented": (
        say("{mark} is indented less than the block that it stands in", mark=""),
        say("indent it as the first line of that block"),
    ),
}


_TWO_MARKERS = re.compile(r"\s*(?:[0-9]+[.)]|[-+*])\s+(?:[0-9]+[.)]|[-+*])\s")
"""A list that begins on the line of another: its column is not that of the line."""


def _included(tokens: Sequence[Token]) -> str | None:
    return tokens[0].content.strip() if len(tokens) == 1 and tokens[0].type == "include" else None


def _title(node: SourceNode) -> SourceNode | None:
    return node.children[0] if node.children and node.children[0].type == "inline" else None


def _below_title(node: SourceNode) -> Sequence[SourceNode]:
    return node.children[1:] if _title(node) else node.children


def _is_strong(cell: Sequence[Inline]) -> bool:
    return len(cell) == 1 and isinstance(cell[0], Strong)


def _count_cells(line: str) -> int:
    """Return the number of cells that an editor wrote: the parser drops and adds cells without a word."""
    cells = re.split(r"(?<!\\)\|", line.strip())
    return len(cells) - (not cells[0].strip()) - (len(cells) > 1 and not cells[-1].strip())
