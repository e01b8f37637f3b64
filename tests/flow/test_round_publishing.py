"""A round gets its four instruments: texts filled, lists beside them, rights set."""

from datetime import date
from typing import Any

import pytest

from forms.placeholders import placeholders
from surveys.collection import blobs, jobs, people
from surveys.collection.models import Actor, Form, FormVersion, Job, Project
from surveys.collection.publishing import PublishRefused
from surveys.fieldwork import household_list, rounds, rounds_job
from surveys.fieldwork.models import CaseOutcome, Round, SampledHousehold
from surveys.fieldwork.rounds import RoundFacts, RoundRefused
from tests.unit.fieldwork.world import World, make_round, make_world

pytestmark = pytest.mark.django_db

FACTS: dict[str, Any] = {
    "name_vi": "Đợt 1",
    "name_en": "Round 1",
    "sponsor": "UBND",
    "decision_number": "1/QĐ",
    "field_agency": "Đội",
    "controller": "UBND <tỉnh> & Sở",
    "contact_line": "0237",
    "retention_date": date(2027, 1, 1),
    "frame_date": date(2026, 1, 1),
    "starts_on": date(2026, 3, 1),
    "ends_on": date(2026, 3, 31),
}

TINY = """<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">
<h:head><h:title>t</h:title><model><instance><data id="tiny" version="1"><a/></data></instance>
<instance id="psu" src="jr://file-csv/psu.csv"/>
<instance id="sampled_hh" src="jr://file-csv/sampled_hh.csv"/>
<bind nodeset="/data/a" type="string"/></model></h:head>
<h:body><input ref="/data/a"><label>{{controller}} %s</label></input></h:body></h:html>"""


@pytest.fixture
def world() -> World:
    """A sample and no forms yet."""
    return make_world(kinds=())


@pytest.fixture
def boss() -> Actor:
    return people.system_actor()


def quiet(share: float, step_vi: str, step_en: str) -> None:
    assert 0 <= share <= 1
    assert step_vi
    assert step_en


def published(form: Form) -> FormVersion:
    form.refresh_from_db()
    assert form.current is not None
    return form.current


def test_a_round_is_made_with_a_seed_of_its_own(world: World, boss: Actor) -> None:
    made = rounds.create_round(boss, world.project, RoundFacts(**FACTS))
    assert made.state == Round.State.PREPARING
    assert made.seed >= 0
    with pytest.raises(RoundRefused) as caught:
        rounds.create_round(boss, world.project, RoundFacts(**FACTS))
    assert caught.value.code == 409.9


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sponsor": "  "}, "cơ quan chủ trì"),
        ({"ends_on": date(2026, 2, 1)}, "ngày kết thúc"),
        ({"retention_date": date(2026, 3, 31)}, "ngày xoá"),
        ({"frame_date": date(2026, 3, 2)}, "dàn mẫu"),
        ({"benchmark_definition": "all"}, "dân số đối chiếu"),
        ({"name_vi": "x" * 201}, "quá dài"),
    ],
)
def test_facts_that_cannot_be_are_named(
    world: World, boss: Actor, change: dict[str, Any], said: str
) -> None:
    with pytest.raises(RoundRefused) as caught:
        rounds.create_round(boss, world.project, RoundFacts(**(FACTS | change)))
    assert caught.value.code == 400.32
    assert said in caught.value.vi
    assert "…" not in caught.value.en


def test_a_published_form_has_its_texts_lists_and_household_list(world: World, boss: Actor) -> None:
    form = rounds.publish_round_form(boss, world.round, "A", (TINY % "").encode())
    version = published(form)
    assert not placeholders(bytes(version.xform))
    slots = {slot.name: slot for slot in version.attachments.all()}
    psu = blobs.path(slots["psu.csv"].blob_id or "").read_text()
    assert psu.splitlines()[0] == "name,label,village_id,commune_code,admin_version,lat,lon"
    assert 'p1,"Thôn 1, xã Như Thanh",v1,16228,2025-07-01,,' in psu
    assert slots["sampled_hh.csv"].entity_list == "sampled_hh"
    assert household_list.csv_for(form.pk, None).count(b"\n") == 1 + len(world.households)
    world.round.refresh_from_db()
    assert world.round.state == Round.State.FIELD


def test_the_phone_never_gets_design_columns(world: World, boss: Actor) -> None:
    form = rounds.publish_round_form(boss, world.round, "A", (TINY % "").encode())
    everything = household_list.csv_for(form.pk, None)
    for slot in published(form).attachments.exclude(blob=None):
        everything += blobs.path(slot.blob_id or "").read_bytes()
    for secret in (b"pi_hh", b"pi_psu", b"stratum", b"weight"):
        assert secret not in everything


