"""What a build begins with before its command line is read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from handout.commands import early
from handout.machine import workers


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("build", True),
        ("build gids --audience staff --force", True),
        ("build --help", False),
        ("build --dask tcp://host:8786", False),
        ("build --school all", False),
        ("build gids --only=room=B12", False),
        ("check --full", False),
        ("list build", False),
        ("", False),
    ],
)
def test_renderer_is_begun_for_a_build_that_needs_it(words: str, expected: bool) -> None:
    assert early.needs_renderer(words.split()) is expected


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="no other system tells the children")
@pytest.mark.parametrize(("words", "expected"), [("build", True), ("check", False)])
def test_it_is_there_before_anything_else_is_imported(words: str, expected: bool) -> None:
    code = f"""
import os, sys
from pathlib import Path
from handout.commands import early
early.begin({words!r}.split())
children = Path(f"/proc/self/task/{{os.getpid()}}/children").read_text().split()
sys.exit("typer" in sys.modules or bool(children) is not {expected})
"""
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


def test_machine_that_refuses_is_told_by_who_does_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(modules: object) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(workers, "warm_up", refused)
    early.begin(["build"])
