"""Every door of the server."""

import os
import sys

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path

from api.central.opened_csv import opened_csv


def healthz(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


def loaded_modules(_request: HttpRequest) -> JsonResponse:
    """What this web worker has imported; a test asks it (KHAOSAT_PROBE=1), nobody else can."""
    return JsonResponse({"pid": os.getpid(), "modules": sorted(sys.modules)})


urlpatterns = [
    path("healthz", healthz),
    path("v1/", include("api.openrosa.urls")),
    path("v1/", include("api.central.urls")),
    path("api/", include("api.rest.urls")),
    # A page's way to the archive of an encrypted form; `dashboard` cannot name `api`.
    path("forms/<int:form_id>/opened.csv.zip", opened_csv, name="opened_csv"),
    path("", include("dashboard.urls")),
]

if os.environ.get("KHAOSAT_PROBE") == "1":
    urlpatterns.insert(0, path("healthz/modules", loaded_modules))
