"""`handout`, and `python -m handout`."""

from __future__ import annotations

import sys
from typing import NoReturn

from handout import again, streams
from handout.errors import ExitCode


def main() -> NoReturn:
    """Start the program."""
    streams.prepare()
    arguments = sys.argv[1:]
    try:
        code: int | None = again.answer(arguments)
        if code is None:
            from handout import cli  # only here: it takes longer than a build in which nothing changed
    except KeyboardInterrupt:
        sys.exit(ExitCode.INTERRUPTED)
    if code is None:
        code = cli.run(arguments)
    sys.exit(streams.finished(code))


if __name__ == "__main__":
    main()
