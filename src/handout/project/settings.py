"""The project's settings: handout.toml and the formats, as pydantic models."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from handout.model.document import STANDARD_READING, SheetKind, Shows
from handout.model.links import check_host, check_mail
from handout.model.messages import Message, say
from handout.model.school import (
    LANGUAGE_TAG,
    LOGO_FOLDER,
    MOST_COLUMNS,
    NEEDED_COLUMNS,
    STANDARD_COLUMNS,
    UNPRINTED_COLUMNS,
    SchoolField,
)
from handout.model.units import pt_to_mm


def to_kebab(name: str) -> str:
    """Return the key of a setting as an editor writes it: `qr_mm` is `qr-mm`."""
    return name.replace("_", "-")


class SettingsTable(BaseModel):
    """A table in a settings file: unknown keys are faults, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_kebab, strict=True)


Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]
LanguageTag = Annotated[str, StringConstraints(pattern=f"^{LANGUAGE_TAG}$")]
LengthMm = Annotated[float, Field(gt=0, le=2000, strict=False)]


class Shape(StrEnum):
    """The shape that marks an audience: it tells readers apart without colour."""

    SQUARE = "square"
    CIRCLE = "circle"
    HEXAGON = "hexagon"


class Strip(StrEnum):
    """The pattern of the band at the top of a page."""

    BAR = "bar"
    DOTS = "dots"
    HATCH = "hatch"


def _checked_mail(address: str) -> str:
    if check_mail(f"mailto:{address}") is not None:
        raise ValueError(say("one mail address, as helpdesk@school.be"))
    return address


class Organisation(SettingsTable):
    """Who gives the handouts out."""

    name: Words
    """The name that stands at the head of a sheet where no school is known."""
    edition: Words
    """What stands under the name where no school is known: "for every place"."""
    language: LanguageTag
    """The language of what is printed, as `nl-BE` or `en`: templates/strings/ has its words."""
    logo: Words | None = None
    """A file in content/images/, for where a school has none of its own; without it a pictogram is there."""
    contact: Annotated[str, AfterValidator(_checked_mail)] | None = None
    """The mail address that the page of a school names: there it says what its row lacks. On no sheet."""
    ink_cents: Annotated[float, Field(gt=0)] | None = None
    """What the ink of an A4 page costs, in cents, where 5 % of it is covered, as packings of toner count."""

    @property
    def logo_path(self) -> str | None:
        """The path of the logo as pictures have it, from content/."""
        return f"{LOGO_FOLDER}/{self.logo}" if self.logo else None


class Accents(StrEnum):
    """How the accent of an audience is printed by a print shop."""

    PROCESS = "process"
    SPOT = "spot"


class PrintShop(SettingsTable):
    """What the print shop asks of the files that `--print-shop` makes: with it they are PDF/X-4."""

    profile: Words
    """How its press prints colours: a file in content/profiles/, `PSOcoated_v3.icc`, or the name of a
    condition, `FOGRA39`, whose profile the machine has."""
    condition: Words | None = None
    """The name of its printing condition, `FOGRA51`; without it that of the profile, without its ending."""
    accents: Annotated[Accents, Field(strict=False)] = Accents.PROCESS
    """`process` mixes the accent of an audience from the four inks, `spot` gives it an ink of its own."""


class Audience(SettingsTable):
    """For whom sheets are made: how they are marked, so that nobody takes the wrong one."""

    label: Words
    """What the head of a sheet says: "For visitors"."""
    accent: Colour
    """The colour of the audience, `#123e8c`: dark enough for small white letters, 7 to 1."""
    highlight: Colour | None = None
    """The light ground of what a poster points out; without it a tint of the accent."""
    shape: Annotated[Shape, Field(strict=False)]
    """The shape behind its numbers and its sign."""
    strip: Annotated[Strip, Field(strict=False)]
    """The pattern of the band at the top of a page."""
    icon: Slug
    """Its pictogram: a file in styles/icons/, without `.svg`."""
    spot: Words | None = None
    """The ink of its accent where a print shop prints that in one of its own: "PANTONE 287 C"."""
    fields: dict[Slug, Words] = {}
    """What `{{ audience.NAME }}` prints."""


def _each_once(kinds: list[SheetKind]) -> list[SheetKind]:
    if len(set(kinds)) < len(kinds):
        raise ValueError(say("each kind of sheet once: two would be written to one file"))
    return kinds


