"""The files of one edition that was made: of which kind each is, where its bytes are, what is known of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from handout.machine.output_folder import Output, Staged, StagingWriter
from handout.model.document import SheetKind
from handout.model.files import PIECE

if TYPE_CHECKING:
    from handout.paper.impose import Printing


@dataclass(frozen=True)
class MadeFile:
    """One file of an edition. Picklable."""

    kind: str
    """PIECE, one of `SheetKind`, or the name of a registered kind."""
    path: str
    """Relative to the output folder."""
    data: bytes
    """Empty where it is staged."""
    page_count: int = 0
    printing: Printing | None = None
    """What to set at the printer; None for the piece, whose format says it, and for what is not printed."""
    scale: float = 1
    """How large the pages stand on it: 1 as they are."""
    fields: tuple[str, ...] = ()
    """What is to be typed into it, by the columns of the table of schools."""
    staged: Staged | None = None
    """Where it waits in the staging folder, with its sum."""

    @property
    def is_sheet(self) -> bool:
        """Tell whether it is a print sheet."""
        return self.kind in tuple(SheetKind)

    @property
    def output(self) -> Output:
        return Output(self.path, self.data)

    def put(self, writer: StagingWriter) -> MadeFile:
        """Return it staged by *writer*: it holds no byte of it, and travels light."""
        return replace(self, data=b"", staged=writer.put(self.output))


def piece(path: str, pdf: bytes, page_count: int) -> MadeFile:
    """Return the file of a finished piece."""
    return MadeFile(PIECE, path, pdf, page_count)
