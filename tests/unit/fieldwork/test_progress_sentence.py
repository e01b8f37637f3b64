"""What the enumerator reads after sending, and the household list of the phone."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from surveys.collection.models import Role, RoleAssignment, Submission
from surveys.fieldwork import assignments, household_list, progress, record_changes
from surveys.fieldwork.models import CaseOutcome, SampledHousehold
from tests.unit.fieldwork.world import World, make_user, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def rows(world: World, enumerator: int | None, kind: str = "A") -> list[dict[str, str]]:
    phone = None if enumerator is None else world.enumerators[enumerator].pk
    text = household_list.csv_for(world.forms[kind].pk, phone).decode()
    return list(csv.DictReader(io.StringIO(text)))


def token(world: World, enumerator: int = 0) -> str:
    return household_list.version_token(world.forms["A"].pk, world.enumerators[enumerator].pk)


def test_the_sentence_counts_what_was_sent_on_the_vietnamese_day(world: World) -> None:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    for minutes in (-1, 1, 2):
        sent = world.submit("A", world.households[0], "224", contact="none")
        moment = midnight + timedelta(minutes=minutes)
        Submission.objects.filter(pk=sent.pk).update(created_at=moment)
    said = progress.sentence(world.enumerators[0].pk)
    assert (said.today, said.left) == (2, None)
    assert "2 phiếu" in said.vi


def test_a_household_is_left_until_every_form_of_the_round_is_final(world: World) -> None:
    world.assign(world.households[0], 0)
    world.assign(world.households[1], 0)
    world.submit("A", world.households[0], "110")
    form = world.forms["A"].pk
    assert progress.sentence(world.enumerators[0].pk, form).left == 2
    world.submit("B", world.households[0], "110")
    assert progress.sentence(world.enumerators[0].pk, form).left == 1


def test_what_is_left_follows_the_households_from_phone_to_phone_and_back(world: World) -> None:
    manager = make_user("to.truong@xa.vn")
    RoleAssignment.objects.create(user=manager, role=Role.MANAGER, project=world.project)
    homes, form = world.households[:3], world.forms["A"].pk
    for home in homes[:2]:
        world.submit("A", home, "110")
        world.submit("B", home, "110")
    ids = [home.pk for home in homes]
    for enumerator in (0, 1, 0):
        phone = world.enumerators[enumerator]
        assignments.assign(manager.actor, world.round, ids, phone)
        assert progress.sentence(phone.pk, form).left == 1
    sent = Submission.objects.get(form=world.forms["B"], visit__household=homes[0])
    record_changes.delete_submission(manager.actor, sent)
    assert progress.sentence(world.enumerators[0].pk, form).left == 2


def test_without_assigned_households_nothing_is_said_about_what_is_left(world: World) -> None:
    assert progress.sentence(world.enumerators[0].pk, world.forms["A"].pk).left is None


def test_the_list_has_the_agreed_columns_and_no_design_column(world: World) -> None:
    header = household_list.csv_for(world.forms["A"].pk, None).decode().splitlines()[0]
    assert header == (
        "name,label,__version,psu,commune_code,admin_version,hh_seq,kish_u,arm,assigned_to,"
        "address_hint,st_a,disp_a,nv_a,st_b,disp_b,nv_b,b_line,b_n18,b_sex,b_by"
    )


def test_a_phone_gets_its_own_households_and_those_nobody_was_given(world: World) -> None:
    world.assign(world.households[0], 0)
    world.assign(world.households[1], 1)
    names = {row["name"] for row in rows(world, 0)}
    assert names == {each.name for each in world.households} - {world.households[1].name}
    assert len(rows(world, None)) == 2


def test_the_address_hint_goes_to_the_assigned_phone_alone(world: World) -> None:
    world.assign(world.households[0], 0)
    hints = {row["name"]: row["address_hint"] for row in rows(world, 0)}
    assert hints[world.households[0].name] == "nhà số 0"
    assert hints[world.households[2].name] == ""


def test_the_list_carries_the_state_of_both_forms_and_the_draw(world: World) -> None:
    household = world.households[0]
    world.submit("A", household, "224", contact="none")
    draw = {"sel_line": "2", "n_a18": "3", "sel_sex": "f", "sel_by": "1970"}
    world.submit("B", household, "225", **draw)
    row = next(each for each in rows(world, 0) if each["name"] == household.name)
    assert (row["st_a"], row["disp_a"], row["nv_a"]) == ("open", "224", "1")
    assert (row["st_b"], row["disp_b"], row["nv_b"]) == ("open", "225", "1")
    assert [row[name] for name in ("b_line", "b_n18", "b_sex", "b_by")] == ["2", "3", "f", "1970"]
    assert row["label"] == "Thôn 1 – 01"


def test_the_version_of_a_row_and_the_token_rise_with_each_visit(world: World) -> None:
    seen = {token(world)}
    versions = []
    for day in range(3):
        versions.append(int(rows(world, 0)[0]["__version"]))
        world.submit("A", world.households[0], "224", day=day, contact="none")
        seen.add(token(world))
    assert versions == [1, 2, 3]
    assert len(seen) == 4


def test_a_form_outside_any_round_has_an_empty_list() -> None:
    assert household_list.csv_for(0, None).count(b"\n") == 1
    assert household_list.version_token(0, None) == "none"


def test_a_commas_and_quotes_village_stays_one_cell(world: World) -> None:
    village = world.villages[0].village
    village.name = 'Thôn "Đồng, Bãi"'
    village.save()
    assert rows(world, 0)[0]["label"].startswith('Thôn "Đồng, Bãi" – ')


def test_a_new_household_changes_the_token(world: World) -> None:
    before = token(world)
    copy = SampledHousehold.objects.get(pk=world.households[0].pk)
    copy.pk, copy.name, copy.hh_seq = None, "new", 99
    copy.save()
    assert token(world) != before
    assert not CaseOutcome.objects.exists()


def test_who_tries_a_draft_hears_of_no_person_that_was_drawn(world: World) -> None:
    drawn = {"line": 2, "n18": 3, "sex": "f", "by": 1984}
    world.submit("B", world.households[0], "110")
    CaseOutcome.objects.filter(household=world.households[0], kind="B").update(draw=drawn)

    def said(enumerator: int | None) -> tuple[str, str]:
        name = world.households[0].name
        (row,) = (each for each in rows(world, enumerator) if each["name"] == name)
        return row["b_sex"], row["b_by"]

    assert said(0) == ("f", "1984")
    assert said(None) == ("", "")
