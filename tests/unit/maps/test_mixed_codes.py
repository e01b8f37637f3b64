"""Boundary files in which a few codes or names went astray: each shape is the right commune's or
nobody's.

The four square communes of `test_boundaries`; nothing here is a real border.
"""

from pathlib import Path

from maps.boundaries import CleanBoundaries, clean_boundaries
from maps.boundary_codes import commune_code
from maps.boundary_placing import KnownUnit
from maps.boundary_report import Finding, Kind
from maps.specification import Language
from tests.unit.maps.test_boundaries import KNOWN, cleaned, kinds, squares, written


def told(result: CleanBoundaries, kind: Kind) -> Finding:
    return next(each for each in result.report.findings if each.kind is kind)


def test_two_swapped_codes_put_nobody_into_the_wrong_commune(tmp_path: Path) -> None:
    for changed in (
        squares(ma=["00012", "00011", "00013", "00014"]),
        squares(geometry=squares().geometry.iloc[[1, 0, 2, 3]].to_numpy()),
    ):
        result = cleaned(changed, tmp_path)
        assert sorted(result.shapes["full"]) == ["00013", "00014"]
        found = told(result, Kind.CODES_MIXED)
        assert found.examples == ("00011 (00012)", "00012 (00011)")
        assert "sửa mã" in found.text(Language.VI)


def test_a_mistyped_code_gives_no_commune_the_land_of_another(tmp_path: Path) -> None:
    result = cleaned(squares(ma=["00011", "00011", "00013", "00014"]), tmp_path)
    assert told(result, Kind.CODES_MIXED).examples == ("00011 (00012)",)
    assert told(result, Kind.CODES_ABSENT).examples == ("00012",)
    assert Kind.PARTS_JOINED not in kinds(result)


def test_a_seat_astray_in_the_list_costs_no_commune_its_shape(tmp_path: Path) -> None:
    """The seat of 00012 lies in 00011, but 00012 is as large as the list says and 00011 is home."""
    known = {**KNOWN, "00012": KnownUnit("Hoà Bình 2", "01", (20.02, 105.02), 115.6)}
    result = clean_boundaries(written(squares(), tmp_path / "x.gpkg"), known)
    assert len(result.shapes["full"]) == 4
    assert told(result, Kind.SEAT_OUTSIDE).examples == ("00012",)


def test_a_cell_with_two_codes_is_neither_commune() -> None:
    assert commune_code("00011;00012", KNOWN) not in KNOWN
    assert commune_code("00011; 00011", KNOWN) == "00011"
    assert commune_code("Xã Hòa Bình (00012)", KNOWN) == "00012"
    assert commune_code("00013 - Xã Hòa Bình", KNOWN) == "00013"


def test_names_moved_by_a_row_are_told_from_codes(tmp_path: Path) -> None:
    names = squares().ten.iloc[[1, 0, 2, 3]].to_numpy()
    result = cleaned(squares(ten=names), tmp_path)
    assert len(result.shapes["full"]) == 4
    assert told(result, Kind.NAME_WRONG).examples == ("00011", "00012")
    assert Kind.NAME_DIFFERS not in kinds(result)
