"""ETags: phones ask for lists, manifests and media again and again; mostly nothing changed."""

import hashlib

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from api.openrosa.answers import TEXT_XML, with_openrosa_headers

# OkHttp stores the answer and asks with If-None-Match each time.
REVALIDATE = "private, no-cache"


def is_known(request: HttpRequest, etag: str) -> bool:
    """Whether the client has what this ETag (without quotes) stands for."""
    header = request.headers.get("If-None-Match", "")
    if not header:
        return False
    known = {each.strip().removeprefix("W/").strip('"') for each in header.split(",")}
    return etag in known or header.strip() == "*"


def not_modified(etag: str) -> HttpResponseBase:
    return marked(HttpResponse(status=304), etag)


def marked(response: HttpResponseBase, etag: str) -> HttpResponseBase:
    response.headers["ETag"] = f'"{etag}"'
    response.headers["Cache-Control"] = REVALIDATE
    response.headers["Vary"] = "Accept-Encoding, Origin"
    return with_openrosa_headers(response)


def xml_document(request: HttpRequest, body: str) -> HttpResponseBase:
    """A list or manifest; 304 when the client has these bytes."""
    content = body.encode()
    etag = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if is_known(request, etag):
        return not_modified(etag)
    return marked(HttpResponse(content, content_type=TEXT_XML), etag)
