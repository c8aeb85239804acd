"""Run one peer on one job: `python -m benchmarks.peers NAME JOB.json`, in the environment of the peers.

Writes the files, and last on stdout how long each took, as JSON: what comes before is the start of the tool.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from importlib import import_module
from itertools import repeat
from pathlib import Path

from benchmarks.peers.job import Job, Open, from_text


def _made(name: str, job: Job, part: int) -> list[float]:
    """Make each file of *job* that falls to the process *part*; return how long each took, in seconds."""
    opened: Open = import_module(f"benchmarks.peers.{name}").opened
    times = []
    with opened(job) as make:
        for index, (school, title, path) in enumerate(job.each()):
            if index % job.processes == part:
                start = time.perf_counter()
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(make(school, title))
                times.append(time.perf_counter() - start)
    return times


def main() -> int:
    name, file = sys.argv[1:]
    job = from_text(Path(file).read_text("utf-8"))
    if job.processes == 1:
        times = _made(name, job, 0)
    else:
        with multiprocessing.get_context("fork").Pool(job.processes) as pool:
            parts = pool.starmap(_made, zip(repeat(name), repeat(job), range(job.processes)), chunksize=1)
        times = [seconds for part in parts for seconds in part]
    sys.stdout.write(json.dumps(times) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
