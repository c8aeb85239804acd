"""Examine the machine: what is there, what is needed, and the command that brings it.

Leans on Python alone, as all that it takes from us does, so that it can still speak when nothing else can be
imported.
"""

from __future__ import annotations

import ctypes
import os
import platform
import re
import shlex
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

from handout.machine.refusals import reason
from handout.model.findings import EnvironmentFault
from handout.model.messages import Message, say, together

Version: TypeAlias = tuple[int, ...]

LOWEST_PYTHON: Version = (3, 11)


class System(StrEnum):
    """A family of systems that takes the same commands."""

    DEBIAN = "Debian"
    """Ubuntu and Mint too."""
    FEDORA = "Fedora"
    """Red Hat and its kin too."""
    MACOS = "macOS"
    WINDOWS = "Windows"


SYSTEM_OF_RELEASE = {
    "debian": System.DEBIAN,
    "ubuntu": System.DEBIAN,
    "fedora": System.FEDORA,
    "rhel": System.FEDORA,
    "centos": System.FEDORA,
}
"""The words that os-release(5) uses in ID and ID_LIKE."""


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. `dataclasses.asdict` makes it ready for JSON."""

    name: str
    found: str | None
    """A version, a place or a complaint; None where nothing was found."""
    needed: Message
    ok: bool
    remedies: Mapping[System, str]
    """The command that mends it, for each system."""


@dataclass(frozen=True)
class Library:
    """A library of the system that the engine loads by name."""

    name: str
    files: tuple[str, ...]
    """Its names on Linux, macOS and Windows, and the bare one: what the engine tries too."""
    calls: str
    """A function that the engine calls; a library that is too old lacks it."""
    remedies: Mapping[System, str]
    lowest: Version = ()
    """Empty: every version that has the function."""
    read_version: Callable[[ctypes.CDLL], str] | None = None
    """None where the library does not tell."""


@dataclass(frozen=True)
class Package:
    """A Python package and the versions that fit."""

    name: str
    distribution: str
    lowest: Version
    below: Version


def _read_text(function: str) -> Callable[[ctypes.CDLL], str]:
    def read(library: ctypes.CDLL) -> str:
        call = getattr(library, function)
        call.restype = ctypes.c_char_p
        return str(call().decode("ascii", "replace"))

    return read


def _read_fontconfig_version(library: ctypes.CDLL) -> str:
    # 21401 means 2.14.1 (FC_VERSION in fontconfig.h).
    number = library.FcGetVersion()
    return f"{number // 10000}.{number // 100 % 100}.{number % 100}"


def _system_packages(debian: str, fedora: str, homebrew: str, msys2: str) -> Mapping[System, str]:
    return {
        System.DEBIAN: f"sudo apt-get install {debian}",
        System.FEDORA: f"sudo dnf install {fedora}",
        System.MACOS: f"brew install {homebrew}",
        # The engine looks in the UCRT64 folder of MSYS2 by itself (weasyprint/text/ffi.py).
        System.WINDOWS: rf"C:\msys64\usr\bin\pacman -S mingw-w64-ucrt-x86_64-{msys2}",
    }


LIBRARIES = (
    Library(
        "GObject",
        ("libgobject-2.0.so.0", "libgobject-2.0.0.dylib", "libgobject-2.0-0.dll", "gobject-2.0"),
        "g_type_init",
        _system_packages("libglib2.0-0", "glib2", "glib", "glib2"),
    ),
    # 1.44 stands in "First steps" of WeasyPrint's documentation.
    Library(
        "Pango",
        ("libpango-1.0.so.0", "libpango-1.0.dylib", "libpango-1.0-0.dll", "pango-1.0"),
        "pango_font_get_hb_font",
        _system_packages("libpango-1.0-0", "pango", "pango", "pango"),
        (1, 44),
        _read_text("pango_version_string"),
    ),
    Library(
        "Pango for FreeType",
        ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib", "libpangoft2-1.0-0.dll", "pangoft2-1.0"),
        "pango_fc_font_map_set_config",
        _system_packages("libpangoft2-1.0-0", "pango", "pango", "pango"),
    ),
    # Of any version, and without its library that cuts fonts: `engine.subsets` does that with one of its own.
    Library(
        "HarfBuzz",
        ("libharfbuzz.so.0", "libharfbuzz.0.dylib", "libharfbuzz-0.dll", "harfbuzz"),
        "hb_version_atleast",
        _system_packages("libharfbuzz0b", "harfbuzz", "harfbuzz", "harfbuzz"),
        (),
        _read_text("hb_version_string"),
    ),
    Library(
        "fontconfig",
        ("libfontconfig.so.1", "libfontconfig.1.dylib", "libfontconfig-1.dll", "fontconfig"),
        "FcConfigSubstitute",
        _system_packages("libfontconfig1", "fontconfig", "fontconfig", "fontconfig"),
        (),
        _read_fontconfig_version,
    ),
)

ENGINE = Package("WeasyPrint", "weasyprint", (70,), (71,))

FONTS = (
    "fontpkg-lexend",
    "fontpkg-atkinson-hyperlegible",
    "fontpkg-ibm-plex-sans",
    "fontpkg-ibm-plex-sans-arabic",
)


def examine(
    output: Path,
    cache: Path,
    libraries: tuple[Library, ...] = LIBRARIES,
    engine: Package = ENGINE,
    fonts: tuple[str, ...] = FONTS,
) -> tuple[Check, ...]:
    """Return what this machine has of all that printing needs, in the order in which to mend it.

    *output* and *cache* are the folders that a build writes to; they need not exist. Nothing is left behind.
    """
    return (
        check_python(),
        *check_libraries(libraries),
        check_package(engine),
        *(check_font(distribution) for distribution in fonts),
        check_folder(say("output folder"), output),
        check_folder(say("cache folder"), cache),
    )


def check_python(version: Version = sys.version_info[:3]) -> Check:
    """Return whether Python has the *version* that the program is written for."""
    remedies = {
        System.DEBIAN: "sudo apt-get install python3 python3-venv",
        System.FEDORA: "sudo dnf install python3.11",
        System.MACOS: "brew install python@3.11",
        System.WINDOWS: "winget install --exact --id Python.Python.3.11",
    }
    ok = version >= LOWEST_PYTHON
    return Check(
        "Python", _dotted(version), say("{lowest} or newer", lowest=_dotted(LOWEST_PYTHON)), ok, remedies
    )


def check_libraries(libraries: tuple[Library, ...] = LIBRARIES) -> tuple[Check, ...]:
    """Return for each of *libraries* whether the engine will be able to load and use it."""
    _add_dll_directories()
    return tuple(_check_library(library) for library in libraries)


def refuse(checks: Iterable[Check]) -> None:
    """Raise EnvironmentFault where one of *checks* is not ok: what is missing, and what brings it."""
    faults = tuple(check for check in checks if not check.ok)
    if not faults:
        return
    lacking = together("; ", map(_lacking, faults))
    system = this_system()
    commands = dict.fromkeys(check.remedies[system] for check in faults) if system else {}
    bring = say("install it with the commands of this system")
    if commands:
        bring = say("type: {commands}", commands=" && ".join(commands))
    raise EnvironmentFault(
        say("this machine lacks what printing needs: {lacking}", lacking=lacking),
        say("{bring}; `handout doctor` tells all that is needed, here and on other systems", bring=bring),
    )


def _lacking(check: Check) -> Message:
    found = check.found or say("nothing")
    return say("{name}: found {found}, needed {needed}", name=check.name, found=found, needed=check.needed)


def check_package(package: Package) -> Check:
    """Return whether *package* is installed in a version that fits. It is not imported."""
    version = _installed_version(package.distribution)
    ok = version is not None and package.lowest <= _numbers(version) < package.below
    lowest, below = _dotted(package.lowest), _dotted(package.below)
    remedies = _pip_install(f'"{package.distribution}>={lowest},<{below}"')
    return Check(
        package.name,
        version,
        say("{lowest} or newer, below {below}", lowest=lowest, below=below),
        ok,
        remedies,
    )


def check_font(distribution: str) -> Check:
    """Return whether the font package *distribution* is installed with all its font files whole."""
    version = _installed_version(distribution)
    broken = _broken_files(distribution) if version else ()
    found = version
    if broken:
        found = say("{version}, missing or damaged: {files}", version=version, files=together(", ", broken))
    ok = version is not None and not broken
    remedies = _pip_install(f"--force-reinstall --no-deps {distribution}")
    return Check(distribution, found, say("the package with all its font files"), ok, remedies)


def check_folder(name: str, folder: Path) -> Check:
    """Return whether *folder* can be written to, or made where it does not exist yet."""
    existing = _nearest_existing(folder.absolute())
    refusal = _refusal(existing)
    found = str(folder)
    if refusal:
        found = say("{folder}: {reason}", folder=existing, reason=reason(refusal))
    remedies = _folder_remedies(existing, refusal)
    return Check(name, found, say("a folder to write to"), refusal is None, remedies)


def this_system() -> System | None:
    """Return the family of the system that we run on, or None for one without commands of its own."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:  # macOS, Windows, and a Linux without the file
        release = {}
    return name_system(sys.platform, (release.get("ID", ""), *release.get("ID_LIKE", "").split()))


