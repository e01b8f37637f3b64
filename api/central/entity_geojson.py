"""`entities.geojson`: where the entities of a list lie, as ODK Central gives it.

The place is the property `geometry`, as forms write it: a point, a line, or an area whose line
comes back to its beginning.
"""

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.http import HttpResponseBase

from api.central.door import Call
from api.central.entities import entity_of, readable_list
from api.central.entity_odata_model import EntityFields, asks_for_deleted
from api.central.geojson import GEOJSON, collection, plain
from api.central.odata_filter import condition, parse
from api.central.streaming import streamed
from api.problems import ProblemRaised
from forms.values import geometry_of
from surveys.collection.entities import access
from surveys.collection.entities.purging import GONE
from surveys.collection.entities.reading import property_names
from surveys.collection.models import Entity

PROPERTY: Final = "geometry"
CHUNK: Final = 500


def entities(call: Call, project_id: int, name: str) -> HttpResponseBase:
    """All that have a place: `?$filter=`, `?$search=` in labels and ids, `?limit=`."""
    found = readable_list(call, project_id, name)
    limit = call.request.GET.get("limit", "")
    if limit and not (limit.isascii() and limit.isdigit() and len(limit) < 10):
        raise ProblemRaised(400.2, field="limit")
    names = property_names(found.pk)
    rows = Entity.objects.filter(list=found).exclude(label=GONE)
    said = call.request.GET.get("$filter", "")
    node = parse(said) if said else None
    if not asks_for_deleted(node):
        rows = rows.filter(deleted_at=None)
    if node is not None:
        rows = rows.filter(condition(node, EntityFields(names)))
    if words := call.request.GET.get("$search", ""):
        rows = rows.filter(Q(label__icontains=words) | Q(uuid__icontains=words))
    access.note_reading(call.actor, found.project, name, via="geojson")
    placed = _features(rows) if PROPERTY in names else iter(())
    return streamed(collection(_first(placed, int(limit or 0))), GEOJSON)


def entity(call: Call, project_id: int, name: str, uuid: str) -> HttpResponseBase:
    """One entity; no feature where it has no place."""
    found = readable_list(call, project_id, name)
    one = entity_of(found, uuid)
    access.note_reading(call.actor, found.project, name, via="geojson", uuid=one.uuid)
    has_place = PROPERTY in property_names(found.pk)
    features = [_feature(one.uuid, one.data.get(PROPERTY, ""))] if has_place else []
    return streamed(collection(each for each in features if each), GEOJSON)


def _features(rows: QuerySet[Entity]) -> Iterator[dict[str, Any]]:
    """Newest first, in constant memory."""
    newest = rows.order_by("-id").values_list("id", "uuid", "data")
    chunk = list(newest[:CHUNK])
    while chunk:
        for _, uuid, data in chunk:
            if feature := _feature(uuid, data.get(PROPERTY, "")):
                yield feature
        chunk = list(newest.filter(id__lt=chunk[-1][0])[:CHUNK])


def _first(features: Iterator[dict[str, Any]], limit: int) -> Iterator[dict[str, Any]]:
    for number, feature in enumerate(features, 1):
        yield feature
        if number == limit:
            return


def _feature(uuid: str, lexical: str) -> dict[str, Any]:
    value = geometry_of(lexical)
    if value is None:
        return {}
    return {"type": "Feature", "id": uuid, "properties": None, "geometry": plain(value)}
