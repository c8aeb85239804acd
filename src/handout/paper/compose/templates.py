"""Templates as trees and as code: each is read and compiled once a process, for all editions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType
from typing import Any

from jinja2 import (
    BaseLoader,
    Environment,
    StrictUndefined,
    Template,
    TemplateNotFound,
    TemplateSyntaxError,
    meta,
    nodes,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

_REFERENCES = (nodes.Extends, nodes.FromImport, nodes.Import, nodes.Include)


def environment(templates: Mapping[str, str], take: Callable[[str], None]) -> ImmutableSandboxedEnvironment:
    """Return what runs *templates*; the name of each that it loads is given to *take*."""
    return _environment(_TemplateLoader(templates, take))


def asking_for_school(starts: Iterable[str], templates: Mapping[str, str]) -> str | None:
    """Return the first of *templates* that may decide by the school what it shows, or None.

    They are those that *starts* lead to. A template asks so with `.school`, `['school']` or `attr('school')`.
    """
    return next((name for name in _used(starts, templates) if _facts(templates[name]).asks_for_school), None)


def _used(starts: Iterable[str], templates: Mapping[str, str]) -> Iterator[str]:
    """Yield the templates that *starts* lead to, themselves first.

    All of them where one names another that only a run of it tells.
    """
    waiting, seen = list(starts), set[str]()
    while waiting:
        name = waiting.pop(0)
        if name in seen or name not in templates:
            continue
        seen.add(name)
        yield name
        for other in _facts(templates[name]).named:
            waiting += [other] if other else sorted(templates)


# ---- a template, read -------------------------------------------------------------------------


@dataclass(frozen=True)
class _Facts:
    """What a template says without being run."""

    named: tuple[str | None, ...] = ()
    """The templates that it names; None for one that only a run of it tells."""
    asks_for_school: bool = False


def _facts(text: str) -> _Facts:
    """Return what the template *text* says; nothing where it cannot be read, for its run tells of that."""
    try:
        return _read(text)[1]
    except (TemplateSyntaxError, RecursionError):
        return _Facts()


@lru_cache(maxsize=256)  # all editions of a project share some dozens
def _read(text: str) -> tuple[nodes.Template, _Facts]:
    """Return the template *text* as a tree, and what that says before it is compiled, which changes it."""
    tree = _READER.parse(text)
    references: list[nodes.Node] = []
    words: list[object] = []
    for node in tree.find_all((nodes.Getattr, nodes.Getitem, nodes.Filter, *_REFERENCES)):
        match node:
            case nodes.Getattr(attr=word) | nodes.Getitem(arg=nodes.Const(value=word)):
                words.append(word)
            case nodes.Filter(args=arguments):
                words += [one.value for one in arguments if isinstance(one, nodes.Const)]
            case _:
                references.append(node)
    named = meta.find_referenced_templates(nodes.Template(references, lineno=1))
    return tree, _Facts(tuple(named), "school" in words)


# ---- a template, run --------------------------------------------------------------------------


class _TemplateLoader(BaseLoader):
    """Gives an environment the templates of a project, made runnable before."""

    def __init__(self, templates: Mapping[str, str], take: Callable[[str], None]) -> None:
        self._templates = templates
        self._take = take

    def load(
        self, environment: Environment, name: str, globals_: MutableMapping[str, Any] | None = None
    ) -> Template:
        """Return the template *name*. Raises TemplateNotFound, and what a fault in its text raises."""
        self._take(name)
        if name not in self._templates:
            raise TemplateNotFound(name)
        code = _code(environment, name, self._templates[name])
        return environment.template_class.from_code(environment, code, globals_ or {}, lambda: True)


_CODES: dict[tuple[str, str], CodeType] = {}
"""By the name and the text of the template."""


def _code(environment: Environment, name: str, text: str) -> CodeType:
    if (code := _CODES.get((name, text))) is None:
        path = f"templates/{name}"
        try:
            tree = _read(text)[0]
        except TemplateSyntaxError:
            tree = _READER.parse(text, name, path)  # which raises it again, with its name
        code = _CODES[name, text] = environment.compile(tree, name, path)
    return code


def _environment(loader: BaseLoader | None = None) -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        loader=loader,
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        optimized=False,  # to work constants out beforehand takes longer than it saves
    )


_READER = _environment()
