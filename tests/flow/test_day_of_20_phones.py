"""A day of field work: 20 phones over a bad network, and a server that is killed at noon.

D1 every instance that a phone finalised stands once, byte for byte, with all its files.
D2 edits stand on their originals in the order in which they were made, however they arrived.
D3 entity lists on all phones are the server's, row by row; conflicts are marked, none is lost.
D4 a form version that is published meanwhile reaches every phone; what was filled before stands.
D5 a token that was replaced opens nothing; what the phone holds goes by the new one.
"""

import hashlib
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.collect_phone import Collect, Fault, Instance, NetworkLost, PhoneEntity
from tests.flow.test_kill import wait_until_derived
from tests.openrosa_world import FORM, run_python
from tests.server import EMAIL, RunningServer

PHONES = 20
SEED = 20261122
LOST = 7  # the phone that gets a new token
SHARED = "4f3cdb9e-8a0f-4d6c-9a77-000000000001"
DELETED_BY = 3  # whose first household staff delete

ENTITY_FORM = """<?xml version="1.0" encoding="UTF-8"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
        xmlns:jr="http://openrosa.org/javarosa"
        xmlns:entities="http://www.opendatakit.org/xforms/entities">
  <h:head><h:title>Hộ</h:title><model entities:entities-version="2024.1.0">
    <instance><data id="ho" version="1"><ho/><ten/><so_nguoi/>
      <meta><instanceID/><entity dataset="ho" id="" create="" update="" baseVersion=""
        trunkVersion="" branchId=""><label/></entity></meta></data></instance>
    <instance id="ho" src="jr://file-csv/ho.csv"/>
    <bind nodeset="/data/ho" type="string"/>
    <bind nodeset="/data/ten" type="string" entities:saveto="ten"/>
    <bind nodeset="/data/so_nguoi" type="int" entities:saveto="so_nguoi"/>
    <bind nodeset="/data/meta/instanceID" type="string" readonly="true()" jr:preload="uid"/>
    <bind nodeset="/data/meta/entity/@id" type="string" readonly="true()"/>
    <bind nodeset="/data/meta/entity/label" type="string" calculate=" /data/ten "/>
  </model></h:head>
  <h:body>
    <select1 ref="/data/ho"><label>Hộ</label><itemset nodeset="instance('ho')/root/item">
      <value ref="name"/><label ref="label"/></itemset></select1>
    <input ref="/data/ten"><label>Tên</label></input>
    <input ref="/data/so_nguoi"><label>Số người</label></input>
  </h:body>
</h:html>
"""

MAKE = """
admin = User.objects.get(email=given["email"]).actor
project = projects.create_project(admin, "một ngày")
survey = publishing.create_form(admin, project, given["survey"].encode())
publishing_files.attach_to_draft(admin, survey, "xa.csv", io.BytesIO(given["communes"].encode()))
publishing.publish_draft(admin, survey)
household = publishing.create_form(admin, project, given["household"].encode(), publish=True)
settings = []
for n in range(given["phones"]):
    phone = people.create_app_user(admin, project, f"Điều tra viên {n + 1}")
    for form in (survey, household):
        people.assign_form(admin, form, phone)
    settings.append(people.settings_qr_text(phone, given["base"], "Đợt 1"))
print(json.dumps({"project": project.pk, "survey": survey.pk, "settings": settings}))
"""
PUBLISH = """
admin = User.objects.get(email=given["email"]).actor
survey = Form.objects.get(pk=given["survey"])
publishing.set_draft(admin, survey, given["xform"].encode())
survey.refresh_from_db()
publishing_files.attach_to_draft(admin, survey, "xa.csv", io.BytesIO(given["communes"].encode()))
publishing.publish_draft(admin, survey)
"""
REISSUE = """
admin = User.objects.get(email=given["email"]).actor
name = f"Điều tra viên {given['phone'] + 1}"
phone = AppUser.objects.get(project=given["project"], actor__display_name=name)
phone = people.reissue_app_user_token(admin, phone)
print(json.dumps(people.settings_qr_text(phone, given["base"], "Đợt 1")))
"""
DELETE = """
from surveys.collection.entities import changes
admin = User.objects.get(email=given["email"]).actor
changes.delete(admin, EntityList.objects.get(project=given["project"], name="ho"), [given["uuid"]])
"""
STATES = """
rows = Submission.objects.filter(form__project=given["project"])
print(json.dumps(list(rows.values_list("state", flat=True))))
"""
READ = """
from surveys.collection import blobs
import hashlib
versions = []
for v in SubmissionVersion.objects.filter(form__project=given["project"]).select_related(
    "submission", "form_version"
):
    files = {}
    for a in v.attachments.all():
        whole = hashlib.sha256(blobs.open_blob(a.blob_id).read()).hexdigest() if a.blob_id else ""
        assert whole == (a.blob_id or ""), a.name
        files[a.name] = whole
    versions.append({
        "instance_id": v.instance_id, "sha256": hashlib.sha256(bytes(v.xml)).hexdigest(),
        "files": files, "is_current": v.is_current, "original": v.submission.instance_id,
        "state": v.submission.state, "review": v.submission.review_state,
        "version": v.form_version.version,
    })
entities = {
    e.uuid: {"label": e.label, "version": e.version, "data": e.data, "conflict": e.conflict or "",
             "deleted": e.deleted_at is not None}
    for e in Entity.objects.filter(list__project=given["project"])
}
print(json.dumps({
    "versions": versions, "entities": entities,
    "kept": [q.reason + " " + q.details for q in quarantine.listing(given["project"])],
}))
"""


