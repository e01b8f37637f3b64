"""The people and forms of tests: Alice may, Bob is of another project, Charlie is nobody."""

from dataclasses import dataclass
from functools import cache
from io import BytesIO

from openpyxl import Workbook

from surveys.collection import people, projects
from surveys.collection.models import Actor, Form, Project, Role, User
from surveys.collection.publishing import create_form

PASSWORD = "một mật khẩu đủ dài"


@dataclass(frozen=True, slots=True)
class Cast:
    """Two projects; Alice manages the first, Bob the second; an administrator over both."""

    admin: User
    alice: User
    bob: User
    project: Project
    other: Project


def make_cast() -> Cast:
    system = people.system_actor()
    people.create_administrator("admin@example.vn", PASSWORD)
    project = projects.create_project(system, "Khảo sát Như Thanh")
    other = projects.create_project(system, "Dự án khác")
    return Cast(
        admin=User.objects.get(email="admin@example.vn"),
        alice=make_user("alice", Role.MANAGER, project),
        bob=make_user("bob", Role.MANAGER, other),
        project=project,
        other=other,
    )


def make_user(
    name: str,
    role: Role,
    project: Project | None,
    *,
    communes: tuple[str, ...] = (),
    rated_commune: str = "",
) -> User:
    return people.create_user(
        people.system_actor(),
        f"{name}@example.vn",
        PASSWORD,
        name.title(),
        role,
        project=project,
        communes=communes,
        rated_commune=rated_commune,
    )


def xform(form_id: str = "F", version: str = "1", *, body: str = "", title: str = "Phiếu") -> bytes:
    """A small form: a name, a photo, and whatever `body` adds to the model."""
    return f"""<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
        xmlns:jr="http://openrosa.org/javarosa">
  <h:head><h:title>{title}</h:title><model>
    <instance><data id="{form_id}" version="{version}">
      <name/><age/><photo/><meta><instanceID/></meta></data></instance>{body}
    <bind nodeset="/data/name" type="string"/>
    <bind nodeset="/data/age" type="int"/>
    <bind nodeset="/data/photo" type="binary"/>
    <bind nodeset="/data/meta/instanceID" type="string" jr:preload="uid"/>
  </model></h:head>
  <h:body><input ref="/data/name"><label>Tên</label></input>
    <input ref="/data/age"><label>Tuổi</label></input>
    <upload ref="/data/photo" mediatype="image/*"><label>Ảnh</label></upload></h:body>
</h:html>""".encode()


def with_file(name: str) -> str:
    """A piece for `xform(body=…)` that makes the form expect a CSV file."""
    return f'<instance id="{name.partition(".")[0]}" src="jr://file-csv/{name}"/>'


def filled(
    form_id: str = "F", instance_id: str = "uuid:1", *, version: str = "1", answers: str = ""
) -> bytes:
    answers = answers or "<name>Lan</name><age>34</age>"
    return (
        f'<data id="{form_id}" version="{version}">{answers}'
        f"<meta><instanceID>{instance_id}</instanceID></meta></data>"
    ).encode()


@cache
def workbook(version: str = "3", *, kind: str = "text") -> bytes:
    """A small XLSForm; the same bytes for the same arguments."""
    book = Workbook()
    survey = book.active
    assert survey is not None
    survey.title = "survey"
    survey.append(["type", "name", "label::Tiếng Việt (vi)"])
    survey.append([kind, "ten", "Tên"])
    settings = book.create_sheet("settings")
    settings.append(["form_id", "form_title", "version"])
    settings.append(["small", "Phiếu nhỏ", version])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def published(
    actor: Actor, project: Project, form_id: str = "F", *, rates_authority: bool = False
) -> Form:
    return create_form(
        actor, project, xform(form_id), publish=True, rates_authority=rates_authority
    )
