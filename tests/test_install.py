"""The locks as the Makefile installs them from an index of our own, and the wheel: by an old pip and a new.

The index holds for each locked package a wheel with its true metadata and nothing in it, and a newer release
of each that another asks for with an extra: what a resolver would take in place of what is locked. Only the
build backend and uv are what they are, since they are run.
"""

from __future__ import annotations

import os
import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from tests.conftest import REPOSITORY as ROOT
from tests.package_index import Wheel, packed_again, plain_wheel, served

PIPS = ("oldest", "newest")
PINNED = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>\S+)(?: ; (?P<marker>.*?))? \\$", re.MULTILINE)
NEWER = "99999.0"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="runs make")


@dataclass(frozen=True)
class Pin:
    """A line of a lock."""

    name: str
    version: str
    marker: str | None

    def is_for(self, machine: Mapping[str, str]) -> bool:
        """Tell whether it is installed here, where *machine* says what is otherwise (PEP 508)."""
        return self.marker is None or Marker(self.marker).evaluate(dict(machine))


def pins(lock: str) -> list[Pin]:
    found = PINNED.finditer((ROOT / "locks" / lock).read_text("utf-8"))
    return [Pin(match["name"], match["version"], match["marker"]) for match in found]


def installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def with_all_that_it_needs(name: str) -> set[str]:
    """Return *name* and the packages that it needs here."""
    found, waiting = set(), [name]
    while waiting:
        found.add(name := waiting.pop())
        needs = map(Requirement, distribution(name).requires or ())
        waiting += [need.name for need in needs if not need.marker or need.marker.evaluate({"extra": ""})]
    return found


def extras_asked_for() -> set[str]:
    """Return the locked packages that another asks for with an extra."""
    locked = [*pins("run.txt"), *pins("develop.txt")]
    known = filter(None, (installed(pin.name) for pin in locked))
    return {need.name for one in known for need in map(Requirement, one.requires or ()) if need.extras}


# A package that another asks for with an extra, whatever our own ask for today.
ASKING = plain_wheel("asking", "1.0", ["asked-for[more]>=1"])
ASKED_FOR = plain_wheel("asked-for", "1.0", extras=["more"])
OF_OUR_OWN = {"asking": ASKING, "asked-for": ASKED_FOR}


@pytest.fixture(scope="module")
def wheels() -> Mapping[tuple[str, str], Wheel]:
    """The wheel of each pin, by its name and version."""
    real = {"uv", *with_all_that_it_needs("hatchling")}
    made = {}
    for pin in {pin for lock in ("run.txt", "develop.txt", "install.txt") for pin in pins(lock)}:
        here = installed(pin.name)
        if pin.name in real and here is not None:
            made[pin.name, pin.version] = packed_again(here)
        else:
            needs = (here.requires if here else None) or ()
            extras = (here.metadata.get_all("Provides-Extra") if here else None) or ()
            made[pin.name, pin.version] = plain_wheel(pin.name, pin.version, needs, extras)
    return made


def lock_of(lock: str, wheels: Mapping[tuple[str, str], Wheel]) -> str:
    """Return *lock* with the sums of *wheels* in place of its own."""

    def line(pin: Pin) -> str:
        marker = f" ; {pin.marker}" if pin.marker else ""
        return f"{pin.name}=={pin.version}{marker} --hash=sha256:{wheels[pin.name, pin.version].sha256}\n"

    return "".join(map(line, pins(lock)))


def checkout(folder: Path, wheels: Mapping[tuple[str, str], Wheel]) -> Path:
    """Lay down in *folder* what `make` installs from: our files, with locks of *wheels*."""
    (folder / "locks").mkdir(parents=True)
    for entry in ("pyproject.toml", "README.md", "LICENSE", "Makefile"):
        shutil.copy(ROOT / entry, folder)
    for entry in ("src", "starter", "styles", "templates"):
        (folder / entry).symlink_to(ROOT / entry)
    for entry in ("install.py", "oldest-pip.txt", "newest-pip.txt"):
        shutil.copy(ROOT / "locks" / entry, folder / "locks")
    for lock in ("run.txt", "install.txt", "develop.txt"):
        (folder / "locks" / lock).write_text(lock_of(lock, wheels), "utf-8")
    with (folder / "locks" / "develop.txt").open("a") as lock_file:
        for name, wheel in OF_OUR_OWN.items():
            lock_file.write(f"{name}==1.0 --hash=sha256:{wheel.sha256}\n")
    return folder


