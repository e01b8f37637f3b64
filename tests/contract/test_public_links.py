"""Public links: one form to fetch and to fill, and nothing else; made and taken away by managers.

L1 `/v1` lists, makes and deletes links as Central does; only who manages the forms may.
L2 the token opens its own form in the path and as `?st=`; no other form, no record, no list.
L3 a paused, expired or revoked link takes nothing and says why; what was sent stays.
L4 many at once are slowed down by address and by link, a resend of one record each is none.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from forms.encryption import with_public_key
from surveys.collection import link_door, public_links, publishing
from surveys.collection.models import (
    AuditEvent,
    Form,
    FormAttachment,
    PublicLink,
    Quarantined,
    Role,
    Submission,
)
from surveys.collection.rights import Forbidden
from tests.cast import Cast, make_user, published, xform
from tests.contract.central_api import Api
from tests.encryptor import own_pair
from tests.openrosa_phone import MULTIPART, body_of, filled

pytestmark = pytest.mark.django_db
KEPT = "3f7a91c2-8f5e-4bd5-9d0e-0c2d6f3f2b11"
OTHER = "4f7a91c2-8f5e-4bd5-9d0e-0c2d6f3f2b11"


@pytest.fixture(autouse=True)
def _nobody_sent_yet() -> Iterator[None]:
    link_door._throttle.buckets.clear()
    yield
    link_door._throttle.buckets.clear()


@pytest.fixture
def form(cast: Cast) -> Form:
    made = published(cast.admin.actor, cast.project, "F")
    published(cast.admin.actor, cast.project, "khac")
    return made


@pytest.fixture
def link(cast: Cast, form: Form) -> PublicLink:
    return public_links.create(cast.alice.actor, form, "Bàn số 1", prefill={"name": "Bàn 1"})


def links(form: Form) -> str:
    return f"projects/{form.project_id}/forms/F/public-links"


def keyed(link: PublicLink, path: str) -> str:
    return f"/v1/key/{link.token}/projects/{link.form.project_id}/{path}"


def send(link: PublicLink, xml: bytes, query: str = "", **headers: Any) -> Any:
    address = keyed(link, "submission") + query
    return Client().post(address, body_of(xml), content_type=MULTIPART, **headers)


def record(form_id: str = "F", instance_id: str = "") -> bytes:
    return filled(form_id, "<name>Lan</name>", instance_id=instance_id).xml


def test_links_are_made_listed_and_deleted_over_v1(cast: Cast, form: Form) -> None:
    api = Api(cast.alice)
    first = api.post(links(form), {"displayName": "Bàn 1"}).json()
    assert (first["type"], first["displayName"], first["once"]) == ("public_link", "Bàn 1", None)
    assert len(first["token"]) == 64
    second = api.post(links(form), {"displayName": "Bàn 2", "once": True}).json()
    assert second["once"] is True
    assert [each["displayName"] for each in api.json(links(form))] == ["Bàn 2", "Bàn 1"]
    assert api.json(f"{links(form)}/{first['id']}") == first
    assert api.get(f"{links(form)}/{first['id'] + 99}").status_code == 404
    extended = api.get(links(form), headers={"X-Extended-Metadata": "true"}).json()
    assert extended[0]["createdBy"]["displayName"] == "Alice"
    # A revoked one stays, without its token, below the living; a deleted one goes.
    assert api.send("DELETE", f"sessions/{second['token']}").status_code == 200
    listed = [(each["displayName"], each["token"]) for each in api.json(links(form))]
    assert listed == [("Bàn 1", first["token"]), ("Bàn 2", None)]
    assert api.send("DELETE", f"{links(form)}/{first['id']}").json() == {"success": True}
    assert [each["displayName"] for each in api.json(links(form))] == ["Bàn 2"]
    assert api.send("DELETE", f"{links(form)}/{first['id']}").status_code == 404
    actions = AuditEvent.objects.filter(action__startswith="public_link").values_list("action")
    assert {each[0] for each in actions} == {
        "public_link.create",
        "public_link.revoke",
        "public_link.delete",
    }


def test_a_link_replaces_no_record_and_leaves_no_edit_waiting(link: PublicLink) -> None:
    assert send(link, record(instance_id=KEPT)).status_code == 201
    for base in (KEPT, "uuid:not-there"):
        said = f"<instanceID>{OTHER}</instanceID><deprecatedID>{base}</deprecatedID>"
        xml = f'<data id="F" version="1"><name>Khác</name><meta>{said}</meta></data>'.encode()
        assert send(link, xml).status_code == 403
        path = keyed(link, "forms/F/submissions")
        assert Client().post(path, xml, content_type="application/xml").status_code == 403
    assert Submission.objects.get().versions.count() == 1
    assert not Quarantined.objects.exists()


def test_a_link_of_another_form_is_not_found_here(cast: Cast, link: PublicLink) -> None:
    other = f"projects/{cast.project.pk}/forms/khac/public-links/{link.pk}"
    assert Api(cast.alice).send("DELETE", other).status_code == 404


def test_only_who_manages_the_forms_makes_and_sees_links(cast: Cast, form: Form) -> None:
    supervisor = make_user("sup", Role.SUPERVISOR, cast.project)
    rated = make_user("rated", Role.MANAGER, cast.project, rated_commune="16228")
    for person in (supervisor, rated, cast.bob):
        api = Api(person)
        assert api.get(links(form)).status_code == 403
        assert api.post(links(form), {"displayName": "x"}).status_code == 403
        with pytest.raises(Forbidden):
            public_links.create(person.actor, form, "x")
    assert Api(None).get(links(form)).status_code == 401
    assert not PublicLink.objects.exists()


@pytest.mark.parametrize(
    ("said", "code"),
    [({}, 400.2), ({"displayName": " "}, 400.23), ({"displayName": "x", "once": "ja"}, 400.2)],
)
def test_a_link_without_a_name_is_refused(
    cast: Cast, form: Form, said: dict[str, Any], code: float
) -> None:
    assert Api(cast.alice).post(links(form), said).json()["code"] == code


def test_only_text_fields_are_filled_in_beforehand(cast: Cast, form: Form) -> None:
    assert [each.name for each in public_links.fields_to_fill(form)] == ["name"]
    for answers in ({"age": "3"}, {"instanceID": "x"}, {"name": "x" * 201}):
        with pytest.raises(public_links.LinkRefused) as refused:
            public_links.create(cast.alice.actor, form, "Bàn", prefill=answers)
        assert refused.value.code == 400.24
    with pytest.raises(public_links.LinkRefused):
        public_links.create(cast.alice.actor, form, "Bàn", expires_at=timezone.now())


def test_what_a_link_sends_carries_it_as_sender(cast: Cast, link: PublicLink) -> None:
    answer = send(link, record())
    assert answer.status_code == 201
    assert "Hôm nay" not in answer.content.decode()  # the progress of phones is nobody's here
    stored = Submission.objects.get()
    assert stored.submitter_id == link.pk
    assert stored.records.get(table="").values["name"] == "Lan"
    said = Api(cast.alice).json(f"projects/{cast.project.pk}/forms/F/submissions")
    assert said[0]["submitterId"] == link.pk


def test_the_token_fetches_and_fills_its_form_in_the_path_and_in_the_query(
    cast: Cast, link: PublicLink
) -> None:
    client, project = Client(), f"/v1/projects/{cast.project.pk}"
    paths = [
        keyed(link, "formList"),
        keyed(link, "forms/F.xml"),
        keyed(link, "forms/F/manifest"),
        f"{project}/formList?st={link.token}",
        f"{project}/forms/F.xml?st={link.token}",
        f"{project}/forms/F/manifest?st={link.token}",
    ]
    assert {client.get(path).status_code for path in paths} == {200}
    assert client.get(keyed(link, "formList")).content.decode().count("<xform>") == 1
    assert client.head(keyed(link, "submission")).status_code == 204
    for address in (keyed(link, "forms/F/submissions"), f"{project}/forms/F/submissions"):
        query = "" if "/key/" in address else f"?st={link.token}"
        sent = client.post(address + query, record(), content_type="application/xml")
        assert (sent.status_code, sent.json()["submitterId"]) == (200, link.pk)


def test_the_token_opens_nothing_else(cast: Cast, link: PublicLink) -> None:
    client = Client()
    assert client.get(keyed(link, "forms/khac.xml")).status_code == 403
    assert send(link, record("khac")).status_code == 403
    other = keyed(link, "forms/khac/submissions")
    assert client.post(other, record("khac"), content_type="text/xml").status_code == 403
    assert client.get(keyed(link, "forms/F/submissions")).status_code == 403
    assert client.get(keyed(link, "datasets/sampled_hh/integrity?id=x")).status_code == 403
    for path in ("forms/F/submissions/uuid:1", "forms/F.svc", "app-users", "quarantine"):
        assert client.get(keyed(link, path)).status_code in {403, 404}
    elsewhere = f"/v1/key/{link.token}/projects/{cast.other.pk}/formList"
    assert client.get(elsewhere).status_code == 403
    assert not Submission.objects.exists()


def test_no_entity_list_goes_out_through_a_link(link: PublicLink) -> None:
    assert link.form.current is not None
    FormAttachment.objects.create(
        form_version=link.form.current, name="sampled_hh.csv", entity_list="sampled_hh"
    )
    client = Client()
    assert b"sampled_hh" not in client.get(keyed(link, "forms/F/manifest")).content
    assert client.get(keyed(link, "forms/F/attachments/sampled_hh.csv")).status_code == 404


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"paused_at": timezone.now()}, "tạm dừng"),
        ({"expires_at": timezone.now() - timedelta(days=1)}, "hết hạn"),
        ({"token": None}, "không còn"),
    ],
)
def test_a_link_that_is_not_in_use_takes_nothing_and_says_why(
    link: PublicLink, change: dict[str, Any], code: str
) -> None:
    PublicLink.objects.filter(pk=link.pk).update(**change)
    for answer in (
        send(link, record()),
        Client().get(keyed(link, "formList")),
        Client().get(f"/f/{link.token}/"),
    ):
        assert answer.status_code == 403
        assert code in answer.content.decode()
    assert not Submission.objects.exists()


def test_pausing_is_undone_and_each_change_is_noted_once(cast: Cast, link: PublicLink) -> None:
    for _ in range(2):
        public_links.pause(cast.alice.actor, link)
    assert send(link, record()).status_code == 403
    public_links.resume(cast.alice.actor, link)
    assert send(link, record()).status_code == 201
    noted = AuditEvent.objects.filter(details__link=link.pk).order_by("id")
    assert [each.action for each in noted] == [
        "public_link.create",
        "public_link.pause",
        "public_link.resume",
    ]


def test_one_address_that_sends_without_end_is_slowed_down_alone(
    link: PublicLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_door, "MOST_FROM_ADDRESS", 3)
    found = [send(link, record(), REMOTE_ADDR="10.0.0.1").status_code for _ in range(5)]
    assert found == [201, 201, 201, 429, 429]
    assert send(link, record(), REMOTE_ADDR="10.0.0.2").status_code == 201


def test_a_link_that_brings_too_much_from_everywhere_is_slowed_down(
    link: PublicLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_door, "MOST_OF_LINK", 3)
    found = [send(link, record(), REMOTE_ADDR=f"10.0.0.{n}") for n in range(5)]
    assert [each.status_code for each in found] == [201, 201, 201, 429, 429]
    assert int(found[-1]["Retry-After"]) > 0
    assert "Câu trả lời vẫn còn" in found[-1].content.decode()


def test_a_stranger_sends_no_video_and_fills_no_quarantine(cast: Cast, link: PublicLink) -> None:
    huge = Client().post(
        keyed(link, "submission"), b"", content_type=MULTIPART, CONTENT_LENGTH=str(40_000_000)
    )
    assert huge.status_code == 413
    assert send(link, b"<no").status_code == 400
    cut = Client().post(keyed(link, "submission"), body_of(record())[:-9], content_type=MULTIPART)
    assert cut.status_code == 400
    assert Api(cast.alice).json(f"projects/{cast.project.pk}/quarantine") == []


def test_one_record_each_means_one_a_browser_and_its_resend_is_a_success(
    cast: Cast, form: Form
) -> None:
    once = public_links.create(cast.alice.actor, form, "Một lần", once=True)
    xml = record()
    assert send(once, xml, "?deviceID=web:a").status_code == 201
    assert send(once, xml, "?deviceID=web:a").status_code == 201
    second = send(once, record(), "?deviceID=web:a")
    assert (second.status_code, "một lần" in second.content.decode()) == (409, True)
    assert send(once, record(), "?deviceID=web:b").status_code == 201
    assert Submission.objects.count() == 2


def test_a_form_that_is_closed_or_deleted_shows_no_page(cast: Cast, link: PublicLink) -> None:
    page = f"/f/{link.token}/"
    assert Client().get(page).status_code == 200
    Form.objects.filter(pk=link.form_id).update(state=Form.State.CLOSED)
    assert Client().get(page).status_code == 403
    Form.objects.filter(pk=link.form_id).update(deleted_at=timezone.now())
    assert Client().get(page).status_code == 403


def test_the_page_runs_under_a_strict_policy_and_is_kept_by_no_cache(link: PublicLink) -> None:
    answer = Client().get(f"/f/{link.token}/?d[name]=</script>")
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self' 'wasm-unsafe-eval';" in policy
    assert "unsafe-inline" not in policy.replace("style-src 'self' 'unsafe-inline'", "")
    assert "http" not in policy
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"  # the token stays with us


def test_a_new_version_is_what_the_link_opens(cast: Cast, link: PublicLink) -> None:
    api, base = Api(cast.alice), f"projects/{cast.project.pk}/forms/F"
    api.post(f"{base}/draft", xform("F", "2"))
    assert api.post(f"{base}/draft/publish").status_code == 200
    assert b'version="2"' in Client().get(keyed(link, "forms/F.xml")).content


def test_the_receipt_number_that_a_citizen_kept_finds_the_record(
    cast: Cast, link: PublicLink
) -> None:
    for instance_id in (KEPT, OTHER):
        assert send(link, record(instance_id=f"uuid:{instance_id}")).status_code == 201
    client = Client()
    client.force_login(cast.alice)
    page = client.get(f"/forms/{link.form_id}/submissions/?q=3F7A91C2").content.decode()
    assert KEPT in page
    assert OTHER not in page


def test_no_browser_fills_an_encrypted_form(cast: Cast, form: Form, link: PublicLink) -> None:
    draft = with_public_key(xform("F", "2"), own_pair()[0])
    publishing.set_draft(cast.admin.actor, form, draft)
    form.refresh_from_db()
    publishing.publish_draft(cast.admin.actor, form)
    form.refresh_from_db()
    with pytest.raises(public_links.LinkRefused) as refused:
        public_links.create(cast.alice.actor, form, "Bàn 2")
    assert refused.value.code == 409.42
    staff = Client()
    staff.force_login(cast.alice)
    assert "ODK Collect" in Client().get(f"/f/{link.token}/").content.decode()
    assert staff.get(f"/forms/{form.pk}/fill/").status_code == 302  # said on the page before
