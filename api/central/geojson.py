"""`submissions.geojson`: points, lines and areas of the answers, as ODK Central gives them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from django.http import HttpResponse, HttpResponseBase

from api.central.door import Call
from api.central.lookups import require_contents, submission_of, version_of
from api.central.odata_filter import parse
from api.central.odata_options import Options
from api.central.odata_pages import select
from api.central.odata_source import note, source_of
from api.central.odata_values import POINTS, geometry
from api.central.streaming import holds, streamed
from api.problems import ProblemRaised
from forms.records import UnreadableRecord, flatten
from forms.values import GeoPoint, GeoShape, GeoTrace
from surveys.collection.audit import Reading, note_reading
from surveys.collection.readout import Column, Filled, Table, rows, tables
from surveys.collection.schemas import schema_of

GEOJSON: Final = "application/geo+json; charset=utf-8"
ROWS_AT_ONCE: Final = 100
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Questions of the map: those that were named, or the first one outside repeats."""

    columns: tuple[tuple[Table, Column], ...]
    is_default: bool

    def feature(self, instance_id: str, answers: Mapping[str, Sequence[Mapping[str, str]]]) -> Json:
        """One feature; empty where no answer lies anywhere. `answers`: rows by table."""
        found = [
            plain(value)
            for table, column in self.columns
            for row in answers.get(table.name, ())
            if isinstance(
                value := column.read(row.get(column.name)), GeoPoint | GeoTrace | GeoShape
            )
        ]
        if not found:
            return {}
        whole = {"type": "GeometryCollection", "geometries": found}
        return {
            "type": "Feature",
            "id": instance_id,
            "geometry": found[0] if len(found) == 1 else whole,
            "properties": {"fieldpath": _path(*self.columns[0])} if self.is_default else None,
        }


def submissions(call: Call, project_id: int, form_id: str) -> HttpResponseBase:
    """All submissions: `?fieldpath=/place` (one), `?limit=`, `?$filter=`."""
    source = source_of(call, project_id, form_id, is_draft=False)
    paths = _paths(call)
    if len(paths) > 1:
        raise ProblemRaised(400.56)
    chosen = _chosen(source.layout, paths)
    said = call.request.GET.get("$filter", "")
    limit = call.request.GET.get("limit", "")
    if limit and not (limit.isascii() and limit.isdigit() and len(limit) < 10):
        raise ProblemRaised(400.2, field="limit")
    options = Options(top=int(limit) if limit else None, filter=parse(said) if said else None)
    selection = select(source, source.layout[0], options)
    etag = selection.etag("geojson", paths)
    if holds(call.request, etag):
        return HttpResponse(status=304, headers={"ETag": etag})
    note(call, source, via="geojson")
    filled = rows(
        selection.ids[: options.top],
        source.layout,
        restricted=source.restricted,
        only={table.name for table, _ in chosen.columns},
    )
    features = (chosen.feature(each.system.instance_id, _answers(each, chosen)) for each in filled)
    response = streamed(collection(features), GEOJSON)
    response["ETag"] = etag
    return response


def submission(
    call: Call,
    project_id: int,
    form_id: str,
    instance_id: str,
    *,
    version_id: str | None = None,
) -> HttpResponseBase:
    """One submission as it stands, or one of its versions: `?fieldpath=` any number of times."""
    found = submission_of(call, project_id, form_id, instance_id)
    require_contents(call, found)
    version = version_of(found, version_id)
    chosen = _chosen(tables(found.form, deleted_fields=True), _paths(call))
    note_reading(Reading.RECORD, call.actor, submission=found, via="geojson")
    schema = schema_of(version.form_version_id, version.form_version.md5)
    places = {
        stored: table.name
        for table, _ in chosen.columns
        for pk, stored in table.stored.items()
        if pk == version.form_version_id
    }
    answers: dict[str, list[Mapping[str, str]]] = {}
    try:
        for row in flatten(schema, bytes(version.xml)):
            if row.table in places:
                answers.setdefault(places[row.table], []).append(row.values)
    except UnreadableRecord:
        pass  # it stands in quarantine, and nothing of it on a map
    feature = chosen.feature(version.instance_id, answers)
    return streamed(collection(iter([feature])), GEOJSON)


def _chosen(layout: Sequence[Table], paths: Sequence[str]) -> Chosen:
    known = {
        _path(table, column): (table, column)
        for table in layout
        for column in table.columns
        if column.field.type in POINTS
    }
    if not paths:
        outside = [each for each in known.values() if each[0].is_root]
        return Chosen(tuple(outside[:1]), is_default=True)
    for path in paths:
        if path not in known:
            raise ProblemRaised(400.53, property=path)
    return Chosen(tuple(known[path] for path in paths), is_default=False)


def _paths(call: Call) -> list[str]:
    return list(dict.fromkeys(each for each in call.request.GET.getlist("fieldpath") if each))


def _path(table: Table, column: Column) -> str:
    return "/" + "/".join([*table.steps, *column.steps])


def _answers(filled: Filled, chosen: Chosen) -> dict[str, list[Mapping[str, str]]]:
    return {
        table.name: [row.values for row in filled.rows_of(table.name)]
        for table, _ in chosen.columns
    }


def plain(value: GeoPoint | GeoTrace | GeoShape) -> Json:
    """The geometry alone: a map does not draw accuracies."""
    return {key: said for key, said in geometry(value).items() if key != "properties"}


def collection(features: Iterable[Json]) -> Iterator[bytes]:
    """The document, piece by piece; empty features are left out."""
    found = (each for each in features if each)
    before = '{"type":"FeatureCollection","features":['
    while block := list(islice(found, ROWS_AT_ONCE)):
        said = json.dumps(block, ensure_ascii=False, separators=(",", ":"))
        yield f"{before}{said[1:-1]}".encode()
        before = ","
    yield b"]}" if before == "," else f"{before}]}}".encode()
