"""Compose a document into one page for a screen, with all that it shows in it. Pure: no I/O.

It says what the sheets say, with the same numbers, in plain elements: who listens, enlarges or reads on a
phone has the same steps as who holds the paper. It needs no script and fetches nothing.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from markupsafe import Markup, escape

from handout.model.document import Document, PictureFile, PictureType
from handout.model.school import School, SchoolField
from handout.model.text import (
    Inline,
    Link,
    PairedText,
    Picture,
    Route,
    SectionLabel,
    StepLabel,
    UiLabel,
    Untranslated,
    UntranslatedText,
    plain_text,
    runs_to_the_left,
)
from handout.paper.compose import arrange, screen_dress, templates
from handout.paper.compose.anchors import Anchors, anchors_of
from handout.paper.compose.inline import InlineRenderer
from handout.paper.compose.page import foot_parts, is_right_to_left, is_unreviewed, translation_notice
from handout.paper.engine import web_fonts
from handout.project.project import PAGES, Project, primary_language
from handout.project.translations import printed_words, settings_in

TEMPLATE = f"{PAGES}handout.html"
STYLESHEET = "screen.css"
CONTACT = (
    (SchoolField.ICT_ANCHOR, "person"),
    (SchoolField.ROOM, "door"),
    (SchoolField.PHONE, "call"),
    (SchoolField.EMAIL, "mail"),
    (SchoolField.HOURS, "clock"),
)
"""The fields of a school that say who helps, each with its sign."""
LETTERED = frozenset({"de", "en", "es", "fr", "it", "nl", "pt"})
"""The languages whose letters the embedded faces have. Others are shown in a font of the reader's device."""
LONGEST_ADDRESS = 24
"""Characters of an address that stay on one line."""
_STYLES_MARK = "/*styles*/"
_NO_DIGIT = re.compile(r"[^\d+]")


def page(document: Document, project: Project) -> str:
    """Return *document* as HTML: one page, for a school where it has one."""
    settings = settings_in(project, document)
    audience = settings.audiences[document.audience]
    words, anchors = printed_words(project, document), anchors_of(document)
    pen = _pen(document, project, anchors)
    environment = templates.environment(project.templates, _take)
    environment.filters.update(
        inline=pen.inlines,
        drawn=pen.picture,
        name=pen.name,
        kind=lambda block: type(block).__name__,
        anchor=lambda step: anchors.steps[id(step)],
        stops=lambda route: _stops(route, anchors),
        groups=arrange.grouped,
        pictures=lambda blocks: [block for block in blocks if isinstance(block, Picture)],
        without=lambda blocks, others: [block for block in blocks if block not in others],
        is_compact=lambda steps: arrange.in_compact(steps, document.sections),
        is_needs=arrange.is_needs,
        with_ends=arrange.with_ends,
        address=pen.address,
        value=pen.value,
        word=pen.word,
    )
    rules = screen_dress.icons(project)
    foot = foot_parts(document, words)
    written = environment.get_template(TEMPLATE).render(
        {
            "document": document,
            "audience": audience,
            "organisation": settings.organisation,
            "words": words,
            "direction": _direction(document.language),
            "icons": rules,
            "title": _title(document, audience.label),
            "foot_parts": foot,
            "untranslated": translation_notice(document, words),
            "unreviewed": words["unreviewed"] if is_unreviewed(document) else "",
            "contact": tuple(_contact(document.school, words)) if document.school else (),
            "logo": _logo(document, pen),
            "styles": Markup(_STYLES_MARK),
        }
    )
    styles = "\n".join(
        (
            *_faces(document),
            screen_dress.tokens(project, audience),
            *_foreign(document),
            *screen_dress.used_icons(written, rules),
            screen_dress.packed(project.styles.get(STYLESHEET, "")),
        )
    )
    lines = "".join(f"{line.strip()}\n" for line in written.splitlines() if line.strip())
    return lines.replace(_STYLES_MARK, styles, 1)


def made_from(project: Project) -> tuple[str, ...]:
    """Return all that a page takes from *project* beside its document, its settings and its words."""
    styles = (name for name in sorted(project.styles) if name.startswith("icons/"))
    names = ("tokens.css", STYLESHEET, *styles)
    return project.templates[TEMPLATE], *(f"{name} {project.styles.get(name, '')}" for name in names)


