"""From a workbook or an XForm to what is published. The only module that knows pyxform.

pyxform is imported inside the function: a web process imports this module for its values alone.
"""

from __future__ import annotations

import io
import re
import struct
import warnings as quiet
import zlib
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any, Final

from forms.form_errors import FormError, FormNote, FormRefused, refuse
from forms.pyxform_notes import note_of
from forms.pyxform_words import errors_of
from forms.schema import FormSchema, NotAnXForm, read_schema
from forms.workbook_guard import (
    FileKind,
    damaged,
    file_kind,
    not_a_workbook,
    password_protected,
    require_utf8,
)
from forms.workbook_rows import Sheets
from forms.xpath_check import xpath_errors
from forms.xpath_cycles import cycle_errors

__all__ = ["CompiledForm", "FormError", "FormNote", "FormRefused", "compile_form"]

# How openpyxl and xlrd meet parts that are broken: they check little and stumble later.
_BROKEN: Final[tuple[type[Exception], ...]] = (
    *(ValueError, AssertionError, LookupError, TypeError, AttributeError, EOFError, SyntaxError),
    *(OSError, OverflowError, MemoryError, RecursionError, struct.error, zlib.error),
)
_FILE_SUFFIXES: Final = (".xml", ".xls", ".xlsx")


@dataclass(frozen=True, slots=True)
class CompiledForm:
    """A form ready to be stored: the XForm's bytes and what they say.

    ``itemsets`` is the file ``itemsets.csv`` that a workbook with external choices brings along.
    """

    xform: bytes
    form_id: str
    version: str
    title: str
    warnings: tuple[FormNote, ...]
    media_names: tuple[str, ...]
    schema: FormSchema
    itemsets: bytes | None = None


@dataclass(frozen=True, slots=True)
class _Converted:
    xform: bytes
    warnings: tuple[str, ...]
    itemsets: bytes | None
    sheets: Sheets


def compile_form(
    data: bytes, filename: str, *, fallback_form_id: str | None = None
) -> CompiledForm:
    """Make an XForm of a workbook, or take one as it is, and read its schema.

    Parameters
    ----------
    data : the file.
    filename : its name; only used for the form id where nothing else says it, for what a file
        is is seen from its bytes.
    fallback_form_id : the form id of a workbook whose settings give none.

    Raises
    ------
    FormRefused : with every fault that was found, its sheet and row, and what to do.

    Examples
    --------
    >>> compile_form(b"", "form.xlsx")
    Traceback (most recent call last):
    forms.form_errors.FormRefused: The file is empty.
    """
    kind = file_kind(data)
    if kind is FileKind.XML:
        require_utf8(data)
        converted = _Converted(data, (), None, Sheets())
    else:
        converted = _convert(data, kind, fallback_form_id or _stem(filename))
    try:
        schema = read_schema(converted.xform)
    except NotAnXForm as error:
        raise refuse(
            error.reason_vi,
            str(error),
            "Tải lên sổ làm việc XLSForm, hoặc XForm mà ODK Validate chấp nhận.",
            "Upload an XLSForm workbook, or an XForm that ODK Validate accepts.",
        ) from error
    errors = (*_id_errors(schema), *xpath_errors(converted.xform, converted.sheets))
    errors = errors or cycle_errors(converted.xform, converted.sheets)
    if errors:
        raise FormRefused(errors)
    return CompiledForm(
        xform=converted.xform,
        form_id=schema.form_id,
        version=schema.version,
        title=schema.title,
        warnings=(*(note_of(words) for words in converted.warnings), *_own_notes(schema)),
        media_names=schema.media_names,
        schema=schema,
        itemsets=converted.itemsets,
    )


def _convert(data: bytes, kind: FileKind, fallback_form_id: str) -> _Converted:
    from pyxform.builder import create_survey_element_from_dict  # noqa: PLC0415 - see the module
    from pyxform.errors import PyXFormError  # noqa: PLC0415 - see the module
    from pyxform.utils import external_choices_to_csv, has_external_choices  # noqa: PLC0415 - as above
    from pyxform.xls2json import workbook_to_json  # noqa: PLC0415 - see the module

    sheets = Sheets()
    warnings: list[str] = []
    try:
        workbook = _read(data, kind)
        sheets = _sheets(workbook)
        described = workbook_to_json(
            workbook_dict=workbook, fallback_form_name=fallback_form_id, warnings=warnings
        )
        itemsets = None
        if has_external_choices(json_struct=described):
            itemsets = external_choices_to_csv(workbook_dict=workbook)
        survey = create_survey_element_from_dict(described)
        xform = survey.to_xml(validate=False, pretty_print=False, warnings=warnings, enketo=False)
    except PyXFormError as error:
        errors = errors_of(str(error), sheets)
        if not any(each.sheet for each in errors):
            errors = tuple(_with_sheet(each, data, kind) for each in errors)
        raise FormRefused(errors) from error
    except (KeyError, TypeError, AttributeError, ValueError, IndexError, RecursionError) as error:
        # pyxform answers some broken workbooks with an error of Python's own.
        if isinstance(error, FormRefused):
            raise
        raise refuse(
            f"Bộ chuyển đổi không đọc được sổ làm việc này ({type(error).__name__}: {error}).",
            f"The converter cannot read this workbook ({type(error).__name__}: {error}).",
            "Đối chiếu với một biểu mẫu đang chạy; bỏ dần từng phần để tìm chỗ sai.",
            "Compare it with a form that works; take parts away to find the place.",
        ) from error
    return _Converted(
        xform=xform.encode(),
        warnings=tuple(warnings),
        itemsets=itemsets.encode() if itemsets is not None else None,
        sheets=sheets,
    )


