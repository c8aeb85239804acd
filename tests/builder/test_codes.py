"""What is remembered of the codes of sheets, and what is told of an old one: the words of then and of now."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import edition, handout, loaded, procedure, project_at

from handout.builder import codes
from handout.builder.codes import ChangedPassage, CodeHistory, KnownSheet, changes
from handout.builder.history import EarlierBuilds
from handout.editions import sheet_code
from handout.machine.cache import Cache
from handout.model.document import Passage

STEPS = """\
1. Open `Outlook`.
2. Doe dit:
    1. Klik op `Nieuw`.
    2. Klik op `Stuur`.
3. Sluit je computer.
"""


def sheet_of(root: Path, body: str, title: str = "Mailen") -> KnownSheet:
    """Return what is remembered of a leaflet whose one procedure is *body*."""
    files = {
        "content/procedures/een.md": procedure(body, title),
        "content/procedures/twee.md": procedure("1. Wacht.", "Wachten"),
        "content/handouts/gids.md": handout("een, twee", audiences="[staff]"),
    }
    project = loaded(project_at(root, files))
    document, found = sheet_code.document(project, edition(project))
    assert found == ()
    return KnownSheet(document.code, document.title, None, document.passages)


def told(root: Path, before: str, now: str) -> list[tuple[str, str, str, str, str]]:
    """Return what changed from the leaflet of *before* to that of *now*."""
    found = changes(sheet_of(root / "before", before), sheet_of(root / "now", now))
    assert found is not None
    return [(one.kind, one.section, one.step, one.before, one.now) for one in found]


def test_changed_step_is_told_with_the_words_of_then_and_now(tmp_path: Path) -> None:
    now = STEPS.replace("Sluit je computer", "Zet je computer uit")
    assert told(tmp_path, STEPS, now) == [
        ("words", "Mailen", "3", "Sluit je computer.", "Zet je computer uit.")
    ]


def test_changed_substep_has_its_letter(tmp_path: Path) -> None:
    now = STEPS.replace("`Stuur`", "`Verzend`")
    assert told(tmp_path, STEPS, now) == [("words", "Mailen", "2b", "Klik op Stuur.", "Klik op Verzend.")]


def test_new_step_is_new_and_those_behind_it_are_not_told_of(tmp_path: Path) -> None:
    now = STEPS.replace("3. Sluit", "3. Wacht even.\n4. Sluit")
    there, back = told(tmp_path, STEPS, now), told(tmp_path, now, STEPS)
    assert ("3", "", "Wacht even.") in [(step, was, is_[:11]) for _, _, step, was, is_ in there]
    assert ("3", "Wacht even.", "") in [(step, was[:11], is_) for _, _, step, was, is_ in back]
    assert "Sluit" not in str((there, back))


def test_address_is_told_as_an_address(tmp_path: Path) -> None:
    before = "1. Surf naar [Info](https://mfa.school.be/oud)."
    found = told(tmp_path, before, before.replace("oud", "nieuw"))
    assert ("address", "Mailen", "1", "https://mfa.school.be/oud", "https://mfa.school.be/nieuw") in found


def test_sheet_that_says_the_same_has_no_change(tmp_path: Path) -> None:
    one = sheet_of(tmp_path, STEPS)
    assert changes(one, one) == ()


def test_what_was_not_remembered_is_not_known(tmp_path: Path) -> None:
    one = sheet_of(tmp_path, STEPS)
    assert changes(replace(one, passages=()), one) is None


def test_step_that_only_has_another_number_is_told_so() -> None:
    before = KnownSheet("AAAAAA", "Gids", None, (Passage("words", "Klik.", "Mailen", "3"),))
    now = KnownSheet("BBBBBB", "Gids", None, (Passage("words", "Klik.", "Mailen", "4"),))
    assert changes(before, now) == (ChangedPassage("step", "Mailen", "3", "3", "4"),)


# ---- the history ------------------------------------------------------------------------------


def known(code: str, said: str = "") -> KnownSheet:
    return KnownSheet(code, "Gids", None, (Passage("words", said),) if said else ())


def test_code_that_is_made_last_is_the_newest() -> None:
    history = CodeHistory().after({"a": known("1", "een")}).after({"a": known("2", "twee")})
    assert [one.code for one in history.editions["a"]] == ["1", "2"]
    back = history.after({"a": known("1", "een")})
    assert [one.code for one in back.editions["a"]] == ["2", "1"]


def test_what_a_code_said_stays_known_where_a_build_does_not_make_it_anew() -> None:
    history = CodeHistory().after({"a": known("1", "een")}).after({"a": known("1")})
    assert history.newest("a") == known("1", "een")


def test_file_from_before_is_older_than_what_is_known() -> None:
    history = CodeHistory().after({"a": known("2", "twee")}).with_rows([("a", known("1")), ("b", known("3"))])
    assert [one.code for one in history.editions["a"]] == ["1", "2"]
    assert history.newest("b") == known("3")


def test_so_many_codes_are_remembered_and_no_more() -> None:
    history = CodeHistory()
    for number in range(codes.MOST_EARLIER + 5):
        history = history.after({"a": known(str(number))})
    assert len(history.editions["a"]) == codes.MOST_EARLIER
    assert history.newest("a") == known(str(codes.MOST_EARLIER + 4))


words = st.text(max_size=8)
passages = st.builds(Passage, st.sampled_from(["words", "address", "picture"]), words, words, words)
sheets = st.builds(
    KnownSheet, words, words, st.none() | st.just("2027-08-31"), st.lists(passages, max_size=4).map(tuple)
)


@given(st.dictionaries(words, st.lists(sheets, min_size=1, max_size=3).map(tuple), max_size=3))
def test_history_comes_back_from_its_bytes(editions: dict[str, tuple[KnownSheet, ...]]) -> None:
    assert codes.unpacked(codes.packed(CodeHistory(editions))) == CodeHistory(editions)


@pytest.mark.parametrize("content", [None, b"", b"x", b"\x78\x9c\x03\x00\x00\x00\x00\x01"])
def test_damaged_history_is_an_empty_one(content: bytes | None) -> None:
    assert codes.unpacked(content) == CodeHistory()


def test_codes_are_remembered_by_the_path_of_the_project(tmp_path: Path) -> None:
    """As docs/code.md and docs/how-to/forge.md say: another place begins anew, a link does not."""
    one, other, link = (tmp_path / name for name in ("one", "other", "link"))
    for root in (one, other):
        project_at(root, {})
    link.symlink_to(one)
    cache = Cache(tmp_path / "cache")
    kept = CodeHistory({"staff/gids": (KnownSheet("7K2M4Q", "Gids", None, ()),)})
    EarlierBuilds.of(one, cache).keep_codes(kept)
    nowhere = tmp_path / "nowhere"
    assert EarlierBuilds.of(one, cache).codes_with(nowhere) == kept
    assert EarlierBuilds.of(link, cache).codes_with(nowhere) == kept
    assert EarlierBuilds.of(other, cache).codes_with(nowhere) == CodeHistory()


def test_what_another_machine_published_joins_what_is_known_here(tmp_path: Path) -> None:
    own = CodeHistory({"a": (known("1", "een"), known("2", "twee")), "b": (known("8"),)})
    (tmp_path / "codes.json").write_bytes(
        codes.published(CodeHistory({"a": (known("2"), known("3", "drie")), "c": (known("9"),)}))
    )
    cache = Cache(tmp_path / "cache")
    here = EarlierBuilds.of(project_at(tmp_path / "one", {}), cache)
    here.keep_codes(own)
    assert here.codes_with(tmp_path).editions == {
        "a": (known("1", "een"), known("2", "twee"), known("3", "drie")),
        "b": (known("8"),),
        "c": (known("9"),),
    }


@pytest.mark.parametrize(
    "content",
    [b"", b"null", b"[]", b'{"passages": [], "editions": {"a": [["1", "Gids", "soon", []]]}}', b"{" * 5000],
)
def test_damaged_file_of_codes_is_an_empty_one(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "codes.json").write_bytes(content)
    here = EarlierBuilds.of(project_at(tmp_path / "one", {}), Cache(tmp_path / "cache"))
    assert here.codes_with(tmp_path) == CodeHistory()


def test_commits_are_older_than_what_is_known() -> None:
    history = CodeHistory({"a": (known("3"),)})
    for code in ("3", "2", "1"):  # from the newest on
        history = history.with_earlier({"a": known(code), "b": known(code)})
    assert [one.code for one in history.editions["a"]] == ["1", "2", "3"]
    assert history.newest("b") == known("3")
