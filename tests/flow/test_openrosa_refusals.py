"""What is not simply stored: kept with a reason (202, 400, 409), or refused (401, 403, 413).

R1 what exists only on a phone is never lost: unless the sender has no right, its bytes are kept.
R2 every answer is an OpenRosaResponse with a sentence.
"""

import socket
import time
from urllib.parse import urlsplit

import pytest

from tests.openrosa_phone import BOUNDARY, MULTIPART, Phone, Reply, body_of, filled
from tests.openrosa_world import World

PHOTO = b"\xff\xd8 anh " * 9000


def reasons(world: World) -> list[str]:
    return [each["reason"] for each in world.quarantine()]


def close_form(world: World, state: str) -> None:
    world.run(
        "Form.objects.filter(project_id=given['project']).update(state=given['state'])", state=state
    )


def test_an_unknown_form_is_kept_for_staff(world: World) -> None:
    sent = filled("la_lam")
    reply = world.phone().send(sent.xml, {"a.jpg": b"anh"})
    assert reply.status == 202
    assert "chưa có biểu mẫu" in reply.message
    (kept,) = world.quarantine()
    assert kept["instance_id"] == sent.instance_id
    assert kept["files"] == ["a.jpg"]
    assert world.stored() == []


def test_what_is_kept_stands_once_with_all_files_that_ever_came(world: World) -> None:
    sent, phone = filled(version="2031"), world.phone()
    for files in ({"a.jpg": b"mot"}, {"b.jpg": b"hai"}, {}):
        assert phone.send(sent.xml, files).status == 202
    (kept,) = world.quarantine()
    assert kept["files"] == ["a.jpg", "b.jpg"]
    assert kept["reason"] == "202.2"


def test_a_closing_form_still_takes_and_a_closed_one_keeps(world: World) -> None:
    phone, early = world.phone(), filled()
    close_form(world, "closing")
    assert phone.send(early.xml).status == 201
    close_form(world, "closed")
    assert phone.send(early.xml).status == 201  # the resend of what it has
    late = phone.send(filled().xml)
    assert late.status == 202
    assert "đã đóng" in late.message
    assert reasons(world) == ["202.3"]


def test_other_bytes_under_a_known_id_are_a_conflict_and_kept(world: World) -> None:
    sent, phone = filled(), world.phone()
    phone.send(sent.xml)
    changed = sent.xml.replace(b"Lan", b"Lam")
    for _ in range(2):
        reply = phone.send(changed)
        assert reply.status == 409
        assert "nội dung khác" in reply.message
    assert reasons(world) == ["409.1"]
    assert len(world.stored()) == 1
    assert world.stored()[0]["records"][0][3]["ten"] == "Lan"


def test_a_deleted_record_is_not_stored_again_and_the_phone_hears_why(world: World) -> None:
    sent, phone = filled(), world.phone()
    phone.send(sent.xml)
    world.run(
        "from django.utils import timezone\n"
        "Submission.objects.filter(form__project_id=given['project'])"
        ".update(deleted_at=timezone.now())"
    )
    reply = phone.send(sent.xml)
    assert reply.status == 409
    assert "đã bị xoá" in reply.message


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (b"<test", "400.3"),
        (b"\x00\x01\x02", "400.3"),
        ("<data id='nhanh'>á".encode("utf-16"), "400.3"),
        (b"<data><meta><instanceID>uuid:1</instanceID></meta></data>", "400.5"),
        (b"<data id='nhanh' version='1'><ten>Lan</ten></data>", "400.8"),
        (
            b"<data id='nhanh'><meta><instanceID>" + b"x" * 251 + b"</instanceID></meta></data>",
            "400.8",
        ),
    ],
)
def test_what_is_no_filled_form_is_400_and_its_bytes_are_kept(
    world: World, xml: bytes, reason: str
) -> None:
    reply = world.phone().send(xml)
    assert reply.status == 400
    assert reply.message
    (kept,) = world.quarantine()
    assert (kept["reason"], kept["size"]) == (reason, len(xml))


def laughs() -> bytes:
    lines = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    return f'<!DOCTYPE data [<!ENTITY l0 "ha">{lines}]><data id="nhanh">&l9;</data>'.encode()


@pytest.mark.parametrize(
    "xml",
    [
        b'<!DOCTYPE data [<!ENTITY x SYSTEM "file:///etc/passwd">]><data id="nhanh">&x;</data>',
        b'<?xml version="1.0"?><!-- a --><!doctype data><data id="nhanh"/>',
        '<!DOCTYPE data><data id="nhanh"/>'.encode("utf-16"),
        laughs(),
    ],
)
def test_a_doctype_is_refused_quickly_in_any_encoding(world: World, xml: bytes) -> None:
    started = time.monotonic()
    reply = world.phone().send(xml)
    assert reply.status == 400
    assert "root:" not in reply.message
    assert time.monotonic() - started < 5
    assert reasons(world) == ["400.4"]


