"""Another revision of the program: checked out, installed by its own lock, measured beside this one."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

from benchmarks import measure
from benchmarks.measure import Cost
from benchmarks.workplace import ROOT

DRESS = ("starter", "templates", "styles")
"""What the program of today brings along, as `machine.program` finds it."""
CONTENT = ("content", "handout.toml")
LOCKS = (("locks/run.txt", "locks/develop.txt"), ("constraints.txt",))
"""Where the locks of a revision lie: those of today, and the one that there was before."""


_INSTALL = (
    "-m",
    "pip",
    "install",
    "--quiet",
    "--no-index",
    "--no-deps",
    "--no-build-isolation",
    "--editable",
)


class NoRevisionError(Exception):
    """What stands in the way of measuring a revision, and how to mend it."""


@dataclass(frozen=True)
class Program:
    """The program as it stands in a folder, and the Python that runs it."""

    name: str
    python: Path
    tree: Path
    """With `src`, and with the templates and styles that come with it."""
    handbook: Path
    """The folder with its own handbook: today's proofs refuse drawings that those of then let pass."""

    def run(
        self, *arguments: str, environment: dict[str, str], timeout_s: float, accepted: Container[int] = (0,)
    ) -> Cost:
        """Run its Python with *arguments* in its folder. Raises FailedError."""
        return measure.run(
            [str(self.python), *arguments],
            cwd=self.tree,
            environment={"PYTHONPATH": str(self.tree / "src"), **environment},
            timeout_s=timeout_s,
            accepted=accepted,
        )


def commit_of(name: str) -> str:
    """Return the short name of the commit that *name* stands for. Raises NoRevisionError where none is."""
    command = ["git", "rev-parse", "--verify", "--quiet", "--short", f"{name}^{{commit}}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoRevisionError(f"there is no commit '{name}' here; `git log --oneline` names them")
    return done.stdout.strip()


def check_out(commit: str, folder: Path) -> Program:
    """Return the program of *commit*, laid down in *folder* and installed there by its own lock.

    Nothing is resolved: the lock names every file by its sum. Raises NoRevisionError where that fails.
    """
    tree = folder / "then"
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
    tree.mkdir()
    subprocess.run(["tar", "-x"], cwd=tree, input=archive, check=True)
    locks = locks_in(tree)
    python = folder / "environment" / "bin" / "python"
    for command in (
        [sys.executable, "-m", "venv", str(folder / "environment")],
        [str(python), str(ROOT / "locks" / "install.py"), *map(str, locks)],
        [str(python), *_INSTALL, str(tree)],
    ):
        if subprocess.run(command, check=False).returncode:
            raise NoRevisionError(f"{commit} was not installed by its lock: {' '.join(command)}")
    return Program(commit, python, tree, tree)


def locks_in(tree: Path) -> tuple[Path, ...]:
    """Return the locks of the revision in *tree*. Raises NoRevisionError where it has none that we know."""
    for names in LOCKS:
        found = tuple(tree / name for name in names if (tree / name).is_file())
        if found:
            return found
    known = ", ".join(name for names in LOCKS for name in names)
    raise NoRevisionError(f"this revision has no lock: none of {known}")


def present(then: Program, folder: Path) -> Program:
    """Return the program as it is here, with its own templates and styles, around the content of *then*.

    Templates belong to a program: what they print is held against what it knows.
    """
    tree = folder / "now"
    shutil.copytree(ROOT / "src", tree / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for root, names in ((then.tree, ("pyproject.toml", *CONTENT)), (ROOT, DRESS)):
        for name in names:
            source = root / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, tree / name)
    return Program("now", Path(sys.executable), tree, ROOT)


def compiled(program: Program) -> Program:
    """Return *program*, compiled with all its packages: else its first run would pay for that."""
    folders = [str(program.tree / "src"), str(_packages_of(program.python))]
    # Some packages hold files for their tests that are not Python: what does not compile is left.
    subprocess.run([str(program.python), "-m", "compileall", "-qq", "-j0", *folders], check=False)
    return program


def _packages_of(python: Path) -> Path:
    script = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return Path(
        subprocess.run([str(python), "-c", script], capture_output=True, text=True, check=True).stdout.strip()
    )