PrintSheets = Annotated[
    list[Annotated[SheetKind, Field(strict=False)]], AfterValidator(_each_once), Field(max_length=8)
]


class Align(StrEnum):
    """To which side of its slot a value stands."""

    START = "start"
    CENTER = "center"
    END = "end"


class FontFace(StrEnum):
    """The face that a value is set in."""

    TEXT = "text"
    TEXT_BOLD = "text-bold"
    DISPLAY = "display"
    """Semibold, as titles and labels are."""
    DISPLAY_BOLD = "display-bold"


SizePt = Annotated[float, Field(ge=9.5, le=200, strict=False)]
"""Nothing on paper is smaller than 9.5 pt."""


class Slot(SettingsTable):
    """The place where a school's own field stands. Its size is fixed: nothing else moves with the value."""

    field: Slug | None = None
    """The column of the schools that stands in it; without it the slot is named after that column. A second
    slot for a column has its own name."""
    width_mm: LengthMm
    """How wide it is, in millimetres."""
    lines: Annotated[int, Field(ge=1, le=9)] = 1
    """How many lines of the full size it holds; smaller type may have more in the same height."""
    leading_mm: LengthMm
    """From line to line in type of the full size, in millimetres."""
    size_pt: SizePt
    """The size that a value has if it fits, in points."""
    smallest_pt: SizePt = 9.5
    """How small the type may become before a value is too long, in points."""
    align: Annotated[Align, Field(strict=False)] = Align.START
    """To which side of the slot its value stands."""
    face: Annotated[FontFace, Field(strict=False)] = FontFace.TEXT
    """The face that its value is set in."""
    tracking_em: Annotated[float, Field(ge=-0.06, le=0.06, strict=False)] = 0.0
    """What is added between letters, in parts of the size."""
    group: Slug | None = None
    """Values in slots of one group have one size: the smallest that one of them needs."""

    @model_validator(mode="after")
    def _holds_its_type(self) -> Self:
        if self.smallest_pt > self.size_pt:
            raise ValueError(say("a smallest-pt of at most {size_pt:g}, the size-pt", size_pt=self.size_pt))
        if self.leading_mm < pt_to_mm(self.size_pt):
            raise ValueError(
                say(
                    "a leading-mm of at least {least_mm:.1f}, the height of its type",
                    least_mm=pt_to_mm(self.size_pt),
                )
            )
        return self

    @property
    def height_mm(self) -> float:
        return self.lines * self.leading_mm


class LogoSlot(SettingsTable):
    """The place of a school's logo: a box that the picture is fitted into, whole and undistorted."""

    width_mm: LengthMm
    """The width of the box, in millimetres."""
    height_mm: LengthMm
    """Its height, in millimetres."""
    align: Annotated[Align, Field(strict=False)] = Align.START
    """To which side of the box a narrower logo stands."""


class NarrowPages(SettingsTable):
    """The pages of a piece that are narrower than the others: those that fold in."""

    width_mm: LengthMm
    """How wide they are, in millimetres."""
    pages: Annotated[list[Annotated[int, Field(ge=1, le=64)]], Field(min_length=1, max_length=64)]
    """Which pages they are, counted from 1."""


def _not_standard(name: str) -> str:
    if name == STANDARD_READING:
        raise ValueError(say("another name than '{name}', which is the format as it is", name=name))
    return name


