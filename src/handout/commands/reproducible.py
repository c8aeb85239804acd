"""Build twice and compare: the same project must give the same bytes, whatever the machine is doing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from handout.machine.filenames import MANIFEST
from handout.model.findings import ExitCode, Finding, HandoutError, Place
from handout.model.messages import say
from handout.model.rules import Rule

RUNS: tuple[Mapping[str, str], Mapping[str, str]] = (
    {"PYTHONHASHSEED": "1", "TZ": "UTC"},
    {"PYTHONHASHSEED": "4242", "TZ": "Asia/Tokyo"},
)
"""Two clean processes that see another hash order and another clock."""


def differences(folder: Path, arguments: Sequence[str]) -> tuple[Finding, ...]:
    """Return the files that two builds of the project in *folder* made differently.

    *arguments* select what is built, as on the command line. Raises HandoutError where a build fails.
    """
    first, second = (_hashes(folder, arguments, environment) for environment in RUNS)
    return compared(first, second)


def compared(first: Mapping[str, str], second: Mapping[str, str]) -> tuple[Finding, ...]:
    """Return the files whose hashes differ, and those that only one of two builds made."""
    return tuple(
        Finding(
            Place(path),
            say("two builds of the same project made this file differently"),
            say("report it, with what `handout doctor` prints: nothing that an editor writes can cause it"),
            rule=Rule.NOT_THE_SAME,
        )
        for path in sorted(first.keys() | second.keys())
        if first.get(path) != second.get(path)
    )


def _hashes(folder: Path, arguments: Sequence[str], environment: Mapping[str, str]) -> dict[str, str]:
    """Return the SHA-256 of each file of a build in a process of its own, by path."""
    with tempfile.TemporaryDirectory(prefix="handout-") as output:
        command = [sys.executable, "-m", "handout", "build", "--project", str(folder), "--output", output]
        done = subprocess.run(
            [*command, "--force", "-q", *arguments],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise HandoutError(
                say("the project could not be built a second time"),
                say(
                    "run 'handout build' and mend what it says; it said: {stderr}",
                    stderr=done.stderr.strip()[-400:],
                ),
                ExitCode(done.returncode) if done.returncode in list(ExitCode) else ExitCode.RENDERER,
            )
        return dict(_rows(Path(output)))


def _rows(output: Path) -> Iterator[tuple[str, str]]:
    for row in json.loads((output / MANIFEST).read_bytes())["files"]:
        yield row["path"], row["sha256"]
