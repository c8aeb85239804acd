"""Run a command and tell what it cost: time, processor, memory. On Linux.

The measuring is done by a small process, this file: a process that is forked from a large one counts the
memory of that one as its own.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Container, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Timer

ADOPT_ORPHANS = 36
"""PR_SET_CHILD_SUBREAPER of <linux/prctl.h>: a process whose parent ended becomes ours, and is counted."""
GRACE_S = 2.0
"""How long what a command left behind may go on before it is ended."""
MOST_TOLD_CHARACTERS = 600


class FailedError(Exception):
    """A command that did not do its work, and what it said."""


@dataclass(frozen=True)
class Cost:
    """What one run cost."""

    wall_s: float
    cpu_s: float
    """Of the process and of all that it started, user and system."""
    peak_mib: float
    """Resident memory of the largest of these processes."""
    output: str = ""
    """What it wrote to stdout."""


@dataclass(frozen=True)
class _Ended:
    """A run as the measuring process tells of it."""

    cost: Cost
    exit_code: int
    errors: str


def _user_environment() -> Mapping[str, str]:
    """Return the environment in which programs are started, with what was compiled before kept.

    Where a machine says otherwise, each start of a Python program that is not installed compiles it anew.
    """
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def run(
    command: Sequence[str],
    *,
    cwd: Path,
    environment: Mapping[str, str] | None = None,
    timeout_s: float,
    accepted: Container[int] = (0,),
) -> Cost:
    """Run *command* to its end. Raises FailedError where it takes longer than *timeout_s*, or fails.

    It fails with any exit code but those that are *accepted*.
    """
    measuring = [sys.executable, "-I", "-S", __file__, str(timeout_s), *command]
    done = subprocess.run(
        measuring,
        cwd=cwd,
        env={**_user_environment(), **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    data = json.loads(done.stdout)
    ended = _Ended(Cost(**data["cost"]), data["exit_code"], data["errors"])
    if ended.cost.wall_s >= timeout_s:
        raise FailedError(f"stopped after {timeout_s:.0f} s")
    if ended.exit_code not in accepted:
        said = (ended.errors or ended.cost.output)[-MOST_TOLD_CHARACTERS:]
        raise FailedError(f"exit code {ended.exit_code}: {said}")
    return ended.cost


# ---- the measuring process --------------------------------------------------------------------


def main() -> int:
    timeout_s, command = float(sys.argv[1]), sys.argv[2:]
    _adopt_orphans()
    sys.stdout.write(json.dumps(asdict(_ended(command, timeout_s))))
    return 0


def _adopt_orphans() -> None:
    """Have processes that outlive their parent handed to us, so that they are counted."""
    if ctypes.CDLL(None, use_errno=True).prctl(ADOPT_ORPHANS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "this system does not hand over processes that are left behind")


def _ended(command: Sequence[str], timeout_s: float) -> _Ended:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        # A session of its own: all that belongs to it can be ended at once.
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=errors, start_new_session=True
        )
        timer = Timer(timeout_s, _end, [process.pid])
        timer.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
            wall_s = time.perf_counter() - start
        except BaseException:
            _end(process.pid)
            raise
        finally:
            timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        usages = [usage, *_left_behind(process.pid)]
        told = []
        for file in (out, errors):
            file.seek(0)
            told.append(file.read().decode(errors="replace").strip())
    cpu_s = sum(one.ru_utime + one.ru_stime for one in usages)
    peak_mib = max(one.ru_maxrss for one in usages) / 1024
    return _Ended(Cost(wall_s, cpu_s, peak_mib, told[0]), process.returncode, told[1])


def _left_behind(session: int) -> list[resource.struct_rusage]:
    """Wait for the processes of *session* that outlived the first; return what they used."""
    usages: list[resource.struct_rusage] = []
    deadline = time.monotonic() + GRACE_S
    is_told = False
    while True:
        try:
            pid, _, usage = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return usages
        if pid:
            usages.append(usage)
            continue
        if time.monotonic() > deadline:
            if is_told:
                return usages  # in a session of its own: it is left alone
            _end(session)
            is_told = True
            deadline += GRACE_S
        time.sleep(0.005)


def _end(session: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(session, signal.SIGKILL)


if __name__ == "__main__":
    raise SystemExit(main())
