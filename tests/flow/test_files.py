"""Big and odd files of records, each over HTTP to a running server and back.

F1 what a phone sent comes back byte for byte, whatever its size, number or name.
F2 a file costs the server no memory of its own size.
F3 what is cut off is not taken for whole; what comes again is stored once.
"""

import hashlib
import http.client
import json
import random
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from tests.central_client import Central
from tests.openrosa_phone import BOUNDARY, MULTIPART, Phone, body_of, filled, part
from tests.openrosa_world import World, form, make_world
from tests.server import RunningServer

ONE_PHOTO = "<ten>Lan</ten><anh>a.jpg</anh>"
MEGABYTE = 1_000_000


def photo(seed: int, size: int = 200_000) -> bytes:
    return b"\xff\xd8\xff" + random.Random(seed).randbytes(size - 3)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def address(world: World, instance_id: str, name: str) -> str:
    form_id = f"projects/{world.project}/forms/nhanh"
    return f"{form_id}/submissions/{quote(instance_id)}/attachments/{quote(name, safe='')}"


@pytest.fixture
def staff(server: RunningServer) -> Central:
    return Central.signed_in(server)


def test_a_200_kb_photo_on_every_record_comes_back_byte_for_byte(
    world: World, staff: Central
) -> None:
    sent = {filled(answers=ONE_PHOTO): photo(seed) for seed in range(40)}
    phone = world.phone()
    with ThreadPoolExecutor(4) as pool:
        replies = list(
            pool.map(lambda each: phone.send(each[0].xml, {"a.jpg": each[1]}), sent.items())
        )
    assert {reply.status for reply in replies} == {201}
    for record, taken in sent.items():
        assert staff.get_bytes(address(world, record.instance_id, "a.jpg")) == taken


def test_150_photos_on_one_record_arrive_in_pieces_sent_twice_in_another_order(
    server: RunningServer,
) -> None:
    album = form().replace('ho_ten" type="string"', 'ho_ten" type="binary"')
    world = make_world(server, "150 ảnh", forms={"nhanh": album})
    files = {f"{number:03}.jpg": photo(number, 40_000) for number in range(150)}
    answers = "".join(f"<nguoi><ho_ten>{name}</ho_ten></nguoi>" for name in files)
    record, phone = filled(answers=answers), world.phone()
    limit = int(phone.request("HEAD", "/submission").headers["x-openrosa-accept-content-length"])
    first, again = list(files), list(files)
    random.Random(1).shuffle(again)
    runs = [*split(files, first, limit)[:1], *split(files, again, limit)]  # the first run broke off
    assert len(runs) > 2
    for number, names in enumerate(runs):
        body = body_of(
            record.xml, {name: files[name] for name in names}, is_incomplete=number + 1 < len(runs)
        )
        assert phone.post(body).status == 201
    (row,) = world.stored()
    assert row["files"] == {name: sha256(each) for name, each in files.items()}
    assert row["unexpected"] == []


def split(files: dict[str, bytes], order: list[str], limit: int) -> list[list[str]]:
    """As Collect does it: a request is closed by 100 files, or before the limit is passed."""
    requests: list[list[str]] = [[]]
    size = 0
    for name in order:
        if requests[-1] and (len(requests[-1]) > 100 or size + len(files[name]) > limit):
            requests.append([])
            size = 0
        requests[-1].append(name)
        size += len(files[name])
    return requests


def test_a_100_mb_video_is_stored_and_handed_out_without_being_held_in_memory(
    world: World, server: RunningServer, staff: Central
) -> None:
    record = filled(answers="<anh>phim.mp4</anh>")
    block = photo(7, MEGABYTE)
    before = most_memory(server)
    assert stream(world.phone(), record.xml, "phim.mp4", [block] * 100) == 201
    taken = hashlib.sha256()
    with staff.open(address(world, record.instance_id, "phim.mp4")) as reply:
        while piece := reply.read(MEGABYTE):
            taken.update(piece)
    assert taken.hexdigest() == sha256(block * 100)
    assert most_memory(server) - before < 40 * MEGABYTE


