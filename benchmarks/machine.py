"""What a measurement was taken with: the machine and the versions."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

PROGRAM = ("weasyprint", "pydyf", "fonttools", "pikepdf", "segno")
PEERS = ("typst", "playwright", "pypandoc_binary", "reportlab", "weasyprint")


def description() -> str:
    """Return the processor, its cores, the memory and the system."""
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{_processor()}, {cores()} cores, {memory_gib:.0f} GiB memory, {_system()}"


def cores() -> int:
    """Return how many processors we may use."""
    return len(os.sched_getaffinity(0))


def load() -> str:
    """Return the load of the last 1, 5 and 15 minutes."""
    return ", ".join(f"{part:.2f}" for part in os.getloadavg())


def _processor() -> str:
    found = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text("utf-8"), re.MULTILINE)
    return found[1] if found else platform.machine()


def _system() -> str:
    try:
        return f"{platform.freedesktop_os_release()['PRETTY_NAME']}, Linux {platform.release()}"
    except OSError:
        return platform.platform()


def program_versions() -> str:
    names = [f"{name} {version(name)}" for name in PROGRAM]
    return ", ".join((f"Python {platform.python_version()}", f"handout {_own_version()}", *names))


def _own_version() -> str:
    from handout import __version__

    return __version__


def versions_beside(python: Path, names: Sequence[str] = PEERS) -> str:
    """Return which of *names* are installed beside *python*, in which versions."""
    script = (
        "import importlib.metadata as m, sys\n"
        "for name in sys.argv[1:]:\n"
        "    try: print(name, m.version(name))\n"
        "    except m.PackageNotFoundError: pass\n"
    )
    done = subprocess.run([str(python), "-c", script, *names], capture_output=True, text=True, check=False)
    return ", ".join(done.stdout.split("\n")).strip(", ")


def tool_version(*command: str) -> str:
    """Return the first line that *command* prints."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout.splitlines() or [""])[0].strip()