def survey_form(version: str) -> str:
    source = '<instance id="xa" src="jr://file-csv/xa.csv"/>'
    return FORM.format(form_id="phieu", version=version, title="Phiếu", lists=source)


@dataclass
class Enumerator:
    """A person with a phone, and what he or she did."""

    number: int
    phone: Collect
    households: dict[str, str] = field(default_factory=dict)  # uuid → number of persons, as last
    rng: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.rng = random.Random(SEED + self.number)

    def visit(self) -> Instance:
        """A survey with up to three photos; one person in the crew takes forty."""
        count = 40 if self.number == 11 else self.rng.randrange(4)
        files = {f"{n}-ảnh.jpg": self.rng.randbytes(self.rng.randrange(150_000)) for n in range(2)}
        files |= {f"{n}.jpg": self.rng.randbytes(170_000) for n in range(2, count)}
        named = "<anh>0-ảnh.jpg</anh><giay_to>1-ảnh.jpg</giay_to>"
        answers = f"<ten>Hộ {self.rng.randrange(999)}</ten><tuoi>{self.number + 20}</tuoi>{named}"
        return self.phone.finalise("phieu", answers, files)

    def correct(self, former: Instance) -> Instance:
        """An edit on the phone keeps the files that the form had."""
        answers = "<ten>Đã sửa</ten><anh>0-ảnh.jpg</anh><giay_to>1-ảnh.jpg</giay_to>"
        return self.phone.finalise("phieu", answers, dict(former.files), edit_of=former)

    def register(self) -> str:
        """A household that only this phone knows until it is sent."""
        uuid = f"{self.rng.getrandbits(32):08x}-0000-4000-8000-{self.number:012x}"
        made = PhoneEntity(f"Hộ {uuid[:4]}", {"ten": "", "so_nguoi": "1"}, version=1)
        self.phone.lists["ho"].rows[uuid] = made
        meta = f'<entity dataset="ho" id="{uuid}" create="1" baseVersion="" trunkVersion=""'
        meta += f' branchId="{made.branch}"><label>{made.label}</label></entity>'
        answers = f"<ten>{made.label}</ten><so_nguoi>1</so_nguoi>"
        self.phone.finalise("ho", answers, meta=meta)
        self.households[uuid] = "1"
        return uuid

    def recount(self, uuid: str, persons: str) -> None:
        """A change thought from what this phone knows, online or not."""
        held = self.phone.lists["ho"].rows[uuid]
        trunk = held.trunk or ""
        meta = f'<entity dataset="ho" id="{uuid}" update="1" baseVersion="{held.version}"'
        meta += f' trunkVersion="{trunk}" branchId="{held.branch}"></entity>'
        answers = f"<ho>{uuid}</ho><so_nguoi>{persons}</so_nguoi>"
        self.phone.finalise("ho", answers, meta=meta)
        held.version += 1
        self.households[uuid] = persons

    def faults(self) -> list[Fault]:
        kinds = [Fault.NONE, Fault.NONE, Fault.CUT, Fault.UNHEARD, Fault.LOST]
        return self.rng.choices(kinds, k=12)


