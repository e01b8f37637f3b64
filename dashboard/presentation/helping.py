"""A wish for help as its page shows it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import get_language, gettext_lazy

from forms import labels
from surveys.fieldwork.help_wishes import Choice, HelpWish
from surveys.fieldwork.models import HelpTicket

STATUSES: Final[Mapping[str, Any]] = {
    HelpTicket.Status.OPEN.value: gettext_lazy("chưa ai nhận"),
    HelpTicket.Status.ASSIGNED.value: gettext_lazy("đang giúp"),
    HelpTicket.Status.DONE.value: gettext_lazy("đã xong"),
}
OUTCOMES: Final[Mapping[str, Any]] = {
    HelpTicket.Outcome.HELPED.value: gettext_lazy("đã giúp xong"),
    HelpTicket.Outcome.PARTLY.value: gettext_lazy("giúp được một phần"),
    HelpTicket.Outcome.REFERRED.value: gettext_lazy("đã giới thiệu đến nơi khác"),
    HelpTicket.Outcome.NOT_REACHED.value: gettext_lazy("không liên lạc được"),
    HelpTicket.Outcome.UNWANTED.value: gettext_lazy("không muốn được gọi nữa"),
}


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One line of the worklist; the number of the person is never in it."""

    wish: HelpWish
    help: str
    place: str
    status: str
    tag: str
    outcome: str
    assigned: str


@dataclass(frozen=True, slots=True)
class StatusCount:
    """A status with how many wishes have it."""

    code: str
    name: Any
    count: int


def line(wish: HelpWish) -> HelpLine:
    """In the language of the page."""
    ticket = wish.ticket
    tags = {HelpTicket.Status.OPEN.value: "is-warn", HelpTicket.Status.DONE.value: "is-good"}
    return HelpLine(
        wish,
        help=_said(wish.help),
        place=_said(wish.place),
        status=str(STATUSES[ticket.status]),
        tag=tags.get(ticket.status, ""),
        outcome=str(OUTCOMES.get(ticket.outcome, "")),
        assigned=ticket.assigned_to.display_name if ticket.assigned_to else "",
    )


def statuses(counted: Mapping[str, int]) -> list[StatusCount]:
    """All of them, in the order of work."""
    return [StatusCount(code, name, counted.get(code, 0)) for code, name in STATUSES.items()]


def _said(choices: Iterable[Choice]) -> str:
    language = get_language() or "vi"
    return ", ".join(labels.text(each.labels, language, fallback=each.code) for each in choices)