def environment_with(pip: str, folder: Path) -> Path:
    """Make a virtual environment in *folder* with the *pip* of that age; return its Python."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    with ZipFile(pip_wheel(pip)) as wheel:
        wheel.extractall(packages)
    return folder / "bin" / "python"


def pip_wheel(age: str) -> Path:
    (wheel,) = (Path(sys.prefix) / "pips" / age).iterdir()
    return wheel


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of this process, without what it says of where packages come from."""
    # What pip and the build backend are compiled to serves all that start them.
    own = {"PYTHONPYCACHEPREFIX": str(tmp_path_factory.mktemp("compiled")), "PIP_CONFIG_FILE": os.devnull}
    left_out = ("PIP_", "UV_", "MAKE", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    return {**kept, **own, "PIP_NO_COMPILE": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def run(command: Sequence[str | Path], environment: Mapping[str, str], folder: Path) -> str:
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def versions(environment: Path) -> dict[str, str]:
    """Return what is installed in *environment* beside pip and ourselves."""
    (packages,) = environment.glob("lib/python*/site-packages")
    found = (folder.name.removesuffix(".dist-info").split("-") for folder in packages.glob("*.dist-info"))
    names = {re.sub(r"[_.]+", "-", name).lower(): version for name, version in found}
    return {name: version for name, version in names.items() if name not in {"pip", "handout-press"}}


def expected(*locks: str) -> dict[str, str]:
    return {pin.name: pin.version for lock in locks for pin in pins(lock) if pin.is_for({})}


@pytest.mark.parametrize("pip", PIPS)
@pytest.mark.parametrize("has_uv", [True, False], ids=["uv", "no uv"])
def test_locks_are_installed_as_they_stand_whatever_newer_releases_are_out(
    pip: str,
    has_uv: bool,
    wheels: Mapping[tuple[str, str], Wheel],
    settings: Mapping[str, str],
    tmp_path: Path,
) -> None:
    asked = extras_asked_for() | {"asked-for"}
    newer = [plain_wheel(name, NEWER, extras=["more", "toml", "woff"]) for name in sorted(asked)]
    pips = [Wheel(file.name, file.read_bytes()) for file in map(pip_wheel, PIPS)]
    offered = [wheel for (name, _), wheel in wheels.items() if has_uv or name != "uv"]
    folder = checkout(tmp_path / "handout", wheels)
    environment_with(pip, folder / ".venv")
    (folder / ".venv" / ".made").touch()
    with served([*offered, *newer, *pips, *OF_OUR_OWN.values()]) as address:
        here = {"PIP_INDEX_URL": address, "NO_PROXY": "127.0.0.1", "PIP_NO_CACHE_DIR": "1"}
        environment = {**settings, **here, "UV_CACHE_DIR": str(tmp_path / "uv")}
        run(["make", ".venv/.installed"], environment, folder)
        to_run = versions(folder / ".venv")
        run(["make", ".venv/.developing"], environment, folder)
    all_of_it = versions(folder / ".venv")
    # `make build` then installs nothing, and so takes nothing away.
    left = run(["make", "--dry-run", ".venv/.installed"], settings, folder)

    installer = expected("install.txt") if has_uv else {}
    assert to_run == expected("run.txt") | installer
    assert all_of_it == expected("run.txt", "develop.txt") | installer | dict.fromkeys(OF_OUR_OWN, "1.0")
    assert "up to date" in left


def test_each_package_has_one_version_whatever_the_lock_and_the_python() -> None:
    locked = {
        (pin.name, pin.version)
        for lock in ("run.txt", "develop.txt")
        for pin in pins(lock)
        for python in ("3.11", "3.12", "3.13", "3.14")
        if pin.is_for({"python_version": python, "python_full_version": f"{python}.0"})
    }
    assert len(locked) == len(dict(locked))


def test_no_lock_names_an_index() -> None:
    for lock in (ROOT / "locks").glob("*.txt"):
        text = lock.read_text("utf-8")
        assert "://" not in text
        assert "--index" not in text
        assert "--find-links" not in text


def test_uv_looks_where_pip_is_told_to_look() -> None:
    program = runpy.run_path(str(ROOT / "locks" / "install.py"))
    said = (
        "global.index-url='https://packages.school.example/simple'",
        "install.index-url='https://install.school.example/simple'",
        ":env:.find-links='/wheels /more'",
        "global.extra-index-url='\\nhttps://a.school.example\\nhttps://b.school.example'",
        ":env:.cert='/certificates.pem'",
        "download.timeout='5'",
        "global.no-color='true'",
    )
    assert program["uv_settings"](said) == {
        "UV_DEFAULT_INDEX": "https://install.school.example/simple",
        "UV_FIND_LINKS": "/wheels,/more",
        "UV_INDEX": "https://a.school.example https://b.school.example",
        "SSL_CERT_FILE": "/certificates.pem",
    }


# ---- the wheel --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(settings: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = ["-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps", "--no-build-isolation"]
    run([sys.executable, *command, "--wheel-dir", str(folder), "."], settings, ROOT)
    (file,) = folder.iterdir()
    return file


@pytest.mark.parametrize("pip", PIPS)
def test_wheel_makes_sheets_of_a_project_outside_the_repository(
    pip: str, wheel: Path, settings: Mapping[str, str], tmp_path: Path
) -> None:
    python = environment_with(pip, tmp_path / "venv")
    run([python, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", wheel], settings, tmp_path)
    # What it needs is lent by our environment: to fetch it takes minutes (`make test-install` does).
    (packages,) = (tmp_path / "venv").glob("lib/python*/site-packages")
    (ours,) = Path(sys.prefix).glob("lib/python*/site-packages")
    (packages / "lent.pth").write_text(f"{ours}\n")
    project = shutil.copytree(ROOT / "tests" / "second_project", tmp_path / "project")

    where = run([python, "-c", "import handout; print(handout.__file__)"], settings, tmp_path)
    program = tmp_path / "venv" / "bin" / "handout"
    run([program, "build", "--audience", "visitors", "--jobs", "1"], settings, project)

    assert Path(where.strip()).is_relative_to(packages)
    assert list((project / "build").rglob("*.pdf")) != []
