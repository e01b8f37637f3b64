"""`/v1/projects/{p}/forms`: forms and their published versions."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse

from api.central import bodies
from api.central.door import SUCCESS, Call, instant
from api.central.lookups import HEAVY, form_of, project_of, published_version
from api.central.workbooks import is_workbook, publish_and_wait
from api.problems import ProblemRaised
from surveys.collection import publishing
from surveys.collection.models import Form, FormVersion
from surveys.collection.publishing_job import Order
from surveys.collection.rights import Right
from surveys.collection.schemas import schema_of

XFORM_TYPE = "application/xml; charset=utf-8"


def list_forms(call: Call, project_id: int) -> list[dict[str, Any]]:
    project = project_of(call, project_id)
    return [form_shape(each) for each in _light(Form.objects.filter(project=project))]


def create_form(call: Call, project_id: int) -> dict[str, Any]:
    """An XForm, or a workbook that the worker converts while the request waits."""
    project = project_of(call, project_id, Right.MANAGE_FORMS)
    data = bodies.bytes_of(call.request, bodies.MOST_FORM)
    publish = call.flag("publish")
    if is_workbook(data):
        form = publish_and_wait(call, Order(project.pk, "", publish=publish), data)
    else:
        form = publishing.create_form(call.actor, project, data, publish=publish)
    draft_token = form.draft.draft_token if form.draft is not None else None
    return {**form_shape(form), "draftToken": draft_token}


def show_form(call: Call, project_id: int, form_id: str) -> dict[str, Any]:
    return form_shape(form_of(call, project_id, form_id))


def update_form(call: Call, project_id: int, form_id: str) -> dict[str, Any]:
    """Central changes `state` here; the other fields of a form are its file's."""
    form = form_of(call, project_id, form_id)
    said = bodies.json_of(call.request)
    state = bodies.optional_text(said, "state")
    if state not in Form.State.values:
        raise ProblemRaised(400.2, field="state")
    publishing.set_state(call.actor, form, Form.State(state))
    return form_shape(form)


def delete_form(call: Call, project_id: int, form_id: str) -> dict[str, bool]:
    publishing.delete_form(call.actor, form_of(call, project_id, form_id))
    return SUCCESS


def form_xml(call: Call, project_id: int, form_id: str) -> HttpResponse:
    form = form_of(call, project_id, form_id)
    if form.current is None:
        raise ProblemRaised(404.8, version="")
    return xform_response(form.current)


def form_workbook(call: Call, project_id: int, form_id: str, suffix: str) -> HttpResponse:
    form = form_of(call, project_id, form_id, Right.MANAGE_FORMS)
    version = form.current
    if version is None or version.workbook is None:
        raise ProblemRaised(404.7)
    if not version.workbook_name.lower().endswith(f".{suffix}"):
        raise ProblemRaised(404.7)
    response = HttpResponse(bytes(version.workbook), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="form.{suffix}"'
    return response


def list_versions(call: Call, project_id: int, form_id: str) -> list[dict[str, Any]]:
    form = form_of(call, project_id, form_id)
    return [{**form_shape(form), **version_shape(each)} for each in publishing.versions_of(form)]


def show_version(call: Call, project_id: int, form_id: str, version: str) -> dict[str, Any]:
    form = form_of(call, project_id, form_id)
    return {**form_shape(form), **version_shape(published_version(form, version))}


def version_xml(call: Call, project_id: int, form_id: str, version: str) -> HttpResponse:
    form = form_of(call, project_id, form_id)
    return xform_response(published_version(form, version))


def list_fields(call: Call, project_id: int, form_id: str) -> list[dict[str, Any]]:
    """What ruODK and pyodk ask before they read data."""
    form = form_of(call, project_id, form_id)
    version = form.current or form.draft
    if version is None:
        raise ProblemRaised(404.8, version="")
    return fields_shape(version)


def xform_response(version: FormVersion) -> HttpResponse:
    response = HttpResponse(bytes(version.xform), content_type=XFORM_TYPE)
    response["ETag"] = f'"{version.md5}"'
    return response


def form_shape(form: Form) -> dict[str, Any]:
    """A form with its current version; one that was never published shows its draft."""
    shown = form.current or form.draft
    return {
        "projectId": form.project_id,
        "xmlFormId": form.xml_form_id,
        "state": form.state,
        "enketoId": None,
        "enketoOnceId": None,
        "webformsEnabled": False,
        "keyId": None,
        "ratesAuthority": form.rates_authority,
        "createdAt": instant(form.created_at),
        "updatedAt": instant(form.updated_at),
        "publishedAt": None,
        **(version_shape(shown) if shown is not None else {}),
        # The link of a draft is for those who manage forms: `…/draft` tells them.
        "draftToken": None,
    }


def version_shape(version: FormVersion) -> dict[str, Any]:
    return {
        "version": version.version,
        "name": version.name,
        "hash": version.md5,
        "sha256": version.sha256,
        "draftToken": version.draft_token,
        "excelContentType": None,
        "publishedAt": instant(version.published_at),
    }


def fields_shape(version: FormVersion) -> list[dict[str, Any]]:
    """`[{path, name, type, binary, selectMultiple}]`, paths below the root, in form order."""
    schema = schema_of(version.pk, version.md5)
    cut = len(schema.root) + 1
    rows: list[tuple[int, dict[str, Any]]] = []
    for group in schema.groups:
        rows.append((group.order, _field_row(group.path[cut:], group.name, "structure")))
    for table in schema.tables:
        if table.name:
            name = table.path.rpartition("/")[2]
            rows.append((table.order, _field_row(table.path[cut:], name, "repeat")))
    for each in schema.fields:
        row = _field_row(each.path[cut:], each.name, each.type or "string")
        row["binary"] = True if each.is_binary else None
        row["selectMultiple"] = True if each.is_select_multiple else None
        rows.append((each.order, row))
    return [row for _, row in sorted(rows, key=lambda pair: pair[0])]


def _field_row(path: str, name: str, kind: str) -> dict[str, Any]:
    return {"path": path, "name": name, "type": kind, "binary": None, "selectMultiple": None}


def _light(forms: QuerySet[Form]) -> QuerySet[Form]:
    living = forms.filter(deleted_at__isnull=True).select_related("current", "draft")
    return living.defer(*HEAVY).order_by("xml_form_id", "id")
