"""A school, as its row of the table says it, and the columns that there are."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from handout.model.findings import Place


class SchoolField(StrEnum):
    """A field of a school that may stand on paper, by its column. A project may have others of its own."""

    NAME = "name"
    ADDRESS = "address"
    ICT_ANCHOR = "ict-anchor"
    ROOM = "room"
    PHONE = "phone"
    EMAIL = "email"
    HOURS = "hours"


@dataclass(frozen=True)
class School:
    """One row of the table of schools. A missing value is None: a line to write on by hand."""

    id: str
    name: str
    address: str | None = None
    ict_anchor: str | None = None
    room: str | None = None
    phone: str | None = None
    email: str | None = None
    hours: str | None = None
    logo: str | None = None
    """The path of its picture, relative to content/: `images/linde.svg`."""
    languages: tuple[str, ...] = ()
    """Those that it wants its copies in, as tags; empty: every language."""
    own: tuple[tuple[str, str], ...] = ()
    """What its row says in the columns of the project's own, by column."""
    place: Place = field(default=Place("content/schools.csv"), compare=False)
    """Where its row stands."""
    cells: tuple[tuple[str, int], ...] = field(default=(), compare=False)
    """At which character of its line each cell begins, by column."""

    @property
    def in_title(self) -> str:
        """What the title of a file ends with that is for it alone."""
        return f" – {' '.join(self.name.split())}"

    def place_of(self, column: str) -> Place:
        """Return where the cell of *column* stands; the row where that is not known."""
        return replace(self.place, column=dict(self.cells).get(column, 0))

    def value(self, column: str) -> str | None:
        """Return what its row says in *column*, a `SchoolField` or one of the project's own."""
        if column in _SCHOOL_FIELDS:
            found: str | None = getattr(self, column.replace("-", "_"))
            return found
        return dict(self.own).get(column)

    def speaks(self, language: str) -> bool:
        """Tell whether it wants copies in *language*: `nl` takes `nl-BE` too (RFC 4647 §3.3.1).

        Of a sheet in two languages, `nl-BE+ar`, the second decides: it is what the sheet is made for.
        """
        spoken = language.rpartition("+")[2]
        return not self.languages or any(f"{spoken}-".startswith(f"{tag}-") for tag in self.languages)


_SCHOOL_FIELDS = frozenset(field.value for field in SchoolField)
NEEDED_COLUMNS = ("id", "name")
LOGO_COLUMN = "logo"
LANGUAGES_COLUMN = "languages"
UNPRINTED_COLUMNS = ("id", LOGO_COLUMN, LANGUAGES_COLUMN)
"""Those whose values are no text for the paper."""
STANDARD_COLUMNS = ("id", *(field.value for field in SchoolField), LOGO_COLUMN, LANGUAGES_COLUMN)
"""Those of the table of schools where the project declares no others."""
MOST_COLUMNS = 50
LOGO_FOLDER = "images"
"""Where the logos lie, in content/."""
LANGUAGE_TAG = r"[a-z]{2,3}(-[A-Z]{2})?"
"""A language, and perhaps its region: `nl`, `nl-BE` (BCP 47)."""