class Day:
    """The crew, working at the same time."""

    def __init__(self, server: RunningServer) -> None:
        self.server = server
        self.made = run_python(
            server,
            MAKE,
            email=EMAIL,
            base=server.base,
            phones=PHONES,
            survey=survey_form("1"),
            household=ENTITY_FORM,
            communes="name,label\n16228,Như Thanh\n",
        )
        settings = self.made["settings"]
        self.crew = [Enumerator(n, Collect(said, SEED + n)) for n, said in enumerate(settings)]

    def run(self, code: str, **given: Any) -> Any:
        return run_python(self.server, code, email=EMAIL, project=self.made["project"], **given)

    def all_at_once(self, work: Callable[[Enumerator], None]) -> None:
        with ThreadPoolExecutor(PHONES) as pool:
            list(pool.map(work, self.crew))

    def send_until_nothing_is_left(self) -> None:
        for _ in range(6):
            self.all_at_once(lambda each: each.phone.send_all([]))
        assert [each.number for each in self.crew if each.phone.unsent] == []

    def expected(self) -> dict[str, Instance]:
        return {made.instance_id: made for each in self.crew for made in each.phone.instances}


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def test_a_day_of_20_phones_loses_and_doubles_nothing(tmp_path: Path, database: str) -> None:
    server = RunningServer.prepare(tmp_path, database)
    server.start()
    crew: list[Enumerator] = []
    try:
        day = Day(server)
        crew = day.crew
        day.all_at_once(morning)
        noon(day)
        afternoon(day)
        day.send_until_nothing_is_left()
        # What a kill cut off between its storing and its entities is made up for in the background.
        wait_until_derived(world_states=lambda: day.run(STATES))
        day.all_at_once(lambda each: each.phone.sync())
        stored = day.run(READ)
        check_records(day, stored)
        check_edits(day, stored["versions"])
        check_entities(day, stored["entities"])
        check_lists_are_not_fetched_again(day)
    finally:
        for each in crew:
            each.phone.hang_up()
        server.stop()


def morning(each: Enumerator) -> None:
    """Forms and lists arrive; the first records go out, over a network that breaks."""
    each.phone.sync()
    assert {form.version for form in each.phone.forms.values()} == {"1"}
    first, second = each.visit(), each.visit()
    each.correct(each.correct(first))  # the edits wait on the phone with their original
    household = each.register()
    each.recount(household, "3")
    if each.number == 0:
        each.households[SHARED] = "2"
        share(each)
    each.phone.send_all(each.faults(), in_order=each.number % 2 == 0)
    assert second.instance_id in {made.instance_id for made in each.phone.instances}


def share(each: Enumerator) -> None:
    """The household that two others will count at once."""
    meta = f'<entity dataset="ho" id="{SHARED}" create="1" baseVersion="" trunkVersion=""'
    meta += ' branchId=""><label>Hộ chung</label></entity>'
    each.phone.finalise("ho", "<ten>Hộ chung</ten><so_nguoi>2</so_nguoi>", meta=meta)


def noon(day: Day) -> None:
    """kill -9 while everybody sends; the phones keep what was not confirmed."""
    enough = threading.Event()

    def work(each: Enumerator) -> None:
        for _ in range(6):
            each.visit()
        each.phone.send_all(each.faults(), in_order=each.number % 3 == 0)
        if each.number % 4 == 0:
            enough.set()

    with ThreadPoolExecutor(PHONES) as pool:
        working = [pool.submit(work, each) for each in day.crew]
        assert enough.wait(60)
        day.server.kill()
    for each in working:
        each.result()
    assert any(each.phone.unsent for each in day.crew)
    day.server.start()


