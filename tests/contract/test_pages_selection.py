"""The list of submissions: what a search finds for whom, kept filters, CSV, bulk changes."""

import csv
import io
import re

import pytest
from django.test import Client
from django.urls import reverse

from surveys.collection import answer_text, jobs, privacy_changes, projection
from surveys.collection.models import (
    AnswerText,
    AuditEvent,
    Comment,
    Job,
    Record,
    SavedFilter,
    Submission,
    User,
)
from surveys.fieldwork import bulk
from surveys.fieldwork.models import Assignment
from tests.page_world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(world: World) -> World:
    said = {"name": "Lê Thị Đào, thôn Như Thanh", "age": "34"}
    Record.objects.filter(submission=world.submission, table="").update(values=said)
    answer_text.write(world.form.submissions.values_list("pk", flat=True))
    return world


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def found(user: User, world: World, **asked: str) -> set[int]:
    path = reverse("submissions", args=[world.form.pk])
    page = signed_in(user).get(path, asked).content.decode()
    return {int(pk) for pk in re.findall(rf'href="{path}(\d+)/"', page)}


def change(user: User, world: World, query: str = "", **entries: object) -> str:
    """Press the button of the list, then the one that confirms; returns the last page."""
    client, path = signed_in(user), reverse("bulk_change", args=[world.form.pk])
    asked = client.post(f"{path}?{query}", entries, follow=True)
    count = re.search(r'name="confirmed" value="(\d+)"', asked.content.decode())
    if asked.status_code != 200 or count is None:
        return f"{asked.status_code} {asked.content.decode()}"
    confirmed = {**entries, "confirmed": count[1]}
    return client.post(f"{path}?{query}", confirmed, follow=True).content.decode()


@pytest.mark.parametrize(
    "words", ["nhu thanh", "Như Thanh", "NHU THANH", "dao", '"thon nhu"', "thanh dao", "uuid:16228"]
)
def test_words_are_found_with_and_without_their_marks(world: World, words: str) -> None:
    assert world.submission.pk in found(world.cast.alice, world, q=words)


@pytest.mark.parametrize("words", ["nhu thanh oa", '"thanh thon"', "%", "_", "nhu%thanh"])
def test_what_is_not_there_is_not_found(world: World, words: str) -> None:
    assert found(world.cast.alice, world, q=words) == set()


def test_restricted_answers_are_searched_by_reviewers_of_the_record_alone(world: World) -> None:
    assert found(world.supervisor, world, q="nhu thanh") == {world.submission.pk}
    assert found(world.analyst, world, q="nhu thanh") == set()
    assert world.submission.pk in found(world.analyst, world, q="34")
    assert found(world.analyst, world, question="name", answer="x") == found(world.analyst, world)
    assert found(world.elsewhere, world, q="nhu thanh") == set()


def test_a_stale_text_is_not_searched(world: World) -> None:
    answer_text.mark_stale(world.form)
    assert found(world.supervisor, world, q="nhu thanh") == set()
    answer_text.freshen()
    assert found(world.supervisor, world, q="nhu thanh") == {world.submission.pk}


def test_an_answer_of_a_question_is_found(world: World) -> None:
    Record.objects.filter(submission=world.submission, table="").update(values={"age": "35"})
    assert found(world.analyst, world, question="age", answer="35") == {world.submission.pk}
    assert found(world.analyst, world, question="age", answer="3") == set()


def test_commune_version_and_issue_narrow_the_list(world: World) -> None:
    everything = found(world.cast.alice, world)
    here = found(world.cast.alice, world, commune="16228")
    assert world.submission.pk in here < everything
    assert found(world.cast.alice, world, version="1") == everything
    Submission.objects.filter(pk=world.submission.pk).update(state="quarantined")
    assert found(world.cast.alice, world, issue="unreadable") == {world.submission.pk}
    assert found(world.cast.alice, world, issue="conflict") == {world.submission.pk}
    assert found(world.cast.alice, world, issue="missing_files") == set()


@pytest.mark.parametrize("sort", ["newest", "oldest", "changed", "name"])
def test_every_order_is_paged_without_gaps(world: World, sort: str) -> None:
    Submission.objects.bulk_create(
        Submission(form=world.form, instance_id=f"uuid:{n}", instance_name=f"Hộ {n % 7} ~'\"")
        for n in range(110)
    )
    client, path = signed_in(world.cast.alice), reverse("submissions", args=[world.form.pk])
    seen: list[str] = []
    cursor = ""
    for _page in range(3):
        page = client.get(path, {"sort": sort, "after": cursor}).content.decode()
        seen += re.findall(rf'href="{path}(\d+)/"', page)
        cursor = (re.findall(r'href="\?[^"]*after=([^"&]+)"', page) or [""])[-1]
        cursor = cursor.replace("%3D", "=")
    assert cursor == ""
    assert len(seen) == len(set(seen)) == 114


