"""The doctor looks at the real machine, and at libraries, packages and folders that are not there."""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, replace
from importlib import metadata
from pathlib import Path

import pytest
from tests.conftest import REPOSITORY as ROOT
from tests.conftest import handout, procedure, project_at

from handout.machine import doctor
from handout.machine.doctor import ENGINE, FONTS, LIBRARIES, Check, Library, System
from handout.model.findings import ExitCode


def library_named(name: str) -> Library:
    return next(library for library in LIBRARIES if library.name == name)


def test_this_machine_has_all_that_printing_needs(tmp_path: Path) -> None:
    checks = doctor.examine(tmp_path / "build", tmp_path / "cache")
    assert [check for check in checks if not check.ok] == []


def test_examining_leaves_nothing_behind(tmp_path: Path) -> None:
    doctor.examine(tmp_path / "build", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_every_check_has_a_name_of_its_own_and_a_remedy_for_every_system(tmp_path: Path) -> None:
    checks = doctor.examine(tmp_path / "build", tmp_path / "cache")
    assert len({check.name for check in checks}) == len(checks)
    assert all(set(check.remedies) == set(System) and all(check.remedies.values()) for check in checks)


def test_checks_can_be_printed_as_json(tmp_path: Path) -> None:
    checks = doctor.examine(tmp_path / "build", tmp_path / "cache")
    printed = json.loads(json.dumps([asdict(check) for check in checks]))
    assert [check["name"] for check in printed] == [check.name for check in checks]
    assert all(list(check["remedies"]) == ["Debian", "Fedora", "macOS", "Windows"] for check in printed)


def test_doctor_speaks_where_no_package_can_be_imported(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from handout.machine.doctor import examine; here = pathlib.Path(sys.argv[1]);"
        "print([check.name for check in examine(here, here) if not check.ok])"
    )
    # -S leaves out site-packages, and with it the engine and the fonts; -I all that is not named here.
    start = f"import sys; sys.path.insert(0, {str(ROOT / 'src')!r}); {program}"
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-c", start, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == str(["WeasyPrint", *FONTS])


@pytest.mark.skipif(
    sys.platform != "linux", reason="hides a library as the loader of Linux lets it be hidden"
)
def test_build_without_pango_says_what_the_doctor_says(tmp_path: Path) -> None:
    project_at(
        tmp_path / "project",
        {
            "content/procedures/aanmelden.md": procedure("1. Klik op `Start`\n\nKlaar! Je bent aangemeld."),
            "content/handouts/gids.md": handout("aanmelden", audiences="[staff]"),
        },
    )
    # The loader takes the first file of that name, and this is no library.
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "libpango-1.0.so.0").touch()
    hidden = {
        **os.environ,
        "LD_LIBRARY_PATH": str(tmp_path / "hidden"),
        "HANDOUT_CACHE_DIR": str(tmp_path / "cache"),
    }

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "handout", *arguments]
        return subprocess.run(
            command, cwd=tmp_path / "project", env=hidden, capture_output=True, text=True, check=False
        )

    checks = json.loads(run("doctor", "--json").stdout)
    lacking = [check for check in checks if not check["ok"]]
    assert [check["name"] for check in lacking] == ["Pango", "Pango for FreeType"]
    done = run("build", "--jobs", "1")
    assert (done.returncode, done.stdout) == (ExitCode.ENVIRONMENT, "")
    said, system = " ".join(done.stderr.split()), doctor.this_system()
    for check in lacking:
        assert f"{check['name']}: found nothing, needed {check['needed']}" in said
        assert system is None or check["remedies"][system] in said
    assert "changed last" not in said
    assert not (tmp_path / "project" / "build" / "manifest.json").exists()


def test_library_that_does_not_exist_is_reported_with_remedies_for_four_systems() -> None:
    absent = replace(library_named("Pango"), files=("libpango-that-is-not-there.so.0",))
    (check,) = doctor.check_libraries((absent,))
    assert (check.ok, check.found, check.needed) == (False, None, "1.44 or newer")
    assert check.remedies == {
        System.DEBIAN: "sudo apt-get install libpango-1.0-0",
        System.FEDORA: "sudo dnf install pango",
        System.MACOS: "brew install pango",
        System.WINDOWS: r"C:\msys64\usr\bin\pacman -S mingw-w64-ucrt-x86_64-pango",
    }


def test_library_that_is_too_old_is_reported_with_both_versions() -> None:
    (check,) = doctor.check_libraries((replace(library_named("HarfBuzz"), lowest=(999, 1)),))
    assert not check.ok
    assert check.found is not None
    assert re.fullmatch(r"\d+\.\d+\.\d+", check.found)
    assert check.needed == "999.1 or newer"


def test_library_without_a_function_that_the_engine_calls_is_reported_with_it() -> None:
    fontconfig = library_named("fontconfig")
    (check,) = doctor.check_libraries((replace(library_named("Pango"), files=fontconfig.files),))
    assert not check.ok
    assert check.found is not None
    assert check.found.endswith("without pango_font_get_hb_font")


def test_library_is_found_by_its_bare_name() -> None:
    (check,) = doctor.check_libraries((replace(library_named("Pango"), files=("pango-1.0",)),))
    assert check.ok


@pytest.mark.parametrize(("version", "ok"), [((3, 10, 14), False), ((3, 11, 0), True), ((4, 0, 0), True)])
def test_python_below_3_11_is_not_enough(version: tuple[int, ...], ok: bool) -> None:
    assert doctor.check_python(version).ok is ok


