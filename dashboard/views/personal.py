"""Personal data of a project: the clocks, a person's records, erasing, and classes of questions."""

from datetime import date
from typing import Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dashboard.access import actor, form_of, frame, page, project_of, reader, records_form_of
from dashboard.inputs import posted
from dashboard.presentation.personal_words import CLASSES, KINDS
from dashboard.refusals import sentence
from surveys.collection import erasure, privacy_changes, retention
from surveys.collection.models import Erasure, Quarantined, RetentionRun, Submission
from surveys.collection.privacy import OPEN, PrivacyClass
from surveys.collection.refusal import Refused
from surveys.collection.rights import Forbidden, Right
from surveys.fieldwork import clocks, erasing, scope
from surveys.results import withdrawal

EXTENTS: Final = [
    (Erasure.Extent.PERSONAL.value, _("Thông tin cá nhân (lớp P1 và P2); giữ các câu khác")),
    (Erasure.Extent.ALL.value, _("Mọi câu trả lời: người đó rút khỏi khảo sát")),
]
SHOWN: Final = 50


class PersonAsked(forms.Form):
    asked = forms.CharField(
        label=_("Mã phiếu, mã hộ hoặc số điện thoại"),
        max_length=250,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Điều bạn gõ không được ghi vào nhật ký; việc tra cứu thì có."),
    )


class EraseInput(forms.Form):
    extent = forms.ChoiceField(label=_("Xoá"), choices=EXTENTS, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Lý do"),
        max_length=erasure.LONGEST_REASON,
        help_text=_("Số công văn hoặc ngày nhận yêu cầu. Không ghi tên người."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page
def personal(request: HttpRequest, project_id: int) -> HttpResponseBase:
    """The clocks with their next dates and what they did; rules are set here."""
    project = project_of(request, project_id, Right.DELETE_RECORDS)
    if request.method == "POST" and "proposed" in request.POST:
        retention.set_proposed(actor(request), project)
        messages.success(request, gettext("Đã đặt các thời hạn đề nghị."))
        return redirect("personal", project.pk)
    if request.method == "POST":
        for kind in retention.PROPOSED:
            said = request.POST.get(kind.value, "").strip()
            if said and not (said.isascii() and said.isdecimal() and len(said) < 7):
                raise retention.RetentionRefused(400.43)
            retention.set_rule(actor(request), project, kind, int(said) if said else None)
        messages.success(request, gettext("Đã lưu thời hạn."))
        return redirect("personal", project.pk)
    found = clocks.clocks_of(project)
    rows = [
        {"clock": clock, "word": KINDS[clock.kind], "proposed": retention.PROPOSED[clock.kind]}
        for clock in found
    ]
    context = frame(
        request,
        project,
        "personal",
        rows=rows,
        has_rules=any(clock.days is not None for clock in found),
        today=date.today(),  # noqa: DTZ011 - a survey day, in the server's zone as all days here
        erasures=Erasure.objects.filter(project=project)
        .exclude(extent=Erasure.Extent.CLOCK)
        .select_related("actor", "form", "submission")
        .order_by("-pk")[:SHOWN],
        runs=RetentionRun.objects.filter(project=project, n_done__gt=0)
        .select_related("form")
        .order_by("-pk")[:SHOWN],
    )
    return render(request, "dashboard/personal.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
@never_cache
def find_person(request: HttpRequest, project_id: int) -> HttpResponseBase:
    """Look a person's records up. A telephone number never stands in an address: it is posted."""
    project = project_of(request, project_id, Right.DELETE_RECORDS)
    form = PersonAsked(*posted(request))
    found = None
    if form.is_bound and form.is_valid():
        found = erasing.find(actor(request), project, form.cleaned_data["asked"])
    context = frame(request, project, "personal", form=form, found=found)
    return render(request, "dashboard/find_person.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
@never_cache
def erase_record(request: HttpRequest, form_id: int, submission_id: int) -> HttpResponseBase:
    """What would go, a question, and then it is gone."""
    form = records_form_of(request, form_id)
    erasure.require_right(actor(request), form)
    found = get_object_or_404(
        Submission.objects.exclude(state=Submission.State.PURGED).select_related("form__project"),
        pk=submission_id,
        form=form,
        is_draft=False,
    )
    if not scope.may_review(reader(request), found) and found.deleted_at is None:
        raise PermissionDenied
    asked = EraseInput(*posted(request))
    if asked.is_bound and asked.is_valid():
        extent = Erasure.Extent(asked.cleaned_data["extent"])
        try:
            withdrawal.erase(actor(request), found, extent, asked.cleaned_data["reason"])
        except Forbidden:
            raise
        except Refused as refusal:
            asked.add_error(None, sentence(refusal))
        else:
            messages.success(
                request, gettext("Đã xoá. Điện thoại gửi lại cũng không lấy lại được.")
            )
            if found.deleted_at is None:
                return redirect("record", form.pk, found.pk)
            return redirect("personal", form.project_id)
    context = frame(
        request,
        form.project,
        "personal",
        form=asked,
        survey_form=form,
        submission=found,
        plans=_plans(found),
    )
    return render(request, "dashboard/erase_record.html", context)


def _plans(found: Submission) -> list[dict[str, object]]:
    plans = []
    for extent, words in EXTENTS:
        try:
            plans.append({"words": words, "plan": erasure.plan(found, Erasure.Extent(extent))})
        except erasure.ErasureRefused as refusal:
            plans.append({"words": words, "refusal": sentence(refusal)})
    return plans


@require_http_methods(["GET", "HEAD", "POST"])
@page
@never_cache
def erase_kept(request: HttpRequest, project_id: int, item_id: int) -> HttpResponseBase:
    """An arrival in quarantine that never became a record is emptied."""
    project = project_of(request, project_id, Right.DELETE_RECORDS, Right.READ_QUARANTINE)
    item = get_object_or_404(
        Quarantined.objects.select_related("project"), pk=item_id, project=project
    )
    if request.method == "POST":
        erasing.erase_kept(actor(request), item, request.POST.get("reason", ""))
        messages.success(request, gettext("Đã xoá."))
        return redirect("personal", project.pk)
    context = frame(request, project, "personal", item=item)
    return render(request, "dashboard/erase_kept.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def form_privacy(request: HttpRequest, form_id: int) -> HttpResponseBase:
    """The class of each question: what the workbook says, and what stands above it."""
    found = form_of(request, form_id, Right.MANAGE_FORMS)
    rows = privacy_changes.classed(found)
    if request.method == "POST":
        words = {
            row.field.path: said
            for row in rows
            if (said := request.POST.get(row.field.path)) is not None
        }
        n_changed = privacy_changes.set_classes(actor(request), found, words)
        text = gettext("Đã đổi lớp của %(n)s câu.") % {"n": n_changed}
        messages.success(request, text if n_changed else gettext("Không có gì thay đổi."))
        return redirect("form_privacy", found.pk)
    context = frame(
        request,
        found.project,
        "project",
        form=found,
        rows=rows,
        classes=[
            *((each.value, CLASSES[each]) for each in PrivacyClass),
            (OPEN, _("không cá nhân")),
        ],
        n_guessed=sum(row.is_guess and row.effective is not None for row in rows),
    )
    return render(request, "dashboard/form_privacy.html", context)
