"""The filters of the list of submissions, read from the address, and the list in pages."""

from typing import Final
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from dashboard.presentation import formats
from dashboard.presentation.paging import Page, number_of
from forms import labels
from forms.schema import Field
from surveys.collection.models import Actor, Form, FormVersion, Submission, User
from surveys.fieldwork import selection
from surveys.fieldwork.models import SampledVillage
from surveys.fieldwork.selection import NO_REVIEW, UNNAMED, Selection

EVERY: Final = ("", _("Tất cả"))
REVIEWS: Final = [
    (NO_REVIEW, _("Chưa duyệt")),
    (Submission.Review.HAS_ISSUES.value, _("Có vấn đề")),
    (Submission.Review.EDITED.value, _("Đã sửa")),
    (Submission.Review.APPROVED.value, _("Đã duyệt")),
    (Submission.Review.REJECTED.value, _("Bị loại")),
]
ISSUES: Final = [
    ("any", _("Có bất kỳ vấn đề nào")),
    ("unreadable", _("Không đọc được")),
    ("missing_files", _("Còn thiếu tệp")),
    ("hasIssues", _("Giám sát đánh dấu")),
    ("conflict", _("Mâu thuẫn của hộ")),
]
SORTS: Final = [
    ("newest", _("Mới nhất trước")),
    ("oldest", _("Cũ nhất trước")),
    ("changed", _("Mới thay đổi trước")),
    ("name", _("Theo tên phiếu")),
]


class Filters(forms.Form):
    q = forms.CharField(label=_("Tìm trong câu trả lời"), required=False, max_length=250)
    review = forms.ChoiceField(label=_("Kết quả duyệt"), required=False, choices=[EVERY, *REVIEWS])
    issue = forms.ChoiceField(label=_("Vấn đề"), required=False, choices=[EVERY, *ISSUES])
    commune = forms.ChoiceField(label=_("Xã"), required=False)
    village = forms.ChoiceField(label=_("Thôn"), required=False)
    enumerator = forms.ChoiceField(label=_("Điều tra viên"), required=False)
    version = forms.ChoiceField(label=_("Phiên bản biểu mẫu"), required=False)
    question = forms.ChoiceField(label=_("Câu hỏi"), required=False)
    answer = forms.CharField(label=_("có câu trả lời là"), required=False, max_length=250)
    since = forms.DateField(
        label=_("Từ ngày"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("Đến ngày"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    sort = forms.ChoiceField(label=_("Xếp theo"), required=False, choices=SORTS)

    def __init__(
        self, data: object, user: User, form: Form, communes: frozenset[str] | None
    ) -> None:
        super().__init__(data)  # type: ignore[arg-type] # a QueryDict
        villages = SampledVillage.objects.filter(round__forms__form=form).select_related(
            "village__unit"
        )
        if communes is not None:
            villages = villages.filter(village__unit__code__in=communes)
        found = list(villages.order_by("village__name"))
        units = {each.village.unit.code: each.village.unit.full_name for each in found}
        senders = Actor.objects.filter(form_assignments__form=form).order_by("display_name")
        versions = FormVersion.objects.filter(form=form, published_at__isnull=False)
        names = versions.order_by("-published_at").values_list("version", flat=True)
        asked = selection.questions(user, form)
        self._choose("village", [(str(each.pk), each.village.name) for each in found])
        self._choose("commune", sorted(units.items(), key=lambda unit: unit[1]))
        self._choose("enumerator", [(str(each.pk), each.display_name) for each in senders])
        self._choose("version", [(name or UNNAMED, name or "–") for name in names])
        self._choose("question", [(key, _label(form, field)) for key, field in asked])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = [EVERY, *choices]  # type: ignore[attr-defined] # ChoiceField


def selection_of(filters: Filters) -> Selection:
    """What the address asks for; anything wrong in it is left out."""
    filters.is_valid()
    said = {key: value for key, value in filters.cleaned_data.items() if value}
    texts = {key: str(value) for key, value in said.items()}
    return Selection.from_json({"text": texts.pop("q", ""), **texts})


def address(asked: Selection) -> str:
    """The query of the list's address that asks for this."""
    said = asked.to_json()
    words = {"q": said.pop("text")} if "text" in said else {}
    return urlencode({**words, **said})


def pages(
    user: User,
    form: Form,
    rows: QuerySet[Submission],
    asked: Selection,
    *,
    cursor: str,
    size: int,
) -> Page[Submission]:
    """A page of the rows in the order asked for; a cursor that somebody bent is the first page."""
    at = number_of(cursor)
    ordered = selection.ordered(rows, asked.sort)
    if at is not None:
        ordered = selection.after(user, form, ordered, asked.sort, at)
    found = list(ordered[: size + 1])
    return Page(found[:size], str(found[size - 1].pk) if len(found) > size else "", at is None)


def _label(form: Form, field: Field) -> str:
    language = "en" if formats.is_english() else "vi"
    text = labels.label(field, language)
    short = text if len(text) <= 70 else f"{text[:69]}…"
    return f"{short} ({field.name})" if short != field.name else field.name
