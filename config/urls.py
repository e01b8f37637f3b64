"""Every door of the server."""

import os
import sys

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path


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
    path("", include("dashboard.urls")),
]

if os.environ.get("KHAOSAT_PROBE") == "1":
    urlpatterns.insert(0, path("healthz/modules", loaded_modules))
