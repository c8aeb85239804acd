"""The schemas hold what the readers of the files hold: right files pass, wrong ones do not."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from tests.conftest import REPOSITORY, SETTINGS, project_at

from handout.commands import app
from handout.model.findings import ExitCode, has_errors
from handout.project.load import load
from handout.project.schemas import FILES, schema, schema_files
from handout.project.starter import Answers, project_files

TABLES = {
    "settings": "handout.toml",
    "formats": "templates/formats.toml",
    "words": "content/words.toml",
    "labels": "content/labels.toml",
    "walks": "content/walks.toml",
}
HEADS = {
    "handout": "content/handouts",
    "procedure": "content/procedures",
    "fragment": "content/fragments",
}
PROCEDURE = "title: Aanmelden\naudiences: [staff]\n"
HANDOUT = "title: Gids\naudiences: staff\nformats: [leaflet-a4]\nprocedures: [a]\n"


def faults(name: str, value: Any) -> list[str]:
    """Return what the schema *name* finds wrong with *value*."""
    validator = jsonschema.Draft7Validator(schema(name), format_checker=jsonschema.FormatChecker())
    return [f"{'.'.join(map(str, fault.path))}: {fault.message}" for fault in validator.iter_errors(value)]


def of_toml(text: str) -> Any:
    """Return the tables of *text* as an editor of code holds them against a schema: days are texts."""
    return json.loads(json.dumps(tomllib.loads(text), default=date.isoformat))


def of_head(text: str) -> Any:
    """Return the front matter of *text* in the same way."""
    return json.loads(json.dumps(yaml.safe_load(text.split("---\n")[1]), default=date.isoformat)) or {}


def keys(table: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each key of a schema with where it stands."""
    if isinstance(table, dict):
        for key, value in table.get("properties", {}).items():
            yield f"{at}.{key}", value
        for key, value in table.items():
            yield from keys(value, f"{at}.{key}")


@pytest.mark.parametrize("name", FILES)
def test_each_key_says_what_it_does_in_the_words_of_an_editor(name: str) -> None:
    made = schema(name)
    jsonschema.Draft7Validator.check_schema(made)
    found = dict(keys(made))
    assert found
    told = {at: str(key.get("description", "")) for at, key in found.items()}
    assert [at for at, words in told.items() if len(words) < 10] == []
    assert [at for at, words in told.items() if re.search(r"\bNone\b|\bstr\b|\bNone:", words)] == []
    assert '"null"' not in json.dumps(made)


@pytest.mark.parametrize(("name", "path"), TABLES.items())
def test_tables_of_the_handbook_pass(name: str, path: str) -> None:
    assert faults(name, of_toml((REPOSITORY / path).read_text("utf-8"))) == []


@pytest.mark.parametrize(("name", "folder"), HEADS.items())
def test_front_matter_of_the_handbook_passes(name: str, folder: str) -> None:
    files = sorted((REPOSITORY / folder).glob("*.md"))
    assert len(files) > 10
    assert {
        path.name: found for path in files if (found := faults(name, of_head(path.read_text("utf-8"))))
    } == {}


@pytest.mark.parametrize("language", ["en", "nl"])
def test_files_of_a_new_project_pass(language: str) -> None:
    files = project_files(Answers("Stad", language, day=date(2026, 11, 29)))
    for name, path in TABLES.items():
        if path in files:
            assert faults(name, of_toml(files[path].decode())) == []
    for name, folder in HEADS.items():
        for path, data in files.items():
            if path.startswith(folder):
                assert faults(name, of_head(data.decode())) == []
    assert {path for path in files if path.endswith(".schema.json")} == {
        f".vscode/schemas/{name}" for name in schema_files()
    }


@pytest.mark.parametrize(
    "text",
    [
        SETTINGS.replace('edition = "algemene uitgave"\n', ""),
        SETTINGS.replace("edition =", "editie ="),
        SETTINGS.replace("#123e8c", "#123E8C"),
        SETTINGS.replace('shape = "square"', 'shape = "triangle"'),
        SETTINGS.replace("[audiences.staff]", "[audiences.Staff]"),
        SETTINGS.replace('language = "nl-BE"', 'language = "Nederlands"'),
        SETTINGS.replace('security-info = "', 'security-info = ["').replace('/info"', '/info"]'),
        SETTINGS + "[formats.leaflet-a4]\npages = 0\n",
        SETTINGS + '[formats.leaflet-a4]\npages = "2"\n',
        SETTINGS + '[formats.leaflet-a4]\nsheets = ["twofold"]\n',
        SETTINGS + "[formats.leaflet-a4.slots.name]\nsize-pt = 9\n",
        SETTINGS + "[schools]\ncolumn = []\n",
    ],
)
def test_what_is_wrong_in_the_settings_is_wrong_by_the_schema_too(tmp_path: Path, text: str) -> None:
    assert has_errors(load(project_at(tmp_path, {}, text))[1])
    assert faults("settings", of_toml(text)) != []


