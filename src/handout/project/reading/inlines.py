"""Turn the tokens of a line of text into the words of the model."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from markdown_it.token import Token

from handout.machine.gate import forbidden_character, invisible_character
from handout.model.findings import suggest
from handout.model.links import other_way
from handout.model.messages import Message, say
from handout.model.names import quoted
from handout.model.rules import Rule
from handout.model.text import (
    Device,
    Emphasis,
    Field,
    Inline,
    LineBreak,
    Link,
    Picture,
    Reference,
    Strong,
    Text,
    UiLabel,
    plain_text,
)
from handout.project.reading.dialects import FOOTNOTE_FIX, left_marks, open_emphasis, typed_marks
from handout.project.reading.notes import Notes
from handout.project.reading.syntax import MOST_PARAGRAPH_CHARACTERS, line_in_text

MOST_NESTED_MARKS = 12
"""Strong in emphasis in strong …"""

STEP_ID = re.compile(r"[a-z][a-z0-9-]*")
FIELD_NAME = re.compile(r"[a-z][a-z0-9-]*\.[a-z0-9][a-z0-9-]*")
MARKDOWN_FILE = re.compile(r"(?:handouts/)?[a-z0-9][a-z0-9-]*\.md")


def read_inlines(tokens: Sequence[Token], line: int, notes: Notes) -> tuple[Inline, ...]:
    """Return the text of *tokens*; what is wrong with it goes to *notes*.

    *line* is the line of the paragraph. A soft line end becomes a space, neighbouring texts become one.
    """
    return _InlineReader(tokens, line, notes).read()


# ---- attributes of a step ---------------------------------------------------------------------


@dataclass(frozen=True)
class Attributes:
    """What stands in braces at the end of a command."""

    id: str | None = None
    audiences: tuple[str, ...] = ()
    device: Device | None = None


ATTRIBUTE_FORMS = say(
    "allowed are {{#name}}, {{@staff}}, {{@staff,students}}, {{on computer}}, {{on smartphone}} and "
    "{{on any}}"
)
_ATTRIBUTE = re.compile(
    r"\s*(?:#(?P<id>[^\s,#@]+)"
    r"|@(?P<audiences>[^\s,#@]+(?:\s*,\s*@?[^\s,#@]+)*)"
    r"|on\s+(?P<device>[^\s,#@]+))"
)


def split_attributes(
    tokens: Sequence[Token], line: int, notes: Notes
) -> tuple[tuple[Token, ...], Attributes]:
    """Return *tokens* without the braces at their end, and what those braces say."""
    words = list(tokens)
    braces: list[Token] = []
    while words and (words[-1].type == "brace" or (braces and _is_blank(words[-1]))):
        token = words.pop()
        if token.type == "brace":
            braces.append(token)
    attributes = Attributes()
    for brace in reversed(braces):
        attributes = _with_brace(attributes, brace, line + line_in_text(brace), notes)
    return tuple(words), attributes


def _is_blank(token: Token) -> bool:
    return token.type in ("softbreak", "hardbreak") or (token.type == "text" and not token.content.strip())


def _with_brace(attributes: Attributes, brace: Token, line: int, notes: Notes) -> Attributes:
    position, content = 0, brace.content.rstrip()
    while position < len(content) and (found := _ATTRIBUTE.match(content, position)) is not None:
        attributes = _with_attribute(attributes, found, line, notes)
        position = found.end()
    if position < len(content) or not content:
        what = say(
            "{value} at the end of a command says nothing that we know",
            value=quoted("{" + brace.content + "}"),
        )
        notes.add(
            line,
            Rule.ATTRIBUTE_FORM,
            what,
            say(
                "{attribute_forms}; for a brace that is printed, write \\{{", attribute_forms=ATTRIBUTE_FORMS
            ),
        )
    return attributes


def _with_attribute(attributes: Attributes, found: re.Match[str], line: int, notes: Notes) -> Attributes:
    if (step_id := found["id"]) is not None:
        return _with_id(attributes, step_id, line, notes)
    if (audiences := found["audiences"]) is not None:
        names = tuple(name.strip().removeprefix("@") for name in audiences.split(","))
        return replace(attributes, audiences=attributes.audiences + names)
    return _with_device(attributes, found["device"], line, notes)


def _with_id(attributes: Attributes, step_id: str, line: int, notes: Notes) -> Attributes:
    if not STEP_ID.fullmatch(step_id):
        notes.add(
            line,
            Rule.ATTRIBUTE_FORM,
            say("{value} is no id", value=quoted("#" + step_id)),
            say("use a-z first, then a-z, 0-9 and hyphens: {{#add}}"),
        )
        return attributes
    if attributes.id is not None:
        notes.add(
            line,
            Rule.ATTRIBUTE_FORM,
            say("the step has two ids, '{id}' and '{step_id}'", id=attributes.id, step_id=step_id),
            say("keep one"),
        )
        return attributes
    return replace(attributes, id=step_id)


def _with_device(attributes: Attributes, name: str, line: int, notes: Notes) -> Attributes:
    if name not in tuple(Device):
        notes.add(
            line,
            Rule.ATTRIBUTE_FORM,
            say("there is no device {name}", name=quoted(name)),
            suggest(name, Device),
        )
        return attributes
    if attributes.device is not None:
        notes.add(
            line,
            Rule.ATTRIBUTE_FORM,
            say("the step is done on two devices"),
            say("keep one, or make two steps of it"),
        )
        return attributes
    return replace(attributes, device=Device(name))


# ---- text -------------------------------------------------------------------------------------


class _InlineReader:
    """Reads one paragraph, heading, title or cell."""

    def __init__(self, tokens: Sequence[Token], line: int, notes: Notes) -> None:
        self._tokens = tokens
        self._first_line = line
        self._notes = notes
        # Marks can be nested as deep as a paragraph is long: a stack of our own, not Python's.
        self._open: list[tuple[Token, list[Inline]]] = []
        self._top: list[Inline] = []
        self._previous: Token | None = None

    def read(self) -> tuple[Inline, ...]:
        for token in self._tokens:
            if token.nesting == 1:
                self._open.append((token, []))
            elif token.nesting == -1:
                self._close()
            else:
                self._add(self._leaf(token))
            self._previous = token
        self._check_paragraph()
        return tuple(self._without_last_space())

    def _without_last_space(self) -> Sequence[Inline]:
        """Return the text without the space that stood before the braces of a command."""
        match self._top:
            case [*before, Text(text)] if text.endswith(" "):
                return (*before, Text(text.rstrip(" "))) if text.strip(" ") else before
        return self._top

    def _add(self, inlines: Iterable[Inline]) -> None:
        siblings = self._open[-1][1] if self._open else self._top
        for inline in inlines:
            if inline == Text(""):
                continue  # the parser leaves one where a mark stood
            if isinstance(inline, Text) and siblings and isinstance(siblings[-1], Text):
                siblings[-1] = Text(siblings[-1].text + inline.text)
            else:
                siblings.append(inline)

    def _close(self) -> None:
        token, children = self._open.pop()
        if len(self._open) == MOST_NESTED_MARKS:
            self._fault(
                token,
                Rule.NESTED_TOO_DEEP,
                say("marks are nested too deep"),
                say("nest at most {most_nested_marks}", most_nested_marks=MOST_NESTED_MARKS),
            )
        if len(self._open) >= MOST_NESTED_MARKS:
            self._add(children)
        elif token.type == "link_open":
            self._add(self._link(token, tuple(children)))
        elif token.type == "strong_open":
            self._check_nested_strong(token)
            self._add([Strong(tuple(children))])
        else:
            self._add([Emphasis(tuple(children))])

    def _check_nested_strong(self, token: Token) -> None:
        """Note a strong in a strong: in `**a:**b "**c**"` the parser closes other marks than are meant."""
        if any(outer.type == "strong_open" for outer, _ in self._open):
            what = say("'{markup}' stands inside words that are bold already", markup=token.markup)
            fix = say(
                "look where the bold words end: a letter may not follow the closing {markup} at once",
                markup=token.markup,
            )
            self._fault(token, Rule.MARK_LEFT, what, fix)

    def _line_of(self, token: Token) -> int:
        return self._first_line + line_in_text(token)

    def _fault(self, token: Token, rule: str, what: Message, fix: Message) -> tuple[()]:
        self._notes.add(self._line_of(token), rule, what, fix)
        return ()

    def _leaf(self, token: Token) -> Iterable[Inline]:
        return _LEAVES[token.type](self, token)

    # ---- words

    def _text(self, token: Token) -> Iterable[Inline]:
        if token.type == "text":
            self._check_leftovers(token)
        return (Text(token.content),) if self._is_visible(token) else ()

    def _is_visible(self, token: Token) -> bool:
        """Tell whether a reader sees every character: `&#x202e;` gets past the check of the file."""
        if (forbidden := forbidden_character(token.content)) is not None:
            self._fault(
                token,
                Rule.CHARACTER_HIDDEN,
                say("the text holds {name}", name=forbidden.name),
                say("take it out"),
            )
        return forbidden is None

    def _check_leftovers(self, token: Token) -> None:
        is_first = self._previous is None
        begins_line = is_first or (
            self._previous is not None and self._previous.type in ("softbreak", "hardbreak")
        )
        for fault in left_marks(token.content, begins_line=begins_line, is_first_line=is_first):
            self._fault(token, Rule.MARK_LEFT, *fault)

    def _check_paragraph(self) -> None:
        for texts, marks in (
            ([_typed(token) for token in self._tokens], open_emphasis),
            ([_raw(token) for token in self._tokens], typed_marks),
        ):
            starts = list(accumulate(map(len, texts), initial=0))
            for at, what, fix in marks("".join(texts)):
                self._fault(self._tokens[bisect_right(starts, at) - 1], Rule.MARK_LEFT, what, fix)

    def _label(self, token: Token) -> Iterable[Inline]:
        if "{{" in token.content:
            return self._fault(
                token,
                Rule.FIELD_FORM,
                say("a field in `…` is not looked up"),
                say("write {{{{ … }}}} without the `"),
            )
        if not token.content.strip():
            return self._fault(
                token,
                Rule.PART_EMPTY,
                say("a label between ` and ` is empty"),
                say("write the words of the screen in it"),
            )
        if (hidden := invisible_character(token.content)) is not None:
            what = say(
                "the label {content} holds {hidden}, which nobody sees or types",
                content=quoted(token.content),
                hidden=hidden,
            )
            return self._fault(token, Rule.CHARACTER_HIDDEN, what, say("type the label again, by hand"))
        return (UiLabel(token.content),) if self._is_visible(token) else ()

    def _space(self, token: Token) -> Iterable[Inline]:
        return (Text(" "),)

    def _break(self, token: Token) -> Iterable[Inline]:
        return (LineBreak(),)

    def _field(self, token: Token) -> Iterable[Inline]:
        name = token.content.strip()
        if token.info == "unclosed":
            return self._fault(
                token,
                Rule.FIELD_FORM,
                say("a field '{{{{' is not closed"),
                say("close it: {{{{ link.security-info }}}}"),
            )
        if not FIELD_NAME.fullmatch(name):
            return self._fault(
                token,
                Rule.FIELD_FORM,
                say("{value} is no field", value=quoted("{{" + token.content + "}}")),
                say(
                    "write two names of a-z, 0-9 and hyphens with a dot between: {{{{ link.security-info }}}}"
                ),
            )
        return (Field(name, self._notes.place(self._line_of(token))),)

    def _brace(self, token: Token) -> Iterable[Inline]:
        if token.info == "unclosed":
            return self._fault(
                token,
                Rule.ATTRIBUTE_FORM,
                say("a brace is not closed"),
                say("write }} at its end; {attribute_forms}", attribute_forms=ATTRIBUTE_FORMS),
            )
        written = quoted("{" + token.content + "}")
        if re.match(r"\s*%", token.content):
            fix = say("take it out; a field is written as {{{{ link.security-info }}}}")
            return self._fault(
                token,
                Rule.MARK_LEFT,
                say("the tag {written} of a template is no mark here", written=written),
                fix,
            )
        if re.match(r"\s*[A-Za-z][\w-]*\s*=", token.content):
            what = say("the attribute {written} is no mark here", written=written)
            fix = say(
                "take it out: the format gives a picture its size; for a brace that is printed, write \\{{"
            )
            return self._fault(token, Rule.ATTRIBUTE_FORM, what, fix)
        if re.match(r"\s*(?:[#@.:]|on\s)", token.content):
            return self._fault(
                token,
                Rule.ATTRIBUTE_FORM,
                say("{written} stands where no step can take it", written=written),
                say("put it at the end of a step's first paragraph; for a brace that is printed, write \\{{"),
            )
        return (Text("{" + token.content + "}"),)

    def _include(self, token: Token) -> Iterable[Inline]:
        return self._fault(
            token,
            Rule.FRAGMENT_FORM,
            say("the fragment {content} stands inside a text", content=quoted(token.content)),
            say("put ![[name]] alone in its step or paragraph"),
        )

    def _html(self, token: Token) -> Iterable[Inline]:
        return self._fault(token, Rule.HTML_FORBIDDEN, *html_fault(token.content))

    def _too_much(self, token: Token) -> Iterable[Inline]:
        return self._fault(
            token,
            Rule.FILE_TOO_LARGE,
            say("a paragraph is too long, or an alt text holds too many pictures"),
            say(
                "write at most {most_paragraph_characters} characters in a paragraph",
                most_paragraph_characters=MOST_PARAGRAPH_CHARACTERS,
            ),
        )

    # ---- targets

    def _link(self, token: Token, children: tuple[Inline, ...]) -> Iterable[Inline]:
        if (label := str(token.meta.get("label", ""))).startswith("^"):
            written = f"[{label.casefold()}]"
            return self._fault(
                token,
                Rule.MARK_LEFT,
                say("the footnote '{written}' is no mark here", written=written),
                FOOTNOTE_FIX,
            )
        target = str(token.attrs.get("href", ""))
        if token.attrs.get("title"):
            return self._fault(
                token,
                Rule.NOT_ON_PAPER,
                say("a link has a title, which paper cannot show"),
                say('leave the "title" out'),
            )
        if re.match(r"(?:https?|mailto):", target, re.IGNORECASE):
            return self._web_link(token, children, target)
        file, _, steps = target.partition("#")
        # `get-app..test`: an id holds no dot
        step_id, dots, until = steps.partition("..")
        if (
            (file and not MARKDOWN_FILE.fullmatch(file))
            or ((steps or not file) and not STEP_ID.fullmatch(step_id))
            or (dots and not STEP_ID.fullmatch(until))
        ):
            if (other := other_way(target)) is not None:
                what, fix = other
                return self._fault(
                    token,
                    Rule.LINK_FORM,
                    say(
                        "a link leads to {target}, {what}: paper cannot lead there",
                        target=quoted(target),
                        what=what,
                    ),
                    fix,
                )
            what = say("a link leads to {target}", target=quoted(target))
            return self._fault(token, Rule.LINK_FORM, what, _allowed_for(target))
        place = self._notes.place(self._line_of(token))
        return (Reference(children, file or None, step_id or None, place, until or None),)

    def _web_link(self, token: Token, children: tuple[Inline, ...], target: str) -> Iterable[Inline]:
        if not children:
            return self._fault(
                token,
                Rule.LINK_FORM,
                say("the link to {target} has no text", target=quoted(target)),
                say("write what the reader must do in [ ]"),
            )
        if forbidden_character(target) is not None:
            return self._fault(
                token,
                Rule.CHARACTER_HIDDEN,
                say("an address holds a character that cannot be seen"),
                say("type it again"),
            )
        return (Link(children, target, self._notes.place(self._line_of(token))),)

    def _picture(self, token: Token) -> Iterable[Inline]:
        path = str(token.attrs.get("src", ""))
        if token.attrs.get("title"):
            return self._fault(
                token,
                Rule.NOT_ON_PAPER,
                say("a picture has a title, which paper cannot show"),
                say("write it in the text"),
            )
        if not path.startswith("images/") or re.search(r"\\|%|//|\.\.|[?#:]|/$", path):
            return self._fault(
                token,
                Rule.PICTURE_MISSING,
                say("the picture {path} is not in content/images", path=quoted(path)),
                say("name it as images/scan.svg"),
            )
        if forbidden_character(path) is not None:
            return self._fault(
                token,
                Rule.CHARACTER_HIDDEN,
                say("a path holds a character that cannot be seen"),
                say("type it again"),
            )
        alt = read_inlines(token.children or (), self._line_of(token), self._notes)
        if any(isinstance(inline, (Field, Picture, Link, Reference)) for inline in alt):
            return self._fault(
                token,
                Rule.PICTURE_ALT,
                say("an alt text holds more than words"),
                say("say in words what is to be seen"),
            )
        return (Picture(path, plain_text(alt).strip(), self._notes.place(self._line_of(token))),)


def _typed(token: Token) -> str:
    """Return *token* as it was typed, as far as emphasis depends on it; nothing where it is understood."""
    match token.type:
        case "text":
            return token.content
        case "code_inline":
            return f"`{re.sub('[*_]', '·', token.content)}`"
        case "softbreak" | "hardbreak":
            return "\n"
        case "text_special" | "field" | "brace" | "include" | "image" | "html_inline":
            return "}"  # a sign, no letter
        case _:
            return ""


def _raw(token: Token) -> str:
    """Return *token* as it was typed, with the backslashes that the parser takes away."""
    return token.markup if token.type == "text_special" and token.info == "escape" else _typed(token)


_LEAVES: dict[str, Callable[[_InlineReader, Token], Iterable[Inline]]] = {
    "text": _InlineReader._text,
    "text_special": _InlineReader._text,
    "code_inline": _InlineReader._label,
    "softbreak": _InlineReader._space,
    "hardbreak": _InlineReader._break,
    "field": _InlineReader._field,
    "brace": _InlineReader._brace,
    "include": _InlineReader._include,
    "image": _InlineReader._picture,
    "html_inline": _InlineReader._html,
    "too_much": _InlineReader._too_much,
}


def html_fault(written: str) -> tuple[Message, Message]:
    """Return what is wrong with raw HTML, and what to write instead."""
    if written.lstrip().startswith("<!--"):
        return say("the text holds an HTML comment"), say(
            "take it out; a remark can stand in the front matter after #"
        )
    if re.match(r"\s*<br\b", written, re.IGNORECASE):
        return say("the text holds the HTML tag <br>"), say("end the line with a backslash for a line break")
    tag = re.match(r"\s*</?[A-Za-z][A-Za-z0-9-]*", written)
    what = say("the text holds HTML")
    if tag:
        name = tag.group().strip() + ">"
        what = say("the text holds the HTML tag {tag}", tag=name)
    return what, say("write it in Markdown; for a < that is printed, write \\<")


def _allowed_for(target: str) -> Message:
    """Return how a link to *target* is written; with capitals it may be a name that is there without."""
    small = target.lower()
    if small != target and MARKDOWN_FILE.fullmatch(small.partition("#")[0]):
        return say("write {small}: names of texts and steps are in small letters", small=quoted(small))
    return say(
        "allowed are #step, #first..last, file.md, file.md#step, handouts/file.md, https:// and mailto:"
    )
