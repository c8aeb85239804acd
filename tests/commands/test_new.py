"""What `handout new` lays down: that it is whole, that it is found right, and that nothing is lost."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.conftest import loaded

from handout.commands import app
from handout.commands.language import OF_THE_MACHINE
from handout.model.findings import ExitCode
from handout.model.rules import Rule
from handout.project.load import load
from handout.project.plan import Selection, editions
from handout.project.project import Project
from handout.project.scaffold import to_write
from handout.project.settings import Settings
from handout.project.starter import ACCENTS

PROJECT = ("new", "project")


def said(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    """Return the exit code of a command, what it prints, and what it says."""
    code = app.run([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def begun(capsys: pytest.CaptureFixture[str], root: Path, *options: str | Path) -> Path:
    """Return the folder of a new project, which was laid down without a fault."""
    code, _, err = said(capsys, *PROJECT, root, *options)
    assert code == ExitCode.DONE, err
    assert "translate" not in err
    return root


def loaded_as_begun(root: Path) -> Project:
    """Return the project in *root*, of which nothing is wrong but what an editor has still to write."""
    project, findings = load(root)
    assert {finding.rule for finding in findings} <= {Rule.TEXT_BEGUN}, findings
    assert project is not None
    return project


def shown(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


# ---- a project --------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "word"), [("en-GB", "step"), ("nl-BE", "stap")])
def test_new_project_makes_every_sheet_without_a_finding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, word: str
) -> None:
    root = begun(capsys, tmp_path / "own", "--language", language, "--audience", "Team")
    project = loaded(root)
    formats = [edition.format for edition in editions(project, Selection())]

    assert sorted(formats) == ["card", "leaflet-a4", "poster-a3"]
    assert not (root / "templates/strings/en.toml").exists()
    assert project.settings.organisation.logo is None  # the drawn example is nobody's
    assert project.word(language, "step") == word
    code, out, err = said(capsys, "check", "--full", "--project", root)
    assert (code, out) == (ExitCode.DONE, "3 editions, nothing to mend\n"), err


def test_each_audience_has_a_leaflet_a_poster_and_a_card_and_looks_like_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = (
        "Leraren",
        "Leerlingen",
        "Ouders",
        "ICT-ankers",
        "Één team",
        "Directie",
        "Zorg",
        "Refter",
        "Balie",
    )
    options = [word for name in names for word in ("--audience", name)]
    root = begun(capsys, tmp_path / "own", "--language", "nl", *options)
    audiences = loaded(root).settings.audiences

    assert list(audiences)[:5] == ["leraren", "leerlingen", "ouders", "ict-ankers", "een-team"]
    assert [one.label for one in audiences.values()][2:5] == [
        "Voor ouders",
        "Voor ICT-ankers",
        "Voor één team",
    ]
    assert len({(one.shape, one.strip) for one in audiences.values()}) == len(names)
    assert len(set(ACCENTS)) == len({one.icon for one in audiences.values()}) == len(names)
    code, out, _ = said(capsys, "check", "--project", root)
    assert (code, out) == (ExitCode.DONE, f"{3 * len(names)} editions, nothing to mend\n")


def test_answers_stand_in_the_project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logo = tmp_path / "Ons logo.PNG"
    shutil.copy("tests/golden/pages/staff-mfa-instellen-leaflet-a4-1.png", logo)
    own = ("--organisation", 'De "Linde" \\ co', "--accent", "#7A1F1F", "--logo", logo)
    project = loaded(begun(capsys, tmp_path / "own", "--language", "en", *own))

    assert project.settings.organisation.name == 'De "Linde" \\ co'
    assert [one.accent for one in project.settings.audiences.values()] == ["#7a1f1f", "#123e8c"]
    assert [school.logo for school in project.schools] == ["images/logo.png", None]
    assert project.settings.organisation.logo_path == "images/logo.png"
    assert all("ample" in school.name for school in project.schools)


@pytest.mark.parametrize("language", sorted(path.stem for path in Path("templates/strings").glob("*.toml")))
def test_project_in_each_language_of_the_program_is_found_right(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    root = tmp_path / "own"
    code, _, err = said(capsys, *PROJECT, root, "--language", language)

    assert code == ExitCode.DONE, err
    assert not (root / "templates/strings/en.toml").exists()
    assert ("handout.toml are still in English: translate them" in err) is (language not in ("en", "nl"))
    assert said(capsys, "check", "--project", root)[1:] == ("6 editions, nothing to mend\n", "")


@pytest.mark.parametrize("language", ["es", "pt-BR", "ru", "xx"])
def test_language_without_words_begins_in_english_with_its_words_to_translate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    root, spoken = tmp_path / "own", language.partition("-")[0]
    code, _, err = said(capsys, *PROJECT, root, "--language", language)
    project = loaded(root)

    assert code == ExitCode.DONE
    assert f"templates/strings/{spoken}.toml and all texts are still in English: translate them" in err
    assert (project.languages, project.word(language, "step")) == ((language,), "step")
    assert said(capsys, "check", "--project", root)[1] == "6 editions, nothing to mend\n"


def test_region_of_a_language_of_the_program_has_its_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "own"
    said(capsys, *PROJECT, root, "--language", "fr-BE")
    assert loaded(root).word("fr-BE", "step") == "étape"


@pytest.mark.parametrize(
    ("options", "what", "fix"),
    [
        (("--accent", "#ffff00"), "contrast of 1.1 to 1", "take a darker colour"),
        (("--accent", "blue"), "'audiences.staff.accent' is 'blue'", "a colour of six digits"),
        (("--language", "English"), "'organisation.language' is 'English'", "a language, as nl-BE"),
        (("--audience", "!!"), "no name of its own", "name each audience otherwise"),
        (("--audience", "A b", "--audience", "a-B"), "no name of its own", "name each audience otherwise"),
        (("--audience", "A", "--accent", "#123e8c", "--accent", "#000000"), "2 accents for 1", "at most"),
        (("--logo", "/nowhere/logo.svg"), "no file /nowhere/logo.svg", "name a file that is there"),
        (("--logo", "Makefile"), "logo", "svg"),
        (("--logo", "handout.toml"), "logo", "svg"),
        (("--logo", "."), "has not the name of a picture", "svg, png, jpg, jpeg, webp"),
        (("--logo", "/"), "/ has not the name of a picture", "svg, png, jpg, jpeg, webp"),
        (("--logo", ""), "has not the name of a picture", "svg, png, jpg, jpeg, webp"),
        (("--logo", ".."), "has not the name of a picture", "svg, png, jpg, jpeg, webp"),
        (tuple(f"--audience=a{n}" for n in range(10)), "10 audiences", "begin with those"),
    ],
)
def test_answer_that_cannot_be_used_is_told_and_nothing_is_laid_down(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: Sequence[str], what: str, fix: str
) -> None:
    root = tmp_path / "own"
    code, _, err = said(capsys, *PROJECT, root, "--language=en", *options)

    assert code == ExitCode.USAGE
    assert what in err
    assert fix in err.partition("fix: ")[2]
    assert not root.exists()


@pytest.mark.parametrize("path", ["handout.toml", "content/schools.csv", ".vscode/settings.json"])
def test_nothing_is_ever_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str], path: str) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text("mine")
    code, _, err = said(capsys, *PROJECT, tmp_path, "--language", "en")

    assert code == ExitCode.USAGE
    assert "already" in err
    assert shown(tmp_path) == {path: b"mine"}


def test_broken_link_is_not_written_through(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "own"
    root.mkdir()
    (root / ".gitignore").symlink_to(tmp_path / "elsewhere")
    assert said(capsys, *PROJECT, root, "--language", "en")[0] == ExitCode.USAGE
    assert not (tmp_path / "elsewhere").exists()


def test_project_may_begin_beside_other_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "README.md").write_text("mine")
    begun(capsys, tmp_path, "--language", "en")
    assert (tmp_path / "README.md").read_text() == "mine"
    assert loaded(tmp_path).handouts


def test_where_the_machine_refuses_nothing_is_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "content").write_text("a file where a folder must come")
    code, _, err = said(capsys, *PROJECT, tmp_path, "--language", "en")

    assert code == ExitCode.ENVIRONMENT
    assert "cannot write" in err
    assert shown(tmp_path) == {"content": b"a file where a folder must come"}
    assert [path.name for path in tmp_path.iterdir()] == ["content"]


def answered(tmp_path: Path, answers: str, language: str, *options: str) -> tuple[int, str, str]:
    """Begin a project on a terminal where *answers* are typed; return the exit code, and what it says."""
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "handout", *PROJECT, "own", *options],
        cwd=tmp_path,
        env={**os.environ, "LANG": language, "LC_ALL": ""},
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(theirs)
    os.write(ours, answers.encode())
    out, err = process.communicate()
    os.close(ours)
    return process.returncode, out, err


def test_on_a_terminal_what_is_not_given_is_asked(tmp_path: Path) -> None:
    code, out, err = answered(tmp_path, "City Library\n\n#4b2a7b\n\n", "nl_BE.UTF-8", "--audience", "Guests")
    project = loaded(tmp_path / "own")

    assert code == ExitCode.DONE, err
    assert "own/handout.toml" in out.splitlines()
    assert "Who gives the handouts out? [Own]" in err
    assert "In which language are they? en, nl-BE, … [nl-BE]" in err
    assert "For whom" not in err
    assert project.settings.organisation.name == "City Library"
    assert project.settings.organisation.language == "nl-BE"
    assert [one.accent for one in project.settings.audiences.values()] == ["#4b2a7b"]


def test_logo_of_somebody_who_is_not_here_is_told(tmp_path: Path) -> None:
    answers = "City Library\n\n~nobody-has-this-name/x.svg\n"
    code, _, err = answered(tmp_path, answers, "C.UTF-8", "--audience=A", "--accent=#123e8c")
    assert code == ExitCode.USAGE, err
    assert "there is no file ~nobody-has-this-name/x.svg" in err
    assert not (tmp_path / "own").exists()


def test_help_and_refusal_name_the_same_kinds_of_logo(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kinds = "svg, png, jpg, jpeg, webp"
    assert kinds in " ".join(said(capsys, *PROJECT, "--help")[1].split())
    assert kinds in said(capsys, *PROJECT, tmp_path / "own", "--logo", "x.gif")[2]


@pytest.mark.parametrize(
    ("environment", "spoken"),
    [
        ({"LANG": "nl_BE@euro"}, "nl-BE"),
        ({"LANG": "nl_BE.UTF-8@euro"}, "nl-BE"),
        ({"LC_ALL": "nl"}, "nl"),
        ({"LC_MESSAGES": "nlq_BE.UTF-8"}, "en"),  # Lao Naga is no Dutch
        ({"LC_ALL": "C", "LANG": "nl_BE.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_language_of_a_new_project_is_that_of_the_machine(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    environment: dict[str, str],
    spoken: str,
) -> None:
    for name in OF_THE_MACHINE:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    code, _, err = said(capsys, *PROJECT, tmp_path / "own")
    assert code == ExitCode.DONE, err
    assert loaded(tmp_path / "own").languages == (spoken,)


def test_commands_that_come_next_can_be_typed_as_they_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    folder, name = "L'été & co", 'What\'s new; "really" $HOME'
    _, _, err = said(capsys, *PROJECT, folder, "--language", "en")
    assert shlex.split(err.partition("next: ")[2].partition(";")[0]) == ["cd", folder]
    _, _, err = said(capsys, "new", "procedure", name, "--project", folder)
    told = shlex.split(err.partition("put it on paper: ")[2].splitlines()[0])
    assert told[:5] == ["handout", "new", "handout", name, "--procedure"]
    assert said(capsys, *told[1:])[0] == ExitCode.DONE
    _, _, err = said(capsys, "new", "handout", "Again", "--project", folder)
    check = shlex.split(next(line for line in err.splitlines() if "handout check" in line).partition("; ")[0])
    assert said(capsys, *check[1:])[0] == ExitCode.DONE, err


def test_without_a_terminal_nothing_is_asked(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "handout", *PROJECT, "our-library"],
        cwd=tmp_path,
        env={**os.environ, "LANG": "C.UTF-8", "LC_ALL": ""},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    project = loaded(tmp_path / "our-library")
    assert "?" not in done.stderr
    assert (project.settings.organisation.name, project.languages) == ("Our Library", ("en",))


# ---- texts ------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["en", "nl"])
def starter(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new project, to be copied by who writes in it."""
    root = tmp_path_factory.mktemp("starter") / "own"
    assert app.run([*PROJECT, str(root), "--language", request.param]) == ExitCode.DONE
    return root


