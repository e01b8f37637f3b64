"""For digital teams: who asked for help, taken one by one; numbers only on request, and noted."""

from datetime import date
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from dashboard.access import actor, page, reader, round_frame, round_of
from dashboard.presentation import helping
from dashboard.presentation.paging import number_of
from dashboard.refusals import sentence
from surveys.collection import rights
from surveys.collection.rights import Right
from surveys.fieldwork import help_tickets, help_wishes
from surveys.fieldwork.help_tickets import Change, Contact, HelpRefused
from surveys.fieldwork.help_wishes import PAGE, Asked, HelpWish
from surveys.fieldwork.models import HelpTicket, Round

CSV: Final = "text/csv; charset=utf-8"


@require_safe
@page
def help_list(request: HttpRequest, round_id: int) -> HttpResponseBase:
    """The worklist, page by page from the oldest record on."""
    found = round_of(request, round_id)
    communes = help_tickets.require(reader(request), found)
    asked = _asked(request, communes)
    listed = help_wishes.wishes_of(found, asked, most=PAGE + 1)
    last = listed[PAGE - 1] if len(listed) > PAGE else None
    n_by_status = help_wishes.counts(found, communes)
    context = round_frame(
        request,
        found,
        "help",
        lines=[helping.line(each) for each in listed[:PAGE]],
        next_page=f"{last.submission_id}.{last.ordinal}" if last else "",
        statuses=helping.statuses(n_by_status),
        n_all=sum(n_by_status.values()),
        status=asked.status,
        is_mine=asked.assigned_to is not None,
        may_take=rights.communes_with(reader(request), Right.MANAGE_HELP, found.project)
        != frozenset(),
    )
    return render(request, "dashboard/help_list.html", context)


def _asked(request: HttpRequest, communes: frozenset[str] | None) -> Asked:
    status = request.GET.get("status", "")
    record, _, person = request.GET.get("after", "").partition(".")
    is_place = record.isdecimal() and person.isdecimal() and len(record + person) < 20
    return Asked(
        communes,
        status=status if status in HelpTicket.Status.values else "",
        assigned_to=actor(request).pk if request.GET.get("mine") else None,
        after=(int(record), int(person)) if is_place else (0, -1),
    )


@require_http_methods(["GET", "POST"])
@page
def help_ticket(
    request: HttpRequest, round_id: int, submission_id: int, ordinal: int
) -> HttpResponseBase:
    """One person: what was asked for, what became of it, and the number for who opens it."""
    found = round_of(request, round_id)
    wish = _wish(request, found, (submission_id, ordinal))
    contact = None
    if request.method == "POST":
        if "open" in request.POST:
            contact = help_tickets.open_contact(actor(request), found, submission_id, ordinal)
        else:
            to = _change(request)
            help_tickets.change(actor(request), found, submission_id, ordinal, to)
            messages.success(request, gettext("Đã ghi."))
            return redirect("help_ticket", found.pk, submission_id, ordinal)
    return render(
        request,
        "dashboard/help_ticket.html",
        _ticket_context(request, found, wish, contact),
    )


def _wish(request: HttpRequest, found: Round, key: tuple[int, int]) -> HelpWish:
    """404 for what is not there, or is of another commune."""
    try:
        return help_tickets.find(reader(request), found, *key)
    except HelpRefused as refused:
        raise Http404(sentence(refused)) from refused


def _ticket_context(
    request: HttpRequest, found: Round, wish: HelpWish, contact: Contact | None
) -> dict[str, Any]:
    managed = rights.communes_with(reader(request), Right.MANAGE_HELP, found.project)
    may_give = managed is None or wish.commune in managed
    me, to = actor(request), wish.ticket.assigned_to
    people = help_tickets.helpers_of(found, wish.commune) if may_give else [me]
    if to is not None and to not in people:
        people = [*people, to]
    return round_frame(
        request,
        found,
        "help",
        wish=wish,
        line=helping.line(wish),
        contact=contact,
        people=people,
        is_unwanted=wish.ticket.outcome == HelpTicket.Outcome.UNWANTED,
        status_choices=helping.STATUSES.items(),
        outcome_choices=helping.OUTCOMES.items(),
    )


def _change(request: HttpRequest) -> Change:
    given = request.POST
    try:
        done_on = date.fromisoformat(given.get("done_on", ""))
    except ValueError:
        done_on = None
    return Change(
        status=given.get("status", ""),
        outcome=given.get("outcome", ""),
        assigned_to=number_of(given.get("assigned_to", "")) or None,
        done_on=done_on,
    )


@require_safe
@page
def help_file(request: HttpRequest, round_id: int) -> HttpResponseBase:
    """The list as CSV, for those who manage it; with numbers only if asked for."""
    found = round_of(request, round_id)
    lines = help_tickets.taken_along(
        actor(request), found, _asked(request, None), with_phones=bool(request.GET.get("phones"))
    )
    response = StreamingHttpResponse(lines, content_type=CSV)
    response.headers["Content-Disposition"] = f'attachment; filename="nho-giup-{found.pk}.csv"'
    return response
