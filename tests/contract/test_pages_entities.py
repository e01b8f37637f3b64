"""Pages of entity lists: made, filled from a file, changed, conflicts resolved; who may."""

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from surveys.collection.models import Entity, EntityList, Role, Submission
from surveys.fieldwork import generated_list
from tests.cast import Cast, make_user
from tests.entity_world import Office, creation, new_uuid, update
from tests.page_world import make_world


@pytest.fixture
def office(cast: Cast) -> Office:
    return Office(cast).with_form()


@pytest.fixture
def page(office: Office) -> Client:
    client = Client()
    client.force_login(office.cast.alice)
    return client


def base(office: Office) -> str:
    return f"/projects/{office.project.pk}/lists/"


def text(answer: Any) -> str:
    return str(answer.content.decode())


def upload(page: Client, office: Office, content: str | bytes, name: str = "người.csv") -> Any:
    data = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile(name, data, content_type="text/csv")
    return page.post(f"{base(office)}people/upload/", {"file": file}, follow=True)


def test_lists_are_shown_with_their_figures_and_a_new_one_is_made(
    page: Client, office: Office
) -> None:
    office.add("Lan")
    shown = page.get(base(office))
    assert "people" in text(shown)
    made = page.post(base(office), {"name": "co_so"}, follow=True)
    assert "co_so" in text(made)
    assert EntityList.objects.filter(name="co_so").exists()
    refused = page.post(base(office), {"name": "a b"}, follow=True)
    assert "không hợp lệ" in text(refused)


def test_an_empty_list_says_what_to_do_next(page: Client, office: Office) -> None:
    assert "Thêm từ tệp CSV" in text(page.get(f"{base(office)}people/"))


def test_entities_are_searched_filtered_and_paged(page: Client, office: Office) -> None:
    many = [{"label": f"Người {n:03d}"} for n in range(60)]
    office.api.post(f"{office.d}/entities", {"entities": many, "source": {"name": "f"}})
    first = page.get(f"{base(office)}people/")
    assert "Người 059" in text(first)
    assert "Người 009" not in text(first)
    after = first.context["listed"].following
    assert "Người 009" in text(page.get(f"{base(office)}people/?after={after}"))
    found = text(page.get(f"{base(office)}people/?q=người 00"))
    assert "Người 003" in found
    assert "Người 011" not in found
    assert "Không có thực thể nào như vậy" in text(page.get(f"{base(office)}people/?conflict=any"))


def test_names_of_respondents_run_no_script(page: Client, office: Office) -> None:
    evil = "<script>alert(1)</script>"
    uuid = office.add(evil, full_name=evil)
    for path in ("people/", f"people/entities/{uuid}/"):
        shown = text(page.get(base(office) + path))
        assert evil not in shown
        assert "&lt;script&gt;" in shown


def test_a_file_is_taken_whole(page: Client, office: Office) -> None:
    uuid = new_uuid()
    taken = upload(page, office, f"label;phone;uuid\nLan;1;{uuid}\n\nHoa;2;\n")
    assert "Đã thêm 2 thực thể" in text(taken)
    assert office.current(uuid)["data"] == {"phone": "1"}
    (version,) = office.versions(uuid)
    assert version["source"]["name"] == "người.csv"


def test_a_wrong_file_changes_nothing_and_names_each_line(page: Client, office: Office) -> None:
    there = office.add("Lan")
    twice = new_uuid()
    lines = [
        "label,phone,uuid",
        ",1,",
        f"Hoa,2,{there}",
        "Minh,3,h1",
        f"A,4,{twice}",
        f"B,5,{twice}",
        "C,6,,7",
        "D,8,",
    ]
    shown = upload(page, office, "\n".join(lines))
    assert shown.status_code == 400
    errors = shown.context["errors"]
    assert [each.line for each in errors] == [2, 4, 6, 7, 3]
    assert "Chưa nhập dòng nào" in text(shown)
    assert Entity.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("phone\n1\n", "thiếu cột label"),
        ("label,tuổi\nLan,3\n", "không có thuộc tính “tuổi”"),
        ("label,label\nLan,3\n", "có hai lần"),
        ("label\n", "không có dòng nào"),
        ("", "thiếu cột label"),
        ("label\nL\xe1n\n".encode("latin-1"), "không phải UTF-8"),
        (b"PK\x03\x04\x00\x00", "không phải CSV"),
    ],
    ids=str,
)
def test_a_file_that_is_no_list_is_refused_with_a_remedy(
    page: Client, office: Office, content: str | bytes, said: str
) -> None:
    assert said in text(upload(page, office, content))
    assert not Entity.objects.exists()


