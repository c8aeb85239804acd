"""What a template may print beside the texts: words that are known, in any order, with signs between them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.proof.plain import document, page, terms

from handout.model.plurals import printed_date
from handout.proof import ProofRule
from handout.proof.expected import Expected
from handout.proof.paper import opened
from handout.proof.words import is_known, words

LETTERS = st.text("abc", min_size=1, max_size=3)


@given(st.lists(LETTERS, min_size=1, max_size=5, unique=True), st.data())
def test_text_made_of_known_words_and_signs_is_known(known: list[str], data: st.DataObject) -> None:
    parts = data.draw(st.lists(st.sampled_from([*known, "·", "(", "-"]), max_size=6))
    assert is_known("".join(parts).upper(), known)


@given(st.lists(LETTERS, max_size=5), st.text("abc", max_size=4), st.text("abc", max_size=4))
def test_text_with_a_letter_of_no_known_word_is_strange(known: list[str], before: str, after: str) -> None:
    assert not is_known(f"{before}x{after}", known)


def test_code_that_begins_as_the_word_before_it_is_known() -> None:
    # The foot without its figures: of the code 771C08 one letter is left, and `code` begins with it.
    assert is_known("v.·codec", ("c", "v", "code"))
    assert not is_known("v.·codez", ("c", "v", "code"))


def told_of(day: date, on_paper: str) -> list[str]:
    """Return what the proof says of the day until which an Arabic page holds that prints *on_paper*."""
    asked = replace(document(), language="ar", valid_until=day, qr=None)
    promised = replace(terms(), is_right_to_left=True)
    style = "html{direction:rtl;font:12pt 'IBM Plex Sans Arabic'}"
    with opened(page(f"<p>صالح حتى {on_paper}</p>", style)) as paper:
        return [
            one.what for one in words(paper, Expected(asked, promised)) if one.rule == ProofRule.FOOT_MISSING
        ]


@pytest.mark.parametrize("month", range(1, 13))
def test_day_in_arabic_is_found_in_every_month(month: int) -> None:
    """Of September to December two letters are one sign, which is stored in another order than the rest."""
    day = date(2098, month, 1)
    assert told_of(day, printed_date(day, "ar")) == []


@pytest.mark.parametrize("other", ["11 ديسمبر 2098", "1 نوفمبر 2098", "1 ديسمبر 2099", "1 ديسمبرر 2098"])
def test_another_day_in_arabic_is_not_the_day(other: str) -> None:
    (missing,) = told_of(date(2098, 12, 1), other)
    assert "01-12-2098" in missing
