"""pyodk itself, the Python client that people have, through its whole surface on a live server."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pyodk._utils import config
from pyodk.client import Client
from pyodk.errors import PyODKError

from tests.cast import filled, with_file, workbook, xform
from tests.server import EMAIL, PASSWORD, RunningServer


@dataclass
class Tour:
    """A signed-in client in a project of its own, and a folder for its files."""

    client: Client
    project: int
    folder: Path
    made: set[str] = field(default_factory=set)

    def form(self, form_id: str, version: str = "1", **also: Any) -> str:
        """Publish a form once and name it."""
        if form_id not in self.made:
            self.client.forms.create(xform(form_id, version, **also).decode(), form_id=form_id)
            self.made.add(form_id)
        return form_id

    def file(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path

    def sent(self, form_id: str, **answers: Any) -> str:
        instance_id = f"uuid:{uuid4()}"
        xml = filled(form_id, instance_id, **answers).decode()
        self.client.submissions.create(xml, form_id=form_id)
        return instance_id


@pytest.fixture(scope="module")
def tour(server: RunningServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tour]:
    folder = tmp_path_factory.mktemp("pyodk")
    said = {"base_url": server.base, "username": EMAIL, "password": PASSWORD}
    client = Client(config=config.objectify_config({"central": said}), cache_path=folder / "c.toml")
    with client:
        project = client.post("/projects", json={"name": "pyodk"}).json()["id"]
        client.project_id = project
        services = (client.projects, client.forms, client.submissions)
        for service in (*services, client.entities, client.entity_lists):
            service.default_project_id = project
        yield Tour(client, project, folder)


def edited(form_id: str, first: str, answers: str) -> str:
    new = filled(form_id, f"uuid:{uuid4()}", answers=answers).decode()
    return new.replace("</meta>", f"<deprecatedID>{first}</deprecatedID></meta>")


def test_it_signs_in_once_and_reuses_what_it_cached(tour: Tour, server: RunningServer) -> None:
    said = {"base_url": server.base, "username": EMAIL, "password": "wrong, and not asked for"}
    again = Client(
        config=config.objectify_config({"central": said}), cache_path=tour.folder / "c.toml"
    )
    with again:
        assert tour.project in {each.id for each in again.projects.list()}


def test_it_reads_projects(tour: Tour) -> None:
    assert tour.client.projects.get(tour.project).name == "pyodk"
    with pytest.raises(PyODKError) as missing:
        tour.client.projects.get(10**9)
    assert missing.value.is_central_error("404.2")


def test_it_makes_forms_of_xml_and_reads_them_back(tour: Tour) -> None:
    tour.form("of xml")
    form = tour.client.forms.get("of xml")
    assert (form.xmlFormId, form.version, form.state) == ("of xml", "1", "open")
    assert form.publishedAt is not None
    assert form.xmlFormId in {each.xmlFormId for each in tour.client.forms.list()}
    assert tour.client.forms.get_xml("of xml", encoding=None) == xform("of xml")


def test_it_makes_forms_of_workbooks_in_memory_and_on_disk(tour: Tour) -> None:
    assert tour.client.forms.create(workbook("1"), form_id="ignored").xmlFormId == "small"
    path = tour.file("small.xlsx", workbook("2"))
    tour.client.forms.update("small", definition=path)
    assert tour.client.forms.get("small").version == "2"


def test_it_sends_files_with_a_form_and_new_ones_later(tour: Tour) -> None:
    old, new = (tour.file("psu.csv", b"name,label\n"), b"name,label\na,A\n")
    body = with_file("psu.csv")
    made = tour.client.forms.create(
        xform("with file", body=body).decode(), attachments=[old], form_id="with file"
    )
    assert made.xmlFormId == "with file"
    tour.file("psu.csv", new)
    tour.client.forms.update("with file", attachments=[old], version_updater=lambda v: f"{v}.1")
    assert tour.client.forms.get("with file").version == "1.1"
    address = f"/projects/{tour.project}/forms/with%20file/attachments/psu.csv"
    assert tour.client.get(address).content == new


def test_a_version_may_be_a_moment_as_pyodk_invents_it(tour: Tour) -> None:
    tour.form("moment", body=with_file("psu.csv"))
    tour.client.forms.update("moment", attachments=[tour.file("psu.csv", b"name,label\n")])
    assert tour.client.forms.get("moment").version.startswith("20")


def test_it_makes_phones_with_forms(tour: Tour) -> None:
    tour.form("for phones")
    phones = list(tour.client.projects.create_app_users(["NV-1", "NV-2"], forms=["for phones"]))
    assert [each.displayName for each in phones] == ["NV-1", "NV-2"]
    assert all(each.token for each in phones)


def test_it_sends_a_submission_with_its_files(tour: Tour) -> None:
    tour.form("sent")
    photo = tour.file("ảnh 1.jpg", b"\xff\xd8\xff" + b"0" * 40_000)
    instance_id = f"uuid:{uuid4()}"
    xml = filled("sent", instance_id, answers="<name>Lan</name><photo>ảnh 1.jpg</photo>")
    made = tour.client.submissions.create(
        xml.decode(), form_id="sent", device_id="pyodk", attachments=[photo]
    )
    assert made.attachments is not None
    assert [(each.name, each.exists) for each in made.attachments] == [("ảnh 1.jpg", True)]
    read = tour.client.submissions.get(instance_id, form_id="sent")
    assert (read.deviceId, read.userAgent) == ("pyodk", made.userAgent)
    assert instance_id in {each.instanceId for each in tour.client.submissions.list("sent")}


def test_it_reads_a_table_with_all_its_options(tour: Tour) -> None:
    tour.form("table")
    ids = [tour.sent("table", answers=f"<name>{n}</name><age>{n}</age>") for n in range(3)]
    read = tour.client.submissions.get_table
    rows = read(form_id="table")["value"]
    assert [row["__id"] for row in rows] == ids[::-1]
    assert rows[0]["age"] == 2
    page = read(form_id="table", skip=1, top=1, count=True)
    assert (len(page["value"]), page["@odata.count"]) == (1, 3)
    assert read(form_id="table", select="__id,age")["value"][0] == {"__id": ids[2], "age": 2}
    since = "__system/submissionDate gt 2020-01-01T00:00:00Z and __system/reviewState eq null"
    found = read(form_id="table", skip=0, top=2, count=True, wkt=True, filter=since, expand="*")
    assert (len(found["value"]), found["@odata.count"]) == (2, 3)
    assert read(form_id="table", filter="age ge 1", select="age")["value"] == [
        {"age": 2},
        {"age": 1},
    ]


def test_it_edits_with_a_comment(tour: Tour) -> None:
    tour.form("edited")
    first = tour.sent("edited")
    tour.client.submissions.edit(
        first, edited("edited", first, "<name>Hoa</name>"), form_id="edited", comment="sửa tên"
    )
    assert tour.client.submissions.get(first, form_id="edited").reviewState == "edited"
    (said,) = tour.client.submissions.list_comments(first, form_id="edited")
    assert said.body == "sửa tên"


@pytest.mark.parametrize("state", ["approved", "rejected", "hasIssues", "edited"])
def test_it_reviews_with_a_comment(tour: Tour, state: str) -> None:
    tour.form("reviewed")
    first = tour.sent("reviewed")
    tour.client.submissions.review(first, state, form_id="reviewed", comment="xem")
    assert tour.client.submissions.get(first, form_id="reviewed").reviewState == state
    tour.client.submissions.add_comment(first, comment="nữa", form_id="reviewed")
    said = tour.client.submissions.list_comments(first, form_id="reviewed")
    assert [each.body for each in said] == ["nữa", "xem"]


def test_a_review_without_a_state_changes_nothing(tour: Tour) -> None:
    """pyodk sends `{}` for None."""
    tour.form("unreviewed")
    first = tour.sent("unreviewed")
    tour.client.submissions.review(first, "approved", form_id="unreviewed")
    tour.client.submissions.review(first, None, form_id="unreviewed")
    assert tour.client.submissions.get(first, form_id="unreviewed").reviewState == "approved"


def test_a_refusal_is_an_error_that_pyodk_understands(tour: Tour) -> None:
    tour.form("refusing")
    with pytest.raises(PyODKError) as taken:
        tour.client.forms.create(xform("refusing").decode(), form_id="refusing")
    assert taken.value.is_central_error("409.6")
    with pytest.raises(PyODKError) as unknown:
        tour.client.submissions.get("uuid:none", form_id="refusing")
    assert unknown.value.is_central_error("404.4")


def people(tour: Tour, name: str) -> str:
    """An entity list with a property, made once."""
    if name not in tour.made:
        tour.client.entity_lists.create(entity_list_name=name)
        tour.client.entity_lists.add_property(name="phone", entity_list_name=name)
        tour.made.add(name)
    return name


def test_it_makes_entity_lists_with_properties(tour: Tour) -> None:
    made = tour.client.entity_lists.create(entity_list_name="to_approve", approval_required=True)
    assert made.approvalRequired is True
    name = people(tour, "communes")
    assert {each.name for each in tour.client.entity_lists.list()} >= {"to_approve", name}
    read = tour.client.entity_lists.get(entity_list_name=name)
    assert read.properties is not None
    assert [each.name for each in read.properties] == ["phone"]


def test_it_makes_one_entity_and_many(tour: Tour) -> None:
    name = people(tour, "many")
    one = tour.client.entities.create(label="Lan", data={"phone": "1"}, entity_list_name=name)
    assert (one.currentVersion.label, one.currentVersion.version) == ("Lan", 1)
    rows = [{"label": "Hoa", "phone": "2"}, {"label": "Mai", "phone": "3"}]
    assert tour.client.entities.create_many(data=rows, entity_list_name=name)
    listed = tour.client.entities.list(entity_list_name=name)
    assert {each.currentVersion.label for each in listed} == {"Lan", "Hoa", "Mai"}


def test_it_changes_an_entity_and_deletes_it(tour: Tour) -> None:
    name = people(tour, "changed")
    one = tour.client.entities.create(label="Lan", data={"phone": "1"}, entity_list_name=name)
    change = tour.client.entities.update
    new = change(one.uuid, data={"phone": "2"}, base_version=1, entity_list_name=name)
    assert new.currentVersion.version == 2
    with pytest.raises(PyODKError):
        change(one.uuid, data={"phone": "3"}, base_version=1, entity_list_name=name)
    forced = change(one.uuid, label="Lan Anh", force=True, entity_list_name=name)
    assert (forced.currentVersion.label, forced.currentVersion.version) == ("Lan Anh", 3)
    assert tour.client.entities.delete(one.uuid, entity_list_name=name)
    assert tour.client.entities.list(entity_list_name=name) == []


def test_it_reads_entities_as_a_table(tour: Tour) -> None:
    name = people(tour, "rows")
    rows = [{"label": f"L{n}", "phone": str(n)} for n in range(4)]
    tour.client.entities.create_many(data=rows, entity_list_name=name)
    read = tour.client.entities.get_table
    assert len(read(entity_list_name=name)["value"]) == 4
    page = read(entity_list_name=name, skip=1, top=2, count=True)
    assert (len(page["value"]), page["@odata.count"]) == (2, 4)
    some = read(entity_list_name=name, filter="__system/createdAt gt 2020-01-01T00:00:00Z")
    assert {row["phone"] for row in some["value"]} == {"0", "1", "2", "3"}
    assert set(read(entity_list_name=name, select="label")["value"][0]) == {"label"}


def test_it_merges_what_a_table_says(tour: Tour) -> None:
    name = people(tour, "merged")
    old = [{"label": "A", "phone": "1"}, {"label": "B", "phone": "2"}]
    tour.client.entities.create_many(data=old, entity_list_name=name)
    tour.client.entities.merge(
        data=[{"label": "A", "phone": "9"}, {"label": "C", "phone": "3"}],
        entity_list_name=name,
        match_keys=["label"],
        delete_not_matched=True,
    )
    rows = tour.client.entities.get_table(entity_list_name=name)["value"]
    assert {(row["label"], row["phone"]) for row in rows} == {("A", "9"), ("C", "3")}
