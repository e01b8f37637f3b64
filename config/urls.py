"""Every door of the server."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def healthz(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


urlpatterns = [
    path("healthz", healthz),
    path("v1/", include("api.openrosa.urls")),
    path("v1/", include("api.central.urls")),
    path("api/", include("api.rest.urls")),
    path("", include("dashboard.urls")),
]
