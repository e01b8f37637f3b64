"""Forms that make and change entities, and what phones send with them."""

import uuid
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from surveys.collection.models import Project
from tests.cast import Cast
from tests.contract.central_api import Api

ENTITIES = "http://www.opendatakit.org/xforms/entities"


def new_uuid() -> str:
    return str(uuid.uuid4())


def entity_form(
    form_id: str = "E",
    version: str = "1",
    *,
    spec: str = "2024.1.0",
    dataset: str = "people",
    actions: str = 'create="" update="" baseVersion="" trunkVersion="" branchId=""',
    savetos: tuple[str, ...] = ("full_name", "phone"),
    reads: str = "people.csv",
) -> bytes:
    """A form with one entity block; `savetos` are questions and properties at once."""
    questions = "".join(f"<{name}/>" for name in savetos)
    binds = "".join(
        f'<bind nodeset="/data/{name}" type="string" entities:saveto="{name}"/>' for name in savetos
    )
    source = f'<instance id="list" src="jr://file-csv/{reads}"/>' if reads else ""
    inputs = "".join(f'<input ref="/data/{name}"><label>{name}</label></input>' for name in savetos)
    return f"""<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
        xmlns:jr="http://openrosa.org/javarosa" xmlns:entities="{ENTITIES}">
  <h:head><h:title>Người</h:title><model entities:entities-version="{spec}">
    <instance><data id="{form_id}" version="{version}">{questions}
      <meta><instanceID/><entity dataset="{dataset}" id="" {actions}><label/></entity></meta>
    </data></instance>{source}{binds}
    <bind nodeset="/data/meta/instanceID" type="string" jr:preload="uid"/>
    <bind nodeset="/data/meta/entity/@id" type="string"/>
  </model></h:head>
  <h:body>{inputs}</h:body>
</h:html>""".encode()


REPEAT_FORM = f"""<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
        xmlns:jr="http://openrosa.org/javarosa" xmlns:entities="{ENTITIES}">
  <h:head><h:title>Vườn</h:title><model entities:entities-version="2025.1.0">
    <instance><data id="R" version="1"><ten_vuon/>
      <cay jr:template=""><loai/>
        <meta><entity dataset="trees" id="" create="1"><label/></entity></meta></cay>
      <meta><instanceID/>
        <entity dataset="gardens" id="" create="1"><label/></entity></meta>
    </data></instance>
    <bind nodeset="/data/ten_vuon" type="string" entities:saveto="name_vi"/>
    <bind nodeset="/data/cay/loai" type="string" entities:saveto="species"/>
    <bind nodeset="/data/meta/instanceID" type="string" jr:preload="uid"/>
  </model></h:head>
  <h:body><input ref="/data/ten_vuon"><label>Vườn</label></input>
    <group ref="/data/cay"><label>Cây</label><repeat nodeset="/data/cay">
      <input ref="/data/cay/loai"><label>Loài</label></input></repeat></group></h:body>
</h:html>""".encode()


@dataclass(frozen=True)
class Sent:
    """A filled form E and what it does to an entity."""

    entity_id: str
    action: str = 'create="1"'
    label: str | None = None
    answers: dict[str, str] = field(default_factory=dict)
    instance_id: str = ""
    deprecated_id: str = ""
    dataset: str = "people"
    form_id: str = "E"
    version: str = "1"

    @property
    def iid(self) -> str:
        return self.instance_id or f"uuid:of-{self.entity_id}-{hash((self.action, self.label))}"

    @property
    def xml(self) -> bytes:
        answers = "".join(f"<{k}>{escape(v)}</{k}>" for k, v in self.answers.items())
        label = "" if self.label is None else f"<label>{escape(self.label)}</label>"
        edit = f"<deprecatedID>{self.deprecated_id}</deprecatedID>" if self.deprecated_id else ""
        return (
            f"<data id={quoteattr(self.form_id)} version={quoteattr(self.version)}>{answers}"
            f"<meta><instanceID>{escape(self.iid)}</instanceID>{edit}"
            f"<entity dataset={quoteattr(self.dataset)} id={quoteattr(self.entity_id)}"
            f" {self.action}>{label}</entity></meta></data>"
        ).encode()


def creation(entity_id: str, label: str = "Lan", **answers: str) -> Sent:
    return Sent(entity_id, label=label, answers=answers, instance_id=f"uuid:{new_uuid()}")


def update(
    entity_id: str,
    base: int | str = 1,
    *,
    branch: str = "",
    trunk: int | str = "",
    label: str | None = None,
    **answers: str,
) -> Sent:
    action = f'update="1" baseVersion="{base}" branchId="{branch}" trunkVersion="{trunk}"'
    return Sent(entity_id, action, label, answers, f"uuid:{new_uuid()}")


class Office:
    """A manager of a project with entity lists, over `/v1`."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.api = Api(cast.alice)
        self.project: Project = cast.project
        self.p = f"projects/{cast.project.pk}"
        self.d = f"{self.p}/datasets/people"

    def publish(self, xml: bytes) -> None:
        made = self.api.post(f"{self.p}/forms?publish=true&ignoreWarnings=true", xml)
        assert made.status_code == 200, made.content

    def with_form(self, **more: Any) -> "Office":
        self.publish(entity_form(**more))
        return self

    def send(self, sent: Sent) -> Sent:
        answer = self.api.post(f"{self.p}/forms/{sent.form_id}/submissions", sent.xml)
        assert answer.status_code == 200, answer.content
        return sent

    def add(self, label: str = "Lan", **data: str) -> str:
        made = self.api.post(f"{self.d}/entities", {"label": label, "data": data})
        assert made.status_code == 200, made.content
        return str(made.json()["uuid"])

    def entity(self, uuid: str) -> Any:
        return self.api.json(f"{self.d}/entities/{uuid}")

    def current(self, uuid: str) -> Any:
        return self.entity(uuid)["currentVersion"]

    def versions(self, uuid: str) -> Any:
        return self.api.json(f"{self.d}/entities/{uuid}/versions")

    def errors(self, sent: Sent) -> list[Any]:
        audits = self.api.json(f"{self.p}/forms/{sent.form_id}/submissions/{sent.iid}/audits")
        return [each for each in audits if each["action"] == "entity.error"]

    def actions(self, sent: Sent) -> list[str]:
        audits = self.api.json(f"{self.p}/forms/{sent.form_id}/submissions/{sent.iid}/audits")
        return [each["action"] for each in reversed(audits)]