def name_system(platform_name: str, release_ids: tuple[str, ...]) -> System | None:
    """Return the family of a system, from `sys.platform` and the ID and ID_LIKE of os-release(5)."""
    if platform_name == "darwin":
        return System.MACOS
    if platform_name == "win32":
        return System.WINDOWS
    return next((SYSTEM_OF_RELEASE[name] for name in release_ids if name in SYSTEM_OF_RELEASE), None)


def remedies_in_order(check: Check, system: System | None) -> tuple[tuple[System, str], ...]:
    """Return the remedies of *check*, that for *system* first."""
    return tuple(sorted(check.remedies.items(), key=lambda remedy: remedy[0] is not system))


def _check_library(library: Library) -> Check:
    loaded = _load(library.files)
    needed = say("any version")
    if library.lowest:
        needed = say("{lowest} or newer", lowest=_dotted(library.lowest))
    if loaded is None:
        return Check(library.name, None, needed, False, library.remedies)
    file, handle = loaded
    if not hasattr(handle, library.calls):
        return Check(
            library.name,
            say("{file} without {function}", file=file, function=library.calls),
            needed,
            False,
            library.remedies,
        )
    found = library.read_version(handle) if library.read_version else file
    ok = library.read_version is None or _numbers(found) >= library.lowest
    return Check(library.name, found, needed, ok, library.remedies)


