"""What a reader notes down while it reads one file."""

from __future__ import annotations

from dataclasses import dataclass, field

from handout.model.findings import Finding, Place
from handout.model.messages import Message


@dataclass
class Notes:
    """The findings of one file, in the making."""

    path: str
    first_line: int = 1
    """The line of the file on which the text that is read begins."""
    findings: list[Finding] = field(default_factory=list)

    def place(self, line: int, column: int = 0) -> Place:
        """Return the place of *line*, counted from 0 in the text that is read, and of its *column*."""
        return Place(self.path, self.first_line + line, column)

    def add(self, line: int, rule: str, what: Message, fix: Message, column: int = 0) -> None:
        """Note a finding at *line*, counted from 0 in the text that is read, and at its *column*."""
        self.findings.append(Finding(self.place(line, column), what, fix, rule=rule))
