"""A project with forms and enumerators on a running server, made by the project's own functions."""

import atexit
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.openrosa_phone import Phone
from tests.server import EMAIL, ROOT, RunningServer

FORM = """<?xml version="1.0" encoding="UTF-8"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
        xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms">
  <h:head><h:title>{title}</h:title><model>
    <instance><data id="{form_id}" version="{version}">
      <ten/><tuoi/><anh/><giay_to/><nguoi jr:template=""><ho_ten/></nguoi>
      <meta><instanceID/><audit/></meta></data></instance>{lists}
    <bind nodeset="/data/ten" type="string"/><bind nodeset="/data/tuoi" type="int"/>
    <bind nodeset="/data/anh" type="binary"/><bind nodeset="/data/giay_to" type="binary"/>
    <bind nodeset="/data/nguoi/ho_ten" type="string"/>
    <bind nodeset="/data/meta/instanceID" type="string" readonly="true()" jr:preload="uid"/>
    <bind nodeset="/data/meta/audit" type="binary"/>
  </model></h:head>
  <h:body>
    <input ref="/data/ten"><label>Tên</label></input>
    <input ref="/data/tuoi"><label>Tuổi</label></input>
    <upload ref="/data/anh" mediatype="image/*"><label>Ảnh</label></upload>
    <upload ref="/data/giay_to" mediatype="image/*"><label>Giấy tờ</label></upload>
    <group ref="/data/nguoi"><label>Người</label><repeat nodeset="/data/nguoi">
      <input ref="/data/nguoi/ho_ten"><label>Họ tên</label></input></repeat></group>
  </h:body>
</h:html>
"""

# One process per server answers all questions: starting Django takes longer than most tests.
CONSOLE = """
import contextlib, io, json, sys, traceback
import django
django.setup()
from django.db import connection
from surveys.collection import people, projects, publishing, publishing_files, quarantine
from surveys.collection.models import *
for line in sys.stdin:
    asked = json.loads(line)
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            exec(asked["code"], {**globals(), "given": asked["given"]})
        error = ""
    except Exception:
        error = traceback.format_exc()
    connection.close()
    print(json.dumps({"out": out.getvalue(), "error": error}), flush=True)
"""

MAKE = """
admin = User.objects.get(email=given["email"]).actor
project = projects.create_project(admin, given["name"], may_repeat_name=True)
forms = {}
for form_id, xform in given["forms"].items():
    files = given["files"].get(form_id, {})
    form = publishing.create_form(admin, project, xform.encode(), publish=not files)
    if files:
        for name, text in files.items():
            publishing_files.attach_to_draft(admin, form, name, io.BytesIO(text.encode()))
        publishing.publish_draft(admin, form)
    forms[form_id] = form
tokens = {}
for name, assigned in given["users"].items():
    user = people.create_app_user(admin, project, name)
    for form_id in assigned:
        people.assign_form(admin, forms[form_id], user)
    tokens[name] = user.token
print(json.dumps({"project": project.pk, "tokens": tokens}))
"""

STORED = """
rows = []
for s in Submission.objects.filter(form__project_id=given["project"]).order_by("id"):
    version = s.versions.get(is_current=True)
    rows.append({
        "id": s.pk, "instance_id": s.instance_id, "state": s.state, "review": s.review_state,
        "sha256": version.sha256, "versions": s.versions.count(), "device": s.device_id,
        "agent": version.user_agent,
        "files": {a.name: a.blob_id for a in version.attachments.all()},
        "unexpected": [a.name for a in version.attachments.all() if not a.is_expected],
        "records": [[r.table, r.ordinal, r.parent_ordinal, r.values]
                    for r in s.records.order_by("table", "ordinal")],
    })
print(json.dumps(rows))
"""

QUARANTINE = """
print(json.dumps([
    {"reason": q.reason, "instance_id": q.instance_id, "files": [f["name"] for f in q.files],
     "size": len(q.xml), "details": q.details}
    for q in quarantine.listing(given["project"]).order_by("id")]))
"""


_consoles: dict[Path, subprocess.Popen[str]] = {}


def run_python(server: RunningServer, code: str, **given: Any) -> Any:
    """Run code on the server's database, beside the server; what it prints is JSON."""
    console = _consoles.get(server.home)
    if console is None:
        environment = server._environment()
        environment.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        console = _consoles[server.home] = subprocess.Popen(
            [sys.executable, "-c", CONSOLE],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        atexit.register(_end, console)
    assert console.stdin is not None
    assert console.stdout is not None
    console.stdin.write(json.dumps({"code": code, "given": given}) + "\n")
    console.stdin.flush()
    answer = json.loads(console.stdout.readline())
    assert not answer["error"], answer["error"]
    return json.loads(answer["out"]) if answer["out"].strip() else None


def _end(console: subprocess.Popen[str]) -> None:
    console.communicate()


def form(form_id: str = "nhanh", version: str = "1", title: str = "Phiếu nhanh") -> str:
    return FORM.format(form_id=form_id, version=version, title=title, lists="")


def form_with_list(form_id: str, name: str) -> str:
    source = f'<instance id="{name.split(".", maxsplit=1)[0]}" src="jr://file-csv/{name}"/>'
    return FORM.format(form_id=form_id, version="1", title="Có danh sách", lists=source)


@dataclass
class World:
    server: RunningServer
    project: int
    tokens: dict[str, str]

    def url(self, name: str = "Lan") -> str:
        return f"{self.server.base}/v1/key/{self.tokens[name]}/projects/{self.project}"

    def phone(self, name: str = "Lan") -> Phone:
        return Phone(self.url(name))

    def stored(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = run_python(self.server, STORED, project=self.project)
        return found

    def quarantine(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = run_python(self.server, QUARANTINE, project=self.project)
        return found

    def run(self, code: str, **given: Any) -> Any:
        return run_python(self.server, code, project=self.project, **given)


def make_world(
    server: RunningServer,
    name: str,
    *,
    forms: dict[str, str] | None = None,
    files: dict[str, dict[str, str]] | None = None,
    users: dict[str, list[str]] | None = None,
) -> World:
    forms = {"nhanh": form()} if forms is None else forms
    users = {"Lan": list(forms), "Minh": [], "Thu": list(forms)} if users is None else users
    made = run_python(
        server, MAKE, email=EMAIL, name=name, forms=forms, files=files or {}, users=users
    )
    return World(server, made["project"], made["tokens"])