def _load(files: tuple[str, ...]) -> tuple[str, ctypes.CDLL] | None:
    for file in files:
        with suppress(OSError):
            return file, ctypes.CDLL(file)
    # The engine looks this way too. It comes last because it starts other programs on Linux.
    from ctypes.util import find_library

    for path in filter(None, map(find_library, files)):
        with suppress(OSError):
            return path, ctypes.CDLL(path)
    return None


def _add_dll_directories() -> None:
    """Let Windows look where the engine will let it look (weasyprint/text/ffi.py)."""
    if sys.platform == "win32":
        usual = r"C:\msys64\ucrt64\bin;C:\msys64\mingw64\bin;C:\Program Files\GTK3-Runtime Win64\bin"
        for directory in os.environ.get("WEASYPRINT_DLL_DIRECTORIES", usual).split(";"):
            with suppress(OSError):
                os.add_dll_directory(directory)


def _installed_version(distribution: str) -> str | None:
    from importlib import metadata  # only here: a build in which nothing changed must not pay for it

    try:
        return metadata.version(distribution) or None
    except metadata.PackageNotFoundError:
        return None


def _broken_files(distribution: str) -> tuple[str, ...]:
    """Return the files of a font package that are gone or not as long as its own list says."""
    # Only here: a build in which nothing changed must not pay for it.
    import csv
    from importlib import metadata

    installed = metadata.distribution(distribution)
    # Its `files` are not asked: from Python 3.12 on those that are gone are not among them.
    rows = csv.reader((installed.read_text("RECORD") or "").splitlines())
    sizes = {Path(row[0]): row[2] for row in rows if len(row) > 2}
    if not any(path.suffix in {".otf", ".ttf"} for path in sizes):
        return (say("all font files"),)
    found = {path: _size_bytes(Path(str(installed.locate_file(path)))) for path in sizes}
    return tuple(path.name for path, size in sizes.items() if size and str(found[path]) != size)


def _size_bytes(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def _pip_install(arguments: str) -> Mapping[System, str]:
    command = f"python3 -m pip install {arguments}"
    return dict.fromkeys(System, command) | {System.WINDOWS: f"py -m pip install {arguments}"}


def _nearest_existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.parents) if _is_there(path))


def _is_there(path: Path) -> bool:
    try:
        # Of a link itself, not of where it leads: nothing can be made in place of a broken one.
        path.lstat()
    except OSError:
        return False
    return True


def _refusal(folder: Path) -> OSError | None:
    """Return why the system lets no byte be written to *folder*, or None where it does."""
    try:
        # Asking for permission is not enough: a full or read-only disk shows in writing alone.
        with tempfile.TemporaryFile(dir=folder, buffering=0) as probe:
            probe.write(b"\0")
    except OSError as error:
        return error
    return None


def _folder_remedies(existing: Path, refusal: OSError | None) -> Mapping[System, str]:
    path = shlex.quote(str(existing))
    if isinstance(refusal, NotADirectoryError | FileNotFoundError):
        unix, windows = f"mv {path} {path}.old", f'move "{existing}" "{existing}.old"'
    else:
        unix, windows = f'sudo chown "$(id -un)" {path}', f'icacls "{existing}" /grant "%USERNAME%:(OI)(CI)M"'
    return dict.fromkeys(System, unix) | {System.WINDOWS: windows}


def _numbers(version: str) -> Version:
    return tuple(int(number) for number in re.findall(r"\d+", version))


def _dotted(version: Version) -> str:
    return ".".join(str(number) for number in version)
