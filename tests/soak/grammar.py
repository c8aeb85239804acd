"""Write valid projects: the whole content language, every format, with schools.

All that is drawn comes from one `Random`: hypothesis drives it in the tests, a seed drives it in `make soak`.
Of each piece of text a name is kept that exists once, with the file that holds it and the audiences that read
it: a second reader looks it up on the paper and needs no other knowledge of the program.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

from hypothesis.vendor.pretty import RepresentationPrinter
from tests.soak import pictures
from tests.soak.words import TONGUES, Speaker

STRINGS = Path(__file__).parent / "strings"
FORMATS = (
    "leaflet-a4",
    "leaflet-a5",
    "booklet-a5",
    "trifold",
    "mini",
    "poster-a3",
    "tent-a4",
    "card",
    "reference-a4",
    "wegwijzer-a4",
)
ONE_PROCEDURE = ("poster-a3", "tent-a4")
SIGNPOST = "wegwijzer-a4"
SIGNS = ("poster-a3", "tent-a4", "card")
"""What is read at a glance: short texts."""
ROOM = {
    ("leaflet-a4", 1): (3, 14),
    ("leaflet-a4", 2): (36, 62),
    ("leaflet-a5", 2): (8, 17),
    ("booklet-a5", 4): (62, 74),
    ("booklet-a5", 8): (165, 180),
    ("trifold", 6): (54, 68),
    ("mini", 8): (44, 52),
    ("reference-a4", 1): (6, 18),
}
"""How many lines of text a format with so many pages holds, about: the least and the most."""
MEASURE = {"leaflet-a4": 62, "reference-a4": 50, "mini": 24, "trifold": 34}
OWN_COLUMNS = ("id", "name", "ict-anchor", "room", "phone", "hours", "logo", "wifi", "page")
UNCODED = ("tent-a4",)
"""Formats without a place for a code."""
ICONS = ("star", "sim", "card", "key", "laptop", "phone", "clock", "door")


SCHOOL_KINDS = ("BS", "GO! atheneum", "Sint-Jan", "’t", "École", "Vrije school", "De")
PLACES = ("Linde", "Kofschip", "Ëlin", "d’Été", "Zoersel", "Łódź", "Noord & Zuid", "No ck 05")
FIRST_NAMES = ("An", "Zoë", "Łukasz", "İpek", "Jean-Luc", "Naïma", "Bjørn", "Žofie")
LAST_NAMES = ("Peeters", "D’Haese", "Vos", "Öz", "De Smet-Claes", "O’Neill", "Van den Berg", "Nováková")
PHONES = ("03 {} {} {}", "+32 3 1{} {} {}", "04{} {} {} {}", "0{}/{} {}")


@dataclass(frozen=True)
class Said:
    """A name that stands in a text."""

    name: str
    path: str
    audiences: frozenset[str] | None
    """None: all."""
    part: str
    """Where it stands: `title`, `lead`, `opening`, `closing`, `body`, `fragment`, `question`."""


@dataclass(frozen=True)
class Written:
    """A project, as files, and what is said in it."""

    files: Mapping[str, bytes]
    said: tuple[Said, ...]

    def _repr_pretty_(self, printer: RepresentationPrinter, _: bool) -> None:
        """Tell hypothesis what to print of it: no pictures."""
        printer.text(f"<a project of {len(self.files)} files>")


WITHIN = ("Choice: steps", "Substeps", "Route")
"""Kinds of blocks that stand in a step."""
FEW_SCHOOLS = (0, 0, 1, 2, 3)
MOST_SHAPES = 2
"""How many patterns of empty cells a table has: each takes a plate of its own."""
EMPTYABLE = ("address", "ict-anchor", "room", "phone", "email", "hours", "logo")
SHORTS_EACH = {"mini": 2, "reference-a4": 3, "leaflet-a4": 4, "leaflet-a5": 4}
MOST_SHORTS = 6
"""How many of the kinds that it aims at a text of a format shows; a sign one."""
LABEL_LETTERS = 12
"""Of the second word of an audience: a card has two lines for both."""
SIGNS_AT_ONCE = 4
"""Handouts of a project that aims at a sign."""
MOST_AUDIENCED = 3
"""Of the kinds that are wanted: those for which a project has two audiences, which seldom are as long."""


@dataclass(frozen=True)
class Aim:
    """What a project is to show, where it can: what no sheet has shown yet."""

    format: str = ""
    language: str = ""
    school: str = ""
    kinds: tuple[str, ...] = ()
    """Names of `met.KINDS`, those that are wanted most first."""

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Aim:
        """Return the aim that was kept as JSON."""
        return cls(**{**kept, "kinds": tuple(kept["kinds"])})


NO_AIM = Aim()


Sizer = Callable[[Mapping[str, bytes], str], float]
"""Tells by how much a handout is too long (over 1) or too short (under 1) for its pages; 1: it fits."""
TIGHT = 0.7
"""From here on a handout that was too long has little beside its procedures."""
MOST_SIZED = 5
"""How often a handout is written again, longer or shorter."""


def project(
    random: Random, schools: Sequence[int] = FEW_SCHOOLS, sizer: Sizer = lambda *_: 1, aim: Aim = NO_AIM
) -> Written:
    """Return a valid project, with a table of one of so many *schools*; texts as long as *sizer* has them.

    The same arguments give the same project.
    """
    return _Writer(random, schools, sizer, aim).project()


@dataclass
class _Writer:
    random: Random
    school_counts: Sequence[int]
    sizer: Sizer
    aim: Aim
    due: list[str] = field(default_factory=list)
    """The kinds that this handout is still to show."""
    school_count: int = 0
    files: dict[str, bytes] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    audiences: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    made_pictures: list[str] = field(default_factory=list)
    fragments: list[str] = field(default_factory=list)
    path: str = ""
    part: str = "body"
    readers: frozenset[str] | None = None
    lines: float = 0
    """Written so far in this handout."""
    measure: int = 60
    ids: dict[str, list[str]] = field(default_factory=dict)
    """By procedure, those that every reader has and that stand outside of options."""
    told: list[str] = field(default_factory=list)
    """Procedures of this handout that are written, which every reader has."""
    slug: str = ""
    most_shorts: int = MOST_SHORTS
    is_tight: bool = False
    """It was too long, and has little beside its steps."""

    # ---- chance

    def chance(self, share: float, kind: str = "") -> bool:
        """Tell whether to do what is done that often; nearly always where it shows a *kind* that is due."""
        return self.random.random() < (0.95 if kind in self.due else share)

    def pick(self, *choices: str) -> str:
        return self.random.choice(choices)

    @property
    def is_for_some(self) -> bool:
        """Tell whether what is wanted most takes two audiences."""
        return any(kind.endswith("for some") for kind in self.aim.kinds[:MOST_AUDIENCED])

    # ---- the project

    def project(self) -> Written:
        aim = self.aim
        drawn = self.random.choice(("nl-BE", "nl-BE", "nl-BE", "en", "fr", "ar"))
        self.tongue = TONGUES[aim.language or drawn]
        others = [t for t in TONGUES.values() if t is not self.tongue]
        self.second = self.random.choice(others) if self.chance(0.3) else None
        self.speaker = Speaker(self.tongue, self.random, self.taken)
        count = self.random.choice((1, 1, 1, 2, 3))
        if self.is_for_some:
            count = max(2, count)
        self.audiences = ("staff", "students", "ict-anchor")[:count]
        self.links = ("sign-in", "help")
        self.school_count = self.random.choice(self.school_counts)
        if not self.school_count and aim.school not in ("", "general"):
            self.school_count = max(self.school_counts)
        if "inline WriteIn" in aim.kinds:
            self.school_count = min(self.school_count, max(FEW_SCHOOLS))
        self.columns = self.random.choice(
            (
                (),
                OWN_COLUMNS,
                ("id", "name", "address", "room", "phone", "email", "logo", "languages"),
            )
        )
        if aim.school == "with own columns":
            self.columns = OWN_COLUMNS
        if self.tongue.tag != "nl-BE":
            self.files[f"templates/strings/{self.tongue.tag}.toml"] = (
                STRINGS / f"{self.tongue.tag}.toml"
            ).read_bytes()
        for number in range(self.random.randint(1, 4)):
            path, data = pictures.made(self.random, f"beeld-{number}")
            self.files[f"content/{path}"] = data
            self.made_pictures.append(path)
        budgets: dict[str, int] = {}
        handouts = []
        wanted = [*aim.kinds]
        count = self.random.choice((1, 1, 1, 2))
        for number in range(SIGNS_AT_ONCE if aim.format in SIGNS else count):
            format_ = self.random.choice(FORMATS[:-1])
            if aim.format in FORMATS[:-1] and (not number or aim.format in SIGNS):
                format_ = aim.format
            self.due = wanted if format_ == aim.format or not aim.format else []
            if format_ in SIGNS:
                # It has room for one of them, and they are many.
                self.due, wanted = wanted[:1], wanted[1:]
            pages = self.pages(format_)
            budgets[format_] = budgets.get(format_, pages)
            handouts.append(self.sized(f"blad-{number}", format_, budgets))
        self.due = [*aim.kinds] if aim.format == SIGNPOST else []
        if self.chance(0.2) or aim.format == SIGNPOST:
            self.signpost(handouts)
        self.settings(budgets)
        self.schools()
        return Written(dict(self.files), tuple(self.said))

    def pages(self, format_: str) -> int:
        return self.random.choice([pages for name, pages in ROOM if name == format_] or [0])

    def sized(self, slug: str, format_: str, budgets: Mapping[str, int]) -> str:
        """Write the handout *slug*; once more where its text is far too long or too short for its pages."""
        factor = 1.0
        for left in reversed(range(MOST_SIZED)):
            before = dict(self.files), list(self.said), dict(self.ids), list(self.fragments)
            due = [*self.due]
            self.handout(slug, format_, budgets[format_], factor)
            if not left or format_ in SIGNS:
                break
            self.settings(budgets)
            excess = self.sizer(self.files, slug)
            if excess == 1:
                break
            self.files, self.said, self.ids, self.fragments = before
            self.due = due
            factor /= excess
        return slug

    def settings(self, pages_of: Mapping[str, int]) -> None:
        budgets = {name: pages for name, pages in pages_of.items() if (name, pages) == ("leaflet-a4", 1)}
        accents = {"staff": "#123e8c", "students": "#00573f", "ict-anchor": "#6e1748"}
        shapes = {"staff": "square", "students": "circle", "ict-anchor": "hexagon"}
        strips = {"staff": "bar", "students": "dots", "ict-anchor": "hatch"}
        icons = {"staff": "briefcase", "students": "mortarboard", "ict-anchor": "anchor"}
        head = [
            "[organisation]",
            f'name = "{self.speaker.name().capitalize()} {self.speaker.name().capitalize()}"',
            f'edition = "{" ".join(self.random.sample(self.tongue.filler, 2))}"',
            f'language = "{self.tongue.tag}"',
        ]
        short = [word for word in self.tongue.filler if len(word) <= LABEL_LETTERS]
        for name in self.audiences:
            head += [
                f"[audiences.{name}]",
                f'label = "{self.speaker.name(10).capitalize()} {self.random.choice(short)}"',
                f'accent = "{accents[name]}"',
                f'shape = "{shapes[name]}"',
                f'strip = "{strips[name]}"',
                f'icon = "{icons[name]}"',
                f'fields = {{ systems = "{self.speaker.name().capitalize()} & Co" }}',
            ]
        help_ = (
            '{ url = "https://www.school.be/help", column = "page" }'
            if "page" in self.columns
            else '"https://www.school.be/help"'
        )
        head += [
            "[links]",
            'allowed-hosts = ["www.school.be", "login.school.be"]',
            'sign-in = "https://login.school.be"',
            f"help = {help_}",
        ]
        if self.columns:
            head += ["[schools]", f"columns = [{', '.join(map(repr, self.columns))}]".replace("'", '"')]
        for name, pages in budgets.items():
            head += [f"[formats.{name}]", f"pages = {pages}"]
        self.files["handout.toml"] = ("\n".join(head) + "\n").encode()

    # ---- schools

    def schools(self) -> None:
        count = self.school_count
        if not count:
            return
        columns = self.columns or (
            "id",
            "name",
            "address",
            "ict-anchor",
            "room",
            "phone",
            "email",
            "hours",
            "logo",
        )
        table = StringIO()
        writer = csv.writer(table, delimiter=self.random.choice(",;"))
        writer.writerow(columns)
        empty: list[tuple[str, ...]] = [()]
        for _ in range(self.random.randint(1, MOST_SHAPES) - 1):
            empty += [tuple(self.random.sample(EMPTYABLE, self.random.randint(1, 4)))]
        if self.aim.school == "with empty cells":
            empty.append(EMPTYABLE)
        for number in range(count):
            cells = {
                "id": f"school-{number}",
                "name": f"{self.pick(*SCHOOL_KINDS)} {self.pick(*PLACES)}",
                "address": self.pick("Kerkstraat 1, Mol", "Rue de l’Été 5"),
                "ict-anchor": self.pick(f"{self.pick(*FIRST_NAMES)} {self.pick(*LAST_NAMES)}", "An & Bo"),
                "room": self.pick(f"{self.pick(*'ABCD')}{self.random.randint(0, 99)}", "0.07", "A-3"),
                "phone": self.pick(*(form.format(*self.pairs()) for form in PHONES)),
                "email": "ict@school.be",
                "hours": self.pick(f"{self.random.randint(7, 9)}.30 – 16 u", "ma–vr"),
                "logo": self.pick("logo.svg", "logo.png"),
                "languages": self.pick("", self.tongue.tag),
                "wifi": self.pick(f"Gast-{self.random.randint(1, 9)}", ""),
                "page": "" if self.is_filled else self.pick(f"https://www.school.be/{self.pick(*'xyz')}", ""),
            }
            # The first of each pattern is sure to be there.
            cells |= dict.fromkeys(empty[number] if number < len(empty) else self.random.choice(empty), "")
            writer.writerow([cells[column] for column in columns])
        self.files["content/schools.csv"] = table.getvalue().encode(
            "utf-8-sig" if self.chance(0.5) else "utf-8"
        )
        self.files["content/images/logo.svg"] = pictures.drawing(
            *self.random.choice(((48, 24), (24, 24), (20, 60)))
        )
        self.files["content/images/logo.png"] = pictures.photo(
            "PNG", *self.random.choice(((300, 100), (200, 200)))
        )

    def pairs(self) -> list[str]:
        return [f"{self.random.randint(0, 99):02}" for _ in range(4)]

    # ---- handouts

    def head(self, title: str, **keys: str) -> str:
        """Return the front matter of a text, and say its *title*."""
        lines = [f"title: {title}"]
        lines += [f"{key.replace('_', '-')}: {value}" for key, value in keys.items()]
        if self.chance(0.7):
            lines += [
                "owner: ICT-dienst",
                f"reviewed: 2026-{self.random.randint(1, 12):02}-{self.random.randint(1, 28):02}",
            ]
        if self.chance(0.3):
            lines.append(f"source: {self.pick('plan', '[S1, S2]')}")
        if self.chance(0.2):
            lines.append("reconstructed: alles")
        if self.chance(0.2):
            lines.append("review-by: 2099-01-01")
        return "---\n" + "\n".join(lines) + "\n---\n"

    def title(self, most: int) -> str:
        """Return a title of at most *most* letters, about."""
        name = self.name(most)
        words = [name.capitalize()]
        if most > 16 and self.chance(0.7):
            words.append(self.random.choice(self.tongue.filler[:8]))
        if self.chance(0.15):
            words.append("?")
            return " ".join(words[:-1]) + "?"
        return " ".join(words)

    def handout(self, slug: str, format_: str, pages: int, factor: float = 1) -> str:
        self.slug, self.lines, self.told = slug, 0, []
        self.measure = MEASURE.get(format_, 40)
        self.most_shorts = SHORTS_EACH.get(format_, MOST_SHORTS)
        least, most = ROOM.get((format_, pages), (3, 6))
        target = self.random.randint(least, most) * factor
        path = f"content/handouts/{slug}.md"
        few = self.random.randint(1, len(self.audiences))
        if self.is_for_some:
            few = len(self.audiences)
        readers = tuple(self.audiences[:few])
        is_sign = format_ in SIGNS
        count = self.procedure_count(format_)
        if "inline SectionLabel" in self.due and format_ not in ONE_PROCEDURE:
            # A procedure has a letter where there are several, each numbered by itself.
            count = max(2, count)
            self.due = [kind for kind in self.due if kind != "continuous numbering"]
        elif format_ == "card" and self.due:
            count = max(1, count)
        procedures = [f"{slug}-{chr(97 + number)}" for number in range(count)]
        with self.at(path, "title"):
            title = self.title(8 if is_sign else 14 if format_ in ("mini", "trifold") else 26)
        keys = {"audiences": f"[{', '.join(readers)}]", "formats": f"[{format_}]"}
        if procedures:
            keys["procedures"] = f"[{', '.join(procedures)}]"
        if (count > 1 and self.chance(0.4)) or (procedures and "continuous numbering" in self.due):
            keys["numbering"] = "continuous"
        if format_ == "booklet-a5":
            keys["pages"] = str(pages)
        if format_ not in UNCODED and self.chance(0.6, "qr"):
            keys["qr"] = self.random.choice(self.links)
        keys |= self.dated()
        if self.chance(0.4, "questions"):
            with self.at(path, "question"):
                asked = [self.question() for _ in range(self.random.randint(1, 3))]
            keys["questions"] = "\n" + "\n".join(f"  - {question}" for question in asked)
        self.title_for_some(path, readers, keys)
        self.is_tight = is_tight = factor < TIGHT and not is_sign
        with self.at(path, "opening"):
            opening = self.say(3, 9) + ".\n" if is_tight else self.opening(format_, is_sign)
        with self.at(path, "closing"):
            closing = "" if is_tight else self.closing(format_, is_sign, bool(procedures))
        if is_tight:
            self.most_shorts = max(1, self.most_shorts // 2)
        share = max(3.0, (target - self.lines) / max(1, count))
        for number, procedure in enumerate(procedures):
            if is_sign:
                self.sign_procedure(procedure, readers, format_)
                self.told.append(procedure)
            else:
                self.procedure(procedure, readers, share * (number + 1))
        body = opening + (f"\n---\n\n{closing}" if closing else "")
        self.files[path] = (self.head(title, **keys) + body).encode()
        return slug

    def title_for_some(self, path: str, readers: tuple[str, ...], keys: dict[str, str]) -> None:
        """Give the last of *readers* a title of its own, at times."""
        if len(readers) < 2 or not self.chance(0.2, "title for some"):
            return
        # Then the plain title is for the others.
        own = self.name(8 if keys["formats"][1:-1] in SIGNS else 12).capitalize()
        keys[f"title@{readers[-1]}"] = own
        self.said = [
            Said(s.name, s.path, frozenset(readers) - {readers[-1]}, s.part)
            if (s.path, s.part) == (path, "title")
            else s
            for s in self.said
        ]
        self.said.append(Said(own, path, frozenset({readers[-1]}), "title"))

    def dated(self) -> dict[str, str]:
        """Return the keys that say which paper it is, and until when it holds."""
        keys = {}
        if self.chance(0.4, "version"):
            keys["version"] = self.pick('"1.0"', '"12"', '"2.0.1"', "3a")
        if self.chance(0.4, "valid until"):
            keys["valid-until"] = self.pick("2099-08-31", "2098-12-01")
        return keys

    def procedure_count(self, format_: str) -> int:
        match format_:
            case "card":
                return self.random.choice((0, 0, 1))
            case "poster-a3" | "tent-a4":
                return 1
            case "mini":
                return self.random.choice((1, 1, 2))
            case _:
                return self.random.choice((1, 1, 2, 2, 3))

    def question(self) -> str:
        text = self.say(2, 5)
        return f"{self.random.choice(ICONS)} | {text}" if self.chance(0.6) else text

    def signpost(self, handouts: list[str]) -> None:
        """Write a wayfinding sheet to *handouts*."""
        path = "content/handouts/wijzer.md"
        self.slug, self.measure = "wijzer", 60
        readers = self.audiences if self.is_for_some else self.audiences[:1]
        with self.at(path, "title"):
            title = self.title(20)
        with self.at(path, "question"):
            asked = [self.question() for _ in range(self.random.randint(1, 3))]
        with self.at(path, "lead"):
            lead = self.say(4, 10) + "."
            for kind in self.taken_due(lambda kind: kind.startswith("inline ")):
                lead += f" {self.short_inline(kind)}."
        keys = {
            "audiences": f"[{', '.join(readers)}]",
            "formats": f"[{SIGNPOST}]",
            "leads-to": f"[{', '.join(handouts)}]",
            "questions": "\n" + "\n".join(f"  - {question}" for question in asked),
            **self.dated(),
        }
        if self.chance(0.2, "qr"):
            keys["qr"] = self.random.choice(self.links)
        self.title_for_some(path, readers, keys)
        self.files[path] = (self.head(title, **keys) + lead + "\n").encode()

    # ---- text

    @contextmanager
    def at(self, path: str, part: str, readers: frozenset[str] | None = None) -> Iterator[None]:
        before = self.path, self.part, self.readers
        self.path, self.part, self.readers = path, part, readers or self.readers
        yield
        self.path, self.part, self.readers = before

    @contextmanager
    def only(self, readers: frozenset[str] | None) -> Iterator[None]:
        before = self.readers
        self.readers = readers if before is None or readers is None else before & readers
        yield
        self.readers = before

    def note(self, name: str, part: str = "") -> None:
        self.said.append(Said(name, self.path, self.readers, part or self.part))

    def name(self, most: int = 99) -> str:
        """Return a name of its own, which is said here."""
        name = self.speaker.name(most)
        self.note(name)
        return name

    def say(self, least: int = 3, most: int = 14) -> str:
        """Return words without their end, and take the room for them."""
        speaker = self.speaker
        if self.second and self.chance(0.1):
            speaker = Speaker(self.second, self.random, self.taken)
        text, name = speaker.sentence(least, most)
        self.note(name)
        self.lines += max(1, len(text) / self.measure)
        return text

    def key(self) -> str:
        return f"`{self.random.choice(self.tongue.keys)}`"

    def sentence(self) -> str:
        """Return a sentence, with whatever may stand in a text."""
        text = self.say()
        if self.chance(0.35):
            text = f"{text} {self.inline()}"
        return f"{text}{self.pick('.', '.', '.', '!', ':')}"

    def inline(self) -> str:
        kinds: list[Callable[[], str]] = [
            lambda: f"**{self.say(1, 3)}**",
            lambda: f"*{self.say(1, 3)}*",
            lambda: f"**{self.say(1, 2)} *{self.say(1, 2)}***",
            self.key,
            lambda: f"{self.key()} \\> {self.key()}",
            lambda: "{{ link.sign-in }}",
            lambda: "{{ audience.systems }}",
            lambda: "{{ organisation.name }}",
            lambda: f"[{self.say(1, 3)}](https://www.school.be/info)",
            lambda: "[ict@school.be](mailto:ict@school.be)",
            lambda: f"\\\n{self.say(1, 3)}",
            lambda: self.pick("8–12", "±3", "100 %", "1/2", "½", "n°", "\\*", "\\{x\\}", "a & b", "#4"),
        ]
        if not self.is_filled:
            kinds.append(self.field_of_school)
        if self.measure >= 34 and (self.told or self.ids.get(self.slug_here)):
            kinds += [self.reference, self.reference]
        return self.random.choice(kinds)()

    @property
    def slug_here(self) -> str:
        return Path(self.path).stem

    @property
    def is_filled(self) -> bool:
        """Tell whether there are so many schools that no copy should need a rendering of its own."""
        return self.school_count > max(FEW_SCHOOLS)

    def field_of_school(self) -> str:
        offered = self.columns or ("name", "ict-anchor", "room", "phone", "hours")
        fields = [
            name for name in offered if name in ("name", "ict-anchor", "room", "phone", "hours", "wifi")
        ]
        return f"{{{{ school.{self.random.choice(fields)} }}}}"

    def reference(self) -> str:
        """Return a reference to a step or a procedure that every reader of this sheet has."""
        own = self.ids.get(self.slug_here, [])
        words = self.say(1, 3) if self.chance(0.3) else ""
        if own and (not self.told or self.chance(0.6)):
            return f"[{words}](#{self.random.choice(own)})"
        if not self.told:
            return f"[{words or self.say(1, 2)}](https://www.school.be/info)"
        slug = self.random.choice(self.told)
        if self.ids.get(slug) and self.chance(0.6):
            return f"[{words}]({slug}.md#{self.random.choice(self.ids[slug])})"
        return f"[{words}]({slug}.md)"

    def paragraph(self) -> str:
        return " ".join(self.sentence() for _ in range(self.random.choice((1, 1, 2, 3)))) + "\n"

    def picture(self, lines: float = 4) -> str:
        self.lines += lines
        path = self.random.choice(self.made_pictures)
        alt = self.say_alt() if self.chance(0.7) else ""
        return f"![{alt}]({path})\n"

    def say_alt(self) -> str:
        text, _ = self.speaker.sentence(2, 6)
        return text + "."

    # ---- blocks

    def bullets(self) -> str:
        items = [
            self.random.choice((self.sentence, lambda: self.say(1, 4)))()
            for _ in range(self.random.randint(2, 5))
        ]
        return "".join(f"- {item}\n".replace("\\\n", "\\\n  ") for item in items)

    def needs(self) -> str:
        self.lines += 2
        return "".join(
            f"- ![]({self.random.choice(self.made_pictures)}) **{self.name().capitalize()}**\n"
            for _ in range(self.random.randint(2, 4))
        )

    def table(self, most_rows: int = 5) -> str:
        columns = self.random.randint(2, 3)
        strong = self.chance(0.5)
        is_headless = strong and self.chance(0.2)
        header = ["" if is_headless else self.name().capitalize() for _ in range(columns)]
        rows = [header, ["---"] * columns]
        for _ in range(self.random.randint(2, most_rows)):
            self.lines += 1
            head = f"**{self.name().capitalize()}**" if strong else self.cell()
            rows.append([head, *(self.cell() for _ in range(columns - 1))])
        return "".join(f"| {' | '.join(row)} |\n" for row in rows)

    def cell(self) -> str:
        return self.random.choice(
            (
                lambda: self.say(1, 3),
                lambda: self.say(2, 6) + ".",
                self.key,
                lambda: f"**{self.say(1, 2)}**",
                lambda: f"{self.say(1, 2)} ![]({self.random.choice(self.made_pictures)})",
                lambda: self.pick("ja", "24", "–", "1/2"),
            )
        )()

    def callout(self) -> str:
        self.lines += 2
        kind = self.pick("tip", "caution", "help")
        title = f" | {self.say(1, 4)}" if self.chance(0.5) else ""
        inside = self.paragraph()
        if self.chance(0.25):
            inside += "\n" + self.random.choice((self.bullets, self.picture, self.paragraph))()
        return f"/// {kind}{title}\n{inside}///\n"

    def choice(self, steps: bool, first: int = 1) -> str:
        options = self.random.randint(2, 3)
        best = self.random.randint(0, options - 1) if self.chance(0.4) else -1
        blocks = []
        for number in range(options):
            before = self.lines
            self.lines += 1.5
            with self.only(self.readers):
                title = self.name().capitalize()
            inside = self.plain_steps(self.random.randint(1, 3)) if steps else self.paragraph()
            if not steps and self.chance(0.2):
                inside += "\n" + self.bullets()
            setting = "    recommended: true\n\n" if number == best else ""
            blocks.append(f"/// tab | {title}\n{setting}{inside}///\n")
            if steps and number:  # side by side
                self.lines = before + (self.lines - before) / 2
        return "\n".join(blocks)

    def plain_steps(self, count: int) -> str:
        return "".join(f"{number}. {self.command()}\n" for number in range(1, count + 1))

    def wrapped_only(self, block: str, readers: tuple[str, ...]) -> str:
        return f"/// only | {', '.join(readers)}\n{block}///\n"

    def for_some(self, write: Callable[[], str]) -> str:
        """Return what *write* writes, for some readers only."""
        readers = self.random.sample(self.audiences, self.random.randint(1, len(self.audiences)))
        with self.only(frozenset(readers)):
            return self.wrapped_only(write(), tuple(readers))

    def allowed(self, write: Callable[[], str]) -> str:
        rule = self.pick("long-sentence", "two-actions", "no-command", "avoided-word")
        return f"/// allow | {rule}: zo staat het er\n{write()}///\n"

    def fragment(self) -> str:
        """Return the place of a fragment, which is written here."""
        slug = f"deel-{len(self.fragments)}"
        self.fragments.append(slug)
        path = f"content/fragments/{slug}.md"
        with self.at(self.path, "fragment"):
            body = self.random.choice((self.paragraph, self.bullets, self.callout))()
        self.files[path] = ((self.head_of_fragment() if self.chance(0.5) else "") + body).encode()
        return f"![[{slug}]]\n"

    def head_of_fragment(self) -> str:
        return "---\nowner: ICT-dienst\nreviewed: 2026-05-04\n---\n"

    # ---- what is due

    def taken_due(self, fits: Callable[[str], bool], most: int = 2) -> list[str]:
        """Return at most so many of the kinds that are due and that *fits* tells of; they are due no more."""
        found = [kind for kind in self.due if fits(kind)][:most]
        self.due = [kind for kind in self.due if kind not in found]
        return found

    def is_short(self, kind: str) -> bool:
        if kind == "inline SectionLabel":
            # Of a procedure that stands before this one on the sheet.
            return bool(self.told) and self.told[-1].startswith(self.slug)
        return kind in self.shorts() or kind.startswith(("in a step: ", "inline "))

    def short(self, kind: str) -> str:
        """Return a block of *kind* in few words."""
        if kind.startswith("inline "):
            end = "" if kind == "inline Picture" else "."  # it is as wide as its column
            return f"{self.say(1, 2)} {self.short_inline(kind)}{end}\n"
        name = kind.removeprefix("in a step: ")
        written = self.shorts()["Choice: text" if name == "Choice" else name]()
        self.lines += written.count("\n")
        return written

    def shorts(self) -> Mapping[str, Callable[[], str]]:
        def picture() -> str:
            return f"![]({self.flat_picture})"

        def words() -> str:
            return f"{self.say(1, 2)}.\n"

        def table(*heads: str) -> str:
            rows = [heads, ("---", "---"), (f"**{self.name(8)}**", "ja"), (f"**{self.name(8)}**", "24")]
            return "".join(f"| {' | '.join(row)} |\n" for row in rows)

        def head() -> str:
            return self.name(8).capitalize()

        def options(inside: Callable[[], str]) -> str:
            return "\n".join(f"/// tab | {head()}\n{inside()}///\n" for _ in "ab")

        def fragment() -> str:
            slug = f"deel-{len(self.fragments)}"
            self.fragments.append(slug)
            with self.at(self.path, "fragment"):
                self.files[f"content/fragments/{slug}.md"] = words().encode()
            return f"![[{slug}]]\n"

        def for_some() -> str:
            with self.only(frozenset(self.audiences[:1])):
                return self.wrapped_only(words(), self.audiences[:1])

        return {
            "Address": lambda: "{{ link.help }}\n",
            "Allow": lambda: self.allowed(words),
            "BulletList": lambda: f"- {self.say(1, 2)}\n- {self.say(1, 2)}\n",
            "Callout": lambda: f"/// tip\n{words()}///\n",
            "Callout: drawn": lambda: f"/// tip\n{words()}\n{picture()}\n///\n",
            "Callout: titled": lambda: f"/// tip | {head()}\n{words()}///\n",
            "Choice: steps": lambda: options(lambda: self.plain_steps(1)),
            "Choice: text": lambda: options(words),
            "Heading 2": lambda: f"## {head()}\n\n{words()}",
            "Heading 3": lambda: f"## {head()}\n\n### {head()}\n\n{words()}",
            "Include": fragment,
            "Only": for_some,
            "Paragraph": words,
            "Picture": lambda: f"{picture()}\n",
            "Result": self.done,
            "Route": lambda: " ".join([f"[]({self.slug_here}.md#s1)"] * 2) + "\n",
            "Substeps": lambda: self.plain_steps(2),
            "Table": lambda: table(head(), head()),
            "Table: headless": lambda: table("", ""),
            "Table: row heads": lambda: table(head(), head()),
            "needs": lambda: "".join(f"- {picture()} **{self.name(8)}**\n" for _ in "ab"),
        }

    @property
    def flat_picture(self) -> str:
        """A picture that takes little room."""
        path = "images/plat.svg"
        self.files[f"content/{path}"] = pictures.drawing(150, 24)
        return path

    def short_inline(self, kind: str) -> str:
        """Return inline content of *kind* in few words."""
        name = kind.removeprefix("inline ")
        told = self.told[-1] if self.told else ""

        def step() -> str:
            if self.part != "lead":
                return "[](#s1)"
            # of the handouts that the sheet leads to
            slug = next((slug for slug in self.told if "s1" in self.ids.get(slug, ())), "")
            return f"[]({slug}.md#s1)" if slug else self.name(8)

        return {
            "Emphasis": lambda: f"*{self.name(8)}*",
            "LineBreak": lambda: f"{self.name(8)}\\\n{self.name(8)}",
            "Link": lambda: f"[{self.name(8)}](https://www.school.be/info)",
            "Picture": lambda: f"![]({self.flat_picture})",
            "SectionLabel": lambda: f"[]({told}.md)" if told else self.name(8),
            "StepLabel": step,
            "Strong": lambda: f"**{self.name(8)}**",
            "UiLabel": lambda: f"`{min(self.tongue.keys, key=len)}`",
            "WriteIn": self.field_of_school,
        }[name]()

    # ---- steps

    def command(self) -> str:
        verb = self.random.choice(self.tongue.verbs)
        self.lines += 1.3
        ends: tuple[Callable[[], str], ...] = (
            lambda: self.say(1, 4).lower() if self.tongue.tag != "ar" else self.say(1, 4),
            lambda: f"{self.key()}, {self.name()}",
            lambda: f"{self.name()} {self.inline()}",
        )
        end = self.random.choice(ends[:2] if self.measure < 34 else ends)()
        # What is said begins with a capital at times, and a name at its head is then another.
        return f"{verb} {end}".replace("\\\n", "") + self.pick("", ".", "")

    def attributes(
        self, slug: str, number: int, readers: tuple[str, ...], is_optional: bool
    ) -> tuple[str, bool]:
        """Return the braces of a step, and whether every reader has it."""
        marks = []
        everyone = True
        if number == 1 or self.chance(0.35):
            marks.append(f"#s{number}")
        if is_optional and len(self.audiences) > 1 and self.chance(0.12, "Step: for some"):
            chosen = self.random.sample(self.audiences, self.random.randint(1, len(self.audiences) - 1))
            marks.append("@" + ",".join(chosen))
            everyone = False
            self.step_readers: frozenset[str] | None = frozenset(chosen)
        else:
            self.step_readers = None
        if self.chance(0.15, "Step: device"):
            marks.append(f"on {self.pick('computer', 'smartphone')}")
        if not marks:
            return "", everyone
        return (" {" + " ".join(marks) + "}") if self.chance(0.5) else "".join(
            f" {{{m}}}" for m in marks
        ), everyone

    def step(self, slug: str, number: int, readers: tuple[str, ...], due: str) -> str:
        """Return a step, with what is *due* in it."""
        marks, everyone = self.attributes(slug, number, readers, is_optional=number > 1)
        before = self.readers
        if not everyone:
            self.readers = (
                self.step_readers if before is None else before & (self.step_readers or frozenset())
            )
        text = f"{number}. {self.command()}{marks}\n"
        for _ in range(0 if self.is_tight else self.random.choice((0, 0, 0, 1, 1, 2))):
            block = self.random.choice(self.inside_step())()
            text += "\n" + _indented(block)
        if due:
            text += "\n" + _indented(self.short(due))
        self.readers = before
        if everyone and f"#s{number}" in marks:
            self.ids.setdefault(slug, []).append(f"s{number}")
        return text

    def inside_step(self) -> list[Callable[[], str]]:
        plain: list[Callable[[], str]] = [
            self.paragraph,
            self.paragraph,
            self.substeps,
            self.picture,
            self.bullets,
        ]
        if self.measure >= 34:
            plain += [
                self.callout,
                partial(self.choice, True),
                lambda: "{{ link.sign-in }}\n",
                self.short_table,
            ]
            plain += [partial(self.for_some, self.paragraph), partial(self.choice, False), self.fragment]
        return plain

    def short_table(self) -> str:
        return self.table(3)

    def substeps(self) -> str:
        return self.plain_steps(self.random.randint(2, 4))

    def procedure(self, slug: str, readers: tuple[str, ...], until: float) -> None:
        path = f"content/procedures/{slug}.md"
        everyone = set(readers) <= set(self.audiences)
        keys = {"audiences": f"[{', '.join(self.audiences)}]"}
        if self.chance(0.3):
            keys["icon"] = self.random.choice(ICONS)
        with self.at(path, "title"):
            title = self.title(26)
        with self.at(path, "body"):
            body = self.procedure_body(slug, readers, until)
        self.files[path] = (self.head(title, **keys) + body).encode()
        if everyone:
            self.told.append(slug)

    def procedure_body(self, slug: str, readers: tuple[str, ...], until: float) -> str:
        blocks: list[str] = []
        due = self.taken_due(self.is_short, self.most_shorts)
        within = [kind for kind in due if kind in WITHIN or kind.startswith("in a step: ")]
        if self.chance(0.3):
            blocks.append(self.random.choice((self.paragraph, self.callout, self.picture))())
        number = 1
        while True:
            run = ""
            for _ in range(self.random.randint(2, 5)):
                run += self.step(slug, number, readers, within.pop() if number > 1 and within else "")
                number += 1
                if self.lines > until and not within:
                    break
            blocks.append(run)
            if self.lines > until and not within:
                break
            blocks.append(self.random.choice(self.between_steps())())
        apart = [kind for kind in due if kind not in WITHIN and "a step: " not in kind and kind != "Result"]
        blocks += [self.short(kind) for kind in apart]
        if self.chance(0.15) and self.measure >= 34 and not self.is_tight:
            blocks.append(self.choice(True))
        if self.chance(0.5) or "Result" in due:
            blocks.append(self.done())
            if self.chance(0.3):
                blocks.append(self.picture())
        elif self.chance(0.3):
            blocks.append(self.random.choice(self.between_steps())())
        return "\n".join(blocks)

    def done(self) -> str:
        return f"{self.tongue.done} {self.sentence()}\n"

    def heading(self, level: int = 2) -> str:
        self.lines += 1.5
        return f"{'#' * level} {self.say(1, 4)}\n"

    def between_steps(self) -> list[Callable[[], str]]:
        def headed() -> str:
            return f"{self.heading()}\n{self.heading(3)}" if self.chance(0.2) else self.heading()

        blocks: list[Callable[[], str]] = [self.paragraph, headed, self.picture, self.bullets]
        if self.measure >= 34:
            blocks += [self.callout, self.table, self.fragment, partial(self.choice, False)]
            blocks += [partial(self.for_some, self.callout), partial(self.allowed, self.paragraph)]
            blocks += [lambda: "{{ link.help }}\n"]
        return blocks

    # ---- opening and closing

    def opening(self, format_: str, is_sign: bool) -> str:
        if is_sign:
            return self.sign_opening(format_)
        blocks = [self.say(3, 9) + ".\n"]
        if format_ == "reference-a4" and self.chance(0.7):
            return "\n".join((*blocks, self.decisions()))
        if self.chance(0.4):
            blocks.append(self.picture(5))
        if self.chance(0.3):
            blocks.append(self.needs())
        if self.chance(0.4) and format_ != "mini":
            blocks.append(self.heading())
            blocks.append(
                self.random.choice((partial(self.choice, False), self.paragraph, self.table, self.bullets))()
            )
        return "\n".join(blocks)

    def decisions(self) -> str:
        """Return the table of a reference, with its rows named."""
        columns = self.random.randint(2, 3)
        rows = [[self.name().capitalize() for _ in range(columns)], ["---"] * columns]
        for _ in range(self.random.randint(2, 6)):
            rows.append([f"**{self.name().capitalize()}**", *(self.cell() for _ in range(columns - 1))])
            self.lines += 1.5
        return "".join(f"| {' | '.join(row)} |\n" for row in rows)

    def closing(self, format_: str, is_sign: bool, has_procedure: bool) -> str:
        if is_sign:
            return self.sign_closing(format_, has_procedure)
        if self.chance(0.4):
            return ""
        if format_ == "reference-a4":
            return "\n".join((self.callout(), self.callout()))
        blocks = []
        if self.chance(0.7):
            blocks += [self.heading(), self.paragraph()]
        if self.chance(0.5):
            blocks.append(self.callout())
        return "\n".join(blocks or [self.paragraph()])

    # ---- signs

    def sign_opening(self, format_: str) -> str:
        if format_ == "card":
            return self.say(1, 4) + ".\n"
        return self.say(1, 4) + ".\n" if self.chance(0.4) else ""

    def sign_closing(self, format_: str, has_procedure: bool) -> str:
        if format_ == "card" and not has_procedure:
            return (
                f"## {self.name(10).capitalize()}?\n\n"
                + self.random.choice(
                    (
                        lambda: f"{self.say(1, 4)}.\n",
                        lambda: f"- {self.say(1, 3)}\n- {self.say(1, 3)}\n",
                        lambda: "".join(
                            f"- ![]({self.random.choice(self.made_pictures)}) **{self.name(8)}**\n"
                            for _ in "ab"
                        ),
                    )
                )()
            )
        return ""

    def sign_procedure(self, slug: str, readers: tuple[str, ...], format_: str) -> None:
        path = f"content/procedures/{slug}.md"
        with self.at(path, "title"):
            title = self.title(8 if format_ == "card" else 20)
        due = self.taken_due(self.is_short, 1)
        with self.at(path, "body"):
            count = self.random.choice((1, 2) if due else (2, 3, 3))
            if "inline SectionLabel" in (*due, *self.due) and format_ == "card":
                count = 1  # of a second procedure on one sheet
            body = "".join(
                f"{number}. {self.sign_step(slug, format_, number, readers, due)}"
                for number in range(1, count + 1)
            )
            for kind in due:
                is_within = kind in WITHIN or kind.startswith(("in a step: ", "inline "))
                body += "\n" + (_indented(self.short(kind)) if is_within else self.short(kind))
        keys = {"audiences": f"[{', '.join(self.audiences)}]"}
        self.files[path] = (self.head(title, **keys) + body).encode()

    def sign_step(
        self, slug: str, format_: str, number: int, readers: tuple[str, ...], due: Sequence[str]
    ) -> str:
        """Return a step; where the sheet is to show something, a plain one."""
        marks = ""
        before = self.readers
        if self.aim.format == format_:
            marks, _ = self.attributes(slug, number, readers, is_optional=number > 1 and not due)
            self.readers = self.step_readers or before
        text = self.sign_words(format_, number, is_plain=bool(marks))
        self.readers = before
        if number == 1 and "#s1" not in marks and {"inline StepLabel", "Route"} & {*due}:
            marks += " {#s1}"  # what is due refers to it
        head, _, rest = text.partition("\n")
        return f"{head}{marks}\n{rest}"

    def sign_words(self, format_: str, number: int, *, is_plain: bool) -> str:
        verb = self.random.choice([verb for verb in self.tongue.verbs if len(verb) < 8])
        # Not the second: a code stands where its drawing would.
        is_drawn = format_ == "poster-a3" and number != 2 and not is_plain and self.chance(0.25)
        if is_drawn:
            # The drawing stands over what is beside it.
            text = f"{verb}\n"
        elif self.chance(0.2):
            text = f"{verb} `{self.random.choice([key for key in self.tongue.keys if len(key) < 10])}`\n"
        else:
            text = f"{verb} {self.name(7)}\n"
        if not is_drawn and not is_plain and self.chance(0.5):
            text += f"\n    {self.random.choice(self.tongue.filler)} {self.name(10)}\n\n"
        if is_drawn:
            text += f"\n    {self.picture()}\n"
        return text


def _indented(block: str) -> str:
    return "".join(f"    {line}\n" if line else "\n" for line in block.split("\n")[:-1])