class Format(SettingsTable):
    """What a kind of paper promises. Its template and stylesheet carry the same name."""

    width_mm: LengthMm
    """The width of a page, in millimetres. Stylesheets have it as `--page-width`."""
    height_mm: LengthMm
    """The height of a page, in millimetres; `--page-height`."""
    narrow: NarrowPages | None = None
    """The pages that are narrower, as those of a tri-fold that fold in."""
    pages: Annotated[int, Field(ge=1, le=64)] | None = None
    """The page budget; without it each handout says its own, `pages: 8`."""
    least_pages: Annotated[int, Field(ge=1, le=64)] | None = None
    """How many pages a short text may do with; without it no fewer than `pages`."""
    least_scale: Annotated[float, Field(ge=0.8, le=1, strict=False)] = 1.0
    """How far type and spacing may shrink together where a text does not fit: 0.9 is to nine tenths."""
    most_air: Annotated[float, Field(gt=0, le=1, strict=False)] = 1.0
    """The part of a page that may stay empty in one piece before an editor is told."""
    qr_mm: LengthMm = 30.0
    """The side of the QR code with its quiet zone, in millimetres."""
    status_mm: LengthMm | None = None
    """The side of the code of [status] with its quiet zone, in millimetres; without it a sheet has none."""
    sheets: PrintSheets = []
    """How the pages lie on the paper that a school prints: each is a print sheet beside the piece."""
    like: Slug | None = None
    """The format whose template and stylesheet this one uses; its own, where it has them, come after."""
    reading: Annotated[Slug, AfterValidator(_not_standard)] | None = None
    """It is the format that it is `like`, laid out for another way of reading, `large`: `--reading large`."""
    also_for: list[Slug] = []
    """Other formats whose handouts are laid out in this one for that way of reading: each handout once."""
    slots: dict[Slug, Slot] = {}
    """The places of a school's fields, by the name that a template calls them."""
    logo: LogoSlot | None = None
    """The place of the logo of a school, the slot `logo` of a template; without it none is shown."""
    qr_address: Slot | None = None
    """The place of the address under the code, where a school may have one of its own."""
    least_module_mm: LengthMm = 0.5
    """Thinnest module that survives a copier: 0.5 mm for sheets of paper, 0.4 mm for cards."""
    scan_mm: LengthMm = 200
    """From how far a reader scans the QR code, in millimetres."""
    shows: Annotated[Shows, Field(strict=False)] = Shows.ALL
    """What it shows of a text."""
    faces: Annotated[int, Field(ge=1, le=4)] = 1
    """How often the same face is printed on the sheet; a screen reader hears one of them."""
    brings: bool = False
    """Its template has a place for what the reader takes in hand, `document.bring`."""
    bilingual_pages: Annotated[int, Field(ge=1, le=64)] | None = None
    """How many pages it has at most with two languages; without it there is no room for that."""
    bilingual_sheets: PrintSheets | None = None
    """Its print sheets with two languages, which may take more pages; without it those of one."""
    translated_pages: Annotated[int, Field(ge=1, le=64)] | None = None
    """How many pages a translation may have that does not fit those of its source; without it no more."""
    glosses: bool = True
    """On a sheet in another language each key has beside it what it means; `false` where there is no room."""
    most_words: Annotated[int, Field(ge=5, le=99)] | None = None
    """How many words a sentence on it may have: more is an error, and no warning as elsewhere."""
    pictured_steps: bool = False
    """Each of its steps must have a picture."""
    most_procedures: Annotated[int, Field(ge=1, le=64)] | None = None
    """How many procedures one sheet may show: with 1 it has one task."""
    least_text_pt: SizePt = 9.5
    """Nothing that is read on it is smaller, in points: 18 in large print. Drawings have their own rule."""
    least_beside_pt: SizePt = 9.5
    """The same for what stands beside the text: the foot, the number of the page, who gives it out."""
    edge_mm: Annotated[float, Field(ge=0, le=20, strict=False)] = 8
    """What stays empty at the outer edge, in millimetres: a printer cannot reach it, or a knife may."""

    @property
    def asks_of_text(self) -> bool:
        """Tell whether a text must be made for it, as one that is easy to read."""
        return self.pictured_steps or self.most_words is not None or self.most_procedures is not None

    @model_validator(mode="after")
    def _reads_another(self) -> Self:
        if self.reading is not None and self.like is None:
            raise ValueError(
                say("'like' too: which format it is for the reading '{name}'", name=self.reading)
            )
        return self


def _checked_host(host: str) -> str:
    if check_host(host) is not None:
        raise ValueError(
            say("the plain name of a site, as www.school.be: no https://, capitals, port or path")
        )
    return host


Host = Annotated[str, AfterValidator(_checked_host)]


class LinkSetting(SettingsTable):
    """An address, as a text; as a table where a school may have its own: `{ url = …, column = "page" }`."""

    url: str
    """The address, `https://…`, at an allowed host."""
    column: Slug | None = None
    """A column of the schools: where a row has an address in it, the QR code of that copy leads there."""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        if not isinstance(value, str | dict):
            raise ValueError(say('one text, or a table: {{ url = "https://…", column = "page" }}'))
        return {"url": value} if isinstance(value, str) else value


