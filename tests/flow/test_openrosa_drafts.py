"""A draft on trial: its link fills it, apart from real records, until it is published."""

from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from tests.openrosa_phone import Phone, filled
from tests.openrosa_world import World, form

LIST = "{http://openrosa.org/xforms/xformsList}"

MAKE_DRAFT = """
form = Form.objects.get(project_id=given["project"], xml_form_id="nhanh")
publishing.set_draft(Actor.objects.filter(user__isnull=False).first(), form,
                     given["xform"].encode())
form.refresh_from_db()
print(json.dumps(form.draft.draft_token))
"""
PUBLISH = """
form = Form.objects.get(project_id=given["project"], xml_form_id="nhanh")
publishing.publish_draft(Actor.objects.filter(user__isnull=False).first(), form)
"""


@pytest.fixture
def draft(world: World) -> Callable[[str], Phone]:
    token = world.run(MAKE_DRAFT, xform=form(version="2"))
    root = f"{world.server.base}/v1/test"

    def with_token(change: str = "") -> Phone:
        return Phone(f"{root}/{change or token}/projects/{world.project}/forms/nhanh/draft")

    return with_token


def test_the_draft_is_listed_and_downloaded_by_its_link(draft: Callable[[str], Phone]) -> None:
    phone = draft("")
    reply = phone.request("GET", "/formList")
    assert reply.status == 200
    (entry,) = ElementTree.fromstring(reply.body)
    assert entry.findtext(f"{LIST}version") == "2"
    xform = phone.request("GET", entry.findtext(f"{LIST}downloadUrl") or "")
    assert b'version="2"' in xform.body
    assert phone.request("GET", "/manifest").status == 200
    assert phone.request("HEAD", "/submission").status == 204


def test_a_trial_is_stored_apart_from_real_records(
    world: World, draft: Callable[[str], Phone]
) -> None:
    sent = filled(version="2")
    assert draft("").send(sent.xml, {"a.jpg": b"anh"}).status == 201
    assert draft("").send(sent.xml).status == 201
    assert world.phone().send(sent.xml.replace(b'"2"', b'"1"')).status == 201
    rows = world.run(
        "print(json.dumps(sorted(Submission.objects.filter(form__project_id=given['project'])"
        ".values_list('is_draft', 'state'))))"
    )
    assert rows == [[False, "derived"], [True, "derived"]]


def test_what_does_not_fit_the_draft_is_refused_at_once(
    world: World, draft: Callable[[str], Phone]
) -> None:
    phone = draft("")
    assert phone.send(filled("other").xml).status == 400
    assert phone.send(b"<test").status == 400
    assert phone.send(filled(edit_of="uuid:nowhere").xml).status == 409
    assert world.quarantine() == []


def test_a_wrong_or_old_link_is_explained(world: World, draft: Callable[[str], Phone]) -> None:
    world.run(PUBLISH)
    for phone in (draft(""), draft("x" * 64)):
        for method, path in (("GET", "/formList"), ("GET", ".xml"), ("HEAD", "/submission")):
            reply = phone.request(method, path)
            assert reply.status == 404
        reply = phone.send(filled(version="2").xml)
        assert reply.status == 404
        assert "Mã thử nghiệm" in reply.message