def test_a_downloaded_file_can_be_taken_by_another_list(page: Client, office: Office) -> None:
    office.add("Lan", phone="1")
    answer: Any = page.get(f"{base(office)}people/csv/")
    content = answer.getvalue()
    office.api.post(f"{office.p}/datasets", {"name": "copy"})
    for name in ("full_name", "phone"):
        office.api.post(f"{office.p}/datasets/copy/properties", {"name": name})
    file = SimpleUploadedFile("people.csv", content)
    page.post(f"{base(office)}copy/upload/", {"file": file})
    assert Entity.objects.filter(list__name="copy", data__phone="1").count() == 1
    assert page.get(f"{base(office)}people/csv/?empty=1").content.endswith(
        b"label,full_name,phone\n"
    )


def test_a_list_in_a_spreadsheet_runs_no_formula_and_comes_back_as_it_was(
    page: Client, office: Office
) -> None:
    office.add("=1+1", phone="-98", full_name="'=2")
    answer: Any = page.get(f"{base(office)}people/csv/")
    content = answer.getvalue()
    (row,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    assert (row["label"], row["phone"], row["full_name"]) == ("'=1+1", "-98", "''=2")
    office.api.post(f"{office.p}/datasets", {"name": "copy"})
    for name in ("full_name", "phone"):
        office.api.post(f"{office.p}/datasets/copy/properties", {"name": name})
    page.post(f"{base(office)}copy/upload/", {"file": SimpleUploadedFile("people.csv", content)})
    made = Entity.objects.get(list__name="copy")
    assert (made.label, made.data) == ("=1+1", {"phone": "-98", "full_name": "'=2"})
    raw = office.api.get(f"{office.d}/entities.csv").body.decode()  # a program's, as Central's
    assert ",=1+1," in raw


def test_an_entity_is_changed_from_the_version_that_was_shown(page: Client, office: Office) -> None:
    uuid = office.add("Lan", phone="1")
    path = f"{base(office)}people/entities/{uuid}/"
    said = {"what": "save", "base": "1", "label": "Lan", "p0": "Lan Anh", "p1": "1"}
    assert "Đã lưu" in text(page.post(path, said, follow=True))
    assert office.current(uuid)["dataReceived"] == {"full_name": "Lan Anh"}
    refused = page.post(path, {**said, "p1": "9"}, follow=True, headers={"Referer": path})
    assert "đang ở phiên bản 2" in text(refused)
    assert office.current(uuid)["data"]["phone"] == "1"


def test_a_conflict_is_seen_side_by_side_and_resolved(page: Client, office: Office) -> None:
    uuid = office.add("Lan", phone="1")
    for number in ("2", "3"):
        office.send(update(uuid, 1, phone=number))
    path = f"{base(office)}people/entities/{uuid}/"
    shown = page.get(path)
    assert "Giải quyết xung đột" in text(shown)
    (line,) = shown.context["relevant"]["lines"]
    assert [cell["value"] for cell in line["cells"]] == ["1", "2", "3"]
    assert [cell["is_disputed"] for cell in line["cells"]] == [False, False, True]
    assert "1 xung đột" in text(page.get(f"{base(office)}people/"))
    page.post(path, {"what": "resolve", "base": "3"})
    assert office.entity(uuid)["conflict"] is None
    office.send(update(uuid, 2, phone="4"))
    page.post(path, {"what": "save_and_resolve", "base": "4", "label": "Lan", "p1": "5"})
    assert office.entity(uuid)["conflict"] is None
    assert office.current(uuid)["data"]["phone"] == "5"


def test_an_entity_is_deleted_after_a_question_and_restored(page: Client, office: Office) -> None:
    uuid = office.add("Lan")
    path = f"{base(office)}people/entities/{uuid}/"
    assert "Xoá “Lan”?" in text(page.get(f"{path}delete/"))
    page.post(path, {"what": "delete"})
    assert "đã xoá" in text(page.get(path))
    assert "Lan" in text(page.get(f"{base(office)}people/?conflict=deleted"))
    page.post(path, {"what": "restore"})
    assert office.entity(uuid)["deletedAt"] is None


def test_settings_of_a_list_are_changed_beside_it(page: Client, office: Office) -> None:
    change = f"{base(office)}people/change/"
    page.post(change, {"change": "property", "name": "village"})
    page.post(change, {"change": "approval", "approval": "1"})
    office.api.post(f"{office.p}/actor-properties", {"name": "area"})
    rule = {"change": "filter", "filter": "property", "property": "village"}
    page.post(change, {**rule, "actor_property": "area"})
    shown = office.api.json(office.d)
    assert shown["approvalRequired"]
    assert shown["accessFilter"]["type"] == "property"
    office.send(creation(new_uuid()))
    asked = page.post(change, {"change": "approval"}, follow=True)
    assert "chờ duyệt để tạo thực thể" in text(asked)
    page.post(change, {"change": "approval", "convert": "yes"})
    assert Entity.objects.count() == 1
    page.post(change, {"change": "filter", "filter": "owner"})
    assert office.api.json(office.d)["ownerOnly"]
    page.post(change, {"change": "remove_property", "name": "village"})
    assert len(office.api.json(office.d)["properties"]) == 2
    refused = page.post(f"{base(office)}people/delete/", follow=True)
    assert "còn dùng danh sách" in text(refused)


def test_what_waits_is_shown_and_a_button_takes_it(page: Client, office: Office) -> None:
    uuid = office.add("Lan")
    held = office.send(update(uuid, 3, branch=new_uuid(), trunk=1, phone="3"))
    failed = office.send(creation("wrong"))
    shown = text(page.get(f"{base(office)}people/"))
    assert "1 thay đổi đang chờ" in shown
    assert failed.iid in shown
    assert "Không áp dụng được" in shown
    page.post(f"{base(office)}people/change/", {"change": "backlog"})
    assert office.current(uuid)["data"] == {"phone": "3"}
    assert held.iid


def test_a_record_leads_to_its_entity(page: Client, office: Office) -> None:
    uuid = new_uuid()
    sent = office.send(creation(uuid))
    held = office.send(update(new_uuid(), 2, branch=new_uuid(), phone="2"))
    for each, said in ((sent, "đã áp dụng"), (held, "chờ phiếu trước")):
        record = Submission.objects.get(instance_id=each.iid)
        shown = text(page.get(f"/forms/{record.form_id}/submissions/{record.pk}/"))
        assert said in shown
        assert (f"lists/people/entities/{uuid}/" in shown) == (each is sent)


def test_only_those_who_review_the_whole_project_read_entities(office: Office) -> None:
    uuid = office.add("Lan")
    paths = [
        f"{base(office)}people/",
        f"{base(office)}people/csv/",
        f"{base(office)}people/upload/",
        f"{base(office)}people/entities/{uuid}/",
    ]
    project = office.project
    people = {
        "supervisor": (make_user("s", Role.SUPERVISOR, project), 200),
        "area": (make_user("a", Role.SUPERVISOR, project, communes=("16228",)), 403),
        "analyst": (make_user("n", Role.ANALYST, project), 403),
        "viewer": (make_user("v", Role.VIEWER, project), 403),
        "rated": (make_user("r", Role.MANAGER, project, rated_commune="16228"), 403),
        "bob": (office.cast.bob, 403),
    }
    for name, (user, expected) in people.items():
        client = Client()
        client.force_login(user)
        assert {client.get(path).status_code for path in paths} == {expected}, name
    assert Client().get(paths[0]).status_code == 302
    supervisor = Client()
    supervisor.force_login(people["supervisor"][0])
    change = f"{base(office)}people/change/"
    assert supervisor.post(change, {"change": "backlog"}).status_code == 403
    assert supervisor.post(paths[3], {"what": "delete"}).status_code == 403
    assert office.entity(uuid)


def test_the_household_list_is_read_and_never_changed(db: None) -> None:
    world = make_world()
    client = Client()
    client.force_login(world.cast.alice)
    root = f"/projects/{world.cast.project.pk}/lists/"
    assert "sampled_hh" in text(client.get(root))
    shown = client.get(f"{root}sampled_hh/")
    (household, *_) = shown.context["rows"]
    assert household.label in text(shown)
    one = client.get(f"{root}sampled_hh/entities/{household.name}/")
    assert "Điều phiếu ghi về hộ" in text(one)
    assert client.post(f"{root}sampled_hh/change/", {"change": "backlog"}).status_code == 302
    assert client.get(f"{root}sampled_hh/entities/none/").status_code == 404
    assert generated_list.of_project(world.cast.project)
