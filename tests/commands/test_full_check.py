"""`check` beyond the words: every sheet made and read back, built twice, told to a code forge."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.conftest import SETTINGS, handout, procedure, project_at

from handout.commands import app, reproducible
from handout.model.findings import ExitCode

ONE_PAGE = f"{SETTINGS}\n[formats.leaflet-a4]\npages = 1\nmost-air = 1\n"
FILES = {
    "content/procedures/een.md": procedure("1. Open `Outlook`.\n2. Klik op `Volgende`."),
    "content/handouts/gids.md": handout("een", audiences="[staff]", qr="security-info"),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return project_at(tmp_path / "project", FILES, ONE_PAGE)


def check(root: Path, *arguments: str) -> int:
    return app.run(["check", "--project", str(root), *arguments])


def spoil(root: Path) -> None:
    """Let a style sheet hide a word that the text has: only the finished page tells."""
    style = root / "styles/components/zz-spoilt.css"
    style.parent.mkdir(parents=True)
    style.write_text(".step__text { font-size: 6pt !important }\n", "utf-8")


def test_full_check_finds_what_only_the_paper_tells(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(root, "--full", "-q") == ExitCode.DONE
    spoil(root)
    assert check(root, "-q") == ExitCode.DONE
    assert check(root, "--full", "-q") == ExitCode.FINDINGS
    assert "error[type-small]" in capsys.readouterr().err
    assert not (root / "build").exists()


def test_build_that_stops_leaves_a_report_with_the_page(root: Path) -> None:
    spoil(root)
    assert app.run(["build", "--project", str(root), "-q"]) == ExitCode.FINDINGS
    assert {path.name for path in (root / "build").iterdir() if not path.name.startswith(".")} == {
        "proof.html",
        "proof.json",
    }
    (edition,) = json.loads((root / "build/proof.json").read_bytes())["editions"]
    assert {finding["rule"] for finding in edition["findings"]} == {"type-small"}
    assert '<span class="mark"' in (root / "build/proof.html").read_text("utf-8")


def test_two_builds_are_the_same(root: Path) -> None:
    assert check(root, "--twice", "-q") == ExitCode.DONE


def test_files_that_differ_are_named() -> None:
    first, second = {"a.pdf": "1", "b.pdf": "2"}, {"a.pdf": "1", "b.pdf": "3", "c.pdf": "4"}
    found = reproducible.compared(first, second)
    assert [(finding.place.path, str(finding.rule)) for finding in found] == [
        ("b.pdf", "not-the-same"),
        ("c.pdf", "not-the-same"),
    ]


def test_forge_is_told_of_the_content(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "content/procedures/een.md").write_text(procedure("1. Ga naar [](#nergens)."), "utf-8")
    assert check(root, "--sarif") == ExitCode.FINDINGS
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    (result,) = (one for one in run["results"] if one["ruleId"] == "reference-missing")
    location = result["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "content/procedures/een.md"
    assert location["region"]["startLine"] == 5
