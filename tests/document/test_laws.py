"""What holds for whatever an editor nests in what: numbers, letters, references and the filter."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import edition, handout, loaded, procedure, project_at

from handout.document import resolve
from handout.model.document import Document
from handout.model.text import (
    Block,
    BulletList,
    Choice,
    NumberedStep,
    NumberedSteps,
    Paragraph,
    StepLabel,
    plain_text,
)

AUDIENCES = ("staff", "students")
PROCEDURES = ("a", "b")
MOST_AROUND = 5
"""Fragments in fragments; past eight the nesting is a finding."""
Kept = tuple[tuple[str, ...], ...]
"""The audiences of each thing around a step, and its own; an empty one stands for everybody."""


@dataclass
class Drawn:
    """A project in the making: its files, and what was drawn for each step."""

    draw: st.DrawFn
    files: dict[str, str] = field(default_factory=dict)
    kept: dict[str, Kept] = field(default_factory=dict)
    """By the id of the step."""
    home: dict[str, str] = field(default_factory=dict)
    """The procedure of each step, by its id."""
    procedure: str = ""
    around: int = 0
    """The fragments around what is being drawn."""

    def one_of(self, *values: str) -> str:
        return self.draw(st.sampled_from(values))

    def several(self, most: int) -> range:
        return range(self.draw(st.integers(1, most)))

    def fragment(self, inside: Callable[[], list[str]]) -> str:
        """Return the place of a new fragment that holds what *inside* draws."""
        self.around += 1
        lines = inside()
        self.around -= 1
        name = f"f{len(self.files)}"
        self.files[f"content/fragments/{name}.md"] = "\n".join(lines) + "\n"
        return f"![[{name}]]"


def a_procedure(drawn: Drawn) -> list[str]:
    lines = [line for _ in drawn.several(4) for line in top_level(drawn, (), 2)]
    if drawn.one_of("choice", "none") == "choice":
        lines += tabs(drawn, lambda: steps(drawn, (), 1))
    return lines


def top_level(drawn: Drawn, kept: Kept, depth: int) -> list[str]:
    kinds = ("steps", "heading", "text", "tip", *(("only", "fragment") if depth else ()))
    match drawn.one_of(*kinds):
        case "steps":
            return [*steps(drawn, kept, 1), ""]
        case "heading":
            return ["## Kop", ""]
        case "text":
            return ["Tekst.", ""]
        case "tip":
            return ["/// tip", "Rustig.", "///", ""]
        case "only":
            audiences = drawn.one_of(*AUDIENCES, "staff, students")
            inside = some_top_level(drawn, (*kept, names(audiences)), depth - 1)
            return [f"/// only | {audiences}", *inside, "///", ""]
        case _:
            return [drawn.fragment(lambda: some_top_level(drawn, kept, depth - 1)), ""]


def some_top_level(drawn: Drawn, kept: Kept, depth: int) -> list[str]:
    return [line for _ in drawn.several(2) for line in top_level(drawn, kept, depth)]


def names(written: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in written.split(",") if name.strip())


def steps(drawn: Drawn, kept: Kept, level: int) -> list[str]:
    return [line for _ in drawn.several(3) for line in step(drawn, kept, level)]


def step(drawn: Drawn, kept: Kept, level: int) -> list[str]:
    if drawn.around < MOST_AROUND and drawn.draw(st.integers(0, 5)) == 5:
        return [f"1. {drawn.fragment(lambda: steps(drawn, kept, level))}"]
    audiences = drawn.one_of("", "", "staff", "students", "staff,students")
    kept = (*kept, names(audiences))
    step_id = f"s{len(drawn.kept)}"
    drawn.kept[step_id], drawn.home[step_id] = kept, drawn.procedure
    braces = f"{{#{step_id}{' @' + audiences if audiences else ''}}}"
    inside = in_step(drawn, kept) if level == 1 else []
    return [f"1. {step_id} {braces}", *("   " + line if line else "" for line in inside)]


def in_step(drawn: Drawn, kept: Kept) -> list[str]:
    lines: list[str] = []
    for _ in range(drawn.draw(st.integers(0, 3))):
        match drawn.one_of("substeps", "text", "tip", "choice"):
            case "substeps":
                lines += ["", *steps(drawn, kept, 2)]
            case "text":
                lines += ["", "Tekst."]
            case "tip":
                lines += ["", "/// tip", "Rustig.", "///"]
            case _:
                lines += ["", *tabs(drawn, lambda: steps(drawn, kept, 2)), "", "Dan."]
    return [*lines, ""] if lines else []


def tabs(drawn: Drawn, inside: Callable[[], list[str]]) -> list[str]:
    return [
        line
        for title in ("Android", "iPhone", "Tablet")[: drawn.draw(st.integers(2, 3))]
        for line in (f"/// tab | {title}", *inside(), "///")
    ]


@dataclass(frozen=True)
class Case:
    """A project, for one audience."""

    files: dict[str, str]
    kept: dict[str, Kept]
    home: dict[str, str]
    audience: str
    continuous: bool

    def is_seen(self, step_id: str) -> bool:
        return all(not audiences or self.audience in audiences for audiences in self.kept[step_id])


@st.composite
def cases(draw: st.DrawFn) -> Case:
    drawn = Drawn(draw)
    for slug in PROCEDURES:
        drawn.procedure = slug
        body = "\n".join(["Begin.", "", *a_procedure(drawn)])
        drawn.files[f"content/procedures/{slug}.md"] = procedure(body)
    audience, continuous = drawn.one_of(*AUDIENCES), draw(st.booleans())
    references = "\n".join(
        f"- {step_id} [](#.md#{step_id})".replace("#", home, 1) for step_id, home in drawn.home.items()
    )
    numbering = {"numbering": "continuous"} if continuous else {}
    drawn.files["content/handouts/gids.md"] = handout("a, b", f"Lees dit.\n\n{references}\n", **numbering)
    return Case(drawn.files, drawn.kept, drawn.home, audience, continuous)


def resolved_case(case: Case) -> tuple[Document, list[str]]:
    """Return the document of *case*, and what was found wrong with it."""
    with TemporaryDirectory() as folder:
        project = loaded(project_at(Path(folder), case.files))
    document, findings = resolve.document(project, edition(project, audience=case.audience))
    return document, [finding.what for finding in findings]


@dataclass(frozen=True)
class Run:
    """The steps that are numbered together: of a procedure, an option, a step or an option in a step."""

    steps: tuple[NumberedStep, ...]
    procedure: str
    option: str | None = None
    inside: NumberedStep | None = None


def runs_of(
    blocks: Iterable[Block], slug: str, option: str | None = None, inside: NumberedStep | None = None
) -> Iterator[Run]:
    """Yield the runs in *blocks*: the steps that stand there, then those of each option and step."""
    blocks = tuple(blocks)
    steps = tuple(step for block in blocks if isinstance(block, NumberedSteps) for step in block.steps)
    yield Run(steps, slug, option, inside)
    for choice in blocks:
        if isinstance(choice, Choice):
            for one in choice.options:
                yield from runs_of(one.blocks, slug, one.title, inside)
    if inside is None:
        for step in steps:
            yield from runs_of(step.blocks, slug, option, step)


def all_runs(document: Document) -> list[Run]:
    return [run for section in document.sections for run in runs_of(section.blocks, section.slug)]


laws = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@laws
@given(cases())
def test_steps_that_remain_are_those_that_were_not_filtered(case: Case) -> None:
    document, _ = resolved_case(case)

    printed = [plain_text(step.command).strip() for run in all_runs(document) for step in run.steps]
    assert sorted(printed) == sorted(filter(case.is_seen, case.kept))


@laws
@given(cases())
def test_numbers_and_letters_have_no_gap_and_no_double(case: Case) -> None:
    document, _ = resolved_case(case)

    runs = all_runs(document)
    if case.continuous:
        numbers = [step.number for run in runs if run.inside is None for step in run.steps]
        assert numbers == list(range(1, len(numbers) + 1))
    for run in runs:
        numbers = [step.number for step in run.steps]
        if run.inside is not None:
            assert [step.label for step in run.steps] == list(string.ascii_lowercase[: len(numbers)])
        elif not case.continuous:
            assert numbers == list(range(1, len(numbers) + 1))
        if run.inside is None:
            assert [step.label for step in run.steps] == [str(number) for number in numbers]


@laws
@given(cases())
def test_every_reference_gives_the_number_of_its_step_or_is_reported(case: Case) -> None:
    document, found = resolved_case(case)

    steps = {
        plain_text(step.command).strip(): (run, (run.inside.label if run.inside else "") + step.label)
        for run in all_runs(document)
        for step in run.steps
    }
    letters = {section.slug: section.letter for section in document.sections}
    labels = dict(references_of(document))
    assert labels.keys() == steps.keys()
    for step_id, label in labels.items():
        run, printed = steps[step_id]
        assert label.label == printed
        assert label.section == letters[run.procedure]
        assert label.option is None if run.option is None else str(label.option).endswith(run.option)
    assert sorted(found) == sorted(
        f"step '{step_id}' of '{case.home[step_id]}' is not there for {case.audience}"
        for step_id in case.kept
        if not case.is_seen(step_id)
    )


def references_of(document: Document) -> Iterator[tuple[str, StepLabel]]:
    """Yield the id and the label of each reference in the opening text."""
    for block in document.opening:
        if isinstance(block, BulletList):
            for (item,) in block.items:
                assert isinstance(item, Paragraph)
                label = item.children[-1]
                if isinstance(label, StepLabel):
                    yield plain_text(item.children[:-1]).strip(), label
