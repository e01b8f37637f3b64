"""What people type about a public link."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forms.schema import Field

PLACES: Final = 3  # of answers that a link fills in: centre, desk, one more


class NewLink(forms.Form):
    display_name = forms.CharField(
        label=_("Tên nơi đặt mã"),
        max_length=120,
        help_text=_("In trên tờ mã QR và ghi là người gửi, ví dụ “Bàn số 1 – xã Như Thanh”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    expires_on = forms.DateField(
        label=_("Dùng đến hết ngày"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    once = forms.BooleanField(
        label=_("Mỗi máy chỉ gửi một phiếu"),
        required=False,
        help_text=_("Đừng chọn khi nhiều người dùng chung một máy ở bàn."),
    )

    def __init__(self, *args: Any, fields: Sequence[Field], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Hidden questions first: they are there to be filled in by the link.
        ordered = sorted(fields, key=lambda each: (each.control != "", each.order))
        names = [("", _("– không –")), *((each.name, each.name) for each in ordered)]
        for number in range(1, min(PLACES, len(fields)) + 1):
            self.fields[f"field_{number}"] = forms.ChoiceField(
                label=_("Câu điền sẵn %(number)s") % {"number": number},
                choices=names,
                required=False,
            )
            self.fields[f"value_{number}"] = forms.CharField(
                label=_("Câu trả lời điền sẵn %(number)s") % {"number": number},
                max_length=200,
                required=False,
            )

    def entry(self) -> dict[str, Any]:
        """The arguments of `public_links.create`."""
        said = self.cleaned_data
        pairs = (
            (said.get(f"field_{number}", ""), said.get(f"value_{number}", ""))
            for number in range(1, PLACES + 1)
        )
        day = said["expires_on"]
        ends = timezone.make_aware(datetime.combine(day, time.max)) if day else None
        return {
            "display_name": said["display_name"],
            "once": said["once"],
            "prefill": {name: value for name, value in pairs if name},
            "expires_at": ends,
        }
