"""Webhooks of a project: to whom what is told, and what came of each delivery."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from dashboard.access import actor, frame, page, project_of
from dashboard.inputs import posted
from dashboard.presentation.paging import page_of
from dashboard.presentation.webhook_words import ANSWERS, EVENTS, event_words
from dashboard.refusals import sentence
from surveys.collection.models import Delivery, Form, Project, Webhook
from surveys.collection.refusal import Refused
from surveys.collection.rights import Forbidden, Right
from surveys.collection.webhooks import hooks
from surveys.collection.webhooks.hooks import Wish

PAGE_SIZE = 50


class HookInput(forms.Form):
    name = forms.CharField(label=_("Tên"), max_length=100)
    address = forms.CharField(
        label=_("Địa chỉ nhận"),
        max_length=500,
        help_text=_(
            "Bắt đầu bằng https://. Địa chỉ trong mạng nội bộ cần người quản trị cho phép."
        ),
        widget=forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "off"}),
    )
    events = forms.MultipleChoiceField(
        label=_("Báo khi"), choices=EVENTS, widget=forms.CheckboxSelectMultiple
    )
    form = forms.ChoiceField(label=_("Chỉ biểu mẫu"), required=False)
    answers = forms.ChoiceField(
        label=_("Câu trả lời gửi kèm"),
        choices=ANSWERS,
        initial=Webhook.Answers.OPEN.value,
        help_text=_("Câu trả lời được che chỉ gửi đi khi người chọn được duyệt phiếu cả dự án."),
    )

    def __init__(self, data: object, project: Project, initial: dict[str, object]) -> None:
        super().__init__(data, initial=initial)  # type: ignore[arg-type] # a QueryDict
        living = Form.objects.filter(project=project, deleted_at=None).order_by("xml_form_id")
        names = [(str(each.pk), each.xml_form_id) for each in living]
        choice = self.fields["form"]
        choice.choices = [("", _("Tất cả")), *names]  # type: ignore[attr-defined] # ChoiceField

    def wish(self) -> Wish:
        said = self.cleaned_data
        form = Form.objects.select_related("project").filter(pk=int(said["form"] or 0)).first()
        return Wish(
            said["name"],
            said["address"],
            tuple(said["events"]),
            form,
            Webhook.Answers(said["answers"]),
        )


@require_http_methods(["GET", "HEAD", "POST"])
@page
@never_cache
def webhooks(request: HttpRequest, project_id: int) -> HttpResponseBase:
    """The list, and a new one: its secret stands on the page that follows, once."""
    project = project_of(request, project_id, Right.MANAGE_WEBHOOKS)
    entry = HookInput(posted(request)[0], project, {"events": ["submission.created"]})
    if request.method == "POST" and entry.is_valid():
        try:
            made = hooks.create(actor(request), project, entry.wish())
        except Forbidden:
            raise
        except Refused as refusal:
            entry.add_error(None, sentence(refusal))
        else:
            return _detail(request, made.hook, secret=made.secret)
    rows = list(hooks.of_project(actor(request), project))
    context = frame(request, project, "webhooks", rows=rows, form=entry)
    return render(request, "dashboard/webhooks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
@never_cache
def webhook(request: HttpRequest, project_id: int, hook_id: int) -> HttpResponseBase:
    """One hook: its deliveries, and the form that changes it."""
    return _detail(request, _hook(request, project_id, hook_id))


def _detail(request: HttpRequest, hook: Webhook, *, secret: str = "") -> HttpResponseBase:
    initial = {
        "name": hook.name,
        "address": hook.address,
        "events": hook.events,
        "form": str(hook.form_id or ""),
        "answers": hook.answers,
    }
    is_change = request.method == "POST" and not secret
    entry = HookInput(request.POST if is_change else None, hook.project, initial)
    if is_change and entry.is_valid():
        try:
            hooks.change(actor(request), hook, entry.wish())
        except Forbidden:
            raise
        except Refused as refusal:
            entry.add_error(None, sentence(refusal))
        else:
            messages.success(request, gettext("Đã lưu."))
            return redirect("webhook", hook.project_id, hook.pk)
    listed = page_of(
        Delivery.objects.filter(hook=hook), cursor=request.GET.get("after", ""), size=PAGE_SIZE
    )
    waiting = Delivery.objects.filter(hook=hook, state=Delivery.State.PENDING)
    context = frame(
        request,
        hook.project,
        "webhooks",
        hook=hook,
        secret=secret,
        form=entry,
        listed=listed,
        rows=[{"delivery": each, "words": event_words(each.event)} for each in listed.rows],
        n_waiting=waiting.count(),
    )
    return render(request, "dashboard/webhook.html", context)


@require_POST
@page
@never_cache
def act(request: HttpRequest, project_id: int, hook_id: int) -> HttpResponseBase:
    """Test, pause, go on, a new secret, remove."""
    hook = _hook(request, project_id, hook_id)
    what = request.POST.get("what", "")
    if what == "secret":
        return _detail(request, hook, secret=hooks.new_secret(actor(request), hook).secret)
    if what == "test":
        hooks.test(actor(request), hook)
        messages.success(request, gettext("Đã xếp lượt gửi thử; kết quả hiện ở đây sau vài giây."))
    elif what in ("pause", "resume"):
        hooks.set_active(actor(request), hook, is_active=what == "resume")
        messages.success(request, gettext("Đã lưu."))
    elif what == "remove":
        hooks.remove(actor(request), hook)
        messages.success(request, gettext("Đã xoá nơi nhận."))
        return redirect("webhooks", project_id)
    return redirect("webhook", project_id, hook_id)


@require_POST
@page
def again(
    request: HttpRequest, project_id: int, hook_id: int, delivery_id: int
) -> HttpResponseBase:
    """Send a delivery once more."""
    hook = _hook(request, project_id, hook_id)
    found = get_object_or_404(
        Delivery.objects.select_related("hook__project", "hook__form"), pk=delivery_id, hook=hook
    )
    hooks.send_again(actor(request), found)
    messages.success(request, gettext("Đã xếp lượt gửi lại."))
    return redirect("webhook", project_id, hook_id)


def _hook(request: HttpRequest, project_id: int, hook_id: int) -> Webhook:
    project = project_of(request, project_id, Right.MANAGE_WEBHOOKS)
    return get_object_or_404(
        Webhook.objects.select_related("project", "form"), pk=hook_id, project=project
    )