def test_a_kept_filter_is_its_owner_s_until_it_is_shared(world: World) -> None:
    path = reverse("save_filter", args=[world.form.pk])
    client = signed_in(world.supervisor)
    client.post(f"{path}?q=nhu+thanh&review=none", {"name": "Của tôi"})
    client.post(f"{path}?q=dao", {"name": "Cùng xem", "is_shared": "1"})
    listing = reverse("submissions", args=[world.form.pk])
    mine = client.get(listing).content.decode()
    assert "q=nhu+thanh&amp;review=none" in mine
    assert "Cùng xem" in mine
    others = signed_in(world.analyst).get(listing).content.decode()
    assert "Của tôi" not in others
    assert "Cùng xem" in others
    # what it finds stays each reader's own
    assert found(world.analyst, world, q="dao") == set()
    again = client.post(f"{path}?q=x", {"name": "Cùng xem"}, follow=True).content.decode()
    assert "Hãy đặt tên khác" in again


def test_nobody_shares_or_removes_without_the_right(world: World) -> None:
    path = reverse("save_filter", args=[world.form.pk])
    entry = {"name": "Cùng xem", "is_shared": "1"}
    assert signed_in(world.analyst).post(path, entry).status_code == 403
    signed_in(world.supervisor).post(path, entry)
    kept = SavedFilter.objects.get()
    remove = reverse("remove_filter", args=[world.form.pk, kept.pk])
    assert signed_in(world.analyst).post(remove).status_code == 403
    assert signed_in(world.cast.alice).post(remove).status_code == 302
    assert not SavedFilter.objects.exists()


def test_the_csv_holds_what_is_filtered_and_no_answer_that_the_reader_may_not_see(
    world: World,
) -> None:
    Submission.objects.filter(pk=world.submission.pk).update(instance_name="=1+1")
    path = reverse("submissions_csv", args=[world.form.pk])

    def rows(user: User) -> list[dict[str, str]]:
        answer = signed_in(user).get(path, {"commune": "16228"})
        text = answer.getvalue().decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))

    whole = {row["instanceID"]: row for row in rows(world.supervisor)}
    mine = whole["uuid:16228-hh-1"]
    assert len(whole) == 2
    assert mine["name"] == "Lê Thị Đào, thôn Như Thanh" or mine["name"] == "'=1+1"
    assert mine["age"] == "34"
    assert mine["commune"]
    assert "Đào" in str(mine)
    assert AuditEvent.objects.get(action="form.submission.export").actor == world.supervisor.actor
    assert "Đào" not in str(rows(world.analyst))
    assert [row["age"] for row in rows(world.analyst)] == ["34", "34"]
    assert signed_in(world.rated).get(path).status_code == 403


def test_all_that_match_are_judged_with_an_event_each_and_one_for_the_whole(world: World) -> None:
    page = change(world.supervisor, world, "commune=16228", change="review:approved", which="all")
    assert "Duyệt 2 phiếu" in page
    approved = Submission.objects.filter(review_state="approved")
    assert approved.count() == 2
    assert AuditEvent.objects.filter(action="submission.review").count() == 2
    event = AuditEvent.objects.get(action="submission.bulk")
    assert event.details["done"] == 2


def test_the_question_before_a_change_names_no_record_that_one_may_not_read(world: World) -> None:
    Submission.objects.filter(pk=world.submission.pk).update(instance_name="Bà Đào, Như Thanh")
    path = reverse("bulk_change", args=[world.form.pk])
    entry = {"change": "review:approved", "row": [str(world.submission.pk)]}
    assert "Bà Đào" in signed_in(world.supervisor).post(path, entry).content.decode()
    assert "Bà Đào" not in signed_in(world.elsewhere).post(path, entry).content.decode()
    page = change(world.elsewhere, world, **entry)
    assert "403.1" in page
    assert world.submission.instance_id not in page
    assert Submission.objects.get(pk=world.submission.pk).review_state != "approved"


def test_a_deletion_names_its_number_and_is_taken_back(world: World) -> None:
    rows = [str(world.submission.pk), str(world.form.submissions.order_by("-pk")[0].pk)]
    path = reverse("bulk_change", args=[world.form.pk])
    asked = signed_in(world.cast.alice).post(path, {"change": "delete", "row": rows})
    assert "Xoá 2 phiếu?" in asked.content.decode()
    assert Submission.objects.filter(deleted_at=None).count() == 4
    page = change(world.cast.alice, world, change="delete", row=rows)
    assert Submission.objects.filter(deleted_at=None).count() == 2
    assert "Khôi phục 2 phiếu" in page
    job = Job.objects.get(kind=bulk.KIND)
    undo = reverse("bulk_undo", args=[world.form.pk, job.pk])
    signed_in(world.cast.alice).post(undo)
    assert Submission.objects.filter(deleted_at=None).count() == 4


