"""`/v1/audits`: who did what, and who read what is restricted."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from api.central.door import Call, instant
from api.central.lookups import project_of
from api.central.streams import json_list, window
from api.central.submission_shapes import actor_shape
from api.problems import ProblemRaised
from surveys.collection import audit_log
from surveys.collection.models import AuditEvent, Form, Project
from surveys.collection.rights import Right

AT_ONCE = 500


def list_audits(call: Call, project_id: int | None = None) -> StreamingHttpResponse:
    """`?action=` (a name of Central's or ours, or a group), `?start=`, `?end=`, `?limit=`."""
    project = None
    if project_id is not None:
        project = project_of(call, project_id, Right.READ_AUDIT)
    part = window(call)
    asked = audit_log.Asked(
        action=call.request.GET.get("action", "").replace("\x00", ""),
        start=_moment(call, "start"),
        end=_moment(call, "end"),
        project=project,
    )
    return json_list(_rows(call, audit_log.read(call.actor, asked)[part]))


def _rows(call: Call, events: Any) -> Iterator[dict[str, Any]]:
    things = _Things()
    for event in events.iterator(chunk_size=AT_ONCE):
        shape = {
            "actorId": event.actor_id,
            "action": audit_log.central_name(event.action),
            "acteeId": _actee(event),
            "details": {**event.details, "event": event.action},
            "notes": None,
            "loggedAt": instant(event.at),
        }
        if call.is_extended:
            shape |= {"actor": actor_shape(event.actor), "actee": things.of(event)}
        yield shape


def _actee(event: AuditEvent) -> str | None:
    """What the event is about; Central writes a UUID, which says nothing by itself either."""
    for kind, number in (("form", event.form_id), ("project", event.project_id)):
        if number is not None:
            return f"{kind}:{number}"
    return None


class _Things:
    """Forms and projects that events name, each read once."""

    def __init__(self) -> None:
        self.known: dict[str, dict[str, Any] | None] = {}

    def of(self, event: AuditEvent) -> dict[str, Any] | None:
        name = _actee(event)
        if name is None:
            return None
        if name not in self.known:
            self.known[name] = self._read(event)
        return self.known[name]

    def _read(self, event: AuditEvent) -> dict[str, Any] | None:
        if event.form_id is not None:
            form = Form.objects.filter(pk=event.form_id).first()
            if form is None:
                return None
            return {"xmlFormId": form.xml_form_id, "projectId": form.project_id}
        if event.project_id is None:
            return None
        project = Project.objects.filter(pk=event.project_id).first()
        return {"id": project.pk, "name": project.name} if project is not None else None


def _moment(call: Call, name: str) -> datetime | None:
    said = call.request.GET.get(name, "").replace(" ", "+")  # a plus that nobody quoted
    if not said:
        return None
    try:
        found = parse_datetime(said)
        day = None if found else parse_date(said)
    except ValueError as error:
        raise ProblemRaised(400.2, field=name) from error
    if day is not None:
        found = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - made aware below
    if found is None or not 1900 <= found.year <= 9000:  # no database can be asked
        raise ProblemRaised(400.2, field=name)
    try:
        return found if timezone.is_aware(found) else timezone.make_aware(found)
    except (OverflowError, ValueError) as error:
        raise ProblemRaised(400.2, field=name) from error
