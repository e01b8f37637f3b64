"""Is this file a workbook that may be opened? Looked at before any reader touches it."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from enum import Enum
from typing import Final

from forms.form_errors import FormRefused, refuse

MAX_BYTES: Final = 32 * 1024 * 1024
MAX_UNPACKED: Final = 256 * 1024 * 1024
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE: Final = "EncryptedPackage".encode("utf-16-le")
_BROKEN: Final = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError),
    *(ValueError, NotImplementedError, RuntimeError),  # odd sizes, methods, and passwords
)
_ENCODING: Final = re.compile(rb"""(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']+)""")
_XML_START: Final = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<|\A(?:\xff\xfe|\xfe\xff)")


class FileKind(Enum):
    """What the bytes are, whatever the name says."""

    XLSX = ".xlsx"
    XLS = ".xls"
    XML = ".xml"


def file_kind(data: bytes) -> FileKind:
    """What a form file is, by its bytes.

    Raises
    ------
    FormRefused : empty, too large, damaged, protected by a password, or no form file at all.

    Examples
    --------
    >>> file_kind(b"<?xml version='1.0'?><h:html/>")
    <FileKind.XML: '.xml'>
    """
    if not data.strip():
        raise refuse(
            "Tệp trống.",
            "The file is empty.",
            "Mở tệp trên máy xem còn nội dung không, rồi tải lên lại.",
            "Open the file on your computer to see whether it has content, then upload it again.",
        )
    if len(data) > MAX_BYTES:
        raise _too_large(len(data))
    if data.startswith(b"PK\x03\x04"):
        _check_archive(data)
        return FileKind.XLSX
    if data.startswith(_OLE):
        if _ENCRYPTED_PACKAGE in data:
            raise password_protected()
        return FileKind.XLS
    if _XML_START.match(data):
        return FileKind.XML
    raise not_a_workbook()


def password_protected() -> FormRefused:
    """The refusal of a workbook that asks for a password."""
    return refuse(
        "Tệp có đặt mật khẩu nên không mở được.",
        "The workbook is protected by a password and cannot be opened.",
        "Trong Excel: Tệp → Thông tin → Bảo vệ sổ làm việc → bỏ mật khẩu, lưu rồi tải lên lại.",
        "In Excel: File → Info → Protect Workbook → remove the password, save, upload again.",
    )


def damaged() -> FormRefused:
    """The refusal of a workbook that is cut or broken."""
    return refuse(
        "Tệp bị hỏng hoặc tải lên chưa trọn.",
        "The workbook is damaged or was not uploaded completely.",
        "Mở bằng Excel hoặc LibreOffice, lưu lại thành .xlsx rồi tải lên lần nữa.",
        "Open it in Excel or LibreOffice, save it again as .xlsx and upload once more.",
    )


def not_a_workbook() -> FormRefused:
    """The refusal of a file that is something else, such as a CSV renamed to .xlsx."""
    return refuse(
        "Đây không phải sổ làm việc Excel (.xlsx, .xls) hay XForm (.xml), dù tên tệp ghi vậy.",
        "This is no Excel workbook (.xlsx, .xls) and no XForm (.xml), whatever its name says.",
        "Mở bằng Excel hoặc LibreOffice, chọn “Lưu thành” .xlsx rồi tải lên (đổi tên không đủ).",
        "Open it in Excel or LibreOffice and use “Save as” .xlsx; renaming is not enough.",
    )


def require_utf8(xform: bytes) -> None:
    """Refuse an XForm in another encoding: texts are filled in later, byte for byte, as UTF-8.

    Examples
    --------
    >>> require_utf8("<a>xã</a>".encode())
    """
    declared = _ENCODING.match(xform)
    try:
        xform.decode("utf-8")
        is_utf8 = declared is None or declared[1].lower() in {b"utf-8", b"utf8"}
    except UnicodeDecodeError:
        is_utf8 = False
    if not is_utf8:
        raise refuse(
            "XForm không dùng mã UTF-8.",
            "The XForm is not encoded as UTF-8.",
            "Mở bằng trình soạn thảo, lưu lại với mã UTF-8 và ghi encoding='UTF-8' ở dòng đầu.",
            "Open it in an editor, save it as UTF-8 and write encoding='UTF-8' in its first line.",
        )


def _too_large(size: int) -> FormRefused:
    limit = MAX_BYTES // (1024 * 1024)
    return refuse(
        f"Tệp quá lớn ({size / 1048576:.0f} MB); biểu mẫu chỉ được tới {limit} MB.",
        f"The file is too large ({size / 1048576:.0f} MB); a form may have up to {limit} MB.",
        "Bỏ ảnh trong sổ làm việc; danh sách dài thì để thành tệp CSV đính kèm.",
        "Remove pictures from the workbook; put long lists into attached CSV files.",
    )


def _check_archive(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
                raise _too_large(sum(entry.file_size for entry in entries))
            names = {entry.filename for entry in entries}
            if not any(name.startswith("xl/") for name in names):
                raise not_a_workbook()
            for entry in entries:
                if entry.filename.endswith((".xml", ".rels")):
                    with archive.open(entry) as part:
                        head = part.read(2048)
                    if b"<!DOCTYPE" in head.replace(b"\x00", b""):
                        raise damaged()
    except FormRefused:
        raise
    except _BROKEN as error:
        raise damaged() from error
