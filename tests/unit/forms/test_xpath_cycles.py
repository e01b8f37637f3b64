"""Rings of calculations and conditions, which the engine refuses to open."""

import pytest

from forms.compile import FormRefused, compile_form
from tests.unit.forms.workbooks import workbook

RING = """
survey
| type      | name | label | calculation | relevant |
| text      | t    | T     |             |          |
| calculate | a    |       | {a}         |          |
| text      | b    | B     |             | {b}      |
| calculate | c    |       | {c}         |          |
settings
| form_id | version |
| ring    | 1       |
"""


def form(a: str = "", b: str = "", c: str = "") -> bytes:
    return workbook(RING.format(a=a or "1", b=b, c=c or "1"))


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"a": "${c} + 1", "c": "${a} + 1"}, "a, c"),
        ({"a": "${b}", "b": "${c} = 1", "c": "if(${a} > 1, 2, 3)"}, "a, b, c"),
        ({"a": "${t}", "b": "${c} = 1", "c": "string-length(${b})"}, "b, c"),
    ],
)
def test_a_ring_is_refused_with_its_questions_row_and_remedy(
    given: dict[str, str], names: str
) -> None:
    with pytest.raises(FormRefused) as caught:
        compile_form(form(**given), "ring.xlsx")
    (error,) = caught.value.errors
    assert error.message_en == f"These are worked out from each other: {names}."
    assert error.sheet == "survey"
    assert error.row == {"a": 3, "b": 4}[names[0]]
    assert error.remedy_vi


@pytest.mark.parametrize(
    "given",
    [
        {"a": "once(random())"},
        {"a": "${t}", "b": "${a} = 1", "c": "${a} + string-length(${b})"},
        {"a": "concat('${c}', '/data/c')", "c": "${a}"},
        {"a": "instance('__entities')/root/item[name = 'x']/c", "c": "${a}"},
        {"b": ". != '' or ${t} = 1"},
    ],
)
def test_what_the_engine_opens_is_no_ring(given: dict[str, str]) -> None:
    assert compile_form(form(**given), "form.xlsx").form_id == "ring"
