"""Front matter is texts and lists of texts, each with its line."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handout.model.findings import Place
from handout.project.reading.front_matter import MOST_BYTES, FrontMatter, split

SIGN = "a value begins with a sign of YAML: found character"
FORM = "the front matter is not well-formed: expected"
MARKED = "the front matter uses an anchor, alias or tag (& * !)"
NESTED = "a value is a list or table inside another"


def faults(head: str) -> list[tuple[int, str]]:
    _, findings = split("a.md", f"---\n{head}\n---\n")
    assert all(finding.fix for finding in findings)
    return [(finding.place.line, finding.what) for finding in findings]


def sound(text: str) -> FrontMatter:
    front_matter, findings = split("a.md", text)
    assert findings == ()
    assert front_matter is not None
    return front_matter


def test_values_are_texts_and_lists_of_texts() -> None:
    head = "# opmerking\ntitle: Wat nu?  # nog een\npages: 2\nanswer: no\n"
    head += "audiences: [staff, students]\nformats:\n  - a\n  - b"
    assert sound(f"---\n{head}\n---\n").values() == {
        "title": "Wat nu?",
        "pages": "2",
        "answer": "no",
        "audiences": ("staff", "students"),
        "formats": ("a", "b"),
    }


def test_body_begins_below_the_head() -> None:
    front_matter = sound("---\ntitle: x\n---\n\nTekst\n---\nmeer")
    assert front_matter.body == "\nTekst\n---\nmeer"
    assert front_matter.body_line == 4


def test_every_value_knows_its_line() -> None:
    front_matter = sound("---\ntitle: x\naudiences:\n  - staff\n\n  - students\nformats: [a,\n  b]\n---\n")
    assert front_matter.place_of(("title",)) == Place("a.md", 2)
    assert front_matter.place_of(("audiences",)) == Place("a.md", 3)
    assert front_matter.place_of(("audiences", 1)) == Place("a.md", 6)
    assert front_matter.place_of(("formats", 1)) == Place("a.md", 8)
    assert front_matter.place_of(("owner",)) == Place("a.md", 1)


def test_title_for_an_audience_stands_apart() -> None:
    front_matter = sound("---\ntitle: Gsm kwijt\ntitle@students: Je gsm kwijt\n---\n")
    assert front_matter.values() == {"title": "Gsm kwijt"}
    assert front_matter.for_audiences("title") == {"students": "Je gsm kwijt"}


def test_wrapped_value_is_one_line_and_keeps_its_hard_spaces() -> None:
    front_matter = sound("---\ntitle: >\n  Je hebt\n  5\u00a0minuten\n---\n")
    assert front_matter.values() == {"title": "Je hebt 5\u00a0minuten"}


def test_text_without_front_matter_is_reported_where_one_is_needed() -> None:
    front_matter, (finding,) = split("a.md", "\n---\ntitle: x\n---\n")
    assert front_matter is None
    assert (finding.place.line, finding.what) == (1, "the file does not begin with front matter")


def test_text_without_front_matter_is_a_body_where_none_is_needed() -> None:
    front_matter, findings = split("a.md", "Tekst", required=False)
    assert findings == ()
    assert front_matter == FrontMatter("a.md", (), "Tekst", 1)


def test_front_matter_without_an_end_is_reported() -> None:
    front_matter, (finding,) = split("a.md", "---\ntitle: x\nTekst")
    assert front_matter is None
    assert (finding.place.line, finding.what) == (1, "the front matter has no end")


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("title: a: b", [(2, "a value holds ': ', which begins a new key")]),
        ("x: y\nowner: @ict", [(3, f"{SIGN} '@' that cannot start any token")]),
        ("x: y\nowner: 'ict", [(3, "a value in quotes is not well-formed")]),
        ("x: y\n\towner: ict", [(3, "a tab stands where a value or a space is needed")]),
        ("x: [a, [b], c]", [(2, NESTED)]),
        ("x:\n  y: z\nw: [", [(3, NESTED), (4, f"{FORM} the node content, but found '<stream end>'")]),
        ("x: &a y\nz: *a", [(2, MARKED), (3, MARKED)]),
        ("x: !!python/name:os.system y", [(2, MARKED)]),
        ("x: y\nx: z", [(3, "the key 'x' stands twice; first in line 2")]),
        ("title@a: y\ntitle@a: z", [(3, "the key 'title@a' stands twice; first in line 2")]),
        ("title:\nx: [a, ]\ny: [a, '']", [(2, "'title' has no value"), (4, "'y' has no value")]),
        ("owner@staff: x", [(2, "the key 'owner@staff' is for one audience")]),
        ("title@Staf Leden: x", [(2, "the key 'title@Staf Leden' names no audience")]),
        ("title@staff: [x]", [(2, "'title@staff' is a list")]),
        ("- a\n- b", [(2, "the front matter is no list of keys")]),
        ("x: y\n--- z", [(3, "the front matter holds a second document")]),
        ("[a]: b", [(2, NESTED)]),
        ("zomaar tekst", [(2, "the front matter is no list of keys")]),
        ("x: y\n...\nz: w", [(4, f"{FORM} '<document start>', but found '<block mapping start>'")]),
        ('x: "a\\u202eb"', [(2, "'x' holds RIGHT-TO-LEFT OVERRIDE (U+202E)")]),
        ('x: "\\U99999999"', [(2, "the front matter holds a character that is none")]),
        ("x: " + "[" * 300, [(2, "the front matter holds more than 200 brackets")]),
        ("x: " + "a" * MOST_BYTES, [(2, f"the front matter is larger than {MOST_BYTES} bytes")]),
    ],
)  # fmt: skip
def test_fault_is_reported_with_its_line(head: str, expected: list[tuple[int, str]]) -> None:
    assert faults(head) == expected


PIECES = st.sampled_from(
    (
        *"abc:-[]{},&*!|>'\"%@`#? \n\t\\",
        "title: ",
        "---",
        "...",
        "\n- ",
        "\\u202e",
        "\\U99999999",
        "title@x: ",
    )
)


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.lists(PIECES, max_size=40).map("".join), st.text(max_size=100)))
def test_any_head_gives_values_or_findings(head: str) -> None:
    front_matter, findings = split("a.md", f"---\n{head}\n---\nTekst")
    assert front_matter is not None or findings
    assert all(finding.place.line >= 1 for finding in findings)