@pytest.fixture
def own(starter: Path, tmp_path: Path) -> Path:
    return shutil.copytree(starter, tmp_path / "own")


def test_new_procedure_is_right_as_it_is_and_says_what_to_do(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = said(capsys, "new", "procedure", "De printer: één keer", "--project", own)
    text = (own / "content/procedures/de-printer-een-keer.md").read_text("utf-8")
    procedure = loaded_as_begun(own).procedures["de-printer-een-keer"]

    assert code == ExitCode.DONE
    assert out == f"{own}/content/procedures/de-printer-een-keer.md\n"
    assert "next: write its steps" in err
    assert re.search("^# (What to do now|Wat nu): ", text, re.MULTILINE)
    assert procedure.title == "De printer: één keer"
    assert procedure.audiences == tuple(loaded_as_begun(own).settings.audiences)
    assert procedure.dated.reviewed is not None


def test_new_handout_shows_the_procedures_that_are_named_and_can_be_made(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slug = next(iter(loaded_as_begun(own).procedures))
    options = ("--format", "trifold", "--format", "leaflet-a5", "--procedure", slug, "--project", own)
    code, _, _ = said(capsys, "new", "handout", "Hier begint het", *options)
    handout = loaded_as_begun(own).handouts["hier-begint-het"]

    assert code == ExitCode.DONE
    assert (handout.formats, handout.procedures) == (("trifold", "leaflet-a5"), (slug,))
    code, out, err = said(capsys, "check", "hier-begint-het", "--project", own)
    assert (code, out) == (ExitCode.DONE, "")
    assert err.endswith("\n2 warnings\n")
    assert err.count("warning[text-begun]") == 2


def packaged_formats() -> list[str]:
    return list(loaded(Path()).settings.plain_formats)


def test_new_handout_of_each_format_is_right_as_it_is(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    slug = next(slug for slug in loaded_as_begun(own).procedures if slug.startswith("scan") and "-" in slug)
    names = [f"own {name}" for name in packaged_formats()]
    for name, format_name in zip(names, packaged_formats(), strict=True):
        said(capsys, "new", "handout", name, "--format", format_name, "--procedure", slug, "--project", own)
    code, out, err = said(capsys, "check", *(name.replace(" ", "-") for name in names), "--project", own)
    begun = err.count("warning[text-begun]")
    assert begun > 2
    assert (code, out) == (ExitCode.DONE, "")
    assert err.endswith(f"\n{begun} warnings\n"), err


def test_each_sentence_that_a_begun_text_holds_is_told_until_it_is_written_over(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, "new", "procedure", "De bel", "--project", own)
    said(capsys, "new", "handout", "De bel", "--procedure", "de-bel", "--project", own)
    _, _, err = said(capsys, "check", "de-bel", "--project", own)
    told = set(re.findall(r"^(\S+): warning\[text-begun\]: '(.+)' is what", err, re.MULTILINE))
    spoken = loaded_as_begun(own).language
    assert {words for _, words in told} == set(to_write(spoken).values())
    for place, words in told:
        path, line = place.split(":")
        lines = (own / path).read_text("utf-8").splitlines()
        assert words in lines[int(line) - 1]
    for path in {place.partition(":")[0] for place, _ in told}:
        text = (own / path).read_text("utf-8")
        for words in to_write(spoken).values():
            text = text.replace(words, f"{words.rstrip('.…')} eens." if words.endswith("…") else "Druk eens.")
        (own / path).write_text(text, "utf-8")
    assert "text-begun" not in said(capsys, "check", "de-bel", "--project", own)[2]


@pytest.mark.parametrize("format_", ["poster-a3", "tent-a4"])
def test_handout_that_shows_steps_alone_asks_for_its_procedures(
    own: Path, capsys: pytest.CaptureFixture[str], format_: str
) -> None:
    _, _, err = said(capsys, "new", "handout", "Bord", "--format", format_, "--project", own)
    text = (own / "content/handouts/bord.md").read_text("utf-8")
    assert re.search("^# (What to do now: name|Wat nu: noem) .*`procedures:`", text, re.MULTILINE)
    assert re.search("(name|noem) .*'procedures:'", err)
    assert not text.partition("\n---\n")[2].strip()


def test_formats_that_count_their_pages_otherwise_are_not_mixed(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--format", "booklet-a5", "--format", "trifold", "--project", own)
    code, _, err = said(capsys, "new", "handout", "Own", *options)
    assert code == ExitCode.USAGE
    assert "how many pages 'booklet-a5' has" in err
    assert not (own / "content/handouts/own.md").exists()


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("procedure", "日本"), "no name of a file"),
        (("procedure", "Con"), "Windows keeps the name 'con'"),
        (("procedure", "Een", "--audience", "staf"), "no audience 'staf'"),
        (("handout", "Een", "--format", "trifolt"), "no format 'trifolt'"),
        (("handout", "Een", "--procedure", "scam"), "no procedure 'scam'"),
    ],
)
def test_name_that_is_not_there_is_told_and_nothing_is_written(
    own: Path, capsys: pytest.CaptureFixture[str], arguments: Sequence[str], what: str
) -> None:
    before = shown(own)
    code, _, err = said(capsys, "new", *arguments, "--project", own)
    assert (code, what in err) == (ExitCode.USAGE, True), err
    assert shown(own) == before


@pytest.mark.parametrize("kind", ["procedure", "handout"])
def test_text_that_is_there_is_never_written_over(
    own: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    before = shown(own)
    slug = next(iter(getattr(loaded(own), f"{kind}s")))
    code, _, err = said(capsys, "new", kind, slug.replace("-", " ").upper(), "--project", own)
    assert (code, f"{slug}.md is there already" in err) == (ExitCode.USAGE, True)
    assert shown(own) == before


def test_texts_are_begun_in_a_project_with_faults_in_others(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (own / "content/procedures/broken.md").write_text("no front matter")
    assert said(capsys, "new", "procedure", "Een", "--project", own)[0] == ExitCode.DONE


# ---- what editors of code complete ------------------------------------------------------------


def snippets(root: Path) -> dict[str, str]:
    """Return what each snippet writes where a person takes all that it proposes."""
    found = json.loads((root / ".vscode/handout.code-snippets").read_text("utf-8"))
    return {name: proposed("\n".join(one["body"])) for name, one in found.items()}


def proposed(body: str) -> str:
    """Return *body* with its fields filled in: `${1:Open}`, `${2|card,trifold|}`, `$CURRENT_YEAR`."""
    body = re.sub(r"\$\{\d+\|([^,|]+)[^|]*\|\}", r"\1", body)
    body = re.sub(r"\$\{\d+:([^}]*)\}", r"\1", body)
    for name, value in {"YEAR": "2026", "MONTH": "11", "DATE": "29"}.items():
        body = body.replace(f"$CURRENT_{name}", value)
    return body.replace("$0", "")


def test_each_snippet_writes_what_is_read_without_a_fault(starter: Path, tmp_path: Path) -> None:
    written = snippets(starter)
    assert len(written) > 12
    for number, (name, text) in enumerate(written.items()):
        root = shutil.copytree(starter, tmp_path / str(number))
        folder = "handouts" if name.endswith("handout") else "procedures"
        head = f"---\ntitle: Own\naudiences: [{', '.join(loaded(starter).settings.audiences)}]\n---\n"
        if not text.startswith("---"):
            text = head + "1. Open {#open}\n\n" * text.startswith("[](#") + text
        (root / f"content/{folder}/own.md").write_text(text.replace("name-of-a-file", "own"), "utf-8")
        (root / "content/procedures/procedure.md").write_text(f"{head}1. Open {{#open}}\n", "utf-8")
        (root / "content/fragments").mkdir()
        (root / "content/fragments/name-of-a-fragment.md").write_text("Read this first.\n")
        if folder == "handouts":
            (root / "content/procedures/own.md").write_text(f"{head}1. Open\n", "utf-8")
        else:
            body = f"{head[:-4]}formats: [leaflet-a4]\nprocedures: [own, procedure]\n---\n"
            (root / "content/handouts/own.md").write_text(body, "utf-8")
        project = loaded_as_begun(root)
        if folder == "procedures":
            assert app.run(["check", "own", "-q", "--project", str(root)]) == ExitCode.DONE, name
        assert project.handouts["own"].title


def test_snippets_offer_formats_that_there_are() -> None:
    text = Path("starter/common/dot.vscode/handout.code-snippets").read_text("utf-8")
    (offered,) = re.findall(r"\$\{3\|(leaflet[^|]*)\|\}", text)
    assert set(offered.split(",")) <= set(packaged_formats())


def test_files_name_schemas_that_are_there(starter: Path) -> None:
    named = {}
    for path in starter.rglob("*.toml"):
        first = path.read_text("utf-8").partition("\n")[0]
        if first.startswith("#:schema "):
            named[path.name] = (path.parent / first.removeprefix("#:schema ")).resolve()
    assert sorted(named) == ["handout.toml", "words.toml"]
    assert all(
        json.loads(schema.read_text("utf-8"))["title"].endswith(name) for name, schema in named.items()
    )


def test_settings_of_the_starter_are_the_whole_of_what_is_needed(starter: Path) -> None:
    needed = {field.alias for field in Settings.model_fields.values() if field.is_required()}
    text = (starter / "handout.toml").read_text("utf-8")
    assert all(f"[{key}" in text for key in needed)
