"""Addresses below `/v1` from which answers are read: OData, CSV, points on the map."""

from django.urls import URLPattern, path

from api.central import exports, geojson, odata
from api.central.door import door

F = "projects/<int:project_id>/forms/<str:form_id>"
S = f"{F}/submissions/<path:instance_id>"


def _readings(base: str, also: dict[str, bool]) -> list[URLPattern]:
    """Of a form, and of the test records of its draft."""
    return [
        path(f"{base}.svc", odata.versioned(door(GET=odata.service)), also),
        path(f"{base}.svc/$metadata", odata.versioned(door(GET=odata.describe)), also),
        path(f"{base}.svc/<path:rest>", odata.versioned(door(GET=odata.read)), also),
        path(f"{base}/submissions.csv.zip", door(GET=exports.csv_zip, POST=exports.csv_zip), also),
        path(f"{base}/submissions.csv", door(GET=exports.csv_root, POST=exports.csv_root), also),
    ]


urlpatterns = [
    path(f"{F}/submissions.geojson", door(GET=geojson.submissions)),
    path(f"{S}/versions/<path:version_id>.geojson", door(GET=geojson.submission)),
    path(f"{S}.geojson", door(GET=geojson.submission)),
    *_readings(F, {}),
    *_readings(f"{F}/draft", {"is_draft": True}),
]
