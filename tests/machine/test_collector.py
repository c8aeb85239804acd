"""The collector of cycles rests, and memory stays bounded all the same."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from collections.abc import Iterator

import pytest

from handout.machine import collector, workers


class Ring:
    """Something that holds itself, as a box does that knows its page."""

    def __init__(self) -> None:
        self.own = self


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_what_holds_itself_stays_for_a_while_and_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector, "MOST_UNCOLLECTED", 20_000)
    gc.collect()
    collector.rest()
    first = weakref.ref(Ring())
    for _ in range(2_000):
        Ring()
    assert first() is not None
    for _ in range(40_000):
        Ring()
    assert first() is None


@pytest.mark.skipif(sys.platform != "linux", reason="no other system says it")
def test_system_says_how_much_memory_is_held() -> None:
    before = collector.resident_bytes()
    held = bytearray(b"x" * 50_000_000)
    after = collector.resident_bytes()
    assert before is not None
    assert after is not None
    assert 40_000_000 < after - before < 4 * len(held)


def told_by(code: str) -> str:
    """Return what *code* prints in a process of its own."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_collector_rests_while_the_server_of_processes_imports() -> None:
    told = told_by(f"import gc, {workers.RESTED}; print(gc.get_threshold()[0])")
    assert int(told) == collector.MOST_UNCOLLECTED


@pytest.mark.parametrize(("ending", "is_looked_through"), [("sys.exit()", True), ("main()", False)])
def test_command_that_ends_is_not_looked_through(ending: str, is_looked_through: bool) -> None:
    told = told_by(
        "import sys\n"
        "from handout.__main__ import main\n"
        "class Ring:\n"
        "    def __init__(self): self.own = self\n"
        "    def __del__(self): print('found')\n"
        "Ring()\n"
        "sys.argv = ['handout', '--version']\n"
        f"{ending}\n"
    )
    assert ("found" in told) is is_looked_through
