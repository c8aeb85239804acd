"""Work over processes that may die."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import handout
from handout.machine import collector, workers
from handout.machine.workers import Failed, Loss, WorkerPool, imap_unordered
from handout.model.findings import ExitCode, HandoutError
from handout.model.messages import verbatim

LONGEST_S = 60.0
SOURCE = Path(handout.__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def _no_worker_is_left() -> Iterator[None]:
    yield
    assert multiprocessing.active_children() == []


class Stubborn(Exception):
    """An exception that cannot be copied: what is pickled of it does not fill its arguments."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(first + second)


def work(item: str) -> str:
    """Do what *item* says, and return it in capitals."""
    match item:
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "hang":
            while True:
                signal.pause()
        case "hoard":
            len(bytearray(2 * workers.MOST_BYTES))
        case "fail":
            raise HandoutError(verbatim("stuk"), verbatim("maak het"), ExitCode.RENDERER)
        case "collect":
            return f"{gc.get_freeze_count() > 0} {gc.get_threshold()[0]}"
        case "stubborn":
            raise Stubborn("niet ", "te kopiëren")
    return f"{item} {os.getpid()}" if item.startswith("pid") else item.upper()


def answers(*items: str, jobs: int = 2, longest_s: float = LONGEST_S) -> dict[str, str | Failed | Loss]:
    return dict(imap_unordered(work, items, jobs, longest_s))


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_every_item_has_its_answer(jobs: int) -> None:
    assert answers("a", "b", "c", jobs=jobs) == {"a": "A", "b": "B", "c": "C"}


def test_without_items_nothing_is_started() -> None:
    assert answers() == {}


@pytest.mark.parametrize("jobs", [1, 2])
def test_process_that_dies_answers_for_its_item_alone(jobs: int) -> None:
    assert answers("a", "die", "b", "die too", jobs=jobs) == {
        "a": "A",
        "die": Loss.DIED,
        "b": "B",
        "die too": "DIE TOO",
    }


def test_item_that_takes_too_long_is_given_up() -> None:
    assert answers("hang", jobs=1, longest_s=0.2) == {"hang": Loss.ENDLESS}


def test_memory_has_a_bound() -> None:
    answer = answers("hoard", "a")
    assert isinstance(answer["hoard"], Failed)
    assert isinstance(answer["hoard"].error, MemoryError)
    assert answer["a"] == "A"


def test_exception_comes_back_with_its_traceback() -> None:
    failed = answers("fail")["fail"]
    assert isinstance(failed, Failed)
    assert isinstance(failed.error, HandoutError)
    assert (failed.error.what, failed.error.exit_code) == ("stuk", ExitCode.RENDERER)
    assert "in work" in failed.trace


def test_exception_that_cannot_be_copied_comes_back_in_words() -> None:
    failed = answers("stubborn")["stubborn"]
    assert isinstance(failed, Failed)
    assert str(failed.error) == "Stubborn: niet te kopiëren"


def test_items_are_asked_for_when_a_process_is_free() -> None:
    asked: list[str] = []

    def items() -> Iterator[str]:
        for item in "abcd":
            asked.append(item)
            yield item

    with closing(imap_unordered(work, items(), 1, LONGEST_S)) as found:
        next(found)
        assert asked == ["a"]


def test_process_gives_way_to_another_after_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "MOST_TASKS", 2)
    found = answers("pid 1", "pid 2", "pid 3", jobs=1)
    pids = [str(answer).rpartition(" ")[2] for answer in found.values()]
    assert pids[0] == pids[1] != pids[2]


TELLS_MEMORY = pytest.mark.skipif(
    collector.resident_bytes() is None, reason="the system does not say how much memory a process holds"
)


@TELLS_MEMORY
def test_process_that_holds_much_gives_way_to_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "MOST_RESIDENT_BYTES", 2**20)
    found = answers("pid 1", "pid 2", "pid 3", jobs=1)
    assert len({str(answer).rpartition(" ")[2] for answer in found.values()}) == 3


@TELLS_MEMORY
def test_collector_rests_in_a_process_that_is_watched() -> None:
    assert answers("collect") == {"collect": f"True {collector.MOST_UNCOLLECTED}"}


SCRIPT = """
import signal
from handout.machine.workers import imap_unordered

def tell(_):
    print("at work", flush=True)
    signal.pause()

if __name__ == "__main__":
    list(imap_unordered(tell, "a", 1, 600))
"""


def test_processes_die_with_the_one_that_started_them(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    with subprocess.Popen(
        [sys.executable, tmp_path / "script.py"], stdout=subprocess.PIPE, text=True, env=environment
    ) as script:
        assert script.stdout is not None
        assert script.stdout.readline() == "at work\n"
        script.kill()
        # The pipe ends when the last process that can write to it does.
        assert script.communicate(timeout=LONGEST_S)[0] == ""


def test_pool_keeps_its_processes_from_one_call_to_the_next() -> None:
    with WorkerPool(work, LONGEST_S) as pool:
        (first,) = dict(pool.imap_unordered(["pid 1"], 1)).values()
        (second,) = dict(pool.imap_unordered(["pid 2"], 2)).values()
        assert str(first).split()[-1] == str(second).split()[-1]
        pool.dismiss()
        assert multiprocessing.active_children() == []
        (third,) = dict(pool.imap_unordered(["pid 3"], 1)).values()
        assert str(third).split()[-1] != str(first).split()[-1]


def test_pool_that_is_stopped_in_the_middle_goes_on_with_the_next() -> None:
    with WorkerPool(work, LONGEST_S) as pool:
        with closing(pool.imap_unordered(["a", "hang", "b"], 2)) as begun:
            assert next(begun) == ("a", "A")
        assert dict(pool.imap_unordered(["c"], 2)) == {"c": "C"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no signal to a group of processes")
def test_ctrl_c_is_heard_while_the_server_imports_and_by_us_alone(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text("import time\ntime.sleep(60)\n", "utf-8")
    code = """
import signal
from handout.machine import workers
signal.signal(signal.SIGINT, signal.default_int_handler)  # whatever started the tests
workers.warm_up(["slow"])
try:
    print("begun", flush=True)
    list(workers.imap_unordered(str.upper, ["a"], 1, 60, ["slow"]))
except KeyboardInterrupt:
    print("heard", flush=True)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": f"{SOURCE}{os.pathsep}{tmp_path}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    os.killpg(process.pid, signal.SIGINT)
    try:
        assert process.stdout.readline() == "heard\n"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        _, errors = process.communicate()
    assert errors == ""


def test_process_whose_answer_nobody_takes_ends_without_a_word(capfd: pytest.CaptureFixture[str]) -> None:
    worker = workers._Worker(workers._context(()), large, workers.MOST_BYTES)
    worker.give("a")
    assert worker.connection.poll(LONGEST_S)
    worker._is_busy = False  # it is not killed: it shall see that the other end is closed while it sends
    worker.stop()
    assert capfd.readouterr().err == ""


def large(item: str) -> str:
    return item * 10_000_000