def _take(_: str) -> None:
    """Keep nothing: the templates of these pages are the program's own."""


def _title(document: Document, label: str) -> str:
    return f"{document.title} – {label}{document.school.in_title if document.school else ''}"


def _direction(language: str) -> str:
    return "rtl" if is_right_to_left(language) else "ltr"


# ---- looks ------------------------------------------------------------------------------------


def _faces(document: Document) -> tuple[str, ...]:
    """Return the rules that bring the faces, where the language of *document* can be set in them."""
    return _embedded() if primary_language(document.language) in LETTERED else ()


@lru_cache(maxsize=1)
def _embedded() -> tuple[str, ...]:
    return web_fonts.rules()


def _foreign(document: Document) -> Iterator[str]:
    """Yield a rule for each language on the page whose letters the faces lack: a word is set in one font."""
    own = [document.language, *([document.beside] if document.beside else [])]
    if document.translation is not None:
        own.append(document.translation.source_language)
    for language in dict.fromkeys(map(primary_language, own)):
        if language not in LETTERED:
            yield (
                f":lang({language}) {{ --text: system-ui, sans-serif; --display: system-ui, sans-serif; "
                "font-family: system-ui, sans-serif; letter-spacing: normal; }"
            )


# ---- who helps --------------------------------------------------------------------------------


@dataclass(frozen=True)
class ContactRow:
    """What a reader is told of who helps."""

    word: str
    icon: str
    value: str
    url: str
    """Where a tap leads: it calls, or begins a mail; empty: nowhere."""


def _contact(school: School, words: Mapping[str, str]) -> Iterator[ContactRow]:
    for field, icon in CONTACT:
        if value := school.value(field):
            yield ContactRow(words[f"school.{field}"], icon, value, contact_url(field, value))


def contact_url(field: str, value: str) -> str:
    """Return the address behind *value*, that of a school in the column *field*; empty for none."""
    if field == SchoolField.EMAIL:
        return f"mailto:{value}"
    number = _NO_DIGIT.sub("", value) if field == SchoolField.PHONE else ""
    return f"tel:{number}" if number else ""


def _logo(document: Document, pen: ScreenInlines) -> Markup:
    """Return the logo of the school of *document*, as decoration: its name stands beside it."""
    file = document.pictures.get(document.school.logo) if document.school and document.school.logo else None
    return pen.shown(file, "", "logo") if file else Markup("")


# ---- inline content ---------------------------------------------------------------------------


def _pen(document: Document, project: Project, anchors: Anchors) -> ScreenInlines:
    """Return what writes the texts of *document*: on a page with two languages, each with its own words."""

    def of(language: str) -> ScreenInlines:
        return ScreenInlines(
            document.pictures,
            project.settings.audiences[document.audience].accent,
            project.strings[primary_language(language)],
            is_right_to_left(language),
            anchors=anchors,
        )

    own = of(document.language)
    if document.beside is not None:
        other = replace(of(document.beside), screen_language=document.language)
        return replace(own, language=document.language, other=other, other_language=document.beside)
    if document.translation is None:
        return own
    language = document.translation.source_language
    return replace(own, screen_language=language, source=of(language))


