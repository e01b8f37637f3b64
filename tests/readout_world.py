"""A form with groups, selects, a point and nested repeats, and submissions of it, in process."""

from surveys.collection import intake
from surveys.collection.arrival import Arrival, FileArrived, Receipt
from surveys.collection.models import Actor, Form, Project, Submission
from surveys.collection.publishing import create_form, publish_draft, set_draft
from surveys.fieldwork import pipeline

HEAD = """<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
        xmlns:jr="http://openrosa.org/javarosa">
  <h:head><h:title>Hộ</h:title><model>"""
MODEL = """
    <instance><data id="{form_id}" version="{version}">
      <name/><age/><height/><born/><at/><place/><way/><field/><channels/><photo/>{more}
      <home><roof/><water/></home>
      <children><child jr:template=""><given/><years/>
        <toys><toy jr:template=""><what/></toy></toys></child></children>
      <meta><instanceID/><instanceName/><audit/></meta></data></instance>
    <bind nodeset="/data/name" type="string"/><bind nodeset="/data/age" type="{age}"/>
    <bind nodeset="/data/height" type="decimal"/><bind nodeset="/data/born" type="date"/>
    <bind nodeset="/data/at" type="dateTime"/><bind nodeset="/data/place" type="geopoint"/>
    <bind nodeset="/data/way" type="geotrace"/><bind nodeset="/data/field" type="geoshape"/>
    <bind nodeset="/data/channels" type="string"/><bind nodeset="/data/photo" type="binary"/>
    <bind nodeset="/data/home/roof" type="string"/><bind nodeset="/data/home/water" type="int"/>
    <bind nodeset="/data/children/child/years" type="int"/>
    <bind nodeset="/data/meta/instanceID" type="string" jr:preload="uid"/>
    <bind nodeset="/data/meta/audit" type="binary"/>{submission}
  </model></h:head>"""
BODY = """<h:body>
    <input ref="/data/name"><label>Tên</label></input>
    <input ref="/data/age"><label>Tuổi</label></input>
    <input ref="/data/place"><label>Nơi</label></input>
    <select ref="/data/channels"><label>Kênh</label>{choices}</select>
    <upload ref="/data/photo" mediatype="image/*"><label>Ảnh</label></upload>
    <group ref="/data/home"><label>Nhà</label>
      <select1 ref="/data/home/roof"><label>Mái</label>
        <item><label>Ngói</label><value>tile</value></item>
        <item><label>Tôn</label><value>tin</value></item></select1>
      <input ref="/data/home/water"><label>Nước</label></input></group>
    <group ref="/data/children"><label>Con</label>
      <group ref="/data/children/child"><label>Con</label>
      <repeat nodeset="/data/children/child">
        <input ref="/data/children/child/given"><label>Tên con</label></input>
        <input ref="/data/children/child/years"><label>Tuổi con</label></input>
        <group ref="/data/children/child/toys"><group ref="/data/children/child/toys/toy">
          <repeat nodeset="/data/children/child/toys/toy">
            <input ref="/data/children/child/toys/toy/what"><label>Gì</label></input>
        </repeat></group></group></repeat></group></group>
  </h:body>
</h:html>"""


def household_form(
    version: str = "1",
    *,
    form_id: str = "H",
    choices: tuple[str, ...] = ("office", "online"),
    more: str = "",
    age: str = "int",
    submission: str = "",
) -> bytes:
    items = "".join(
        f"<item><label>{name.title()}</label><value>{name}</value></item>" for name in choices
    )
    model = MODEL.format(
        form_id=form_id, version=version, more=more, age=age, submission=submission
    )
    return (HEAD + model + BODY.format(choices=items)).encode()


def child(given: str, years: int | str = "", toys: tuple[str, ...] = ()) -> str:
    inner = "".join(f"<toy><what>{toy}</what></toy>" for toy in toys)
    return f"<child><given>{given}</given><years>{years}</years><toys>{inner}</toys></child>"


def household(
    instance_id: str, answers: str = "", children: str = "", *, version: str = "1", meta: str = ""
) -> bytes:
    return (
        f'<data id="H" version="{version}">{answers}<children>{children}</children>'
        f"<meta><instanceID>{instance_id}</instanceID>{meta}</meta></data>"
    ).encode()


def publish(actor: Actor, project: Project, xform: bytes | None = None) -> Form:
    return create_form(actor, project, xform or household_form(), publish=True)


def publish_next(actor: Actor, form: Form, xform: bytes) -> None:
    set_draft(actor, form, xform)
    form.refresh_from_db()
    publish_draft(actor, form)
    form.refresh_from_db()


def send(
    project: Project,
    xml: bytes,
    *,
    files: tuple[FileArrived, ...] = (),
    actor: Actor | None = None,
    device: str | None = None,
) -> Submission:
    """A submission with its records, as the intake and the pipeline make them."""
    receipt: Receipt = intake.receive(
        Arrival(
            project_id=project.pk,
            actor_id=actor.pk if actor is not None else None,
            xml=xml,
            files=files,
            device_id=device,
            via="central",
        )
    )
    assert receipt.submission_id is not None, receipt
    pipeline.derive(receipt.submission_id)
    return Submission.objects.get(pk=receipt.submission_id)
