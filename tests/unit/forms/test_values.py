"""The typed reader: both engines' ways of writing, and answers that do not fit."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest

from forms.schema import Choice, ChoiceList, Field
from forms.values import GeoPoint, GeoShape, GeoTrace, Misfit, Value, is_missing, read_value

HANOI = timezone(timedelta(hours=7))
YES_NO = ChoiceList("yesno", (Choice("yes", {}), Choice("no", {})))


def field(kind: str) -> Field:
    return Field("/d/a", "a", "", kind, 1, "a", control="input")


@pytest.mark.parametrize("lexical", [None, "", "  ", "\n"])
@pytest.mark.parametrize("kind", ["string", "int", "date", "geopoint", "binary"])
def test_absent_and_empty_are_missing(kind: str, lexical: str | None) -> None:
    assert read_value(field(kind), lexical) is None


@pytest.mark.parametrize(
    ("kind", "lexical", "value"),
    [
        ("int", " 42 ", 42),
        ("int", "-7", -7),
        ("int", "+7", 7),
        ("decimal", "1184549.38", Decimal("1184549.38")),
        ("decimal", "3.0", Decimal(3)),
        ("decimal", "1E-5", Decimal("0.00001")),
        ("boolean", "true", True),
        ("boolean", "0", False),
        ("date", "2026-11-22", date(2026, 11, 22)),
        ("date", "2026-11-22+07:00", date(2026, 11, 22)),
        ("date", "2026-11-22T00:00:00.000+07:00", date(2026, 11, 22)),
        ("time", "08:30:00.000+07:00", time(8, 30, tzinfo=HANOI)),
        ("time", "08:30", time(8, 30, tzinfo=HANOI)),
        ("string", " giữ nguyên ", " giữ nguyên "),
        ("string", "007", "007"),
        ("barcode", "QR 1", "QR 1"),
        ("binary", " 1.jpg ", "1.jpg"),
    ],
)
def test_it_reads_each_type(kind: str, lexical: str, value: Value) -> None:
    assert read_value(field(kind), lexical) == value


@pytest.mark.parametrize(
    ("lexical", "moment"),
    [
        ("2026-11-22T02:36:57.753Z", datetime(2026, 11, 22, 2, 36, 57, 753000, UTC)),
        ("2026-11-22T02:41:05.81+00:00", datetime(2026, 11, 22, 2, 41, 5, 810000, UTC)),
        ("2026-11-22T09:41:05.810+07", datetime(2026, 11, 22, 9, 41, 5, 810000, HANOI)),
        ("2026-11-22T09:41:05+0700", datetime(2026, 11, 22, 9, 41, 5, 0, HANOI)),
        ("2026-11-22T09:41:05", datetime(2026, 11, 22, 9, 41, 5, 0, HANOI)),
        ("2026-11-22T09:41:05.123456789-03:30", datetime(2026, 11, 22, 13, 11, 5, 123456, UTC)),
    ],
)
def test_moments_are_aware_however_they_are_written(lexical: str, moment: datetime) -> None:
    value = read_value(field("dateTime"), lexical)
    assert isinstance(value, datetime)
    assert value.tzinfo is not None
    assert value == moment


def test_points_keep_height_and_accuracy_where_given() -> None:
    assert read_value(field("geopoint"), "19.63 105.57 12.5 4.8") == GeoPoint(
        19.63, 105.57, 12.5, 4.8
    )
    assert read_value(field("geopoint"), "19.63 105.57") == GeoPoint(19.63, 105.57)


@pytest.mark.parametrize("lexical", ["1 2 0 0; 3 4 0 0; ", "1 2 0 0;3 4 0 0"])
def test_traces_of_both_engines_are_the_same(lexical: str) -> None:
    expected = GeoTrace((GeoPoint(1, 2, 0, 0), GeoPoint(3, 4, 0, 0)))
    assert read_value(field("geotrace"), lexical) == expected


def test_a_shape_ends_where_it_began() -> None:
    closed = read_value(field("geoshape"), "1 2; 3 4; 5 6; 1 2; ")
    assert isinstance(closed, GeoShape)
    assert len(closed.points) == 4
    assert isinstance(read_value(field("geoshape"), "1 2; 3 4; 5 6; 7 8"), Misfit)


@pytest.mark.parametrize(
    ("kind", "lexical"),
    [
        ("int", "4.0"),
        ("int", "bốn"),
        ("int", "٤"),
        ("int", "9" * 40),
        ("decimal", "NaN"),
        ("decimal", "1,5"),
        ("boolean", "yes"),
        ("date", "2026-02-30"),
        ("date", "22/11/2026"),
        ("date", "20261122"),
        ("time", "25:00:00"),
        ("dateTime", "Như Thanh"),
        ("dateTime", "2026-11-22T02:41:05+99:00"),
        ("dateTime", "2026-11-22 02:41:05"),
        ("geopoint", "91 105"),
        ("geopoint", "19"),
        ("geopoint", "1 2 3 4 5"),
        ("geopoint", "a b"),
        ("geotrace", "1 2"),
        ("geotrace", "1 2;x"),
        ("geoshape", "1 2;1 2"),
    ],
)
def test_what_does_not_fit_is_kept_and_missing(kind: str, lexical: str) -> None:
    value = read_value(field(kind), lexical)
    assert value == Misfit(lexical)
    assert is_missing(value)


@pytest.mark.parametrize("kind", ["int", "decimal", "geopoint", "date", "dateTime"])
def test_a_megabyte_of_digits_is_refused_at_once(kind: str) -> None:
    assert isinstance(read_value(field(kind), "1" * 1_000_000 + "x"), Misfit)


def test_a_code_must_be_on_the_list() -> None:
    one = Field("/d/a", "a", "", "string", 1, "a", "select1", choices=YES_NO)
    assert read_value(one, "yes") == "yes"
    assert read_value(one, "maybe") == Misfit("maybe")


def test_several_codes_are_a_tuple_each_once() -> None:
    many = Field(
        "/d/a", "a", "", "string", 1, "a", "select", is_select_multiple=True, choices=YES_NO
    )
    assert read_value(many, " no  yes no ") == ("no", "yes")
    assert read_value(many, "no maybe") == Misfit("no maybe")


def test_a_list_on_the_phone_may_hold_any_code() -> None:
    household = ChoiceList("sampled_hh", (), "sampled_hh.csv")
    one = Field("/d/hh", "hh", "", "string", 1, "hh", "select1", choices=household)
    assert read_value(one, "h1") == "h1"


def test_a_rank_keeps_its_order() -> None:
    rank = Field("/d/a", "a", "", "odk:rank", 1, "a", "rank", choices=YES_NO)
    assert read_value(rank, "no yes") == ("no", "yes")