@pytest.mark.parametrize(("lowest", "below"), [((999,), (1000,)), ((1,), (2,))])
def test_engine_of_another_version_is_reported(lowest: tuple[int, ...], below: tuple[int, ...]) -> None:
    check = doctor.check_package(replace(ENGINE, lowest=lowest, below=below))
    assert not check.ok
    assert check.found == metadata.version("weasyprint")
    assert check.needed == f"{lowest[0]} or newer, below {below[0]}"


def test_engine_that_is_not_installed_is_reported() -> None:
    check = doctor.check_package(replace(ENGINE, distribution="engine-that-is-not-there"))
    assert (check.ok, check.found) == (False, None)


def test_font_that_is_not_installed_is_reported() -> None:
    check = doctor.check_font("fontpkg-that-is-not-there")
    assert (check.ok, check.found) == (False, None)


def install_font(folder: Path, listed: str) -> None:
    """Lay down a font package *fontpkg-test* as pip does, whose list of files says *listed*."""
    for name, text in {
        "fontpkg_test/files/Test.ttf": "glyphs",
        "fontpkg_test-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: fontpkg-test\nVersion: 1.0\n",
        "fontpkg_test-1.0.dist-info/RECORD": listed,
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("listed", "found"),
    [
        ("fontpkg_test/files/Test.ttf,,6\n", "1.0"),
        ("fontpkg_test/files/Test.ttf,,7\n", "1.0, missing or damaged: Test.ttf"),
        ("fontpkg_test/files/Bold.ttf,,6\n", "1.0, missing or damaged: Bold.ttf"),
        ("fontpkg_test/__init__.py,,0\n", "1.0, missing or damaged: all font files"),
    ],
)
def test_font_package_is_held_against_its_own_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listed: str, found: str
) -> None:
    with suppress(ImportError):  # as Dask does: it finds packages as a later Python does by itself
        importlib.import_module("importlib_metadata")
    install_font(tmp_path, listed)
    monkeypatch.syspath_prepend(tmp_path)
    check = doctor.check_font("fontpkg-test")
    assert check.found == found
    assert check.ok is (found == "1.0")


def test_folder_in_the_place_of_a_file_is_refused_with_the_file(tmp_path: Path) -> None:
    taken = tmp_path / "my build"
    taken.write_text("not a folder", encoding="utf-8")
    check = doctor.check_folder("output folder", taken / "staff")
    assert (check.ok, check.found) == (False, f"{taken}: not a directory")
    assert check.remedies[System.DEBIAN] == f"mv '{taken}' '{taken}'.old"
    assert check.remedies[System.WINDOWS] == f'move "{taken}" "{taken}.old"'


def test_folder_behind_a_broken_link_is_refused_with_the_link(tmp_path: Path) -> None:
    link = tmp_path / "build"
    link.symlink_to(tmp_path / "gone")
    check = doctor.check_folder("output folder", link)
    assert (check.ok, check.found) == (False, f"{link}: no such file or directory")


@pytest.mark.skipif(sys.platform != "linux", reason="takes a folder that refuses even root")
def test_folder_that_refuses_writing_is_reported_with_the_reason() -> None:
    check = doctor.check_folder("output folder", Path("/proc/self/fdinfo/build"))
    assert not check.ok
    assert check.found is not None
    assert check.found.startswith("/proc/self/fdinfo: ")


@pytest.mark.parametrize(
    ("platform_name", "release_ids", "system"),
    [
        ("linux", ("debian",), System.DEBIAN),
        ("linux", ("linuxmint", "ubuntu", "debian"), System.DEBIAN),
        ("linux", ("rocky", "rhel", "centos", "fedora"), System.FEDORA),
        ("linux", ("arch",), None),
        ("linux", (), None),
        ("darwin", (), System.MACOS),
        ("win32", (), System.WINDOWS),
    ],
)
def test_system_is_named_by_its_family(
    platform_name: str, release_ids: tuple[str, ...], system: System | None
) -> None:
    assert doctor.name_system(platform_name, release_ids) is system


def test_remedy_for_this_system_comes_first() -> None:
    check = doctor.check_python()
    assert doctor.remedies_in_order(check, System.MACOS)[0] == (System.MACOS, "brew install python@3.11")
    assert dict(doctor.remedies_in_order(check, None)) == check.remedies


@pytest.mark.skipif(not Path("/etc/debian_version").exists(), reason="asks what Debian says of itself")
def test_debian_and_its_kin_are_recognised() -> None:
    assert doctor.this_system() is System.DEBIAN


def debian_packages(checks: tuple[Check, ...]) -> set[str]:
    return {check.remedies[System.DEBIAN].removeprefix("sudo apt-get install ") for check in checks}


def test_make_installs_packages_that_the_doctor_asks_for() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (line,) = re.findall(r"^DEBIAN_PACKAGES := (.*)$", makefile, re.MULTILINE)
    assert set(line.split()) - {"python3-venv"} <= debian_packages(doctor.check_libraries())


def test_doctor_asks_for_the_engine_and_fonts_that_the_package_asks_for() -> None:
    asked = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'"weasyprint>={ENGINE.lowest[0]},<{ENGINE.below[0]}"' in asked
    assert set(re.findall(r'"(fontpkg-[a-z-]+)"', asked)) == set(FONTS)
