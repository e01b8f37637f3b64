"""Words in the reader's language."""

from __future__ import annotations

import pytest

from forms.labels import answer_text, choice_label, label, language_code, text
from forms.schema import Choice, ChoiceList, Field, FormSchema

LABELS = {"Tiếng Việt (vi)": "Có", "English (en)": "Yes"}
LIST = ChoiceList("yn", (Choice("yes", LABELS), Choice("no", {"Tiếng Việt (vi)": "Không"})))
ONE = Field("/d/q", "q", "", "string", 1, "q", "select1", choices=LIST, labels=LABELS)
MANY = Field("/d/q", "q", "", "string", 1, "q", "select", is_select_multiple=True, choices=LIST)
SCHEMA = FormSchema("f", "1", "f", "Tiếng Việt (vi)", tuple(LABELS), (ONE, MANY), ())


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Tiếng Việt (vi)", "vi"),
        ("English (en-GB)", "en-gb"),
        ("vi", "vi"),
        ("Français", "français"),
    ],
)
def test_a_language_has_its_code(name: str, code: str) -> None:
    assert language_code(name) == code


@pytest.mark.parametrize(
    ("language", "words"),
    [("vi", "Có"), ("en", "Yes"), ("English (en)", "Yes"), ("fr", "Có"), ("", "Có")],
)
def test_it_falls_back_to_the_forms_default(language: str, words: str) -> None:
    assert label(ONE, language, default_language="Tiếng Việt (vi)") == words


def test_without_any_words_the_name_is_shown() -> None:
    assert label(MANY, "vi") == "q"
    assert text({}, "vi") == ""
    assert text({"": "Which?"}, "vi") == "Which?"


def test_choices_have_labels_and_unknown_codes_stay() -> None:
    assert choice_label(ONE, "yes", "en") == "Yes"
    assert choice_label(ONE, "no", "en") == "Không"
    assert choice_label(ONE, "maybe", "en") == "maybe"


def test_answers_are_told_in_words() -> None:
    assert answer_text(SCHEMA, MANY, "no yes", "vi") == "Không; Có"
    assert answer_text(SCHEMA, ONE, "yes", "en") == "Yes"
    plain = Field("/d/t", "t", "", "string", 2, "t")
    assert answer_text(SCHEMA, plain, "chờ lâu", "vi") == "chờ lâu"
