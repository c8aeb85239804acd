"""Markdown becomes blocks with lines, or findings."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.project.reading.dump import Case, dump, read_cases

from handout.model.findings import Finding
from handout.model.text import Steps
from handout.project.reading.markdown import MOST_BODY_BYTES, MOST_BODY_LINES, parse

FILES = sorted((Path(__file__).parent / "cases").glob("*.md-cases"))
CASES = [pytest.param(case, id=f"{file.stem}: {case.name}") for file in FILES for case in read_cases(file)]


@pytest.mark.parametrize("case", CASES)
def test_markdown_becomes_the_blocks_and_findings_of_its_case(case: Case) -> None:
    assert dump(*parse(case.source, "a.md", 1)) == case.expected


def test_case_names_are_unique() -> None:
    names = [case.id for case in CASES]
    assert len(names) == len(set(names)) >= 60


def test_lines_are_counted_from_the_first_line_of_the_body() -> None:
    (block,), findings = parse("\n1. Klik {on x}\n", "content/procedures/a.md", 12)
    assert isinstance(block, Steps)
    assert str(block.place) == "content/procedures/a.md:13"
    assert [str(finding.place) for finding in findings] == ["content/procedures/a.md:13"]


def test_windows_line_ends_count_as_one_line() -> None:
    _, findings = parse("een\r\ntwee\r\n<b>", "a.md", 1)
    assert [finding.place.line for finding in findings] == [3]


def test_text_that_is_too_large_is_reported_without_reading_it() -> None:
    blocks, (finding,) = parse("é" * (MOST_BODY_BYTES // 2 + 1), "a.md", 5)
    assert blocks == ()
    assert (finding.place.line, finding.what) == (5, "the text has 200002 bytes")


def test_text_with_too_many_lines_is_reported() -> None:
    blocks, (finding,) = parse("- a\n" * MOST_BODY_LINES, "a.md", 5)
    assert blocks == ()
    assert finding.what == "the text has 5001 lines"


def test_paragraph_that_is_too_long_is_reported() -> None:
    _, (finding,) = parse("kop\n\n" + "a" * 10_001, "a.md", 1)
    assert finding.place.line == 3
    assert "a paragraph is too long" in finding.what


def nested_pictures(levels: int) -> str:
    text = "a"
    for _ in range(levels):
        text = f"![{text}](images/a.svg)"
    return text


@pytest.mark.parametrize(
    "text",
    [
        "*a " * 600 + "a*" * 600,
        "**" * 2_000 + "a" + "**" * 2_000,
        "[" * 9_000,
        "![" * 4_500,
        nested_pictures(400),
        "> " * 3_000,
        "- " * 3_000,
        "\n".join("/// tip" for _ in range(2_000)),
        "\n".join(["/// tip"] * 1_000 + ["x"] + ["///"] * 1_000),
        "\n".join("   " * level + "1. a" for level in range(300)),
        "{{" * 4_000,
        "`" * 9_999,
    ],
    ids=range(12),
)
def test_text_nested_without_end_is_answered_without_exhausting_the_stack(text: str) -> None:
    blocks, findings = parse(text, "a.md", 1)
    assert findings or blocks


PIECES = st.sampled_from(
    (
        *("1. ", "- ", "   ", "    ", "\n", "\n\n", "/// tip\n", "/// tab | A\n", "///\n", "/// only | x\n"),
        *("{#a}", "{@b on computer}", "{", "}", "{{ a.b }}", "{{", "}}", "![[f]]", "![", "](images/a.svg)"),
        *("[", "](#a)", "](a.md)", "<b>", "<!--", "-->", "`", "**", "*", "_", "|", "|---|\n", "## ", "#### "),
        *("---\n", "===\n", "> ", "```\n", "\\", "&nbsp;", "&#x202e;", "a", " ", "\t", "recommended: true\n"),
    )
)


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.lists(PIECES, max_size=40).map("".join), st.text(max_size=200)))
def test_any_text_gives_blocks_or_findings(text: str) -> None:
    blocks, findings = parse(text, "a.md", 1)
    assert isinstance(blocks, tuple)
    last_line = text.count("\n") + text.count("\r") + 1
    assert all(is_complete(finding) and 1 <= finding.place.line <= last_line for finding in findings)


@pytest.mark.parametrize(
    ("hidden", "name"),
    [
        ("\u200b", "ZERO WIDTH SPACE"),
        ("\xad", "SOFT HYPHEN"),
        ("\u2060", "WORD JOINER"),
        ("\u200d", "ZERO WIDTH JOINER"),
        ("\u3164", "HANGUL FILLER"),
    ],
)
def test_letter_that_nobody_sees_in_words_to_type_is_named(hidden: str, name: str) -> None:
    _, (finding,) = parse(f"Klik op `Vol{hidden}gende`.", "a.md", 1)
    assert (finding.place.line, finding.rule) == (1, "character-hidden")
    assert name in finding.what


def test_joiner_that_an_arabic_word_needs_may_stand_in_a_label() -> None:
    assert parse("Klik op `می\u200cخواهم`.", "a.md", 1)[1] == ()


def is_complete(finding: Finding) -> bool:
    return bool(finding.what and finding.fix and finding.place.path)
