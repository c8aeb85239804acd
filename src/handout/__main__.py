"""`handout`, and `python -m handout`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import NoReturn

from handout.commands import early, streams
from handout.machine import collector
from handout.model.findings import ExitCode


def main() -> NoReturn:
    """Start the program."""
    collector.rest()
    streams.prepare()
    arguments = sys.argv[1:]
    try:
        code = _repeated(arguments)
        if code is None:
            early.begin(arguments)
            # Only here: it takes longer than a build in which nothing changed.
            from handout.commands import app
    except KeyboardInterrupt:
        sys.exit(ExitCode.INTERRUPTED)
    if code is None:
        code = app.run(arguments)
    code = streams.finished(code)
    collector.leave()
    sys.exit(code)


def _repeated(arguments: Sequence[str]) -> int | None:
    """Do what *arguments* ask for where that is a build that would change nothing; return None where not."""
    if arguments[:1] != ["build"]:
        return None
    from handout.commands import up_to_date  # who asks for another command does not wait for it

    return up_to_date.answer(arguments)


if __name__ == "__main__":
    main()
