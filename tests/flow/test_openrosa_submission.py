"""What a phone may send and what becomes of it, through a real server.

S1 a filled form is stored byte for byte and its records are there with the answer.
S2 an identical resend is a success and stores nothing twice, also many at once.
S3 attachments come in any split; another file under the same name replaces the first.
S4 nothing that the wire allows is refused: chunked bodies, 101 files, odd names and headers.
"""

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.openrosa_phone import body_of, filled
from tests.openrosa_world import World, form, make_world
from tests.server import RunningServer

PHOTO = b"\xff\xd8 anh " * 400
OTHER_PHOTO = b"\xff\xd8 anh khac"
TWO_FILES = "<ten>Lan</ten><anh>a.jpg</anh><giay_to>b.jpg</giay_to>"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_a_filled_form_is_stored_byte_for_byte_with_its_records(world: World) -> None:
    answers = "<ten>Đỗ  Lan </ten><tuoi>34</tuoi><nguoi><ho_ten>An</ho_ten></nguoi><nguoi/>"
    sent = filled(answers=answers)
    reply = world.phone().send(sent.xml)
    assert reply.status == 201
    assert reply.headers["x-openrosa-version"] == "1.0"
    assert "text/xml" in reply.headers["content-type"]
    assert "Đã nhận phiếu" in reply.message
    assert "Hôm nay" in reply.message
    (row,) = world.stored()
    assert (row["instance_id"], row["sha256"]) == (sent.instance_id, sha256(sent.xml))
    assert row["state"] == "derived"
    root, *people = row["records"]
    assert root[3]["ten"] == "Đỗ  Lan "
    assert [each[:3] for each in people] == [["nguoi", 0, 0], ["nguoi", 1, 0]]


def test_the_sentence_is_english_for_who_asks_in_english(world: World) -> None:
    reply = world.phone().post(body_of(filled().xml), Accept_Language="en-GB,en;q=0.9")
    assert reply.headers["content-language"] == "en"
    assert "stored" in reply.message


def test_an_identical_resend_is_a_success_and_stores_nothing_twice(world: World) -> None:
    sent, phone = filled(answers=TWO_FILES), world.phone()
    assert phone.send(sent.xml, {"a.jpg": PHOTO}).status == 201
    again = phone.send(sent.xml, {"a.jpg": PHOTO})
    assert again.status == 201
    assert "đã có" in again.message
    (row,) = world.stored()
    assert row["files"] == {"a.jpg": sha256(PHOTO), "b.jpg": None}
    assert len(row["records"]) == 1


def test_two_hundred_phones_send_the_same_at_once_and_all_hear_201(world: World) -> None:
    sent = filled(answers="<ten>Lan</ten><anh>a.jpg</anh>")
    body = body_of(sent.xml, {"a.jpg": PHOTO})
    with ThreadPoolExecutor(40) as pool:
        replies = list(pool.map(lambda _: world.phone().post(body), range(200)))
    assert {reply.status for reply in replies} == {201}
    (row,) = world.stored()
    assert row["files"] == {"a.jpg": sha256(PHOTO)}
    assert len(row["records"]) == 1


def test_attachments_may_be_split_over_requests(world: World) -> None:
    sent, phone = filled(answers=TWO_FILES), world.phone()
    first = phone.post(body_of(sent.xml, {"b.jpg": PHOTO}, is_incomplete=True))
    second = phone.send(sent.xml, {"a.jpg": OTHER_PHOTO})
    assert (first.status, second.status) == (201, 201)
    (row,) = world.stored()
    assert row["files"] == {"a.jpg": sha256(OTHER_PHOTO), "b.jpg": sha256(PHOTO)}
    assert row["unexpected"] == []  # the mark of an incomplete upload is no file


