"""Work for the workers of a cluster, which import it by its name: hence nothing but Python's own."""

from __future__ import annotations

import multiprocessing
import os
import signal
from pathlib import Path


def run(item: str) -> str:
    """Do what *item* says, and return it in capitals."""
    errand, _, path = item.partition(" ")
    match errand:
        case "fail":
            raise ValueError("stuk")
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "hang":
            signal.pause()
        case "unplug":
            _kill_worker()
        case "unplug-once" if not Path(path).exists():
            Path(path).touch()
            _kill_worker()
    return item.upper()


def _kill_worker() -> None:
    """Kill the worker that this process belongs to, as a machine that loses its power."""
    worker = multiprocessing.parent_process()
    assert worker is not None
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    signal.pause()
