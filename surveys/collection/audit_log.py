"""Reading the audit log: by project or of the whole server, filtered; each reading is noted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet

from surveys.collection import audit, rights
from surveys.collection.audit import Reading
from surveys.collection.models import Actor, AuditEvent, Project
from surveys.collection.rights import Right

READINGS: Final = frozenset(Reading)

# Our names beside those of ODK Central, whose clients ask by theirs.
CENTRAL_NAMES: Final[Mapping[str, str]] = {
    "user.password": "user.update",
    "user.rated_commune": "user.update",
    "user.deactivate": "user.delete",
    "role.grant": "user.assignment.create",
    "role.withdraw": "user.assignment.delete",
    "session.open": "user.session.create",
    "app_user.create": "field_key.create",
    "app_user.reissue": "field_key.update",
    "app_user.revoke": "field_key.session.end",
    "form.assign": "field_key.assignment.create",
    "form.unassign": "field_key.assignment.delete",
    "form.draft": "form.update.draft.set",
    "form.draft.delete": "form.update.draft.delete",
    "form.publish": "form.update.publish",
    "project.encrypt": "project.update",
    "server.backup": "backup",
    "form.state": "form.update",
    "form.attach": "form.attachment.update",
    "form.detach": "form.attachment.update",
    "submission.review": "submission.update",
    "submission.comment": "comment.create",
}
# Central's words for groups of actions, by the beginnings of their names.
_GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "user": ("user.", "role.", "session."),
    "field_key": ("app_user.", "form.assign", "form.unassign"),
    "public_link": ("public_link.",),
    "project": ("project.",),
    "form": ("form.",),
    "submission": ("submission.",),
    "dataset": ("dataset.", "entity_list."),
    "entity": ("entity.",),
    "reading": (*sorted(READINGS), "export."),
    "personal": ("submission.erase", "quarantine.erase", "person.", "retention."),
}
_VERBOSE: Final = ("submission.", "entity.", "quarantine.")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which events: an action, a group of them or all; by whom; from `start` to before `end`."""

    action: str = ""
    start: datetime | None = None
    end: datetime | None = None
    actor_id: int | None = None
    project: Project | None = None


def read(actor: Actor, asked: Asked) -> QuerySet[AuditEvent]:
    """The events, newest first, for those who may read the log there; the reading is noted.

    Raises
    ------
    rights.Forbidden : not of the project, or without one, not of the whole server.
    """
    rights.require(actor, Right.READ_AUDIT, asked.project)
    audit.note_reading(Reading.AUDITS, actor, project=asked.project, asked=asked.action)
    return _matching(asked).select_related("actor").order_by("-id")


def central_name(action: str) -> str:
    """What ODK Central calls an action of ours; one that it does not have keeps its name."""
    return CENTRAL_NAMES.get(action, action)


def _matching(asked: Asked) -> QuerySet[AuditEvent]:
    rows = AuditEvent.objects.all()
    if asked.project is not None:
        rows = rows.filter(project_id=asked.project.pk)
    if asked.start is not None:
        rows = rows.filter(at__gte=asked.start)
    if asked.end is not None:
        rows = rows.filter(at__lt=asked.end)
    if asked.actor_id is not None:
        rows = rows.filter(actor=asked.actor_id)
    if asked.action == "nonverbose":
        return rows.exclude(_beginning(_VERBOSE))
    if asked.action in _GROUPS:
        return rows.filter(_beginning(_GROUPS[asked.action]))
    if asked.action:
        ours = {name for name, central in CENTRAL_NAMES.items() if central == asked.action}
        return rows.filter(action__in={asked.action, *ours})
    return rows


def _beginning(starts: tuple[str, ...]) -> Q:
    found = Q()
    for start in starts:
        found |= Q(action__startswith=start)
    return found