class Links(BaseModel):
    """The only addresses that may stand on paper; every key but `allowed-hosts` names one."""

    model_config = ConfigDict(extra="allow", frozen=True, alias_generator=to_kebab)
    __pydantic_extra__: dict[str, LinkSetting]

    allowed_hosts: list[Host] = []
    """The sites that an address may lead to, as `www.school.be`; no other may stand on paper."""

    @property
    def urls(self) -> dict[str, str]:
        """Return the addresses by name."""
        return {name: link.url for name, link in self.__pydantic_extra__.items()}

    @property
    def columns(self) -> dict[str, str]:
        """Return by name of a link the column of the schools that may have an address in its place."""
        links = self.__pydantic_extra__.items()
        return {name: link.column for name, link in links if link.column is not None}


class Status(SettingsTable):
    """A second, small QR code at the foot of the sheets: it asks whether the sheet is still right."""

    url: str
    """Where `check.html` stands, at an allowed host: `#` and the code of the sheet come behind it."""


class Braille(SettingsTable):
    """The paper, or the display, that texts in braille are laid out for."""

    cells: Annotated[int, Field(ge=20, le=80)] = 40
    """How many cells a line has."""
    lines: Annotated[int, Field(ge=10, le=60)] = 25
    """How many lines a page has, the one with its number counted."""


def _sound_columns(columns: list[str]) -> list[str]:
    if missing := [column for column in NEEDED_COLUMNS if column not in columns]:
        raise ValueError(say("'{missing}' among the columns: every school needs it", missing=missing[0]))
    if len(set(columns)) < len(columns):
        raise ValueError(say("each column once"))
    return columns


class Schools(SettingsTable):
    """What the table of schools says of each."""

    columns: Annotated[list[Slug], AfterValidator(_sound_columns), Field(max_length=MOST_COLUMNS)] = list(
        STANDARD_COLUMNS
    )
    """The columns that the table of schools may have: `id`, `name`, more of the usual ones, and your own."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The columns whose values may be printed."""
        return tuple(name for name in self.columns if name not in UNPRINTED_COLUMNS)


class Settings(SettingsTable):
    """What a project says of itself: handout.toml."""

    organisation: Organisation
    """Who gives the handouts out, and in which language."""
    audiences: dict[Slug, Audience]
    """For whom sheets are made, `[audiences.staff]`; front matter names them."""
    links: Links
    """The only addresses that may stand on paper, each under a name of its own."""
    status: Status | None = None
    """A second QR code at the foot, to `check.html`; without this table no sheet has one."""
    formats: dict[Slug, Format]
    """Formats of your own, and figures that replace those of a packaged format, `[formats.leaflet-a4]`."""
    braille: Braille = Braille()
    """How large a page of braille is, for `handout build --reading braille`."""
    print_shop: PrintShop | None = None
    """What the print shop asks of its files."""
    schools: Schools = Schools()
    """What the table of schools says of each."""

    @property
    def school_fields(self) -> tuple[str, ...]:
        """What a slot may show. A field that the schools do not have is a line to write on."""
        return tuple(dict.fromkeys((*self.schools.fields, *SchoolField)))

    @property
    def plain_formats(self) -> dict[str, Format]:
        """Return the formats that a handout names: those for another way of reading come with them."""
        return {name: one for name, one in self.formats.items() if one.reading is None}

    def readings_of(self, format_name: str) -> dict[str, str]:
        """Return by way of reading the format that lays *format_name* out for it; for most people itself."""
        others = {
            one.reading: name
            for name, one in self.formats.items()
            if one.reading and (one.like == format_name or format_name in one.also_for)
        }
        return {STANDARD_READING: format_name, **others}

    def plain_name(self, format_name: str) -> str:
        """Return the format that *format_name* is laid out anew of; itself where it is none of these."""
        own = self.formats[format_name]
        return own.like if own.reading and own.like else format_name

    def told_anew(self, format_name: str) -> Message:
        """Return what *format_name* is, which is laid out anew of another for a way of reading."""
        own = self.formats[format_name]
        return say(
            "'{name}' is the format '{like}' for the reading '{reading}'",
            name=format_name,
            like=own.like,
            reading=own.reading,
        )

    def logo_slot(self, format_name: str) -> LogoSlot | None:
        """Return the place of the logo in a format, or in the one that it is like; None: it shows none."""
        return next((one.logo for one in self._likened(format_name) if one.logo), None)

    def address_slot(self, format_name: str, link: str | None) -> Slot | None:
        """Return the place of the address under the code that leads to *link*; None: it is not a slot.

        Only where schools may have an address of their own must it be the same size for each.
        """
        if link not in self.links.columns:
            return None
        return next((one.qr_address for one in self._likened(format_name) if one.qr_address), None)

    def page_sizes_mm(self, format_name: str) -> tuple[tuple[float, float], ...]:
        """Return width and height of each page of a format; the last is that of all that follow."""
        own = self.formats[format_name]
        narrow = next((one.narrow for one in self._likened(format_name) if one.narrow), None)
        pages = range(1, (max(narrow.pages) if narrow else 0) + 2)
        return tuple(
            (narrow.width_mm if narrow and page in narrow.pages else own.width_mm, own.height_mm)
            for page in pages
        )

    def _likened(self, format_name: str) -> tuple[Format, ...]:
        """Return a format, and the one that it is like."""
        own = self.formats[format_name]
        return (own, self.formats[own.like]) if own.like in self.formats else (own,)


