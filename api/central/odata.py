"""`….svc`: answers as Excel, Power BI, pyodk and ruODK read them, of a form and of its draft."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import wraps
from typing import Final
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from api import problems
from api.central import odata_documents as documents
from api.central.door import Answering, Call
from api.central.odata_metadata import error_document, metadata, service_document
from api.central.odata_names import ROOT, identifier, set_name
from api.central.odata_options import Options, check_protocol, options_of
from api.central.odata_pages import select
from api.central.odata_rows import Shape, Within
from api.central.odata_source import Source, note, source_of
from api.central.streaming import holds, streamed
from api.problems import ProblemRaised
from surveys.collection.own_address import base_url
from surveys.collection.readout import Table
from surveys.collection.refusal import Refused

JSON: Final = "application/json; charset=utf-8; odata.metadata=minimal"
XML: Final = "application/xml; charset=utf-8"
_ONE: Final = re.compile(rf"{ROOT}\('((?:[^']|'')*)'\)((?:/.*)?)")
_STEP: Final = re.compile(r"([^/(]+)(?:\('([^']*)'\))?")


def versioned(answer: Answering) -> Answering:
    """Every answer of OData names its version, refusals too."""

    @wraps(answer)
    def named(request: HttpRequest, **path: object) -> HttpResponseBase:
        response = answer(request, **path)
        response["OData-Version"] = "4.0"
        return response

    return named


def service(call: Call, project_id: int, form_id: str, *, is_draft: bool = False) -> JsonResponse:
    """The tables of the form."""
    check_protocol(call.request, "json")
    source = source_of(call, project_id, form_id, is_draft=is_draft)
    response = JsonResponse(service_document(source.layout, service_address(call.request)))
    response["Content-Type"] = JSON
    return response


def describe(call: Call, project_id: int, form_id: str, *, is_draft: bool = False) -> HttpResponse:
    """`$metadata`; here refusals are XML as well."""
    try:
        check_protocol(call.request, "xml")
        source = source_of(call, project_id, form_id, is_draft=is_draft)
        return HttpResponse(metadata(form_id, source.layout), content_type=XML)
    except (ProblemRaised, Refused) as refusal:
        found = problems.get(refusal.code)
        said = f"{found.vi_with(refusal.details)} / {found.en_with(refusal.details)}"
        return HttpResponse(
            error_document(found.code, said),
            status=found.status,
            content_type="text/xml; charset=utf-8",
        )


def read(
    call: Call, project_id: int, form_id: str, *, rest: str, is_draft: bool = False
) -> HttpResponseBase:
    """Rows of a table, or of one submission."""
    check_protocol(call.request, "json")
    source = source_of(call, project_id, form_id, is_draft=is_draft)
    options = options_of(call.request)
    one = _ONE.fullmatch(rest)
    if one is not None:
        return _one(call, source, one[1].replace("''", "'"), one[2], options)
    table = next((each for each in source.layout if set_name(each) == rest), None)
    if table is None:
        raise ProblemRaised(404.14, table=rest)
    return _table(call, source, table, options)


def _table(call: Call, source: Source, table: Table, options: Options) -> HttpResponseBase:
    shape = Shape(source.layout, table, options)
    selection = select(source, table, options)
    address = _address(call.request)
    if options.top == 0:
        count = selection.count() if options.count else None
        return _json(iter([documents.empty_document(shape, address, count)]))
    etag = selection.etag()
    if holds(call.request, etag):
        response: HttpResponseBase = HttpResponse(status=304)
    else:
        note(call, source, via="odata", table=set_name(table))
        response = _json(documents.document(selection, shape, address))
    response["ETag"] = etag
    return response


def _one(
    call: Call, source: Source, instance_id: str, path: str, options: Options
) -> HttpResponseBase:
    table, within = _below(source, path)
    shape = Shape(source.layout, table, options)
    ids = list(source.submissions.filter(instance_id=instance_id).values_list("pk", flat=True))
    filled = next(documents.filled_rows(ids, shape, source.restricted), None)
    if filled is None:
        raise ProblemRaised(404.4)
    note(call, source, via="odata", table=set_name(table))
    address = _address(call.request)
    return _json(iter([documents.single_document(filled, shape, address, options, within)]))


def _below(source: Source, path: str) -> tuple[Table, Within | None]:
    """The table of `/children/child('id')/toys/toy`, and the row that its rows lie below."""
    steps: list[str] = []
    table, within = source.layout[0], None
    for part in path.split("/")[1:]:
        found = _STEP.fullmatch(part)
        if found is None:
            raise ProblemRaised(404.14, table=path)
        steps.append(found[1])
        here = next(
            (each for each in source.layout if [*map(identifier, each.steps)] == steps), None
        )
        if here is not None:
            table = here
        if found[2] is not None:
            if here is None:
                raise ProblemRaised(404.14, table=path)
            within = Within(here.name, found[2])
    if [*map(identifier, table.steps)] != steps:
        raise ProblemRaised(404.14, table=path)
    return table, within


def _json(pieces: Iterator[str]) -> HttpResponseBase:
    return streamed((each.encode() for each in pieces), JSON)


def _address(request: HttpRequest) -> documents.Address:
    return documents.Address(service_address(request), lambda token: next_page(request, token))


def service_address(request: HttpRequest) -> str:
    """The address of the service: everything up to `.svc`."""
    head, mark, _ = request.path.partition(".svc")
    return f"{base_url(request)}{quote(head + mark)}"


def next_page(request: HttpRequest, token: str) -> str:
    """The address of the page that begins after a mark."""
    query = request.GET.copy()
    query.pop("$skip", None)
    query["$skiptoken"] = token
    return f"{base_url(request)}{quote(request.path, safe=_SAFE)}?{query.urlencode()}"


_SAFE: Final = "/!*'()~$"