@pytest.mark.parametrize(
    "text",
    [
        SETTINGS,
        SETTINGS + "[formats.leaflet-a4]\npages = 1\nqr-mm = 34.5\n",
        SETTINGS + "[formats.leaflet-a4.slots.name]\nlines = 3\n",
        SETTINGS + 'help = { url = "https://mfa.school.be/help", column = "page" }\n'
        '[schools]\ncolumns = ["id", "name", "page"]\n',
    ],
)
def test_what_is_right_in_the_settings_is_right_by_the_schema_too(tmp_path: Path, text: str) -> None:
    assert load(project_at(tmp_path, {}, text))[1] == ()
    assert faults("settings", of_toml(text)) == []


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("procedure", "audiences: [staff]\n"),
        ("procedure", PROCEDURE + "formats: [leaflet-a4]\n"),
        ("procedure", PROCEDURE + "reviewed: gisteren\n"),
        ("procedure", PROCEDURE + "icon: Schild!\n"),
        ("procedure", PROCEDURE + "owner@staff: ICT\n"),
        ("procedure", PROCEDURE + "title@Staff: Aanmelden\n"),
        ("handout", HANDOUT + "pages: 100\n"),
        ("handout", HANDOUT + "numbering: doorlopend\n"),
        ("handout", HANDOUT + "no-sheet@staff: Het staat elders.\n"),
        ("handout", HANDOUT.replace("[leaflet-a4]", "[]")),
    ],
)
def test_what_is_wrong_in_front_matter_is_wrong_by_the_schema_too(
    tmp_path: Path, name: str, head: str
) -> None:
    text = f"---\n{head}---\n{'1. Klik op `Start`' if name == 'procedure' else 'Lees dit.'}\n"
    files = {"content/procedures/a.md": f"---\n{PROCEDURE}---\n1. Klik op `Start`\n"}
    assert has_errors(load(project_at(tmp_path, {**files, f"content/{name}s/b.md": text}))[1])
    assert faults(name, of_head(text)) != []


def test_front_matter_may_hold_comments_and_differ_by_audience(tmp_path: Path) -> None:
    comment = "# yaml-language-server: $schema=../../.vscode/schemas/procedure.schema.json\n"
    head = (
        f"{comment}{PROCEDURE}title@staff: Inloggen # zo heet het daar\nno-sheet@staff: Het staat elders.\n"
    )
    text = f"---\n{head}---\n1. Klik op `Start`\n"
    assert load(project_at(tmp_path, {"content/procedures/a.md": text}))[1] == ()
    assert faults("procedure", of_head(text)) == []


# ---- the command ------------------------------------------------------------------------------


def test_schema_is_printed_that_of_the_settings_unless_another_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    printed = []
    for arguments in ((), ("settings",), ("walks",)):
        assert app.run(["schema", *arguments]) == ExitCode.DONE
        printed.append(json.loads(capsys.readouterr().out))
    assert printed == [schema("settings"), schema("settings"), schema("walks")]


def test_all_schemas_are_written_in_place_of_older_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "own/schemas"
    for _ in range(2):
        assert app.run(["schema", "--write", str(folder)]) == ExitCode.DONE
        assert capsys.readouterr().out.splitlines() == [str(folder / name) for name in schema_files()]
        assert {path.name: path.read_text("utf-8") for path in folder.iterdir()} == schema_files()
        (folder / "walks.schema.json").write_text("old")


@pytest.mark.parametrize(
    ("arguments", "what"),
    [(("setings",), "did you mean 'settings'?"), (("words", "--write", "x"), "leave 'words' out")],
)
def test_schema_that_there_is_not_is_told(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], what: str
) -> None:
    assert app.run(["schema", *arguments]) == ExitCode.USAGE
    assert what in capsys.readouterr().err