@dataclass(frozen=True)
class ScreenInlines(InlineRenderer):
    """Writes inline content as plain elements, with links that lead to the steps."""

    anchors: Anchors = Anchors({}, {}, {})  # noqa: RUF009  a frozen value

    def inlines(self, inlines: Iterable[Inline]) -> Markup:
        return Markup("").join(map(self.inline, inlines))

    def inline(self, inline: Inline) -> Markup:
        match inline:
            case UiLabel(text):
                return Markup("<kbd{}>{}</kbd>").format(self._marks(text, self.screen_language), text)
            case Link():
                plain = plain_text(inline.children)
                words = self.address(plain) if plain in inline.url else self.inlines(inline.children)
                return Markup('<a href="{}">{}</a>').format(inline.url, words)
            case Untranslated(children, language):
                pen = self.source or self
                return self._untranslated(pen.inlines(children), language)
            case _:
                return super().inline(inline)

    def _marks(self, text: str, language: str | None) -> Markup:
        """Return the attributes of *text* in *language*: it keeps its direction, whatever runs around it."""
        own = Markup(' lang="{}"').format(language) if language else Markup("")
        is_turned = runs_to_the_left(text) != self.is_right_to_left
        return own + (Markup(' dir="{}"').format("rtl" if runs_to_the_left(text) else "ltr") * is_turned)

    def _untranslated(self, words: Markup, language: str) -> Markup:
        return Markup('<span class="untranslated" lang="{}" dir="{}">{}</span>').format(
            language, _direction(language), words
        )

    def rightwards(self, words: Markup) -> Markup:
        return Markup('<bdi dir="ltr">{}</bdi>').format(words) if self.is_right_to_left else words

    def address(self, address: str) -> Markup:
        # A name of a host is one word, unless it is longer than a phone is wide.
        parts = re.split(r"(?<=[./])" if len(address) > LONGEST_ADDRESS else r"(?<=/)", address)
        return self.rightwards(Markup("<wbr>").join(parts))

    def name(self, words: str, shown: Markup | None = None) -> Markup:
        language = self.screen_language or self.language
        if isinstance(words, UntranslatedText) and language:
            return self._untranslated(Markup(escape(words)), language)
        if isinstance(words, PairedText):
            return self.both(Markup(escape(words)), Markup(escape(words.other)))
        return Markup(escape(words))

    def word(self, key: str) -> Markup:
        """Return the printed word of *key*: on a page with two languages in both, each at its side."""
        own = Markup(escape(self.words[key]))
        return self.both(own, Markup(escape(self.other.words[key]))) if self.other else own

    def both(self, own: Markup, other: Markup) -> Markup:
        assert self.other is not None
        return Markup(
            '<span class="both"><span class="both__other" lang="{}" dir="{}">{}</span> '
            '<span class="both__own" lang="{}" dir="{}">{}</span></span>'
        ).format(
            self.other_language,
            _direction(self.other_language or ""),
            other,
            self.language,
            _direction(self.language or ""),
            own,
        )

    def numbered(self, label: StepLabel) -> Markup:
        words = Markup("{} {}{}").format(self.words["step"], label.section or "", label.label)
        if label.until:
            words += Markup(" {} {}").format(self.words["until"], label.until)
        return self._leading(label, "step", words)

    def own_part(self, label: SectionLabel, words: Markup) -> Markup:
        letter = Markup("<strong>{}</strong> ").format(label.section) if label.section else Markup("")
        return self._leading(label, "part", letter + words)

    def _leading(self, label: StepLabel | SectionLabel, kind: str, words: Markup) -> Markup:
        """Return *words*, those of *label*, as a link to where it leads on this page."""
        anchor = self.anchors.labels.get(id(label))
        if anchor is None:
            return Markup('<span class="to to--{}">{}</span>').format(kind, words)
        return Markup('<a class="to to--{}" href="#{}">{}</a>').format(kind, anchor, words)

    def filled(self, key: str, letter: str, handout: str) -> Markup:
        return escape(self.words[key]).format(letter=letter, handout=handout)

    def picture(self, picture: Picture, inline: bool = False) -> Markup:
        file = self.pictures.get(picture.path)
        name = "picture picture--inline" if inline else "picture"
        return self.shown(file, picture.alt, name) if file else Markup("")

    def shown(self, file: PictureFile, alt: str, name: str) -> Markup:
        """Return *file* in the page itself: a drawing in the colour of the audience, or a photo."""
        if file.type is PictureType.SVG:
            head, _, rest = file.data.decode().replace("currentColor", self.accent).partition(">")
            said = Markup(' role="img" aria-label="{}"').format(alt) if alt else ' aria-hidden="true"'
            return Markup(f'{head} class="{name}"{said}>{rest}')
        data = base64.b64encode(file.data).decode()
        return Markup('<img class="{}" src="data:{};base64,{}" width="{}" height="{}" alt="{}">').format(
            name, file.type, data, round(file.width), round(file.height), alt
        )


def _stops(route: Route, anchors: Anchors) -> tuple[tuple[int, str | None], ...]:
    """Return the numbers of *route*, each with the name of its step."""
    return tuple(zip(route.numbers, anchors.routes[id(route)], strict=True))
