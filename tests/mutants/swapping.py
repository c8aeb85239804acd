"""Put the code of a mutant in the place of that which is loaded."""

from __future__ import annotations

import ast
import gc
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import _lru_cache_wrapper, cache
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, FunctionType, ModuleType

from docs.rooms import imports

FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef


def outermost(tree: ast.AST, within: str = "") -> Iterator[tuple[str, FUNCTIONS]]:
    """Yield the functions and methods of *tree* that stand in no other, by their qualified names."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield within + node.name, node
            case ast.ClassDef():
                yield from outermost(node, f"{within}{node.name}.")
            case _:
                yield from outermost(node, within)


def changed_function(before: str, after: str) -> str | None:
    """Return the name of the one function in whose body *after* is another than *before*; None: none is."""
    old, new = ast.parse(before), ast.parse(after)
    own, other = list(outermost(old)), list(outermost(new))
    if [name for name, _ in own] != [name for name, _ in other]:
        return None
    bodies = [
        name
        for (name, one), (_, two) in zip(own, other, strict=True)
        if list(map(ast.dump, one.body)) != list(map(ast.dump, two.body))
    ]
    for _, function in (*own, *other):
        function.body = []
    return bodies[0] if len(bodies) == 1 and ast.dump(old) == ast.dump(new) else None


def codes(code: CodeType) -> Iterator[CodeType]:
    """Yield *code* and the code of all that is defined in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from codes(constant)


def swap(module: str, path: str, before: str, after: str) -> bool:
    """Let the loaded *module* run *after*, where that differs within the body of one function.

    False where it cannot be done so: then the module must be loaded anew.
    """
    name = changed_function(before, after)
    found = [one for one in codes(compile(after, path, "exec")) if one.co_qualname == name]
    namespace = vars(sys.modules[module])
    # Through a decorator, a property and a bound name elsewhere it is the same function.
    loaded = [
        one
        for one in gc.get_objects()
        if isinstance(one, FunctionType) and one.__globals__ is namespace and one.__qualname__ == name
    ]
    if len(found) != 1 or len(loaded) != 1 or loaded[0].__code__.co_freevars != found[0].co_freevars:
        return False
    loaded[0].__code__ = found[0]
    forget(module)
    return True


def forget(module: str) -> None:
    """Empty what *module*, and each that imports it, keeps of answers that were given before."""
    reached, waiting = {module}, [module]
    while waiting:
        new = importers().get(waiting.pop(), set()) - reached
        reached |= new
        waiting += new
    for one in gc.get_objects():
        if isinstance(one, _lru_cache_wrapper) and getattr(one, "__module__", "") in reached:
            one.cache_clear()


@cache
def importers() -> Mapping[str, set[str]]:
    """Return by each module of the program those that import it. Asked once, before a fork: it takes long."""
    found: dict[str, set[str]] = {}
    for one in imports():
        found.setdefault("handout." + one.taken, set()).add("handout." + one.module)
    return found


OURS = ("handout", "tests", "docs", "benchmarks", "conftest")
"""What is loaded anew."""


class _Loader(SourceFileLoader):
    def __init__(self, module: str, path: str, code: str) -> None:
        super().__init__(module, path)
        self._code = code

    def get_code(self, fullname: str) -> CodeType:
        code: CodeType = compile(self._code, self.path, "exec")
        return code


class _Finder(MetaPathFinder):
    def __init__(self, module: str, path: str, code: str) -> None:
        self._module = module
        self._loader = _Loader(module, path, code)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._module:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None:
            spec.loader = self._loader
        return spec


def load_anew(module: str, path: str, code: str) -> None:
    """Forget the program and its tests; *module*, imported again, is *code*, as if it stood at *path*."""
    for name in [one for one in sys.modules if one.partition(".")[0] in OURS]:
        del sys.modules[name]
    sys.meta_path.insert(0, _Finder(module, path, code))
