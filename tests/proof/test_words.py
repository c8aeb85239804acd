"""What a template may print beside the texts: words that are known, in any order, with signs between them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from handout.proof.words import is_known

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
