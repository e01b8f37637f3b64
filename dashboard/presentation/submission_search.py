"""The filters of the list of submissions, read from the address."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from surveys.collection.models import Actor, Form, Submission
from surveys.fieldwork.models import SampledVillage

NO_REVIEW: Final = "none"


class Filters(forms.Form):
    q = forms.CharField(label=_("Tìm"), required=False, max_length=250)
    review = forms.ChoiceField(
        label=_("Kết quả duyệt"),
        required=False,
        choices=[
            ("", _("Tất cả")),
            (NO_REVIEW, _("Chưa duyệt")),
            (Submission.Review.HAS_ISSUES.value, _("Có vấn đề")),
            (Submission.Review.EDITED.value, _("Đã sửa")),
            (Submission.Review.APPROVED.value, _("Đã duyệt")),
            (Submission.Review.REJECTED.value, _("Bị loại")),
        ],
    )
    village = forms.ChoiceField(label=_("Thôn"), required=False)
    enumerator = forms.ChoiceField(label=_("Điều tra viên"), required=False)
    since = forms.DateField(
        label=_("Từ ngày"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("Đến ngày"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    sort = forms.ChoiceField(
        label=_("Xếp theo"),
        required=False,
        choices=[("newest", _("Mới nhất trước")), ("oldest", _("Cũ nhất trước"))],
    )

    def __init__(self, data: object, form: Form, communes: frozenset[str] | None) -> None:
        super().__init__(data)  # type: ignore[arg-type] # a QueryDict
        villages = SampledVillage.objects.filter(round__forms__form=form).select_related("village")
        if communes is not None:
            villages = villages.filter(village__unit__code__in=communes)
        names = [(str(each.pk), each.village.name) for each in villages.order_by("village__name")]
        senders = Actor.objects.filter(form_assignments__form=form).order_by("display_name")
        people = [(str(each.pk), each.display_name) for each in senders]
        every = ("", _("Tất cả"))
        self.fields["village"].choices = [every, *names]  # type: ignore[attr-defined] # ChoiceField
        self.fields["enumerator"].choices = [every, *people]  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Search:
    """What was asked for; anything wrong in the address is left out."""

    text: str = ""
    review: str = ""
    village: str = ""
    enumerator: str = ""
    since: date | None = None
    until: date | None = None
    sort: str = "newest"

    @property
    def is_descending(self) -> bool:
        return self.sort != "oldest"

    @property
    def is_narrow(self) -> bool:
        parts = (self.text, self.review, self.village, self.enumerator, self.since, self.until)
        return any(parts)

    def within(self, rows: QuerySet[Submission]) -> QuerySet[Submission]:
        if self.text:
            rows = rows.filter(
                Q(instance_name__icontains=self.text) | Q(instance_id__startswith=self.text)
            )
        if self.review:
            wanted = None if self.review == NO_REVIEW else self.review
            rows = rows.filter(review_state=wanted)
        if self.village:
            rows = rows.filter(visit__household__village_id=int(self.village))
        if self.enumerator:
            rows = rows.filter(submitter_id=int(self.enumerator))
        if self.since:
            rows = rows.filter(created_at__gte=_midnight(self.since))
        if self.until:
            rows = rows.filter(created_at__lt=_midnight(self.until + timedelta(days=1)))
        return rows


def search_of(filters: Filters) -> Search:
    filters.is_valid()
    clean = filters.cleaned_data
    return Search(
        text=(clean.get("q") or "").strip(),
        review=clean.get("review") or "",
        village=clean.get("village") or "",
        enumerator=clean.get("enumerator") or "",
        since=clean.get("since"),
        until=clean.get("until"),
        sort=clean.get("sort") or "newest",
    )


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
