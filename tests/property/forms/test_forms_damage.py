"""Damaged workbooks are refused with words, whatever was damaged."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from forms.compile import FormRefused, compile_form
from tests.unit.forms.workbooks import workbook

WORKBOOK = workbook("""
survey
| type | name | label |
| select_one yn | b | B |
choices
| list_name | name | label |
| yn | yes | Yes |
settings
| form_id | version |
| good | 1 |
""")


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.integers(0, len(WORKBOOK) - 1),
    st.binary(min_size=1, max_size=40),
    st.integers(0, len(WORKBOOK)),
)
def test_a_damaged_workbook_converts_or_is_refused(at: int, bytes_: bytes, size: int) -> None:
    damaged = (WORKBOOK[:at] + bytes_ + WORKBOOK[at + len(bytes_) :])[: max(size, at + 1)]
    try:
        form = compile_form(damaged, "x.xlsx")
    except FormRefused as refused:
        errors = refused.errors
    else:
        errors = ()
        assert form.schema.fields
    assert all(each.message_vi and each.remedy_vi for each in errors)
