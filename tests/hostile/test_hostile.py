"""Each hostile project gets its one true answer from the real command line, within bounds."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

import pytest
from tests.hostile import projects
from tests.hostile.projects import Answer, Case

pytestmark = pytest.mark.skipif(
    os.name != "posix", reason="bounds on a process, links and pipes: POSIX has them"
)
LEAST_CASES = 200


@pytest.fixture(scope="session")
def answer_to(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[Case], Answer]]:
    """Return what gives the answer to a case: all that will be asked for are begun, one a core."""
    root = tmp_path_factory.mktemp("hostile")

    def run(name: str) -> Answer:
        case = projects.read(name)
        return projects.answer(case, projects.lay_down(case, root / name), root / "cache")

    asked = (item.callspec.params.get("name") for item in request.session.items if hasattr(item, "callspec"))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        answers: dict[str, Future[Answer]] = {
            name: pool.submit(run, name) for name in asked if name in projects.names()
        }
        yield lambda case: answers[case.name].result()
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("name", projects.names())
def test_hostile_project_has_its_one_outcome(name: str, answer_to: Callable[[Case], Answer]) -> None:
    case = projects.read(name)
    answer = answer_to(case)
    said = answer.out + answer.err
    assert (answer.exit, answer.found) == (case.exit, case.found), said
    for words in case.says:
        assert words in said
    for words in ("Traceback", "fault of the program", *case.silent):
        assert words not in said


def test_there_are_many_hostile_projects() -> None:
    assert len(projects.names()) >= LEAST_CASES


def test_no_two_hostile_projects_have_the_same_fault_for_the_same_reader() -> None:
    heard = Counter(_fault(projects.read(name)) for name in projects.names())
    assert [fault for fault, count in heard.items() if count > 1] == []


def _fault(case: Case) -> tuple[str, ...]:
    """Return who finds the fault of *case* and in which words, but for the names in it."""
    first = case.found[0].says if case.found else " ".join(case.says)
    words = re.sub(r"'[^']*'|[0-9]+", "…", first)
    return (case.guard, case.found[0].rule if case.found else "", words)


@pytest.mark.parametrize("guard", sorted({projects.read(name).guard for name in projects.names()}))
def test_guard_that_a_hostile_project_names_is_there(guard: str) -> None:
    module, _, path = guard.partition(":")
    found: object = import_module(module)
    for part in path.split("."):
        found = getattr(found, part)
    assert callable(found)


def test_hostile_projects_hold_nothing_that_the_base_has_too() -> None:
    for path in projects.CASES.rglob("*"):
        base = projects.BASE / Path(*path.relative_to(projects.CASES).parts[1:])
        assert not (path.is_file() and base.is_file() and path.read_bytes() == base.read_bytes()), path
