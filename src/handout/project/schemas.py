"""JSON Schemas of the files that editors write, from the models that read them. Reads no project."""

from __future__ import annotations

import ast
import inspect
import json
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel, TypeAdapter

from handout.project import screen_labels, settings
from handout.project.reading import front_matter
from handout.project.reading.front_matter import FOR_AN_AUDIENCE, FragmentMeta, HandoutMeta, ProcedureMeta
from handout.project.screen_labels import LabelRegister
from handout.project.settings import Format, Settings, Slug, WalkList, WordList

DIALECT = "http://json-schema.org/draft-07/schema#"
"""What Even Better TOML and the YAML extension of VS Code both read."""
SCHEMA_FOLDER = ".vscode/schemas"
"""In a project: where the first lines of its files look for them."""
COMPLETED = "Format", "Slot", "LogoSlot", "NarrowPages"
"""Tables that a project may give in part: the packaged format of that name has the rest."""
_MODULES = (settings, front_matter, screen_labels)

FILES: Mapping[str, tuple[str, Any]] = {
    "settings": ("handout.toml", Settings),
    "formats": ("templates/formats.toml", dict[Slug, Format]),
    "words": ("content/words.toml", WordList),
    "labels": ("content/labels.toml", LabelRegister),
    "walks": ("content/walks.toml", WalkList),
    "handout": ("the front matter of content/handouts/*.md", HandoutMeta),
    "procedure": ("the front matter of content/procedures/*.md", ProcedureMeta),
    "fragment": ("the front matter of content/fragments/*.md", FragmentMeta),
}
"""By name of the schema: the file that it is of, and the model that reads it."""


def schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema *name*, one of FILES: draft 7, each key with what it says."""
    file, kind = FILES[name]
    made = TypeAdapter(kind).json_schema(by_alias=True)
    made.pop("title", None)
    for model, table in _tables(kind, made):
        _describe(model, table)
    _close(made)
    if name == "settings":
        _complete(made)
    for key in FOR_AN_AUDIENCE if kind in (HandoutMeta, ProcedureMeta) else ():
        if key in made["properties"]:
            words = {"type": "string", "description": f"The {key} for one audience, as `{key}@students`."}
            made.setdefault("patternProperties", {})[f"^{key}@[a-z0-9][a-z0-9-]*$"] = words
    if kind is ProcedureMeta:
        words = {"type": "string", "description": "Why no sheet of this audience shows the procedure."}
        made["patternProperties"]["^no-sheet@[a-z0-9][a-z0-9-]*$"] = words
    return {"$schema": DIALECT, "title": file, **made}


def schema_files() -> dict[str, str]:
    """Return the text of each schema by the name of its file: `settings.schema.json`."""
    return {f"{name}.schema.json": as_text(schema(name)) for name in FILES}


def as_text(made: Mapping[str, Any]) -> str:
    """Return a schema as it is written to a file."""
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def _close(made: Any) -> None:
    """Refuse in *made* and what is in it the keys that no pattern has: "Name of my own" is no slug."""
    for part in made.values() if isinstance(made, dict) else made if isinstance(made, list) else ():
        _close(part)
    if isinstance(made, dict) and isinstance(made.get("patternProperties"), dict):
        made.setdefault("additionalProperties", False)


def _complete(made: dict[str, Any]) -> None:
    """Let the schema of handout.toml take what its reader takes: formats in part, a link as a text."""
    tables = made["$defs"]
    for name in COMPLETED:
        tables[name].pop("required", None)
    made["required"] = [key for key in made["required"] if key != "formats"]
    link = tables["LinkSetting"]
    tables["LinkSetting"] = {"anyOf": [{"type": "string", "description": link["description"]}, link]}


def _tables(kind: Any, made: dict[str, Any]) -> Iterator[tuple[type[BaseModel], dict[str, Any]]]:
    """Yield each table of a schema with the model that it is of."""
    models = {
        name: model
        for module in _MODULES
        for name, model in inspect.getmembers(module, inspect.isclass)
        if issubclass(model, BaseModel)
    }
    if inspect.isclass(kind) and issubclass(kind, BaseModel):
        yield kind, made
    for name, table in made.get("$defs", {}).items():
        if name in models:
            yield models[name], table


def _describe(model: type[BaseModel], table: dict[str, Any]) -> None:
    """Put into *table* what the keys of *model* say; names that only Python has are taken out."""
    table.pop("title", None)
    told = {key: words for parent in reversed(model.__mro__) for key, words in told_under(parent).items()}
    for name, field in model.model_fields.items():
        key = table["properties"][field.alias or name]
        key.pop("title", None)
        _without_null(key)
        if name in told:
            key["description"] = told[name]
        if "$ref" in key:  # draft 7 reads nothing beside it
            key["allOf"] = [{"$ref": key.pop("$ref")}]


def _without_null(key: dict[str, Any]) -> None:
    """Take out of *key* that it may be null, which no file can write: the key is left out."""
    if key.get("default", "") is None:
        del key["default"]
    kinds = [kind for kind in key.get("anyOf", ()) if kind != {"type": "null"}]
    if len(kinds) == 1:
        del key["anyOf"]
        key.update({**kinds[0], **key})
    elif kinds:
        key["anyOf"] = kinds


def told_under(model: type) -> Mapping[str, str]:
    """Return what stands under the fields of *model* alone, a class of this program, by field."""
    if not model.__module__.startswith("handout."):
        return {}
    return _told_in(model.__module__).get(model.__name__, {})


@cache
def _told_in(module: str) -> Mapping[str, Mapping[str, str]]:
    """Return the docstrings under the fields of each class of *module*, read when a schema is asked for."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {node.name: dict(_under_fields(node)) for node in tree.body if isinstance(node, ast.ClassDef)}


def _under_fields(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, below in zip(node.body, node.body[1:], strict=False):
        match field, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(words))),
            ):
                yield name, inspect.cleandoc(words).replace("\n", " ")