def test_a_body_cut_anywhere_is_400_and_the_full_retry_is_201(world: World) -> None:
    sent, phone = filled(answers="<anh>a.jpg</anh>"), world.phone()
    body = body_of(sent.xml, {"a.jpg": PHOTO})
    for end in (len(body) - 3, len(body) - 4, len(body) // 2, 900, 40, 0):
        reply = phone.post(body[:end])
        assert reply.status == 400, end
        assert reply.message
    assert world.stored() == []
    assert phone.post(body).status == 201
    assert world.stored()[0]["records"][0][3]["anh"] == "a.jpg"
    assert reasons(world) == []  # what had been cut is settled by the whole


def test_a_phone_that_hangs_up_leaves_nothing_half_stored(world: World) -> None:
    sent = filled(answers="<anh>a.jpg</anh>")
    body = body_of(sent.xml, {"a.jpg": PHOTO})
    url = urlsplit(world.url() + "/submission")
    head = (
        f"POST {url.path} HTTP/1.1\r\nHost: {url.netloc}\r\nContent-Type: {MULTIPART}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((url.hostname or "", url.port or 80)) as connection:
        connection.sendall(head.encode() + body[: len(body) // 2])
    assert world.phone().post(body).status == 201
    assert len(world.stored()) == 1


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/xml", filled().xml),
        ("multipart/form-data", b"--x--\r\n"),
        (MULTIPART, f"--{BOUNDARY}--\r\n".encode()),
        (MULTIPART, f"--{BOUNDARY}garbage\r\n\r\n--{BOUNDARY}--\r\n".encode()),
        (MULTIPART, f"--{BOUNDARY}\r\nX: 1\r\n\r\nabc\r\n--{BOUNDARY}--\r\n".encode()),
        (MULTIPART, f"--{BOUNDARY}\r\nX: ".encode() + b"y" * 70_000),
    ],
)
def test_what_is_no_multipart_is_400(world: World, content_type: str, body: bytes) -> None:
    reply = world.phone().request("POST", "/submission", body, {"Content-Type": content_type})
    assert reply.status == 400
    assert reply.message


def test_files_without_an_xml_part_are_kept(world: World) -> None:
    reply = world.phone().post(body_of(None, {"a.jpg": PHOTO}))
    assert reply.status == 400
    (kept,) = world.quarantine()
    assert (kept["reason"], kept["files"]) == ("400.6", ["a.jpg"])


def test_too_much_is_413_before_it_is_read(world: World) -> None:
    url = urlsplit(world.url() + "/submission")
    head = (
        f"POST {url.path} HTTP/1.1\r\nHost: {url.netloc}\r\nContent-Type: {MULTIPART}\r\n"
        "Content-Length: 9000000000\r\n\r\n"
    )
    with socket.create_connection((url.hostname or "", url.port or 80), timeout=10) as connection:
        connection.sendall(head.encode())
        assert connection.recv(64).startswith(b"HTTP/1.1 413")


def refused(reply: Reply, status: int, world: World) -> None:
    assert reply.status == status
    assert reply.message
    assert world.stored() == []
    assert world.quarantine() == []


def test_an_enumerator_without_the_form_is_refused_and_nothing_is_stored(world: World) -> None:
    refused(world.phone("Minh").send(filled().xml, {"a.jpg": b"anh"}), 403, world)


def test_a_token_of_another_project_is_refused(world: World) -> None:
    other = Phone(world.url().replace(f"/projects/{world.project}", "/projects/1"))
    refused(other.send(filled().xml), 403, world)


@pytest.mark.parametrize("photo", [b"", PHOTO])
def test_a_revoked_token_is_refused_everywhere_and_nothing_is_stored(
    world: World, photo: bytes
) -> None:
    phone = world.phone()
    assert phone.request("GET", "/formList").status == 200
    world.run(
        "user = AppUser.objects.get(token=given['token'])\n"
        "people.revoke_app_user(Actor.objects.filter(user__isnull=False).first(), user)",
        token=world.tokens["Lan"],
    )
    for method, path in (
        ("GET", "/formList"),
        ("GET", "/forms/nhanh.xml"),
        ("GET", "/forms/nhanh/manifest"),
        ("GET", "/forms/nhanh/attachments/a.png"),
        ("HEAD", "/submission"),
    ):
        assert phone.request(method, path).status == 403, path
    for xml in (filled().xml, b"<test"):
        refused(phone.send(xml, {"a.jpg": photo}), 403, world)


def test_nobody_is_asked_for_a_credential(world: World) -> None:
    nobody = Phone(f"{world.server.base}/v1/projects/{world.project}")
    for method, path in (("GET", "/formList"), ("HEAD", "/submission")):
        reply = nobody.request(method, path)
        assert reply.status == 401
        assert "www-authenticate" in reply.headers
    refused(nobody.send(filled().xml), 401, world)


def test_the_token_may_stand_in_the_query_too(world: World) -> None:
    phone = Phone(f"{world.server.base}/v1/projects/{world.project}")
    query = "?st=" + world.tokens["Lan"].replace("!", "%21").replace("$", "%24")
    assert phone.request("HEAD", f"/submission{query}").status == 204
    assert phone.post(body_of(filled().xml), query).status == 201
    listed = phone.request("GET", f"/formList{query}").body.decode()
    assert f"/v1/key/{world.tokens['Lan']}/projects/" in listed


def test_other_methods_are_refused_with_a_sentence(world: World) -> None:
    for method, path in (("GET", "/submission"), ("PUT", "/submission"), ("POST", "/formList")):
        reply = world.phone().request(method, path)
        assert reply.status == 405
        assert reply.message
