"""Forms, their versions, fields and files as Central writes them."""

import re
from collections.abc import Iterable
from typing import Any, Final

from api.central.door import instant
from api.central.submission_shapes import actor_shape
from surveys.collection.models import Form, FormAttachment, FormVersion
from surveys.collection.schemas import schema_of
from surveys.fieldwork.form_counts import FormCounts

EXCEL_TYPES: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xls": "application/vnd.ms-excel",
}


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
        # The number is what a deleted form is restored by: its id may stand on another one.
        **({"deletedAt": instant(form.deleted_at), "id": form.pk} if form.deleted_at else {}),
    }


def counted_shape(form: Form, counts: FormCounts) -> dict[str, Any]:
    """`form_shape` with what `X-Extended-Metadata` asks for."""
    shown = form.current or form.draft
    return {
        **form_shape(form),
        "createdBy": actor_shape(shown.created_by) if shown is not None else None,
        "submissions": counts.submissions,
        "lastSubmission": instant(counts.last_submission),
        "reviewStates": {
            "received": counts.received,
            "hasIssues": counts.has_issues,
            "edited": counts.edited,
        },
        "entityRelated": counts.is_entity_related,
        "publicLinks": counts.public_links,
    }


def version_shape(version: FormVersion) -> dict[str, Any]:
    return {
        "version": version.version,
        "name": version.name,
        "hash": version.md5,
        "sha256": version.sha256,
        "draftToken": version.draft_token,
        "excelContentType": excel_type(version),
        "publishedAt": instant(version.published_at),
        "keyId": version.key_id,
    }


def excel_type(version: FormVersion) -> str | None:
    """The content type of the workbook behind a version; None when it came as an XForm."""
    return EXCEL_TYPES.get(version.workbook_name.lower().rpartition(".")[2])


def fields_shape(version: FormVersion, *, for_odata: bool = False) -> list[dict[str, Any]]:
    """`[{path, name, type, binary, selectMultiple}]`, paths below the root, in form order.

    `for_odata` writes the names as the OData service does.
    """
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
    ordered = [row for _, row in sorted(rows, key=lambda pair: pair[0])]
    return _sanitised(ordered) if for_odata else ordered


def file_shape(slot: FormAttachment) -> dict[str, Any]:
    return {
        "name": slot.name,
        "type": slot.kind,
        "hash": slot.blob.md5 if slot.blob is not None else None,
        "exists": slot.blob_id is not None or bool(slot.entity_list),
        "blobExists": slot.blob_id is not None,
        "datasetExists": bool(slot.entity_list),
        "updatedAt": instant(slot.updated_at),
    }


def _field_row(path: str, name: str, kind: str) -> dict[str, Any]:
    return {"path": path, "name": name, "type": kind, "binary": None, "selectMultiple": None}


def _sanitised(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            **row,
            "name": _odata_name(row["name"]),
            "path": "/".join(_odata_name(part) for part in row["path"].split("/")),
        }
        for row in rows
    ]


def _odata_name(name: str) -> str:
    """Letters, digits and underscores, and no digit first, as OData wants its identifiers."""
    plain = re.sub(r"[^\w]", "_", name)
    return f"_{plain}" if plain[:1].isdigit() else plain
