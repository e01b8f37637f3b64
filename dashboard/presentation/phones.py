"""The enumerators of a project with what their phones sent."""

from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.db.models import Count, Max

from surveys.collection.models import AppUser, Project, Submission


@dataclass(frozen=True, slots=True)
class PhoneRow:
    phone: AppUser
    sent: int
    last: datetime | None


def phones_of(project: Project) -> list[PhoneRow]:
    """Two queries, however many phones there are; test records of drafts do not count."""
    phones = list(
        AppUser.objects.filter(project=project, actor__deleted_at=None)
        .select_related("actor")
        .order_by("actor__display_name", "pk")
    )
    sent = {
        sender: (n, last)
        for sender, n, last in Submission.objects.filter(
            submitter__in=[phone.pk for phone in phones],
            form__project=project,
            is_draft=False,
            deleted_at=None,
        )
        .order_by()
        .values_list("submitter")
        .annotate(n=Count("pk"), last=Max("created_at"))
    }
    return [PhoneRow(phone, *sent.get(phone.pk, (0, None))) for phone in phones]


def is_this_machine_only(url: str) -> bool:
    """Whether the address means "this machine" on every machine, so that no phone reaches it."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        found = ip_address(host)
    except ValueError:
        return False
    return found.is_loopback or found.is_unspecified
