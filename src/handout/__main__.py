"""`handout`, and `python -m handout`."""

from __future__ import annotations

import sys
from typing import NoReturn

from handout.commands import early, streams, up_to_date
from handout.machine import collector
from handout.model.findings import ExitCode


def main() -> NoReturn:
    """Start the program."""
    collector.rest()
    streams.prepare()
    arguments = sys.argv[1:]
    try:
        code: int | None = up_to_date.answer(arguments)
        if code is None:
            early.begin(arguments)
            # Only here: it takes longer than a build in which nothing changed.
            from handout.commands import app
    except KeyboardInterrupt:
        sys.exit(ExitCode.INTERRUPTED)
    if code is None:
        code = app.run(arguments)
    sys.exit(streams.finished(code))


if __name__ == "__main__":
    main()
