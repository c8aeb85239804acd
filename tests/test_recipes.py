"""The workflows for editors who install nothing: each line of shell in them, run in a clean folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.conftest import REPOSITORY

from handout.commands import app
from handout.model.findings import ExitCode

RECIPES = REPOSITORY / "docs/recipes"
INSTALL = "Install the program"
AS_EDITOR = ("-c", "user.name=editor", "-c", "user.email=editor@example.org")
OF_THE_SYSTEM = "apt-get"
"""Lines with it need root and a network: what they install is what the Makefile installs."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program as one file."""
    folder = tmp_path_factory.mktemp("wheel")
    options = ("--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder))
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, str(REPOSITORY)], check=True)
    (made,) = folder.glob("handout_press-*.whl")
    return made


@pytest.fixture(scope="module")
def editor(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository of an editor: a new project, with the program and what recipes name in tools/."""
    root = tmp_path_factory.mktemp("editor") / "own"
    assert app.run(["new", "project", str(root), "--language", "en", "--audience", "Team"]) == ExitCode.DONE
    (root / "tools").mkdir()
    for file in (wheel, RECIPES / "code_quality.py", RECIPES / "comment.py"):
        shutil.copy(file, root / "tools")
    origin = root.parent / "origin.git"
    for words in (
        ("init", "--quiet", "--bare", str(origin)),
        ("-C", str(root), "init", "--quiet", "--initial-branch", "main"),
        ("-C", str(root), "remote", "add", "origin", str(origin)),
        ("-C", str(root), "config", "http.https://forge.example/.extraheader", "AUTHORIZATION: basic eDp5"),
        ("-C", str(root), "add", "content", "handout.toml"),
        ("-C", str(root), *AS_EDITOR, "commit", "--quiet", "--message", "Begin"),
    ):
        subprocess.run(["git", *words], check=True, env=environment())
    # Once for all: `test_program_is_installed_alike_everywhere` holds the others to it.
    done([ran(steps("github.yml")[INSTALL], root)])
    return root


@pytest.fixture
def project(editor: Path, tmp_path: Path) -> Path:
    """A fresh copy of it, as a workflow begins with."""
    return shutil.copytree(editor, tmp_path / "own")


def environment(**more: str) -> dict[str, str]:
    """Return the surroundings of a step: the packages that the wheel needs are those of the tests."""
    return {
        **os.environ,
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", ""))),
        "PYTHONPATH": sysconfig.get_path("purelib"),
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        **more,
    }


def ran(script: str, project: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Return what came of the lines of *script*, as a forge runs them, but those of the system."""
    lines = "\n".join(line for line in script.splitlines() if OF_THE_SYSTEM not in line)
    return subprocess.run(
        ["bash", "-e", "-c", lines],
        cwd=project,
        env=environment(**more),
        capture_output=True,
        text=True,
        check=False,
    )


def steps(recipe: str) -> dict[str, str]:
    """Return the scripts of a workflow of GitHub or Forgejo by the names of their steps."""
    workflow = yaml.safe_load((RECIPES / recipe).read_text("utf-8"))
    return {step["name"]: step["run"] for step in workflow["jobs"]["build"]["steps"] if "run" in step}


def gitlab(job: str) -> Sequence[str]:
    """Return the lines of a job of GitLab, those that it shares in their place."""
    script = yaml.safe_load((RECIPES / "gitlab-ci.yml").read_text("utf-8"))[job]["script"]
    return [line for part in script for line in (part if isinstance(part, list) else [part])]


def done(results: Sequence[subprocess.CompletedProcess[str]]) -> None:
    assert [(one.returncode, one.stderr) for one in results if one.returncode] == []


def spoil(project: Path) -> None:
    """Put a mistake into a text, as an editor does."""
    file = project / "content/procedures/scan.md"
    file.write_text(file.read_text("utf-8").replace("[](#glass)", "[](#nowhere)"), "utf-8")


class _Comments(BaseHTTPRequestHandler):
    """A forge that takes comments."""

    taken: list[tuple[str, str | None, Mapping[str, Any]]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.taken.append((self.path, self.headers["Authorization"], body))
        self.send_response(201)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name that the class has
        pass


@pytest.fixture
def comments() -> Iterator[tuple[str, list[tuple[str, str | None, Mapping[str, Any]]]]]:
    """The address of a forge, and the comments that it took."""
    _Comments.taken = []
    with HTTPServer(("127.0.0.1", 0), _Comments) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", _Comments.taken
        server.shutdown()
        thread.join()


def test_github_checks_builds_and_keeps_the_gallery(project: Path) -> None:
    scripts = steps("github.yml")
    card = project / "content/handouts/scan-card.md"
    card.write_text(card.read_text("utf-8").replace("Scan a paper", "Scan a page"), "utf-8")
    assert tuple(scripts) == ("Install what the system must bring", INSTALL, "Check", "Build")
    done([ran(scripts[name], project) for name in ("Check", "Build")])

    report = json.loads((project / "handout.sarif").read_text("utf-8"))
    assert report["runs"][0]["results"] == []
    assert {"index.html", "team"} <= {path.name for path in (project / "public").iterdir()}
    assert len(list((project / "public/team").glob("*.pdf"))) >= 3
    known = json.loads((project / "public/codes.json").read_text("utf-8"))["editions"]
    assert [title for _, title, *_ in known["team/scan-card-card"]] == ["Scan a paper", "Scan a page"]


def test_github_shows_a_mistake_at_its_line_and_builds_nothing(project: Path) -> None:
    scripts = steps("github.yml")
    spoil(project)
    assert ran(scripts["Check"], project).returncode == ExitCode.FINDINGS

    (result,) = json.loads((project / "handout.sarif").read_text("utf-8"))["runs"][0]["results"]
    (place,) = result["locations"]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "content/procedures/scan.md"
    lines = (project / "content/procedures/scan.md").read_text("utf-8").splitlines()
    assert "#nowhere" in lines[place["physicalLocation"]["region"]["startLine"] - 1]


def test_gitlab_checks_and_publishes(project: Path) -> None:
    done([ran("\n".join(gitlab("check")[3:]), project)])
    assert json.loads((project / "code-quality.json").read_text("utf-8")) == []
    done([ran("\n".join(gitlab("pages")[3:]), project)])
    assert (project / "public/index.html").is_file()
    assert (project / "public/codes.json").is_file()


def test_gitlab_shows_a_mistake_and_fails(project: Path) -> None:
    spoil(project)
    assert ran("\n".join(gitlab("check")[3:]), project).returncode == ExitCode.FINDINGS
    (entry,) = json.loads((project / "code-quality.json").read_text("utf-8"))
    assert entry["location"]["path"] == "content/procedures/scan.md"
    assert (entry["check_name"], entry["severity"]) == ("reference-missing", "major")
    assert entry["description"]


def test_forgejo_checks_builds_and_publishes_to_a_branch(project: Path) -> None:
    scripts = steps("forgejo.yml")
    done([ran(scripts[name], project) for name in ("Check", "Build", "Publish the gallery")])
    config = ["git", "-C", str(project), "remote", "get-url", "origin"]
    origin = Path(subprocess.run(config, capture_output=True, text=True, check=True).stdout.strip())
    listed = subprocess.run(
        ["git", "-C", str(origin), "ls-tree", "-r", "--name-only", "pages"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert "index.html" in listed
    assert "team/scan-card-card.pdf" in listed


def test_forgejo_says_a_mistake_as_a_comment(
    project: Path, comments: tuple[str, list[tuple[str, str | None, Mapping[str, Any]]]]
) -> None:
    scripts = steps("forgejo.yml")
    spoil(project)
    assert ran(scripts["Check"], project).returncode == ExitCode.FINDINGS
    address, taken = comments
    url = f"{address}/api/v1/repos/a/b/issues/7/comments"
    done([ran(scripts["Comment on the pull request"], project, TOKEN="secret", COMMENTS=url)])
    ((path, token, body),) = taken
    assert (path, token) == ("/api/v1/repos/a/b/issues/7/comments", "token secret")
    assert "`content/procedures/scan.md:" in body["body"]
    assert "nowhere" in body["body"]


def test_program_is_installed_alike_everywhere() -> None:
    lines = steps("github.yml")[INSTALL].splitlines()
    assert steps("forgejo.yml")[INSTALL].splitlines() == lines
    for job in ("check", "pages"):
        assert gitlab(job)[1:3] == lines


def test_system_is_given_what_the_makefile_installs() -> None:
    (packages,) = [
        line.partition(":= ")[2].split()
        for line in (REPOSITORY / "Makefile").read_text("utf-8").splitlines()
        if line.startswith("DEBIAN_PACKAGES")
    ]
    for recipe in ("github.yml", "forgejo.yml"):
        assert set(packages) <= set(steps(recipe)["Install what the system must bring"].split())
    # Their images bring a Python that has venv.
    libraries = {package for package in packages if package.startswith("lib")}
    assert libraries <= set(gitlab("check")[0].split())
    assert libraries <= set((RECIPES / "Containerfile").read_text("utf-8").split())


def test_recipes_that_the_page_names_are_those_that_there_are() -> None:
    page = (REPOSITORY / "docs/how-to/forge.md").read_text("utf-8")
    assert [path.name for path in RECIPES.iterdir() if path.name not in page] == []
    json.loads((RECIPES / "devcontainer.json").read_text("utf-8"))
