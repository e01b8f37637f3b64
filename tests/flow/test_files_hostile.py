"""A file that says it is a photo and is a page: it never runs where our pages live.

H1 over `/v1` every file of a record is a download, without scripts even if a browser opens it.
H2 a page shows pictures in place by their kind and hands out everything else as a file to save.
H3 the kind is what the sender said, never guessed from the bytes.
"""

import re
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import pytest

from tests.central_client import Central
from tests.openrosa_phone import BOUNDARY, filled, part
from tests.openrosa_world import World
from tests.server import EMAIL, PASSWORD, RunningServer

SCRIPT = b"<!doctype html><script>fetch('/v1/projects').then(alert)</script>"
PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
LIES = [
    ("a.jpg", "text/html", SCRIPT),
    ("a.jpg", "image/jpeg", SCRIPT),
    ("a.svg", "image/svg+xml", PICTURE),
    ("a.html", "image/png", SCRIPT),
    ("a.jpg", "text/html; charset=utf-8\x01", SCRIPT),
    ("a.jpg", "application/xhtml+xml", SCRIPT),
]
PLACE = """
s = Submission.objects.get(instance_id=given["instance_id"])
a = s.versions.get(is_current=True).attachments.get()
print(json.dumps([s.form_id, s.pk, a.pk]))
"""


@pytest.mark.parametrize(("name", "kind", "content"), LIES)
def test_a_page_that_says_it_is_a_photo_never_runs_in_ours(
    world: World, server: RunningServer, name: str, kind: str, content: bytes
) -> None:
    record = filled(answers=f"<anh>{name}</anh>")
    assert send(world, record.xml, name, kind, content) == 201
    below = f"projects/{world.project}/forms/nhanh/submissions/{record.instance_id}"
    with Central.signed_in(server).open(f"{below}/attachments/{name}") as reply:
        assert reply.read() == content
        assert reply.headers["Content-Disposition"].startswith("attachment")
        assert_harmless(reply.headers)
    form, submission, attachment = world.run(PLACE, instance_id=record.instance_id)
    page = f"{server.base}/forms/{form}/submissions/{submission}"
    with signed_in_on_the_pages(server).open(f"{page}/files/{attachment}/") as reply:
        assert reply.read() == content
        is_picture = reply.headers["Content-Type"] in {"image/jpeg", "image/png"}
        assert is_picture or reply.headers["Content-Disposition"].startswith("attachment")
        assert is_picture == (kind in {"image/jpeg", "image/png"})
        assert_harmless(reply.headers)


def send(world: World, xml: bytes, name: str, kind: str, content: bytes) -> int:
    parts = [
        part("xml_submission_file", xml, "p.xml", "text/xml"),
        part(name, content, name, kind),
    ]
    body = b"".join(f"--{BOUNDARY}\r\n".encode() + each + b"\r\n" for each in parts)
    return world.phone().post(body + f"--{BOUNDARY}--\r\n".encode()).status


def assert_harmless(headers: dict[str, str]) -> None:
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def signed_in_on_the_pages(server: RunningServer) -> OpenerDirector:
    opener = build_opener(HTTPCookieProcessor(CookieJar()))
    with opener.open(f"{server.base}/login/") as reply:
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', reply.read().decode())
    assert token is not None
    said = {"csrfmiddlewaretoken": token[1], "email": EMAIL, "password": PASSWORD}
    opener.open(f"{server.base}/login/", urlencode(said).encode()).close()
    return opener
