"""Work over a cluster: a real scheduler, and two workers that may die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from distributed import Client, KilledWorker
from distributed.utils import json_load_robust
from tests import errands
from tests.conftest import REPOSITORY, loaded

import handout
from handout.builder import rounds
from handout.editions.single import Made
from handout.machine import cluster
from handout.machine.output_folder import StagingWriter
from handout.machine.workers import Failed, Loss
from handout.model.findings import EnvironmentFault, UsageError
from handout.project.plan import Selection, editions

SOURCE = Path(handout.__file__).resolve().parents[1]
LONGEST_S = 60.0
NOBODY = "tcp://127.0.0.1:1"
"""A port at which no machine listens any more."""


@contextmanager
def started(folder: Path, program: str, *options: str, beside: Path = SOURCE) -> Iterator[None]:
    """Run a *program* of Dask, which imports from *beside* too; its end is that of all that it started."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, (SOURCE, REPOSITORY, beside))),
        "DASK_TEMPORARY_DIRECTORY": str(folder),
        # An item that costs two workers their life is given up: as sure as with four, and sooner.
        "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
    }
    command = [sys.executable, "-m", f"distributed.cli.{program}", "--host", "127.0.0.1", "--no-dashboard"]
    with (
        (folder / "log").open("ab") as log,
        subprocess.Popen(
            [*command, *options], cwd=folder, env=environment, stderr=log, start_new_session=True
        ) as process,
    ):
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def worker(folder: Path, address: str) -> tuple[Path, str, str, str, str]:
    return folder, "dask_worker", address, "--nthreads", "1"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a scheduler and two workers, as a person would start them, and return the scheduler's address."""
    folder = tmp_path_factory.mktemp("cluster")
    known = folder / "scheduler.json"
    with ExitStack() as stack:
        stack.enter_context(started(folder, "dask_scheduler", "--port", "0", "--scheduler-file", str(known)))
        address = json_load_robust(known, timeout=LONGEST_S)["address"]
        for _ in range(2):
            stack.enter_context(started(*worker(folder, address)))
        wait_for_workers(address, 2)
        yield address


def wait_for_workers(address: str, count: int) -> None:
    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(count, timeout=LONGEST_S)


def answers(address: str, *items: str, longest_s: float = LONGEST_S) -> dict[str, str | Failed | Loss]:
    return dict(cluster.imap_unordered(errands.run, items, address, longest_s))


# ---- what comes back --------------------------------------------------------------------------


def test_every_item_has_its_answer(address: str) -> None:
    found = answers(address, "a", "fail", "b", "die", "c", "d", "e")

    failed = found.pop("fail")
    assert isinstance(failed, Failed)
    assert isinstance(failed.error, ValueError)
    assert "in run" in failed.trace
    assert found == {"a": "A", "b": "B", "c": "C", "d": "D", "e": "E", "die": Loss.DIED}


def test_without_items_nobody_needs_to_be_there() -> None:
    assert answers(NOBODY) == {}


def test_item_that_takes_too_long_is_given_up(address: str) -> None:
    assert answers(address, "hang", longest_s=0.2) == {"hang": Loss.ENDLESS}


def test_nothing_is_lost_with_a_worker(address: str, tmp_path: Path) -> None:
    unplug = f"unplug-once {tmp_path / 'unplugged'}"

    found = answers(address, "a", unplug, "b", "c", "d", "e", "f")

    assert (tmp_path / "unplugged").exists()
    assert found == {item: item.upper() for item in ("a", unplug, "b", "c", "d", "e", "f")}


@pytest.mark.parametrize(
    ("outcome", "is_lost"),
    [
        (b"answer", False),
        (ValueError("too many values to unpack (expected 3)"), True),
        (CancelledError(), False),
        (KilledWorker("task", None, 3), False),
    ],
)
def test_answer_that_was_lost_with_its_worker_is_told_from_others(
    outcome: bytes | BaseException, is_lost: bool
) -> None:
    """Then the item is done anew: what Dask raises so is no error of the work."""
    future: Future[Any] = Future()
    if isinstance(outcome, bytes):
        future.set_result(outcome)
    else:
        future.set_exception(outcome)

    assert cluster._is_lost_on_its_way(future) is is_lost


