"""The worklist of the digital teams: who may see it, what is changed there, and reading a number.

Nobody of a rated office sees it, whatever the role; a helper sees the communes of the own role.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from surveys.collection import audit, rights
from surveys.collection.audit import Reading
from surveys.collection.models import Actor, RoleAssignment
from surveys.collection.refusal import Refused
from surveys.collection.rights import RIGHTS, Right, Who
from surveys.collection.spreadsheets import as_text
from surveys.fieldwork import help_wishes
from surveys.fieldwork.help_wishes import Asked, HelpWish
from surveys.fieldwork.models import HelpTicket, Round, SampledHousehold

COLUMNS: Final = (
    "ticket", "commune", "village", "household", "person", "help", "place", "consent_date",
    "assigned", "status", "done", "outcome",
)  # fmt: skip


class HelpRefused(Refused):
    """404.162 no such wish (any more), 409.162 wants no call, 400.162 a change that cannot be."""


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach a person; shown to one reader, once for each time it is opened."""

    phone: str
    hint: str  # how to find the household


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody says of a ticket."""

    status: str
    outcome: str = ""
    assigned_to: int | None = None  # the number of an actor
    done_on: date | None = None


def scope_of(who: Who, round_: Round) -> frozenset[str] | None:
    """The communes whose wishes a person sees; None: all, empty: none."""
    return rights.communes_with(who, Right.HELP, round_.project)


def require(who: Who, round_: Round) -> frozenset[str] | None:
    """The scope. Raises `Forbidden` where it is empty."""
    communes = scope_of(who, round_)
    if communes is not None and not communes:
        rights.require(who, Right.HELP)  # says 401.2 or 403.1
    return communes


def find(who: Who, round_: Round, submission_id: int, ordinal: int) -> HelpWish:
    """One wish for a person.

    Raises
    ------
    rights.Forbidden : no right to the worklist.
    HelpRefused : 404.162, also for a wish outside the own communes.
    """
    found = help_wishes.find(round_, require(who, round_), submission_id, ordinal)
    if found is None:
        raise HelpRefused(404.162)
    return found


def open_contact(actor: Actor, round_: Round, submission_id: int, ordinal: int) -> Contact:
    """The number of a person; that it was read stands in the audit log before it is shown.

    Raises
    ------
    rights.Forbidden, HelpRefused : as `find`; 409.162 the person wants no call any more.
    """
    wish = find(actor, round_, submission_id, ordinal)
    if wish.ticket.outcome == HelpTicket.Outcome.UNWANTED:
        raise HelpRefused(409.162)
    audit.note_reading(
        Reading.CONTACT, actor, project=round_.project, round=round_.pk, ticket=wish.number
    )
    hints = SampledHousehold.objects.filter(visits__submission=submission_id)
    hint = hints.values_list("address_hint", flat=True).first() or ""
    phones = help_wishes.phones_of(round_, [wish])
    return Contact(phones.get((submission_id, ordinal), ""), hint)


def change(actor: Actor, round_: Round, submission_id: int, ordinal: int, to: Change) -> HelpTicket:
    """Assign a ticket, or say what became of it.

    Whoever works on the list may take a ticket; giving it to somebody else needs `MANAGE_HELP`.
    Who wants no call any more stays closed, also to a page that was open before.

    Raises
    ------
    rights.Forbidden, HelpRefused : as `find`; 400.162, 409.162.
    """
    wish = find(actor, round_, submission_id, ordinal)
    _check(actor, round_, wish, to)
    with transaction.atomic():
        ticket, _ = HelpTicket.objects.select_for_update().get_or_create(
            submission_id=submission_id, ordinal=ordinal
        )
        if ticket.outcome == HelpTicket.Outcome.UNWANTED:
            raise HelpRefused(409.162)
        ticket.status, ticket.outcome = to.status, to.outcome
        ticket.assigned_to_id = to.assigned_to
        is_done = to.status == HelpTicket.Status.DONE
        ticket.done_on = (to.done_on or timezone.localdate()) if is_done else None
        ticket.save()
        audit.record(
            "help.change",
            actor=actor,
            project=round_.project,
            round=round_.pk,
            ticket=wish.number,
            status=ticket.status,
            outcome=ticket.outcome,
        )
    return ticket


def _check(actor: Actor, round_: Round, wish: HelpWish, to: Change) -> None:
    is_known = to.status in HelpTicket.Status.values and to.outcome in HelpTicket.Outcome.values
    is_done = to.status == HelpTicket.Status.DONE
    if not is_known or is_done != bool(to.outcome):
        raise HelpRefused(400.162)
    if to.done_on is not None and not wish.consented_on <= to.done_on <= timezone.localdate():
        raise HelpRefused(400.162)
    if to.assigned_to in (wish.ticket.assigned_to_id, actor.pk, None):
        return
    communes = rights.communes_with(actor, Right.MANAGE_HELP, round_.project)
    if communes is not None and wish.commune not in communes:
        raise rights.Forbidden(403.1, right=Right.MANAGE_HELP.value)
    if to.assigned_to not in {each.pk for each in helpers_of(round_, wish.commune)}:
        raise HelpRefused(400.162)


def helpers_of(round_: Round, commune: str = "") -> list[Actor]:
    """Who works on the list, in a commune if one is named: those a ticket can be given to."""
    giving = [role for role, granted in RIGHTS.items() if Right.HELP in granted]
    rows = RoleAssignment.objects.filter(
        Q(project=round_.project) | Q(project=None),
        role__in=giving,
        user__is_active=True,
        user__rated_commune="",
    ).select_related("user__actor")
    found = {
        row.user.actor.pk: row.user.actor
        for row in rows
        if not commune or not row.communes or commune in row.communes
    }
    return sorted(found.values(), key=lambda each: each.display_name)


def taken_along(actor: Actor, round_: Round, asked: Asked, *, with_phones: bool) -> Iterator[str]:
    """The list as lines of CSV, for those who manage it; the log says who took it, and how.

    Raises
    ------
    rights.Forbidden : 403.1.
    """
    communes = rights.communes_with(actor, Right.MANAGE_HELP, round_.project)
    if communes is not None and not communes:
        rights.require(actor, Right.MANAGE_HELP)
    inside = Asked(communes, asked.status, asked.commune, asked.assigned_to)
    audit.note_reading(
        Reading.CONTACT,
        actor,
        project=round_.project,
        round=round_.pk,
        file="csv",
        personal=with_phones,
    )
    return _lines(round_, inside, with_phones=with_phones)


def _lines(round_: Round, asked: Asked, *, with_phones: bool) -> Iterator[str]:
    yield "\ufeff" + _line([*COLUMNS, *(["phone"] if with_phones else [])])
    for wishes in help_wishes.pages_of(round_, asked):
        phones = help_wishes.phones_of(round_, wishes) if with_phones else {}
        for wish in wishes:
            cells = _cells(wish)
            if with_phones:
                is_unwanted = wish.ticket.outcome == HelpTicket.Outcome.UNWANTED
                number = phones.get((wish.submission_id, wish.ordinal), "")
                cells.append("" if is_unwanted else number)
            yield _line(cells)


def _cells(wish: HelpWish) -> list[str]:
    ticket = wish.ticket
    return [
        wish.number,
        wish.commune,
        wish.village,
        str(wish.household),
        str(wish.ordinal + 1),
        " ".join(each.code for each in wish.help),
        " ".join(each.code for each in wish.place),
        wish.consented_on.isoformat(),
        ticket.assigned_to.display_name if ticket.assigned_to else "",
        ticket.status,
        ticket.done_on.isoformat() if ticket.done_on else "",
        ticket.outcome,
    ]


def _line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([as_text(cell) for cell in cells])
    return out.getvalue()