def _read(data: bytes, kind: FileKind) -> Any:
    """pyxform's workbook; what its readers cannot open becomes a refusal of ours."""
    from pyxform.errors import PyXFormReadError  # noqa: PLC0415 - see the module
    from pyxform.xls2json_backends import (  # noqa: PLC0415 - see the module
        DefinitionData,
        get_definition_data,
        xls_to_dict,
        xlsx_to_dict,
    )

    reader = xlsx_to_dict if kind is FileKind.XLSX else xls_to_dict
    try:
        with quiet.catch_warnings():
            # openpyxl remarks on styles and properties that are no part of a form.
            quiet.filterwarnings("ignore", module="openpyxl")
            return DefinitionData(
                fallback_form_name=None, **reader(get_definition_data(io.BytesIO(data)))
            )
    except PyXFormReadError as error:
        if "encrypted" in str(error).lower():
            raise password_protected() from error
        raise (damaged() if kind is FileKind.XLSX else not_a_workbook()) from error
    except _broken_file_errors() as error:
        raise damaged() from error


def _broken_file_errors() -> tuple[type[Exception], ...]:
    from xlrd.compdoc import CompDocError  # noqa: PLC0415 - see the module

    return (CompDocError, *_BROKEN)


def _with_sheet(error: FormError, data: bytes, kind: FileKind) -> FormError:
    """Add the sheet to an error of which pyxform names the column only (a header given twice)."""
    for sheet, header in _headers(data, kind).items():
        if error.column and header.count(error.column) > 1:
            return replace(error, sheet=sheet, row=1)
    return error


def _headers(data: bytes, kind: FileKind) -> dict[str, list[str]]:
    """The first row of each sheet."""
    if kind is FileKind.XLS:
        import xlrd  # noqa: PLC0415 - only for this rare message

        book = xlrd.open_workbook(file_contents=data)
        return {
            sheet.name: [str(cell.value) for cell in sheet.row(0)] if sheet.nrows else []
            for sheet in book.sheets()
        }
    from openpyxl import load_workbook  # noqa: PLC0415 - see the module

    with quiet.catch_warnings():
        quiet.filterwarnings("ignore", module="openpyxl")
        workbook = load_workbook(io.BytesIO(data), read_only=True)
    return {
        sheet.title: [
            str(cell) for row in sheet.iter_rows(max_row=1, values_only=True) for cell in row
        ]
        for sheet in workbook.worksheets
    }


def _sheets(workbook: Any) -> Sheets:
    # Copies: pyxform takes its rows apart while it works.
    return Sheets(
        survey=tuple(dict(row) for row in workbook.survey or ()),
        choices=tuple(dict(row) for row in workbook.choices or ()),
        settings=tuple(dict(row) for row in workbook.settings or ()),
        entities=tuple(dict(row) for row in workbook.entities or ()),
    )


def _stem(filename: str) -> str:
    """A form id out of a file name: letters, digits, underscores."""
    plain = re.sub(r"[^\w.-]+", "_", PurePath(filename.replace("\\", "/")).stem).strip("_.")
    return plain or "form"


def _id_errors(schema: FormSchema) -> tuple[FormError, ...]:
    if not schema.form_id.lower().endswith(_FILE_SUFFIXES):
        return ()
    # Addresses of forms end in .xml, .xls and .xlsx themselves.
    return (
        FormError(
            sheet="settings",
            row=2,
            column="form_id",
            message_vi=f"Mã biểu mẫu “{schema.form_id}” kết thúc như một tên tệp.",
            message_en=f"The form id “{schema.form_id}” ends like a file name.",
            remedy_vi="Bỏ phần .xml, .xls hoặc .xlsx ở cuối form_id.",
            remedy_en="Take .xml, .xls or .xlsx off the end of form_id.",
        ),
    )


def _own_notes(schema: FormSchema) -> tuple[FormNote, ...]:
    if schema.version:
        return ()
    return (
        FormNote(
            "settings",
            2,
            "Biểu mẫu chưa có version; mỗi lần sửa phải có version mới thì điện thoại mới tải lại.",
            "The form has no version; phones only fetch a changed form when its version is new.",
        ),
    )