def afternoon(day: Day) -> None:
    """A new version, a new token, a household deleted by staff, two who count the same one."""
    communes = "name,label\n16228,Như Thanh\n16249,Xuân Du\n"
    day.send_until_nothing_is_left()
    day.run(PUBLISH, survey=day.made["survey"], xform=survey_form("2"), communes=communes)
    lost = day.crew[LOST].phone
    settings = day.run(REISSUE, phone=LOST, base=day.server.base)
    lost.finalise("phieu", "<ten>Trước khi đổi mã</ten>")
    lost.send_all([])
    assert len(lost.unsent) == 1  # the old token opens nothing
    with pytest.raises(NetworkLost):
        lost.sync()
    lost.scan(settings)
    gone = next(iter(day.crew[DELETED_BY].households))
    day.run(DELETE, uuid=gone)
    del day.crew[DELETED_BY].households[gone]

    def work(each: Enumerator) -> None:
        before = each.visit()  # still of version 1
        each.phone.sync()
        assert each.phone.forms["phieu"].version == "2"
        assert each.phone.forms["phieu"].media["xa.csv"] == communes.encode()
        each.visit()
        each.correct(before)
        for uuid in [each for each in each.households if each != SHARED]:
            each.recount(uuid, "4")
            each.recount(uuid, "5")
        if each.number in (1, 2):
            each.recount(SHARED, str(6 + each.number))
        each.phone.send_all(each.faults(), in_order=False)

    day.all_at_once(work)


def check_records(day: Day, stored: dict[str, Any]) -> None:
    assert stored["kept"] == []
    expected = day.expected()
    versions = stored["versions"]
    assert len(versions) == len(expected)
    found = {row["instance_id"]: row for row in versions}
    assert found.keys() == expected.keys()
    for instance_id, made in expected.items():
        row = found[instance_id]
        assert row["sha256"] == hashlib.sha256(made.xml).hexdigest()
        files = {name: hashlib.sha256(each).hexdigest() for name, each in made.files.items()}
        assert row["files"] == files
        assert row["state"] == "derived"
    assert {row["version"] for row in versions} == {"1", "2"}
    assert sum(len(made.files) for made in expected.values()) > 300


def check_edits(day: Day, versions: list[dict[str, Any]]) -> None:
    found = {row["instance_id"]: row for row in versions}
    edits = [made for made in day.expected().values() if made.edit_of]
    assert len(edits) == PHONES * 3
    edited = {made.edit_of for made in edits}
    for made in edits:
        row = found[made.instance_id]
        assert row["original"] == found[made.edit_of]["original"]
        assert row["review"] == "edited"
        assert row["is_current"] == (made.instance_id not in edited)


def check_entities(day: Day, entities: dict[str, Any]) -> None:
    own = {uuid: n for each in day.crew for uuid, n in each.households.items() if uuid != SHARED}
    gone = {uuid for uuid, row in entities.items() if row["deleted"]}
    assert len(gone) == 1
    assert entities.keys() == own.keys() | gone | {SHARED}
    for uuid, persons in own.items():
        assert (entities[uuid]["data"]["so_nguoi"], entities[uuid]["conflict"]) == (persons, "")
        assert entities[uuid]["version"] == 4  # created, counted three times
    assert entities[SHARED]["conflict"] == "hard"
    assert entities[SHARED]["version"] == 3  # both counts stand, the later one is shown
    living = {
        uuid: (row["label"], row["version"], row["data"]["so_nguoi"])
        for uuid, row in entities.items()
        if not row["deleted"]
    }
    for each in day.crew:
        held = each.phone.lists["ho"].rows
        assert {
            u: (r.label, r.version, r.properties["so_nguoi"]) for u, r in held.items()
        } == living


def check_lists_are_not_fetched_again(day: Day) -> None:
    """Where nothing changed, a sync costs five answers without a body."""
    phone = day.crew[0].phone
    before = dict(phone.heard)
    phone.sync()
    news = {key: n - before.get(key, 0) for key, n in phone.heard.items()}
    assert {key: n for key, n in news.items() if n} == {("GET", 304): 3}
