"""What a form has to be before it is stored: an XForm whose names an address can carry."""

from typing import Final

from forms.placeholders import with_version
from forms.schema import FormSchema, NotAnXForm, read_schema
from surveys.collection import privacy
from surveys.collection.refusal import Refused

# {f}.xml, {f}.xls and {f}.xlsx are addresses of files: a form id may not look like one.
FILE_SUFFIXES: Final = (".xml", ".xls", ".xlsx", ".svc")
LONGEST_ID: Final = 200
LONGEST_VERSION: Final = 250


class PublishRefused(Refused):
    """The form cannot be stored or published so; `vi` and `en` say what to do."""


def read_checked(xform: bytes) -> FormSchema:
    """The schema of a form that may be stored."""
    try:
        schema = read_schema(xform)
    except NotAnXForm as error:
        raise PublishRefused(
            400.11, reason_vi=error.reason_vi, reason_en=error.reason_en
        ) from error
    if schema.form_id.lower().endswith(FILE_SUFFIXES):
        raise PublishRefused(400.12, form_id=schema.form_id)
    _check_word(schema.form_id, LONGEST_ID, "/\\")
    _check_word(schema.version, LONGEST_VERSION, "")
    for field in schema.fields:
        if field.privacy and field.privacy not in privacy.WORDS:
            raise PublishRefused(400.42, value=field.privacy, field=field.name)
    return schema


def _check_word(word: str, longest: int, forbidden: str) -> None:
    """Ids stand in addresses, where a slash parts and no proxy lets control characters by."""
    if (
        len(word) > longest
        or word in {".", ".."}
        or any(c in forbidden or not c.isprintable() for c in word)
    ):
        raise PublishRefused(400.17, value=word[:longest])


def renamed(xform: bytes, version: str) -> bytes:
    """The form with another version, which has to be one too."""
    _check_word(version, LONGEST_VERSION, "")
    try:
        return with_version(xform, version)
    except (NotAnXForm, UnicodeDecodeError) as error:  # UTF-16 is read, but not written
        raise PublishRefused(
            400.11,
            reason_vi="không ghi được phiên bản vào tệp; hãy lưu tệp dạng UTF-8.",
            reason_en="the version cannot be written into it; save the file as UTF-8.",
        ) from error