def most_memory(server: RunningServer) -> int:
    """The peak of the web worker that took most, in bytes."""
    assert server.process is not None
    peaks = [0]
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            said = dict(line.split(":", 1) for line in status.read_text().splitlines())
        except OSError:
            continue  # it ended meanwhile
        if said["PPid"].strip() == str(server.process.pid):
            peaks.append(int(said["VmHWM"].split()[0]) * 1024)
    return max(peaks)


def stream(phone: Phone, xml: bytes, name: str, blocks: list[bytes]) -> int:
    """One POST whose body is never whole in the sender's memory either."""
    head = f"--{BOUNDARY}\r\n".encode()
    opening = head + part("xml_submission_file", xml, "p.xml", "text/xml") + b"\r\n" + head
    opening += part(name, b"", name, "video/mp4").replace(b"Content-Length: 0\r\n", b"")
    closing_line = f"\r\n--{BOUNDARY}--\r\n".encode()
    length = len(opening) + sum(map(len, blocks)) + len(closing_line)
    url = urlsplit(phone.server_url + "/submission")

    def body() -> Iterator[bytes]:
        yield opening
        yield from blocks
        yield closing_line

    with closing(http.client.HTTPConnection(url.netloc, timeout=60)) as connection:
        headers = {"Content-Type": MULTIPART, "Content-Length": str(length)}
        connection.request("POST", url.path, body(), headers)
        return connection.getresponse().status


