"""The files of an edition as `handout build` writes them, for who wants to print what is shown."""

from __future__ import annotations

from contextlib import closing

from handout.builder.rounds import make_all
from handout.editions.files import MadeFile
from handout.editions.single import Made
from handout.model.findings import HandoutError, has_errors
from handout.preview.desk import Desk
from handout.preview.session import Wish


def file(desk: Desk, wish: Wish, index: int) -> MadeFile | None:
    """Return the file *index* of the edition that *wish* names, the piece first; None where there is none.

    That of a school is filled from a master, as a build fills it: what the screen shows was rendered in
    full, with the same pages and other bytes.
    """
    look = desk.look(wish)
    if look.basis is None or look.basis != desk.session.basis(wish):
        return None
    files = _copy(desk, wish) if wish.school else look.files
    return files[index] if index < len(files) else None


def _copy(desk: Desk, wish: Wish) -> tuple[MadeFile, ...]:
    project, edition = desk.session.project, desk.session.edition(wish)
    if project is None or edition is None or not desk.look(wish).files:
        return ()
    try:
        with closing(make_all(project, [edition], jobs=1)) as results:
            made = [one for one in results if isinstance(one, Made)]
    except HandoutError:
        return ()
    return made[0].files if made and not has_errors(made[0].findings) else ()
