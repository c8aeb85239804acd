"""The edits of an office's day, in a project that `workplace.lay_down_handbook_for` laid down.

Each writes what was never there before: else a build would find in the cache what it asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.measure import FailedError
from benchmarks.rows import Row
from benchmarks.workplace import LOGO, SCHOOLS, with_phone, with_row

FRAGMENT = "content/fragments/veilig-goedkeuren.md"
SETTINGS = "handout.toml"
LOGO_PATH = f"content/images/{LOGO}"
SCHOOL = "school-0001"
FIRST: Mapping[str, str] = {FRAGMENT: "aanvraag", SETTINGS: "#123e8c", LOGO_PATH: "#2e7d32"}
"""What is changed in a file: a word that an editor corrects, the colour of the staff, that of the logo."""


@dataclass
class Edits:
    """What is changed in *project*, whose table of schools has *school_count* rows of *row_of*."""

    project: Path
    school_count: int
    row_of: Callable[[int], Row]
    count: int = field(default=0, init=False)
    _now: dict[str, str] = field(default_factory=lambda: dict(FIRST), init=False)

    def cell(self) -> None:
        """Change the phone of one school, in the table."""
        self.count += 1
        phone = f"03 {self.count:03d} 00 01"
        self._change(SCHOOLS, lambda table: with_phone(table, SCHOOL, phone))

    def row(self) -> None:
        """Add a school to the table."""
        self.school_count += 1
        self._change(SCHOOLS, lambda table: with_row(table, self.row_of(self.school_count)))

    def sentence(self) -> None:
        """Change a sentence that many sheets share."""
        self.count += 1
        self._exchange(FRAGMENT, "melding" if self.count == 1 else f"melding {self.count}")

    def colour(self) -> None:
        """Change the colour of an audience, by a shade that nobody sees."""
        self.count += 1
        self._exchange(SETTINGS, f"#{self.count:02x}3080")

    def logo(self) -> None:
        """Change the colour of the logo of some schools."""
        self.count += 1
        self._exchange(LOGO_PATH, f"#2e{0x40 + self.count:02x}32")

    def _exchange(self, path: str, new: str) -> None:
        old, self._now[path] = self._now[path], new

        def exchanged(text: str) -> str:
            if old not in text:
                raise FailedError(f"{path} does not hold '{old}' any more; change it in {__name__}")
            return text.replace(old, new, 1)

        self._change(path, exchanged)

    def _change(self, path: str, change: Callable[[str], str]) -> None:
        file = self.project / path
        file.write_text(change(file.read_text("utf-8")), "utf-8")
