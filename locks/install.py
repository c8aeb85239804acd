"""Install locks, as they stand, into the environment of the Python that runs this.

    .venv/bin/python locks/install.py locks/run.txt locks/develop.txt

A lock names every file by its sum, and nothing may be worked out anew: a resolver that sees `coverage[toml]`
in one package asks for the newest coverage, finds a newer one than the lock has, and refuses the lock. So
both installers are told to take no dependencies. uv, itself locked, is quicker; where there is no wheel of it
for this machine, or where it cannot reach what pip can, pip does the same.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

PIP = (sys.executable, "-m", "pip")
UV_LOCK = Path(__file__).with_name("install.txt")
EXACTLY = ("--no-deps", "--require-hashes")
OF_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "timeout": "UV_HTTP_TIMEOUT",
    "proxy": "ALL_PROXY",
}
"""Where this machine has packages come from: what pip calls it, and the variable that tells uv."""
COMMAS = frozenset({"UV_FIND_LINKS"})
"""Variables whose values uv parts by commas; pip parts all by spaces and line ends."""


def main(locks: Sequence[str]) -> int:
    """Install *locks*, the paths of requirements files with hashes; return the exit code of the installer."""
    asked = [*EXACTLY, *(part for lock in locks for part in ("--requirement", lock))]
    if _done([*PIP, "install", "--quiet", *EXACTLY, "--only-binary", ":all:", "--requirement", str(UV_LOCK)]):
        # Of several indexes take the file that is locked, wherever it lies: the sums say which one it is.
        known = {"UV_INDEX_STRATEGY": "unsafe-best-match", **uv_settings(_pip_settings())}
        uv = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", sys.executable]
        if _done([*uv, *asked], known | os.environ):
            return 0
    print("install: uv could not, pip tries: this takes a little longer", file=sys.stderr)
    return subprocess.run([*PIP, "install", "--quiet", *asked], check=False).returncode


def uv_settings(settings: Iterable[str]) -> Mapping[str, str]:
    """Return the variables that tell uv where packages come from, of the lines of `pip config list`.

    A line is `global.index-url='https://…'`. Of what is set twice the environment wins, then what is said for
    `pip install` alone.
    """
    rank = ("global", "install", ":env:")
    found: dict[str, tuple[int, str]] = {}
    for line in settings:
        name, _, text = line.partition("=")
        section, _, setting = name.rpartition(".")
        if setting in OF_UV and section in rank:
            value = " ".join(str(ast.literal_eval(text)).split())
            found[setting] = max(found.get(setting, (-1, "")), (rank.index(section), value))
    return {
        OF_UV[setting]: value.replace(" ", ",") if OF_UV[setting] in COMMAS else value
        for setting, (_, value) in found.items()
    }


def _pip_settings() -> Iterator[str]:
    yield from subprocess.run(
        [*PIP, "config", "list"], check=False, stdout=subprocess.PIPE, text=True
    ).stdout.splitlines()


def _done(command: Sequence[str], environment: Mapping[str, str] | None = None) -> bool:
    return subprocess.run(command, check=False, env=environment).returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
