"""Forms of the pages about areas."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django import forms
from django.core.files import File
from django.utils.translation import gettext_lazy as _

from surveys.fieldwork.area_tables import Upload
from surveys.territory.models import Level
from surveys.territory.shipped import LISTED_FROM, REFORM

KEPT: Final = 2_000_000  # characters of a table that a page carries in a hidden field
LEVELS: Final = (
    (Level.COMMUNE.value, _("Xã, phường, đặc khu")),
    (Level.DISTRICT.value, _("Quận, huyện (trước 1/7/2025)")),
    (Level.PROVINCE.value, _("Tỉnh, thành phố")),
)


def day_field(label: Any, **more: Any) -> forms.DateField:
    """A day as browsers send it; a person without a picker types the same."""
    return forms.DateField(
        label=label,
        widget=forms.DateInput(
            format="%Y-%m-%d", attrs={"type": "date", "min": LISTED_FROM.isoformat()}
        ),
        **more,
    )


class UnitSearch(forms.Form):
    """Everything is optional: nothing said means the communes in force today."""

    q = forms.CharField(label=_("Tên hoặc mã"), required=False, max_length=100)
    level = forms.ChoiceField(label=_("Cấp"), choices=LEVELS, required=False)
    province = forms.CharField(required=False, max_length=2)
    on = day_field(_("Vào ngày"), required=False)

    def said(self) -> dict[str, Any]:
        """What was understood; a field that was not reads as empty."""
        self.is_valid()
        data = getattr(self, "cleaned_data", {})
        return {
            "words": data.get("q", "").replace("\x00", ""),
            "level": Level(data.get("level") or Level.COMMUNE),
            "within": data.get("province", ""),
            "on": data.get("on"),
        }


class TableUpload(forms.Form):
    """A table from a file; `kept` is the same table while the page asks about it."""

    file = forms.FileField(
        label=_("Tệp .xlsx hoặc .csv"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )
    kept = forms.CharField(required=False, max_length=KEPT, widget=forms.HiddenInput)
    kept_name = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("file") and not data.get("kept") and not self.errors:
            self.add_error("file", _("Hãy chọn một tệp."))
        return data

    def source(self) -> Upload:
        """The file, or what was kept of the one before."""
        return upload_of(self.cleaned_data["file"]) or Upload(
            self.cleaned_data["kept_name"] or "bang.csv", self.cleaned_data["kept"].encode()
        )


class ConversionInput(TableUpload):
    """Which table, from which day's codes, onto which boundaries."""

    on = day_field(
        _("Ranh giới của ngày"),
        help_text=_("Từ 2025-07-01: xã mới. Đến 2025-06-30: xã cũ."),
        initial=REFORM,
    )
    was = day_field(
        _("Mã trong tệp là của ngày"),
        required=False,
        help_text=_("Để trống nếu tệp có cột date hoặc village_id."),
    )
    people = forms.FileField(
        label=_("Số dân các xã cũ"),
        required=False,
        help_text=_("Chỉ cần khi quy về xã cũ: tệp có code và count."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )
    kept_people = forms.CharField(required=False, max_length=KEPT, widget=forms.HiddenInput)
    field_order = ("file", "on", "was", "people")

    def people_source(self) -> Upload | None:
        """The people of the old communes, if they were given."""
        data = self.cleaned_data
        if (given := upload_of(data["people"])) is not None:
            return given
        return Upload("people.csv", data["kept_people"].encode()) if data["kept_people"] else None


def upload_of(file: File[bytes] | None) -> Upload | None:
    """The bytes of an uploaded file."""
    return Upload(str(file.name), file.read()) if file else None


def day_of(text: str) -> date | None:
    """A day of an address; what is none is not said."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
