"""The shipped list of units, and finding communes by code."""

from datetime import date

import pytest

from surveys.territory.links import in_use
from surveys.territory.models import AdminLink, AdminUnit, Level
from surveys.territory.shipped import REFORM
from surveys.territory.units import (
    Loaded,
    UnknownCommuneError,
    communes,
    in_force,
    load_units,
    seats,
    successors,
)

pytestmark = pytest.mark.django_db
BEFORE = date(2025, 6, 30)


def test_the_whole_list_loads_once_and_counts_as_the_decision_does() -> None:
    assert load_units() == Loaded(units=14_149, links=10_628)
    assert load_units() == Loaded(units=0, links=0)
    assert in_force().count() == 3_321
    assert in_force(level=Level.PROVINCE).count() == 34
    assert in_force(BEFORE).count() == 10_035
    assert in_force(BEFORE, Level.DISTRICT).count() == 696
    assert in_force(BEFORE, Level.PROVINCE).count() == 63
    assert not in_force(level=Level.DISTRICT).exists()
    assert not in_force().filter(predecessors=None).exists()
    whole = in_use().filter(kind=AdminLink.Kind.WHOLE).values_list("old")
    assert whole.count() == whole.distinct().count() == 9_591
    assert not in_use().filter(kind=AdminLink.Kind.PART, old__in=whole).exists()


def test_seats_that_were_mixed_up_are_put_right_in_homes_that_have_them() -> None:
    """Lương Sơn lies south-west of Hà Nội, Sơn Lương 80 km to its north-west, in one province."""
    load_units({"25"})
    right = seats(["04924", "08296"])
    assert right == {"04924": (20.8924, 105.512), "08296": (21.4722, 104.934)}
    AdminUnit.objects.filter(code="04924").update(seat_lat=21.4722, seat_lon=104.934)
    assert load_units({"25"}) == Loaded(units=0, links=0)
    assert seats(["04924", "08296"]) == right


def test_one_number_is_two_units_in_time() -> None:
    load_units()
    (now,) = communes(["16264"])
    (then,) = communes(["16264"], on=BEFORE)
    assert now.full_name == then.full_name == "xã Yên Thọ"
    assert now.pk != then.pk
    assert (then.valid_to, now.valid_from) == (REFORM, REFORM)
    assert then.parent is not None
    assert then.parent.full_name == "huyện Như Thanh"
    assert {unit.code for unit in successors("16264")} == {"16228", "16264"}


def test_one_province_can_be_loaded_alone_and_the_rest_later() -> None:
    assert load_units({"38"}) == Loaded(units=167, links=0)
    assert load_units().units == 14_149 - 167


def test_communes_come_in_the_order_asked_for_with_province_and_seat() -> None:
    load_units({"38"})
    found = communes(["16273", "16228"])
    assert [unit.code for unit in found] == ["16273", "16228"]
    assert {unit.parent.code for unit in found if unit.parent} == {"38"}
    assert found[1].seat_lat == pytest.approx(19.6563)


def test_seats_are_given_by_the_code_in_force() -> None:
    load_units({"22", "38"})
    assert seats(["16228", "06970"]) == {"16228": (19.6563, 105.542), "06978": (21.2528, 107.252)}


@pytest.mark.parametrize(
    ("given", "code"), [("06970", "06978"), ("6978", "06978"), (" 6970", "06978")]
)
def test_alias_codes_and_lost_zeros_are_understood(given: str, code: str) -> None:
    load_units({"22"})
    assert communes([given])[0].code == code


def test_unknown_codes_are_all_named_in_both_languages() -> None:
    load_units({"38"})
    with pytest.raises(UnknownCommuneError, match="99999 → \\?; 00001 → \\?") as caught:
        communes(["16228", "99999", "1"])
    assert caught.value.codes == ("99999", "00001")
    assert "Không có xã" in caught.value.message_vi


@pytest.mark.parametrize(
    ("kind", "name", "full"),
    [
        ("Phường", "1", "Phường 1"),
        ("Thị trấn", "Bến Sung", "thị trấn Bến Sung"),
        ("Xã", "Ea", "xã Ea"),
    ],
)
def test_a_unit_is_named_as_people_say_it(kind: str, name: str, full: str) -> None:
    assert AdminUnit(type=kind, name=name).full_name == full