def test_a_file_sent_again_with_other_bytes_replaces_the_first(world: World) -> None:
    sent, phone = filled(answers="<anh>a.jpg</anh>"), world.phone()
    phone.send(sent.xml, {"a.jpg": PHOTO})
    assert phone.send(sent.xml, {"a.jpg": OTHER_PHOTO}).status == 201
    assert world.stored()[0]["files"] == {"a.jpg": sha256(OTHER_PHOTO)}


def test_two_questions_that_name_one_file_share_its_slot(world: World) -> None:
    sent = filled(answers="<anh>a.jpg</anh><giay_to> a.jpg </giay_to>")
    assert world.phone().send(sent.xml, {"a.jpg": PHOTO}).status == 201
    assert world.stored()[0]["files"] == {"a.jpg": sha256(PHOTO)}


def test_the_audit_log_is_expected_and_a_file_that_nobody_names_is_kept(world: World) -> None:
    xml = filled().xml.replace(b"</meta>", b"<audit>audit.csv</audit></meta>")
    files = {"audit.csv": b"event,node,start,end\n", 'ảnh "lạ".jpg': PHOTO}
    assert world.phone().send(xml, files).status == 201
    (row,) = world.stored()
    assert set(row["files"]) == set(files)
    assert row["unexpected"] == ['ảnh "lạ".jpg']


def test_a_chunked_body_is_read_whole(world: World) -> None:
    sent = filled(answers="<anh>a.jpg</anh>")
    body = body_of(sent.xml, {"a.jpg": PHOTO * 50})
    pieces = [body[start : start + 997] for start in range(0, len(body), 997)]
    assert world.phone().post(pieces).status == 201
    assert world.stored()[0]["files"] == {"a.jpg": sha256(PHOTO * 50)}


def test_a_hundred_and_one_files_come_in_one_request(world: World) -> None:
    files = {f"{number:03}.jpg": b"anh %d" % number for number in range(101)}
    assert world.phone().send(filled().xml, files).status == 201
    assert world.stored()[0]["files"] == {name: sha256(each) for name, each in files.items()}


def test_device_and_agent_are_kept_and_odd_headers_mean_nothing(world: World) -> None:
    phone = world.phone()
    headers = {"Date": "CN, 22 thg 11 2026 12:75:00", "User_Agent": "Collect/1"}
    query = "?deviceID=collect%3AabcDEF%00123&zzz=1"
    assert phone.post(body_of(filled().xml), query, **headers).status == 201
    assert phone.post(body_of(filled().xml), "?deviceID=", User_Agent="x" * 400).status == 201
    first, second = world.stored()
    assert (first["device"], first["agent"]) == ("collect:abcDEF123", "Collect/1")
    assert (second["device"], second["agent"]) == (None, "x" * 255)


def test_one_instance_id_may_stand_in_two_forms(server: RunningServer) -> None:
    forms = {"mot": form("mot"), "hai": form("hai")}
    world = make_world(server, "hai biểu mẫu", forms=forms)
    first = filled("mot")
    second = filled("hai", instance_id=first.instance_id)
    assert [world.phone().send(each.xml).status for each in (first, second)] == [201, 201]
    assert len(world.stored()) == 2


def test_meta_may_stand_in_the_openrosa_namespace(world: World) -> None:
    xml = (
        b'<data xmlns:orx="http://openrosa.org/xforms" id="nhanh" version="1"><ten>Lan</ten>'
        b"<orx:meta><orx:instanceID>uuid:orx</orx:instanceID></orx:meta></data>"
    )
    assert world.phone().send(xml).status == 201
    assert world.stored()[0]["instance_id"] == "uuid:orx"


@pytest.mark.parametrize("kilobytes", [63, 65, 3000])
def test_bodies_of_all_sizes_go_the_same_way(world: World, kilobytes: int) -> None:
    photo = bytes(range(256)) * 4 * kilobytes
    sent = filled(answers="<anh>a.jpg</anh>")
    assert world.phone().send(sent.xml, {"a.jpg": photo}).status == 201
    assert world.stored()[0]["files"] == {"a.jpg": sha256(photo)}
