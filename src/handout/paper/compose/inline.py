"""Write inline content and pictures as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from handout.model.document import PictureFile, PictureType
from handout.model.text import (
    Both,
    BothWords,
    Emphasis,
    Gloss,
    Inline,
    LineBreak,
    Link,
    PairedText,
    Picture,
    SectionLabel,
    StepLabel,
    Strong,
    Text,
    UiLabel,
    Untranslated,
    UntranslatedText,
    WriteIn,
    plain_text,
    runs_to_the_left,
)
from handout.paper.compose.phrases import Phrase, phrases

ASSETS_URL = "https://project.invalid/"
"""Where the engine asks for pictures: no such host exists (RFC 6761), the fetcher answers from memory."""


def _breaking(label: str) -> str:
    """Return the class of a key that is too long for a narrow measure: as a whole, or in one word."""
    if max(map(len, label.split()), default=0) > LONGEST_UNBROKEN_WORD:
        return " ui--word"
    return " ui--long" if len(label) > LONGEST_UNBROKEN_LABEL else ""


LONGEST_UNBROKEN_LABEL = 30
"""Characters of a key that stay on one line: about 62 mm (look: component anatomy)."""
LONGEST_UNBROKEN_WORD = 20
LONGEST_UNBROKEN_PART = 10
"""Letters of a part of an address that any measure has room for."""
_HYPHENATED = re.compile(r"(\w+(?:-\w+)+)")

Words = Mapping[str, str]
"""The printed words of the templates, by key."""


@dataclass(frozen=True)
class InlineRenderer:
    """Writes inline content and pictures as HTML."""

    pictures: Mapping[str, PictureFile]
    accent: str
    words: Words
    is_right_to_left: bool = False
    """The direction of the text."""
    screen_language: str | None = None
    """That of the keys, where it is not that of the text."""
    language: str | None = None
    """Of the text, on a sheet with two languages."""
    other: InlineRenderer | None = None
    """What writes the texts in the language beside it, on such a sheet."""
    other_language: str | None = None
    source: InlineRenderer | None = None
    """What writes the texts without a translation, where there can be any: in their own language."""

    def inlines(self, inlines: Iterable[Inline]) -> Markup:
        return Markup("").join(
            self._phrase(phrase) for phrase in phrases(tuple(inlines), self.is_right_to_left)
        )

    def _phrase(self, phrase: Phrase) -> Markup:
        """Return *phrase*; one of several elements that runs against the line is an element of its own."""
        parts = Markup("").join(self.inline(inline) for inline in phrase.inlines)
        if not phrase.is_turned or (len(phrase.inlines) == 1 and "<" not in parts):
            return parts
        direction = "ltr" if self.is_right_to_left else "rtl"
        return Markup('<span style="direction: {}">{}</span>').format(direction, parts)

    def inline(self, inline: Inline) -> Markup:
        match inline:
            case Text(text):
                return unbroken(text)
            case Strong() | Emphasis():
                tag = "strong" if isinstance(inline, Strong) else "em"
                return Markup(f"<{tag}>{{}}</{tag}>").format(self.inlines(inline.children))
            case UiLabel(text):
                own = Markup(' lang="{}"').format(self.screen_language) if self.screen_language else ""
                return Markup('<span class="ui{}"{}>{}</span>').format(_breaking(text), own, unbroken(text))
            case Gloss():
                return Markup(' <span class="gloss">({})</span>').format(inline.text)
            case Both(own, other):
                assert self.other is not None
                return self.both(self.inlines(own), self.other.inlines(other))
            case Untranslated(children, language):
                pen = self.source or self
                return untranslated(pen.inlines(children), language, self.is_right_to_left)
            case LineBreak():
                return Markup("<br>")
            case Link():
                plain = plain_text(inline.children)
                words = self.address(plain) if plain in inline.url else self.inlines(inline.children)
                return Markup('<a href="{}">{}</a>').format(inline.url, words)
            case StepLabel():
                return self.step_label(inline)
            case SectionLabel():
                return self.section_label(inline)
            case WriteIn(word):
                return Markup('<span class="write-in">{}</span>').format(word)
            case Picture():
                return self.picture(inline, inline=True)
            case _:
                raise TypeError(f"{type(inline).__name__} should have been resolved before composing")

    def address(self, address: str) -> Markup:
        """Return *address* with places to break it. Its parts run to the right in every language."""
        return self.rightwards(breakable(address))

    def value(self, text: str) -> Markup:
        """Return *text* in its own direction, wherever it stands.

        Else the groups of a phone number stand from the last to the first in a text that runs to the left.
        """
        return Markup(escape(text)) if runs_to_the_left(text) else self.rightwards(Markup(escape(text)))

    def rightwards(self, words: Markup) -> Markup:
        """Return *words*, which run to the right also where the text around does not."""
        return (
            Markup('<span style="direction: ltr">{}</span>').format(words) if self.is_right_to_left else words
        )

    def step_label(self, label: StepLabel) -> Markup:
        said = self.numbered(label)
        if label.option:
            said += " " + self.words["go-to-option"].format(option=label.option)
        if label.procedure:
            said += " " + self.words["in-procedure"].format(procedure=label.procedure)
        if label.handout:
            said += " " + self.in_handout(label.handout, label.handout_letter)
        return Markup("{} ({})").format(self.inlines(label.children), said) if label.children else said

    def numbered(self, label: StepLabel) -> Markup:
        """Return the number of the step that *label* leads to, or of both ends of a run."""
        size = " ref--substep" if not label.label.isdigit() else " ref--wide" if len(label.label) > 1 else ""
        number = Markup('<span class="goto">{} {}<span class="ref{}">{}</span></span>').format(
            self.words["step"], self.letter(label.section), size, label.label
        )
        if label.until:
            wide = " ref--wide" if len(label.until) > 1 else ""
            number += Markup(' {} <span class="goto"><span class="ref{}">{}</span></span>').format(
                self.words["until"], wide, label.until
            )
        if not (label.handout or label.children):
            number += self.overleaf(
                f"{label.section or ''}:{label.procedure or ''}:{label.until or label.label}"
            )
        return number

    def overleaf(self, named: str) -> Markup:
        """Return the place for a sign that what is *named* stands overleaf: the engine sees where that is.

        It stands right behind the number or the title, never behind words of an editor: so it can be proved.

        It is named by the letter and the title of its procedure, where one is said, and by its number:
        `A::5`, `::5b`, `:Je pas gebruiken:`.
        """
        words = self.words.get("overleaf", "")
        sign = Markup('<span class="overleaf" aria-hidden="true" data-overleaf="{}" data-words="{}"></span>')
        return sign.format(named, words) if words else Markup("")

    def section_label(self, label: SectionLabel) -> Markup:
        if label.handout is None and not label.children:
            pattern = "{procedure}" if label.is_alone else self.words["own-procedure"]
            quoted = escape(pattern).format(procedure=self.name(label.title))
            return self.own_part(label, Markup("<strong>{}</strong>").format(quoted))
        words = self.inlines(label.children) or Markup("<strong>{}</strong>").format(self.name(label.title))
        if label.is_whole:
            if label.children or not label.handout_letter:
                return words
            return self.filled("lettered-handout", letter=label.handout_letter, handout=label.title)
        if label.handout is None:
            return self.own_part(label, words)
        named = words if label.children else Markup("{} {}").format(self.words["part"], words).strip()
        return named + " " + self.in_handout(label.handout, label.handout_letter)

    def own_part(self, label: SectionLabel, words: Markup) -> Markup:
        """Return *words*, the name of a procedure of this handout, with its letter."""
        sign = Markup("") if label.children else self.overleaf(f"{label.section or ''}:{label.title}:")
        return Markup("{}{}{}").format(self.letter(label.section), words, sign)

    def name(self, words: str, shown: Markup | None = None) -> Markup:
        """Return a title or a name, as a template has *shown* it: marked where it has no translation."""
        own = Markup(escape(words)) if shown is None else shown
        if isinstance(words, UntranslatedText) and (language := self.screen_language or self.language):
            return untranslated(own, language, self.is_right_to_left)
        if isinstance(words, PairedText):
            return self.both(own, Markup(escape(words.other)))
        return own

    def both(self, own: Markup, other: Markup) -> Markup:
        """Return a text in two languages: who needs the other one hears it first, each in its direction."""
        is_turned = self.other is not None and self.other.is_right_to_left
        turned = Markup(' both__other--turned" style="direction: rtl') if is_turned else ""
        return Markup(
            '<span class="both"><span class="both__other{}" lang="{}">{}</span>'
            '<span class="both__own" lang="{}">{}</span></span>'
        ).format(turned, self.other_language, other, self.language, own)

    def words_alone(self, words: str) -> Markup | str:
        """Return *words* that stand in no text: in two languages on one line, each in its own."""
        if isinstance(words, PairedText):
            words = BothWords(str(words), words.other)
        if not isinstance(words, BothWords):
            return words
        return Markup("{} · {}").format(words.own, self.of_translation(words.other))

    def of_translation(self, words: str) -> Markup | str:
        """Return *words* of the templates in the language beside that of the sheet, where it has two."""
        if self.other is None or not words:
            return words
        style = Markup(' style="direction: rtl"') if self.other.is_right_to_left else ""
        return Markup('<span lang="{}"{}>{}</span>').format(self.other_language, style, words)

    def in_handout(self, title: str, letter: str | None) -> Markup:
        """Return the words for "in the handout *title*", which may have a *letter*."""
        key = "in-lettered-handout" if letter else "in-handout"
        return self.filled(key, handout=title, letter=letter or "")

    def filled(self, key: str, letter: str, handout: str) -> Markup:
        """Return the words of *key*, with the letter of a handout as it stands on its corner."""
        sign = Markup('<span class="goto"><span class="ref__letter">{}</span></span>').format(letter)
        return escape(self.words[key]).format(letter=sign, handout=handout)

    def letter(self, letter: str | None) -> Markup:
        return Markup('<span class="ref__letter">{}</span>').format(letter) if letter else Markup("")

    def picture(self, picture: Picture, inline: bool = False) -> Markup:
        """Return *picture* as inline SVG that takes the accent, or as an image for the fetcher to answer."""
        file = self.pictures.get(picture.path)
        if file is None:
            return Markup("")  # its absence is a finding of `resolve`
        classes = "picture picture--inline" if inline and picture.alt else "picture"
        if file.type is PictureType.SVG:
            return self.drawing(file, picture.alt, classes)
        return Markup('<img class="{}" src="{}{}" alt="{}">').format(
            classes, ASSETS_URL, file.path, picture.alt
        )

    def sized(self, file: PictureFile, style: str) -> Markup:
        """Return *file* as decoration in the size of *style*."""
        if file.type is PictureType.SVG:
            return self.drawing(file, "", "slot__picture", style)
        return Markup('<img class="slot__picture" style="{}" src="{}{}" alt="">').format(
            style, ASSETS_URL, file.path
        )

    def drawing(self, file: PictureFile, alt: str, classes: str, style: str = "") -> Markup:
        # The colour of the page does not reach an inline SVG in this engine: it is written into the drawing.
        text = file.data.decode().replace("currentColor", self.accent)
        head, _, rest = text.partition(">")
        # Only a first child <title> becomes the alternative text.
        title = Markup("<title>{}</title>").format(alt) if alt else Markup("")
        hidden = "" if alt else ' aria-hidden="true"'
        sized = f' style="{style}"' if style else ""
        return Markup(f'{head} class="{classes}"{sized}{hidden}>{title}{rest}')


def untranslated(words: Markup, language: str, is_right_to_left: bool) -> Markup:
    """Return *words* in *language*, a bar before them: they have no translation. In their own direction."""
    own = Markup(' style="direction: ltr"') if is_right_to_left else ""
    return Markup('<span class="untranslated"><span lang="{}"{}>{}</span></span>').format(
        language, own, words
    )


def unbroken(text: str) -> Markup:
    """Return *text* with its short hyphenated words kept on one line: "ICT-anker", "6-cijferig".

    The text face has no non-breaking hyphen (U+2011).
    """
    parts = _HYPHENATED.split(text)
    return Markup("").join(
        Markup('<span class="nowrap">{}</span>').format(part)
        if i % 2 and len(part) <= LONGEST_UNBROKEN_WORD
        else part
        for i, part in enumerate(parts)
    )


def breakable(address: str) -> Markup:
    """Return *address* with places to break it after a dot or slash: a hyphen would become part of it.

    A short part stays whole also where a stylesheet lets words break anywhere: `example.org/` and `wifi`.
    """
    parts = re.split(r"(?<=[./])", address)
    return Markup("<wbr>").join(
        Markup("<span{}>{}</span>").format(
            Markup(' class="nowrap"') if len(part) <= LONGEST_UNBROKEN_PART else "", part
        )
        for part in parts
    )
