"""The standard streams, as cron, a full disk and an old terminal have them: closed, full, of few letters."""

from __future__ import annotations

import contextlib
import os
import sys
from io import TextIOWrapper

from handout.commands.language import told
from handout.machine.refusals import reason
from handout.model.findings import ExitCode
from handout.model.messages import say


def prepare() -> None:
    """Give each standard stream that is closed a place to write to, and each a way to write any letter.

    A closed one is None in Python, and the next file that is opened takes its number: what a child prints
    would go into that file.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            # Its number is the lowest that is free: that of the stream.
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123
        elif isinstance(stream, TextIOWrapper) and mode == "w":
            stream.reconfigure(errors="backslashreplace")


def takes_all_letters() -> bool:
    """Tell whether standard output can show any letter as it is."""
    return (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "").startswith("utf")


def finished(code: int) -> int:
    """Write out what waits in the streams; return *code*, or that of the machine where it refuses."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _drop(sys.stdout)
    except OSError as error:
        _drop(sys.stdout)
        with contextlib.suppress(OSError):
            what = told(say("the result could not be printed: {reason}", reason=reason(error)))
            fix = told(say("look whether the disk is full that it goes to"))
            sys.stderr.write(f"{told(say('error'))}: {what}\n  {told(say('fix'))}: {fix}\n")
        code = ExitCode.ENVIRONMENT
    try:
        sys.stderr.flush()
    except OSError:
        _drop(sys.stderr)
    return code


def _drop(stream: object) -> None:
    """Let Python, which tries again as it ends, write what is left of *stream* to nowhere."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # type: ignore[attr-defined]
