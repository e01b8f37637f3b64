"""Figures put villages where they lay on the round's day, however often they are moved later."""

from datetime import date

import pytest

from surveys.fieldwork import round_places
from surveys.fieldwork.models import Round, SampledVillage
from surveys.results import waves
from surveys.results.extract import frames
from surveys.results.models import Run
from surveys.results.reading.places import units_of
from surveys.territory.models import AdminUnit, Level, VillageMembership
from surveys.territory.villages import move
from tests.unit.fieldwork.world import REFORM, World, commune, make_round, make_world, province

pytestmark = pytest.mark.django_db
JUNE, AUTUMN = date(2026, 6, 1), date(2026, 10, 1)
SAID = "nghị quyết của tỉnh"


@pytest.fixture
def world() -> World:
    """Two villages asked in March and in August; each lies in a commune of its own."""
    made = make_world(households=2, kinds=("A",))
    for each in made.villages:
        village = each.village
        VillageMembership.objects.create(
            village=village, unit=village.unit, valid_from=REFORM, source=SAID
        )
    return made


def august(world: World) -> Round:
    later = make_round(
        world.project, name_vi="Đợt hai", starts_on=date(2026, 8, 1), ends_on=date(2026, 8, 31)
    )
    for each in SampledVillage.objects.filter(round=world.round):
        each.pk, each.round = None, later
        each.save()
    return later


def codes(round_: Round) -> dict[str, str]:
    return {v: unit.code for v, unit in round_places.communes_of_villages(round_).items()}


def test_a_village_moved_twice_between_rounds_stays_in_the_figures_of_each(world: World) -> None:
    third = commune("16273", "Thanh Kỳ", province())
    village, later = world.villages[0].village, august(world)
    before = frames(world.round)
    move(village, world.villages[1].village.unit, since=JUNE, source=SAID)
    move(village, third, since=AUTUMN, source=SAID)
    village.refresh_from_db()
    assert village.unit == third
    assert codes(world.round) == {"v1": "16228", "v2": "16264"}
    assert codes(later) == {"v1": "16264", "v2": "16264"}
    again = frames(world.round)
    assert again.inputs_sha256 == before.inputs_sha256
    assert again.digital is not None
    assert list(again.digital.cases["commune"]) == ["16228", "16264"]
    # as of August, for a comparison with the later round on the same territory
    moved = frames(world.round, on=round_places.boundaries_day(later)).digital
    assert moved is not None
    assert list(moved.cases["commune"]) == ["16264", "16264"]


def test_a_run_keeps_its_communes_when_a_move_is_told_afterwards(world: World) -> None:
    areas = [{"code": "16228", "valid_from": "2025-07-01"}]
    run = Run(round=world.round, report={"areas": areas})
    move(world.villages[0].village, world.villages[1].village.unit, since=JUNE, source=SAID)
    assert list(units_of(run)) == ["16228"]
    assert list(units_of(Run(round=world.round))) == ["16228", "16264"]


def test_one_code_over_two_territories_is_not_compared_between_rounds(world: World) -> None:
    now = world.villages[0].village.unit
    old = AdminUnit.objects.create(
        code=now.code,
        level=Level.COMMUNE,
        name="Bến Sung",
        type="Thị trấn",
        valid_from=date(2025, 1, 1),
        valid_to=REFORM,
    )
    same = world.villages[1].village.unit
    found = waves.unlike({"v1": old, "v2": same}, {"v1": now, "v2": same})
    assert list(found) == ["16228"]
    assert "different territories" in found["16228"].en
