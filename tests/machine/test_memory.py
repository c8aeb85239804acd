"""How many processes the memory of a machine holds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.conftest import SETTINGS, handout, procedure, project_at

from handout.builder import builder
from handout.commands import app
from handout.machine import memory, workers
from handout.machine.memory import JOB_BYTES, available_bytes, jobs_for
from handout.model.findings import ExitCode

MIB = 2**20
GIB = 2**30


@pytest.mark.parametrize(
    ("cores", "free_bytes", "jobs"),
    [
        (8, 1200 * MIB, 3),  # a laptop of 4 GB on which a browser is open
        (8, 700 * MIB, 2),
        (8, 699 * MIB, 1),
        (2, 20 * GIB, 2),
        (16, 0, 1),
        (4, None, 4),
    ],
)
def test_there_are_as_many_processes_as_cores_and_memory_hold(
    cores: int, free_bytes: int | None, jobs: int
) -> None:
    assert jobs_for(cores, free_bytes) == jobs


def test_process_that_has_not_given_way_fits_in_what_is_reckoned_for_it() -> None:
    assert workers.MOST_RESIDENT_BYTES < JOB_BYTES


def told(folder: Path, **files: str) -> int | None:
    """Return the memory that a machine with *files*, by names with _ for a dot, has left."""
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text, "ascii")
    return available_bytes(folder / "meminfo", folder)


MEMINFO = "MemTotal:       24620000 kB\nMemFree:         1000000 kB\nMemAvailable:    2048000 kB\n"


def test_machine_says_what_it_has_left(tmp_path: Path) -> None:
    assert told(tmp_path, meminfo=MEMINFO) == 2_048_000 * 1024
    assert told(tmp_path, meminfo=MEMINFO, memory_max="max\n", memory_current="5\n") == 2_048_000 * 1024


def test_container_has_no_more_than_its_bound_and_files_that_were_read_do_not_count(tmp_path: Path) -> None:
    bound = {"memory_max": f"{GIB}\n", "memory_current": f"{600 * MIB}\n"}
    assert told(tmp_path, meminfo=MEMINFO, **bound) == 424 * MIB
    stat = f"anon 1\ninactive_file {200 * MIB}\nactive_file 7\n"
    assert told(tmp_path, meminfo=MEMINFO, **bound, memory_stat=stat) == 624 * MIB
    assert told(tmp_path, memory_max=f"{500 * MIB}\n") == 100 * MIB
    assert told(tmp_path, memory_max=f"{100 * MIB}\n", memory_stat="anon 1\n") == 0


def test_machine_that_does_not_say_what_is_free_is_taken_to_be_half_used(tmp_path: Path) -> None:
    here = available_bytes()
    half = told(tmp_path)
    assert here is None or here > 0
    assert half is None or half > 100 * MIB


def test_build_takes_as_many_processes_unless_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = project_at(
        tmp_path / "project",
        {
            "content/handouts/gids.md": handout("a", audiences="[staff]", formats="[card]"),
            "content/procedures/a.md": procedure("1. Klik"),
        },
        SETTINGS,
    )
    monkeypatch.setenv("HANDOUT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(memory, "available_bytes", lambda: 3 * JOB_BYTES)
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    build, seen = builder.build, list[int]()

    def noted(*arguments: object, jobs: int, **others: object) -> builder.Built:
        seen.append(jobs)
        return build(*arguments, jobs=1, **others)  # type: ignore[arg-type]

    monkeypatch.setattr(builder, "build", noted)
    for more in ([], ["--force", "--jobs", "5"]):
        assert app.run(["build", "--project", str(root), "-q", *more]) == ExitCode.DONE
    assert seen == [3, 5]
