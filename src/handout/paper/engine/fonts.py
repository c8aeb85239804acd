"""The font files that the page engine may use, and no others.

Fontconfig is given one folder with our own copies: the same page comes out on every machine, and a letter
that no font of ours holds cannot hide in a font of the system.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib import resources
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

import platformdirs

from handout.machine import doctor
from handout.model.findings import EnvironmentFault
from handout.model.messages import say
from handout.model.text import BUNDLED_FAMILIES
from handout.paper.engine import libraries

FAMILIES = BUNDLED_FAMILIES

RECIPE = "1"
"""Raise it when this module makes other files from the same packages."""

SETTINGS_NAME = "fonts.conf"
SUMS_NAME = "SHA256SUMS"


@dataclass(frozen=True)
class FontFile:
    """One font file that we need, and where it comes from."""

    name: str
    package: str
    """The distribution; its Python module has underscores for hyphens."""
    source: str
    """The file in the package's folder `files`."""
    weight: int | None = None
    """Where to cut a variable font: WeasyPrint breaks lines wrongly with some variable fonts. None: copy."""

    def bytes(self) -> bytes:
        """Return the content of the file; the same bytes for the same versions of the packages."""
        data = resources.files(self.package.replace("-", "_")).joinpath("files", self.source).read_bytes()
        return data if self.weight is None else _cut(data, self.weight)


FONT_FILES = (
    *(
        FontFile(f"Lexend-{weight}.ttf", "fontpkg-lexend", "Lexend[wght].ttf", weight)
        for weight in (400, 500, 600, 700)
    ),
    *(
        FontFile(name, "fontpkg-atkinson-hyperlegible", name)
        for name in ("AtkinsonHyperlegible-Regular.ttf", "AtkinsonHyperlegible-Bold.ttf")
    ),
    *(
        FontFile(name, "fontpkg-ibm-plex-sans-arabic", name)
        for name in ("IBMPlexSansArabic-Regular.ttf", "IBMPlexSansArabic-Bold.ttf")
    ),
    # For the letters of Europe that the others lack: Cyrillic, Greek, the İ of İpek.
    *(
        FontFile(f"IBMPlexSans-{weight}.ttf", "fontpkg-ibm-plex-sans", "IBMPlexSans[wdth,wght].ttf", weight)
        for weight in (400, 700)
    ),
)


@cache
def letters() -> frozenset[str]:
    """Return the characters that one of our fonts holds: what a face lacks is taken from another."""
    return frozenset(chr(code) for package in _PACKAGES for code in _letters(package))


def packages_with(letter: str) -> frozenset[str]:
    """Return the packages whose fonts hold *letter*: its weights hold the same."""
    return frozenset(package for package in _PACKAGES if ord(letter) in _letters(package))


_PACKAGES = frozenset(file.package for file in FONT_FILES)


@cache
def _letters(package: str) -> Collection[int]:
    """Return the code points that the fonts of *package* hold."""
    import uharfbuzz  # needed for a check of the content alone; the engine brings its own reader

    file = next(file for file in FONT_FILES if file.package == package)
    return frozenset(uharfbuzz.Face(replace(file, weight=None).bytes()).unicodes)


def isolate(cache_folder: Path | None = None) -> None:
    """Load the page engine with our fonts and no others. Safe to call again, and from several processes.

    The files are made once, in *cache_folder* or the user's cache folder; where neither can be written, in
    a temporary folder that goes when the process ends. Fontconfig reads its settings when WeasyPrint is
    imported, so this must come first: EnvironmentFault says so when it does not, and also when a font
    package or a library of the system is missing or no folder can be written.
    """
    folder = _installed(cache_folder or platformdirs.user_cache_path("handout"))
    settings = str(folder / SETTINGS_NAME)
    if "weasyprint.text.fonts" in sys.modules and os.environ.get("FONTCONFIG_FILE") != settings:
        raise EnvironmentFault(
            say("WeasyPrint was imported before the fonts were set up, so it uses the fonts of this machine"),
            say("call handout.paper.engine.fonts.isolate() before anything imports weasyprint"),
        )
    os.environ["FONTCONFIG_FILE"] = settings
    for name in ("FONTCONFIG_PATH", "FONTCONFIG_SYSROOT"):
        os.environ.pop(name, None)
    libraries.load()


def installed(name: str) -> bytes:
    """Return the file *name*, one of FONT_FILES, as it is made of its package."""
    return (_installed(platformdirs.user_cache_path("handout")) / name).read_bytes()


