"""Public links of a form: made, printed as posters for the desk, paused, taken away."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from dashboard.access import actor, form_of, frame, page
from dashboard.link_inputs import NewLink
from dashboard.presentation import posters
from dashboard.presentation.phones import is_this_machine_only
from dashboard.refusals import sentence
from surveys.collection import public_links
from surveys.collection.models import Form, PublicLink
from surveys.collection.own_address import base_url
from surveys.collection.rights import Right

CHANGES = {
    "pause": public_links.pause,
    "resume": public_links.resume,
    "revoke": public_links.revoke,
    "delete": public_links.delete,
}


@require_http_methods(["GET", "POST"])
@page
def links(request: HttpRequest, form_id: int) -> HttpResponseBase:
    """The links of a form with what they brought, and a new one."""
    found = form_of(request, form_id, Right.MANAGE_FORMS)
    if found.current is None:
        raise Http404
    fields = public_links.fields_to_fill(found)
    given = NewLink(request.POST if request.method == "POST" else None, fields=fields)
    if given.is_bound and given.is_valid():
        try:
            made = public_links.create(actor(request), found, **given.entry())
        except public_links.LinkRefused as refusal:
            given.add_error(None, sentence(refusal))
        else:
            messages.success(request, gettext("Đã tạo liên kết. Hãy in tờ mã QR dưới đây."))
            return redirect("link", found.pk, made.pk)
    standing = list(public_links.links_of(found))
    context = frame(
        request,
        found.project,
        "project",
        shown_form=found,
        form=given,
        rows=posters.rows_of(found, standing),
        has_living=any(each.token for each in standing),
        lists=_lists(found),
    )
    return render(request, "dashboard/links.html", context)


@require_safe
@page
def link(request: HttpRequest, form_id: int, link_id: int) -> HttpResponseBase:
    """One link: its poster, its address, what it brought."""
    found = _link(request, form_id, link_id)
    return render(request, "dashboard/link.html", _posters(request, found.form, [found]))


@require_safe
@page
def sheets(request: HttpRequest, form_id: int) -> HttpResponseBase:
    """A poster for every living link, one a printed page."""
    found = form_of(request, form_id, Right.MANAGE_FORMS)
    living = [each for each in public_links.links_of(found) if each.token]
    return render(request, "dashboard/link_sheets.html", _posters(request, found, living))


@require_http_methods(["GET", "POST"])
@page
def change(request: HttpRequest, form_id: int, link_id: int, action: str) -> HttpResponseBase:
    """Pause, resume, revoke or delete a link; asked once more before it happens."""
    found = _link(request, form_id, link_id)
    if action not in CHANGES:
        raise Http404
    if request.method == "POST":
        CHANGES[action](actor(request), found)
        messages.success(request, gettext("Đã đổi trạng thái liên kết."))
        return (
            redirect("links", form_id) if action == "delete" else redirect("link", form_id, link_id)
        )
    context = frame(
        request, found.form.project, "project", shown_form=found.form, link=found, action=action
    )
    return render(request, "dashboard/link_change.html", context)


def _link(request: HttpRequest, form_id: int, link_id: int) -> PublicLink:
    form = form_of(request, form_id, Right.MANAGE_FORMS)
    found: PublicLink = get_object_or_404(public_links.links_of(form), pk=link_id)
    found.form = form
    return found


def _lists(form: Form) -> list[str]:
    """Entity lists that the form reads; nobody gets them through a link."""
    assert form.current is not None
    used = form.current.attachments.exclude(entity_list="").order_by("entity_list")
    return list(used.values_list("entity_list", flat=True))


def _posters(request: HttpRequest, form: Form, standing: list[PublicLink]) -> dict[str, object]:
    base = base_url(request)
    return frame(
        request,
        form.project,
        "project",
        shown_form=form,
        rows=posters.rows_of(form, standing, base),
        name=form.current.name if form.current else form.xml_form_id,
        unreachable=is_this_machine_only(base),
    )