def test_what_matches_others_than_confirmed_is_asked_again(world: World) -> None:
    path = reverse("bulk_change", args=[world.form.pk])
    entry = {"change": "delete", "which": "all", "confirmed": "3"}
    page = signed_in(world.cast.alice).post(path, entry).content.decode()
    assert "vừa thay đổi" in page
    assert Submission.objects.filter(deleted_at=None).count() == 4


def test_households_of_the_chosen_records_go_to_an_enumerator(world: World) -> None:
    loose = Submission.objects.create(form=world.form, instance_id="uuid:loose")
    rows = [str(world.submission.pk), str(loose.pk)]
    page = change(world.supervisor, world, change="assign", to=str(world.phone.pk), row=rows)
    assert Assignment.objects.get().household == world.case.household
    assert "409.71" in page  # no household stands behind the other


def test_rows_of_another_area_stay_and_are_named(world: World) -> None:
    rows = [str(pk) for pk in world.form.submissions.values_list("pk", flat=True)]
    page = change(world.elsewhere, world, change="review:rejected", row=rows)
    assert not Submission.objects.filter(review_state="rejected").exists()
    assert page.count("403.1") == 4
    change(world.elsewhere, world, change="comment", comment="x", row=rows)
    assert not Comment.objects.exists()


@pytest.mark.parametrize("name", ["analyst", "viewer", "rated"])
def test_who_may_not_change_one_changes_none(world: World, name: str) -> None:
    user = getattr(world, name)
    for what in ("review:approved", "delete", "assign"):
        page = change(user, world, change=what, to="everybody", row=[str(world.submission.pk)])
        assert page.startswith("403") or "403" in page[:3] or "quyền" in page
    assert AuditEvent.objects.filter(action="submission.bulk").count() == 0


def test_a_large_change_is_a_job_that_goes_on_where_a_dead_worker_stopped(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    Submission.objects.bulk_create(
        Submission(form=world.form, instance_id=f"uuid:{n}") for n in range(70)
    )
    change(world.cast.alice, world, change="comment", comment="Đã xem", which="all")
    job = Job.objects.get(kind=bulk.KIND)
    assert job.state == Job.State.QUEUED
    reports = []

    def die(share: float, *_words: str) -> None:
        reports.append(share)
        if len(reports) == 2:
            raise KeyboardInterrupt

    claimed = jobs.claim(Job.Lane.SHORT)
    assert claimed is not None
    with pytest.raises(KeyboardInterrupt):
        bulk.run(claimed, die)
    jobs.run(Job.objects.get(pk=job.pk))
    job.refresh_from_db()
    assert (job.state, job.result["done"]) == (Job.State.DONE, 74)
    assert Comment.objects.count() == 74
    assert AuditEvent.objects.filter(action="submission.bulk").count() == 1


def test_texts_follow_the_events_of_the_records(world: World) -> None:
    AnswerText.objects.all().delete()
    fresh = Submission.objects.create(form=world.form, instance_id="uuid:new", state="received")
    AuditEvent.objects.create(action="submission.create", submission_id=fresh.pk)
    AuditEvent.objects.create(action="submission.create", submission_id=world.submission.pk)
    answer_text.keep_up()
    assert AnswerText.objects.get(pk=fresh.pk).is_stale
    assert "nhu thanh" in AnswerText.objects.get(pk=world.submission.pk).restricted
    AnswerText.objects.filter(pk=world.submission.pk).update(open="", restricted="")
    answer_text.keep_up()  # an event is read once
    assert AnswerText.objects.get(pk=world.submission.pk).restricted == ""


def test_an_answer_that_is_classed_or_made_anew_is_in_no_text_that_is_searched(
    world: World,
) -> None:
    assert found(world.analyst, world, q="34") != set()
    privacy_changes.set_classes(world.cast.alice.actor, world.form, {"/data/age": "P1"})
    assert found(world.analyst, world, q="34") == set()
    answer_text.freshen()
    assert found(world.analyst, world, q="34") == set()
    assert found(world.supervisor, world, q="34") != set()
    projection.project(world.submission.pk)
    text = AnswerText.objects.get(pk=world.submission.pk)
    assert (text.open, text.restricted, text.is_stale) == ("", "", True)
