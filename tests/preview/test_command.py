"""`handout serve` where it cannot start: what it says, and its exit code."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from tests.conftest import handout, procedure, project_at

from handout.commands import app
from handout.model.findings import ExitCode

FILES = {
    "content/procedures/a.md": procedure("1. Klik op `Volgende`."),
    "content/handouts/gids.md": handout("a"),
}


def said(capfd: pytest.CaptureFixture[str], code: ExitCode, *arguments: str) -> str:
    assert app.run(["serve", *arguments]) == code
    out, err = capfd.readouterr()
    assert out == ""
    assert "Traceback" not in err
    return err


def test_a_port_that_is_taken_is_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    project_at(tmp_path, FILES)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        told = said(capfd, ExitCode.ENVIRONMENT, "--project", str(tmp_path), "--port", str(port))
    assert f"the port {port} cannot be used" in told
    assert "--port" in told.partition("fix:")[2]


def test_a_folder_without_a_project_is_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    told = said(capfd, ExitCode.USAGE, "--project", str(tmp_path), "--port", "0")
    assert f"there is no handout.toml in {tmp_path}" in told


def test_an_editor_that_nobody_knows_is_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    project_at(tmp_path, FILES)
    told = said(capfd, ExitCode.USAGE, "--project", str(tmp_path), "--editor", "emacs")
    assert "there is no editor 'emacs'" in told
    assert "vscode" in told.partition("fix:")[2]