def slots_of(formats: Mapping[str, Format], name: str) -> Mapping[str, Slot]:
    """Return the slots of the format *name*: those of the one that it is like, and its own in their place."""
    like = formats[name].like
    return {**(formats[like].slots if like and like in formats else {}), **formats[name].slots}


class PreferredWord(SettingsTable):
    """A word that the handbook uses, and those that it stands for."""

    use: Words
    """The word that is right."""
    avoid: Annotated[list[Words], Field(min_length=1)]
    """Each form that is meant, as it is written: 'log in' does not mean 'ingelogd'."""
    why: Words
    """Why, in a few words: the warning says it."""


class Actions(SettingsTable):
    """What a command begins with."""

    verbs: list[Words] = []
    """Verbs that ask for something: two of them in one command are two actions."""
    openers: list[Words] = []
    """Other words that a command may begin with."""
    joiners: list[Words] = []
    """Words that join two clauses: "en", "of", "dan"."""


class Sentences(SettingsTable):
    """How sentences are told apart."""

    abbreviations: list[Words] = []
    """With their dots: they do not end a sentence."""


class Walk(SettingsTable):
    """What a person must be able to do with their sheets alone: a table of content/walks.toml."""

    who: Words
    """In words: "Leraar met een iPhone, nog niets ingesteld"."""
    audience: Slug
    """The audience whose sheets they have."""
    sheets: list[Slug] = []
    """The handouts in hand at the start."""
    has: list[Slug] = []
    """Devices, and what procedures need and give: `computer`, `sms`, `pas`."""
    goal: Slug
    """What a procedure gives."""
    helper: Slug | None = None
    """The audience of who helps; without it nobody does."""
    helper_sheets: list[Slug] = []
    """The handouts of who helps."""


class WalkList(SettingsTable):
    """Who must reach what: content/walks.toml."""

    walk: list[Walk] = []
    """One table `[[walk]]` for each person."""


class Instructions(SettingsTable):
    """The words by which a step tells what a reader does on a screen, and sees there."""

    picks: list[Words] = []
    """Verbs that take one of the things that a screen offers: "kies"."""
    opens: list[Words] = []
    """Verbs that do so with one of the `screen-things`, and are said of other things too: "open"."""
    screen_things: list[Words] = []
    """What stands on a screen alone: "menu", and with it "hoofdmenu"."""
    one_of_many: list[Words] = []
    """Words before a thing that is one of several: "een"."""
    the_one: list[Words] = []
    """Words before a thing that the reader is taken to know: "de", "het"."""
    which: list[Words] = []
    """Words that say which thing is meant: "je", "die", "onderaan"."""
    known: list[Words] = []
    """Things that a reader thinks up or knows without being shown: "wachtwoord"."""
    presses: list[Words] = []
    """The forms of the verbs for a click and a tap."""
    on: list[Words] = []
    """Words between such a verb and what is pressed: "op"."""
    carriers: list[Words] = []
    """Things that have a label: "knop"."""
    types: list[Words] = []
    """Verbs after which a key is what the reader types."""
    signs: list[Words] = []
    """Words that tell what is to be seen: "je ziet", "verschijnt"."""
    starts: list[Words] = []
    """Verbs that begin something whatever happened before: "open", "installeer"."""


class WordList(SettingsTable):
    """How a handbook is worded: content/words.toml."""

    word: list[PreferredWord] = []
    """One table `[[word]]` for each word."""
    actions: Actions = Actions()
    """The verbs that commands begin with."""
    sentences: Sentences = Sentences()
    """What does not end a sentence."""
    instructions: Instructions | None = None
    """The words by which steps tell what to do on a screen; without them nothing is said of that."""
