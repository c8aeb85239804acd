"""Draw mutants by Cosmic Ray. A program of its own: it runs on the Python that Cosmic Ray is installed with.

    .mutants/.venv/bin/python tests/mutants/draw.py SEED COUNT MODULE… > mutants.json

Drawn is from all changes that it offers, but for those of annotations, which nothing runs.
"""

from __future__ import annotations

import ast
import json
import random
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

Place = tuple[int, int]
"""A line from 1 and a column from 0."""
Change = tuple[str, str, int, int]
"""A module, an operator, the how manieth of that operator in the module, and the line."""


def annotated(source: str) -> Iterator[tuple[Place, Place]]:
    """Yield from where to where an annotation goes in *source*."""
    for node in ast.walk(ast.parse(source)):
        for name in ("annotation", "returns"):
            part = getattr(node, name, None)
            if isinstance(part, ast.expr):
                yield (part.lineno, part.col_offset), (part.end_lineno or 0, part.end_col_offset or 0)


def offered(module: str) -> Iterator[Change]:
    """Yield the changes of *module*."""
    source = Path(module).read_text("utf-8")
    # Cosmic Ray counts columns in letters, and the syntax tree in bytes: no matter before the first é.
    unseen = tuple(annotated(source))
    nodes = tuple(ast_nodes(get_ast(source)))
    for name in operator_names():
        if get_operator(name).arguments():
            continue  # takes names that somebody must choose
        operator = get_operator(name)()
        positions = (start for node in nodes for start, _ in operator.mutation_positions(node))
        for occurrence, start in enumerate(positions):
            if not any(begin <= start < end for begin, end in unseen):
                yield module, name, occurrence, start[0]


def drawn(seed: int, count: int, modules: Sequence[str]) -> dict[str, object]:
    """Return *count* of the changes of *modules*, or all where they are fewer, by chance from *seed*."""
    everything = [one for module in modules for one in offered(module)]
    # All in one order, of which a smaller count is the beginning.
    order = random.Random(seed).sample(everything, len(everything))
    rows = (row for row in map(mutated, order) if row)
    return {"offered": len(everything), "drawn": list(islice(rows, count))}


def mutated(change: Change) -> dict[str, str | int] | None:
    """Return *change* with the text of the whole module; None where Cosmic Ray cannot make it after all."""
    module, name, occurrence, line = change
    try:
        code = mutate_code(Path(module).read_text("utf-8"), get_operator(name)(), occurrence)
    except AttributeError:
        return None  # it offers another exception for `zlib.error`, and expects a name without a dot
    operator = name.removeprefix("core/")
    return {
        "module": module,
        "operator": operator,
        "occurrence": occurrence,
        "line": line,
        "code": code or "",
    }


if __name__ == "__main__":
    own_seed, own_count, *own_modules = sys.argv[1:]
    json.dump(drawn(int(own_seed), int(own_count), own_modules), sys.stdout)
