"""Texts in CSV files for people: shown, never run, and read back as they were."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.collection.spreadsheets import as_text, from_text


@pytest.mark.parametrize(
    "text", ["=1+1", "+84 900", "-x", "@SUM(A1)", "\t=1", "-1+2", "＝1", "'=1", "\n=1"]
)
def test_a_text_that_looks_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert as_text(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-1", "+1.5", "-1,5", "-2e3", "'quoted'", "", "0", "a = b"])
def test_a_number_with_its_sign_and_other_words_stay_as_they_are(text: str) -> None:
    assert as_text(text) == from_text(text) == text


@given(st.text(alphabet="'=+-@1a \t"))
def test_what_was_marked_comes_back_as_it_was(text: str) -> None:
    assert from_text(as_text(text)) == text
