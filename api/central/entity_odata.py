"""`datasets/{n}.svc`: entities as Excel, Power BI and pyodk read them."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase, JsonResponse

from api import problems
from api.central.door import Call, instant
from api.central.entities import readable_list
from api.central.entity_odata_model import (
    SYSTEM_TYPES,
    TABLE,
    EntityFields,
    asks_for_deleted,
    metadata,
)
from api.central.lookups import project_of
from api.central.odata import JSON, XML, next_page, service_address
from api.central.odata_filter import condition, ordering
from api.central.odata_metadata import error_document
from api.central.odata_names import identifier
from api.central.odata_options import Options, PageMark, check_protocol, options_of
from api.central.streaming import streamed
from api.problems import ProblemRaised
from surveys.collection.entities import access
from surveys.collection.entities.access import GENERATED
from surveys.collection.entities.purging import GONE
from surveys.collection.entities.reading import property_names
from surveys.collection.models import Entity, EntityList, Project
from surveys.collection.refusal import Refused
from surveys.fieldwork import generated_list

CHUNK: Final = 500
Row = dict[str, Any]


def service(call: Call, project_id: int, name: str) -> JsonResponse:
    check_protocol(call.request, "json")
    _names(call, project_id, name)
    tables = [{"name": TABLE, "kind": "EntitySet", "url": TABLE}]
    context = f"{service_address(call.request)}/$metadata"
    response = JsonResponse({"@odata.context": context, "value": tables})
    response["Content-Type"] = JSON
    return response


def describe(call: Call, project_id: int, name: str) -> HttpResponse:
    """`$metadata`; refusals are XML as well."""
    try:
        check_protocol(call.request, "xml")
        names = _names(call, project_id, name)
    except (ProblemRaised, Refused) as refusal:
        found = problems.get(refusal.code)
        said = f"{found.vi_with(refusal.details)} / {found.en_with(refusal.details)}"
        document = error_document(found.code, said)
        return HttpResponse(document, status=found.status, content_type="text/xml; charset=utf-8")
    return HttpResponse(metadata(name, names), content_type=XML)


def read(call: Call, project_id: int, name: str, *, rest: str) -> HttpResponseBase:
    """The rows of a list, newest first; a page begins after the last row of the one before."""
    check_protocol(call.request, "json")
    options = options_of(call.request)
    names = _names(call, project_id, name)
    if rest != TABLE:
        raise ProblemRaised(404.14, table=rest)
    wanted = _selection(options, names)
    access.note_reading(call.actor, Project(pk=project_id), name, via="odata")
    if name in GENERATED:
        if options.filter is not None or options.order:
            raise ProblemRaised(501.1, feature="$filter, $orderby")
        rows, count = _households(project_id, options)
    else:
        found = readable_list(call, project_id, name)
        rows, count = _entities(found, names, options)
    footer: Row = {"@odata.context": f"{service_address(call.request)}/$metadata#{TABLE}"}
    if count is not None:
        footer["@odata.count"] = count
    pieces = _document(
        rows, wanted, options.top, footer, lambda mark: next_page(call.request, mark)
    )
    return streamed((piece.encode() for piece in pieces), JSON)


def _names(call: Call, project_id: int, name: str) -> Sequence[str]:
    """The properties of a list whose entities the caller reads."""
    if name in GENERATED:
        project = project_of(call, project_id)
        access.require_read(call.user, project)
        if generated_list.of_project(project) is None:
            raise access.EntityRefused(404.61, name=name)
        return generated_list.COLUMNS
    return property_names(readable_list(call, project_id, name).pk)


def _entities(
    found: EntityList, names: Sequence[str], options: Options
) -> tuple[Iterator[Row], int | None]:
    fields = EntityFields(names)
    rows = Entity.objects.filter(list=found).exclude(label=GONE)
    if not asks_for_deleted(options.filter):
        rows = rows.filter(deleted_at=None)
    if options.filter is not None:
        rows = rows.filter(condition(options.filter, fields))
    count = rows.count() if options.count else None
    if options.order:
        rows = rows.order_by(*ordering(options.order, fields), "-id")
        page = _by_place(rows, options)
    else:
        page = _by_key(rows.order_by("-id"), found, options)
    return (_row(each, names) for each in page), count


def _by_key(rows: QuerySet[Entity], found: EntityList, options: Options) -> Iterator[Entity]:
    """Newest first, in constant memory, one more than the page has."""
    skip = options.skip
    if options.mark is not None:
        last = Entity.objects.filter(list=found, uuid=options.mark.instance_id)
        place = last.values_list("id", flat=True).first()
        if place is None:
            raise ProblemRaised(400.55)
        rows, skip = rows.filter(id__lt=place), 0
    left = None if options.top is None else options.top + 1
    while left is None or left > 0:
        size = CHUNK if left is None else min(CHUNK, left)
        chunk = list(rows.select_related("creator")[skip : skip + size])
        yield from chunk
        if len(chunk) < size:
            return
        left = None if left is None else left - len(chunk)
        rows, skip = rows.filter(id__lt=chunk[-1].pk), 0


def _by_place(rows: QuerySet[Entity], options: Options) -> Iterator[Entity]:
    """In an order that the caller names: the ids of all are read, and the page is cut out."""
    ids = list(rows.values_list("id", flat=True))
    start = options.skip
    if options.mark is not None:
        last = rows.filter(uuid=options.mark.instance_id).values_list("id", flat=True).first()
        if last is None:
            raise ProblemRaised(400.55)
        start = ids.index(last) + 1
    end = None if options.top is None else start + options.top + 1
    wanted = ids[start:end]
    for place in range(0, len(wanted), CHUNK):
        part = wanted[place : place + CHUNK]
        found = Entity.objects.select_related("creator").in_bulk(part)
        yield from (found[each] for each in part if each in found)


def _households(project_id: int, options: Options) -> tuple[Iterator[Row], int | None]:
    made = generated_list.of_project(Project(pk=project_id))
    count = made.n_households if options.count and made is not None else None
    return _household_rows(project_id, options), count


def _household_rows(project_id: int, options: Options) -> Iterator[Row]:
    is_open = options.mark is None
    for number, each in enumerate(generated_list.rows(project_id)):
        if not is_open:
            is_open = options.mark is not None and each.name == options.mark.instance_id
        elif options.mark is not None or number >= options.skip:
            yield {
                "__id": each.name,
                "label": each.label,
                "__system": {**dict.fromkeys(SYSTEM_TYPES), "version": each.version},
                **{identifier(name): value for name, value in each.data.items()},
            }


def _document(
    rows: Iterator[Row],
    wanted: frozenset[str],
    top: int | None,
    footer: dict[str, Any],
    address: Callable[[str], str],
) -> Iterator[str]:
    before, last = '{"value":[', ""
    for number, row in enumerate(rows):
        if number == top:
            if last:
                footer = {**footer, "@odata.nextLink": address(PageMark(last).token())}
            break
        last = row["__id"]
        yield before + json.dumps(_cut(row, wanted), ensure_ascii=False)
        before = ","
    if before != ",":
        yield before
    yield "]," + json.dumps(footer, ensure_ascii=False)[1:]


def _row(entity: Entity, names: Sequence[str]) -> Row:
    creator = entity.creator
    return {
        "__id": entity.uuid,
        "label": entity.label,
        "__system": {
            "createdAt": instant(entity.created_at),
            "creatorId": str(creator.pk) if creator is not None else None,
            "creatorName": creator.display_name if creator is not None else None,
            "updates": entity.version - 1,
            "updatedAt": instant(entity.updated_at),
            "deletedAt": instant(entity.deleted_at),
            "version": entity.version,
            "conflict": entity.conflict,
        },
        **{identifier(name): entity.data.get(name, "") for name in names},
    }


def _cut(row: Row, wanted: frozenset[str]) -> Row:
    """What `$select` asks for; of `__system` all or some."""
    if not wanted:
        return row
    cut: Row = {}
    for key, value in row.items():
        if key in wanted:
            cut[key] = value
        elif key == "__system":
            some = {name: each for name, each in value.items() if f"__system/{name}" in wanted}
            cut.update({key: some} if some else {})
    return cut


def _selection(options: Options, names: Sequence[str]) -> frozenset[str]:
    known = {"__id", "label", "__system", *map(identifier, names)}
    known |= {f"__system/{name}" for name in SYSTEM_TYPES}
    for each in options.select:
        if each not in known:
            raise ProblemRaised(400.2, field=f"$select={each}"[:100])
    return frozenset(options.select)
