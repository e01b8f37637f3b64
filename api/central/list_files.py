"""Entity lists as downloads of people who are signed in."""

from collections.abc import Iterator

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from api.central import generated_entities
from api.central.door import Call
from surveys.collection import rights
from surveys.collection.entities import access, filters, reading
from surveys.collection.entities.access import GENERATED
from surveys.collection.models import FormAttachment
from surveys.collection.rights import Right

CSV = "text/csv; charset=utf-8"


def list_file(call: Call, slot: FormAttachment) -> HttpResponseBase:
    """A list in a form's place, for somebody signed in: reviewers get all of it, who fills the
    form gets what a phone would.
    """
    form = slot.form_version.form
    may_read = access.may_read(call.user, form.project)
    if not may_read:
        rights.require(call.user, Right.SUBMIT, form.project)
    access.note_reading(call.actor, form.project, slot.entity_list, via="form")
    if slot.entity_list in GENERATED:
        rights.require(call.user, Right.REVIEW, form.project)
        if not may_read:
            raise rights.Forbidden(403.1)
        return csv_file(generated_entities.phone_rows(form.project_id), slot.name, call)
    found = access.find_list(form.project, slot.entity_list)
    reach = filters.reach_of(found, None if may_read else call.actor.pk)
    names = reading.property_names(found.pk)
    rows = reading.rows_for_phone(found.pk, names, reach)
    return csv_file(rows, slot.name, call, filters.tag_of(found.pk, found.revision, reach))


def csv_file(
    rows: Iterator[list[object]], name: str, call: Call, tag: str = ""
) -> HttpResponseBase:
    """Rows as a download; nothing is read for a caller who holds what the tag stands for."""
    if tag and tag in call.request.headers.get("If-None-Match", ""):
        response: HttpResponseBase = HttpResponse(status=304)
    else:
        response = StreamingHttpResponse(reading.as_csv(rows), content_type=CSV)
        header = content_disposition_header(as_attachment=True, filename=name)
        response["Content-Disposition"] = header or "attachment"
    if tag:
        response["ETag"] = f'"{tag}"'
    return response
