"""A form in the browser: by a public link, as a trial of a draft, or by a person signed in."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from dashboard.access import actor, form_of, page
from dashboard.presentation import webforms
from dashboard.presentation.webforms import WebForm
from dashboard.refusals import sentence
from surveys.collection import link_door, public_links, sign_in
from surveys.collection.link_door import LinkClosed
from surveys.collection.models import Form
from surveys.collection.refusal import Refused
from surveys.collection.rights import Right

# The engine is WebAssembly, which is no text that could be made a script; it shows pictures from
# memory. Everything else is as on all pages: from this server alone.
POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


@require_safe
def public(request: HttpRequest, token: str) -> HttpResponseBase:
    """The web form behind a QR code: no name, no sign-in."""
    try:
        link = link_door.link_anywhere(token)
        link_door.require_living(link)
        if link.form.state != Form.State.OPEN or link.form.current is None:
            raise LinkClosed(403.31)
        public_links.require_readable(link.form)
    except Refused as refusal:
        context = {"problem": sentence(refusal)}
        return _private(render(request, "dashboard/webform_closed.html", context, status=403))
    name = link.form.current.name or link.form.xml_form_id
    return _shown(request, webforms.of_link(link), name, place=link.actor.display_name)


@require_safe
@page
def trial(request: HttpRequest, form_id: int) -> HttpResponseBase:
    """The draft as respondents will see it; records of a trial go with the draft."""
    form = form_of(request, form_id, Right.MANAGE_FORMS)
    if form.draft is None or not form.draft.draft_token:
        raise Refused(404.9)
    note = gettext("Bản nháp đang thử: phiếu gửi ở đây không tính và mất khi phát hành.")
    name = form.draft.name or form.xml_form_id
    return _shown(request, webforms.of_draft(form), name, note=note)


@require_safe
@page
def fill(request: HttpRequest, form_id: int) -> HttpResponseBase:
    """The published form for somebody who may submit; the record carries his or her name."""
    form = form_of(request, form_id, Right.SUBMIT)
    if form.current is None or form.state == Form.State.CLOSED:
        raise Refused(404.3)
    public_links.require_readable(form)
    person = actor(request)
    # /v1 takes no cookie, so the page gets a session of its own, in memory alone.
    opened = sign_in.open_session(person.user)
    made = webforms.of_person(form, person.display_name, person.pk, opened.token)
    note = gettext("Phiếu gửi từ trang này mang tên của bạn.")
    return _shown(request, made, form.current.name or form.xml_form_id, note=note)


def _shown(
    request: HttpRequest, form: WebForm, name: str, *, place: str = "", note: str = ""
) -> HttpResponse:
    config = form.config(get_language() or "vi")
    context = {"name": name, "place": place, "note": note, "config": config, "once": form.once}
    response = render(request, "dashboard/webform.html", context)
    response.headers["Content-Security-Policy"] = POLICY
    return _private(response)


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-store"
    return response
