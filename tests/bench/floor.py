"""The floor: a bare Django view behind the same server that stores each request by one INSERT.

Two middlewares, Django's own multipart parser, no authentication, no forms, nothing derived. Run
by granian with as many workers and threads as the real server; FLOOR_DATABASE is a DATABASE_URL, or
a folder for SQLite with the settings of the real one.
"""

import os
from pathlib import Path

import django
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.environment import database

WHERE = os.environ["FLOOR_DATABASE"]

settings.configure(
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="floor",
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
    ],
    DATABASES={
        "default": database(
            {"DATABASE_URL": WHERE} if WHERE.startswith("postgres") else {}, Path(WHERE)
        )
    },
    USE_TZ=True,
)
django.setup()


def store(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        sent = request.FILES["xml_submission_file"]
        assert isinstance(sent, UploadedFile)
        xml = sent.read()
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO floor (body) VALUES (%s)", [xml])
    return HttpResponse(b"ok", status=201, headers={"Content-Length": "2"})


def make_table() -> None:
    identity = "bigserial" if connection.vendor == "postgresql" else "integer"
    kind = "bytea" if connection.vendor == "postgresql" else "blob"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE IF NOT EXISTS floor (id {identity} PRIMARY KEY, body {kind})")


urlpatterns = [path("", store), path("healthz", store)]
application = get_wsgi_application()
