"""Records on pages: answers are inert, files are safe, personal answers are hidden."""

import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from surveys.collection.models import AuditEvent, Submission, User
from tests.page_world import HOSTILE, World

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def pages(world: World) -> Iterator[str]:
    form, submission, found = world.form.pk, world.submission.pk, world.round.pk
    yield reverse("submissions", args=[form])
    yield reverse("record", args=[form, submission])
    yield reverse("quarantine", args=[world.cast.project.pk])
    yield reverse("quarantined", args=[world.cast.project.pk, world.kept.pk])
    yield reverse("cases", args=[found])
    yield reverse("case", args=[found, world.case.pk])
    yield reverse("home")


def test_what_a_respondent_wrote_is_inert_on_every_page(world: World) -> None:
    client = signed_in(world.cast.admin)
    for path in pages(world):
        page = client.get(path).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    record = client.get(reverse("record", args=[world.form.pk, world.submission.pk]))
    assert record.content.decode().count("&lt;script&gt;alert(1)&lt;/script&gt;${7*7}") >= 3


def test_a_search_text_is_inert_too(world: World) -> None:
    path = reverse("submissions", args=[world.form.pk])
    page = signed_in(world.cast.alice).get(path, {"q": HOSTILE, "review": HOSTILE}).content.decode()
    assert "<script>alert" not in page


def test_reviewers_read_personal_answers_and_others_read_that_something_was_answered(
    world: World,
) -> None:
    path = reverse("record", args=[world.form.pk, world.submission.pk])
    assert "có trả lời, được che" not in signed_in(world.supervisor).get(path).content.decode()
    page = signed_in(world.analyst).get(path).content.decode()
    assert "có trả lời, được che" in page
    assert "alert(1)" not in page.partition("<h2>")[2]
    assert ">34<" in page.replace("\n", "").replace("dd> ", "dd>")


def test_why_a_record_is_unreadable_is_said_to_those_who_may_read_it(world: World) -> None:
    """A parser's word quotes what it stumbles over."""
    Submission.objects.filter(pk=world.submission.pk).update(
        state=Submission.State.QUARANTINED, problem="near “số của bà Lan”"
    )
    path = reverse("record", args=[world.form.pk, world.submission.pk])
    for user, shown in ((world.supervisor, True), (world.analyst, False)):
        page = signed_in(user).get(path).content.decode()
        assert "không đọc được câu trả lời" in page
        assert ("số của bà Lan" in page) == shown


def test_what_programs_write_into_an_edit_is_no_answer(world: World) -> None:
    record = world.submission.records.get(table="")
    record.values |= {"?meta/deprecatedID": "uuid:before", "?la_lung": "gì đó"}
    record.save()
    path = reverse("record", args=[world.form.pk, world.submission.pk])
    page = signed_in(world.supervisor).get(path).content.decode()
    assert "gì đó" in page
    assert "deprecatedID" not in page


def test_a_photo_is_shown_in_place_and_anything_else_is_a_download(world: World) -> None:
    client = signed_in(world.cast.alice)

    def fetch(attachment_id: int) -> dict[str, str]:
        arguments = [world.form.pk, world.submission.pk, attachment_id]
        answer = client.get(reverse("attachment", args=arguments))
        answer.getvalue()
        return dict(answer.headers)

    photo = fetch(world.photo.pk)
    assert photo["Content-Type"] == "image/png"
    assert photo["Content-Disposition"].startswith("inline")
    assert photo["X-Content-Type-Options"] == "nosniff"
    svg = fetch(world.photo.version.attachments.get(name="a.svg").pk)
    assert svg["Content-Type"] == "application/octet-stream"
    assert svg["Content-Disposition"].startswith("attachment")
    assert "sandbox" in svg["Content-Security-Policy"]


def test_the_raw_xml_is_the_stored_bytes(world: World) -> None:
    arguments = [world.form.pk, world.submission.pk, world.photo.version_id]
    answer = signed_in(world.cast.alice).get(reverse("raw_xml", args=arguments))
    assert answer.content == bytes(world.photo.version.xml)
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_supervisor_of_another_commune_lists_only_its_own_submissions(world: World) -> None:
    path = reverse("submissions", args=[world.form.pk])
    page = signed_in(world.elsewhere).get(path).content.decode()
    assert reverse("record", args=[world.form.pk, world.submission.pk]) not in page
    assert "Chưa có phiếu nào" in page


def test_filters_narrow_the_list_and_wrong_ones_are_said(world: World) -> None:
    client, path = signed_in(world.cast.alice), reverse("submissions", args=[world.form.pk])

    def rows(**filters: str) -> int:
        return client.get(path, filters).content.decode().count('<th scope="row">')

    village = world.case.household.village_id
    everything = rows()
    assert everything == 4
    assert rows(village=str(village)) == 2
    assert rows(enumerator=str(world.phone.pk)) == 4
    assert rows(review="none") == 4
    assert rows(review="approved") == 0
    assert rows(q="uuid:16228-hh-1") == 1
    assert rows(until="2000-01-01") == 0
    assert "không đọc được" in client.get(path, {"since": "hôm qua"}).content.decode()
    for after in ("x", "AAAA", "W10=", "e30="):
        assert rows(after=after) == everything


def test_a_long_list_is_paged_by_key_without_gaps_and_without_a_query_a_row(
    world: World,
) -> None:
    world.form.submissions.update(deleted_at="2026-01-01T00:00:00Z")
    Submission.objects.bulk_create(
        Submission(form=world.form, instance_id=f"uuid:{n}", submitter=world.phone.actor)
        for n in range(120)
    )
    client, path = signed_in(world.cast.alice), reverse("submissions", args=[world.form.pk])
    seen: list[str] = []
    cursor = ""
    for size in (50, 50, 20):
        with CaptureQueriesContext(connection) as queries:
            page = client.get(path, {"after": cursor}).content.decode()
        assert len(queries) < 30
        found = re.findall(rf'href="{path}(\d+)/"', page)
        assert len(found) == size
        seen += found
        cursor = (re.findall(r'href="\?after=(\d+)"', page) or [""])[-1]
    assert len(set(seen)) == 120
    assert cursor == ""


def test_a_judgement_and_a_comment_are_stored_with_their_audit(world: World) -> None:
    path = reverse("judge", args=[world.form.pk, world.submission.pk])
    entry = {"state": "approved", "comment": "Đã gọi lại, đúng."}
    assert signed_in(world.supervisor).post(path, entry).status_code == 302
    world.submission.refresh_from_db()
    assert world.submission.review_state == "approved"
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"submission.review", "submission.comment"} <= actions


@pytest.mark.parametrize("name", ["analyst", "viewer", "rated", "elsewhere"])
def test_who_may_not_review_changes_nothing(world: World, name: str) -> None:
    path = reverse("judge", args=[world.form.pk, world.submission.pk])
    answer = signed_in(getattr(world, name)).post(path, {"state": "rejected"})
    assert answer.status_code == 403
    world.submission.refresh_from_db()
    assert world.submission.review_state is None