def test_item_that_costs_each_worker_its_life_is_given_up(address: str) -> None:
    assert answers(address, "unplug") == {"unplug": Loss.DIED}


def test_items_are_asked_for_as_the_threads_need_them(address: str) -> None:
    asked: list[str] = []

    def items() -> Iterator[str]:
        for item in "abcdefghij":
            asked.append(item)
            yield item

    with closing(cluster.imap_unordered(errands.run, items(), address, LONGEST_S)) as found:
        next(found)
        assert len(asked) <= 2 * cluster.ITEMS_PER_THREAD


def test_copies_made_on_a_cluster_that_loses_a_worker_are_those_of_a_local_run(
    address: str, tmp_path: Path
) -> None:
    """Their bytes come back: who made them may not see the folder of the build."""
    project = loaded(REPOSITORY)
    plan = editions(project, Selection(("mfa-hulp-op-zak",), ("staff",), schools=("all",)))

    found: dict[str, Made] = {}
    paths = [path for edition in plan for path in edition.paths]
    writer = StagingWriter(tmp_path, tmp_path, {path: number for number, path in enumerate(paths)})
    with closing(rounds.make_all(project, plan, 1, cluster=address, writer=writer)) as results:
        for number, one in enumerate(results):
            if number == 0:
                kill_a_worker(address)
            if isinstance(one, Made):
                found[one.edition.name] = one

    local = {one.edition.name: one for one in rounds.make_all(project, plan, 1) if isinstance(one, Made)}
    assert found.keys() == local.keys() == {edition.name for edition in plan}
    for name, made in local.items():
        assert made.pdf
        assert (found[name].pdf, found[name].sheets) == (made.pdf, made.sheets)


def kill_a_worker(address: str) -> None:
    with Client(address, set_as_default=False) as client:
        process_ids = client.run(os.getpid)
        os.kill(next(iter(process_ids.values())), signal.SIGKILL)


# ---- what is not as it should be --------------------------------------------------------------


def test_worker_that_would_make_other_bytes_is_named_with_the_difference(
    address: str, tmp_path: Path
) -> None:
    (tmp_path / "weasyprint_extra-1.2.dist-info").mkdir()
    begun = cluster.imap_unordered(errands.run, map(str, range(1000)), address, LONGEST_S)
    with closing(begun), started(*worker(tmp_path, address), beside=tmp_path):
        next(begun)
        wait_for_workers(address, 3)
        with pytest.raises(EnvironmentFault) as at_first:
            answers(address, "a")
        with pytest.raises(EnvironmentFault) as late:
            list(begun)

    for found in (at_first.value, late.value):
        assert found.what.startswith("the Dask worker tcp://127.0.0.1:")
        assert found.what.endswith(": package weasyprint-extra is 1.2 there and missing here")
        assert "install the same" in found.fix


@pytest.mark.parametrize("wrong", ["127.0.0.1:8786", "http://host:8786", "tcp://host", "tcp://host:99999"])
def test_address_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(UsageError, match="is not the address of a Dask scheduler"):
        answers(wrong, "a")


def test_without_a_scheduler_the_command_that_starts_one_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE_S", 0.5)
    with pytest.raises(EnvironmentFault, match=f"no Dask scheduler answers at {NOBODY}") as found:
        answers(NOBODY, "a")

    assert "`dask scheduler --port 1`" in found.value.fix


def test_without_workers_the_command_that_starts_one_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE_S", 2)
    known = tmp_path / "scheduler.json"
    with started(tmp_path, "dask_scheduler", "--port", "0", "--scheduler-file", str(known)):
        alone = json_load_robust(known, timeout=LONGEST_S)["address"]
        with pytest.raises(EnvironmentFault, match="no worker of the Dask scheduler at") as found:
            answers(alone, "a")

    assert found.value.fix.endswith(f"dask worker {alone}")


def test_without_dask_the_command_that_installs_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(EnvironmentFault) as found:
        answers(NOBODY, "a")

    assert found.value.fix == "pip install distributed"
