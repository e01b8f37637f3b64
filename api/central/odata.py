"""`….svc/Submissions`: answers as OData reads them, newest first. Repeats: not yet (501)."""

import base64
import binascii
import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, JsonResponse

from api.central.door import Call, instant
from api.central.lookups import form_of, submissions_of
from api.central.odata_values import nested_row
from api.problems import ProblemRaised
from forms.schema import FormSchema
from surveys.collection.models import Form, Record, Submission, SubmissionVersion
from surveys.collection.schemas import schema_of
from surveys.fieldwork.scope import reviewable_submissions

ROOT: Final = "Submissions"
KNOWN_OPTIONS: Final = frozenset({"$top", "$skip", "$count", "$select", "$skiptoken"})
CARRIED: Final = frozenset({"$top", "$count", "$select"})  # on to the next page
NO_VALUES: Final = frozenset({"", "false", "none"})
TOKEN_MARK: Final = "01"  # noqa: S105 - Central's prefix of a page mark


def table(call: Call, project_id: int, form_id: str, table: str) -> JsonResponse:
    """One table of a form, a page of it."""
    form = form_of(call, project_id, form_id)
    rows = submissions_of(call, form).order_by("-id")
    schema = _schema(form)
    if table != ROOT:
        names = {each.path for each in schema.tables}
        _refuse_table(table, names)
    options = _options(call.request)
    body: dict[str, Any] = {}
    if options.get("$count", "").lower() == "true":
        body["@odata.count"] = rows.count()
    page, is_last = _page(form, rows, options)
    ids = [each.pk for each in page]
    reviewed = set(
        reviewable_submissions(call.user, form).filter(pk__in=ids).values_list("pk", flat=True)
    )
    rows_shown = _rows(page, schema, reviewed)
    body["value"] = [_selected(row, options) for row in rows_shown]
    base = f"{_base(call.request)}/v1/projects/{project_id}/forms/{form_id}.svc"
    body["@odata.context"] = f"{base}/$metadata#{ROOT}"
    if not is_last and page:
        query = {key: said for key, said in options.items() if key in CARRIED}
        query["$skiptoken"] = _mark(page[-1].instance_id)
        body["@odata.nextLink"] = f"{base}/{ROOT}?{urlencode(query)}"
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    response["Content-Type"] = "application/json; charset=utf-8; odata.metadata=minimal"
    response["OData-Version"] = "4.0"
    return response


def _schema(form: Form) -> FormSchema:
    if form.current is None:
        raise ProblemRaised(404.8, version="")
    return schema_of(form.current.pk, form.current.md5)


def _refuse_table(table: str, paths: Iterable[str]) -> None:
    wanted = "/" + "/".join(table.split(".")[1:])
    if any(path.endswith(wanted) for path in paths) and wanted != "/":
        raise ProblemRaised(501.1, feature=table)
    raise ProblemRaised(404.14, table=table)


def _options(request: HttpRequest) -> dict[str, str]:
    """The options that carry something; one that is not understood is refused, never ignored."""
    said = {
        key: str(value)
        for key, value in request.GET.items()
        if key.startswith("$") and str(value).lower() not in NO_VALUES
    }
    for key in said:
        if key not in KNOWN_OPTIONS:
            raise ProblemRaised(501.1, feature=key)
    for key in ("$top", "$skip"):
        if key in said and not (said[key].isdecimal() and len(said[key]) < 10):
            raise ProblemRaised(400.2, field=key)
    return said


def _page(
    form: Form, rows: QuerySet[Submission], options: Mapping[str, str]
) -> tuple[list[Submission], bool]:
    """Submissions of the page, and whether it is the last one."""
    if token := options.get("$skiptoken"):
        rows = rows.filter(pk__lt=_marked(form, token))
        start = 0
    else:
        start = int(options.get("$skip", "0"))
    rows = rows.select_related("submitter")
    if "$top" not in options:
        return list(rows[start:]), True
    top = int(options["$top"])
    found = list(rows[start : start + top + 1])
    return found[:top], len(found) <= top


def _marked(form: Form, token: str) -> int:
    try:
        said = json.loads(base64.b64decode(token.removeprefix(TOKEN_MARK), validate=True))
        # A record that was deleted meanwhile still marks its place.
        return Submission.objects.get(
            form=form, is_draft=False, instance_id=str(said["instanceId"]).replace("\x00", "")
        ).pk
    except (binascii.Error, ValueError, KeyError, TypeError, Submission.DoesNotExist) as error:
        raise ProblemRaised(400.2, field="$skiptoken") from error


def _mark(instance_id: str) -> str:
    said = json.dumps({"instanceId": instance_id}).encode()
    return TOKEN_MARK + base64.b64encode(said).decode("ascii")


def _rows(
    page: list[Submission], schema: FormSchema, reviewed: Collection[int]
) -> list[dict[str, Any]]:
    """Personal and free answers stand as null in what the caller does not review."""
    ids = [submission.pk for submission in page]
    values = dict(
        Record.objects.filter(submission__in=ids, table="", ordinal=0).values_list(
            "submission_id", "values"
        )
    )
    current = {
        version.submission_id: version
        for version in SubmissionVersion.objects.filter(submission__in=ids, is_current=True)
        .defer("xml")
        .annotate(
            version_name=F("form_version__version"),
            n_files=Count("attachments"),
            n_present=Count("attachments", filter=Q(attachments__blob__isnull=False)),
        )
    }
    edits = dict(
        SubmissionVersion.objects.filter(submission__in=ids)
        .values_list("submission_id")
        .annotate(n=Count("id"))
    )
    return [
        {
            "__id": each.instance_id,
            "__system": _system(each, current[each.pk], edits[each.pk] - 1),
            **nested_row(
                schema,
                values.get(each.pk, {}),
                each.instance_id,
                shows_all=each.pk in reviewed,
            ),
        }
        for each in page
    ]


def _system(submission: Submission, version: Any, edits: int) -> dict[str, Any]:
    submitter = submission.submitter
    return {
        "submissionDate": instant(submission.created_at),
        "updatedAt": instant(submission.updated_at),
        "deletedAt": instant(submission.deleted_at),
        "submitterId": str(submitter.pk) if submitter is not None else None,
        "submitterName": submitter.display_name if submitter is not None else None,
        "attachmentsPresent": version.n_present,
        "attachmentsExpected": version.n_files,
        "status": None,
        "reviewState": submission.review_state,
        "deviceId": submission.device_id,
        "edits": edits,
        "formVersion": version.version_name,
    }


def _selected(row: dict[str, Any], options: Mapping[str, str]) -> dict[str, Any]:
    wanted = options.get("$select", "*")
    if wanted == "*":
        return row
    names = {each.strip().partition("/")[0] for each in wanted.split(",")}
    return {key: value for key, value in row.items() if key in names}


def _base(request: HttpRequest) -> str:
    return settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}"
