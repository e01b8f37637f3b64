"""Sharing out households on the pages, and submissions of no household of the sample."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from surveys.collection import people
from surveys.collection.models import AppUser, AuditEvent, Submission, User
from surveys.fieldwork.models import Assignment, Round, SampledHousehold, Visit
from tests.page_world import World

pytestmark = pytest.mark.django_db


def signed_in(user: User, language: str = "vi") -> Client:
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = language
    return client


def page(world: World) -> str:
    return reverse("assigning", args=[world.round.pk])


def holders(world: World) -> dict[str, int]:
    rows = Assignment.objects.filter(household__round=world.round)
    return dict(rows.values_list("household__name", "app_user"))


def give(world: World, user: User, **entry: object) -> str:
    path = page(world)
    answer = signed_in(user).post(
        path, entry, headers={"referer": f"http://testserver{path}"}, follow=True
    )
    return answer.content.decode()


def test_nothing_changes_before_it_was_shown(world: World) -> None:
    text = give(world, world.supervisor, psu="16228-1", to=world.phone.pk)
    assert "Giao 2 hộ ở 1 thôn cho Nguyễn Thị Lan?" in text
    assert "2 hộ đang ở mọi máy" in text
    assert holders(world) == {}
    text = give(world, world.supervisor, psu="16228-1", to=world.phone.pk, confirmed="1")
    assert "Đã giao 2 hộ cho Nguyễn Thị Lan." in text
    assert holders(world) == {"16228-hh-1": world.phone.pk, "16228-hh-2": world.phone.pk}
    assert AuditEvent.objects.get(action="round.assign").details["households"] == 2


def test_the_page_says_who_holds_how_much_and_what_is_on_every_phone(world: World) -> None:
    give(world, world.supervisor, psu="16228-1", to=world.phone.pk, confirmed="1")
    found = signed_in(world.supervisor).get(page(world))
    held = found.context["held"]
    (lan,) = held.phones
    assert (lan.households, lan.open) == (2, 1)  # of hh-1 a supervisor has to decide
    assert (held.unassigned, held.unassigned_open) == (6, 4)
    assert "Hộ chưa giao hiện trên máy của mọi điều tra viên." in found.content.decode()


def test_a_whole_commune_changes_hands_and_comes_back(world: World) -> None:
    binh = people.create_app_user(world.cast.admin.actor, world.cast.project, "Trần Bình")
    give(world, world.supervisor, commune="16228", to=world.phone.pk, confirmed="1")
    text = give(world, world.supervisor, commune="16228", to=binh.pk)
    assert "2 hộ rời máy của Nguyễn Thị Lan." in text
    give(world, world.supervisor, commune="16228", to=binh.pk, confirmed="1")
    assert set(holders(world).values()) == {binh.pk}
    text = give(world, world.supervisor, commune="16228", to="everybody")
    assert "Thu lại 2 hộ ở 1 thôn?" in text
    give(world, world.supervisor, commune="16228", to="everybody", confirmed="1")
    assert holders(world) == {}


def test_a_single_household_is_given(world: World) -> None:
    household = world.case.household
    path = reverse("assigning_village", args=[world.round.pk, household.village_id])
    client = signed_in(world.supervisor)
    entry = {"household": household.pk, "to": world.phone.pk}
    assert "Giao 1 hộ ở 1 thôn" in client.post(path, entry).content.decode()
    client.post(path, {**entry, "confirmed": "1"})
    assert holders(world) == {household.name: world.phone.pk}
    assert "Nguyễn Thị Lan" in client.get(path).content.decode()


def test_no_address_of_a_household_stands_on_the_page(world: World) -> None:
    SampledHousehold.objects.filter(round=world.round).update(address_hint="ngõ 7 nhà ông Tám")
    path = reverse("assigning_village", args=[world.round.pk, world.case.household.village_id])
    assert "ông Tám" not in signed_in(world.supervisor).get(path).content.decode()


@pytest.mark.parametrize("name", ["elsewhere", "analyst", "viewer", "rated", "bob"])
def test_who_does_not_supervise_the_commune_gives_none_of_it(world: World, name: str) -> None:
    user = world.cast.bob if name == "bob" else getattr(world, name)
    for entry in ({"psu": "16228-1"}, {"commune": "16228"}, {"psu": ["16228-1", "16258-1"]}):
        give(world, user, **entry, to=world.phone.pk, confirmed="1")
    village = reverse("assigning_village", args=[world.round.pk, world.case.household.village_id])
    entry = {"household": world.case.household_id, "to": world.phone.pk, "confirmed": "1"}
    assert signed_in(user).post(village, entry).status_code == 403
    assert holders(world) == {}


def test_a_supervisor_of_one_commune_sees_and_gives_that_one(world: World) -> None:
    text = signed_in(world.elsewhere).get(page(world)).content.decode()
    assert "Xuân Thái" in text
    assert "Như Thanh</summary>" not in text
    assert "16228-1" not in text
    give(world, world.elsewhere, psu="16258-1", to=world.phone.pk, confirmed="1")
    assert set(holders(world)) == {"16258-hh-1", "16258-hh-2"}


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"to": "everybody"}, "Chưa chọn thôn hay hộ nào"),
        ({"psu": "16228-1"}, "Chưa chọn giao cho ai"),
        ({"psu": "16228-1", "to": "999999"}, "Chưa chọn giao cho ai"),
        ({"psu": "16228-1", "to": "²"}, "Chưa chọn giao cho ai"),
    ],
)
def test_a_half_filled_form_is_refused_in_place(
    world: World, entry: dict[str, str], words: str
) -> None:
    assert words in give(world, world.supervisor, **entry, confirmed="1")
    assert holders(world) == {}


def test_what_is_no_number_of_a_household_gives_nothing(world: World) -> None:
    path = reverse("assigning_village", args=[world.round.pk, world.case.household.village_id])
    entry = {"household": ["²", "9" * 5000, "9" * 19], "to": "everybody", "confirmed": "1"}
    assert signed_in(world.supervisor).post(path, entry).status_code == 302
    assert holders(world) == {}


def test_a_phone_of_another_project_or_a_revoked_one_gets_nothing(world: World) -> None:
    admin = world.cast.admin.actor
    foreign = people.create_app_user(admin, world.cast.other, "Người lạ")
    for phone in (foreign, _revoked(world)):
        text = give(world, world.supervisor, psu="16228-1", to=phone.pk, confirmed="1")
        assert "Chưa chọn giao cho ai" in text
    assert holders(world) == {}


def _revoked(world: World) -> AppUser:
    people.revoke_app_user(world.cast.admin.actor, world.phone)
    return world.phone


def test_households_on_a_revoked_phone_are_named(world: World) -> None:
    give(world, world.supervisor, psu="16258-1", to=world.phone.pk, confirmed="1")
    _revoked(world)
    text = signed_in(world.supervisor, "en").get(page(world)).content.decode()
    assert "is revoked and still holds open households: 2" in text


def test_a_locked_round_is_not_shared_out_any_more(world: World) -> None:
    Round.objects.filter(pk=world.round.pk).update(state=Round.State.LOCKED)
    assert "không giao hộ được nữa" in signed_in(world.supervisor).get(page(world)).content.decode()
    text = give(world, world.supervisor, psu="16228-1", to=world.phone.pk, confirmed="1")
    assert "note is-error" in text
    assert holders(world) == {}


def test_the_number_of_queries_does_not_grow_with_the_phones(world: World) -> None:
    client = signed_in(world.supervisor)
    client.get(page(world))
    with CaptureQueriesContext(connection) as few:
        client.get(page(world))
    for number in range(5):
        people.create_app_user(world.cast.admin.actor, world.cast.project, f"NV-{number}")
    with CaptureQueriesContext(
        connection,
    ) as many:
        client.get(page(world))
    assert len(many) == len(few)


def lose_the_household(world: World) -> None:
    """The first submission names a household that the sample does not know."""
    Visit.objects.filter(submission=world.submission).delete()
    root = world.submission.records.get(table="", ordinal=0)
    root.values = {**root.values, "hh": "<b>khong-co-123</b>"}
    root.save()


def test_a_submission_outside_the_sample_is_listed_with_what_it_carries(world: World) -> None:
    path = reverse("unmatched", args=[world.round.pk])
    client = signed_in(world.supervisor)
    assert "Mọi phiếu đều khớp" in client.get(path).content.decode()
    lose_the_household(world)
    text = client.get(path).content.decode()
    assert "&lt;b&gt;khong-co-123&lt;/b&gt;" in text
    assert "Nguyễn Thị Lan" in text
    assert reverse("record", args=[world.form.pk, world.submission.pk]) in text
    fieldwork = client.get(reverse("fieldwork", args=[world.round.pk])).content.decode()
    assert path in fieldwork
    Submission.objects.filter(pk=world.submission.pk).update(review_state="rejected")
    assert "khong-co-123" not in client.get(path).content.decode()


def test_a_supervisor_of_some_communes_is_not_told_of_submissions_of_none(world: World) -> None:
    lose_the_household(world)
    path = reverse("unmatched", args=[world.round.pk])
    client = signed_in(world.elsewhere)
    assert client.get(path).status_code == 403
    assert path not in client.get(reverse("fieldwork", args=[world.round.pk])).content.decode()


def test_fieldwork_folds_villages_into_communes_with_their_sums(world: World) -> None:
    answer = signed_in(world.supervisor).get(reverse("fieldwork", args=[world.round.pk]))
    blocks = {block.total.key: block for block in answer.context["blocks"]}
    assert set(blocks) == {"16228", "16234", "16249", "16258"}
    for block in blocks.values():
        assert block.total.households == sum(row.households for row in block.villages)
        assert block.total.complete == sum(row.complete for row in block.villages)