NAMES = [
    unicodedata.normalize("NFC", "ảnh chụp Đống Đa.jpg"),
    unicodedata.normalize("NFD", "ảnh chụp Đống Đa.jpg"),
    "📷 hộ số 1 👨‍👩‍👧.jpg",
    "giảm 100%.jpg",
    "a%20b.jpg",
    "\"ngoặc\" 'đơn'.jpg",
    "a;b=c&d,e#f?g.jpg",
    "a\\b.jpg",
    ".ẩn",
    "á" * 250 + ".jpg",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_name_of_any_script_and_sign_comes_back_as_it_was(
    world: World, staff: Central, name: str
) -> None:
    escaped = name.replace("&", "&amp;")
    record = filled(answers=f"<anh>{escaped}</anh>")
    assert world.phone().send(record.xml, {name: photo(3, 2000)}).status == 201
    (row,) = world.stored()
    assert row["files"] == {name: sha256(photo(3, 2000))}
    assert row["unexpected"] == []
    assert staff.get_bytes(address(world, record.instance_id, name)) == photo(3, 2000)


@pytest.mark.parametrize(("in_xml", "on_disk"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_a_name_that_another_system_wrote_otherwise_is_the_same_name(
    world: World, in_xml: str, on_disk: str
) -> None:
    said = unicodedata.normalize(in_xml, "ảnh thẻ.jpg")  # type: ignore[arg-type] # a form's name
    sent = unicodedata.normalize(on_disk, said)  # type: ignore[arg-type] # a form's name
    record = filled(answers=f"<anh>{said}</anh>")
    assert world.phone().send(record.xml, {sent: photo(3, 2000)}).status == 201
    (row,) = world.stored()
    assert row["files"] == {said: sha256(photo(3, 2000))}


def test_a_name_too_long_for_any_system_is_kept_with_its_file_for_staff(world: World) -> None:
    name = "á" * 300 + ".jpg"
    record = filled(answers=f"<anh>{name}</anh>")
    assert world.phone().send(record.xml, {name: photo(3, 2000)}).status == 202
    (kept,) = world.quarantine()
    assert (kept["instance_id"], kept["files"]) == (record.instance_id, [name])


def test_two_files_of_one_name_in_one_upload_are_both_kept_also_when_it_is_sent_again(
    world: World,
) -> None:
    record = filled(answers=ONE_PHOTO)
    first, second = photo(1, 3000), photo(2, 3000)
    parts = [
        part("xml_submission_file", record.xml, "p.xml", "text/xml"),
        part("a.jpg", first, "a.jpg", "image/jpeg"),
        part("a.jpg", second, "a.jpg", "image/jpeg"),
    ]
    body = b"".join(f"--{BOUNDARY}\r\n".encode() + each + b"\r\n" for each in parts)
    body += f"--{BOUNDARY}--\r\n".encode()
    assert [world.phone().post(body).status for _ in range(2)] == [201, 201]
    (row,) = world.stored()
    assert row["files"] == {"a.jpg": sha256(first), "a (2).jpg": sha256(second)}
    assert row["unexpected"] == ["a (2).jpg"]


def test_one_name_in_two_records_means_two_files(world: World, staff: Central) -> None:
    sent = {filled(answers=ONE_PHOTO): photo(seed, 3000) for seed in (1, 2)}
    for record, taken in sent.items():
        assert world.phone().send(record.xml, {"a.jpg": taken}).status == 201
    for record, taken in sent.items():
        assert staff.get_bytes(address(world, record.instance_id, "a.jpg")) == taken


def test_one_photo_in_two_records_lies_on_the_disk_once(
    world: World, server: RunningServer
) -> None:
    taken = photo(12345, 5000)
    before = blob_files(server)
    for _ in range(2):
        assert world.phone().send(filled(answers=ONE_PHOTO).xml, {"a.jpg": taken}).status == 201
    assert [row["files"]["a.jpg"] for row in world.stored()] == [sha256(taken)] * 2
    assert len(blob_files(server) - before) <= 1
    assert [each for each in blob_files(server) if each.read_bytes() == taken] != []


def blob_files(server: RunningServer) -> set[Path]:
    return {each for each in (server.home / "blobs").rglob("*") if each.is_file()}


def test_a_file_of_no_bytes_is_a_file_that_came(world: World, staff: Central) -> None:
    record = filled(answers=ONE_PHOTO)
    assert world.phone().send(record.xml, {"a.jpg": b""}).status == 201
    listed = staff.get(address(world, record.instance_id, "").rstrip("/"))
    assert [(each["name"], each["exists"]) for each in listed] == [("a.jpg", True)]
    assert staff.get_bytes(address(world, record.instance_id, "a.jpg")) == b""


def test_a_chunked_upload_of_many_megabytes_is_read_whole(world: World) -> None:
    record, taken = filled(answers=ONE_PHOTO), photo(5, 6 * MEGABYTE)
    body = body_of(record.xml, {"a.jpg": taken})
    pieces = [body[at : at + 65_521] for at in range(0, len(body), 65_521)]
    assert world.phone().post(pieces).status == 201
    assert world.stored()[0]["files"] == {"a.jpg": sha256(taken)}


@pytest.mark.parametrize("chunked", [False, True], ids=["with its length", "chunked"])
def test_an_upload_cut_inside_a_photo_leaves_nothing_half_and_the_resend_is_whole(
    world: World, server: RunningServer, *, chunked: bool
) -> None:
    record, taken = filled(answers=ONE_PHOTO), photo(6, 3 * MEGABYTE)
    body = body_of(record.xml, {"a.jpg": taken})
    cut_off(world.phone(), body, len(body) // 2, chunked=chunked)
    assert world.stored() == []
    assert world.phone().post(body).status == 201
    (row,) = world.stored()
    assert row["files"] == {"a.jpg": sha256(taken)}
    assert [each for each in world.quarantine() if each["reason"] == "400.7"] == []
    assert list((server.home / "blobs" / "incoming").iterdir()) == []


def cut_off(phone: Phone, body: bytes, after: int, *, chunked: bool) -> None:
    """Send a part of the body and hang up; come back when the server has seen that."""
    url = urlsplit(phone.server_url + "/submission")
    with closing(http.client.HTTPConnection(url.netloc, timeout=30)) as connection:
        connection.putrequest("POST", url.path)
        connection.putheader("Content-Type", MULTIPART)
        if chunked:
            connection.putheader("Transfer-Encoding", "chunked")
        else:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders()
        sent = body[:after]
        connection.send(f"{len(sent):x}\r\n".encode() + sent if chunked else sent)
        assert connection.sock is not None
        connection.sock.shutdown(1)
        try:
            connection.getresponse().read()
        except (OSError, http.client.HTTPException, json.JSONDecodeError):
            return  # nobody answers who hung up
