"""What travels with a file: about it, its variables, and the choices of its lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils import timezone

from forms import labels
from surveys.collection.models import Actor, FormVersion
from surveys.results.exports.options import NO_REVIEW, Answers, Format, Options
from surveys.results.exports.source import Source
from surveys.results.exports.variables import Kind, Sheet, Variable

Line = tuple[str | int, ...]

_VARIABLES: Final = {
    "vi": (
        "Bảng",
        "Biến",
        "Câu hỏi (vi)",
        "Câu hỏi (en)",
        "Kiểu",
        "Danh sách trả lời",
        "Loại riêng tư",
        "Số dòng trống",
        "Không đúng kiểu",
        "Ghi chú",
    ),
    "en": (
        "Table",
        "Variable",
        "Question (vi)",
        "Question (en)",
        "Type",
        "Choice list",
        "Privacy class",
        "Empty rows",
        "Did not fit",
        "Note",
    ),
}
_CHOICES: Final = {
    "vi": ("Danh sách", "Mã", "Số thứ tự", "Trả lời (vi)", "Trả lời (en)"),
    "en": ("List", "Code", "Place", "Answer (vi)", "Answer (en)"),
}
_KINDS: Final = {
    Kind.TEXT: ("chữ", "text"),
    Kind.CODE: ("một trả lời", "one answer"),
    Kind.CODES: ("nhiều trả lời", "several answers"),
    Kind.WHOLE: ("số nguyên", "whole number"),
    Kind.NUMBER: ("số", "number"),
    Kind.BOOLEAN: ("có/không (1/0)", "yes/no (1/0)"),
    Kind.DAY: ("ngày", "date"),
    Kind.CLOCK: ("giờ", "time"),
    Kind.MOMENT: ("ngày giờ (UTC+7)", "date and time (UTC+7)"),
    Kind.FILE: ("tên tệp", "file name"),
}
_LEFT_OUT: Final = {
    "vi": "không có trong tệp: dữ liệu cá nhân hoặc hạn chế",
    "en": "not in this file: personal or restricted",
}
_GONE: Final = {"vi": "chỉ có ở phiên bản cũ", "en": "in earlier versions only"}
_REVIEWS: Final = {
    NO_REVIEW: ("chưa duyệt", "not reviewed"),
    "hasIssues": ("có vấn đề", "has issues"),
    "edited": ("đã sửa", "edited"),
    "approved": ("đã duyệt", "approved"),
    "rejected": ("bị loại", "rejected"),
}


@dataclass(frozen=True, slots=True)
class Codebook:
    """Rows of text and numbers, headings first; the same in every format."""

    about: tuple[Line, ...]
    variables: tuple[Line, ...]
    choices: tuple[Line, ...]


def codebook(source: Source, actor: Actor) -> Codebook:
    """Written after the lines were read: it tells how many were empty."""
    return Codebook(
        about=tuple(about(source, actor, timezone.localtime())),
        variables=tuple(_variables(source)),
        choices=tuple(_choices(source)),
    )


def about(source: Source, actor: Actor, now: datetime) -> Iterator[Line]:
    """What the file is: form, versions, filter, time, project, and what is not in it."""
    is_vi = source.options.language == "vi"
    form, options = source.form, source.options
    versions = FormVersion.objects.filter(form=form, published_at__isnull=False)
    named = versions.order_by("published_at").values_list("version", flat=True)
    current = form.current
    yield ("Dự án" if is_vi else "Project"), form.project.name
    yield ("Biểu mẫu" if is_vi else "Form"), current.name if current else form.xml_form_id
    yield ("Mã biểu mẫu" if is_vi else "Form id"), form.xml_form_id
    yield ("Các phiên bản" if is_vi else "Versions"), ", ".join(each or "–" for each in named)
    yield ("Số phiếu" if is_vi else "Records"), source.counted.rows["records"]
    yield ("Bộ lọc" if is_vi else "Filter"), filter_words(options)
    yield (
        ("Trả lời ghi bằng" if is_vi else "Answers as"),
        _answer_words(options.answers, is_vi=is_vi),
    )
    yield ("Dữ liệu cá nhân" if is_vi else "Personal data"), _personal_words(options, is_vi=is_vi)
    yield ("Lúc tạo" if is_vi else "Made at"), now.isoformat(timespec="seconds")
    yield ("Người tạo" if is_vi else "Made by"), actor.display_name
    yield (
        ("Giờ giấc" if is_vi else "Clock"),
        _clock_words(options, is_vi=is_vi),
    )
    yield (
        ("Đối chiếu" if is_vi else "How tables join"),
        "record_id; record_parent_row → record_row",
    )


def filter_words(options: Options) -> str:
    """The filter as people read it."""
    is_vi = options.language == "vi"
    parts = []
    if options.since:
        parts.append(f"{'từ' if is_vi else 'from'} {options.since:%d/%m/%Y}")
    if options.until:
        parts.append(f"{'đến hết' if is_vi else 'to'} {options.until:%d/%m/%Y}")
    if options.reviews:
        parts.append(", ".join(_REVIEWS[each][not is_vi] for each in options.reviews))
    return "; ".join(parts) or ("tất cả phiếu" if is_vi else "all records")


def _answer_words(answers: Answers, *, is_vi: bool) -> str:
    if answers is Answers.LABELS:
        return "lời" if is_vi else "labels"
    return "mã" if is_vi else "codes"


def _clock_words(options: Options, *, is_vi: bool) -> str:
    if options.format is Format.GEOPACKAGE:
        return "UTC"
    return "Giờ Việt Nam (UTC+7)" if is_vi else "Viet Nam time (UTC+7)"


def _personal_words(options: Options, *, is_vi: bool) -> str:
    if options.personal:
        return "có trong tệp" if is_vi else "in this file"
    return "đã bỏ (P1, P2)" if is_vi else "left out (P1, P2)"


def _variables(source: Source) -> Iterator[Line]:
    language = source.options.language
    yield _VARIABLES[language]
    for sheet in source.sheets:
        for each in sheet.variables:
            yield _variable(source, sheet, each, is_kept=True)
        for each in sheet.left_out:
            yield _variable(source, sheet, each, is_kept=False)


def _variable(source: Source, sheet: Sheet, each: Variable, *, is_kept: bool) -> Line:
    language = source.options.language
    counted, place = source.counted, (sheet.name, each.name)
    is_gone = each.column is not None and each.column.is_deleted
    note = "" if is_kept else _LEFT_OUT[language]
    listed = each.column.field.choices if each.column is not None and each.choices else None
    return (
        sheet.name,
        each.name,
        each.label("vi"),
        each.label("en"),
        _KINDS[each.kind][language == "en"],
        listed.name if listed else "",
        each.privacy.value if each.privacy else "",
        counted.missing[place] if is_kept else "",
        counted.unfit[place] if is_kept else "",
        "; ".join(filter(None, (note, _GONE[language] if is_gone else ""))),
    )


def _choices(source: Source) -> Iterator[Line]:
    yield _CHOICES[source.options.language]
    seen: set[str] = set()
    for sheet in source.sheets:
        for each in (*sheet.variables, *sheet.left_out):
            listed = each.column.field.choices if each.column is not None else None
            if listed is None or not each.choices or listed.name in seen:
                continue
            seen.add(listed.name)
            for place, choice in enumerate(each.choices, 1):
                said = (
                    labels.label(choice, language, default_language=each.default_language)
                    for language in ("vi", "en")
                )
                yield listed.name, choice.name, place, *said
