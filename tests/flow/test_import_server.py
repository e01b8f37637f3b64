"""`manage.py import-server` from one running server into another, compared byte for byte.

I1 forms with all versions and files, submissions with all versions' bytes, files, senders, dates,
   review states and comments are the same there and here; the counts agree.
I2 a run that is killed in the middle is finished by the next, and nothing is doubled.
"""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.central_client import Central
from tests.openrosa_phone import filled
from tests.openrosa_world import World, form, form_with_list, make_world, run_python
from tests.server import EMAIL, PASSWORD, ROOT, RunningServer

PHOTO = b"\xff\xd8 anh \x00\xff" * 300

SECOND_VERSION = """
project = Project.objects.get(pk=given["project"])
admin = User.objects.get(email=given["email"]).actor
form = Form.objects.get(project=project, xml_form_id="nhanh")
publishing.set_draft(admin, form, given["xform"].encode())
publishing.publish_draft(admin, form)
closed = Form.objects.get(project=project, xml_form_id="co_danh_sach")
publishing.set_state(admin, closed, Form.State.CLOSED)
"""

EVERYTHING = """
import hashlib
from surveys.collection import blobs
said = {"forms": {}, "submissions": {}}
for form in Form.objects.filter(project_id=given["project"], deleted_at=None):
    said["forms"][form.xml_form_id] = {"state": form.state, "versions": [
        [v.version, v.sha256, v.published_at.isoformat(timespec="milliseconds"),
         sorted([a.name, a.blob_id] for a in v.attachments.all())]
        for v in form.versions.filter(published_at__isnull=False).order_by("published_at", "id")]}
for s in Submission.objects.filter(form__project_id=given["project"]).order_by("id"):
    said["submissions"][s.form.xml_form_id + s.instance_id] = {
        "at": s.created_at.isoformat(timespec="milliseconds"),
        "changed": s.updated_at and s.updated_at.isoformat(timespec="milliseconds"),
        "review": s.review_state, "state": s.state, "name": s.instance_name,
        "comments": sorted([c.body, c.actor.display_name,
                            c.created_at.isoformat(timespec="milliseconds")]
                           for c in s.comments.all()),
        "records": sorted([r.table, r.ordinal, r.values] for r in s.records.all()),
        "versions": [[v.instance_id, hashlib.sha256(bytes(v.xml)).hexdigest(), v.is_current,
                      v.submitter and v.submitter.display_name, v.device_id, v.user_agent,
                      v.created_at.isoformat(timespec="milliseconds"), v.form_version.version,
                      sorted([a.name, a.blob_id, len(blobs.open_blob(a.blob_id).read())]
                             for a in v.attachments.all() if a.blob_id)]
                     for v in s.versions.order_by("id")]}
print(json.dumps(said, sort_keys=True))
"""


def everything(server: RunningServer, project: int) -> Any:
    return run_python(server, EVERYTHING, project=project)


@pytest.fixture(scope="module")
def full(server: RunningServer) -> World:
    """A project in which everything has happened that may happen to a record."""
    made = make_world(
        server,
        "đem đi",
        forms={"nhanh": form(), "co_danh_sach": form_with_list("co_danh_sach", "xa.csv")},
        files={"co_danh_sach": {"xa.csv": "name,label\n1,Như Thanh\n"}},
    )
    phone = made.phone("Lan")
    first = filled(answers="<ten>Lê Thị Đào</ten><anh>ảnh 1.jpg</anh>")
    assert phone.send(first.xml, {"ảnh 1.jpg": PHOTO}).status == 201
    edit = filled(answers="<ten>Đào</ten><anh>ảnh 1.jpg</anh>", edit_of=first.instance_id)
    assert made.phone("Thu").send(edit.xml).status == 201
    second = filled(answers="<nguoi><ho_ten>A</ho_ten></nguoi><nguoi><ho_ten>B</ho_ten></nguoi>")
    assert phone.send(second.xml).status == 201
    assert phone.send(filled("co_danh_sach").xml).status == 201
    made.run(SECOND_VERSION, email=EMAIL, xform=form(version="2"))
    for _n in range(8):
        assert phone.send(filled(version="2").xml).status == 201
    staff = Central.signed_in(server)
    at = f"projects/{made.project}/forms/nhanh/submissions/{first.instance_id}"
    for method, path, body in (
        ("POST", f"{at}/comments", {"body": "đã gọi lại"}),
        ("PATCH", at, {"reviewState": "approved"}),
    ):
        request = urllib.request.Request(
            f"{staff.base}/{path}",
            json.dumps(body).encode(),
            {"Authorization": f"Bearer {staff.token}", "Content-Type": "application/json"},
            method=method,
        )
        urllib.request.urlopen(request).close()
    return made


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[RunningServer]:
    """Another home, empty but for a project."""
    made = RunningServer.prepare(tmp_path / "elsewhere")
    made.environment["IMPORT_PASSWORD"] = PASSWORD
    run_python(made, 'Project.objects.create(name="đem về")')
    yield made
    made.stop()


def words(full: World) -> list[str]:
    return [
        *("import-server", full.server.base, "--kind", "central", "--project", "1"),
        *("--email", EMAIL, "--from-project", str(full.project), "--rate", "1000"),
    ]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_project_comes_over_byte_for_byte_though_the_pull_is_killed(
    full: World, elsewhere: RunningServer
) -> None:
    killed = 0
    for pause in (1, 5):
        before = len(everything(elsewhere, 1)["submissions"])
        pull = subprocess.Popen(
            [sys.executable, "manage.py", *words(full)[:-1], "30"],
            cwd=ROOT,
            env=elsewhere._environment(),
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + 60
        while len(everything(elsewhere, 1)["submissions"]) < before + pause:
            if pull.poll() is not None or time.monotonic() > deadline:
                break
            time.sleep(0.02)
        if pull.poll() is None:
            os.killpg(pull.pid, signal.SIGKILL)
            killed += 1
        pull.wait()
    assert killed
    said = elsewhere.manage(*words(full))
    assert "All counts agree." in said
    assert PASSWORD not in said
    here = everything(elsewhere, 1)
    assert here == everything(full.server, full.project)
    assert len(here["submissions"]) == 11
