"""Files of editors become procedures, fragments and handouts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handout.model.findings import Finding, Place
from handout.model.source import Dated, Question
from handout.model.text import Include, Paragraph, Steps
from handout.project.reading.documents import fragment, handout, key_places, procedure

PROCEDURE = b"""---
title: Je hebt een nieuwe smartphone
title@students: Je nieuwe gsm
audiences: [staff, students]
source: S21
reconstructed: title
owner: ICT-dienst
reviewed: 2026-11-22
review-by: 2027-06-01
icon: phone-new
---
Je nummer bleef hetzelfde.

1. ![[aanmelden-met-sms]]
2. Klik op `Methode toevoegen`. {#add}
"""

HANDOUT = b"""---
title: Hulp bij MFA
audiences: staff
formats: [leaflet-a4, mini]
procedures: [mfa-app, mfa-sms.md]
numbering: continuous
questions:
  - Je bent je gsm kwijt?
qr: security-info
pages: 2
valid-until: 2027-08-31
---
Opening.

---

Slot.
"""


Read = Callable[[str, bytes], tuple[object, tuple[Finding, ...]]]


def lines_and_faults(findings: Iterable[Finding]) -> list[tuple[int, str]]:
    return sorted((finding.place.line, finding.what) for finding in findings)


def test_procedure_holds_its_front_matter_and_blocks() -> None:
    made, findings = procedure("content/procedures/nieuw-toestel.md", PROCEDURE)
    assert findings == ()
    assert made is not None
    assert (made.slug, made.title, made.icon) == (
        "nieuw-toestel",
        "Je hebt een nieuwe smartphone",
        "phone-new",
    )
    assert made.audiences == ("staff", "students")
    assert dict(made.titles) == {"students": "Je nieuwe gsm"}
    assert made.dated == Dated(("S21",), "title", "ICT-dienst", date(2026, 11, 22), date(2027, 6, 1))
    paragraph, steps = made.blocks
    assert isinstance(paragraph, Paragraph)
    assert paragraph.place == Place("content/procedures/nieuw-toestel.md", 12)
    assert isinstance(steps, Steps)
    assert isinstance(steps.steps[0], Include)


def test_handout_is_parted_by_its_line_of_dashes() -> None:
    made, findings = handout("content/handouts/mfa-hulp.md", HANDOUT)
    assert findings == ()
    assert made is not None
    assert made.audiences == ("staff",)
    assert made.formats == ("leaflet-a4", "mini")
    assert made.procedures == ("mfa-app", "mfa-sms")
    assert (made.continuous, made.page_budget, made.qr) == (True, 2, "security-info")
    assert made.questions == (Question("Je bent je gsm kwijt?"),)
    assert made.valid_until == date(2027, 8, 31)
    assert len(made.opening) == len(made.closing) == 1


def test_handout_without_a_line_of_dashes_has_no_closing() -> None:
    made, findings = handout("a.md", HANDOUT.replace(b"\n---\n\nSlot", b"\n\nSlot"))
    assert findings == ()
    assert made is not None
    assert (len(made.opening), len(made.closing)) == (2, 0)


def test_fragment_needs_no_front_matter() -> None:
    made, findings = fragment("content/fragments/bellen.md", b"1. Bel.\n")
    assert findings == ()
    assert made is not None
    assert (made.slug, made.dated) == ("bellen", Dated())


def test_fragment_takes_only_the_keys_of_a_dated_text() -> None:
    made, findings = fragment("bellen.md", b"---\nsource: [S1, S2]\nowner: ICT\n---\n1. Bel.\n")
    assert findings == ()
    assert made is not None
    assert made.dated == Dated(("S1", "S2"), None, "ICT")
    made, findings = fragment("bellen.md", b"---\ntitle: x\ntitle@staff: y\n---\n1. Bel.\n")
    assert made is None
    assert lines_and_faults(findings) == [
        (1, "the file has 'title' for an audience"),
        (2, "the key 'title' is not known"),
    ]


def test_missing_and_wrong_keys_are_reported_together_with_their_lines() -> None:
    head = b"---\naudiences: [staff, staff]\nreviewed: 22/11/2026\nreview-by: 20270601\n"
    tail = b"owner: [a, b]\nicon: X\nowned: y\n---\nTekst <b>\n"
    made, findings = procedure("a.md", head + tail)
    assert made is None
    assert [(str(f.place), f.what, f.fix) for f in findings if "known" not in f.what] == [
        ("a.md:5", "'owner' is a list", "write one text"),
        ("a.md:3", "'reviewed' is '22/11/2026'", "write a date, as 2026-11-22"),
        ("a.md:4", "'review-by' is '20270601'", "write a date, as 2026-11-22"),
        ("a.md:1", "'title' is missing", "add it: title: what the reader wants to do"),
        ("a.md:2", "'audiences' is a list", "write each name once: 'staff' stands twice"),
        ("a.md:6", "'icon' is 'X'", "write one name of lower-case letters, digits and hyphens"),
        (
            "a.md:9",
            "the text holds the HTML tag <b>",
            "write it in Markdown; for a < that is printed, write \\<",
        ),
    ]
    (unknown,) = (f for f in findings if "known" in f.what)
    assert (unknown.place.line, unknown.what) == (7, "the key 'owned' is not known")
    assert unknown.fix.startswith("did you mean 'owner'?")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b"numbering: continuous", b"numbering: on", (6, "'numbering' is 'on'")),
        (b"pages: 2", b"pages: twee", (10, "'pages' is 'twee'")),
        (b"pages: 2", b"pages: 0", (10, "'pages' is '0'")),
        (b"valid-until: 2027-08-31", b"valid-until: 2027-02-30", (11, "'valid-until' is '2027-02-30'")),
        (b"formats: [leaflet-a4, mini]", b"formats: []", (4, "'formats' is an empty list")),
        (b"[mfa-app, mfa-sms.md]", b"[]", (5, "'procedures' is an empty list")),
        (b"Slot.", b"---\nSlot.", (17, "a second line of dashes stands in the text")),
        (b"Slot.", b"1. Klik.", (17, "steps stand in the text of a handout")),
        (
            b"Opening.",
            b"/// only | staff\n- x\n\n1. Klik.\n///",
            (16, "steps stand in the text of a handout"),
        ),
    ],
)
def test_fault_of_a_handout_is_reported_with_its_line(
    old: bytes, new: bytes, expected: tuple[int, str]
) -> None:
    assert old in HANDOUT
    _, findings = handout("a.md", HANDOUT.replace(old, new))
    assert lines_and_faults(findings) == [expected]


def test_line_of_dashes_in_a_procedure_or_fragment_is_reported() -> None:
    _, findings = procedure("a.md", PROCEDURE + b"\n---\n")
    assert lines_and_faults(findings) == [(17, "a line of dashes stands in the text")]
    _, findings = fragment("a.md", b"Tekst.\n\n---\n")
    assert lines_and_faults(findings) == [(3, "a line of dashes stands in the text")]


@pytest.mark.parametrize("name", ["Aan melden.md", "été.md", "con.md", "lpt1.md", "-a.md", "a" * 61 + ".md"])
def test_file_name_that_cannot_name_an_output_is_reported(name: str) -> None:
    made, (finding,) = procedure(f"content/procedures/{name}", PROCEDURE)
    assert made is None
    assert finding.place == Place(f"content/procedures/{name}")


def test_text_that_is_not_utf_8_is_reported_with_its_line() -> None:
    made, (finding,) = procedure("a.md", PROCEDURE + "café".encode("cp1252"))
    assert made is None
    assert finding.place.line == PROCEDURE.count(b"\n") + 1


def test_place_of_every_value_of_the_front_matter_can_be_asked() -> None:
    places = key_places("a.md", PROCEDURE)
    assert places["audiences"] == (Place("a.md", 4), Place("a.md", 4))
    assert places["title@students"] == (Place("a.md", 3),)
    assert key_places("a.md", b"\xff") == {}


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=120), st.sampled_from((procedure, fragment, handout)), st.booleans())
def test_any_bytes_give_a_value_or_findings(data: bytes, read: Read, with_head: bool) -> None:
    made, findings = read("a.md", (b"---\ntitle: x\n---\n" if with_head else b"") + data)
    assert made is not None or findings


@pytest.mark.parametrize(
    ("read", "head", "kind"),
    [
        (procedure, b"---\ntitle: Aanmelden\naudiences: [staff]\n---\n", "procedure"),
        (fragment, b"", "fragment"),
        (fragment, b"---\nowner: ICT-dienst\n---\n\n", "fragment"),
        (handout, b"---\ntitle: Gids\naudiences: [staff]\nformats: [leaflet-a4]\n---\n---\n", "handout"),
    ],
)
def test_file_that_would_print_nothing_is_told(read: Read, head: bytes, kind: str) -> None:
    _, (finding,) = read(f"content/{kind}s/leeg.md", head)
    assert (finding.place.line, finding.rule) == (1, "part-empty")
    assert finding.what == f"the {kind} has no steps and no text"


@pytest.mark.parametrize("keys", [b"procedures: [aanmelden]\n", b"leads-to: [gids]\n"])
def test_handout_without_a_text_of_its_own_may_show_others(keys: bytes) -> None:
    head = b"---\ntitle: Gids\naudiences: [staff]\nformats: [leaflet-a4]\n" + keys + b"---\n"
    assert handout("content/handouts/gids.md", head)[1] == ()
