"""The old binary Excel format, which many offices still save."""

from pathlib import Path

import pytest

from forms.compile import compile_form
from forms.form_errors import FormRefused

OLD = (Path(__file__).parent / "data" / "village.xls").read_bytes()


def test_a_binary_excel_workbook_becomes_the_same_form() -> None:
    form = compile_form(OLD, "village.xls")
    assert (form.form_id, form.version) == ("thon", "2026112201")
    assert [field.name for field in form.schema.fields if not field.path.startswith("/data/meta")][
        :3
    ] == ["ten", "so_ho", "co_mang"]
    assert "Có mạng không?" in form.xform.decode()


def test_half_a_binary_workbook_is_refused_with_a_remedy() -> None:
    with pytest.raises(FormRefused) as refused:
        compile_form(OLD[: len(OLD) // 3], "village.xls")
    (error,) = refused.value.errors
    assert error.remedy_vi
    assert error.remedy_en
