"""The fonts: made once, whole, and the only ones."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest
from tests.paper.engine.sheets import opened, rendered, sheet

from handout.model.findings import EnvironmentFault
from handout.paper.engine import fonts


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run *code* in a Python of its own, which has not seen WeasyPrint yet."""
    environment = {name: value for name, value in os.environ.items() if name != "FONTCONFIG_FILE"}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, env=environment, check=False
    )


ISOLATE = """
import os, sys
from pathlib import Path
from handout.paper.engine import fonts
fonts.FONT_FILES = [file for file in fonts.FONT_FILES if file.name in sys.argv[2:]]
fonts.isolate(Path(sys.argv[1]))
print(os.environ["FONTCONFIG_FILE"])
"""
EACH_KIND = tuple(
    file.name
    for file in fonts.FONT_FILES
    if file.weight is None or file.name in ("Lexend-500.ttf", "IBMPlexSans-400.ttf")
)
"""A weight that is cut from each variable font, and all that are copied: to cut all takes seconds."""
FEW = ("Lexend-700.ttf", "AtkinsonHyperlegible-Bold.ttf")
"""One that is cut and one that is copied, where it is the folder that counts."""

LIST_FAMILIES = """
from handout.paper.engine.fonts import isolate
isolate()
from weasyprint.text.ffi import ffi, fontconfig
config = fontconfig.FcInitLoadConfigAndFonts()
print(fontconfig.FcConfigGetFonts(config, fontconfig.FcSetSystem).nfont)
"""


def test_four_weights_of_lexend_are_four_static_fonts_in_the_pdf() -> None:
    words = "".join(f"<p style='font:{weight} 12pt Lexend'>Gewicht</p>" for weight in (400, 500, 600, 700))
    with opened(rendered(sheet(words)).pdf) as document:
        descriptors = [item for item in document.objects if isinstance(item, pikepdf.Dictionary)]
        files = [
            item.FontFile2.read_bytes() for item in descriptors if item.get("/Type") == "/FontDescriptor"
        ]
    assert len(set(files)) == 4
    assert not any(b"fvar" in file[:400] for file in files)


def test_engine_knows_our_files_and_no_others() -> None:
    result = run(LIST_FAMILIES)
    assert result.stdout.split()[-1] == str(len(fonts.FONT_FILES)), result.stderr


def test_words_in_a_font_of_the_machine_do_not_get_it() -> None:
    result = rendered(sheet("<p style='font-family:\"DejaVu Sans\"'>Tekst</p>"))
    assert [finding.what for finding in result.findings] == [
        "the font 'DejaVu Sans' is asked for 'Tekst' and is not bundled"
    ]
    assert b"DejaVu" not in result.pdf


def test_every_family_of_the_allow_list_is_there() -> None:
    words = "".join(f"<p style='font-family:\"{family}\"'>Tekst مرحبا</p>" for family in fonts.FAMILIES)
    result = rendered(sheet(words))
    assert result.findings == ()
    with opened(result.pdf) as document:
        names = {str(item.BaseFont) for item in document.objects if _is_font(item)}
    assert {re.sub(r"^/\w+\+", "", name) for name in names} >= {
        "Lexend",
        "Atkinson-Hyperlegible",
        "IBM-Plex-Sans-Arabic",
    }


def _is_font(item: object) -> bool:
    return isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font" and "/BaseFont" in item


def test_calling_again_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = os.environ["FONTCONFIG_FILE"]
    monkeypatch.setenv("FONTCONFIG_PATH", "/etc/fonts")
    fonts.isolate()
    assert os.environ["FONTCONFIG_FILE"] == before
    assert "FONTCONFIG_PATH" not in os.environ


def test_two_processes_that_start_at_once_share_one_whole_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-c", ISOLATE, str(tmp_path), *FEW]
    starts = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = {start.communicate()[0] for start in starts}
    assert len(told) == 1
    (folder,) = tmp_path.iterdir()
    monkeypatch.setattr(fonts, "FONT_FILES", [file for file in fonts.FONT_FILES if file.name in FEW])
    assert fonts._is_whole(folder)


def test_damaged_folder_is_made_again_with_the_same_bytes(tmp_path: Path) -> None:
    ours = Path(os.environ["FONTCONFIG_FILE"]).parent
    damaged = tmp_path / ours.name
    shutil.copytree(ours, damaged, ignore=shutil.ignore_patterns("cache", "AtkinsonHyperlegible-Bold.ttf"))
    (damaged / "Lexend-500.ttf").write_bytes(b"half a f")
    again = run(ISOLATE, str(tmp_path), *EACH_KIND)
    assert again.stdout.strip() == str(damaged / fonts.SETTINGS_NAME), again.stderr
    assert [entry.name for entry in tmp_path.iterdir()] == [ours.name]
    for name in EACH_KIND:
        assert (damaged / name).read_bytes() == (ours / name).read_bytes()


def test_folder_that_cannot_be_written_gives_way_to_a_temporary_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    code = ISOLATE + "print(Path(os.environ['FONTCONFIG_FILE']).is_file())"
    result = run(code, str(tmp_path / "file"), *FEW)
    settings, was_there = result.stdout.split()
    assert was_there == "True"
    assert not Path(settings).exists()


def test_engine_that_was_imported_first_is_reported() -> None:
    code = """
import weasyprint
from handout.paper.engine.fonts import isolate
from handout.model.findings import EnvironmentFault
try:
    isolate()
except EnvironmentFault as fault:
    print(fault.what)
"""
    assert "imported before the fonts were set up" in run(code).stdout


def test_missing_font_package_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    missing = fonts.FontFile("x.ttf", "fontpkg-is-not-there", "x.ttf")
    monkeypatch.setattr(fonts, "FONT_FILES", (*fonts.FONT_FILES, missing))
    with pytest.raises(EnvironmentFault, match="fontpkg-is-not-there: found nothing"):
        fonts.isolate(tmp_path)
