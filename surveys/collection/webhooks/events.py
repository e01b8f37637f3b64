"""Which events can be told, and what of an event is told. Answers are not among it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from surveys.collection.models import AuditEvent, Quarantined

# Event of a hook → actions of the audit log.
ACTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "submission.created": ("submission.create",),
    "submission.updated": ("submission.update.version", "submission.attachment.update"),
    "submission.reviewed": ("submission.review",),
    "submission.deleted": ("submission.delete",),
    "submission.restored": ("submission.restore",),
    "entity.created": ("entity.create", "entity.bulk.create"),
    "entity.updated": ("entity.update.version", "entity.update.resolve"),
    "entity.deleted": ("entity.delete",),
    "form.published": ("form.publish",),
    "run.published": ("run.publish",),
}
KEPT: Final = "quarantine.kept"
TEST: Final = "test"
EVENTS: Final = (*ACTIONS, KEPT)
_EVENT_OF: Final = {action: event for event, actions in ACTIONS.items() for action in actions}
TOLD_ACTIONS: Final = frozenset(_EVENT_OF)


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that a hook may want to hear of."""

    source: str  # the row it comes from
    event: str
    project_id: int
    form_id: int | None
    thing: str
    facts: Mapping[str, Any]


def of_audit(row: AuditEvent) -> Happening | None:
    """What an event of the audit log tells; None = nothing, or nothing of a project."""
    if row.action not in _EVENT_OF or row.project_id is None:
        return None
    event = _EVENT_OF[row.action]
    facts = {
        "at": row.at.isoformat(),
        "actor": row.actor_id,
        "form": row.form_id,
        "submission": row.submission_id if event.startswith("submission.") else None,
        "details": _details(event, row.details),
    }
    return Happening(
        f"audit:{row.pk}", event, row.project_id, row.form_id, _thing(event, row), facts
    )


def of_quarantined(row: Quarantined) -> Happening:
    """What came and could not be stored: its reason, never its content."""
    facts = {
        "at": row.received_at.isoformat(),
        "actor": row.submitter_id,
        "form": None,
        "submission": None,
        "details": {
            "id": row.pk,
            "reason": row.reason,
            "xmlFormId": row.xml_form_id,
            "version": row.form_version,
            "instanceId": row.instance_id,
        },
    }
    thing = f"quarantined:{row.pk}"
    return Happening(thing, KEPT, row.project_id, None, thing, facts)


def _thing(event: str, row: AuditEvent) -> str:
    if event.startswith("submission."):
        return f"submission:{row.submission_id}"
    if event.startswith("entity."):
        return f"entity:{row.details.get('entity', {}).get('uuid', '')}"[:80]
    return f"form:{row.form_id}" if row.form_id is not None else ""


def _details(event: str, details: Mapping[str, Any]) -> dict[str, Any]:
    """The few details that every reader of the project may know."""
    known = {
        "submission.created": ("instanceId", "via"),
        "submission.updated": ("instanceId", "via", "names"),
        "submission.reviewed": ("review_state",),
        "form.published": ("version",),
        "run.published": ("run",),
        "entity.created": ("entity", "version", "dataset", "source"),
        "entity.updated": ("entity", "version"),
        "entity.deleted": ("entity",),
    }.get(event, ())
    return {key: details[key] for key in known if key in details}
