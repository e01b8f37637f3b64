"""What a person asks an export to be, on the page."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from dashboard.presentation.formats import pick
from surveys.collection.models import Submission
from surveys.results.exports.options import NO_REVIEW, Answers, Format, Options
from surveys.results.exports.published import PublishedTable

FORMATS: Final = (
    (Format.XLSX.value, "Excel (.xlsx)"),
    (Format.CSV.value, "CSV (.zip)"),
    (Format.SPSS.value, "SPSS (.sav)"),
    (Format.STATA.value, "Stata (.dta)"),
    (Format.PARQUET.value, "Parquet"),
    (Format.GEOPACKAGE.value, _("GeoPackage – bản đồ (.gpkg)")),
    (Format.GEOJSON.value, _("GeoJSON – bản đồ")),
)
REVIEWS: Final = (
    (NO_REVIEW, _("Chưa duyệt")),
    (Submission.Review.APPROVED.value, _("Đã duyệt")),
    (Submission.Review.HAS_ISSUES.value, _("Có vấn đề")),
    (Submission.Review.EDITED.value, _("Đã sửa")),
    (Submission.Review.REJECTED.value, _("Bị loại")),
)
DATE: Final = {"type": "date"}


class ExportInput(forms.Form):
    """`tables`: what an R archive can make again; `takes_personal`: whether that may be asked."""

    format = forms.ChoiceField(label=_("Dạng tệp"))
    answers = forms.ChoiceField(
        label=_("Câu trả lời ghi bằng"),
        choices=[(Answers.LABELS.value, _("Lời")), (Answers.CODES.value, _("Mã"))],
        help_text=_("SPSS và Stata luôn có cả mã số và lời."),
    )
    language = forms.ChoiceField(
        label=_("Ngôn ngữ của nhãn"), choices=[("vi", "Tiếng Việt"), ("en", "English")]
    )
    since = forms.DateField(
        label=_("Gửi từ ngày"), required=False, widget=forms.DateInput(attrs=DATE)
    )
    until = forms.DateField(
        label=_("Gửi đến ngày"), required=False, widget=forms.DateInput(attrs=DATE)
    )
    indicator = forms.ChoiceField(
        label=_("Bảng để R tính lại"),
        required=False,
        help_text=_("Chỉ dùng cho R: tệp có trọng số và thiết kế mẫu của lần chạy đã công bố."),
    )
    reviews = forms.MultipleChoiceField(
        label=_("Kết quả duyệt"),
        required=False,
        choices=REVIEWS,
        widget=forms.CheckboxSelectMultiple,
    )
    attachments = forms.BooleanField(
        label=_("Kèm ảnh và tệp người dân gửi"), required=False, help_text=_("Tệp sẽ lớn hơn.")
    )
    personal = forms.BooleanField(
        label=_("Kèm dữ liệu cá nhân (P1, P2)"),
        required=False,
        help_text=_("Tên, số điện thoại, địa chỉ và điều khác giúp nhận ra một người."),
    )
    confirm = forms.BooleanField(
        label=_("Tôi cần dữ liệu cá nhân ấy cho công việc và được phép dùng"),
        required=False,
        help_text=_("Việc này được ghi vào nhật ký cùng tên bạn."),
    )

    def __init__(
        self,
        data: Any,
        *,
        tables: tuple[PublishedTable, ...],
        takes_personal: bool,
        language: str,
    ) -> None:
        super().__init__(data, initial={"language": language, "format": Format.XLSX.value})
        named = [(f"{each.run}:{each.indicator}", pick(each.vi, each.en)) for each in tables]
        r_option = [(Format.R.value, _("R – tính lại bảng đã công bố (.zip)"))] if tables else []
        self.fields["format"].choices = [*FORMATS, *r_option]  # type: ignore[attr-defined] # ChoiceField
        self.fields["indicator"].choices = [("", "–"), *named]  # type: ignore[attr-defined] # as above
        if not tables:
            del self.fields["indicator"]
        if not takes_personal:
            for name in ("attachments", "personal", "confirm"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("personal") and not said.get("confirm"):
            self.add_error("confirm", _("Hãy xác nhận, hoặc bỏ chọn dữ liệu cá nhân."))
        since, until = said.get("since"), said.get("until")
        if since and until and until < since:
            self.add_error("until", _("Ngày cuối phải từ ngày đầu trở đi."))
        return said

    def options(self) -> Options:
        """What was asked for; after `is_valid`. Raises `OptionRefused` for a day too far."""
        said = self.cleaned_data
        run, _colon, indicator = (said.get("indicator") or "").partition(":")
        is_r = said["format"] == Format.R.value
        return Options.of(
            {
                **{key: said.get(key) for key in ("format", "answers", "language")},
                "since": said.get("since"),
                "until": said.get("until"),
                "reviews": said.get("reviews") or (),
                "personal": bool(said.get("personal")) and not is_r,
                "attachments": bool(said.get("attachments")) and not is_r,
                "run": int(run) if run and is_r else None,
                "indicator": indicator if is_r else "",
            }
        )

    @property
    def is_confirmed(self) -> bool:
        return bool(self.cleaned_data.get("confirm"))