def test_publishing_the_same_again_changes_nothing_and_a_new_sample_makes_a_version(
    world: World, boss: Actor
) -> None:
    xform = (TINY % "").encode()
    form = rounds.publish_round_form(boss, world.round, "A", xform)
    rounds.publish_round_form(boss, world.round, "A", xform)
    assert list(form.versions.values_list("version", flat=True)) == ["1"]
    village = world.villages[0].village
    village.name = "Thôn Mới"
    village.save()
    rounds.publish_round_form(boss, world.round, "A", xform)
    rounds.publish_round_form(boss, world.round, "A", xform)
    assert published(form).version == "1-2"
    assert form.versions.count() == 2


def test_a_form_text_that_the_round_does_not_give_stops_the_publishing(
    world: World, boss: Actor
) -> None:
    with pytest.raises(RoundRefused) as caught:
        rounds.publish_round_form(boss, world.round, "C1", (TINY % "{{centre_name}}").encode())
    assert caught.value.code == 400.13
    assert "centre_name" in caught.value.vi
    assert not Form.objects.exists()


def test_a_household_form_needs_a_sample(boss: Actor) -> None:
    empty = make_round(Project.objects.create(name="P"))
    with pytest.raises(RoundRefused) as caught:
        rounds.publish_round_form(boss, empty, "A", (TINY % "").encode())
    assert caught.value.code == 409.13


def test_two_rounds_of_a_project_do_not_share_a_form_id(world: World, boss: Actor) -> None:
    rounds.publish_round_form(boss, world.round, "C1", (TINY % "").encode())
    other = make_round(world.project, name_vi="Đợt 2")
    with pytest.raises(RoundRefused) as caught:
        rounds.publish_round_form(boss, other, "C1", (TINY % "").encode())
    assert caught.value.code == 409.12


def test_something_else_than_a_form_is_refused(world: World, boss: Actor) -> None:
    with pytest.raises(PublishRefused):
        rounds.publish_round_form(boss, world.round, "A", b"<html/>")


def test_the_end_of_the_round_makes_every_case_final(world: World, boss: Actor) -> None:
    rounds.publish_round_form(boss, world.round, "A", (TINY % "").encode())
    locked = rounds.lock(boss, world.round)
    assert locked.state == Round.State.LOCKED
    cases = CaseOutcome.objects.filter(kind="A")
    assert cases.count() == SampledHousehold.objects.count()
    assert set(cases.values_list("disposition", "status")) == {("311", "final")}
    with pytest.raises(RoundRefused):
        rounds.publish_round_form(boss, locked, "A", (TINY % "x").encode())


def test_the_four_shipped_instruments_are_published_by_the_job(world: World, boss: Actor) -> None:
    Round.objects.filter(pk=world.round.pk).update(
        complaint_office="Ban Tiếp công dân", centre_name="Trung tâm xã Như Thanh"
    )
    job = rounds_job.start(boss, world.round)
    made = rounds_job.handle(job, quiet)
    kinds = {each.kind: each.form for each in world.round.forms.select_related("form")}
    assert set(made["forms"]) == set(kinds) == {"A", "B", "C1", "C2"}
    assert [kinds[kind].rates_authority for kind in ("A", "B", "C1", "C2")] == [
        False,
        True,
        True,
        True,
    ]
    assert kinds["A"].never_stored == ["m_call", "p_call"]
    for form in kinds.values():
        version = published(form)
        assert not placeholders(bytes(version.xform))
        for slot in version.attachments.all():
            assert slot.blob_id or slot.entity_list
    assert "01/01/2027" in bytes(published(kinds["A"]).xform).decode()
    rounds_job.handle(job, quiet)  # a worker that died just before the end
    assert FormVersion.objects.filter(published_at__isnull=False).count() == 4


def test_a_missing_text_refuses_the_job_before_anything_is_published(
    world: World, boss: Actor
) -> None:
    job = rounds_job.start(boss, world.round, kinds=("C1",))
    with pytest.raises(jobs.JobRefused) as caught:
        rounds_job.handle(job, quiet)
    assert "centre_name" in caught.value.errors[0]["vi"]
    assert not Form.objects.exists()
    assert Job.objects.count() == 1


def test_a_broken_workbook_of_ones_own_is_refused_with_its_fault(world: World, boss: Actor) -> None:
    job = rounds_job.start_own(boss, world.round, "C1", "x.xlsx", b"not a workbook")
    with pytest.raises(jobs.JobRefused) as caught:
        rounds_job.handle(job, quiet)
    assert caught.value.errors[0]["vi"]