def _installed(cache_folder: Path) -> Path:
    """Return the folder with the font files, and make it where it is missing or damaged."""
    folder = cache_folder.absolute() / f"fonts-{key()}"
    if _is_whole(folder):
        return folder
    try:
        return _install(folder)
    except OSError:
        return _temporary_folder()


def key() -> str:
    """Return what the font files depend on, in twelve letters: another key is another folder."""
    from importlib import metadata  # not for who wants to know what the fonts hold

    packages = _font_packages()
    try:
        versions = [f"{package} {metadata.version(package)}" for package in (*packages, "fonttools")]
    except metadata.PackageNotFoundError as error:
        doctor.refuse(map(doctor.check_font, packages))
        raise EnvironmentFault(
            say("the Python package {name} is not installed", name=error.name),
            say("install it: python -m pip install {name}", name=error.name),
        ) from None
    return hashlib.sha256("\n".join([RECIPE, *versions]).encode()).hexdigest()[:12]


def _font_packages() -> tuple[str, ...]:
    return tuple(sorted({file.package for file in FONT_FILES}))


def _is_whole(folder: Path) -> bool:
    """Tell whether every file is there, as it was written."""
    try:
        sums = dict(
            line.split("  ", 1)[::-1] for line in (folder / SUMS_NAME).read_text("utf-8").splitlines()
        )
        return sums.keys() == {SETTINGS_NAME, *(file.name for file in FONT_FILES)} and all(
            hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
            for name, digest in sums.items()
        )
    except (OSError, ValueError):
        return False


def _install(folder: Path) -> Path:
    """Make *folder* in one move: another process sees all of it or nothing."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _workplace(folder.parent) as workplace:
        _write_files(workplace / "new", folder)
        if folder.exists():
            (workplace / "old").mkdir()
            folder.replace(workplace / "old" / "damaged")
        try:
            (workplace / "new").rename(folder)
        except OSError:
            if not _is_whole(folder):
                raise
            # Another process was first; its files are the same as ours.
    return folder


@contextmanager
def _workplace(parent: Path) -> Iterator[Path]:
    """Give a folder beside the final one, so that a rename suffices; it goes at the end."""
    workplace = Path(tempfile.mkdtemp(prefix=".fonts-", dir=parent))
    try:
        yield workplace
    finally:
        shutil.rmtree(workplace, ignore_errors=True)


@cache
def _temporary_folder() -> Path:
    try:
        parent = Path(tempfile.mkdtemp(prefix="handout-"))
        folder = _install(parent / "fonts")
    except OSError as error:
        raise EnvironmentFault(
            say("the font files cannot be written: {reason}", reason=error.strerror or error),
            say("make room in the user's cache folder or in the temporary folder, and allow writing there"),
        ) from error
    atexit.register(partial(_remove, parent, os.getpid()))
    return folder


def _remove(folder: Path, owner: int) -> None:
    """Remove *folder*, unless this is a child that was forked off: the parent still needs it."""
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)


def _write_files(workplace: Path, final: Path) -> None:
    """Write the fonts, the settings and the sums into the new folder *workplace*, to be moved to *final*."""
    doctor.refuse(map(doctor.check_font, _font_packages()))
    workplace.mkdir()
    contents = {file.name: file.bytes() for file in FONT_FILES}
    contents[SETTINGS_NAME] = _settings(final).encode()
    for name, data in contents.items():
        (workplace / name).write_bytes(data)
    sums = [f"{hashlib.sha256(data).hexdigest()}  {name}" for name, data in contents.items()]
    (workplace / SUMS_NAME).write_text("\n".join(sums), "utf-8")


def _settings(folder: Path) -> str:
    """Return the fontconfig settings: one folder of fonts, one of its own for what it remembers."""
    path = escape(str(folder))
    return (
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">\n'
        f"<fontconfig>\n<dir>{path}</dir>\n<cachedir>{path}/cache</cachedir>\n</fontconfig>\n"
    )


def _cut(data: bytes, weight: int) -> bytes:
    """Return the static font that the variable font *data* holds at *weight*.

    The names follow the weight: fontconfig and readers of the PDF tell the files apart by them. The date
    inside stays that of the source, so that the bytes are the same on every day.
    """
    # Needed once on a machine: what finds the files there should not wait for it.
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    # Left to itself it writes other bytes where uharfbuzz is installed, which then packs the tables.
    own_packer = {"fontTools.ttLib.tables.otBase:USE_HARFBUZZ_REPACKER": False}
    font = TTFont(BytesIO(data), recalcTimestamp=False, cfg=own_packer)
    usual = {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes}
    static = instantiateVariableFont(font, {**usual, "wght": weight}, updateFontNames=True)
    target = BytesIO()
    static.save(target)
    return target.getvalue()
